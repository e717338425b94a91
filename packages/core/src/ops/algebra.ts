import {
  add as sum,
  type BinaryFunction,
  binary,
  type ElementwiseOp,
  POSITIVE,
  REAL,
  type TernaryFunction,
  ternary,
  unary,
  type UnaryFunction,
  extended,
} from "../families/elementwise.ts";
import { ldexp as ldexpOf } from "../kernels/special.ts";
import type { Common, Broadcast3, CheckBroadcast, CheckBroadcast3, ShapeOf } from "../shape-types/index.ts";
import { checkNumber, optionsOf } from "../errors.ts";
import { checkTensor, type Operand, type Tensor } from "../tensor.ts";
import { div, mul, neg, sub as difference } from "./arithmetic.ts";
import { unchanged } from "./movement.ts";

export interface AlphaOption {
  /** Factor of the second argument; 1 by default. */
  readonly alpha?: number | undefined;
}
export interface WithAlpha<N extends string> {
  <A extends Operand, B extends Operand>(
    a: A,
    b: CheckBroadcast<ShapeOf<A>, ShapeOf<B>, N, B>,
    options?: AlphaOption,
  ): Tensor<Common<A, B, N>>;
  readonly op: ElementwiseOp;
}
function withAlpha<N extends string>(f: BinaryFunction<N>): WithAlpha<N> {
  const call = (a: Operand, b: Operand, options?: AlphaOption): Tensor => {
    if (options === undefined) return f(a, b as Tensor);
    const { alpha = 1 } = optionsOf(f.op.name, options, ["alpha"]);
    if (alpha === 1) return f(a, b as Tensor);
    checkNumber(f.op.name, "alpha", alpha);
    return f(a, (typeof b === "number" ? b * alpha : mul(b, alpha)) as Tensor);
  };
  return extended(f, call);
}

/**
 * a + alpha·b, broadcast; alpha is 1 if left out.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * add(tensor([1, 2]), 10).toArray(); // [11, 12]
 * add(tensor([1, 2]), tensor([1, 1]), { alpha: 0.5 }).toArray(); // [1.5, 2.5]
 */
export const add: WithAlpha<"add"> = /* @__PURE__ */ withAlpha(sum);

/**
 * a − alpha·b, broadcast; alpha is 1 if left out.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * sub(tensor([1, 2]), tensor([1, 1])).toArray(); // [0, 1]
 */
export const sub: WithAlpha<"sub"> = /* @__PURE__ */ withAlpha(difference);

/**
 * x itself.
 * @example
 * positive(tensor([-1])).toArray(); // [-1]
 */
export function positive<A extends Tensor>(x: A): Tensor<A["shape"]> {
  checkTensor("positive", x);
  return unchanged(x);
}

/**
 * Degrees to radians.
 * @example
 * deg2rad(tensor([180])).toArray(); // [Math.PI]
 */
export const deg2rad: UnaryFunction = /* @__PURE__ */ unary({
  name: "deg2rad",
  f: (x) => x * (Math.PI / 180),
  result: "float",
  derivative: [(t) => mul(t, Math.PI / 180)],
  domain: [REAL],
});

/**
 * Radians to degrees.
 * @example
 * rad2deg(tensor([Math.PI])).toArray(); // [180]
 */
export const rad2deg: UnaryFunction = /* @__PURE__ */ unary({
  name: "rad2deg",
  f: (x) => x * (180 / Math.PI),
  result: "float",
  derivative: [(t) => mul(t, 180 / Math.PI)],
  domain: [REAL],
});

/**
 * x·2ᵉ, broadcast, also where 2ᵉ itself overflows; e need not be whole.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * ldexp(tensor([3]), 2).toArray(); // [12]
 */
export const ldexp: BinaryFunction<"ldexp"> = /* @__PURE__ */ binary({
  name: "ldexp",
  f: ldexpOf,
  result: "float",
  derivative: [(t, _x, e) => ldexp(t, e), (t, _x, _e, y) => mul(t, mul(y, Math.LN2))],
  domain: [REAL, [-3, 3]],
});

/** An infinite end has no share at the other. */
function lerpOf(start: number, end: number, weight: number): number {
  if (weight < 0.5) return weight === 0 && end === end ? start : start + weight * (end - start);
  return weight === 1 && start === start ? end : end - (end - start) * (1 - weight);
}
/**
 * The point between `start` and `end` at `weight`, broadcast: start + weight·(end − start), exact at both ends.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * lerp(tensor([0]), tensor([10]), 0.5).toArray(); // [5]
 */
export const lerp: TernaryFunction<"lerp"> = /* @__PURE__ */ ternary({
  name: "lerp",
  f: lerpOf,
  result: "float",
  derivative: [
    (t, _start, _end, weight) => mul(t, difference(1, weight)),
    (t, _start, _end, weight) => mul(t, weight),
    (t, start, end) => mul(t, difference(end, start)),
  ],
  domain: [REAL, REAL, REAL],
});

export interface ValueOption {
  /** Factor of the product or quotient; 1 by default. */
  readonly value?: number | undefined;
}
type WithValue<N extends string> = <A extends Operand, B extends Operand, C extends Operand>(
  x: A,
  a: CheckBroadcast<ShapeOf<A>, ShapeOf<B>, N, B>,
  b: CheckBroadcast3<ShapeOf<A>, ShapeOf<B>, ShapeOf<C>, N, C>,
  options?: ValueOption,
) => Tensor<Broadcast3<ShapeOf<A>, ShapeOf<B>, ShapeOf<C>, N>>;

export const addcmulOp: TernaryFunction<"addcmul"> = /* @__PURE__ */ ternary({
  name: "addcmul",
  f: (x, a, b) => x + a * b,
  whole: (x, a, b) => x + Math.imul(a, b),
  derivative: [(t) => t, (t, _x, _a, b) => mul(t, b), (t, _x, a) => mul(t, a)],
  domain: [REAL, REAL, REAL],
});

/**
 * x + value·a·b, broadcast.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * addcmul(tensor([1]), tensor([2]), tensor([3]), { value: 10 }).toArray(); // [61]
 */
export const addcmul: WithValue<"addcmul"> = ((x: Operand, a: Operand, b: Operand, options?: ValueOption) => {
  const { value = 1 } = optionsOf("addcmul", options, ["value"]);
  return addcmulOp(x, value === 1 ? a : mul(a, value), b);
}) as never;

export const addcdivOp: TernaryFunction<"addcdiv"> = /* @__PURE__ */ ternary({
  name: "addcdiv",
  f: (x, a, b) => x + a / b,
  result: "float",
  derivative: [(t) => t, (t, _x, _a, b) => div(t, b), (t, _x, a, b) => neg(div(mul(t, div(a, b)), b))],
  domain: [REAL, REAL, POSITIVE],
});

/**
 * x + value·a/b, broadcast.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * addcdiv(tensor([1]), tensor([6]), tensor([3]), { value: 10 }).toArray(); // [21]
 */
export const addcdiv: WithValue<"addcdiv"> = ((x: Operand, a: Operand, b: Operand, options?: ValueOption) => {
  const { value = 1 } = optionsOf("addcdiv", options, ["value"]);
  return addcdivOp(x, value === 1 ? a : mul(a, value), b);
}) as never;
