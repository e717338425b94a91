// Reading and writing where an index points. Negative dims count from the back.
import type { Index, NestedIndex } from "../ops/at.ts";
import type { Indices } from "../ops/indexing.ts";
import type { AddOptions, PutOptions } from "../ops/index-put.ts";
import type { Reduction, ScatterOptions, ScatterReduceOptions } from "../ops/scatter.ts";
import type { Shape } from "../shape.ts";
import type { At, Check, CheckAlong, CheckDims } from "../shape-types/index.ts";
import type { Operand, Tensor } from "../tensor.ts";

export interface IndexMethods {
  /**
   * Parts of a tensor, as NumPy's `x[…]` takes them. Positions drop their dim, `{ start, end, step }` is Python's slice, "..." stands for the
   * dims that are left, `null` makes a new dim: all of these give a view. Int32 tensors or arrays pick elements by position, and bool ones as
   * a mask: they broadcast with each other, and their dims come where they stand, or in front if something stands between them.
   * @throws ShapeError for too many indices, one out of range, or a mask that does not fit; ArgumentError for what is no index.
   * @example
   * tensor([[1, 2, 3], [4, 5, 6]]).at(0, { start: 1 }).toArray(); // [2, 3]
   * tensor([[1, 2, 3], [4, 5, 6]]).at("...", [2, 0]).toArray(); // [[3, 1], [6, 4]]
   * tensor([1, 2, 3]).at([true, false, true]).toArray(); // [1, 3]
   */
  at<A extends Tensor, const I extends readonly Index[]>(
    this: Check<At<A["shape"], I>, A>,
    ...index: I
  ): Tensor<At<A["shape"], I>>;
  /**
   * `x` with `source[i][j]…` written at position `indices[i][j]…` along `dim`, and the same positions along the other dims: what `gather`
   * reads, written. `source` is as large as `indices` or larger, or one number.
   * @throws ShapeError when ranks or sizes do not fit or an index is out of range, DtypeError unless `indices` is int32.
   * @example
   * const index = tensor([[1], [0]], { dtype: "int32" });
   * zeros([2, 2]).scatter(1, index, tensor([[5], [6]])).toArray(); // [[0, 5], [6, 0]]
   */
  scatter<A extends Tensor, D extends number>(
    this: A,
    dim: CheckAlong<A["shape"], D, "scatter">,
    indices: Tensor,
    source: Operand,
    options?: ScatterOptions,
  ): Tensor<A["shape"]>;
  /**
   * `x` with `source[i][j]…` added at position `indices[i][j]…` along `dim`, and the same positions along the other dims: the transpose of
   * `gather`. Positions may repeat. `source` is as large as `indices` or larger.
   * @throws ShapeError when ranks or sizes do not fit or an index is out of range, DtypeError unless `indices` is int32.
   * @example
   * const index = tensor([1, 1], { dtype: "int32" });
   * tensor([1, 2]).scatterAdd(0, index, tensor([10, 20])).toArray(); // [1, 32]
   */
  scatterAdd<A extends Tensor, D extends number>(
    this: A,
    dim: CheckAlong<A["shape"], D, "scatterAdd">,
    indices: Tensor,
    source: Operand,
  ): Tensor<A["shape"]>;
  /**
   * As `scatter`, but what is written to one place is added, multiplied, averaged, or the largest or smallest of it is taken, together
   * with what stood there. Equal extremes share the derivative evenly.
   * @throws ShapeError when ranks or sizes do not fit or an index is out of range, DtypeError unless `indices` is int32.
   * @example
   * const index = tensor([0, 0, 1], { dtype: "int32" });
   * tensor([1, 2]).scatterReduce(0, index, tensor([3, 4, 5]), "prod").toArray(); // [12, 10]
   */
  scatterReduce<A extends Tensor, D extends number>(
    this: A,
    dim: CheckAlong<A["shape"], D, "scatterReduce">,
    indices: Tensor,
    source: Operand,
    reduce: Reduction,
    options?: ScatterReduceOptions,
  ): Tensor<A["shape"]>;
  /**
   * `x` with the slices of `source` along a dim added to those at the given positions; positions may repeat, negative ones count from the back.
   * @throws ShapeError if there is no such dim or position, or `source` does not have as many slices as there are positions.
   * @example
   * tensor([1, 2]).indexAdd(0, [1, 1], tensor([10, 20])).toArray(); // [1, 32]
   */
  indexAdd<A extends Tensor, D extends number>(
    this: A,
    dim: CheckAlong<A["shape"], D, "indexAdd">,
    indices: Indices,
    source: Tensor,
    options?: AddOptions,
  ): Tensor<A["shape"]>;
  /**
   * `x` with the slices of `source` along a dim in place of those at the given positions; negative ones count from the back.
   * @throws ShapeError if there is no such dim or position, or `source` does not have as many slices as there are positions.
   * @example
   * tensor([1, 2, 3]).indexCopy(0, [2, 0], tensor([10, 20])).toArray(); // [20, 2, 10]
   */
  indexCopy<A extends Tensor, D extends number>(
    this: A,
    dim: CheckAlong<A["shape"], D, "indexCopy">,
    indices: Indices,
    source: Tensor,
  ): Tensor<A["shape"]>;
  /**
   * `x` with one value in the slices at the given positions along a dim; negative ones count from the back.
   * @throws ShapeError if there is no such dim or position, or the value is no scalar.
   * @example
   * tensor([[1, 2], [3, 4]]).indexFill(1, [0], -1).toArray(); // [[-1, 2], [-1, 4]]
   */
  indexFill<A extends Tensor, D extends number>(
    this: A,
    dim: CheckAlong<A["shape"], D, "indexFill">,
    indices: Indices,
    value: Operand,
  ): Tensor<A["shape"]>;
  /**
   * `x` with `values`, broadcast, in place of what `at(x, ...indices)` reads; or added to it.
   * @throws ShapeError as `at`, or if the values do not broadcast to what is read.
   * @example
   * tensor([1, 2, 3]).indexPut([[2, 0]], tensor([10, 20])).toArray(); // [20, 2, 10]
   * tensor([1, 2]).indexPut([[0, 0]], 1, { accumulate: true }).toArray(); // [3, 2]
   */
  indexPut<A extends Tensor>(
    this: A,
    indices: readonly Index[],
    values: Operand,
    options?: PutOptions,
  ): Tensor<A["shape"]>;
  /**
   * The elements at positions in row-major order; negative ones count from the back. The result has the shape of `indices`.
   * @throws ShapeError for a position out of range, DtypeError for an index tensor that is not int32.
   * @example
   * tensor([[1, 2], [3, 4]]).take([[0, -1]]).toArray(); // [[1, 4]]
   */
  take<A extends Tensor, I extends Tensor | NestedIndex>(
    this: A,
    indices: I,
  ): Tensor<I extends Tensor<infer S> ? S : Shape>;
  /**
   * For each element of `indices`, the element with that position along `dim` and the same position along the other dims, which broadcast;
   * without a dim, as `take`, flattened.
   * @throws ShapeError when the shapes do not fit or an index is out of range, DtypeError unless `indices` is int32.
   * @example
   * const x = tensor([[1, 3], [4, 2]]);
   * x.takeAlongDim(argsort(x, 1), 1).toArray(); // [[1, 3], [2, 4]]
   */
  takeAlongDim<A extends Tensor, D extends number | undefined = undefined>(
    this: A,
    indices: Tensor,
    dim?: Check<CheckDims<A["shape"], D, "takeAlongDim">, D>,
  ): Tensor;
  /**
   * The elements where `mask`, which is bool, is true, in row-major order; the two broadcast.
   * @throws ShapeError if they do not, DtypeError unless the mask is bool.
   * @example
   * tensor([1, -2, 3]).maskedSelect(tensor([true, false, true])).toArray(); // [1, 3]
   */
  maskedSelect(mask: Tensor): Tensor<[number]>;
}
