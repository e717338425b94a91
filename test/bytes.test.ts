import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import * as core from "@chainrule/core/lean";
import { build, type BuildOptions, type Plugin } from "esbuild";
import { beforeAll, describe, expect, test } from "vitest";
import { install } from "../tools/bundle.js";
import { typeCheck } from "./tsc.ts";

// What a page loads. Methods hold on to every operation, so the lean entries leave them out, and nothing behind those calls a method.

const program = `import "./lean/three-layers.ts";`;

/** A program as a page loads it: bundled and minified. */
async function bundle(contents: string, options: BuildOptions = {}): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    format: "esm",
    conditions: ["@chainrule/source"],
    write: false,
    ...options,
  });
  return outputFiles![0]!.text;
}
const compressed = (code: string): number => gzipSync(code, { level: 9 }).length;

/** Makes the bundler believe that every file does something when it is loaded, so that only what is plainly pure can go. */
const suspicious: Plugin = {
  name: "suspicious",
  setup(builder) {
    builder.onResolve({ filter: /.*/ }, async ({ path, pluginData, kind, resolveDir, importer }) => {
      if (pluginData === "seen") return undefined;
      const found = await builder.resolve(path, { kind, resolveDir, importer, pluginData: "seen" });
      return { path: found.path, sideEffects: true };
    });
  },
};

test("behind the lean entries no method is called", async () => {
  expect(await typeCheck("lean/tsconfig.json", import.meta.dirname)).toBe("");
});

test("a network is trained without methods", async () => {
  const { outputs } = await import("./lean/three-layers.ts");
  expect(outputs).toEqual([0, 1, 1, 0]);
  expect(core.Tensor.prototype).not.toHaveProperty("add");
});

test("a page that trains a small network loads at most 30 kB, and 60 kB with the WebAssembly kernels", async () => {
  const kernels = `import { setKernels, wasmKernels } from "@chainrule/core/lean"; setKernels([wasmKernels]);`;
  expect(compressed(await bundle(program))).toBeLessThan(30_000);
  expect(compressed(await bundle(kernels + program))).toBeLessThan(60_000);
});

describe("as published", () => {
  const folder = join(import.meta.dirname, ".published");
  beforeAll(async () => {
    await install(folder);
    const entryPoints = [join(import.meta.dirname, "lean/three-layers.ts")];
    await build({ entryPoints, outfile: join(folder, "three-layers.mjs") });
  });

  test("a page loads at most 30 kB", async () => {
    const contents = `import "./three-layers.mjs";`;
    const page = await bundle(contents, { stdin: { contents, resolveDir: folder }, conditions: [] });
    expect(compressed(page)).toBeLessThan(30_000);
  });

  test("both entries share one class and train a network in plain node", async () => {
    writeFileSync(
      join(folder, "both.mjs"),
      `import { outputs } from "./three-layers.mjs";
import * as lean from "@chainrule/core/lean";
import * as full from "@chainrule/core";
import { Linear } from "@chainrule/nn";
const y = new Linear(1, 1).forward(full.tensor([[1]])).mul(2);
console.log(outputs.join(), lean.Tensor === full.Tensor, y instanceof lean.Tensor);`,
    );
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, "both.mjs")]);
    expect(stdout.trim()).toBe("0,1,1,0 true true");
  });
});

test.each(["@chainrule/core/lean", "@chainrule/nn/lean", "@chainrule/optim"])(
  "what nobody calls of %s can go, statement by statement",
  async (entry) => {
    const left = await bundle(`import ${JSON.stringify(entry)};`, { plugins: [suspicious] });
    expect(left.length, left.slice(0, 300)).toBeLessThan(1500);
  },
);
