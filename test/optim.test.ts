import { readFileSync } from "node:fs";
import {
  ArgumentError,
  detectAnomaly,
  fromTypedArray,
  Generator,
  GraphError,
  ShapeError,
  type Tensor,
  tensor,
  type TypedArray,
  value,
  zeros,
} from "@chainrule/core";
import { Linear, Parameter, sequential } from "@chainrule/nn";
import { Optimizer, type Rule, SGD, type SGDOptions } from "@chainrule/optim";
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

// --- the same as PyTorch, step for step

type Nested = number | Nested[];
type Named<T> = Record<string, T>;
interface TorchOptions {
  lr: number;
  momentum: number;
  dampening: number;
  nesterov: boolean;
  weight_decay: number;
  maximize: boolean;
}
interface Fixture {
  start: Named<Nested>;
  gradients: Named<Nested | null>[];
  cases: {
    options: TorchOptions;
    groups: { params: string[]; options: Partial<TorchOptions> }[];
    steps: Named<Nested>[];
    momentumBuffers: Named<Nested | null>;
  }[];
}
const fixture = JSON.parse(readFileSync(`${import.meta.dirname}/fixtures/torch-sgd.json`, "utf8")) as Fixture;

const camel = ({ weight_decay, ...options }: Partial<TorchOptions>): Partial<SGDOptions> =>
  weight_decay === undefined ? options : { ...options, weightDecay: weight_decay };
const flat = (x: Nested): number[] => ([x] as unknown[]).flat(Infinity) as number[];

test.each(fixture.cases.map((c, i) => ({ ...c, title: `#${i} ${JSON.stringify(c.options)} in ${c.groups.length}` })))(
  "PyTorch's SGD $title",
  ({ options, groups, steps, momentumBuffers }) => {
    const parameters = Object.fromEntries(
      Object.entries(fixture.start).map(([name, data]) => [name, new Parameter(data as never) as Parameter]),
    );
    const optimizer = new SGD(
      groups.map((group) => ({ ...camel(group.options), params: group.params.map((name) => parameters[name]!) })),
      camel(options) as SGDOptions,
    );
    steps.forEach((expected, step) => {
      for (const [name, x] of Object.entries(parameters)) {
        const gradient = fixture.gradients[step]![name]!;
        x.grad = gradient === null ? null : tensor(gradient as never);
      }
      optimizer.step();
      for (const [name, x] of Object.entries(parameters)) {
        flat(expected[name]!).forEach((y, i) => expect(values(x)[i]).toBeCloseTo(y, 14));
      }
    });
    const { state } = optimizer.stateDict();
    Object.entries(momentumBuffers).forEach(([name, buffer]) => {
      const index = groups.flatMap((group) => group.params).indexOf(name);
      const got = state[index]!.slots["momentumBuffer"];
      if (buffer === null) expect(got).toBeUndefined();
      else flat(buffer).forEach((y, i) => expect(got![i]).toBeCloseTo(y, 14));
    });
  },
);

// --- laws

const number = fc.integer({ min: -4096, max: 4096 }).map((n) => n / 1024);
const positive = fc.integer({ min: 1, max: 1024 }).map((n) => n / 1024);
const options: fc.Arbitrary<SGDOptions> = fc
  .record({
    lr: positive,
    momentum: fc.oneof(fc.constant(0), positive),
    dampening: fc.oneof(fc.constant(0), number),
    nesterov: fc.boolean(),
    weightDecay: fc.oneof(fc.constant(0), positive),
    maximize: fc.boolean(),
  })
  .map((o) => (o.nesterov && (o.momentum === 0 || o.dampening !== 0) ? { ...o, nesterov: false } : o));
const shapes = fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }), { minLength: 1, maxLength: 4 });

const makeParameters = (shapes: number[][], seed: number): Parameter[] => {
  const generator = new Generator(seed);
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
const run = (optimizer: SGD, parameters: readonly Tensor[], from: number, to: number): void => {
  for (let step = from; step < to; step++) {
    setGradients(parameters, step);
    optimizer.step();
  }
};

/** PyTorch's rule, for one number: what the kernel must do to each element. */
class OneNumber {
  private buffer: number | null = null;
  x: number;
  constructor(x: number) {
    this.x = x;
  }
  step(gradient: number, o: SGDOptions): void {
    let g = o.maximize ? -gradient : gradient;
    if (o.weightDecay !== 0) g = g + o.weightDecay * this.x;
    if (o.momentum !== 0) {
      this.buffer = this.buffer === null ? g : o.momentum * this.buffer + (1 - o.dampening) * g;
      g = o.nesterov ? g + o.momentum * this.buffer : this.buffer;
    }
    this.x = this.x - o.lr * g;
  }
  /** To float32, as both are kept there. */
  round(): void {
    this.x = Math.fround(this.x);
    if (this.buffer !== null) this.buffer = Math.fround(this.buffer);
  }
}

describe("SGD", () => {
  test("does to every element what the rule does to a number, bit for bit", () => {
    fc.assert(
      fc.property(options, shapes, fc.nat(100), (options, shapes, seed) => {
        const parameters = makeParameters(shapes, seed);
        const optimizer = new SGD(parameters, options);
        const expected = parameters.map((x) => values(x).map((v) => new OneNumber(v)));
        for (let step = 0; step < 4; step++) {
          setGradients(parameters, step);
          parameters.forEach((x, i) => {
            const { grad } = x;
            if (grad !== null) values(grad).forEach((g, k) => expected[i]![k]!.step(g, options));
          });
          optimizer.step();
        }
        expect(parameters.map(values)).toEqual(expected.map((numbers) => numbers.map(({ x }) => x)));
      }),
    );
  });

  test("views as gradients are as good as copies", () => {
    fc.assert(
      fc.property(options, (options) => {
        const generator = new Generator(1);
        const whole = generator.randn([4, 6]) as Tensor;
        const views: Tensor[] = [
          whole.transpose().slice(0, { start: 1, end: 4 }),
          whole.slice(1, { start: 5, end: 0, step: -2 }).slice(0, { start: 1 }),
          whole.select(0, 2),
          whole.sum().broadcastTo([2, 2]),
          whole.select(0, 1).select(0, 3),
        ];
        const results = [(x: Tensor) => x, (x: Tensor) => tensor(x)].map((form) => {
          const parameters = views.map((view) => new Parameter(zeros(view.shape) as Tensor));
          const optimizer = new SGD(parameters, options);
          for (let step = 0; step < 2; step++) {
            parameters.forEach((x, i) => (x.grad = form(views[i]!)));
            optimizer.step();
          }
          return parameters.map(values);
        });
        expect(results[0]).toEqual(results[1]);
      }),
    );
  });

  test("how parameters are grouped does not matter while options are the same", () => {
    fc.assert(
      fc.property(options, shapes, fc.nat(4), (options, shapes, cut) => {
        const [one, two] = [makeParameters(shapes, 3), makeParameters(shapes, 3)];
        run(new SGD(one, options), one, 0, 3);
        const groups = [two.slice(0, cut), two.slice(cut)].filter((params) => params.length > 0);
        const { lr, ...rest } = options;
        run(new SGD(groups.map((params) => ({ params, ...rest })), { lr }), two, 0, 3); // prettier-ignore
        expect(one.map(values)).toEqual(two.map(values));
      }),
    );
  });

  test("a run that is saved as JSON and loaded goes on as if nothing had happened", () => {
    fc.assert(
      fc.property(options, options, shapes, fc.integer({ min: 0, max: 4 }), (options, others, shapes, pause) => {
        const [one, two] = [makeParameters(shapes, 5), makeParameters(shapes, 5)];
        run(new SGD(one, options), one, 0, 6);
        const before = new SGD(two, options);
        run(before, two, 0, pause);
        const after = new SGD(two, others);
        after.loadStateDict(JSON.parse(JSON.stringify(before.stateDict())) as never);
        expect(after.stateDict()).toEqual(before.stateDict());
        run(after, two, pause, 6);
        expect(one.map(values)).toEqual(two.map(values));
      }),
    );
  });

  test("float32 parameters are rounded once a step", () => {
    fc.assert(
      fc.property(options, number, number, (options, x, g) => {
        const parameter = new Parameter([x], { dtype: "float32" });
        const optimizer = new SGD([parameter], options);
        const expected = new OneNumber(x);
        for (let step = 0; step < 3; step++) {
          parameter.grad = tensor([g], { dtype: "float32" });
          expected.step(g, options);
          expected.round();
          optimizer.step();
          expect(parameter.dtype).toBe("float32");
          expect(parameter.toArray()).toEqual([expected.x]);
        }
      }),
    );
  });

  test("a closure is called before the update, and its result returned", () => {
    const x = new Parameter([3]);
    const optimizer = new SGD([x], { lr: 0.5 });
    const loss = optimizer.step(() => {
      optimizer.zeroGrad();
      const loss = x.square().sum();
      loss.backward();
      return loss.item();
    });
    expect([loss, values(x)]).toEqual([9, [0]]);
    expect(thrown(() => optimizer.step(() => JSON.parse("{")))).toBeInstanceOf(SyntaxError);
    expect(thrown(() => optimizer.step(5 as never))).toMatchInlineSnapshot(
      `[ArgumentError: SGD: step takes nothing, or a function that computes the loss]`,
    );
    expect(values(x)).toEqual([0]);
  });
  test("takes values and plain leaves, and minimises", () => {
    const x = value(2, { requiresGrad: true });
    const optimizer = new SGD([x], { lr: 0.1, momentum: 0.5 });
    for (let i = 0; i < 200; i++) {
      optimizer.zeroGrad();
      x.sub(3).square().backward();
      optimizer.step();
    }
    expect(x.item()).toBeCloseTo(3, 10);
    expect(x.mul(2).item()).toBeCloseTo(6, 10);
    optimizer.zeroGrad();
    expect(x.grad).toBeNull();
  });

  test("options changed between steps are heeded", () => {
    const x = new Parameter([1]);
    const optimizer = new SGD([x], { lr: 1 });
    x.grad = tensor([1]);
    optimizer.step();
    optimizer.paramGroups[0]!.lr = 0.25;
    optimizer.step();
    expect(x.toArray()).toEqual([-0.25]);
    optimizer.paramGroups[0]!.momentum = 0.5;
    optimizer.paramGroups[0]!.dampening = 0.5;
    optimizer.step(); // the buffer begins as the gradient
    expect(x.toArray()).toEqual([-0.5]);
    optimizer.paramGroups[0]!.lr = NaN;
    expect(thrown(() => optimizer.step()).message).toMatchInlineSnapshot(`"SGD: lr is a number from 0 up, got NaN"`);
    expect(x.toArray()).toEqual([-0.5]);
  });

  test("a step is seen by graphs that have used the parameter, and not by views and copies", () => {
    const x = new Parameter([1, 2]);
    const [view, copy] = [x.detach(), tensor(x)];
    const loss = x.square().sum();
    loss.backward();
    const again = x.square().sum();
    new SGD([x], { lr: 1 }).step();
    expect([values(x), values(view), values(copy)]).toEqual([[-1, -2], [1, 2], [1, 2]]); // prettier-ignore
    expect(thrown(() => again.backward())).toBeInstanceOf(GraphError);
  });

  test("a group added later counts", () => {
    const [a, b] = [new Parameter([1]), new Parameter([1])];
    const optimizer = new SGD([a], { lr: 1 });
    optimizer.addParamGroup({ params: [b], lr: 0.5 });
    a.grad = b.grad = tensor([1]);
    optimizer.step();
    expect([...values(a), ...values(b)]).toEqual([0, 0.5]);
    expect(optimizer.paramGroups.map(({ lr }) => lr)).toEqual([1, 0.5]);
  });
});

describe("bad input", () => {
  const x = (): Parameter<[2]> => new Parameter([1, 2]);
  const sgd = (params: unknown, options: object = {}) => new SGD(params as Tensor[], { lr: 0.1, ...options });

  test("options, be they the optimizer's or a group's", () => {
    const bad = [
      { lr: -0.1 },
      { lr: NaN },
      { lr: Infinity },
      { lr: "0.1" },
      { momentum: -1 },
      { momentum: NaN },
      { weightDecay: -1e-9 },
      { weightDecay: NaN },
      { dampening: NaN },
      { nesterov: true },
      { nesterov: true, momentum: 0.9, dampening: 0.1 },
      { momentun: 0.9 },
    ];
    const messages = bad.map((options) => {
      const error = thrown(() => sgd([x()], options));
      expect(error).toBeInstanceOf(ArgumentError);
      expect(thrown(() => sgd([{ params: [x()], ...options }])).message).toBe(error.message);
      return error.message;
    });
    expect(messages.join("\n")).toMatchInlineSnapshot(`
      "SGD: lr is a number from 0 up, got -0.1
      SGD: lr is a number from 0 up, got NaN
      SGD: lr is a number from 0 up, got Infinity
      SGD: lr is a number from 0 up, got "0.1"
      SGD: momentum is a number from 0 up, got -1
      SGD: momentum is a number from 0 up, got NaN
      SGD: weightDecay is a number from 0 up, got -1e-9
      SGD: weightDecay is a number from 0 up, got NaN
      SGD: dampening is a finite number, got NaN
      SGD: nesterov needs a momentum above 0 and no dampening, got momentum 0 and dampening 0
      SGD: nesterov needs a momentum above 0 and no dampening, got momentum 0.9 and dampening 0.1
      SGD: there is no option momentun; did you mean momentum? options are lr, momentum, dampening, nesterov, weightDecay, maximize"
    `);
    expect(thrown(() => new SGD([x()], 0.1 as never)).message).toMatchInlineSnapshot(
      `"SGD: options are an object such as { lr: … }, got 0.1"`,
    );
    expect(thrown(() => new SGD([x()], {} as never)).message).toMatchInlineSnapshot(
      `"SGD: lr is a number from 0 up, and must be given"`,
    );
  });

  test("parameters", () => {
    const [p, q] = [x(), x()];
    expect(thrown(() => sgd([])).message).toMatchInlineSnapshot(
      `"SGD: needs at least one parameter, got none; a module finds leaves that require grad in its properties, neither results of operations nor what is in #private fields"`,
    );
    expect(thrown(() => sgd([{ params: [p] }, { params: [] }])).message).toMatchInlineSnapshot(
      `"SGD: needs at least one parameter, group 1 has none; a module finds leaves that require grad in its properties, neither results of operations nor what is in #private fields"`,
    );
    expect(thrown(() => sgd(p)).message).toMatchInlineSnapshot(
      `"SGD: parameters come as a list of tensors or of groups { params }; of a model pass model.parameters()"`,
    );
    expect(thrown(() => sgd(new Linear(2, 1))).message).toMatchInlineSnapshot(
      `"SGD: parameters come as a list of tensors or of groups { params }; of a model pass model.parameters()"`,
    );
    expect(thrown(() => sgd([p, { params: [q] }])).message).toMatchInlineSnapshot(
      `"SGD: got tensors and groups in one list; put the tensors into a group"`,
    );
    expect(thrown(() => sgd([p, q, p])).message).toMatchInlineSnapshot(
      `"SGD: parameter 2 [2] comes twice; each parameter is updated once a step"`,
    );
    expect(thrown(() => sgd([{ params: [p, q] }, { params: [q] }])).message).toMatchInlineSnapshot(
      `"SGD: parameter 0 [2] comes twice; each parameter is updated once a step"`,
    );
    expect(thrown(() => sgd([p, 3])).message).toMatchInlineSnapshot(
      `"SGD: parameter 1 is no tensor but 3; of a model pass model.parameters()"`,
    );
    expect(thrown(() => sgd([{ params: 3 }])).message).toMatchInlineSnapshot(
      `"SGD: the params of a group are a list of tensors; of a model pass model.parameters()"`,
    );
    expect(thrown(() => sgd([{ parameters: [p] }])).message).toMatchInlineSnapshot(
      `"SGD: parameter 0 is no tensor but an object; of a model pass model.parameters()"`,
    );
    expect(thrown(() => sgd([tensor([1])])).message).toMatchInlineSnapshot(
      `"SGD: parameter 0 [1] requires no grad; leave it out, as parameters().filter((x) => x.requiresGrad) does, or make it a Parameter or a leaf with { requiresGrad: true }"`,
    );
    expect(thrown(() => sgd([p, q.mul(2)])).message).toMatchInlineSnapshot(
      `"SGD: parameter 1 [2] was made by mul; only leaves are optimised"`,
    );
    const model = sequential(new Linear(2, 3), new Linear(3, 1));
    const named = [...model.parameters(), model.layers[1].weight];
    expect(thrown(() => sgd(named)).message).toMatchInlineSnapshot(
      `"SGD: parameter 1.weight [1,3] comes twice; each parameter is updated once a step"`,
    );
  });

  test("a group that cannot be added leaves the optimizer as it was", () => {
    const [p, q] = [x(), x()];
    const optimizer = sgd([p]);
    expect(thrown(() => optimizer.addParamGroup({ params: [q, p] })).message).toMatchInlineSnapshot(
      `"SGD: parameter 1 [2] comes twice; each parameter is updated once a step"`,
    );
    expect(thrown(() => optimizer.addParamGroup({ params: [q], lr: -1 })).message).toMatchInlineSnapshot(
      `"SGD: lr is a number from 0 up, got -1"`,
    );
    expect(optimizer.paramGroups).toHaveLength(1);
    q.grad = tensor([1, 1]);
    optimizer.step();
    expect(values(q)).toEqual([1, 2]);
  });

  test("a gradient of another shape stops the step before anything is changed", () => {
    const [p, q] = [x(), x()];
    const optimizer = sgd([p, q]);
    p.grad = tensor([1, 1]);
    q.grad = tensor([[1, 1]]) as never;
    const error = thrown(() => optimizer.step());
    expect(error).toBeInstanceOf(ShapeError);
    expect(error.message).toMatchInlineSnapshot(`"SGD: the gradient of parameter 1 [2] is [1,2], expected [2]"`);
    expect(values(p)).toEqual([1, 2]);
  });

  test("so does one of another dtype", () => {
    const [p, q] = [x(), x()];
    const optimizer = sgd([p, q]);
    p.grad = tensor([1, 1]);
    q.grad = tensor([1, 1], { dtype: "float32" });
    expect(() => optimizer.step()).toThrowErrorMatchingInlineSnapshot(
      `[DtypeError: SGD: the gradient of parameter 1 [2] is float32, expected float64; convert it with to("float64")]`,
    );
    expect(values(p)).toEqual([1, 2]);
  });

  test("so does one that is no tensor", () => {
    const [p, q] = [x(), x()];
    const optimizer = sgd([p, q]);
    p.grad = tensor([1, 1]);
    const messages = [undefined, 3, [1, 1]].map((grad) => {
      q.grad = grad as never;
      const error = thrown(() => optimizer.step());
      expect(error).toBeInstanceOf(ArgumentError);
      return error.message;
    });
    expect(messages.join("\n")).toMatchInlineSnapshot(`
      "SGD: the gradient of parameter 1 [2] is undefined, expected a tensor, or null where there is none
      SGD: the gradient of parameter 1 [2] is number, expected a tensor, or null where there is none
      SGD: the gradient of parameter 1 [2] is object, expected a tensor, or null where there is none"
    `);
    expect(values(p)).toEqual([1, 2]);
  });

  test("a state that does not fit changes nothing", () => {
    const parameters = [x(), x()];
    const optimizer = sgd(parameters, { momentum: 0.5 });
    run(optimizer, parameters, 0, 3);
    const good = optimizer.stateDict();
    const [first, second] = good.state;
    const [group] = good.paramGroups;
    const bad: [string, unknown][] = [
      ["nothing", null],
      ["another optimizer's", { ...good, optimizer: "Adam" }],
      ["cut short", { optimizer: "SGD" }],
      ["too few parameters", { ...good, state: [first] }],
      ["other groups", { ...good, paramGroups: [group, group] }],
      ["groups of another size", { ...good, paramGroups: [{ ...group, params: [0] }] }],
      ["a bad option", { ...good, paramGroups: [{ ...group, lr: -1 }] }],
      ["an option that JSON has lost", { ...good, paramGroups: [{ ...group, lr: null }] }],
      ["an option too few", { ...good, paramGroups: [{ params: [0, 1], lr: 0.1 }] }],
      ["another shape", { ...good, state: [first, { ...second, shape: [3] }] }],
      ["a slot cut short", { ...good, state: [first, { ...second, slots: { momentumBuffer: [1] } }] }],
      ["a slot that JSON has lost", { ...good, state: [first, { ...second, slots: { momentumBuffer: [1, null] } }] }],
      ["a slot that is no list", { ...good, state: [first, { ...second, slots: { momentumBuffer: 3 } }] }],
      ["no slot", { ...good, state: [first, { ...second, slots: {} }] }],
      ["a slot too many", { ...good, state: [first, { ...second, slots: { ...second!.slots, other: [1, 2] } }] }],
      ["a step of NaN", { ...good, state: [first, { ...second, step: NaN }] }],
    ];
    const messages = bad.map(([what, state]) => {
      const error = thrown(() => optimizer.loadStateDict(state as never));
      expect(error).toBeInstanceOf(ArgumentError);
      expect(optimizer.stateDict()).toEqual(good);
      return `${what}: ${error.message}`;
    });
    expect(messages.join("\n")).toMatchInlineSnapshot(`
      "nothing: loadStateDict: needs a record such as stateDict() returns
      another optimizer's: loadStateDict: the state is of Adam, expected SGD
      cut short: loadStateDict: the state is cut short
      too few parameters: loadStateDict: the state of parameter 1 is missing or cut short
      other groups: loadStateDict: the state has groups of 2 + 2 parameters, expected 2
      groups of another size: loadStateDict: the state has groups of 1 parameters, expected 2
      a bad option: loadStateDict: group 0: lr is a number from 0 up, got -1
      an option that JSON has lost: loadStateDict: group 0: lr is a number from 0 up, got null
      an option too few: loadStateDict: group 0 has options lr, expected lr, momentum, dampening, nesterov, weightDecay, maximize
      another shape: loadStateDict: parameter 1 is [3], expected [2]
      a slot cut short: loadStateDict: momentumBuffer of parameter 1 holds no list of 2 numbers
      a slot that JSON has lost: loadStateDict: momentumBuffer of parameter 1 holds null, as JSON writes ∞ and NaN; saveCheckpoint of @chainrule/data keeps them
      a slot that is no list: loadStateDict: momentumBuffer of parameter 1 holds no list of 2 numbers
      no slot: loadStateDict: parameter 1 has slots none, expected momentumBuffer
      a slot too many: loadStateDict: parameter 1 has slots momentumBuffer, other, expected momentumBuffer
      a step of NaN: loadStateDict: the state of parameter 1 is missing or cut short"
    `);
  });
});

test("an optimizer of one's own is one record", () => {
  const signs: Rule<{ lr: number }> = {
    name: "SignSGD",
    defaults: { lr: 0.01 },
    check: ({ lr }) => (lr > 0 ? undefined : `lr is a number above 0, got ${lr}`),
    slots: () => [],
    update(x, gradient, at, _slots, _step, { lr }) {
      for (let i = 0; i < x.length; i++) x[i]! -= lr * Math.sign(gradient[at + i]!);
    },
  };
  const x = new Parameter([1, 2]);
  const optimizer = new Optimizer(signs, [x], { lr: 0.5 });
  x.grad = fromTypedArray(Float64Array.of(3, -4), [2]);
  optimizer.step();
  expect(x.toArray()).toEqual([0.5, 2.5]);
  const sums: Rule<{ lr: number }> = {
    ...signs,
    slots: () => ["sum", "count"],
    update(x, gradient, at, [sum, count], step, { lr }) {
      for (let i = 0; i < x.length; i++) {
        sum![i]! += gradient[at + i]!;
        count![i]! += 1;
        x[i] = lr * (sum![i]! + 100 * count![i]! + 10_000 * step);
      }
    },
  };
  const summing = new Optimizer(sums, [x], { lr: 1 });
  for (let i = 0; i < 3; i++) summing.step();
  expect(x.toArray()).toEqual([30_309, 30_288]);
  expect(thrown(() => new Optimizer(signs, [x], { lr: 0 })).message).toMatchInlineSnapshot(
    `"SignSGD: lr is a number above 0, got 0"`,
  );
});

test("under detectAnomaly an update that makes NaN is an error, also by a gradient that was kept", () => {
  let last: TypedArray | null = null;
  const rule: Rule<{ lr: number }> = {
    name: "Last",
    defaults: { lr: 1 },
    check: () => undefined,
    slots: () => [],
    update(x, gradient, _at, _slots, _step, { lr }) {
      const used = last ?? gradient;
      last = gradient;
      for (let i = 0; i < x.length; i++) x[i]! -= lr * used[i]!;
    },
  };
  const w = tensor([1, 2], { requiresGrad: true });
  const optimizer = new Optimizer(rule, [w], {});
  const step = (): void =>
    detectAnomaly(() => {
      w.square().sum().backward();
      optimizer.step();
    });
  step();
  expect(values(w)).toEqual([-1, -2]);
  expect(thrown(step).message).toMatchInlineSnapshot(
    `"Last: update 2 made NaN of a parameter [2] and a gradient that have none; look for 0/0, an overflow, or a gradient that the rule has kept, which is only lent to it"`,
  );
  expect(values(w)).toEqual([-1, -2]);
});

test("types", () => {
  const x = new Parameter([1]);
  // @ts-expect-error lr is missing
  expect(() => new SGD([x], {})).toThrow(ArgumentError);
  // @ts-expect-error there is no option momentun
  expect(() => new SGD([x], { lr: 0.1, momentun: 0.9 })).toThrow(ArgumentError);
  const optimizer: Optimizer<{ lr: number }> = new SGD([x], { lr: 0.1, momentum: undefined });
  expect(optimizer.paramGroups[0]?.lr).toBe(0.1);
});
