import { linear, type LinearFunction } from "../families/linear.ts";
import { alongDim, cumsumRun, normRun } from "../kernels/reduce.ts";
import { apply, type Op } from "../op.ts";
import { normalizeDim } from "../shape.ts";
import { produce, type Tensor } from "../tensor.ts";
import { abs, div, mul, pow, square, sub } from "./arithmetic.ts";
import { cast } from "./cast.ts";
import { eq, ne, where } from "./comparison.ts";
import { flip, reduced, reshape, sumOp, type SumParams } from "./movement.ts";
import { countOf, type Dims, floating, type KeepDim, maxOp, mean, minOp, reduction } from "./reduction.ts";

export interface Correction extends KeepDim {
  /** Subtracted from the count that divides: 1 (default) for the unbiased estimate from a sample, 0 for a whole population. */
  readonly correction?: number | undefined;
}

const centered = (x: Tensor, dims: readonly number[]): Tensor => sub(x, mean(x, dims, { keepDim: true }));

/** Mean squared distance from the mean over dims; the mean is taken out first, so an offset of 1e8 costs no digits. */
export function variance(x: Tensor, dim?: Dims, { correction = 1, keepDim }: Correction = {}): Tensor {
  const params = reduction("var", x, dim, keepDim);
  return div(
    sumOp(square(centered(floating(x), params.dims)), params),
    Math.max(0, countOf(x, params.dims) - correction),
  );
}

/** Square root of the variance; where all elements are equal the derivative is 0. */
export function std(x: Tensor, dim?: Dims, { correction = 1, keepDim }: Correction = {}): Tensor {
  const params = reduction("std", x, dim, keepDim);
  return div(
    apply(normOp, [centered(floating(x), params.dims)], params),
    Math.sqrt(Math.max(0, countOf(x, params.dims) - correction)),
  );
}

/** x / |x|, and 0 at the zero vector. */
function direction(y: Tensor): Tensor {
  const [x] = y.inputs as [Tensor];
  const length = reshape(y, (y.params as SumParams).kept);
  return div(x, where(eq(length, 0), 1, length));
}
export const normOp: Op<SumParams> & { readonly cases: readonly { shapes: number[][]; params: SumParams }[] } = {
  name: "norm",
  cases: [
    { shapes: [[2, 3]], params: { dims: [0, 1], kept: [1, 1], shape: [] } },
    { shapes: [[3, 2]], params: { dims: [0], kept: [1, 2], shape: [2] } },
  ],
  forward: ([x], { dims, shape }) => reduced(x!, dims, shape, normRun),
  vjp: (t, y) => mul(reshape(t, (y.params as SumParams).kept), direction(y)),
  jvp: ([t], y) => sumOp(mul(t!, direction(y)), y.params as SumParams),
};

export interface NormOptions extends KeepDim {
  /** Order: 2 (default), 1, any positive number, ±Infinity for the largest or smallest size, 0 to count what is not 0. */
  readonly p?: number | undefined;
}

/** (Σ|x|ᵖ)^(1/p) over dims, by default the Euclidean length. At the zero vector the derivative is 0. */
export function norm(x: Tensor, dim?: Dims, { p = 2, keepDim }: NormOptions = {}): Tensor {
  const params = reduction("norm", x, dim, keepDim);
  const values = floating(x);
  if (p === 2) return apply(normOp, [values], params);
  if (p === 1) return sumOp(abs(values), params);
  if (p === 0) return sumOp(cast(ne(values, 0), values.dtype), params);
  if (p === Infinity || p === -Infinity) return apply(p > 0 ? maxOp : minOp, [abs(values)], params);
  const powers = sumOp(pow(abs(values), p), params);
  const zero = eq(powers, 0);
  return where(zero, 0, pow(where(zero, 1, powers), 1 / p));
}

const cumsumOp: LinearFunction<number> = linear<number>({
  name: "cumsum",
  forward: (x, dim) => produce(x.shape, x.dtype, (out, start) => alongDim(out, start, x, dim, cumsumRun)),
  transpose: (cotangent, _x, dim) => flip(cumsumOp(flip(cotangent, dim), dim), dim),
  cases: [
    { shapes: [[3, 2]], params: 0 },
    { shapes: [[2, 3]], params: 1 },
  ],
});

/** Running sums along a dim. */
export const cumsum = (x: Tensor, dim: number): Tensor =>
  cumsumOp(x.dtype === "bool" ? cast(x, "int32") : x, normalizeDim("cumsum", dim, x.shape));
