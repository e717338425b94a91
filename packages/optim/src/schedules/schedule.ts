import { quoted } from "@chainrule/core/internal";
import { ArgumentError } from "@chainrule/core/lean";
import { completeOptions, type OptionRule, type Options } from "../groups.ts";
import { fail, optionsOf } from "../state.ts";

/** What a schedule needs of an optimizer. */
export interface Scheduled {
  readonly paramGroups: readonly ScheduledGroup[];
}
export interface ScheduledGroup {
  lr: number;
  momentum?: number;
  betas?: readonly [number, number];
}

/** What all schedules can do. */
export interface LRSchedule {
  /** The optimizer whose rates it sets. */
  readonly optimizer: Scheduled;
  /** Steps since it began. */
  readonly lastEpoch: number;
  step(): void;
  /** The rates it has set last, one a group. */
  getLastLr(): number[];
  stateDict(): ScheduleState;
  loadStateDict(state: ScheduleState): void;
  /** @internal Begins anew from the rates that the groups have, or `afresh` from the initial ones. */
  begin(afresh: boolean): void;
  /** @internal Checks a state; what it returns takes the state over. */
  prepare(state: ScheduleState): () => void;
}

/** What `stateDict` of a schedule returns: plain data that survives JSON. */
export interface ScheduleState {
  /** Name of the schedule. */
  readonly schedule: string;
  readonly lastEpoch: number;
  readonly lastLr: readonly number[];
  readonly [rest: string]: unknown;
}

/** A schedule is one record: its options, and the rate of a group at each epoch. */
export interface ScheduleRule<O extends object> extends OptionRule<O> {
  /**
   * The rate at `epoch`, of which there is one 0 where the schedule begins. `lr` is the rate that the group has, so that several
   * schedules can act on it, `base` its initial one.
   */
  rate(epoch: number, lr: number, base: number, options: O, group: number): number;
  /** Names of the options that are lists of one value a group. */
  readonly lists?: readonly (keyof O & string)[];
  /** The initial rate, if it is not the optimizer's. */
  initial?(options: O, group: number): number;
  /** Whether that holds for the schedules that are made later, too. */
  readonly ownsInitial?: boolean;
  /** Momentum (or the first of betas) at `epoch`, if the schedule moves that too. */
  momentum?(epoch: number, options: O, group: number): number | undefined;
}

/** The rates that groups had before any schedule. */
const initialRates = /* @__PURE__ */ new WeakMap<ScheduledGroup, number>();
export const initialRate = (group: ScheduledGroup): number => initialRates.get(group) ?? group.lr;

export function checkOptimizer(name: string, optimizer: Scheduled): void {
  const groups: unknown = optimizer?.paramGroups;
  if (!Array.isArray(groups) || !groups.every((group: ScheduledGroup) => typeof group?.lr === "number"))
    throw new ArgumentError(`${name}: needs an optimizer whose groups have an lr`);
}

/** One value a group, from one for all or a list. */
export function perGroup<T>(
  name: string,
  option: string,
  optimizer: Scheduled,
  given: T | readonly T[] | undefined,
  otherwise: T,
): readonly T[] {
  const value = given === undefined ? otherwise : given;
  checkOptimizer(name, optimizer);
  const groups = optimizer.paramGroups.length;
  if (!Array.isArray(value)) return Array.from({ length: groups }, () => value as T);
  if (value.length !== groups)
    throw new ArgumentError(`${name}: ${option} has ${value.length} values for ${groups} groups`);
  return [...(value as T[])];
}

function checkValue(name: string, what: string, epoch: number, group: number, value: number): void {
  if (!(Number.isFinite(value) && value >= 0))
    throw new ArgumentError(`${name}: the ${what} of group ${group} at epoch ${epoch} would be ${quoted(value)}`);
}

export const isRates = (x: unknown, length: number): x is number[] =>
  Array.isArray(x) && x.length === length && x.every((rate) => Number.isFinite(rate));

/** Base of schedules: carries out a `ScheduleRule` on the groups of an optimizer. */
export class Schedule<O extends object> implements LRSchedule {
  readonly optimizer: Scheduled;
  lastEpoch = 0;
  private readonly rule: ScheduleRule<O>;
  private readonly options: O;
  private baseLrs: number[];
  private lastLr: number[] = [];

  constructor(rule: ScheduleRule<O>, optimizer: Scheduled, options: Options<O>) {
    checkOptimizer(rule.name, optimizer);
    this.rule = rule;
    this.optimizer = optimizer;
    this.options = completeOptions(rule, rule.defaults, options);
    this.baseLrs = optimizer.paramGroups.map((group, i) => rule.initial?.(this.options, i) ?? initialRate(group));
    this.begin(false);
    optimizer.paramGroups.forEach((group, i) => {
      if (rule.ownsInitial === true || !initialRates.has(group)) initialRates.set(group, this.baseLrs[i]!);
    });
  }

  /**
   * Goes on to the next epoch and sets the rates of all groups.
   * @throws ArgumentError for a rate or momentum that is no number from 0 up, or groups that came later, before anything is changed.
   */
  step(): void {
    this.goTo(this.lastEpoch + 1);
  }

  getLastLr(): number[] {
    return [...this.lastLr];
  }

  /** Where the schedule is, and its options save functions, as plain data that survives JSON. The optimizer keeps the rates. */
  stateDict(): ScheduleState {
    const { lastEpoch, baseLrs, lastLr } = this;
    return { schedule: this.rule.name, lastEpoch, baseLrs: [...baseLrs], lastLr: [...lastLr], options: this.plain() };
  }

  /**
   * Continues where `stateDict` was called. Make optimizer and schedules first, then load the states of all of them: making a
   * schedule sets rates.
   * @throws ArgumentError for anything that does not fit, before anything is changed.
   */
  loadStateDict(state: ScheduleState): void {
    this.prepare(state)();
  }

  /** @internal */
  begin(afresh: boolean): void {
    this.goTo(0, afresh ? this.baseLrs : undefined);
  }

  /** @internal */
  prepare(state: ScheduleState): () => void {
    const { rule } = this;
    if (typeof state !== "object" || state === null) fail("needs a record such as stateDict() returns");
    if (state.schedule !== rule.name) fail(`the state is of ${String(state.schedule)}, expected ${rule.name}`);
    const { lastEpoch, baseLrs, lastLr, options } = state;
    const groups = this.baseLrs.length;
    if (!(Number.isFinite(lastEpoch) && lastEpoch >= 0) || typeof options !== "object" || options === null)
      fail("the state is cut short");
    if (!isRates(baseLrs, groups) || !isRates(lastLr, groups))
      return fail(`the state has no rates of ${groups} groups`);
    const plain = this.plain();
    const functions = Object.fromEntries(Object.entries(this.options).filter(([key]) => !Object.hasOwn(plain, key)));
    const loaded = optionsOf(rule, { ...options, ...functions, params: [] }, 0);
    for (const name of rule.lists ?? [])
      if ((loaded[name] as readonly unknown[]).length !== groups) fail(`${name} is not of ${groups} groups`);
    return () => {
      this.lastEpoch = lastEpoch;
      this.baseLrs = [...baseLrs];
      this.lastLr = [...lastLr];
      Object.assign(this.options, loaded);
    };
  }

  protected goTo(epoch: number, from?: readonly number[]): void {
    const { rule, options } = this;
    const groups = this.optimizer.paramGroups;
    if (groups.length !== this.baseLrs.length)
      throw new ArgumentError(
        `${rule.name}: was made for ${this.baseLrs.length} groups and there are ${groups.length}; make schedules last`,
      );
    const rates = groups.map(({ lr }, i) => rule.rate(epoch, from?.[i] ?? lr, this.baseLrs[i]!, options, i));
    const momenta = groups.map((_, i) => rule.momentum?.(epoch, options, i));
    rates.forEach((rate, i) => checkValue(rule.name, "rate", epoch, i, rate));
    momenta.forEach((momentum, i) => checkValue(rule.name, "momentum", epoch, i, momentum ?? 0));
    groups.forEach((group, i) => {
      group.lr = rates[i]!;
      const momentum = momenta[i];
      if (momentum === undefined) return;
      if (group.betas !== undefined) group.betas = [momentum, group.betas[1]];
      else group.momentum = momentum;
    });
    this.lastEpoch = epoch;
    this.lastLr = rates;
  }

  /** The options that are data. */
  private plain(): Record<string, unknown> {
    const isFunction = (x: unknown): boolean =>
      typeof x === "function" || (Array.isArray(x) && x.some((y) => typeof y === "function"));
    return Object.fromEntries(Object.entries(this.options).filter(([, value]) => !isFunction(value)));
  }
}
