import { betasPair, fromZero } from "./checks.ts";
import type { Options, Params } from "./groups.ts";
import { Optimizer, type Rule } from "./optimizer.ts";
import { power } from "./power.ts";

export interface RAdamOptions {
  /** Learning rate; 0.001 by default. */
  lr: number;
  /** How much of the running averages of the gradient and of its square is kept at each step; [0.9, 0.999] by default. */
  betas: readonly [number, number];
  /** Added to the divisor; 1e-8 by default. */
  eps: number;
  /** An L2 penalty, or, decoupled, the share of the parameter that is taken off, times lr; 0 by default. */
  weightDecay: number;
  /** Decay the weights as AdamW does. */
  decoupledWeightDecay: boolean;
  /** Climb in place of descending. */
  maximize: boolean;
}

const SLOTS: readonly string[] = ["expAvg", "expAvgSq"];

/** How far the running square can be trusted after `step` steps: the factor of an adaptive step, or 0 while it cannot be. */
function rectification(beta2: number, step: number): number {
  const most = 2 / (1 - beta2) - 1;
  const kept = power(beta2, step);
  const length = most - (2 * step * kept) / (1 - kept);
  if (!(length > 5)) return 0;
  return Math.sqrt(((length - 4) * (length - 2) * most) / ((most - 4) * (most - 2) * length));
}

// m and v as in Adam, r: the rectification
//   x ← x − lr · m/(1 − β₁ᵗ) · (r > 0 ? r·√(1 − β₂ᵗ)/(√v + eps) : 1)
const radam: Rule<RAdamOptions> = {
  name: "RAdam",
  defaults: { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, decoupledWeightDecay: false, maximize: false },
  check: ({ lr, betas, eps, weightDecay }) =>
    fromZero("lr", lr) ?? betasPair(betas) ?? fromZero("eps", eps) ?? fromZero("weightDecay", weightDecay),
  slots: () => SLOTS,

  update(x, gradient, at, [m, v], step, { lr, betas, eps, weightDecay, decoupledWeightDecay, maximize }) {
    const [beta1, beta2] = betas;
    const rectified = rectification(beta2, step) * Math.sqrt(1 - power(beta2, step));
    const rate = lr / (1 - power(beta1, step));
    const sign = maximize ? -1 : 1;
    const penalty = decoupledWeightDecay ? 0 : weightDecay;
    const keep = decoupledWeightDecay ? 1 - lr * weightDecay : 1;
    for (let i = 0; i < x.length; i++) {
      const g = sign * gradient[at + i]! + penalty * x[i]!;
      const mean = m![i]! + (1 - beta1) * (g - m![i]!);
      const square = beta2 * v![i]! + (1 - beta2) * g * g;
      m![i] = mean;
      v![i] = square;
      const adapted = rectified > 0 ? rectified / (Math.sqrt(square) + eps) : 1;
      x[i] = keep * x[i]! - rate * mean * adapted;
    }
  },
};

/**
 * Adam whose steps adapt only once the running square can be trusted (Liu et al. 2020); equal to PyTorch's RAdam step for step.
 *
 * @example
 * const model = new Linear(2, 1);
 * const optimizer = new RAdam(model.parameters(), { lr: 0.01 });
 * mseLoss(model.forward(zeros([4, 2])), ones([4, 1])).backward();
 * optimizer.step();
 * @throws ArgumentError for options out of range, no parameters, or one that comes twice; GraphError for a tensor that is no leaf
 * or requires no grad.
 */
export class RAdam extends Optimizer<RAdamOptions> {
  constructor(params: Params<RAdamOptions>, options: Options<RAdamOptions> = {}) {
    super(radam, params, options);
  }
}
