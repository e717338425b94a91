// @ts-check
/**
 * Chainrule's speed beside its peers': `pnpm bench` builds it and prints one table.
 *   --only a,b   rows whose name has one of these in it
 *   --with a,b   contenders whose name begins with one of these; all if left out
 *   --quick      fewer and shorter rounds: does it run, not how fast
 *   --cpu        processor time of the main thread, for a busy machine, in place of the time that passes
 *   --json       everything measured, as JSON
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { CONTENDERS, isChainrule } from "./harness/contenders.js";
import { install } from "./harness/install.js";
import { bestPeer, judge } from "./harness/judge.js";
import { endAll, measure, roster } from "./harness/measure.js";
import { print, reasons } from "./harness/table.js";
import { ROWS } from "./workloads/index.js";

const options = readOptions();
function readOptions() {
  try {
    const flag = /** @type {const} */ ({ type: "boolean", default: false });
    const list = /** @type {const} */ ({ type: "string" });
    return parseArgs({ options: { only: list, with: list, quick: flag, cpu: flag, json: flag } }).values;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return process.exit(2);
  }
}

/** @param {string | undefined} list @param {(name: string, part: string) => boolean} fits */
const chosen = (list, fits) => (/** @type {string} */ name) =>
  list === undefined || list.split(",").some((part) => fits(name, part.trim()));
const only = chosen(options.only, (name, part) => name.includes(part));
const rows = ROWS.filter(({ name }) => only(name));
const names = CONTENDERS.map(({ name }) => name).filter(chosen(options.with, (name, part) => name.startsWith(part)));
if (rows.length === 0 || names.length === 0) {
  console.error(`nothing to measure; rows: ${[...new Set(ROWS.map(({ name }) => name))].join(", ")}; contenders: ${CONTENDERS.map(({ name }) => name).join(", ")}`); // prettier-ignore
  process.exit(2);
}

const { cpu } = options;
const effort = options.quick ? { rounds: 2, ms: 20, soak: 2000, cpu } : { rounds: 5, ms: 100, soak: Infinity, cpu };
const peersWanted = names.some((name) => !isChainrule(name) && name !== "numpy" && name !== "torch");
const trouble = peersWanted ? install() : "";
if (trouble !== "") console.error(`the JavaScript peers are absent: ${trouble}`);

const machine = `${cpus()[0]?.model.trim()}, ${cpus().length} cores, ${process.platform} ${process.arch}, Node ${process.versions.node}`;
const about = await roster(names);
/** Takes the last line of progress away, where it can. */
const erase = process.stderr.isTTY ? "\r\x1b[K" : "";
const table = /** @type {Map<import("./workloads/row.js").Row, import("./harness/measure.js").Cells>} */ (new Map());
// Who stops it, or runs out of time, still sees what has been measured.
for (const signal of ["SIGINT", "SIGTERM"])
  process.once(signal, () => {
    show();
    process.exit(1);
  });
for (const [i, row] of rows.entries()) {
  process.stderr.write(`${erase}${i + 1}/${rows.length} ${row.name} ${row.dtype}${erase === "" ? "\n" : ""}`);
  table.set(row, await measure(row, names, effort));
}
show();

function show() {
  process.stderr.write(erase);
  endAll();
  if (options.json) printJson();
  else printTable();
}

function printJson() {
  const measured = [...table].map(([row, cells]) => ({
    ...row,
    cells: Object.fromEntries(cells),
    best: bestPeer(cells),
    targets: row.targets.map((target) => ({ ...target, ...judge(target, row, table) })),
  }));
  console.log(JSON.stringify({ machine, date: new Date().toISOString(), contenders: about, rows: measured }, null, 2));
}

function printTable() {
  console.log(`${machine}, ${cpu ? "processor time, " : ""}${new Date().toISOString().slice(0, 10)}`);
  for (const [name, { about: made, missing }] of Object.entries(about)) console.log(`  ${name}: ${made ?? `absent (${missing})`}`); // prettier-ignore
  console.log(`\n${print(table, names)}\n`);
  console.log("Smallest times; ~1.3: the median round took 1.3 times that; *: with the digits of float32; WRONG: another result than the others'; –: not offered."); // prettier-ignore
  for (const reason of reasons(table)) console.log(reason);
}
