/** Clipping of gradients, and averages of weights. */
import { readFileSync } from "node:fs";
import { ArgumentError, type Tensor, tensor } from "@chainrule/core";
import { Linear, Parameter } from "@chainrule/nn";
import { clipGradNorm, clipGradValue, ExponentialMovingAverage } from "@chainrule/optim";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

const values = (x: Tensor): number[] => [...x.toTypedArray()];
const thrown = (fn: () => unknown): Error => {
  try {
    fn();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
};

interface Fixture {
  start: Record<string, unknown>;
  gradients: Record<string, unknown>[];
  clips: { maxNorm: number; normType: string; total: number; gradients: number[] }[];
  averages: { decay: number; steps: number[][] }[];
}
const fixture = JSON.parse(readFileSync(`${import.meta.dirname}/fixtures/torch-optim.json`, "utf8")) as Fixture;

const parameter = (gradient: unknown): Parameter => {
  const g = tensor(gradient as never) as Tensor;
  const x = new Parameter(g);
  x.grad = g;
  return x;
};

describe("clipGradNorm", () => {
  test.each(fixture.clips)("PyTorch's, norm $normType to $maxNorm", ({ maxNorm, normType, total, gradients }) => {
    const written = fixture.gradients[3]!;
    const parameters = [parameter(written["weight"]), new Parameter([1, 2]), parameter(written["scale"])];
    const norm = clipGradNorm(parameters, maxNorm, { normType: normType === "inf" ? Infinity : Number(normType) });
    expect(norm).toBeCloseTo(total, 14);
    expect(parameters[1]!.grad).toBeNull();
    const got = parameters.flatMap(({ grad }) => (grad === null ? [] : values(grad)));
    gradients.forEach((g, i) => expect(got[i]).toBeCloseTo(g, 14));
  });

  test("afterwards the norm is at most the limit, and the direction the same", () => {
    const number = fc.integer({ min: -4096, max: 4096 }).map((n) => n / 1024);
    fc.assert(
      fc.property(
        fc.array(number, { minLength: 1, maxLength: 5 }),
        fc.constantFrom(1, 2, 3, Infinity),
        (g, normType) => {
          const x = parameter(g);
          const factor = Math.min(1, 1 / (clipGradNorm(x, 1, { normType }) + 1e-6));
          values(x.grad!).forEach((v, i) => expect(v).toBeCloseTo(factor * g[i]!, 14));
          expect(clipGradNorm([x], Infinity, { normType })).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  test("norms near the ends of the numbers are right", () => {
    for (const scale of [1e300, 1e-300]) {
      expect(clipGradNorm([parameter([3 * scale]), parameter(4 * scale)], 1) / scale).toBeCloseTo(5, 12);
    }
    expect(clipGradNorm([new Parameter([1])], 1)).toBe(0);
    expect(clipGradNorm([], 1)).toBe(0);
  });

  test("an infinite norm is an error if wanted, and changes nothing then", () => {
    const x = parameter([1, Infinity]);
    expect(thrown(() => clipGradNorm([x], 1, { errorIfNonfinite: true })).message).toMatchInlineSnapshot(
      `"clipGradNorm: the norm of the gradients is Infinity; it cannot be clipped"`,
    );
    expect(values(x.grad!)).toEqual([1, Infinity]);
    expect(clipGradNorm([x], 1)).toBe(Infinity);
    expect(values(x.grad!)).toEqual([0, NaN]);
    expect(clipGradNorm([x], 1)).toBeNaN();
  });

  test("float32 gradients stay so, and gradients of graphs are cut off", () => {
    const x = new Parameter([3, 4], { dtype: "float32" });
    x.square().sum().backward(undefined, { createGraph: true });
    expect(clipGradNorm([x], 1)).toBe(10);
    expect(x.grad!.dtype).toBe("float32");
    expect(x.grad!.requiresGrad).toBe(false);
  });
});

test("clipGradValue brings every element into range", () => {
  const [x, y] = [parameter([[-3, 0.5], [NaN, 7]]), new Parameter(1)]; // prettier-ignore
  clipGradValue([x, y], 2);
  expect(values(x.grad!)).toEqual([-2, 0.5, NaN, 2]);
  expect(y.grad).toBeNull();
});

test("bad input to clipping", () => {
  const x = parameter([3]);
  const messages = [
    () => clipGradNorm([x], -1),
    () => clipGradNorm([x], NaN),
    () => clipGradNorm([x], undefined as never),
    () => clipGradNorm([x], 1, { normType: 0 }),
    () => clipGradNorm([x], 1, { normType: NaN }),
    () => clipGradNorm([x], 1, { normType: "inf" as never }),
    () => clipGradNorm([x, 3 as never], 1),
    () => clipGradNorm(new Linear(1, 1) as never, 1),
    () => clipGradValue([x], -1),
    () => clipGradValue([null as never], 1),
  ].map((fn) => {
    const error = thrown(fn);
    expect(error).toBeInstanceOf(ArgumentError);
    return error.message;
  });
  expect(messages.join("\n")).toMatchInlineSnapshot(`
    "clipGradNorm: maxNorm is a number from 0 up or Infinity, got -1
    clipGradNorm: maxNorm is a number from 0 up or Infinity, got NaN
    clipGradNorm: maxNorm is a number from 0 up or Infinity, got undefined
    clipGradNorm: normType is a number above 0 or Infinity, got 0
    clipGradNorm: normType is a number above 0 or Infinity, got NaN
    clipGradNorm: normType is a number above 0 or Infinity, got "inf"
    clipGradNorm: parameter 1 is no tensor but number
    clipGradNorm: parameters come as a list of tensors; of a model pass model.parameters()
    clipGradValue: clipValue is a number from 0 up or Infinity, got -1
    clipGradValue: parameter 0 is no tensor but object"
  `);
  expect(values(x.grad!)).toEqual([3]);
});

describe("ExponentialMovingAverage", () => {
  const scaled = (x: Parameter, t: number): void =>
    x.assign(tensor(fixture.start["weight"] as never).mul((t + 1) ** 1.5) as never) as never;

  test.each(fixture.averages)(
    "PyTorch's AveragedModel, decay $decay, saved and loaded each time",
    ({ decay, steps }) => {
      const x = new Parameter(fixture.start["weight"] as never) as Parameter;
      let average = new ExponentialMovingAverage([x], { decay });
      steps.forEach((wanted, t) => {
        scaled(x, t);
        average.update();
        const state = JSON.parse(JSON.stringify(average.stateDict())) as never;
        average = new ExponentialMovingAverage([x]);
        average.loadStateDict(state);
        average.stateDict().averages[0]!.values.forEach((v, i) => expect(v).toBeCloseTo(wanted[i]!, 13));
      });
    },
  );

  test("puts averages in place for a while, or into another model", () => {
    const [x, other] = [new Parameter([1, 2]), new Parameter([0, 0])];
    const average = new ExponentialMovingAverage([x], { decay: 0.5 });
    for (const data of [
      [2, 4],
      [4, 8],
    ]) {
      x.assign(tensor(data as [number, number]));
      average.update();
    }
    expect(average.averaged(() => values(x))).toEqual([3, 6]);
    expect(values(x)).toEqual([4, 8]);
    expect(thrown(() => average.averaged(() => { throw new RangeError(`${values(x)[0]}`); })).message).toBe("3"); // prettier-ignore
    expect(values(x)).toEqual([4, 8]);
    average.applyTo([other]);
    expect(values(other)).toEqual([3, 6]);
  });

  test("bad input", () => {
    const x = new Parameter([1, 2]);
    const average = new ExponentialMovingAverage([x]);
    const good = average.stateDict();
    const [first] = good.averages;
    const messages = [
      () => new ExponentialMovingAverage([x], { decay: 1.1 }),
      () => new ExponentialMovingAverage([x], { decay: NaN }),
      () => new ExponentialMovingAverage([]),
      () => new ExponentialMovingAverage([x, x]),
      () => average.applyTo([]),
      () => average.applyTo([new Parameter([1, 2]), new Parameter([1])]),
      () => average.applyTo([new Parameter([1])]),
      () => average.loadStateDict(null as never),
      () => average.loadStateDict({} as never),
      () => average.loadStateDict({ ...good, updates: -1 }),
      () => average.loadStateDict({ ...good, averages: [] }),
      () => average.loadStateDict({ ...good, averages: [null] } as never),
      () => average.loadStateDict({ ...good, averages: [{ ...first!, shape: [3] }] }),
      () => average.loadStateDict({ ...good, averages: [{ ...first!, values: [1, null] }] } as never),
    ].map((fn) => {
      const { name, message } = thrown(fn);
      expect(["ArgumentError", "ShapeError"]).toContain(name);
      return message;
    });
    expect(messages.join("\n")).toMatchInlineSnapshot(`
      "ExponentialMovingAverage: decay is a number from 0 to 1, got 1.1
      ExponentialMovingAverage: decay is a number from 0 to 1, got NaN
      ExponentialMovingAverage: needs at least one parameter, group 0 has none; a module finds leaves that require grad in its properties, neither results of operations nor what is in #private fields
      ExponentialMovingAverage: parameter 1 [2] comes twice; each parameter is updated once a step
      ExponentialMovingAverage.applyTo: needs at least one parameter, group 0 has none; a module finds leaves that require grad in its properties, neither results of operations nor what is in #private fields
      ExponentialMovingAverage.applyTo: got 2 parameters, expected 1
      ExponentialMovingAverage.applyTo: parameter 0 [1] should be [2]
      loadStateDict: needs a record such as stateDict() returns
      loadStateDict: decay is a number from 0 to 1, got undefined
      loadStateDict: the state is cut short
      loadStateDict: the state has 0 averages, expected 1
      loadStateDict: the average of parameter 0 [2] has another shape, undefined
      loadStateDict: the average of parameter 0 [2] has another shape, [3]
      loadStateDict: the average of parameter 0 [2] holds null, as JSON writes ∞ and NaN; saveCheckpoint of @chainrule/data keeps them"
    `);
    expect(average.stateDict()).toEqual(good);
  });
});
