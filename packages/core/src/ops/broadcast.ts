import type { Dtype } from "../dtype.ts";
import { linear, type LinearFunction, shifted } from "../families/linear.ts";
import { maxRun, minRun, reduce, type Run, sumRun, wholeSumRun } from "../kernels/reduce.ts";
import { runsBySets } from "../kernels/runs.ts";
import { broadcastStrides } from "../kernels/strided.ts";
import type { Allow, BroadcastTo } from "../shape-types/index.ts";
import { broadcastToShape, sameShape, type Shape, type ShapeArg } from "../shape.ts";
import { checkTensor, produce, type Tensor, view } from "../tensor.ts";
import { reshape, unchanged } from "./movement.ts";

// Stretching and its transpose: sums.

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
  shape: Allow<BroadcastTo<A["shape"], R>, R>,
): Tensor<BroadcastTo<A["shape"], R>>;
export function broadcastTo(x: Tensor, shape: ShapeArg): Tensor {
  checkTensor("broadcastTo", x);
  return Array.isArray(shape) && sameShape(x.shape, shape)
    ? unchanged(x)
    : broadcastOp(x, broadcastToShape("broadcastTo", x.shape, shape));
}

/** Reductions that may be carried out over some dims first, and what is then to be done over the others. */
const IN_PARTS: { readonly [name: string]: readonly [name: string, run: Run] | undefined } = {
  sum: ["sum", sumRun],
  wholeSum: ["wholeSum", wholeSumRun],
  sumSquares: ["sum", sumRun],
  max: ["max", maxRun],
  min: ["min", minRun],
};

/**
 * Runs a reducing kernel over dims of `x`; `shape` is that of the result. Kernel sets know it by its name. Dims that lie apart, as those of
 * a bias for channels do, are no runs in memory: the last neighbours go first.
 */
export function reduced(
  name: string,
  x: Tensor,
  dims: readonly number[],
  shape: Shape,
  run: Run,
  dtype: Dtype = x.dtype,
): Tensor {
  const cut = dims.findLastIndex((d, i) => i > 0 && dims[i - 1] !== d - 1);
  const then = IN_PARTS[name];
  if (cut > 0 && x.strides === null && then !== undefined) {
    const last = dims.slice(cut);
    const rest = x.shape.filter((_, d) => !last.includes(d));
    return reduced(then[0], reduced(name, x, last, rest, run, dtype), dims.slice(0, cut), shape, then[1]);
  }
  return produce(
    shape,
    dtype,
    (out, start) => {
      if (!runsBySets(name, out, start, x, dims)) reduce(out, start, x, dims, run);
    },
    true,
  );
}

/** Dims summed over, the shape with them kept as 1, and the shape of the result. */
export interface SumParams {
  readonly dims: readonly number[];
  readonly kept: Shape;
  readonly shape: Shape;
}
/** The same dims behind a new first one: see `Op.lead`. */
export const leadReduction = ({ dims, kept, shape }: SumParams, size: number): SumParams => ({
  dims: dims.map(shifted),
  kept: [size, ...kept],
  shape: [size, ...shape],
});
/** int32 of which floating sums are exact. */
const FEW = 2 ** 22;
/** Σ over dims: `sum`, and the transpose of broadcasting. Of bool it counts. */
export const sumOp: LinearFunction<SumParams> = /* @__PURE__ */ linear<SumParams>({
  name: "sum",
  forward: (x, { dims, shape }) =>
    x.dtype === "int32" && x.size > FEW
      ? reduced("wholeSum", x, dims, shape, wholeSumRun)
      : reduced("sum", x, dims, shape, sumRun, x.dtype === "bool" ? "int32" : x.dtype),
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
