import { isFloat } from "../dtype.ts";
import { ArgumentError, optionsOf, quoted, ShapeError } from "../errors.ts";
import type { CheckAlong } from "../shape-types/index.ts";
import { gatherShape } from "../shape-rules.ts";
import { sameShape, type Shape, showShape } from "../shape.ts";
import { detached, fromNumber, type Operand, type Tensor } from "../tensor.ts";
import { add, div, maximum, minimum, mul } from "./arithmetic.ts";
import { placesOf } from "./at.ts";
import { broadcastTo } from "./broadcast.ts";
import { cast, ofDtype } from "./cast.ts";
import { logicalAnd, ne, where } from "./comparison.ts";
import { asIndex, gatherOp, scatterAddOp } from "./indexing.ts";
import { logicalNot } from "./logical.ts";
import { reshape } from "./movement.ts";
import { same } from "./reduction.ts";
import { floorDivide } from "./rounding.ts";
import { sliceOp } from "./slice.ts";
import { dimOf } from "./softmax.ts";
import { addAt, fold, listed, matched, put } from "./writing.ts";

// Each of these makes a new tensor. Where elements are overwritten twice the last one counts, and it alone gets a derivative.

// ---------- one place for each element of an index

/** The part of `source` that the index names places for, which may be all of it. */
function cropped(op: string, source: Tensor, shape: Shape): Tensor {
  if (source.rank !== shape.length || source.shape.some((size, d) => size < shape[d]!))
    throw new ShapeError(op, `index ${showShape(shape)} is larger than the source ${showShape(source.shape)}`, [
      source.shape,
      shape,
    ]);
  if (sameShape(source.shape, shape)) return source;
  return sliceOp(source, { starts: shape.map(() => 0), steps: shape.map(() => 1), shape });
}

export interface ScatterOptions {
  /** "add" adds to what is there, "multiply" multiplies it. */
  readonly reduce?: "add" | "multiply" | undefined;
}

/**
 * `x` with `source[i][j]…` written at position `indices[i][j]…` along `dim`, and the same positions along the other dims: what `gather`
 * reads, written. `source` is as large as `indices` or larger, or one number.
 * @throws ShapeError when ranks or sizes do not fit or an index is out of range, DtypeError unless `indices` is int32.
 * @example
 * const index = tensor([[1], [0]], { dtype: "int32" });
 * scatter(zeros([2, 2]), 1, index, tensor([[5], [6]])).toArray(); // [[0, 5], [6, 0]]
 */
export function scatter<A extends Tensor, D extends number>(
  x: A,
  dim: CheckAlong<A["shape"], D, "scatter">,
  indices: Tensor,
  source: Operand,
  options?: ScatterOptions,
): Tensor<A["shape"]>;
export function scatter(x: Tensor, dim: number, indices: Tensor, source: Operand, given?: ScatterOptions): Tensor {
  const { reduce } = optionsOf("scatter", given, ["reduce"]);
  const writing = scatterInto("scatter", x, dim, indices, source);
  if (reduce === undefined) return writing(({ target, places, source }) => put(target, places(), source));
  if (reduce === "add") return writing(added);
  if (reduce === "multiply") return writing(({ target, places, source }) => fold(target, places(), source, mul));
  throw new ArgumentError(`scatter: reduce is "add", "multiply" or left out, got ${quoted(reduce)}`);
}

/**
 * `x` with `source[i][j]…` added at position `indices[i][j]…` along `dim`, and the same positions along the other dims: the transpose of
 * `gather`. Positions may repeat. `source` is as large as `indices` or larger.
 * @throws ShapeError when ranks or sizes do not fit or an index is out of range, DtypeError unless `indices` is int32.
 * @example
 * const index = tensor([1, 1], { dtype: "int32" });
 * scatterAdd(tensor([1, 2]), 0, index, tensor([10, 20])).toArray(); // [1, 32]
 */
export function scatterAdd<A extends Tensor, D extends number>(
  x: A,
  dim: CheckAlong<A["shape"], D, "scatterAdd">,
  indices: Tensor,
  source: Operand,
): Tensor<A["shape"]>;
export function scatterAdd(x: Tensor, dim: number, indices: Tensor, source: Operand): Tensor {
  return scatterInto("scatterAdd", x, dim, indices, source)(added);
}

interface Scattering {
  readonly target: Tensor;
  /** Of the shape of the index. */
  readonly source: Tensor;
  readonly params: Parameters<typeof scatterAddOp>[1];
  /** Where the elements of the source go, in row-major order. */
  readonly places: () => Tensor;
}
const added = ({ target, source, params }: Scattering): Tensor => addAt(target, source, params);

/** Once the arguments are checked: how what they name is written. */
function scatterInto(op: string, x: Tensor, dim: number, indices: Tensor, given: Operand) {
  const at = dimOf(op, x, dim);
  const [target, from] = matched(op, listed(x), given);
  const index = listed(asIndex(op, indices));
  gatherShape(target.shape, at, index.shape, op);
  const source = typeof given === "number" ? broadcastTo(from, index.shape) : cropped(op, listed(from), index.shape);
  const params = { op, dim: at, index: detached(index), shape: target.shape };
  const places = (): Tensor => gatherOp(placesOf(target.shape), params);
  return (write: (scattering: Scattering) => Tensor): Tensor =>
    reshape(write({ target, source, params, places }), x.shape);
}

export interface ScatterReduceOptions {
  /** Whether what is there counts as well; yes by default. */
  readonly includeSelf?: boolean | undefined;
}
export type Reduction = "sum" | "prod" | "mean" | "amax" | "amin";

/**
 * As `scatter`, but what is written to one place is added, multiplied, averaged, or the largest or smallest of it is taken, together with
 * what stood there. Equal extremes share the derivative evenly.
 * @throws ShapeError when ranks or sizes do not fit or an index is out of range, DtypeError unless `indices` is int32.
 * @example
 * const index = tensor([0, 0, 1], { dtype: "int32" });
 * scatterReduce(tensor([1, 2]), 0, index, tensor([3, 4, 5]), "prod").toArray(); // [12, 10]
 */
export function scatterReduce<A extends Tensor, D extends number>(
  x: A,
  dim: CheckAlong<A["shape"], D, "scatterReduce">,
  indices: Tensor,
  source: Operand,
  reduce: Reduction,
  options?: ScatterReduceOptions,
): Tensor<A["shape"]>;
export function scatterReduce(
  x: Tensor,
  dim: number,
  indices: Tensor,
  given: Operand,
  reduce: Reduction,
  options?: ScatterReduceOptions,
): Tensor {
  const op = "scatterReduce";
  const { includeSelf = true } = optionsOf(op, options, ["includeSelf"]);
  if (!["sum", "prod", "mean", "amax", "amin"].includes(reduce))
    throw new ArgumentError(`${op}: reduce is "sum", "prod", "mean", "amax" or "amin", got ${quoted(reduce)}`);
  return scatterInto(
    op,
    x,
    dim,
    indices,
    given,
  )(({ target, source, params, places }) => {
    const counts = scatterAddOp(broadcastTo(fromNumber(1, "int32"), source.shape), params);
    const fresh = includeSelf ? fromNumber(0, "bool") : ne(counts, 0);
    if (reduce === "prod") return fold(where(fresh, 1, target), places(), source, mul);
    const total = addAt(where(fresh, 0, target), source, params);
    if (reduce === "sum") return total;
    if (reduce === "mean") {
      const divisor = ofDtype(includeSelf ? add(counts, 1) : maximum(counts, 1), total.dtype);
      return isFloat(total.dtype) ? div(total, divisor) : floorDivide(total, divisor);
    }
    const join = reduce === "amax" ? maximum : minimum;
    const first = put(target, places(), source); // of fresh places, one of the writers
    const best = fold(detached(where(fresh, first, target)), places(), detached(source), join);
    const ours = logicalAnd(same(target, best), logicalNot(fresh));
    const theirs = same(source, gatherOp(best, params));
    const hits = addAt(cast(ours, best.dtype), cast(theirs, best.dtype), params);
    const sums = addAt(where(ours, target, 0), where(theirs, source, 0), params);
    return isFloat(best.dtype) ? div(sums, hits) : best;
  });
}
