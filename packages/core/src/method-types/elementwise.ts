// What can be done with each element of a tensor. Operands broadcast: right-aligned, sizes of 1 and missing dims repeat.
import type { Dtype } from "../dtype.ts";
import type { AlphaOption } from "../ops/algebra.ts";
import type { SoftplusOptions } from "../ops/exponential.ts";
import type { DivOptions } from "../ops/rounding.ts";
import type { Bound } from "../ops/selection.ts";
import type {
  Broadcast3,
  BroadcastWith,
  CheckBroadcast,
  CheckOperand,
  CheckBroadcast3,
  ShapeOf,
} from "../shape-types/index.ts";
import type { Shape } from "../shape.ts";
import type { Operand, Tensor } from "../tensor.ts";

/** Common shape of a tensor and an operand. */
export type Both<A extends Tensor, B extends Operand, Op extends string> = BroadcastWith<A["shape"], B, Op>;
/** Common shape of a tensor and two operands. */
export type All<A extends Tensor, B extends Operand, C extends Operand, Op extends string> = Broadcast3<
  A["shape"],
  ShapeOf<B>,
  ShapeOf<C>,
  Op
>;

/** Type of the second operand of a tensor: B, or the message if it does not fit. */
export type Other<A extends Tensor, B extends Operand, Op extends string> = CheckOperand<A["shape"], B, Op>;
/** Type of the third operand of a tensor: C, or the message if it does not fit. */
export type Third<A extends Tensor, B extends Operand, C extends Operand, Op extends string> = CheckBroadcast3<
  A["shape"],
  ShapeOf<B>,
  ShapeOf<C>,
  Op,
  C
>;

export interface ElementwiseMethods<out S extends Shape = Shape> {
  /** @internal Results have `this["shape"]`, so that they keep that of a tensor whose type is a parameter. */
  readonly shape: S;

  // ---------- of one tensor: the shape stays

  /**
   * −x.
   * @example
   * tensor([1, -2]).neg().toArray(); // [-1, 2]
   */
  neg(): Tensor<this["shape"]>;
  /**
   * |x|; the derivative at 0 is 0.
   * @example
   * tensor([1, -2]).abs().toArray(); // [1, 2]
   */
  abs(): Tensor<this["shape"]>;
  /**
   * −1, 0 or 1; the derivative is 0 everywhere.
   * @example
   * tensor([3, -2, 0]).sign().toArray(); // [1, -1, 0]
   */
  sign(): Tensor<this["shape"]>;
  /**
   * x².
   * @example
   * tensor([1, -2]).square().toArray(); // [1, 4]
   */
  square(): Tensor<this["shape"]>;
  /**
   * √x; NaN below 0, and the derivative at 0 is ∞.
   * @example
   * tensor([4, 9]).sqrt().toArray(); // [2, 3]
   */
  sqrt(): Tensor<this["shape"]>;
  /**
   * eˣ.
   * @example
   * tensor([0]).exp().toArray(); // [1]
   */
  exp(): Tensor<this["shape"]>;
  /**
   * eˣ − 1, with all digits where x is small.
   * @example
   * tensor([0]).expm1().toArray(); // [0]
   */
  expm1(): Tensor<this["shape"]>;
  /**
   * Natural logarithm; −∞ at 0, NaN below.
   * @example
   * tensor([1]).log().toArray(); // [0]
   */
  log(): Tensor<this["shape"]>;
  /**
   * log(1 + x), with all digits where x is small.
   * @example
   * tensor([0]).log1p().toArray(); // [0]
   */
  log1p(): Tensor<this["shape"]>;
  /**
   * 1 / (1 + e⁻ˣ), without overflow.
   * @example
   * tensor([0]).sigmoid().toArray(); // [0.5]
   */
  sigmoid(): Tensor<this["shape"]>;
  /**
   * log(1 + eˣ), without overflow: a smooth `relu`.
   * @example
   * tensor([1000]).softplus().toArray(); // [1000]
   */
  softplus(options?: SoftplusOptions): Tensor<this["shape"]>;
  /**
   * max(x, 0); the derivative at 0 is 0.
   * @example
   * tensor([-1, 2]).relu().toArray(); // [0, 2]
   */
  relu(): Tensor<this["shape"]>;
  /**
   * Error function 2/√π ∫₀ˣ exp(−t²) dt.
   * @example
   * tensor([0]).erf().toArray(); // [0]
   */
  erf(): Tensor<this["shape"]>;
  /**
   * Sine; angles are in radians.
   * @example
   * tensor([0]).sin().toArray(); // [0]
   */
  sin(): Tensor<this["shape"]>;
  /**
   * Cosine.
   * @example
   * tensor([0]).cos().toArray(); // [1]
   */
  cos(): Tensor<this["shape"]>;
  /**
   * Tangent.
   * @example
   * tensor([0]).tan().toArray(); // [0]
   */
  tan(): Tensor<this["shape"]>;
  /**
   * Arc sine; NaN outside [−1, 1].
   * @example
   * tensor([0]).asin().toArray(); // [0]
   */
  asin(): Tensor<this["shape"]>;
  /**
   * Arc cosine; NaN outside [−1, 1].
   * @example
   * tensor([1]).acos().toArray(); // [0]
   */
  acos(): Tensor<this["shape"]>;
  /**
   * Arc tangent.
   * @example
   * tensor([0]).atan().toArray(); // [0]
   */
  atan(): Tensor<this["shape"]>;
  /**
   * Hyperbolic sine.
   * @example
   * tensor([0]).sinh().toArray(); // [0]
   */
  sinh(): Tensor<this["shape"]>;
  /**
   * Hyperbolic cosine.
   * @example
   * tensor([0]).cosh().toArray(); // [1]
   */
  cosh(): Tensor<this["shape"]>;
  /**
   * Hyperbolic tangent.
   * @example
   * tensor([0]).tanh().toArray(); // [0]
   */
  tanh(): Tensor<this["shape"]>;
  /**
   * Whether x is NaN, as bool.
   * @example
   * tensor([1, NaN]).isNaN().toArray(); // [false, true]
   */
  isNaN(): Tensor<this["shape"]>;
  /**
   * The same numbers in another dtype; on the way to int32 they lose their fraction, in bool they become x ≠ 0.
   * @throws DtypeError for a dtype that does not exist.
   * @example
   * tensor([1.5, -2.5]).to("int32").toArray(); // [1, -2]
   */
  to(dtype: Dtype): Tensor<this["shape"]>;

  // ---------- of two and three: the shape is the common one

  /**
   * x + other.
   * @throws ShapeError if the shapes do not broadcast.
   * @example
   * tensor([1, 2]).add(10).toArray(); // [11, 12]
   */
  add<A extends Tensor, B extends Operand>(
    this: A,
    other: Other<A, B, "add">,
    options?: AlphaOption,
  ): Tensor<Both<A, B, "add">>;
  /**
   * x − other.
   * @throws ShapeError if the shapes do not broadcast.
   * @example
   * tensor([1, 2]).sub(tensor([1, 1])).toArray(); // [0, 1]
   */
  sub<A extends Tensor, B extends Operand>(
    this: A,
    other: Other<A, B, "sub">,
    options?: AlphaOption,
  ): Tensor<Both<A, B, "sub">>;
  /**
   * x · other, element by element; see `matmul` for the matrix product.
   * @throws ShapeError if the shapes do not broadcast.
   * @example
   * tensor([1, 2]).mul(tensor([[1], [10]])).toArray(); // [[1, 2], [10, 20]]
   */
  mul<A extends Tensor, B extends Operand>(this: A, other: Other<A, B, "mul">): Tensor<Both<A, B, "mul">>;
  /**
   * x / other; int32 and bool become floating, unless the quotient is rounded: then it has a derivative of 0.
   * @throws ShapeError if the shapes do not broadcast; ArgumentError for another rounding mode.
   * @example
   * tensor([1, -3]).div(2, { roundingMode: "floor" }).toArray(); // [0, -2]
   */
  div<A extends Tensor, B extends Operand>(
    this: A,
    other: Other<A, B, "div">,
    options?: DivOptions,
  ): Tensor<Both<A, B, "div">>;
  /**
   * x to the power of other; the derivative by x is 0 where other is 0, that by other is 0 where x is 0 and other ≥ 0.
   * @throws ShapeError if the shapes do not broadcast.
   * @example
   * tensor([2, 3]).pow(2).toArray(); // [4, 9]
   */
  pow<A extends Tensor, B extends Operand>(this: A, other: Other<A, B, "pow">): Tensor<Both<A, B, "pow">>;
  /**
   * The larger of the two, NaN if either is; equal ones share the derivative.
   * @throws ShapeError if the shapes do not broadcast.
   * @example
   * tensor([1, 5]).maximum(3).toArray(); // [3, 5]
   */
  maximum<A extends Tensor, B extends Operand>(this: A, other: Other<A, B, "maximum">): Tensor<Both<A, B, "maximum">>;
  /**
   * The smaller of the two, NaN if either is; equal ones share the derivative.
   * @throws ShapeError if the shapes do not broadcast.
   * @example
   * tensor([1, 5]).minimum(3).toArray(); // [1, 3]
   */
  minimum<A extends Tensor, B extends Operand>(this: A, other: Other<A, B, "minimum">): Tensor<Both<A, B, "minimum">>;
  /**
   * The angle of the point (other, x), from −π to π.
   * @throws ShapeError if the shapes do not broadcast.
   * @example
   * tensor([0]).atan2(1).toArray(); // [0]
   */
  atan2<A extends Tensor, B extends Operand>(this: A, other: Other<A, B, "atan2">): Tensor<Both<A, B, "atan2">>;
  /**
   * x held between `min` and `max`; leave a bound out with ∓Infinity. The derivative passes at the bounds too.
   * @throws ShapeError if the shapes do not broadcast.
   * @example
   * tensor([-5, 0, 5]).clamp(-1, 1).toArray(); // [-1, 0, 1]
   */
  clamp<A extends Tensor, B extends Operand | null | undefined, C extends Operand | null | undefined = undefined>(
    this: A,
    min: CheckBroadcast<A["shape"], Bound<B>, "clamp", B>,
    max?: CheckBroadcast3<A["shape"], Bound<B>, Bound<C>, "clamp", C>,
  ): Tensor<Broadcast3<A["shape"], Bound<B>, Bound<C>, "clamp">>;
}
