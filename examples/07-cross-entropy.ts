/** One hidden layer with biases, trained on all rows at once with binary cross-entropy: XOR, by default. */
import { Generator, sub, type Tensor, tensor, zeros } from "@chainrule/core";
import { SGD } from "@chainrule/optim";
import { isProgram } from "./program.ts";

export const XOR = {
  inputs: [[0, 0], [0, 1], [1, 0], [1, 1]],
  targets: [[0], [1], [1], [0]],
}; // prettier-ignore

/** The network and its start: weights between −½ and ½ from NumPy's stream, biases zero. */
export function network(inputSize: number, hiddenSize: number, outputSize: number, seed: number) {
  const generator = new Generator(seed);
  const weights = (from: number, to: number): Tensor =>
    tensor(generator.rand([from, to]).sub(0.5), { requiresGrad: true });
  const biases = (size: number): Tensor => zeros([1, size], { requiresGrad: true });
  const parameters = {
    w1: weights(inputSize, hiddenSize),
    w2: weights(hiddenSize, outputSize),
    b1: biases(hiddenSize),
    b2: biases(outputSize),
  };
  const predict = ({ w1, w2, b1, b2 }: typeof parameters, x: Tensor) =>
    x.matmul(w1).add(b1).sigmoid().matmul(w2).add(b2).sigmoid();
  return { parameters, predict };
}

/** Binary cross-entropy as the tutorial adds it up: −(y·log ŷ + (1 − y)·log(1 − ŷ)) / n, with two dot products. */
export function crossEntropy(prediction: Tensor, targets: Tensor): Tensor {
  const p = prediction.flatten();
  const y = targets.flatten();
  return y
    .dot(p.log())
    .add(sub(1, y).dot(sub(1, p).log()))
    .div(-y.size);
}

export function run({
  inputs = XOR.inputs,
  targets = XOR.targets,
  hiddenSize = 4,
  epochs = 10_000,
  rate = 1,
  seed = 2,
  log = (_line: string) => {},
} = {}) {
  const x: Tensor = tensor(inputs);
  const y: Tensor = tensor(targets);
  const { parameters, predict } = network(x.shape[1]!, hiddenSize, y.shape[1]!, seed);
  const optimizer = new SGD(Object.values(parameters), { lr: rate });
  const losses: { epoch: number; loss: number }[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const loss = crossEntropy(predict(parameters, x), y);
    if (epoch % 1000 === 0) {
      losses.push({ epoch, loss: loss.item() });
      log(`Epoch ${epoch} loss: ${loss.item()}`);
    }
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
  }
  return { losses, outputs: predict(parameters, x).toArray() as number[][] };
}

if (isProgram(import.meta.url)) {
  const { outputs } = run({ log: console.log });
  console.log(`outputs: ${outputs.map(([p]) => p!.toFixed(4)).join("  ")}`);
}
