import { ArgumentError, optionsOf, quoted } from "../errors.ts";
import {
  type BinaryFunction,
  binary,
  type Domain,
  type ElementwiseOp,
  REAL,
  unary,
  type UnaryFunction,
  extended,
} from "../families/elementwise.ts";
import { floorDivide as floorDivideOf, remainder as remainderOf, roundEven } from "../kernels/rounding.ts";
import type { Common, CheckBroadcast, ShapeOf } from "../shape-types/index.ts";
import type { Operand, Tensor } from "../tensor.ts";
import { div as quotient, mul, neg } from "./arithmetic.ts";

// Whole numbers: the derivative is 0 everywhere. −0, NaN and ±∞ stay what they are.

const whole = (x: number): number => x - Math.round(x);
const divisor: Domain = [1, 4];
/** 0 where the quotient is a whole number. */
const wholeQuotient = (a: number, b: number): number => whole(a / b);

/**
 * The nearest whole number from x upwards.
 * @example
 * ceil(tensor([1.5, -1.5])).toArray(); // [2, -1]
 */
export const ceil: UnaryFunction = /* @__PURE__ */ unary({
  name: "ceil",
  f: Math.ceil,
  derivative: [null],
  domain: [REAL],
  kinks: whole,
});

/**
 * The nearest whole number from x downwards.
 * @example
 * floor(tensor([1.5, -1.5])).toArray(); // [1, -2]
 */
export const floor: UnaryFunction = /* @__PURE__ */ unary({
  name: "floor",
  f: Math.floor,
  derivative: [null],
  domain: [REAL],
  kinks: whole,
});

/**
 * x without its fraction.
 * @example
 * trunc(tensor([1.5, -1.5])).toArray(); // [1, -1]
 */
export const trunc: UnaryFunction = /* @__PURE__ */ unary({
  name: "trunc",
  f: Math.trunc,
  derivative: [null],
  domain: [REAL],
  kinks: whole,
});

const rounds = /* @__PURE__ */ new Map<number, UnaryFunction>();
/** The operation for so many digits after the point, made when it is first asked for. */
export function roundTo(decimals: number): UnaryFunction {
  let op = rounds.get(decimals);
  if (op === undefined) {
    const unit = 10 ** Math.abs(decimals);
    const scaled = (x: number): number => (decimals > 0 ? x * unit : x / unit);
    op = unary({
      name: "round",
      kernel: `round${decimals}`,
      f: (x) => (decimals > 0 ? roundEven(x * unit) / unit : roundEven(x / unit) * unit),
      derivative: [null],
      domain: [REAL],
      kinks: (x) => scaled(x) - Math.floor(scaled(x)) - 0.5,
    });
    rounds.set(decimals, op);
  }
  return op;
}

export interface RoundOptions {
  /** Digits kept after the point; negative ones before it. */
  readonly decimals?: number | undefined;
}

/**
 * The nearest whole number; of two that are equally near, the even one.
 * @throws ArgumentError unless `decimals` is a whole number.
 * @example
 * round(tensor([0.5, 1.5, -2.5])).toArray(); // [0, 2, -2]
 */
export function round<A extends Operand>(x: A, options?: RoundOptions): Tensor<ShapeOf<A>> {
  const { decimals = 0 } = optionsOf("round", options, ["decimals"]);
  if (!Number.isInteger(decimals))
    throw new ArgumentError(`round: decimals is a whole number, got ${quoted(decimals)}`);
  return roundTo(decimals)(x);
}

/**
 * The fraction of x, with its sign: x − trunc(x). Its derivative is 1; ±∞ gives NaN.
 * @example
 * frac(tensor([1.5, -1.5])).toArray(); // [0.5, -0.5]
 */
export const frac: UnaryFunction = /* @__PURE__ */ unary({
  name: "frac",
  f: (x) => x % 1,
  derivative: [(t) => t],
  domain: [REAL],
  kinks: whole,
});

/**
 * ⌊a/b⌋, broadcast: the quotient to which `remainder` belongs. Its derivative is 0; int32 divided by 0 gives 0.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * floorDivide(tensor([7, -7]), 2).toArray(); // [3, -4]
 */
export const floorDivide: BinaryFunction<"floorDivide"> = /* @__PURE__ */ binary({
  name: "floorDivide",
  f: floorDivideOf,
  derivative: [null, null],
  domain: [REAL, divisor],
  kinks: wholeQuotient,
});

/** a/b without its fraction. */
export const truncDivide: BinaryFunction<"div"> = /* @__PURE__ */ binary({
  name: "div",
  kernel: "truncDivide",
  f: (a, b) => Math.trunc(a / b),
  derivative: [null, null],
  domain: [REAL, divisor],
  kinks: wholeQuotient,
});

export interface DivOptions {
  /** Towards which whole number the quotient is rounded: "trunc" towards 0, "floor" downwards; by default it is not. */
  readonly roundingMode?: "trunc" | "floor" | null | undefined;
}
export interface DivFunction {
  <A extends Operand, B extends Operand>(
    a: A,
    b: CheckBroadcast<ShapeOf<A>, ShapeOf<B>, "div", B>,
    options?: DivOptions,
  ): Tensor<Common<A, B, "div">>;
  readonly op: ElementwiseOp;
}

/**
 * a / b, broadcast; integers divide to a floating result, unless it is rounded. Rounded quotients have a derivative of 0.
 * @throws ShapeError if the shapes do not broadcast; ArgumentError for another rounding mode.
 * @example
 * div(tensor([1, -3]), 2, { roundingMode: "floor" }).toArray(); // [0, -2]
 */
export const div: DivFunction = /* @__PURE__ */ extended(
  quotient,
  (a: Operand, b: Operand, options?: DivOptions): Tensor => {
    if (options === undefined) return quotient(a, b as Tensor);
    const mode = optionsOf("div", options, ["roundingMode"]).roundingMode ?? null;
    if (mode === null) return quotient(a, b as Tensor);
    if (mode === "floor") return floorDivide(a, b as Tensor);
    if (mode === "trunc") return truncDivide(a, b as Tensor);
    throw new ArgumentError(`div: roundingMode is "trunc", "floor" or null, got ${quoted(mode)}`);
  },
);

/**
 * What is left of a after dividing by b, broadcast, with the sign of a, as `%` does. NaN where b = 0, in int32 0.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * fmod(tensor([7, -7]), 2).toArray(); // [1, -1]
 */
export const fmod: BinaryFunction<"fmod"> = /* @__PURE__ */ binary({
  name: "fmod",
  f: (a, b) => a % b,
  derivative: [(t) => t, (t, a, b) => neg(mul(t, truncDivide(a, b)))],
  domain: [REAL, divisor],
  kinks: wholeQuotient,
});

/**
 * What is left of a after dividing by b, broadcast, with the sign of b: a − b·⌊a/b⌋. NaN where b = 0, in int32 0.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * remainder(tensor([7, -7]), 2).toArray(); // [1, 1]
 */
export const remainder: BinaryFunction<"remainder"> = /* @__PURE__ */ binary({
  name: "remainder",
  f: remainderOf,
  derivative: [(t) => t, (t, a, b) => neg(mul(t, floorDivide(a, b)))],
  domain: [REAL, divisor],
  kinks: wholeQuotient,
});
