import { type BinaryFunction, binary, POSITIVE, REAL, unary, type UnaryFunction } from "../families/elementwise.ts";
import { add, div, mul, neg, sqrt, square, sub } from "./arithmetic.ts";
import type { Tensor } from "../tensor.ts";
import { eq, where } from "./comparison.ts";

// Angles are in radians.

/** Sine. */
export const sin: UnaryFunction = unary({
  name: "sin",
  f: Math.sin,
  result: "float",
  derivative: [(t, x) => mul(t, cos(x))],
  domain: [REAL],
});

/** Cosine. */
export const cos: UnaryFunction = unary({
  name: "cos",
  f: Math.cos,
  result: "float",
  derivative: [(t, x) => neg(mul(t, sin(x)))],
  domain: [REAL],
});

/** Tangent. */
export const tan: UnaryFunction = unary({
  name: "tan",
  f: Math.tan,
  result: "float",
  derivative: [(t, x) => div(t, square(cos(x)))], // 1/cos²
  domain: [[-1.25, 1.25]],
});

/** Hyperbolic sine. */
export const sinh: UnaryFunction = unary({
  name: "sinh",
  f: Math.sinh,
  result: "float",
  derivative: [(t, x) => mul(t, cosh(x))],
  domain: [REAL],
});

/** Hyperbolic cosine. */
export const cosh: UnaryFunction = unary({
  name: "cosh",
  f: Math.cosh,
  result: "float",
  derivative: [(t, x) => mul(t, sinh(x))],
  domain: [REAL],
});

/** Hyperbolic tangent. */
export const tanh: UnaryFunction = unary({
  name: "tanh",
  f: Math.tanh,
  result: "float",
  derivative: [(t, x) => div(div(t, cosh(x)), cosh(x))], // sech²: exact in the tails, where 1 − tanh² is 0
  domain: [REAL],
});

/** Inverse sine, in [−π/2, π/2]; NaN outside [−1, 1]. */
export const asin: UnaryFunction = unary({
  name: "asin",
  f: Math.asin,
  result: "float",
  derivative: [(t, x) => div(t, sqrt(mul(sub(1, x), add(1, x))))], // 1/√(1 − x²), factored to keep digits near ±1
  domain: [[-0.875, 0.875]],
});

/** Inverse cosine, in [0, π]; NaN outside [−1, 1]. */
export const acos: UnaryFunction = unary({
  name: "acos",
  f: Math.acos,
  result: "float",
  derivative: [(t, x) => neg(div(t, sqrt(mul(sub(1, x), add(1, x)))))],
  domain: [[-0.875, 0.875]],
});

/** Inverse tangent, in [−π/2, π/2]. */
export const atan: UnaryFunction = unary({
  name: "atan",
  f: Math.atan,
  result: "float",
  derivative: [(t, x) => div(t, add(square(x), 1))],
  domain: [REAL],
});

/** The angle of the point (x, y), in [−π, π]: `atan2(y, x)`. At the origin both derivatives are 0. */
export const atan2: BinaryFunction<"atan2"> = binary({
  name: "atan2",
  f: Math.atan2,
  result: "float",
  // x/r² and −y/r²; r = √(x² + y²) divides twice, so that r² neither overflows nor vanishes
  derivative: [
    (t, y, x) => div(mul(t, div(x, radius(y, x))), radius(y, x)),
    (t, y, x) => neg(div(mul(t, div(y, radius(y, x))), radius(y, x))),
  ],
  domain: [REAL, POSITIVE],
});

export const hypot: BinaryFunction<"hypot"> = binary({
  name: "hypot",
  f: (a, b) => Math.hypot(a, b),
  result: "float",
  derivative: [(t, a, _b, r) => mul(t, div(a, r)), (t, _a, b, r) => mul(t, div(b, r))],
  domain: [REAL, POSITIVE],
});
/** Distance from the origin; 1 at the origin itself, where it only divides zeros. */
function radius(y: Tensor, x: Tensor): Tensor {
  const r = hypot(y, x);
  return where(eq(r, 0), 1, r);
}
