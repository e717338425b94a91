import {
  type BinaryFunction,
  binary,
  REAL,
  type TernaryFunction,
  ternary,
  unary,
  type UnaryFunction,
} from "../families/elementwise.ts";

// Results are bool, and no derivative passes.

/**
 * Whether a = b, element by element, broadcast. NaN equals nothing.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * eq(tensor([1, 2]), 2).toArray(); // [false, true]
 */
export const eq: BinaryFunction<"eq"> = /* @__PURE__ */ binary({
  name: "eq",
  f: (a, b) => +(a === b),
  result: "bool",
  derivative: [null, null],
  domain: [REAL, REAL],
});
/**
 * Whether a ≠ b.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * ne(tensor([1, 2]), 2).toArray(); // [true, false]
 */
export const ne: BinaryFunction<"ne"> = /* @__PURE__ */ binary({
  name: "ne",
  f: (a, b) => +(a !== b),
  result: "bool",
  derivative: [null, null],
  domain: [REAL, REAL],
});
/**
 * Whether a < b.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * lt(tensor([1, 2]), 2).toArray(); // [true, false]
 */
export const lt: BinaryFunction<"lt"> = /* @__PURE__ */ binary({
  name: "lt",
  f: (a, b) => +(a < b),
  result: "bool",
  derivative: [null, null],
  domain: [REAL, REAL],
});
/**
 * Whether a ≤ b.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * le(tensor([1, 2]), 2).toArray(); // [true, true]
 */
export const le: BinaryFunction<"le"> = /* @__PURE__ */ binary({
  name: "le",
  f: (a, b) => +(a <= b),
  result: "bool",
  derivative: [null, null],
  domain: [REAL, REAL],
});
/**
 * Whether a > b.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * gt(tensor([1, 2]), 1).toArray(); // [false, true]
 */
export const gt: BinaryFunction<"gt"> = /* @__PURE__ */ binary({
  name: "gt",
  f: (a, b) => +(a > b),
  result: "bool",
  derivative: [null, null],
  domain: [REAL, REAL],
});
/**
 * Whether a ≥ b.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * ge(tensor([1, 2]), 2).toArray(); // [false, true]
 */
export const ge: BinaryFunction<"ge"> = /* @__PURE__ */ binary({
  name: "ge",
  f: (a, b) => +(a >= b),
  result: "bool",
  derivative: [null, null],
  domain: [REAL, REAL],
});
/**
 * Whether both are other than 0.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * logicalAnd(tensor([1, 0]), 1).toArray(); // [true, false]
 */
export const logicalAnd: BinaryFunction<"logicalAnd"> = /* @__PURE__ */ binary({
  name: "logicalAnd", f: (a, b) => +(a !== 0) & +(b !== 0), result: "bool", derivative: [null, null], domain: [REAL, REAL],
}); // prettier-ignore
/**
 * Whether x is NaN.
 * @example
 * isNaN(tensor([1, NaN])).toArray(); // [false, true]
 */
export const isNaN: UnaryFunction = /* @__PURE__ */ unary({
  name: "isNaN",
  f: (x) => +(x !== x),
  result: "bool",
  derivative: [null],
  domain: [REAL],
});

/**
 * `a` where the bool `condition` holds, `b` elsewhere, broadcast.
 *
 * Both branches are computed, and a NaN derivative of the branch not taken still comes through: keep the argument of that branch
 * inside its domain with a second `where`, as in `where(x.gt(0), sqrt(where(x.gt(0), x, 1)), 0)`.
 * @throws ShapeError if the shapes do not broadcast, DtypeError unless `condition` is bool.
 * @example
 * where(gt(tensor([-1, 2]), 0), 1, 0).toArray(); // [0, 1]
 */
export const where: TernaryFunction<"where"> = /* @__PURE__ */ ternary({
  name: "where",
  f: (condition, a, b) => (condition !== 0 ? a : b),
  conditions: 1,
  derivative: [null, (t, condition) => where(condition, t, 0), (t, condition) => where(condition, 0, t)],
  domain: [[0, 1], REAL, REAL],
});
