import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { BROWSERS, isInstalled, visit } from "./support/engines/browser.ts";

// The same programs in Node, in Chromium and in Firefox, on the packages as they are published: compiled, found by name, in a page also by an
// import map. Results are compared bit for bit.

interface Results {
  /** Hashes of all parameters after 200 steps, and of the results of all operations of the registry. */
  readonly trainings: Record<string, string>;
  readonly operations: Record<string, string>;
  readonly kernels: { readonly name: string; readonly detail: string }[];
  /** The first kernel set after @chainrule/blas has been imported. */
  readonly blas?: { readonly name: string; readonly detail: string };
}

/** What takes a function of the engine's whose last bits ECMAScript leaves open: angles, powers of any exponent, log10. */
const OF_THE_ENGINE = /^(a?(sin|cos|tan)|atan2|sinc|pow|float_power|log10|lgamma|digamma|polygamma|vectorNorm),/;

const run = promisify(execFile);
const required = (process.env["CHAINRULE_REQUIRE"] ?? "").split(" ");
const PROGRAMS = 'const { run } = await import("/test/support/engines/programs.js");\n';

async function inNode(...args: string[]): Promise<Results> {
  const script = join(import.meta.dirname, "support/engines/node.js");
  const { stdout } = await run(process.execPath, [script, ...args], { env: { ...process.env, NODE_OPTIONS: "" } });
  return JSON.parse(stdout) as Results;
}

let byDefault: Results;
let plain: Results;
beforeAll(async () => {
  const tsc = fileURLToPath(new URL("bin/tsc", import.meta.resolve("typescript/package.json")));
  const packages = ["core", "nn", "optim", "blas"].map((name) => join(import.meta.dirname, "../packages", name));
  // Code with a type error is compiled all the same; the type tests will say.
  await run(process.execPath, [tsc, "-b", ...packages]).catch(() => {});
  [byDefault, plain] = await Promise.all([inNode(), inNode("plain")]);
});

const differences = (a: Record<string, string>, b: Record<string, string>): string[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => a[name] !== b[name]);
function expectSame(results: Results, node: Results): void {
  expect(differences(results.trainings, node.trainings)).toEqual([]);
  expect(differences(results.operations, node.operations).filter((name) => !OF_THE_ENGINE.test(name))).toEqual([]);
}

test("Node computes with WebAssembly unless told otherwise, and the programs tell the kernels apart", () => {
  expect(byDefault.kernels.map(({ name }) => name)).toEqual(["wasm", "javascript"]);
  expect(plain.kernels.map(({ name }) => name)).toEqual(["javascript"]);
  expect(differences(byDefault.trainings, plain.trainings)).not.toEqual([]);
});

describe.each(BROWSERS)("$name", (browser) => {
  const absent = !isInstalled(browser) && !required.includes(browser.name);

  test.skipIf(absent)("computes the same bits as Node", async () => {
    const results = await visit<Results>(browser, { code: `${PROGRAMS}answer(run());` });
    expect(results.kernels).toEqual(byDefault.kernels);
    expectSame(results, byDefault);
  });

  test.skipIf(absent)("under a policy without eval the plain kernels serve, and say so", async () => {
    const code = `${PROGRAMS}
      const { kernelInfo } = await import("@chainrule/core");
      const results = run();
      await import("@chainrule/blas");
      answer({ ...results, blas: kernelInfo()[0] });`;
    const results = await visit<Results>(browser, { code, policy: "script-src 'self' 'unsafe-inline'" });
    expect(results.kernels.map(({ name }) => name)).toEqual(["wasm", "javascript"]);
    expect(results.kernels[0]!.detail).toMatch(/^not used: CompileError: .*(CSP|Content Security)/);
    expectSame(results, plain);
    expect(results.blas).toEqual({ name: "blas", detail: "not used: native libraries need Node" });
  });
});
