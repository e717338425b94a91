// Functions of each element and those of one or two operands, beyond the basic ones. Operands broadcast.
import type { ValueOption } from "../ops/algebra.ts";
import type { Closeness } from "../ops/logical.ts";
import type { Broadcast, CheckBroadcast } from "../shape-types/index.ts";
import type { Operand, Tensor, Value } from "../tensor.ts";
import type { All, Both, Other, Third } from "./elementwise.ts";

export interface PairMethods {
  /**
   * √(x² + other²), without overflow; at the origin both derivatives are 0.
   * @throws ShapeError if the shapes do not broadcast.
   * @example
   * tensor([3]).hypot(4).toArray(); // [5]
   */
  hypot<A extends Tensor, B extends Operand>(this: A, other: Other<A, B, "hypot">): Tensor<Both<A, B, "hypot">>;
  /**
   * x with the sign of other; −0 is negative.
   * @throws ShapeError if the shapes do not broadcast.
   * @example
   * tensor([1, -2]).copysign(-1).toArray(); // [-1, -2]
   */
  copysign<A extends Tensor, B extends Operand>(
    this: A,
    other: Other<A, B, "copysign">,
  ): Tensor<Both<A, B, "copysign">>;
  /**
   * The larger of the two, of a number and NaN the number; of equal ones x gets the derivative.
   * @throws ShapeError if the shapes do not broadcast.
   * @example
   * tensor([1, NaN]).fmax(0).toArray(); // [1, 0]
   */
  fmax<A extends Tensor, B extends Operand>(this: A, other: Other<A, B, "fmax">): Tensor<Both<A, B, "fmax">>;
  /**
   * The smaller of the two, of a number and NaN the number; of equal ones x gets the derivative.
   * @throws ShapeError if the shapes do not broadcast.
   * @example
   * tensor([1, NaN]).fmin(0).toArray(); // [0, 0]
   */
  fmin<A extends Tensor, B extends Operand>(this: A, other: Other<A, B, "fmin">): Tensor<Both<A, B, "fmin">>;
  /**
   * ⌊x/other⌋; the derivative is 0.
   * @throws ShapeError if the shapes do not broadcast.
   * @example
   * tensor([7, -7]).floorDivide(2).toArray(); // [3, -4]
   */
  floorDivide<A extends Tensor, B extends Operand>(
    this: A,
    other: Other<A, B, "floorDivide">,
  ): Tensor<Both<A, B, "floorDivide">>;
  /**
   * What is left of x after dividing by other, with the sign of x, as `%` does.
   * @throws ShapeError if the shapes do not broadcast.
   * @example
   * tensor([7, -7]).fmod(2).toArray(); // [1, -1]
   */
  fmod<A extends Tensor, B extends Operand>(this: A, other: Other<A, B, "fmod">): Tensor<Both<A, B, "fmod">>;
  /**
   * What is left of x after dividing by other, with the sign of other.
   * @throws ShapeError if the shapes do not broadcast.
   * @example
   * tensor([7, -7]).remainder(2).toArray(); // [1, 1]
   */
  remainder<A extends Tensor, B extends Operand>(
    this: A,
    other: Other<A, B, "remainder">,
  ): Tensor<Both<A, B, "remainder">>;
  /**
   * x·2 to the power of other.
   * @throws ShapeError if the shapes do not broadcast.
   * @example
   * tensor([3]).ldexp(2).toArray(); // [12]
   */
  ldexp<A extends Tensor, B extends Operand>(this: A, other: Other<A, B, "ldexp">): Tensor<Both<A, B, "ldexp">>;
  /**
   * log(eˣ + e to the power of other), without overflow.
   * @throws ShapeError if the shapes do not broadcast.
   * @example
   * tensor([1000]).logaddexp(-Infinity).toArray(); // [1000]
   */
  logaddexp<A extends Tensor, B extends Operand>(
    this: A,
    other: Other<A, B, "logaddexp">,
  ): Tensor<Both<A, B, "logaddexp">>;
  /**
   * log₂(2ˣ + 2 to the power of other), without overflow.
   * @throws ShapeError if the shapes do not broadcast.
   * @example
   * tensor([1000]).logaddexp2(1000).toArray(); // [1001]
   */
  logaddexp2<A extends Tensor, B extends Operand>(
    this: A,
    other: Other<A, B, "logaddexp2">,
  ): Tensor<Both<A, B, "logaddexp2">>;
  /**
   * x·log(other), and 0 where x is 0.
   * @throws ShapeError if the shapes do not broadcast.
   * @example
   * tensor([0, 2]).xlogy(tensor([0, 1])).toArray(); // [0, 0]
   */
  xlogy<A extends Tensor, B extends Operand>(this: A, other: Other<A, B, "xlogy">): Tensor<Both<A, B, "xlogy">>;
  /**
   * 0 where x < 0, `other` where x = 0, 1 where x > 0.
   * @throws ShapeError if the shapes do not broadcast.
   * @example
   * tensor([-1, 0, 1]).heaviside(0.5).toArray(); // [0, 0.5, 1]
   */
  heaviside<A extends Tensor, B extends Operand>(
    this: A,
    other: Other<A, B, "heaviside">,
  ): Tensor<Both<A, B, "heaviside">>;
  /**
   * Whether at least one is other than 0, as bool.
   * @throws ShapeError if the shapes do not broadcast.
   * @example
   * tensor([0, 2]).logicalOr(0).toArray(); // [false, true]
   */
  logicalOr<A extends Tensor, B extends Operand>(
    this: A,
    other: Other<A, B, "logicalOr">,
  ): Tensor<Both<A, B, "logicalOr">>;
  /**
   * Whether exactly one is other than 0, as bool.
   * @throws ShapeError if the shapes do not broadcast.
   * @example
   * tensor([0, 2]).logicalXor(1).toArray(); // [true, false]
   */
  logicalXor<A extends Tensor, B extends Operand>(
    this: A,
    other: Other<A, B, "logicalXor">,
  ): Tensor<Both<A, B, "logicalXor">>;
  /**
   * Whether |x − other| ≤ atol + rtol·|other|, as bool; infinities are close only to themselves.
   * @throws ShapeError if the shapes do not broadcast; ArgumentError for a negative tolerance.
   * @example
   * tensor([1, 2]).isClose(tensor([1 + 1e-9, 2.1])).toArray(); // [true, false]
   */
  isClose<A extends Tensor, B extends Operand>(
    this: A,
    other: Other<A, B, "isClose">,
    options?: Closeness,
  ): Tensor<Both<A, B, "isClose">>;
  /**
   * The point between x and `end` at `weight`: x + weight·(end − x).
   * @throws ShapeError if the shapes do not broadcast.
   * @example
   * tensor([0]).lerp(tensor([10]), 0.5).toArray(); // [5]
   */
  lerp<A extends Tensor, B extends Operand, C extends Operand>(
    this: A,
    end: Other<A, B, "lerp">,
    weight: Third<A, B, C, "lerp">,
  ): Tensor<All<A, B, C, "lerp">>;
  /**
   * x + value·a·b.
   * @throws ShapeError if the shapes do not broadcast.
   * @example
   * tensor([1]).addcmul(tensor([2]), tensor([3]), { value: 10 }).toArray(); // [61]
   */
  addcmul<A extends Tensor, B extends Operand, C extends Operand>(
    this: A,
    a: Other<A, B, "addcmul">,
    b: Third<A, B, C, "addcmul">,
    options?: ValueOption,
  ): Tensor<All<A, B, C, "addcmul">>;
  /**
   * x + value·a/b.
   * @throws ShapeError if the shapes do not broadcast.
   * @example
   * tensor([1]).addcdiv(tensor([6]), tensor([3]), { value: 10 }).toArray(); // [21]
   */
  addcdiv<A extends Tensor, B extends Operand, C extends Operand>(
    this: A,
    a: Other<A, B, "addcdiv">,
    b: Third<A, B, C, "addcdiv">,
    options?: ValueOption,
  ): Tensor<All<A, B, C, "addcdiv">>;
  /**
   * x with `value` where the bool `mask` holds.
   * @throws DtypeError unless the mask is bool; ShapeError if the shapes do not broadcast, or `value` is more than one number.
   * @example
   * tensor([1, -2]).maskedFill(tensor([false, true]), 0).toArray(); // [1, 0]
   */
  maskedFill<A extends Tensor, M extends Tensor>(
    this: A,
    mask: CheckBroadcast<A["shape"], M["shape"], "maskedFill", M>,
    value: number | Value,
  ): Tensor<Broadcast<A["shape"], M["shape"], "maskedFill">>;
}
