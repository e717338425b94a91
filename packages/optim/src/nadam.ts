import { betasPair, fromZero } from "./checks.ts";
import type { Options, Params } from "./groups.ts";
import { Optimizer, type Rule } from "./optimizer.ts";
import { power } from "./power.ts";

export interface NAdamOptions {
  /** Learning rate; 0.002 by default. */
  lr: number;
  /** How much of the running averages of the gradient and of its square is kept at each step; [0.9, 0.999] by default. */
  betas: readonly [number, number];
  /** Added to the divisor; 1e-8 by default. */
  eps: number;
  /** An L2 penalty, or, decoupled, the share of the parameter that is taken off, times lr; 0 by default. */
  weightDecay: number;
  /** How fast momentum grows to betas[0]; 0.004 by default. */
  momentumDecay: number;
  /** Decay the weights as AdamW does. */
  decoupledWeightDecay: boolean;
  /** Climb in place of descending. */
  maximize: boolean;
}

const SLOTS: readonly string[] = ["expAvg", "expAvgSq", "muProduct"];

// m and v as in Adam; μₜ = β₁·(1 − 0.96^(t·momentumDecay)/2) is the momentum of step t, and Π the product of all so far
//   x ← x − lr · ((1 − μₜ)/(1 − Π)·g + μₜ₊₁/(1 − Π·μₜ₊₁)·m) / (√(v/(1 − β₂ᵗ)) + eps)
const nadam: Rule<NAdamOptions> = {
  name: "NAdam",
  defaults: {
    lr: 2e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, momentumDecay: 4e-3, decoupledWeightDecay: false, maximize: false,
  }, // prettier-ignore
  check: ({ lr, betas, eps, weightDecay, momentumDecay }) =>
    fromZero("lr", lr) ??
    betasPair(betas) ??
    fromZero("eps", eps) ??
    fromZero("weightDecay", weightDecay) ??
    fromZero("momentumDecay", momentumDecay),
  slots: () => SLOTS,
  scalars: ["muProduct"],

  update(x, gradient, at, [m, v, muProduct], step, options) {
    const { lr, betas, eps, weightDecay, momentumDecay, decoupledWeightDecay, maximize } = options;
    const [beta1, beta2] = betas;
    const momentum = (t: number): number => beta1 * (1 - 0.5 * 0.96 ** (t * momentumDecay));
    const [mu, next] = [momentum(step), momentum(step + 1)];
    const product = step === 1 ? mu : muProduct![0]! * mu;
    muProduct![0] = product;
    const byGradient = (lr * (1 - mu)) / (1 - product);
    const byMean = (lr * next) / (1 - product * next);
    const correction = 1 - power(beta2, step);
    const sign = maximize ? -1 : 1;
    const penalty = decoupledWeightDecay ? 0 : weightDecay;
    const keep = decoupledWeightDecay ? 1 - lr * weightDecay : 1;
    for (let i = 0; i < x.length; i++) {
      const g = sign * gradient[at + i]! + penalty * x[i]!;
      const mean = m![i]! + (1 - beta1) * (g - m![i]!);
      const square = beta2 * v![i]! + (1 - beta2) * g * g;
      m![i] = mean;
      v![i] = square;
      x[i] = keep * x[i]! - (byGradient * g + byMean * mean) / (Math.sqrt(square / correction) + eps);
    }
  },
};

/**
 * Adam with Nesterov's momentum (Dozat 2016); equal to PyTorch's NAdam step for step.
 *
 * @example
 * const model = new Linear(2, 1);
 * const optimizer = new NAdam(model.parameters(), { lr: 0.01 });
 * mseLoss(model.forward(zeros([4, 2])), ones([4, 1])).backward();
 * optimizer.step();
 * @throws ArgumentError for options out of range, no parameters, or one that comes twice; GraphError for a tensor that is no leaf
 * or requires no grad.
 */
export class NAdam extends Optimizer<NAdamOptions> {
  constructor(params: Params<NAdamOptions>, options: Options<NAdamOptions> = {}) {
    super(nadam, params, options);
  }
}
