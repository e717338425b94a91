import { ArgumentError } from "@chainrule/core/lean";
import { aboveZero, oneOf, share, wholeFrom } from "../checks.ts";
import { namedOptions, type Options } from "../groups.ts";
import { ANNEAL, checkMomentum, momenta, numbersFromZero } from "./cycles.ts";
import { perGroup, Schedule, type Scheduled, type ScheduleRule } from "./schedule.ts";

interface Settings {
  /** Steps of the whole cycle; or pass epochs and stepsPerEpoch. */
  totalSteps: number;
  /** Share of the steps on the way up; 0.3 by default. */
  pctStart: number;
  /** Along a cosine or a line; "cos" by default. */
  annealStrategy: "cos" | "linear";
  /** Whether momentum, or the first of betas, moves against the rate; true by default. */
  cycleMomentum: boolean;
  /** The rate begins at maxLr / divFactor; 25 by default. */
  divFactor: number;
  /** The rate ends at its beginning / finalDivFactor; 1e4 by default. */
  finalDivFactor: number;
  /** Down to the beginning first, as steeply as up, and then to the end. */
  threePhase: boolean;
}
export interface OneCycleLROptions extends Settings {
  epochs: number;
  stepsPerEpoch: number;
  /** The highest rate, one for all or one a group. */
  maxLr: number | readonly number[];
  /** Momentum at the highest rate; 0.85 by default. */
  baseMomentum: number | readonly number[];
  /** Momentum at the lowest rates; 0.95 by default. */
  maxMomentum: number | readonly number[];
}
interface Resolved extends Settings {
  maxLr: readonly number[];
  baseMomentum: readonly number[];
  maxMomentum: readonly number[];
}

type Level = "first" | "high" | "last";
/** Which way it goes at a step, and how much of that way is done. */
function place(step: number, { totalSteps, pctStart, threePhase }: Resolved): { from: Level; to: Level; done: number } {
  if (step > totalSteps) throw new ArgumentError(`OneCycleLR: the cycle has ${totalSteps} steps, and this is one more`);
  const up = pctStart * totalSteps - 1;
  const end = totalSteps - 1;
  const down = threePhase ? 2 * up : up;
  const on = (from: Level, to: Level, begin: number, until: number): { from: Level; to: Level; done: number } => ({
    from,
    to,
    done: until === begin ? 1 : (step - begin) / (until - begin),
  });
  if (step <= up) return on("first", "high", 0, up);
  if (step <= down) return on("high", "first", up, down);
  return on(threePhase ? "first" : "high", "last", down, end);
}

const oneCycle: ScheduleRule<Resolved> = {
  name: "OneCycleLR",
  defaults: {
    totalSteps: NaN, maxLr: [NaN], pctStart: 0.3, annealStrategy: "cos", cycleMomentum: true, baseMomentum: [0.85], maxMomentum: [0.95],
    divFactor: 25, finalDivFactor: 1e4, threePhase: false,
  }, // prettier-ignore
  check: ({ totalSteps, maxLr, pctStart, annealStrategy, baseMomentum, maxMomentum, divFactor, finalDivFactor }) =>
    wholeFrom(1, "totalSteps", totalSteps) ??
    numbersFromZero("maxLr", maxLr) ??
    share("pctStart", pctStart) ??
    oneOf("annealStrategy", annealStrategy, Object.keys(ANNEAL)) ??
    momenta("baseMomentum", baseMomentum) ??
    momenta("maxMomentum", maxMomentum) ??
    aboveZero("divFactor", divFactor) ??
    aboveZero("finalDivFactor", finalDivFactor),
  ownsInitial: true,
  lists: ["maxLr", "baseMomentum", "maxMomentum"],
  initial: ({ maxLr, divFactor }, group) => maxLr[group]! / divFactor,

  rate(step, _lr, first, options, group) {
    const { from, to, done } = place(step, options);
    const levels = { first, high: options.maxLr[group]!, last: first / options.finalDivFactor };
    return ANNEAL[options.annealStrategy](levels[from], levels[to], done);
  },
  momentum(step, options, group) {
    if (!options.cycleMomentum) return undefined;
    const { from, to, done } = place(step, options);
    const most = options.maxMomentum[group]!;
    const levels = { first: most, high: options.baseMomentum[group]!, last: most };
    return ANNEAL[options.annealStrategy](levels[from], levels[to], done);
  },
};

const resolve = (optimizer: Scheduled, options: Options<OneCycleLROptions>): Options<Resolved> => {
  const given = namedOptions(oneCycle.name, options, oneCycle.defaults, "epochs", "stepsPerEpoch");
  const list = (name: "maxLr" | "baseMomentum" | "maxMomentum", value: number): readonly number[] =>
    perGroup(oneCycle.name, name, optimizer, given[name], value);
  const { epochs, stepsPerEpoch, totalSteps, ...rest } = given;
  const wrong =
    totalSteps === undefined
      ? (wholeFrom(1, "epochs", epochs as number) ?? wholeFrom(1, "stepsPerEpoch", stepsPerEpoch as number))
      : undefined;
  if (wrong !== undefined)
    throw new ArgumentError(`OneCycleLR: needs totalSteps, or epochs and stepsPerEpoch; ${wrong}`);
  const resolved = { maxLr: list("maxLr", NaN), baseMomentum: list("baseMomentum", 0.85), maxMomentum: list("maxMomentum", 0.95) }; // prettier-ignore
  checkMomentum(oneCycle.name, optimizer, given.cycleMomentum);
  return { ...rest, ...resolved, totalSteps: totalSteps ?? epochs! * stepsPerEpoch! };
};

/**
 * Takes the rates up and down once over all steps, and momentum down and up (Smith & Topin 2019); equal to PyTorch's OneCycleLR. Call
 * `step` after each batch.
 *
 * @example
 * const optimizer = new SGD(new Linear(2, 1).parameters(), { lr: 0.1, momentum: 0.9 });
 * const schedule = new OneCycleLR(optimizer, { maxLr: 0.5, epochs: 10, stepsPerEpoch: 100 });
 * optimizer.step();
 * schedule.step();
 * @throws ArgumentError for options out of range, or an optimizer without momentum.
 */
export class OneCycleLR extends Schedule<Resolved> {
  constructor(optimizer: Scheduled, options: Options<OneCycleLROptions> & Pick<OneCycleLROptions, "maxLr">) {
    super(oneCycle, optimizer, resolve(optimizer, options));
  }
}
