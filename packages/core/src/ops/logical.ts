import { ArgumentError, optionsOf } from "../errors.ts";
import { type BinaryFunction, binary, REAL, unary, type UnaryFunction } from "../families/elementwise.ts";
import { broadcastShapes } from "../shape.ts";
import type { Common, CheckBroadcast, ShapeOf } from "../shape-types/index.ts";
import { type Operand, Tensor } from "../tensor.ts";
import { abs, add, mul, sub } from "./arithmetic.ts";
import { ofDtype } from "./cast.ts";
import { eq, isNaN, le, logicalAnd } from "./comparison.ts";

// Results are bool, and no derivative passes. Anything other than 0 counts as true, NaN too.

/**
 * Whether at least one is other than 0.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * logicalOr(tensor([0, 2]), 0).toArray(); // [false, true]
 */
export const logicalOr: BinaryFunction<"logicalOr"> = /* @__PURE__ */ binary({
  name: "logicalOr",
  f: (a, b) => +(a !== 0) | +(b !== 0),
  result: "bool",
  derivative: [null, null],
  domain: [REAL, REAL],
});

/**
 * Whether exactly one is other than 0.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * logicalXor(tensor([0, 2]), 1).toArray(); // [true, false]
 */
export const logicalXor: BinaryFunction<"logicalXor"> = /* @__PURE__ */ binary({
  name: "logicalXor",
  f: (a, b) => +(a !== 0) ^ +(b !== 0),
  result: "bool",
  derivative: [null, null],
  domain: [REAL, REAL],
});

/**
 * Whether x is 0.
 * @example
 * logicalNot(tensor([0, 2])).toArray(); // [true, false]
 */
export const logicalNot: UnaryFunction = /* @__PURE__ */ unary({
  name: "logicalNot",
  f: (x) => +(x === 0),
  result: "bool",
  derivative: [null],
  domain: [REAL],
});

/**
 * Whether x is neither infinite nor NaN.
 * @example
 * isFinite(tensor([1, -Infinity, NaN])).toArray(); // [true, false, false]
 */
export const isFinite: UnaryFunction = /* @__PURE__ */ unary({
  name: "isFinite",
  f: (x) => +(x - x === 0),
  result: "bool",
  derivative: [null],
  domain: [REAL],
});

/**
 * Whether x is ∞ or −∞.
 * @example
 * isInf(tensor([1, -Infinity, NaN])).toArray(); // [false, true, false]
 */
export const isInf: UnaryFunction = /* @__PURE__ */ unary({
  name: "isInf",
  f: (x) => +(x === Infinity || x === -Infinity),
  result: "bool",
  derivative: [null],
  domain: [REAL],
});

/**
 * Whether x is less than 0, or −0.
 * @example
 * signbit(tensor([1, -2, -0])).toArray(); // [false, true, true]
 */
export const signbit: UnaryFunction = /* @__PURE__ */ unary({
  name: "signbit",
  f: (x) => +(x < 0 || Object.is(x, -0)),
  result: "bool",
  derivative: [null],
  domain: [REAL],
});

export interface Closeness {
  /** Difference allowed for each unit of |b|; 1e-5 by default. */
  readonly rtol?: number | undefined;
  /** Difference allowed anywhere; 1e-8 by default. */
  readonly atol?: number | undefined;
  /** Whether NaN is close to NaN; by default it is not. */
  readonly equalNan?: boolean | undefined;
}

/**
 * Whether |a − b| ≤ atol + rtol·|b|, broadcast. Infinities are close only to themselves.
 * @throws ShapeError if the shapes do not broadcast; ArgumentError for a negative tolerance.
 * @example
 * isClose(tensor([1, 2]), tensor([1 + 1e-9, 2.1])).toArray(); // [true, false]
 */
export function isClose<A extends Operand, B extends Operand>(
  a: A,
  b: CheckBroadcast<ShapeOf<A>, ShapeOf<B>, "isClose", B>,
  options?: Closeness,
): Tensor<Common<A, B, "isClose">>;
export function isClose(a: Operand, b: Operand, options?: Closeness): Tensor {
  const { rtol = 1e-5, atol = 1e-8, equalNan = false } = optionsOf("isClose", options, ["rtol", "atol", "equalNan"]);
  if (!(rtol >= 0 && atol >= 0))
    throw new ArgumentError(`isClose: tolerances are at least 0, got rtol ${rtol} and atol ${atol}`);
  const [x, y] = [a, b].map((z) => (z instanceof Tensor ? ofDtype(z, "float64") : z)) as [Tensor, Tensor];
  if (x instanceof Tensor && y instanceof Tensor) broadcastShapes("isClose", x.shape, y.shape);
  const distance = abs(sub(x, y));
  const near = logicalAnd(isFinite(distance), le(distance, add(mul(abs(y), rtol), atol)));
  const close = logicalOr(eq(x, y), near);
  return equalNan ? logicalOr(close, logicalAnd(isNaN(x), isNaN(y))) : close;
}
