import { inspect } from "node:util";
import * as chainrule from "@chainrule/core";
import { ArgumentError, type Tensor, tensor } from "@chainrule/core";
import * as layers from "@chainrule/nn";
import { expect, test } from "vitest";
import { errors } from "./support/errors.ts";

// What people do wrong in their first hours, and the messages that send them on. Callers are plain JavaScript.

type Untyped = Record<string, (...args: unknown[]) => never>;
const core = chainrule as unknown as Untyped;
const nn = layers as unknown as Untyped;
const untyped = (x: unknown): Untyped => x as Untyped;
const x = (): Tensor => tensor([[1, 2, 3], [4, 5, 6]], { requiresGrad: true }) as Tensor; // prettier-ignore

test("requiresGrad of a result, or of a tensor of whole numbers", () => {
  const result = x().mul(2);
  const whole = tensor([1], { dtype: "int32" });
  const leaf = x();
  expect(errors(
    () => (result.requiresGrad = false),
    () => (whole.requiresGrad = true),
    () => (leaf.requiresGrad = "no" as never),
  )).toMatchInlineSnapshot(`
    "GraphError: requiresGrad: [2,3] was made by mul, and only a leaf can stop requiring grad; use detach(), which gives the same elements without their graph
    DtypeError: requiresGrad: only float64 and float32 tensors can require grad, got int32
    ArgumentError: requiresGrad: it is true or false, got "no""
  `); // prettier-ignore
  expect([result.requiresGrad, whole.requiresGrad, leaf.requiresGrad]).toEqual([true, false, true]);
  result.requiresGrad = true; // is so
  leaf.requiresGrad = false;
  expect(leaf.mul(2).requiresGrad).toBe(false);
});

test("async functions where derivatives are taken", () => {
  const f = async (y: Tensor): Promise<Tensor> => y.sum() as Tensor;
  expect(errors(
    ...["grad", "valueAndGrad", "jacobian", "hessian", "vmap", "checkpoint"].map((name) => () => untyped({ g: core[name]!(f) }).g!(x())),
    () => core.vjp!(f, x()),
    () => core.jvp!(f, [x()], [x()]),
    () => core.checkGradients!(f, [x()]),
    () => untyped({ g: core.customGradient!({ forward: f, vjp: f }) }).g!(x()),
  )).toMatchInlineSnapshot(`
    "ArgumentError: grad: the function is async, and grad ends at its first await; await first, and pass what computes alone
    ArgumentError: valueAndGrad: the function is async, and valueAndGrad ends at its first await; await first, and pass what computes alone
    ArgumentError: jacobian: the function is async, and jacobian ends at its first await; await first, and pass what computes alone
    ArgumentError: hessian: the function is async, and hessian ends at its first await; await first, and pass what computes alone
    ArgumentError: vmap: the function is async, and vmap ends at its first await; await first, and pass what computes alone
    ArgumentError: checkpoint: the function is async, and checkpoint ends at its first await; await first, and pass what computes alone
    ArgumentError: vjp: the function is async, and vjp ends at its first await; await first, and pass what computes alone
    ArgumentError: jvp: the function is async, and jvp ends at its first await; await first, and pass what computes alone
    ArgumentError: checkGradients: the function is async, and checkGradients ends at its first await; await first, and pass what computes alone
    ArgumentError: customGradient: the function is async, and customGradient ends at its first await; await first, and pass what computes alone"
  `); // prettier-ignore
});

test("a tensor in place of a function, and rules of other names", () => {
  expect(errors(
    () => core.grad!(x()),
    () => core.grad!([x()]),
    () => core.customGradient!({ forward: (y: Tensor) => y, backward: (g: Tensor) => g }),
    () => core.customGradient!({ forward: (y: Tensor) => y, vpj: (g: Tensor) => g }),
    () => core.customGradient!(),
  )).toMatchInlineSnapshot(`
    "ArgumentError: grad: got a tensor alone; pass the function whose gradient you want, as in grad(f)(x), or a result and what to differentiate it by, as in grad(loss, x)
    ArgumentError: grad: expected a function such as (x) => …, got an object of class Array
    ArgumentError: customGradient: there is no option backward; options are forward, vjp, jvp, name
    ArgumentError: customGradient: there is no option vpj; options are forward, vjp, jvp, name
    ArgumentError: customGradient: forward: expected a function such as (x) => …, got undefined"
  `); // prettier-ignore
});

test("options that would be lost", () => {
  expect(errors(
    () => core.max!(x(), x(), { keepDim: true }),
    () => untyped(x()).min!(x(), {}),
    () => core.sum!(x(), 0, new Map([["keepDim", true]])),
    () => core.sum!(x(), 0, new Date()),
    () => core.sum!(x(), 0, Object.create({ keepDim: true })),
  )).toMatchInlineSnapshot(`
    "ArgumentError: max: options go with a dim; with another tensor no dim is left out or kept
    ArgumentError: min: options go with a dim; with another tensor no dim is left out or kept
    ArgumentError: sum: options are an object such as { name: value }, got an object of class Map
    ArgumentError: sum: options are an object such as { name: value }, got an object of class Date
    ArgumentError: sum: options are an object such as { name: value }, got an object of class Object"
  `); // prettier-ignore
  expect((core.sum!(x(), 0, Object.assign(Object.create(null), { keepDim: true })) as Tensor).shape).toEqual([1, 3]);
});

test("a class in place of a layer", () => {
  expect(errors(() => nn.sequential!(layers.Linear))).toMatchInlineSnapshot(
    `"ArgumentError: Sequential: layer 0 is the class Linear; write new Linear(…)"`,
  );
});

test("an error that nobody catches prints no empty path", () => {
  expect(inspect(new ArgumentError("zeros: …"))).not.toContain("path");
  expect(Object.keys(new ArgumentError("zeros: …"))).toEqual(["name"]);
  expect(new ArgumentError("zeros: …").path).toBe("");
});
