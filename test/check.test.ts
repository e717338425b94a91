import {
  checkGradients, customGradient, fromTypedArray, Generator, grad, GradientCheckError, type GradientReport, noGrad, type Tensor, tensor, type Value, value, zeros,
} from "@chainrule/core"; // prettier-ignore
import { Linear, mseLoss, Parameter, Sequential, Sigmoid, Tanh } from "@chainrule/nn";
import { describe, expect, test } from "vitest";

const bits = (x: Tensor): unknown[] =>
  [...new BigUint64Array(x.to("float64").toTypedArray().slice().buffer)].map(String);
const report = (f: (...x: never[]) => unknown, inputs: unknown, options = {}): GradientReport =>
  checkGradients(f as never, inputs, { throw: false, ...options });
const messageOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return "nothing thrown";
};
/** exp with a derivative that is too large by `factor`. */
const wrongExp = (factor: number | Tensor) =>
  customGradient({ forward: (x) => x.exp(), vjp: (g, { output }) => g.mul(output).mul(factor as Tensor) });

describe("what can be checked", () => {
  const x = tensor([[1, -2, 0.5], [0.25, 3, -1]]); // prettier-ignore
  const w = tensor([[0.5, 1], [-1, 2], [0.75, -0.25]]); // prettier-ignore

  test("a function of several tensors; the types of its arguments follow from the inputs", () => {
    const { ok } = checkGradients(
      (a, b) => {
        const product: Tensor<[2, 2]> = a.matmul(b).as([2, 2]);
        return product.tanh();
      },
      [x, w],
    );
    expect(ok).toBe(true);
  });

  test("a single tensor, a number, several numbers", () => {
    checkGradients((a) => a.sin(), x);
    checkGradients((a: Value) => a.exp(), 0.5);
    checkGradients((a, b) => a.pow(b), [2, 3]);
  });

  test("trees of inputs and of outputs", () => {
    const tree = { a: x, rest: [w, { b: 2 }] };
    const r = checkGradients((t: never) => {
      const { a, rest } = t as { a: Tensor; rest: [Tensor, { b: Tensor }] };
      return { product: a.matmul(rest[0]), list: [rest[1].b.square(), a.sum()] };
    }, tree as never);
    expect(r.ok).toBe(true);
    const wrong = report((t: { a: Tensor }) => ({ y: [wrongExp(tensor([1, 2]))(t.a)] }), { a: tensor([0.5, 1]) });
    expect(wrong.worst).toMatchObject({ input: "input.a", at: [1], output: "output.y.0", outputAt: [1] });
  });

  test("a closure over leaves that require grad, and over parameters of a model", () => {
    const v = tensor([1, 2], { requiresGrad: true });
    expect(checkGradients(() => v.square().sum(), v).ok).toBe(true);
    expect(checkGradients(() => v.square().sum(), [v]).ok).toBe(true);
    const model = new Sequential(new Linear(3, 4), new Tanh(), new Linear(4, 2), new Sigmoid());
    const target = zeros([2, 2]);
    const loss = () => mseLoss(model.forward(x) as Tensor, target);
    for (const inputs of [model.parameters(), model, [model]]) {
      const r = checkGradients(loss as never, inputs as never, { order: 2 });
      expect(r.verdict).toBe("pass");
      expect(r.counts.pass).toBeGreaterThan(25 * 2 * 2);
    }
    expect(String(report(loss, [model, x]))).toContain(
      "but f changes with input 1: f detaches it, or takes it from outside although it does not require grad",
    );
    checkGradients((m, a) => mseLoss(m.forward(a) as Tensor, target), [model, x]);
  });

  test("the same leaf through the argument and from outside counts in both places", () => {
    const v = tensor([1, 2], { requiresGrad: true });
    const { worst } = checkGradients((a) => a.mul(v), [v]);
    expect(worst!.analytic).toBe(2 * v.toTypedArray()[worst!.at![0]!]!);
  });

  test("parameters of a model are named as the model names them", () => {
    const model = new Sequential(new Linear(2, 2), new Tanh());
    for (const [name, parameter] of model.namedParameters()) (parameter as Parameter).name = name;
    const r = report(() => wrongExp(2)(model.forward(tensor([[1, 2]])) as Tensor), model.parameters());
    expect(String(r)).toContain(`/ d ${r.worst!.input}[`);
    expect(["0.weight", "0.bias", "layers.0.weight", "layers.0.bias"]).toContain(r.worst!.input);
  });

  test("a parameter that a module holds twice", () => {
    const shared = new Parameter([0.5, 2]);
    const model = new Sequential(new Linear(2, 2, { bias: false }));
    Object.assign(model, { a: shared, b: shared });
    expect(checkGradients(() => (model.forward(shared.unsqueeze(0)) as Tensor).sum(), model).ok).toBe(true);
  });

  test("views, empty tensors and inputs that matter to nothing", () => {
    checkGradients((a) => a.exp(), [x.transpose()]);
    checkGradients((a) => a.sum(), [tensor(1).broadcastTo([3])]);
    checkGradients((a) => a.exp(), [zeros([0, 3])]);
    const r = checkGradients((a, b) => a.square().add(b.mul(0)), [x, tensor(1)]);
    expect(r.ok).toBe(true);
    checkGradients((a, _b) => a.square(), [x, tensor(1)]);
  });

  test("where the function and all that it is computed from vanish", () => {
    const f = (x: Tensor) => x.sub(x.sin());
    const wrong = (x: Tensor) => f(x).add(x.detach().mul(1e-9));
    for (const point of [tensor(0), tensor([0, -2, 0])]) {
      expect(checkGradients(f, [point]).ok).toBe(true);
      expect(checkGradients((x: Tensor) => x.tanh().sub(x), [point]).ok).toBe(true);
      expect(checkGradients(wrong, [point], { throw: false }).verdict).toBe("fail");
    }
  });

  test("a derivative computed by grad inside of f", () => {
    checkGradients((a) => grad((b: Tensor) => b.tanh().sum())(a), [tensor([0.5, -1])], { order: 2 });
  });

  test("inside noGrad", () => {
    expect(noGrad(() => checkGradients((a) => a.square(), [x])).ok).toBe(true);
  });

  test("a large layer, by random directions, in seconds", () => {
    const random = new Generator(1);
    const layer = new Linear(784, 128, { generator: random });
    const input = random.randn([8, 784]);
    const start = performance.now();
    const r = checkGradients(() => (layer.forward(input) as Tensor).sigmoid(), layer);
    expect(r.method).toContain("3 random directions among 1024 × 100480 derivatives");
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

describe("inputs come back as they were", () => {
  const make = () => ({
    vector: tensor([0.1, 0.2, -0.3], { requiresGrad: true }),
    scalar: value(1 / 3, { requiresGrad: true }),
    single: tensor([0.1, 0.7], { dtype: "float32", requiresGrad: true }),
  });
  const loss = ({ vector, scalar, single }: ReturnType<typeof make>) =>
    vector.sin().sum().mul(scalar.exp()).add(single.square().sum());

  test("after a check, bit for bit, with dtype and version; a graph made before is still good", () => {
    const all = make();
    const before = Object.values(all).map((x) => [bits(x), x.dtype, x.version, x.grad]);
    const graph = loss(all);
    const view = all.vector.slice(0, { end: 2 });
    checkGradients(() => loss(all), all as never, { order: 2 });
    expect(Object.values(all).map((x) => [bits(x), x.dtype, x.version, x.grad])).toEqual(before);
    graph.backward();
    expect(all.scalar.grad!.item()).toBeCloseTo(graph.item() - all.single.square().sum().item(), 12);
    expect(view.toArray()).toEqual([0.1, 0.2]);
  });

  test("when f throws half-way", () => {
    const all = make();
    const before = Object.values(all).map((x) => [bits(x), x.dtype]);
    for (let limit = 0; limit < 12; limit++) {
      let runs = 0;
      const f = () => {
        if (runs++ === limit) throw new Error("enough");
        return loss(all);
      };
      expect(() => checkGradients(f, all as never)).toThrow("enough");
      expect(Object.values(all).map((x) => [bits(x), x.dtype])).toEqual(before);
    }
  });

  test("while f runs, a leaf that is taken from outside does change", () => {
    const v = tensor([1, 2], { requiresGrad: true });
    const seen = new Set<number>();
    checkGradients(() => {
      seen.add(v.toTypedArray()[0]!);
      return v.square();
    }, v);
    expect(seen.size).toBeGreaterThan(8);
  });
});

describe("a gradient that got lost is not taken for independence", () => {
  test.each([
    ["detached argument", (x: Tensor) => x.detach().square()],
    ["argument under noGrad", (x: Tensor) => noGrad(() => x.square())],
    [
      "argument read as numbers",
      (x: Tensor) =>
        fromTypedArray(
          x.toTypedArray().map((v) => v * v),
          x.shape,
        ),
    ],
  ])("%s", (_, f) => {
    expect(report(f, [tensor([1, 2])]).verdict).toBe("fail");
    expect(report(f, [tensor([1, 2], { requiresGrad: true })]).verdict).toBe("fail");
  });

  test("detached leaf from outside", () => {
    const a = tensor([1, 2], { requiresGrad: true });
    const b = tensor([3, 4], { requiresGrad: true });
    expect(report(() => a.mul(b.detach()), [a, b]).worst).toMatchObject({
      verdict: "fail",
      input: "input 1",
      analytic: 0,
    });
    expect(report((x) => (x as Tensor).mul(b.detach()), [a, b]).worst).toMatchObject({
      verdict: "fail",
      input: "input 1",
    });
  });
});

describe("the report", () => {
  test("names the worst place, both values and what to look for", () => {
    const x = tensor([[0.5, -1], [2, 0]]); // prettier-ignore
    const r = report(wrongExp(-1), [x]);
    expect(r).toMatchObject({ ok: false, verdict: "fail", counts: { fail: 8 } });
    expect(r.worst).toMatchObject({
      verdict: "fail", input: "input 0", at: [1, 0], output: "output", outputAt: [1, 0], mode: "reverse", order: 1,
      analytic: -Math.exp(2),
    }); // prettier-ignore
    expect(r.worst!.numeric).toBeCloseTo(Math.exp(2), 10);
    expect(r.worst!.est).toBeLessThan(1e-10);
    expect(String(r)).toMatchInlineSnapshot(`
      "checkGradients: fail: d output[1,0] / d input 0[1,0] is wrong in reverse mode
          analytic  -7.38906
          numeric   7.38906 ± 1e-12
          differ by 1.5e+1, allowed 7.5e-9
        the sign is wrong
        forward mode gives the same, so look at what both rules share
        32 comparisons: 8 fail, 24 pass (all 4 × 4 derivatives, both modes, order 1)"
    `);
  });

  test("is thrown with the error by default, for anything but a pass", () => {
    const check = (f: (x: Tensor) => Tensor, x: number) => messageOf(() => checkGradients(f as never, [x]));
    expect(check(wrongExp(2), 1)).toMatchInlineSnapshot(`
      "GradientCheckError: checkGradients: fail: d output / d input 0 is wrong in reverse mode
          analytic  5.43656
          numeric   2.71828 ± 1e-12
          differ by 2.7e+0, allowed 5.5e-9
        it is 2 times what it should be: a term counted twice or not at all, or sum where mean is meant?
        forward mode gives the same, so look at what both rules share
        2 comparisons: 2 fail, 0 pass (all 1 × 1 derivatives, both modes, order 1)"
    `);
    expect(check((x) => x.abs(), 0)).toMatchInlineSnapshot(`
      "GradientCheckError: checkGradients: kink: d output / d input 0 does not exist: from the left it is -1, from the right 1
          analytic  0
          numeric   0 ± 1e-15
          differ by 0.0e+0, allowed 8.9e-15
        f has no derivative here; check at a point beside the kink, unless the value at the kink is what you meant to see
        2 comparisons: 2 kink, 0 pass (all 1 × 1 derivatives, both modes, order 1)"
    `);
    expect(check((x) => x.sign(), 0)).toMatchInlineSnapshot(`
      "GradientCheckError: checkGradients: inconclusive: d output / d input 0: the differences grow without bound as the step shrinks: a jump, or a vertical tangent
          analytic  0
          numeric   1244.29 ± 1e3
          differ by 1.2e+3, allowed 6.2e+3
        2 comparisons: 2 inconclusive, 0 pass (all 1 × 1 derivatives, both modes, order 1)"
    `);
    try {
      checkGradients(wrongExp(2), [1]);
    } catch (error) {
      expect(error).toBeInstanceOf(GradientCheckError);
      expect((error as GradientCheckError).report.worst!.analytic).toBe(2 * Math.E);
    }
  });

  test("of a pass says how sharp the check was", () => {
    const r = checkGradients((x) => x.exp(), [tensor([0.5, 1])]);
    expect(r).toMatchObject({ ok: true, verdict: "pass", broken: [], hints: [], problems: [] });
    expect(r.resolution).toBeLessThan(3e-9);
    expect(String(r)).toMatchInlineSnapshot(`
      "checkGradients: pass
        11 comparisons: 11 pass (all 2 × 2 derivatives, both modes, order 1)
        all agree to 1e-13; an error of 1e-9 of any derivative would have been seen"
    `);
  });

  test("of higher orders names the modes", () => {
    const exp = customGradient({ forward: (x) => x.exp(), vjp: (g, { inputs: [x] }) => g.mul(x.detach().exp()) });
    const r = report(exp, [tensor([0.5])], { order: 2 });
    expect(r.problems.every((e) => e.order === 2)).toBe(true);
    expect(new Set(r.problems.map((e) => e.mode))).toEqual(
      new Set(["reverse over forward", "forward over forward", "reverse over reverse", "forward over reverse"]),
    );
    expect(String(r)).toMatchInlineSnapshot(`
      "checkGradients: fail: d gradient by input 0[0] / d input 0[0] is wrong in reverse over reverse mode
          analytic  0
          numeric   1.79672 ± 1e-12
          differ by 1.8e+0, allowed 1.8e-9
        the derivative is 0, but f changes: is there a detach(), a noGrad() or a rule that returns null on the way?
        forward mode gives the same, so look at what both rules share
        8 comparisons: 4 fail, 4 pass (all 1 × 1 derivatives, both modes, orders 1 to 2)"
    `);
  });

  test("finds the one wrong derivative among 10,000 by halving", () => {
    const part = (x: Tensor, start: number, end: number) => x.slice(0, { start, end });
    const f = (x: Tensor) =>
      part(x, 0, 1234)
        .sin()
        .sum()
        .add(wrongExp(1.001)(part(x, 1234, 1235)).sum())
        .add(part(x, 1235, 10_000).cos().sum());
    const r = report(f, [new Generator(3).rand([10_000])]);
    expect(r.worst).toMatchObject({ verdict: "fail", input: "input 0", at: [1234], outputAt: [] });
  });

  test("is the same each time, and another seed gives other directions", () => {
    const run = (seed: number) => report((x) => (x as Tensor).sin(), [new Generator(1).rand([600])], { seed });
    expect(run(1)).toEqual(run(1));
    expect(run(1).worst!.numeric).not.toBe(run(2).worst!.numeric);
  });
});

test("what makes no sense is refused", () => {
  const x = tensor([1, 2], { requiresGrad: true });
  const y = x.mul(2);
  const plain = tensor([1, 2]);
  let calls = 0;
  const refused: Record<string, () => unknown> = {
    "no tensor": () => checkGradients(() => x, []),
    "a module without parameters": () => checkGradients(() => x, new Tanh()),
    "int32": () => checkGradients((i) => i, [tensor([1], { dtype: "int32" })]),
    "no number": () => checkGradients(() => x, ["x"] as never),
    "NaN": () => checkGradients((a) => a, [tensor([[1, NaN]])]),
    "∞": () => checkGradients((a) => a, tensor([Infinity])),
    "the same tensor twice": () => checkGradients((a, b) => a.mul(b), [x, x]),
    "a view of it": () => checkGradients((a, b) => a.mul(b), [x, x.detach()]),
    "overlapping parts": () => checkGradients((a, b) => a.mul(b), [x.slice(0, { end: 2 }), x.reshape([2, 1])]),
    "nothing requires grad": () => checkGradients(() => plain.mul(2), plain),
    "computed before": () => checkGradients(() => y.sum(), x),
    "not a leaf": () => checkGradients(() => y.sum(), y),
    "not deterministic": () => checkGradients((a) => a.mul(calls++), [x]),
    "no result": () => checkGradients(() => undefined, [x]),
    "an empty result": () => checkGradients(() => [], [x]),
    "a result of dtype bool": () => checkGradients((a) => a.gt(0), [x]),
    "another shape each time": () => checkGradients((a) => (a.sum().item() > 3 ? a : a.sum()), [x]),
    "order": () => checkGradients((a) => a, [x], { order: 4 as never }),
    "directions": () => checkGradients((a) => a, [x], { directions: 0 }),
  }; // prettier-ignore
  expect(Object.fromEntries(Object.entries(refused).map(([name, run]) => [name, messageOf(run)])))
    .toMatchInlineSnapshot(`
    {
      "NaN": "ArgumentError: checkGradients: input 0 holds NaN at [0,1]; derivatives are checked at finite points",
      "a module without parameters": "ArgumentError: checkGradients: the inputs hold no tensor to differentiate by; pass tensors, or modules with parameters",
      "a result of dtype bool": "DtypeError: checkGradients: the output is bool; derivatives are taken by float64 or float32 tensors, convert with to("float64")",
      "a view of it": "ArgumentError: checkGradients: input 0 and input 1 share their elements (one is a view of the other, or detached from it); pass clones",
      "an empty result": "ArgumentError: checkGradients: f returned no tensor",
      "another shape each time": "ArgumentError: checkGradients: f returned other shapes when its inputs changed a little",
      "computed before": "GraphError: checkGradients: f uses a result of mul that was computed from input before f ran, so it does not change with it; compute it in f",
      "directions": "ArgumentError: checkGradients: directions is a whole number from 1 up, got 0",
      "int32": "DtypeError: checkGradients: the input.0 is int32; derivatives are taken by float64 or float32 tensors, convert with to("float64")",
      "no number": "ArgumentError: checkGradients: the input.0 is string, expected a tensor, a number, or an array, record or module of them",
      "no result": "ArgumentError: checkGradients: the output is undefined, expected a tensor, a number, or an array, record or module of them",
      "no tensor": "ArgumentError: checkGradients: the inputs hold no tensor to differentiate by; pass tensors, or modules with parameters",
      "not a leaf": "GraphError: checkGradients: f uses a result of mul that was computed from input before f ran, so it does not change with it; compute it in f",
      "not deterministic": "ArgumentError: checkGradients: f is not deterministic: it returned 3, then 4 for the same inputs; switch off dropout, draw random numbers outside of f, or seed a new Generator in it",
      "nothing requires grad": "GraphError: checkGradients: no input requires grad, and f does not depend on its arguments; make the tensors it uses with { requiresGrad: true }, or let f take them as arguments",
      "order": "ArgumentError: checkGradients: order is 1, 2 or 3, got 4",
      "overlapping parts": "ArgumentError: checkGradients: input 0 and input 1 share their elements (one is a view of the other, or detached from it); pass clones",
      "the same tensor twice": "ArgumentError: checkGradients: input 0 and input 1 are the same tensor; pass it once, or a clone",
      "∞": "ArgumentError: checkGradients: input holds Infinity at [0]; derivatives are checked at finite points",
    }
  `);
});

describe("float32", () => {
  test("is checked in float64, as sharply", () => {
    const x = tensor([0.3, 0.7], { dtype: "float32" });
    const dtypes = new Set<string>();
    const r = checkGradients(
      (a) => {
        dtypes.add(a.dtype);
        return a.sin().mul(a);
      },
      [x],
    );
    expect(r.resolution).toBeLessThan(3e-9);
    expect(dtypes).toEqual(new Set(["float32", "float64"]));
    expect(report((a) => wrongExp(1 + 1e-6)(a as Tensor), [x]).verdict).toBe("fail");
  });

  test("models are widened in place, and given back", () => {
    const model = new Sequential(
      new Linear(3, 4, { dtype: "float32" }),
      new Tanh(),
      new Linear(4, 1, { dtype: "float32" }),
    );
    const input = tensor([[0.1, 0.2, 0.3]], { dtype: "float32" });
    const r = checkGradients(() => (model.forward(input) as Tensor).square().sum(), model, { order: 2 });
    expect(r.resolution).toBeLessThan(1e-5);
    expect(model.parameters().map((p) => p.dtype)).toEqual(["float32", "float32", "float32", "float32"]);
  });

  test("inside of f loosens the tolerances to what float32 can show", () => {
    const r = checkGradients((x) => x.to("float32").sin().mul(3), [tensor([0.5, 1])]);
    expect(r.resolution).toBeGreaterThan(1e-6);
    expect(report((x) => wrongExp(1.05)((x as Tensor).to("float32")), [tensor([0.5, 1])]).verdict).toBe("fail");
  });
});
