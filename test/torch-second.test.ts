import { readFileSync } from "node:fs";
import * as chainrule from "@chainrule/core";
import { add, cast, fromTypedArray, grad, hvp, mul, sum, Tensor, value } from "@chainrule/core";
import { expect, test } from "vitest";

// Values, gradients and Hessian-vector products beside PyTorch's, from fixtures/torch-second.json, within the limits 1e-11, 1e-10 and 1e-9 of
// the largest element.

type Packed = readonly [shape: number[], numbers: string, dtype: "float64" | "int32"];
interface Case {
  readonly op: string;
  readonly inputs: readonly Packed[];
  readonly args: readonly unknown[];
  readonly outputs: readonly Packed[];
  readonly grads?: readonly Packed[];
  readonly products?: readonly Packed[];
}
const cases = JSON.parse(readFileSync(new URL("fixtures/torch-second.json", import.meta.url), "utf8")) as Case[];
const ops = chainrule as unknown as Record<string, (...args: unknown[]) => unknown>;

const numbersOf = (text: string): number[] => (text === "" ? [] : text.split(" ").map(Number));
const unpack = ([shape, numbers, dtype]: Packed): Tensor => {
  const x = fromTypedArray(Float64Array.from(numbersOf(numbers)), shape) as Tensor;
  return dtype === "float64" ? x : cast(x, dtype);
};
/** Arguments with the tensors that "$0", "$1" … stand for. */
function filled(arg: unknown, inputs: readonly Tensor[]): unknown {
  if (typeof arg === "string" && /^-?Infinity$/.test(arg)) return Number(arg);
  if (typeof arg === "string" && arg.startsWith("$")) return inputs[Number(arg.slice(1))];
  return Array.isArray(arg) ? arg.map((one) => filled(one, inputs)) : arg;
}
function tensorsOf(result: unknown): Tensor[] {
  if (result instanceof Tensor) return [result];
  return Object.values(result as Record<string, unknown>).flatMap(tensorsOf);
}
const wave = (x: Tensor, phase: number): Tensor =>
  fromTypedArray(Float64Array.from({ length: x.size }, (_, k) => Math.cos(k + phase)), x.shape) as Tensor; // prettier-ignore

function expectNear(what: string, got: readonly Tensor[], wanted: readonly Packed[], limit: number): void {
  expect(got.length, what).toBe(wanted.length);
  got.forEach((x, i) => {
    const [shape, text] = wanted[i]!;
    expect(x.shape, what).toEqual(shape);
    const numbers = numbersOf(text);
    const scale = Math.max(0, ...numbers.filter(Number.isFinite).map(Math.abs), 1e-6);
    x.toTypedArray().forEach((y, k) => {
      const v = numbers[k]!;
      const near = Object.is(y, v) || y === v || Math.abs(y - v) <= limit * scale;
      if (!near) expect.fail(`${what} ${i}: ${y} at ${k}, PyTorch has ${v}`);
    });
  });
}

test.each(cases.map((of, i) => [`${of.op} ${JSON.stringify(of.args)} #${i}`, of] as const))("%s", (_, of) => {
  const inputs = of.inputs.map(unpack);
  const floating = inputs.flatMap((x, i) => (x.dtype === "float64" ? [i] : []));
  const run = (list: readonly Tensor[]): Tensor[] => {
    const all = inputs.map((x, i) => (floating.includes(i) ? list[floating.indexOf(i)]! : x));
    return tensorsOf(ops[of.op]!(...of.args.map((arg) => filled(arg ?? undefined, all))));
  };
  const point = floating.map((i) => inputs[i]!);
  expectNear("output", run(point), of.outputs, 1e-11);
  const loss = (list: Tensor[]): Tensor =>
    run(list)
      .filter((y) => y.dtype === "float64")
      .reduce<Tensor>((total, y) => add(total, sum(mul(y, wave(y, 0)))), value(0));
  if (of.grads) expectNear("gradient", grad(loss)(point), of.grads, 1e-10);
  if (of.products) {
    const along = point.map((x) => wave(x, 1));
    expectNear("product", hvp(loss, point, along), of.products, 1e-9);
  }
});
