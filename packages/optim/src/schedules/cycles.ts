import { quoted } from "@chainrule/core/internal";
import { ArgumentError } from "@chainrule/core/lean";
import type { Scheduled, ScheduledGroup } from "./schedule.ts";

/** Between two values: `share` 0 is `start`, 1 is `end`. */
export type Anneal = (start: number, end: number, share: number) => number;
export const ANNEAL: Record<"cos" | "linear", Anneal> = {
  cos: (start, end, share) => end + ((start - end) / 2) * (Math.cos(Math.PI * share) + 1),
  // The step after the last stays at the end.
  linear: (start, end, share) => (end - start) * Math.min(share, 1) + start,
};

/** What is wrong with values that come one a group, or nothing. */
export function numbersFromZero(name: string, values: readonly number[]): string | undefined {
  const good = Array.isArray(values) && values.every((x) => Number.isFinite(x) && x >= 0);
  return good ? undefined : `${name} is a number from 0 up, or a list of them, got ${quoted(values)}`;
}

/** The same for momenta, which stay below 1. */
export function momenta(name: string, values: readonly number[]): string | undefined {
  const good = Array.isArray(values) && values.every((x) => Number.isFinite(x) && x >= 0 && x < 1);
  return good ? undefined : `${name} is a number in [0, 1), or a list of them, got ${quoted(values)}`;
}

/** @throws ArgumentError if momentum is to be moved and there is none. */
export function checkMomentum(name: string, optimizer: Scheduled, cycleMomentum: boolean | undefined): void {
  const moves = ({ momentum, betas }: ScheduledGroup): boolean => momentum !== undefined || betas !== undefined;
  if (cycleMomentum !== false && !optimizer.paramGroups.every(moves))
    throw new ArgumentError(`${name}: the optimizer has neither momentum nor betas; pass { cycleMomentum: false }`);
}
