/** One neuron: σ(w·x + b). */
import { tensor } from "@chainrule/core";
import { isProgram } from "./program.ts";

export function run({ weights = [0, 1], bias = 4, inputs = [2, 3] } = {}) {
  const output = tensor(weights).dot(tensor(inputs)).add(bias).sigmoid();
  return { output: output.item() };
}

if (isProgram(import.meta.url)) console.log(run().output);
