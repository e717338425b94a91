// @ts-check
import { bestPeer, judge, least, median } from "./judge.js";

/** @typedef {import("./measure.js").Cell} Cell */
/** @typedef {import("./measure.js").Cells} Cells */
/** @typedef {import("../workloads/row.js").Row} Row */

/** Median over smallest time beyond which a cell says how noisy it was. */
const NOISE = 1.15;

/** Three digits. @param {number} x */
const short = (x) => (x >= 99.95 ? x.toFixed(0) : x >= 9.995 ? x.toFixed(1) : x.toFixed(2));

/** @param {number} seconds */
function time(seconds) {
  const [unit, factor] = seconds < 1e-3 ? ["µs", 1e6] : seconds < 1 ? ["ms", 1e3] : ["s", 1];
  return `${short(seconds * factor)} ${unit}`;
}

/** @type {Record<string, string>} */
const ABSENCES = { absent: "absent", "not offered": "–", "another result": "WRONG" };

/** @param {Cell | undefined} cell @param {Row} row */
function show(cell, { operations, unit, how, dtype }) {
  if (cell === undefined) return "";
  if (cell.missing !== undefined) return ABSENCES[cell.missing] ?? "none";
  if (cell.bytes !== undefined) return `${short(cell.bytes / 1000)} kB`;
  const best = least(cell);
  const noise = median(cell) / best;
  const rate = { "GF/s": 1e9, "Mop/s": 1e6 }[unit ?? ""];
  const figure =
    how === "soak"
      ? `${short(cell.peak ?? NaN)} MB`
      : rate !== undefined && operations !== undefined
        ? `${short(operations / best / rate)} ${unit}`
        : time(best) + (how === "once" ? ` ${short(cell.peak ?? NaN)} MB` : "");
  return `${figure}${(cell.dtype ?? dtype) === dtype ? "" : "*"}${noise > NOISE ? ` ~${noise.toFixed(1)}` : ""}`;
}

/** @param {ReadonlyMap<Row, Cells>} table @param {readonly string[]} names */
export function print(table, names) {
  const head = ["", "dtype", ...names, "of best peer", "target"];
  const lines = [...table].flatMap(([row, cells]) => {
    const { name, ratio } = bestPeer(cells);
    const targets = row.targets.map((target) => {
      const { text, verdict, share } = judge(target, row, table);
      return verdict === "no figure" ? `${text}: no figure` : `${text}: ${verdict} (${short(share)} of it)`;
    });
    const figures = names.map((name) => show(cells.get(name), row));
    const dtype = row.dtype.replace("float", "f");
    const first = [row.name, dtype, ...figures, ratio > 0 ? `${short(ratio)} ${name}` : "", targets[0] ?? ""];
    return [first, ...targets.slice(1).map((target) => [...head.slice(0, -1).map(() => ""), target])];
  });
  const widths = head.map((_, i) => Math.max(...[head, ...lines].map((line) => line[i]?.length ?? 0)));
  const last = head.length - 1;
  return [head, ...lines]
    .map((line) =>
      line
        .map((text, i) =>
          i === 0 || i === last ? text.padEnd(i === last ? 0 : (widths[i] ?? 0)) : text.padStart(widths[i] ?? 0),
        )
        .join("  ")
        .trimEnd(),
    ) // prettier-ignore
    .join("\n");
}

/** Why cells say "none". @param {ReadonlyMap<Row, Cells>} table */
export const reasons = (table) =>
  [...table].flatMap(([row, cells]) =>
    [...cells].flatMap(([name, { missing }]) =>
      missing === undefined || missing in ABSENCES ? [] : [`none: ${row.name} ${row.dtype}, ${name}: ${missing}`],
    ),
  );
