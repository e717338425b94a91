import { optionsOf, quoted } from "@chainrule/core/internal";
import { ArgumentError } from "@chainrule/core/lean";
import { fail } from "../state.ts";
import {
  checkOptimizer,
  initialRate,
  isRates,
  type LRSchedule,
  type Scheduled,
  type ScheduleState,
} from "./schedule.ts";

export interface SequentialLROptions {
  /** Schedules of the same optimizer, in their order. */
  readonly schedulers: readonly LRSchedule[];
  /** The epochs at which the second, the third, … begins; each later than the one before. */
  readonly milestones: readonly number[];
}

const NAME = "SequentialLR";

/**
 * One schedule after the other, each beginning anew at its milestone; equal to PyTorch's SequentialLR.
 *
 * @example
 * const optimizer = new SGD(new Linear(2, 1).parameters(), { lr: 0.1 });
 * const warmup = new LinearLR(optimizer, { totalIters: 5 });
 * const decay = new CosineAnnealingLR(optimizer, { tMax: 95 });
 * const schedule = new SequentialLR(optimizer, { schedulers: [warmup, decay], milestones: [5] });
 * schedule.step();
 * @throws ArgumentError for schedules of another optimizer, such as need a metric, or milestones that do not fit.
 */
export class SequentialLR implements LRSchedule {
  readonly optimizer: Scheduled;
  lastEpoch = 0;
  private readonly schedulers: readonly LRSchedule[];
  private milestones: readonly number[];
  private lastLr: number[] = [];

  constructor(optimizer: Scheduled, options: SequentialLROptions) {
    const { schedulers, milestones } = optionsOf(NAME, options, [
      "schedulers",
      "milestones",
    ]) as Partial<SequentialLROptions>;
    checkOptimizer(NAME, optimizer);
    if (!Array.isArray(schedulers) || schedulers.length === 0)
      throw new ArgumentError(`${NAME}: schedulers is a list of at least one schedule`);
    schedulers.forEach((schedule: LRSchedule, i) => {
      if (typeof schedule?.begin !== "function")
        throw new ArgumentError(`${NAME}: schedule ${i} cannot be part of a sequence`);
      if (schedule.optimizer !== optimizer) throw new ArgumentError(`${NAME}: schedule ${i} is of another optimizer`);
    });
    if (!areMilestones(milestones, schedulers.length - 1))
      throw new ArgumentError(
        `${NAME}: ${schedulers.length} schedules need ${schedulers.length - 1} growing milestones from 1 up, got ${quoted(milestones)}`,
      );
    this.optimizer = optimizer;
    this.schedulers = [...schedulers];
    this.milestones = [...milestones];
    this.begin(true);
  }

  /**
   * Goes on to the next epoch and sets the rates of all groups.
   * @throws as the schedule does that is on.
   */
  step(): void {
    const epoch = this.lastEpoch + 1;
    const on = this.milestones.filter((at) => at <= epoch).length;
    const schedule = this.schedulers[on]!;
    if (this.milestones[on - 1] === epoch) schedule.begin(true);
    else schedule.step();
    this.lastEpoch = epoch;
    this.lastLr = schedule.getLastLr();
  }

  getLastLr(): number[] {
    return [...this.lastLr];
  }

  /** Where it is, and the states of its schedules, as plain data that survives JSON. */
  stateDict(): ScheduleState {
    const { lastEpoch, lastLr, milestones, schedulers } = this;
    const states = schedulers.map((schedule) => schedule.stateDict());
    return { schedule: NAME, lastEpoch, lastLr: [...lastLr], milestones: [...milestones], schedulers: states };
  }

  /**
   * Continues where `stateDict` was called.
   * @throws ArgumentError for anything that does not fit, before anything is changed.
   */
  loadStateDict(state: ScheduleState): void {
    this.prepare(state)();
  }

  /** @internal Sets the initial rates, and begins the first schedule from them. */
  begin(afresh: boolean): void {
    if (afresh) for (const group of this.optimizer.paramGroups) group.lr = initialRate(group);
    this.schedulers[0]!.begin(false);
    this.lastEpoch = 0;
    this.lastLr = this.schedulers[0]!.getLastLr();
  }

  /** @internal */
  prepare(state: ScheduleState): () => void {
    if (typeof state !== "object" || state === null) fail("needs a record such as stateDict() returns");
    if (state.schedule !== NAME) fail(`the state is of ${String(state.schedule)}, expected ${NAME}`);
    const { lastEpoch, lastLr, milestones, schedulers } = state;
    const { length } = this.schedulers;
    if (!Number.isInteger(lastEpoch) || lastEpoch < 0) fail("the state is cut short");
    if (!isRates(lastLr, this.optimizer.paramGroups.length))
      return fail(`the state has no rates of ${this.optimizer.paramGroups.length} groups`);
    if (!Array.isArray(schedulers) || schedulers.length !== length || !areMilestones(milestones, length - 1))
      return fail(`the state is not of ${length} schedules`);
    const taken = this.schedulers.map((schedule, i) => schedule.prepare(schedulers[i] as ScheduleState));
    return () => {
      for (const take of taken) take();
      this.lastEpoch = lastEpoch;
      this.lastLr = [...lastLr];
      this.milestones = [...milestones];
    };
  }
}

const areMilestones = (x: unknown, length: number): x is readonly number[] =>
  Array.isArray(x) && x.length === length && x.every((at, i) => Number.isInteger(at) && at > (i === 0 ? 0 : x[i - 1]));
