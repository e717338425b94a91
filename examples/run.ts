/**
 * `pnpm example` lists the examples, `pnpm example 03 …` runs one from source; arguments after the number go to it.
 * `--time` compiles everything first and runs the JavaScript under plain node, since tsx distorts timings: `pnpm example --time`
 * runs `time.ts`, `pnpm example 03 --time` runs example 03 with `--time` in its arguments.
 */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = import.meta.dirname;
const names = readdirSync(here)
  .filter((file) => /^\d\d-.*\.ts$/.test(file))
  .map((file) => file.slice(0, -".ts".length))
  .sort();
const list = () => ["pnpm example <number>, one of:", ...names].join("\n  ");

const args = process.argv.slice(2);
const timed = args.includes("--time");
const wanted = args[0]?.startsWith("-") ? undefined : args[0];
const name =
  wanted === undefined && timed
    ? "time"
    : names.find((name) => name === wanted || name.startsWith(`${wanted?.padStart(2, "0")}-`));
const rest = args.slice(wanted === undefined ? 0 : 1);

if (name !== undefined && timed) {
  node([fileURLToPath(new URL("bin/tsc", import.meta.resolve("typescript/package.json"))), "-b", here]);
  node([`${here}/dist/${name}.js`, ...rest]);
} else if (name !== undefined) {
  const file = `${here}/${name}.ts`;
  process.argv = [process.execPath, file, ...rest];
  await import(pathToFileURL(file).href);
} else if (wanted === undefined) {
  console.log(list());
} else {
  console.error(`example: there is no ${wanted}\n${list()}`);
  process.exitCode = 1;
}

/** Runs a JavaScript file under plain node, without tsx; exits with its status when it fails. */
function node(command: string[]) {
  const { status } = spawnSync(process.execPath, command, { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
