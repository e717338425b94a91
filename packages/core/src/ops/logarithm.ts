import { defaultDtype } from "../ambient.ts";
import { isFloat } from "../dtype.ts";
import { ArgumentError, optionsOf, quoted } from "../errors.ts";
import { type BinaryFunction, binary, POSITIVE, REAL, unary, type UnaryFunction } from "../families/elementwise.ts";
import * as exponential from "../kernels/exponential.ts";
import * as logarithm from "../kernels/logarithm.ts";
import { spread as spreadOf } from "../kernels/special.ts";
import type { ShapeOf } from "../shape-types/index.ts";
import { type Operand, Tensor } from "../tensor.ts";
import { clamp, div, mul, sub } from "./arithmetic.ts";
import { ofDtype } from "./cast.ts";
import { eq, isNaN, le, logicalAnd, where } from "./comparison.ts";
import { log, sigmoid } from "./exponential.ts";

/**
 * Logarithm to base 2; −∞ at 0, NaN below.
 * @example
 * log2(tensor([8])).toArray(); // [3]
 */
export const log2: UnaryFunction = /* @__PURE__ */ unary({
  name: "log2",
  f: logarithm.log2,
  result: "float",
  derivative: [(t, x) => div(mul(t, Math.LOG2E), x)],
  domain: [POSITIVE],
});

/**
 * Logarithm to base 10; −∞ at 0, NaN below.
 * @example
 * log10(tensor([100])).toArray(); // [2]
 */
export const log10: UnaryFunction = /* @__PURE__ */ unary({
  name: "log10",
  f: Math.log10,
  result: "float",
  derivative: [(t, x) => div(mul(t, Math.LOG10E), x)],
  domain: [POSITIVE],
});

export const logitOp: UnaryFunction = /* @__PURE__ */ unary({
  name: "logit",
  // log(x/(1 − x)); around ½ as 2·artanh(2x − 1), where 2x − 1 is exact
  f: (x) => (x > 0.25 && x < 0.75 ? 2 * logarithm.atanh(2 * x - 1) : logarithm.log(x / (1 - x))),
  result: "float",
  derivative: [(t, x) => div(t, spread(x))],
  domain: [[0.125, 0.875]],
});

/** x·(1 − x) on [0, 1], NaN outside; its derivative has all its digits near ½. */
export const spread: UnaryFunction = /* @__PURE__ */ unary({
  name: "spread",
  f: spreadOf,
  derivative: [(t, x) => mul(t, sub(1, mul(x, 2)))],
  domain: [[0.125, 0.875]],
});

export interface LogitOptions {
  /** Holds x between `eps` and 1 − `eps`. */
  readonly eps?: number | null | undefined;
}

/**
 * log(x/(1 − x)), the inverse of `sigmoid`; ∓∞ at 0 and 1, NaN outside.
 * @throws ArgumentError unless `eps` lies between 0 and ½.
 * @example
 * logit(tensor([0.5])).toArray(); // [0]
 */
export function logit<A extends Operand>(x: A, options?: LogitOptions): Tensor<ShapeOf<A>>;
export function logit(x: Operand, options?: LogitOptions): Tensor {
  const { eps = null } = optionsOf("logit", options, ["eps"]);
  if (eps === null) return logitOp(x);
  if (!(eps >= 0 && eps <= 0.5)) throw new ArgumentError(`logit: eps lies between 0 and 0.5, got ${quoted(eps)}`);
  const floating = x instanceof Tensor && !isFloat(x.dtype) ? ofDtype(x, defaultDtype) : x;
  return logitOp(clamp(floating, eps, 1 - eps));
}

/** a − b, and 0 where both are the same infinity. */
const difference = (a: Tensor, b: Tensor): Tensor => where(logicalAnd(eq(a, b), isNaN(sub(a, b))), 0, sub(a, b));

/**
 * log(eᵃ + eᵇ), broadcast, without overflow. Equal arguments, infinite ones too, share the derivative.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * logaddexp(tensor([1000]), -Infinity).toArray(); // [1000]
 */
export const logaddexp: BinaryFunction<"logaddexp"> = /* @__PURE__ */ binary({
  name: "logaddexp",
  f: (a, b) => (a === b ? a + Math.LN2 : Math.max(a, b) + logarithm.log1p(exponential.exp(-Math.abs(a - b)))),
  result: "float",
  derivative: [(t, a, b) => mul(t, sigmoid(difference(a, b))), (t, a, b) => mul(t, sigmoid(difference(b, a)))],
  domain: [REAL, REAL],
});

/**
 * log₂(2ᵃ + 2ᵇ), broadcast, without overflow. Equal arguments, infinite ones too, share the derivative.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * logaddexp2(tensor([1000]), 1000).toArray(); // [1001]
 */
export const logaddexp2: BinaryFunction<"logaddexp2"> = /* @__PURE__ */ binary({
  name: "logaddexp2",
  f: (a, b) => (a === b ? a + 1 : Math.max(a, b) + Math.LOG2E * logarithm.log1p(exponential.exp2(-Math.abs(a - b)))),
  result: "float",
  derivative: [
    (t, a, b) => mul(t, sigmoid(mul(difference(a, b), Math.LN2))),
    (t, a, b) => mul(t, sigmoid(mul(difference(b, a), Math.LN2))),
  ],
  domain: [REAL, REAL],
});

/**
 * x·log(y), broadcast, and 0 where x = 0, unless y is NaN. There the derivative by x is 0 for y ≤ 0, that by y for y = 0.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * xlogy(tensor([0, 2]), tensor([0, 1])).toArray(); // [0, 0]
 */
export const xlogy: BinaryFunction<"xlogy"> = /* @__PURE__ */ binary({
  name: "xlogy",
  f: (x, y) => (x === 0 && y === y ? 0 : x * logarithm.log(y)),
  result: "float",
  derivative: [
    (t, x, y) => mul(t, log(where(logicalAnd(eq(x, 0), le(y, 0)), 1, y))),
    (t, x, y) => mul(t, div(x, where(logicalAnd(eq(x, 0), eq(y, 0)), 1, y))),
  ],
  domain: [REAL, POSITIVE],
});
