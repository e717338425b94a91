import { checkTensor, elementsOf, optionsOf, quoted } from "@chainrule/core/internal";
import {
  abs,
  add,
  ArgumentError,
  clamp,
  detach,
  div,
  eq,
  exp,
  gt,
  log,
  maximum,
  mul,
  type Operand,
  type CheckSameShape,
  ShapeError,
  type ShapeOf,
  square,
  sub,
  sum,
  type Tensor,
  unsqueeze,
  where,
} from "@chainrule/core/lean";
import {
  asTensor,
  checkOrder,
  checkReduction,
  elementwise,
  type ElementwiseLoss,
  type LossOptions,
  reduced,
  type Reduced,
  type Reduction,
} from "./loss.ts";

const positive = (op: string, what: string, x: number, least = 0): void => {
  if (typeof x !== "number" || !(x >= least))
    throw new ArgumentError(`${op}: ${what} is a number from ${least} up, got ${quoted(x)}`);
};

/**
 * Absolute error |x − y|; its derivative at 0 is 0.
 *
 * @example
 * l1Loss(tensor([1, 2]), tensor([1, 4])).item(); // 1
 * @throws ShapeError if the shapes differ.
 */
export const l1Loss: ElementwiseLoss<"l1Loss"> = /* @__PURE__ */ elementwise("l1Loss", (x, y) => abs(sub(x, y)));

/** x²/2 between ∓bound, a straight line beyond: c·(x − c/2), where c is x kept between them. */
function bent(x: Tensor, bound: number): Tensor {
  const c = clamp(x, -bound, bound);
  return mul(c, sub(x, mul(c, 0.5)));
}
export interface SmoothL1Options {
  /** Where the parabola goes over into a straight line; 1 by default. */
  readonly beta?: number | undefined;
}
/**
 * (x − y)²/(2·beta) where |x − y| < beta, |x − y| − beta/2 beyond (Girshick 2015).
 *
 * @example
 * smoothL1Loss(tensor([1, 2]), tensor([1, 4]), { reduction: "none" }).toArray(); // [0, 1.5]
 * @throws ShapeError if the shapes differ, ArgumentError for a negative beta.
 */
export const smoothL1Loss: ElementwiseLoss<"smoothL1Loss", SmoothL1Options> = /* @__PURE__ */ elementwise(
  "smoothL1Loss",
  (x, y, { beta = 1 }) => {
    positive("smoothL1Loss", "beta", beta);
    const distance = sub(x, y);
    if (beta === 0) return abs(distance);
    return beta === 1 ? bent(distance, 1) : div(bent(distance, beta), beta);
  },
  "beta",
);

export interface HuberOptions {
  /** Where the parabola goes over into a straight line; 1 by default. */
  readonly delta?: number | undefined;
}
/**
 * (x − y)²/2 where |x − y| ≤ delta, delta·(|x − y| − delta/2) beyond (Huber 1964).
 *
 * @example
 * huberLoss(tensor([1, 2]), tensor([1, 5]), { delta: 2, reduction: "none" }).toArray(); // [0, 4]
 * @throws ShapeError if the shapes differ, ArgumentError for a negative delta.
 */
export const huberLoss: ElementwiseLoss<"huberLoss", HuberOptions> = /* @__PURE__ */ elementwise(
  "huberLoss",
  (x, y, { delta = 1 }) => {
    positive("huberLoss", "delta", delta);
    return bent(sub(x, y), delta);
  },
  "delta",
);

export interface PoissonNLLOptions {
  /** Whether predictions are logarithms of rates (default), or rates. */
  readonly logInput?: boolean | undefined;
  /** Whether to add Stirling's approximation of log y!. */
  readonly full?: boolean | undefined;
  /** Added to rates before their logarithm; 1e-8 by default. */
  readonly eps?: number | undefined;
}
/**
 * eˣ − y·x for counts y and logarithms x of rates, or x − y·log(x + eps) for rates x.
 *
 * @example
 * poissonNLLLoss(tensor([0]), tensor([3])).item(); // 1
 * @throws ShapeError if the shapes differ.
 */
export const poissonNLLLoss: ElementwiseLoss<"poissonNLLLoss", PoissonNLLOptions> = /* @__PURE__ */ elementwise(
  "poissonNLLLoss",
  (x, y, { logInput = true, full = false, eps = 1e-8 }) => {
    checkOrder("poissonNLLLoss", x, y);
    const loss = logInput ? sub(exp(x), mul(y, x)) : sub(x, mul(y, log(add(x, eps))));
    if (!full) return loss;
    const large = gt(y, 1);
    const count = where(large, y, 1);
    const stirling = add(sub(mul(count, log(count)), count), mul(log(mul(count, 2 * Math.PI)), 0.5));
    return add(loss, where(large, stirling, 0));
  },
  "logInput",
  "full",
  "eps",
);

export interface KLDivOptions<R extends Reduction | "batchMean" = Reduction | "batchMean"> {
  /** Mean over all elements by default; "batchMean" divides the sum by the first size, which is the divergence itself. */
  readonly reduction?: R | undefined;
  /** Whether targets are logarithms too; no by default. */
  readonly logTarget?: boolean | undefined;
}
/**
 * y·(log y − x) for log probabilities x and probabilities y; 0 where y is 0.
 *
 * @example
 * klDivLoss(tensor([[0, -1]]), tensor([[1, 0]]), { reduction: "batchMean" }).item(); // 0
 * @throws ShapeError if the shapes differ.
 */
export function klDivLoss<A extends Operand, B extends Operand, R extends Reduction | "batchMean" = "mean">(
  prediction: A,
  target: CheckSameShape<ShapeOf<A>, ShapeOf<B>, "klDivLoss", B>,
  options?: KLDivOptions<R>,
): Tensor<R extends "none" ? ShapeOf<A> : []> {
  const { reduction = "mean", logTarget = false } = optionsOf("klDivLoss", options, ["reduction", "logTarget"]);
  const x = asTensor(prediction);
  const each = pointwise(x, asTensor(target as Operand), {
    reduction: "none",
    logTarget,
  } as LossOptions<"none">);
  const result =
    reduction === "batchMean"
      ? div(sum(each), x.shape[0] ?? 1)
      : (checkReduction("klDivLoss", reduction), reduced(each, reduction));
  return result as Tensor<R extends "none" ? ShapeOf<A> : []>;
}
const pointwise = /* @__PURE__ */ elementwise<"klDivLoss", { readonly logTarget?: boolean | undefined }>(
  "klDivLoss",
  (x, y, { logTarget = false }) => {
    if (logTarget) return mul(exp(y), sub(y, x));
    const logarithm = log(where(eq(y, 0), 1, y)); // 0·log 0 = 0
    return sub(mul(y, logarithm), mul(y, x));
  },
  "logTarget",
) as (x: Tensor, y: Tensor, options: LossOptions<"none">) => Tensor;

export interface GaussianNLLOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /** Whether to add ½·log 2π. */
  readonly full?: boolean | undefined;
  /** Least variance, for stability; 1e-6 by default. The gradient passes as if there were none. */
  readonly eps?: number | undefined;
}
/**
 * ½·(log v + (x − y)²/v) for means x, variances v and targets y. The variances have the shape of x, or a last size of 1, or lack the last dim.
 *
 * @example
 * gaussianNLLLoss(tensor([1, 2]), tensor([1, 4]), tensor([1, 1])).item(); // 1
 * @throws ShapeError if shapes do not fit, ArgumentError for a negative variance.
 */
export function gaussianNLLLoss<A extends Tensor, R extends Reduction = "mean">(
  prediction: A,
  target: Tensor,
  variance: Tensor,
  options?: GaussianNLLOptions<R>,
): Tensor<Reduced<A["shape"], R>> {
  const name = "gaussianNLLLoss";
  const { reduction = "mean", full = false, eps = 1e-6 } = optionsOf(name, options, ["reduction", "full", "eps"]);
  checkReduction(name, reduction);
  for (const x of [prediction, target, variance]) checkTensor(name, x);
  const x: Tensor = prediction;
  const equal = (a: readonly number[], b: readonly number[]): boolean =>
    a.length === b.length && a.every((n, d) => n === b[d]);
  const lead = x.shape.slice(0, -1);
  const missing = !equal(variance.shape, x.shape) && equal(variance.shape, lead);
  if (
    !equal(x.shape, target.shape) ||
    !(missing || equal(variance.shape, x.shape) || equal(variance.shape, [...lead, 1]))
  )
    throw new ShapeError(
      name,
      `prediction [${x.shape.join(",")}], target [${target.shape.join(",")}] and variance [${variance.shape.join(",")}] do not fit; the variance has the prediction's shape, or 1 as its last size`,
      [x.shape, target.shape, variance.shape],
    );
  const negative = elementsOf(variance).find((v) => v < 0);
  if (negative !== undefined)
    throw new ArgumentError(`${name}: a variance is ${negative}; apply exp() or softplus() first`);
  const given = missing ? unsqueeze(variance, -1) : variance;
  const v = add(given, detach(sub(maximum(given, eps), given)));
  const each = mul(add(log(v), div(square(sub(x, target)), v)), 0.5);
  return reduced(full ? add(each, 0.5 * Math.log(2 * Math.PI)) : each, reduction) as Tensor<Reduced<A["shape"], R>>;
}
