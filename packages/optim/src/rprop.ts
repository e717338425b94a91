import { fromZero, pair } from "./checks.ts";
import type { Options, Params } from "./groups.ts";
import { Optimizer, type Rule } from "./optimizer.ts";

export interface RpropOptions {
  /** The first step of each element; 0.01 by default. */
  lr: number;
  /** Factors of the step when the gradient has turned and when it has not; [0.5, 1.2] by default. */
  etas: readonly [number, number];
  /** The smallest and the largest step; [1e-6, 50] by default. */
  stepSizes: readonly [number, number];
  /** Climb in place of descending. */
  maximize: boolean;
}

const SLOTS: readonly string[] = ["prev", "stepSize"];
const areEtas = (less: number, more: number): boolean => less > 0 && less < 1 && more > 1;
const areSizes = (least: number, most: number): boolean => least >= 0 && least <= most;

// s: step of an element, p: its last gradient g
//   g·p > 0: s ← s·η₊     g·p < 0: s ← s·η₋, g ← 0     s is kept in stepSizes     x ← x − s·sign(g)
const rprop: Rule<RpropOptions> = {
  name: "Rprop",
  defaults: { lr: 0.01, etas: [0.5, 1.2], stepSizes: [1e-6, 50], maximize: false },
  check: ({ lr, etas, stepSizes }) =>
    fromZero("lr", lr) ??
    pair("etas", etas, "a number in (0, 1) and one above 1", areEtas) ??
    pair("stepSizes", stepSizes, "a number from 0 up and one no smaller", areSizes),
  slots: () => SLOTS,

  update(x, gradient, at, [prev, size], step, { lr, etas: [less, more], stepSizes: [least, most], maximize }) {
    const sign = maximize ? -1 : 1;
    const begin = step === 1 ? lr : 0;
    for (let i = 0; i < x.length; i++) {
      let g = sign * gradient[at + i]!;
      const same = g * prev![i]!;
      const s = Math.min(Math.max((size![i]! + begin) * (same > 0 ? more : same < 0 ? less : 1), least), most);
      if (same < 0) g = 0;
      prev![i] = g;
      size![i] = s;
      x[i]! -= s * Math.sign(g);
    }
  },
};

/**
 * Resilient backpropagation (Riedmiller & Braun 1993), for whole batches: only the signs of the gradient count; equal to PyTorch's Rprop
 * step for step.
 *
 * @example
 * const model = new Linear(2, 1);
 * const optimizer = new Rprop(model.parameters(), { lr: 0.01 });
 * mseLoss(model.forward(zeros([4, 2])), ones([4, 1])).backward();
 * optimizer.step();
 * @throws ArgumentError for options out of range, no parameters, or one that comes twice; GraphError for a tensor that is no leaf
 * or requires no grad.
 */
export class Rprop extends Optimizer<RpropOptions> {
  constructor(params: Params<RpropOptions>, options: Options<RpropOptions> = {}) {
    super(rprop, params, options);
  }
}
