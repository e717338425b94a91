import { ArgumentError, optionsOf, quoted, ShapeError } from "../errors.ts";
import { type ElementwiseOp, extended, REAL, unary, type UnaryFunction } from "../families/elementwise.ts";
import * as kernel from "../kernels/gates.ts";
import { apply } from "../op.ts";
import { normalizeDim, showShape } from "../shape.ts";
import type { Along, Check, CheckAlong, CheckDims } from "../shape-types/index.ts";
import { checkTensor, type Operand, type Tensor } from "../tensor.ts";
import { add, mul, neg, square, sub } from "./arithmetic.ts";
import { asked, type DtypeOption } from "./cast.ts";
import { logistic, logisticSlope, sigmoid, softplus, softplusOp } from "./exponential.ts";
import { reshape } from "./movement.ts";
import { slice } from "./slice.ts";
import { type Activated, float, preluOp } from "./rectifiers.ts";
import { floating } from "./reduction.ts";
import { dimOf, softmaxOp } from "./softmax.ts";
import { bell } from "./special.ts";
import { sechSquare, sechSquareSlope } from "./trigonometric.ts";

// Smooth activations: x times something between 0 and 1, with their first two derivatives, all right to the last digits.

/**
 * x·σ(x), also called swish (Ramachandran et al. 2017).
 * @example
 * silu(tensor([0, 1000])).toArray(); // [0, 1000]
 */
export const silu: UnaryFunction = /* @__PURE__ */ unary({
  name: "silu",
  f: kernel.silu,
  result: "float",
  derivative: [(t, x) => mul(t, siluSlope(x))],
  domain: [REAL],
});
export const siluSlope: UnaryFunction = /* @__PURE__ */ unary({
  name: "siluSlope",
  f: kernel.siluSlope,
  result: "float",
  derivative: [(t, x) => mul(t, siluCurve(x))],
  domain: [REAL],
});
export const siluCurve: UnaryFunction = /* @__PURE__ */ unary({
  name: "siluCurve",
  f: kernel.siluCurve,
  result: "float",
  // 3σ″ + x·σ‴
  derivative: [(t, x) => mul(t, add(mul(logisticSlope(x), 3), mul(x, logisticCurve(x))))],
  domain: [REAL],
});
/** σ‴ = σ′·(1 − 6σ′). */
const logisticCurve = (x: Tensor): Tensor => mul(logistic(x), sub(1, mul(logistic(x), 6)));

/**
 * x·tanh(log(1 + eˣ)) (Misra 2019).
 * @example
 * mish(tensor([0, 1000])).toArray(); // [0, 1000]
 */
export const mish: UnaryFunction = /* @__PURE__ */ unary({
  name: "mish",
  f: kernel.mish,
  result: "float",
  derivative: [(t, x) => mul(t, mishSlope(x))],
  domain: [REAL],
});
export const mishSlope: UnaryFunction = /* @__PURE__ */ unary({
  name: "mishSlope",
  f: kernel.mishSlope,
  result: "float",
  derivative: [(t, x) => mul(t, mishCurve(x))],
  domain: [REAL],
});
export const mishCurve: UnaryFunction = /* @__PURE__ */ unary({
  name: "mishCurve",
  f: kernel.mishCurve,
  result: "float",
  derivative: [(t, x) => mul(t, mishThird(x))],
  domain: [REAL],
});
/** 3T″ + x·T‴ for T = tanh p and p = log(1 + eˣ), by the chain rule from p′ = σ. */
function mishThird(x: Tensor): Tensor {
  const [p, s, s1] = [softplusOp(x), sigmoid(x), logistic(x)];
  const [first, second] = [sechSquare(p), sechSquareSlope(p)];
  const third = mul(first, sub(4, mul(first, 6)));
  const curve = add(mul(second, square(s)), mul(first, s1));
  const cubic = mul(third, mul(s, square(s)));
  const rest = add(mul(mul(second, 3), mul(s, s1)), mul(first, logisticSlope(x)));
  return add(mul(curve, 3), mul(x, add(cubic, rest)));
}

const geluOp: UnaryFunction = /* @__PURE__ */ unary({
  name: "gelu",
  f: kernel.gelu,
  result: "float",
  derivative: [(t, x) => mul(t, geluSlope(x))],
  domain: [REAL],
});
export const geluSlope: UnaryFunction = /* @__PURE__ */ unary({
  name: "geluSlope",
  f: kernel.geluSlope,
  result: "float",
  derivative: [(t, x) => mul(t, geluCurve(x))],
  domain: [REAL],
});
export const geluCurve: UnaryFunction = /* @__PURE__ */ unary({
  name: "geluCurve",
  f: kernel.geluCurve,
  result: "float",
  // φ·(x³ − 4x), where φ(x) = bell(x/√2)/√8
  derivative: [(t, x) => mul(t, mul(mul(bell(mul(x, Math.SQRT1_2)), x), mul(sub(square(x), 4), 1 / Math.sqrt(8))))],
  domain: [REAL],
});

export const geluTanh: UnaryFunction = /* @__PURE__ */ unary({
  name: "gelu",
  kernel: "geluTanh",
  f: kernel.geluTanh,
  result: "float",
  derivative: [(t, x) => mul(t, geluTanhSlope(x))],
  domain: [REAL],
});
export const geluTanhSlope: UnaryFunction = /* @__PURE__ */ unary({
  name: "geluTanhSlope",
  f: kernel.geluTanhSlope,
  result: "float",
  derivative: [(t, x) => mul(t, geluTanhCurve(x))],
  domain: [REAL],
});
export const geluTanhCurve: UnaryFunction = /* @__PURE__ */ unary({
  name: "geluTanhCurve",
  f: kernel.geluTanhCurve,
  result: "float",
  derivative: [(t, x) => mul(t, geluTanhThird(x))],
  domain: [REAL],
});
/** 3S″ + x·S‴ for S = σ(w) and w = k·(x + a·x³), by the chain rule. */
function geluTanhThird(x: Tensor): Tensor {
  const k = Math.sqrt(8 / Math.PI);
  const a = 0.044715;
  const w = mul(x, add(mul(square(x), k * a), k));
  const w1 = add(mul(square(x), 3 * k * a), k);
  const w2 = mul(x, 6 * k * a);
  const [s1, s2] = [logistic(w), logisticSlope(w)];
  const curve = add(mul(s2, square(w1)), mul(s1, w2));
  const rest = add(mul(mul(s2, 3), mul(w1, w2)), mul(s1, 6 * k * a));
  return add(mul(curve, 3), mul(x, add(mul(logisticCurve(w), mul(w1, square(w1))), rest)));
}

export interface GeluOptions {
  /** "tanh" for the approximation of the original paper; exact by default. */
  readonly approximate?: "none" | "tanh" | undefined;
}
export interface GeluFunction {
  <A extends Operand>(x: A, options?: GeluOptions): Activated<A>;
  readonly op: ElementwiseOp;
}

/**
 * x·Φ(x), where Φ is the normal distribution; or its approximation ½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))) (Hendrycks and Gimpel 2016).
 * @throws ArgumentError for another approximation.
 * @example
 * gelu(tensor([0, 100])).toArray(); // [0, 100]
 */
export const gelu: GeluFunction = /* @__PURE__ */ extended(geluOp, (x: Operand, options?: GeluOptions): Tensor => {
  const { approximate = "none" } = optionsOf("gelu", options, ["approximate"]);
  if (approximate === "none") return geluOp(x);
  if (approximate === "tanh") return geluTanh(x);
  throw new ArgumentError(`gelu: approximate is "none" or "tanh", got ${quoted(approximate)}`);
});

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
  dim?: CheckAlong<A["shape"], D, "softmin">,
  options?: DtypeOption,
): Tensor<Along<A["shape"], D, "softmin">>;
export function softmin(x: Tensor, dim = -1, options?: DtypeOption): Tensor {
  const at = dimOf("softmin", x, dim);
  return apply(softmaxOp, [neg(floating(asked("softmin", x, optionsOf("softmin", options, ["dtype"]).dtype)))], at);
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
