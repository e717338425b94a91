import { isFloat } from "../dtype.ts";
import { ArgumentError, DtypeError, ShapeError, optionsOf } from "../errors.ts";
import { type BinaryFunction, binary, type ElementwiseOp, REAL, extended } from "../families/elementwise.ts";
import { broadcastShapes, showShape } from "../shape.ts";
import type { Broadcast, Broadcast3, CheckBroadcast, CheckBroadcast3, ShapeOf } from "../shape-types/index.ts";
import { checkTensor, type Operand, Tensor, type Value } from "../tensor.ts";
import { clamp as between, mul, sign } from "./arithmetic.ts";
import { eq, ge, isNaN, le, where } from "./comparison.ts";
import { logicalOr } from "./logical.ts";
import { unchanged } from "./movement.ts";

// Operations that choose between numbers.

/** A bound left out counts as a number in the shape. */
export type Bound<B> = B extends null | undefined ? [] : ShapeOf<B>;
export interface ClampFunction {
  <A extends Operand, B extends Operand | null | undefined, C extends Operand | null | undefined = undefined>(
    x: A,
    min: CheckBroadcast<ShapeOf<A>, Bound<B>, "clamp", B>,
    max?: CheckBroadcast3<ShapeOf<A>, Bound<B>, Bound<C>, "clamp", C>,
  ): Tensor<Broadcast3<ShapeOf<A>, Bound<B>, Bound<C>, "clamp">>;
  readonly op: ElementwiseOp;
}

/**
 * x held between `min` and `max`, broadcast; either may be left out with `null`. The derivative by x passes at the bounds too.
 * Where min > max the result is max.
 * @throws ShapeError if the shapes do not broadcast; ArgumentError without any bound.
 * @example
 * clamp(tensor([-5, 0, 5]), -1, 1).toArray(); // [-1, 0, 1]
 * clamp(tensor([-5, 0, 5]), null, 1).toArray(); // [-5, 0, 1]
 */
export const clamp: ClampFunction = /* @__PURE__ */ extended(
  between,
  (x: Operand, min: Operand | null | undefined, max: Operand | null | undefined): Tensor => {
    const [noMin, noMax] = [min === undefined || min === null, max === undefined || max === null];
    if (!noMin && !noMax) return between(x, min as Tensor, max as Tensor);
    if (noMin && noMax) throw new ArgumentError("clamp: needs min, max or both");
    const tensors = [x, min, max].filter((y) => y instanceof Tensor);
    const whole = tensors.length > 0 && !tensors.some((y) => isFloat(y.dtype));
    const low = min ?? (whole ? -(2 ** 31) : -Infinity);
    const high = max ?? (whole ? 2 ** 31 - 1 : Infinity);
    return between(x, low as Tensor, high as Tensor);
  },
);

/**
 * The larger of a and b, broadcast; of a number and NaN the number. Of equal arguments a gets the derivative.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * fmax(tensor([1, NaN]), 0).toArray(); // [1, 0]
 */
export const fmax: BinaryFunction<"fmax"> = /* @__PURE__ */ binary({
  name: "fmax",
  f: (a, b) => (a !== a ? b : b !== b ? a : Math.max(a, b)),
  derivative: [
    (t, a, b) => where(logicalOr(ge(a, b), isNaN(b)), t, 0),
    (t, a, b) => where(logicalOr(ge(a, b), isNaN(b)), 0, t),
  ],
  domain: [REAL, REAL],
  kinks: (a, b) => a - b,
});

/**
 * The smaller of a and b, broadcast; of a number and NaN the number. Of equal arguments a gets the derivative.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * fmin(tensor([1, NaN]), 0).toArray(); // [0, 0]
 */
export const fmin: BinaryFunction<"fmin"> = /* @__PURE__ */ binary({
  name: "fmin",
  f: (a, b) => (a !== a ? b : b !== b ? a : Math.min(a, b)),
  derivative: [
    (t, a, b) => where(logicalOr(le(a, b), isNaN(b)), t, 0),
    (t, a, b) => where(logicalOr(le(a, b), isNaN(b)), 0, t),
  ],
  domain: [REAL, REAL],
  kinks: (a, b) => a - b,
});

/**
 * a with the sign of b, broadcast; −0 is negative. The derivative is 0 where a = 0, and by b it is 0 everywhere.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * copysign(tensor([1, -2]), -1).toArray(); // [-1, -2]
 */
export const copysign: BinaryFunction<"copysign"> = /* @__PURE__ */ binary({
  name: "copysign",
  f: (a, b) => (b < 0 || Object.is(b, -0) ? -Math.abs(a) : Math.abs(a)),
  result: "float",
  derivative: [(t, a, b) => mul(t, mul(sign(a), copysign(1, b))), null],
  domain: [REAL, REAL],
  kinks: (a, b) => Math.min(Math.abs(a), Math.abs(b)),
});

/**
 * 0 where x < 0, `values` where x = 0, 1 where x > 0, broadcast; NaN counts as below. Only `values` has a derivative, where x = 0.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * heaviside(tensor([-1, 0, 1]), 0.5).toArray(); // [0, 0.5, 1]
 */
export const heaviside: BinaryFunction<"heaviside"> = /* @__PURE__ */ binary({
  name: "heaviside",
  f: (x, values) => (x === 0 ? values : x > 0 ? 1 : 0),
  derivative: [null, (t, x) => where(eq(x, 0), t, 0)],
  domain: [REAL, REAL],
  kinks: (x) => x,
});

/**
 * x with `value` where the bool `mask` holds, broadcast.
 * @throws DtypeError unless the mask is bool; ShapeError if the shapes do not broadcast, or `value` is more than one number.
 * @example
 * maskedFill(tensor([1, -2]), tensor([false, true]), 0).toArray(); // [1, 0]
 */
export function maskedFill<A extends Tensor, M extends Tensor>(
  x: A,
  mask: CheckBroadcast<A["shape"], M["shape"], "maskedFill", M>,
  value: number | Value,
): Tensor<Broadcast<A["shape"], M["shape"], "maskedFill">>;
export function maskedFill(x: Tensor, mask: Tensor, value: number | Tensor): Tensor {
  checkTensor("maskedFill", x);
  checkTensor("maskedFill", mask);
  if (mask.dtype !== "bool")
    throw new DtypeError(`maskedFill: the mask is ${mask.dtype}, expected bool; compare first, as in x.gt(0)`);
  if (value instanceof Tensor && value.rank > 0)
    throw new ShapeError("maskedFill", `the value is one number, got ${showShape(value.shape)}; see where()`, [
      value.shape,
    ]);
  broadcastShapes("maskedFill", x.shape, mask.shape);
  return where(mask, value, x);
}

export interface NanToNumOptions {
  /** In the place of NaN; 0 by default. */
  readonly nan?: number | undefined;
  /** In the place of ∞; by default the largest number of the dtype. */
  readonly posinf?: number | null | undefined;
  /** In the place of −∞; by default the lowest number of the dtype. */
  readonly neginf?: number | null | undefined;
}

/**
 * x with finite numbers in the place of NaN and ±∞, where the derivative is 0.
 * @example
 * nanToNum(tensor([1, NaN, Infinity]), { posinf: 9 }).toArray(); // [1, 0, 9]
 */
export function nanToNum<A extends Tensor>(x: A, options?: NanToNumOptions): Tensor<A["shape"]>;
export function nanToNum(x: Tensor, options?: NanToNumOptions): Tensor {
  const { nan = 0, posinf, neginf } = optionsOf("nanToNum", options, ["nan", "posinf", "neginf"]);
  checkTensor("nanToNum", x);
  if (!isFloat(x.dtype)) return unchanged(x);
  const largest = x.dtype === "float64" ? Number.MAX_VALUE : (2 - 2 ** -23) * 2 ** 127;
  const bounded = where(eq(x, -Infinity), neginf ?? -largest, where(eq(x, Infinity), posinf ?? largest, x));
  return where(isNaN(x), nan, bounded);
}
