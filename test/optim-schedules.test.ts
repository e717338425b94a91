import { readFileSync } from "node:fs";
import { ArgumentError, value } from "@chainrule/core";
import { Parameter } from "@chainrule/nn";
import * as optim from "@chainrule/optim";
import {
  Adam,
  ConstantLR,
  CosineAnnealingWarmRestarts,
  CyclicLR,
  ExponentialLR,
  LambdaLR,
  LBFGS,
  LinearLR,
  type LRSchedule,
  MultiplicativeLR,
  OneCycleLR,
  Optimizer,
  ReduceLROnPlateau,
  type Rule,
  type ScheduleState,
  SequentialLR,
  SGD,
  StepLR,
} from "@chainrule/optim";
import { describe, expect, test } from "vitest";

const thrown = (fn: () => unknown): Error => {
  try {
    fn();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
};

type Numbers = Record<string, unknown>;
/** A schedule as the fixture has it: its name and its options. */
type Written = [string, Numbers];
interface Fixture {
  schedules: { optimizer: "SGD" | "Adam"; schedules: Written[]; lr: number[][]; momentum: number[][] }[];
  plateaus: { metrics: number[]; cases: { options: Numbers; lr: number[][] }[] };
}
const fixture = JSON.parse(readFileSync(`${import.meta.dirname}/fixtures/torch-optim.json`, "utf8")) as Fixture;

/** The functions of torch-optim.py. */
const FUNCTIONS: Record<string, (x: number) => number> = {
  inverse: (epoch) => 1 / (1 + epoch),
  slow: (epoch) => 0.95 ** epoch,
  damp: () => 0.9,
  halve: (x) => 1 / 2 ** x,
};
const camel = (name: string): string =>
  name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()).replace(/^T/, "t");

type Made = SGD | Adam;
type Make = new (optimizer: Made, options: Numbers) => LRSchedule;
function make(optimizer: Made, [kind, written]: Written): LRSchedule {
  const options = Object.fromEntries(
    Object.entries(written).map(([name, value]) => {
      const key = camel(name);
      if (key === "schedulers") return [key, (value as Written[]).map((inner) => make(optimizer, inner))];
      if (key === "scaleFn") return [key, FUNCTIONS[value as string]];
      if (key === "lrLambda")
        return [
          key,
          Array.isArray(value) ? value.map((name) => FUNCTIONS[name as string]) : FUNCTIONS[value as string],
        ];
      return [key, value];
    }),
  );
  return new (optim as unknown as Record<string, Make>)[kind]!(optimizer, options);
}
const makeOptimizer = (kind: "SGD" | "Adam"): Made => {
  const groups = [{ params: [new Parameter([1])] }, { params: [new Parameter([2])], lr: 0.3 }];
  return kind === "SGD" ? new SGD(groups, { lr: 0.1, momentum: 0.7 }) : new Adam(groups, { lr: 0.1 });
};
const momenta = (optimizer: Made): number[] =>
  optimizer.paramGroups.map((group) => ("betas" in group ? group.betas[0] : group.momentum));
const rates = (optimizer: Made): number[] => optimizer.paramGroups.map(({ lr }) => lr);
const closeTo = (got: number, wanted: number, what: string): void =>
  expect(Math.abs(got - wanted), `${what}: ${got} for ${wanted}`).toBeLessThanOrEqual(1e-12 * Math.max(0.1, Math.abs(wanted))); // prettier-ignore

const cases = fixture.schedules.map((c, i) => ({ ...c, title: `#${i} ${JSON.stringify(c.schedules)}` }));

test.each(cases)("PyTorch's rates $title", ({ optimizer: kind, schedules, lr, momentum }) => {
  const optimizer = makeOptimizer(kind);
  const made = schedules.map((written) => make(optimizer, written));
  for (let epoch = 0; epoch <= 30; epoch++) {
    lr.forEach((wanted, i) => closeTo(rates(optimizer)[i]!, wanted[epoch]!, `group ${i} at ${epoch}`));
    momentum.forEach((wanted, i) =>
      closeTo(momenta(optimizer)[i]!, wanted[epoch] ?? wanted[0]!, `momentum at ${epoch}`),
    );
    expect(made.at(-1)!.getLastLr()).toEqual(rates(optimizer));
    expect(made.at(-1)!.lastEpoch).toBe(epoch);
    if (epoch < 30) for (const schedule of made) schedule.step();
  }
});

test("every schedule of the package is compared", () => {
  const written = JSON.stringify(fixture.schedules);
  const kinds = Object.keys(optim).filter((name) => /LR$|Restarts$/.test(name));
  expect(kinds).toHaveLength(13);
  for (const kind of kinds) expect(written).toContain(`"${kind}"`);
});

test.each(cases)("saved as JSON and loaded it goes on bit for bit $title", ({ optimizer: kind, schedules }) => {
  for (const pause of [0, 1, 7, 20]) {
    const [one, two, three] = [makeOptimizer(kind), makeOptimizer(kind), makeOptimizer(kind)];
    const [whole, before] = [one, two].map((optimizer) => schedules.map((written) => make(optimizer, written)));
    for (let epoch = 0; epoch < 30; epoch++) for (const schedule of whole!) schedule.step();
    for (let epoch = 0; epoch < pause; epoch++) for (const schedule of before!) schedule.step();
    const after = schedules.map((written) => make(three, written));
    for (const schedule of after) schedule.step();
    three.loadStateDict(JSON.parse(JSON.stringify(two.stateDict())) as never);
    after.forEach((schedule, i) =>
      schedule.loadStateDict(JSON.parse(JSON.stringify(before![i]!.stateDict())) as ScheduleState),
    );
    expect(after.map((schedule) => schedule.stateDict())).toEqual(before!.map((schedule) => schedule.stateDict()));
    for (let epoch = pause; epoch < 30; epoch++) for (const schedule of after) schedule.step();
    expect(rates(three)).toEqual(rates(one));
    expect(momenta(three)).toEqual(momenta(one));
    expect(after.map((schedule) => schedule.getLastLr())).toEqual(whole!.map((schedule) => schedule.getLastLr()));
  }
});

const plateaus = fixture.plateaus.cases.map((c) => ({ ...c, title: JSON.stringify(c.options) }));
test.each(plateaus)("PyTorch's ReduceLROnPlateau $title", ({ options, lr }) => {
  const inCamel = Object.fromEntries(Object.entries(options).map(([name, value]) => [camel(name), value]));
  const optimizer = makeOptimizer("SGD");
  let schedule = new ReduceLROnPlateau(optimizer, inCamel);
  fixture.plateaus.metrics.forEach((metric, epoch) => {
    // Each epoch in a process of its own, every second one with a tensor.
    const state = JSON.stringify(schedule.stateDict());
    schedule = new ReduceLROnPlateau(optimizer, { patience: 99 });
    schedule.loadStateDict(JSON.parse(state) as ScheduleState);
    schedule.step(epoch % 2 === 0 ? metric : value(metric));
    lr.forEach((wanted, i) => closeTo(rates(optimizer)[i]!, wanted[epoch]!, `group ${i} at ${epoch}`));
    expect(schedule.getLastLr()).toEqual(rates(optimizer));
  });
});

test("a metric of NaN is no progress", () => {
  const optimizer = makeOptimizer("SGD");
  const schedule = new ReduceLROnPlateau(optimizer, { patience: 1, factor: 0.5 });
  for (const metric of [NaN, NaN]) schedule.step(metric);
  expect(rates(optimizer)).toEqual([0.05, 0.15]);
});

test("warm restarts can be stepped within an epoch", () => {
  const optimizer = makeOptimizer("SGD");
  const schedule = new CosineAnnealingWarmRestarts(optimizer, { t0: 4, tMult: 2 });
  const rate = (share: number): number => 0.05 * (1 + Math.cos(Math.PI * share));
  for (const [epoch, share] of [[0.5, 1 / 8], [3, 3 / 4], [4, 0], [4.5, 1 / 16], [12, 0], [20, 1 / 2]] as const) {
    schedule.step(epoch);
    expect(rates(optimizer)[0]).toBeCloseTo(rate(share), 15);
  }
  expect(thrown(() => schedule.step(-1)).message).toMatchInlineSnapshot(`"CosineAnnealingWarmRestarts: epoch is a number from 0 up, got -1"`);
}); // prettier-ignore

test("a sequence may be part of a sequence", () => {
  const plain = makeOptimizer("SGD");
  const nested = makeOptimizer("SGD");
  const parts = (optimizer: Made): LRSchedule[] => [
    new ConstantLR(optimizer, { totalIters: 2 }),
    new ExponentialLR(optimizer, { gamma: 0.5 }),
    new StepLR(optimizer, { stepSize: 2 }),
  ];
  const one = new SequentialLR(plain, { schedulers: parts(plain), milestones: [3, 6] });
  const [a, b, c] = parts(nested);
  const inner = new SequentialLR(nested, { schedulers: [b!, c!], milestones: [3] });
  const two = new SequentialLR(nested, { schedulers: [a!, inner], milestones: [3] });
  for (let epoch = 0; epoch < 12; epoch++) {
    expect(rates(nested)).toEqual(rates(plain));
    for (const schedule of [one, two]) schedule.step();
  }
});

test("a schedule of LBFGS, and one of an optimizer of one's own", () => {
  const lbfgs = new LBFGS([new Parameter([1])], { lr: 0.5 });
  expect(new LinearLR(lbfgs, { startFactor: 0.5 }).getLastLr()).toEqual([0.25]);
  expect(lbfgs.paramGroups[0]!.lr).toBe(0.25);
  const rule: Rule<{ lr: number }> = {
    name: "None",
    defaults: { lr: 1 },
    check: () => undefined,
    slots: () => [],
    update() {},
  };
  const own = new Optimizer(rule, [new Parameter([1])], {});
  new ExponentialLR(own, { gamma: 0.5 }).step();
  expect(own.paramGroups[0]!.lr).toBe(0.5);
  expect(thrown(() => new OneCycleLR(own, { maxLr: 1, totalSteps: 3 })).message).toMatchInlineSnapshot(
    `"OneCycleLR: the optimizer has neither momentum nor betas; pass { cycleMomentum: false }"`,
  );
  expect(thrown(() => new CyclicLR(own, { baseLr: 1, maxLr: 2 })).message).toMatchInlineSnapshot(
    `"CyclicLR: the optimizer has neither momentum nor betas; pass { cycleMomentum: false }"`,
  );
  expect(own.paramGroups[0]!.lr).toBe(0.5);
});

test("the last step of a cycle along lines is followed by one that stays", () => {
  const optimizer = makeOptimizer("SGD");
  const schedule = new OneCycleLR(optimizer, { maxLr: 1, totalSteps: 4, annealStrategy: "linear" });
  for (let step = 0; step < 3; step++) schedule.step();
  const last = rates(optimizer);
  schedule.step();
  expect(rates(optimizer)).toEqual(last);
  expect(thrown(() => schedule.step()).message).toMatchInlineSnapshot(
    `"OneCycleLR: the cycle has 4 steps, and this is one more"`,
  );
  expect([schedule.lastEpoch, rates(optimizer)]).toEqual([4, last]);
});

test("a cycle goes down in as many steps as up, unless told otherwise", () => {
  const [left, none] = [{}, { stepSizeDown: null }].map((options) => {
    const optimizer = makeOptimizer("SGD");
    const schedule = new CyclicLR(optimizer, { baseLr: 0, maxLr: 1, stepSizeUp: 2, cycleMomentum: false, ...options });
    return Array.from({ length: 5 }, () => (schedule.step(), rates(optimizer)[0]));
  });
  expect(none).toEqual(left);
  expect(none).toEqual([0.5, 1, 0.5, 0, 0.5]);
});

describe("bad input", () => {
  const NUMBERS = [-1, NaN, Infinity, "1", null];
  const WHOLE = [...NUMBERS, 0, 1.5];
  const UNIT = [...NUMBERS, 1.5];
  /** What each option refuses, over options that are good. */
  const BAD: [string, Numbers, Record<string, unknown[]>][] = [
    ["StepLR", { stepSize: 2 }, { stepSize: [...WHOLE, undefined], gamma: NUMBERS }],
    ["MultiStepLR", { milestones: [2] }, { milestones: [3, [1.5], [-1], [NaN], undefined, null], gamma: NUMBERS }],
    ["ConstantLR", {}, { factor: [...UNIT, 0], totalIters: WHOLE }],
    ["LinearLR", {}, { startFactor: [...UNIT, 0], endFactor: UNIT, totalIters: WHOLE }],
    ["ExponentialLR", { gamma: 0.5 }, { gamma: [...NUMBERS, undefined] }],
    ["PolynomialLR", {}, { totalIters: WHOLE, power: [...NUMBERS, 0] }],
    ["CosineAnnealingLR", { tMax: 5 }, { tMax: [...WHOLE, undefined], etaMin: NUMBERS }],
    ["CosineAnnealingWarmRestarts", { t0: 5 }, { t0: [...WHOLE, undefined], tMult: WHOLE, etaMin: NUMBERS }],
    ["OneCycleLR", { maxLr: 1, totalSteps: 5 }, {
      maxLr: [...NUMBERS, undefined, [1], [1, NaN]], totalSteps: [...WHOLE, undefined], pctStart: UNIT, annealStrategy: ["step", null],
      baseMomentum: [...NUMBERS, 1, [0.5]], maxMomentum: [...NUMBERS, 1], divFactor: [...NUMBERS, 0], finalDivFactor: [...NUMBERS, 0],
      cycleMomentum: [1, null], threePhase: [1],
    }],
    ["CyclicLR", { baseLr: 0.1, maxLr: 1 }, {
      baseLr: [...NUMBERS, undefined, [1]], maxLr: [...NUMBERS, undefined], stepSizeUp: [...NUMBERS, 0], stepSizeDown: [...NUMBERS.filter((wrong) => wrong !== null), 0],
      mode: ["square"], gamma: NUMBERS, scaleFn: [3], scaleMode: ["epoch"], baseMomentum: UNIT, maxMomentum: UNIT,
    }],
    ["LambdaLR", { lrLambda: () => 1 }, { lrLambda: [undefined, 3, [() => 1], [() => 1, 3], () => NaN, () => -1] }],
    ["MultiplicativeLR", { lrLambda: () => 1 }, { lrLambda: [undefined, 3, [() => 1], [() => 1, 3]] }],
    ["ReduceLROnPlateau", {}, {
      mode: ["less"], factor: [...UNIT, 1], patience: [...NUMBERS, 1.5], threshold: NUMBERS, thresholdMode: [1], cooldown: [...NUMBERS, 1.5],
      minLr: [...NUMBERS, [1]], eps: NUMBERS,
    }],
  ]; // prettier-ignore

  test.each(BAD)("options of %s", (kind, good, bad) => {
    for (const [option, wrongs] of Object.entries({ ...bad, gama: [1] })) {
      for (const wrong of wrongs) {
        const optimizer = makeOptimizer("SGD");
        const before = optimizer.stateDict();
        const Made = (optim as unknown as Record<string, Make>)[kind]!;
        const error = thrown(() => new Made(optimizer, { ...good, [option]: wrong }));
        expect(error, `${option}: ${String(wrong)}`).toBeInstanceOf(ArgumentError);
        expect(error.message).toContain(`${kind}: `);
        expect(optimizer.stateDict()).toEqual(before);
      }
    }
    for (const wrong of [undefined, null, {}, { paramGroups: [{ lr: "0.1" }] }]) {
      const Made = (optim as unknown as Record<string, Make>)[kind]!;
      expect(thrown(() => new Made(wrong as never, good))).toBeInstanceOf(ArgumentError);
    }
  });

  test("messages", () => {
    const optimizer = makeOptimizer("SGD");
    const messages = [
      () => new StepLR(optimizer, {} as never),
      () => new StepLR(optimizer, { stepSize: 3, gama: 0.1 } as never),
      () => new StepLR([] as never, { stepSize: 3 }),
      () => new LambdaLR(optimizer, { lrLambda: () => NaN }),
      () => new LambdaLR(optimizer, { lrLambda: [() => 1] }),
      () => new LambdaLR(optimizer, {} as never),
      () => new OneCycleLR(optimizer, { maxLr: 1 }),
      () => new OneCycleLR(optimizer, { maxLr: 1, epochs: 0, stepsPerEpoch: 1 }),
      () => new OneCycleLR(optimizer, { maxLr: [1], totalSteps: 3 }),
      () => new CyclicLR(optimizer, { baseLr: 0.1, maxLr: [1, NaN] }),
      () => new CyclicLR(optimizer, { baseLr: 0.1, maxLr: 1, mode: "square" as never }),
      () => new ReduceLROnPlateau(optimizer, { factor: 1 }),
      () => new ReduceLROnPlateau(optimizer).step("0.1" as never),
    ].map((fn) => thrown(fn).message);
    expect(messages.join("\n")).toMatchInlineSnapshot(`
      "StepLR: stepSize is a whole number from 1 up, and must be given
      StepLR: there is no option gama; did you mean gamma? options are stepSize, gamma
      StepLR: needs an optimizer whose groups have an lr
      LambdaLR: the rate of group 0 at epoch 0 would be NaN
      LambdaLR: lrLambda has 1 values for 2 groups
      LambdaLR: lrLambda is a function, or a list of functions
      OneCycleLR: needs totalSteps, or epochs and stepsPerEpoch; epochs is a whole number from 1 up, got undefined
      OneCycleLR: needs totalSteps, or epochs and stepsPerEpoch; epochs is a whole number from 1 up, got 0
      OneCycleLR: maxLr has 1 values for 2 groups
      CyclicLR: maxLr is a number from 0 up, or a list of them, got [1, NaN]
      CyclicLR: mode is "triangular" or "triangular2" or "exp_range", got "square"
      ReduceLROnPlateau: factor is a number in [0, 1), got 1
      ReduceLROnPlateau: step takes the metric, a number or a tensor of one element; got "0.1""
    `);
  });

  test("sequences", () => {
    const optimizer = makeOptimizer("SGD");
    const [a, b] = [new StepLR(optimizer, { stepSize: 3 }), new StepLR(optimizer, { stepSize: 3 })];
    const other = new StepLR(makeOptimizer("SGD"), { stepSize: 3 });
    const plateau = new ReduceLROnPlateau(optimizer) as never;
    const messages = [
      undefined as never,
      { schedulers: [], milestones: [] },
      { schedulers: [a, other], milestones: [3] },
      { schedulers: [a, plateau], milestones: [3] },
      { schedulers: [a, b], milestones: [] },
      { schedulers: [a, b], milestones: [0] },
      { schedulers: [a, b, a], milestones: [5, 5] },
      { schedulers: [a, b], milestones: [NaN] },
    ].map((options) => {
      const error = thrown(() => new SequentialLR(optimizer, options));
      expect(error).toBeInstanceOf(ArgumentError);
      return error.message;
    });
    expect(messages.join("\n")).toMatchInlineSnapshot(`
      "SequentialLR: schedulers is a list of at least one schedule
      SequentialLR: schedulers is a list of at least one schedule
      SequentialLR: schedule 1 is of another optimizer
      SequentialLR: schedule 1 cannot be part of a sequence
      SequentialLR: 2 schedules need 1 growing milestones from 1 up, got []
      SequentialLR: 2 schedules need 1 growing milestones from 1 up, got [0]
      SequentialLR: 3 schedules need 2 growing milestones from 1 up, got [5, 5]
      SequentialLR: 2 schedules need 1 growing milestones from 1 up, got [NaN]"
    `);
  });

  test("a function that fails later changes nothing", () => {
    const optimizer = makeOptimizer("SGD");
    const schedule = new MultiplicativeLR(optimizer, { lrLambda: [() => 0.5, (epoch) => (epoch < 2 ? 0.5 : NaN)] });
    schedule.step();
    const before = [rates(optimizer), schedule.stateDict()];
    expect(thrown(() => schedule.step()).message).toMatchInlineSnapshot(
      `"MultiplicativeLR: the rate of group 1 at epoch 2 would be NaN"`,
    );
    expect([rates(optimizer), schedule.stateDict()]).toEqual(before);
  });

  test("a group that comes after the schedule", () => {
    const optimizer = makeOptimizer("SGD");
    const schedules = [new StepLR(optimizer, { stepSize: 3 }), new ReduceLROnPlateau(optimizer)];
    (optimizer as SGD).addParamGroup({ params: [new Parameter([3])] });
    const messages = schedules.map((schedule) => thrown(() => schedule.step(1)).message);
    expect(messages.join("\n")).toMatchInlineSnapshot(`
      "StepLR: was made for 2 groups and there are 3; make schedules last
      ReduceLROnPlateau: was made for 2 groups and there are 3; make schedules last"
    `);
  });

  test("a state that does not fit changes nothing", () => {
    for (const written of [
      ...fixture.schedules.flatMap(({ schedules }) => schedules),
      ["ReduceLROnPlateau", {}] as Written,
    ]) {
      const optimizer = makeOptimizer("SGD");
      const schedule = make(optimizer, written);
      (schedule as { step(metric: number): void }).step(1);
      const good = schedule.stateDict();
      const { options } = good as { options?: Numbers };
      const wrong: unknown[] = [
        null,
        3,
        { ...good, schedule: "NoLR" },
        { schedule: good.schedule },
        { ...good, lastEpoch: -1 },
        { ...good, lastEpoch: null },
        { ...good, lastLr: [0.1] },
        { ...good, lastLr: [0.1, null] },
        ...(options === undefined ? [] : [{ ...good, options: null }, { ...good, options: { ...options, other: 1 } }]),
        ...Object.keys(options ?? {}).filter((key) => key !== "scaleFn").map((key) => ({ ...good, options: { ...options, [key]: null } })),
        ...("schedulers" in good ? [{ ...good, schedulers: [] }, { ...good, milestones: [0] }, { ...good, schedulers: [good.schedulers, null] }] : []),
        ...("baseLrs" in good ? [{ ...good, baseLrs: [1] }] : []),
      ]; // prettier-ignore
      for (const state of wrong) {
        expect(
          thrown(() => schedule.loadStateDict(state as ScheduleState)),
          JSON.stringify(state),
        ).toBeInstanceOf(ArgumentError);
        expect(schedule.stateDict()).toEqual(good);
      }
    }
  });
});
