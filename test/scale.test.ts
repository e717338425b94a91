import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

// Long chains, compiled and run by plain node in a heap of default size: no walk over the graph may recurse, and none may take more than linear
// time. vitest itself is an order of magnitude slower, so nothing is measured in here.

const run = promisify(execFile);
const core = join(import.meta.dirname, "../packages/core");
const folder = mkdtempSync(join(tmpdir(), "chainrule-scale-"));

beforeAll(async () => {
  const tsc = fileURLToPath(new URL("bin/tsc", import.meta.resolve("typescript/package.json")));
  const off = [
    "--composite",
    "--incremental",
    "--declaration",
    "--declarationMap",
    "--isolatedDeclarations",
    "--sourceMap",
  ];
  const options = off.flatMap((option) => [option, "false"]);
  // Code with a type error is compiled all the same; the type tests will say.
  await run(process.execPath, [tsc, "-p", core, "--outDir", folder, "--tsBuildInfoFile", "null", ...options]).catch(
    () => {},
  );
  symlinkSync(join(core, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Measured {
  right: boolean;
  seconds: Record<string, number>;
  /** Most that the process held at one time. */
  megabytes: number;
}
async function measure(task: string, length: number): Promise<Measured> {
  const script = join(import.meta.dirname, "support/scale.js");
  const environment = { ...process.env, NODE_OPTIONS: "" };
  const { stdout } = await run(
    process.execPath,
    [script, pathToFileURL(join(folder, "index.js")).href, task, String(length)],
    { env: environment },
  );
  return JSON.parse(stdout) as Measured;
}
const total = ({ seconds }: Measured): number => Object.values(seconds).reduce((a, b) => a + b, 0);

test.each([
  ["scalars", 1_000_000, 1600],
  ["tensors", 100_000, 800],
  ["checking", 40_000, 600],
  ["custom", 2_000, 300],
] as const)(
  "%s: %d operations, one after the other",
  { timeout: 120_000, retry: 2 },
  async (task, length, megabytes) => {
    const quarter = await measure(task, length / 4);
    const whole = await measure(task, length);
    expect([quarter.right, whole.right]).toEqual([true, true]);
    expect(whole.megabytes).toBeLessThan(megabytes);
    // Four times as long takes about four times the time; were it quadratic, sixteen. The machine may be busy.
    expect(total(whole)).toBeLessThan(10 * total(quarter) + 0.5);
  },
);
