// Counts and extremes over dims; what runs along one, and what puts it in order. Negative dims count from the back.
import type { DtypeOption } from "../ops/cast.ts";
import type { QuantileOptions, Quantiles } from "../ops/order.ts";
import type { Extreme, Extremes, KeepDim, SumOptions } from "../ops/reduction.ts";
import type { DiffOptions } from "../ops/scan.ts";
import type { SortOptions, Top, TopkOptions } from "../ops/sort.ts";
import type { CheckReduce, Along, Check, CheckAlong, Diff, DimsArg, Reduce } from "../shape-types/index.ts";
import type { Tensor } from "../tensor.ts";

export interface ScanMethods {
  /**
   * Whether no element over dims is 0; true of nothing.
   * @throws ShapeError if there is no such dim, or one is listed twice.
   * @example
   * tensor([[1, 0], [2, 3]]).all(1).toArray(); // [false, true]
   */
  all<A extends Tensor, const D extends DimsArg = undefined, K extends boolean = false>(
    this: A,
    dim?: CheckReduce<A["shape"], D, K, "all">,
    options?: KeepDim<K>,
  ): Tensor<Reduce<A["shape"], D, K, "all">>;
  /**
   * Whether some element over dims is not 0; false of nothing.
   * @throws ShapeError if there is no such dim, or one is listed twice.
   * @example
   * tensor([[1, 0], [0, 0]]).any(1).toArray(); // [true, false]
   */
  any<A extends Tensor, const D extends DimsArg = undefined, K extends boolean = false>(
    this: A,
    dim?: CheckReduce<A["shape"], D, K, "any">,
    options?: KeepDim<K>,
  ): Tensor<Reduce<A["shape"], D, K, "any">>;
  /**
   * How many elements over dims are not 0; int32. NaN is not 0.
   * @throws ShapeError if there is no such dim, or one is listed twice.
   * @example
   * tensor([[1, 0], [2, 3]]).countNonzero(1).toArray(); // [1, 2]
   */
  countNonzero<A extends Tensor, const D extends DimsArg = undefined, K extends boolean = false>(
    this: A,
    dim?: CheckReduce<A["shape"], D, K, "countNonzero">,
    options?: KeepDim<K>,
  ): Tensor<Reduce<A["shape"], D, K, "countNonzero">>;
  /**
   * Sum over dims, with NaN counted as 0.
   * @throws ShapeError if there is no such dim, or one is listed twice.
   * @example
   * tensor([1, NaN, 2]).nansum().item(); // 3
   */
  nansum<A extends Tensor, const D extends DimsArg = undefined, K extends boolean = false>(
    this: A,
    dim?: CheckReduce<A["shape"], D, K, "nansum">,
    options?: SumOptions<K>,
  ): Tensor<Reduce<A["shape"], D, K, "nansum">>;
  /**
   * Arithmetic mean over dims of what is not NaN; NaN where there is nothing else.
   * @throws ShapeError if there is no such dim, or one is listed twice.
   * @example
   * tensor([1, NaN, 2]).nanmean().item(); // 1.5
   */
  nanmean<A extends Tensor, const D extends DimsArg = undefined, K extends boolean = false>(
    this: A,
    dim?: CheckReduce<A["shape"], D, K, "nanmean">,
    options?: SumOptions<K>,
  ): Tensor<Reduce<A["shape"], D, K, "nanmean">>;
  /**
   * The largest element over dims, whose derivative equal ones share evenly. NaN wins.
   * @throws ShapeError if there is no such dim, or nothing to choose from.
   * @example
   * tensor([[1, 2], [4, 3]]).amax([0, 1]).item(); // 4
   */
  amax<A extends Tensor, const D extends DimsArg = undefined, K extends boolean = false>(
    this: A,
    dim?: CheckReduce<A["shape"], D, K, "amax">,
    options?: KeepDim<K>,
  ): Tensor<Reduce<A["shape"], D, K, "amax">>;
  /**
   * The smallest element over dims, whose derivative equal ones share evenly. NaN wins.
   * @throws ShapeError if there is no such dim, or nothing to choose from.
   * @example
   * tensor([[1, 2], [4, 3]]).amin(0).toArray(); // [1, 2]
   */
  amin<A extends Tensor, const D extends DimsArg = undefined, K extends boolean = false>(
    this: A,
    dim?: CheckReduce<A["shape"], D, K, "amin">,
    options?: KeepDim<K>,
  ): Tensor<Reduce<A["shape"], D, K, "amin">>;
  /**
   * The element in the middle of the order, of two the lower, whose derivative equal ones share; or, along one dim, `{ values, indices }`,
   * where one of them gets the whole derivative. NaN wins.
   * @throws ShapeError if there is no such dim, or it has no elements.
   * @example
   * tensor([4, 1, 3, 2]).median().item(); // 2
   * tensor([[1, 5, 3]]).median(1).indices.toArray(); // [2]
   */
  median<A extends Tensor, D extends number | undefined = undefined, K extends boolean = false>(
    this: A,
    dim?: CheckReduce<A["shape"], D, K, "median">,
    options?: KeepDim<K>,
  ): Extreme<A["shape"], D, K, "median">;
  /**
   * As `median`, but NaN is passed by; it is NaN only where there is nothing else.
   * @throws ShapeError if there is no such dim, or it has no elements.
   * @example
   * tensor([NaN, 3, 1, 2]).nanmedian().item(); // 2
   */
  nanmedian<A extends Tensor, D extends number | undefined = undefined, K extends boolean = false>(
    this: A,
    dim?: CheckReduce<A["shape"], D, K, "nanmedian">,
    options?: KeepDim<K>,
  ): Extreme<A["shape"], D, K, "nanmedian">;
  /**
   * The element at a fraction `q` of the order over a dim, by default all; a list of fractions gives a new first dim. NaN wins.
   * @throws ShapeError if there is no such dim, or it has no elements; ArgumentError unless `q` lies between 0 and 1.
   * @example
   * tensor([1, 2, 3, 4]).quantile(0.5).item(); // 2.5
   */
  quantile<
    A extends Tensor,
    Q extends number | readonly number[],
    D extends number | undefined = undefined,
    K extends boolean = false,
  >(
    this: A,
    q: Q,
    dim?: CheckReduce<A["shape"], D, K, "quantile">,
    options?: QuantileOptions<K>,
  ): Quantiles<A, Q, D, K, "quantile">;
  /**
   * As `quantile`, but NaN is passed by; it is NaN only where there is nothing else.
   * @throws ShapeError if there is no such dim, or it has no elements; ArgumentError unless `q` lies between 0 and 1.
   * @example
   * tensor([1, NaN, 3]).nanquantile(0.5).item(); // 2
   */
  nanquantile<
    A extends Tensor,
    Q extends number | readonly number[],
    D extends number | undefined = undefined,
    K extends boolean = false,
  >(
    this: A,
    q: Q,
    dim?: CheckReduce<A["shape"], D, K, "nanquantile">,
    options?: QuantileOptions<K>,
  ): Quantiles<A, Q, D, K, "nanquantile">;
  /**
   * Running products along a dim; bool counts as int32.
   * @throws ShapeError if there is no such dim.
   * @example
   * tensor([1, 2, 3]).cumprod(0).toArray(); // [1, 2, 6]
   */
  cumprod<A extends Tensor, D extends number>(
    this: A,
    dim: CheckAlong<A["shape"], D, "cumprod">,
    options?: DtypeOption,
  ): Tensor<Along<A["shape"], D, "cumprod">>;
  /**
   * Running log Σ eˣ along a dim, without overflow.
   * @throws ShapeError if there is no such dim.
   * @example
   * tensor([-Infinity, 1000, -Infinity]).logcumsumexp(0).toArray().slice(1); // [1000, 1000]
   */
  logcumsumexp<A extends Tensor, D extends number>(
    this: A,
    dim: CheckAlong<A["shape"], D, "logcumsumexp">,
  ): Tensor<Along<A["shape"], D, "logcumsumexp">>;
  /**
   * The largest element so far along a dim, and where it stood: the last of equal ones. NaN wins.
   * @throws ShapeError if there is no such dim.
   * @example
   * tensor([1, 3, 2]).cummax(0).values.toArray(); // [1, 3, 3]
   */
  cummax<A extends Tensor, D extends number>(
    this: A,
    dim: CheckAlong<A["shape"], D, "cummax">,
  ): Extremes<Tensor<Along<A["shape"], D, "cummax">>>;
  /**
   * The smallest element so far along a dim, and where it stood: the last of equal ones. NaN wins.
   * @throws ShapeError if there is no such dim.
   * @example
   * tensor([2, 3, 1]).cummin(0).indices.toArray(); // [0, 0, 2]
   */
  cummin<A extends Tensor, D extends number>(
    this: A,
    dim: CheckAlong<A["shape"], D, "cummin">,
  ): Extremes<Tensor<Along<A["shape"], D, "cummin">>>;
  /**
   * Differences of neighbours, xᵢ₊₁ − xᵢ, along a dim, by default the last; `n` times over. Bool counts as int32.
   * @throws ShapeError if there is no such dim, ArgumentError unless `n` is a whole number.
   * @example
   * tensor([1, 4, 9]).diff().toArray(); // [3, 5]
   */
  diff<A extends Tensor, N extends number = 1, D extends number = -1, O extends DiffOptions | undefined = undefined>(
    this: A,
    n?: N,
    dim?: Check<Diff<A["shape"], N, D, O>, D>,
    options?: O,
  ): Tensor<Diff<A["shape"], N, D, O>>;
  /**
   * The elements in ascending order along a dim, by default the last, and where they stood. Equal ones keep their order; NaN counts as the
   * largest.
   * @throws ShapeError if there is no such dim.
   * @example
   * tensor([3, 1, 2]).sort().values.toArray(); // [1, 2, 3]
   * tensor([3, 1, 2]).sort(0, { descending: true }).indices.toArray(); // [0, 2, 1]
   */
  sort<A extends Tensor, D extends number = -1>(
    this: A,
    dim?: CheckAlong<A["shape"], D, "sort">,
    options?: SortOptions,
  ): Extremes<Tensor<Along<A["shape"], D, "sort">>>;
  /**
   * The positions that put the elements in ascending order along a dim, by default the last; int32. Equal ones keep their order.
   * @throws ShapeError if there is no such dim.
   * @example
   * tensor([3, 1, 2]).argsort().toArray(); // [1, 2, 0]
   */
  argsort<A extends Tensor, D extends number = -1>(
    this: A,
    dim?: CheckAlong<A["shape"], D, "argsort">,
    options?: SortOptions,
  ): Tensor<Along<A["shape"], D, "argsort">>;
  /**
   * The elements in ascending order along the first dim.
   * @throws ShapeError for a scalar.
   * @example
   * tensor([[3, 1], [2, 5]]).msort().toArray(); // [[2, 1], [3, 5]]
   */
  msort<A extends Tensor>(this: A): Tensor<A["shape"]>;
  /**
   * The `k` largest elements along a dim, by default the last, largest first, and where they stood. Of equal ones the first; NaN counts as
   * the largest.
   * @throws ShapeError if there is no such dim, ArgumentError unless it has `k` elements.
   * @example
   * tensor([3, 1, 2]).topk(2).values.toArray(); // [3, 2]
   */
  topk<A extends Tensor, K extends number, D extends number = -1>(
    this: A,
    k: K,
    dim?: Check<Top<A["shape"], K, D>, D>,
    options?: TopkOptions,
  ): Extremes<Tensor<Top<A["shape"], K, D>>>;
}
