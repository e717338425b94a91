import { type Line, type Origin, type Precision, slopes } from "./numeric.ts";
import { type Claim, type Judged, NOTHING, type Reading, read } from "./reading.ts";

/**
 * Steps to try, as powers of 16 of the first: smaller against curvature, kinks and the edge of the domain; larger against rounding.
 */
const LADDER = [0, -1, 1, -2, 2, -3, 3, -4, -5, -6, -7, -8, -9, -10, -11, -12, -13, -14];

/**
 * Compares derivatives along a line with finite differences, step after step, until there is a verdict on each. A derivative that many digits
 * confirm passes, and one that two steps refute fails; everything else is said only when no step speaks against it. `width` is the size of the
 * inputs that the line moves.
 */
export function judge(
  line: Line,
  origin: Origin,
  claims: readonly Claim[],
  width: number,
  precision: Precision,
): Judged[] {
  const settled = new Array<Judged | undefined>(claims.length);
  const readings = claims.map((): Reading[] => []);
  for (const power of LADDER) {
    const open = claims.flatMap((_, k) => (settled[k] || (power < 0 && readings[k]![0]?.note === NOTHING) ? [] : [k]));
    const step = precision.step * width * 16 ** power;
    if (open.length === 0 || step < line.finest) continue;
    const measured = slopes(line, origin, step, precision);
    for (const k of open) {
      const now = read(measured, claims[k]!, width, precision);
      const before = readings[k]!;
      if (!Number.isFinite(now.numeric) || (power > 0 && !before.every((smaller) => fits(now, smaller)))) continue;
      before.push(now);
      if (settles(now, before))
        settled[k] = before.reduce((a, b) => (b.verdict === now.verdict && b.est < a.est ? b : a), now);
    }
  }
  return claims.map((claim, k) => settled[k] ?? conclude(readings[k]!, claim));
}

const apart = (a: Reading, b: Reading): number => Math.abs(a.numeric - b.numeric);

/** Whether `now` decides, given what all steps so far have said. */
function settles(now: Reading, all: readonly Reading[]): boolean {
  if (now.verdict === "fail")
    return now.isSure && all.some((r) => r !== now && r.verdict === "fail" && r.isSure && fits(r, now));
  if (now.verdict !== "pass") return false;
  // Where nothing at all changes, there is nothing to see for larger steps; but a small step may be too small to change anything.
  if (now.note === NOTHING) return now.numeric === 0 && all.length === 1;
  // A kink beside the point makes larger steps wrong by as much as it jumps.
  return now.isSharp || all.every((r) => apart(r, now) <= 10 * (r.est + now.est) + Math.abs(r.jump));
}

/** A larger step sees more of f than belongs to this point, so it must say what the smaller ones say, within their errors. */
const fits = (larger: Reading, smaller: Reading): boolean =>
  apart(larger, smaller) <= 10 * (larger.est + smaller.est) &&
  Math.abs(larger.jump) <= Math.abs(smaller.jump) + 100 * (larger.est + smaller.est);

/** No step has settled it: what all of them together say. */
function conclude(readings: readonly Reading[], { analytic, alone }: Claim): Judged {
  const none = {
    analytic, numeric: NaN, est: NaN, tolerance: NaN, resolution: NaN, jump: NaN, step: NaN,
  }; // prettier-ignore
  const inconclusive = (from: Judged | typeof none, note: string): Judged => ({
    ...from,
    verdict: "inconclusive",
    note,
  });
  if (readings.length === 0) return inconclusive(none, "f is not finite on both sides of this point, at any step");
  const [first] = readings as readonly [Reading];
  const bySize = [...readings].sort((a, b) => b.step - a.step);
  const kink = findKink(bySize);
  if (kink !== undefined) {
    const inside = !alone || Math.abs(analytic - kink.numeric) <= kink.tolerance + Math.abs(kink.jump) * 0.501;
    return { ...kink, verdict: inside ? "kink" : "fail" };
  }
  // Larger steps have had their say where two of them agreed.
  const near = readings.filter(({ step }) => step <= first.step);
  const best = near.reduce((a, b) => (b.est < a.est ? b : a));
  const off = Math.abs(analytic - best.numeric);
  const contradicts = (r: Reading): boolean =>
    r.step < best.step && r.verdict !== "fail" && 10 * r.est <= off && !fits(best, r);
  if (best.verdict === "fail" && !best.hasJump && !readings.some(contradicts)) return best;
  if (first.note === NOTHING) return first;
  const last = bySize.at(-1)!;
  const before = bySize.at(-3) ?? last;
  const grows = Math.abs(last.numeric) > 8 * Math.abs(before.numeric);
  return inconclusive(
    best,
    grows && best.est > 0.1 * Math.abs(best.numeric)
      ? "the differences grow without bound as the step shrinks: a jump, or a vertical tangent"
      : "no step gives a numeric derivative that is exact enough: f is noisy, not smooth, or loses too many digits",
  );
}

/** One-sided derivatives that differ, by the same at three steps in a row, while no smaller step says otherwise. */
function findKink(bySize: readonly Reading[]): Reading | undefined {
  const at = bySize.findIndex((first, i) =>
    [first, bySize[i + 1], bySize[i + 2]].every(
      (r) => r?.hasJump === true && Math.abs(r.jump) > 20 * r.jumpEst && Math.abs(r.jump / first.jump - 1) < 0.1,
    ),
  );
  const found = at < 0 ? undefined : bySize[at + 2]!;
  const agrees = (r: Reading): boolean => Math.abs(r.jump - found!.jump) <= 200 * r.est + 20 * r.jumpEst;
  return found !== undefined && bySize.slice(at + 3).every(agrees) ? found : undefined;
}
