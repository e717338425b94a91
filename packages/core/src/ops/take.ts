import { ArgumentError, DtypeError, quoted, ShapeError } from "../errors.ts";
import type { Check, CheckDims } from "../shape-types/index.ts";
import { broadcastShapes, type Shape, type ShapeArg, showShape } from "../shape.ts";
import { checkTensor, detached, Tensor } from "../tensor.ts";
import { type NestedIndex, pick } from "./at.ts";
import { broadcastTo } from "./broadcast.ts";
import { asIndex, gatherOp } from "./indexing.ts";
import { flatten } from "./movement.ts";
import { dimOf } from "./softmax.ts";
import { listed } from "./writing.ts";

// Elements read from places that tensors name.

/**
 * The elements at positions in row-major order; negative ones count from the back. The result has the shape of `indices`.
 * @throws ShapeError for a position out of range, DtypeError for an index tensor that is not int32.
 * @example
 * take(tensor([[1, 2], [3, 4]]), [[0, -1]]).toArray(); // [[1, 4]]
 */
export function take<A extends Tensor, I extends Tensor | NestedIndex>(
  x: A,
  indices: I,
): Tensor<I extends Tensor<infer S> ? S : Shape>;
export function take(x: Tensor, indices: Tensor | NestedIndex): Tensor {
  checkTensor("take", x);
  if (indices instanceof Tensor) asIndex("take", indices);
  else if (!Array.isArray(indices))
    throw new ArgumentError(`take: indices are an int32 tensor or an array, got ${quoted(indices)}`);
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
