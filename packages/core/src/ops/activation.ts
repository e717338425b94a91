import { REAL, unary, type UnaryFunction } from "../families/elementwise.ts";
import { erf as erfOf } from "../kernels/erf.ts";
import { mul } from "./arithmetic.ts";
import { ne, where } from "./comparison.ts";
import { bell } from "./special.ts";

/**
 * max(x, 0); the derivative at 0 is 0.
 * @example
 * relu(tensor([-1, 2])).toArray(); // [0, 2]
 */
export const relu: UnaryFunction = /* @__PURE__ */ unary({
  name: "relu",
  f: (x) => (x <= 0 ? 0 : x),
  derivative: [(t, _x, y) => where(ne(y, 0), t, 0)],
  domain: [REAL],
  kinks: (x) => x,
});

/**
 * Error function 2/√π ∫₀ˣ exp(−t²) dt.
 * @example
 * erf(tensor([0])).toArray(); // [0]
 */
export const erf: UnaryFunction = /* @__PURE__ */ unary({
  name: "erf",
  f: erfOf,
  result: "float",
  derivative: [(t, x) => mul(t, bell(x))], // d/dx erf(x) = 2/√π · exp(−x²)
  domain: [REAL],
});
