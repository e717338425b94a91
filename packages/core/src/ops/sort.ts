import type { TypedArray } from "../dtype.ts";
import { ArgumentError, optionsOf, quoted } from "../errors.ts";
import type { CustomOp } from "../families/custom.ts";
import { shifted } from "../families/linear.ts";
import { alongDim } from "../kernels/reduce.ts";
import { apply } from "../op.ts";
import type { Shape } from "../shape.ts";
import type { Along, Check, CheckAlong, Failed, Narrow } from "../shape-types/index.ts";
import { checkTensor, produce, type Tensor } from "../tensor.ts";
import { gather } from "./indexing.ts";
import { unchanged } from "./movement.ts";
import type { Extremes } from "./reduction.ts";
import { dimOf } from "./softmax.ts";

interface Order {
  readonly dim: number;
  readonly descending: boolean;
  /** How many of the first positions are wanted; all if left out. */
  readonly count?: number;
}

/** Positions of the first `count` of the run's elements in order; equal ones keep theirs, NaN counts as the largest. */
function order(
  data: TypedArray,
  at: number,
  step: number,
  length: number,
  descending: boolean,
  count: number,
): Uint32Array {
  const sign = descending ? -1 : 1;
  const compare = (i: number, j: number): number => {
    const a = data[at + i * step]!;
    const b = data[at + j * step]!;
    if (a < b) return -sign;
    if (a > b) return sign;
    if (a === b) return i - j;
    return (Number(a !== a) - Number(b !== b)) * sign || i - j;
  };
  if (count === 0 || 8 * count > length)
    return Uint32Array.from({ length }, (_, i) => i)
      .sort(compare)
      .subarray(0, count);
  // The first `count` of those seen, in a heap: at its top the last of them, which gives way to what comes before it.
  const heap = new Uint32Array(count);
  const sink = (i: number, at: number, size: number): void => {
    for (let child = 2 * at + 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && compare(heap[child + 1]!, heap[child]!) > 0) child++;
      if (compare(heap[child]!, i) < 0) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = i;
  };
  for (let i = 0; i < count; i++) heap[i] = i;
  for (let at = (count >> 1) - 1; at >= 0; at--) sink(heap[at]!, at, count);
  for (let i = count; i < length; i++) if (compare(i, heap[0]!) < 0) sink(i, 0, count);
  return heap.sort(compare);
}

export const argsortOp: CustomOp<Order> = {
  name: "argsort",
  cases: [
    { shapes: [[2, 3]], params: { dim: 1, descending: false } },
    { shapes: [[3, 2]], params: { dim: 0, descending: true } },
    { shapes: [[2, 9, 2]], params: { dim: 1, descending: true, count: 1 } },
  ],
  forward: ([x], { dim, descending, count = x!.shape[dim] ?? 1 }) => {
    const shape = x!.shape.map((size, d) => (d === dim ? count : size));
    return produce(shape, "int32", (out, start) =>
      alongDim(
        out,
        start,
        x!,
        dim,
        (data, at, step, length, to, o, outStep) => {
          order(data, at, step, length, descending, count).forEach((place, i) => (to[o + i * outStep] = place));
        },
        count,
      ),
    );
  },
  vjp: () => null,
  jvp: () => null,
  lead: ({ dim, ...rest }) => ({ dim: shifted(dim), ...rest }),
};

export interface SortOptions {
  /** From the largest to the smallest. */
  readonly descending?: boolean | undefined;
  /** Equal elements keep their order; they always do. */
  readonly stable?: boolean | undefined;
}

/** Elements of `x` at positions along a dim; a scalar has only itself. */
const taken = (x: Tensor, dim: number, indices: Tensor): Tensor =>
  x.rank === 0 ? unchanged(x) : gather(x, dim, indices);

/**
 * The elements in ascending order along a dim, by default the last, and where they stood. Equal ones keep their order; NaN counts as the
 * largest.
 * @throws ShapeError if there is no such dim.
 * @example
 * sort(tensor([3, 1, 2])).values.toArray(); // [1, 2, 3]
 * sort(tensor([3, 1, 2]), 0, { descending: true }).indices.toArray(); // [0, 2, 1]
 */
export function sort<A extends Tensor, D extends number = -1>(
  x: A,
  dim?: CheckAlong<A["shape"], D, "sort">,
  options?: SortOptions,
): Extremes<Tensor<Along<A["shape"], D, "sort">>>;
export function sort(x: Tensor, dim = -1, options?: SortOptions): Extremes {
  const { descending = false } = optionsOf("sort", options, ["descending", "stable"]);
  const at = dimOf("sort", x, dim);
  const indices = apply(argsortOp, [x], { dim: at, descending });
  return { values: taken(x, at, indices), indices };
}

/**
 * The positions that put the elements in ascending order along a dim, by default the last; int32. Equal ones keep their order.
 * @throws ShapeError if there is no such dim.
 * @example
 * argsort(tensor([3, 1, 2])).toArray(); // [1, 2, 0]
 */
export function argsort<A extends Tensor, D extends number = -1>(
  x: A,
  dim?: CheckAlong<A["shape"], D, "argsort">,
  options?: SortOptions,
): Tensor<Along<A["shape"], D, "argsort">>;
export function argsort(x: Tensor, dim = -1, options?: SortOptions): Tensor {
  const { descending = false } = optionsOf("argsort", options, ["descending", "stable"]);
  return apply(argsortOp, [x], { dim: dimOf("argsort", x, dim), descending });
}

/**
 * The elements in ascending order along the first dim.
 * @throws ShapeError for a scalar.
 * @example
 * msort(tensor([[3, 1], [2, 5]])).toArray(); // [[2, 1], [3, 5]]
 */
export function msort<A extends Tensor>(x: A): Tensor<A["shape"]>;
export function msort(x: Tensor): Tensor {
  checkTensor("msort", x);
  return sort(x, 0).values;
}

export interface TopkOptions {
  /** False for the smallest ones. */
  readonly largest?: boolean | undefined;
  /** They come in order; they always do. */
  readonly sorted?: boolean | undefined;
}
/** Shape S with K elements of dim D; a scalar counts as a list of one. */
export type Top<S extends Shape, K extends number, D extends number> = S extends readonly []
  ? Narrow<[1], D, K, "topk"> extends infer R extends Failed
    ? R
    : S
  : Narrow<S, D, K, "topk">;

/**
 * The `k` largest elements along a dim, by default the last, largest first, and where they stood. Of equal ones the first; NaN counts as
 * the largest.
 * @throws ShapeError if there is no such dim, ArgumentError unless it has `k` elements.
 * @example
 * topk(tensor([3, 1, 2]), 2).values.toArray(); // [3, 2]
 */
export function topk<A extends Tensor, K extends number, D extends number = -1>(
  x: A,
  k: K,
  dim?: Check<Top<A["shape"], K, D>, D>,
  options?: TopkOptions,
): Extremes<Tensor<Top<A["shape"], K, D>>>;
export function topk(x: Tensor, k: number, dim = -1, options?: TopkOptions): Extremes {
  const { largest = true } = optionsOf("topk", options, ["largest", "sorted"]);
  const at = dimOf("topk", x, dim);
  const size = x.rank === 0 ? 1 : x.shape[at]!;
  if (!Number.isInteger(k) || k < 0 || k > size)
    throw new ArgumentError(`topk: k is a whole number from 0 to ${size}, the size of dim ${dim}, got ${quoted(k)}`);
  const indices = apply(argsortOp, [x], { dim: at, descending: largest, count: x.rank === 0 ? 1 : k });
  return { values: taken(x, at, indices), indices };
}
