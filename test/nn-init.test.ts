import { readFileSync } from "node:fs";
import { eye, full, Generator, manualSeed, type Tensor, zeros } from "@chainrule/core";
import { init, Linear, Parameter } from "@chainrule/nn";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

const values = (x: Tensor): number[] => [...x.toTypedArray()];
const message = (fn: () => unknown): string => {
  try {
    fn();
  } catch (error) {
    return String(error);
  }
  throw new Error("nothing was thrown");
};

interface Figures {
  gain: Record<string, number>;
  linear: {
    in_features: number;
    out_features: number;
    weight_bound: number;
    bias_bound: number;
    xavier_uniform_bound: number;
    xavier_normal_std: number;
    kaiming_uniform_relu_bound: number;
    kaiming_normal_relu_std: number;
    kaiming_uniform_relu_fan_out_bound: number;
  }[];
}
const fixture = JSON.parse(readFileSync(`${import.meta.dirname}/fixtures/torch-ops.json`, "utf8")) as { init: Figures };

/** Every initialiser, and what it makes of draws from [0, 1) or from the standard normal. */
const UNIFORM = {
  uniform: (x: Tensor, generator: Generator) => init.uniform(x, { low: -2, high: 3, generator }),
  xavierUniform: (x: Tensor, generator: Generator) => init.xavierUniform(x, { gain: 2, generator }),
  kaimingUniform: (x: Tensor, generator: Generator) => init.kaimingUniform(x, { mode: "fanOut", generator }),
};
const NORMAL = {
  normal: (x: Tensor, generator: Generator) => init.normal(x, { mean: 1, std: 2, generator }),
  xavierNormal: (x: Tensor, generator: Generator) => init.xavierNormal(x, { generator }),
  kaimingNormal: (x: Tensor, generator: Generator) => init.kaimingNormal(x, { nonlinearity: "tanh", generator }),
};
const shape = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 2, maxLength: 4 });

describe.each([...Object.entries(UNIFORM), ...Object.entries(NORMAL)])("init.%s", (name, initialise) => {
  test("overwrites in place by an affine map of the generator's draws, and returns what it was given", () => {
    fc.assert(
      fc.property(shape, fc.nat(1000), fc.constantFrom("float64", "float32"), (shape, seed, dtype) => {
        const x = new Parameter(zeros(shape, { dtype }));
        expect(initialise(x, new Generator(seed))).toBe(x);
        expect(x.isLeaf && x.requiresGrad && x.dtype === dtype).toBe(true);
        const random = new Generator(seed);
        const draws = values(name in UNIFORM ? random.rand([x.size]) : random.randn([x.size]));
        const [got, n] = [values(x), x.size];
        for (let i = 0; i + 2 < n; i++) {
          // Three points on one line.
          const cross = (got[i + 1]! - got[i]!) * (draws[i + 2]! - draws[i]!);
          expect(cross).toBeCloseTo(
            (got[i + 2]! - got[i]!) * (draws[i + 1]! - draws[i]!),
            dtype === "float64" ? 10 : 4,
          );
        }
      }),
    );
  });

  test("tells a graph that has used the old values", () => {
    const x = new Parameter([[1, 2], [3, 4]]); // prettier-ignore
    const loss = x.square().sum();
    initialise(x, new Generator(0));
    expect(() => loss.backward()).toThrow(/overwritten since/);
  });
});

/** Bounds and deviations, read off by drawing 0, 1 and a number whose size is known. */
const boundOf = (initialise: (x: Tensor, generator: Generator) => Tensor, shape: number[]): number => {
  const seed = 5;
  const [u] = values(new Generator(seed).rand([1]));
  return values(initialise(new Parameter(zeros(shape)), new Generator(seed)))[0]! / (2 * u! - 1);
};
const stdOf = (initialise: (x: Tensor, generator: Generator) => Tensor, shape: number[]): number => {
  const seed = 5;
  const [z] = values(new Generator(seed).randn([1]));
  return values(initialise(new Parameter(zeros(shape)), new Generator(seed)))[0]! / z!;
};

describe("PyTorch's figures", () => {
  test.each(fixture.init.linear)("$in_features to $out_features", (figures) => {
    const shape = [figures.out_features, figures.in_features];
    const is = (got: number, expected: number): void => expect(got / expected).toBeCloseTo(1, 12);
    is(
      boundOf((x, generator) => init.xavierUniform(x, { generator }), shape),
      figures.xavier_uniform_bound,
    );
    is(
      stdOf((x, generator) => init.xavierNormal(x, { generator }), shape),
      figures.xavier_normal_std,
    );
    const relu = { nonlinearity: "relu" } as const;
    is(
      boundOf((x, generator) => init.kaimingUniform(x, { ...relu, generator }), shape),
      figures.kaiming_uniform_relu_bound,
    );
    is(
      stdOf((x, generator) => init.kaimingNormal(x, { ...relu, generator }), shape),
      figures.kaiming_normal_relu_std,
    );
    is(
      boundOf((x, generator) => init.kaimingUniform(x, { ...relu, mode: "fanOut", generator }), shape),
      figures.kaiming_uniform_relu_fan_out_bound,
    );
    const linear = (_: Tensor, generator: Generator): Tensor =>
      new Linear(figures.in_features, figures.out_features, { generator }).weight;
    is(boundOf(linear, shape), figures.weight_bound);
    expect(figures.bias_bound).toBeCloseTo(1 / Math.sqrt(figures.in_features), 12);
    is(
      boundOf((x, generator) => init.kaimingUniform(x, { slope: Math.sqrt(5), generator }), shape),
      figures.weight_bound,
    );
  });

  test.each(Object.entries(fixture.init.gain))("gain of %s", (name, gain) => {
    const camel = name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    expect(init.calculateGain(camel as init.Nonlinearity)).toBeCloseTo(gain, 15);
  });

  test("the window of a convolution counts for both fans", () => {
    const wide = boundOf((x, generator) => init.xavierUniform(x, { generator }), [8, 4, 3, 5]);
    expect(wide).toBeCloseTo(Math.sqrt(6 / ((4 + 8) * 15)), 12);
  });
});

test("orthogonal: the Q of the draws, of which R has a positive diagonal", () => {
  const size = fc.integer({ min: 1, max: 6 });
  fc.assert(
    fc.property(size, fc.array(size, { minLength: 1, maxLength: 2 }), fc.nat(1000), (rows, rest, seed) => {
      const x = init.orthogonal(new Parameter(zeros([rows, ...rest])), { gain: 3, generator: new Generator(seed) });
      const matrix = (y: Tensor): Tensor => {
        const flat = y.reshape([rows, -1]);
        return rows < flat.shape[1] ? flat.transpose() : flat;
      };
      const q = matrix(x).div(3);
      const drawn = matrix(new Generator(seed).randn([x.size]));
      const n = q.shape[1]!;
      expect(q.transpose().matmul(q).isClose(eye(n), { atol: 1e-13, rtol: 0 }).all().item()).toBe(1);
      const r = q.transpose().matmul(drawn);
      expect(r.isClose(r.triu(), { atol: 1e-12, rtol: 0 }).all().item()).toBe(1);
      expect(Math.min(...values(r.diagonal() as Tensor))).toBeGreaterThan(0);
    }),
  );
  const narrow = init.orthogonal(new Parameter(zeros([300, 299], { dtype: "float32" })));
  expect(narrow.transpose().matmul(narrow).sub(eye(299)).abs().max().item()).toBeLessThan(1e-5);
  expect(init.orthogonal(new Parameter(zeros([0, 3]))).shape).toEqual([0, 3]);
});

test("constants", () => {
  const x = new Parameter(zeros([2, 2], { dtype: "float32" }));
  expect(init.constant(x, 0.5).toArray()).toEqual([[0.5, 0.5], [0.5, 0.5]]); // prettier-ignore
  expect(init.ones(x).toArray()).toEqual([[1, 1], [1, 1]]); // prettier-ignore
  expect(init.zeros(x).toArray()).toEqual([[0, 0], [0, 0]]); // prettier-ignore
});

test("without a generator the default one is drawn from", () => {
  manualSeed(3);
  const x = init.normal(new Parameter([0, 0]));
  expect(values(x)).toEqual(values(new Generator(3).randn([2])));
});

test("what does not fit, before anything is changed", () => {
  const x = new Parameter([1, 2]);
  expect(message(() => init.xavierUniform(x))).toMatchInlineSnapshot(
    `"ShapeError: init.xavierUniform: needs at least 2-D, got [2]; use init.uniform or init.normal"`,
  );
  expect(message(() => init.kaimingNormal(x))).toMatchInlineSnapshot(
    `"ShapeError: init.kaimingNormal: needs at least 2-D, got [2]; use init.uniform or init.normal"`,
  );
  expect(message(() => init.uniform(x, { low: 1, high: 0 }))).toMatchInlineSnapshot(
    `"ArgumentError: init.uniform: needs finite bounds with low up to high, got 1 and 0"`,
  );
  expect(message(() => init.uniform(x, { low: NaN }))).toMatchInlineSnapshot(
    `"ArgumentError: init.uniform: needs finite bounds with low up to high, got NaN and 1"`,
  );
  expect(message(() => init.normal(x, { std: -1 }))).toMatchInlineSnapshot(
    `"ArgumentError: init.normal: needs a finite mean and a std from 0 up, got 0 and -1"`,
  );
  expect(message(() => init.xavierNormal(new Parameter([[1]]), { gain: NaN }))).toMatchInlineSnapshot(
    `"ArgumentError: init.xavierNormal: gain is a number from 0 up, got NaN"`,
  );
  expect(message(() => init.calculateGain("gelu" as never))).toMatchInlineSnapshot(
    `"ArgumentError: init.calculateGain: nonlinearity is one of linear, sigmoid, tanh, relu, leakyRelu, selu, got "gelu""`,
  );
  expect(message(() => init.kaimingNormal(new Parameter([[1]]), { mode: "fan_in" as never }))).toMatchInlineSnapshot(
    `"ArgumentError: init.kaimingNormal: mode is fanIn or fanOut, got "fan_in""`,
  );
  expect(message(() => init.zeros(x.mul(2)))).toMatchInlineSnapshot(
    `"GraphError: init.constant: only leaves can be overwritten, and [2] was made by mul; overwrite the leaf it was made from"`,
  );
  expect(message(() => init.uniform(zeros([2], { dtype: "int32" })))).toMatchInlineSnapshot(
    `"DtypeError: init.uniform: needs a float64 or float32 tensor, got int32"`,
  );
  expect(x.toArray()).toEqual([1, 2]);
});

test("uniform stays below its upper end where rounding would reach it", () => {
  const most = { rand: (shape: number[]) => full(shape, 1 - 2 ** -53) } as unknown as Generator;
  const bound = fc.oneof(
    fc.integer({ min: -4, max: 4 }),
    fc.double({ noNaN: true, min: -1e30, max: 1e30 }),
    fc.constantFrom(1e-320, 1e-45, -1e-45),
  );
  const property = fc.property(bound, bound, fc.constantFrom("float32", "float64"), (a, b, dtype) => {
    const [low, high] = [Math.min(a, b), Math.max(a, b)];
    const drawn = init.uniform(zeros([1], { dtype }), { low, high, generator: most }).item();
    const nearest = dtype === "float32" ? Math.fround(low) : low;
    expect(drawn < high || drawn === nearest).toBe(true);
  });
  fc.assert(property);
  const next = (high: number, dtype: "float32" | "float64"): number =>
    init.uniform(zeros([1], { dtype }), { low: -9, high, generator: most }).item();
  expect([1, 3, -1].map((high) => next(high, "float32"))).toEqual([1 - 2 ** -24, 3 - 2 ** -22, -1 - 2 ** -23]);
});
