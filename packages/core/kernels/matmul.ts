import { pack } from "./pack";
import { multiplyAdd } from "./simd";

// c = a·b in the manner of Goto and van de Geijn 2008 ("Anatomy of high-performance matrix multiplication"): b in panels as wide as a
// tile, of which one stays in the first cache; a in panels as high as a tile, of which a block stays in the second; tiles of 4 rows and
// 2 vectors in registers. V8 keeps 15 vector registers: 8 sums, 2 of b, 1 of a; larger tiles spill, and unrolling does not pay.

/** Rows of a tile, and bytes in a row of it. */
const ROWS: i32 = 4;
const BYTES: i32 = 32;
/** Terms that are summed before the sums go to memory, and rows of a that are packed at a time. */
const DEPTH: i32 = 256;
const HEIGHT: i32 = 128;

/**
 * c[m,n] = a[m,k]·b[k,n], c row by row. All are addresses; steps are in elements, and of either input's steps one is 1. From `free` on
 * memory is used: ⌈n⌉·min(k, 256) + 128·256 + 32 elements, ⌈n⌉ the next multiple of a tile's width.
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
  const columns: i32 = BYTES / sizeof<T>();
  const edge = free;
  const panels = free + ROWS * BYTES;
  for (let p = 0; p < k; p += DEPTH) {
    const depth = min(DEPTH, k - p);
    const block = pack<T>(panels, b + p * bRow, n, depth, bColumn, bRow, columns);
    for (let i = 0; i < m; i += HEIGHT) {
      const height = min(HEIGHT, m - i);
      pack<T>(block, a + i * aRow + p * aColumn, height, depth, aRow, aColumn, ROWS);
      multiply<T>(c + i * n * sizeof<T>(), height, n, depth, block, panels, edge, more || p > 0);
    }
  }
}

/** One block of packed rows times all packed columns. */
function multiply<T>(c: usize, m: i32, n: i32, k: i32, a: usize, b: usize, edge: usize, more: bool): void {
  const columns: i32 = BYTES / sizeof<T>();
  const step: usize = n * sizeof<T>();
  for (let j = 0; j < n; j += columns, b += k * BYTES, c += BYTES) {
    const width = min(columns, n - j);
    let rows = a;
    let to = c;
    for (let i = 0; i < m; i += ROWS, rows += k * ROWS * sizeof<T>(), to += ROWS * step) {
      if (width == columns && i + ROWS <= m) tile<T>(to, step, k, rows, b, more);
      else {
        tile<T>(edge, BYTES, k, rows, b, false);
        copyEdge<T>(to, step, edge, min(ROWS, m - i), width, more);
      }
    }
  }
}

function tile<T>(c: usize, step: usize, k: i32, a: usize, b: usize, more: bool): void {
  let s00 = v128.splat<T>(0);
  let s01 = v128.splat<T>(0);
  let s10 = v128.splat<T>(0);
  let s11 = v128.splat<T>(0);
  let s20 = v128.splat<T>(0);
  let s21 = v128.splat<T>(0);
  let s30 = v128.splat<T>(0);
  let s31 = v128.splat<T>(0);
  for (const end = b + k * BYTES; b < end; b += BYTES, a += ROWS * sizeof<T>()) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load_splat<T>(a);
    s00 = multiplyAdd<T>(x, b0, s00);
    s01 = multiplyAdd<T>(x, b1, s01);
    x = v128.load_splat<T>(a, sizeof<T>());
    s10 = multiplyAdd<T>(x, b0, s10);
    s11 = multiplyAdd<T>(x, b1, s11);
    x = v128.load_splat<T>(a, 2 * sizeof<T>());
    s20 = multiplyAdd<T>(x, b0, s20);
    s21 = multiplyAdd<T>(x, b1, s21);
    x = v128.load_splat<T>(a, 3 * sizeof<T>());
    s30 = multiplyAdd<T>(x, b0, s30);
    s31 = multiplyAdd<T>(x, b1, s31);
  }
  put<T>(c, s00, s01, more);
  put<T>(c + step, s10, s11, more);
  put<T>(c + 2 * step, s20, s21, more);
  put<T>(c + 3 * step, s30, s31, more);
}

function put<T>(c: usize, left: v128, right: v128, more: bool): void {
  if (more) {
    left = v128.add<T>(v128.load(c), left);
    right = v128.add<T>(v128.load(c, 16), right);
  }
  v128.store(c, left);
  v128.store(c, right, 16);
}

/** What the matrix has of a tile at its edge. */
function copyEdge<T>(to: usize, step: usize, edge: usize, rows: i32, columns: i32, more: bool): void {
  for (let i = 0; i < rows; i++, to += step, edge += BYTES) {
    for (let j = 0; j < columns; j++) {
      const at = to + j * sizeof<T>();
      const value = load<T>(edge + j * sizeof<T>());
      store<T>(at, more ? load<T>(at) + value : value);
    }
  }
}
