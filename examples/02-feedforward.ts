/** Two hidden neurons and an output neuron, all with the same weights: a forward pass and nothing else. */
import { stack, type Tensor, tensor } from "@chainrule/core";
import { isProgram } from "./program.ts";

export function run({ weights = [0, 1], bias = 0, inputs = [2, 3] } = {}) {
  const neuron = (x: Tensor) => tensor(weights).dot(x).add(bias).sigmoid();
  const h1 = neuron(tensor(inputs));
  const h2 = neuron(tensor(inputs));
  return { output: neuron(stack([h1, h2])).item() };
}

if (isProgram(import.meta.url)) console.log(run().output);
