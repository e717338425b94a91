import { pack } from "./pack";
import { row, rowTurned } from "./row";
import { BYTES, edge, ROWS, tile } from "./tile";

// c = a·b in the manner of Goto and van de Geijn 2008 ("Anatomy of high-performance matrix multiplication"): b in panels as wide as a
// tile, of which one stays in the first cache; of a, a block that stays in the second; tiles of 4 rows and 2 vectors in registers. V8
// keeps 15 vector registers: 8 sums, 2 of b, 1 of a; larger tiles spill, and unrolling does not pay.
//
// Every element is summed in the same order whatever m and n are and however the matrices lie: 256 products one after the other, and
// then these sums one after the other.

/** Terms that are summed before the sums go to memory, and rows of a that are used with all of b before the next. */
const DEPTH: i32 = 256;
const HEIGHT: i32 = 128;
/** Rows of a up to which b is used where it lies: few, if its rows lie so far apart that they meet in the first cache. */
const FEW: i32 = 8;
const SOME: i32 = 32;
const FAR: usize = 4096;

/**
 * c[m,n] (+)= a[m,k]·b[k,n], c row by row. All are addresses; steps are in elements, and of either input's steps one is 1. From `free` on
 * memory is used: (⌈n⌉ + 128)·256 + 64 elements, ⌈n⌉ the next multiple of 8.
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
  let block = free;
  const packsA = aColumn != sizeof<T>();
  const packsB = bColumn != sizeof<T>() || m > (bRow < FAR ? SOME : FEW);
  if (packsB) {
    block = pack<T>(free, b, n, k, bColumn, bRow, BYTES / sizeof<T>());
    b = free;
  }
  const panel: usize = packsB ? k * BYTES : BYTES;
  const step: usize = packsB ? BYTES : bRow;
  for (let i = 0; i < m; i += HEIGHT) {
    const height = min(HEIGHT, m - i);
    const to = c + i * n * sizeof<T>();
    const rows = a + i * aRow;
    if (packsA) {
      pack<T>(block, rows, height, k, aRow, aColumn, ROWS);
      multiply<T>(
        to,
        height,
        n,
        k,
        block,
        k * ROWS * sizeof<T>(),
        sizeof<T>(),
        ROWS * sizeof<T>(),
        b,
        panel,
        step,
        more,
      );
    } else multiply<T>(to, height, n, k, rows, ROWS * aRow, aRow, aColumn, b, panel, step, more);
  }
}

/** Tile by tile, down the columns of c: `aPanel` and `bPanel` bytes from one to the next, `aStep` and `bStep` from term to term. */
function multiply<T>(
  c: usize,
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  aPanel: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bPanel: usize,
  bStep: usize,
  more: bool,
): void {
  const columns: i32 = BYTES / sizeof<T>();
  const cRow: usize = n * sizeof<T>();
  for (let j = 0; j < n; j += columns, b += bPanel, c += BYTES) {
    const width = min(columns, n - j);
    let rows = a;
    let to = c;
    for (let i = 0; i < m; i += ROWS, rows += aPanel, to += ROWS * cRow) {
      const height = min(ROWS, m - i);
      if (height == ROWS && width == columns)
        tile<T>(to, cRow, k, rows, rows + aRow, rows + 2 * aRow, rows + 3 * aRow, aStep, b, bStep, more);
      else edge<T>(to, cRow, height, width, k, rows, aRow, aStep, b, bStep, more);
    }
  }
}
