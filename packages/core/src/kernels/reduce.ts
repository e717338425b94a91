import type { Dtype, TypedArray } from "../dtype.ts";
import { allocate } from "../dtype.ts";
import { sizeOf } from "../shape.ts";
import { forEachOffset, materialize, mergeDims, type Strided, stridesOf } from "./strided.ts";

/** Reduces `length` elements from `data[at]` on, `step` apart, to one number. */
export type Run = (data: TypedArray, at: number, step: number, length: number) => number;

/** Reduces the given dims of `x`; the result is row-major over the others. */
export function reduce(x: Strided, dims: readonly number[], dtype: Dtype, run: Run): TypedArray {
  if (x.strides === null && dims.length === x.shape.length) {
    const out = allocate(dtype, 1);
    out[0] = run(x.data, x.offset, 1, x.size);
    return out;
  }
  const strides = stridesOf(x);
  const kept = x.shape.map((_, d) => d).filter((d) => !dims.includes(d));
  const keptShape = kept.map((d) => x.shape[d]!);
  const reduced = mergeDims(
    dims.map((d) => x.shape[d]!),
    [dims.map((d) => strides[d]!)],
  );
  const out = allocate(dtype, sizeOf(keptShape));
  if (reduced.shape.length > 1) {
    // No single step walks the reduced dims: lay them out side by side first.
    const order = [...kept, ...dims];
    const moved = {
      ...x,
      data: x.data,
      offset: x.offset,
      size: x.size,
      dtype: x.dtype,
      shape: order.map((d) => x.shape[d]!),
      strides: order.map((d) => strides[d]!),
    };
    const data = materialize(moved);
    const length = sizeOf(reduced.shape);
    for (let i = 0; i < out.length; i++) out[i] = run(data, i * length, 1, length);
    return out;
  }
  const length = x.size === 0 ? sizeOf(dims.map((d) => x.shape[d]!)) : reduced.shape[0]!;
  const step = reduced.strides[0]![0]!;
  forEachOffset(keptShape, [kept.map((d) => strides[d]!)], [x.offset], (at, i) => {
    out[i] = run(x.data, at[0]!, step, length);
  });
  return out;
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

/** Applies `map` along one dim of `x`, for each index of the others. */
export function alongDim(x: Strided, dim: number, dtype: Dtype, map: RunMap): TypedArray {
  const out = allocate(dtype, x.size);
  if (x.size === 0) return out;
  if (x.shape.length === 0) {
    map(x.data, x.offset, 1, 1, out, 0, 1);
    return out;
  }
  const strides = stridesOf(x);
  let outStep = 1;
  for (let d = dim + 1; d < x.shape.length; d++) outStep *= x.shape[d]!;
  const others = x.shape.map((_, d) => d).filter((d) => d !== dim);
  const shape = others.map((d) => x.shape[d]!);
  const outStrides = stridesOf({ ...x, data: out, dtype, offset: 0, size: x.size, shape: x.shape, strides: null });
  forEachOffset(shape, [others.map((d) => strides[d]!), others.map((d) => outStrides[d]!)], [x.offset, 0], (at) => {
    map(x.data, at[0]!, strides[dim]!, x.shape[dim]!, out, at[1]!, outStep);
  });
  return out;
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
      if (value === wanted || value !== value) return i;
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
  let rest = 0;
  let seen = false;
  for (let i = 0; i < length; i++, at += step) {
    const value = data[at]!;
    if (!seen && value === top) seen = true;
    else rest += Math.exp(value - top);
  }
  return Math.log1p(rest);
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
  for (let i = 0, k = at; i < length; i++, k += step) sum += (data[k]! / largest) ** 2;
  return largest * Math.sqrt(sum);
}

export const softmaxRun: RunMap = (data, at, step, length, out, o, outStep) => {
  const top = maxRun(data, at, step, length);
  let sum = 0;
  for (let i = 0; i < length; i++) sum += Math.exp(data[at + i * step]! - top);
  for (let i = 0; i < length; i++) out[o + i * outStep] = Math.exp(data[at + i * step]! - top) / sum;
};

export const logSoftmaxRun: RunMap = (data, at, step, length, out, o, outStep) => {
  const top = maxRun(data, at, step, length);
  const shift = logSumBelow(data, at, step, length, top);
  for (let i = 0; i < length; i++) out[o + i * outStep] = data[at + i * step]! - top - shift;
};

export const cumsumRun: RunMap = (data, at, step, length, out, o, outStep) => {
  let sum = 0;
  for (let i = 0; i < length; i++) {
    sum += data[at + i * step]!;
    out[o + i * outStep] = sum;
  }
};
