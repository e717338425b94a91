import { fromTypedArray, kernelInfo, type KernelSet, matmul, setKernels } from "@chainrule/core";
import { afterEach, expect, test } from "vitest";

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
  expect(kernelInfo()[0]!.name).toBe("passes");
});
