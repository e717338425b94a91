import { E, Exponential } from "./exponential";
import { Exp } from "./functions";
import { Lanes } from "./lanes";
import { Logarithm } from "./logarithm";
import { sumOfRow } from "./sums";
import { Four } from "./turns";

// Rows of a matrix, one after the other; their results lie apart from it. Up to 16 bytes behind both are used.

/** The largest element of a row in every lane, or the smallest, negated; NaN if there is one. */
function extreme<T>(a: usize, bytes: usize, least: bool): v128 {
  const flip = least ? Lanes.neg<T>(i64x2.splat(0)) : i64x2.splat(0);
  let top = v128.splat<T>(-Infinity as T);
  let second = top;
  let odd = i32x4.splat(0);
  for (const last = a + (bytes & ~63); a < last; a += 64) {
    const x = v128.load(a);
    const y = v128.load(a, 16);
    const z = v128.load(a, 32);
    const w = v128.load(a, 48);
    top = v128.pmax<T>(v128.pmax<T>(top, v128.xor(x, flip)), v128.xor(z, flip));
    second = v128.pmax<T>(v128.pmax<T>(second, v128.xor(y, flip)), v128.xor(w, flip));
    const first = v128.or(v128.ne<T>(x, x), v128.ne<T>(y, y));
    odd = v128.or(odd, v128.or(first, v128.or(v128.ne<T>(z, z), v128.ne<T>(w, w))));
  }
  top = v128.pmax<T>(top, second);
  for (const last = a + (bytes & 48); a < last; a += 16) {
    const x = v128.load(a);
    top = v128.pmax<T>(top, v128.xor(x, flip));
    odd = v128.or(odd, v128.ne<T>(x, x));
  }
  const left = bytes & 15;
  if (left > 0) {
    const x = v128.load(a);
    const mask = Lanes.first(left);
    top = v128.pmax<T>(top, v128.bitselect(v128.xor(x, flip), top, mask));
    odd = v128.or(odd, v128.and(v128.ne<T>(x, x), mask));
  }
  return v128.any_true(odd) ? v128.splat<T>(NaN as T) : Lanes.top<T>(top);
}
function extremes<T>(o: usize, a: usize, rows: i32, columns: i32, least: bool): void {
  const bytes: usize = columns * sizeof<T>();
  for (let i = 0; i < rows; i++, a += bytes, o += 8) {
    const top = Lanes.number<T>(extreme<T>(a, bytes, least));
    store<f64>(o, least ? -top : top);
  }
}
export function maxOfRows(single: bool, o: usize, a: usize, rows: i32, columns: i32): void {
  if (single) extremes<f32>(o, a, rows, columns, false);
  else extremes<f64>(o, a, rows, columns, false);
}
export function minOfRows(single: bool, o: usize, a: usize, rows: i32, columns: i32): void {
  if (single) extremes<f32>(o, a, rows, columns, true);
  else extremes<f64>(o, a, rows, columns, true);
}

/** Where the extreme stands first, or the first NaN. */
function positions<T>(o: usize, a: usize, rows: i32, columns: i32, least: bool): void {
  const bytes: usize = columns * sizeof<T>();
  for (let i = 0; i < rows; i++, a += bytes, o += 8) {
    const wanted = extreme<T>(a, bytes, least);
    const value = least ? Lanes.neg<T>(wanted) : wanted;
    for (let p: usize = 0; p < bytes; p += 16) {
      const x = v128.load(a + p);
      const hit = v128.or(v128.eq<T>(x, value), v128.ne<T>(x, x));
      const lanes = sizeof<T>() == 4 ? i32x4.bitmask(hit) : i64x2.bitmask(hit);
      if (lanes != 0) {
        store<f64>(o, <f64>(<i32>(p / sizeof<T>()) + ctz(lanes)));
        break;
      }
    }
  }
}
export function argmaxOfRows(single: bool, o: usize, a: usize, rows: i32, columns: i32): void {
  if (single) positions<f32>(o, a, rows, columns, false);
  else positions<f64>(o, a, rows, columns, false);
}
export function argminOfRows(single: bool, o: usize, a: usize, rows: i32, columns: i32): void {
  if (single) positions<f32>(o, a, rows, columns, true);
  else positions<f64>(o, a, rows, columns, true);
}

/** exp(x − top) of a row, which may be written over it. */
function exponentials<T>(o: usize, a: usize, bytes: usize, top: v128): void {
  const end = a + bytes;
  for (const last = a + (bytes & ~63); a < last; a += 64, o += 64) {
    const x = v128.sub<T>(v128.load(a), top);
    const y = v128.sub<T>(v128.load(a, 16), top);
    const z = v128.sub<T>(v128.load(a, 32), top);
    const w = v128.sub<T>(v128.load(a, 48), top);
    if (!Four.fitting<T, Exp>(o, x, y, z, w)) {
      v128.store(o, Exponential.any<T>(x, 0));
      v128.store(o, Exponential.any<T>(y, 0), 16);
      v128.store(o, Exponential.any<T>(z, 0), 32);
      v128.store(o, Exponential.any<T>(w, 0), 48);
    }
  }
  for (; a < end; a += 16, o += 16) {
    const e = Exponential.every<T>(v128.sub<T>(v128.load(a), top));
    v128.store(o, a + 16 > end ? v128.bitselect(e, v128.load(o), Lanes.first(end - a)) : e);
  }
}
/**
 * Σ e − 1 over a row of exponentials of which the largest is 1. Ones are counted, which keeps the digits of the rest where it is small;
 * other terms are added in pairs up to four and then in 64 bits, which carry what rounding has added where terms have as many (Kahan 1965).
 */
function rest<T>(a: usize, bytes: usize): f64 {
  const one = Exponential.number<T>(E.One);
  let total = f64x2.splat(0);
  let excess = total;
  let ones = total;
  const end = a + bytes;
  const last = a + (bytes & ~63);
  while (a < end) {
    let part: v128;
    let hits: v128;
    if (a < last) {
      const x = v128.load(a);
      const y = v128.load(a, 16);
      const z = v128.load(a, 32);
      const w = v128.load(a, 48);
      const hx = v128.eq<T>(x, one);
      const hy = v128.eq<T>(y, one);
      const hz = v128.eq<T>(z, one);
      const hw = v128.eq<T>(w, one);
      hits = Lanes.added<T>(Lanes.added<T>(hx, hy), Lanes.added<T>(hz, hw));
      part = v128.add<T>(
        v128.add<T>(v128.andnot(x, hx), v128.andnot(y, hy)),
        v128.add<T>(v128.andnot(z, hz), v128.andnot(w, hw)),
      );
      a += 64;
    } else {
      let x = v128.load(a);
      if (a + 16 > end) x = v128.and(x, Lanes.first(end - a));
      hits = v128.eq<T>(x, one);
      part = v128.andnot(x, hits);
      a += 16;
    }
    ones = Lanes.added<T>(ones, hits);
    if (sizeof<T>() == 4) total = f64x2.add(total, Lanes.pairs<T>(part));
    else {
      const term = f64x2.sub(part, excess);
      const next = f64x2.add(total, term);
      excess = f64x2.sub(f64x2.sub(next, total), term);
      total = next;
    }
  }
  // Each hit has counted as −1 in its lane.
  if (sizeof<T>() == 4) ones = i64x2.add(i64x2.extend_low_i32x4_s(ones), i64x2.extend_high_i32x4_s(ones));
  return Lanes.sum2(total) - <f64>(i64x2.extract_lane(ones, 0) + i64x2.extract_lane(ones, 1) + 1);
}

/** exp(x − top) / Σ exp(x − top). */
function softmaxRows<T>(o: usize, a: usize, rows: i32, columns: i32): void {
  const bytes: usize = columns * sizeof<T>();
  for (let i = 0; i < rows; i++, a += bytes, o += bytes) {
    exponentials<T>(o, a, bytes, extreme<T>(a, bytes, false));
    const total = sizeof<T>() == 4 ? sumOfRow<T>(o, bytes) : 1 + rest<T>(o, bytes);
    const share = v128.splat<T>((1 / total) as T);
    let p: usize = 0;
    for (; p < (bytes & ~63); p += 64) {
      v128.store(o + p, v128.mul<T>(v128.load(o + p), share));
      v128.store(o + p, v128.mul<T>(v128.load(o + p, 16), share), 16);
      v128.store(o + p, v128.mul<T>(v128.load(o + p, 32), share), 32);
      v128.store(o + p, v128.mul<T>(v128.load(o + p, 48), share), 48);
    }
    for (; p < bytes; p += 16) v128.store(o + p, v128.mul<T>(v128.load(o + p), share));
  }
}
export function softmaxOfRows(single: bool, o: usize, a: usize, rows: i32, columns: i32): void {
  if (single) softmaxRows<f32>(o, a, rows, columns);
  else softmaxRows<f64>(o, a, rows, columns);
}

/** log Σ exp(x − top) from the exponentials of a row. */
function logSum<T>(a: usize, bytes: usize): f64 {
  return f64x2.extract_lane(Logarithm.any1<f64>(f64x2.splat(rest<T>(a, bytes))), 0);
}
/** Leaves the exponentials where the rows were. */
function logSumExpRows<T>(o: usize, a: usize, rows: i32, columns: i32): void {
  const bytes: usize = columns * sizeof<T>();
  for (let i = 0; i < rows; i++, a += bytes, o += 8) {
    const top = extreme<T>(a, bytes, false);
    const best = Lanes.number<T>(top);
    exponentials<T>(a, a, bytes, top);
    store<f64>(o, best - best == 0 ? best + logSum<T>(a, bytes) : best); // infinities have no differences
  }
}
export function logSumExpOfRows(single: bool, o: usize, a: usize, rows: i32, columns: i32): void {
  if (single) logSumExpRows<f32>(o, a, rows, columns);
  else logSumExpRows<f64>(o, a, rows, columns);
}
function logSoftmaxRows<T>(o: usize, a: usize, rows: i32, columns: i32): void {
  const bytes: usize = columns * sizeof<T>();
  for (let i = 0; i < rows; i++, a += bytes, o += bytes) {
    const top = extreme<T>(a, bytes, false);
    exponentials<T>(o, a, bytes, top);
    const shift = v128.splat<T>(logSum<T>(o, bytes) as T);
    for (let p: usize = 0; p < bytes; p += 16)
      v128.store(o + p, v128.sub<T>(v128.sub<T>(v128.load(a + p), top), shift));
  }
}
export function logSoftmaxOfRows(single: bool, o: usize, a: usize, rows: i32, columns: i32): void {
  if (single) logSoftmaxRows<f32>(o, a, rows, columns);
  else logSoftmaxRows<f64>(o, a, rows, columns);
}
