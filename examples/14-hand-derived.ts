/**
 * The backward passes that the tutorials derive by hand, each as plain arithmetic, held against Chainrule and against finite
 * differences: which are the derivative of the loss they claim, and which of another?
 */
import { checkGradients, customGradient, Generator, grad, sub, type Tensor, tensor } from "@chainrule/core";
import { crossEntropy, network, XOR } from "./07-cross-entropy.ts";
import { tutorialBackward } from "./08-tutorial-backward.ts";
import { INPUTS, TARGETS } from "./10-three-layers.ts";
import { isProgram } from "./program.ts";

interface Experiment {
  readonly name: string;
  /** The loss that the tutorial says it descends. */
  readonly claim: string;
  readonly parameters: readonly Tensor[];
  /** The tutorial's derivatives by each parameter. */
  readonly byHand: (parameters: readonly Tensor[]) => readonly Tensor[];
  /** Losses to hold it against; the claimed one is among them. */
  readonly losses: Readonly<Record<string, (parameters: readonly Tensor[]) => Tensor>>;
}

/** A4: nine numbers, one person, squared error. `w` and `b` as the tutorial numbers them. */
function scalarNetwork(seed: number): Experiment {
  const generator = new Generator(seed);
  const [weight, height, answer] = [-2, -1, 1];
  const hidden = (w: readonly Tensor[]) => [
    w[0]!.mul(weight).add(w[1]!.mul(height)).add(w[6]!).sigmoid(),
    w[2]!.mul(weight).add(w[3]!.mul(height)).add(w[7]!).sigmoid(),
  ] as const; // prettier-ignore
  const output = (w: readonly Tensor[], [h1, h2]: readonly [Tensor, Tensor]) =>
    w[4]!.mul(h1).add(w[5]!.mul(h2)).add(w[8]!).sigmoid();
  const slope = (s: Tensor) => s.mul(sub(1, s));
  return {
    name: "scalar network 2-2-1",
    claim: "squared error",
    parameters: Array.from({ length: 9 }, () => generator.randn([])),
    byHand(w) {
      const [h1, h2] = hidden(w);
      const o = output(w, [h1, h2]);
      const error = sub(answer, o).mul(-2).mul(slope(o));
      const e1 = error.mul(w[4]!).mul(slope(h1));
      const e2 = error.mul(w[5]!).mul(slope(h2));
      return [
        e1.mul(weight),
        e1.mul(height),
        e2.mul(weight),
        e2.mul(height),
        error.mul(h1),
        error.mul(h2),
        e1,
        e2,
        error,
      ];
    },
    losses: { "squared error": (w) => output(w, hidden(w)).sub(answer).square() },
  };
}

/** C2: a hidden layer with biases. */
function crossEntropyNetwork(seed: number): Experiment {
  const { parameters, predict } = network(2, 4, 1, seed);
  const x = tensor(XOR.inputs);
  const y = tensor(XOR.targets);
  const named = ([w1, w2, b1, b2]: readonly Tensor[]) => ({ w1: w1!, w2: w2!, b1: b1!, b2: b2! });
  return {
    name: "one hidden layer with biases 2-4-1",
    claim: "mean cross-entropy",
    parameters: Object.values(parameters).map((p) => p.detach()),
    byHand: (list) => Object.values(tutorialBackward(named(list), x, y)),
    losses: {
      "mean cross-entropy": (list) => crossEntropy(predict(named(list), x), y),
      "half the summed squared error": (list) => predict(named(list), x).sub(y).square().sum().div(2),
    },
  };
}

/** D2 and D3: two weight matrices, where the error times `factor` is sent back. */
function threeLayers(name: string, claim: string, factor: number, w1: Tensor, w2: Tensor): Experiment {
  const x = tensor(INPUTS);
  const y = tensor(TARGETS);
  const squares = ([w1, w2]: readonly Tensor[]) => x.matmul(w1!).sigmoid().matmul(w2!).sigmoid().sub(y).square().sum();
  return {
    name,
    claim,
    parameters: [w1, w2],
    byHand([w1, w2]) {
      const hidden = x.matmul(w1!).sigmoid();
      const output = hidden.matmul(w2!).sigmoid();
      const outputDelta = y
        .sub(output)
        .mul(-factor)
        .mul(output.mul(sub(1, output)));
      const hiddenDelta = outputDelta.matmul(w2!.transpose()).mul(hidden.mul(sub(1, hidden)));
      return [x.transpose().matmul(hiddenDelta), hidden.transpose().matmul(outputDelta)];
    },
    losses: { "summed squared error": squares, "half the summed squared error": (w) => squares(w).div(2) },
  };
}

export function run({ seed = 1 } = {}) {
  const centred = new Generator(seed);
  const positive = new Generator(seed);
  const experiments = [
    scalarNetwork(seed),
    crossEntropyNetwork(2),
    threeLayers(
      "three layers 3-4-1", "half the summed squared error", 1,
      centred.rand([3, 4]).mul(2).sub(1), centred.rand([4, 1]).mul(2).sub(1),
    ),
    threeLayers("class with backprop 3-4-1", "summed squared error", 2, positive.rand([3, 4]), positive.rand([4, 1])),
  ]; // prettier-ignore
  return experiments.map(({ name, claim, parameters, byHand, losses }) => {
    const hand = byHand(parameters);
    const against = Object.entries(losses).map(([loss, f]) => {
      const exact = grad(f)(parameters);
      const difference = Math.max(...exact.map((g, i) => g.sub(hand[i]!).abs().max().item()));
      const claimed = customGradient<Tensor[]>({
        forward: (...list) => f(list),
        vjp: (cotangent, { inputs }) => byHand(inputs).map((derivative) => derivative.mul(cotangent)),
      });
      const { verdict } = checkGradients((...list: Tensor[]) => claimed(...list), [...parameters], { throw: false });
      return { loss, difference, verdict };
    });
    return { name, claim, against, holds: against.some(({ loss, verdict }) => loss === claim && verdict === "pass") };
  });
}

if (isProgram(import.meta.url)) {
  for (const { name, claim, against, holds } of run()) {
    console.log(`${name}: claims to descend the ${claim}; ${holds ? "it does" : "it does not"}`);
    for (const { loss, difference, verdict } of against) {
      console.log(
        `  ${loss.padEnd(30)} differs from Chainrule by ${difference.toExponential(1)}, finite differences: ${verdict}`,
      );
    }
  }
}
