import {
  type BinaryFunction,
  binary,
  POSITIVE,
  REAL,
  type TernaryFunction,
  ternary,
  unary,
  type UnaryFunction,
} from "../families/elementwise.ts";
import { eq, ge, gt, le, lt, where } from "./comparison.ts";

export { add } from "../families/elementwise.ts";

/** a − b, broadcast. */
export const sub: BinaryFunction<"sub"> = /* @__PURE__ */ binary({
  name: "sub",
  f: (a, b) => a - b,
  derivative: [(t) => t, (t) => neg(t)],
  domain: [REAL, REAL],
});

/**
 * a · b, element by element, broadcast. For the matrix product see `matmul`.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * mul(tensor([1, 2]), tensor([[1], [10]])).toArray(); // [[1, 2], [10, 20]]
 */
export const mul: BinaryFunction<"mul"> = /* @__PURE__ */ binary({
  name: "mul",
  f: (a, b) => a * b,
  whole: Math.imul,
  derivative: [(t, _a, b) => mul(t, b), (t, a) => mul(t, a)],
  domain: [REAL, REAL],
});

/**
 * a / b, broadcast; integers divide to a floating result.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * div(1, tensor([2, 4])).toArray(); // [0.5, 0.25]
 */
export const div: BinaryFunction<"div"> = /* @__PURE__ */ binary({
  name: "div",
  f: (a, b) => a / b,
  result: "float",
  derivative: [(t, _a, b) => div(t, b), (t, _a, b, y) => neg(div(mul(t, y), b))],
  domain: [REAL, POSITIVE],
});

/**
 * −x.
 * @example
 * neg(tensor([1, -2])).toArray(); // [-1, 2]
 */
export const neg: UnaryFunction = /* @__PURE__ */ unary({
  name: "neg",
  f: (x) => -x,
  derivative: [(t) => neg(t)],
  domain: [REAL],
});

/**
 * x².
 * @example
 * square(tensor([1, -2])).toArray(); // [1, 4]
 */
export const square: UnaryFunction = /* @__PURE__ */ unary({
  name: "square",
  f: (x) => x * x,
  whole: (x) => Math.imul(x, x),
  derivative: [(t, x) => mul(t, mul(x, 2))],
  domain: [REAL],
});

/**
 * √x; the derivative at 0 is ∞, a negative x gives NaN.
 * @example
 * sqrt(tensor([4, 9])).toArray(); // [2, 3]
 */
export const sqrt: UnaryFunction = /* @__PURE__ */ unary({
  name: "sqrt",
  f: Math.sqrt,
  result: "float",
  derivative: [(t, x) => mul(mul(t, 0.5), rsqrt(x))],
  domain: [POSITIVE],
});

/**
 * 1/√x; ∞ at 0, NaN below.
 * @example
 * rsqrt(tensor([4])).toArray(); // [0.5]
 */
export const rsqrt: UnaryFunction = /* @__PURE__ */ unary(
  {
    name: "rsqrt",
    f: (x) => 1 / Math.sqrt(x),
    result: "float",
    derivative: [(t, x, y) => div(mul(t, mul(y, -0.5)), x)],
    domain: [POSITIVE],
  },
  {
    arity: 1,
    constants: [],
    steps: [
      { name: "sqrt", from: [0] },
      { name: "reciprocal", from: [1] },
    ],
  },
);

/**
 * 1/x.
 * @example
 * reciprocal(tensor([4])).toArray(); // [0.25]
 */
export const reciprocal: UnaryFunction = /* @__PURE__ */ unary({
  name: "reciprocal",
  f: (x) => 1 / x,
  result: "float",
  derivative: [(t, _x, y) => neg(mul(t, square(y)))],
  domain: [POSITIVE],
});

/**
 * |x|; the derivative at 0 is 0.
 * @example
 * abs(tensor([1, -2])).toArray(); // [1, 2]
 */
export const abs: UnaryFunction = /* @__PURE__ */ unary({
  name: "abs",
  f: Math.abs,
  derivative: [(t, x) => mul(t, sign(x))],
  domain: [REAL],
  kinks: (x) => x,
});

/**
 * −1, 0 or 1; its derivative is 0 everywhere.
 * @example
 * sign(tensor([3, -2, 0])).toArray(); // [1, -1, 0]
 */
export const sign: UnaryFunction = /* @__PURE__ */ unary({
  name: "sign",
  f: Math.sign,
  derivative: [null],
  domain: [REAL],
  kinks: (x) => x,
});

/**
 * The larger of a and b, broadcast; NaN if either is. Equal arguments share the derivative, one half each.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * maximum(tensor([1, 5]), 3).toArray(); // [3, 5]
 */
export const maximum: BinaryFunction<"maximum"> = /* @__PURE__ */ binary({
  name: "maximum",
  f: (a, b) => Math.max(a, b),
  derivative: [
    (t, a, b) => where(eq(a, b), mul(t, 0.5), where(gt(b, a), 0, t)),
    (t, a, b) => where(eq(a, b), mul(t, 0.5), where(gt(a, b), 0, t)),
  ],
  domain: [REAL, REAL],
  kinks: (a, b) => a - b,
});

/**
 * The smaller of a and b, broadcast; NaN if either is. Equal arguments share the derivative, one half each.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * minimum(tensor([1, 5]), 3).toArray(); // [1, 3]
 */
export const minimum: BinaryFunction<"minimum"> = /* @__PURE__ */ binary({
  name: "minimum",
  f: (a, b) => Math.min(a, b),
  derivative: [
    (t, a, b) => where(eq(a, b), mul(t, 0.5), where(lt(b, a), 0, t)),
    (t, a, b) => where(eq(a, b), mul(t, 0.5), where(lt(a, b), 0, t)),
  ],
  domain: [REAL, REAL],
  kinks: (a, b) => a - b,
});

/** x held between `low` and `high`, broadcast. */
export const clamp: TernaryFunction<"clamp"> = /* @__PURE__ */ ternary(
  {
    name: "clamp",
    f: (x, low, high) => Math.min(Math.max(x, low), high),
    derivative: [
      (t, x, low, high) => where(ge(x, low), where(le(x, high), t, 0), 0),
      (t, x, low, high) => where(lt(x, low), where(lt(low, high), t, 0), 0),
      (t, x, low, high) => where(gt(maximum(x, low), high), t, 0),
    ],
    domain: [REAL, [-3, -0.5], [0.5, 3]],
    kinks: (x, low, high) => (x - low) * (x - high),
  },
  {
    arity: 3,
    constants: [],
    steps: [
      { name: "maximum", from: [0, 1] },
      { name: "minimum", from: [3, 2] },
    ],
  },
);
