import { POSITIVE, REAL, unary, type UnaryFunction } from "../families/elementwise.ts";
import { ArgumentError, quoted } from "../errors.ts";
import { erfc as erfcOf } from "../kernels/erf.ts";
import { logGamma, polygamma as polygammaOf } from "../kernels/gamma.ts";
import {
  erfinvCurve as erfinvCurveOf,
  erfinv as erfinvOf,
  erfinvSlope as erfinvSlopeOf,
  gaussian,
} from "../kernels/gauss.ts";
import { sinc as sincOf } from "../kernels/special.ts";
import type { ShapeOf } from "../shape-types/index.ts";
import type { Operand, Tensor } from "../tensor.ts";
import { add, mul, neg, square, sub } from "./arithmetic.ts";

// ---------- the error function's relatives

/**
 * 1 − erf(x), with all its digits where erf(x) is nearly 1.
 * @example
 * erfc(tensor([0])).toArray(); // [1]
 */
export const erfc: UnaryFunction = /* @__PURE__ */ unary({
  name: "erfc",
  f: erfcOf,
  result: "float",
  derivative: [(t, x) => neg(mul(t, bell(x)))],
  domain: [REAL],
});

/** 2/√π·e^(−x²), the derivative of erf. */
export const bell: UnaryFunction = /* @__PURE__ */ unary({
  name: "bell",
  f: (x) => gaussian(x, 2 / Math.sqrt(Math.PI)),
  result: "float",
  derivative: [(t, x) => mul(t, bellSlope(x))],
  domain: [REAL],
});

/** −4x/√π·e^(−x²), rounded once where it is subnormal. */
export const bellSlope: UnaryFunction = /* @__PURE__ */ unary({
  name: "bellSlope",
  f: (x) => gaussian(x, (-4 / Math.sqrt(Math.PI)) * x),
  result: "float",
  // bell″ = (4x² − 2)·bell
  derivative: [(t, x) => mul(t, mul(sub(mul(square(x), 4), 2), bell(x)))],
  domain: [REAL],
});

/**
 * The inverse of `erf`; ±∞ at ±1, NaN beyond.
 * @example
 * erfinv(tensor([0])).toArray(); // [0]
 */
export const erfinv: UnaryFunction = /* @__PURE__ */ unary({
  name: "erfinv",
  f: erfinvOf,
  result: "float",
  derivative: [(t, x) => mul(t, erfinvSlope(x))],
  domain: [[-0.875, 0.875]],
});

/** y′ = √π/2·e^(y²) for y = erfinv(x). */
export const erfinvSlope: UnaryFunction = /* @__PURE__ */ unary({
  name: "erfinvSlope",
  f: erfinvSlopeOf,
  result: "float",
  derivative: [(t, x) => mul(t, erfinvCurve(x))],
  domain: [[-0.875, 0.875]],
});

/** y″ = 2y·y′² for y = erfinv(x). */
export const erfinvCurve: UnaryFunction = /* @__PURE__ */ unary({
  name: "erfinvCurve",
  f: erfinvCurveOf,
  result: "float",
  // y‴ = y′³·(2 + 8y²)
  derivative: [(t, x) => mul(t, mul(mul(square(erfinvSlope(x)), erfinvSlope(x)), add(mul(square(erfinv(x)), 8), 2)))],
  domain: [[-0.875, 0.875]],
});

// ---------- whole families, in which each is the derivative of the one before

/** A family of functions by their order; each is made when it is first asked for. */
function family(name: (order: number) => string, f: (order: number, x: number) => number, low: number): Family {
  const made: UnaryFunction[] = [];
  const of: Family = (order) =>
    (made[order] ??= unary({
      name: name(order),
      f: (x) => f(order, x),
      result: "float",
      derivative: [(t, x) => mul(t, of(order + 1)(x))],
      domain: [[low, 4]],
    }));
  return of;
}
type Family = (order: number) => UnaryFunction;

/**
 * log|Γ(x)|; ∞ at 0 and the negative integers.
 * @example
 * lgamma(tensor([1, 2])).toArray(); // [0, 0]
 */
export const lgamma: UnaryFunction = /* @__PURE__ */ unary({
  name: "lgamma",
  f: logGamma,
  result: "float",
  derivative: [(t, x) => mul(t, digamma(x))],
  domain: [POSITIVE],
});

export const polygammas: Family = /* @__PURE__ */ family(
  (order) => (order === 0 ? "digamma" : `polygamma${order}`),
  polygammaOf,
  0.5,
);

/**
 * ψ(x) = d/dx log Γ(x). NaN at the negative integers, ∓∞ at ±0.
 * @example
 * digamma(tensor([Infinity])).toArray(); // [Infinity]
 */
export const digamma: UnaryFunction = /* @__PURE__ */ polygammas(0);

/**
 * The derivative of order `n` of `digamma`.
 * @throws ArgumentError unless `n` is a whole number from 0.
 * @example
 * polygamma(1, tensor([Infinity])).toArray(); // [0]
 */
export function polygamma<A extends Operand>(n: number, x: A): Tensor<ShapeOf<A>> {
  if (!Number.isInteger(n) || n < 0)
    throw new ArgumentError(`polygamma: the order is a whole number from 0, got ${quoted(n)}`);
  return polygammas(n)(x);
}

export const sincs: Family = /* @__PURE__ */ family((order) => (order === 0 ? "sinc" : `sinc${order}`), sincOf, -4);

/**
 * sin(πx)/(πx), which is 1 at 0.
 * @example
 * sinc(tensor([0, 1])).toArray(); // [1, 0]
 */
export const sinc: UnaryFunction = /* @__PURE__ */ sincs(0);
