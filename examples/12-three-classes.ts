/** Softmax with cross-entropy: points around three centres, told apart by a small network. */
import { Generator, noGrad, stack, tensor } from "@chainrule/core";
import { crossEntropyLoss, Linear, sequential, Tanh } from "@chainrule/nn";
import { SGD } from "@chainrule/optim";
import { isProgram } from "./program.ts";

const CENTRES = [[0, 2], [-2, -1], [2, -1]]; // prettier-ignore

export function run({ seed = 1, pointsPerClass = 30, epochs = 200, rate = 0.5, centres = CENTRES } = {}) {
  const generator = new Generator(seed);
  const labels = centres.flatMap((_, label) => new Array<number>(pointsPerClass).fill(label));
  const points = stack(labels.map((label) => generator.randn([2]).mul(0.8).add(tensor(centres[label]!))));
  const targets = tensor(labels, { dtype: "int32" });
  const model = sequential(new Linear(2, 8, { generator }), new Tanh(), new Linear(8, centres.length, { generator }));
  const optimizer = new SGD(model.parameters(), { lr: rate });

  const losses: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const loss = crossEntropyLoss(model.forward(points.as([-1, 2])), targets);
    if (epoch % 20 === 0) losses.push(loss.item());
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
  }
  const scores = noGrad(() => model.forward(points.as([-1, 2])));
  const accuracy = scores.argmax(1).eq(targets).sum().item() / labels.length;
  const probabilities = noGrad(() => model.forward(tensor(centres).as([-1, 2])).softmax(1));
  return { losses, accuracy, probabilities: probabilities.toArray() as number[][] };
}

if (isProgram(import.meta.url)) {
  const { losses, accuracy, probabilities } = run();
  losses.forEach((loss, i) => console.log(`epoch ${String(20 * i).padStart(3)}  loss ${loss.toFixed(4)}`));
  console.log(`told apart: ${(100 * accuracy).toFixed(1)} % of the points`);
  console.log("probabilities of the three classes at each centre:");
  for (const row of probabilities) console.log(`  ${row.map((p) => p.toFixed(3)).join("  ")}`);
}
