import { type BinaryFunction, binary, POSITIVE, REAL, unary, type UnaryFunction } from "../families/elementwise.ts";
import { checkNumber, checkOptions } from "../errors.ts";
import { expOfQuotient as expOfQuotientOf } from "../kernels/gates.ts";
import * as exponential from "../kernels/exponential.ts";
import { checkTensor, type Operand, type Tensor } from "../tensor.ts";
import type { ShapeOf } from "../shape-types/index.ts";
import { abs, add, div, mul, neg, square, sub } from "./arithmetic.ts";
import { ge, gt, where } from "./comparison.ts";
import { exp, expm1 } from "./exponential.ts";
import { floating } from "./reduction.ts";
import { tanh } from "./trigonometric.ts";

// Activations that are straight lines in pieces, or nearly so. At a kink the derivative is PyTorch's.

/** An activation: the shape stays. */
export type Activated<A extends Operand> = Tensor<ShapeOf<A>>;

/** An operand whose dtype is floating; a number adapts anyway. */
export function float(op: string, x: Operand): Operand {
  if (typeof x === "number") return x;
  checkTensor(op, x);
  return floating(x);
}

/** A number that is passed as it stands or by its name. */
export type Named<N extends string> = number | { readonly [Name in N]?: number | undefined };
/** That number, or what it is by default. */
export function named<N extends string>(
  op: string,
  given: Named<N> | undefined,
  name: N,
  otherwise?: number,
  names: readonly N[] = [name],
): number {
  if (typeof given === "object") checkOptions(op, given, names);
  const number = (typeof given === "object" ? given[name] : given) ?? otherwise;
  checkNumber(op, name, number);
  return number!;
}

/** x where positive, a·(eˣ − 1) elsewhere. */
export const eluOp: BinaryFunction<"elu"> = /* @__PURE__ */ binary(
  {
    name: "elu",
    f: (x, a) => (x > 0 ? x : a * exponential.expm1(x)),
    result: "float",
    derivative: [
      // a·eˣ: the exponential of large x, which is not used, would overflow; at 0 the slope counts as constant
      (t, x, a) => where(gt(x, 0), t, mul(t, mul(a, exp(where(ge(x, 0), 0, x))))),
      (t, x) => where(gt(x, 0), 0, mul(t, expm1(where(ge(x, 0), 0, x)))),
    ],
    domain: [REAL, REAL],
    kinks: (x) => x,
  },
  {
    arity: 2,
    constants: [0],
    steps: [
      { name: "minimum", from: [0, 2] },
      { name: "expm1", from: [3] },
      { name: "mul", from: [1, 4] },
      { name: "gt", from: [0, 2] },
      { name: "where", from: [6, 0, 5] },
    ],
  },
);

/**
 * Exponential linear unit: x where positive, alpha·(eˣ − 1) elsewhere (Clevert et al. 2015).
 * @example
 * elu(tensor([-1000, 2])).toArray(); // [-1, 2]
 */
export const elu = <A extends Operand>(x: A, alpha?: Named<"alpha">): Activated<A> =>
  eluOp(float("elu", x), named("elu", alpha, "alpha", 1)) as Activated<A>;

/** x where positive, a·(exp(x/a) − 1) elsewhere. */
export const celuOp: BinaryFunction<"celu"> = /* @__PURE__ */ binary({
  name: "celu",
  f: (x, a) => (x > 0 ? x : a * exponential.expm1(x / a)),
  result: "float",
  derivative: [
    (t, x, a) => where(gt(x, 0), t, mul(t, expOfQuotient(where(ge(x, 0), 0, x), a))),
    (t, x, a) => mul(t, celuByAlpha(where(ge(x, 0), 0, x), a)),
  ],
  domain: [REAL, POSITIVE],
  kinks: (x) => x,
});
const celuByAlpha = (x: Tensor, a: Tensor): Tensor => sub(expm1(div(x, a)), mul(div(x, a), expOfQuotient(x, a)));
/** e^(x/a) for x ≤ 0. */
export const expOfQuotient: BinaryFunction<"exp"> = /* @__PURE__ */ binary({
  name: "exp",
  kernel: "expOfQuotient",
  f: expOfQuotientOf,
  result: "float",
  derivative: [(t, _x, a, y) => mul(t, div(y, a)), (t, x, a, y) => neg(mul(t, div(mul(y, div(x, a)), a)))],
  domain: [[-4, 0], POSITIVE],
});

/**
 * Continuously differentiable elu: x where positive, alpha·(exp(x/alpha) − 1) elsewhere (Barron 2017).
 * @example
 * celu(tensor([-1000, 2]), 0.5).toArray(); // [-0.5, 2]
 */
export const celu = <A extends Operand>(x: A, alpha?: Named<"alpha">): Activated<A> =>
  celuOp(float("celu", x), named("celu", alpha, "alpha", 1)) as Activated<A>;

const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;
/**
 * Scaled elu, λ·elu(x, α) with the constants that keep mean 0 and variance 1 from layer to layer (Klambauer et al. 2017).
 * @example
 * selu(tensor([0, 1])).toArray(); // [0, 1.0507009873554805]
 */
export const selu = <A extends Operand>(x: A): Activated<A> =>
  mul(elu(float("selu", x), SELU_ALPHA), SELU_SCALE) as Activated<A>;

/** x where positive, a·x elsewhere. */
export const preluOp: BinaryFunction<"prelu"> = /* @__PURE__ */ binary(
  {
    name: "prelu",
    f: (x, a) => (x > 0 ? x : a * x),
    derivative: [(t, x, a) => where(gt(x, 0), t, mul(t, a)), (t, x) => mul(t, where(gt(x, 0), 0, x))],
    domain: [REAL, REAL],
    kinks: (x) => x,
  },
  {
    arity: 2,
    constants: [0],
    steps: [
      { name: "gt", from: [0, 2] },
      { name: "mul", from: [1, 0] },
      { name: "where", from: [3, 0, 4] },
    ],
  },
);

/**
 * x where positive, negativeSlope·x elsewhere; the derivative at 0 is the slope.
 * @example
 * leakyRelu(tensor([-100, 2])).toArray(); // [-1, 2]
 */
export const leakyRelu = <A extends Operand>(x: A, negativeSlope?: Named<"negativeSlope">): Activated<A> =>
  preluOp(float("leakyRelu", x), named("leakyRelu", negativeSlope, "negativeSlope", 0.01)) as Activated<A>;

/**
 * x/(1 + |x|).
 * @example
 * softsign(tensor([-1, 3])).toArray(); // [-0.5, 0.75]
 */
export const softsign: UnaryFunction = /* @__PURE__ */ unary(
  {
    name: "softsign",
    f: (x) => x / (1 + Math.abs(x)),
    result: "float",
    derivative: [(t, x) => div(div(t, add(abs(x), 1)), add(abs(x), 1))], // divided twice: the square would overflow
    domain: [REAL],
    kinks: (x) => x, // of the second derivative
  },
  {
    arity: 1,
    constants: [1],
    steps: [
      { name: "abs", from: [0] },
      { name: "add", from: [2, 1] },
      { name: "div", from: [0, 3] },
    ],
  },
);

/**
 * x − tanh x, with all its digits near 0.
 * @example
 * tanhshrink(tensor([0, 1000])).toArray(); // [0, 999]
 */
export const tanhshrink: UnaryFunction = /* @__PURE__ */ unary({
  name: "tanhshrink",
  f: (x) => {
    if (!(Math.abs(x) < 1)) return x - exponential.tanh(x);
    // (x·cosh x − sinh x)/cosh x, the numerator being Σ 2k/(2k + 1)!·x²ᵏ⁺¹
    const square = x * x;
    let power = x;
    let sum = 0;
    for (let k = 1; k < 11; k++) {
      power *= square / (2 * k * (2 * k + 1));
      sum += 2 * k * power;
    }
    return sum / exponential.cosh(x);
  },
  result: "float",
  derivative: [(t, x) => mul(t, square(tanh(x)))],
  domain: [REAL],
});
