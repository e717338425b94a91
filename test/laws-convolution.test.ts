import { Generator, type KernelSet, type Tensor, wasmKernels } from "@chainrule/core";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Convolution,
  convolutionInputOp,
  convolutionOp,
  convolutionWeightOp,
} from "../packages/core/src/ops/sliding.ts";
import { law } from "./support/law.ts";
import { sets, withKernels } from "./support/sets.ts";

// Convolutions so large that their columns are laid out in parts (some rows of an image, or some images) and summed in parts.

const least = (n: number, most: number) => fc.integer({ min: n, max: most });
const drawn = fc.record({
  batch: fc.oneof(least(1, 4), fc.constantFrom(150, 333)),
  groups: least(1, 2),
  perGroup: fc.oneof(least(1, 3), fc.constant(13)),
  outputs: fc.oneof(least(1, 3), fc.constantFrom(10, 260)),
  size: fc.tuple(least(1, 5), least(1, 5)),
  stride: fc.tuple(least(1, 3), least(1, 3)),
  dilation: fc.tuple(least(1, 2), least(1, 2)),
  count: fc.oneof(fc.tuple(least(1, 12), least(1, 12)), fc.constantFrom<[number, number]>([70, 90], [600, 7])),
  rest: fc.tuple(least(0, 2), least(0, 2)),
  before: fc.tuple(least(0, 3), least(0, 3)),
  behind: fc.tuple(least(0, 3), least(0, 3)),
  dtype: fc.constantFrom("float32" as const, "float64" as const, "int32" as const),
  seed: fc.nat(),
});
/** Half of them keep the size: as many windows in a row as x has elements. */
const sample = fc.tuple(drawn, fc.boolean()).map(([of, same]): typeof of => {
  if (!same) return of;
  const total = of.size.map((n, d) => of.dilation[d]! * (n - 1));
  const before = total.map((n) => n >> 1) as [number, number];
  const behind = total.map((n, d) => n - before[d]!) as [number, number];
  return { ...of, stride: [1, 1], rest: [0, 0], before, behind };
});
type Sample = typeof sample extends fc.Arbitrary<infer S> ? S : never;

const double = (x: Tensor): Tensor => x.to("float64");
const dot = (a: Tensor, b: Tensor): number => double(a).mul(double(b)).sum().item();

function made(of: Sample) {
  const { batch: most, groups, perGroup, outputs, size, stride, dilation, count, seed, dtype } = of;
  // Images so many are small ones, and images so large are few.
  const many = groups * perGroup * outputs > 18;
  const few = most > 4 || many ? count.map((n) => Math.min(n, 6)) : count;
  const batch = few[0]! > 12 || many ? Math.min(most, 2) : most;
  const reach = few.map((n, d) => (n - 1) * stride[d]! + (size[d]! - 1) * dilation[d]! + 1);
  const lengths = reach.map((n, d) => Math.max(1, n + of.rest[d]! - of.before[d]! - of.behind[d]!));
  const params: Convolution = { size, stride, dilation, count: few, lengths, padding: of.before, groups };
  const random = new Generator(seed);
  const normal = (...shape: number[]): Tensor =>
    dtype === "int32" ? random.randint(-9, 10, shape).to(dtype) : random.randn(shape, { dtype });
  const x = normal(batch, groups * perGroup, ...lengths);
  const weight = normal(groups * outputs, perGroup, ...size);
  return { params, x, weight, y: normal(batch, groups * outputs, ...few) };
}

const products: KernelSet = {
  name: "products",
  matmul: wasmKernels.matmul,
  axpby(n, alpha, x, xi, beta, y, yi) {
    if (y instanceof Int32Array) throw new Error("axpby takes floats");
    for (let i = 0; i < n; i++) y[yi + i] = alpha * x[xi + i]! + beta * y[yi + i]!;
    return true;
  },
};

describe.each(Object.entries({ ...sets, products: [products] }))("by %s", (_, set) => {
  test("a convolution is its sum at every place, and its transposes are", () => {
    law(sample, (of) => withKernels(set, () => expectSums(of)), fc.stringify, 30);
  });
});

function expectSums(of: Sample): void {
  const { params, x, weight, y } = made(of);
  const { perGroup, outputs, size, stride, dilation, before } = of;
  // In whatever order: the error of a sum of k products is at most k units of Σ|a·b| (Higham 2002, 3.1).
  const unit = { float32: 2 ** -24, float64: 2 ** -53, int32: 0 }[of.dtype];
  const depth = perGroup * size[0] * size[1];
  const result = convolutionOp(x, weight, params);
  expect([result.shape, result.dtype]).toEqual([y.shape, of.dtype]);
  const [data, kernel, values] = [x.toTypedArray(), weight.toTypedArray(), result.toTypedArray()];
  const [channels, height, width] = x.shape.slice(1) as [number, number, number];
  const [all, high, wide] = y.shape.slice(1) as [number, number, number];
  values.forEach((value, at) => {
    const [q, p] = [at % wide, Math.floor(at / wide) % high];
    const [o, n] = [Math.floor(at / (wide * high)) % all, Math.floor(at / (wide * high * all))];
    let [sum, scale] = [0, 0];
    for (let c = 0; c < perGroup; c++)
      for (let i = 0; i < size[0]; i++)
        for (let j = 0; j < size[1]; j++) {
          const row = p * stride[0] + i * dilation[0] - before[0];
          const column = q * stride[1] + j * dilation[1] - before[1];
          if (row < 0 || row >= height || column < 0 || column >= width) continue;
          const plane = n * channels + Math.floor(o / outputs) * perGroup + c;
          const term =
            data[(plane * height + row) * width + column]! * kernel[((o * perGroup + c) * size[0] + i) * size[1] + j]!;
          sum += term;
          scale += Math.abs(term);
        }
    if (!(Math.abs(value - sum) <= (depth + 1) * unit * scale)) throw new Error(`${value} at ${at}, expected ${sum}`);
  });
  // ⟨y, x∗w⟩ = ⟨input(y, w), x⟩ = ⟨weight(x, y), w⟩, and the error of either is at most that of as many sums of as many terms.
  const input = convolutionInputOp(y, weight, params);
  const gradient = convolutionWeightOp(x, y, params);
  expect([input.shape, gradient.shape]).toEqual([x.shape, weight.shape]);
  const wanted = dot(y, result);
  const sizes = convolutionOp(x.abs(), weight.abs(), params);
  const scale = dot(y.abs(), sizes);
  for (const [got, terms] of [
    [dot(input, x), depth + outputs * depth],
    [dot(gradient, weight), depth + of.batch * high * wide],
  ] as const)
    // prettier-ignore
    if (!(Math.abs(got - wanted) <= 2 * terms * unit * scale)) throw new Error(`${got} is not ${wanted}`);
}
