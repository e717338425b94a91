// @ts-check
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { install as publish } from "../../tools/bundle.js";
import { disagreeing } from "./agree.js";
import { Contender } from "./contenders.js";

/** @typedef {import("../workloads/row.js").Row} Row */
/**
 * @typedef {object} Cell what a contender has shown in a row
 * @property {string} [missing] why there is no figure
 * @property {string} [dtype] if it computes in another than asked
 * @property {number[]} [seconds] an iteration, round by round
 * @property {number} [least] an iteration, in the best twentieth of a round
 * @property {number} [peak] most memory, MB
 * @property {number} [growth]
 * @property {number} [bytes]
 * @property {any} [check]
 */
/** @typedef {Map<string, Cell>} Cells by contender */

/** Contenders that are running, by name; one that has died is started again when next needed. */
const running = /** @type {Map<string, Contender>} */ (new Map());

/** Why those that cannot be had cannot: asked once. */
const absent = /** @type {Map<string, string>} */ (new Map());
const ABSENT = { missing: "absent" };

/** @param {string} name */
async function started(name) {
  if (absent.has(name)) return ABSENT;
  const known = running.get(name);
  if (known !== undefined) return known;
  const fresh = await start(name);
  if (fresh instanceof Contender) running.set(name, fresh);
  return fresh;
}

/** @param {string} name @returns {Promise<Contender | Cell>} */
async function start(name) {
  if (absent.has(name)) return ABSENT;
  const contender = new Contender(name);
  const { about, missing, failed } = await contender.ask({ do: "load" });
  contender.about = about;
  if (about !== undefined) return contender;
  contender.end();
  absent.set(name, missing ?? failed);
  return ABSENT;
}

/** What each contender is made of, or why it is not there. @param {readonly string[]} names */
export async function roster(names) {
  const about = /** @type {Record<string, { about?: string; missing?: string }>} */ ({});
  for (const name of names) {
    const contender = await started(name);
    about[name] = contender instanceof Contender ? { about: contender.about } : { missing: absent.get(name) };
  }
  return about;
}

export function endAll() {
  for (const contender of running.values()) contender.end();
}

/** @param {Contender} contender @param {any} answer @returns {Cell | null} why there is no figure, if there is none */
function absence(contender, answer) {
  if (answer.dead) running.delete(contender.name);
  const why = answer.missing ?? answer.failed;
  return why === undefined ? null : { missing: why };
}

/** @param {Cells} cells @param {Row} row */
function judge(cells, row) {
  const results = [...cells].flatMap(([name, { check, dtype, missing }]) =>
    check === undefined || missing !== undefined ? [] : [{ name, check, dtype: dtype ?? row.dtype }],
  );
  for (const name of disagreeing(/** @type {any} */ (results)))
    cells.set(name, { missing: "another result", check: cells.get(name)?.check });
}

/** @typedef {{ rounds: number; ms: number; soak: number; cpu: boolean }} Effort */

/** Slices of time in turn, so that what slows the machine slows all alike. */
/** @param {Row} row @param {readonly string[]} names @param {Effort} effort */
async function inRounds(row, names, { rounds, ms, cpu }) {
  const { kind, args, steps } = row;
  const cells = /** @type {Cells} */ (new Map());
  const open = /** @type {Contender[]} */ ([]);
  for (const name of names) {
    const contender = await started(name);
    if (!(contender instanceof Contender)) {
      cells.set(name, contender);
      continue;
    }
    const answer = await contender.ask({ do: "open", kind, args, steps });
    const none = absence(contender, answer);
    cells.set(name, none ?? { check: answer.check, dtype: answer.dtype, seconds: [] });
    if (none === null) open.push(contender);
  }
  judge(cells, row);
  for (let round = -1; round < rounds; round++) {
    for (const contender of open) {
      const { name } = contender;
      const cell = /** @type {Cell} */ (cells.get(name));
      // One round warms up, but who takes a second for a step is asked only once.
      if (cell.seconds === undefined || /** @type {number} */ (cell.seconds[0]) > 1) continue;
      const answer = await contender.ask({ do: "time", ms, cpu });
      const none = absence(contender, answer);
      if (none !== null) cells.set(name, none);
      else if (round >= 0 || answer.seconds > 1) {
        cell.seconds.push(answer.seconds);
        cell.least = Math.min(cell.least ?? Infinity, answer.least);
      }
    }
  }
  for (const contender of open) await contender.ask({ do: "close" });
  return cells;
}

/** Every figure from a process of its own. */
/** @param {Row} row @param {readonly string[]} names @param {number} rounds @param {(contender: Contender) => Promise<any>} ask */
async function afresh(row, names, rounds, ask) {
  const cells = /** @type {Cells} */ (new Map());
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const before = cells.get(name);
      if (before?.missing !== undefined) continue;
      if (absent.has(name)) {
        cells.set(name, ABSENT);
        continue;
      }
      const contender = row.how === "cold" ? new Contender(name) : await start(name);
      if (!(contender instanceof Contender)) {
        cells.set(name, contender);
        continue;
      }
      const answer = await ask(contender);
      contender.end();
      const none = absence(contender, answer);
      const peak = Math.max(answer.peak, before?.peak ?? 0);
      cells.set(name, none ?? { ...answer, peak, seconds: [...(before?.seconds ?? []), answer.seconds] });
    }
  }
  judge(cells, row);
  return cells;
}

/** Import and first gradient; Chainrule's packages as they are published. */
/** @param {Row} row @param {readonly string[]} names @param {Effort} effort */
async function cold(row, names, { rounds, cpu }) {
  const folder = fileURLToPath(new URL("../.published", import.meta.url));
  await publish(folder);
  const lines = ["core", "nn", "optim"].map((name) => `export * as ${name} from "@chainrule/${name}";`);
  writeFileSync(join(folder, "library.js"), lines.join("\n"));
  return afresh(row, names, rounds, (contender) => contender.ask({ do: "cold", cpu }));
}

/** One step of a fresh process, of a size and of a tenth of it. */
/** @param {Row} row @param {readonly string[]} names @param {Effort} effort */
async function once(row, names, { rounds, cpu }) {
  const count = Math.min(rounds, 3);
  const ask = (/** @type {number} */ size) => (/** @type {Contender} */ contender) =>
    contender.ask({ do: "once", kind: row.kind, args: { size }, cpu });
  const short = await afresh(row, names, count, ask(/** @type {number} */ (row.shorter)));
  const cells = await afresh(row, names, count, ask(/** @type {any} */ (row.args).size));
  for (const [name, cell] of cells) {
    const before = short.get(name)?.seconds;
    if (before !== undefined && cell.seconds !== undefined)
      cell.growth = Math.min(...cell.seconds) / Math.min(...before);
  }
  return cells;
}

/** @param {Row} row @param {readonly string[]} names @param {Effort} effort */
async function soak(row, names, effort) {
  const { kind, args } = row;
  const steps = Math.min(/** @type {number} */ (row.steps), effort.soak);
  const every = 200;
  const cells = await afresh(row, names, 1, (contender) =>
    contender.ask({ do: "soak", kind, args, steps, every, cpu: effort.cpu }),
  );
  for (const cell of cells.values()) {
    const { memory = [] } = /** @type {{ memory?: number[] }} */ (cell);
    const half = memory.length >> 1;
    if (half > 0) cell.growth = Math.max(...memory.slice(half)) / Math.max(...memory.slice(0, half));
  }
  return cells;
}

/** @param {Row} row @param {readonly string[]} names @param {Effort} effort @returns {Promise<Cells>} */
export async function measure(row, names, effort) {
  const asked = names.filter((name) => row.contenders === undefined || row.contenders.includes(name));
  if (row.how === "once") return once(row, asked, effort);
  if (row.how === "soak") return soak(row, asked, effort);
  if (row.how === "cold") return cold(row, asked, effort);
  if (row.how === "page") return (await import("./page.js")).bundles(asked, row.args);
  return inRounds(row, asked, effort);
}
