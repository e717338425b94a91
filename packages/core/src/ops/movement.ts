import { optionsOf } from "../errors.ts";
import { asIs, linear, type LinearFunction } from "../families/linear.ts";
import { reduce, type Run, sumRun } from "../kernels/reduce.ts";
import { runsBySets } from "../kernels/runs.ts";
import { broadcastStrides, materialize, place, stridesOf } from "../kernels/strided.ts";
import type { Dtype } from "../dtype.ts";
import {
  broadcastToShape,
  flattenShape,
  normalizeDim,
  reducedDims,
  padShape,
  permuteOrder,
  reshapeShape,
  rowMajorStrides,
  sameShape,
  selectIndex,
  type Shape,
  type ShapeArg,
  sliceRange,
  squeezeShape,
  transposeOrder,
  unsqueezeShape,
} from "../shape.ts";
import type {
  BroadcastTo,
  Check,
  CheckDims,
  DimsArg,
  Flatten,
  Flip,
  Permute,
  Reshape,
  Select,
  Slice,
  Squeeze,
  Transpose,
  Unsqueeze,
} from "../shape-types/index.ts";
import { checkTensor, fromArray, produce, type Tensor, view } from "../tensor.ts";

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
export const unchanged = (x: Tensor): Tensor => (x.op === null ? aliasOp(x, null) : x);

/** The place of a dim behind a new first one. */
export const next = (dim: number): number => dim + 1;

// ---------- broadcasting and its transpose

export const broadcastOp: LinearFunction<Shape> = /* @__PURE__ */ linear<Shape>({
  name: "broadcastTo",
  forward: (x, shape) => view(x, shape, broadcastStrides(x, shape), x.offset),
  transpose: (cotangent, x) => sumTo(cotangent, x.shape),
  batch: ([x], shape, batch) => broadcastOp(batch.aligned(x!, shape.length), [batch.size, ...shape]),
  cases: [
    { shapes: [[3]], params: [2, 3] },
    { shapes: [[2, 1]], params: [2, 4] },
    { shapes: [[]], params: [3] },
  ],
});

/**
 * `x` stretched to `shape`: sizes of 1 and missing leading dims repeat. A view.
 * @throws ShapeError if another size would change.
 * @example
 * broadcastTo(tensor([1, 2]), [3, 2]).toArray(); // [[1, 2], [1, 2], [1, 2]]
 */
export function broadcastTo<A extends Tensor, const R extends ShapeArg>(
  x: A,
  shape: Check<BroadcastTo<A["shape"], R>, R>,
): Tensor<BroadcastTo<A["shape"], R>>;
export function broadcastTo(x: Tensor, shape: ShapeArg): Tensor {
  checkTensor("broadcastTo", x);
  return Array.isArray(shape) && sameShape(x.shape, shape)
    ? unchanged(x)
    : broadcastOp(x, broadcastToShape("broadcastTo", x.shape, shape));
}

/** Runs a reducing kernel over dims of `x`; `shape` is that of the result. Kernel sets know it by its name. */
export const reduced = (
  name: string,
  x: Tensor,
  dims: readonly number[],
  shape: Shape,
  run: Run,
  dtype: Dtype = x.dtype,
): Tensor =>
  produce(shape, dtype, (out, start) => {
    if (!runsBySets(name, out, start, x, dims)) reduce(out, start, x, dims, run);
  });

/** Dims summed over, the shape with them kept as 1, and the shape of the result. */
export interface SumParams {
  readonly dims: readonly number[];
  readonly kept: Shape;
  readonly shape: Shape;
}
/** The same dims behind a new first one: see `Op.lead`. */
export const leadReduction = ({ dims, kept, shape }: SumParams, size: number): SumParams => ({
  dims: dims.map(next),
  kept: [size, ...kept],
  shape: [size, ...shape],
});
/** Σ over dims: `sum`, and the transpose of broadcasting. */
export const sumOp: LinearFunction<SumParams> = /* @__PURE__ */ linear<SumParams>({
  name: "sum",
  forward: (x, { dims, shape }) => reduced("sum", x, dims, shape, sumRun),
  transpose: (cotangent, x, { kept, shape }) =>
    broadcastTo(shape.length === 0 ? cotangent : reshape(cotangent, kept), x.shape),
  lead: leadReduction,
  cases: [
    { shapes: [[2, 3]], params: { dims: [0, 1], kept: [1, 1], shape: [] } },
    { shapes: [[2, 3, 2]], params: { dims: [0, 2], kept: [1, 3, 1], shape: [3] } },
    { shapes: [[]], params: { dims: [], kept: [], shape: [] } },
  ],
});

/** Sums `x` down to a shape that broadcasts to its own: the one place where gradients of broadcast operands are reduced. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.shape.length - shape.length;
  const dims = x.shape.map((_, d) => d).filter((d) => d < lead || (shape[d - lead] === 1 && x.shape[d] !== 1));
  const kept = x.shape.map((size, d) => (dims.includes(d) ? 1 : size));
  return sumOp(x, { dims, kept, shape });
}

// ---------- reshaping

export const reshapeOp: LinearFunction<Shape> = /* @__PURE__ */ linear<Shape>({
  name: "reshape",
  forward: (x, shape) =>
    x.strides === null || shape.length === 0
      ? view(x, shape, null, x.offset)
      : fromArray(shape, x.dtype, materialize(x)),
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
export function flatten(x: Tensor, start = 0, end = -1): Tensor {
  checkTensor("flatten", x);
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
export function squeeze(x: Tensor, dims?: number | ShapeArg): Tensor {
  checkTensor("squeeze", x);
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
export function unsqueeze(x: Tensor, dim: number): Tensor {
  checkTensor("unsqueeze", x);
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
  lead: (order) => [0, ...order.map(next)],
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
export function transpose(x: Tensor, a = -2, b = -1): Tensor {
  checkTensor("transpose", x);
  return permuteOp(x, transposeOrder(a, b, x.shape));
}

// ---------- slicing and its transpose

/** For every dim: first index, step, and number of elements. */
export interface SliceParams {
  readonly starts: readonly number[];
  readonly steps: readonly number[];
  readonly shape: Shape;
}
export const sliceOp: LinearFunction<SliceParams> = /* @__PURE__ */ linear<SliceParams>({
  name: "slice",
  forward: (x, { starts, steps, shape }) => {
    const strides = stridesOf(x);
    const offset = starts.reduce((sum, start, d) => (shape[d] === 0 ? sum : sum + start * strides[d]!), x.offset);
    return view(
      x,
      shape,
      strides.map((stride, d) => stride * steps[d]!),
      offset,
    );
  },
  transpose: (cotangent, x, params) => embed(cotangent, x.shape, params),
  lead: ({ starts, steps, shape }, size) => ({ starts: [0, ...starts], steps: [1, ...steps], shape: [size, ...shape] }),
  cases: [
    { shapes: [[5]], params: { starts: [1], steps: [2], shape: [2] } },
    { shapes: [[3, 4]], params: { starts: [2, 3], steps: [-1, -2], shape: [3, 2] } },
  ],
});

/** Zeros of shape `to`, with `x` written where `slice` would have read. */
export const embed = (x: Tensor, to: Shape, { starts, steps }: SliceParams): Tensor =>
  embedOp(x, { starts, steps, to });
interface EmbedParams {
  readonly starts: readonly number[];
  readonly steps: readonly number[];
  readonly to: Shape;
}
export const embedOp: LinearFunction<EmbedParams> = /* @__PURE__ */ linear<EmbedParams>({
  name: "embed",
  forward: (x, { starts, steps, to }) => {
    const strides = rowMajorStrides(to);
    const places = strides.map((stride, d) => stride * steps[d]!);
    return produce(to, x.dtype, (target, start) =>
      place(
        target,
        starts.reduce((sum, index, d) => sum + index * strides[d]!, start),
        places,
        x,
      ),
    );
  },
  transpose: (cotangent, x, { starts, steps }) => sliceOp(cotangent, { starts, steps, shape: x.shape }),
  lead: ({ starts, steps, to }, size) => ({ starts: [0, ...starts], steps: [1, ...steps], to: [size, ...to] }),
  cases: [{ shapes: [[2, 2]], params: { starts: [0, 1], steps: [2, 1], to: [3, 4] } }],
});

/** Bounds of a slice, as in Python: negative counts from the back, left out means to the end. */
export interface SliceOptions<Start = number | undefined, End = number | undefined, Step = number | undefined> {
  readonly start?: Start | undefined;
  readonly end?: End | undefined;
  readonly step?: Step | undefined;
}

/**
 * Every `step`-th element from `start` up to, not including, `end` along one dim; a negative step walks backwards. A view.
 * @throws ShapeError if there is no such dim, ArgumentError for a step of 0.
 * @example
 * slice(tensor([0, 1, 2, 3, 4]), 0, { start: 1, step: 2 }).toArray(); // [1, 3]
 */
export function slice<
  A extends Tensor,
  D extends number,
  Start extends number | undefined = undefined,
  End extends number | undefined = undefined,
  Step extends number | undefined = undefined,
>(
  x: A,
  dim: Check<CheckDims<A["shape"], D, "slice">, D>,
  options?: Check<Slice<A["shape"], D, Start, End, Step>, SliceOptions<Start, End, Step>>,
): Tensor<Slice<A["shape"], D, Start, End, Step>>;
export function slice(x: Tensor, dim: number, options?: SliceOptions): Tensor {
  const { start, end, step = 1 } = optionsOf("slice", options);
  checkTensor("slice", x);
  const at = normalizeDim("slice", dim, x.shape);
  const range = sliceRange(x.shape[at]!, start, end, step);
  return sliceOp(x, {
    starts: x.shape.map((_, d) => (d === at ? range.start : 0)),
    steps: x.shape.map((_, d) => (d === at ? step : 1)),
    shape: x.shape.map((size, d) => (d === at ? range.length : size)),
  });
}

/**
 * The part at one index along a dim, which disappears; a negative index counts from the back. A view.
 * @throws ShapeError if there is no such dim or no such index.
 * @example
 * select(tensor([[1, 2], [3, 4]]), 0, -1).toArray(); // [3, 4]
 */
export function select<A extends Tensor, D extends number, I extends number>(
  x: A,
  dim: Check<CheckDims<A["shape"], D, "select">, D>,
  index: Check<Select<A["shape"], D, I>, I>,
): Tensor<Select<A["shape"], D, I>>;
export function select(x: Tensor, dim: number, index: number): Tensor {
  checkTensor("select", x);
  const at = normalizeDim("select", dim, x.shape);
  const start = selectIndex(x.shape, dim, index);
  return squeeze(slice(x, at, { start, end: start + 1 }), at);
}

/**
 * The elements in reverse order along the given dims. A view.
 * @throws ShapeError if there is no such dim.
 * @example
 * flip(tensor([1, 2, 3]), 0).toArray(); // [3, 2, 1]
 */
export function flip<A extends Tensor, const D extends number | ShapeArg>(
  x: A,
  dims: Check<Flip<A["shape"], D>, D>,
): Tensor<Flip<A["shape"], D>>;
export function flip(x: Tensor, dims: number | ShapeArg): Tensor {
  checkTensor("flip", x);
  const reversed = reducedDims("flip", dims, x.shape);
  return sliceOp(x, {
    starts: x.shape.map((size, d) => (reversed.includes(d) ? size - 1 : 0)),
    steps: x.shape.map((_, d) => (reversed.includes(d) ? -1 : 1)),
    shape: x.shape,
  });
}

/**
 * Puts zeros (or `value`) around `x`. `pads` is PyTorch's list: before and after the last dim, then the dim before it, and so on;
 * negative numbers crop.
 * @throws ArgumentError when `pads` does not hold pairs for at most `x.rank` dims.
 */
export function padZeros(x: Tensor, pads: ShapeArg): Tensor {
  const to = padShape(x.shape, pads);
  const before = (d: number): number => pads[2 * (x.shape.length - 1 - d)] ?? 0;
  const after = (d: number): number => pads[2 * (x.shape.length - 1 - d) + 1] ?? 0;
  let cropped = x;
  x.shape.forEach((size, d) => {
    const start = Math.max(0, -before(d));
    const end = size - Math.max(0, -after(d));
    if (start > 0 || end < size) cropped = slice(cropped, d, { start, end });
  });
  if (sameShape(cropped.shape, to)) return unchanged(cropped);
  return embed(cropped, to, {
    starts: to.map((_, d) => Math.max(0, before(d))),
    steps: to.map(() => 1),
    shape: cropped.shape,
  });
}
