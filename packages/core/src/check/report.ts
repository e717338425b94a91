import { ChainruleError } from "../errors.ts";
import { type Shape, showShape, sizeOf } from "../shape.ts";
import { hintsFor } from "./hints.ts";
import type { Judged, Verdict } from "./judge.ts";

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

/** Where the elements of one tensor stand among those of all. */
export interface Part {
  readonly path: string;
  readonly shape: Shape;
  readonly start: number;
}

/** Index along each dim of element `at` in row-major order. */
export function coordinates(at: number, shape: readonly number[]): number[] {
  const result = new Array<number>(shape.length);
  for (let d = shape.length - 1, rest = at; d >= 0; d--) {
    result[d] = rest % shape[d]!;
    rest = Math.floor(rest / shape[d]!);
  }
  return result;
}

/** The tensor that element `at` of all belongs to, and the place in it. */
export function locationOf(parts: readonly Part[], at: number): { path: string; place: number[] } {
  const part = parts.find(({ start, shape }) => start <= at && at < start + sizeOf(shape))!;
  return { path: part.path, place: coordinates(at - part.start, part.shape) };
}
const show = (path: string, place: readonly number[] | null): string =>
  place === null || place.length === 0 ? path : `${path}${showShape(place)}`;
export function showAt(parts: readonly Part[], at: number): string {
  const { path, place } = locationOf(parts, at);
  return show(path, place);
}

const GRAVITY: readonly Verdict[] = ["pass", "kink", "inconclusive", "fail"];

/** How far off, in units of what is allowed. */
function excess({ analytic, numeric, tolerance }: Judged): number {
  const ratio = analytic === numeric ? 0 : Math.abs(analytic - numeric) / tolerance;
  return Number.isNaN(ratio) ? Infinity : ratio;
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
  /** What to look for. */
  readonly hints: readonly string[];
  /** What was compared. */
  readonly method: string;
  /** Runs of the function, or of its derivatives, for the numeric side. */
  readonly evaluations: number;

  /** @internal */
  constructor(entries: readonly GradientEntry[], broken: readonly string[], method: string, evaluations: number) {
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
    this.hints = worst === null ? [] : hintsFor(worst, entries);
    this.method = method;
    this.evaluations = evaluations;
  }

  /** Several lines: the verdict, the comparison that decided, and what to look for. */
  toString(): string {
    const lines = [headline(this)];
    if (this.worst !== null) lines.push(...details(this.worst));
    const rest = this.worst?.verdict === "fail" ? this.broken : this.broken.slice(1);
    for (const law of rest) lines.push(`  ${law}`);
    for (const hint of this.hints) lines.push(`  ${hint}`);
    const { counts } = this;
    const total = GRAVITY.reduce((sum, verdict) => sum + counts[verdict], 0);
    const others = GRAVITY.toReversed().filter((verdict) => verdict !== "pass" && counts[verdict] > 0);
    const tally = others
      .map((verdict) => `${counts[verdict]} ${verdict}`)
      .concat(`${counts.pass} pass`)
      .join(", ");
    lines.push(`  ${total} comparisons: ${tally} (${this.method})`);
    if (this.ok && this.resolution > 0)
      lines.push(`  an error of ${this.resolution.toExponential(0)} of any derivative would have been seen`);
    return lines.join("\n");
  }
}
Object.defineProperty(GradientReport.prototype, Symbol.for("nodejs.util.inspect.custom"), {
  value(this: GradientReport) {
    return this.toString();
  },
});

const derivativeOf = (e: GradientEntry): string => `d ${show(e.output, e.outputAt)} / d ${show(e.input, e.at)}`;
const digits = (e: GradientEntry): string =>
  Number.isNaN(e.numeric) ? "nothing finite" : `${shorten(e.numeric, e.est)} ± ${e.est.toExponential(0)}`;

/** As many digits as are known, and two more. */
function shorten(x: number, error: number): string {
  if (x === 0 || !(error > 0)) return String(x);
  const known = Math.floor(Math.log10(Math.abs(x))) - Math.floor(Math.log10(error)) + 2;
  return String(Number(x.toPrecision(Math.min(17, Math.max(2, known)))));
}

function headline({ verdict, worst, broken }: GradientReport): string {
  const start = `checkGradients: ${verdict}`;
  if (verdict === "pass") return start;
  if (worst?.verdict !== verdict) return `${start}: ${broken[0]}`;
  const what = derivativeOf(worst);
  if (verdict === "fail") return `${start}: ${what} is wrong in ${worst.mode} mode`;
  if (verdict === "inconclusive") return `${start}: ${what}: ${worst.note}`;
  const sides = [worst.numeric - worst.jump / 2, worst.numeric + worst.jump / 2].map((x) => shorten(x, worst.est));
  return `${start}: ${what} does not exist: from the left it is ${sides[0]}, from the right ${sides[1]}`;
}

function details(e: GradientEntry): string[] {
  const off = Math.abs(e.analytic - e.numeric).toExponential(1);
  return [
    ...(e.verdict === "pass" ? [`  closest call: ${derivativeOf(e)}, ${e.mode} mode`] : []),
    `    analytic  ${e.analytic}`,
    `    numeric   ${digits(e)}`,
    ...(Number.isNaN(e.tolerance) ? [] : [`    differ by ${off}, allowed ${e.tolerance.toExponential(1)}`]),
  ];
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
