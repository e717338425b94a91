import {
  type BinaryFunction,
  binary,
  extended,
  isReady,
  POSITIVE,
  REAL,
  unary,
  type UnaryFunction,
} from "../families/elementwise.ts";
import type { Dtype } from "../dtype.ts";
import { lowered as loweredOf, wholePower } from "../kernels/power.ts";
import type { Program } from "../kernels/sets.ts";
import type { Operand, Tensor } from "../tensor.ts";
import { div, mul, neg, square, sub } from "./arithmetic.ts";
import { eq, ge, where } from "./comparison.ts";
import { log } from "./exponential.ts";

const powOp: BinaryFunction<"pow"> = /* @__PURE__ */ binary({
  name: "pow",
  f: Math.pow,
  whole: wholePower,
  derivative: [
    (t, a, b) => mul(t, mul(b, lowered(1, a.dtype)(a, b))),
    // aᵇ·log a, but log 1 in place of log 0 where b ≥ 0
    (t, a, b, y) => mul(t, mul(y, log(where(eq(a, 0), where(ge(b, 0), 1, a), a)))),
  ],
  domain: [POSITIVE, REAL],
});

/**
 * aᵇ, broadcast. Where b = 0 the derivative by a is 0; where a = 0 and b ≥ 0 the derivative by b is 0.
 * A negative a with a fractional b gives NaN. Of int32 it wraps around, and fractions are 0.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * pow(tensor([2, 3]), 2).toArray(); // [4, 9]
 */
export const pow: BinaryFunction<"pow"> = /* @__PURE__ */ extended(powOp, (a: Operand, b: Operand): Tensor => {
  const short = typeof b === "number" && isReady(a) ? powerOf(b) : null;
  return short === null ? powOp(a, b as Tensor) : short(a);
});

const powers: { readonly [D in "float32" | "float64"]: BinaryFunction<"pow">[] } = { float32: [], float64: [] };
/** aᵇ⁻ⁿ, right to the last digits though b − n may not be a number; each is made when it is first asked for. */
export const lowered = (n: number, dtype: Dtype = "float64"): BinaryFunction<"pow"> => {
  const single = dtype === "float32";
  const round = single ? Math.fround : (x: number): number => x;
  return (powers[single ? "float32" : "float64"][n] ??= binary({
    name: "pow",
    kernel: `powLowered${n}`,
    f: (a, b) => loweredOf(n, a, b, round),
    derivative: [
      (t, a, b) => mul(t, mul(sub(b, n), lowered(n + 1, dtype)(a, b))),
      (t, a, b, y) => mul(t, mul(y, log(where(eq(a, 0), where(ge(b, 0), 1, a), a)))),
    ],
    domain: [POSITIVE, REAL],
  }));
};

/** A power in products, quotients and roots: within 1.5 units, and wherever aᵇ is a number, 0 or ∞, it is that. */
interface Short {
  readonly f: (x: number) => number;
  readonly derivative: (t: Tensor, x: Tensor, y: Tensor) => Tensor;
  readonly constants?: readonly number[];
  /** Steps of a `Program`. */
  readonly steps: Program["steps"];
}
/** Unlike the root, the power of −0 is 0, and that of −∞ is ∞. */
const rooted = (x: number): number => (x === -Infinity ? Infinity : x + 0);
const ROOT = {
  constants: [0, -Infinity, Infinity],
  steps: [
    { name: "eq", from: [0, 2] },
    { name: "where", from: [4, 3, 0] },
    { name: "add", from: [5, 1] },
    { name: "sqrt", from: [6] },
  ],
};
const SHORT: { readonly [exponent: number]: Short } = /* @__PURE__ */ (() => ({
  2: {
    f: (x) => x * x,
    derivative: (t, x) => mul(t, mul(x, 2)),
    steps: [{ name: "square", from: [0] }],
  },
  3: {
    f: (x) => x * x * x,
    derivative: (t, x) => mul(t, mul(square(x), 3)),
    steps: [
      { name: "square", from: [0] },
      { name: "mul", from: [1, 0] },
    ],
  },
  4: {
    f: (x) => x * x * (x * x),
    derivative: (t, x) => mul(t, mul(mul(square(x), x), 4)),
    steps: [
      { name: "square", from: [0] },
      { name: "square", from: [1] },
    ],
  },
  [-1]: {
    f: (x) => 1 / x,
    derivative: (t, _x, y) => neg(mul(t, square(y))),
    steps: [{ name: "reciprocal", from: [0] }],
  },
  // The square of x might overflow where that of 1/x is a number
  [-2]: {
    f: (x) => {
      const inverse = 1 / x;
      return inverse * inverse;
    },
    derivative: (t, x, y) => mul(t, mul(div(y, x), -2)),
    steps: [
      { name: "reciprocal", from: [0] },
      { name: "square", from: [1] },
    ],
  },
  0.5: {
    f: (x) => Math.sqrt(rooted(x)),
    derivative: (t, _x, y) => mul(t, div(0.5, y)),
    ...ROOT,
  },
  [-0.5]: {
    f: (x) => 1 / Math.sqrt(rooted(x)),
    derivative: (t, _x, y) => mul(t, mul(mul(square(y), y), -0.5)),
    constants: ROOT.constants,
    steps: [...ROOT.steps, { name: "reciprocal", from: [7] }],
  },
}))();
const shorts = /* @__PURE__ */ new Map<number, UnaryFunction>();
/** The power as a function of one number, if there is a short way; made when it is first asked for. */
export function powerOf(exponent: number): UnaryFunction | null {
  let power = shorts.get(exponent);
  if (power === undefined) {
    const short = SHORT[exponent];
    if (short === undefined) return null;
    const { f, derivative, constants = [], steps } = short;
    power = unary(
      { name: "pow", kernel: `pow${exponent}`, f, derivative: [derivative], domain: [POSITIVE] },
      { arity: 1, constants, steps },
    );
    shorts.set(exponent, power);
  }
  return power;
}
