import {
  type AdaptiveStep,
  fromTypedArray,
  type KernelSet,
  type Tensor,
  type TypedArray,
  wasmKernels,
} from "@chainrule/core";
import { Parameter } from "@chainrule/nn";
import { Adagrad, Adam, AdamW, type Optimizer, RMSprop } from "@chainrule/optim";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { law } from "./support/law.ts";
import { withKernels } from "./support/sets.ts";

// Steps of optimizers that divide by the root of a running square, by the kernel beside loops.

const number = fc.integer({ min: -4096, max: 4096 }).map((n) => n / 1024);
const positive = fc.integer({ min: 1, max: 4096 }).map((n) => n / 1024);
const step: fc.Arbitrary<AdaptiveStep> = fc.record({
  sign: fc.constantFrom(1, -1),
  penalty: number,
  share: number,
  keep: positive,
  add: positive,
  decay: number,
  rate: number,
  root: positive,
  eps: positive,
});
const length = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(8191, 8193, 16384, 16385, 40_000));

test("the kernel rounds every product, sum, quotient and root, and touches nothing else", () => {
  law(
    fc.record({ length, step, at: fc.nat(5), single: fc.boolean(), hasMean: fc.boolean() }),
    ({ length, step, at, single, hasMean }) => {
      const round = single ? Math.fround : (x: number): number => x;
      const make = (scale: number, more: number, least = -1): TypedArray =>
        new (single ? Float32Array : Float64Array)(length + more).map((_, i) => Math.max(least, Math.sin(i * scale)));
      const [x, gradient, m, v] = [make(3, 3), make(5, at + 2), make(7, 3), make(11, 3, 0)] as [Float64Array, Float64Array, Float64Array, Float64Array]; // prettier-ignore
      const wanted = [x.slice(), m.slice(), v.slice()] as const;
      const [sign, penalty, share, keep, add, decay, rate, root, eps] = Object.values(step).map(round) as [number, number, number, number, number, number, number, number, number]; // prettier-ignore
      for (let i = 0; i < length; i++) {
        const g = round(round(sign * gradient[at + i]!) + round(penalty * x[i]!));
        const mean = hasMean ? round(m[i]! + round(share * round(g - m[i]!))) : g;
        const square = round(round(keep * v[i]!) + round(round(add * g) * g));
        const divisor = round(round(round(Math.sqrt(square)) / root) + eps);
        wanted[0][i] = round(decay * x[i]!) - round(round(rate * mean) / divisor);
        if (hasMean) wanted[1][i] = mean;
        wanted[2][i] = square;
      }
      const before = gradient.slice();
      expect(wasmKernels.adaptive!(length, x, gradient, at, hasMean ? m : null, v, step)).toBe(true);
      expect([x, m, v]).toEqual(wanted);
      expect(gradient).toEqual(before);
    },
    (sample) => JSON.stringify(sample),
    60,
  );
});

const OPTIMIZERS: Record<
  string,
  (x: Parameter, maximize: boolean, weightDecay: number) => Pick<Optimizer<object>, "step">
> = {
  Adam: (x, maximize, weightDecay) => new Adam([x], { lr: 0.1, maximize, weightDecay }),
  "Adam with amsgrad": (x, maximize, weightDecay) => new Adam([x], { lr: 0.1, maximize, weightDecay, amsgrad: true }),
  AdamW: (x, maximize, weightDecay) => new AdamW([x], { lr: 0.1, maximize, weightDecay, betas: [0.8, 0.9] }),
  RMSprop: (x, maximize, weightDecay) => new RMSprop([x], { lr: 0.1, maximize, weightDecay, alpha: 0.9 }),
  "RMSprop, centered, with momentum": (x, maximize, weightDecay) =>
    new RMSprop([x], { lr: 0.1, maximize, weightDecay, momentum: 0.9, centered: true }),
  Adagrad: (x, maximize, weightDecay) =>
    new Adagrad([x], { lr: 0.1, maximize, weightDecay, lrDecay: 0.1, initialAccumulatorValue: 0.5 }),
};
test.each(Object.entries(OPTIMIZERS))(
  "%s takes the same steps on large parameters with and without kernels",
  (_, make) => {
    law(
      fc.record({
        size: fc.integer({ min: 250, max: 600 }),
        single: fc.boolean(),
        maximize: fc.boolean(),
        weightDecay: fc.constantFrom(0, 0.1),
      }),
      ({ size, single, maximize, weightDecay }) => {
        const numbers = (scale: number): Tensor =>
          fromTypedArray(
            new (single ? Float32Array : Float64Array)(size).map((_, i) => Math.sin(scale * i)),
            [size],
          );
        const after = (sets: readonly KernelSet[]): TypedArray =>
          withKernels(sets, () => {
            const x = new Parameter(numbers(3));
            const optimizer = make(x, maximize, weightDecay);
            for (const scale of [5, 7, 11]) {
              x.grad = numbers(scale);
              optimizer.step();
            }
            return x.toTypedArray();
          });
        const [plain, vectors] = [after([]), after([wasmKernels])];
        if (single) vectors.forEach((value, i) => expect(Math.abs(value - plain[i]!)).toBeLessThan(2e-6));
        else expect(vectors).toEqual(plain);
      },
      (sample) => JSON.stringify(sample),
    );
  },
);
