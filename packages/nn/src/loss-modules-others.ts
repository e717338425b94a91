import { optionsOf } from "@chainrule/core/internal";
import type { Check, CheckSameShape, Operand, ShapeOf, Tensor } from "@chainrule/core/lean";
import { type ClassTarget, nllLoss, type NLLOptions, type WithoutClasses } from "./cross-entropy.ts";
import { type LossOptions, type Reduced, type Reduction } from "./loss.ts";
import { ConfiguredLoss } from "./loss-modules.ts";
import {
  cosineEmbeddingLoss,
  type MarginLossOptions,
  marginRankingLoss,
  type Rows,
  tripletMarginLoss,
  type TripletOptions,
} from "./losses-margin.ts";
import { gaussianNLLLoss, type GaussianNLLOptions, klDivLoss, type KLDivOptions } from "./losses-regression.ts";
import { Module } from "./module.ts";

// Losses with inputs of their own kind, as modules.

/**
 * `klDivLoss` as a module.
 *
 * @example
 * new KLDivLoss({ reduction: "batchMean" }).forward(tensor([[0, -1]]), tensor([[1, 0]])).item(); // 0
 */
export class KLDivLoss<R extends Reduction | "batchMean" = "mean"> extends Module {
  readonly options: KLDivOptions<R>;

  constructor(options?: KLDivOptions<R>) {
    super();
    this.options = optionsOf("KLDivLoss", options, ["reduction", "logTarget"]);
  }
  forward<A extends Operand, B extends Operand>(
    prediction: A,
    target: CheckSameShape<ShapeOf<A>, ShapeOf<B>, "klDivLoss", B>,
  ): Tensor<R extends "none" ? ShapeOf<A> : []> {
    return klDivLoss<A, B, R>(prediction, target, this.options);
  }
}

/**
 * `nllLoss` as a module.
 *
 * @example
 * new NLLLoss().forward(tensor([[-1, -2]]), tensor([1], { dtype: "int32" })).item(); // 2
 */
export class NLLLoss<R extends Reduction = "mean"> extends ConfiguredLoss<R, Omit<NLLOptions<R>, keyof LossOptions>> {
  protected override optionNames(): readonly string[] {
    return ["weight", "ignoreIndex"];
  }
  forward<A extends Tensor, B extends Tensor>(
    prediction: A,
    target: Check<ClassTarget<A["shape"], B["shape"]>, B>,
  ): Tensor<Reduced<WithoutClasses<A["shape"]>, R>> {
    return nllLoss<A, B, R>(prediction, target, this.options);
  }
}

/**
 * `gaussianNLLLoss` as a module.
 *
 * @example
 * new GaussianNLLLoss().forward(tensor([1, 2]), tensor([1, 4]), tensor([1, 1])).item(); // 1
 */
export class GaussianNLLLoss<R extends Reduction = "mean"> extends ConfiguredLoss<
  R,
  Omit<GaussianNLLOptions<R>, keyof LossOptions>
> {
  protected override optionNames(): readonly string[] {
    return ["full", "eps"];
  }
  forward<A extends Tensor>(prediction: A, target: Tensor, variance: Tensor): Tensor<Reduced<A["shape"], R>> {
    return gaussianNLLLoss<A, R>(prediction, target, variance, this.options);
  }
}

/**
 * `marginRankingLoss` as a module.
 *
 * @example
 * new MarginRankingLoss().forward(tensor([2, 1]), tensor([1, 3]), tensor([1, 1])).item(); // 1
 */
export class MarginRankingLoss<R extends Reduction = "mean"> extends ConfiguredLoss<
  R,
  Omit<MarginLossOptions<R>, keyof LossOptions>
> {
  protected override optionNames(): readonly string[] {
    return ["margin"];
  }
  forward<A extends Tensor>(a: A, b: Tensor, target: Tensor): Tensor<Reduced<A["shape"], R>> {
    return marginRankingLoss<A, R>(a, b, target, this.options);
  }
}

/**
 * `cosineEmbeddingLoss` as a module.
 *
 * @example
 * new CosineEmbeddingLoss().forward(tensor([[1, 0]]), tensor([[0, 2]]), tensor([1])).item(); // 1
 */
export class CosineEmbeddingLoss<R extends Reduction = "mean"> extends ConfiguredLoss<
  R,
  Omit<MarginLossOptions<R>, keyof LossOptions>
> {
  protected override optionNames(): readonly string[] {
    return ["margin"];
  }
  forward<A extends Tensor>(a: A, b: Tensor, target: Tensor): Tensor<Reduced<Rows<A["shape"]>, R>> {
    return cosineEmbeddingLoss<A, R>(a, b, target, this.options);
  }
}

/**
 * `tripletMarginLoss` as a module.
 *
 * @example
 * new TripletMarginLoss().forward(tensor([[0, 0]]), tensor([[3, 4]]), tensor([[6, 8]])).item(); // 0
 */
export class TripletMarginLoss<R extends Reduction = "mean"> extends ConfiguredLoss<
  R,
  Omit<TripletOptions<R>, keyof LossOptions>
> {
  protected override optionNames(): readonly string[] {
    return ["margin", "p", "eps", "swap"];
  }
  forward<A extends Tensor>(anchor: A, positive: Tensor, negative: Tensor): Tensor<Reduced<Rows<A["shape"]>, R>> {
    return tripletMarginLoss<A, R>(anchor, positive, negative, this.options);
  }
}
