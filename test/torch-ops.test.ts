import { readFileSync } from "node:fs";
import * as chainrule from "@chainrule/core";
import { fromTypedArray, grad, Tensor } from "@chainrule/core";
import { describe, expect, test } from "vitest";

// Values and gradients of PyTorch, written by fixtures/torch-ops.py. Where Chainrule differs on purpose, the case says why, and
// docs/conventions.md says it to users.

type Nested = number | string | readonly Nested[];
interface Packed {
  readonly shape: readonly number[];
  readonly values: Nested;
}
interface Case {
  readonly op: string;
  readonly about?: string;
  readonly inputs: readonly Packed[];
  readonly params: Readonly<Record<string, never>>;
  readonly output: Packed | readonly Packed[];
  readonly grads: readonly (Nested | null)[] | null;
}
const { cases } = JSON.parse(readFileSync(new URL("fixtures/torch-ops.json", import.meta.url), "utf8")) as {
  cases: Case[];
};

type Loose = Record<string, (...args: unknown[]) => unknown>;
const ops = chainrule as unknown as Loose;
const flat = (values: Nested): number[] =>
  [values].flat(9).map((v) => (typeof v === "boolean" ? Number(v) : Number(v)));
/** PyTorch's options under our names. */
const reducing = ({ dim, keepdim, unbiased, ord }: Record<string, unknown>): unknown[] => [
  dim,
  {
    keepDim: keepdim === true,
    ...(unbiased === undefined ? {} : { correction: unbiased === true ? 1 : 0 }),
    ...(ord === undefined ? {} : { p: Number(ord) }),
  },
];
const values = (result: unknown): unknown =>
  result instanceof Tensor ? result : (result as { values: Tensor }).values;

/** How to call what PyTorch calls `op`. */
const CALLS: Record<string, (x: Tensor[], params: Record<string, never>) => unknown> = {
  ...Object.fromEntries(["sum", "mean", "prod", "std", "norm", "argmax", "argmin"].map((op) => [op, ([x], params) => ops[op]!(x, ...reducing(params))])),
  var: ([x], params) => ops.variance!(x, ...reducing(params)),
  logsumexp: ([x], params) => ops.logSumExp!(x, ...reducing(params)),
  max: ([x], params) => values(ops.max!(x, ...reducing(params))),
  min: ([x], params) => values(ops.min!(x, ...reducing(params))),
  softmax: ([x], { dim }) => ops.softmax!(x, dim),
  log_softmax: ([x], { dim }) => ops.logSoftmax!(x, dim),
  cumsum: ([x], { dim }) => ops.cumsum!(x, dim),
  pow: ([x, y], { exponent, self }) => ops.pow!(self ?? x, exponent ?? y ?? x),
  clamp: ([x, low, high], { min, max }) => ops.clamp!(x, low ?? min ?? -Infinity, high ?? max ?? Infinity),
  reshape: ([x], { shape }) => ops.reshape!(x, shape),
  flatten: ([x], { start_dim }) => ops.flatten!(x, start_dim),
  transpose: ([x], { dim0, dim1 }) => ops.transpose!(x, dim0, dim1),
  permute: ([x], { dims }) => ops.permute!(x, dims),
  broadcast_to: ([x], { size }) => ops.broadcastTo!(x, size),
  select: ([x], { dim, index }) => ops.select!(x, dim, index),
  index_select: ([x, index], { dim }) => ops.indexSelect!(x, dim, index),
  gather: ([x, index], { dim }) => ops.gather!(x, dim, index),
  cat: (x, { dim }) => ops.concat!(x, dim),
  stack: (x, { dim }) => ops.stack!(x, dim),
  split: ([x], { split_size_or_sections: sizes, dim }) => ops.split!(x, sizes, dim),
  squeeze: ([x], { dim }) => ops.squeeze!(x, dim),
  unsqueeze: ([x], { dim }) => ops.unsqueeze!(x, dim),
  flip: ([x], { dims }) => ops.flip!(x, dims),
  pad: ([x], { pad, value }) => ops.pad!(x, pad, value),
  tril: ([x], { diagonal }) => ops.tril!(x, diagonal),
  triu: ([x], { diagonal }) => ops.triu!(x, diagonal),
}; // prettier-ignore

/** Where Chainrule differs from PyTorch on purpose. */
const ON_PURPOSE: Record<string, string> = {
  "abs: not finite": "the derivative at NaN is NaN",
  "sign: not finite": "the sign of NaN is NaN",
  "expm1: far out": "the derivative keeps its digits in the tail",
  "tanh: far out": "the derivative keeps its digits in the tails",
  "sigmoid: far out": "the derivative keeps its digits in both tails",
  "pow: exponent 0, not finite": "the derivative at NaN is NaN",
  "clamp: min above max; inputs 2 and 3 are min and max": "where x is NaN no bound gets a derivative",
  "var: offset of 1e8": "the gradient keeps its digits too",
  "std: offset of 1e8": "the gradient keeps its digits too",
  "norm: squares overflow": "the gradient does not vanish",
  "logsumexp: infinities": "∞ − ∞ is NaN in the whole row",
  "log_softmax: columns":
    "where cotangents cancel, PyTorch's gradient is off by 1.6e-16; in 50 digits ours is off by 6e-18",
};

/** Losses are those of @chainrule/nn, and tested there. */
const ours = cases.filter(({ op }) => op in CALLS || op in ops);

const INDICES = ["index_select", "gather"];
function build({ op, inputs }: Case): Tensor[] {
  return inputs.map(({ shape, values }, i) => {
    if (INDICES.includes(op) && i === 1) return fromTypedArray(Int32Array.from(flat(values)), shape) as Tensor;
    if (op === "where" && i === 0) return fromTypedArray(Uint8Array.from(flat(values)), shape) as Tensor;
    return fromTypedArray(Float64Array.from(flat(values)), shape, { requiresGrad: true }) as Tensor;
  });
}
const cotangent = (y: Tensor): Tensor =>
  fromTypedArray(
    Float64Array.from({ length: y.size }, (_, k) => (((3 * k) % 7) + 1) / 4),
    y.shape,
  ) as Tensor;

const close = (a: number, b: number): boolean =>
  Object.is(a, b) || (a === 0 && b === 0) || Math.abs(a - b) <= 1e-13 * Math.abs(b);
function expectClose(what: string, got: ArrayLike<number>, wanted: readonly number[]): void {
  const fine = got.length === wanted.length && wanted.every((v, i) => close(got[i]!, v));
  if (!fine) expect.fail(`${what}: ${Array.from(got).join(", ")}\nPyTorch: ${wanted.join(", ")}`);
}

describe("values and gradients are those of PyTorch", () => {
  const named = ours.map((of, i) => [`${of.op} ${JSON.stringify(of.params)} ${of.about ?? ""} #${i}`, of] as const);
  const differs = (of: Case): boolean => `${of.op}: ${of.about}` in ON_PURPOSE;

  test.each(named.filter(([, of]) => differs(of)))("%s: not, on purpose", (_, of) => {
    expect(() => compare(of)).toThrow(/^(value|gradient)/);
  });
  test.each(named.filter(([, of]) => !differs(of)))("%s", (_, of) => compare(of));

  function compare(of: Case): void {
    const inputs = build(of);
    const call = CALLS[of.op] ?? ((x: Tensor[]) => ops[of.op]!(...x));
    const results = [call(inputs, of.params)].flat() as Tensor[];
    const outputs = [of.output].flat();
    results.forEach((y, i) => {
      expect(y.shape).toEqual(outputs[i]!.shape);
      expectClose("value", y.toTypedArray(), flat(outputs[i]!.values));
    });
    if (of.grads === null) return;
    const total = results.map((y) => y.mul(cotangent(y)).sum() as Tensor).reduce((a, b) => a.add(b));
    const wanting = inputs.filter((_, i) => of.grads![i] !== null);
    const gradients = total.requiresGrad ? grad(total, wanting) : wanting.map((x) => x.mul(0));
    of.grads
      .filter((g) => g !== null)
      .forEach((g, i) => expectClose(`gradient of input ${i}`, gradients[i]!.toTypedArray(), flat(g)));
  }
});
