import { REAL, ternary, type TernaryFunction, unary, type UnaryFunction } from "../families/elementwise.ts";
import type { Operand, Tensor } from "../tensor.ts";
import { abs, add, clamp, div, mul, sub } from "./arithmetic.ts";
import { ge, le, where } from "./comparison.ts";
import { type Activated, float, type Named, named } from "./rectifiers.ts";

// Activations of straight lines that are cut off or leave a gap. At a kink the derivative is PyTorch's.

/**
 * x between `minVal` and `maxVal`, which are returned beyond; there and at the bounds the derivative is 0. int32 stays int32,
 * and cuts the bounds to whole numbers, as in PyTorch.
 * @example
 * hardtanh(tensor([-3, 0.5, 3])).toArray(); // [-1, 0.5, 1]
 * hardtanh(tensor([-3, 0, 3], { dtype: "int32" }), -2.5, 1.5).toArray(); // [-2, 0, 1]
 */
export function hardtanh<A extends Operand>(x: A, minVal?: Named<"minVal" | "maxVal">, maxVal?: number): Activated<A>;
export function hardtanh(x: Operand, given?: Named<"minVal" | "maxVal">, maxVal?: number): Tensor {
  const min = named("hardtanh", given, "minVal", -1, BOUNDS);
  const max = named("hardtanh", typeof given === "object" ? given : maxVal, "maxVal", 1, BOUNDS);
  const values = float("hardtanh", x);
  if (typeof x !== "number" && x.dtype === "int32") return between(x, Math.trunc(min), Math.trunc(max));
  return between(values, min, max);
}

const BOUNDS = ["minVal", "maxVal"] as const;
/** x, or a bound from there on, where the derivative is 0 already. */
export const between: TernaryFunction<"hardtanh"> = /* @__PURE__ */ ternary(
  {
    name: "hardtanh",
    f: (x, min, max) => Math.min(Math.max(x, min), max),
    derivative: [
      (t, x, min, max) => where(le(x, min), 0, where(ge(x, max), 0, t)),
      (t, x, min) => where(le(x, min), t, 0),
      (t, x, min, max) => where(le(x, min), 0, where(ge(x, max), t, 0)),
    ],
    domain: [REAL, [-3, -0.5], [0.5, 3]],
    kinks: (x, min, max) => (x - min) * (x - max),
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

/**
 * min(max(x, 0), 6); the derivative at 0 and 6 is 0.
 * @example
 * relu6(tensor([-1, 2, 8])).toArray(); // [0, 2, 6]
 */
export const relu6 = <A extends Operand>(x: A): Activated<A> => hardtanh(x, 0, 6);

/**
 * x/6 + ½ kept between 0 and 1: a sigmoid of straight lines (Courbariaux et al. 2015).
 * @example
 * hardsigmoid(tensor([-4, 0, 4])).toArray(); // [0, 0.5, 1]
 */
export const hardsigmoid: UnaryFunction = /* @__PURE__ */ unary(
  {
    name: "hardsigmoid",
    f: (x) => (x <= -3 ? 0 : x >= 3 ? 1 : (x + 3) / 6),
    result: "float",
    derivative: [(t, x) => where(le(x, -3), 0, where(ge(x, 3), 0, div(t, 6)))],
    domain: [REAL],
    kinks: (x) => Math.abs(x) - 3,
  },
  {
    arity: 1,
    constants: [3, 6, 0, 1],
    steps: [
      { name: "add", from: [0, 1] },
      { name: "div", from: [5, 2] },
      { name: "maximum", from: [6, 3] },
      { name: "minimum", from: [7, 4] },
    ],
  },
);

/**
 * x·hardsigmoid(x) (Howard et al. 2019).
 * @example
 * hardswish(tensor([0, 1.5, 4])).toArray(); // [0, 1.125, 4]
 */
export const hardswish: UnaryFunction = /* @__PURE__ */ unary(
  {
    name: "hardswish",
    f: (x) => (x <= -3 ? 0 : x >= 3 ? x : (x * (x + 3)) / 6),
    result: "float",
    derivative: [(t, x) => where(le(x, -3), 0, where(ge(x, 3), t, mul(t, div(add(mul(x, 2), 3), 6))))],
    domain: [REAL],
    kinks: (x) => Math.abs(x) - 3,
  },
  {
    arity: 1,
    constants: [-3, 3, 6, 0],
    steps: [
      { name: "add", from: [0, 2] },
      { name: "mul", from: [0, 5] },
      { name: "div", from: [6, 3] },
      { name: "ge", from: [0, 2] },
      { name: "where", from: [8, 0, 7] },
      { name: "le", from: [0, 1] },
      { name: "where", from: [10, 4, 9] },
    ],
  },
);

/**
 * x where |x| > lambd, 0 elsewhere.
 * @example
 * hardshrink(tensor([-2, 0.5, 2])).toArray(); // [-2, 0, 2]
 */
export function hardshrink<A extends Operand>(x: A, lambd?: Named<"lambd">): Activated<A>;
export function hardshrink(x: Operand, lambd?: Named<"lambd">): Tensor {
  const values = float("hardshrink", x);
  return where(le(abs(values), named("hardshrink", lambd, "lambd", 0.5)), 0, values);
}

/**
 * x brought nearer to 0 by lambd, and 0 where |x| ≤ lambd.
 * @example
 * softshrink(tensor([-2, 0.5, 2])).toArray(); // [-1.5, 0, 1.5]
 */
export function softshrink<A extends Operand>(x: A, lambd?: Named<"lambd">): Activated<A>;
export function softshrink(x: Operand, given?: Named<"lambd">): Tensor {
  const lambda = named("softshrink", given, "lambd", 0.5);
  const values = float("softshrink", x);
  return sub(values, clamp(values, -lambda, lambda));
}

/**
 * x where it is above a threshold, a fixed value elsewhere.
 * @example
 * threshold(tensor([-1, 2]), 0, -5).toArray(); // [-5, 2]
 */
export function threshold<A extends Operand>(x: A, limit: number, value: number): Activated<A>;
export function threshold(x: Operand, limit: number, value: number): Tensor {
  const values = float("threshold", x);
  return where(le(values, limit), value, values);
}
