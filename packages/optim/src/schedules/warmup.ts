import { quoted } from "@chainrule/core/internal";
import { share, wholeFrom } from "../checks.ts";
import type { Options } from "../groups.ts";
import { Schedule, type Scheduled, type ScheduleRule } from "./schedule.ts";

/** A quotient would keep its record in bundles that do not use it. */
const THIRD = 0.3333333333333333;

export interface ConstantLROptions {
  /** Factor of the rates, above 0 and up to 1; 1/3 by default. */
  factor: number;
  /** Epochs for which it holds; 5 by default. */
  totalIters: number;
}
/** Above 0, so that the rates can be found again. */
const factorOf = (name: string, x: number): string | undefined =>
  Number.isFinite(x) && x > 0 && x <= 1 ? undefined : `${name} is a number above 0 and up to 1, got ${quoted(x)}`;
const constant: ScheduleRule<ConstantLROptions> = {
  name: "ConstantLR",
  defaults: { factor: THIRD, totalIters: 5 },
  check: ({ factor, totalIters }) => factorOf("factor", factor) ?? wholeFrom(1, "totalIters", totalIters),
  rate: (epoch, lr, _base, { factor, totalIters }) => {
    if (epoch === 0) return lr * factor;
    return epoch === totalIters ? lr * (1 / factor) : lr;
  },
};

/**
 * Multiplies the rates by `factor` for the first epochs; equal to PyTorch's ConstantLR.
 *
 * @example
 * const optimizer = new SGD(new Linear(2, 1).parameters(), { lr: 0.1 });
 * const schedule = new ConstantLR(optimizer, { factor: 0.5, totalIters: 1 });
 * schedule.getLastLr(); // [0.05]
 * schedule.step();
 * schedule.getLastLr(); // [0.1]
 * @throws ArgumentError for options out of range.
 */
export class ConstantLR extends Schedule<ConstantLROptions> {
  constructor(optimizer: Scheduled, options: Options<ConstantLROptions> = {}) {
    super(constant, optimizer, options);
  }
}

export interface LinearLROptions {
  /** Factor of the rates at first, above 0 and up to 1; 1/3 by default. */
  startFactor: number;
  /** Factor of the rates at last, from 0 to 1; 1 by default. */
  endFactor: number;
  /** Epochs between the two; 5 by default. */
  totalIters: number;
}
const linear: ScheduleRule<LinearLROptions> = {
  name: "LinearLR",
  defaults: { startFactor: THIRD, endFactor: 1, totalIters: 5 },
  check: ({ startFactor, endFactor, totalIters }) =>
    factorOf("startFactor", startFactor) ?? share("endFactor", endFactor) ?? wholeFrom(1, "totalIters", totalIters),
  // lr ← base·(start + (end − start)·epoch/totalIters), as a factor of the last epoch's
  rate: (epoch, lr, _base, { startFactor, endFactor, totalIters }) => {
    if (epoch === 0) return lr * startFactor;
    if (epoch > totalIters) return lr;
    const change = endFactor - startFactor;
    return Math.max(lr * (1 + change / (totalIters * startFactor + (epoch - 1) * change)), 0);
  },
};

/**
 * Takes the rates from `startFactor` to `endFactor` times their initial values along a line; equal to PyTorch's LinearLR.
 *
 * @example
 * const optimizer = new SGD(new Linear(2, 1).parameters(), { lr: 0.1 });
 * const schedule = new LinearLR(optimizer, { startFactor: 0.5, totalIters: 2 });
 * schedule.getLastLr(); // [0.05]
 * schedule.step();
 * schedule.getLastLr(); // [0.075], up to rounding
 * @throws ArgumentError for options out of range.
 */
export class LinearLR extends Schedule<LinearLROptions> {
  constructor(optimizer: Scheduled, options: Options<LinearLROptions> = {}) {
    super(linear, optimizer, options);
  }
}
