/** The network of example 10 as a class with `feedforward` and `backprop`, on the summed squared error. */
import { Generator, noGrad, type Tensor, tensor } from "@chainrule/core";
import { Module, Parameter } from "@chainrule/nn";
import { SGD } from "@chainrule/optim";
import { INPUTS, TARGETS } from "./10-three-layers.ts";
import { isProgram } from "./program.ts";

export class NeuralNetwork extends Module {
  readonly weights1: Parameter;
  readonly weights2: Parameter;
  readonly #optimizer: SGD;

  constructor(inputSize: number, generator: Generator) {
    super();
    this.weights1 = new Parameter(generator.rand([inputSize, 4]));
    this.weights2 = new Parameter(generator.rand([4, 1]));
    this.#optimizer = new SGD(this.parameters(), { lr: 1 });
  }

  feedforward(x: Tensor): Tensor {
    return x.matmul(this.weights1).sigmoid().matmul(this.weights2).sigmoid();
  }

  /** One step down the gradient; returns the loss before it. */
  backprop(x: Tensor, y: Tensor): number {
    const loss = this.feedforward(x).sub(y).square().sum();
    this.#optimizer.zeroGrad();
    loss.backward();
    this.#optimizer.step();
    return loss.item();
  }
}

export function run({ inputs = INPUTS, targets = TARGETS, steps = 1500, seed = 1 } = {}) {
  const x = tensor(inputs);
  const y = tensor(targets);
  const network = new NeuralNetwork(x.shape[1], new Generator(seed));
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const loss = network.backprop(x, y);
    if (step % 100 === 0) losses.push(loss);
  }
  const outputs = noGrad(() => network.feedforward(x));
  losses.push(outputs.sub(y).square().sum().item());
  return { losses, outputs: (outputs.toArray() as number[][]).map(([p]) => p!) };
}

if (isProgram(import.meta.url)) {
  const { losses, outputs } = run();
  losses.forEach((loss, i) => console.log(`step ${String(100 * i).padStart(4)}  loss ${loss.toFixed(6)}`));
  console.log(`outputs: ${outputs.map((p) => p.toFixed(4)).join("  ")}`);
}
