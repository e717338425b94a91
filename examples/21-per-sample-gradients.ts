/** A gradient for each example, none longer than a bound, and noise over their sum: what is learnt tells nothing of any one of them. */
import { Generator, grad, noGrad, type Tensor, type Value, vmap } from "@chainrule/core";
import { moons } from "@chainrule/data";
import { crossEntropyLoss, Linear, sequential, Tanh } from "@chainrule/nn";
import { SGD } from "@chainrule/optim";
import { isProgram } from "./program.ts";

export function run({ seed = 1, samples = 256, steps = 200, bound = 1, noise = 1 } = {}) {
  const generator = new Generator(seed);
  const { x, y } = moons(samples, { noise: 0.1, seed });
  const model = sequential(new Linear(2, 16, { generator }), new Tanh(), new Linear(16, 2, { generator }));
  const optimizer = new SGD(model.parameters(), { lr: 1, momentum: 0.5 });

  const gradientOf = (point: Tensor<[2]>, label: Value) => {
    const gradient = grad((m: typeof model) => crossEntropyLoss(m.forward(point), label))(model);
    const [first, , last] = gradient.layers;
    return [first.weight, first.bias, last.weight, last.bias] as Tensor[];
  };
  const gradients = vmap(gradientOf);
  const normsOf = (each: Tensor[]) => each.map((g) => g.flatten(1).square().sum(1)).reduce((a, b) => a.add(b)).sqrt(); // prettier-ignore

  const all = gradients(x, y);
  const errors = Array.from({ length: samples }, (_, i) =>
    gradientOf(x.select(0, i), y.select(0, i)).map((g, k) => g.sub(all[k]!.select(0, i)).abs().max().item()),
  );
  const norms = normsOf(all);

  for (let step = 0; step < steps; step++) {
    const each = gradients(x, y);
    const shares = normsOf(each).reciprocal().mul(bound).clamp(0, 1);
    model.parameters().forEach((parameter, k) => {
      const sum = shares.matmul(each[k]!.flatten(1)).reshape(parameter.shape);
      parameter.grad = sum.add(generator.randn(parameter.shape).mul(noise * bound)).div(samples);
    });
    optimizer.step();
  }
  const right = noGrad(() => model.forward(x).argmax(1).eq(y));
  return {
    difference: Math.max(...errors.flat()),
    shortest: norms.min().item(),
    longest: norms.max().item(),
    accuracy: right.sum().item() / samples,
  };
}

if (isProgram(import.meta.url)) {
  const { difference, shortest, longest, accuracy } = run();
  console.log(`256 gradients at once differ by ${difference} from those of a loop`);
  console.log(`their norms lie between ${shortest.toFixed(2)} and ${longest.toFixed(2)}; each is cut to 1 at most`);
  console.log(`told apart after 200 steps along noisy sums of such: ${(100 * accuracy).toFixed(1)} %`);
}
