import type { Precision, Slopes } from "./numeric.ts";

export type Verdict = "pass" | "fail" | "inconclusive" | "kink";

/** A derivative as the framework computes it, to be compared with differences of one output along the line. */
export interface Claim {
  readonly output: number;
  readonly analytic: number;
  /** Largest derivative of the same output by the same input tensor. */
  readonly scale: number;
  /** Largest derivative of the same output tensor by the same input tensor. */
  readonly blockScale: number;
  /** Whether the line moves one input alone; else several kinks may lie on it, and what they leave to the derivative is not known. */
  readonly alone: boolean;
}

/** One derivative: what the framework says, and what finite differences say. */
export interface Judged {
  readonly verdict: Verdict;
  readonly analytic: number;
  readonly numeric: number;
  /** Estimated error of `numeric`. */
  readonly est: number;
  /** Difference that is allowed. */
  readonly tolerance: number;
  /** `tolerance` relative to the derivative and its neighbours: a larger error cannot hide here. */
  readonly resolution: number;
  /** Right-hand less left-hand derivative. */
  readonly jump: number;
  /** Step of the coarsest of the differences behind `numeric`. */
  readonly step: number;
  /** Why there is no verdict, or what kind of verdict it is. */
  readonly note: string;
}

/** What one step size says. */
export interface Reading extends Judged {
  readonly jumpEst: number;
  /** Whether the one-sided derivatives differ by more than errors explain. */
  readonly hasJump: boolean;
  /** Whether the numeric derivative is known to two digits. */
  readonly isSure: boolean;
  /** Whether so many digits are known that no wrong derivative has them by accident. */
  readonly isSharp: boolean;
}

/** Note of a pass that shows only that both sides are 0 as far as can be seen. */
export const NOTHING = "both are 0 within the rounding of f";

/** Compares a claim with the differences at one step size. */
export function read(measured: Slopes, claim: Claim, width: number, precision: Precision): Reading {
  const { output, analytic, scale, blockScale } = claim;
  const { step } = measured;
  const numeric = measured.value[output]!;
  const est = measured.est[output]!;
  const floor = measured.floor[output]!;
  const jump = measured.jump[output]!;
  const jumpEst = measured.jumpEst[output]!;
  const slack = precision.absolute * scale;
  const size = Math.max(Number.isFinite(analytic) ? Math.abs(analytic) : 0, Math.abs(numeric));
  const tolerance = precision.relative * size + slack + 10 * est;
  const off = Math.abs(analytic - numeric);

  // The error must be small beside the derivative, or `10·est` could swallow a wrong one. Where rounding forbids more, less will do, or as little
  // as matters beside the neighbours.
  const atFloor = est <= 64 * floor;
  const isResolved =
    10 * est <= precision.resolution * size + slack ||
    (atFloor && 10 * est <= precision.coarsest * size + 10 * precision.absolute * blockScale);
  const half = Math.abs(jump) / 2;
  const hasJump = half > 1e-6 * (Math.abs(numeric) + half) + slack + 100 * est;
  // Else both sides may be 0, as far as rounding lets one see.
  const isZero = atFloor && Math.abs(numeric) <= 10 * est;
  const isNothing = !isResolved && isZero && Math.abs(analytic) * width <= 8 * floor * step;
  const verdict = (): Verdict => {
    if (isResolved || isNothing) {
      if (hasJump) return "inconclusive"; // whether it is a kink, smaller steps tell
      return isNothing || off <= tolerance ? "pass" : "fail";
    }
    return off > 100 * est + half || (isZero && !Number.isFinite(analytic)) ? "fail" : "inconclusive";
  };
  const found = verdict();
  return {
    verdict: found,
    analytic,
    numeric,
    est,
    tolerance,
    resolution: tolerance / Math.max(size, blockScale),
    jump,
    step,
    note: isNothing && found === "pass" ? NOTHING : "",
    jumpEst,
    hasJump,
    isSure: !hasJump && 100 * est <= Math.abs(numeric),
    isSharp: !hasJump && 10 * est <= precision.resolution * Math.abs(numeric),
  };
}
