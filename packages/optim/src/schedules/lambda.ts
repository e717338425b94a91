import { namedOptions, type Options } from "../groups.ts";
import { perGroup, Schedule, type Scheduled, type ScheduleRule } from "./schedule.ts";

/** A factor for each epoch. */
export type LRLambda = (epoch: number) => number;

export interface LambdaLROptions {
  /** One function, or one a group. */
  lrLambda: LRLambda | readonly LRLambda[];
}
interface Resolved {
  lrLambda: readonly LRLambda[];
}
const check = ({ lrLambda }: Resolved): string | undefined =>
  Array.isArray(lrLambda) && lrLambda.every((factor) => typeof factor === "function")
    ? undefined
    : "lrLambda is a function, or a list of functions";
const defaults: Resolved = { lrLambda: [] };

const lambda: ScheduleRule<Resolved> = {
  name: "LambdaLR",
  defaults,
  check,
  rate: (epoch, _lr, base, { lrLambda }, group) => base * lrLambda[group]!(epoch),
};
const multiplicative: ScheduleRule<Resolved> = {
  name: "MultiplicativeLR",
  defaults,
  check,
  rate: (epoch, lr, _base, { lrLambda }, group) => (epoch === 0 ? lr : lr * lrLambda[group]!(epoch)),
};

const resolve = (name: string, optimizer: Scheduled, options: Options<LambdaLROptions>): Resolved => ({
  ...options,
  lrLambda: perGroup<LRLambda>(
    name,
    "lrLambda",
    optimizer,
    namedOptions(name, options, defaults).lrLambda,
    undefined as never,
  ),
});
type Given = Options<LambdaLROptions> & Pick<LambdaLROptions, "lrLambda">;

/**
 * Sets the rates to their initial values times a function of the epoch; equal to PyTorch's LambdaLR.
 *
 * @example
 * const optimizer = new SGD(new Linear(2, 1).parameters(), { lr: 0.1 });
 * const schedule = new LambdaLR(optimizer, { lrLambda: (epoch) => 1 / (1 + epoch) });
 * schedule.step();
 * schedule.getLastLr(); // [0.05]
 * @throws ArgumentError for anything but functions.
 */
export class LambdaLR extends Schedule<Resolved> {
  constructor(optimizer: Scheduled, options: Given) {
    super(lambda, optimizer, resolve("LambdaLR", optimizer, options));
  }
}

/**
 * Multiplies the rates, at each epoch from 1 on, by a function of the epoch; equal to PyTorch's MultiplicativeLR.
 *
 * @example
 * const optimizer = new SGD(new Linear(2, 1).parameters(), { lr: 0.1 });
 * const schedule = new MultiplicativeLR(optimizer, { lrLambda: () => 0.5 });
 * schedule.step();
 * schedule.getLastLr(); // [0.05]
 * @throws ArgumentError for anything but functions.
 */
export class MultiplicativeLR extends Schedule<Resolved> {
  private readonly factors: readonly LRLambda[];

  constructor(optimizer: Scheduled, options: Given) {
    const resolved = resolve("MultiplicativeLR", optimizer, options);
    super(multiplicative, optimizer, resolved);
    this.factors = resolved.lrLambda;
  }

  /** @internal In a sequence it goes on from the rates that it finds, as PyTorch's does. */
  override begin(afresh: boolean): void {
    if (!afresh) return super.begin(false);
    this.goTo(0, this.optimizer.paramGroups.map(({ lr }, i) => lr * this.factors[i]!(0))); // prettier-ignore
  }
}
