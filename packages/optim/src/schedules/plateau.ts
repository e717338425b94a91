import { quoted } from "@chainrule/core/internal";
import { ArgumentError, Tensor } from "@chainrule/core/lean";
import { fromZero, oneOf, wholeFrom } from "../checks.ts";
import { completeOptions, type OptionRule, type Options, namedOptions } from "../groups.ts";
import { fail, optionsOf } from "../state.ts";
import { numbersFromZero } from "./cycles.ts";
import { isRates, perGroup, type Scheduled, type ScheduleState } from "./schedule.ts";

interface Settings {
  /** Whether the metric should fall or rise; "min" by default. */
  mode: "min" | "max";
  /** Factor of the rates, below 1; 0.1 by default. */
  factor: number;
  /** Epochs without progress that are borne; 10 by default. */
  patience: number;
  /** What counts as progress; 1e-4 by default. */
  threshold: number;
  /** Whether the threshold is a share of the best metric or a difference; "rel" by default. */
  thresholdMode: "rel" | "abs";
  /** Epochs after a fall that are not counted; 0 by default. */
  cooldown: number;
  /** A fall by less is left out; 1e-8 by default. */
  eps: number;
}
export interface ReduceLROnPlateauOptions extends Settings {
  /** The lowest rate, one for all or one a group; 0 by default. */
  minLr: number | readonly number[];
}
interface Resolved extends Settings {
  minLr: readonly number[];
}

const rule: OptionRule<Resolved> = {
  name: "ReduceLROnPlateau",
  defaults: {
    mode: "min", factor: 0.1, patience: 10, threshold: 1e-4, thresholdMode: "rel", cooldown: 0, minLr: [0], eps: 1e-8,
  }, // prettier-ignore
  check: ({ mode, factor, patience, threshold, thresholdMode, cooldown, minLr, eps }) =>
    oneOf("mode", mode, ["min", "max"]) ??
    (Number.isFinite(factor) && factor >= 0 && factor < 1
      ? undefined
      : `factor is a number in [0, 1), got ${quoted(factor)}`) ??
    wholeFrom(0, "patience", patience) ??
    fromZero("threshold", threshold) ??
    oneOf("thresholdMode", thresholdMode, ["rel", "abs"]) ??
    wholeFrom(0, "cooldown", cooldown) ??
    numbersFromZero("minLr", minLr) ??
    fromZero("eps", eps),
};

/** What is counted; `best` is null before the first metric. */
interface Counts {
  best: number | null;
  numBadEpochs: number;
  cooldownCounter: number;
}

/**
 * Lowers the rates when a metric has stopped getting better; equal to PyTorch's ReduceLROnPlateau.
 *
 * @example
 * const optimizer = new SGD(new Linear(2, 1).parameters(), { lr: 0.1 });
 * const schedule = new ReduceLROnPlateau(optimizer, { patience: 0 });
 * for (const loss of [1, 2]) schedule.step(loss);
 * schedule.getLastLr(); // [0.01], up to rounding
 * @throws ArgumentError for options out of range.
 */
export class ReduceLROnPlateau {
  readonly optimizer: Scheduled;
  lastEpoch = 0;
  private readonly options: Resolved;
  private counts: Counts = { best: null, numBadEpochs: 0, cooldownCounter: 0 };
  private lastLr: number[];

  constructor(optimizer: Scheduled, options?: Options<ReduceLROnPlateauOptions>) {
    const given = namedOptions(rule.name, options, rule.defaults);
    const minLr = perGroup(rule.name, "minLr", optimizer, given.minLr, 0);
    this.options = completeOptions(rule, rule.defaults, { ...given, minLr });
    this.optimizer = optimizer;
    this.lastLr = optimizer.paramGroups.map(({ lr }) => lr);
  }

  /**
   * Takes note of the metric of an epoch, and lowers the rates if it is time. NaN is no progress.
   * @throws ArgumentError for a metric that is no number, or groups that came later, before anything is changed.
   */
  step(metrics: number | Tensor): void {
    const metric: unknown = metrics instanceof Tensor ? metrics.item() : metrics;
    if (typeof metric !== "number")
      throw new ArgumentError(
        `${rule.name}: step takes the metric, a number or a tensor of one element; got ${quoted(metric)}`,
      );
    const { patience, cooldown, factor, minLr, eps } = this.options;
    const groups = this.optimizer.paramGroups;
    if (groups.length !== minLr.length)
      throw new ArgumentError(
        `${rule.name}: was made for ${minLr.length} groups and there are ${groups.length}; make schedules last`,
      );
    let { best, numBadEpochs, cooldownCounter } = this.counts;
    const better = this.isBetter(metric, best);
    if (better) best = metric;
    numBadEpochs = better ? 0 : numBadEpochs + 1;
    if (cooldownCounter > 0) {
      cooldownCounter--;
      numBadEpochs = 0;
    }
    if (numBadEpochs > patience) {
      groups.forEach((group, i) => {
        const lower = Math.max(group.lr * factor, minLr[i]!);
        if (group.lr - lower > eps) group.lr = lower;
      });
      cooldownCounter = cooldown;
      numBadEpochs = 0;
    }
    this.counts = { best, numBadEpochs, cooldownCounter };
    this.lastEpoch++;
    this.lastLr = groups.map(({ lr }) => lr);
  }

  getLastLr(): number[] {
    return [...this.lastLr];
  }

  /** What has been counted, and the options, as plain data that survives JSON. The optimizer keeps the rates. */
  stateDict(): ScheduleState {
    const { lastEpoch, lastLr, counts, options } = this;
    return { schedule: rule.name, lastEpoch, lastLr: [...lastLr], ...counts, options: { ...options } };
  }

  /**
   * Continues where `stateDict` was called.
   * @throws ArgumentError for anything that does not fit, before anything is changed.
   */
  loadStateDict(state: ScheduleState): void {
    if (typeof state !== "object" || state === null) fail("needs a record such as stateDict() returns");
    if (state.schedule !== rule.name) fail(`the state is of ${String(state.schedule)}, expected ${rule.name}`);
    const { lastEpoch, lastLr, best, numBadEpochs, cooldownCounter, options } = state;
    const counted = [lastEpoch, numBadEpochs, cooldownCounter].every((n) => Number.isInteger(n) && (n as number) >= 0);
    const found = best === null || typeof best === "number";
    if (!counted || !found || typeof options !== "object" || options === null) fail("the state is cut short");
    const groups = this.options.minLr.length;
    if (!isRates(lastLr, groups)) return fail(`the state has no rates of ${groups} groups`);
    const loaded = optionsOf(rule, { ...options, params: [] }, 0);
    if (loaded.minLr.length !== groups) fail(`the state has ${loaded.minLr.length} lowest rates for ${groups} groups`);
    Object.assign(this.options, loaded);
    this.counts = { best, numBadEpochs, cooldownCounter } as Counts;
    this.lastEpoch = lastEpoch;
    this.lastLr = [...lastLr];
  }

  private isBetter(metric: number, best: number | null): boolean {
    const { mode, threshold, thresholdMode } = this.options;
    // The first metric is better than nothing.
    const than = best ?? (mode === "min" ? Infinity : -Infinity);
    const sign = mode === "min" ? -1 : 1;
    const bar = thresholdMode === "rel" ? than * (1 + sign * threshold) : than + sign * threshold;
    return mode === "min" ? metric < bar : metric > bar;
  }
}
