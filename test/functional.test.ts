import {
  checkGradients,
  Generator,
  grad,
  hessian,
  hvp,
  stack,
  type Tensor,
  tensor,
  vmap,
  zeros,
} from "@chainrule/core";
import {
  BatchNorm1d,
  functionalCall,
  Linear,
  LSTM,
  Module,
  MultiHeadAttention,
  mseLoss,
  Parameter,
  sequential,
  Tanh,
} from "@chainrule/nn";
import { describe, expect, test } from "vitest";
import { errors } from "./support/errors.ts";

// Modules with other parameters. That every layer is PyTorch's this way too is tested in nn-torch.test.ts.

type Tensors = Record<string, Tensor>;
const generator = new Generator(1);
const network = () => sequential(new Linear(2, 3, { generator }), new Tanh(), new Linear(3, 1, { generator }));
const parametersOf = (module: Module): Tensors => Object.fromEntries(module.namedParameters());
const mapped = (record: Tensors, f: (x: Tensor, name: string) => Tensor): Tensors =>
  Object.fromEntries(Object.entries(record).map(([name, x]) => [name, f(x, name)]));
const bits = (record: Tensors): unknown => mapped(record, (x) => x.toArray() as never);
const untyped = functionalCall as unknown as (...args: unknown[]) => never;

const x = generator.randn([5, 2]);
const y = generator.randn([5, 1]);

class Tied extends Module {
  readonly a = new Linear(2, 2, { generator });
  readonly b = new Linear(2, 2, { generator });
  readonly norm = new BatchNorm1d(2);
  constructor() {
    super();
    (this.b as { weight: Parameter }).weight = this.a.weight;
  }
  forward(z: Tensor<[number, 2]>) {
    return this.norm.forward(this.b.forward(this.a.forward(z)));
  }
}

describe("functionalCall", () => {
  test("what stands in for parameters is what gradients go to, to any order, and the module is as before", () => {
    const model = network();
    const own = model.stateDict();
    const others = network().stateDict();
    const loss = (state: Tensors): Tensor<[]> => functionalCall(model, state, (m) => mseLoss(m.forward(x), y));
    const names = Object.keys(others);
    const f = (...list: Tensor[]): Tensor<[]> => loss(Object.fromEntries(names.map((name, i) => [name, list[i]!])));
    checkGradients(f as never, names.map((name) => others[name]!.detach()) as never, { order: 2 } as never);

    // As if they had been loaded.
    const loaded = network();
    loaded.loadStateDict(others);
    mseLoss(loaded.forward(x), y).backward();
    const gradients = grad(loss)(others);
    for (const [name, parameter] of loaded.namedParameters())
      expect(gradients[name]!.toArray()).toEqual(parameter.grad!.toArray());

    expect(bits(model.stateDict())).toEqual(bits(own));
    expect(model.parameters().every((p) => p instanceof Parameter && p.grad === null)).toBe(true);
  });

  test("trees of gradients fit, and so do those of layers whose paths are not their properties", () => {
    const model = network();
    const gradient = grad((m: typeof model) => mseLoss(m.forward(x), y))(model);
    const by = (name: string): number[][] => model.stateDict()[name]!.toArray() as number[][];
    const held = functionalCall(model, gradient, (m) => m.layers[0].weight as Tensor);
    expect(held).toBe(gradient.layers[0].weight);
    expect(held.toArray()).not.toEqual(by("0.weight"));

    const [attention, lstm] = [new MultiHeadAttention(4, 2), new LSTM(4, 4, { bidirectional: true })];
    const input = generator.randn([3, 2, 4]);
    const attend = (m: typeof attention): Tensor<[]> => m.forward(input, input, input)[0].square().sum();
    const recur = (m: typeof lstm): Tensor<[]> => m.forward(input)[0].square().sum();
    const none = (m: Module): Tensors => mapped(m.stateDict(), (p) => p.mul(0));
    expect(functionalCall(attention, none(attention), attend).item()).toBe(0);
    expect(functionalCall(attention, grad(attend)(attention), attend).item()).toBeGreaterThan(0);
    expect(functionalCall(lstm, none(lstm), recur).item()).toBe(0);
    expect(functionalCall(lstm, grad(recur)(lstm), recur).item()).toBeGreaterThan(0);
  });

  test("a part of the parameters, tied ones, buffers, and calls inside calls", () => {
    const model = new Tied().eval();
    const zero = zeros([2, 2]);
    expect(functionalCall(model, { "b.weight": zero }, (m) => [m.a.weight, m.b.weight])).toEqual([zero, zero]);
    expect(functionalCall(model, { a: { weight: zero }, b: { weight: zero } }, (m) => m.a.bias)).toBe(model.a.bias);
    const mean = functionalCall(model, { "norm.running_mean": model.b.bias!.detach() }, (m) =>
      functionalCall(m, { "a.weight": zero }, (inner) => inner.forward(zeros([3, 2]) as never)),
    );
    expect(mean.toArray()).toEqual(zeros([3, 2]).toArray());
  });

  test("copies of a tied tensor are one, unless they differ or derivatives are taken by one of them", () => {
    const [model, other] = [new Tied().eval(), new Tied().eval()];
    const z = generator.randn([3, 2]);
    const loss = (m: Tied): Tensor<[]> => m.forward(z).square().sum();
    expect(functionalCall(model, model.stateDict(), loss).item()).toBe(loss(model).item());
    expect(functionalCall(model, other.stateDict(), loss).item()).toBe(loss(other).item());
    const gradient = grad(loss)(model);
    expect(gradient.b.weight).not.toBe(gradient.a.weight);
    functionalCall(model, gradient, ({ a, b }) => {
      expect(a.weight).toBe(gradient.a.weight);
      expect(b.weight).toBe(gradient.a.weight);
    });
    expect(model.b.weight).toBe(model.a.weight);
    const whole = (weight: Tensor): Tensor<[]> =>
      functionalCall(model, { ...model.stateDict(), "a.weight": weight, "b.weight": weight }, loss);
    checkGradients(whole as never, [gradient.a.weight] as never);

    const pair = (a: Tensor, b: Tensor): Tensor => untyped(model, { "a.weight": a, "b.weight": b }, loss) as Tensor;
    const several = generator.randn([2, 2, 2]);
    const each = several.toArray().map((w) => pair(tensor(w as never), tensor(w as never)).item());
    const together = vmap(pair as never)(several, several.detach()) as Tensor;
    expect(together.isClose(tensor(each), { rtol: 1e-14 }).all().item()).toBe(1);
    const w = generator.randn([2, 2]);
    const bent = generator.randn([2, 2], { requiresGrad: true });
    expect(errors(
      () => pair(w, w.add(1e-15)),
      () => pair(zeros([2, 2]), zeros([2, 2]).neg()),
      () => pair(w, w.to("float32").to("float64")),
      () => pair(zeros([2, 2]), zeros([2, 2], { dtype: "float32" })),
      () => vmap(pair as never)(several, several.add(1)),
      () => vmap(pair as never, { inDims: [0, null] })(stack([w, w]), w),
      // the same elements, of which one set differs along the outer dim and the other along the inner
      () => vmap((a: Tensor) => vmap((b: Tensor) => pair(a, b))(several))(several as never),
      () => pair(bent, bent.detach()),
      () => pair(bent.detach(), bent),
      () => grad(pair)(w, w),
      () => grad((s: Tensors) => functionalCall(model, s, loss))({ ...mapped(parametersOf(model), (p) => p.detach()), "b.weight": w }),
      () => hessian(((v: Tensor) => pair(v.mul(1), v.mul(1))) as never)(w),
    )).toMatchInlineSnapshot(`
      "ArgumentError: functionalCall: a.weight and b.weight differ, and are one tensor of the model
      ArgumentError: functionalCall: a.weight and b.weight differ, and are one tensor of the model
      ArgumentError: functionalCall: a.weight and b.weight differ, and are one tensor of the model
      ArgumentError: functionalCall: a.weight and b.weight differ, and are one tensor of the model
      ArgumentError: functionalCall: a.weight and b.weight differ, and are one tensor of the model
      ArgumentError: functionalCall: a.weight and b.weight differ, and are one tensor of the model
      ArgumentError: functionalCall: a.weight and b.weight differ, and are one tensor of the model
      ArgumentError: functionalCall: a.weight and b.weight are one tensor of the model; where one requires grad, give both the same tensor or leave one out
      ArgumentError: functionalCall: a.weight and b.weight are one tensor of the model; where one requires grad, give both the same tensor or leave one out
      ArgumentError: functionalCall: a.weight and b.weight are one tensor of the model; where one requires grad, give both the same tensor or leave one out
      ArgumentError: functionalCall: a.weight and b.weight are one tensor of the model; where one requires grad, give both the same tensor or leave one out
      ArgumentError: functionalCall: a.weight and b.weight are one tensor of the model; where one requires grad, give both the same tensor or leave one out"
    `); // prettier-ignore
  });

  test("vmap runs models side by side", () => {
    const models = [network(), network(), network()];
    const [base] = models as [ReturnType<typeof network>];
    const stacked = mapped(base.stateDict(), (_, name) => stack(models.map((m) => m.stateDict()[name]!)));
    const together = vmap((state: Tensors) => functionalCall(base, state, (m) => m.forward(x)))(stacked as never);
    expect(
      (together as Tensor)
        .isClose(stack(models.map((m) => m.forward(x))), { atol: 1e-15 })
        .all()
        .item(),
    ).toBe(1);
  });

  test("a step of gradient descent inside the function is differentiated", () => {
    const model = network();
    const state = model.stateDict();
    const loss = (s: Tensors): Tensor<[]> => functionalCall(model, s, (m) => mseLoss(m.forward(x), y));
    const step = (s: Tensors): Tensors => {
      const g = grad(loss)(s);
      return mapped(s, (p, name) => p.sub(g[name]!.mul(0.1)));
    };
    const [name] = Object.keys(state) as [string];
    const after = (w: Tensor): Tensor<[]> => loss(step({ ...state, [name]: w }));
    checkGradients(after as never, [state[name]!] as never);
    // ∇ₚ L(p − r∇L(p)) = (1 − r∇²L(p))·∇L(p − r∇L(p)); to a parameter that is a leaf it comes by backward()
    const inner = (w: Tensor): Tensor<[]> => loss({ ...state, [name]: w });
    const one = (w: Tensor): Tensor<[]> => inner(w.sub(grad(inner)(w).mul(0.1)) as Tensor);
    const w = state[name]!;
    const outer = grad(inner)(w.sub(grad(inner)(w).mul(0.1)) as Tensor);
    const wanted = outer.sub(hvp(inner as never, w, outer as never).mul(0.1)) as Tensor;
    expect(grad(one)(w).isClose(wanted, { rtol: 1e-12 }).all().item()).toBe(1);
    expect((hessian(inner as never)(w) as Tensor).rank).toBe(4);

    const leaves = parametersOf(model);
    const g = grad(loss)(leaves);
    loss(mapped(leaves, (p, key) => p.sub(g[key]!.mul(0.1)))).backward();
    const direct = grad((s: Tensors) => loss(step(s)))(state);
    for (const [key, p] of Object.entries(leaves))
      expect(p.grad!.isClose(direct[key]!, { rtol: 1e-12, atol: 1e-15 }).all().item()).toBe(1);
  });

  test("what does not fit, before anything is changed; and what the function throws, after all is put back", () => {
    class Kept extends Module {
      readonly #inner = new Linear(1, 1);
      readonly list: readonly Parameter[] = Object.freeze([new Parameter([1])]);
      override members(): Iterable<readonly [string, unknown]> {
        return [["inner", this.#inner], ["list", this.list]]; // prettier-ignore
      }
    }
    const model = network();
    const before = bits(model.stateDict());
    let calls = 0;
    const count = (): number => ++calls;
    const circle: Record<string, unknown> = {};
    circle["layers"] = [circle];
    expect(errors(
      () => untyped(model, { "0.wieght": zeros([3, 2]), "2.weight": zeros([3, 1]), "2.bias": zeros([1], { dtype: "int32" }), "0.bias": 3 }, count),
      () => untyped(model, model.parameters(), count),
      () => untyped(model, zeros([2]), count),
      () => untyped(model, model, count),
      () => untyped(model, { layers: [new Linear(2, 3)] }, count),
      () => untyped(model, circle, count),
      () => untyped((z: Tensor) => z, {}, count),
      () => untyped(model, {}, x),
      () => untyped(new Kept(), { "inner.weight": zeros([1, 1]), "list.0": zeros([1]) }, count),
      () => untyped(model, { "0.bias": zeros([3]) }, async () => 0),
    )).toMatchInlineSnapshot(`
      "ArgumentError: functionalCall: there is no 0.wieght in Sequential; needs a record of tensors by path, such as stateDict() returns, or a tree such as grad(f)(module) returns; 2.weight is [3,1], expected [1,3]; 2.bias is int32, expected float64; 0.bias is a number; wrap it in value(...)
      ArgumentError: functionalCall: there is no 0, 1, 2, 3 in Sequential; needs a record of tensors by path, such as stateDict() returns, or a tree such as grad(f)(module) returns
      ArgumentError: functionalCall: needs a record of tensors by path, such as stateDict() returns, or a tree such as grad(f)(module) returns, got an object of class Tensor
      ArgumentError: functionalCall: needs a record of tensors by path, such as stateDict() returns, or a tree such as grad(f)(module) returns, got an object of class Sequential
      ArgumentError: functionalCall: there is no layers.0 in Sequential; needs a record of tensors by path, such as stateDict() returns, or a tree such as grad(f)(module) returns
      ArgumentError: functionalCall: layers.0 contains itself
      ArgumentError: functionalCall: expected a module, got a function
      ArgumentError: functionalCall: expected a function such as (x) => …, got an object of class Tensor
      ArgumentError: functionalCall: inner.weight cannot be replaced where it is: in a #private property, behind a getter, or frozen; list.0 cannot be replaced where it is: in a #private property, behind a getter, or frozen
      ArgumentError: functionalCall: the function is async, and functionalCall ends at its first await; await first, and pass what computes alone"
    `); // prettier-ignore
    expect(calls).toBe(0);
    expect(() =>
      functionalCall(model, { "0.bias": zeros([3]) }, () => {
        throw new RangeError("mine");
      }),
    ).toThrow(RangeError);
    expect(bits(model.stateDict())).toEqual(before);
    expect(functionalCall(model, {}, (m) => m)).toBe(model);
  });
});

test("types", () => {
  const model = network();
  const y1: Tensor<[5, 1]> = functionalCall(model, { "0.bias": zeros([3]) }, (m) => m.forward(x));
  const y2: Tensor<[5, 1]> = functionalCall(model, { layers: [{ bias: zeros([3]) }] }, (m) => m.forward(x));
  const y3: Tensor<[5, 1]> = functionalCall(model, tensorsOf(model), (m) => m.forward(x));
  expect([y1.shape, y2.shape, y3.shape]).toEqual([[5, 1], [5, 1], [5, 1]]); // prettier-ignore
  const layer = new Linear(2, 3, { bias: false });
  // @ts-expect-error -- the weight is [3,2]
  expect(() => functionalCall(layer, { weight: zeros([2, 3]) }, (m) => m)).toThrow("weight is [2,3], expected [3,2]");
  // @ts-expect-error -- no tensors
  expect(() => functionalCall(layer, { weight: [[1, 2]] }, (m) => m)).toThrow("there is no weight.0.0");
});
const tensorsOf = (module: Module): Tensors => module.stateDict();
