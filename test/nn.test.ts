import { inspect } from "node:util";
import {
  ArgumentError,
  checkGradients,
  Generator,
  grad,
  hessian,
  hvp,
  jvp,
  linear,
  matmul,
  noGrad,
  ones,
  ShapeError,
  sigmoid,
  Tensor,
  tensor,
  vjp,
  zeros,
} from "@chainrule/core";
import {
  Linear,
  LSTM,
  Module,
  mseLoss,
  Parameter,
  ReLU,
  Sequential,
  sequential,
  Sigmoid,
  Softmax,
  Tanh,
} from "@chainrule/nn";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

const generator = new Generator(1);
const values = (x: Tensor): number[] => [...x.toTypedArray()];
const largest = (x: Tensor): number => x.abs().max().item();
const names = (module: Module): string[] => module.namedParameters().map(([name]) => name);
const thrown = (fn: () => unknown): Error => {
  try {
    fn();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
};

// --- random models: modules, arrays, records, parameters and buffers in one another

/** A module whose properties are what it is given. */
class Bag extends Module {
  constructor(content: Record<string, unknown>) {
    super();
    Object.assign(this, content);
  }
}

/** A description of a model, and so the way to build equal models any number of times. */
type Plan =
  | { kind: "parameter" | "buffer" | "leaf"; size: number }
  | { kind: "array" | "record" | "module"; inside: Plan[] }
  | { kind: "other" };

const plan = fc.letrec<{ plan: Plan; inside: Plan[] }>((tie) => ({
  plan: fc.oneof(
    { maxDepth: 4 },
    fc.record({ kind: fc.constantFrom("parameter", "buffer", "leaf"), size: fc.integer({ min: 0, max: 3 }) }),
    fc.record({ kind: fc.constant("other") }),
    fc.record({ kind: fc.constantFrom("array", "record", "module"), inside: tie("inside") }),
  ) as fc.Arbitrary<Plan>,
  inside: fc.array(tie("plan"), { maxLength: 4 }),
}));

function build(plan: Plan, random: Generator): unknown {
  if (plan.kind === "other") return { text: "no tensor", f: () => 0, nothing: null };
  if ("size" in plan) {
    const x = random.randn([plan.size]);
    if (plan.kind === "parameter") return new Parameter(x);
    return plan.kind === "leaf" ? tensor(x, { requiresGrad: true }) : x;
  }
  const inside = plan.inside.map((part) => build(part, random));
  if (plan.kind === "array") return inside;
  const record = Object.fromEntries(inside.map((x, i) => [`k${i}`, x]));
  return plan.kind === "record" ? record : new Bag(record);
}
const buildModel = (inside: Plan[], seed: number): Module =>
  build({ kind: "module", inside }, new Generator(seed)) as Module;
const models = plan.inside;

/** What stands at a path of property names. */
const at = (root: object, path: string): unknown =>
  path.split(".").reduce<unknown>((x, key) => (x as Record<string, unknown>)[key], root);

const snapshot = (module: Module): unknown =>
  [...module.namedParameters(), ...module.namedBuffers()].map(([name, x]) => [name, x.version, values(x)]);

describe("Module", () => {
  test("a parameter stands at its path, and every tensor that requires grad is one", () => {
    fc.assert(
      fc.property(models, (inside) => {
        const model = buildModel(inside, 1);
        const count = (plan: Plan, kinds: string[]): number =>
          "inside" in plan
            ? plan.inside.reduce((n, part) => n + count(part, kinds), 0)
            : kinds.includes(plan.kind)
              ? 1
              : 0;
        const whole: Plan = { kind: "module", inside };
        const parameters = model.namedParameters();
        for (const [path, x] of [...parameters, ...model.namedBuffers()]) expect(at(model, path)).toBe(x);
        for (const [path, x] of parameters) if (x instanceof Parameter) expect(x.name).toBe(path);
        expect(new Set(parameters.map(([, x]) => x)).size).toBe(count(whole, ["parameter", "leaf"]));
        expect(model.namedBuffers()).toHaveLength(count(whole, ["buffer"]));
        expect(model.parameters()).toEqual(parameters.map(([, x]) => x));
      }),
    );
  });

  test("a state goes from one model into another of the same form, and copies nothing by reference", () => {
    fc.assert(
      fc.property(models, (inside) => {
        const [from, to] = [buildModel(inside, 1), buildModel(inside, 2)];
        const state = from.stateDict();
        to.loadStateDict(state);
        expect(to.stateDict()).toEqual(from.stateDict());
        for (const x of to.parameters()) x.assign(x.detach().mul(2).add(1));
        expect(state).toEqual(from.stateDict());
        for (const x of Object.values(state)) expect(x.requiresGrad).toBe(false);
      }),
    );
  });

  test("a state that does not fit changes nothing, and everything wrong with it is named", () => {
    const change = fc.constantFrom("missing", "unexpected", "shape", "no tensor", "dtype");
    fc.assert(
      fc.property(models, fc.array(fc.tuple(change, fc.nat()), { minLength: 1, maxLength: 3 }), (inside, changes) => {
        const model = buildModel(inside, 1);
        const state: Record<string, unknown> = buildModel(inside, 2).stateDict();
        const expected: string[] = [];
        for (const [what, pick] of changes) {
          const left = Object.keys(state).filter((path) => !expected.some((message) => message.startsWith(`${path} `)));
          const path = left[pick % Math.max(1, left.length)];
          if (what === "unexpected" || path === undefined || path.includes("odd")) {
            state[`odd${pick}`] = zeros([1]);
            expected.push(`odd${pick} `);
          } else {
            const { shape } = state[path] as Tensor;
            if (what === "missing") delete state[path];
            else if (what === "no tensor") state[path] = [1, 2];
            else if (what === "dtype") state[path] = zeros([...shape], { dtype: "bool" });
            else state[path] = zeros(pick % 2 === 0 ? [...shape, 2] : shape.slice(1));
            expected.push(`${path} `);
          }
        }
        const before = snapshot(model);
        const error = thrown(() => model.loadStateDict(state as never));
        expect(error).toBeInstanceOf(ArgumentError);
        const told = `${error.message.replaceAll(/[,;]/g, " ")} `;
        for (const path of expected) expect(told).toContain(` ${path}`);
        expect(snapshot(model)).toEqual(before);
      }),
    );
  });

  test("what a bad state is told", () => {
    const model = sequential(new Linear(2, 3), new Linear(3, 1));
    const { "0.bias": _, ...state } = model.stateDict();
    const bad = {
      ...state,
      "0.scale": zeros([3]),
      "1.weight": zeros([3, 1]),
      "1.bias": zeros([1], { dtype: "int32" }),
    };
    expect(thrown(() => model.loadStateDict(bad)).message).toMatchInlineSnapshot(
      `"loadStateDict: missing 0.bias; unexpected 0.scale; 1.weight is [3,1], expected [1,3]; 1.bias is int32, expected float64"`,
    );
    for (const none of [null, new Uint8Array(200)])
      expect(thrown(() => model.loadStateDict(none as never)).message).toMatchInlineSnapshot(
        `"loadStateDict: needs a record of tensors by path, such as stateDict() or loadSafetensors(bytes) returns"`,
      );
  });

  test("without strict, paths may be missing or unexpected, but what there is must fit", () => {
    const model = sequential(new Linear(2, 2), new Linear(2, 2));
    const before = values(model.parameters()[2]!);
    expect(model.loadStateDict({ "0.weight": zeros([2, 2]), more: zeros([1]) }, { strict: false })).toEqual({
      missing: ["0.bias", "1.weight", "1.bias"],
      unexpected: ["more"],
    });
    expect([values(model.parameters()[0]!), values(model.parameters()[2]!)]).toEqual([[0, 0, 0, 0], before]);
    const bad = { "0.weight": ones([2, 2]), "1.weight": zeros([3]) };
    expect(thrown(() => model.loadStateDict(bad, { strict: false })).message).toMatchInlineSnapshot(
      `"loadStateDict: 1.weight is [3], expected [2,2]"`,
    );
    expect(values(model.parameters()[0]!)).toEqual([0, 0, 0, 0]);
  });

  test("loading converts between floating dtypes and tells graphs that have used the old values", () => {
    const model = new Linear(2, 1, { dtype: "float32" });
    const loss = model
      .forward(tensor([[1, 2]]))
      .square()
      .sum();
    model.loadStateDict({ weight: tensor([[0.1, 0.2]]), bias: tensor([0.3]) });
    expect(values(model.weight)).toEqual([Math.fround(0.1), Math.fround(0.2)]);
    expect(thrown(() => loss.backward()).message).toMatchInlineSnapshot(
      `"backward: cast has used parameter weight [1,2], overwritten since by an optimizer step or assign(); run the forward pass again before backward()"`,
    );
  });

  test("shared parameters and modules are learned once, by their first path, and saved by every path; circles end", () => {
    class Tied extends Module {
      readonly encoder = new Linear(2, 2);
      readonly decoder = this.encoder;
      readonly table = [this.encoder.weight, new Parameter([1])];
      readonly root = this;
    }
    const model = new Tied();
    expect(names(model)).toEqual(["encoder.weight", "encoder.bias", "table.1"]);
    const state = model.stateDict();
    const shared = ["encoder.weight", "encoder.bias", "decoder.weight", "decoder.bias", "table.0"];
    expect(Object.keys(state)).toEqual([...shared, "table.1"]);
    expect(model.encoder.weight.name).toBe("encoder.weight");
    expect(model.namedChildren().map(([name]) => name)).toEqual(["encoder"]);

    const other = new Tied();
    other.loadStateDict(state);
    expect(other.stateDict()).toEqual(state);
    const { "decoder.weight": _, "encoder.weight": weight, "table.0": __, ...rest } = state;
    expect(new Tied().loadStateDict({ ...rest, "table.0": weight! })).toEqual({ missing: [], unexpected: [] });
    const before = other.stateDict();
    expect(
      thrown(() => other.loadStateDict({ ...state, "decoder.bias": ones([2]), "table.0": zeros([3]) })).message,
    ).toMatchInlineSnapshot(
      `"loadStateDict: encoder.bias and decoder.bias differ, and are one tensor of the model; table.0 is [3], expected [2,2]"`,
    );
    expect(thrown(() => other.loadStateDict(rest)).message).toMatchInlineSnapshot(
      `"loadStateDict: missing encoder.weight, decoder.weight, table.0"`,
    );
    expect(other.stateDict()).toEqual(before);
  });

  test("private properties and results kept for later are no part of the state", () => {
    class Keeper extends Module {
      readonly scale = new Parameter(2);
      readonly steps = tensor([0], { dtype: "int32" });
      last: Tensor | null = null;
      #hidden: Tensor = zeros([3]);
      forward(x: Tensor) {
        this.#hidden = zeros([4]);
        this.last = x.mul(this.scale);
        return this.last.add(this.#hidden.sum());
      }
    }
    const model = new Keeper();
    model.forward(tensor([1]));
    expect(names(model)).toEqual(["scale"]);
    expect(model.namedBuffers().map(([name]) => name)).toEqual(["steps"]);
    expect(Object.keys(model.stateDict())).toEqual(["scale", "steps"]);
  });

  test("a frozen parameter is still a parameter", () => {
    const model = new Linear(2, 1);
    model.weight.requiresGrad = false;
    expect(names(model)).toEqual(["weight", "bias"]);
    expect(model.namedBuffers()).toEqual([]);
  });

  test("a part keeps the names it has in the whole", () => {
    const model = sequential(new Linear(2, 3), sequential(new Linear(3, 1)));
    model.parameters();
    model.layers[1].parameters();
    expect(model.layers[1].layers[0].weight.name).toBe("1.0.weight");
  });

  test("train and eval reach every module", () => {
    const model = sequential(new Linear(2, 3), sequential(new Tanh()));
    const modes = (): boolean[] => model.namedModules().map(([, module]) => module.training);
    expect(model.namedModules().map(([path]) => path)).toEqual(["", "0", "1", "1.0"]);
    expect(modes()).toEqual([true, true, true, true]);
    expect(model.eval()).toBe(model);
    expect(modes()).toEqual([false, false, false, false]);
    model.train();
    expect(modes()).toEqual([true, true, true, true]);
  });

  test("zeroGrad forgets all gradients", () => {
    const model = new Linear(2, 1);
    model
      .forward(zeros([1, 2]))
      .sum()
      .backward();
    expect(model.bias?.grad?.toArray()).toEqual([1]);
    model.zeroGrad();
    expect(model.parameters().map((x) => x.grad)).toEqual([null, null]);
  });

  test("grad takes a model", () => {
    const model = sequential(new Linear(2, 1, { generator }));
    const x = tensor([[1, 2]]);
    const gradient = grad((m: typeof model) => m.forward(x).sum())(model);
    expect(gradient.layers[0].weight.toArray()).toEqual([[1, 2]]);
    expect(model.layers[0].weight.grad).toBeNull();
  });

  test("prints as PyTorch prints it", () => {
    class Model extends Module {
      readonly body = sequential(new Linear(2, 3), new Softmax(), (x) => x.sin(), sigmoid);
      readonly heads = [new Linear(3, 1, { bias: false }), new ReLU()];
    }
    expect(inspect(new Model())).toMatchInlineSnapshot(`
      "Model(
        (body): Sequential(
          (0): Linear(2, 3)
          (1): Softmax(-1)
          (2): function
          (3): sigmoid
        )
        (heads.0): Linear(3, 1, { bias: false })
        (heads.1): ReLU()
      )"
    `);
    expect(String(new Tanh())).toBe("Tanh()");
  });

  test("a state may hold the model's own tensors in other places", () => {
    const model = Object.assign(new Module(), { a: new Parameter([1, 2]), b: new Parameter([3, 4]) });
    const { a, b } = model;
    model.loadStateDict({ a: b, b: a });
    expect([values(a), values(b)]).toEqual([
      [3, 4],
      [1, 2],
    ]);
  });

  test("may be nested deeper than calls may", () => {
    let model = new Linear(1, 1) as Module;
    for (let i = 0; i < 20_000; i++) model = Object.assign(new Module(), { inner: model });
    expect(model.parameters().length).toBe(2);
    model.eval();
    expect(model.namedModules().every(([, module]) => !module.training)).toBe(true);
  });

  test("one that leads back to itself is printed once", () => {
    const child = Object.assign(new Module(), { parent: null as Module | null });
    const model = Object.assign(new Module(), { child });
    child.parent = model;
    expect(String(model)).toMatchInlineSnapshot(`
      "Module(
        (child): Module(
          (parent): Module(…)
        )
      )"
    `);
    expect(String(child)).toContain("(child): Module(…)");
  });

  test("what no walk would find, and two of one path, are errors", () => {
    const holding = (layers: unknown): Module => Object.assign(new Module(), { layers });
    const layer = new Linear(1, 1);
    const messages = [
      () => holding(new Map([["a", layer]])).parameters(),
      () => holding([new Set([new Parameter([1])])]).train(),
      () => Object.assign(holding({ a: layer }), { "layers.a": new Linear(1, 1) }).stateDict(),
    ].map((walk) => {
      const error = thrown(walk);
      expect(error).toBeInstanceOf(ArgumentError);
      return error.message;
    });
    expect(messages.join("\n")).toMatchInlineSnapshot(`
      "Module: layers is a Map of modules or parameters, where none is found; keep them in an array or a plain record
      Module: layers.0 is a Set of modules or parameters, where none is found; keep them in an array or a plain record
      stateDict: two tensors have the path layers.a.weight; rename a property"
    `);
    expect(holding(new Map([["seen", 3]])).parameters()).toEqual([]);
  });
});

describe("Parameter", () => {
  test("is a copy that requires grad", () => {
    const x = tensor([[1, 2]]);
    const p = new Parameter(x);
    p.assign([[3, 4]]);
    expect(x.toArray()).toEqual([[1, 2]]);
    expect(p.requiresGrad && p.isLeaf).toBe(true);
    expect(p).toBeInstanceOf(Tensor);
    expect(new Parameter([[1, 2]], { dtype: "float32" }).dtype).toBe("float32");
    expect(new Parameter(3).item()).toBe(3);
    expect(new Parameter(x.transpose()).toArray()).toEqual([[1], [2]]);
    expect(new Parameter(p.mul(2)).isLeaf).toBe(true);
    const typed: Parameter<[1, 2]> = p;
    const literal: Parameter<[2, 2]> = new Parameter([[1, 2], [3, 4]]); // prettier-ignore
    const plain: Tensor = literal;
    expect([typed.rank, plain.rank]).toEqual([2, 2]);
    // @ts-expect-error rows have different lengths
    expect(() => new Parameter([[1, 2], [3]])).toThrow(ShapeError);
  });

  test("has a dtype that has derivatives", () => {
    expect(thrown(() => new Parameter([true])).message).toMatchInlineSnapshot(
      `"Parameter: needs float64 or float32, got bool; pass { dtype: "float64" }"`,
    );
    expect(thrown(() => new Parameter([1], { dtype: "int32" })).message).toMatchInlineSnapshot(
      `"Parameter: needs float64 or float32, got int32; pass { dtype: "float64" }"`,
    );
  });
});

describe("Linear", () => {
  const size = fc.integer({ min: 0, max: 5 });
  test("is x·weightᵀ + bias in the last dim, whatever comes before it", () => {
    fc.assert(
      fc.property(fc.array(size, { maxLength: 3 }), size, size, fc.boolean(), (lead, inputs, outputs, bias) => {
        const layer = new Linear(inputs, outputs, { bias, generator });
        const x = generator.randn([...lead, inputs]);
        const y: Tensor = layer.forward(x);
        expect(y.shape).toEqual([...lead, outputs]);
        const [flat, weight] = [values(x), values(layer.weight)];
        values(y).forEach((got, k) => {
          const [row, o] = [Math.floor(k / outputs), k % outputs];
          let sum = layer.bias === null ? 0 : values(layer.bias)[o]!;
          for (let i = 0; i < inputs; i++) sum += flat[row * inputs + i]! * weight[o * inputs + i]!;
          expect(got).toBeCloseTo(sum, 12);
        });
      }),
    );
  });

  test("has the gradients of finite differences", () => {
    const layer = new Linear(3, 2, { generator });
    checkGradients((x) => layer.forward(x), [generator.randn([2, 3])], { order: 2 });
    checkGradients(
      (x, w, b) => linear(x, w, b),
      [generator.randn([2, 3]), generator.randn([2, 3]), generator.randn([2])],
    );
  });

  test("begins uniform in ±1/√in, from the generator it is given", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 8 }),
        fc.nat(1000),
        (inputs, outputs, seed) => {
          const layer = new Linear(inputs, outputs, { generator: new Generator(seed) });
          const draws = values(new Generator(seed).rand([outputs * (inputs + 1)]));
          const got = [...values(layer.weight), ...values(layer.bias!)];
          const bound = 1 / Math.sqrt(inputs);
          got.forEach((value, i) => expect(value).toBeCloseTo(bound * (2 * draws[i]! - 1), 14));
        },
      ),
    );
  });

  test("says what does not fit, in the compiler's words", () => {
    const layer = new Linear(64, 10);
    // @ts-expect-error Linear(64, 10): input [32,128] ends in 128, expected 64
    expect(thrown(() => layer.forward(zeros([32, 128]))).message).toMatchInlineSnapshot(
      `"Linear(64, 10): input [32,128] ends in 128, expected 64"`,
    );
    // @ts-expect-error Linear(64, 10): input is a scalar, expected at least 1-D
    expect(thrown(() => layer.forward(tensor(1))).message).toMatchInlineSnapshot(
      `"Linear(64, 10): input is a scalar, expected at least 1-D"`,
    );
    expect(thrown(() => new Linear(2.5, 1)).message).toMatchInlineSnapshot(
      `"Linear: sizes are whole numbers from 0 up, got 2.5 and 1"`,
    );
    expect(thrown(() => new Linear(2, -1)).message).toMatchInlineSnapshot(
      `"Linear: sizes are whole numbers from 0 up, got 2 and -1"`,
    );
    expect(thrown(() => new Linear(2, 1, { dtype: "int32" })).message).toMatchInlineSnapshot(
      `"Parameter: needs float64 or float32, got int32; pass { dtype: "float64" }"`,
    );
    const y: Tensor<[32, 10]> = layer.forward(zeros([32, 64]));
    expect(y.shape).toEqual([32, 10]);
  });
});

test("activations are their operations", () => {
  const x = generator.randn([2, 3]);
  expect(values(new Sigmoid().forward(x))).toEqual(values(sigmoid(x)));
  expect(values(new Tanh().forward(x))).toEqual(values(x.tanh()));
  expect(values(new ReLU().forward(x))).toEqual(values(x.relu()));
  expect(values(new Softmax().forward(x))).toEqual(values(x.softmax(1)));
  expect(values(new Softmax(0).forward(x))).toEqual(values(x.softmax(0)));
  expect(thrown(() => sequential(new Softmax(2)).forward(x)).message).toMatchInlineSnapshot(
    `"softmax: dim 2 is out of range for [2,3] (layer 0)"`,
  );
  const same: Tensor<[2, 3]> = new Tanh().forward(x);
  expect(same.shape).toEqual([2, 3]);
});

describe("Sequential", () => {
  test("derivatives of any order by the parameters of layers, of which some have none", () => {
    const x = generator.randn([4, 2]);
    const model = sequential(new Linear(2, 3, { generator }), new Tanh(), new Linear(3, 1, { generator }));
    const loss = (m: typeof model) => m.forward(x).square().mean();
    const gradient = grad(loss)(model);
    const nothing: null = gradient.layers[1];
    expect(nothing).toBe(null);
    const product = hvp(loss, model, gradient);
    const pulled = vjp((m: typeof model) => grad(loss)(m), model)[1](gradient)[0];
    const slope = jvp(loss, [model], [gradient])[1]; // |gradient|²
    const matrix = hessian(loss)(model);
    expect([matrix.layers[1], matrix.layers[0].weight.layers[1]]).toEqual([null, null]);
    const square = (k: 0 | 2): Tensor =>
      gradient.layers[k].weight.square().sum().add(gradient.layers[k].bias.square().sum());
    expect(slope.item()).toBeCloseTo(square(0).add(square(2)).item(), 12);
    for (const k of [0, 2] as const) {
      const row = matrix.layers[k].bias;
      const whole = ([0, 2] as const)
        .map((i) =>
          matmul(row.layers[i].bias, gradient.layers[i].bias).add(
            row.layers[i].weight.mul(gradient.layers[i].weight).sum([1, 2]),
          ),
        )
        .reduce((a, b) => a.add(b));
      expect(largest(product.layers[k].bias.sub(whole))).toBeLessThan(1e-12);
      expect(largest(product.layers[k].bias.sub(pulled.layers[k].bias))).toBeLessThan(1e-12);
      expect(largest(product.layers[k].weight.sub(pulled.layers[k].weight))).toBeLessThan(1e-12);
      expect(largest(product.layers[k].weight)).toBeGreaterThan(1e-6);
    }
  });

  /** A model of the user's own, with a plain forward. */
  class Double extends Module {
    forward(x: Tensor) {
      return x.mul(2);
    }
  }
  class Narrow extends Module {
    readonly inner = new Linear(4, 2);
    forward(x: Tensor<[number, 4]>): Tensor<[number, 2]> {
      return this.inner.forward(x);
    }
  }

  test("is its layers one after the other", () => {
    const layers = [new Tanh(), new Sigmoid(), new Double(), (x: Tensor) => x.sin(), new ReLU(), new Softmax(0)];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...layers), { maxLength: 5 }), (chosen) => {
        const x = generator.randn([3]);
        const expected = chosen.reduce<Tensor>(
          (y, layer) => (typeof layer === "function" ? layer(x.mul(0).add(y)) : layer.forward(y)),
          x,
        );
        expect(values(new Sequential(...chosen).forward(x))).toEqual(values(expected));
      }),
    );
  });

  test("knows shapes from end to end", () => {
    const model = sequential(new Linear(3, 4), new Tanh(), new Narrow(), sequential(new Linear(2, 5), new ReLU()));
    const y: Tensor<[number, 5]> = model.forward(zeros([7, 3]));
    expect(y.shape).toEqual([7, 5]);
    const z: Tensor<[7, 1]> = sequential(new Linear(3, 4), new Sigmoid(), new Linear(4, 1)).forward(zeros([7, 3]));
    expect(z.shape).toEqual([7, 1]);
    // Behind a plain function nothing is known, and everything is allowed.
    sequential(new Linear(3, 4), (x) => x.sum(), new Tanh());
    const untyped: Sequential = model;
    expect(untyped.forward(zeros([7, 3])).shape).toEqual([7, 5]);
    class Two extends Module {
      forward(x: Tensor, y: Tensor) {
        return x.add(y);
      }
    }
    // @ts-expect-error forward takes two tensors
    sequential(new Two());
    // @ts-expect-error Linear(5, 1): input [...,4] ends in 4, expected 5
    sequential(new Linear(3, 4), new Tanh(), new Linear(5, 1));
    // @ts-expect-error layer expects [?,4], got [...,5]
    sequential(new Linear(3, 5), new Narrow());
    // @ts-expect-error Linear(3, 4): input [2,9] ends in 9, expected 3
    expect(() => model.forward(zeros([2, 9]))).toThrow(ShapeError);
  });

  test("errors end with the place of the layer, which is their path", () => {
    const model = sequential(new Tanh(), sequential(new ReLU(), new Linear(64, 10)));
    const error = thrown(() => model.forward(zeros([32, 128]) as Tensor));
    expect(error.message).toMatchInlineSnapshot(
      `"Linear(64, 10): input [32,128] ends in 128, expected 64 (layer 1.1)"`,
    );
    expect(error).toMatchObject({ path: "1.1" });
    expect(error.stack?.split("\n")[0]).toBe(`ShapeError: ${error.message}`);
    const own = thrown(() =>
      sequential(new Tanh(), (x) => x.matmul(zeros([3]) as Tensor)).forward(zeros([2, 2]) as Tensor),
    );
    expect(own.message).toMatchInlineSnapshot(`"matmul: inner sizes 2 and 3 differ in [2,2] x [3] (layer 1)"`);
    const foreign = new TypeError("mine");
    const throwing = (): Tensor => {
      throw foreign;
    };
    expect(thrown(() => sequential(throwing).forward(zeros([2])))).toBe(foreign);
    expect(foreign.message).toBe("mine");
  });

  test("errors name the path from the whole model, once that has been asked for its parameters", () => {
    class Inner extends Module {
      readonly last = new Linear(3, 2);
      readonly memory = new LSTM(2, 2);
      forward(x: Tensor): Tensor {
        return this.memory.forward(this.last.forward(x as never))[0];
      }
    }
    class Outer extends Module {
      readonly blocks = [sequential(new Tanh(), new Linear(4, 3)), new Inner()] as const;
      forward(x: Tensor): Tensor {
        return this.blocks[1].forward(this.blocks[0].forward(x as never));
      }
    }
    const model = new Outer();
    const wide = zeros([5, 6]) as Tensor;
    expect(thrown(() => model.forward(wide)).message).toMatchInlineSnapshot(
      `"Linear(4, 3): input [5,6] ends in 6, expected 4 (layer 1)"`,
    );
    model.parameters();
    model.blocks[0].parameters();
    expect(thrown(() => model.forward(wide))).toMatchObject({ path: "blocks.0.1" });
    expect(thrown(() => model.forward(wide)).message).toMatchInlineSnapshot(
      `"Linear(4, 3): input [5,6] ends in 6, expected 4 (layer blocks.0.1)"`,
    );
    expect(thrown(() => model.blocks[1].forward(wide)).message).toMatchInlineSnapshot(
      `"Linear(3, 2): input [5,6] ends in 6, expected 3 (layer blocks.1.last)"`,
    );
    expect(thrown(() => model.blocks[1].memory.forward(wide)).message).toMatchInlineSnapshot(
      `"LSTM(2, 2): needs input [time,batch,2] or [time,2], got [5,6] (layer blocks.1.memory)"`,
    );
  });

  test("takes only modules with forward and functions", () => {
    expect(thrown(() => sequential(new Module() as never)).message).toMatchInlineSnapshot(
      `"Sequential: layer 0 is neither a module with forward() nor a function"`,
    );
    expect(thrown(() => sequential(new Tanh(), null as never)).message).toMatchInlineSnapshot(
      `"Sequential: layer 1 is neither a module with forward() nor a function"`,
    );
  });

  test("trains", () => {
    const model = sequential(new Linear(2, 3, { generator }), new Tanh(), new Linear(3, 1, { generator }));
    const [x, y] = [generator.randn([5, 2]), generator.randn([5, 1])];
    const loss = (): Tensor<[]> => mseLoss(model.forward(x), y);
    const before = loss();
    before.backward();
    for (const p of model.parameters()) p.assign(noGrad(() => p.sub(p.grad!.mul(0.05))));
    expect(loss().item()).toBeLessThan(before.item());
  });
});
