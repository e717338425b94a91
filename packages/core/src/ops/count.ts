import { optionsOf, ShapeError } from "../errors.ts";
import type { CustomOp } from "../families/custom.ts";
import { allRun, anyRun, countRun } from "../kernels/reduce.ts";
import { apply } from "../op.ts";
import { showShape } from "../shape.ts";
import type { CheckReduce, DimsArg, Reduce } from "../shape-types/index.ts";
import { fromNumber, type Tensor } from "../tensor.ts";
import { div } from "./arithmetic.ts";
import { asked, counting } from "./cast.ts";
import { isNaN, where } from "./comparison.ts";
import { sumOp, type SumParams } from "./broadcast.ts";
import {
  answer,
  countOf,
  type Dims,
  floating,
  type KeepDim,
  maxOp,
  mean,
  minOp,
  reduction,
  type SumOptions,
} from "./reduction.ts";
import { type Correction, normOver, std, variance } from "./statistics.ts";

export const countNonzeroOp: CustomOp<SumParams> = /* @__PURE__ */ answer("countNonzero", countRun, "int32");
export const allOp: CustomOp<SumParams> = /* @__PURE__ */ answer("all", allRun, "bool");
export const anyOp: CustomOp<SumParams> = /* @__PURE__ */ answer("any", anyRun, "bool");

/**
 * How many elements over dims are not 0; int32. NaN is not 0.
 * @throws ShapeError if there is no such dim, or one is listed twice.
 * @example
 * countNonzero(tensor([[1, 0], [2, 3]]), 1).toArray(); // [1, 2]
 */
export function countNonzero<A extends Tensor, const D extends DimsArg = undefined, K extends boolean = false>(
  x: A,
  dim?: CheckReduce<A["shape"], D, K, "countNonzero">,
  options?: KeepDim<K>,
): Tensor<Reduce<A["shape"], D, K, "countNonzero">>;
export function countNonzero(x: Tensor, dim?: Dims, options?: KeepDim): Tensor {
  const { keepDim } = optionsOf("countNonzero", options, ["keepDim"]);
  const params = reduction("countNonzero", x, dim, keepDim);
  return apply(countNonzeroOp, [x], params);
}

/**
 * Whether no element over dims is 0; true of nothing.
 * @throws ShapeError if there is no such dim, or one is listed twice.
 * @example
 * all(tensor([[1, 0], [2, 3]]), 1).toArray(); // [false, true]
 */
export function all<A extends Tensor, const D extends DimsArg = undefined, K extends boolean = false>(
  x: A,
  dim?: CheckReduce<A["shape"], D, K, "all">,
  options?: KeepDim<K>,
): Tensor<Reduce<A["shape"], D, K, "all">>;
export function all(x: Tensor, dim?: Dims, options?: KeepDim): Tensor {
  const { keepDim } = optionsOf("all", options, ["keepDim"]);
  const params = reduction("all", x, dim, keepDim);
  return apply(allOp, [x], params);
}

/**
 * Whether some element over dims is not 0; false of nothing.
 * @throws ShapeError if there is no such dim, or one is listed twice.
 * @example
 * any(tensor([[1, 0], [0, 0]]), 1).toArray(); // [true, false]
 */
export function any<A extends Tensor, const D extends DimsArg = undefined, K extends boolean = false>(
  x: A,
  dim?: CheckReduce<A["shape"], D, K, "any">,
  options?: KeepDim<K>,
): Tensor<Reduce<A["shape"], D, K, "any">>;
export function any(x: Tensor, dim?: Dims, options?: KeepDim): Tensor {
  const { keepDim } = optionsOf("any", options, ["keepDim"]);
  const params = reduction("any", x, dim, keepDim);
  return apply(anyOp, [x], params);
}

/**
 * Sum over dims, with NaN counted as 0.
 * @throws ShapeError if there is no such dim, or one is listed twice.
 * @example
 * nansum(tensor([1, NaN, 2])).item(); // 3
 */
export function nansum<A extends Tensor, const D extends DimsArg = undefined, K extends boolean = false>(
  x: A,
  dim?: CheckReduce<A["shape"], D, K, "nansum">,
  options?: SumOptions<K>,
): Tensor<Reduce<A["shape"], D, K, "nansum">>;
export function nansum(x: Tensor, dim?: Dims, options?: SumOptions): Tensor {
  const { keepDim, dtype } = optionsOf("nansum", options, ["keepDim", "dtype"]);
  const params = reduction("nansum", x, dim, keepDim);
  const numbers = counting("nansum", x, dtype);
  return sumOp(where(isNaN(numbers), 0, numbers), params);
}

/**
 * Arithmetic mean over dims of what is not NaN; NaN where there is nothing else.
 * @throws ShapeError if there is no such dim, or one is listed twice.
 * @example
 * nanmean(tensor([1, NaN, 2])).item(); // 1.5
 */
export function nanmean<A extends Tensor, const D extends DimsArg = undefined, K extends boolean = false>(
  x: A,
  dim?: CheckReduce<A["shape"], D, K, "nanmean">,
  options?: SumOptions<K>,
): Tensor<Reduce<A["shape"], D, K, "nanmean">>;
export function nanmean(x: Tensor, dim?: Dims, options?: SumOptions): Tensor {
  const { keepDim, dtype } = optionsOf("nanmean", options, ["keepDim", "dtype"]);
  const params = reduction("nanmean", x, dim, keepDim);
  const values = floating(asked("nanmean", x, dtype));
  const count = sumOp(where(isNaN(values), fromNumber(0, values.dtype), 1), params);
  return div(sumOp(where(isNaN(values), 0, values), params), count);
}

// ---------- extremes

function extremeOf(name: string, op: CustomOp<SumParams>, x: Tensor, dim: Dims, { keepDim }: KeepDim): Tensor {
  const params = reduction(name, x, dim, keepDim);
  if (countOf(x, params.dims) === 0)
    throw new ShapeError(name, `needs at least one element, got ${showShape(x.shape)}`, [x.shape]);
  return apply(op, [x], params);
}

/**
 * The largest element over dims, whose derivative equal ones share evenly. NaN wins.
 * @throws ShapeError if there is no such dim, or nothing to choose from.
 * @example
 * amax(tensor([[1, 2], [4, 3]]), [0, 1]).item(); // 4
 */
export function amax<A extends Tensor, const D extends DimsArg = undefined, K extends boolean = false>(
  x: A,
  dim?: CheckReduce<A["shape"], D, K, "amax">,
  options?: KeepDim<K>,
): Tensor<Reduce<A["shape"], D, K, "amax">>;
export function amax(x: Tensor, dim?: Dims, given?: KeepDim): Tensor {
  const options = optionsOf("amax", given, ["keepDim"]);
  return extremeOf("amax", maxOp, x, dim, options);
}

/**
 * The smallest element over dims, whose derivative equal ones share evenly. NaN wins.
 * @throws ShapeError if there is no such dim, or nothing to choose from.
 * @example
 * amin(tensor([[1, 2], [4, 3]]), 0).toArray(); // [1, 2]
 */
export function amin<A extends Tensor, const D extends DimsArg = undefined, K extends boolean = false>(
  x: A,
  dim?: CheckReduce<A["shape"], D, K, "amin">,
  options?: KeepDim<K>,
): Tensor<Reduce<A["shape"], D, K, "amin">>;
export function amin(x: Tensor, dim?: Dims, given?: KeepDim): Tensor {
  const options = optionsOf("amin", given, ["keepDim"]);
  return extremeOf("amin", minOp, x, dim, options);
}

// ---------- two at once, and norms

export interface AminmaxOptions<D = DimsArg, K extends boolean = boolean> extends KeepDim<K> {
  /** Dims to go over; all by default. */
  readonly dim?: D | undefined;
}

/**
 * The smallest and the largest element over dims, as a pair; otherwise as `amin` and `amax`.
 * @throws ShapeError if there is no such dim, or nothing to choose from.
 * @example
 * aminmax(tensor([[1, 2], [4, 3]]), { dim: 1 }).map((part) => part.toArray()); // [[1, 3], [2, 4]]
 */
export function aminmax<A extends Tensor, const D extends DimsArg = undefined, K extends boolean = false>(
  x: A,
  options?: AminmaxOptions<CheckReduce<A["shape"], D, K, "aminmax">, K>,
): [min: Tensor<Reduce<A["shape"], D, K, "aminmax">>, max: Tensor<Reduce<A["shape"], D, K, "aminmax">>];
export function aminmax(x: Tensor, given?: AminmaxOptions): [Tensor, Tensor] {
  const { dim, keepDim } = optionsOf("aminmax", given, ["dim", "keepDim"]);
  return [extremeOf("aminmax", minOp, x, dim, { keepDim }), extremeOf("aminmax", maxOp, x, dim, { keepDim })];
}

/**
 * Variance and mean over dims, as a pair; the variance is unbiased unless `correction` says otherwise.
 * @throws ShapeError if there is no such dim, or one is listed twice.
 * @example
 * varMean(tensor([1, 2, 3])).map((part) => part.item()); // [1, 2]
 */
export function varMean<A extends Tensor, const D extends DimsArg = undefined, K extends boolean = false>(
  x: A,
  dim?: CheckReduce<A["shape"], D, K, "varMean">,
  options?: Correction<K>,
): [variance: Tensor<Reduce<A["shape"], D, K, "varMean">>, mean: Tensor<Reduce<A["shape"], D, K, "varMean">>];
export function varMean(x: Tensor, dim?: Dims, given?: Correction): [Tensor, Tensor] {
  const options = optionsOf("varMean", given, ["correction", "unbiased", "keepDim"]);
  reduction("varMean", x, dim);
  return [variance(x, dim, options), mean(x, dim, { keepDim: options.keepDim })];
}

/**
 * Standard deviation and mean over dims, as a pair; otherwise as `varMean`.
 * @throws ShapeError if there is no such dim, or one is listed twice.
 * @example
 * stdMean(tensor([1, 3]), 0, { correction: 0 }).map((part) => part.item()); // [1, 2]
 */
export function stdMean<A extends Tensor, const D extends DimsArg = undefined, K extends boolean = false>(
  x: A,
  dim?: CheckReduce<A["shape"], D, K, "stdMean">,
  options?: Correction<K>,
): [std: Tensor<Reduce<A["shape"], D, K, "stdMean">>, mean: Tensor<Reduce<A["shape"], D, K, "stdMean">>];
export function stdMean(x: Tensor, dim?: Dims, given?: Correction): [Tensor, Tensor] {
  const options = optionsOf("stdMean", given, ["correction", "unbiased", "keepDim"]);
  reduction("stdMean", x, dim);
  return [std(x, dim, options), mean(x, dim, { keepDim: options.keepDim })];
}

/**
 * (Σ|x|ᵖ)^(1/p) for p = `ord`, by default 2, over dims: any number, ±Infinity for the largest or smallest size, 0 to count what is not 0.
 * @throws ShapeError if there is no such dim, or one is listed twice.
 * @example
 * vectorNorm(tensor([[3, -4], [1, 1]]), 1, 1).toArray(); // [7, 2]
 */
export function vectorNorm<A extends Tensor, const D extends DimsArg = undefined, K extends boolean = false>(
  x: A,
  ord?: number,
  dim?: CheckReduce<A["shape"], D, K, "vectorNorm">,
  options?: SumOptions<K>,
): Tensor<Reduce<A["shape"], D, K, "vectorNorm">>;
export function vectorNorm(x: Tensor, ord = 2, dim?: Dims, options?: SumOptions): Tensor {
  const { keepDim, dtype } = optionsOf("vectorNorm", options, ["keepDim", "dtype"]);
  return normOver("vectorNorm", asked("vectorNorm", x, dtype), ord, reduction("vectorNorm", x, dim, keepDim));
}
