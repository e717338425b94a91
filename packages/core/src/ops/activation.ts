import { REAL, unary, type UnaryFunction } from "../families/elementwise.ts";
import { erf as erfOf } from "../kernels/erf.ts";
import { mul, neg, square } from "./arithmetic.ts";
import { le, where } from "./comparison.ts";
import { exp } from "./exponential.ts";

/** max(x, 0); the derivative at 0 is 0. */
export const relu: UnaryFunction = unary({
  name: "relu",
  f: (x) => (x <= 0 ? 0 : x),
  derivative: [(t, x) => where(le(x, 0), 0, t)],
  domain: [REAL],
  kinks: (x) => x!,
});

/** Error function 2/√π ∫₀ˣ exp(−t²) dt. */
export const erf: UnaryFunction = unary({
  name: "erf",
  f: erfOf,
  result: "float",
  derivative: [(t, x) => mul(t, mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI)))], // d/dx erf(x) = 2/√π · exp(−x²)
  domain: [REAL],
});
