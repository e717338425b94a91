import { quoted } from "@chainrule/core/internal";
import { aboveZero, fromZero, wholeFrom } from "../checks.ts";
import type { Options } from "../groups.ts";
import { Schedule, type Scheduled, type ScheduleRule } from "./schedule.ts";

export interface StepLROptions {
  /** Epochs between falls. */
  stepSize: number;
  /** Factor of a fall; 0.1 by default. */
  gamma: number;
}
const step: ScheduleRule<StepLROptions> = {
  name: "StepLR",
  defaults: { stepSize: NaN, gamma: 0.1 },
  check: ({ stepSize, gamma }) => wholeFrom(1, "stepSize", stepSize) ?? fromZero("gamma", gamma),
  rate: (epoch, lr, _base, { stepSize, gamma }) => (epoch === 0 || epoch % stepSize !== 0 ? lr : lr * gamma),
};

/**
 * Multiplies the rates by `gamma` every `stepSize` epochs; equal to PyTorch's StepLR.
 *
 * @example
 * const optimizer = new SGD(new Linear(2, 1).parameters(), { lr: 0.1 });
 * const schedule = new StepLR(optimizer, { stepSize: 1, gamma: 0.5 });
 * optimizer.step();
 * schedule.step();
 * optimizer.paramGroups[0]!.lr; // 0.05
 * @throws ArgumentError for options out of range.
 */
export class StepLR extends Schedule<StepLROptions> {
  constructor(optimizer: Scheduled, options: Options<StepLROptions> & { readonly stepSize: number }) {
    super(step, optimizer, options);
  }
}

export interface MultiStepLROptions {
  /** Epochs of falls; one that comes twice counts twice. */
  milestones: readonly number[];
  /** Factor of a fall; 0.1 by default. */
  gamma: number;
}
const areMilestones = (x: readonly number[]): string | undefined =>
  Array.isArray(x) && x.every((epoch) => Number.isInteger(epoch) && epoch >= 0)
    ? undefined
    : `milestones is a list of whole numbers from 0 up, got ${quoted(x)}`;
const multiStep: ScheduleRule<MultiStepLROptions> = {
  name: "MultiStepLR",
  defaults: { milestones: [NaN], gamma: 0.1 },
  check: ({ milestones, gamma }) => areMilestones(milestones) ?? fromZero("gamma", gamma),
  rate: (epoch, lr, _base, { milestones, gamma }) => lr * gamma ** milestones.filter((at) => at === epoch).length,
};

/**
 * Multiplies the rates by `gamma` at given epochs; equal to PyTorch's MultiStepLR.
 *
 * @example
 * const optimizer = new SGD(new Linear(2, 1).parameters(), { lr: 0.1 });
 * const schedule = new MultiStepLR(optimizer, { milestones: [30, 80] });
 * schedule.step();
 * schedule.getLastLr(); // [0.1]
 * @throws ArgumentError for options out of range.
 */
export class MultiStepLR extends Schedule<MultiStepLROptions> {
  constructor(optimizer: Scheduled, options: Options<MultiStepLROptions> & { readonly milestones: readonly number[] }) {
    super(multiStep, optimizer, options);
  }
}

export interface ExponentialLROptions {
  /** Factor of each epoch. */
  gamma: number;
}
const exponential: ScheduleRule<ExponentialLROptions> = {
  name: "ExponentialLR",
  defaults: { gamma: NaN },
  check: ({ gamma }) => fromZero("gamma", gamma),
  rate: (epoch, lr, _base, { gamma }) => (epoch === 0 ? lr : lr * gamma),
};

/**
 * Multiplies the rates by `gamma` at each epoch; equal to PyTorch's ExponentialLR.
 *
 * @example
 * const optimizer = new SGD(new Linear(2, 1).parameters(), { lr: 0.1 });
 * const schedule = new ExponentialLR(optimizer, { gamma: 0.5 });
 * schedule.step();
 * schedule.getLastLr(); // [0.05]
 * @throws ArgumentError for options out of range.
 */
export class ExponentialLR extends Schedule<ExponentialLROptions> {
  constructor(optimizer: Scheduled, options: Options<ExponentialLROptions> & { readonly gamma: number }) {
    super(exponential, optimizer, options);
  }
}

export interface PolynomialLROptions {
  /** Epochs until the rates are 0; 5 by default. */
  totalIters: number;
  /** Degree of the polynomial; 1 by default. */
  power: number;
}
const polynomial: ScheduleRule<PolynomialLROptions> = {
  name: "PolynomialLR",
  defaults: { totalIters: 5, power: 1 },
  check: ({ totalIters, power }) => wholeFrom(1, "totalIters", totalIters) ?? aboveZero("power", power),
  // lr ← base·(1 − epoch/totalIters)^power, as a factor of the last epoch's
  rate: (epoch, lr, _base, { totalIters, power }) =>
    epoch === 0 || epoch > totalIters ? lr : lr * ((1 - epoch / totalIters) / (1 - (epoch - 1) / totalIters)) ** power,
};

/**
 * Takes the rates down to 0 along a polynomial; equal to PyTorch's PolynomialLR.
 *
 * @example
 * const optimizer = new SGD(new Linear(2, 1).parameters(), { lr: 0.1 });
 * const schedule = new PolynomialLR(optimizer, { totalIters: 2 });
 * schedule.step();
 * schedule.getLastLr(); // [0.05]
 * @throws ArgumentError for options out of range.
 */
export class PolynomialLR extends Schedule<PolynomialLROptions> {
  constructor(optimizer: Scheduled, options: Options<PolynomialLROptions> = {}) {
    super(polynomial, optimizer, options);
  }
}
