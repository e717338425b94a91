/** The network of example 11 built from layers, with its loss drawn over the iterations. */
import { Generator, tensor } from "@chainrule/core";
import { Linear, MSELoss, sequential, Sigmoid } from "@chainrule/nn";
import { SGD } from "@chainrule/optim";
import { INPUTS, TARGETS } from "./10-three-layers.ts";
import { curve, isProgram } from "./program.ts";

export function run({ inputs = INPUTS, targets = TARGETS, steps = 1500, rate = 1, seed = 1 } = {}) {
  const x = tensor(inputs);
  const y = tensor(targets);
  const hidden = new Linear(3, 4, { bias: false });
  const output = new Linear(4, 1, { bias: false });
  // The tutorial draws its weights as [inputs, outputs]; a Linear keeps them the other way round.
  const generator = new Generator(seed);
  hidden.weight.assign(generator.rand([3, 4]).transpose());
  output.weight.assign(generator.rand([4, 1]).transpose());
  const model = sequential(hidden, new Sigmoid(), output, new Sigmoid());
  const criterion = new MSELoss({ reduction: "sum" });
  const optimizer = new SGD(model.parameters(), { lr: rate });

  const losses: number[] = [];
  for (let step = 0; step <= steps; step++) {
    const loss = criterion.forward(model.forward(x.as([-1, 3])), y);
    if (step % 100 === 0) losses.push(loss.item());
    if (step === steps) break;
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
  }
  return { losses };
}

if (isProgram(import.meta.url)) {
  const { losses } = run();
  console.log(curve("sum of squared errors, by iteration", losses, 100));
  console.log(`from ${losses[0]!.toFixed(4)} to ${losses.at(-1)!.toFixed(6)}`);
}
