import { checkNumber, optionsOf } from "../errors.ts";
import { type ElementwiseOp, POSITIVE, REAL, unary, type UnaryFunction, extended } from "../families/elementwise.ts";
import * as exponential from "../kernels/exponential.ts";
import * as logarithm from "../kernels/logarithm.ts";
import { logistic as logisticOf, logisticSlope as logisticSlopeOf } from "../kernels/special.ts";
import type { ShapeOf } from "../shape-types/index.ts";
import type { Operand, Tensor } from "../tensor.ts";
import { add, div, mul, sub } from "./arithmetic.ts";
import { gt, where } from "./comparison.ts";

/**
 * eˣ.
 * @example
 * exp(tensor([0])).toArray(); // [1]
 */
export const exp: UnaryFunction = /* @__PURE__ */ unary({
  name: "exp",
  f: exponential.exp,
  result: "float",
  derivative: [(t, _x, y) => mul(t, y)],
  domain: [REAL],
});

/**
 * 2ˣ.
 * @example
 * exp2(tensor([3])).toArray(); // [8]
 */
export const exp2: UnaryFunction = /* @__PURE__ */ unary({
  name: "exp2",
  f: exponential.exp2,
  result: "float",
  derivative: [(t, _x, y) => mul(t, mul(y, Math.LN2))],
  domain: [REAL],
});

/**
 * Natural logarithm; −∞ at 0, NaN below.
 * @example
 * log(tensor([1])).toArray(); // [0]
 */
export const log: UnaryFunction = /* @__PURE__ */ unary({
  name: "log",
  f: logarithm.log,
  result: "float",
  derivative: [(t, x) => div(t, x)],
  domain: [POSITIVE],
});

/**
 * log(1 + x), with all its digits near 0.
 * @example
 * log1p(tensor([0])).toArray(); // [0]
 */
export const log1p: UnaryFunction = /* @__PURE__ */ unary({
  name: "log1p",
  f: logarithm.log1p,
  result: "float",
  derivative: [(t, x) => div(t, add(x, 1))],
  domain: [[-0.75, 4]],
});

/**
 * eˣ − 1, with all its digits near 0.
 * @example
 * expm1(tensor([0])).toArray(); // [0]
 */
export const expm1: UnaryFunction = /* @__PURE__ */ unary({
  name: "expm1",
  f: exponential.expm1,
  result: "float",
  derivative: [(t, x) => mul(t, exp(x))],
  domain: [REAL],
});

/**
 * σ(x) = 1/(1 + e⁻ˣ), without overflow.
 * @example
 * sigmoid(tensor([0])).toArray(); // [0.5]
 */
export const sigmoid: UnaryFunction = /* @__PURE__ */ unary({
  name: "sigmoid",
  f: exponential.sigmoid,
  result: "float",
  derivative: [(t, x) => mul(t, logistic(x))],
  domain: [REAL],
});

/** σ′(x). */
export const logistic: UnaryFunction = /* @__PURE__ */ unary({
  name: "logistic",
  f: logisticOf,
  result: "float",
  derivative: [(t, x) => mul(t, logisticSlope(x))],
  domain: [REAL],
});

/** σ″(x). */
export const logisticSlope: UnaryFunction = /* @__PURE__ */ unary({
  name: "logisticSlope",
  f: logisticSlopeOf,
  result: "float",
  // σ‴ = σ′·(1 − 6σ′)
  derivative: [(t, x) => mul(t, mul(logistic(x), sub(1, mul(logistic(x), 6))))],
  domain: [REAL],
});

export const softplusOp: UnaryFunction = /* @__PURE__ */ unary({
  name: "softplus",
  f: (x) => Math.max(x, 0) + logarithm.log1p(exponential.exp(-Math.abs(x))),
  result: "float",
  derivative: [(t, x) => mul(t, sigmoid(x))],
  domain: [REAL],
});

export interface SoftplusOptions {
  /** How sharp the bend is; 1 by default. */
  readonly beta?: number | undefined;
  /** Above it, beta·x counts as the line x; ∞ by default, as no digits need be given up for range. */
  readonly threshold?: number | undefined;
}
export interface SoftplusFunction {
  <A extends Operand>(x: A, options?: SoftplusOptions): Tensor<ShapeOf<A>>;
  readonly op: ElementwiseOp;
}

/**
 * log(1 + exp(beta·x))/beta, without overflow; a smooth relu.
 * @throws ArgumentError for options that are no numbers.
 * @example
 * softplus(tensor([1000])).toArray(); // [1000]
 * softplus(tensor([-1, 1]), { beta: 2, threshold: 1 }).toArray()[1]; // 1
 */
export const softplus: SoftplusFunction = /* @__PURE__ */ extended(
  softplusOp,
  (x: Operand, options?: SoftplusOptions): Tensor => {
    if (options === undefined) return softplusOp(x);
    const { beta = 1, threshold = Infinity } = optionsOf("softplus", options, ["beta", "threshold"]);
    if (beta === 1 && threshold === Infinity) return softplusOp(x);
    checkNumber("softplus", "beta", beta);
    checkNumber("softplus", "threshold", threshold);
    const scaled = mul(x, beta);
    const smooth = div(softplusOp(scaled), beta);
    return threshold === Infinity ? smooth : where(gt(scaled, threshold), x, smooth);
  },
);
