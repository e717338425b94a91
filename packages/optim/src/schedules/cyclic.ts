import { aboveZero, fromZero, oneOf } from "../checks.ts";
import { namedOptions, type Options } from "../groups.ts";
import { checkMomentum, momenta, numbersFromZero } from "./cycles.ts";
import { perGroup, Schedule, type Scheduled, type ScheduleRule } from "./schedule.ts";

const MODES = ["triangular", "triangular2", "exp_range"] as const;

interface Settings {
  /** Steps from the lowest to the highest rate; 2000 by default. */
  stepSizeUp: number;
  /** "triangular": always as high; "triangular2": half as high each time; "exp_range": `gamma` times as high at each step. */
  mode: (typeof MODES)[number];
  /** Factor of "exp_range"; 1 by default. */
  gamma: number;
  /** How high, as a function of the cycle (counted from 1) or of the step; in place of `mode`. */
  scaleFn: ((x: number) => number) | null;
  /** What `scaleFn` is a function of; "cycle" by default. */
  scaleMode: "cycle" | "iterations";
  /** Whether momentum, or the first of betas, moves against the rate; true by default. */
  cycleMomentum: boolean;
}
export interface CyclicLROptions extends Settings {
  /** The lowest rate, one for all or one a group. */
  baseLr: number | readonly number[];
  /** The highest rate. */
  maxLr: number | readonly number[];
  /** Steps from the highest to the lowest rate; with null, the default, as many as up. */
  stepSizeDown: number | null;
  /** Momentum at the highest rate; 0.8 by default. */
  baseMomentum: number | readonly number[];
  /** Momentum at the lowest rate; 0.9 by default. */
  maxMomentum: number | readonly number[];
}
interface Resolved extends Settings {
  stepSizeDown: number;
  baseLr: readonly number[];
  maxLr: readonly number[];
  baseMomentum: readonly number[];
  maxMomentum: readonly number[];
}

/** How far up it is at a step, from 0 to 1, or less in later cycles. */
function height(step: number, { stepSizeUp, stepSizeDown, mode, gamma, scaleFn, scaleMode }: Resolved): number {
  const total = stepSizeUp + stepSizeDown;
  const top = stepSizeUp / total;
  const cycle = Math.floor(1 + step / total);
  const x = 1 + step / total - cycle;
  const share = x <= top ? x / top : (x - 1) / (top - 1);
  if (scaleFn !== null) return share * scaleFn(scaleMode === "cycle" ? cycle : step);
  if (mode === "exp_range") return share * gamma ** step;
  return mode === "triangular" ? share : share / 2 ** (cycle - 1);
}

const cyclic: ScheduleRule<Resolved> = {
  name: "CyclicLR",
  defaults: {
    baseLr: [NaN], maxLr: [NaN], stepSizeUp: 2000, stepSizeDown: NaN, mode: "triangular", gamma: 1, scaleFn: null, scaleMode: "cycle",
    cycleMomentum: true, baseMomentum: [0.8], maxMomentum: [0.9],
  }, // prettier-ignore
  check: ({ baseLr, maxLr, stepSizeUp, stepSizeDown, mode, gamma, scaleFn, scaleMode, baseMomentum, maxMomentum }) =>
    numbersFromZero("baseLr", baseLr) ??
    numbersFromZero("maxLr", maxLr) ??
    aboveZero("stepSizeUp", stepSizeUp) ??
    aboveZero("stepSizeDown", stepSizeDown) ??
    oneOf("mode", mode, MODES) ??
    fromZero("gamma", gamma) ??
    (scaleFn === null || typeof scaleFn === "function" ? undefined : "scaleFn is a function or null") ??
    oneOf("scaleMode", scaleMode, ["cycle", "iterations"]) ??
    momenta("baseMomentum", baseMomentum) ??
    momenta("maxMomentum", maxMomentum),
  lists: ["baseLr", "maxLr", "baseMomentum", "maxMomentum"],
  initial: ({ baseLr }, group) => baseLr[group]!,

  rate(step, _lr, _base, options, group) {
    const low = options.baseLr[group]!;
    return low + (options.maxLr[group]! - low) * height(step, options);
  },
  momentum(step, options, group) {
    if (!options.cycleMomentum) return undefined;
    const high = options.maxMomentum[group]!;
    return high - (high - options.baseMomentum[group]!) * height(step, options);
  },
};

const resolve = (optimizer: Scheduled, options: Options<CyclicLROptions>): Options<Resolved> => {
  const given = namedOptions(cyclic.name, options, cyclic.defaults);
  const list = (name: "baseLr" | "maxLr" | "baseMomentum" | "maxMomentum", value: number): readonly number[] =>
    perGroup(cyclic.name, name, optimizer, given[name], value);
  const lists = {
    baseLr: list("baseLr", NaN),
    maxLr: list("maxLr", NaN),
    baseMomentum: list("baseMomentum", 0.8),
    maxMomentum: list("maxMomentum", 0.9),
  };
  checkMomentum(cyclic.name, optimizer, given.cycleMomentum);
  const { stepSizeUp = cyclic.defaults.stepSizeUp } = given;
  return {
    ...given,
    ...lists,
    stepSizeUp,
    stepSizeDown: given.stepSizeDown ?? stepSizeUp,
  };
};

/**
 * Takes the rates up and down again and again, and momentum down and up (Smith 2017); equal to PyTorch's CyclicLR. Call `step` after
 * each batch.
 *
 * @example
 * const optimizer = new SGD(new Linear(2, 1).parameters(), { lr: 0.1, momentum: 0.9 });
 * const schedule = new CyclicLR(optimizer, { baseLr: 0.01, maxLr: 0.1, stepSizeUp: 100, mode: "triangular2" });
 * optimizer.step();
 * schedule.step();
 * @throws ArgumentError for options out of range, or an optimizer without momentum.
 */
export class CyclicLR extends Schedule<Resolved> {
  constructor(optimizer: Scheduled, options: Options<CyclicLROptions> & Pick<CyclicLROptions, "baseLr" | "maxLr">) {
    super(cyclic, optimizer, resolve(optimizer, options));
  }
}
