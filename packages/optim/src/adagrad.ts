import { adaptive } from "@chainrule/core/lean";
import { fromZero } from "./checks.ts";
import type { Options, Params } from "./groups.ts";
import { LARGE } from "./large.ts";
import { Optimizer, type Rule } from "./optimizer.ts";

export interface AdagradOptions {
  /** Learning rate; 0.01 by default. */
  lr: number;
  /** After t steps the rate is lr / (1 + t·lrDecay); 0 by default. */
  lrDecay: number;
  /** Adds this times the parameter to its gradient: an L2 penalty. */
  weightDecay: number;
  /** Where the sums of squares begin; 0 by default. A group may have its own, which PyTorch overlooks. */
  initialAccumulatorValue: number;
  /** Added to the divisor; 1e-10 by default. */
  eps: number;
  /** Climb in place of descending. */
  maximize: boolean;
}

const SLOTS: readonly string[] = ["sum"];

// s: sum of the squared gradients      s ← s + g²     x ← x − lr/(1 + (t − 1)·lrDecay) · g/(√s + eps)
const adagrad: Rule<AdagradOptions> = {
  name: "Adagrad",
  defaults: { lr: 0.01, lrDecay: 0, weightDecay: 0, initialAccumulatorValue: 0, eps: 1e-10, maximize: false },
  check: ({ lr, lrDecay, weightDecay, initialAccumulatorValue, eps }) =>
    fromZero("lr", lr) ??
    fromZero("lrDecay", lrDecay) ??
    fromZero("weightDecay", weightDecay) ??
    fromZero("initialAccumulatorValue", initialAccumulatorValue) ??
    fromZero("eps", eps),
  slots: () => SLOTS,

  update(x, gradient, at, [sum], step, { lr, lrDecay, weightDecay, initialAccumulatorValue, eps, maximize }) {
    const sign = maximize ? -1 : 1;
    const rate = lr / (1 + (step - 1) * lrDecay);
    const begin = step === 1 ? initialAccumulatorValue : 0;
    if (x.length >= LARGE && begin === 0) {
      const by = { sign, penalty: weightDecay, share: 1, keep: 1, add: 1, decay: 1, rate, root: 1, eps };
      if (adaptive(x.length, x, gradient, at, null, sum!, by)) return;
    }
    for (let i = 0; i < x.length; i++) {
      const g = sign * gradient[at + i]! + weightDecay * x[i]!;
      const total = sum![i]! + begin + g * g;
      sum![i] = total;
      x[i]! -= (rate * g) / (Math.sqrt(total) + eps);
    }
  },
};

/**
 * Adagrad (Duchi et al. 2011): each element has a rate that falls with the sum of its squared gradients; equal to PyTorch's Adagrad step
 * for step.
 *
 * @example
 * const model = new Linear(2, 1);
 * const optimizer = new Adagrad(model.parameters(), { lr: 0.1 });
 * mseLoss(model.forward(zeros([4, 2])), ones([4, 1])).backward();
 * optimizer.step();
 * @throws ArgumentError for options out of range, no parameters, or one that comes twice; GraphError for a tensor that is no leaf
 * or requires no grad.
 */
export class Adagrad extends Optimizer<AdagradOptions> {
  constructor(params: Params<AdagradOptions>, options: Options<AdagradOptions> = {}) {
    super(adagrad, params, options);
  }
}
