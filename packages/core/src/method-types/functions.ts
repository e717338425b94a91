// Functions of each element beyond the basic ones. Operands broadcast: right-aligned, sizes of 1 and missing dims repeat.
import type { LogitOptions } from "../ops/logarithm.ts";
import type { Named } from "../ops/rectifiers.ts";
import type { RoundOptions } from "../ops/rounding.ts";
import type { NanToNumOptions } from "../ops/selection.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

export interface FunctionMethods<out S extends Shape = Shape> {
  /** @internal Results have `this["shape"]`, so that they keep that of a tensor whose type is a parameter. */
  readonly shape: S;

  /**
   * Inverse hyperbolic cosine, from 0 up; NaN below 1.
   * @example
   * tensor([1]).acosh().toArray(); // [0]
   */
  acosh(): Tensor<this["shape"]>;
  /**
   * Inverse hyperbolic sine.
   * @example
   * tensor([0]).asinh().toArray(); // [0]
   */
  asinh(): Tensor<this["shape"]>;
  /**
   * Inverse hyperbolic tangent; ±∞ at ±1, NaN beyond.
   * @example
   * tensor([0]).atanh().toArray(); // [0]
   */
  atanh(): Tensor<this["shape"]>;
  /**
   * 2ˣ.
   * @example
   * tensor([3]).exp2().toArray(); // [8]
   */
  exp2(): Tensor<this["shape"]>;
  /**
   * Logarithm to base 2; −∞ at 0, NaN below.
   * @example
   * tensor([8]).log2().toArray(); // [3]
   */
  log2(): Tensor<this["shape"]>;
  /**
   * Logarithm to base 10; −∞ at 0, NaN below.
   * @example
   * tensor([100]).log10().toArray(); // [2]
   */
  log10(): Tensor<this["shape"]>;
  /**
   * 1/x.
   * @example
   * tensor([4]).reciprocal().toArray(); // [0.25]
   */
  reciprocal(): Tensor<this["shape"]>;
  /**
   * 1/√x; ∞ at 0, NaN below.
   * @example
   * tensor([4]).rsqrt().toArray(); // [0.5]
   */
  rsqrt(): Tensor<this["shape"]>;
  /**
   * 1 − erf(x), with all its digits where erf(x) is nearly 1.
   * @example
   * tensor([0]).erfc().toArray(); // [1]
   */
  erfc(): Tensor<this["shape"]>;
  /**
   * The inverse of `erf`; ±∞ at ±1, NaN beyond.
   * @example
   * tensor([0]).erfinv().toArray(); // [0]
   */
  erfinv(): Tensor<this["shape"]>;
  /**
   * log|Γ(x)|; ∞ at 0 and the negative integers.
   * @example
   * tensor([1, 2]).lgamma().toArray(); // [0, 0]
   */
  lgamma(): Tensor<this["shape"]>;
  /**
   * ψ(x) = d/dx log Γ(x). NaN at the negative integers, ∓∞ at ±0.
   * @example
   * tensor([Infinity]).digamma().toArray(); // [Infinity]
   */
  digamma(): Tensor<this["shape"]>;
  /**
   * The derivative of order `n` of `digamma`.
   * @throws ArgumentError unless `n` is a whole number from 0.
   * @example
   * tensor([Infinity]).polygamma(1).toArray(); // [0]
   */
  polygamma(n: number): Tensor<this["shape"]>;
  /**
   * x where |x| > lambd, by default ½; 0 elsewhere.
   * @example
   * tensor([-2, 0.5, 2]).hardshrink().toArray(); // [-2, 0, 2]
   */
  hardshrink(lambd?: Named<"lambd">): Tensor<this["shape"]>;
  /**
   * x where positive, weight·x elsewhere, with one weight for all or one for each channel: dim 1, or 0 of a vector.
   * @throws ShapeError unless there is one weight, or as many as channels.
   * @example
   * tensor([-4, 2]).prelu(tensor([0.25])).toArray(); // [-1, 2]
   */
  prelu(weight: Tensor): Tensor<this["shape"]>;
  /**
   * sin(πx)/(πx), which is 1 at 0.
   * @example
   * tensor([0, 1]).sinc().toArray(); // [1, 0]
   */
  sinc(): Tensor<this["shape"]>;
  /**
   * Degrees to radians.
   * @example
   * tensor([180]).deg2rad().toArray(); // [Math.PI]
   */
  deg2rad(): Tensor<this["shape"]>;
  /**
   * Radians to degrees.
   * @example
   * tensor([Math.PI]).rad2deg().toArray(); // [180]
   */
  rad2deg(): Tensor<this["shape"]>;
  /**
   * x itself.
   * @example
   * tensor([-1]).positive().toArray(); // [-1]
   */
  positive(): Tensor<this["shape"]>;
  /**
   * The nearest whole number from x upwards; the derivative is 0, as that of `floor` and `trunc`.
   * @example
   * tensor([1.5, -1.5]).ceil().toArray(); // [2, -1]
   */
  ceil(): Tensor<this["shape"]>;
  /**
   * The nearest whole number from x downwards.
   * @example
   * tensor([1.5, -1.5]).floor().toArray(); // [1, -2]
   */
  floor(): Tensor<this["shape"]>;
  /**
   * x without its fraction.
   * @example
   * tensor([1.5, -1.5]).trunc().toArray(); // [1, -1]
   */
  trunc(): Tensor<this["shape"]>;
  /**
   * The fraction of x, with its sign; the derivative is 1.
   * @example
   * tensor([1.5, -1.5]).frac().toArray(); // [0.5, -0.5]
   */
  frac(): Tensor<this["shape"]>;
  /**
   * Whether x is neither infinite nor NaN, as bool.
   * @example
   * tensor([1, -Infinity, NaN]).isFinite().toArray(); // [true, false, false]
   */
  isFinite(): Tensor<this["shape"]>;
  /**
   * Whether x is ∞ or −∞, as bool.
   * @example
   * tensor([1, -Infinity, NaN]).isInf().toArray(); // [false, true, false]
   */
  isInf(): Tensor<this["shape"]>;
  /**
   * Whether x is less than 0, or −0, as bool.
   * @example
   * tensor([1, -2, -0]).signbit().toArray(); // [false, true, true]
   */
  signbit(): Tensor<this["shape"]>;
  /**
   * Whether x is 0, as bool.
   * @example
   * tensor([0, 2]).logicalNot().toArray(); // [true, false]
   */
  logicalNot(): Tensor<this["shape"]>;
  /**
   * The nearest whole number, of two the even one, or the nearest with so many `decimals`; the derivative is 0.
   * @throws ArgumentError unless `decimals` is a whole number.
   * @example
   * tensor([0.5, 1.5, -2.5]).round().toArray(); // [0, 2, -2]
   */
  round(options?: RoundOptions): Tensor<this["shape"]>;
  /**
   * log(x/(1 − x)), the inverse of `sigmoid`; `eps` holds x between eps and 1 − eps.
   * @throws ArgumentError unless `eps` lies between 0 and ½.
   * @example
   * tensor([0.5]).logit().toArray(); // [0]
   */
  logit(options?: LogitOptions): Tensor<this["shape"]>;
  /**
   * x with finite numbers in the place of NaN and ±∞, where the derivative is 0.
   * @example
   * tensor([1, NaN, Infinity]).nanToNum({ posinf: 9 }).toArray(); // [1, 0, 9]
   */
  nanToNum(options?: NanToNumOptions): Tensor<this["shape"]>;
}
