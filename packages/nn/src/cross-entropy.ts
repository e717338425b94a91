import {
  type Check,
  DtypeError,
  type Fail,
  type Failed,
  gather,
  logSoftmax,
  mean,
  mul,
  neg,
  type SameShape,
  type Shape,
  ShapeError,
  type Show,
  squeeze,
  sum,
  type Tensor,
  unsqueeze,
} from "@chainrule/core";
import { checkReduction, type LossOptions, type Reduced, type Reduction } from "./loss.ts";

const NAME = "crossEntropyLoss";

/** Scores without their dim of classes: the second, or the only one. */
export type WithoutClasses<S extends Shape> = S extends readonly [
  infer N extends number,
  number,
  ...infer D extends Shape,
]
  ? [N, ...D]
  : S extends readonly [number]
    ? []
    : number[];

/** S if T is a target for scores of shape S, else the message. */
export type CrossEntropyTarget<S extends Shape, T extends Shape> = [SameShape<T, S, "">] extends [Failed]
  ? [SameShape<T, WithoutClasses<S>, "">] extends [Failed]
    ? Fail<`crossEntropyLoss: target ${Show<T>} is neither class indices ${Show<WithoutClasses<S>>} nor probabilities ${Show<S>}`>
    : S
  : S;

/**
 * Cross-entropy of probabilities softmax(x), given as scores x, and targets: −log softmax(x)ₖ for class k, or −Σₖ yₖ·log softmax(x)ₖ for
 * probabilities y. Scores are `[classes]` or `[batch, classes, …]`; class indices have that shape without the classes, and dtype
 * int32; probabilities have the same shape. Large scores lose no digits.
 *
 * @example
 * const scores = tensor([[2, 1, 0], [0, 1, 5]]);
 * crossEntropyLoss(scores, tensor([0, 2], { dtype: "int32" })).item(); // 0.216…
 * @throws ShapeError if the shapes do not fit or a class does not exist, DtypeError for class indices that are not int32.
 */
export function crossEntropyLoss<A extends Tensor, B extends Tensor, R extends Reduction = "mean">(
  prediction: A,
  target: Check<CrossEntropyTarget<A["shape"], B["shape"]>, B>,
  { reduction = "mean" as R }: LossOptions<R> = {},
): Tensor<Reduced<WithoutClasses<A["shape"]>, R>> {
  checkReduction(NAME, reduction);
  const each = losses(prediction, target as Tensor);
  const result = reduction === "mean" ? mean(each) : reduction === "sum" ? sum(each) : each;
  return result as Tensor<Reduced<WithoutClasses<A["shape"]>, R>>;
}

function losses(x: Tensor, y: Tensor): Tensor {
  if (x.rank === 0)
    throw new ShapeError(NAME, "prediction is a scalar, expected scores [classes] or [batch,classes,…]", [x.shape]);
  const dim = x.rank === 1 ? 0 : 1;
  if (same(x.shape, y.shape)) return neg(sum(mul(y, logSoftmax(x, dim)), dim));
  const indices = x.shape.filter((_, d) => d !== dim);
  if (!same(y.shape, indices))
    throw new ShapeError(
      NAME,
      `target ${show(y.shape)} is neither class indices ${show(indices)} nor probabilities ${show(x.shape)}`,
      [x.shape, y.shape],
    );
  if (y.dtype !== "int32")
    throw new DtypeError(`${NAME}: class indices are int32, got ${y.dtype}; make them with { dtype: "int32" }`);
  const classes = x.shape[dim]!;
  const wrong = y.toTypedArray().find((i) => i < 0 || i >= classes);
  if (wrong !== undefined)
    throw new ShapeError(NAME, `class ${wrong} is out of range for ${classes} classes`, [x.shape]);
  return neg(squeeze(gather(logSoftmax(x, dim), dim, unsqueeze(y, dim)), dim));
}
const same = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((size, d) => size === b[d]);
const show = (shape: Shape): string => `[${shape.join(",")}]`;
