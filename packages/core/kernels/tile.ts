import { multiplyAdd } from "./simd";

// Tiles of c = a·b that stay in registers while the terms run by: 4 rows of a, each side by side, and rows of b `bRow` bytes apart.

/** Rows of a tile, and bytes in a row of it. */
export const ROWS: i32 = 4;
export const BYTES: i32 = 32;

/** A whole tile; the rows of c lie `cRow` bytes apart, and `more` adds to what stands there. */
export function tile<T>(
  c: usize,
  cRow: usize,
  k: i32,
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  b: usize,
  bRow: usize,
  more: bool,
): void {
  let s00 = v128.splat<T>(0);
  let s01 = v128.splat<T>(0);
  let s10 = v128.splat<T>(0);
  let s11 = v128.splat<T>(0);
  let s20 = v128.splat<T>(0);
  let s21 = v128.splat<T>(0);
  let s30 = v128.splat<T>(0);
  let s31 = v128.splat<T>(0);
  let x: v128;
  const end = b + k * bRow;
  while (b != end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    x = v128.load_splat<T>(a0);
    s00 = multiplyAdd<T>(x, b0, s00);
    s01 = multiplyAdd<T>(x, b1, s01);
    x = v128.load_splat<T>(a1);
    s10 = multiplyAdd<T>(x, b0, s10);
    s11 = multiplyAdd<T>(x, b1, s11);
    x = v128.load_splat<T>(a2);
    s20 = multiplyAdd<T>(x, b0, s20);
    s21 = multiplyAdd<T>(x, b1, s21);
    x = v128.load_splat<T>(a3);
    s30 = multiplyAdd<T>(x, b0, s30);
    s31 = multiplyAdd<T>(x, b1, s31);
    b += bRow;
    // Half of all terms are done behind this branch: it keeps V8 from loading all operands of both first, which takes more registers
    // than there are.
    if (b == end) break;
    const b2 = v128.load(b);
    const b3 = v128.load(b, 16);
    x = v128.load_splat<T>(a0, sizeof<T>());
    s00 = multiplyAdd<T>(x, b2, s00);
    s01 = multiplyAdd<T>(x, b3, s01);
    x = v128.load_splat<T>(a1, sizeof<T>());
    s10 = multiplyAdd<T>(x, b2, s10);
    s11 = multiplyAdd<T>(x, b3, s11);
    x = v128.load_splat<T>(a2, sizeof<T>());
    s20 = multiplyAdd<T>(x, b2, s20);
    s21 = multiplyAdd<T>(x, b3, s21);
    x = v128.load_splat<T>(a3, sizeof<T>());
    s30 = multiplyAdd<T>(x, b2, s30);
    s31 = multiplyAdd<T>(x, b3, s31);
    b += bRow;
    a0 += 2 * sizeof<T>();
    a1 += 2 * sizeof<T>();
    a2 += 2 * sizeof<T>();
    a3 += 2 * sizeof<T>();
  }
  put<T>(c, s00, s01, more);
  put<T>(c + cRow, s10, s11, more);
  put<T>(c + 2 * cRow, s20, s21, more);
  put<T>(c + 3 * cRow, s30, s31, more);
}

function put<T>(c: usize, left: v128, right: v128, more: bool): void {
  if (more) {
    left = v128.add<T>(v128.load(c), left);
    right = v128.add<T>(v128.load(c, 16), right);
  }
  v128.store(c, left);
  v128.store(c, right, 16);
}

/** The left half of a tile. */
function half<T>(
  c: usize,
  cRow: usize,
  k: i32,
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  b: usize,
  bRow: usize,
): void {
  let s0 = v128.splat<T>(0);
  let s1 = v128.splat<T>(0);
  let s2 = v128.splat<T>(0);
  let s3 = v128.splat<T>(0);
  const end = b + k * bRow;
  while (b != end) {
    const b0 = v128.load(b);
    s0 = multiplyAdd<T>(v128.load_splat<T>(a0), b0, s0);
    s1 = multiplyAdd<T>(v128.load_splat<T>(a1), b0, s1);
    s2 = multiplyAdd<T>(v128.load_splat<T>(a2), b0, s2);
    s3 = multiplyAdd<T>(v128.load_splat<T>(a3), b0, s3);
    b += bRow;
    if (b == end) break;
    const b1 = v128.load(b);
    s0 = multiplyAdd<T>(v128.load_splat<T>(a0, sizeof<T>()), b1, s0);
    s1 = multiplyAdd<T>(v128.load_splat<T>(a1, sizeof<T>()), b1, s1);
    s2 = multiplyAdd<T>(v128.load_splat<T>(a2, sizeof<T>()), b1, s2);
    s3 = multiplyAdd<T>(v128.load_splat<T>(a3, sizeof<T>()), b1, s3);
    b += bRow;
    a0 += 2 * sizeof<T>();
    a1 += 2 * sizeof<T>();
    a2 += 2 * sizeof<T>();
    a3 += 2 * sizeof<T>();
  }
  v128.store(c, s0);
  v128.store(c + cRow, s1);
  v128.store(c + 2 * cRow, s2);
  v128.store(c + 3 * cRow, s3);
}

/** Where a tile at the edge is made before its part of `rows` × `columns` elements goes to c. */
const whole: usize = memory.data(4 * 32, 16);

/** A tile that c has only a part of. The last row of a stands in for those that a lacks; b is readable to the end of the tile. */
export function edge<T>(
  c: usize,
  cRow: usize,
  rows: i32,
  columns: i32,
  k: i32,
  a: usize,
  aRow: usize,
  b: usize,
  bRow: usize,
  more: bool,
): void {
  const a1 = rows > 1 ? a + aRow : a;
  const a2 = rows > 2 ? a1 + aRow : a1;
  const a3 = rows > 3 ? a2 + aRow : a2;
  if (columns * sizeof<T>() <= 16) half<T>(whole, BYTES, k, a, a1, a2, a3, b, bRow);
  else tile<T>(whole, BYTES, k, a, a1, a2, a3, b, bRow, false);
  for (let i = 0; i < rows; i++, c += cRow) {
    const from = whole + i * BYTES;
    for (let j = 0; j < columns; j++) {
      const at = c + j * sizeof<T>();
      const value = load<T>(from + j * sizeof<T>());
      store<T>(at, more ? load<T>(at) + value : value);
    }
  }
}
