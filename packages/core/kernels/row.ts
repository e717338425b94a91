import { multiplyAdd } from "./simd";
import { BYTES } from "./tile";

// One row of a times b, read where it lies: nothing is used twice, so nothing is packed.

/** c[n] (+)= a[k]·b[k,n], where rows of b lie side by side. */
export function row<T>(c: usize, n: i32, k: i32, a: usize, aStep: usize, b: usize, bRow: usize, more: bool): void {
  const end = c + n * sizeof<T>();
  for (; c + 4 * BYTES <= end; c += 4 * BYTES, b += 4 * BYTES) wide<T>(c, k, a, aStep, b, bRow, more);
  for (; c + 16 <= end; c += 16, b += 16) {
    let sum = v128.splat<T>(0);
    for (let p = 0, x = a, y = b; p < k; p++, x += aStep, y += bRow)
      sum = multiplyAdd<T>(v128.load_splat<T>(x), v128.load(y), sum);
    put<T>(c, sum, more);
  }
  for (; c < end; c += sizeof<T>(), b += sizeof<T>()) dot<T>(c, k, a, aStep, b, bRow, more);
}

/** Eight vectors of c. */
function wide<T>(c: usize, k: i32, a: usize, aStep: usize, b: usize, bRow: usize, more: bool): void {
  let s0 = v128.splat<T>(0);
  let s1 = v128.splat<T>(0);
  let s2 = v128.splat<T>(0);
  let s3 = v128.splat<T>(0);
  let s4 = v128.splat<T>(0);
  let s5 = v128.splat<T>(0);
  let s6 = v128.splat<T>(0);
  let s7 = v128.splat<T>(0);
  for (let p = 0; p < k; p++, a += aStep, b += bRow) {
    const x = v128.load_splat<T>(a);
    s0 = multiplyAdd<T>(x, v128.load(b), s0);
    s1 = multiplyAdd<T>(x, v128.load(b, 16), s1);
    s2 = multiplyAdd<T>(x, v128.load(b, 32), s2);
    s3 = multiplyAdd<T>(x, v128.load(b, 48), s3);
    s4 = multiplyAdd<T>(x, v128.load(b, 64), s4);
    s5 = multiplyAdd<T>(x, v128.load(b, 80), s5);
    s6 = multiplyAdd<T>(x, v128.load(b, 96), s6);
    s7 = multiplyAdd<T>(x, v128.load(b, 112), s7);
  }
  put<T>(c, s0, more);
  put<T>(c + 16, s1, more);
  put<T>(c + 32, s2, more);
  put<T>(c + 48, s3, more);
  put<T>(c + 64, s4, more);
  put<T>(c + 80, s5, more);
  put<T>(c + 96, s6, more);
  put<T>(c + 112, s7, more);
}

/** c[n] (+)= a[k]·b[k,n], where columns of b lie side by side: squares of it are turned in registers. */
export function rowTurned<T>(
  c: usize,
  n: i32,
  k: i32,
  a: usize,
  aStep: usize,
  b: usize,
  bColumn: usize,
  more: bool,
): void {
  const lanes: i32 = 16 / sizeof<T>();
  const even = k - (k % lanes);
  let j = 0;
  for (; j + 4 * lanes <= n; j += 4 * lanes, c += 64, b += 4 * lanes * bColumn) {
    let s0 = v128.splat<T>(0);
    let s1 = v128.splat<T>(0);
    let s2 = v128.splat<T>(0);
    let s3 = v128.splat<T>(0);
    const b1 = lanes * bColumn;
    let x = a;
    let y = b;
    for (let p = 0; p < even; p += lanes, x += lanes * aStep, y += 16) {
      s0 = square<T>(s0, x, aStep, y, bColumn);
      s1 = square<T>(s1, x, aStep, y + b1, bColumn);
      s2 = square<T>(s2, x, aStep, y + 2 * b1, bColumn);
      s3 = square<T>(s3, x, aStep, y + 3 * b1, bColumn);
    }
    for (let p = even; p < k; p++, x += aStep, y += sizeof<T>()) {
      s0 = column<T>(s0, x, y, bColumn);
      s1 = column<T>(s1, x, y + b1, bColumn);
      s2 = column<T>(s2, x, y + 2 * b1, bColumn);
      s3 = column<T>(s3, x, y + 3 * b1, bColumn);
    }
    put<T>(c, s0, more);
    put<T>(c + 16, s1, more);
    put<T>(c + 32, s2, more);
    put<T>(c + 48, s3, more);
  }
  for (; j < n; j++, c += sizeof<T>(), b += bColumn) dot<T>(c, k, a, aStep, b, sizeof<T>(), more);
}

/** sum + as many terms as a vector has lanes, for as many columns. */
function square<T>(sum: v128, a: usize, aStep: usize, b: usize, bColumn: usize): v128 {
  const r0 = v128.load(b);
  const r1 = v128.load(b + bColumn);
  if (sizeof<T>() == 8) {
    sum = multiplyAdd<T>(v128.load_splat<T>(a), v128.shuffle<f64>(r0, r1, 0, 2), sum);
    return multiplyAdd<T>(v128.load_splat<T>(a + aStep), v128.shuffle<f64>(r0, r1, 1, 3), sum);
  }
  const r2 = v128.load(b + 2 * bColumn);
  const r3 = v128.load(b + 3 * bColumn);
  const low0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const low1 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const high0 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const high1 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  sum = multiplyAdd<T>(v128.load_splat<T>(a), v128.shuffle<f64>(low0, low1, 0, 2), sum);
  sum = multiplyAdd<T>(v128.load_splat<T>(a + aStep), v128.shuffle<f64>(low0, low1, 1, 3), sum);
  sum = multiplyAdd<T>(v128.load_splat<T>(a + 2 * aStep), v128.shuffle<f64>(high0, high1, 0, 2), sum);
  return multiplyAdd<T>(v128.load_splat<T>(a + 3 * aStep), v128.shuffle<f64>(high0, high1, 1, 3), sum);
}

/** sum + one term, for as many columns as a vector has lanes. */
function column<T>(sum: v128, a: usize, b: usize, bColumn: usize): v128 {
  let terms = v128.load_zero<T>(b);
  terms = v128.replace_lane<T>(terms, 1, load<T>(b + bColumn));
  if (sizeof<T>() == 4) {
    terms = v128.replace_lane<T>(terms, 2, load<T>(b + 2 * bColumn));
    terms = v128.replace_lane<T>(terms, 3, load<T>(b + 3 * bColumn));
  }
  return multiplyAdd<T>(v128.load_splat<T>(a), terms, sum);
}

/** One element of c. */
function dot<T>(c: usize, k: i32, a: usize, aStep: usize, b: usize, bStep: usize, more: bool): void {
  let sum = v128.splat<T>(0);
  for (let p = 0; p < k; p++, a += aStep, b += bStep)
    sum = multiplyAdd<T>(v128.load_splat<T>(a), v128.load_splat<T>(b), sum);
  const value = v128.extract_lane<T>(sum, 0);
  store<T>(c, more ? load<T>(c) + value : value);
}

function put<T>(c: usize, sum: v128, more: bool): void {
  v128.store(c, more ? v128.add<T>(v128.load(c), sum) : sum);
}
