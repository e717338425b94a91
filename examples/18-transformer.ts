/** A transformer that learns to sort: it reads six digits at once and says, at every place, which one belongs there. */
import { arange, Generator, noGrad, type Tensor } from "@chainrule/core";
import { crossEntropyLoss, Embedding, Linear, Module, TransformerEncoderLayer } from "@chainrule/nn";
import { Adam, OneCycleLR } from "@chainrule/optim";
import { isProgram } from "./program.ts";

class Sorter extends Module {
  readonly digits: Embedding;
  readonly places: Embedding;
  readonly layers: TransformerEncoderLayer[];
  readonly guess: Linear;

  constructor(length: number, features: number, generator: Generator) {
    super();
    const options = { dimFeedforward: 2 * features, dropout: 0, batchFirst: true, normFirst: true, generator };
    this.digits = new Embedding(10, features, { generator });
    this.places = new Embedding(length, features, { generator });
    this.layers = [1, 2].map(() => new TransformerEncoderLayer(features, 4, options));
    this.guess = new Linear(features, 10, { generator });
  }
  /** Scores of each digit at each place: `[batch, length]` to `[batch, length, 10]`. */
  forward(x: Tensor): Tensor {
    const places = this.places.forward(arange(x.shape[1]!, { dtype: "int32" }));
    let y: Tensor = this.digits.forward(x).add(places);
    for (const layer of this.layers) y = layer.forward(y);
    return this.guess.forward(y);
  }
}

export function run({ seed = 1, length = 6, steps = 300, batchSize = 48, onStep = (_line: string) => {} } = {}) {
  const generator = new Generator(seed);
  const model = new Sorter(length, 32, generator);
  const optimizer = new Adam(model.parameters());
  const schedule = new OneCycleLR(optimizer, { maxLr: 0.01, totalSteps: steps });
  const draw = (count: number) => {
    const x = generator.randint(0, 10, [count, length]);
    return [x, x.sort(1).values] as const;
  };
  // Of a million possible rows training sees 14,400.
  const [x, y] = draw(500);
  const guess = () => noGrad(() => model.forward(x).argmax(-1));
  const accuracy = () => guess().eq(y).all(1).sum().item() / x.shape[0];

  for (let step = 1; step <= steps; step++) {
    const [rows, sorted] = draw(batchSize);
    const loss = crossEntropyLoss(model.forward(rows).reshape([-1, 10]), sorted.reshape([-1]));
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    schedule.step();
    if (step % 50 === 0)
      onStep(`step ${step}  loss ${loss.item().toFixed(4)}  sorted ${(100 * accuracy()).toFixed(1)} %`);
  }
  const three = { start: 0, end: 3 };
  return {
    accuracy: accuracy(),
    rows: x.slice(0, three).toArray(),
    guesses: guess().as([-1, -1]).slice(0, three).toArray(),
  };
}

if (isProgram(import.meta.url)) {
  const { accuracy, rows, guesses } = run({ onStep: console.log });
  console.log(`rows it has not seen, sorted without a mistake: ${(100 * accuracy).toFixed(1)} %`);
  rows.forEach((row, i) => console.log(`  ${String(row)} -> ${String(guesses[i])}`));
  if (accuracy < 0.95) throw new Error(`sorted only ${(100 * accuracy).toFixed(1)} % of unseen rows`);
}
