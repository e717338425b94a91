import { checkTensor, elementsOf, optionsOf, quoted } from "@chainrule/core/internal";
import {
  add,
  ArgumentError,
  broadcastTo,
  div,
  DtypeError,
  eq,
  type Fail,
  type MayPass,
  type Refused,
  gather,
  logSoftmax,
  mul,
  ne,
  neg,
  onesLike,
  reshape,
  type SameShape,
  type Shape,
  ShapeError,
  type Show,
  squeeze,
  sum,
  type Tensor,
  unsqueeze,
  where,
} from "@chainrule/core/lean";
import { checkReduction, type LossOptions, reduced, type Reduced, type Reduction } from "./loss.ts";

const NAME = "crossEntropyLoss";

/** Scores without their dim of classes: the second, or the only one. */
export type WithoutClasses<S extends Shape> = S extends readonly [
  infer N extends number,
  unknown,
  ...infer D extends Shape,
]
  ? [N, ...D]
  : S extends readonly [unknown]
    ? []
    : number[];

/** S if T is a target for scores of shape S, else the message. */
export type CrossEntropyTarget<S extends Shape, T extends Shape> = Target<
  S,
  T,
  SameShape<T, WithoutClasses<S>, "">,
  SameShape<T, S, "">
>;
/** Type of the target: P, or the message if its shape T does not fit scores of shape S. */
export type CheckTarget<S extends Shape, T extends Shape, P> =
  MayPass<CrossEntropyTarget<S, T>> extends true ? P : Refused<CrossEntropyTarget<S, T>, P>;
/** One question: where sizes are type parameters, one of the answers may be open. */
type Target<S extends Shape, T extends Shape, Classes, Probabilities> = {
  classes: Classes;
  probabilities: Probabilities;
} extends { classes: T } | { probabilities: T }
  ? S
  : Fail<`crossEntropyLoss: target ${Show<T>} is neither class indices ${Show<WithoutClasses<S>>} nor probabilities ${Show<S>}${Swapped<S, T>}`>;
/** What to say of class indices S that stand before scores T. */
type Swapped<S extends Shape, T extends Shape> = { s: S } extends { s: WithoutClasses<T> } ? "; scores come first" : "";
/** S if T is a target of class indices for scores of shape S, else the message. */
export type ClassTarget<S extends Shape, T extends Shape> = Classes<S, T, SameShape<T, WithoutClasses<S>, "">>;
type Classes<S extends Shape, T extends Shape, Same> = { classes: Same } extends { classes: T }
  ? S
  : Fail<`nllLoss: target ${Show<T>} is not class indices ${Show<WithoutClasses<S>>}${Swapped<S, T>}`>;
/** As `CheckTarget`, where only class indices will do. */
type CheckClasses<S extends Shape, T extends Shape, P> =
  MayPass<ClassTarget<S, T>> extends true ? P : Refused<ClassTarget<S, T>, P>;

export interface NLLOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /** A factor for each class. */
  readonly weight?: Tensor | undefined;
  /** Class index of targets that do not count; −100 by default. */
  readonly ignoreIndex?: number | undefined;
}
export interface CrossEntropyOptions<R extends Reduction = Reduction> extends NLLOptions<R> {
  /** Share of the target that is spread over all classes, from 0 to 1; 0 by default. */
  readonly labelSmoothing?: number | undefined;
}

/**
 * Cross-entropy of probabilities softmax(x), given as scores x, and targets: −log softmax(x)ₖ for class k, or −Σₖ yₖ·log softmax(x)ₖ for
 * probabilities y. Scores are `[classes]` or `[batch, classes, …]`; class indices have that shape without the classes, and dtype
 * int32; probabilities have the same shape. Large scores lose no digits. With weights the mean of class indices is a weighted one.
 *
 * @example
 * const scores = tensor([[2, 1, 0], [0, 1, 5]]);
 * crossEntropyLoss(scores, tensor([0, 2], { dtype: "int32" })).item(); // 0.216…
 * @throws ShapeError if the shapes do not fit or a class does not exist, DtypeError for class indices that are not int32.
 */
export function crossEntropyLoss<A extends Tensor, B extends Tensor, R extends Reduction = "mean">(
  prediction: A,
  target: CheckTarget<A["shape"], B["shape"], B>,
  options?: CrossEntropyOptions<R>,
): Tensor<Reduced<WithoutClasses<A["shape"]>, R>> {
  const given = optionsOf(NAME, options, ["reduction", "weight", "ignoreIndex", "labelSmoothing"]);
  return lossOf(NAME, prediction, target as Tensor, given) as Tensor<Reduced<WithoutClasses<A["shape"]>, R>>;
}

/**
 * −xₖ for log probabilities x and class k: what `crossEntropyLoss` is of `logSoftmax(scores)`. Shapes are those of `crossEntropyLoss`.
 *
 * @example
 * nllLoss(tensor([[-1, -2], [-3, -4]]), tensor([0, 1], { dtype: "int32" })).item(); // 2.5
 * @throws ShapeError if the shapes do not fit or a class does not exist, DtypeError for class indices that are not int32.
 */
export function nllLoss<A extends Tensor, B extends Tensor, R extends Reduction = "mean">(
  prediction: A,
  target: CheckClasses<A["shape"], B["shape"], B>,
  options?: NLLOptions<R>,
): Tensor<Reduced<WithoutClasses<A["shape"]>, R>> {
  const given = optionsOf("nllLoss", options, ["reduction", "weight", "ignoreIndex"]);
  return lossOf("nllLoss", prediction, target as Tensor, given) as Tensor<Reduced<WithoutClasses<A["shape"]>, R>>;
}

function lossOf(name: string, x: Tensor, y: Tensor, options: CrossEntropyOptions): Tensor {
  const { reduction = "mean", labelSmoothing: smoothing = 0, weight } = options;
  checkTensor(name, x);
  checkTensor(name, y);
  checkReduction(name, reduction);
  if (!(smoothing >= 0 && smoothing <= 1))
    throw new ArgumentError(`${name}: labelSmoothing is a number from 0 to 1, got ${quoted(smoothing)}`);
  if (x.rank === 0)
    throw new ShapeError(
      name,
      `prediction is a scalar, expected scores [classes] or [batch,classes,…]${swapped(x.shape, y.shape)}`,
      [x.shape],
    );
  const dim = x.rank === 1 ? 0 : 1;
  const classes = x.shape[dim]!;
  if (weight !== undefined) checkTensor(`${name}: weight`, weight);
  if (weight !== undefined && (weight.rank !== 1 || weight.size !== classes))
    throw new ShapeError(name, `weight ${show(weight.shape)} is not one number for each of ${classes} classes`, [
      x.shape,
      weight.shape,
    ]);
  const logs = name === NAME ? logSoftmax(x, dim) : x;
  const factors = weight && reshape(weight, [classes, ...x.shape.slice(dim + 1).map(() => 1)]);
  const weighted = factors ? mul(logs, factors) : logs;
  if (name === NAME && same(x.shape, y.shape)) {
    const spread = smoothing === 0 ? y : add(mul(y, 1 - smoothing), smoothing / classes);
    return reduced(neg(sum(mul(spread, weighted), dim)), reduction);
  }
  const kept = checkClasses(name, x, y, dim, options.ignoreIndex ?? -100);
  const index = kept === null ? y : where(kept, y, 0);
  const pick = (from: Tensor): Tensor => squeeze(gather(from, dim, unsqueeze(index, dim)), dim);
  const only = (each: Tensor): Tensor => (kept === null ? each : where(kept, each, 0));
  let each = only(neg(pick(weighted)));
  if (smoothing > 0) {
    const all = only(neg(sum(weighted, dim)));
    each = add(mul(each, 1 - smoothing), mul(all, smoothing / classes));
  }
  if (reduction !== "mean" || (!factors && kept === null)) return reduced(each, reduction);
  const share = factors ? pick(broadcastTo(factors, x.shape)) : onesLike(each);
  const total = sum(only(share));
  // A mean of nothing is NaN, though smoothing leaves something to be divided by 0.
  return div(sum(each), smoothing > 0 && factors ? where(eq(total, 0), NaN, total) : total);
}

/** Which targets count, or null if all do; a class that does not exist is an error. */
function checkClasses(name: string, x: Tensor, y: Tensor, dim: number, ignored: number): Tensor | null {
  const indices = x.shape.filter((_, d) => d !== dim);
  if (!same(y.shape, indices))
    throw new ShapeError(
      name,
      name === NAME
        ? `target ${show(y.shape)} is neither class indices ${show(indices)} nor probabilities ${show(x.shape)}${swapped(x.shape, y.shape)}`
        : `target ${show(y.shape)} is not class indices ${show(indices)}${swapped(x.shape, y.shape)}`,
      [x.shape, y.shape],
    );
  if (y.dtype !== "int32")
    throw new DtypeError(`${name}: class indices are int32, got ${y.dtype}; make them with { dtype: "int32" }`);
  const classes = x.shape[dim]!;
  const values = elementsOf(y);
  const wrong = values.find((i) => i !== ignored && (i < 0 || i >= classes));
  if (wrong !== undefined)
    throw new ShapeError(name, `class ${wrong} is out of range for ${classes} classes`, [x.shape]);
  return values.includes(ignored) ? ne(y, ignored) : null;
}
/** What to say of class indices that stand before scores. */
const swapped = (x: Shape, y: Shape): string =>
  y.length > 0 && same(x, y.length === 1 ? [] : [y[0]!, ...y.slice(2)]) ? "; scores come first" : "";
const same = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((size, d) => size === b[d]);
const show = (shape: Shape): string => `[${shape.join(",")}]`;
