import type { TypedArray } from "../dtype.ts";
import type { CustomOp } from "../families/custom.ts";
import { checkNumber, optionsOf } from "../errors.ts";
import { type Case, linear, type LinearFunction, shifted } from "../families/linear.ts";
import { alongDim, cumsumRun, normRun, reduce, sumSquaresRun, wholeCumsumRun } from "../kernels/reduce.ts";
import { runsBySets } from "../kernels/runs.ts";
import { apply } from "../op.ts";
import { sizeOf } from "../shape.ts";
import type { CheckReduce, Along, CheckAlong, DimsArg, Reduce } from "../shape-types/index.ts";
import { detached, produce, type Tensor } from "../tensor.ts";
import { abs, add, clamp, div, mul, neg } from "./arithmetic.ts";
import { asked, cast, counting, type DtypeOption } from "./cast.ts";
import { eq, lt, ne, where } from "./comparison.ts";
import { leadReduction, reduced, sumOp, type SumParams } from "./broadcast.ts";
import { exp2 } from "./exponential.ts";
import { log2 } from "./logarithm.ts";
import { floor } from "./rounding.ts";
import { reshape, unchanged } from "./movement.ts";
import { pow } from "./power.ts";
import { flip } from "./slice.ts";
import {
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
import { dimOf } from "./softmax.ts";

export interface Correction<K extends boolean = boolean> extends KeepDim<K> {
  /** Subtracted from the count that divides: 1 (default) for the unbiased estimate from a sample, 0 for a whole population. */
  readonly correction?: number | undefined;
  /** The same in other words: `true` is a correction of 1, `false` of 0. */
  readonly unbiased?: boolean | undefined;
}
function correctionOf(op: string, { correction, unbiased = true }: Correction): number {
  const value = correction ?? (unbiased ? 1 : 0);
  checkNumber(op, "the correction", value);
  return value;
}

const centered = (x: Tensor, dims: readonly number[]): Tensor => add(x, neg(mean(x, dims, { keepDim: true })));

/**
 * Mean squared distance from the mean over one dim, several, or by default all; by default the unbiased estimate, which divides by n − 1.
 * The mean is taken out first, so an offset of 1e8 costs no digits. Also exported as `var`.
 * @throws ShapeError if there is no such dim, or one is listed twice.
 * @example
 * variance(tensor([1, 2, 3])).item(); // 1
 */
export function variance<A extends Tensor, const D extends DimsArg = undefined, K extends boolean = false>(
  x: A,
  dim?: CheckReduce<A["shape"], D, K, "var">,
  options?: Correction<K>,
): Tensor<Reduce<A["shape"], D, K, "var">>;
export function variance(x: Tensor, dim?: Dims, options?: Correction): Tensor {
  const given = optionsOf("var", options, ["correction", "unbiased", "keepDim"]);
  const params = reduction("var", x, dim, given.keepDim);
  const correction = correctionOf("var", given);
  return div(
    apply(sumSquaresOp, [centered(floating(x), params.dims)], params),
    Math.max(0, countOf(x, params.dims) - correction),
  );
}

/**
 * Square root of the variance over one dim, several, or by default all. Where all elements are equal the derivative is 0.
 * @throws ShapeError if there is no such dim, or one is listed twice.
 * @example
 * std(tensor([[1, 3], [5, 5]]), 1, { correction: 0 }).toArray(); // [1, 0]
 */
export function std<A extends Tensor, const D extends DimsArg = undefined, K extends boolean = false>(
  x: A,
  dim?: CheckReduce<A["shape"], D, K, "std">,
  options?: Correction<K>,
): Tensor<Reduce<A["shape"], D, K, "std">>;
export function std(x: Tensor, dim?: Dims, options?: Correction): Tensor {
  const given = optionsOf("std", options, ["correction", "unbiased", "keepDim"]);
  const params = reduction("std", x, dim, given.keepDim);
  const correction = correctionOf("std", given);
  return div(
    apply(normOp, [centered(floating(x), params.dims)], params),
    Math.sqrt(Math.max(0, countOf(x, params.dims) - correction)),
  );
}

const SUMS: readonly Case<SumParams>[] = [
  { shapes: [[2, 3]], params: { dims: [0, 1], kept: [1, 1], shape: [] } },
  { shapes: [[3, 2]], params: { dims: [0], kept: [1, 2], shape: [2] } },
];
/** Σx². */
export const sumSquaresOp: CustomOp<SumParams> = {
  name: "sumSquares",
  cases: SUMS,
  forward: ([x], { dims, shape }) => reduced("sumSquares", x!, dims, shape, sumSquaresRun),
  vjp: (t, y) => mul(mul(reshape(t, (y.params as SumParams).kept), 2), y.inputs[0]!),
  jvp: ([t], y) => sumOp(mul(t!, mul(y.inputs[0]!, 2)), y.params as SumParams),
  lead: leadReduction,
};

/** x / |x|, and 0 at the zero vector. */
function direction(y: Tensor): Tensor {
  const [x] = y.inputs as [Tensor];
  const length = reshape(y, (y.params as SumParams).kept);
  return div(x, where(eq(length, 0), Infinity, length));
}
/** Takes the roots of sums of squares; not where squares may have overflowed or vanished, in which case it says so. */
function takeRoots(out: TypedArray, start: number, end: number): boolean {
  const least = out instanceof Float32Array ? 1e-24 : 1e-280;
  for (let i = start; i < end; i++) if (!(out[i]! > least && out[i]! < Infinity)) return false;
  for (let i = start; i < end; i++) out[i] = Math.sqrt(out[i]!);
  return true;
}
export const normOp: CustomOp<SumParams> = {
  name: "norm",
  cases: SUMS,
  forward: ([x], { dims, shape }) =>
    produce(
      shape,
      x!.dtype,
      (out, start) => {
        const end = start + sizeOf(shape);
        if (!runsBySets("sumSquares", out, start, x!, dims) || !takeRoots(out, start, end))
          reduce(out, start, x!, dims, normRun);
      },
      true,
    ),
  vjp: (t, y) => mul(reshape(t, (y.params as SumParams).kept), direction(y)),
  jvp: ([t], y) => sumOp(mul(t!, direction(y)), y.params as SumParams),
  lead: leadReduction,
};

export interface NormOptions<K extends boolean = boolean> extends SumOptions<K> {
  /** Order: 2 (default), 1, any positive number, ±Infinity for the largest or smallest size, 0 to count what is not 0. */
  readonly p?: number | undefined;
}

/**
 * (Σ|x|ᵖ)^(1/p) over one dim, several, or by default all; by default the Euclidean length. At the zero vector the derivative is 0.
 * @throws ShapeError if there is no such dim, or one is listed twice.
 * @example
 * norm(tensor([3, 4])).item(); // 5
 */
export function norm<A extends Tensor, const D extends DimsArg = undefined, K extends boolean = false>(
  x: A,
  dim?: CheckReduce<A["shape"], D, K, "norm">,
  options?: NormOptions<K>,
): Tensor<Reduce<A["shape"], D, K, "norm">>;
export function norm(x: Tensor, dim?: Dims, options?: NormOptions): Tensor {
  const { p = 2, keepDim, dtype } = optionsOf("norm", options, ["p", "keepDim", "dtype"]);
  return normOver("norm", asked("norm", x, dtype), p, reduction("norm", x, dim, keepDim));
}
/** The norm of order `p`; `op` is who asked, for messages. */
export function normOver(op: string, x: Tensor, p: number, params: SumParams): Tensor {
  const values = floating(x);
  if (p === 2) return apply(normOp, [values], params);
  checkNumber(op, op === "vectorNorm" ? "ord" : "p", p);
  if (p === 0) return sumOp(cast(ne(values, 0), values.dtype), params);
  const sizes = abs(values);
  if (p === 1 || (p === Infinity && countOf(x, params.dims) === 0)) return sumOp(sizes, params);
  if (p === Infinity || p === -Infinity) return apply(p > 0 ? maxOp : minOp, [sizes], params);
  // 0ᵖ has an infinite derivative for p < 1, and of second order for p < 2: elements that are 0 count as constant.
  const scale = countOf(x, params.dims) === 0 ? null : scaleOf(sizes, p, params);
  const scaled = scale === null ? sizes : div(sizes, scale);
  const none = eq(scaled, 0);
  const powers = sumOp(where(none, p > 0 ? 0 : Infinity, pow(where(none, 1, scaled), p)), params);
  const fixed = p > 0 ? eq(powers, 0) : eq(powers, Infinity);
  const length = where(fixed, 0, pow(where(fixed, 1, powers), 1 / p));
  return scale === null ? length : mul(length, reshape(scale, params.shape));
}
/**
 * A power of 2 near the element that decides the norm, or 1 where its powers, those of derivatives too, are far from ∞ and 0. It counts as
 * constant, for the norm of what is divided by it, times itself, is the norm whatever it is.
 */
function scaleOf(sizes: Tensor, p: number, { dims, kept }: SumParams): Tensor {
  const top = apply(p > 0 ? maxOp : minOp, [detached(sizes)], { dims, kept, shape: kept });
  const most = top.dtype === "float32" ? 127 : 1023;
  const exponent = floor(log2(top));
  const near = lt(abs(exponent), most / (2 + 2 * Math.abs(p)));
  return where(near, 1, exp2(clamp(exponent, 1 - most, most)));
}

export const cumsumOp: LinearFunction<number> = /* @__PURE__ */ linear<number>({
  name: "cumsum",
  forward: (x, dim) =>
    produce(x.shape, x.dtype, (out, start) =>
      alongDim(out, start, x, dim, x.dtype === "int32" ? wholeCumsumRun : cumsumRun),
    ),
  transpose: (cotangent, _x, dim) => flip(cumsumOp(flip(cotangent, dim), dim), dim),
  lead: shifted,
  cases: [
    { shapes: [[3, 2]], params: 0 },
    { shapes: [[2, 3]], params: 1 },
  ],
});

/**
 * Running sums along a dim; bool counts as int32.
 * @throws ShapeError if there is no such dim.
 * @example
 * cumsum(tensor([1, 2, 3]), 0).toArray(); // [1, 3, 6]
 */
export function cumsum<A extends Tensor, D extends number>(
  x: A,
  dim: CheckAlong<A["shape"], D, "cumsum">,
  options?: DtypeOption,
): Tensor<Along<A["shape"], D, "cumsum">>;
export function cumsum(x: Tensor, dim: number, options?: DtypeOption): Tensor {
  const at = dimOf("cumsum", x, dim);
  const numbers = counting("cumsum", x, optionsOf("cumsum", options, ["dtype"]).dtype);
  return x.rank === 0 ? unchanged(numbers) : cumsumOp(numbers, at);
}
