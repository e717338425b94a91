/** A convolutional network on drawn digits: it sees four thousand of them, and must tell more than 97 % of others. */
import { Generator, noGrad } from "@chainrule/core";
import { batches, digits, trainTestSplit } from "@chainrule/data";
import { Conv2d, crossEntropyLoss, Flatten, Linear, MaxPool2d, ReLU, sequential, summary } from "@chainrule/nn";
import { Adam, OneCycleLR } from "@chainrule/optim";
import { isProgram } from "./program.ts";

export function run({ seed = 1, samples = 4400, epochs = 6, onEpoch = (_epoch: string) => {} } = {}) {
  const generator = new Generator(seed);
  const { train, test } = trainTestSplit(digits(samples, { seed, dtype: "float32" }), { testSize: 400, generator });
  const options = { generator, dtype: "float32" } as const;
  const model = sequential(
    new Conv2d(1, 8, 3, options),
    new ReLU(),
    new MaxPool2d(2),
    new Conv2d(8, 16, 3, options),
    new ReLU(),
    new MaxPool2d(2),
    new Flatten(),
    new Linear(64, 10, options),
  );
  onEpoch(summary(model, train.x.slice(0, { end: 1 })));

  const optimizer = new Adam(model.parameters());
  const epoch = batches(train, { batchSize: 32, shuffle: true, generator });
  const schedule = new OneCycleLR(optimizer, { maxLr: 0.01, epochs, stepsPerEpoch: epoch.length });
  const accuracy = (): number => {
    const right = noGrad(() => model.forward(test.x).argmax(1).eq(test.y));
    return right.sum().item() / test.y.size;
  };
  for (let i = 1; i <= epochs; i++) {
    let total = 0;
    for (const { x, y } of epoch) {
      const loss = crossEntropyLoss(model.forward(x), y);
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      schedule.step();
      total += loss.item();
    }
    onEpoch(`epoch ${i}  loss ${(total / epoch.length).toFixed(4)}  told apart ${(100 * accuracy()).toFixed(1)} %`);
  }
  return { accuracy: accuracy() };
}

if (isProgram(import.meta.url)) {
  const { accuracy } = run({ onEpoch: console.log });
  if (accuracy < 0.97) throw new Error(`told only ${(100 * accuracy).toFixed(1)} % of unseen digits`);
}
