import { panels, turn } from "./pack";
import { row, rowTurned } from "./row";
import { BYTES, edge, ROWS, tile } from "./tile";

// c = a·b in the manner of Goto and van de Geijn 2008 ("Anatomy of high-performance matrix multiplication"): b in panels as wide as a
// tile, of which one stays in the first cache; of a, a block that stays in the second; tiles of 4 rows and 2 vectors in registers.
//
// Every element is summed in the same order whatever m and n are and however the matrices lie: 256 products one after the other, and
// then these sums one after the other.

/** Terms that are summed before the sums go to memory, and rows of a that are used with all of b before the next. */
const DEPTH: i32 = 256;
const HEIGHT: i32 = 32;
/** Rows of a up to which b is used where it lies: few, if its rows lie so far apart that they meet in the first cache. */
const FEW: i32 = 8;
const SOME: i32 = 32;
const FAR: usize = 4096;

/**
 * c[m,n] (+)= a[m,k]·b[k,n], c row by row. All are addresses; steps are in elements, and of either input's steps one is 1. From `free` on
 * memory is used: (⌈n⌉ + 32)·256 elements, ⌈n⌉ the next multiple of 8.
 */
export function matmulF32(
  c: usize,
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  aRow: i32,
  aColumn: i32,
  b: usize,
  bRow: i32,
  bColumn: i32,
  free: usize,
  more: bool,
): void {
  matmul<f32>(c, m, n, k, a, aRow * 4, aColumn * 4, b, bRow * 4, bColumn * 4, free, more);
}
export function matmulF64(
  c: usize,
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  aRow: i32,
  aColumn: i32,
  b: usize,
  bRow: i32,
  bColumn: i32,
  free: usize,
  more: bool,
): void {
  matmul<f64>(c, m, n, k, a, aRow * 8, aColumn * 8, b, bRow * 8, bColumn * 8, free, more);
}

function matmul<T>(
  c: usize,
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  free: usize,
  more: bool,
): void {
  for (let p = 0; p < k; p += DEPTH, a += DEPTH * aColumn, b += DEPTH * bRow, more = true) {
    const depth = min(DEPTH, k - p);
    // Two rows fill half a tile, which is more than turning b costs.
    if (m == 1 || (m == 2 && bColumn != sizeof<T>())) {
      for (let i = 0; i < m; i++) {
        const to = c + i * n * sizeof<T>();
        if (bColumn == sizeof<T>()) row<T>(to, n, depth, a + i * aRow, aColumn, b, bRow, more);
        else rowTurned<T>(to, n, depth, a + i * aRow, aColumn, b, bColumn, more);
      }
    } else slab<T>(c, m, n, depth, a, aRow, aColumn, b, bRow, bColumn, free, more);
  }
}

/** The same for few terms and several rows. */
function slab<T>(
  c: usize,
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  free: usize,
  more: bool,
): void {
  let bPanel: usize = BYTES;
  if (bColumn != sizeof<T>() || m > (bRow < FAR ? SOME : FEW)) {
    const end = panels<T>(free, b, k, n, bRow, bColumn);
    b = free;
    bRow = BYTES;
    bPanel = k * BYTES;
    free = end;
  }
  const turned = aColumn != sizeof<T>();
  const step = turned ? k * sizeof<T>() : aRow;
  for (let i = 0; i < m; i += HEIGHT) {
    const height = min(HEIGHT, m - i);
    let rows = a + i * aRow;
    if (turned) {
      turn<T>(free, step, rows, aColumn, k, height);
      rows = free;
    }
    const cRow: usize = n * sizeof<T>();
    multiply<T>(c + i * cRow, cRow, height, n, k, rows, step, b, bPanel, bRow, more);
  }
}

/** Tile by tile, down the columns of c; the panels of b are `bPanel` bytes apart. */
export function multiply<T>(
  c: usize,
  cRow: usize,
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  aRow: usize,
  b: usize,
  bPanel: usize,
  bRow: usize,
  more: bool,
): void {
  const columns: i32 = BYTES / sizeof<T>();
  for (let j = 0; j < n; j += columns, b += bPanel, c += BYTES) {
    const width = min(columns, n - j);
    for (let i = 0, to = c, rows = a; i < m; i += ROWS, rows += ROWS * aRow, to += ROWS * cRow) {
      const height = min(ROWS, m - i);
      if (height == ROWS && width == columns) {
        tile<T>(to, cRow, k, rows, rows + aRow, rows + 2 * aRow, rows + 3 * aRow, b, bRow, more);
      } else edge<T>(to, cRow, height, width, k, rows, aRow, b, bRow, more);
    }
  }
}
