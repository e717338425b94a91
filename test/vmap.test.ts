import {
  add, BatchError, checkpoint, customGradient, detectAnomaly, grad, hessian, hvp, jacobian, jvp, maskedSelect, mul, ones, rand, sum, tensor,
  type Tensor, value, type Value, valueAndGrad, vjp, vmap, where,
} from "@chainrule/core"; // prettier-ignore
import { BatchNorm1d, crossEntropyLoss, Embedding, Linear, mseLoss, sequential, Tanh } from "@chainrule/nn";
import { describe, expect, test } from "vitest";

const matrix = tensor([[1, 2, 3], [4, 5, 6]]); // prettier-ignore
const loose = vmap as (f: (...x: never[]) => unknown, options?: unknown) => (...x: unknown[]) => never;

describe("what is mapped", () => {
  test("dims of arguments and results, from either end", () => {
    const double = (x: Tensor<[2]>): Tensor<[2]> => x.mul(2);
    expect(vmap(double, { inDims: 1 })(matrix).toArray()).toEqual([[2, 8], [4, 10], [6, 12]]); // prettier-ignore
    expect(vmap(double, { inDims: -1, outDims: -1 })(matrix).toArray()).toEqual([[2, 4, 6], [8, 10, 12]]); // prettier-ignore
  });

  test("trees of arguments and results, with dims for their parts", () => {
    const f = ({ a, b }: { a: Value; b: Tensor<[2]> }, [c]: readonly [Tensor]): { s: Tensor; same: Tensor; t: [Tensor] } => ({
      s: mul(a, b),
      same: c.mul(2),
      t: [b.sum().add(1)],
    }); // prettier-ignore
    const mapped = vmap(f, {
      inDims: [{ a: 0, b: 1 }, [null]],
      outDims: { s: 1, same: null, t: 0 },
    });
    const { s, same, t } = mapped({ a: tensor([1, 10, 100]), b: matrix }, [tensor([7])]);
    expect([s.toArray(), same.toArray(), t[0].toArray()]).toEqual([[[1, 20, 300], [4, 50, 600]], [14], [6, 8, 10]]); // prettier-ignore
  });

  test("numbers and what is the same for all come for each example; null and undefined stay", () => {
    const result = loose((x: Tensor) => ({ x, n: 3, c: tensor([1, 2]), none: null, list: [undefined] }))(
      tensor([5, 6]),
    );
    const { x, n, c, none, list } = result as { x: Tensor; n: Tensor; c: Tensor; none: null; list: unknown[] };
    expect([x.toArray(), n.toArray(), c.toArray(), none, list]).toEqual([[5, 6], [3, 3], [[1, 2], [1, 2]], null, [undefined]]); // prettier-ignore
  });

  test("what is not mapped is handed on as it is", () => {
    const model = new Linear(3, 1);
    const seen: unknown[] = [];
    const f = (x: Tensor<[3]>, m: Linear<3, 1>, log: unknown[]): Tensor => {
      seen.push(m, log);
      return m.forward(x);
    };
    expect(vmap(f, { inDims: [0, null, null] })(matrix, model, seen).shape).toEqual([2, 1]);
    expect(seen).toEqual([model, seen]);
  });

  test("no examples: shapes are those of one", () => {
    const f = (x: Tensor<[3]>): Tensor => x.matmul(ones([3, 2])).softmax().sort().values; // prettier-ignore
    expect(vmap(f)(ones([0, 3])).shape).toEqual([0, 2]);
    expect(vmap(grad((x: Tensor<[3]>) => x.square().sum()))(ones([0, 3])).shape).toEqual([0, 3]);
  });

  test("a result is never an argument itself", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const y = vmap((z: Value) => z)(x);
    x.assign([5, 6]);
    expect(y.toArray()).toEqual([1, 2]);
  });
});

describe("with other transforms", () => {
  const f = (x: Tensor<[2]>): Value => x.exp().sin().sum().mul(x.sum());
  const points = tensor([[0.1, 0.2], [0.3, -0.4], [1, 2]]); // prettier-ignore
  const loop = <T extends Tensor>(g: (x: Tensor<[2]>) => T): number[] =>
    [0, 1, 2].flatMap((i) => [...g(points.select(0, i)).toTypedArray()]);
  const close = (got: Tensor, wanted: readonly number[]): void =>
    got.toTypedArray().forEach((v, i) => expect(v).toBeCloseTo(wanted[i]!, 12));

  test("every transform inside", () => {
    const t = tensor([1, -2]);
    close(vmap(grad(f))(points), loop(grad(f)));
    close(vmap((x: Tensor<[2]>) => valueAndGrad(f)(x))(points)[0], loop(f));
    close(
      vmap((x: Tensor<[2]>) => jvp(grad(f), [x], [t])[1])(points),
      loop((x) => hvp(f, x, t)),
    );
    close(
      vmap((x: Tensor<[2]>) => hvp(f, x, t))(points),
      loop((x) => hvp(f, x, t)),
    );
    close(vmap(hessian(f))(points) as Tensor, loop((x) => hessian(f)(x) as Tensor)); // prettier-ignore
    close(vmap(jacobian(grad(f)))(points) as Tensor, loop((x) => hessian(f)(x) as Tensor)); // prettier-ignore
    close(vmap(grad(checkpoint(f)))(points), loop(grad(f)));
  });

  test("a batched Jacobian: vmap of a pullback over a basis", () => {
    const g = (x: Tensor<[2]>): Tensor<[2]> => x.exp().mul(x.sum());
    const x = tensor([0.5, 1]);
    const [, pull] = vjp(g, x);
    const basis = tensor([[1, 0], [0, 1]]); // prettier-ignore
    const rows = vmap((u: Tensor<[2]>) => pull(u as never)[0])(basis);
    close(rows, [...jacobian(g)(x).toTypedArray()]);
  });

  test("gradients by a model that is captured, one for each example", () => {
    const model = sequential(new Linear(3, 4), new Tanh(), new Linear(4, 2));
    const targets = tensor([0, 1], { dtype: "int32" });
    const loss = (m: typeof model, x: Tensor<[3]>, y: Value): Value => crossEntropyLoss(m.forward(x), y);
    const each = vmap((x: Tensor<[3]>, y: Value) => grad(loss)(model, x, y))(matrix, targets);
    const first = grad(loss)(model, matrix.select(0, 1) as never, targets.select(0, 1) as never);
    close(each.layers[2].weight.select(0, 1) as Tensor, [...first.layers[2].weight.toTypedArray()]);
    expect(each.layers[0].weight.shape).toEqual([2, 4, 3]);
    expect(model.parameters().map((p) => p.grad)).toEqual([null, null, null, null]);
    vmap((x: Tensor<[3]>, y: Value) => loss(model, x, y))(matrix, targets).sum().backward(); // prettier-ignore
    close(model.parameters()[0]!.grad!, [...each.layers[0].weight.sum(0).toTypedArray()]);
  });

  test("indices may differ from example to example", () => {
    const table = new Embedding(5, 2);
    const words = tensor([[0, 1], [4, 4]], { dtype: "int32" }); // prettier-ignore
    const g = vmap((w: Tensor<[2]>) => grad((m: typeof table) => m.forward(w).square().sum())(table))(words);
    expect((g.weight as Tensor).shape).toEqual([2, 5, 2]);
    close((g.weight as Tensor).select(0, 1).select(0, 4) as Tensor, [...table.weight.select(0, 4).mul(4).toTypedArray()]); // prettier-ignore
    const picked = vmap((x: Tensor<[3]>, i: Tensor<[2]>) => x.indexSelect(0, i))(matrix, tensor([[0, 2], [1, 1]], { dtype: "int32" })); // prettier-ignore
    expect(picked.toArray()).toEqual([[1, 3], [5, 5]]); // prettier-ignore
  });

  test("indices of everything that takes them, alone and in a vmap within", () => {
    const index = (list: number[][]): Tensor => tensor(list, { dtype: "int32" });
    const i = index([[2, 0], [1, 1], [-1, 0]].map((pair) => pair.map((p) => (p + 3) % 3))); // prettier-ignore
    const x = tensor([[1, 2, 3], [4, 5, 6], [7, 8, 9]]); // prettier-ignore
    const source = tensor([[10, 20], [30, 40], [50, 60]]); // prettier-ignore
    const calls: ((x: Tensor, i: Tensor, s: Tensor) => Tensor)[] = [
      (a, k) => a.gather(0, k),
      (a, k) => a.indexSelect(0, k),
      (a, k) => a.at(k),
      (a, k) => a.at(k.sub(3)),
      (a, k) => a.take(k),
      (a, k) => a.takeAlongDim(k, 0),
      (a, k, s) => a.scatter(0, k, s),
      (a, k, s) => a.scatterAdd(0, k, s),
      (a, k, s) => a.scatter(0, k, s, { reduce: "multiply" }),
      (a, k, s) => a.indexAdd(0, k, s),
      (a, k, s) => a.indexCopy(0, k, s),
      (a, k) => a.indexFill(0, k, 5),
      (a, k, s) => a.indexPut([k], s),
      (a, k, s) => a.indexPut([k], s, { accumulate: true }),
    ];
    for (const call of calls) {
      const both = (a: Tensor, k: Tensor, s: Tensor): Tensor[] => [
        call(a, k, s),
        ...grad((z: Tensor[]) => call(z[0]!, k, z[1]!).square().sum())([a, s]),
      ];
      const rows = [0, 1, 2].map((n) => both(x.select(0, n), i.select(0, n), source.select(0, n)));
      const one = [0, 1, 2].map((n) => both(x.select(0, 0), i.select(0, n), source.select(0, n)));
      vmap(both)(x, i, source).forEach((part, k) => close(part, rows.flatMap((row) => [...row[k]!.toTypedArray()]))); // prettier-ignore
      vmap(both, { inDims: [null, 0, 0] })(x.select(0, 0), i, source).forEach((part, k) =>
        close(
          part,
          one.flatMap((row) => [...row[k]!.toTypedArray()]),
        ),
      );
      const nested = vmap((k: Tensor) => vmap((a: Tensor, s: Tensor) => both(a, k, s))(x, source))(i);
      nested.forEach(
        (part, k) =>
        close(part.select(0, 1), [0, 1, 2].flatMap((n) => [...both(x.select(0, n), i.select(0, 1), source.select(0, n))[k]!.toTypedArray()])), // prettier-ignore
      );
    }
  });

  test("customGradient: its rules are mapped, and captured tensors may be", () => {
    const scaled = (k: Tensor): ((x: Tensor) => Tensor) =>
      customGradient({ forward: (x: Tensor) => x.mul(k), vjp: (g) => g.mul(k).mul(10) });
    const x = tensor([1, 2], { requiresGrad: true });
    const w = value(3, { requiresGrad: true });
    const each = vmap((k: Value, y: Value) => grad((z: Value) => scaled(k)(z) as Value)(y))(tensor([5, 7]), x);
    expect(each.toArray()).toEqual([50, 70]);
    vmap((k: Value) => vmap((l: Value) => scaled(mul(k, l))(w))(tensor([1, 1])))(tensor([5, 7])).sum().backward(); // prettier-ignore
    expect(w.grad!.item()).toBe(240);
  });

  test("checkpoint: captured tensors get their gradients, mapped or not", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const x = tensor([[1, 2], [3, 4]], { requiresGrad: true }); // prettier-ignore
    const run = (save: typeof checkpoint): Tensor[] => {
      const y = vmap((a: Tensor<[2]>) => save((b: Tensor) => b.mul(w).mul(a).exp().sum())(a.mul(0.1) as Tensor))(x);
      return grad(y.square().sum(), [w, x]) as Tensor[];
    };
    const [plain, saved] = [run(((g: unknown) => g) as typeof checkpoint), run(checkpoint)];
    plain.forEach((g, i) => close(saved[i]!, [...g.toTypedArray()]));
  });

  test("detectAnomaly looks into the examples", () => {
    expect(() => detectAnomaly(() => vmap((x: Value) => x.log())(tensor([1, -1])))).toThrow(/^log: made NaN/);
    expect(detectAnomaly(() => vmap((x: Value) => x.log())(tensor([1, 2]))).shape).toEqual([2]);
  });

  test("draws inside are the same for all examples", () => {
    const [a, b] = vmap((x: Value) => x.mul(0).add(rand([])))(tensor([1, 2])).toArray();
    expect(a).toBe(b);
  });

  test("losses that look at their input's values look at all examples", () => {
    expect(vmap((x: Value) => mseLoss(x, value(1)))(tensor([1, 3])).toArray()).toEqual([0, 4]);
  });
});

describe("what cannot be done says so", () => {
  const message = (f: () => unknown): string => {
    try {
      return `no error: ${String(f())}`;
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
  };

  test("reading what stands for many", () => {
    const read = (f: (x: Tensor<[3]>) => unknown): string => message(() => loose(f)(matrix));
    expect([
      read((x) => x.sum().item()),
      read((x) => x.toArray()),
      read((x) => x.select(0, 0).gt(0).item()),
      read((x) => maskedSelect(x, x.gt(2))),
      read((x) => x.sum().backward()),
    ]).toMatchInlineSnapshot(`
      [
        "BatchError: vmap: a tensor [] stands for 2 examples at once and has no elements to read; read the result of vmap, and write where(condition, a, b) in place of if",
        "BatchError: vmap: a tensor [3] stands for 2 examples at once and has no elements to read; read the result of vmap, and write where(condition, a, b) in place of if",
        "BatchError: vmap: a tensor [] stands for 2 examples at once and has no elements to read; read the result of vmap, and write where(condition, a, b) in place of if",
        "BatchError: vmap: a tensor [3] stands for 2 examples at once and has no elements to read; read the result of vmap, and write where(condition, a, b) in place of if",
        "GraphError: backward: inside vmap a leaf has no one gradient to add to; use grad(), which returns them",
      ]
    `);
    const signs = vmap((x: Value) => where(x.gt(0), x, x.mul(-1)))(tensor([1, -2]));
    expect(signs.toArray()).toEqual([1, 2]);
  });

  test("what has left its vmap", () => {
    const kept: Tensor[] = [];
    vmap((x: Value) => {
      kept.push(x);
      return x;
    })(tensor([1, 2]));
    const [x] = kept as [Value];
    expect(message(() => x.item())).toMatchInlineSnapshot(
      `"BatchError: vmap: a tensor [] stood for 2 examples in a vmap that is over; return it from the function that is mapped"`,
    );
    for (const use of [() => x.add(1), () => add(x, x), () => matrix.mul(x), () => x.toString() + sum(x).item()])
      expect(use).toThrow(BatchError);
    expect(() => vmap((y: Value) => y.mul(x))(tensor([1, 2, 3])).toArray()).toThrow(BatchError);
  });

  test("statistics that all examples would share, before anything has changed", () => {
    const layer = new BatchNorm1d(3);
    const state = (): unknown[] => Object.values(layer.stateDict()).map((x) => x.toArray());
    const before = state();
    const batches = ones([2, 4, 3]);
    expect(message(() => vmap((x: Tensor<[4, 3]>) => layer.forward(x))(batches))).toMatchInlineSnapshot(
      `"BatchError: BatchNorm1d(3): inside vmap the running statistics would differ from example to example; call eval() first, use GroupNorm or InstanceNorm, or keep none with trackRunningStats: false"`,
    );
    expect(state()).toEqual(before);
    layer.eval();
    expect(vmap((x: Tensor<[4, 3]>) => layer.forward(x))(batches).shape).toEqual([2, 4, 3]);
  });

  test("printing says what it is", () => {
    const shown: string[] = [];
    loose((x: Tensor<[3]>) => shown.push(String(x.mul(2)), String(x.sum())) && x)(matrix);
    expect(shown).toMatchInlineSnapshot(`
      [
        "Tensor [3] float64 from mul for each of 2 examples inside vmap",
        "Tensor [] float64 from sum for each of 2 examples inside vmap",
      ]
    `);
  });

  test("arguments and dims that do not fit", () => {
    const two = (x: Tensor, y: Tensor): Tensor => x.add(y);
    expect([
      message(() => loose(3 as never)),
      message(() => loose(two)(matrix, ones([3, 3]))),
      message(() => loose(two, { inDims: [0, 1] })(matrix, ones([2, 3]))),
      message(() => loose(two)(matrix, 2)),
      message(() => loose(two)(matrix, value(2))),
      message(() => loose(two, { inDims: [null, null] })(matrix, matrix)),
      message(() => loose(two, { inDims: [0] })(matrix, matrix)),
      message(() => loose(two, { inDims: [2, 0] })(matrix, matrix)),
      message(() => loose(two, { inDims: ["0", 0] })(matrix, matrix)),
      message(() => loose(two)(new Linear(1, 1), matrix)),
      message(() => loose((x: { a: Tensor }) => x.a, { inDims: [{ b: 0 }] })({ a: matrix })),
      message(() => loose(() => "text")(matrix)),
      message(() => loose((x: Tensor) => [x], { outDims: null })(matrix)),
      message(() => loose((x: Tensor) => x, { outDims: 2 })(matrix)),
    ]).toMatchInlineSnapshot(`
      [
        "ArgumentError: vmap: expected a function such as (x) => …, got 3",
        "ShapeError: vmap: sizes 2 and 3 of the mapped dims differ: argument 0 [2,3] along dim 0, argument 1 [3,3] along dim 0",
        "ShapeError: vmap: sizes 2 and 3 of the mapped dims differ: argument 0 [2,3] along dim 0, argument 1 [2,3] along dim 1",
        "ShapeError: vmap: argument 1 is a number, which has no dim to map; write null for it in inDims",
        "ShapeError: vmap: argument 1 is a scalar, which has no dim to map; write null for it in inDims",
        "ArgumentError: vmap: no argument is mapped; name a dim of at least one in inDims, as in [0, null]",
        "ArgumentError: vmap: inDims lists 1 arguments, got 2; list a dim for each, null for what is not mapped",
        "ShapeError: vmap: argument 0: dim 2 is out of range for [2,3]",
        "ArgumentError: vmap: argument 0 is one tensor, so its dim is a number or null, got "0"",
        "ArgumentError: vmap: argument 0 is an object of class Linear; arguments and results are tensors, or arrays and records of them, and what else f needs has null in inDims",
        "ArgumentError: vmap: no dim for argument 0.a; give one dim for all, or a tree in the form of argument 0",
        "ArgumentError: vmap: result is string; arguments and results are tensors, or arrays and records of them, and what else f needs has null in inDims",
        "ArgumentError: vmap: result.0 [3] differs from example to example; name the dim they are to lie along in outDims",
        "ShapeError: vmap: result: dim 2 is out of range for [2,3]",
      ]
    `);
  });

  test("errors show the shapes of one example", () => {
    expect([
      message(() => vmap((x: Tensor) => x.add(ones([2]) as never))(matrix)),
      message(() => vmap((x: Tensor) => x.matmul(ones([2, 2]) as never))(matrix)),
    ]).toMatchInlineSnapshot(`
      [
        "ShapeError: add: cannot broadcast [3] with [2]",
        "ShapeError: matmul: inner sizes 3 and 2 differ in [3] x [2,2]",
      ]
    `);
  });
});
