/**
 * The programs Chainrule exists for reach their published figures, to the digits given, and follow the same programs in NumPy
 * (fixtures/seeds.py) for several seeds.
 */
import { describe, expect, test } from "vitest";
import * as neuron from "../examples/01-neuron.ts";
import * as feedforward from "../examples/02-feedforward.ts";
import * as squaredError from "../examples/03-mean-squared-error.ts";
import * as scalarNetwork from "../examples/04-scalar-network.ts";
import * as housePrice from "../examples/05-house-price.ts";
import * as priceTraining from "../examples/06-house-price-training.ts";
import * as crossEntropy from "../examples/07-cross-entropy.ts";
import * as tutorialBackward from "../examples/08-tutorial-backward.ts";
import * as twoLayers from "../examples/09-two-layers.ts";
import * as threeLayers from "../examples/10-three-layers.ts";
import * as networkClass from "../examples/11-network-class.ts";
import * as threeClasses from "../examples/12-three-classes.ts";
import * as lossCurve from "../examples/13-loss-curve.ts";
import * as handDerived from "../examples/14-hand-derived.ts";
import * as weights from "../examples/15-safetensors.ts";
import * as perSample from "../examples/21-per-sample-gradients.ts";
import seeds from "./fixtures/seeds.json" with { type: "json" };

/** Asserts that each number, printed with as many decimals as the published figure has, is that figure. */
function published(actual: readonly number[], figures: readonly string[]): void {
  expect(actual.map((x, i) => x.toFixed(figures[i]?.split(".")[1]!.length))).toEqual(figures);
}
/**
 * The same for figures of 16 and 17 digits after a thousand updates or more. The last two of those digits come from the order in which a
 * BLAS adds four products: NumPy itself gives others with another BLAS.
 */
function publishedAfterTraining(actual: readonly number[], figures: readonly string[]): void {
  close(actual, figures.map(Number), 1e-14);
}
function close(actual: readonly number[], expected: readonly number[], relative: number): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((x, i) => {
    expect(Math.abs(x - expected[i]!), `${x} at ${i}, expected ${expected[i]}`).toBeLessThanOrEqual(
      relative * Math.abs(expected[i]!),
    );
  });
}
const firsts = (rows: readonly (readonly number[])[]): number[] => rows.map((row) => row[0]!);

describe("published figures", () => {
  test("A1: one neuron", () => {
    expect(neuron.run().output).toBe(0.9990889488055994);
  });

  test("A2: two hidden neurons", () => {
    expect(feedforward.run().output).toBe(0.7216325609518421);
  });

  test("A3: mean squared error", () => {
    expect(squaredError.run().loss).toBe(0.5);
  });

  test("B1: house price, for the houses stated and for those the printed figures belong to", () => {
    const stated = housePrice.run();
    published(firsts(stated.z2), ["0.72222222", "0.33333333", "1.00000000"]);
    published(firsts(stated.output), ["0.73295053", "0.70554727", "0.74962023"]);
    const printed = housePrice.run({ houses: housePrice.PRINTED });
    published(firsts(printed.z2), ["0.83333333", "0.44444444", "0.83333333"]);
    published(firsts(printed.a2), ["0.69705928", "0.60931754", "0.69705928"]);
    published(firsts(printed.z3), ["1.04558893", "0.91397631", "1.04558893"]);
    published(firsts(printed.output), ["0.73992695", "0.71381315", "0.73992695"]);
    for (const row of [...stated.z2, ...printed.z2, ...printed.a2]) expect(new Set(row).size).toBe(1);
  });

  test("C1: cross-entropy by its true gradient", () => {
    const { losses } = crossEntropy.run();
    expect(losses[0]).toEqual({ epoch: 0, loss: 0.6949805176039474 });
    publishedAfterTraining([losses[1]!.loss, losses[9]!.loss], ["0.03237436687333017", "0.0009669592462844894"]);
    expect(losses.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((k) => 1000 * k));
    close(
      losses.map(({ loss }) => loss),
      seeds.c1.lossEvery1000.slice(0, 10),
      1e-12,
    );
  });

  test("C2: the tutorial's backward pass, and the gradient check that says what it is the gradient of", () => {
    const { losses, checks } = tutorialBackward.run();
    expect(losses[0]).toEqual({ epoch: 0, loss: 0.6949805176039474 });
    publishedAfterTraining([losses[1]!.loss, losses[9]!.loss], ["0.07915653678252002", "0.012422975734871108"]);
    close(
      losses.map(({ loss }) => loss),
      seeds.c2.lossEvery1000.slice(0, 10),
      1e-12,
    );
    expect(checks.crossEntropy.verdict).toBe("fail");
    expect(checks.halfSquaredError.verdict).toBe("pass");
  });

  test("D1: two layers", () => {
    published(twoLayers.run().outputs, ["0.00966449", "0.00786506", "0.99358898", "0.99211957"]);
  });

  test("D2: three layers", () => {
    const { errors, outputs } = threeLayers.run();
    expect(errors.map(({ step }) => step)).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000]);
    const figures = [
      "0.496410031903",
      "0.00858452565325",
      "0.00578945986251",
      "0.00462917677677",
      "0.00395876528027",
      "0.00351012256786",
    ];
    published(
      errors.map(({ error }) => error),
      figures,
    );
    close(outputs, seeds.d2.outputsAfter.flat(), 1e-9);
  });
});

describe("trajectories of the same programs in NumPy", () => {
  test.each(seeds.a4)("A4: scalar network, seed $seed", ({ seed, lossPrinted, final }) => {
    const { losses, numbers } = scalarNetwork.run({ seed });
    expect(losses.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 100 }, (_, i) => 10 * i));
    close(
      losses.map(({ loss }) => loss),
      lossPrinted,
      1e-9,
    );
    close(numbers, final, 1e-9);
  });

  test("A4: prints each tenth epoch with three decimals", () => {
    const lines: string[] = [];
    const { losses } = scalarNetwork.run({ seed: 0, epochs: 21, log: (line) => lines.push(line) });
    expect(lines).toEqual([0, 10, 20].map((epoch, i) => `Epoch ${epoch} loss: ${losses[i]!.loss.toFixed(3)}`));
  });

  test("B2: house price trained", () => {
    const { losses, price } = priceTraining.run();
    close(losses, seeds.b2.lossEvery100, 1e-9);
    close([price], [seeds.b2.priceAt4And7], 1e-9);
  });

  test.each(seeds.d3)("D3: class with feedforward and backprop, seed $seed", ({ seed, lossEvery100, outputs }) => {
    const run = networkClass.run({ seed });
    close(run.losses, lossEvery100, 1e-9);
    close(run.outputs, outputs.flat(), 1e-9);
  });

  test.each(seeds.e1)("E1: loss curve, seed $seed", ({ seed, lossEvery100 }) => {
    const { losses } = lossCurve.run({ seed });
    close(losses, lossEvery100, 1e-9);
    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 100);
  });
});

test("D4: softmax with cross-entropy tells three classes apart", () => {
  const { losses, accuracy, probabilities } = threeClasses.run();
  expect(losses.at(-1)!).toBeLessThan(0.1);
  expect(accuracy).toBeGreaterThan(0.95);
  probabilities.forEach((row, i) => {
    expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(Math.max(...row)).toBe(row[i]);
  });
});

test("hand-derived backward passes: all are what they claim but the one of the cross-entropy", () => {
  const reports = handDerived.run();
  expect(reports.map(({ name, holds }) => [name, holds])).toEqual([
    ["scalar network 2-2-1", true],
    ["one hidden layer with biases 2-4-1", false],
    ["three layers 3-4-1", true],
    ["class with backprop 3-4-1", true],
  ]);
  for (const { claim, against, holds } of reports) {
    for (const { loss, difference, verdict } of against) {
      if (loss === claim && holds) expect(difference).toBeLessThan(1e-15);
      expect(verdict).toBe(difference < 1e-14 ? "pass" : "fail");
    }
  }
});

test("per-sample gradients are those of a loop, and what is learnt from them, cut and noisy, tells most apart", () => {
  const { difference, longest, accuracy } = perSample.run();
  expect(difference).toBeLessThan(1e-15);
  expect(longest).toBeGreaterThan(1);
  expect(accuracy).toBeGreaterThan(0.95);
});

test("weights go to a safetensors file and back", () => {
  const { names, before, after } = weights.run();
  expect(names).toEqual(["0.weight", "0.bias", "2.weight", "2.bias"]);
  expect(before[1]).not.toEqual(before[0]);
  expect(after).toEqual([before[0], before[0]]);
});
