import { ShapeError, optionsOf } from "../errors.ts";
import { normalizeDim, showShape } from "../shape.ts";
import type { Check, CheckDims } from "../shape-types/index.ts";
import { checkTensor, type Operand, type Tensor } from "../tensor.ts";
import { add, mul, neg, square } from "./arithmetic.ts";
import { sigmoid, softplus } from "./exponential.ts";
import { reshape, slice } from "./movement.ts";
import { type Activated, float, preluOp } from "./rectifiers.ts";
import { floating } from "./reduction.ts";
import { apply } from "../op.ts";
import { asked, type DtypeOption } from "./cast.ts";
import { type Along, dimOf, softmaxOp } from "./softmax.ts";
import { erfc } from "./special.ts";
import { tanh } from "./trigonometric.ts";

// Smooth activations: x times something between 0 and 1. All are written so that their tails keep their digits.

export interface GeluOptions {
  /** "tanh" for the approximation of the original paper; exact by default. */
  readonly approximate?: "none" | "tanh" | undefined;
}

/**
 * x·Φ(x), where Φ is the normal distribution, computed as ½·x·erfc(−x/√2); or its approximation ½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))
 * (Hendrycks and Gimpel 2016).
 * @example
 * gelu(tensor([0, 100])).toArray(); // [0, 100]
 */
export function gelu<A extends Operand>(x: A, options?: GeluOptions): Activated<A>;
export function gelu(x: Operand, options?: GeluOptions): Tensor {
  const { approximate = "none" } = optionsOf("gelu", options);
  const v = float("gelu", x);
  if (approximate !== "tanh") return mul(v, mul(erfc(mul(v, -Math.SQRT1_2)), 0.5));
  // ½·(1 + tanh u) = σ(2u)
  const cubic = add(v, mul(mul(v, square(v)), 0.044715));
  return mul(v, sigmoid(mul(cubic, Math.sqrt(8 / Math.PI))));
}

/**
 * x·σ(x), also called swish (Ramachandran et al. 2017).
 * @example
 * silu(tensor([0, 1000])).toArray(); // [0, 1000]
 */
export const silu = <A extends Operand>(x: A): Activated<A> =>
  mul(float("silu", x), sigmoid<Operand>(x)) as Activated<A>;

/**
 * x·tanh(log(1 + eˣ)) (Misra 2019).
 * @example
 * mish(tensor([0, 1000])).toArray(); // [0, 1000]
 */
export const mish = <A extends Operand>(x: A): Activated<A> =>
  mul(float("mish", x), tanh(softplus<Operand>(x))) as Activated<A>;

/**
 * log σ(x), without overflow.
 * @example
 * logSigmoid(tensor([-1000])).toArray(); // [-1000]
 */
export const logSigmoid = <A extends Operand>(x: A): Activated<A> =>
  neg(softplus(neg(float("logSigmoid", x)))) as Activated<A>;

/**
 * softmax(−x) along a dim, by default the last.
 * @throws ShapeError if there is no such dim.
 * @example
 * softmin(tensor([7, 7])).toArray(); // [0.5, 0.5]
 */
export function softmin<A extends Tensor, D extends number = -1>(
  x: A,
  dim?: Check<Along<A["shape"], D, "softmin">, D>,
  options?: DtypeOption,
): Tensor<Along<A["shape"], D, "softmin">>;
export function softmin(x: Tensor, dim = -1, options?: DtypeOption): Tensor {
  const at = dimOf("softmin", x, dim);
  return apply(softmaxOp, [neg(floating(asked("softmin", x, optionsOf("softmin", options).dtype)))], at);
}

/**
 * a·σ(b), where a and b are the halves of x along a dim, by default the last (Dauphin et al. 2016).
 * @throws ShapeError if there is no such dim, or it does not halve.
 * @example
 * glu(tensor([2, 3, 0, 0])).toArray(); // [1, 1.5]
 */
export function glu<A extends Tensor, D extends number = -1>(
  x: A,
  dim?: Check<CheckDims<A["shape"], D, "glu">, D>,
): Tensor;
export function glu(x: Tensor, dim = -1): Tensor {
  checkTensor("glu", x);
  const at = normalizeDim("glu", dim, x.shape);
  const size = x.shape[at]!;
  if (size % 2 !== 0)
    throw new ShapeError("glu", `dim ${dim} of ${showShape(x.shape)} does not halve; its size must be even`, [x.shape]);
  const values = floating(x);
  return mul(slice(values, at, { end: size / 2 }), sigmoid(slice(values, at, { start: size / 2 })));
}

/**
 * x where positive, weight·x elsewhere, with one weight for all or one for each channel: dim 1, or 0 of a vector (He et al. 2015).
 * @throws ShapeError unless there is one weight, or as many as channels.
 * @example
 * prelu(tensor([-4, 2]), tensor([0.25])).toArray(); // [-1, 2]
 */
export function prelu<A extends Tensor>(x: A, weight: Tensor): Tensor<A["shape"]>;
export function prelu(x: Tensor, weight: Tensor): Tensor {
  checkTensor("prelu", x);
  checkTensor("prelu", weight);
  const channels = x.rank < 2 ? 1 : x.shape[1]!;
  if (weight.size !== 1 && (weight.rank !== 1 || weight.size !== channels))
    throw new ShapeError(
      "prelu",
      `weight ${showShape(weight.shape)} is neither one number nor one for each of the ${channels} channels of ${showShape(x.shape)}`,
      [x.shape, weight.shape],
    );
  const aligned = weight.size === 1 ? [] : [channels, ...x.shape.slice(2).map(() => 1)];
  return preluOp(floating(x), floating(reshape(weight, aligned)));
}
