/**
 * Example 07 with the tutorial's own backward pass in place of Chainrule's. It trains, more slowly, and a gradient check tells why:
 * its output error (ŷ − y)·ŷ(1 − ŷ) belongs to half the summed squared error, not to the cross-entropy that is printed.
 */
import { checkGradients, customGradient, noGrad, sub, type Tensor, tensor } from "@chainrule/core";
import { crossEntropy, network, XOR } from "./07-cross-entropy.ts";
import { isProgram } from "./program.ts";

type Network = ReturnType<typeof network>;
type Parameters = Network["parameters"];

/** The tutorial's derivatives, as plain arithmetic. */
export function tutorialBackward({ w1, w2, b1, b2 }: Parameters, x: Tensor, y: Tensor): Parameters {
  return noGrad(() => {
    const hidden = x.matmul(w1).add(b1).sigmoid();
    const output = hidden.matmul(w2).add(b2).sigmoid();
    const outputDelta = output.sub(y).mul(output.mul(sub(1, output)));
    const hiddenDelta = outputDelta.matmul(w2.transpose()).mul(hidden.mul(sub(1, hidden)));
    return {
      w1: x.transpose().matmul(hiddenDelta),
      w2: hidden.transpose().matmul(outputDelta),
      b1: hiddenDelta.sum(0, { keepDim: true }),
      b2: outputDelta.sum(0, { keepDim: true }),
    };
  });
}

/** Whether the tutorial's pass is the gradient of `loss`: its derivatives are put behind the loss and checked by finite differences. */
function isGradientOf(loss: (prediction: Tensor) => Tensor, { parameters, predict }: Network, x: Tensor, y: Tensor) {
  const claimed = customGradient<[Tensor, Tensor, Tensor, Tensor]>({
    forward: (w1, w2, b1, b2) => loss(predict({ w1, w2, b1, b2 }, x)),
    vjp: (cotangent, { inputs: [w1, w2, b1, b2] }) =>
      Object.values(tutorialBackward({ w1, w2, b1, b2 }, x, y)).map((derivative) => derivative.mul(cotangent)),
  });
  const { w1, w2, b1, b2 } = parameters;
  return checkGradients(claimed, [w1, w2, b1, b2], { throw: false });
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
  const net = network(x.shape[1]!, hiddenSize, y.shape[1]!, seed);
  const { parameters, predict } = net;
  const checks = {
    crossEntropy: isGradientOf((prediction) => crossEntropy(prediction, y), net, x, y),
    halfSquaredError: isGradientOf((prediction) => prediction.sub(y).square().sum().div(2), net, x, y),
  };
  const losses: { epoch: number; loss: number }[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    if (epoch % 1000 === 0) {
      const loss = noGrad(() => crossEntropy(predict(parameters, x), y).item());
      losses.push({ epoch, loss });
      log(`Epoch ${epoch} loss: ${loss}`);
    }
    const derivatives = tutorialBackward(parameters, x, y);
    for (const name of ["w1", "w2", "b1", "b2"] as const) {
      parameters[name].assign(noGrad(() => parameters[name].sub(derivatives[name].mul(rate))));
    }
  }
  return { losses, checks };
}

if (isProgram(import.meta.url)) {
  const { checks } = run({ log: console.log });
  console.log(`\nIs it the gradient of the cross-entropy?\n${String(checks.crossEntropy)}`);
  console.log(`\nIs it the gradient of half the summed squared error?\n${String(checks.halfSquaredError)}`);
}
