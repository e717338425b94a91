import { ArgumentError } from "@chainrule/core/lean";
import { fromZero, wholeFrom } from "../checks.ts";
import type { Options } from "../groups.ts";
import { Schedule, type Scheduled, type ScheduleRule } from "./schedule.ts";

export interface CosineAnnealingLROptions {
  /** Epochs from the initial rate to the lowest. */
  tMax: number;
  /** The lowest rate; 0 by default. */
  etaMin: number;
}
const annealing: ScheduleRule<CosineAnnealingLROptions> = {
  name: "CosineAnnealingLR",
  defaults: { tMax: NaN, etaMin: 0 },
  check: ({ tMax, etaMin }) => wholeFrom(1, "tMax", tMax) ?? fromZero("etaMin", etaMin),
  // lr ← etaMin + (base − etaMin)·(1 + cos(π·epoch/tMax))/2, as a factor of the last epoch's; out of the lowest point, by the difference
  rate: (epoch, lr, base, { tMax, etaMin }) => {
    if (epoch === 0) return lr;
    if ((epoch - 1 - tMax) % (2 * tMax) === 0) return lr + ((base - etaMin) * (1 - Math.cos(Math.PI / tMax))) / 2;
    const height = (epoch: number): number => 1 + Math.cos((Math.PI * epoch) / tMax);
    return (height(epoch) / height(epoch - 1)) * (lr - etaMin) + etaMin;
  },
};

/**
 * Takes the rates down along half a cosine, and up again after that (Loshchilov & Hutter 2017, without restarts); equal to PyTorch's
 * CosineAnnealingLR.
 *
 * @example
 * const optimizer = new SGD(new Linear(2, 1).parameters(), { lr: 0.1 });
 * const schedule = new CosineAnnealingLR(optimizer, { tMax: 100, etaMin: 0.001 });
 * schedule.step();
 * @throws ArgumentError for options out of range.
 */
export class CosineAnnealingLR extends Schedule<CosineAnnealingLROptions> {
  constructor(optimizer: Scheduled, options: Options<CosineAnnealingLROptions> & { readonly tMax: number }) {
    super(annealing, optimizer, options);
  }
}

export interface CosineAnnealingWarmRestartsOptions {
  /** Epochs until the first restart. */
  t0: number;
  /** Each run is so many times longer than the one before; 1 by default. */
  tMult: number;
  /** The lowest rate; 0 by default. */
  etaMin: number;
}
const restarts: ScheduleRule<CosineAnnealingWarmRestartsOptions> = {
  name: "CosineAnnealingWarmRestarts",
  defaults: { t0: NaN, tMult: 1, etaMin: 0 },
  check: ({ t0, tMult, etaMin }) =>
    wholeFrom(1, "t0", t0) ?? wholeFrom(1, "tMult", tMult) ?? fromZero("etaMin", etaMin),
  rate: (epoch, _lr, base, { t0, tMult, etaMin }) => {
    let [at, length] = tMult === 1 ? [epoch % t0, t0] : [epoch, t0];
    for (; at >= length; length *= tMult) at -= length;
    return etaMin + ((base - etaMin) * (1 + Math.cos((Math.PI * at) / length))) / 2;
  },
};

/**
 * Takes the rates down along half a cosine again and again (Loshchilov & Hutter 2017); equal to PyTorch's CosineAnnealingWarmRestarts.
 *
 * @example
 * const optimizer = new SGD(new Linear(2, 1).parameters(), { lr: 0.1 });
 * const schedule = new CosineAnnealingWarmRestarts(optimizer, { t0: 10, tMult: 2 });
 * schedule.step(0.5); // within the first epoch
 * @throws ArgumentError for options out of range.
 */
export class CosineAnnealingWarmRestarts extends Schedule<CosineAnnealingWarmRestartsOptions> {
  constructor(optimizer: Scheduled, options: Options<CosineAnnealingWarmRestartsOptions> & { readonly t0: number }) {
    super(restarts, optimizer, options);
  }

  /** Goes on to the next epoch, or to the one given, which may be a fraction. */
  override step(epoch?: number): void {
    const to = epoch ?? this.lastEpoch + 1;
    const wrong = fromZero("epoch", to);
    if (wrong !== undefined) throw new ArgumentError(`CosineAnnealingWarmRestarts: ${wrong}`);
    this.goTo(to);
  }
}
