import { exp } from "./exponential.ts";
import { log1p } from "./logarithm.ts";
import type { TypedArray } from "../dtype.ts";
import { rowMajorStrides, sizeOf } from "../shape.ts";
import { materialize } from "./copying.ts";
import { forEachOffset, mergeDims, type Strided, stridesOf } from "./strided.ts";

/** Reduces `length` elements from `data[at]` on, `step` apart, to one number. */
export type Run = (data: TypedArray, at: number, step: number, length: number) => number;

/** Reduces the given dims of `x` into `out` from index `start` on, row-major over the other dims. */
export function reduce(out: TypedArray, start: number, x: Strided, dims: readonly number[], run: Run): void {
  if (x.strides === null && dims.length === x.shape.length) {
    out[start] = run(x.data, x.offset, 1, x.size);
    return;
  }
  const strides = stridesOf(x);
  const kept = x.shape.map((_, d) => d).filter((d) => !dims.includes(d));
  const pick = (values: readonly number[], which: readonly number[]): number[] => which.map((d) => values[d]!);
  const length = sizeOf(pick(x.shape, dims));
  const walked = mergeDims(pick(x.shape, dims), [pick(strides, dims)]);
  let { data, offset } = x;
  let steps = pick(strides, kept);
  let step = walked.strides[0]![0]!;
  if (walked.shape.length > 1) {
    // No single step walks the reduced dims: lay them out side by side first.
    const order = [...kept, ...dims];
    const shape = pick(x.shape, order);
    data = materialize({ shape, size: x.size, dtype: x.dtype, data, offset, strides: pick(strides, order) });
    offset = 0;
    steps = rowMajorStrides(shape).slice(0, kept.length);
    step = 1;
  }
  forEachOffset(pick(x.shape, kept), [steps], [offset], (at, i) => {
    out[start + i] = run(data, at[0]!, step, length);
  });
}

/** Maps each run along `dim` to a run of the row-major output. */
export type RunMap = (
  data: TypedArray,
  at: number,
  step: number,
  length: number,
  out: TypedArray,
  o: number,
  outStep: number,
) => void;

/**
 * Applies `map` along one dim of `x`, for each index of the others, into `out` from index `start` on, which has `size` elements along it.
 * A dim after the last has size 1.
 */
export function alongDim(
  out: TypedArray,
  start: number,
  x: Strided,
  dim: number,
  map: RunMap,
  size: number = x.shape[dim] ?? 1,
): void {
  if (x.size === 0) return;
  const strides = stridesOf(x);
  const outStrides = rowMajorStrides(x.shape.map((own, d) => (d === dim ? size : own)));
  const without = (values: readonly number[]): number[] => values.filter((_, d) => d !== dim);
  forEachOffset(without(x.shape), [without(strides), without(outStrides)], [x.offset, start], (at) => {
    map(x.data, at[0]!, strides[dim] ?? 1, x.shape[dim] ?? 1, out, at[1]!, outStrides[dim] ?? 1);
  });
}

/** Pairwise summation: the rounding error grows with the logarithm of the length. */
export function sumRun(data: TypedArray, at: number, step: number, length: number): number {
  if (length > 256) {
    const half = length >> 1;
    return sumRun(data, at, step, half) + sumRun(data, at + half * step, step, length - half);
  }
  let sum = 0;
  for (let i = 0; i < length; i++, at += step) sum += data[at]!;
  return sum;
}

/** The sum of int32, which wraps around. */
export function wholeSumRun(data: TypedArray, at: number, step: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++, at += step) sum = (sum + data[at]!) | 0;
  return sum;
}

/** Whether some element is not 0; NaN is not. */
export function anyRun(data: TypedArray, at: number, step: number, length: number): number {
  for (let i = 0; i < length; i++, at += step) if (data[at] !== 0) return 1;
  return 0;
}

/** Whether no element is 0. */
export function allRun(data: TypedArray, at: number, step: number, length: number): number {
  for (let i = 0; i < length; i++, at += step) if (data[at] === 0) return 0;
  return 1;
}

/** How many elements are not 0. */
export function countRun(data: TypedArray, at: number, step: number, length: number): number {
  let count = 0;
  for (let i = 0; i < length; i++, at += step) if (data[at] !== 0) count++;
  return count;
}

export function maxRun(data: TypedArray, at: number, step: number, length: number): number {
  let best = -Infinity;
  for (let i = 0; i < length; i++, at += step) {
    const value = data[at]!;
    if (value > best) best = value;
    else if (value !== value) return NaN;
  }
  return best;
}

export function minRun(data: TypedArray, at: number, step: number, length: number): number {
  let best = Infinity;
  for (let i = 0; i < length; i++, at += step) {
    const value = data[at]!;
    if (value < best) best = value;
    else if (value !== value) return NaN;
  }
  return best;
}

/** Index of the first element equal to the run's extreme, or of the first NaN. */
export const indexRun =
  (extreme: Run): Run =>
  (data, at, step, length) => {
    const wanted = extreme(data, at, step, length);
    for (let i = 0; i < length; i++, at += step) {
      const value = data[at]!;
      if (value === wanted || (wanted !== wanted && value !== value)) return i;
    }
    return 0;
  };

/** log Σ exp, with the largest element taken out so that nothing overflows. */
export function logSumExpRun(data: TypedArray, at: number, step: number, length: number): number {
  const top = maxRun(data, at, step, length);
  if (!Number.isFinite(top)) return top;
  return top + logSumBelow(data, at, step, length, top);
}

/** log Σ exp(x − top) for the largest element `top`: log1p of all but one largest element keeps the digits near 0. */
function logSumBelow(data: TypedArray, at: number, step: number, length: number, top: number): number {
  return log1p(sumExp(data, at, step, length, top, 1));
}

/** Σ exp(x − top) without the first few elements that equal `top`; it carries what rounding has added (Kahan 1965). */
function sumExp(data: TypedArray, at: number, step: number, length: number, top: number, without: number): number {
  let sum = 0;
  let excess = 0;
  for (let i = 0; i < length; i++, at += step) {
    const value = data[at]!;
    if (without > 0 && value === top) without--;
    else {
      const term = exp(value - top) - excess;
      const next = sum + term;
      excess = next - sum - term;
      sum = next;
    }
  }
  return sum;
}

/** Σx², in pairs as sums. */
export function sumSquaresRun(data: TypedArray, at: number, step: number, length: number): number {
  if (length > 256) {
    const half = length >> 1;
    return sumSquaresRun(data, at, step, half) + sumSquaresRun(data, at + half * step, step, length - half);
  }
  let sum = 0;
  for (let i = 0; i < length; i++, at += step) sum += data[at]! * data[at]!;
  return sum;
}

/** √Σx²; where squares overflow or vanish, on elements divided by the largest. */
export function normRun(data: TypedArray, at: number, step: number, length: number): number {
  let sum = 0;
  let largest = 0;
  for (let i = 0, k = at; i < length; i++, k += step) {
    const size = Math.abs(data[k]!);
    if (size > largest || size !== size) largest = size;
    sum += size * size;
  }
  if ((sum > 1e-280 && sum < Infinity) || largest === 0 || !Number.isFinite(largest)) return Math.sqrt(sum);
  sum = 0;
  for (let i = 0, k = at; i < length; i++, k += step) sum += (data[k]! / largest) * (data[k]! / largest);
  return largest * Math.sqrt(sum);
}

export const softmaxRun: RunMap = (data, at, step, length, out, o, outStep) => {
  const top = maxRun(data, at, step, length);
  const sum = sumExp(data, at, step, length, top, 0);
  for (let i = 0; i < length; i++) out[o + i * outStep] = exp(data[at + i * step]! - top) / sum;
};

export const logSoftmaxRun: RunMap = (data, at, step, length, out, o, outStep) => {
  const top = maxRun(data, at, step, length);
  const shift = Number.isFinite(top) ? logSumBelow(data, at, step, length, top) : NaN; // infinities have no differences
  for (let i = 0; i < length; i++) out[o + i * outStep] = data[at + i * step]! - top - shift;
};

export const wholeCumsumRun: RunMap = (data, at, step, length, out, o, outStep) => {
  let sum = 0;
  for (let i = 0; i < length; i++) out[o + i * outStep] = sum = (sum + data[at + i * step]!) | 0;
};

export const cumsumRun: RunMap = (data, at, step, length, out, o, outStep) => {
  let sum = 0;
  for (let i = 0; i < length; i++) {
    sum += data[at + i * step]!;
    out[o + i * outStep] = sum;
  }
};
