import { axpby, type TypedArray } from "@chainrule/core/lean";
import { finite, fromZero } from "./checks.ts";
import type { Options, Params } from "./groups.ts";
import { LARGE } from "./large.ts";
import { Optimizer, type Rule } from "./optimizer.ts";

export interface SGDOptions {
  /** Learning rate. */
  lr: number;
  /** Share of the last step's direction that is kept; 0 by default. */
  momentum: number;
  /** Share of the gradient that stays out of the momentum; 0 by default. */
  dampening: number;
  /** Look ahead by one step of momentum (Sutskever et al. 2013). */
  nesterov: boolean;
  /** Adds this times the parameter to its gradient: an L2 penalty. */
  weightDecay: number;
  /** Climb in place of descending. */
  maximize: boolean;
}

const NONE: readonly string[] = [];
const MOMENTUM: readonly string[] = ["momentumBuffer"];

// PyTorch's rule. g: gradient, x: parameter, b: momentum buffer, which is the first gradient after the first step
//   g ← ±g + weightDecay·x     b ← momentum·b + (1 − dampening)·g     x ← x − lr·(nesterov ? g + momentum·b : b)
const sgd: Rule<SGDOptions> = {
  name: "SGD",
  defaults: { lr: NaN, momentum: 0, dampening: 0, nesterov: false, weightDecay: 0, maximize: false },

  check({ lr, momentum, dampening, nesterov, weightDecay }) {
    const wrong =
      fromZero("lr", lr) ??
      fromZero("momentum", momentum) ??
      fromZero("weightDecay", weightDecay) ??
      finite("dampening", dampening);
    if (wrong !== undefined) return wrong;
    if (nesterov && (momentum === 0 || dampening !== 0))
      return `nesterov needs a momentum above 0 and no dampening, got momentum ${momentum} and dampening ${dampening}`;
    return undefined;
  },

  slots: ({ momentum }) => (momentum === 0 ? NONE : MOMENTUM),

  update(x, gradient, at, slots, step, options) {
    if (x.length >= LARGE && byPasses(x, gradient, at, slots[0], step, options)) return;
    const { lr, momentum, dampening, nesterov, weightDecay, maximize } = options;
    if (momentum === 0 && weightDecay === 0) {
      const rate = maximize ? -lr : lr;
      for (let i = 0; i < x.length; i++) x[i]! -= rate * gradient[at + i]!;
      return;
    }
    const sign = maximize ? -1 : 1;
    const buffer = slots[0];
    const first = step === 1;
    // The usual case, without a question an element: less than half the time.
    if (buffer !== undefined && weightDecay === 0 && !nesterov && !first) {
      const add = sign * (1 - dampening);
      for (let i = 0; i < x.length; i++) {
        const b = momentum * buffer[i]! + add * gradient[at + i]!;
        buffer[i] = b;
        x[i]! -= lr * b;
      }
      return;
    }
    for (let i = 0; i < x.length; i++) {
      let g = sign * gradient[at + i]! + weightDecay * x[i]!;
      if (buffer !== undefined) {
        const b = first ? g : momentum * buffer[i]! + (1 - dampening) * g;
        buffer[i] = b;
        g = nesterov ? g + momentum * b : b;
      }
      x[i]! -= lr * g;
    }
  },
};

/** The same update as passes over the arrays, y ← α·x + β·y, if a kernel takes them; returns whether. */
function byPasses(
  x: TypedArray,
  gradient: TypedArray,
  at: number,
  buffer: TypedArray | undefined,
  step: number,
  { lr, momentum, dampening, nesterov, weightDecay, maximize }: SGDOptions,
): boolean {
  const n = x.length;
  const sign = maximize ? -1 : 1;
  if (buffer !== undefined) {
    const [keep, add] = step === 1 ? [0, 1] : [momentum, 1 - dampening];
    if (!axpby(n, add * sign, gradient, at, keep, buffer, 0)) return false;
    if (weightDecay !== 0) axpby(n, add * weightDecay, x, 0, 1, buffer, 0);
  }
  // x ← x − lr·(±g + weightDecay·x), which momentum looks ahead of, or takes the place of
  const direct = (): boolean => axpby(n, -lr * sign, gradient, at, 1 - lr * weightDecay, x, 0);
  if (buffer === undefined) return direct();
  if (nesterov) direct();
  return axpby(n, nesterov ? -lr * momentum : -lr, buffer, 0, 1, x, 0);
}

/**
 * Stochastic gradient descent, with momentum if wanted (Sutskever et al. 2013); equal to PyTorch's SGD step for step. A parameter without
 * a gradient stays as it is.
 *
 * @example
 * const model = sequential(new Linear(2, 8), new Tanh(), new Linear(8, 1));
 * const optimizer = new SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
 * mseLoss(model.forward(zeros([4, 2])), ones([4, 1])).backward();
 * optimizer.step();
 * optimizer.zeroGrad();
 * @example
 * const [first, last] = [new Linear(2, 8), new Linear(8, 1)];
 * new SGD([{ params: first.parameters(), lr: 0.01 }, { params: last.parameters() }], { lr: 0.1 });
 * @throws ArgumentError for options out of range, no parameters, or one that comes twice; GraphError for a tensor that is no leaf
 * or requires no grad.
 */
export class SGD extends Optimizer<SGDOptions> {
  constructor(params: Params<SGDOptions>, options: Options<SGDOptions> & { readonly lr: number }) {
    super(sgd, params, options);
  }
}
