/** Every optimizer that is a rule: the same as PyTorch step for step, and laws that run over all of them. */
import { readFileSync } from "node:fs";
import { ArgumentError, Generator, type Tensor, tensor } from "@chainrule/core";
import { Parameter } from "@chainrule/nn";
import * as optim from "@chainrule/optim";
import { Optimizer } from "@chainrule/optim";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

type Numbers = Record<string, unknown>;
type Make = new (params: unknown, options?: Numbers) => Optimizer<Numbers>;
/** The exported optimizers: one that is added later is tested too. */
const rules = Object.entries(optim).filter(
  ([, made]) => typeof made === "function" && (made as { prototype: unknown }).prototype instanceof Optimizer,
) as unknown as [string, Make][];

const values = (x: Tensor): number[] => [...x.toTypedArray()];
const thrown = (fn: () => unknown): Error => {
  try {
    fn();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
};

// --- the same as PyTorch, step for step

interface Case {
  optimizer: string;
  options: Numbers;
  groups: { params: string[]; options: Numbers }[];
  steps: number[][];
  state: Record<string, number[]>;
}
interface Fixture {
  start: Numbers;
  at: number[];
  gradients: Numbers[];
  rules: Case[];
}
const fixture = JSON.parse(readFileSync(`${import.meta.dirname}/fixtures/torch-optim.json`, "utf8")) as Fixture;

const camel = (name: string): string => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
const inCamel = (options: Numbers): Numbers =>
  Object.fromEntries(Object.entries(options).map(([name, value]) => [camel(name), value]));
const expectClose = (got: readonly number[], wanted: readonly number[], what: string): void => {
  expect(got, what).toHaveLength(wanted.length);
  const far = wanted.filter((w, i) => !(Math.abs(got[i]! - w) <= 1e-12 * Math.max(1, Math.abs(w))));
  if (far.length > 0) expect(got, what).toEqual(wanted);
};

describe.each(rules.filter(([name]) => name !== "SGD"))("PyTorch's %s", (name, Make) => {
  const cases = fixture.rules.filter((c) => c.optimizer === name);

  test.each(cases.map((c, i) => ({ ...c, title: `#${i} ${JSON.stringify(c.options)} in ${c.groups.length}` })))(
    "$title",
    ({ options, groups, steps, state }) => {
      const names = Object.keys(fixture.start);
      const parameters = names.map((key) => new Parameter(fixture.start[key] as never) as Parameter);
      const made = groups.map((group) => ({
        ...inCamel(group.options),
        params: group.params.map((key) => parameters[names.indexOf(key)]!),
      }));
      const optimizer = new Make(made, inCamel(options));
      fixture.gradients.forEach((gradient, t) => {
        parameters.forEach((x, i) => {
          const g = gradient[names[i]!];
          x.grad = g === null ? null : (tensor(g as never) as Tensor);
        });
        optimizer.step();
        const at = fixture.at.indexOf(t + 1);
        if (at >= 0) expectClose(parameters.flatMap(values), steps[at]!, `step ${t + 1}`);
      });
      // bias comes second; what is remembered of it has PyTorch's names.
      const { step, slots } = optimizer.stateDict().state[1]!;
      for (const [key, wanted] of Object.entries(state))
        expectClose(key === "step" ? [step] : [...slots[camel(key)]!], wanted, key);
      expect(Object.keys(slots)).toHaveLength(Object.keys(state).length - 1);
    },
  );

  test("has the defaults of PyTorch", () => {
    expect(cases.some(({ options }) => Object.keys(options).every((key) => key === "lr"))).toBe(true);
    const { options } = cases.at(-1)!;
    expect(new Make([new Parameter([1])]).paramGroups[0]).toMatchObject(inCamel(options));
  });
});

// --- laws over all rules

const positive = fc.integer({ min: 1, max: 1024 }).map((n) => n / 1024);
const nonNegative = fc.oneof(fc.constant(0), positive);
const belowOne = fc.integer({ min: 0, max: 1023 }).map((n) => n / 1024);
const flag = fc.boolean();
/** What options of each name may be; `wrong` is refused, next to NaN, infinity, text and null. */
const OPTIONS: Record<string, { good: fc.Arbitrary<unknown>; wrong: unknown[] }> = {
  lr: { good: positive, wrong: [-1] },
  momentum: { good: nonNegative, wrong: [-1] },
  dampening: { good: nonNegative, wrong: [] },
  nesterov: { good: flag, wrong: [] },
  weightDecay: { good: nonNegative, wrong: [-1e-9] },
  maximize: { good: flag, wrong: [] },
  betas: { good: fc.tuple(belowOne, belowOne), wrong: [[1, 0.9], [0.9, 1], [-0.1, 0.5], [NaN, 0.5], [0.5], [0.5, 0.5, 0.5], ["0", 0]] },
  eps: { good: fc.constantFrom(1e-8, 1e-3), wrong: [-1] },
  amsgrad: { good: flag, wrong: [] },
  decoupledWeightDecay: { good: flag, wrong: [] },
  momentumDecay: { good: nonNegative, wrong: [-1] },
  lrDecay: { good: nonNegative, wrong: [-1] },
  initialAccumulatorValue: { good: nonNegative, wrong: [-1] },
  rho: { good: belowOne, wrong: [-0.1, 1.1] },
  alpha: { good: belowOne, wrong: [] },
  centered: { good: flag, wrong: [] },
  etas: { good: fc.tuple(positive.map((x) => x / 2), positive.map((x) => x + 1)), wrong: [[0, 1.2], [0.5, 1], [1, 1.2], [1.2, 0.5], [0.5, NaN]] },
  stepSizes: { good: fc.tuple(positive, positive.map((x) => x + 1)), wrong: [[-1, 1], [2, 1], [0, NaN]] },
  lambd: { good: nonNegative, wrong: [-1] },
  t0: { good: fc.integer({ min: 0, max: 4 }), wrong: [] },
}; // prettier-ignore

const optionsOf = (Make: Make): string[] => Object.keys(new Make([new Parameter([1])], { lr: 1 }).paramGroups[0]!).filter((key) => key !== "params"); // prettier-ignore
const sampled = (Make: Make): fc.Arbitrary<Numbers> =>
  fc
    .record(Object.fromEntries(optionsOf(Make).map((name) => [name, OPTIONS[name]!.good])))
    .map((o) => (o["nesterov"] === true ? { ...o, momentum: 0.5, dampening: 0 } : o));

const shapes = fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }), { minLength: 1, maxLength: 3 });
const makeParameters = (shapes: number[][]): Parameter[] => {
  const generator = new Generator(1);
  return shapes.map((shape) => new Parameter(generator.randn(shape) as Tensor));
};
/** Sets gradients that depend only on shapes and step; now and then there is none. */
const setGradients = (parameters: readonly Tensor[], step: number): void => {
  const generator = new Generator(1000 + step);
  for (const x of parameters) {
    const gradient = generator.randn(x.shape) as Tensor;
    x.grad = generator.rand([]).item() < 0.25 ? null : gradient;
  }
};
const run = (optimizer: Optimizer<Numbers>, parameters: readonly Tensor[], from: number, to: number): void => {
  for (let step = from; step < to; step++) {
    setGradients(parameters, step);
    optimizer.step();
  }
};
const RUNS = { numRuns: 40 };

test("the rules are found", () => {
  expect(rules.map(([name]) => name).sort()).toMatchInlineSnapshot(`
    [
      "ASGD",
      "Adadelta",
      "Adagrad",
      "Adam",
      "AdamW",
      "Adamax",
      "NAdam",
      "RAdam",
      "RMSprop",
      "Rprop",
      "SGD",
    ]
  `);
  for (const [, Make] of rules) expect(Object.keys(OPTIONS)).toEqual(expect.arrayContaining(optionsOf(Make)));
});

describe.each(rules)("%s", (name, Make) => {
  const options = sampled(Make);

  test("a run that is saved as JSON and loaded goes on bit for bit", () => {
    fc.assert(
      fc.property(options, options, shapes, fc.integer({ min: 0, max: 5 }), (options, others, shapes, pause) => {
        const [one, two] = [makeParameters(shapes), makeParameters(shapes)];
        run(new Make(one, options), one, 0, 8);
        const before = new Make(two, options);
        run(before, two, 0, pause);
        const after = new Make(two, others);
        run(after, makeParameters(shapes), 0, 0);
        after.loadStateDict(JSON.parse(JSON.stringify(before.stateDict())) as never);
        expect(after.stateDict()).toEqual(before.stateDict());
        run(after, two, pause, 8);
        expect(one.map(values)).toEqual(two.map(values));
      }),
      RUNS,
    );
  });

  test("does to every element what it does to a scalar, in any shape, group and view", () => {
    fc.assert(
      fc.property(options, fc.integer({ min: 1, max: 4 }), (options, n) => {
        const whole = new Generator(5).randn([2 * n, 6]) as Tensor;
        const start = values(new Generator(6).randn([n]) as Tensor);
        const vector = new Parameter(start);
        const scalars = start.map((x) => new Parameter(x) as Parameter);
        const together = new Make([vector], options);
        const apart = new Make(scalars.map((x) => ({ params: [x] })), options); // prettier-ignore
        for (let step = 0; step < 6; step++) {
          const gradient = whole.select(1, step).slice(0, { step: 2 });
          vector.grad = gradient as never;
          scalars.forEach((x, i) => (x.grad = gradient.select(0, i) as never));
          together.step();
          apart.step();
        }
        expect(values(vector)).toEqual(scalars.flatMap(values));
      }),
      RUNS,
    );
  });

  test("a parameter without a gradient stays, and so does what is remembered of it", () => {
    fc.assert(
      fc.property(options, (options) => {
        const parameters = makeParameters([[2], [3]]);
        const optimizer = new Make(parameters, options);
        run(optimizer, parameters, 0, 3);
        const [before, state] = [values(parameters[0]!), optimizer.stateDict().state[0]];
        parameters[0]!.grad = null;
        parameters[1]!.grad = tensor([1, 2, 3]) as never;
        optimizer.step();
        expect(values(parameters[0]!)).toEqual(before);
        expect(optimizer.stateDict().state[0]).toEqual(state);
      }),
      RUNS,
    );
  });

  test("climbing is descending with the gradient turned round", () => {
    fc.assert(
      fc.property(options, (options) => {
        const [one, two] = [makeParameters([[2, 2]]), makeParameters([[2, 2]])];
        const [up, down] = [new Make(one, { ...options, maximize: true }), new Make(two, { ...options, maximize: false })]; // prettier-ignore
        for (let step = 0; step < 4; step++) {
          const gradient = new Generator(step).randn([2, 2]) as Tensor;
          one[0]!.grad = gradient;
          two[0]!.grad = gradient.neg();
          up.step();
          down.step();
        }
        expect(one.map(values)).toEqual(two.map(values));
      }),
      RUNS,
    );
  });

  test("float32 parameters stay so, and follow those in float64", () => {
    const [x, y] = [new Parameter([1, -2], { dtype: "float32" }), new Parameter([1, -2])];
    const optimizers = [x, y].map((x) => new Make([x], { lr: 0.1 }));
    for (let step = 0; step < 5; step++) {
      x.grad = tensor([0.5 + step, -1.5], { dtype: "float32" });
      y.grad = tensor([0.5 + step, -1.5]);
      for (const optimizer of optimizers) optimizer.step();
    }
    expect(x.dtype).toBe("float32");
    values(x).forEach((v, i) => expect(v).toBeCloseTo(values(y)[i]!, 5));
    expect(values(x)).toEqual(values(x).map(Math.fround));
    // What is one number for the whole parameter stays in float64.
    const [slots, wanted] = optimizers.map((optimizer) => optimizer.stateDict().state[0]!.slots);
    for (const [key, list] of Object.entries(wanted!)) if (list.length === 1) expect(slots![key]).toEqual(list);
  });

  test("goes downhill with its defaults", () => {
    const x = new Parameter([2, -3]);
    const optimizer = new Make([x], name === "SGD" ? { lr: 0.01 } : {});
    const loss = (): Tensor => x.square().sum();
    const before = loss().item();
    for (let step = 0; step < 20; step++) {
      optimizer.zeroGrad();
      loss().backward();
      optimizer.step();
    }
    expect(loss().item()).toBeLessThan(before);
  });

  test("refuses bad options, before anything is changed, when made and at a step", () => {
    for (const option of optionsOf(Make)) {
      for (const wrong of [...OPTIONS[option]!.wrong, NaN, Infinity, "0.1", null]) {
        const x = new Parameter([1]);
        const what = `${option}: ${String(wrong)}`;
        const error = thrown(() => new Make([x], { lr: 1, [option]: wrong }));
        expect(error, what).toBeInstanceOf(ArgumentError);
        expect(error.message, what).toContain(`${name}: ${option} is `);
        const optimizer = new Make([x], { lr: 1 });
        if (typeof optimizer.paramGroups[0]![option] === "boolean") continue;
        const good = optimizer.stateDict();
        const changed = { ...good, paramGroups: [{ ...good.paramGroups[0]!, [option]: wrong }] };
        expect(
          thrown(() => optimizer.loadStateDict(changed)),
          what,
        ).toBeInstanceOf(ArgumentError);
        expect(optimizer.stateDict()).toEqual(good);
        optimizer.paramGroups[0]![option] = wrong;
        x.grad = tensor([1]);
        expect(thrown(() => optimizer.step()).message, what).toContain(`${name}: ${option} is `);
        expect(values(x)).toEqual([1]);
      }
    }
    expect(thrown(() => new Make([new Parameter([1])], { lr: 1, lrr: 1 })).message).toContain("there is no option lrr");
  });

  test("refuses a state whose slots do not fit", () => {
    const x = new Parameter([1, 2]);
    const optimizer = new Make([x], name === "SGD" ? { lr: 0.1, momentum: 0.5 } : {});
    run(optimizer, [x], 1, 6);
    const good = optimizer.stateDict();
    const { slots } = good.state[0]!;
    expect(Object.keys(slots).length).toBeGreaterThan(0);
    for (const key of Object.keys(slots)) {
      for (const wrong of [undefined, 3, [], [...slots[key]!, 1], slots[key]!.map(() => null)]) {
        const changed = { ...good, state: [{ ...good.state[0]!, slots: { ...slots, [key]: wrong } }] };
        expect(thrown(() => optimizer.loadStateDict(changed as never))).toBeInstanceOf(ArgumentError);
        expect(optimizer.stateDict()).toEqual(good);
      }
    }
  });
});

test("gradients of micro-batches add up to the gradient of the batch", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3 }), (k, size) => {
      const x = new Generator(3).randn([k * size, 2]) as Tensor;
      const [one, two] = [new Parameter([1, -1]), new Parameter([1, -1])];
      const loss = (w: Tensor, x: Tensor): Tensor => x.mul(w).sum(1).sin().mean();
      loss(one, x).backward();
      for (let i = 0; i < k; i++) {
        loss(two, x.slice(0, { start: i * size, end: (i + 1) * size })).div(k).backward(); // prettier-ignore
      }
      for (const w of [one, two]) new optim.Adam([w], { lr: 0.1 }).step();
      values(one.grad!).forEach((g, i) => expect(values(two.grad!)[i]).toBeCloseTo(g, 14));
      values(one).forEach((w, i) => expect(values(two)[i]).toBeCloseTo(w, 13));
    }),
    RUNS,
  );
});
