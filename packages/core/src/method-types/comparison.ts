// Comparisons of each element, and choosing by them. Operands broadcast.

import type { Operand, Tensor } from "../tensor.ts";
import type { All, Both, Other, Third } from "./elementwise.ts";

export interface ComparisonMethods {
  /**
   * Whether x = other, as bool. NaN equals nothing.
   * @throws ShapeError if the shapes do not broadcast.
   * @example
   * tensor([1, 2]).eq(2).toArray(); // [false, true]
   */
  eq<A extends Tensor, B extends Operand>(this: A, other: Other<A, B, "eq">): Tensor<Both<A, B, "eq">>;
  /**
   * Whether x ≠ other, as bool.
   * @throws ShapeError if the shapes do not broadcast.
   * @example
   * tensor([1, 2]).ne(2).toArray(); // [true, false]
   */
  ne<A extends Tensor, B extends Operand>(this: A, other: Other<A, B, "ne">): Tensor<Both<A, B, "ne">>;
  /**
   * Whether x < other, as bool.
   * @throws ShapeError if the shapes do not broadcast.
   * @example
   * tensor([1, 2]).lt(2).toArray(); // [true, false]
   */
  lt<A extends Tensor, B extends Operand>(this: A, other: Other<A, B, "lt">): Tensor<Both<A, B, "lt">>;
  /**
   * Whether x ≤ other, as bool.
   * @throws ShapeError if the shapes do not broadcast.
   * @example
   * tensor([1, 2]).le(2).toArray(); // [true, true]
   */
  le<A extends Tensor, B extends Operand>(this: A, other: Other<A, B, "le">): Tensor<Both<A, B, "le">>;
  /**
   * Whether x > other, as bool.
   * @throws ShapeError if the shapes do not broadcast.
   * @example
   * tensor([1, 2]).gt(1).toArray(); // [false, true]
   */
  gt<A extends Tensor, B extends Operand>(this: A, other: Other<A, B, "gt">): Tensor<Both<A, B, "gt">>;
  /**
   * Whether x ≥ other, as bool.
   * @throws ShapeError if the shapes do not broadcast.
   * @example
   * tensor([1, 2]).ge(2).toArray(); // [false, true]
   */
  ge<A extends Tensor, B extends Operand>(this: A, other: Other<A, B, "ge">): Tensor<Both<A, B, "ge">>;
  /**
   * Whether both are other than 0, as bool.
   * @throws ShapeError if the shapes do not broadcast.
   * @example
   * tensor([1, 0]).logicalAnd(1).toArray(); // [true, false]
   */
  logicalAnd<A extends Tensor, B extends Operand>(
    this: A,
    other: Other<A, B, "logicalAnd">,
  ): Tensor<Both<A, B, "logicalAnd">>;
  /**
   * `a` where this bool tensor holds, `b` elsewhere. A NaN derivative of the branch not taken comes through; see the function `where`.
   * @throws ShapeError if the shapes do not broadcast, DtypeError unless this is bool.
   * @example
   * tensor([-1, 2]).gt(0).where(1, 0).toArray(); // [0, 1]
   */
  where<A extends Tensor, B extends Operand, C extends Operand>(
    this: A,
    a: Other<A, B, "where">,
    b: Third<A, B, C, "where">,
  ): Tensor<All<A, B, C, "where">>;
}
