import type { GradientEntry } from "./report.ts";

/** What to look for, told from how the wrong entries are wrong. `entries` are all that were compared. */
export function hintsFor(worst: GradientEntry, entries: readonly GradientEntry[], lost: readonly string[]): string[] {
  if (worst.verdict === "kink")
    return [
      "f has no derivative here; check at a point beside the kink, unless the value at the kink is what you meant to see",
    ];
  if (worst.verdict !== "fail") return [];
  if (lost.includes(worst.input))
    return [
      `the derivative is 0, but f changes with ${worst.input}: f detaches it, or takes it from outside although it does not require grad; make it with { requiresGrad: true }, or let f take it as an argument`,
    ];
  if (!Number.isFinite(worst.analytic))
    return [
      `the derivative is ${worst.analytic} where differences are finite: 0·∞ or 0/0 inside; where() does not hide it, so guard the argument with a second where()`,
    ];
  const failed = entries.filter((e) => e.verdict === "fail" && e.at !== null && e.outputAt !== null);
  const same = failed.filter((e) => e.mode === worst.mode && e.order === worst.order);
  return [shapeOfError(worst, same), otherMode(worst, entries)].filter((hint) => hint !== "");
}

function shapeOfError(worst: GradientEntry, failed: readonly GradientEntry[]): string {
  const list = failed.length === 0 ? [worst] : failed;
  if (list.every((e) => e.analytic === 0))
    return "the derivative is 0, but f changes: is there a detach(), a noGrad() or a rule that returns null on the way?";
  const swapped = partner(list, (e, other) => e.input !== other.input && key(e.at) === key(other.at));
  if (swapped) return "the derivatives by two inputs stand in each other's place: are the arguments swapped?";
  const mirrored = partner(list, (e, other) => e.input === other.input && key(e.at?.toReversed()) === key(other.at));
  if (mirrored) return "the gradient is the transposed of what it should be";
  const ratio = worst.analytic / worst.numeric;
  if (!list.every((e) => Math.abs(e.analytic / e.numeric / ratio - 1) < 1e-6)) return "";
  const many = list.length > 1 ? `all ${list.length} wrong entries are` : "it is";
  if (Math.abs(ratio + 1) < 1e-6) return "the sign is wrong";
  if (Math.abs(ratio - 1) < 1e-3)
    return `${many} too ${ratio > 1 ? "large" : "small"} by ${Math.abs(ratio - 1).toExponential(1)}: a constant with too few digits?`;
  const factor = nearFraction(ratio);
  return `${many} ${factor ?? ratio.toPrecision(6)} times what ${list.length > 1 ? "they" : "it"} should be${
    factor === null ? "" : ": a term counted twice or not at all, or sum where mean is meant?"
  }`;
}

/** Whether each entry holds what another place should hold, and that place is wrong as well. */
function partner(
  list: readonly GradientEntry[],
  isPartner: (e: GradientEntry, other: GradientEntry) => boolean,
): boolean {
  return (
    list.length > 1 &&
    list.length <= 400 &&
    list.every((e) =>
      list.some(
        (other) =>
          other !== e &&
          key(e.outputAt) === key(other.outputAt) &&
          e.output === other.output &&
          isPartner(e, other) &&
          Math.abs(e.analytic - other.numeric) <= 1e-6 * Math.abs(other.numeric),
      ),
    )
  );
}
const key = (at: readonly number[] | null | undefined): string => String(at);

function otherMode(worst: GradientEntry, entries: readonly GradientEntry[]): string {
  const twin = entries.find(
    (e) =>
      e.mode !== worst.mode &&
      e.mode.split(" over ").slice(1).join() === worst.mode.split(" over ").slice(1).join() &&
      e.input === worst.input &&
      key(e.at) === key(worst.at) &&
      e.output === worst.output &&
      key(e.outputAt) === key(worst.outputAt) &&
      e.at !== null &&
      e.outputAt !== null &&
      e.order === worst.order,
  );
  if (twin === undefined) return "";
  const [mode, other] = [worst.mode.split(" ")[0]!, twin.mode.split(" ")[0]!];
  const rule = mode === "reverse" ? "vjp" : "jvp";
  if (twin.verdict === "pass") return `${other} mode is right here, so look at the ${rule} rule`;
  return Math.abs(twin.analytic - worst.analytic) <= 1e-9 * Math.abs(worst.analytic)
    ? `${other} mode gives the same, so look at what both rules share`
    : "";
}

/** `ratio` as a fraction of small whole numbers. */
function nearFraction(ratio: number): string | null {
  for (let down = 1; down <= 64; down++) {
    const up = Math.round(ratio * down);
    if (up !== 0 && Math.abs(up) <= 1024 && Math.abs(ratio - up / down) < 1e-6 * Math.abs(ratio))
      return down === 1 ? String(up) : `${up}/${down}`;
  }
  return null;
}
