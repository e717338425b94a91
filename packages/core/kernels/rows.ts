import { Exponential } from "./exponential";
import { Lanes } from "./lanes";
import { Logarithm } from "./logarithm";

// Rows of a matrix, one after the other; their results lie apart from it. Up to 16 bytes behind both are used.

/** The largest element of a row in every lane, or the smallest, negated; NaN if there is one. */
function extreme<T>(a: usize, bytes: usize, least: bool): v128 {
  let top = v128.splat<T>(-Infinity as T);
  let second = top;
  let odd = i32x4.splat(0);
  for (const last = a + (bytes & ~31); a < last; a += 32) {
    const x = v128.load(a);
    const y = v128.load(a, 16);
    top = v128.pmax<T>(top, least ? v128.neg<T>(x) : x);
    second = v128.pmax<T>(second, least ? v128.neg<T>(y) : y);
    odd = v128.or(odd, v128.or(v128.ne<T>(x, x), v128.ne<T>(y, y)));
  }
  top = v128.pmax<T>(top, second);
  if ((bytes & 16) > 0) {
    const x = v128.load(a);
    top = v128.pmax<T>(top, least ? v128.neg<T>(x) : x);
    odd = v128.or(odd, v128.ne<T>(x, x));
    a += 16;
  }
  const left = bytes & 15;
  if (left > 0) {
    const x = v128.load(a);
    const mask = Lanes.first(left);
    top = v128.pmax<T>(top, v128.bitselect(least ? v128.neg<T>(x) : x, top, mask));
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
    const value = least ? v128.neg<T>(wanted) : wanted;
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

// Sums of exponentials have 64 bits; where their terms have as many, they carry what rounding has added (Kahan 1965).

/** exp(x − top) / Σ exp(x − top). */
function softmaxRows<T>(o: usize, a: usize, rows: i32, columns: i32): void {
  const bytes: usize = columns * sizeof<T>();
  for (let i = 0; i < rows; i++, a += bytes, o += bytes) {
    const top = extreme<T>(a, bytes, false);
    let total = f64x2.splat(0);
    let excess = total;
    for (let p: usize = 0; p < bytes; p += 16) {
      let e = Exponential.every<T>(v128.sub<T>(v128.load(a + p), top));
      if (p + 16 > bytes) e = v128.and(e, Lanes.first(bytes - p));
      v128.store(o + p, e);
      if (sizeof<T>() == 4) total = f64x2.add(total, Lanes.pairs<T>(e));
      else {
        const term = f64x2.sub(e, excess);
        const next = f64x2.add(total, term);
        excess = f64x2.sub(f64x2.sub(next, total), term);
        total = next;
      }
    }
    const share = v128.splat<T>((1 / Lanes.sum2(total)) as T);
    for (let p: usize = 0; p < bytes; p += 16) v128.store(o + p, v128.mul<T>(v128.load(o + p), share));
  }
}
export function softmaxOfRows(single: bool, o: usize, a: usize, rows: i32, columns: i32): void {
  if (single) softmaxRows<f32>(o, a, rows, columns);
  else softmaxRows<f64>(o, a, rows, columns);
}

/** log Σ exp(x − top) as log(1 + …) of all but one largest element, which keeps the digits near 0. */
function logSum<T>(a: usize, bytes: usize, top: v128): f64 {
  let total = f64x2.splat(0);
  let excess = total;
  let equal = i64x2.splat(0);
  for (let p: usize = 0; p < bytes; p += 16) {
    const x = v128.load(a + p);
    const e = Exponential.every<T>(v128.sub<T>(x, top));
    let hits = v128.eq<T>(x, top);
    let others = v128.andnot(e, hits);
    if (p + 16 > bytes) {
      const mask = Lanes.first(bytes - p);
      hits = v128.and(hits, mask);
      others = v128.and(others, mask);
    }
    equal = sizeof<T>() == 4 ? i32x4.sub(equal, hits) : i64x2.sub(equal, hits);
    if (sizeof<T>() == 4) total = f64x2.add(total, Lanes.pairs<T>(others));
    else {
      const term = f64x2.sub(others, excess);
      const next = f64x2.add(total, term);
      excess = f64x2.sub(f64x2.sub(next, total), term);
      total = next;
    }
  }
  let count = i64x2.extract_lane(equal, 0) + i64x2.extract_lane(equal, 1);
  if (sizeof<T>() == 4) count = (count & 0xffffffff) + (count >> 32);
  const best = Lanes.number<T>(top);
  // Infinities have no differences
  const rest = best - best == 0 || count == 1 ? Lanes.sum2(total) + <f64>(count - 1) : NaN;
  return f64x2.extract_lane(Logarithm.any1<f64>(f64x2.splat(rest)), 0);
}
function logSumExpRows<T>(o: usize, a: usize, rows: i32, columns: i32): void {
  const bytes: usize = columns * sizeof<T>();
  for (let i = 0; i < rows; i++, a += bytes, o += 8) {
    const top = extreme<T>(a, bytes, false);
    const best = Lanes.number<T>(top);
    store<f64>(o, best - best == 0 ? best + logSum<T>(a, bytes, top) : best);
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
    const shift = v128.splat<T>(logSum<T>(a, bytes, top) as T);
    for (let p: usize = 0; p < bytes; p += 16)
      v128.store(o + p, v128.sub<T>(v128.sub<T>(v128.load(a + p), top), shift));
  }
}
export function logSoftmaxOfRows(single: bool, o: usize, a: usize, rows: i32, columns: i32): void {
  if (single) logSoftmaxRows<f32>(o, a, rows, columns);
  else logSoftmaxRows<f64>(o, a, rows, columns);
}
