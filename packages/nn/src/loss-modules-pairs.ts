import type { CheckSameShape, Operand, ShapeOf, Tensor } from "@chainrule/core/lean";
import type { Reduced, Reduction } from "./loss.ts";
import { hingeEmbeddingLoss, type MarginOptions, softMarginLoss } from "./losses-margin.ts";
import {
  huberLoss,
  type HuberOptions,
  l1Loss,
  poissonNLLLoss,
  type PoissonNLLOptions,
  smoothL1Loss,
  type SmoothL1Options,
} from "./losses-regression.ts";
import { ConfiguredLoss } from "./loss-modules.ts";

// Losses of a prediction and a target of one shape, as modules.

/**
 * `l1Loss` as a module.
 *
 * @example
 * new L1Loss().forward(tensor([1, 2]), tensor([1, 4])).item(); // 1
 */
export class L1Loss<R extends Reduction = "mean"> extends ConfiguredLoss<R> {
  forward<A extends Operand, B extends Operand>(
    prediction: A,
    target: CheckSameShape<ShapeOf<A>, ShapeOf<B>, "l1Loss", B>,
  ): Tensor<Reduced<ShapeOf<A>, R>> {
    return l1Loss<A, B, R>(prediction, target, this.options);
  }
}

/**
 * `smoothL1Loss` as a module.
 *
 * @example
 * new SmoothL1Loss({ beta: 2 }).forward(tensor([0]), tensor([2])).item(); // 1
 */
export class SmoothL1Loss<R extends Reduction = "mean"> extends ConfiguredLoss<R, SmoothL1Options> {
  protected override optionNames(): readonly string[] {
    return ["beta"];
  }
  forward<A extends Operand, B extends Operand>(
    prediction: A,
    target: CheckSameShape<ShapeOf<A>, ShapeOf<B>, "smoothL1Loss", B>,
  ): Tensor<Reduced<ShapeOf<A>, R>> {
    return smoothL1Loss<A, B, R>(prediction, target, this.options);
  }
}

/**
 * `huberLoss` as a module.
 *
 * @example
 * new HuberLoss({ delta: 2 }).forward(tensor([0]), tensor([3])).item(); // 4
 */
export class HuberLoss<R extends Reduction = "mean"> extends ConfiguredLoss<R, HuberOptions> {
  protected override optionNames(): readonly string[] {
    return ["delta"];
  }
  forward<A extends Operand, B extends Operand>(
    prediction: A,
    target: CheckSameShape<ShapeOf<A>, ShapeOf<B>, "huberLoss", B>,
  ): Tensor<Reduced<ShapeOf<A>, R>> {
    return huberLoss<A, B, R>(prediction, target, this.options);
  }
}

/**
 * `poissonNLLLoss` as a module.
 *
 * @example
 * new PoissonNLLLoss().forward(tensor([0]), tensor([3])).item(); // 1
 */
export class PoissonNLLLoss<R extends Reduction = "mean"> extends ConfiguredLoss<R, PoissonNLLOptions> {
  protected override optionNames(): readonly string[] {
    return ["logInput", "full", "eps"];
  }
  forward<A extends Operand, B extends Operand>(
    prediction: A,
    target: CheckSameShape<ShapeOf<A>, ShapeOf<B>, "poissonNLLLoss", B>,
  ): Tensor<Reduced<ShapeOf<A>, R>> {
    return poissonNLLLoss<A, B, R>(prediction, target, this.options);
  }
}

/**
 * `hingeEmbeddingLoss` as a module.
 *
 * @example
 * new HingeEmbeddingLoss().forward(tensor([0.25]), tensor([-1])).item(); // 0.75
 */
export class HingeEmbeddingLoss<R extends Reduction = "mean"> extends ConfiguredLoss<R, MarginOptions> {
  protected override optionNames(): readonly string[] {
    return ["margin"];
  }
  forward<A extends Operand, B extends Operand>(
    prediction: A,
    target: CheckSameShape<ShapeOf<A>, ShapeOf<B>, "hingeEmbeddingLoss", B>,
  ): Tensor<Reduced<ShapeOf<A>, R>> {
    return hingeEmbeddingLoss<A, B, R>(prediction, target, this.options);
  }
}

/**
 * `softMarginLoss` as a module.
 *
 * @example
 * new SoftMarginLoss().forward(tensor([-1000]), tensor([1])).item(); // 1000
 */
export class SoftMarginLoss<R extends Reduction = "mean"> extends ConfiguredLoss<R> {
  forward<A extends Operand, B extends Operand>(
    prediction: A,
    target: CheckSameShape<ShapeOf<A>, ShapeOf<B>, "softMarginLoss", B>,
  ): Tensor<Reduced<ShapeOf<A>, R>> {
    return softMarginLoss<A, B, R>(prediction, target, this.options);
  }
}
