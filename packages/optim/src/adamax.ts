import { betasPair, fromZero } from "./checks.ts";
import type { Options, Params } from "./groups.ts";
import { Optimizer, type Rule } from "./optimizer.ts";
import { power } from "./power.ts";

export interface AdamaxOptions {
  /** Learning rate; 0.002 by default. */
  lr: number;
  /** How much of the running average of the gradient and of its largest size is kept at each step; [0.9, 0.999] by default. */
  betas: readonly [number, number];
  /** Added to the size of the gradient; 1e-8 by default. */
  eps: number;
  /** Adds this times the parameter to its gradient: an L2 penalty. */
  weightDecay: number;
  /** Climb in place of descending. */
  maximize: boolean;
}

const SLOTS: readonly string[] = ["expAvg", "expInf"];

// m: running average of the gradient g, u: its decaying maximum
//   m ← β₁·m + (1 − β₁)·g     u ← max(β₂·u, |g| + eps)     x ← x − lr/(1 − β₁ᵗ) · m/u
const adamax: Rule<AdamaxOptions> = {
  name: "Adamax",
  defaults: { lr: 2e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, maximize: false },
  check: ({ lr, betas, eps, weightDecay }) =>
    fromZero("lr", lr) ?? betasPair(betas) ?? fromZero("eps", eps) ?? fromZero("weightDecay", weightDecay),
  slots: () => SLOTS,

  update(x, gradient, at, [m, u], step, { lr, betas: [beta1, beta2], eps, weightDecay, maximize }) {
    const sign = maximize ? -1 : 1;
    const rate = lr / (1 - power(beta1, step));
    for (let i = 0; i < x.length; i++) {
      const g = sign * gradient[at + i]! + weightDecay * x[i]!;
      const mean = m![i]! + (1 - beta1) * (g - m![i]!);
      const largest = Math.max(beta2 * u![i]!, Math.abs(g) + eps);
      m![i] = mean;
      u![i] = largest;
      x[i]! -= (rate * mean) / largest;
    }
  },
};

/**
 * Adam with the largest gradient in place of the mean square (Kingma & Ba 2015, section 7.1); equal to PyTorch's Adamax step for step.
 *
 * @example
 * const model = new Linear(2, 1);
 * const optimizer = new Adamax(model.parameters(), { lr: 0.01 });
 * mseLoss(model.forward(zeros([4, 2])), ones([4, 1])).backward();
 * optimizer.step();
 * @throws ArgumentError for options out of range, no parameters, or one that comes twice; GraphError for a tensor that is no leaf
 * or requires no grad.
 */
export class Adamax extends Optimizer<AdamaxOptions> {
  constructor(params: Params<AdamaxOptions>, options: Options<AdamaxOptions> = {}) {
    super(adamax, params, options);
  }
}
