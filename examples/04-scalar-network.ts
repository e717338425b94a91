/**
 * A network of nine numbers, 2-2-1, that guesses from weight and height. Every number is a `Value`, trained sample by sample
 * on the squared error, whose nine derivatives come from one call.
 */
import { Generator, type Value } from "@chainrule/core";
import { SGD } from "@chainrule/optim";
import { isProgram } from "./program.ts";

/** Weight − 135 pounds, height − 66 inches, and the answer. */
const PEOPLE: readonly (readonly [weight: number, height: number, answer: number])[] = [
  [-2, -1, 1], // Alice
  [25, 6, 0], // Bob
  [17, 4, 0], // Charlie
  [-15, -6, 1], // Diana
];

export function run({ seed = 1, epochs = 1000, rate = 0.1, people = PEOPLE, log = (_line: string) => {} } = {}) {
  const generator = new Generator(seed);
  const draw = (): Value => generator.randn([], { requiresGrad: true });
  const [w1, w2, w3, w4, w5, w6, b1, b2, b3] = [draw(), draw(), draw(), draw(), draw(), draw(), draw(), draw(), draw()];
  const numbers = [w1, w2, w3, w4, w5, w6, b1, b2, b3];
  const optimizer = new SGD(numbers, { lr: rate });

  const predict = (weight: number, height: number): Value => {
    const h1 = w1.mul(weight).add(w2.mul(height)).add(b1).sigmoid();
    const h2 = w3.mul(weight).add(w4.mul(height)).add(b2).sigmoid();
    return w5.mul(h1).add(w6.mul(h2)).add(b3).sigmoid();
  };

  const losses: { epoch: number; loss: number }[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const [weight, height, answer] of people) {
      optimizer.zeroGrad();
      predict(weight, height).sub(answer).square().backward();
      optimizer.step();
    }
    if (epoch % 10 === 0) {
      const errors = people.map(([weight, height, answer]) => (answer - predict(weight, height).item()) ** 2);
      const loss = errors.reduce((a, b) => a + b) / errors.length;
      losses.push({ epoch, loss });
      log(`Epoch ${epoch} loss: ${loss.toFixed(3)}`);
    }
  }
  const emily = predict(-7, -3).item(); // 128 pounds, 63 inches
  const frank = predict(20, 2).item(); // 155 pounds, 68 inches
  return { losses, numbers: numbers.map((x) => x.item()), emily, frank };
}

if (isProgram(import.meta.url)) {
  const { emily, frank } = run({ log: console.log });
  console.log(`Emily: ${emily.toFixed(3)}`);
  console.log(`Frank: ${frank.toFixed(3)}`);
}
