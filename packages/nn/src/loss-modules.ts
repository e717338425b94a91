import type { Check, Operand, SameShape, ShapeOf, Tensor } from "@chainrule/core";
import { crossEntropyLoss, type CrossEntropyTarget, type WithoutClasses } from "./cross-entropy.ts";
import {
  bceLoss,
  bceWithLogitsLoss,
  checkReduction,
  type LossOptions,
  mseLoss,
  type Reduced,
  type Reduction,
} from "./loss.ts";
import { Module } from "./module.ts";

abstract class Loss<R extends Reduction> extends Module {
  readonly reduction: R;

  constructor({ reduction = "mean" as R }: LossOptions<R> = {}) {
    super();
    checkReduction(this.constructor.name, reduction);
    this.reduction = reduction;
  }

  protected override details(): string {
    return this.reduction === "mean" ? "" : `{ reduction: "${this.reduction}" }`;
  }
}

/** `mseLoss` as a module. */
export class MSELoss<R extends Reduction = "mean"> extends Loss<R> {
  forward<A extends Operand, B extends Operand>(
    prediction: A,
    target: Check<SameShape<ShapeOf<A>, ShapeOf<B>, "mseLoss">, B>,
  ): Tensor<Reduced<ShapeOf<A>, R>> {
    return mseLoss<A, B, R>(prediction, target, this);
  }
}

/** `bceLoss` as a module. */
export class BCELoss<R extends Reduction = "mean"> extends Loss<R> {
  forward<A extends Operand, B extends Operand>(
    prediction: A,
    target: Check<SameShape<ShapeOf<A>, ShapeOf<B>, "bceLoss">, B>,
  ): Tensor<Reduced<ShapeOf<A>, R>> {
    return bceLoss<A, B, R>(prediction, target, this);
  }
}

/** `bceWithLogitsLoss` as a module. */
export class BCEWithLogitsLoss<R extends Reduction = "mean"> extends Loss<R> {
  forward<A extends Operand, B extends Operand>(
    prediction: A,
    target: Check<SameShape<ShapeOf<A>, ShapeOf<B>, "bceWithLogitsLoss">, B>,
  ): Tensor<Reduced<ShapeOf<A>, R>> {
    return bceWithLogitsLoss<A, B, R>(prediction, target, this);
  }
}

/** `crossEntropyLoss` as a module. */
export class CrossEntropyLoss<R extends Reduction = "mean"> extends Loss<R> {
  forward<A extends Tensor, B extends Tensor>(
    prediction: A,
    target: Check<CrossEntropyTarget<A["shape"], B["shape"]>, B>,
  ): Tensor<Reduced<WithoutClasses<A["shape"]>, R>> {
    return crossEntropyLoss<A, B, R>(prediction, target, this);
  }
}
