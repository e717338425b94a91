import { ArgumentError, checkNumber, optionsOf, ShapeError } from "../errors.ts";
import type { CheckAlong } from "../shape-types/index.ts";
import { indexSelectShape } from "../shape-rules.ts";
import { broadcastToShape, sameShape, showShape } from "../shape.ts";
import { checkTensor, type Operand, type Tensor } from "../tensor.ts";
import { mul } from "./arithmetic.ts";
import { type Index, pick, placesOf } from "./at.ts";
import { broadcastTo } from "./broadcast.ts";
import { asIndex, type Indices } from "./indexing.ts";
import { flatten, reshape } from "./movement.ts";
import { dimOf } from "./softmax.ts";
import { listed, matched, put, putMore } from "./writing.ts";

// Whole slices, or elements at any places, written over a tensor.

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
  dim: CheckAlong<A["shape"], D, "indexAdd">,
  indices: Indices,
  source: Tensor,
  options?: AddOptions,
): Tensor<A["shape"]>;
export function indexAdd(x: Tensor, dim: number, indices: Indices, source: Tensor, given?: AddOptions): Tensor {
  const options = optionsOf("indexAdd", given, ["alpha"]);
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
  dim: CheckAlong<A["shape"], D, "indexCopy">,
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
  dim: CheckAlong<A["shape"], D, "indexFill">,
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
  const options = optionsOf("indexPut", given, ["accumulate"]);
  checkTensor("indexPut", x);
  if (!Array.isArray(indices))
    throw new ArgumentError("indexPut: indices are an array with one entry for each dim, such as [[0, 2]]");
  const [target, from] = matched("indexPut", x, values);
  const places = pick("indexPut", placesOf(x.shape), indices as readonly Index[]);
  const source = broadcastTo(from, broadcastToShape("indexPut", from.shape, places.shape));
  return options.accumulate ? putMore("indexPut", target, places, source) : put(target, places, source);
}
