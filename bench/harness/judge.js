// @ts-check
import { isChainrule } from "./contenders.js";

/** @typedef {import("./measure.js").Cell} Cell */
/** @typedef {import("./measure.js").Cells} Cells */
/** @typedef {import("../workloads/row.js").Row} Row */
/** @typedef {import("../workloads/row.js").Target} Target */

/** An iteration's smallest time. @param {Cell} cell */
export const least = ({ seconds = [], least: best = Math.min(...seconds) }) => best;
/** The median of its rounds. @param {Cell} cell */
export const median = ({ seconds = [] }) => [...seconds].sort((a, b) => a - b)[seconds.length >> 1] ?? NaN;

/** @param {Cell | undefined} cell @param {(cell: Cell) => number} pick */
function timeOf(cell, pick) {
  if (cell === undefined || cell.missing !== undefined) return NaN;
  return cell.bytes ?? (cell.seconds === undefined ? NaN : pick(cell));
}

/** The peer with the smallest figure, and Chainrule's over it. @param {Cells} cells */
export function bestPeer(cells) {
  const own = timeOf(cells.get("chainrule"), least);
  const peers = [...cells].filter(([name, cell]) => !isChainrule(name) && timeOf(cell, least) > 0);
  const [name, cell] = peers.sort(([, a], [, b]) => timeOf(a, least) - timeOf(b, least))[0] ?? ["", undefined];
  return { name, ratio: own / timeOf(cell, least) };
}

/**
 * Chainrule's share of what the target allows, by smallest and by median times: met where both are at most 1, unsure where one is.
 * @param {Target} target @param {Row} row @param {ReadonlyMap<Row, Cells>} table
 */
export function judge({ text, by = "chainrule", of, row: other, factor = 1, most, figure = "seconds" }, row, table) {
  const cells = /** @type {Cells} */ (table.get(row));
  const cell = cells.get(by);
  const share = (/** @type {typeof least} */ pick) => {
    if (figure !== "seconds") return (cell?.[figure] ?? NaN) / /** @type {number} */ (most);
    const own = timeOf(cell, pick);
    if (most !== undefined) return own / most;
    if (other !== undefined) {
      const before = [...table].find(([{ name }]) => name === other)?.[1].get(by);
      return own / (factor * timeOf(before, pick));
    }
    const peers = (of ?? []).map((name) => timeOf(cells.get(name), pick)).filter((time) => time > 0);
    return peers.length === 0 ? NaN : own / (factor * Math.min(...peers));
  };
  const shares = [share(least), share(median)];
  const [smallest] = /** @type {[number]} */ (/** @type {unknown} */ (shares));
  const verdict = Number.isNaN(smallest)
    ? "no figure"
    : shares.every((x) => x <= 1)
      ? "met"
      : shares.some((x) => x <= 1)
        ? "unsure"
        : "not met";
  return { text, verdict, share: smallest };
}
