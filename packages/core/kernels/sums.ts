import { Lanes } from "./lanes";

// Sums of rows and columns of a matrix: a few terms in pairs, eight of a row or four of a column, and these sums in 64 bits. Terms of 32 bits
// lose at most 3·2⁻²⁴ of the sum of their sizes so.

/** Writes the sums of rows, each of at most a few thousand elements: longer ones are summed in parts, and these in pairs. */
export function sumOfRows(single: bool, o: usize, a: usize, rows: i32, columns: i32): void {
  if (single) sumRows<f32>(o, a, rows, columns);
  else sumRows<f64>(o, a, rows, columns);
}
function sumRows<T>(o: usize, a: usize, rows: i32, columns: i32): void {
  const bytes: usize = columns * sizeof<T>();
  for (let i = 0; i < rows; i++, a += bytes, o += 8) store<f64>(o, sumOfRow<T>(a, bytes));
}
export function sumOfRow<T>(a: usize, bytes: usize): f64 {
  let total = 0.0;
  const end = a + bytes;
  for (const blocks = a + (bytes & ~127); a < blocks;) {
    let low = f64x2.splat(0);
    let high = low;
    for (const next = min(a + 8192, blocks); a < next; a += 128) {
      const left = four<T>(a, 16);
      const right = four<T>(a + 64, 16);
      if (sizeof<T>() == 4) {
        const sum = v128.add<T>(left, right);
        low = f64x2.add(low, Lanes.low(sum));
        high = f64x2.add(high, Lanes.high(sum));
      } else {
        low = f64x2.add(low, left);
        high = f64x2.add(high, right);
      }
    }
    total += Lanes.sum2(f64x2.add(low, high));
  }
  for (; a < end; a += sizeof<T>()) total += <f64>load<T>(a);
  return total;
}

/** Writes the sums of columns, of a hundred rows or so. Up to 64 bytes behind the matrix and the sums are used. */
export function sumOfColumns(single: bool, o: usize, a: usize, rows: i32, columns: i32): void {
  if (single) sumDown<f32>(o, a, rows, columns);
  else sumDown<f64>(o, a, rows, columns);
}
function sumDown<T>(o: usize, a: usize, rows: i32, columns: i32): void {
  const bytes: usize = columns * sizeof<T>();
  const step: usize = 4 * sizeof<T>();
  for (const end = a + bytes; a < end; a += step, o += 32) {
    let low = f64x2.splat(0);
    let high = low;
    let p = a;
    let i = 0;
    for (; i + 4 <= rows; i += 4, p += 4 * bytes) {
      const sum = four<T>(p, bytes);
      low = f64x2.add(low, sizeof<T>() == 4 ? Lanes.low(sum) : sum);
      high = f64x2.add(high, sizeof<T>() == 4 ? Lanes.high(sum) : four<T>(p + 16, bytes));
    }
    for (; i < rows; i++, p += bytes) {
      const x = v128.load(p);
      low = f64x2.add(low, sizeof<T>() == 4 ? Lanes.low(x) : x);
      high = f64x2.add(high, sizeof<T>() == 4 ? Lanes.high(x) : v128.load(p, 16));
    }
    v128.store(o, low);
    v128.store(o, high, 16);
  }
}
/** The sum of four vectors, each `step` bytes behind the one before. */
function four<T>(p: usize, step: usize): v128 {
  const first = v128.add<T>(v128.load(p), v128.load(p + step));
  p += 2 * step;
  return v128.add<T>(first, v128.add<T>(v128.load(p), v128.load(p + step)));
}
