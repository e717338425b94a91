import { adaptive } from "@chainrule/core/lean";
import { fromZero, share } from "./checks.ts";
import type { Options, Params } from "./groups.ts";
import { LARGE } from "./large.ts";
import { Optimizer, type Rule } from "./optimizer.ts";

export interface RMSpropOptions {
  /** Learning rate; 0.01 by default. */
  lr: number;
  /** How much of the running averages is kept at each step; 0.99 by default. */
  alpha: number;
  /** Added to the divisor; 1e-8 by default. */
  eps: number;
  /** Adds this times the parameter to its gradient: an L2 penalty. */
  weightDecay: number;
  /** Share of the last step's direction that is kept; 0 by default. */
  momentum: number;
  /** Divide by the deviation of the gradient in place of its size (Graves 2013). */
  centered: boolean;
  /** Climb in place of descending. */
  maximize: boolean;
}

const SLOTS: readonly (readonly string[])[] = [
  ["squareAvg"],
  ["squareAvg", "momentumBuffer"],
  ["squareAvg", "gradAvg"],
  ["squareAvg", "gradAvg", "momentumBuffer"],
];

// v and m: running averages of g² and g, b: momentum buffer
//   v ← α·v + (1 − α)·g²     d ← g/(√(centered ? v − m² : v) + eps)     b ← momentum·b + d     x ← x − lr·b
const rmsprop: Rule<RMSpropOptions> = {
  name: "RMSprop",
  defaults: { lr: 0.01, alpha: 0.99, eps: 1e-8, weightDecay: 0, momentum: 0, centered: false, maximize: false },
  check: ({ lr, alpha, eps, weightDecay, momentum }) =>
    fromZero("lr", lr) ??
    share("alpha", alpha) ??
    fromZero("eps", eps) ??
    fromZero("weightDecay", weightDecay) ??
    fromZero("momentum", momentum),
  slots: ({ momentum, centered }) => SLOTS[(centered ? 2 : 0) + (momentum > 0 ? 1 : 0)]!,

  update(x, gradient, at, slots, _step, { lr, alpha, eps, weightDecay, momentum, centered, maximize }) {
    const [v] = slots;
    const m = centered ? slots[1] : undefined;
    const buffer = momentum > 0 ? slots.at(-1) : undefined;
    const sign = maximize ? -1 : 1;
    if (x.length >= LARGE && slots.length === 1) {
      const by = {
        sign,
        penalty: weightDecay,
        share: 1,
        keep: alpha,
        add: 1 - alpha,
        decay: 1,
        rate: lr,
        root: 1,
        eps,
      };
      if (adaptive(x.length, x, gradient, at, null, v!, by)) return;
    }
    for (let i = 0; i < x.length; i++) {
      const g = sign * gradient[at + i]! + weightDecay * x[i]!;
      let square = alpha * v![i]! + (1 - alpha) * g * g;
      v![i] = square;
      if (m !== undefined) {
        const mean = m[i]! + (1 - alpha) * (g - m[i]!);
        m[i] = mean;
        // Rounding must not make the variance negative.
        square = Math.max(square - mean * mean, 0);
      }
      const divisor = Math.sqrt(square) + eps;
      if (buffer === undefined) x[i]! -= (lr * g) / divisor;
      else {
        const b = momentum * buffer[i]! + g / divisor;
        buffer[i] = b;
        x[i]! -= lr * b;
      }
    }
  },
};

/**
 * RMSprop (Tieleman & Hinton 2012): the gradient over its running size; equal to PyTorch's RMSprop step for step.
 *
 * @example
 * const model = new Linear(2, 1);
 * const optimizer = new RMSprop(model.parameters(), { lr: 0.01, momentum: 0.9 });
 * mseLoss(model.forward(zeros([4, 2])), ones([4, 1])).backward();
 * optimizer.step();
 * @throws ArgumentError for options out of range, no parameters, or one that comes twice; GraphError for a tensor that is no leaf
 * or requires no grad.
 */
export class RMSprop extends Optimizer<RMSpropOptions> {
  constructor(params: Params<RMSpropOptions>, options: Options<RMSpropOptions> = {}) {
    super(rmsprop, params, options);
  }
}
