import { checkOptions } from "@chainrule/core/internal";
import type { Check, CheckSameShape, Operand, ShapeOf, Tensor } from "@chainrule/core/lean";
import {
  crossEntropyLoss,
  type CrossEntropyOptions,
  type CrossEntropyTarget,
  type WithoutClasses,
} from "./cross-entropy.ts";
import {
  bceLoss,
  bceWithLogitsLoss,
  checkReduction,
  type LogitsOptions,
  type LossOptions,
  mseLoss,
  type Reduced,
  type Reduction,
  type WeightedOptions,
} from "./loss.ts";
import { Module } from "./module.ts";

abstract class Loss<R extends Reduction> extends Module {
  readonly reduction: R;

  constructor(options: LossOptions<R> = {}) {
    super();
    checkOptions(this.constructor.name, options, ["reduction", ...this.optionNames()]);
    const { reduction = "mean" as R } = options;
    checkReduction(this.constructor.name, reduction);
    this.reduction = reduction;
  }

  /** The options beside the reduction. */
  protected optionNames(): readonly string[] {
    return [];
  }
  protected override details(): string {
    return this.reduction === "mean" ? "" : `{ reduction: "${this.reduction}" }`;
  }
}

/** A loss with options beside the reduction. */
export abstract class ConfiguredLoss<R extends Reduction, O extends object = object> extends Loss<R> {
  readonly options: LossOptions<R> & O;

  constructor(options: LossOptions<R> & O = {} as LossOptions<R> & O) {
    super(options);
    this.options = options;
  }
}

/**
 * `mseLoss` as a module.
 *
 * @example
 * new MSELoss({ reduction: "sum" }).forward(tensor([1, 2]), tensor([0, 4])).item(); // 5
 */
export class MSELoss<R extends Reduction = "mean"> extends Loss<R> {
  forward<A extends Operand, B extends Operand>(
    prediction: A,
    target: CheckSameShape<ShapeOf<A>, ShapeOf<B>, "mseLoss", B>,
  ): Tensor<Reduced<ShapeOf<A>, R>> {
    return mseLoss<A, B, R>(prediction, target, { reduction: this.reduction });
  }
}

/**
 * `bceLoss` as a module.
 *
 * @example
 * new BCELoss().forward(tensor([0.9, 0.2]), tensor([1, 0])).item(); // 0.164…
 */
export class BCELoss<R extends Reduction = "mean"> extends ConfiguredLoss<R, WeightedOptions> {
  protected override optionNames(): readonly string[] {
    return ["weight"];
  }
  forward<A extends Operand, B extends Operand>(
    prediction: A,
    target: CheckSameShape<ShapeOf<A>, ShapeOf<B>, "bceLoss", B>,
  ): Tensor<Reduced<ShapeOf<A>, R>> {
    return bceLoss<A, B, R>(prediction, target, this.options);
  }
}

/**
 * `bceWithLogitsLoss` as a module.
 *
 * @example
 * new BCEWithLogitsLoss().forward(tensor([1000, -2]), tensor([1, 0])).item(); // 0.063…
 */
export class BCEWithLogitsLoss<R extends Reduction = "mean"> extends ConfiguredLoss<R, LogitsOptions> {
  protected override optionNames(): readonly string[] {
    return ["weight", "posWeight"];
  }
  forward<A extends Operand, B extends Operand>(
    prediction: A,
    target: CheckSameShape<ShapeOf<A>, ShapeOf<B>, "bceWithLogitsLoss", B>,
  ): Tensor<Reduced<ShapeOf<A>, R>> {
    return bceWithLogitsLoss<A, B, R>(prediction, target, this.options);
  }
}

/**
 * `crossEntropyLoss` as a module.
 *
 * @example
 * new CrossEntropyLoss().forward(tensor([2, 1, 0]), tensor(1, { dtype: "int32" })).item(); // 1.407…
 */
export class CrossEntropyLoss<R extends Reduction = "mean"> extends ConfiguredLoss<
  R,
  Omit<CrossEntropyOptions<R>, keyof LossOptions>
> {
  protected override optionNames(): readonly string[] {
    return ["weight", "ignoreIndex", "labelSmoothing"];
  }
  forward<A extends Tensor, B extends Tensor>(
    prediction: A,
    target: Check<CrossEntropyTarget<A["shape"], B["shape"]>, B>,
  ): Tensor<Reduced<WithoutClasses<A["shape"]>, R>> {
    return crossEntropyLoss<A, B, R>(prediction, target, this.options);
  }
}
