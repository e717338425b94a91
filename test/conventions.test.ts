import { readFileSync } from "node:fs";
import * as chainrule from "@chainrule/core";
import type { Tensor } from "@chainrule/core";
import {
  abs, argmax, argmin, atan2, clamp, erf, expm1, grad, GraphError, jvp, lerp, log, logcumsumexp, logSoftmax, logSumExp, max, maximum, mean, min, minimum, norm, pow, prod, relu,
  ShapeError, sigmoid, sign, softmax, softplus, sqrt, std, sum, tanh, tensor, value, variance, where, zeros,
} from "@chainrule/core"; // prettier-ignore
import {
  BatchNorm1d, bceLoss, Bilinear, Conv2d, ConvTranspose1d, crossEntropyLoss, Dropout, Embedding, GRU, InstanceNorm, klDivLoss, LayerNorm, Linear, MultiHeadAttention,
  mseLoss, nllLoss, Parameter, PReLU, sequential,
} from "@chainrule/nn"; // prettier-ignore
import { Adam, AdamW, clipGradNorm, SGD } from "@chainrule/optim";
import { describe, expect, test } from "vitest";

// docs/conventions.md, line by line.

type F = (...x: Tensor[]) => unknown;
/** Gradients of the sum of `f` by each input. */
const slopes = (f: F, ...x: (number | number[] | number[][])[]): unknown[] => {
  const inputs = x.map((data) => tensor(data as number[]) as Tensor);
  const total = (list: Tensor[]): Tensor => sum(f(...list) as Tensor) as Tensor;
  // −0 + 0 is 0: the sign of a zero is no convention.
  return grad(total)(inputs).map((g) => g.add(0).toArray());
};
const slope = (f: F, x: number | number[] | number[][]): unknown => slopes(f, x)[0];
/** f, f′, f″ and f‴ at x. */
const orders = (f: (x: Tensor) => unknown, at: number | Tensor): number[] => {
  const x = typeof at === "number" ? value(at) : at;
  const found: number[] = [];
  let g: (x: Tensor) => Tensor = f as (x: Tensor) => Tensor;
  for (let order = 0; order < 4; order++) {
    found.push(g(x).item() + 0);
    g = grad(g);
  }
  return found;
};
const values = (x: unknown): Tensor => (x as { values: Tensor }).values;
const NOTHING = zeros([0]) as Tensor;

describe("corners", () => {
  test("abs, relu, sign", () => {
    expect([slope(abs as F, 0), slope(relu as F, 0), slope(relu as F, -0)]).toEqual([0, 0, 0]);
    expect(slope(sign as F, [-2, 0, 3])).toEqual([0, 0, 0]);
  });
  test("clamp", () => {
    expect(slopes(clamp as F, [-1, 2, 0, -3, 5], -1, 2)).toEqual([[1, 1, 1, 0, 0], 1, 1]);
    expect(clamp(tensor([0, 1, 9]), 3, 1).toArray()).toEqual([1, 1, 1]);
    expect(slopes(clamp as F, [0, 1, 9], 3, 1)).toEqual([[0, 0, 0], 0, 3]);
    expect(clamp(tensor([-5, 5]), -Infinity, 1).toArray()).toEqual([-5, 1]);
  });
  test("equal arguments of maximum and minimum share, and so do extremes over everything", () => {
    expect([slopes(maximum as F, 2, 2), slopes(minimum as F, 2, 2)]).toEqual([[0.5, 0.5], [0.5, 0.5]]); // prettier-ignore
    expect([slope(max as F, [3, 1, 3, 3]), slope(min as F, [3, 1, 3, 1])].map(String)).toEqual([
      `${1 / 3},0,${1 / 3},${1 / 3}`,
      "0,0.5,0,0.5",
    ]);
  });
  test("the first of equal extremes along a dim takes all", () => {
    expect(slope((x) => values(max(x, 0)), [3, 1, 3])).toEqual([1, 0, 0]);
    expect(slope((x) => values(min(x, 1)), [[2, 2], [1, 0]])).toEqual([[1, 0], [0, 1]]); // prettier-ignore
    expect(max(tensor([3, 1, 3]), 0).indices.item()).toBe(0);
  });
  test("pow", () => {
    expect(slopes(pow as F, [0, 2, -2], [0, 0, 0])).toEqual([[0, 0, 0], [0, Math.log(2), NaN]]); // prettier-ignore
    expect(slopes(pow as F, [0, 0, 0], [0, 0.5, 2])).toEqual([[0, Infinity, 0], [0, 0, 0]]); // prettier-ignore
    expect(orders((x) => pow(x, 2), 0)).toEqual([0, 0, 2, 0]);
    expect(orders((x) => pow(x, 3), 0)).toEqual([0, 0, 0, 6]);
    expect(orders((x) => pow(x, 0), 0)).toEqual([1, 0, 0, 0]);
    for (const b of [0, 1, 2, 3])
      for (const [dtype, a] of [
        ["float64", 1e-310],
        ["float64", -1e-160],
        ["float32", 1e-40],
        ["float32", -1e-20],
      ] as const) {
        const x = value(a, { dtype });
        const exponent = tensor([b], { dtype });
        const found = orders((y) => pow(y, exponent).sum(), x);
        expect(found.slice(b + 1)).toEqual(new Array(3 - b).fill(0)); // of a polynomial of degree b
        expect(found.every((slope) => slope === slope)).toBe(true);
      }
    // ∂²aᵇ/∂a∂b = 1/a at b = 0
    expect(grad((b: Tensor) => grad((a: Tensor) => pow(a, b))(value(1e-300)))(value(0)).item()).toBeCloseTo(
      1e300,
      -290,
    );
  });
  test("norm at the zero vector", () => {
    for (const p of [0.5, 1, 1.5, 2, 3, Infinity])
      expect(slope((x) => norm(x, undefined, { p }), [0, 0])).toEqual([0, 0]);
    for (const p of [0.5, 1.5, 2, 3])
      expect(slope((x) => grad((y: Tensor) => sum(norm(y, undefined, { p })) as Tensor)(x), [0, 0])).toEqual([0, 0]);
    expect(slope((x) => norm(x, 0, { p: 0.5 }), [0, 4])).toEqual([0, 1]);
  });
  test("std where all elements are equal", () => {
    expect([std(tensor([2, 2, 2])).item(), slope(std as F, [2, 2, 2])]).toEqual([0, [0, 0, 0]]);
  });
  test("atan2 at the origin, sqrt and log at 0", () => {
    expect(slopes(atan2 as F, 0, 0)).toEqual([0, 0]);
    expect([slope(sqrt as F, 0), slope(log as F, 0)]).toEqual([Infinity, Infinity]);
  });
});

describe("nothing to work on", () => {
  test("sum, prod, mean, variance, std, logSumExp, norm", () => {
    const results = [sum, prod, mean, variance, std, logSumExp, norm].map((f) => (f as F)(NOTHING) as Tensor);
    expect(results.map((x) => x.item())).toEqual([0, 1, NaN, NaN, NaN, -Infinity, 0]);
    for (const p of [1, 3, Infinity]) expect(norm(NOTHING, 0, { p }).item()).toBe(0);
    for (const p of [-1, -Infinity]) expect(norm(NOTHING, 0, { p }).item()).toBe(Infinity);
    expect([
      variance(tensor([3])).item(),
      std(tensor([3])).item(),
      variance(tensor([3]), 0, { correction: 0 }).item(),
    ]).toEqual([NaN, NaN, 0]);
  });
  test("extremes are an error", () => {
    for (const f of [max, min, argmax, argmin]) {
      expect(() => (f as F)(NOTHING)).toThrow(ShapeError);
      expect(() => (f as (x: Tensor, dim: number) => unknown)(zeros([2, 0]) as Tensor, 1)).toThrow(ShapeError);
    }
    expect(values(max(zeros([0, 2]) as Tensor, 1) as never).shape).toEqual([0]);
  });
  test("no dims: nothing is reduced", () => {
    for (const f of [sum, mean, prod, logSumExp])
      expect((f as (x: Tensor, dim: number[]) => Tensor)(tensor([2, 3]), []).toArray()).toEqual([2, 3]);
  });
  test("gradients of sizes of 0 reach the leaf", () => {
    const x = zeros([2, 0], { requiresGrad: true }) as Tensor;
    for (const f of [sum, prod, mean, norm, logSumExp]) sum((f as (x: Tensor, dim: number) => Tensor)(x, 1)).backward();
    expect(x.grad!.shape).toEqual([2, 0]);
  });
});

describe("far out", () => {
  test.each([-1e100, -1000, 1000, 1e100])("sigmoid, softplus, tanh, erf at %d", (x) => {
    const up = x > 0;
    expect(orders(sigmoid, x)).toEqual([up ? 1 : 0, 0, 0, 0]);
    expect(orders(softplus, x).map(Math.abs)).toEqual([up ? x : 0, up ? 1 : 0, 0, 0]);
    expect(orders(tanh, x)).toEqual([up ? 1 : -1, 0, 0, 0]);
    expect(orders(erf, x)).toEqual([up ? 1 : -1, 0, 0, 0]);
  });
  test("softmax, logSoftmax and logSumExp at ±1000", () => {
    const x = [[1000, 0, -1000], [1000, 1000, 1000], [-1000, -1000, -1001]]; // prettier-ignore
    const all = [softmax(tensor(x), 1), logSoftmax(tensor(x), 1), logSumExp(tensor(x), 1)] as Tensor[];
    for (const y of all) for (const v of y.toTypedArray()) expect(Number.isFinite(v)).toBe(true);
    expect((all[0]!.toArray() as number[][]).slice(0, 2)).toEqual([[1, 0, 0], [1 / 3, 1 / 3, 1 / 3]]); // prettier-ignore
    expect((all[1]!.toArray() as number[][])[0]).toEqual([0, -1000, -2000]);
    expect((all[2]!.toArray() as number[])[1]).toBe(1000 + Math.log(3));
    for (const f of [softmax, logSoftmax, logSumExp] as ((x: Tensor, dim: number) => Tensor)[]) {
      const second = slope((y) => grad((z: Tensor) => sum(f(z, 1).mul(f(z, 1))) as Tensor)(y), x) as number[][];
      for (const v of second.flat()) expect(Number.isFinite(v)).toBe(true);
    }
  });
  test("logcumsumexp where nothing but −∞ has come yet", () => {
    expect(slope((x) => logcumsumexp(x, 0), [-Infinity, -Infinity, 1])).toEqual([1.5, 0.5, 1]);
    expect(slope((x) => logcumsumexp(x, 0).at(-1), [-Infinity, -Infinity, 1])).toEqual([0, 0, 1]);
    expect(slope((x) => logcumsumexp(x, 0).at(-1), [1, -Infinity, -Infinity])).toEqual([1, 0, 0]);
  });
  test("an offset of 1e8 costs the variance nothing", () => {
    const at = [1e8 + 1, 1e8 + 2, 1e8 + 4];
    const near = [1, 2, 4];
    expect(variance(tensor(at)).item()).toBe(variance(tensor(near)).item());
    for (const f of [variance, std] as F[])
      (slope(f, at) as number[]).forEach((v, i) => expect(v / (slope(f, near) as number[])[i]!).toBeCloseTo(1, 13));
  });
  test("a norm of any order, and its derivatives, do not depend on the scale", () => {
    const near = (x: Tensor, to: Tensor, relative: number): void => {
      const [found, wanted] = [x.toTypedArray(), to.toTypedArray()];
      found.forEach((v, i) => expect(Math.abs(v - wanted[i]!)).toBeLessThanOrEqual(relative * Math.abs(wanted[i]!)));
    };
    for (const [dtype, scales, relative] of [
      ["float64", [2 ** 1000, 2 ** 600, 2 ** -600, 2 ** -1000], 1e-13],
      ["float32", [2 ** 120, 2 ** -120], 1e-5],
    ] as const)
      for (const p of [-3, -0.5, 0.5, 1.5, 3, 7])
        for (const k of scales) {
          const x = tensor([[3, -1, 2], [1, 1, -1.5]], { dtype }) as Tensor; // prettier-ignore
          const of = (y: Tensor): Tensor => norm(y, 1, { p }) as Tensor;
          near(of(x.mul(k)).div(k), of(x), relative);
          const slopeOf = (y: Tensor): Tensor => grad((z: Tensor) => sum(of(z)) as Tensor)(y);
          near(slopeOf(x.mul(k)), slopeOf(x), 10 * relative);
          near(jvp(slopeOf, [x.mul(k)], [x.square().mul(k)])[1], jvp(slopeOf, [x], [x.square()])[1], 100 * relative); // prettier-ignore
        }
    expect(norm(tensor([1e200, 1e200]), undefined, { p: 3 }).item()).toBeCloseTo(2 ** (1 / 3) * 1e200, -186);
    expect(norm(tensor([Infinity, 1]), undefined, { p: 3 }).item()).toBe(Infinity);
    expect(norm(tensor([NaN, 1]), undefined, { p: 3 }).item()).toBeNaN();
  });
  test("lerp at its ends, though the other is infinite", () => {
    expect([lerp(1, Infinity, 0).item(), lerp(-Infinity, 2, 1).item()]).toEqual([1, 2]);
    expect([lerp(1, NaN, 0).item(), lerp(NaN, 2, 1).item()]).toEqual([NaN, NaN]);
  });
  test("norm of squares that overflow or vanish", () => {
    expect(norm(tensor([3e200, 4e200])).item() / 5e200).toBeCloseTo(1, 15);
    expect(norm(tensor([3e-200, 4e-200])).item() / 5e-200).toBeCloseTo(1, 15);
    (slope(norm as F, [3e200, 4e200]) as number[]).forEach((v, i) => expect(v).toBeCloseTo([0.6, 0.8][i]!, 15));
    (slopes(atan2, 3e200, 4e200) as number[]).forEach((v, i) =>
      expect(v / [1.6e-201, -1.2e-201][i]!).toBeCloseTo(1, 14),
    );
  });
  test("long sums lose no digits", () => {
    const x = chainrule.full([1_000_000], 0.1, { dtype: "float32" }) as Tensor;
    expect(sum(x).item()).toBe(Math.fround(100000.00149011612));
    expect(mean(x.to("float64")).item()).toBeCloseTo(Math.fround(0.1), 15);
  });
});

describe("relative accuracy in the tails", () => {
  const { tails } = JSON.parse(readFileSync(new URL("fixtures/torch-ops.json", import.meta.url), "utf8")) as {
    tails: { op: "sigmoid" | "softplus" | "tanh"; x: number; value: number; derivative: number }[];
  };
  const relative = (a: number, b: number): number => (a === b ? 0 : Math.abs(a - b) / Math.abs(b));
  test.each(tails.map((row) => [`${row.op}(${row.x})`, row] as const))("%s and its derivative", (_, row) => {
    const f = { sigmoid, softplus, tanh }[row.op] as unknown as (x: Tensor) => Tensor;
    const [got, derivative] = orders(f, row.x) as [number, number];
    // Below the smallest normal number digits go, for everybody.
    const allowed = (wanted: number): number => Math.max(8e-16, 1e-323 / Math.abs(wanted));
    expect(relative(got, row.value)).toBeLessThanOrEqual(allowed(row.value));
    expect(relative(derivative, row.derivative)).toBeLessThanOrEqual(allowed(row.derivative));
  });
  test("derivatives of expm1, log1p, asin near their ends, and of higher order", () => {
    expect(relative(orders(expm1, -40)[1]!, Math.exp(-40))).toBeLessThan(3e-16);
    expect(relative(orders(expm1, 1e-20)[0]!, 1e-20)).toBe(0);
    expect(relative(orders(tanh, 30)[2]!, -2 * 3.5026043050786074e-26)).toBeLessThan(1e-14);
    expect(relative(orders(tanh, 300)[3]!, 4 * 1.0601586212017245e-260)).toBeLessThan(1e-14);
    expect(relative(orders(sigmoid, 40)[2]!, -4.248354255291589e-18)).toBeLessThan(1e-15);
    expect(relative(orders(erf, 20)[1]!, 2.1610374743867984e-174)).toBeLessThan(1e-13);
  });
});

describe("networks", () => {
  const generator = new chainrule.Generator(1);
  const data = (x: Tensor | null): number[] => [...x!.toTypedArray()];
  const int = (x: number[] | number[][]): Tensor => tensor(x as number[], { dtype: "int32" });
  /** Enough numbers, uniform in ±bound. */
  const uniform = (x: Tensor, bound: number): void => {
    const most = Math.max(...data(x).map(Math.abs));
    expect(most).toBeLessThanOrEqual(bound);
    expect(most).toBeGreaterThan(0.9 * bound);
  };
  test("what parameters begin as", () => {
    const linear = new Linear(9, 40, { generator });
    const conv = new Conv2d(4, 20, 3, { groups: 2, generator });
    const transposed = new ConvTranspose1d(20, 6, 3, { generator });
    for (const [layer, bound] of [[linear, 1 / 3], [conv, 1 / Math.sqrt(18)], [transposed, 1 / Math.sqrt(18)]] as const) {
      uniform(layer.weight, bound);
      expect(Math.max(...data(layer.bias).map(Math.abs))).toBeLessThanOrEqual(bound);
    } // prettier-ignore
    for (const x of new GRU(3, 16, { generator }).parameters()) uniform(x, 1 / 4);
    uniform(new Bilinear(4, 5, 6, { generator }).weight, 1 / 2);
    const { weight } = new Embedding(400, 5, { paddingIdx: 3, generator });
    expect([std(weight as Tensor).item(), ...data(weight.select(0, 3) as Tensor)].map(Math.round)).toEqual([
      1, 0, 0, 0, 0, 0,
    ]);
    const norms = [new LayerNorm(2), new BatchNorm1d(2)].map((x) => [data(x.weight), data(x.bias)]);
    expect([norms, data(new PReLU(2).weight as Tensor)]).toEqual([
      [
        [
          [1, 1],
          [0, 0],
        ],
        [
          [1, 1],
          [0, 0],
        ],
      ],
      [0.25, 0.25],
    ]);
    const attention = new MultiHeadAttention(8, 2, { generator });
    uniform(attention.inProjWeight!, Math.sqrt(6 / 32));
    expect(data(attention.inProjBias)).toEqual(data(zeros([24]) as Tensor));
  });
  test("training and eval", () => {
    const model = sequential(new Linear(1, 1), new Dropout(0.5));
    expect([model.training, model.layers[1].training, model.eval().layers[1].training]).toEqual([true, true, false]);
    const x = chainrule.ones([200]) as Tensor;
    expect(new Set(data(new Dropout(0.75, { generator }).forward(x as never)))).toEqual(new Set([0, 4]));
    expect(new Dropout(0.75).eval().forward(x as never)).toBe(x);
  });
  test("running statistics", () => {
    const x = tensor([[0], [2]]) as Tensor; // mean 1, variance 1 biased, 2 unbiased
    const norm = new BatchNorm1d(1, { eps: 0, momentum: 0.5 });
    expect(data(norm.forward(x as never))).toEqual([-1, 1]);
    expect([data(norm.runningMean), data(norm.runningVar)]).toEqual([[0.5], [1.5]]);
    norm.eval();
    expect(data(norm.forward(x as never))).toEqual([-0.5, 1.5].map((v) => v / Math.sqrt(1.5)));
    const mean = new BatchNorm1d(1, { momentum: null });
    for (const shift of [0, 1, 5]) mean.forward(x.add(shift) as never);
    expect(data(mean.runningMean).map((v) => v.toFixed(12))).toEqual(["3.000000000000"]);
    const without = new BatchNorm1d(1, { trackRunningStats: false, eps: 0 }).eval();
    expect(data(without.forward(x as never))).toEqual([-1, 1]);
    const instance = new InstanceNorm(1);
    expect([instance.parameters(), instance.namedBuffers()]).toEqual([[], []]);
  });
  test("reductions of losses", () => {
    expect([mseLoss(NOTHING, NOTHING).item(), mseLoss(NOTHING, NOTHING, { reduction: "sum" }).item()]).toEqual([
      NaN,
      0,
    ]);
    const logs = tensor([[-1, -2], [-3, -4]]) as Tensor; // prettier-ignore
    const weight = tensor([1, 3]) as Tensor;
    expect(nllLoss(logs, int([0, 1]), { weight }).item()).toBe((1 + 3 * 4) / (1 + 3));
    expect(nllLoss(logs, int([0, 1]), { ignoreIndex: 1 }).item()).toBe(1);
    expect(nllLoss(logs, int([1, 1]), { ignoreIndex: 1 }).item()).toBe(NaN);
    const equal = zeros([2, 2]) as Tensor;
    expect(crossEntropyLoss(equal, tensor([[1, 0], [0, 1]]) as Tensor, { weight }).item()).toBe(2 * Math.log(2)); // prettier-ignore
    for (const labelSmoothing of [0, 0.1])
      expect(crossEntropyLoss(equal, int([0, 0]), { weight: tensor([0, 3]), labelSmoothing }).item()).toBeNaN();
    const p = tensor([[0.5, 0.5], [1, 0]]) as Tensor; // prettier-ignore
    const [all, divergence] = (["mean", "batchMean"] as const).map((reduction) =>
      klDivLoss(equal, p, { reduction }).item(),
    );
    expect(divergence).toBe(2 * all!);
    expect(bceLoss(tensor([0]), tensor([1])).item()).toBe(100);
  });
  test("masks", () => {
    const attention = new MultiHeadAttention(2, 1, { batchFirst: true, generator });
    const x = generator.randn([1, 2, 2]) as Tensor;
    const mask = tensor([[false, true], [false, false]]) as Tensor; // prettier-ignore
    const seen = (attnMask: Tensor): number[][] =>
      (attention.forward(x, x, x, { attnMask })[1].toArray() as number[][][])[0]!;
    expect(seen(mask)[0]).toEqual([1, 0]);
    expect(seen(tensor([[0, -Infinity], [0, 0]]) as Tensor)).toEqual(seen(mask)); // prettier-ignore
    expect(seen(tensor([[true, true], [false, false]]) as Tensor)[0]).toEqual([NaN, NaN]); // prettier-ignore
    const q = x.select(0, 0) as Tensor;
    expect(data(chainrule.scaledDotProductAttention(q, q, q, { attnMask: mask })).slice(0, 2)).toEqual(
      data(q).slice(2),
    );
  });
  test("padding", () => {
    const x = tensor([[[-1, -2]]]) as Tensor;
    const one = chainrule.ones([1, 1, 2]) as Tensor;
    expect(data(chainrule.conv1d(x, one, null, { padding: "same" }))).toEqual([-3, -2]);
    expect(data(chainrule.maxPool1d(x, 2, { padding: 1 }))).toEqual([-1, -2]);
    expect(data(chainrule.avgPool1d(x, 2, { padding: 1 }))).toEqual([-0.5, -1]);
    expect(data(chainrule.avgPool1d(x, 2, { padding: 1, countIncludePad: false }))).toEqual([-1, -2]);
    const three = tensor([[[1, 2, 3]]]) as Tensor;
    expect(data(chainrule.avgPool1d(three, 2, { ceilMode: true }))).toEqual([1.5, 3]);
    expect(data(chainrule.maxPool1d(x, 2, { padding: 1, ceilMode: true }))).toEqual([-1, -2]);
    expect(data(chainrule.interpolate(x, { scaleFactor: 1.25, mode: "linear" }))).toEqual([-1, -2]);
  });
  test("steps", () => {
    const [a, b] = [new Parameter([1]), new Parameter([1])] as Parameter[];
    const adam = new Adam([a!, b!], { lr: 0.1 });
    a!.grad = tensor([1]) as Tensor;
    adam.step();
    expect([data(b!), adam.stateDict().state.map(({ step }) => step)]).toEqual([[1], [1, 0]]);
    const decayed = (make: (x: Parameter) => { step(): void }): number => {
      const x = new Parameter([2]) as Parameter;
      x.grad = tensor([0]) as Tensor;
      make(x).step();
      return data(x)[0]!;
    };
    expect(decayed((x) => new SGD([x], { lr: 0.5, weightDecay: 0.5 }))).toBe(2 - 0.5 * 0.5 * 2);
    expect(decayed((x) => new AdamW([x], { lr: 0.5, weightDecay: 0.5 }))).toBe(2 * (1 - 0.5 * 0.5));
    a!.grad = tensor([3]) as Tensor;
    expect([clipGradNorm([a!], 4), a!.grad.item(), clipGradNorm([a!], 1), a!.grad.item()]).toEqual([
      3,
      3,
      3,
      3 / (3 + 1e-6),
    ]);
  });
});

describe("NaN", () => {
  const NAN = tensor([1, NaN, 2]);
  test("comes through extremes, clamp, relu, abs and sign", () => {
    expect([
      max(NAN).item(),
      min(NAN).item(),
      values(max(NAN, 0)).item(),
      norm(NAN, 0, { p: Infinity }).item(),
    ]).toEqual([NaN, NaN, NaN, NaN]);
    for (const f of [
      abs,
      sign,
      relu,
      (x: Tensor) => clamp(x, -1, 5),
      (x: Tensor) => maximum(x, 0),
      (x: Tensor) => minimum(9, x),
    ])
      expect(((f as F)(NAN) as Tensor).toArray()).toMatchObject({ 1: NaN });
    expect([argmax(NAN).item(), argmin(NAN).item()]).toEqual([1, 1]);
    expect(slope(abs as F, NaN)).toBe(NaN);
  });
  test("pow is JavaScript's", () => {
    expect(pow(tensor([1, NaN, -1]), tensor([NaN, 0, Infinity])).toArray()).toEqual([NaN, 1, NaN]);
    expect(slopes(pow as F, NaN, 0)).toEqual([NaN, NaN]);
  });
  test("where does not hide it in the branch not taken, a second where does", () => {
    const once = (x: Tensor): unknown => where(x.gt(0), sqrt(x), 0);
    const twice = (x: Tensor): unknown => where(x.gt(0), sqrt(where(x.gt(0), x, 1)), 0);
    expect([slope(once, [0, 4]), slope(twice, [0, 4])]).toEqual([[NaN, 0.25], [0, 0.25]]); // prettier-ignore
  });
});

describe("dtypes", () => {
  test("numbers are weak, and must fit", () => {
    expect(tensor([1, 2], { dtype: "int32" }).add(1).dtype).toBe("int32");
    expect(tensor([1, 2], { dtype: "float32" }).mul(0.1).toArray()).toEqual(
      [Math.fround(0.1), Math.fround(0.2)].map((v) => Math.fround(v)),
    );
    expect(() => tensor([1], { dtype: "int32" }).add(0.5)).toThrowErrorMatchingInlineSnapshot(
      `[DtypeError: add: 0.5 does not fit int32; use to("float64") or to("float32") on the tensor first]`,
    );
  });
  test("integers divide to floating results and wrap around", () => {
    expect(tensor([3, 1], { dtype: "int32" }).div(2).toArray()).toEqual([1.5, 0.5]);
    expect(
      tensor([2 ** 31 - 1], { dtype: "int32" })
        .add(1)
        .toArray(),
    ).toEqual([-(2 ** 31)]);
    expect(
      value(2 ** 31 - 1, { dtype: "int32" })
        .add(1)
        .item(),
    ).toBe(-(2 ** 31));
    expect(
      tensor([true, true])
        .add(tensor([true, false]))
        .toArray(),
    ).toEqual([2, 1]);
    expect(
      tensor([true, true])
        .dot(tensor([true, true]))
        .item(),
    ).toBe(2);
  });
});

describe("what comes out", () => {
  test("bool is booleans in arrays, and a number by itself", () => {
    const mask = tensor([[true, false]]);
    expect(mask.toArray()).toEqual([[true, false]]);
    expect([mask.all().item(), mask.any().item()]).toEqual([0, 1]);
  });
  test("NaN is not 0, −0 is", () => {
    const x = tensor([[NaN, 1], [-0, 0]]); // prettier-ignore
    expect([x.any(1), x.all(1), x.countNonzero(1)].map((y) => [...y.toTypedArray()])).toEqual([[1, 0], [1, 0], [2, 0]]); // prettier-ignore
  });
  test("JSON has nested arrays, and no NaN", () => {
    const x = tensor([[1, NaN], [Infinity, -0.5]], { dtype: "float32" }); // prettier-ignore
    expect(JSON.stringify(x)).toBe("[[1,null],[null,-0.5]]");
    expect(JSON.stringify({ mask: tensor([true, false]), rows: x.transpose(), s: value(2), none: zeros([2, 0]) })).toBe(
      `{"mask":[true,false],"rows":[[1,null],[null,-0.5]],"s":2,"none":[[],[]]}`,
    );
    expect(JSON.stringify(new Parameter([1]))).toBe("[1]");
  });
});

describe("the graph", () => {
  test("transforms give zeros where nothing depends on an input, backward leaves null", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const other = tensor([3, 4], { requiresGrad: true });
    sum(sign(x)).backward();
    expect([x.grad, (grad(sum(x) as Tensor, other) as Tensor).toArray()]).toEqual([null, [0, 0]]);
    expect(jvp((y: Tensor) => sign(y), [x], [x])[1].toArray()).toEqual([0, 0]);
  });
  test("results keep what they were when a leaf is overwritten", () => {
    const x = tensor([1, 2, 3], { requiresGrad: true });
    const seen = [x.reshape([3]), x.flip(0), x.to("float64"), x.slice(0, { start: 1 }), x.mul(x)];
    x.assign([7, 7, 7]);
    expect(seen.map((y) => (y as Tensor).toArray())).toEqual([[1, 2, 3], [3, 2, 1], [1, 2, 3], [2, 3], [1, 4, 9]]); // prettier-ignore
    expect(() => sum(seen[4] as Tensor).backward()).toThrow(GraphError);
  });
});
