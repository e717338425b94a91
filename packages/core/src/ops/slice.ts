import { optionsOf } from "../errors.ts";
import { linear, type LinearFunction } from "../families/linear.ts";
import { addPlaced, place } from "../kernels/copying.ts";
import { stridesOf } from "../kernels/strided.ts";
import type { Allow, Check, CheckDims, Flip, Select, Slice } from "../shape-types/index.ts";
import { padShape, selectIndex, sliceRange } from "../shape-rules.ts";
import {
  checkNoMore,
  checkOneList,
  normalizeDim,
  reducedDims,
  rowMajorStrides,
  sameShape,
  type Shape,
  type ShapeArg,
} from "../shape.ts";
import { checkTensor, produce, type Tensor, view } from "../tensor.ts";
import { squeeze, unchanged } from "./movement.ts";

// Parts of a tensor, as views, and the transpose: a part in its place among zeros.

/** For every dim: first index, step, and number of elements. */
interface SliceParams {
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
  addVjp: (sum, cotangent, output) => {
    const { steps, starts } = output.params as SliceParams;
    addPlaced(sum.data, ...placesIn(sum.shape, sum.offset, starts, steps), cotangent);
  },
  lead: ({ starts, steps, shape }, size) => ({ starts: [0, ...starts], steps: [1, ...steps], shape: [size, ...shape] }),
  cases: [
    { shapes: [[5]], params: { starts: [1], steps: [2], shape: [2] } },
    { shapes: [[3, 4]], params: { starts: [2, 3], steps: [-1, -2], shape: [3, 2] } },
  ],
});

/** Zeros of shape `to`, with `x` written where `slice` would have read. */
const embed = (x: Tensor, to: Shape, { starts, steps }: SliceParams): Tensor => embedOp(x, { starts, steps, to });
interface EmbedParams {
  readonly starts: readonly number[];
  readonly steps: readonly number[];
  readonly to: Shape;
}
export const embedOp: LinearFunction<EmbedParams> = /* @__PURE__ */ linear<EmbedParams>({
  name: "embed",
  forward: (x, { starts, steps, to }) =>
    produce(to, x.dtype, (target, start) => place(target, ...placesIn(to, start, starts, steps), x)),
  transpose: (cotangent, x, { starts, steps }) => sliceOp(cotangent, { starts, steps, shape: x.shape }),
  lead: ({ starts, steps, to }, size) => ({ starts: [0, ...starts], steps: [1, ...steps], to: [size, ...to] }),
  cases: [{ shapes: [[2, 2]], params: { starts: [0, 1], steps: [2, 1], to: [3, 4] } }],
});

/** Where a part of a row-major tensor of this shape from `start` on begins, and how far apart its elements lie. */
function placesIn(
  shape: Shape,
  start: number,
  starts: readonly number[],
  steps: readonly number[],
): [first: number, strides: number[]] {
  const strides = rowMajorStrides(shape);
  return [
    starts.reduce((sum, index, d) => sum + index * strides[d]!, start),
    strides.map((stride, d) => stride * steps[d]!),
  ];
}

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
  options?: Allow<Slice<A["shape"], D, Start, End, Step>, SliceOptions<Start, End, Step>>,
): Tensor<Slice<A["shape"], D, Start, End, Step>>;
export function slice(x: Tensor, dim: number, options?: SliceOptions, ...more: unknown[]): Tensor {
  checkNoMore("slice", more, "its bounds are options, as in { start: 0, end: 2 }");
  const { start, end, step = 1 } = optionsOf("slice", options, ["start", "end", "step"]);
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
  index: Allow<Select<A["shape"], D, I>, I>,
): Tensor<Select<A["shape"], D, I>>;
export function select(x: Tensor, dim: number, index: number, ...more: unknown[]): Tensor {
  checkTensor("select", x);
  checkNoMore("select", more, "it takes one dim and one index; at(i, j, …) takes more");
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
export function flip(x: Tensor, dims: number | ShapeArg, ...more: unknown[]): Tensor {
  checkTensor("flip", x);
  checkOneList("flip", dims, more);
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
