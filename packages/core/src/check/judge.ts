import { type Line, type Origin, type Precision, type Slopes, slopes } from "./numeric.ts";

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

/**
 * Steps to try, as powers of 16 of the first: smaller against curvature, kinks and the edge of the domain; larger against rounding. Ends where
 * all bits of an input are lost.
 */
/** Note of a pass that shows only that both sides are 0 as far as can be seen. */
export const NOTHING = "both are 0 within the rounding of f";
const LADDER = [0, -1, 1, -2, 2, -3, 3, -4, -5, -6, -7, -8, -9, -10];

/**
 * Compares derivatives along a line with finite differences, step after step until there is a verdict on each. To accuse takes two steps that
 * agree. `width` is the size of the inputs that the line moves.
 */
export function judge(
  line: Line,
  origin: Origin,
  claims: readonly Claim[],
  width: number,
  precision: Precision,
): Judged[] {
  const settled = new Array<Judged | undefined>(claims.length);
  const accused = new Array<Judged | undefined>(claims.length);
  const all = claims.map((): Judged[] => []);
  let open = claims.length;
  const nothing = new Array<Judged | undefined>(claims.length);
  for (const power of LADDER) {
    if (open === 0) break;
    if (power < 0 && claims.every((_, k) => settled[k] ?? nothing[k])) continue;
    const measured = slopes(line, origin, precision.step * width * 16 ** power, precision);
    claims.forEach((claim, k) => {
      if (settled[k]) return;
      const found = verdictOn(measured, claim, width, precision);
      if (!Number.isFinite(found.numeric) || (power > 0 && !all[k]!.every((smaller) => fits(found, smaller)))) return;
      all[k]!.push(found);
      if (found.verdict === "pass" && found.note === NOTHING) {
        nothing[k] ??= found;
        if (found.numeric !== 0) return; // a larger step might see something
      }
      if (found.verdict === "fail") {
        const before = accused[k];
        accused[k] = found;
        if (before === undefined || !agree(before, found)) return;
        settled[k] = before.est < found.est ? before : found;
      } else if (found.verdict !== "inconclusive") settled[k] = found;
      if (settled[k]) open--;
    });
  }
  return claims.map((claim, k) => settled[k] ?? nothing[k] ?? unsettled(bySize(all[k]!), claim, precision));
}

/** A larger step sees more of f than belongs to this point, so it must say what the smaller ones say, within their errors. */
const fits = (larger: Judged, smaller: Judged): boolean =>
  Math.abs(larger.numeric - smaller.numeric) <= 10 * (larger.est + smaller.est) &&
  Math.abs(larger.jump) <= Math.abs(smaller.jump) + 100 * (larger.est + smaller.est);

const bySize = (list: readonly Judged[]): Judged[] => [...list].sort((a, b) => b.step - a.step);

function agree(a: Judged, b: Judged): boolean {
  const off = Math.min(Math.abs(a.analytic - a.numeric), Math.abs(b.analytic - b.numeric));
  return Math.abs(a.numeric - b.numeric) <= Math.max(10 * (a.est + b.est), Number.isFinite(off) ? 0.01 * off : 0);
}

function verdictOn(
  measured: Slopes,
  { output, analytic, scale, blockScale, alone }: Claim,
  width: number,
  precision: Precision,
): Judged {
  const { step } = measured;
  const numeric = measured.value[output]!;
  const est = measured.est[output]!;
  const floor = measured.floor[output]!;
  const jump = measured.jump[output]!;
  const slack = precision.absolute * scale;
  const size = Math.max(Number.isFinite(analytic) ? Math.abs(analytic) : 0, Math.abs(numeric));
  const tolerance = precision.relative * size + slack + 10 * est;
  const off = Math.abs(analytic - numeric);
  let note = "";
  const verdict = (): Verdict => {
    // The error must be small beside the derivative, or `10·est` could swallow a wrong one. Where rounding forbids more, less will do, or as little
    // as matters beside the neighbours.
    const atFloor = est <= 64 * floor;
    const resolved =
      10 * est <= precision.resolution * size + slack ||
      (atFloor && 10 * est <= precision.coarsest * size + 10 * precision.absolute * blockScale);
    if (resolved) {
      const half = Math.abs(jump) / 2;
      const isKink = half > 1e-6 * (Math.abs(numeric) + half) + slack + 100 * est;
      if (isKink) return !alone || off <= tolerance + half ? "kink" : "fail";
      return off <= tolerance ? "pass" : "fail";
    }
    if (off > 100 * est) return "fail";
    // Rounding is all that the differences show. Then the derivative may be as little as that, or must be known to be finite.
    if (atFloor && Math.abs(numeric) <= 10 * est) {
      const rounding = (floor * step) / 8;
      if (!Number.isFinite(analytic)) return "fail";
      if (Math.abs(analytic) * width <= 64 * rounding) {
        note = NOTHING;
        return "pass";
      }
    }
    return "inconclusive";
  };
  const resolution = tolerance / Math.max(size, Math.min(blockScale, Number.MAX_VALUE));
  return { verdict: verdict(), analytic, numeric, est, tolerance, resolution, jump, step, note };
}

/** No step was good enough. Says why as well as it can be seen; `all` has what each step said, the smallest last. */
function unsettled(all: readonly Judged[], { analytic, alone }: Claim, { resolution }: Precision): Judged {
  const none = { analytic, numeric: NaN, est: NaN, tolerance: NaN, resolution: NaN, jump: NaN, step: NaN };
  const inconclusive = (from: Judged | typeof none, note: string): Judged => ({
    ...from,
    verdict: "inconclusive",
    note,
  });
  if (all.length === 0) return inconclusive(none, "f is not finite on both sides of this point, at any step");
  const last = all.at(-1)!;
  const before = all.at(-3) ?? last;
  const jump = Math.abs(last.jump);
  const steady = jump > 0.5 * Math.abs(before.jump) && jump < 2 * Math.abs(before.jump) && before !== last;
  if (steady && jump > 10 * resolution * Math.abs(analytic)) {
    const inside = !alone || Math.abs(analytic - last.numeric) <= jump * (0.5 + 0.01);
    return { ...last, verdict: inside ? "kink" : "fail", note: "" };
  }
  const best = all.reduce((a, b) => (b.est < a.est ? b : a));
  const grows = Math.abs(last.numeric) > 8 * Math.abs(before.numeric);
  return inconclusive(
    best,
    grows && best.est > 0.1 * Math.abs(best.numeric)
      ? "the differences grow without bound as the step shrinks: a jump, or a vertical tangent"
      : "no step gives a numeric derivative that is exact enough: f is noisy, not smooth, or loses too many digits",
  );
}
