import { readFileSync } from "node:fs";
import { ArgumentError, type Tensor, tensor, type Value } from "@chainrule/core";
import { Parameter } from "@chainrule/nn";
import { LBFGS, type LBFGSOptions } from "@chainrule/optim";
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
  at: number[];
  lbfgs: {
    data: number[][];
    labels: number[];
    cases: {
      loss: string;
      start: number[][];
      options: Record<string, unknown>;
      steps: number[][];
      /** How far PyTorch's own steps move when the start is off by one unit in the last place. */
      noise: number[];
      nIter: number;
      funcEvals: number;
    }[];
  };
}
const { at, lbfgs } = JSON.parse(readFileSync(`${import.meta.dirname}/fixtures/torch-optim.json`, "utf8")) as Fixture;

const data = tensor(lbfgs.data as never) as Tensor;
const labels = tensor(lbfgs.labels as never) as Tensor;
/** The losses of torch-optim.py. */
const losses: Record<string, (x: Tensor, y: Tensor) => Value> = {
  rosenbrock: (x, y) => y.sub(x.square()).square().mul(100).add(x.neg().add(1).square()).sum(),
  hinge: (x, y) =>
    x.square().add(1e-4).sqrt().sum().add(x.sub(1).square().sum().mul(0.1)).add(y.square().add(1e-4).sqrt().sum()),
  logistic(x, y) {
    const z = data.matmul(x).add(y.sum()) as Tensor;
    const fit = labels.mul(z).neg().softplus().mean();
    return fit.add(x.square().sum().mul(0.05)).add(y.square().sum().mul(0.02));
  },
};

const camel = (name: string): string => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
const inCamel = (options: Record<string, unknown>): Partial<LBFGSOptions> =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [camel(name), value === "strong_wolfe" ? "strongWolfe" : value]),
  );
const closureOf =
  (optimizer: LBFGS, loss: (x: Tensor, y: Tensor) => Value, [x, y]: Tensor[]) =>
  (): Value => {
    optimizer.zeroGrad();
    const value = loss(x!, y!);
    value.backward();
    return value;
  };

test.each(lbfgs.cases.map((c, i) => ({ ...c, title: `#${i} ${c.loss} ${JSON.stringify(c.options)}` })))(
  "PyTorch's LBFGS $title",
  ({ loss, start, options, steps, noise, nIter, funcEvals }) => {
    const parameters = start.map((data) => new Parameter(data) as Parameter);
    const optimizer = new LBFGS(parameters, inCamel(options));
    const closure = closureOf(optimizer, losses[loss]!, parameters);
    for (let t = 1; t <= 20; t++) {
      const got = [optimizer.step(closure).item(), ...parameters.flatMap(values)];
      const place = at.indexOf(t);
      const limit = Math.max(1e-12, 10 * (noise[place] ?? 0));
      steps[place]?.forEach((w, i) => {
        const far = Math.abs(got[i]! - w) / Math.max(1, Math.abs(w));
        expect(far, `step ${t}: ${got[i]} for ${w}`).toBeLessThanOrEqual(limit);
      });
    }
    expect(optimizer.stateDict().state).toMatchObject({ nIter, funcEvals });
  },
);

const choices: fc.Arbitrary<Partial<LBFGSOptions>> = fc.record({
  lr: fc.constantFrom(1, 0.5, 0.125),
  maxIter: fc.integer({ min: 1, max: 4 }),
  historySize: fc.integer({ min: 1, max: 4 }),
  lineSearchFn: fc.constantFrom("strongWolfe" as const, null),
});
const makeParameters = (): Parameter[] => [new Parameter([0.5, -1, 2]), new Parameter([0.25])];

test("a run that is saved as JSON and loaded goes on bit for bit", () => {
  fc.assert(
    fc.property(choices, choices, fc.integer({ min: 0, max: 4 }), (options, others, pause) => {
      const [one, two] = [makeParameters(), makeParameters()];
      const whole = new LBFGS(one, options);
      for (let t = 0; t < 6; t++) whole.step(closureOf(whole, losses["logistic"]!, one));
      const before = new LBFGS(two, options);
      for (let t = 0; t < pause; t++) before.step(closureOf(before, losses["logistic"]!, two));
      const after = new LBFGS(two, others);
      after.loadStateDict(JSON.parse(JSON.stringify(before.stateDict())) as never);
      expect(after.stateDict()).toEqual(before.stateDict());
      for (let t = pause; t < 6; t++) after.step(closureOf(after, losses["logistic"]!, two));
      expect(one.map(values)).toEqual(two.map(values));
    }),
    { numRuns: 40 },
  );
});

test("finds the bottom of Rosenbrock's valley in one step", () => {
  const parameters = [new Parameter([-1.2]), new Parameter([1])];
  const optimizer = new LBFGS(parameters, { lineSearchFn: "strongWolfe", maxIter: 100, toleranceChange: 0 });
  const first = optimizer.step(closureOf(optimizer, losses["rosenbrock"]!, parameters));
  expect(first.item()).toBeCloseTo(24.2, 12);
  parameters.flatMap(values).forEach((x) => expect(x).toBeCloseTo(1, 7));
});

test("no gradient counts as zeros, and a closure may return a number", () => {
  const [x, y] = [new Parameter([2, 3]), new Parameter([[1]])];
  const optimizer = new LBFGS([x, y]);
  const loss = optimizer.step(() => {
    optimizer.zeroGrad();
    const loss = x.square().sum();
    loss.backward();
    return loss.item();
  });
  expect(loss).toBe(13);
  expect(y.toArray()).toEqual([[1]]);
  values(x).forEach((v) => expect(v).toBeCloseTo(0, 6));
});

test("float32 parameters stay so", () => {
  const x = new Parameter([2, 3], { dtype: "float32" });
  const optimizer = new LBFGS([x], { lineSearchFn: "strongWolfe" });
  optimizer.step(() => {
    optimizer.zeroGrad();
    const loss = x.sub(1).square().sum();
    loss.backward();
    return loss;
  });
  expect(x.dtype).toBe("float32");
  values(x).forEach((v) => expect(v).toBeCloseTo(1, 5));
});

test("a closure that throws leaves parameters and memory as they were", () => {
  for (const lineSearchFn of ["strongWolfe", null] as const) {
    const parameters = makeParameters();
    const optimizer = new LBFGS(parameters, { lineSearchFn });
    const closure = closureOf(optimizer, losses["logistic"]!, parameters);
    optimizer.paramGroups[0]!.maxIter = 2;
    optimizer.step(closure);
    optimizer.paramGroups[0]!.maxIter = 20;
    const [before, state] = [parameters.map(values), optimizer.stateDict()];
    let calls = 0;
    const failing = (): Value => {
      if (++calls === 3) throw new RangeError("no more data");
      return closure();
    };
    expect(thrown(() => optimizer.step(failing))).toBeInstanceOf(RangeError);
    expect(calls).toBe(3);
    expect(parameters.map(values)).toEqual(before);
    expect(optimizer.stateDict()).toEqual(state);
  }
});

describe("bad input", () => {
  const make = (options: object, params: unknown = makeParameters()): LBFGS => new LBFGS(params as Tensor[], options);

  test("options", () => {
    const bad = [
      { lr: -1 },
      { lr: NaN },
      { maxIter: 0 },
      { maxIter: 1.5 },
      { maxEval: 0 },
      { toleranceGrad: -1 },
      { toleranceChange: NaN },
      { historySize: 0 },
      { lineSearchFn: "armijo" },
      { momentum: 0.9 },
    ];
    const messages = bad.map((options) => {
      const error = thrown(() => make(options));
      expect(error).toBeInstanceOf(ArgumentError);
      return error.message;
    });
    expect(messages.join("\n")).toMatchInlineSnapshot(`
      "LBFGS: lr is a number from 0 up, got -1
      LBFGS: lr is a number from 0 up, got NaN
      LBFGS: maxIter is a whole number from 1 up, got 0
      LBFGS: maxIter is a whole number from 1 up, got 1.5
      LBFGS: maxEval is a whole number from 1 up, got 0
      LBFGS: toleranceGrad is a number from 0 up, got -1
      LBFGS: toleranceChange is a number from 0 up, got NaN
      LBFGS: historySize is a whole number from 1 up, got 0
      LBFGS: lineSearchFn is "strongWolfe" or null, got "armijo"
      LBFGS: there is no option momentum; options are lr, maxIter, maxEval, toleranceGrad, toleranceChange, historySize, lineSearchFn"
    `);
    const optimizer = make({});
    optimizer.paramGroups[0]!.lr = -1;
    expect(thrown(() => optimizer.step(() => 0)).message).toMatchInlineSnapshot(
      `"LBFGS: lr is a number from 0 up, got -1"`,
    );
    expect(make({ maxIter: 7 }).paramGroups[0]).toMatchObject({ maxIter: 7, maxEval: 8 });
  });

  test("parameters and closures", () => {
    const [x, y] = makeParameters();
    expect(thrown(() => make({}, [])).message).toMatchInlineSnapshot(
      `"LBFGS: needs at least one parameter, got none; a module finds leaves that require grad in its properties, neither results of operations nor what is in #private fields"`,
    );
    expect(thrown(() => make({}, [x, x])).message).toMatchInlineSnapshot(
      `"LBFGS: parameter 1 [3] comes twice; each parameter is updated once a step"`,
    );
    expect(thrown(() => make({}, [{ params: [x] }, { params: [y] }])).message).toMatchInlineSnapshot(
      `"LBFGS: all parameters form one group, got 2; put them into one list"`,
    );
    expect(make({}, [{ params: [x], lr: 0.5 }]).paramGroups[0]!.lr).toBe(0.5);
    const optimizer = make({}, [x]);
    expect(thrown(() => optimizer.step(undefined as never)).message).toMatchInlineSnapshot(
      `"LBFGS: step takes a function that computes the loss, calls backward() and returns the loss"`,
    );
    expect(thrown(() => optimizer.step(() => undefined as never)).message).toMatchInlineSnapshot(
      `"LBFGS: the closure returns the loss, a number or a tensor of one element; got undefined"`,
    );
    expect(thrown(() => optimizer.step(() => x as Tensor)).message).toMatchInlineSnapshot(
      `"item: needs exactly one element, got [3]; use toArray()"`,
    );
  });

  test("a state that does not fit changes nothing", () => {
    const parameters = makeParameters();
    const optimizer = make({ maxIter: 3, lr: 0.5 }, parameters);
    optimizer.step(closureOf(optimizer, losses["logistic"]!, parameters));
    const good = optimizer.stateDict();
    const { state } = good;
    const [change] = state.changes;
    const bad: [string, unknown][] = [
      ["nothing", null],
      ["another optimizer's", { ...good, optimizer: "SGD" }],
      ["cut short", { optimizer: "LBFGS", paramGroups: good.paramGroups }],
      ["no groups", { ...good, paramGroups: [] }],
      ["a bad option", { ...good, paramGroups: [{ ...good.paramGroups[0], lr: -1 }] }],
      ["an option too few", { ...good, paramGroups: [{ params: [0, 1] }] }],
      ["other shapes", { ...good, state: { ...state, shapes: [[4]] } }],
      ["a direction cut short", { ...good, state: { ...state, direction: [1] } }],
      ["a change that JSON has lost", { ...good, state: { ...state, changes: [{ ...change, y: [null, 1, 1, 1] }] } }],
      ["no change", { ...good, state: { ...state, changes: [null] } }],
      ["no changes", { ...good, state: { ...state, changes: undefined } }],
      ["no count", { ...good, state: { ...state, nIter: -1 } }],
      ["no length", { ...good, state: { ...state, t: null } }],
    ];
    const messages = bad.map(([what, wrong]) => {
      const error = thrown(() => optimizer.loadStateDict(wrong as never));
      expect(error, what).toBeInstanceOf(ArgumentError);
      expect(optimizer.stateDict()).toEqual(good);
      return `${what}: ${error.message}`;
    });
    expect(messages.join("\n")).toMatchInlineSnapshot(`
      "nothing: loadStateDict: needs a record such as stateDict() returns
      another optimizer's: loadStateDict: the state is of SGD, expected LBFGS
      cut short: loadStateDict: the state is cut short
      no groups: loadStateDict: the state is cut short
      a bad option: loadStateDict: group 0: lr is a number from 0 up, got -1
      an option too few: loadStateDict: group 0 has options , expected lr, maxIter, maxEval, toleranceGrad, toleranceChange, historySize, lineSearchFn
      other shapes: loadStateDict: the parameters are [[4]], expected [[3],[1]]
      a direction cut short: loadStateDict: direction holds no list of 4 numbers
      a change that JSON has lost: loadStateDict: y holds null, as JSON writes ∞ and NaN; saveCheckpoint of @chainrule/data keeps them
      no change: loadStateDict: y holds no list of 4 numbers
      no changes: loadStateDict: the state is cut short
      no count: loadStateDict: nIter is no whole number from 0 up
      no length: loadStateDict: t is no number"
    `);
  });
});
