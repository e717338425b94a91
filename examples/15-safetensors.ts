/** Weights to a safetensors file and back: a model trained here, or in PyTorch, goes on where it was. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Generator, noGrad, tensor } from "@chainrule/core";
import { loadSafetensors, saveSafetensors } from "@chainrule/data";
import { readFile, writeFile } from "@chainrule/data/node";
import { Linear, sequential, Tanh } from "@chainrule/nn";
import { isProgram } from "./program.ts";

export function run({ seed = 1 } = {}) {
  const build = (generator: Generator) =>
    sequential(new Linear(2, 4, { generator }), new Tanh(), new Linear(4, 1, { generator }));
  const model = build(new Generator(seed));
  const other = build(new Generator(seed + 1));
  const x = tensor([
    [0, 1],
    [1, 0],
  ]);
  const outputs = () => [model, other].map((each) => noGrad(() => each.forward(x).toArray()));
  const before = outputs();

  const folder = mkdtempSync(join(tmpdir(), "chainrule-"));
  try {
    const file = join(folder, "model.safetensors");
    writeFile(file, saveSafetensors(model.stateDict()));
    other.loadStateDict(loadSafetensors(readFile(file)));
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { names: Object.keys(model.stateDict()), before, after: outputs() };
}

if (isProgram(import.meta.url)) {
  const { names, before, after } = run();
  console.log(`tensors in the file: ${names.join(", ")}`);
  console.log("before:", JSON.stringify(before));
  console.log("after: ", JSON.stringify(after));
}
