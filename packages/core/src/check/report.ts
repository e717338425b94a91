import { ChainruleError } from "../errors.ts";
import { hintsFor } from "./hints.ts";
import type { Judged, Verdict } from "./reading.ts";
import { formatReport } from "./text.ts";

/** One comparison of the framework's derivative with the numeric one. */
export interface GradientEntry extends Judged {
  /** The input, such as `input 0` or `input 0.weight`, and the place in it; `null` for a random direction. */
  readonly input: string;
  readonly at: readonly number[] | null;
  /** The output and the place in it; `null` for a random mixture. At higher orders the output is itself a derivative. */
  readonly output: string;
  readonly outputAt: readonly number[] | null;
  /** `reverse`, `forward`, or at higher orders such as `reverse over forward`: the mode that is checked first. */
  readonly mode: string;
  readonly order: number;
}

/** From the best to the worst. */
export const GRAVITY: readonly Verdict[] = ["pass", "kink", "inconclusive", "fail"];

/** How far off, in units of what is allowed. */
function excess({ analytic, numeric, tolerance }: Judged): number {
  const ratio = analytic === numeric ? 0 : Math.abs(analytic - numeric) / tolerance;
  return Number.isNaN(ratio) ? Infinity : ratio;
}

interface Findings {
  readonly entries: readonly GradientEntry[];
  readonly broken: readonly string[];
  readonly method: string;
  readonly evaluations: number;
  /** Inputs that no gradient can reach. */
  readonly lost: readonly string[];
}

/** What `checkGradients` found. */
export class GradientReport {
  /** Whether every derivative passed. */
  readonly ok: boolean;
  /** The gravest of all: fail, then inconclusive, then kink, then pass. */
  readonly verdict: Verdict;
  /** The comparison that decided: of the gravest verdict the one farthest off. `null` if nothing was compared. */
  readonly worst: GradientEntry | null;
  /** What did not pass, the first hundred. */
  readonly problems: readonly GradientEntry[];
  /** Laws of derivative rules that do not hold here, in words. Each is a fail. */
  readonly broken: readonly string[];
  /** How many comparisons ended how. */
  readonly counts: Readonly<Record<Verdict, number>>;
  /** The smallest relative error that would have been seen everywhere; NaN if nothing but zeros passed. */
  readonly resolution: number;
  /** The largest relative difference that passed. */
  readonly agreement: number;
  /** What to look for. */
  readonly hints: readonly string[];
  /** What was compared. */
  readonly method: string;
  /** Runs of the function, or of its derivatives, for the numeric side. */
  readonly evaluations: number;

  /** @internal */
  constructor({ entries, broken, method, evaluations, lost }: Findings) {
    const counts: Record<Verdict, number> = { pass: 0, kink: 0, inconclusive: 0, fail: 0 };
    let worst: GradientEntry | null = null;
    const rank = (e: GradientEntry): number => GRAVITY.indexOf(e.verdict) + (e.at === null ? 0 : 0.5);
    for (const e of entries) {
      counts[e.verdict]++;
      const graver = worst === null ? 1 : rank(e) - rank(worst);
      if (graver > 0 || (graver === 0 && excess(e) > excess(worst!))) worst = e;
    }
    this.verdict = broken.length > 0 ? "fail" : (worst?.verdict ?? "pass");
    this.ok = this.verdict === "pass";
    this.worst = worst;
    this.problems = entries.filter((e) => e.verdict !== "pass").slice(0, 100);
    this.broken = broken;
    this.counts = counts;
    const seen = entries.filter((e) => e.verdict === "pass" && e.note === "" && e.resolution > 0);
    this.resolution = seen.reduce((max, e) => Math.max(max, e.resolution), seen.length > 0 ? 0 : NaN);
    this.agreement = seen.reduce((max, e) => Math.max(max, excess(e) * e.resolution), seen.length > 0 ? 0 : NaN);
    this.hints = worst === null ? [] : hintsFor(worst, entries, lost);
    this.method = method;
    this.evaluations = evaluations;
    Object.defineProperty(this, Symbol.for("nodejs.util.inspect.custom"), { value: () => this.toString() });
  }

  /** A few lines: the verdict, the comparison that decided, and what to look for. */
  toString(): string {
    return formatReport(this);
  }
}

/** A gradient that is wrong, or that could not be shown to be right; `report` has all about it. */
export class GradientCheckError extends ChainruleError {
  override name = "GradientCheckError";
  readonly report: GradientReport;
  constructor(report: GradientReport) {
    super(String(report));
    this.report = report;
  }
}
