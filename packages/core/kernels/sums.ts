import { Lanes } from "./lanes";

// Sums of rows and columns of a matrix, in 64 bits whatever its elements are: what 32 bits would lose is not lost.

/** Writes the sums of rows, each of at most a few thousand elements: longer ones are summed in parts, and these in pairs. */
export function sumOfRows(single: bool, o: usize, a: usize, rows: i32, columns: i32): void {
  if (single) sumRows<f32>(o, a, rows, columns);
  else sumRows<f64>(o, a, rows, columns);
}
function sumRows<T>(o: usize, a: usize, rows: i32, columns: i32): void {
  const bytes: usize = columns * sizeof<T>();
  const step: usize = 8 * sizeof<T>();
  for (let i = 0; i < rows; i++, o += 8) {
    let total = 0.0;
    const end = a + bytes;
    for (const blocks = a + bytes - (bytes % step); a < blocks;) {
      let s0 = f64x2.splat(0);
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      for (const next = min(a + 64 * step, blocks); a < next; a += step) {
        s0 = f64x2.add(s0, two<T>(a));
        s1 = f64x2.add(s1, two<T>(a + 2 * sizeof<T>()));
        s2 = f64x2.add(s2, two<T>(a + 4 * sizeof<T>()));
        s3 = f64x2.add(s3, two<T>(a + 6 * sizeof<T>()));
      }
      total += Lanes.sum2(f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3)));
    }
    for (; a < end; a += sizeof<T>()) total += <f64>load<T>(a);
    store<f64>(o, total);
  }
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
    for (let i = 0; i < rows; i++, p += bytes) {
      low = f64x2.add(low, two<T>(p));
      high = f64x2.add(high, two<T>(p + 2 * sizeof<T>()));
    }
    v128.store(o, low);
    v128.store(o, high, 16);
  }
}
function two<T>(p: usize): v128 {
  return sizeof<T>() == 4 ? f64x2.promote_low_f32x4(v128.load64_zero(p)) : v128.load(p);
}
