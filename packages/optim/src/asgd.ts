import { finite, fromZero } from "./checks.ts";
import type { Options, Params } from "./groups.ts";
import { Optimizer, type Rule } from "./optimizer.ts";

export interface ASGDOptions {
  /** Learning rate; 0.01 by default. */
  lr: number;
  /** Decay of parameters and rate; 1e-4 by default. */
  lambd: number;
  /** Power of the rate's decay; 0.75 by default. */
  alpha: number;
  /** Step at which averaging begins; 1e6 by default. */
  t0: number;
  /** Adds this times the parameter to its gradient: an L2 penalty. */
  weightDecay: number;
  /** Climb in place of descending. */
  maximize: boolean;
}

const SLOTS: readonly string[] = ["ax", "eta", "mu"];

// η: rate, which begins as lr; a: average of the parameters, μ: weight of the newest in it, which begins as 1
//   x ← (1 − λ·η)·x − η·g     a ← a + μ·(x − a)     then η ← lr/(1 + λ·lr·t)^α     μ ← 1/max(1, t − t0)
const asgd: Rule<ASGDOptions> = {
  name: "ASGD",
  defaults: { lr: 0.01, lambd: 1e-4, alpha: 0.75, t0: 1e6, weightDecay: 0, maximize: false },
  check: ({ lr, lambd, alpha, t0, weightDecay }) =>
    fromZero("lr", lr) ??
    fromZero("lambd", lambd) ??
    finite("alpha", alpha) ??
    finite("t0", t0) ??
    fromZero("weightDecay", weightDecay),
  slots: () => SLOTS,
  scalars: ["eta", "mu"],

  update(x, gradient, at, [average, eta, mu], step, { lr, lambd, alpha, t0, weightDecay, maximize }) {
    const sign = maximize ? -1 : 1;
    const rate = step === 1 ? lr : eta![0]!;
    const weight = step === 1 ? 1 : mu![0]!;
    const keep = 1 - lambd * rate;
    for (let i = 0; i < x.length; i++) {
      const g = sign * gradient[at + i]! + weightDecay * x[i]!;
      x[i] = keep * x[i]! - rate * g;
      average![i] = weight === 1 ? x[i]! : average![i]! + weight * (x[i]! - average![i]!);
    }
    eta![0] = lr / (1 + lambd * lr * step) ** alpha;
    mu![0] = 1 / Math.max(1, step - t0);
  },
};

/**
 * Averaged stochastic gradient descent (Polyak & Juditsky 1992); equal to PyTorch's ASGD step for step. The average of the parameters
 * is in the state, as `ax`.
 *
 * @example
 * const model = new Linear(2, 1);
 * const optimizer = new ASGD(model.parameters(), { lr: 0.1, t0: 100 });
 * mseLoss(model.forward(zeros([4, 2])), ones([4, 1])).backward();
 * optimizer.step();
 * optimizer.stateDict().state[0]!.slots["ax"];
 * @throws ArgumentError for options out of range, no parameters, or one that comes twice; GraphError for a tensor that is no leaf
 * or requires no grad.
 */
export class ASGD extends Optimizer<ASGDOptions> {
  constructor(params: Params<ASGDOptions>, options: Options<ASGDOptions> = {}) {
    super(asgd, params, options);
  }
}
