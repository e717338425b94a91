import {
  amax,
  amin,
  argmax,
  argmin,
  type Dtype,
  fromTypedArray,
  type KernelSet,
  logSoftmax,
  logSumExp,
  max,
  min,
  norm,
  setKernels,
  softmax,
  sum,
  type Tensor,
  variance,
  wasmKernels,
} from "@chainrule/core";
import * as fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { law } from "./support/law.ts";
import { withKernels } from "./support/sets.ts";

// Kernels of WebAssembly for operations along dims beside the plain ones.

const chosen = setKernels([]);
setKernels(chosen);
afterEach(() => void setKernels(chosen));

type Sample = { readonly shape: number[]; readonly dim: number; readonly dtype: Dtype; readonly seed: number; readonly odd: number }; // prettier-ignore
/** Rows of any length around whole vectors, rows longer than a block, and columns wider than one. */
const shapes = fc.oneof(
  fc.record({ rows: fc.integer({ min: 1, max: 30 }), columns: fc.integer({ min: 1, max: 40 }) }).map(({ rows, columns }) => [rows * 9, columns]), // prettier-ignore
  fc.constantFrom<number[]>([1, 40_000], [3, 9001], [5, 2100], [700, 3], [4, 70, 5], [2, 3, 4, 50]),
);
const samples: fc.Arbitrary<Sample> = shapes.chain((shape) =>
  fc.record({
    shape: fc.constant(shape),
    dim: fc.nat(shape.length - 1),
    dtype: fc.constantFrom<Dtype>("float32", "float32", "float64", "float64", "int32", "bool"),
    seed: fc.nat(),
    odd: fc.constantFrom(0, 0, 1, 2, 3),
  }),
);

/** Numbers in [−8, 8] of a dtype, some equal; in odd samples also infinities, NaN and numbers far below the others. */
function tensorOf({ shape, dtype, seed, odd }: Sample): Tensor {
  let state = seed;
  const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const special = [[], [-Infinity, -1000], [Infinity, -Infinity], [NaN, 50]][odd]!;
  const size = shape.reduce((a, b) => a * b, 1);
  const values = Array.from({ length: size }, () =>
    special.length > 0 && random() < 0.02
      ? special[Math.floor(random() * 2)]!
      : Math.round((random() - 0.5) * 4096) / 256,
  );
  return fromTypedArray(Float64Array.from(values), shape).to(dtype);
}

/** Equal but for roundings: of a few units of the result, or of what it is the sum of. */
function expectNear(got: Tensor, wanted: Tensor, units: number, scale: number): void {
  const [a, b] = [got.toTypedArray(), wanted.toTypedArray()];
  const unit = got.dtype === "float32" ? 2 ** -23 : 2 ** -52;
  a.forEach((value, i) => {
    const near = value === b[i] || Math.abs(value - b[i]!) <= units * unit * Math.max(Math.abs(b[i]!), scale);
    if (!near && !(Number.isNaN(value) && Number.isNaN(b[i]))) throw new Error(`${value} at ${i}, plain ${b[i]}`);
  });
}

const OPERATIONS: Record<string, [call: (x: Tensor, dim: number) => Tensor, units: number, scale: number]> = {
  max: [(x, dim) => max(x, dim).values, 0, 0],
  min: [(x, dim) => min(x, dim).values, 0, 0],
  argmax: [(x, dim) => argmax(x, dim) as Tensor, 0, 0],
  argmin: [(x, dim) => argmin(x, dim) as Tensor, 0, 0],
  amax: [(x, dim) => amax(x, dim) as Tensor, 0, 0],
  amin: [(x, dim) => amin(x, dim) as Tensor, 0, 0],
  "max of all": [(x) => max(x) as Tensor, 0, 0],
  "min of all": [(x) => min(x) as Tensor, 0, 0],
  "argmax of all": [(x) => argmax(x) as Tensor, 0, 0],
  // 4 units, of the terms where they cancel
  softmax: [(x, dim) => softmax(x, dim), 4, 0],
  logSoftmax: [(x, dim) => logSoftmax(x, dim), 4, 0],
  logSumExp: [(x, dim) => logSumExp(x, dim) as Tensor, 4, 8],
  // The double sums of float32 are nearly exact; of float64, in other orders
  sum: [(x, dim) => sum(x, dim) as Tensor, 1, 8],
  // Squares are rounded; a norm has half of that, also where they overflow or vanish
  variance: [(x, dim) => variance(x, dim) as Tensor, 32, 64],
  "variance of leading dims": [(x) => variance(x, x.shape.slice(0, -1).map((_, d) => d)) as Tensor, 32, 64], // prettier-ignore
  norm: [(x, dim) => norm(x, dim) as Tensor, 3, 0],
  "norm of all": [(x) => norm(x) as Tensor, 3, 0],
  "norm of what is large": [(x, dim) => norm(x.div(1).mul(x.dtype === "float32" ? 1e22 : 1e180), dim) as Tensor, 3, 0], // prettier-ignore
  "norm of what is small": [(x, dim) => norm(x.div(1).mul(x.dtype === "float32" ? 1e-22 : 1e-180), dim) as Tensor, 3, 0], // prettier-ignore
  "sum of all": [(x) => sum(x) as Tensor, 1, 100],
  "sum of leading dims": [(x) => sum(x, x.shape.slice(0, -1).map((_, d) => d)) as Tensor, 1, 64], // prettier-ignore
};
test.each(Object.entries(OPERATIONS))("%s is as the plain one", (_, [call, units, scale]) => {
  law(
    samples,
    (sample) => {
      const x = tensorOf(sample);
      const run = (): Tensor => call(x, sample.dim);
      const [got, wanted] = [withKernels([wasmKernels], run), withKernels([], run)];
      expect(got.shape).toEqual(wanted.shape);
      expect(got.dtype).toBe(wanted.dtype);
      expectNear(got, wanted, units, scale);
    },
    (sample) => `tensorOf(${JSON.stringify(sample)})`,
    60,
  );
});

describe.each([
  ["plain", []],
  ["wasm", [wasmKernels]],
] as [string, KernelSet[]][])("sums of %s kernels", (_, set) => {
  test("of a million float32 numbers near 0.1 are right to 1e-6", () => {
    setKernels(set);
    const x = fromTypedArray(new Float32Array(1e6).fill(0.1), [1000, 1000]) as Tensor;
    expect(Math.abs(sum(x).item() / 1e5 - 1)).toBeLessThan(1e-6);
    for (const dim of [0, 1])
      expect(Math.max(...sum(x, dim).toTypedArray().map((value) => Math.abs(value / 100 - 1)))).toBeLessThan(1e-6); // prettier-ignore
  });
  test("of float64 lose no more than pairs do", () => {
    setKernels(set);
    const x = fromTypedArray(new Float64Array(1e6).fill(0.1), [1000, 1000]) as Tensor;
    expect(Math.abs(sum(x).item() / 1e5 - 1)).toBeLessThan(1e-14);
    expect(Math.max(...sum(x, 0).toTypedArray().map((value) => Math.abs(value / 100 - 1)))).toBeLessThan(1e-14); // prettier-ignore
  });
});

test("sets are asked for a run, in turn, and the plain kernels do what none takes", () => {
  const x = fromTypedArray(new Float64Array(512).fill(1), [2, 256]) as Tensor;
  const asked: unknown[][] = [];
  const passes: KernelSet = {
    name: "passes",
    runs:
      () =>
      (_out, o, _x, ...rest) => (asked.push([o, ...rest]), false),
  };
  setKernels([passes, { name: "none", runs: () => null }, { name: "sevens", runs: (name) => (name === "sum" ? (out) => (out.fill(7), true) : null) }]); // prettier-ignore
  expect((sum(x, 1) as Tensor).toArray()).toEqual([7, 7]);
  expect((max(x) as Tensor).item()).toBe(1);
  expect((sum(x.transpose(0, 1) as Tensor, 0) as Tensor).toArray()).toEqual([256, 256]);
  expect(asked.map(([, ...rest]) => rest)).toEqual([
    [0, 2, 256, 1],
    [0, 1, 512, 1],
  ]);
});
