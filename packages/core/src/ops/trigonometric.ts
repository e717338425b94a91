import { type BinaryFunction, binary, POSITIVE, REAL, unary, type UnaryFunction } from "../families/elementwise.ts";
import * as exponential from "../kernels/exponential.ts";
import {
  hypot as hypotOf,
  inverseOnePlusSquare,
  oneMinusSquare as oneMinusSquareOf,
  sechSquare as sechSquareOf,
  sechSquareSlope as sechSquareSlopeOf,
} from "../kernels/special.ts";
import { add, div, mul, neg, rsqrt, square, sub } from "./arithmetic.ts";
import type { Tensor } from "../tensor.ts";
import { eq, where } from "./comparison.ts";

// Angles are in radians.

/**
 * Sine.
 * @example
 * sin(tensor([0])).toArray(); // [0]
 */
export const sin: UnaryFunction = /* @__PURE__ */ unary({
  name: "sin",
  f: Math.sin,
  result: "float",
  derivative: [(t, x) => mul(t, cos(x))],
  domain: [REAL],
});

/**
 * Cosine.
 * @example
 * cos(tensor([0])).toArray(); // [1]
 */
export const cos: UnaryFunction = /* @__PURE__ */ unary({
  name: "cos",
  f: Math.cos,
  result: "float",
  derivative: [(t, x) => neg(mul(t, sin(x)))],
  domain: [REAL],
});

/**
 * Tangent.
 * @example
 * tan(tensor([0])).toArray(); // [0]
 */
export const tan: UnaryFunction = /* @__PURE__ */ unary({
  name: "tan",
  f: Math.tan,
  result: "float",
  derivative: [(t, _x, y) => mul(t, add(square(y), 1))], // 1/cos² = 1 + tan²
  domain: [[-1.25, 1.25]],
});

/**
 * Hyperbolic sine.
 * @example
 * sinh(tensor([0])).toArray(); // [0]
 */
export const sinh: UnaryFunction = /* @__PURE__ */ unary({
  name: "sinh",
  f: exponential.sinh,
  result: "float",
  derivative: [(t, x) => mul(t, cosh(x))],
  domain: [REAL],
});

/**
 * Hyperbolic cosine.
 * @example
 * cosh(tensor([0])).toArray(); // [1]
 */
export const cosh: UnaryFunction = /* @__PURE__ */ unary({
  name: "cosh",
  f: exponential.cosh,
  result: "float",
  derivative: [(t, x) => mul(t, sinh(x))],
  domain: [REAL],
});

/**
 * Hyperbolic tangent.
 * @example
 * tanh(tensor([0])).toArray(); // [0]
 */
export const tanh: UnaryFunction = /* @__PURE__ */ unary({
  name: "tanh",
  f: exponential.tanh,
  result: "float",
  derivative: [(t, x) => mul(t, sechSquare(x))],
  domain: [REAL],
});

/** 1/cosh²(x): exact in the tails to any order, where 1 − tanh² is 0 and cosh² overflows. */
export const sechSquare: UnaryFunction = /* @__PURE__ */ unary({
  name: "sechSquare",
  f: sechSquareOf,
  result: "float",
  derivative: [(t, x) => mul(t, sechSquareSlope(x))],
  domain: [REAL],
});

/** −2·tanh(x)/cosh²(x). */
export const sechSquareSlope: UnaryFunction = /* @__PURE__ */ unary({
  name: "sechSquareSlope",
  f: sechSquareSlopeOf,
  result: "float",
  // (4 − 6/cosh²)/cosh²
  derivative: [(t, x) => mul(t, mul(sechSquare(x), sub(4, mul(sechSquare(x), 6))))],
  domain: [REAL],
});

/**
 * Inverse sine, in [−π/2, π/2]; NaN outside [−1, 1].
 * @example
 * asin(tensor([0])).toArray(); // [0]
 */
export const asin: UnaryFunction = /* @__PURE__ */ unary({
  name: "asin",
  f: Math.asin,
  result: "float",
  derivative: [(t, x) => mul(t, rsqrt(oneMinusSquare(x)))],
  domain: [[-0.875, 0.875]],
});

/**
 * Inverse cosine, in [0, π]; NaN outside [−1, 1].
 * @example
 * acos(tensor([1])).toArray(); // [0]
 */
export const acos: UnaryFunction = /* @__PURE__ */ unary({
  name: "acos",
  f: Math.acos,
  result: "float",
  derivative: [(t, x) => neg(mul(t, rsqrt(oneMinusSquare(x))))],
  domain: [[-0.875, 0.875]],
});

/**
 * Inverse tangent, in [−π/2, π/2].
 * @example
 * atan(tensor([0])).toArray(); // [0]
 */
export const atan: UnaryFunction = /* @__PURE__ */ unary({
  name: "atan",
  f: Math.atan,
  result: "float",
  derivative: [(t, x) => mul(t, atanSlope(x))],
  domain: [REAL],
});

/** 1/(1 + x²), also where x² overflows. */
export const atanSlope: UnaryFunction = /* @__PURE__ */ unary({
  name: "atanSlope",
  f: inverseOnePlusSquare,
  result: "float",
  derivative: [(t, x, y) => mul(t, mul(mul(mul(x, y), y), -2))],
  domain: [REAL],
});

/** 1 − x², with all its digits near ±1, and a derivative with all its digits near 0. */
export const oneMinusSquare: UnaryFunction = /* @__PURE__ */ unary({
  name: "oneMinusSquare",
  f: oneMinusSquareOf,
  result: "float",
  derivative: [(t, x) => mul(t, mul(x, -2))],
  domain: [REAL],
});

const turned = (t: Tensor, x: Tensor, r: Tensor): Tensor => div(mul(t, div(x, r)), r);

/**
 * The angle of the point (x, y), in [−π, π]: `atan2(y, x)`. At the origin both derivatives are 0.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * atan2(tensor([0]), 1).toArray(); // [0]
 */
export const atan2: BinaryFunction<"atan2"> = /* @__PURE__ */ binary({
  name: "atan2",
  f: Math.atan2,
  result: "float",
  // x/r² and −y/r²; r = √(x² + y²) divides twice, so that r² neither overflows nor vanishes
  derivative: [(t, y, x) => turned(t, x, orOne(hypot(y, x))), (t, y, x) => neg(turned(t, y, orOne(hypot(y, x))))],
  domain: [REAL, POSITIVE],
});

/**
 * √(a² + b²), broadcast, without overflow. At the origin both derivatives are 0.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * hypot(tensor([3]), 4).toArray(); // [5]
 */
export const hypot: BinaryFunction<"hypot"> = /* @__PURE__ */ binary({
  name: "hypot",
  f: hypotOf,
  result: "float",
  derivative: [(t, a, _b, r) => mul(t, div(a, orOne(r))), (t, _a, b, r) => mul(t, div(b, orOne(r)))],
  domain: [REAL, POSITIVE],
});
/** Distance from the origin, and 1 at the origin itself, where it only divides zeros. */
const orOne = (r: Tensor): Tensor => where(eq(r, 0), 1, r);
