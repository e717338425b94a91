import { fromZero, share } from "./checks.ts";
import type { Options, Params } from "./groups.ts";
import { Optimizer, type Rule } from "./optimizer.ts";

export interface AdadeltaOptions {
  /** Factor of the step; 1 by default. */
  lr: number;
  /** How much of the running squares is kept at each step; 0.9 by default. */
  rho: number;
  /** Added under both roots; 1e-6 by default. */
  eps: number;
  /** Adds this times the parameter to its gradient: an L2 penalty. */
  weightDecay: number;
  /** Climb in place of descending. */
  maximize: boolean;
}

const SLOTS: readonly string[] = ["squareAvg", "accDelta"];

// v and u: running averages of g² and of the squared steps d²
//   v ← ρ·v + (1 − ρ)·g²     d ← √(u + eps)/√(v + eps)·g     u ← ρ·u + (1 − ρ)·d²     x ← x − lr·d
const adadelta: Rule<AdadeltaOptions> = {
  name: "Adadelta",
  defaults: { lr: 1, rho: 0.9, eps: 1e-6, weightDecay: 0, maximize: false },
  check: ({ lr, rho, eps, weightDecay }) =>
    fromZero("lr", lr) ?? share("rho", rho) ?? fromZero("eps", eps) ?? fromZero("weightDecay", weightDecay),
  slots: () => SLOTS,

  update(x, gradient, at, [v, u], _step, { lr, rho, eps, weightDecay, maximize }) {
    const sign = maximize ? -1 : 1;
    for (let i = 0; i < x.length; i++) {
      const g = sign * gradient[at + i]! + weightDecay * x[i]!;
      const square = rho * v![i]! + (1 - rho) * g * g;
      const delta = (Math.sqrt(u![i]! + eps) / Math.sqrt(square + eps)) * g;
      v![i] = square;
      u![i] = rho * u![i]! + (1 - rho) * delta * delta;
      x[i]! -= lr * delta;
    }
  },
};

/**
 * Adadelta (Zeiler 2012): steps as large as the last ones, so that no rate needs choosing; equal to PyTorch's Adadelta step for step.
 *
 * @example
 * const model = new Linear(2, 1);
 * const optimizer = new Adadelta(model.parameters());
 * mseLoss(model.forward(zeros([4, 2])), ones([4, 1])).backward();
 * optimizer.step();
 * @throws ArgumentError for options out of range, no parameters, or one that comes twice; GraphError for a tensor that is no leaf
 * or requires no grad.
 */
export class Adadelta extends Optimizer<AdadeltaOptions> {
  constructor(params: Params<AdadeltaOptions>, options: Options<AdadeltaOptions> = {}) {
    super(adadelta, params, options);
  }
}
