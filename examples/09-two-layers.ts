/** The shortest network that learns: three inputs, one output, the first input decides. */
import { Generator, tensor } from "@chainrule/core";
import { SGD } from "@chainrule/optim";
import { isProgram } from "./program.ts";

export function run({
  inputs = [
    [0, 0, 1],
    [0, 1, 1],
    [1, 0, 1],
    [1, 1, 1],
  ],
  targets = [[0], [0], [1], [1]],
  steps = 10_000,
  rate = 1,
  seed = 1,
} = {}) {
  const x = tensor(inputs);
  const y = tensor(targets);
  const weights = tensor(new Generator(seed).rand([3, 1]).mul(2).sub(1), { requiresGrad: true });
  const optimizer = new SGD([weights], { lr: rate });
  let outputs = x.matmul(weights).sigmoid();
  for (let step = 0; step < steps; step++) {
    outputs = x.matmul(weights).sigmoid();
    optimizer.zeroGrad();
    outputs.sub(y).square().sum().div(2).backward();
    optimizer.step();
  }
  // As in the tutorial: what the last step computed, before its update.
  return { outputs: (outputs.toArray() as number[][]).map(([p]) => p!) };
}

if (isProgram(import.meta.url)) {
  console.log("Output after training:");
  for (const output of run().outputs) console.log(output.toFixed(8));
}
