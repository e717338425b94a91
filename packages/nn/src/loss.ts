import { checkOptions, checkSameShape, checkTensor, elementsOf, quoted } from "@chainrule/core/internal";
import {
  add,
  ArgumentError,
  customGradient,
  div,
  DtypeError,
  log,
  log1p,
  maximum,
  mean,
  mul,
  neg,
  type Operand,
  type CheckSameShape,
  type Shape,
  ShapeError,
  type ShapeOf,
  softplus,
  square,
  sub,
  sum,
  type Tensor,
  value,
} from "@chainrule/core/lean";

/** How the losses of single elements become one: their mean, their sum, or not at all. */
export type Reduction = "mean" | "sum" | "none";

export interface LossOptions<R extends Reduction = Reduction> {
  /** Mean by default. */
  readonly reduction?: R | undefined;
}

/** Shape of a loss whose elements have shape S. */
export type Reduced<S extends Shape, R extends Reduction> = R extends "none" ? S : [];

export function checkReduction(op: string, reduction: Reduction): void {
  if (reduction !== "mean" && reduction !== "sum" && reduction !== "none")
    throw new ArgumentError(`${op}: reduction is one of mean, sum, none, got ${quoted(reduction)}`);
}

/** A loss of two tensors of one shape. */
export type ElementwiseLoss<N extends string, O = object> = <
  A extends Operand,
  B extends Operand,
  R extends Reduction = "mean",
>(
  prediction: A,
  target: CheckSameShape<ShapeOf<A>, ShapeOf<B>, N, B>,
  options?: LossOptions<R> & O,
) => Tensor<Reduced<ShapeOf<A>, R>>;

/** A loss from that of single elements. Shapes must agree: a silent broadcast of [4,1] with [4] is the classic mistake. */
export function elementwise<N extends string, O = object>(
  name: N,
  losses: (x: Tensor, y: Tensor, options: O) => Tensor,
  ...names: readonly (keyof O & string)[]
): ElementwiseLoss<N, O> {
  const all = ["reduction", ...names];
  const loss = (prediction: Operand, target: Operand, options: LossOptions = {}): Tensor => {
    checkOptions(name, options, all);
    const { reduction = "mean" } = options;
    checkReduction(name, reduction);
    const x = asTensor(prediction);
    const y = asTensor(target);
    checkTensor(name, x);
    checkTensor(name, y);
    checkSameShape(name, x.shape, y.shape);
    return reduced(losses(x, y, options as O), reduction);
  };
  return loss as ElementwiseLoss<N, O>;
}
/** Throws where whole numbers stand in the place of predictions and others in that of targets: they came the wrong way round. */
export function checkOrder(name: string, x: Tensor, y: Tensor): void {
  if ((x.dtype === "int32" || x.dtype === "bool") && y.dtype !== "int32" && y.dtype !== "bool")
    throw new DtypeError(`${name}: the prediction is ${x.dtype} and the target ${y.dtype}; predictions come first`);
}
/** The losses of single elements as one, or as they are. */
export const reduced = (each: Tensor, reduction: Reduction): Tensor =>
  reduction === "mean" ? mean(each) : reduction === "sum" ? sum(each) : each;
export const asTensor = (x: Operand): Tensor => (typeof x === "number" ? value(x) : x);

/**
 * Squared error (x − y)² of predictions x and targets y.
 *
 * @example
 * mseLoss(tensor([1, 2]), tensor([1, 4])).item(); // 2
 * @throws ShapeError if the shapes differ.
 */
export const mseLoss: ElementwiseLoss<"mseLoss"> = /* @__PURE__ */ elementwise("mseLoss", (x, y) => square(sub(x, y)));

const logOf = (x: Tensor): Tensor => maximum(log(x), -100);
const logOfRest = (x: Tensor): Tensor => maximum(log1p(neg(x)), -100);

const crossEntropy = /* @__PURE__ */ customGradient<[Tensor, Tensor]>({
  name: "bceLoss",
  forward(x, y) {
    const outside = elementsOf(x).find((p) => p < 0 || p > 1);
    if (outside !== undefined)
      throw new ArgumentError(
        `bceLoss: prediction ${outside} is outside 0 to 1; apply sigmoid() first, or pass scores to bceWithLogitsLoss`,
      );
    return neg(add(mul(y, logOf(x)), mul(sub(1, y), logOfRest(x))));
  },
  // ∂/∂x = (x − y)/(x·(1 − x)), kept finite at 0 and 1 as in PyTorch; ∂/∂y = log(1 − x) − log x
  vjp: (g, { inputs: [x, y] }) => [
    div(mul(g, sub(x, y)), maximum(mul(x, sub(1, x)), 1e-12)),
    y.requiresGrad ? mul(g, sub(logOfRest(x), logOf(x))) : null,
  ],
});

export interface WeightedOptions {
  /** Factors of the losses; they broadcast to the predictions. */
  readonly weight?: Tensor | number | undefined;
}
/** Losses times weights, which must not widen them. */
function weighted(name: string, each: Tensor, weight: Tensor | number | undefined): Tensor {
  if (weight === undefined) return each;
  const result = mul(each, weight);
  if (result.rank !== each.rank || result.size !== each.size) {
    const shape = asTensor(weight).shape;
    throw new ShapeError(name, `weight [${shape.join(",")}] does not broadcast to [${each.shape.join(",")}]`, [
      each.shape,
      shape,
    ]);
  }
  return result;
}

/**
 * Cross-entropy −y·log x − (1 − y)·log(1 − x) of probabilities x and targets y, both from 0 to 1. Logarithms end at −100, as in PyTorch, so
 * that the loss of an element is 100 at most and its gradient finite.
 *
 * @example
 * bceLoss(tensor([0.9, 0.2]), tensor([1, 0])).item(); // 0.164…
 * @throws ShapeError if the shapes differ, ArgumentError for a prediction outside 0 to 1.
 */
export const bceLoss: ElementwiseLoss<"bceLoss", WeightedOptions> = /* @__PURE__ */ elementwise(
  "bceLoss",
  (x, y, { weight }) => {
    checkOrder("bceLoss", x, y);
    return weighted("bceLoss", crossEntropy(x, y), weight);
  },
  "weight",
);

export interface LogitsOptions extends WeightedOptions {
  /** Factors of the positive part, which make up for rare positives; they broadcast to the scores. */
  readonly posWeight?: Tensor | number | undefined;
}

/**
 * Cross-entropy of probabilities σ(x), given as scores x, and targets y from 0 to 1: y·softplus(−x) + (1 − y)·softplus(x), right to the
 * last digits for scores of any size.
 *
 * @example
 * bceWithLogitsLoss(tensor([1000, -2]), tensor([1, 0])).item(); // 0.063…
 * @throws ShapeError if the shapes differ.
 */
export const bceWithLogitsLoss: ElementwiseLoss<"bceWithLogitsLoss", LogitsOptions> = /* @__PURE__ */ elementwise(
  "bceWithLogitsLoss",
  (x, y, { weight, posWeight }) => {
    checkOrder("bceWithLogitsLoss", x, y);
    const positive = weighted("bceWithLogitsLoss", mul(y, softplus(neg(x))), posWeight);
    return weighted("bceWithLogitsLoss", add(positive, mul(sub(1, y), softplus(x))), weight);
  },
  "weight",
  "posWeight",
);
