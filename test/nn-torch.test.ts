import { readFileSync } from "node:fs";
import * as core from "@chainrule/core";
import { fromTypedArray, grad, Tensor } from "@chainrule/core";
import * as nn from "@chainrule/nn";
import type { Module } from "@chainrule/nn";
import { describe, expect, test } from "vitest";

// Functions, layers and losses of networks against PyTorch: values, gradients, state dicts. fixtures/torch-nn.py wrote the numbers.

interface Packed {
  readonly shape: readonly number[];
  readonly values: readonly number[];
  readonly int?: boolean;
  readonly bool?: boolean;
}
type Options = Record<string, unknown> & { target?: Packed };
interface FunctionCase {
  readonly name: string;
  readonly inputs: readonly Packed[];
  readonly args: readonly unknown[];
  readonly output: readonly Packed[];
  readonly grads: readonly (readonly number[] | null)[];
}
interface LayerCase extends Omit<FunctionCase, "name"> {
  readonly layer: string;
  readonly training: boolean;
  readonly state: Record<string, Packed>;
  readonly after: Record<string, Packed>;
  readonly params: readonly string[];
  readonly options?: Record<string, unknown>;
}
const { functions, layers } = JSON.parse(readFileSync(new URL("fixtures/torch-nn.json", import.meta.url), "utf8")) as {
  functions: FunctionCase[];
  layers: LayerCase[];
};

const make = ({ shape, values, int, bool }: Packed, requiresGrad = false): Tensor => {
  if (int) return fromTypedArray(Int32Array.from(values), shape) as Tensor;
  if (bool) return fromTypedArray(Uint8Array.from(values), shape) as Tensor;
  return fromTypedArray(Float64Array.from(values), shape, { requiresGrad }) as Tensor;
};
const isPacked = (x: unknown): x is Packed => typeof x === "object" && x !== null && "shape" in x;
const cotangent = (y: Tensor): Tensor =>
  fromTypedArray(
    Float64Array.from({ length: y.size }, (_, k) => (((3 * k) % 7) + 1) / 4),
    y.shape,
  ) as Tensor;
const tensors = (result: unknown): Tensor[] =>
  result instanceof Tensor ? [result] : (result as unknown[]).filter((x) => x !== null).flatMap(tensors);

/** Relative to the largest number of the tensor. */
function expectNear(what: string, got: ArrayLike<number>, wanted: readonly number[], tolerance: number): void {
  expect(got.length, what).toBe(wanted.length);
  const scale = Math.max(1e-300, ...wanted.map((x) => Math.abs(x)));
  wanted.forEach((x, i) => {
    if (!(Math.abs(got[i]! - x) <= tolerance * scale)) expect.fail(`${what}: ${got[i]} at ${i}, PyTorch has ${x}`);
  });
}
function compare(result: unknown, of: FunctionCase | LayerCase, wanted: readonly Tensor[]): void {
  const outputs = tensors(result);
  expect(outputs.map((y) => y.shape)).toEqual(of.output.map(({ shape }) => shape));
  outputs.forEach((y, i) => expectNear(`output ${i}`, y.toTypedArray(), of.output[i]!.values, 1e-11));
  const total = outputs.map((y) => y.mul(cotangent(y)).sum() as Tensor).reduce((a, b) => a.add(b));
  const gradients: readonly Tensor[] = grad(total, [...wanted]);
  of.grads.forEach((g, i) => {
    const expected =
      g ?? wanted[i]!.shape.reduce((a: number[], n) => Array.from({ length: a.length * n }, () => 0), [0]);
    expectNear(`gradient ${i}`, gradients[i]!.toTypedArray(), expected, 1e-10);
  });
}

type Loose = Record<string, (...args: unknown[]) => unknown>;
const calls = { ...core, ...nn } as unknown as Loose;

describe("functions are those of PyTorch", () => {
  test.each(functions.map((of, i) => [`${of.name} ${JSON.stringify(of.args).slice(0, 60)} #${i}`, of] as const))(
    "%s",
    (_, of) => {
      const inputs = of.inputs.map((x) => make(x, true));
      const last = of.args.at(-1) as Options | undefined;
      const target = isPacked(last?.target) ? [make(last.target)] : [];
      const args = of.args.map((arg) =>
        typeof arg !== "object" || arg === null || Array.isArray(arg)
          ? arg
          : Object.fromEntries(Object.entries(arg).filter(([key]) => key !== "target").map(([key, x]) => [key, isPacked(x) ? make(x) : x] as const)),
      ); // prettier-ignore
      const result = calls[of.name]!(...inputs, ...target, ...args);
      compare(result, of, inputs.filter((x) => x.dtype === "float64")); // prettier-ignore
    },
  );
});

describe("layers are those of PyTorch, with its state dicts", () => {
  const classes = nn as unknown as Record<
    string,
    new (...args: unknown[]) => Module & { forward: (...x: unknown[]) => unknown }
  >;
  test.each(layers.map((of, i) => [`${of.layer} ${JSON.stringify(of.args)} #${i}`, of] as const))("%s", (_, of) => {
    const made = new classes[of.layer]!(...of.args);
    made.loadStateDict(Object.fromEntries(Object.entries(of.state).map(([key, x]) => [key, make(x)])));
    made.train(of.training);
    const named = new Map(made.namedParameters());
    expect([...named.keys()].sort()).toEqual([...of.params].sort());
    const inputs = of.inputs.map((x) => make(x, true));
    const floating = inputs.filter((x) => x.dtype === "float64");
    const options = Object.entries(of.options ?? {}).map(([key, x]) => [key, isPacked(x) ? make(x) : x] as const);
    const call = (layer: typeof made): unknown =>
      layer.forward(...inputs, ...(options.length > 0 ? [Object.fromEntries(options)] : []));
    const result = call(made);
    compare(result, of, [...floating, ...of.params.map((name) => named.get(name)!)]);
    const buffers = new Map(made.namedBuffers());
    for (const [key, x] of Object.entries(of.after)) expectNear(key, buffers.get(key)!.toTypedArray(), x.values, 1e-12);

    const other = new classes[of.layer]!(...of.args).train(of.training);
    const before = other.stateDict();
    const state = Object.fromEntries(Object.entries(of.state).map(([key, x]) => [key, make(x, of.params.includes(key))])); // prettier-ignore
    compare(nn.functionalCall(other, state, call), of, [...floating, ...of.params.map((name) => state[name]!)]);
    expect(other.stateDict()).toEqual(before);
  });
});
