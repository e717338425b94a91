import { show } from "./places.ts";
import { GRAVITY, type GradientEntry, type GradientReport } from "./report.ts";

/** A report in a few lines. Shows no more digits than mean something, so that it is the same on every machine. */
export function formatReport(report: GradientReport): string {
  const { verdict, worst, broken, hints, counts, ok, agreement, resolution, method } = report;
  const total = GRAVITY.reduce((sum, each) => sum + counts[each], 0);
  const tally = GRAVITY.toReversed().filter((each) => each === "pass" || counts[each] > 0);
  const decided = worst !== null && !ok && worst.verdict === verdict;
  return [
    decided ? headline(worst) : `checkGradients: ${verdict}${ok ? "" : `: ${broken[0]}`}`,
    ...(decided ? bothSides(worst) : []),
    ...(decided ? broken : broken.slice(1)).map((law) => `  ${law}`),
    ...hints.map((hint) => `  ${hint}`),
    `  ${total} comparisons: ${tally.map((each) => `${counts[each]} ${each}`).join(", ")} (${method})`,
    ...(ok && resolution > 0
      ? [
          `  all agree to ${powerAbove(agreement)}; an error of ${resolution.toExponential(0)} of any derivative would have been seen`,
        ]
      : []),
  ].join("\n");
}

const derivativeOf = (e: GradientEntry): string => `d ${show(e.output, e.outputAt)} / d ${show(e.input, e.at)}`;

function headline(e: GradientEntry): string {
  const start = `checkGradients: ${e.verdict}: ${derivativeOf(e)}`;
  if (e.verdict === "fail") return `${start} is wrong in ${e.mode} mode`;
  if (e.verdict === "inconclusive") return `${start}: ${e.note}`;
  const [left, right] = [e.numeric - e.jump / 2, e.numeric + e.jump / 2];
  return `${start} does not exist: from the left it is ${round(left, 6)}, from the right ${round(right, 6)}`;
}

/** The two values, with the digits in which they differ and a few more. */
function bothSides({ analytic, numeric, est, tolerance }: GradientEntry): string[] {
  if (Number.isNaN(numeric)) return [`    analytic  ${analytic}`, "    numeric   not finite"];
  const off = Math.abs(analytic - numeric);
  const share = off / Math.max(Math.abs(analytic), Math.abs(numeric));
  const digits = share > 0 ? Math.min(17, Math.max(6, 3 - Math.floor(Math.log10(share)))) : 6;
  return [
    `    analytic  ${round(analytic, digits)}`,
    `    numeric   ${round(numeric, digits)} ± ${powerAbove(est)}`,
    `    differ by ${off.toExponential(1)}, allowed ${tolerance.toExponential(1)}`,
  ];
}

const round = (x: number, digits: number): number => Number(x.toPrecision(digits));

/** The next power of ten. */
const powerAbove = (x: number): string => (x > 0 ? `1e${Math.ceil(Math.log10(x))}` : "0");
