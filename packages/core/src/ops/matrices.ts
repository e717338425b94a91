import type { Dtype, TypedArray } from "../dtype.ts";
import { ShapeError } from "../errors.ts";
import { copyMatrix } from "../kernels/copying.ts";
import { broadcastStrides, forEachOffset, stridesOf } from "../kernels/strided.ts";
import { type Shape, showShape } from "../shape.ts";
import type { Fail, Show } from "../shape-types/index.ts";
import type { SameSize } from "../shape-types/sizes.ts";
import { checkTensor, produce, type Tensor } from "../tensor.ts";
import { floating } from "./reduction.ts";

// What linear algebra is written with. Everything takes batches: the last two dims are matrices. Values are computed in float64, whatever the dtype.

/** Shape S, if its last two dims are a square matrix. */
export type SquareMatrices<S extends Shape, Op extends string> = S extends readonly [] | readonly [number]
  ? Fail<`${Op}: needs square matrices, got ${Show<S>}`>
  : S extends readonly [...infer _, infer N, infer M]
    ? SameSize<N, M> extends true
      ? S
      : Fail<`${Op}: needs square matrices, got ${Show<S>}`>
    : S;

/** @internal Throws unless the last two dims of `x` are a square matrix; integers become floating. */
export function squareMatrices(op: string, x: Tensor): Tensor {
  checkTensor(op, x);
  if (x.rank < 2 || x.shape.at(-1) !== x.shape.at(-2))
    throw new ShapeError(op, `needs square matrices, got ${showShape(x.shape)}`, [x.shape]);
  return floating(x);
}

/** @internal Shape in front of the matrices. */
export const batchOf = (x: Tensor): Shape => x.shape.slice(0, -2);

/** @internal The matrices of `inputs`, which have one batch shape, one after the other: where they begin, and how many came before. */
export function eachMatrix(inputs: readonly Tensor[], visit: (at: readonly number[], count: number) => void): void {
  const batch = batchOf(inputs[0]!);
  if (batch.length === 0) return visit(inputs.map((x) => x.offset), 0); // prettier-ignore
  const lead = (x: Tensor): number[] =>
    broadcastStrides({ shape: batchOf(x), strides: stridesOf(x).slice(0, -2) }, batch);
  forEachOffset(batch, inputs.map(lead), inputs.map((x) => x.offset), visit); // prettier-ignore
}

/** @internal The matrix of `x` that begins at `at`, row-major into `out` from index `o` on. */
export function load(out: Float64Array, o: number, x: Tensor, at: number): void {
  const { shape, strides } = x;
  const last = shape.length - 1; // many matrices are small: no lists here
  const columns = shape[last]!;
  const row = strides === null ? columns : strides[last - 1]!;
  copyMatrix(out, o, columns, 1, x.data, at, row, strides === null ? 1 : strides[last]!, shape[last - 1]!, columns);
}

/**
 * @internal A tensor of matrices, with the batch of `inputs`: `compute` writes each in float64 into `x` from index `o` on, and is told where
 * those of the inputs begin and how many came before.
 */
export function produceMatrices(
  shape: Shape,
  dtype: Dtype,
  inputs: readonly Tensor[],
  compute: (x: Float64Array, o: number, at: readonly number[], count: number) => void,
): Tensor {
  const size = shape.at(-2)! * shape.at(-1)!;
  const write = (out: TypedArray, start: number): void => {
    if (out instanceof Float64Array)
      return eachMatrix(inputs, (at, count) => compute(out, start + count * size, at, count));
    const x = new Float64Array(size);
    eachMatrix(inputs, (at, count) => {
      compute(x, 0, at, count);
      out.set(x, start + count * size);
    });
  };
  return produce(shape, dtype, write, true);
}

/** @internal `matrix [1] of [3,2,2]`, or `matrix [2,2]` without a batch. */
export function nameOf(x: Tensor, count: number): string {
  const index: number[] = [];
  for (const size of batchOf(x).toReversed()) {
    index.unshift(count % size);
    count = Math.floor(count / size);
  }
  return index.length === 0 ? `matrix ${showShape(x.shape)}` : `matrix ${showShape(index)} of ${showShape(x.shape)}`;
}
