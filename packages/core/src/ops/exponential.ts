import { POSITIVE, REAL, unary, type UnaryFunction } from "../families/elementwise.ts";
import { add, div, mul, neg } from "./arithmetic.ts";

/** eˣ. */
export const exp: UnaryFunction = unary({
  name: "exp",
  f: Math.exp,
  result: "float",
  derivative: [(t, _x, y) => mul(t, y)],
  domain: [REAL],
});

/** Natural logarithm; −∞ at 0, NaN below. */
export const log: UnaryFunction = unary({
  name: "log",
  f: Math.log,
  result: "float",
  derivative: [(t, x) => div(t, x)],
  domain: [POSITIVE],
});

/** log(1 + x), with all its digits near 0. */
export const log1p: UnaryFunction = unary({
  name: "log1p",
  f: Math.log1p,
  result: "float",
  derivative: [(t, x) => div(t, add(x, 1))],
  domain: [[-0.75, 4]],
});

/** eˣ − 1, with all its digits near 0. */
export const expm1: UnaryFunction = unary({
  name: "expm1",
  f: Math.expm1,
  result: "float",
  derivative: [(t, x) => mul(t, exp(x))],
  domain: [REAL],
});

/** σ(x) = 1/(1 + e⁻ˣ), without overflow. */
export const sigmoid: UnaryFunction = unary({
  name: "sigmoid",
  f: (x) => {
    if (x >= 0) return 1 / (1 + Math.exp(-x));
    const e = Math.exp(x);
    return e / (1 + e);
  },
  result: "float",
  // σ'(x) = σ(x)·σ(−x): exact in both tails, where σ·(1 − σ) is 0
  derivative: [(t, x, y) => mul(mul(t, y), sigmoid(neg(x)))],
  domain: [REAL],
});

/** log(1 + eˣ), without overflow; a smooth relu. */
export const softplus: UnaryFunction = unary({
  name: "softplus",
  f: (x) => (x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x))),
  result: "float",
  derivative: [(t, x) => mul(t, sigmoid(x))],
  domain: [REAL],
});
