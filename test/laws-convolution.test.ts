import { Generator, type Tensor } from "@chainrule/core";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Convolution,
  convolutionInputOp,
  convolutionOp,
  convolutionWeightOp,
} from "../packages/core/src/ops/sliding.ts";
import { law } from "./support/law.ts";

// Convolutions so large that their columns are laid out in parts: some rows of an image, or some images.

const least = (n: number, most: number) => fc.integer({ min: n, max: most });
const sample = fc.record({
  batch: fc.oneof(least(1, 4), fc.constantFrom(150, 333)),
  groups: least(1, 2),
  perGroup: least(1, 3),
  outputs: least(1, 3),
  size: fc.tuple(least(1, 5), least(1, 5)),
  stride: fc.tuple(least(1, 3), least(1, 3)),
  dilation: fc.tuple(least(1, 2), least(1, 2)),
  count: fc.oneof(fc.tuple(least(1, 12), least(1, 12)), fc.constantFrom<[number, number]>([70, 90], [600, 7])),
  rest: fc.tuple(least(0, 2), least(0, 2)),
  seed: fc.nat(),
});
type Sample = typeof sample extends fc.Arbitrary<infer S> ? S : never;

const dot = (a: Tensor, b: Tensor): number => a.mul(b).sum().item();

function made({ batch: most, groups, perGroup, outputs, size, stride, dilation, count, rest, seed }: Sample) {
  // Images so many are small ones, and images so large are few.
  const few = most > 4 ? count.map((n) => Math.min(n, 6)) : count;
  const batch = few[0]! > 12 ? Math.min(most, 2) : most;
  const lengths = few.map((n, d) => (n - 1) * stride[d]! + (size[d]! - 1) * dilation[d]! + 1 + rest[d]!);
  const params: Convolution = { size, stride, dilation, count: few, lengths, groups };
  const random = new Generator(seed);
  const normal = (...shape: number[]): Tensor => random.randn(shape);
  const x = normal(batch, groups * perGroup, ...lengths);
  const weight = normal(groups * outputs, perGroup, ...size);
  return { params, x, weight, y: normal(batch, groups * outputs, ...few) };
}

test("a convolution is its sum at every place, and its transposes are", () => {
  law(
    sample,
    (of) => {
      const { params, x, weight, y } = made(of);
      const { perGroup, outputs, size, stride, dilation } = of;
      const result = convolutionOp(x, weight, params);
      expect(result.shape).toEqual(y.shape);
      const [data, kernel, values] = [x.toTypedArray(), weight.toTypedArray(), result.toTypedArray()];
      const [channels, height, width] = x.shape.slice(1) as [number, number, number];
      const [all, high, wide] = y.shape.slice(1) as [number, number, number];
      values.forEach((value, at) => {
        const [q, p] = [at % wide, Math.floor(at / wide) % high];
        const [o, n] = [Math.floor(at / (wide * high)) % all, Math.floor(at / (wide * high * all))];
        let sum = 0;
        for (let c = 0; c < perGroup; c++)
          for (let i = 0; i < size[0]; i++)
            for (let j = 0; j < size[1]; j++) {
              const row = (n * channels + Math.floor(o / outputs) * perGroup + c) * height + p * stride[0] + i * dilation[0]; // prettier-ignore
              sum +=
                data[row * width + q * stride[1] + j * dilation[1]]! *
                kernel[((o * perGroup + c) * size[0] + i) * size[1] + j]!;
            }
        if (!(Math.abs(value - sum) < 1e-11)) throw new Error(`${value} at ${at}, expected ${sum}`);
      });
      // ⟨y, x∗w⟩ = ⟨input(y, w), x⟩ = ⟨weight(x, y), w⟩
      const wanted = dot(y, result);
      const input = convolutionInputOp(y, weight, params);
      const gradient = convolutionWeightOp(x, y, params);
      expect([input.shape, gradient.shape]).toEqual([x.shape, weight.shape]);
      const scale = 1e-11 * (1 + dot(y.abs(), result.abs()));
      for (const got of [dot(input, x), dot(gradient, weight)]) {
        if (!(Math.abs(got - wanted) <= scale)) throw new Error(`${got} is not ${wanted}`);
      }
    },
    fc.stringify,
    40,
  );
});
