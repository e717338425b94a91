import { avgPool2d, fromTypedArray, maxPool2d, type Tensor } from "@chainrule/core";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { law } from "./support/law.ts";

// Pools beside a walk over every window, place by place.

const pair = (least: number, most: number): fc.Arbitrary<[number, number]> =>
  fc.tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }));
const element = fc.oneof(fc.integer({ min: -2, max: 2 }), fc.constantFrom(-0, NaN, Infinity, -Infinity));
const sample = fc
  .record({
    lengths: pair(3, 8),
    size: pair(1, 3),
    stride: pair(1, 3),
    dilation: pair(1, 2),
    half: fc.boolean(),
    ceilMode: fc.boolean(),
    dtype: fc.constantFrom("float32" as const, "float64" as const),
  })
  .filter(({ lengths, size, dilation }) => lengths.every((n, d) => dilation[d]! * (size[d]! - 1) < n))
  .chain((of) => {
    const count = 2 * of.lengths[0] * of.lengths[1];
    return fc.record({ of: fc.constant(of), values: fc.array(element, { minLength: count, maxLength: count }) });
  });

test("a pool is what a walk over its windows finds", () => {
  law(
    sample,
    ({ of, values }) => {
      const { lengths, size, stride, dilation, ceilMode } = of;
      const padding = size.map((n) => (of.half ? n >> 1 : 0));
      const array = of.dtype === "float32" ? Float32Array.from(values) : Float64Array.from(values);
      const x = fromTypedArray(array, [2, ...lengths]) as Tensor;
      const options = { stride, padding, ceilMode };
      const max = maxPool2d(x, size, { ...options, dilation, returnIndices: true });
      const sums = avgPool2d(x, size, { ...options, divisorOverride: 1 }) as Tensor;

      const walk = (result: Tensor, gap: readonly number[], of: (places: number[], image: number) => unknown) => {
        const [images, high, wide] = result.shape as [number, number, number];
        const found: unknown[] = [];
        for (let image = 0; image < images; image++)
          for (let p = 0; p < high; p++)
            for (let q = 0; q < wide; q++) {
              const places: number[] = [];
              for (let i = 0; i < size[0]; i++)
                for (let j = 0; j < size[1]; j++) {
                  const row = p * stride[0] - padding[0]! + i * gap[0]!;
                  const column = q * stride[1] - padding[1]! + j * gap[1]!;
                  const inside = row >= 0 && row < lengths[0] && column >= 0 && column < lengths[1];
                  if (inside) places.push(row * lengths[1] + column);
                }
              found.push(of(places, image * lengths[0] * lengths[1]));
            }
        return found;
      };
      const largest = walk(max.values, dilation, (places, at) => {
        const [value, place] = places.reduce<[number, number]>(
          ([top, best], k) => {
            const next = values[at + k]!;
            return next > top || (next !== next && top === top) ? [next, k] : [top, best];
          },
          [values[at + places[0]!]!, places[0]!],
        );
        return [value, place];
      });
      expect(Array.from(max.values.toTypedArray(), (v, i) => [v, max.indices.toTypedArray()[i]])).toEqual(largest);
      const total = walk(sums, [1, 1], (places, at) => places.reduce((sum, k) => sum + values[at + k]!, 0));
      expect([...sums.toTypedArray()]).toEqual(total);
    },
    fc.stringify,
    200,
  );
});
