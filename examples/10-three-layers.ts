/** A 3-4-1 network without biases that learns XOR of its first two inputs. `--time` times one step of it. */
import { Generator, noGrad, type Tensor, tensor } from "@chainrule/core";
import { SGD } from "@chainrule/optim";
import { isProgram } from "./program.ts";

export const INPUTS = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]; // prettier-ignore
export const TARGETS = [[0], [1], [1], [0]];

/** Both weight matrices, uniform in [−1, 1), from NumPy's stream. */
export function start(seed: number) {
  const generator = new Generator(seed);
  const w1 = tensor(generator.rand([3, 4]).mul(2).sub(1), { requiresGrad: true });
  const w2 = tensor(generator.rand([4, 1]).mul(2).sub(1), { requiresGrad: true });
  return { w1, w2 };
}

export const predict = ({ w1, w2 }: { w1: Tensor; w2: Tensor }, x: Tensor) =>
  x.matmul(w1).sigmoid().matmul(w2).sigmoid();

/** Half the summed squared error. */
export const lossOf = (prediction: Tensor, targets: Tensor) => prediction.sub(targets).square().sum().mul(0.5);

export function run({
  inputs = INPUTS,
  targets = TARGETS,
  steps = 60_000,
  rate = 1,
  seed = 1,
  log = (_line: string) => {},
  onStep = (_step: number, _error: () => number) => {},
} = {}) {
  const x = tensor(inputs);
  const y = tensor(targets);
  const weights = start(seed);
  const optimizer = new SGD([weights.w1, weights.w2], { lr: rate });
  const errors: { step: number; error: number }[] = [];
  for (let step = 0; step < steps; step++) {
    const prediction = predict(weights, x);
    const error = () => noGrad(() => prediction.sub(y).abs().mean().item());
    if (step % 10_000 === 0) {
      errors.push({ step, error: error() });
      log(`Error: ${error()}`);
    }
    onStep(step, error);
    optimizer.zeroGrad();
    lossOf(prediction, y).backward();
    optimizer.step();
  }
  return { errors, weights, outputs: (predict(weights, x).toArray() as number[][]).map(([p]) => p!) };
}

/** Median time of a step — forward, backward, SGD — in microseconds, over `rounds` rounds of a warm run. */
export function time({ rounds = 60, steps = 2000 } = {}) {
  const x = tensor(INPUTS);
  const y = tensor(TARGETS);
  const weights = start(1);
  const optimizer = new SGD([weights.w1, weights.w2], { lr: 1 });
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const begin = performance.now();
    for (let step = 0; step < steps; step++) {
      const loss = lossOf(predict(weights, x), y);
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
    }
    times.push(((performance.now() - begin) * 1000) / steps);
  }
  return times.slice(rounds >> 2).sort((a, b) => a - b)[(rounds - (rounds >> 2)) >> 1]!;
}

if (isProgram(import.meta.url)) {
  if (process.argv.includes("--time")) {
    console.log(
      `one step of the 3-4-1 network, forward, backward and SGD: ${time().toFixed(2)} µs (median of a warm run)`,
    );
  } else {
    const { outputs } = run({ log: console.log });
    console.log(`Output after training: ${outputs.map((p) => p.toFixed(8)).join("  ")}`);
  }
}
