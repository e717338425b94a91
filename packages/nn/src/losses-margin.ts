import { checkTensor, optionsOf } from "@chainrule/core/internal";
import {
  add,
  clamp,
  div,
  minimum,
  mul,
  ne,
  neg,
  norm,
  type Shape,
  ShapeError,
  softplus,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  where,
  eq,
} from "@chainrule/core/lean";
import {
  checkOrder,
  checkReduction,
  elementwise,
  type ElementwiseLoss,
  type LossOptions,
  reduced,
  type Reduced,
  type Reduction,
} from "./loss.ts";

// Losses that ask for a distance or a score to be on the right side of a margin. Targets are 1 and −1.

/** max(x, 0), whose derivative at 0 is 1 as in PyTorch. */
const positivePart = (x: Tensor): Tensor => clamp(x, 0, Infinity);

function checkSame(name: string, ...tensors: Tensor[]): void {
  for (const x of tensors) checkTensor(name, x);
  const [first] = tensors;
  if (tensors.some((x) => x.rank !== first!.rank || x.shape.some((n, d) => n !== first!.shape[d]))) {
    const shown = tensors.map((x) => `[${x.shape.join(",")}]`).join(", ");
    throw new ShapeError(
      name,
      `shapes ${shown} differ`,
      tensors.map((x) => x.shape),
    );
  }
}

export interface MarginOptions {
  readonly margin?: number | undefined;
}

/**
 * x where the target is 1, max(0, margin − x) where it is −1, for distances x; the margin is 1 by default.
 *
 * @example
 * hingeEmbeddingLoss(tensor([0.5, 0.25]), tensor([1, -1]), { reduction: "none" }).toArray(); // [0.5, 0.75]
 * @throws ShapeError if the shapes differ.
 */
export const hingeEmbeddingLoss: ElementwiseLoss<"hingeEmbeddingLoss", MarginOptions> = /* @__PURE__ */ elementwise(
  "hingeEmbeddingLoss",
  (x, y, { margin = 1 }) => {
    checkOrder("hingeEmbeddingLoss", x, y);
    return add(where(ne(y, 1), positivePart(sub(margin, x)), 0), where(ne(y, -1), x, 0));
  },
  "margin",
);

/**
 * log(1 + exp(−y·x)) for scores x and targets y.
 *
 * @example
 * softMarginLoss(tensor([-1000]), tensor([1])).item(); // 1000
 * @throws ShapeError if the shapes differ.
 */
export const softMarginLoss: ElementwiseLoss<"softMarginLoss"> = /* @__PURE__ */ elementwise(
  "softMarginLoss",
  (x, y) => {
    checkOrder("softMarginLoss", x, y);
    return softplus(neg(mul(y, x)));
  },
);

export interface MarginLossOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  readonly margin?: number | undefined;
}

/**
 * max(0, margin − y·(a − b)): a should rank above b where the target y is 1, below where it is −1. The margin is 0 by default.
 *
 * @example
 * marginRankingLoss(tensor([2, 1]), tensor([1, 3]), tensor([1, 1])).item(); // 1
 * @throws ShapeError if the shapes differ.
 */
export function marginRankingLoss<A extends Tensor, R extends Reduction = "mean">(
  a: A,
  b: Tensor,
  target: Tensor,
  options?: MarginLossOptions<R>,
): Tensor<Reduced<A["shape"], R>> {
  const { reduction = "mean", margin = 0 } = optionsOf("marginRankingLoss", options, ["reduction", "margin"]);
  checkReduction("marginRankingLoss", reduction);
  checkSame("marginRankingLoss", a, b, target);
  const each = positivePart(sub(margin, mul(target, sub(a as Tensor, b))));
  return reduced(each, reduction) as Tensor<Reduced<A["shape"], R>>;
}

/** Shape without its last dim: one number for each vector. */
export type Rows<S extends Shape> = S extends readonly [...infer Lead extends Shape, number] ? Lead : number[];

/**
 * 1 − cos(a, b) where the target is 1, max(0, cos(a, b) − margin) where it is −1, for vectors in the last dim; the margin is 0 by default.
 *
 * @example
 * cosineEmbeddingLoss(tensor([[1, 0]]), tensor([[0, 2]]), tensor([1])).item(); // 1
 * @throws ShapeError unless a and b agree, and there is a target for each vector.
 */
export function cosineEmbeddingLoss<A extends Tensor, R extends Reduction = "mean">(
  a: A,
  b: Tensor,
  target: Tensor,
  options?: MarginLossOptions<R>,
): Tensor<Reduced<Rows<A["shape"]>, R>> {
  const name = "cosineEmbeddingLoss";
  const { reduction = "mean", margin = 0 } = optionsOf(name, options, ["reduction", "margin"]);
  checkReduction(name, reduction);
  checkSame(name, a, b);
  checkTensor(name, target);
  if (a.rank === 0 || target.rank !== a.rank - 1 || target.shape.some((n, d) => n !== a.shape[d]))
    throw new ShapeError(
      name,
      `target [${target.shape.join(",")}] is not one number for each vector of [${a.shape.join(",")}]`,
      [a.shape, target.shape],
    );
  const length = (x: Tensor): Tensor => add(sum(square(x), -1), 1e-12);
  const cosine = div(sum(mul(a as Tensor, b), -1) as Tensor, sqrt(mul(length(a), length(b))));
  const near = where(eq(target, 1), sub(1, cosine), 0);
  const far = where(eq(target, -1), positivePart(sub(cosine, margin)), 0);
  return reduced(add(near, far), reduction) as Tensor<Reduced<Rows<A["shape"]>, R>>;
}

export interface TripletOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /** How much nearer the positive should be; 1 by default. */
  readonly margin?: number | undefined;
  /** Order of the norm; 2 by default. */
  readonly p?: number | undefined;
  /** Added to every difference; 1e-6 by default. */
  readonly eps?: number | undefined;
  /** Whether the distance of positive and negative counts where it is smaller (Balntas et al. 2016). */
  readonly swap?: boolean | undefined;
}

/**
 * max(0, margin + ‖anchor − positive‖ − ‖anchor − negative‖) for vectors in the last dim (Schroff et al. 2015).
 *
 * @example
 * tripletMarginLoss(tensor([[0, 0]]), tensor([[3, 4]]), tensor([[6, 8]])).item(); // 0
 * @throws ShapeError if the shapes differ or are those of scalars.
 */
export function tripletMarginLoss<A extends Tensor, R extends Reduction = "mean">(
  anchor: A,
  positive: Tensor,
  negative: Tensor,
  options?: TripletOptions<R>,
): Tensor<Reduced<Rows<A["shape"]>, R>> {
  const name = "tripletMarginLoss";
  const given = optionsOf(name, options, ["reduction", "margin", "p", "eps", "swap"]);
  const { reduction = "mean", margin = 1, p = 2, eps = 1e-6, swap = false } = given;
  checkReduction(name, reduction);
  checkSame(name, anchor, positive, negative);
  if (anchor.rank === 0) throw new ShapeError(name, "needs vectors, got scalars", [anchor.shape]);
  const distance = (x: Tensor, y: Tensor): Tensor => norm(add(sub(x, y), eps), -1, { p });
  const away = distance(anchor, negative);
  const far = swap ? minimum(away, distance(positive, negative)) : away;
  const each = positivePart(add(sub(distance(anchor, positive), far), margin));
  return reduced(each, reduction) as Tensor<Reduced<Rows<A["shape"]>, R>>;
}
