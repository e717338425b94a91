import { REAL, unary, type UnaryFunction } from "../families/elementwise.ts";
import * as logarithm from "../kernels/logarithm.ts";
import { inverseRoot } from "../kernels/special.ts";
import { div, mul, neg, square } from "./arithmetic.ts";
import { atanSlope, oneMinusSquare } from "./trigonometric.ts";

/**
 * Inverse hyperbolic sine.
 * @example
 * asinh(tensor([0])).toArray(); // [0]
 */
export const asinh: UnaryFunction = /* @__PURE__ */ unary({
  name: "asinh",
  f: logarithm.asinh,
  result: "float",
  derivative: [(t, x) => mul(t, asinhSlope(x))],
  domain: [REAL],
});

/** 1/√(x² + 1), also where x² overflows. */
export const asinhSlope: UnaryFunction = /* @__PURE__ */ unary({
  name: "asinhSlope",
  f: (x) => inverseRoot(x, 1),
  result: "float",
  derivative: [(t, x, y) => neg(mul(t, mul(mul(x, y), atanSlope(x))))],
  domain: [REAL],
});

/**
 * Inverse hyperbolic cosine, from 0 up; NaN below 1, and the derivative at 1 is ∞.
 * @example
 * acosh(tensor([1])).toArray(); // [0]
 */
export const acosh: UnaryFunction = /* @__PURE__ */ unary({
  name: "acosh",
  f: logarithm.acosh,
  result: "float",
  derivative: [(t, x) => mul(t, acoshSlope(x))],
  domain: [[1.25, 4]],
});

/** 1/√(x² − 1), with all its digits near 1, and where x² overflows. */
export const acoshSlope: UnaryFunction = /* @__PURE__ */ unary({
  name: "acoshSlope",
  f: (x) => inverseRoot(x, -1),
  result: "float",
  derivative: [(t, x, y) => neg(mul(t, mul(mul(x, y), square(y))))],
  domain: [[1.25, 4]],
});

/**
 * Inverse hyperbolic tangent; ±∞ at ±1, NaN beyond.
 * @example
 * atanh(tensor([0])).toArray(); // [0]
 */
export const atanh: UnaryFunction = /* @__PURE__ */ unary({
  name: "atanh",
  f: logarithm.atanh,
  result: "float",
  derivative: [(t, x) => div(t, oneMinusSquare(x))],
  domain: [[-0.875, 0.875]],
});
