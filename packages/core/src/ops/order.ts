import { ArgumentError, optionsOf, quoted, ShapeError } from "../errors.ts";
import type { CustomOp } from "../families/custom.ts";
import type { Run } from "../kernels/reduce.ts";
import { numbersOf, placed } from "../kernels/order.ts";
import { apply } from "../op.ts";
import { listed, showShape } from "../shape.ts";
import type { CheckReduce, Reduce } from "../shape-types/index.ts";
import { fromNumber, type Tensor } from "../tensor.ts";
import { lerp } from "./algebra.ts";
import { clamp, mul, sub } from "./arithmetic.ts";
import { cast } from "./cast.ts";
import { eq, isNaN, where } from "./comparison.ts";
import { gather } from "./indexing.ts";
import { stack } from "./joining.ts";
import { broadcastTo, sumOp, type SumParams } from "./broadcast.ts";
import { flatten, reshape, squeeze, unchanged } from "./movement.ts";
import {
  countOf, extreme, type Extreme, type Extremes, floating, type KeepDim, position, reduction,
} from "./reduction.ts"; // prettier-ignore
import { ceil, floor, round } from "./rounding.ts";
import { sort } from "./sort.ts";

// What stands at a place of the order: in the middle, or at a fraction of the way.

/** The element in the middle of the order, the lower of two, of what is not NaN. */
const nanMiddle: Run = (data, at, step, length) => {
  const values = numbersOf(data, at, step, length);
  return values.length === 0 ? NaN : placed(values, (values.length - 1) >> 1);
};
/** The same; NaN if there is one. */
const middle: Run = (data, at, step, length) => {
  const values = numbersOf(data, at, step, length);
  return values.length < length || length === 0 ? NaN : placed(values, (length - 1) >> 1);
};
export const medianOp: CustomOp<SumParams> = /* @__PURE__ */ extreme("median", middle);
export const argmedianOp: CustomOp<SumParams> = /* @__PURE__ */ position("argmedian", middle);
export const nanmedianOp: CustomOp<SumParams> = /* @__PURE__ */ extreme("nanmedian", nanMiddle);
export const argnanmedianOp: CustomOp<SumParams> = /* @__PURE__ */ position("argnanmedian", nanMiddle);

function middleOver(
  values: CustomOp<SumParams>,
  places: CustomOp<SumParams>,
  x: Tensor,
  dim: number | undefined,
  options: KeepDim | undefined,
): Tensor | Extremes {
  const { keepDim } = optionsOf(values.name, options, ["keepDim"]);
  if (dim === undefined) return apply(values, [x], reduction(values.name, x, undefined, keepDim));
  const params = reduction(values.name, x, dim, true);
  if (x.rank === 0) return { values: unchanged(x), indices: fromNumber(0, "int32") };
  if (countOf(x, params.dims) === 0)
    throw new ShapeError(values.name, `needs at least one element, got ${showShape(x.shape)}`, [x.shape]);
  const indices = apply(places, [x], params);
  const found = gather(x, dim, indices);
  return keepDim ? { values: found, indices } : { values: squeeze(found, dim), indices: squeeze(indices, dim) };
}

/**
 * The element in the middle of the order, of two the lower, whose derivative equal ones share; or, along one dim, `{ values, indices }`,
 * where one of them gets the whole derivative. NaN wins.
 * @throws ShapeError if there is no such dim, or it has no elements.
 * @example
 * median(tensor([4, 1, 3, 2])).item(); // 2
 * median(tensor([[1, 5, 3]]), 1).indices.toArray(); // [2]
 */
export function median<A extends Tensor, D extends number | undefined = undefined, K extends boolean = false>(
  x: A,
  dim?: CheckReduce<A["shape"], D, K, "median">,
  options?: KeepDim<K>,
): Extreme<A["shape"], D, K, "median">;
export function median(x: Tensor, dim?: number, options?: KeepDim): Tensor | Extremes {
  return middleOver(medianOp, argmedianOp, x, dim, options);
}

/**
 * As `median`, but NaN is passed by; it is NaN only where there is nothing else.
 * @throws ShapeError if there is no such dim, or it has no elements.
 * @example
 * nanmedian(tensor([NaN, 3, 1, 2])).item(); // 2
 */
export function nanmedian<A extends Tensor, D extends number | undefined = undefined, K extends boolean = false>(
  x: A,
  dim?: CheckReduce<A["shape"], D, K, "nanmedian">,
  options?: KeepDim<K>,
): Extreme<A["shape"], D, K, "nanmedian">;
export function nanmedian(x: Tensor, dim?: number, options?: KeepDim): Tensor | Extremes {
  return middleOver(nanmedianOp, argnanmedianOp, x, dim, options);
}

export interface QuantileOptions<K extends boolean = boolean> extends KeepDim<K> {
  /** What lies between two elements: a point on the line between them (default), one of them, or their mean. */
  readonly interpolation?: "linear" | "lower" | "higher" | "midpoint" | "nearest" | undefined;
}
const INTERPOLATIONS = ["linear", "lower", "higher", "midpoint", "nearest"];
/** Several fractions come as a new first dim. */
export type Quantiles<A extends Tensor, Q, D extends number | undefined, K extends boolean, Op extends string> = Tensor<
  Q extends number ? Reduce<A["shape"], D, K, Op> : number[]
>;

function quantileOver(
  op: string,
  x: Tensor,
  q: number | readonly number[],
  dim: number | undefined,
  options: QuantileOptions | undefined,
  passNaN: boolean,
): Tensor {
  const { keepDim, interpolation = "linear" } = optionsOf(op, options, ["keepDim", "interpolation"]);
  const { dims, shape } = reduction(op, x, dim, keepDim);
  const size = countOf(x, dims);
  if (size === 0) throw new ShapeError(op, `needs at least one element, got ${showShape(x.shape)}`, [x.shape]);
  if (!INTERPOLATIONS.includes(interpolation))
    throw new ArgumentError(`${op}: interpolation is ${INTERPOLATIONS.join(", ")}, got ${quoted(interpolation)}`);
  if (Array.isArray(q))
    return stack((q as readonly number[]).map((one) => quantileOver(op, x, one, dim, options, passNaN)));
  if (typeof q !== "number" || !(q >= 0 && q <= 1))
    throw new ArgumentError(`${op}: q is a fraction from 0 to 1, or a list of them, got ${quoted(q)}`);
  const values = floating(x);
  const list = dim === undefined ? flatten(values) : reshape(values, listed(x.shape));
  const along = dim ?? 0;
  const sorted = sort(list, along).values;
  const params = reduction(op, sorted, along, true);
  const empty = cast(isNaN(sorted), values.dtype);
  // The last place that counts; NaNs stand behind it
  const last = passNaN
    ? clamp(sub(size - 1, sumOp(empty, params)), 0, Infinity)
    : broadcastTo(fromNumber(size - 1, values.dtype), params.kept);
  const place = mul(last, q);
  const at = (where: Tensor): Tensor => gather(sorted, along, cast(where, "int32"));
  let found: Tensor;
  if (interpolation === "nearest") found = at(round(place));
  else if (interpolation === "lower") found = at(floor(place));
  else if (interpolation === "higher") found = at(ceil(place));
  else {
    const [low, high] = [at(floor(place)), at(ceil(place))];
    const weight = interpolation === "midpoint" ? 0.5 : sub(place, floor(place));
    found = where(eq(low, high), low, lerp(low, high, weight));
  }
  return reshape(passNaN ? found : where(isNaN(at(last)), NaN, found), shape);
}

/**
 * The element at a fraction `q` of the order over a dim, by default all; a list of fractions gives a new first dim. NaN wins.
 * @throws ShapeError if there is no such dim, or it has no elements; ArgumentError unless `q` lies between 0 and 1.
 * @example
 * quantile(tensor([1, 2, 3, 4]), 0.5).item(); // 2.5
 * quantile(tensor([[1, 2, 3]]), [0, 1], 1).toArray(); // [[1], [3]]
 */
export function quantile<
  A extends Tensor,
  Q extends number | readonly number[],
  D extends number | undefined = undefined,
  K extends boolean = false,
>(
  x: A,
  q: Q,
  dim?: CheckReduce<A["shape"], D, K, "quantile">,
  options?: QuantileOptions<K>,
): Quantiles<A, Q, D, K, "quantile">;
export function quantile(x: Tensor, q: number | readonly number[], dim?: number, options?: QuantileOptions): Tensor {
  return quantileOver("quantile", x, q, dim, options, false);
}

/**
 * As `quantile`, but NaN is passed by; it is NaN only where there is nothing else.
 * @throws ShapeError if there is no such dim, or it has no elements; ArgumentError unless `q` lies between 0 and 1.
 * @example
 * nanquantile(tensor([1, NaN, 3]), 0.5).item(); // 2
 */
export function nanquantile<
  A extends Tensor,
  Q extends number | readonly number[],
  D extends number | undefined = undefined,
  K extends boolean = false,
>(
  x: A,
  q: Q,
  dim?: CheckReduce<A["shape"], D, K, "nanquantile">,
  options?: QuantileOptions<K>,
): Quantiles<A, Q, D, K, "nanquantile">;
export function nanquantile(x: Tensor, q: number | readonly number[], dim?: number, options?: QuantileOptions): Tensor {
  return quantileOver("nanquantile", x, q, dim, options, true);
}
