import { inspect } from "node:util";
import * as chainrule from "@chainrule/core";
import { ArgumentError, Generator, type Tensor, tensor, zeros } from "@chainrule/core";
import * as data from "@chainrule/data";
import * as layers from "@chainrule/nn";
import { SGD } from "@chainrule/optim";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { errors } from "./support/errors.ts";

// What people do wrong in their first hours, and the messages that send them on. Callers are plain JavaScript.

type Untyped = Record<string, (...args: unknown[]) => never>;
const core = chainrule as unknown as Untyped;
const nn = layers as unknown as Untyped;
const untyped = (x: unknown): Untyped => x as Untyped;
const x = (): Tensor => tensor([[1, 2, 3], [4, 5, 6]], { requiresGrad: true }) as Tensor; // prettier-ignore
/** The error, or nothing. */
function saidOf(run: () => unknown): string {
  try {
    run();
    return "";
  } catch (thrown) {
    return String(thrown);
  }
}

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
    ArgumentError: grad: expected a function such as (x) => …, got [an object of class Tensor]
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
    ArgumentError: sum: options are an object such as { keepDim: … }, got an object of class Map
    ArgumentError: sum: options are an object such as { keepDim: … }, got an object of class Date
    ArgumentError: sum: options are an object such as { keepDim: … }, got an object of class Object"
  `); // prettier-ignore
  expect((core.sum!(x(), 0, Object.assign(Object.create(null), { keepDim: true })) as Tensor).shape).toEqual([1, 3]);
});

test("sizes and dims without brackets", () => {
  const generator = untyped(new Generator(1));
  expect(errors(
    () => core.zeros!(2, 3),
    () => core.ones!(4),
    () => core.full!(2, 3),
    () => core.randn!(2, 3),
    () => generator.rand!(2, 3),
    () => generator.randint!(0, 5, 3),
    () => core.fromTypedArray!(new Float64Array(6), 2, 3),
    () => untyped(x()).reshape!(3, 2),
    () => untyped(x()).broadcastTo!(2, 2, 3),
    () => untyped(x()).expand!(2, 2, 3),
    () => untyped(x()).as!(2, 3),
    () => core.zeros!("2, 3"),
    () => core.zeros!([2], "float32"),
  )).toMatchInlineSnapshot(`
    "ArgumentError: zeros: a shape is an array of sizes such as [2, 3], got 2; write it in brackets: [2], or [2, …] with others
    ArgumentError: ones: a shape is an array of sizes such as [2, 3], got 4; write it in brackets: [4], or [4, …] with others
    ArgumentError: full: a shape is an array of sizes such as [2, 3], got 2; write it in brackets: [2], or [2, …] with others
    ArgumentError: randn: a shape is an array of sizes such as [2, 3], got 2; write it in brackets: [2], or [2, …] with others
    ArgumentError: rand: a shape is an array of sizes such as [2, 3], got 2; write it in brackets: [2], or [2, …] with others
    ArgumentError: randint: a shape is an array of sizes such as [2, 3], got 3; write it in brackets: [3], or [3, …] with others
    ArgumentError: fromTypedArray: a shape is an array of sizes such as [2, 3], got 2; write it in brackets: [2], or [2, …] with others
    ArgumentError: reshape: a shape is an array of sizes such as [2, 3], got 3; write it in brackets: [3], or [3, …] with others
    ArgumentError: broadcastTo: a shape is an array of sizes such as [2, 3], got 2; write it in brackets: [2], or [2, …] with others
    ArgumentError: expand: sizes are an array such as [-1, 3], got 2; write it in brackets: [2], or [2, …] with others
    ArgumentError: as: a shape is an array of sizes such as [2, 3], got 2; write it in brackets: [2], or [2, …] with others
    ArgumentError: zeros: a shape is an array of sizes such as [2, 3], got "2, 3"
    ArgumentError: zeros: options are an object such as { dtype: … }, got "float32""
  `); // prettier-ignore
});

test("more arguments than an operation takes, which would be lost", () => {
  const y = (): Untyped => untyped(zeros([2, 3, 1]));
  expect(errors(
    () => y().flip!(0, 1),
    () => y().squeeze!(0, 2),
    () => y().transpose!(0, 2, 1),
    () => y().unsqueeze!(0, 1),
    () => y().flatten!(0, 1, 2),
    () => y().select!(0, 1, 1),
    () => y().slice!(0, {}, 2),
    () => y().split!(1, 2, 0),
    () => core.logcumsumexp!(zeros([2, 3]), 0, true),
    () => core.concat!([zeros([2]), zeros([2])], 0, { dim: 1 }),
  )).toMatchInlineSnapshot(`
    "ArgumentError: flip: got 1 besides; several dims stand in brackets: [0, 1]
    ArgumentError: squeeze: got 2 besides; several dims stand in brackets: [0, 2]
    ArgumentError: transpose: got 1 besides; it swaps two dims; for an order of all write permute([0, 2, 1])
    ArgumentError: unsqueeze: got 1 besides; it takes one dim; call it for each, or reshape
    ArgumentError: flatten: got 2 besides; it takes the first and the last dim to merge
    ArgumentError: select: got 1 besides; it takes one dim and one index; at(i, j, …) takes more
    ArgumentError: slice: got 2 besides; its bounds are options, as in { start: 0, end: 2 }
    ArgumentError: split: got 0 besides; several sizes stand in brackets: split([1, 2], 0)
    ArgumentError: logcumsumexp: got true besides; it takes one dim
    ArgumentError: concat: got an object besides; it takes one array of tensors and one dim"
  `); // prettier-ignore
  // Each with what it takes, and one more.
  const calls: Record<string, unknown[]> = {
    chunk: [2, 0], cummax: [0], cummin: [0], flatten: [0, 1], flip: [0], logcumsumexp: [0], movedim: [0, 1], narrow: [0, 0, 1],
    roll: [1, 0], rot90: [1, [0, 1]], select: [0, 0], slice: [0, {}], split: [1, 0], squeeze: [2], swapaxes: [0, 1],
    transpose: [0, 1], unbind: [0], unsqueeze: [0],
  }; // prettier-ignore
  for (const [name, args] of Object.entries(calls)) {
    expect(saidOf(() => core[name]!(zeros([2, 3, 1]), ...args))).toBe("");
    expect([name, saidOf(() => core[name]!(zeros([2, 3, 1]), ...args, 5))[0]]).toEqual([name, "A"]);
    expect([name, saidOf(() => y()[name]!(...args, 5))[0]]).toEqual([name, "A"]);
  }
});

test("arrays of numbers where a function takes a tensor", () => {
  const sum = (y: Tensor): Tensor => y.sum() as Tensor;
  const f = untyped({
    grad: core.grad!(sum),
    both: core.valueAndGrad!((_: unknown, y: Tensor) => sum(y), { argnums: [0, 1] }),
    jacobian: core.jacobian!(sum),
    vmap: core.vmap!(sum),
    picks: core.grad!((list: Tensor[]) => list[0]!.mul(list[1]!)),
    breaks: core.grad!((y: Tensor) => untyped(y).summ!()),
  });
  expect(errors(
    () => f.grad!([1, 2]),
    () => f.both!(1, [[1, 2], [3, 4]]),
    () => f.jacobian!([1, 2]),
    () => core.hvp!(sum, [1, 2], [1, 0]),
    () => core.vjp!(sum, [1, 2]),
    () => core.jvp!(sum, [[1, 2]], [[1, 0]]),
    () => f.vmap!([[1, 2], [3, 4]]),
  )).toMatchInlineSnapshot(`
    "ArgumentError: grad: the function ended in "y.sum is not a function"; an array of numbers is handed to it as an array of scalars: for one tensor pass tensor([…])
    ArgumentError: valueAndGrad: the function ended in "y.sum is not a function"; an array of numbers is handed to it as an array of scalars: for one tensor pass tensor([…])
    ArgumentError: jacobian: the function ended in "y.sum is not a function"; an array of numbers is handed to it as an array of scalars: for one tensor pass tensor([…])
    ArgumentError: hvp: the function ended in "y.sum is not a function"; an array of numbers is handed to it as an array of scalars: for one tensor pass tensor([…])
    ArgumentError: vjp: the function ended in "y.sum is not a function"; an array of numbers is handed to it as an array of scalars: for one tensor pass tensor([…])
    ArgumentError: jvp: the function ended in "y.sum is not a function"; an array of numbers is handed to it as an array of scalars: for one tensor pass tensor([…])
    ShapeError: vmap: argument 0.0.0 is a number, which has no dim to map; write null for it in inDims, or tensor(…) around the array"
  `); // prettier-ignore
  expect(f.picks!([2, 3])).toHaveLength(2); // as a tree of scalars it is welcome
  expect(saidOf(() => f.breaks!(tensor([1, 2])))).toMatch(/^TypeError/);
  expect(saidOf(() => core.vjp!((y: Tensor) => untyped(y).summ!(), 1, 2))).toMatch(/^TypeError/);
});

test("shapes that would fit another way", () => {
  expect(errors(
    () => core.mul!(zeros([32]), zeros([32, 10])),
    () => core.sub!(zeros([8, 16, 5, 5]), zeros([16])),
    () => core.sub!(zeros([8, 16, 5, 5]), zeros([8, 16])),
    () => core.broadcastTo!(zeros([32]), [32, 10]),
    () => core.matmul!(zeros([8, 3]), zeros([5, 3])),
    () => core.matmul!(zeros([3, 8]), zeros([3, 5])),
    () => core.matmul!(zeros([3]), zeros([5, 3])),
    () => core.matmul!(zeros([3, 5]), zeros([3])),
    () => core.mm!(zeros([8, 3]), zeros([5, 3])),
    () => core.matmul!(zeros([3]), zeros([5])),
    () => nn.mseLoss!(zeros([4, 1]), zeros([4])),
    () => nn.mseLoss!(zeros([4, 2]), zeros([4])),
  )).toMatchInlineSnapshot(`
    "ShapeError: mul: cannot broadcast [32] with [32,10]; use reshape([32,1]), or { keepDim: true } where it was reduced
    ShapeError: sub: cannot broadcast [8,16,5,5] with [16]; use reshape([16,1,1]), or { keepDim: true } where it was reduced
    ShapeError: sub: cannot broadcast [8,16,5,5] with [8,16]; use reshape([8,16,1,1]), or { keepDim: true } where it was reduced
    ShapeError: broadcastTo: cannot broadcast [32] to [32,10]; use reshape([32,1]), or { keepDim: true } where it was reduced
    ShapeError: matmul: inner sizes 3 and 5 differ in [8,3] x [5,3]; did you mean a.matmul(b.transpose())?
    ShapeError: matmul: inner sizes 8 and 3 differ in [3,8] x [3,5]; did you mean a.transpose().matmul(b)?
    ShapeError: matmul: inner sizes 3 and 5 differ in [3] x [5,3]; did you mean a.matmul(b.transpose())?
    ShapeError: matmul: inner sizes 5 and 3 differ in [3,5] x [3]; did you mean a.transpose().matmul(b)?
    ShapeError: mm: inner sizes 3 and 5 differ in [8,3] x [5,3]; did you mean a.matmul(b.transpose())?
    ShapeError: matmul: inner sizes 3 and 5 differ in [3] x [5]
    ShapeError: mseLoss: prediction [4,1] and target [4] differ in shape; reshape the target to [4,1]
    ShapeError: mseLoss: prediction [4,2] and target [4] differ in shape"
  `); // prettier-ignore
});

test("what is said of shapes is right", () => {
  const size = fc.integer({ min: 1, max: 3 });
  const shape = fc.array(size, { maxLength: 4 });
  fc.assert(
    fc.property(shape, shape, (a, b) => {
      const said = saidOf(() => core.add!(zeros(a), zeros(b)));
      const target = /reshape\(\[([\d,]+)\]\)/.exec(said)?.[1]?.split(",").map(Number);
      if (target === undefined) return;
      const [short, long] = a.length < b.length ? [a, b] : [b, a];
      expect((core.add!(zeros(short).reshape(target), zeros(long)) as Tensor).shape).toEqual(long);
    }),
  );
  const operand = fc.array(size, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(operand, operand, (a, b) => {
      const said = saidOf(() => core.matmul!(zeros(a), zeros(b)));
      if (said.includes("(b.transpose()")) core.matmul!(zeros(a), zeros(b).transpose());
      else if (said.includes("a.transpose()")) core.matmul!(zeros(a).transpose(), zeros(b));
    }),
  );
});

test("a tensor made by new", () => {
  const Made = chainrule.Tensor as unknown as new (...args: unknown[]) => never;
  expect(
    errors(
      () => new Made([1, 2]),
      () => new Made([2, 2], "float32"),
    ),
  ).toMatchInlineSnapshot(`
    "ArgumentError: Tensor: write tensor([1, 2]), zeros([2, 3]) or Parameter in place of new Tensor(…)
    ArgumentError: Tensor: write tensor([1, 2]), zeros([2, 3]) or Parameter in place of new Tensor(…)"
  `);
});

test("arrays that hold themselves", () => {
  const circle: unknown[] = [];
  circle.push(circle);
  expect(errors(() => core.tensor!(circle))).toMatchInlineSnapshot(
    `"ArgumentError: tensor: arrays are nested more than 1000 deep, or one holds itself"`,
  );
});

test("what is written as in Python", () => {
  expect(errors(
    () => untyped(x().sum()).backward!({ createGraph: true }),
    () => core.grad!((y: Tensor) => y.sum(), x()),
    () => core.tensor!([x(), x()]),
    () => core.tensor!([new Float64Array(2)]),
    () => core.concat!(x(), x()),
    () => untyped(x()).sum!({ dim: 0 }),
    () => untyped(x()).softmax!({ dim: 0 }),
    () => core.conv2d!(zeros([1, 1, 3, 3]), zeros([1, 1, 3, 3]), { padding: 1 }),
    () => untyped(x()).split!(),
    () => core.tensor!([1], { requiresGrad: "yes" }),
    () => core.checkGradients!(x().sum(), [x()]),
    () => new SGD([["weight", x()]] as never, { lr: 1 }),
    () => untyped(new layers.Linear(1, 1)).loadStateDict!({ weight: [[1]], bias: [1] }),
    () => untyped(data).batches!(x(), { batchSize: 1, shuffle: "false" }),
    () => untyped(data).batches!(x(), { batchSize: 1, shuffle: true, generator: 3 }),
    () => untyped(data).moons!(4, { generator: 3 }),
  )).toMatchInlineSnapshot(`
    "ArgumentError: backward: options come second; write backward(undefined, { createGraph: true })
    ArgumentError: grad: options are an object such as { argnums: … }, got a tensor; write grad(f)(x), not grad(f, x)
    ArgumentError: tensor: elements are numbers or booleans, got an object of class Tensor at position 0; stack([a, b]) makes one tensor of several
    ArgumentError: tensor: elements are numbers or booleans, got an object of class Float64Array at position 0; spread it: [...array]
    ArgumentError: concat: expected an array of tensors, got one tensor; write concat([a, b])
    ArgumentError: sum: dims are a number or an array of numbers, got an object; write 0, not { dim: 0 }
    ArgumentError: softmax: a dim is a whole number, got an object; write 0, not { dim: 0 }
    ArgumentError: conv2d: a bias is a tensor or null, got an object; options come after it
    ArgumentError: split: sizes are a number, or an array of numbers, got undefined
    ArgumentError: tensor: requiresGrad is true or false, got "yes"
    ArgumentError: checkGradients: expected a function such as (x) => …, got an object of class Tensor
    ArgumentError: SGD: parameter 0 is no tensor but ["weight", an object of class Tensor]; of a model pass model.parameters()
    ArgumentError: loadStateDict: weight is an array; wrap it in tensor(...); bias is an array; wrap it in tensor(...)
    ArgumentError: batches: shuffle is the text "false", which counts as true; write false
    ArgumentError: batches: a generator is one such as new Generator(1), got 3
    ArgumentError: moons: a generator is one such as new Generator(1), got 3"
  `); // prettier-ignore
});

test("dims and sizes as keywords, and more than a function takes", () => {
  const pair = (a: Tensor, b: Tensor): Tensor => a.mul(b) as Tensor;
  const sum = (y: Tensor): Tensor => y.sum() as Tensor;
  const y = tensor([1, 2]);
  expect(errors(
    () => untyped(x()).sum!({ axis: 1 }),
    () => untyped(x()).mean!({ dim: [0, 1] }),
    () => untyped(x()).softmax!({ dim: 1 }),
    () => untyped(x()).norm!({ p: 1 }),
    () => untyped(x()).sum!({ keepDim: true }),
    () => core.zeros!({ dtype: "float32" }),
    () => untyped(x()).gather!(tensor([[0], [0]], { dtype: "int32" }), 1),
    () => untyped(x()).select!(0, tensor(1, { dtype: "int32" })),
    () => core.stack!([x(), x()], { dim: 1 }),
    () => core.concat!([x(), x()], { dim: 1 }),
    () => untyped(x()).unsqueeze!({ dim: 0 }),
    () => untyped(x()).transpose!([1, 0]),
    () => untyped(x()).topk!({ k: 1 }),
    () => core.roll!(x(), [{ shifts: 1 }]),
    () => core.linspace!(0, x(), 3),
    () => new (layers.Conv2d as unknown as new (...args: unknown[]) => never)(3, 8, { kernelSize: 3 }),
    () => new (layers.Linear as unknown as new (...args: unknown[]) => never)({ in: 1 }, (z: number) => z),
    () => new (layers.LSTM as unknown as new (...args: unknown[]) => never)({ inputs: 1 }, layers.Linear),
    () => untyped(x().sum()).backward!({ retainGraph: true }),
    () => untyped(x().sum()).backward!(undefined, { retainGraph: true }),
    () => core.grad!(x().sum(), x(), { retainGraph: true }),
    () => untyped({ f: core.jacobian!(pair) }).f!(y, y),
    () => untyped({ f: core.hessian!(pair) }).f!(y, y),
    () => core.hvp!(sum, y, [1, 0]),
  )).toMatchInlineSnapshot(`
    "ArgumentError: sum: dims are a number or an array of numbers, got an object; write 1, not { axis: 1 }
    ArgumentError: mean: dims are a number or an array of numbers, got an object; write [0, 1], not { dim: [0, 1] }
    ArgumentError: softmax: a dim is a whole number, got an object; write 1, not { dim: 1 }
    ArgumentError: norm: dims are a number or an array of numbers, got an object; options come after it
    ArgumentError: sum: dims are a number or an array of numbers, got an object; options come after it
    ArgumentError: zeros: a shape is an array of sizes such as [2, 3], got an object; options come after it
    ArgumentError: gather: a dim is a whole number, got an object of class Tensor
    ArgumentError: select: an index is a whole number, got an object of class Tensor
    ArgumentError: stack: a dim is a whole number, got an object; write 1, not { dim: 1 }
    ArgumentError: concat: a dim is a whole number, got an object; write 1, not { dim: 1 }
    ArgumentError: unsqueeze: a dim is a whole number, got an object; write 0, not { dim: 0 }
    ArgumentError: transpose: swaps two dims, got [1, 0]; for an order of all write permute([1, 0])
    ArgumentError: topk: k is a whole number from 0 to 3, the size of dim -1, got an object
    ArgumentError: roll: shifts are whole numbers, got an object
    ArgumentError: linspace: needs finite bounds, got 0 and an object of class Tensor
    ArgumentError: Conv2d: channels, groups and 2 kernel sizes are whole numbers from 1 up, got 3, 8, groups 1 and kernel an object; it stands by itself, before the options
    ArgumentError: Linear: sizes are whole numbers from 0 up, got an object and a function
    ArgumentError: LSTM: sizes and numbers of layers are whole numbers from 1 up, got an object, the class Linear, 1
    ArgumentError: backward: leave out retainGraph; a graph lasts as long as its result is held
    ArgumentError: backward: leave out retainGraph; a graph lasts as long as its result is held
    ArgumentError: grad: leave out retainGraph; a graph lasts as long as its result is held
    ArgumentError: jacobian: got an object of class Tensor besides; the function takes one argument: write jacobian(([a, b]) => …)([x, y])
    ArgumentError: hessian: got an object of class Tensor besides; the function takes one argument: write hessian(([a, b]) => …)([x, y])
    ArgumentError: hvp: the tangent is an array; wrap it in tensor(...)"
  `); // prettier-ignore
});

test("no message shows an object as [object Object], or a tensor with its elements", () => {
  const others: (() => unknown)[] = [
    () => zeros([2, 3]), () => zeros([1, 2, 4, 4]), () => zeros([3], { dtype: "int32" }), () => ({ dim: 1 }), () => [{ a: 1 }, 1],
    () => [zeros([2]), zeros([2])], () => 1, () => 3, () => [1, 0], () => undefined, () => (z: unknown) => z, () => "a",
  ]; // prettier-ignore
  const argument = fc.constantFrom(...others);
  const makers = [core, nn, untyped(data), layers.init as unknown as Untyped].flatMap((module) =>
    Object.entries(module).filter(([name, f]) => typeof f === "function" && !/^(?:set|manualSeed)/.test(name)),
  );
  const said = (run: () => unknown): unknown => {
    try {
      return run();
    } catch (thrown) {
      if (thrown instanceof chainrule.ChainruleError)
        expect(thrown.message).not.toMatch(/\[object |Tensor \[\d|=>\s*z/);
      return undefined;
    }
  };
  fc.assert(
    fc.property(fc.constantFrom(...makers), fc.array(argument, { minLength: 1, maxLength: 4 }), ([name, f], list) => {
      const args = list.map((make) => make());
      const made = said(() => (/^[A-Z]/.test(name) ? Reflect.construct(f, args) : f(...args))) as { forward?: unknown };
      if (/^[A-Z]/.test(name) && typeof made?.forward === "function") said(() => untyped(made).forward!(...args));
    }),
    { numRuns: 3000 },
  );
});

test("trees and models of any depth", () => {
  const depth = 20_000;
  const leaf = tensor([1, 2]);
  let tree: unknown = [leaf];
  for (let i = 0; i < depth; i++) tree = i % 2 === 0 ? [tree] : { a: tree };
  const innermost = (node: unknown): Tensor => {
    while (!(node instanceof chainrule.Tensor)) [node] = Object.values(node as object);
    return node;
  };
  const gradient = untyped({ f: core.grad!((t: unknown) => innermost(t).square().sum()) }).f!(tree);
  expect(innermost(gradient).toArray()).toEqual([2, 4]);
  const doubled = untyped({ f: core.vmap!((t: unknown) => [innermost(t).mul(2), t]) }).f!(tree) as unknown[];
  expect([innermost(doubled[0]).toArray(), innermost(doubled[1]).toArray()]).toEqual([[2, 4], [1, 2]]); // prettier-ignore
  const [batch] = [...(data as unknown as Untyped).batches!(tree, { batchSize: 1 }) as Iterable<unknown>]; // prettier-ignore
  expect(innermost(batch).toArray()).toEqual([1]);
  let model: layers.Layer = new layers.Tanh();
  for (let i = 0; i < depth; i++) model = layers.sequential(model);
  expect(String(model).split("\n").filter((line) => line.includes("…"))).toEqual([`${"  ".repeat(100)}(0): Sequential(…)`]); // prettier-ignore
  const circle = layers.sequential(new layers.Tanh());
  (circle.layers as unknown as unknown[]).push(circle);
  const ring: Record<string, unknown> = { x: leaf };
  ring["next"] = [ring];
  expect(errors(
    () => untyped({ f: core.vmap!((t: unknown) => t) }).f!(ring),
    () => (data as unknown as Untyped).batches!(ring, { batchSize: 1 }),
  )).toMatchInlineSnapshot(`
    "ArgumentError: vmap: argument 0.next.0 contains itself
    ArgumentError: batches: the data contain themselves, at .next[0]"
  `); // prettier-ignore
  expect(String(circle)).toMatchInlineSnapshot(`
    "Sequential(
      (0): Tanh()
      (1): Sequential(…)
    )"
  `);
});

test("an error that nobody catches prints no empty path", () => {
  expect(inspect(new ArgumentError("zeros: …"))).not.toContain("path");
  expect(Object.keys(new ArgumentError("zeros: …"))).toEqual(["name"]);
  expect(new ArgumentError("zeros: …").path).toBe("");
});
