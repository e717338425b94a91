import { join } from "node:path";
import { gzipSync } from "node:zlib";
import * as core from "@chainrule/core/lean";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { typeCheck } from "./tsc.ts";

// What a page loads. Methods hold on to every operation, so the lean entries leave them out, and nothing behind those calls a method.

const program = join(import.meta.dirname, "lean/three-layers.ts");

/** Bytes of a program as a page loads it: bundled, minified, compressed. */
async function pageBytes(contents: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    format: "esm",
    conditions: ["@chainrule/source"],
    write: false,
  });
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
}

test("behind the lean entries no method is called", { timeout: 120_000 }, async () => {
  expect(await typeCheck("lean/tsconfig.json", import.meta.dirname)).toBe("");
  expect(core.Tensor.prototype).not.toHaveProperty("add");
});

test("a network is trained without methods", async () => {
  const { outputs } = await import("./lean/three-layers.ts");
  expect(outputs).toEqual([0, 1, 1, 0]);
  expect(core.Tensor.prototype).not.toHaveProperty("add");
});

test("a page that trains a small network loads at most 30 kB", async () => {
  expect(await pageBytes(`import ${JSON.stringify(program)};`)).toBeLessThan(30_000);
});
