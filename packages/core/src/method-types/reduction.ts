// What reduces dims of a tensor, or runs along one. Dims are one number, several, or by default all; negative ones count from the back.
import type { DtypeOption } from "../ops/cast.ts";
import type { Extreme, KeepDim, SumOptions } from "../ops/reduction.ts";
import type { Correction, NormOptions } from "../ops/statistics.ts";
import type {
  CheckReduce,
  Along,
  Broadcast,
  CheckAlong,
  CheckBroadcast,
  DimsArg,
  Reduce,
} from "../shape-types/index.ts";
import type { Tensor } from "../tensor.ts";

export interface ReductionMethods {
  /**
   * Sum over dims. The sum of nothing is 0; bool counts as int32.
   * @throws ShapeError if there is no such dim, or one is listed twice.
   * @example
   * tensor([[1, 2], [3, 4]]).sum(0).toArray(); // [4, 6]
   */
  sum<A extends Tensor, const D extends DimsArg = undefined, K extends boolean = false>(
    this: A,
    dim?: CheckReduce<A["shape"], D, K>,
    options?: SumOptions<K>,
  ): Tensor<Reduce<A["shape"], D, K>>;
  /**
   * Arithmetic mean over dims. The mean of nothing is NaN.
   * @throws ShapeError if there is no such dim, or one is listed twice.
   * @example
   * tensor([[1, 2], [3, 4]]).mean(1, { keepDim: true }).toArray(); // [[1.5], [3.5]]
   */
  mean<A extends Tensor, const D extends DimsArg = undefined, K extends boolean = false>(
    this: A,
    dim?: CheckReduce<A["shape"], D, K, "mean">,
    options?: SumOptions<K>,
  ): Tensor<Reduce<A["shape"], D, K, "mean">>;
  /**
   * Product over dims. The product of nothing is 1; bool counts as int32.
   * @throws ShapeError if there is no such dim, or one is listed twice.
   * @example
   * tensor([[1, 2], [3, 4]]).prod().item(); // 24
   */
  prod<A extends Tensor, const D extends DimsArg = undefined, K extends boolean = false>(
    this: A,
    dim?: CheckReduce<A["shape"], D, K, "prod">,
    options?: SumOptions<K>,
  ): Tensor<Reduce<A["shape"], D, K, "prod">>;
  /**
   * log Σ eˣ over dims, without overflow; −∞ for nothing.
   * @throws ShapeError if there is no such dim, or one is listed twice.
   * @example
   * tensor([-Infinity, 1000]).logSumExp().item(); // 1000
   */
  logSumExp<A extends Tensor, const D extends DimsArg = undefined, K extends boolean = false>(
    this: A,
    dim?: CheckReduce<A["shape"], D, K, "logSumExp">,
    options?: KeepDim<K>,
  ): Tensor<Reduce<A["shape"], D, K, "logSumExp">>;
  /**
   * Mean squared distance from the mean over dims; divided by n − 1, or by n − `correction`.
   * @throws ShapeError if there is no such dim, or one is listed twice.
   * @example
   * tensor([1, 2, 3]).var().item(); // 1
   */
  var<A extends Tensor, const D extends DimsArg = undefined, K extends boolean = false>(
    this: A,
    dim?: CheckReduce<A["shape"], D, K, "var">,
    options?: Correction<K>,
  ): Tensor<Reduce<A["shape"], D, K, "var">>;
  /**
   * Square root of `var`; where all elements are equal the derivative is 0.
   * @throws ShapeError if there is no such dim, or one is listed twice.
   * @example
   * tensor([1, 3]).std(0, { correction: 0 }).item(); // 1
   */
  std<A extends Tensor, const D extends DimsArg = undefined, K extends boolean = false>(
    this: A,
    dim?: CheckReduce<A["shape"], D, K, "std">,
    options?: Correction<K>,
  ): Tensor<Reduce<A["shape"], D, K, "std">>;
  /**
   * (Σ|x|ᵖ)^(1/p) over dims, by default the Euclidean length; the derivative at the zero vector is 0.
   * @throws ShapeError if there is no such dim, or one is listed twice.
   * @example
   * tensor([3, 4]).norm().item(); // 5
   */
  norm<A extends Tensor, const D extends DimsArg = undefined, K extends boolean = false>(
    this: A,
    dim?: CheckReduce<A["shape"], D, K, "norm">,
    options?: NormOptions<K>,
  ): Tensor<Reduce<A["shape"], D, K, "norm">>;
  /**
   * The largest element, whose derivative equal ones share; or, along one dim, `{ values, indices }`, where the first of equal ones
   * gets the whole derivative. NaN wins. With another tensor it is `maximum`.
   * @throws ShapeError if there is no such dim, or nothing to choose from.
   * @example
   * tensor([[1, 2], [4, 3]]).max().item(); // 4
   * tensor([[1, 2], [4, 3]]).max(1).values.toArray(); // [2, 4]
   */
  max<A extends Tensor, B extends Tensor>(
    this: A,
    other: CheckBroadcast<A["shape"], B["shape"], "maximum", B>,
  ): Tensor<Broadcast<A["shape"], B["shape"], "maximum">>;
  max<A extends Tensor, D extends number | undefined = undefined, K extends boolean = false>(
    this: A,
    dim?: CheckReduce<A["shape"], D, K, "max">,
    options?: KeepDim<K>,
  ): Extreme<A["shape"], D, K, "max">;
  /**
   * The smallest element, whose derivative equal ones share; or, along one dim, `{ values, indices }`, where the first of equal ones
   * gets the whole derivative. NaN wins. With another tensor it is `minimum`.
   * @throws ShapeError if there is no such dim, or nothing to choose from.
   * @example
   * tensor([[1, 2], [4, 3]]).min().item(); // 1
   * tensor([[1, 2], [4, 3]]).min(1).indices.toArray(); // [0, 1]
   */
  min<A extends Tensor, B extends Tensor>(
    this: A,
    other: CheckBroadcast<A["shape"], B["shape"], "minimum", B>,
  ): Tensor<Broadcast<A["shape"], B["shape"], "minimum">>;
  min<A extends Tensor, D extends number | undefined = undefined, K extends boolean = false>(
    this: A,
    dim?: CheckReduce<A["shape"], D, K, "min">,
    options?: KeepDim<K>,
  ): Extreme<A["shape"], D, K, "min">;
  /**
   * Position of the largest element in row-major order, or along one dim; int32. The first of equal ones; NaN wins.
   * @throws ShapeError if there is no such dim, or nothing to choose from.
   * @example
   * tensor([[1, 2], [4, 3]]).argmax(1).toArray(); // [1, 0]
   */
  argmax<A extends Tensor, D extends number | undefined = undefined, K extends boolean = false>(
    this: A,
    dim?: CheckReduce<A["shape"], D, K, "argmax">,
    options?: KeepDim<K>,
  ): Tensor<Reduce<A["shape"], D, K, "argmax">>;
  /**
   * Position of the smallest element in row-major order, or along one dim; int32. The first of equal ones; NaN wins.
   * @throws ShapeError if there is no such dim, or nothing to choose from.
   * @example
   * tensor([[1, 2], [4, 3]]).argmin(1).toArray(); // [0, 1]
   */
  argmin<A extends Tensor, D extends number | undefined = undefined, K extends boolean = false>(
    this: A,
    dim?: CheckReduce<A["shape"], D, K, "argmin">,
    options?: KeepDim<K>,
  ): Tensor<Reduce<A["shape"], D, K, "argmin">>;
  /**
   * eˣ / Σ eˣ along a dim, by default the last: positive, sums to 1, never overflows.
   * @throws ShapeError if there is no such dim.
   * @example
   * tensor([1000, 1000]).softmax().toArray(); // [0.5, 0.5]
   */
  softmax<A extends Tensor, D extends number = -1>(
    this: A,
    dim?: CheckAlong<A["shape"], D, "softmax">,
    options?: DtypeOption,
  ): Tensor<Along<A["shape"], D, "softmax">>;
  /**
   * log softmax(x) along a dim, by default the last, without overflow or lost digits.
   * @throws ShapeError if there is no such dim.
   * @example
   * tensor([0, 1000]).logSoftmax().toArray(); // [-1000, 0]
   */
  logSoftmax<A extends Tensor, D extends number = -1>(
    this: A,
    dim?: CheckAlong<A["shape"], D, "logSoftmax">,
    options?: DtypeOption,
  ): Tensor<Along<A["shape"], D, "logSoftmax">>;
  /**
   * Running sums along a dim; bool counts as int32.
   * @throws ShapeError if there is no such dim.
   * @example
   * tensor([1, 2, 3]).cumsum(0).toArray(); // [1, 3, 6]
   */
  cumsum<A extends Tensor, D extends number>(
    this: A,
    dim: CheckAlong<A["shape"], D, "cumsum">,
    options?: DtypeOption,
  ): Tensor<Along<A["shape"], D, "cumsum">>;
}
