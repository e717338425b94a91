import { adaptive, type TypedArray } from "@chainrule/core/lean";
import { betasPair, fromZero } from "./checks.ts";
import type { Options, Params } from "./groups.ts";
import { Optimizer, type Rule } from "./optimizer.ts";
import { LARGE } from "./large.ts";
import { power } from "./power.ts";

export interface AdamWOptions {
  /** Learning rate; 0.001 by default. */
  lr: number;
  /** How much of the running averages of the gradient and of its square is kept at each step; [0.9, 0.999] by default. */
  betas: readonly [number, number];
  /** Added to the divisor; 1e-8 by default. */
  eps: number;
  /** For AdamW: shrinks the parameter by lr times this, 0.01 by default. For Adam: an L2 penalty, 0 by default. */
  weightDecay: number;
  /** Divide by the largest average of the square so far (Reddi et al. 2018). */
  amsgrad: boolean;
  /** Climb in place of descending. */
  maximize: boolean;
}

export interface AdamOptions extends AdamWOptions {
  /** Decay the weights as AdamW does. */
  decoupledWeightDecay: boolean;
}

const MOMENTS: readonly string[] = ["expAvg", "expAvgSq"];
const AMSGRAD: readonly string[] = ["expAvg", "expAvgSq", "maxExpAvgSq"];

// g: gradient, x: parameter, m and v: running averages, t: step
//   m ← β₁·m + (1 − β₁)·g     v ← β₂·v + (1 − β₂)·g²     x ← x − lr · m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + eps)
function update(
  x: TypedArray,
  gradient: TypedArray,
  at: number,
  [m, v, largest]: readonly TypedArray[],
  step: number,
  { lr, betas: [beta1, beta2], eps, weightDecay, maximize }: AdamWOptions,
  decoupled: boolean,
): void {
  const sign = maximize ? -1 : 1;
  const rate = lr / (1 - power(beta1, step));
  const root = Math.sqrt(1 - power(beta2, step));
  const penalty = decoupled ? 0 : weightDecay;
  const decay = decoupled ? 1 - lr * weightDecay : 1;
  if (x.length >= LARGE && largest === undefined) {
    const [share, add] = [1 - beta1, 1 - beta2];
    const by = { sign, penalty, share, keep: beta2, add, decay, rate, root, eps };
    if (adaptive(x.length, x, gradient, at, m!, v!, by)) return;
  }
  for (let i = 0; i < x.length; i++) {
    const g = sign * gradient[at + i]! + penalty * x[i]!;
    const mean = m![i]! + (1 - beta1) * (g - m![i]!);
    let square = beta2 * v![i]! + (1 - beta2) * g * g;
    m![i] = mean;
    v![i] = square;
    if (largest !== undefined) largest[i] = square = Math.max(largest[i]!, square);
    x[i] = decay * x[i]! - (rate * mean) / (Math.sqrt(square) / root + eps);
  }
}

const check = ({ lr, betas, eps, weightDecay }: AdamWOptions): string | undefined =>
  fromZero("lr", lr) ?? betasPair(betas) ?? fromZero("eps", eps) ?? fromZero("weightDecay", weightDecay);
const slots = ({ amsgrad }: AdamWOptions): readonly string[] => (amsgrad ? AMSGRAD : MOMENTS);

const adam: Rule<AdamOptions> = {
  name: "Adam",
  defaults: {
    lr: 1e-3,
    betas: [0.9, 0.999],
    eps: 1e-8,
    weightDecay: 0,
    amsgrad: false,
    maximize: false,
    decoupledWeightDecay: false,
  },
  check,
  slots,
  update: (x, gradient, at, slots, step, options) =>
    update(x, gradient, at, slots, step, options, options.decoupledWeightDecay),
};

const adamW: Rule<AdamWOptions> = {
  name: "AdamW",
  defaults: { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0.01, amsgrad: false, maximize: false },
  check,
  slots,
  update: (x, gradient, at, slots, step, options) => update(x, gradient, at, slots, step, options, true),
};

/**
 * Adam (Kingma & Ba 2015): each element moves by about `lr`, along the average of its gradients; equal to PyTorch's Adam step for step.
 *
 * @example
 * const model = new Linear(2, 1);
 * const optimizer = new Adam(model.parameters(), { lr: 0.01 });
 * mseLoss(model.forward(zeros([4, 2])), ones([4, 1])).backward();
 * optimizer.step();
 * @throws ArgumentError for options out of range, no parameters, or one that comes twice; GraphError for a tensor that is no leaf
 * or requires no grad.
 */
export class Adam extends Optimizer<AdamOptions> {
  constructor(params: Params<AdamOptions>, options: Options<AdamOptions> = {}) {
    super(adam, params, options);
  }
}

/**
 * Adam with decoupled weight decay (Loshchilov & Hutter 2019); equal to PyTorch's AdamW step for step.
 *
 * @example
 * const model = new Linear(2, 1);
 * const optimizer = new AdamW(model.parameters(), { lr: 0.01, weightDecay: 0.1 });
 * mseLoss(model.forward(zeros([4, 2])), ones([4, 1])).backward();
 * optimizer.step();
 * @throws as Adam does.
 */
export class AdamW extends Optimizer<AdamWOptions> {
  constructor(params: Params<AdamWOptions>, options: Options<AdamWOptions> = {}) {
    super(adamW, params, options);
  }
}
