import { checkedNumber, isFloat, promote } from "../dtype.ts";
import { ArgumentError, checkNumber, DtypeError, quoted, ShapeError, optionsOf } from "../errors.ts";
import { reading } from "../op.ts";
import {
  broadcastShapes,
  broadcastToShape,
  gatherShape,
  indexSelectShape,
  sameShape,
  type Shape,
  type ShapeArg,
  showShape,
} from "../shape.ts";
import type { Check, CheckDims } from "../shape-types/index.ts";
import { checkTensor, detached, elementsOf, fromArray, fromNumber, type Operand, Tensor } from "../tensor.ts";
import { add, div, maximum, minimum, mul } from "./arithmetic.ts";
import { type Index, type NestedIndex, pick, placesOf } from "./at.ts";
import { cast, ofDtype } from "./cast.ts";
import { ge, logicalAnd, ne, where } from "./comparison.ts";
import { unbind } from "./arrange.ts";
import { asIndex, gatherOp, type Indices, indexSelect, scatterAddOp } from "./indexing.ts";
import { logicalNot } from "./logical.ts";
import { broadcastTo } from "./broadcast.ts";
import { flatten, reshape, unchanged } from "./movement.ts";
import { sliceOp } from "./slice.ts";
import { same } from "./reduction.ts";
import { floorDivide } from "./rounding.ts";
import { type Along, dimOf } from "./softmax.ts";

// Each of these makes a new tensor. Where elements are overwritten twice the last one counts, and it alone gets a derivative.

/** Both in the dtype that holds both; a number takes the tensor's. */
function matched(op: string, x: Tensor, source: Operand): [Tensor, Tensor] {
  if (typeof source === "number") return [x, fromNumber(checkedNumber(op, source, x.dtype), x.dtype)];
  checkTensor(op, source);
  const dtype = promote(x.dtype, source.dtype);
  return [ofDtype(x, dtype), ofDtype(source, dtype)];
}
/** A scalar counts as a list of one. */
const listed = (x: Tensor): Tensor => (x.rank === 0 ? reshape(x, [1]) : x);

type Join = (old: Tensor, source: Tensor) => Tensor;
/** `x`, where writers[i] ≥ 0 joined with the element of `source` of that number. */
function written(x: Tensor, writers: Tensor, source: Tensor, join: Join): Tensor {
  const from = indexSelect(flatten(source), 0, maximum(writers, 0));
  return where(reshape(ge(writers, 0), x.shape), join(x, reshape(from, x.shape)), x);
}
/** `x` with the elements of `source` at `places`, positions in row-major order. */
function put(x: Tensor, places: Tensor, source: Tensor): Tensor {
  if (places.size === 0) return unchanged(x);
  const last = reading([places], ([own]) => {
    const writers = new Int32Array(x.size).fill(-1);
    own!.toTypedArray().forEach((place, i) => (writers[place] = i));
    return fromArray([x.size], "int32", writers);
  });
  return written(x, last, source, (_, y) => y);
}
/** `x` joined with the elements of `source` at `places`, one after the other where places repeat. */
function fold(x: Tensor, places: Tensor, source: Tensor, join: Join): Tensor {
  const { size } = x;
  const most = reading([places], ([own]) => {
    const times = new Int32Array(size);
    own!.toTypedArray().forEach((place) => times[place]!++);
    return fromArray([1], "int32", Int32Array.of(times.reduce((a, b) => Math.max(a, b), 0)));
  });
  const count = Math.max(0, ...elementsOf(most));
  // In round r, the r-th of those that write to a place, or −1.
  const rounds = reading([places], ([own]) => {
    const writers = new Int32Array(count * size).fill(-1);
    const seen = new Int32Array(size);
    own!.toTypedArray().forEach((place, i) => (writers[seen[place]!++ * size + place] = i));
    return fromArray([count, size], "int32", writers);
  });
  const joined: Join = (a, b) => ofDtype(join(a, b), x.dtype); // bool stays bool
  return unbind(rounds).reduce((y: Tensor, writers) => written(y, writers, source, joined), unchanged(x));
}
/** `x` plus the transpose of a gather; of bools, whether any is true. */
function addAt(x: Tensor, source: Tensor, params: Parameters<typeof scatterAddOp>[1]): Tensor {
  if (x.dtype === "bool") return cast(addAt(cast(x, "int32"), cast(source, "int32"), params), "bool");
  return add(x, reshape(scatterAddOp(source, params), x.shape));
}
/** `x` with the elements of `source` added at `places`. */
function putMore(op: string, x: Tensor, places: Tensor, source: Tensor): Tensor {
  return addAt(x, flatten(source), { op, dim: 0, index: flatten(places), shape: [x.size] });
}

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
  dim: Check<Along<A["shape"], D, "scatter">, D>,
  indices: Tensor,
  source: Operand,
  options?: ScatterOptions,
): Tensor<A["shape"]>;
export function scatter(x: Tensor, dim: number, indices: Tensor, source: Operand, given?: ScatterOptions): Tensor {
  const { reduce } = optionsOf("scatter", given);
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
  dim: Check<Along<A["shape"], D, "scatterAdd">, D>,
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
  dim: Check<Along<A["shape"], D, "scatterReduce">, D>,
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
  const { includeSelf = true } = optionsOf(op, options);
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

// ---------- whole slices

/** The places of the slices of x at these positions along a dim. */
function slicesAt(op: string, x: Tensor, dim: number, indices: Indices): Tensor {
  const index = asIndex(op, indices);
  indexSelectShape(x.shape, dim, index.shape, op);
  const before = Array.from({ length: dim }, (): Index => ({}));
  return pick(op, placesOf(x.shape), [...before, flatten(index)]);
}
function slicesInto(
  op: string,
  x: Tensor,
  dim: number,
  indices: Indices,
  source: Tensor,
  write: (x: Tensor, places: Tensor, source: Tensor) => Tensor,
): Tensor {
  const at = dimOf(op, x, dim);
  const [target, from] = matched(op, listed(x), source);
  const places = slicesAt(op, target, at, indices);
  const slices = listed(from);
  if (!sameShape(slices.shape, places.shape))
    throw new ShapeError(
      op,
      `the source is ${showShape(source.shape)}, expected ${showShape(places.shape)} for ${showShape(x.shape)}`,
      [x.shape, source.shape],
    );
  return reshape(write(target, places, slices), x.shape);
}

export interface AddOptions {
  /** Factor of what is added, by default 1. */
  readonly alpha?: number | undefined;
}

/**
 * `x` with the slices of `source` along a dim added to those at the given positions; positions may repeat, negative ones count from the back.
 * @throws ShapeError if there is no such dim or position, or `source` does not have as many slices as there are positions.
 * @example
 * indexAdd(tensor([1, 2]), 0, [1, 1], tensor([10, 20])).toArray(); // [1, 32]
 */
export function indexAdd<A extends Tensor, D extends number>(
  x: A,
  dim: Check<Along<A["shape"], D, "indexAdd">, D>,
  indices: Indices,
  source: Tensor,
  options?: AddOptions,
): Tensor<A["shape"]>;
export function indexAdd(x: Tensor, dim: number, indices: Indices, source: Tensor, given?: AddOptions): Tensor {
  const options = optionsOf("indexAdd", given);
  const { alpha = 1 } = options;
  checkNumber("indexAdd", "alpha", alpha);
  return slicesInto("indexAdd", x, dim, indices, source, (target, places, slices) =>
    putMore("indexAdd", target, places, alpha === 1 ? slices : mul(slices, alpha)),
  );
}

/**
 * `x` with the slices of `source` along a dim in place of those at the given positions; negative ones count from the back.
 * @throws ShapeError if there is no such dim or position, or `source` does not have as many slices as there are positions.
 * @example
 * indexCopy(tensor([1, 2, 3]), 0, [2, 0], tensor([10, 20])).toArray(); // [20, 2, 10]
 */
export function indexCopy<A extends Tensor, D extends number>(
  x: A,
  dim: Check<Along<A["shape"], D, "indexCopy">, D>,
  indices: Indices,
  source: Tensor,
): Tensor<A["shape"]>;
export function indexCopy(x: Tensor, dim: number, indices: Indices, source: Tensor): Tensor {
  return slicesInto("indexCopy", x, dim, indices, source, put);
}

/**
 * `x` with one value in the slices at the given positions along a dim; negative ones count from the back.
 * @throws ShapeError if there is no such dim or position, or the value is no scalar.
 * @example
 * indexFill(tensor([[1, 2], [3, 4]]), 1, [0], -1).toArray(); // [[-1, 2], [-1, 4]]
 */
export function indexFill<A extends Tensor, D extends number>(
  x: A,
  dim: Check<Along<A["shape"], D, "indexFill">, D>,
  indices: Indices,
  value: Operand,
): Tensor<A["shape"]>;
export function indexFill(x: Tensor, dim: number, indices: Indices, value: Operand): Tensor {
  const at = dimOf("indexFill", x, dim);
  const [target, from] = matched("indexFill", listed(x), value);
  if (from.rank > 0)
    throw new ShapeError("indexFill", `the value is a scalar, got ${showShape(from.shape)}`, [from.shape]);
  const places = slicesAt("indexFill", target, at, indices);
  return reshape(put(target, places, broadcastTo(from, places.shape)), x.shape);
}

// ---------- any places

/** How `indexPut` writes. */
export interface PutOptions {
  /** Add to what is there, in place of overwriting it; places may repeat. */
  readonly accumulate?: boolean | undefined;
}

/**
 * `x` with `values`, broadcast, in place of what `at(x, ...indices)` reads; or added to it.
 * @throws ShapeError as `at`, or if the values do not broadcast to what is read.
 * @example
 * indexPut(tensor([1, 2, 3]), [[2, 0]], tensor([10, 20])).toArray(); // [20, 2, 10]
 * indexPut(tensor([1, 2]), [[0, 0]], 1, { accumulate: true }).toArray(); // [3, 2]
 */
export function indexPut<A extends Tensor>(
  x: A,
  indices: readonly Index[],
  values: Operand,
  options?: PutOptions,
): Tensor<A["shape"]>;
export function indexPut(x: Tensor, indices: readonly Index[], values: Operand, given?: PutOptions): Tensor {
  const options = optionsOf("indexPut", given);
  checkTensor("indexPut", x);
  if (!Array.isArray(indices))
    throw new ArgumentError("indexPut: indices are an array with one entry for each dim, such as [[0, 2]]");
  const [target, from] = matched("indexPut", x, values);
  const places = pick("indexPut", placesOf(x.shape), indices as readonly Index[]);
  const source = broadcastTo(from, broadcastToShape("indexPut", from.shape, places.shape));
  return options.accumulate ? putMore("indexPut", target, places, source) : put(target, places, source);
}

/**
 * The elements at positions in row-major order; negative ones count from the back. The result has the shape of `indices`.
 * @throws ShapeError for a position out of range, DtypeError for an index tensor that is not int32.
 * @example
 * take(tensor([[1, 2], [3, 4]]), [[0, -1]]).toArray(); // [[1, 4]]
 */
export function take<A extends Tensor, I extends Tensor | NestedIndex>(
  x: A,
  indices: I,
): Tensor<I extends Tensor ? I["shape"] : Shape>;
export function take(x: Tensor, indices: Tensor | NestedIndex): Tensor {
  checkTensor("take", x);
  if (indices instanceof Tensor) asIndex("take", indices);
  else if (!Array.isArray(indices))
    throw new ArgumentError(`take: indices are an int32 tensor or an array, got ${String(indices)}`);
  return pick("take", flatten(x), [indices]);
}

/**
 * For each element of `indices`, the element with that position along `dim` and the same position along the other dims, which broadcast;
 * without a dim, as `take`, flattened.
 * @throws ShapeError when the shapes do not fit or an index is out of range, DtypeError unless `indices` is int32.
 * @example
 * const x = tensor([[1, 3], [4, 2]]);
 * takeAlongDim(x, argsort(x, 1), 1).toArray(); // [[1, 3], [2, 4]]
 */
export function takeAlongDim<A extends Tensor, D extends number | undefined = undefined>(
  x: A,
  indices: Tensor,
  dim?: Check<CheckDims<A["shape"], D, "takeAlongDim">, D>,
): Tensor;
export function takeAlongDim(x: Tensor, indices: Tensor, dim?: number): Tensor {
  const op = "takeAlongDim";
  checkTensor(op, x);
  const index = asIndex(op, indices);
  if (dim === undefined) return gatherOp(flatten(x), { op, dim: 0, index: detached(flatten(index)) });
  const at = dimOf(op, x, dim);
  const list = listed(x);
  if (index.rank !== list.rank)
    throw new ShapeError(op, `index ${showShape(index.shape)} and input ${showShape(list.shape)} differ in rank`, [
      list.shape,
      index.shape,
    ]);
  const without = (shape: ShapeArg): Shape => shape.map((size, d) => (d === at ? 1 : size));
  const common = broadcastShapes(op, without(list.shape), without(index.shape));
  const along = (size: number): Shape => common.map((other, d) => (d === at ? size : other));
  const params = { op, dim: at, index: detached(broadcastTo(index, along(index.shape[at]!))) };
  return gatherOp(broadcastTo(list, along(list.shape[at]!)), params);
}

/**
 * The elements where `mask`, which is bool, is true, in row-major order; the two broadcast.
 * @throws ShapeError if they do not, DtypeError unless the mask is bool.
 * @example
 * const x = tensor([[1, -2], [-3, 4]]);
 * maskedSelect(x, x.gt(0)).toArray(); // [1, 4]
 */
export function maskedSelect(x: Tensor, mask: Tensor): Tensor<[number]>;
export function maskedSelect(x: Tensor, mask: Tensor): Tensor {
  checkTensor("maskedSelect", x);
  checkTensor("maskedSelect", mask);
  if (mask.dtype !== "bool")
    throw new DtypeError(`maskedSelect: the mask is ${mask.dtype}, expected bool; compare first, as in x.gt(0)`);
  const shape = broadcastShapes("maskedSelect", x.shape, mask.shape);
  const [values, bits] = [broadcastTo(x, shape), broadcastTo(mask, shape)];
  return shape.length === 0
    ? pick("maskedSelect", listed(values), [listed(bits)])
    : pick("maskedSelect", values, [bits]);
}
