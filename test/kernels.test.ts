import {
  type AxpbyKernel,
  concat,
  conv2d,
  fromTypedArray,
  Generator,
  kernelInfo,
  type KernelSet,
  matmul,
  ones,
  setKernels,
  wasmKernels,
} from "@chainrule/core";
import { SGD } from "@chainrule/optim";
import * as fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { law } from "./support/law.ts";

const chosen = setKernels([]);
setKernels(chosen);
afterEach(() => void setKernels(chosen));

const filled = (fill: number): KernelSet => ({
  name: `all ${fill}`,
  detail: () => "for a test",
  matmul: (out, o, m, n) => {
    out.fill(fill, o, o + m * n);
    return true;
  },
});
const passes: KernelSet = { name: "passes", matmul: () => false };
const square = (n: number) => fromTypedArray(new Float64Array(n * n).fill(1), [n, n]);
const product = (n: number): number => matmul(square(n), square(n)).select(0, n - 1).select(0, n - 1).item(); // prettier-ignore

test("kernel sets are asked in turn, and the plain kernels do what none takes", () => {
  setKernels([]);
  expect(product(32)).toBe(32);
  setKernels([filled(7), filled(8)]);
  expect(product(32)).toBe(7);
  setKernels([passes, filled(8)]);
  expect(product(32)).toBe(8);
  expect(setKernels([passes]).map((set) => set.name)).toEqual(["passes", "all 8"]);
  expect(product(32)).toBe(32);
});

test("small products are not worth a call", () => {
  setKernels([filled(7)]);
  expect(product(4)).toBe(4);
});

test("a convolution goes to the first set that multiplies, whole if that can do it", () => {
  const convolved = (): Set<number> => {
    const [x, weight] = [ones([2, 16, 9, 9]), ones([16, 16, 3, 3])];
    return new Set(conv2d(x, weight).toTypedArray());
  };
  const seven: KernelSet = {
    name: "convolves",
    convolution: (name) => (out) => {
      if (name === "convolution") out.fill(7);
      return name === "convolution";
    },
  };
  setKernels([seven, filled(8)]);
  expect(convolved()).toEqual(new Set([7]));
  setKernels([filled(8), seven]);
  expect(convolved()).toEqual(new Set([8]));
  setKernels([passes, seven]);
  expect(convolved()).toEqual(new Set([16 * 9]));
  setKernels([{ name: "convolves not", convolution: () => null }, wasmKernels]);
  expect(convolved()).toEqual(new Set([16 * 9]));
});

test("SGD by passes over whole arrays makes the steps of its loop", () => {
  let taken = 0;
  const passes: AxpbyKernel = (n, alpha, x, xi, beta, y, yi) => {
    taken++;
    for (let i = 0; i < n; i++) y[yi + i] = alpha * x[xi + i]! + (beta === 0 ? 0 : beta * y[yi + i]!);
    return true;
  };
  const bool = fc.boolean();
  const options = fc.record({
    lr: fc.constantFrom(0.1, 0.5),
    momentum: fc.constantFrom(0, 0.9),
    dampening: fc.constantFrom(0, 0.25),
    weightDecay: fc.constantFrom(0, 0.01),
    nesterov: bool,
    maximize: bool,
  });
  law(
    fc.record({ options, seed: fc.nat(), size: fc.constantFrom(255, 256, 400) }),
    ({ options, seed, size }) => {
      if (options.momentum === 0) options.nesterov = false;
      if (options.nesterov) options.dampening = 0;
      const [loop, byPasses] = [
        [],
        [
          { name: "declines", axpby: () => false },
          { name: "passes", axpby: passes },
        ],
      ].map((sets) => {
        setKernels(sets);
        const random = new Generator(seed);
        const x = random.randn([size], { requiresGrad: true });
        const optimizer = new SGD([x], options);
        for (let step = 0; step < 4; step++) {
          optimizer.zeroGrad();
          // Gradients from an offset, too.
          concat([random.randn([3]), x.square().mul(random.randn([size]))]).sum().backward(); // prettier-ignore
          optimizer.step();
        }
        return x.toTypedArray();
      });
      loop!.forEach((value, i) =>
        expect(Math.abs(byPasses![i]! - value)).toBeLessThanOrEqual(1e-13 * (1 + Math.abs(value))),
      );
    },
    fc.stringify,
  );
  expect(taken).toBeGreaterThan(0);
});

test("kernelInfo says what computes", () => {
  setKernels([filled(7), passes]);
  expect(kernelInfo()).toEqual([
    { name: "all 7", detail: "for a test" },
    { name: "passes", detail: "" },
    { name: "javascript", detail: "plain loops" },
  ]);
});

test("anything but kernel sets is an error, and changes nothing", () => {
  setKernels([passes]);
  expect(() => setKernels("fast" as never)).toThrowErrorMatchingInlineSnapshot(
    `[ArgumentError: setKernels: needs an array of kernel sets, [] for plain JavaScript]`,
  );
  expect(() => setKernels([null] as never)).toThrow("setKernels");
  expect(() => setKernels(["wasm"] as never)).toThrowErrorMatchingInlineSnapshot(
    `[ArgumentError: setKernels: element 0 is "wasm", no kernel set such as wasmKernels, which is imported]`,
  );
  expect(kernelInfo()[0]!.name).toBe("passes");
});
