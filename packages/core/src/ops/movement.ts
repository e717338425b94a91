import { ArgumentError, quoted } from "../errors.ts";
import { asIs, linear, type LinearFunction, shifted } from "../families/linear.ts";
import { stridesOf } from "../kernels/strided.ts";
import type { Check, DimsArg, Flatten, Permute, Reshape, Squeeze, Transpose, Unsqueeze } from "../shape-types/index.ts";
import {
  flattenShape,
  permuteOrder,
  reshapeShape,
  squeezeShape,
  transposeOrder,
  unsqueezeShape,
} from "../shape-rules.ts";
import { checkNoMore, checkOneList, sameShape, type Shape, type ShapeArg } from "../shape.ts";
import { checkTensor, copied, type Tensor, view } from "../tensor.ts";

// Everything here rearranges elements. Where strides can say it, the result is a view and costs nothing.

/** The identity: another tensor with the same elements, which keeps them when a leaf that it looks at is overwritten. */
export const aliasOp: LinearFunction<null> = /* @__PURE__ */ linear<null>({
  name: "alias",
  forward: (x) => view(x, x.shape, x.strides, x.offset),
  transpose: (cotangent) => cotangent,
  lead: asIs,
  cases: [{ shapes: [[2, 3]], params: null }],
});

/** What an operation with nothing to do returns: `x`, or an alias of it where `x` may be overwritten. Results never change. */
export const unchanged = (x: Tensor): Tensor => (x.isLeaf ? aliasOp(x, null) : x);

// ---------- reshaping

export const reshapeOp: LinearFunction<Shape> = /* @__PURE__ */ linear<Shape>({
  name: "reshape",
  forward: (x, shape) => (x.strides === null || shape.length === 0 ? view(x, shape, null, x.offset) : copied(x, shape)),
  transpose: (cotangent, x) => reshape(cotangent, x.shape),
  lead: (shape, size) => [size, ...shape],
  cases: [
    { shapes: [[2, 3]], params: [3, 2] },
    { shapes: [[1]], params: [] },
    { shapes: [[4]], params: [2, 1, 2] },
  ],
});

/**
 * The same elements in row-major order under another shape; one size may be -1, and follows from the others. A view of row-major data.
 * @throws ShapeError if the number of elements would change.
 * @example
 * reshape(tensor([1, 2, 3, 4]), [2, -1]).toArray(); // [[1, 2], [3, 4]]
 */
export function reshape<A extends Tensor, const R extends ShapeArg>(
  x: A,
  shape: Check<Reshape<A["shape"], R>, R>,
): Tensor<Reshape<A["shape"], R>>;
export function reshape(x: Tensor, shape: ShapeArg): Tensor {
  checkTensor("reshape", x);
  return Array.isArray(shape) && sameShape(x.shape, shape) ? unchanged(x) : reshapeOp(x, reshapeShape(x.shape, shape));
}

/**
 * Dims `start` to `end`, both included and by default all, merged into one; a scalar becomes `[1]`.
 * @throws ShapeError if there is no such dim, or `start` comes after `end`.
 * @example
 * flatten(zeros([32, 28, 28]), 1).shape; // [32, 784]
 */
export function flatten<A extends Tensor, I extends number = 0, J extends number = -1>(
  x: A,
  start?: Check<Flatten<A["shape"], I, J>, I>,
  end?: Check<Flatten<A["shape"], I, J>, J>,
): Tensor<Flatten<A["shape"], I, J>>;
export function flatten(x: Tensor, start = 0, end = -1, ...more: unknown[]): Tensor {
  checkTensor("flatten", x);
  checkNoMore("flatten", more, "it takes the first and the last dim to merge");
  return reshape(x, flattenShape(x.shape, start, end));
}

/**
 * Without dims of size 1: all of them, or those of the given dims that have it. A view.
 * @throws ShapeError if there is no such dim.
 * @example
 * squeeze(zeros([1, 3, 1])).shape; // [3]
 */
export function squeeze<A extends Tensor, const D extends DimsArg = undefined>(
  x: A,
  dims?: Check<Squeeze<A["shape"], D>, D>,
): Tensor<Squeeze<A["shape"], D>>;
export function squeeze(x: Tensor, dims?: number | ShapeArg, ...more: unknown[]): Tensor {
  checkTensor("squeeze", x);
  checkOneList("squeeze", dims, more);
  return reshapeView(x, squeezeShape(x.shape, dims));
}

/**
 * With a new dim of size 1 at `dim`, where negative ones count from the back of the result. A view.
 * @throws ShapeError if the result has no such dim.
 * @example
 * unsqueeze(zeros([2, 3]), -1).shape; // [2, 3, 1]
 */
export function unsqueeze<A extends Tensor, D extends number>(
  x: A,
  dim: Check<Unsqueeze<A["shape"], D>, D>,
): Tensor<Unsqueeze<A["shape"], D>>;
export function unsqueeze(x: Tensor, dim: number, ...more: unknown[]): Tensor {
  checkTensor("unsqueeze", x);
  checkNoMore("unsqueeze", more, "it takes one dim; call it for each, or reshape");
  return reshapeView(x, unsqueezeShape(x.shape, dim));
}

/** A reshape that only adds or drops sizes of 1, which strides can always say. */
export function reshapeView(x: Tensor, shape: Shape): Tensor {
  if (x.strides === null) return reshape(x, shape);
  return insertOp(x, shape);
}
export const insertOp: LinearFunction<Shape> = /* @__PURE__ */ linear<Shape>({
  name: "reshape",
  forward: (x, shape) => {
    const strides = stridesOf(x).filter((_, d) => x.shape[d] !== 1);
    let next = 0;
    return view(
      x,
      shape,
      shape.map((size) => (size === 1 ? 0 : strides[next++]!)),
      x.offset,
    );
  },
  transpose: (cotangent, x) => reshapeView(cotangent, x.shape),
  lead: (shape, size) => [size, ...shape],
  cases: [
    { shapes: [[2, 1, 3]], params: [1, 2, 3] },
    { shapes: [[1, 1]], params: [] },
  ],
});

// ---------- permuting

export const permuteOp: LinearFunction<readonly number[]> = /* @__PURE__ */ linear<readonly number[]>({
  name: "permute",
  forward: (x, order) => {
    const strides = stridesOf(x);
    return view(
      x,
      order.map((d) => x.shape[d]!),
      order.map((d) => strides[d]!),
      x.offset,
    );
  },
  transpose: (cotangent, _x, order) =>
    permuteOp(
      cotangent,
      order.map((_, d) => order.indexOf(d)),
    ),
  lead: (order) => [0, ...order.map(shifted)],
  cases: [
    { shapes: [[2, 3]], params: [1, 0] },
    { shapes: [[2, 3, 4]], params: [2, 0, 1] },
  ],
});

/**
 * Dims in another order: dim i of the result is dim `order[i]` of `x`. A view.
 * @throws ShapeError unless `order` lists each dim once.
 * @example
 * permute(zeros([2, 3, 4]), [2, 0, 1]).shape; // [4, 2, 3]
 */
export function permute<A extends Tensor, const P extends ShapeArg>(
  x: A,
  order: Check<Permute<A["shape"], P>, P>,
): Tensor<Permute<A["shape"], P>>;
export function permute(x: Tensor, order: ShapeArg): Tensor {
  checkTensor("permute", x);
  return permuteOp(x, permuteOrder(order, x.shape));
}

/**
 * Two dims swapped, by default the last two. A view.
 * @throws ShapeError if there is no such dim.
 * @example
 * transpose(tensor([[1, 2], [3, 4]])).toArray(); // [[1, 3], [2, 4]]
 */
export function transpose<A extends Tensor, I extends number = -2, J extends number = -1>(
  x: Check<Transpose<A["shape"], I, J>, A>,
  a?: I,
  b?: J,
): Tensor<Transpose<A["shape"], I, J>>;
export function transpose(x: Tensor, a = -2, b = -1, ...more: unknown[]): Tensor {
  checkTensor("transpose", x);
  if (Array.isArray(a))
    throw new ArgumentError(
      `transpose: swaps two dims, got ${quoted(a)}; for an order of all write permute(${quoted(a)})`,
    );
  if (more.length > 0)
    checkNoMore("transpose", more, `it swaps two dims; for an order of all write permute(${quoted([a, b, ...more])})`);
  return permuteOp(x, transposeOrder(a, b, x.shape));
}
