import type { Tensor } from "@chainrule/core";
import {
  add, ArgumentError, checkpoint, customGradient, detectAnomaly, exp, Generator, grad, GraphError, hessian, hvp, jacobian, jvp, manualSeed, mul, noGrad, rand, sin, sum, tensor, type Value,
  value, valueAndGrad, vjp, vmap,
} from "@chainrule/core"; // prettier-ignore
import { describe, expect, test } from "vitest";

type Scalar = (x: Value) => Value;
/** The derivative of a function of one number, in either mode. */
const MODES: Record<string, (f: Scalar) => Scalar> = {
  forward: (f) => (x) => jvp(f, [x], [value(1)])[1],
  reverse: (f) => (x) => grad(f)(x),
  pulled: (f) => (x) => vjp(f, x)[1](value(1) as never)[0],
};
const modes = Object.entries(MODES);
/** The gradient differs from what is expected by rounding only. */
function expectNear(name: string, gradient: Tensor | null, expected: Tensor): void {
  expect(gradient, name).not.toBeNull();
  expect(gradient!.sub(expected).abs().max().item(), name).toBeLessThan(1e-13);
  expect(expected.abs().max().item(), name).toBeGreaterThan(1e-3);
}

class Scale {
  readonly w: Value;
  constructor(w: Value) {
    this.w = w;
  }
  cubed(): Value {
    return this.w.mul(this.w).mul(this.w);
  }
}
const powers = (x: Value): Value => x.mul(x).mul(x).mul(x).mul(x);

describe("transforms within transforms", () => {
  for (const [a, outer] of modes) {
    for (const [b, middle] of modes) {
      test(`${a} over ${b}: d/dx x·(d/dy x·y) is 2x, not a confusion of the two`, () => {
        const f = outer((x) => x.mul(middle((y) => x.mul(y))(x)));
        expect(f(value(3)).item()).toBe(6);
        const g = outer((x) => x.mul(middle((y) => x.add(y))(value(2)))); // d/dx x·1
        expect(g(value(3)).item()).toBe(1);
        const h = outer((x) => middle((y) => middle((z) => x.mul(y).mul(z))(x.mul(y)))(x)); // x·y → x
        expect(h(value(3)).item()).toBe(1);
      });

      for (const [c, inner] of modes) {
        test(`${a} over ${b} over ${c}: third derivatives`, () => {
          expect(outer(middle(inner(powers)))(value(2)).item()).toBe(60 * 2 ** 2);
          expect(outer(middle(inner((x) => sin(x))))(value(0.5)).item()).toBeCloseTo(-Math.cos(0.5), 14);
        });
      }
    }
  }

  test("a function of a gradient: the length of a slope", () => {
    const f = (x: Tensor): Tensor => sum(mul(mul(x, x), x)) as Tensor;
    const penalty = (x: Tensor): Tensor => sum(grad(f)(x).square()) as Tensor; // Σ 9x⁴
    expect(grad(penalty)(tensor([1, 2])).toArray()).toEqual([36, 288]);
  });

  test("grad of tensors, inside a function that is being differentiated", () => {
    const f = (x: Tensor): Tensor => grad(x.mul(x).mul(x) as Value, x as Value) as Tensor;
    expect(grad(f)(value(2)).item()).toBe(12);
    expect(jvp(f, [value(2)], [value(1)])[1].item()).toBe(12);
  });

  test("a pullback made outside is differentiable in its cotangent", () => {
    const [, pull] = vjp((x: Value) => x.mul(3), value(2));
    expect(grad((c: Tensor) => (pull(c.mul(c) as never) as Tensor[])[0]!)(value(5)).item()).toBe(30);
    const again = pull(value(1) as never) as Tensor[];
    expect([again[0]!.item(), again[0]!.requiresGrad]).toEqual([3, false]);
  });

  test("a pullback can be used again and again", () => {
    const [, pull] = vjp((x: Tensor) => x.square(), tensor([1, 2]));
    const first = pull(tensor([1, 1]) as never) as Tensor[];
    const second = pull(tensor([1, 10]) as never) as Tensor[];
    expect([first[0]!.toArray(), second[0]!.toArray()]).toEqual([[2, 4], [2, 40]]); // prettier-ignore
  });

  test("backward goes on through every transform, to what its function takes from outside and to its arguments", () => {
    const f = (x: Tensor, w: Tensor): Tensor => sum(x.mul(x).mul(x).mul(w).sin()) as Tensor;
    const t = tensor([0.5, -2]);
    const transforms: Record<string, (x: Tensor, w: Tensor) => Tensor> = {
      grad: (x, w) => grad((x: Tensor) => f(x, w))(x),
      value: (x, w) => valueAndGrad((x: Tensor) => f(x, w))(x)[0],
      jvp: (x, w) => jvp((x: Tensor) => x.exp().mul(w), [x], [t])[1],
      vjp: (x, w) => (vjp((x: Tensor) => x.exp().mul(w), x)[1](t) as Tensor[])[0]!,
      pulled: (x, w) => vjp((x: Tensor) => x.exp().mul(w), x)[0],
      jacobian: (x, w) => jacobian((x: Tensor) => x.exp().mul(w))(x),
      hessian: (x, w) => hessian((x: Tensor) => f(x, w))(x),
      hvp: (x, w) => hvp((x: Tensor) => f(x, w), x, t),
      vmap: (x, w) => vmap((x: Value) => grad((x: Value): Value => sum(x.mul(x).mul(w).sin()))(x))(x as Tensor<[2]>),
    };
    for (const [name, transform] of Object.entries(transforms)) {
      const loss = (x: Tensor, w: Tensor): Tensor => sum(transform(x, w).square()) as Tensor;
      const leaf = (values: number[]): Tensor => tensor(values, { requiresGrad: true });
      const [x, w] = [leaf([0.7, -0.4]), leaf([1.5, 0.3])];
      const expected = grad(loss, { argnums: [0, 1] })(x.detach(), w.detach());
      loss(x, w).backward();
      expectNear(name, x.grad, expected[0]);
      expectNear(name, w.grad, expected[1]);
      x.grad = w.grad = null;
      loss(x.detach(), w).backward();
      expectNear(name, w.grad, expected[1]);
      loss(x, w.detach()).backward();
      expectNear(name, x.grad, expected[0]);
      expect([name, transform(x.detach(), w.detach()).requiresGrad]).toEqual([name, false]);
      expect([name, noGrad(() => transform(x, w)).requiresGrad]).toEqual([name, false]);
    }
  });

  test("variables of transforms inside are not from outside: what needs no graph has none, however long a loop runs", () => {
    const inner = (w: Tensor): Tensor =>
      sum(grad((x: Tensor): Tensor => sum(x.mul(w).square()))(tensor([3, 4])).square());
    let w = tensor([1, 2]);
    for (let step = 0; step < 3; step++) w = w.sub(grad(inner)(w).mul(1e-5)) as typeof w;
    expect([w.requiresGrad, w.isLeaf]).toEqual([false, true]);
    const [y, pull] = vjp((w: Tensor) => hvp(inner, w, tensor([1, 0])), w);
    expect([y, ...pull(tensor([1, 1])), valueAndGrad(inner)(w)[0]].map((x) => x.requiresGrad)).toEqual([
      false,
      false,
      false,
    ]);
    const model = new Scale(value(3, { requiresGrad: true }));
    const penalty = (m: Scale): Value => grad((x: Value) => x.mul(m.cubed()))(value(1)).square();
    expect(valueAndGrad(penalty)(model)[0].requiresGrad).toBe(false);
  });

  test("results are connected to tangents and cotangents, unless they are computed in noGrad", () => {
    const t = tensor([1, -2], { requiresGrad: true });
    const x = tensor([0.5, 2]);
    const f = (x: Tensor): Tensor => x.pow(3);
    const pull = vjp(f, x)[1];
    const results = (): Tensor[] => [jvp(f, [x], [t])[1], pull(t)[0], hvp((x: Tensor): Tensor => sum(f(x)), x, t)];
    const slopes = results().map((y) => grad(sum(y), t).toArray());
    expect(slopes).toEqual([[0.75, 12], [0.75, 12], [3, 12]]); // prettier-ignore
    expect(noGrad(results).map((y) => y.requiresGrad)).toEqual([false, false, false]);
    const [, connected] = vjp((x: Tensor) => x.mul(t), x);
    expect([connected(x)[0].requiresGrad, noGrad(() => connected(x)[0].requiresGrad)]).toEqual([true, false]);
  });

  test("tangents and cotangents find their tensors by name", () => {
    const f = (p: { a: Value; b: Value }): Value => p.a.mul(2).add(p.b.mul(3));
    const point = { a: value(1), b: value(1) };
    expect(jvp(f, [point], [{ b: value(1), a: value(0) }])[1].item()).toBe(3);
    const [, pull] = vjp((x: Value) => ({ a: x.mul(2), b: x.mul(3) }), value(1));
    expect(pull({ b: value(10), a: value(1) })[0].item()).toBe(32);
    expect(() => jvp(f, [point], [{ a: value(1), c: value(1) }] as never)).toThrow(
      new ArgumentError("jvp: the tangent.0.b is missing; got tangent.0.a, tangent.0.c"),
    );
  });

  test("forward mode by a parameter of two names is the adjoint of reverse mode", () => {
    const w = value(2, { requiresGrad: true });
    const tied = { first: new Scale(w), second: new Scale(w) };
    const f = (m: typeof tied): Tensor => m.first.w.mul(m.second.w).mul(tensor([1, 1, 1])); // w², three times
    const wide = jacobian(f)(tied) as unknown as typeof tied;
    expect([wide.first.w.toArray(), wide.second.w.toArray()]).toEqual([[4, 4, 4], [4, 4, 4]]); // prettier-ignore
    const curved = hessian((m: typeof tied): Value => sum(f(m)))(tied) as unknown as {
      first: { w: typeof tied };
    };
    expect(curved.first.w.second.w.item()).toBe(6);
    expect(jvp(f, [tied], [{ first: { w: value(1) }, second: { w: value(0) } }])[1].toArray()).toEqual([4, 4, 4]);
  });

  test("by a module's own parameters, results are differentiable where createGraph asks for it", () => {
    const model = new Scale(value(3, { requiresGrad: true }));
    const f = (m: Scale): Value => m.cubed();
    expect(grad(f)(model).w.requiresGrad).toBe(false);
    expect(valueAndGrad(f)(model)[0].requiresGrad).toBe(false);
    const slope = grad(f, { createGraph: true })(model).w; // 3w²
    slope.backward();
    expect(model.w.grad!.item()).toBe(18);
    const [one, options] = [{ w: value(1) }, { createGraph: true }];
    const pushed = jvp(f, [model], [one], options)[1]; // 3w²
    const curved = hvp(f, model, one, options).w; // 6w
    expect([pushed, curved].map((y) => grad(y, model.w).item())).toEqual([18, 6]);
    expect(jvp(f, [model], [one])[1].requiresGrad).toBe(false);
    expect(hvp(f, model, one).w.requiresGrad).toBe(false);
  });

  test("backward with createGraph gives gradients that can be differentiated", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    sum(x.mul(x).mul(x) as Tensor).backward(undefined, { createGraph: true });
    const slope = x.grad! as Tensor;
    expect(slope.requiresGrad).toBe(true);
    expect((grad(sum(slope) as Tensor, x) as Tensor).toArray()).toEqual([6, 12]);
  });

  test("the same function twice, and an input twice", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const y = sum(mul(x, x) as Tensor) as Tensor;
    const [a, b] = grad(y, [x, x] as const) as unknown as [Tensor, Tensor];
    expect([a.toArray(), b.toArray()]).toEqual([[2, 4], [2, 4]]); // prettier-ignore
    const [p, q] = grad((list: Tensor[]) => sum(mul(list[0]!, list[1]!)) as Tensor)([x, x]);
    expect([p!.toArray(), q!.toArray()]).toEqual([[1, 2], [1, 2]]); // prettier-ignore
  });

  test("an input that the function ignores, hands back, or takes from outside", () => {
    const x = tensor([1, 2]);
    expect(grad((_x: Tensor) => value(3))(x).toArray()).toEqual([0, 0]);
    expect(jvp((y: Tensor) => y, [x], [tensor([5, 6])])[1].toArray()).toEqual([5, 6]);
    expect((jvp((_y: Tensor) => x, [x], [tensor([5, 6])])[1] as Tensor).toArray()).toEqual([0, 0]);
    expect(((vjp((y: Tensor) => y, x)[1] as (c: Tensor) => Tensor[])(tensor([5, 6]))[0] as Tensor).toArray()).toEqual([
      5, 6,
    ]);
  });

  test("noGrad and detach make constants, at any depth", () => {
    const f = (x: Tensor): Tensor => add(x.mul(noGrad(() => x.mul(2))), x.detach().mul(7));
    expect(grad(f)(value(3)).item()).toBe(6);
    expect(grad((x: Tensor) => x.mul(grad((y: Tensor) => y.mul(x.detach()))(value(1))))(value(3)).item()).toBe(3);
    expect(noGrad(() => grad((x: Tensor) => x.mul(x))(value(3))).item()).toBe(6);
  });

  test("trees: arrays, records and numbers keep their form", () => {
    const f = ({ a, b }: { a: Tensor[]; b: { c: number | Tensor } }): Tensor =>
      add(mul(a[0]!, a[1]!), mul(b.c as Tensor, 5));
    const tree = { a: [value(2), value(3)], b: { c: 4 } };
    const [y, slopes] = valueAndGrad(f as (x: typeof tree) => Tensor)(tree) as [
      Tensor,
      { a: Tensor[]; b: { c: Tensor } },
    ];
    expect(y.item()).toBe(26);
    expect([slopes.a.map((x) => x.item()), slopes.b.c.item()]).toEqual([[3, 2], 5]);
    // null is an empty place, for whoever leaves out a part.
    const affine = (p: { w: Value; b: Value | null }): Value => (p.b === null ? p.w : p.w.mul(p.b));
    expect(grad(affine)({ w: value(2), b: null })).toEqual({ w: value(1), b: null });
  });

  test("jacobian of jacobian is the Hessian, and hvp a row of it", () => {
    const f = (x: Tensor): Tensor => sum(mul(exp(x), x.square())) as Tensor;
    const x = tensor([0.5, -1]);
    const twice = jacobian(jacobian(f))(x) as Tensor;
    const whole = hessian(f)(x) as Tensor;
    expect(twice.shape).toEqual([2, 2]);
    twice.toTypedArray().forEach((v, i) => expect(v).toBeCloseTo(whole.toTypedArray()[i]!, 12));
    const row = hvp(f, x, tensor([0, 1])) as Tensor;
    row.toTypedArray().forEach((v, i) => expect(v).toBeCloseTo(whole.toTypedArray()[2 + i]!, 12));
  });
});

describe("checkpoint and customGradient", () => {
  test("checkpoint after other operations counts each path once", () => {
    const w = value(3, { requiresGrad: true });
    const x = w.mul(2);
    checkpoint((z: Tensor) => z.mul(z))(x).backward();
    expect(w.grad!.item()).toBe(24);
  });

  test("checkpoint sees the variables of all transforms around it", () => {
    const f = (save: typeof checkpoint) =>
      grad((x: Tensor) =>
        grad((y: Tensor) => grad((z: Tensor) => save((q: Tensor) => q.mul(y).mul(x).mul(q))(z))(y))(x),
      )(value(2));
    expect(f(checkpoint).item()).toBe(f(((g: unknown) => g) as typeof checkpoint).item());
  });

  test("checkpoint hands gradients to results of operations outside", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const h = x.mul(3) as Tensor;
    const y = checkpoint((z: Tensor) => sum(mul(z, h)) as Tensor)(tensor([5, 7]));
    expect(grad(y, h).toArray()).toEqual([5, 7]);
    h.retainGrad();
    y.backward();
    expect([h.grad!.toArray(), x.grad!.toArray()]).toEqual([[5, 7], [15, 21]]); // prettier-ignore
  });

  test("checkpoint draws the same numbers again, and leaves the generator where it stood", () => {
    const own = new Generator(1);
    const noisy = (depth: number, wrap: typeof checkpoint): ((x: Tensor) => Tensor) =>
      wrap((x: Tensor) => {
        const inner: Tensor = depth === 0 ? x.square() : noisy(depth - 1, wrap)(x);
        const noise = rand([3])
          .add(own.randn([3]))
          .mul(own.permutation(3))
          .add(own.randint(0, 9, [3]));
        return inner.mul(noise).sin();
      });
    const run = (wrap: typeof checkpoint): unknown[] => {
      manualSeed(2);
      own.setState(new Generator(3).getState());
      const x = tensor([1, 2, 3], { requiresGrad: true }) as Tensor;
      const first = sum(noisy(2, wrap)(x));
      const between = rand([2]).toArray();
      first.backward();
      const second = hvp((y: Tensor) => sum(noisy(1, wrap)(y)), x.detach(), tensor([1, 2, 3]) as Tensor);
      return [x.grad!.toArray(), between, second.toArray(), rand([2]).toArray(), own.rand([2]).toArray()];
    };
    expect(run(checkpoint)).toEqual(run(((f: unknown) => f) as typeof checkpoint));
  });
  test("checkpoint takes integer tensors along, as they were", () => {
    const index = tensor([1, 0, 1], { dtype: "int32" });
    const x = tensor([1, 2], { requiresGrad: true });
    const y = checkpoint((z: Tensor, i: Tensor) => sum(mul(z.gather(0, i), z.gather(0, i))) as Tensor)(x, index);
    index.assign([0, 0, 0]);
    y.backward();
    expect(x.grad!.toArray()).toEqual([2, 8]);
  });

  test("checkpoints within checkpoints", () => {
    const f = checkpoint((x: Tensor) => checkpoint((y: Tensor) => mul(mul(y, y), x))(mul(x, 2))); // 4x³
    expect(grad((x: Tensor) => grad(f)(x))(value(2)).item()).toBe(48);
  });

  test("rules of a customGradient get the dtype of the input, and their shape is checked", () => {
    const f = customGradient({ forward: (x: Tensor) => x.exp(), vjp: (g) => g.to("float64") });
    const x = tensor([1], { dtype: "float32", requiresGrad: true });
    sum(f(x)).backward();
    expect(x.grad!.dtype).toBe("float32");
    const wrong = customGradient({
      forward: (x: Tensor) => x.exp(),
      vjp: (g) => sum(g) as Tensor,
      jvp: ([t]) => sum(t!) as Tensor,
    });
    expect(() => grad((y: Tensor) => sum(wrong(y)) as Tensor)(x)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: customGradient: vjp returned [] for input 0 of shape [1]]`,
    );
    expect(() => jvp((y: Tensor) => wrong(y), [tensor([1, 2])], [tensor([1, 2])])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: customGradient: jvp returned [] for an output of shape [2]]`,
    );
  });
});

describe("hooks, retained gradients, anomalies", () => {
  test("hooks see and replace the whole cotangent, until they are removed; transforms run them but fill no .grad", () => {
    const x = value(2, { requiresGrad: true });
    const y = x.mul(3);
    const seen: number[] = [];
    y.retainGrad();
    const remove = y.registerHook((g) => {
      seen.push(g.item());
      return g.mul(10) as Tensor;
    });
    const z = add(y, y.mul(y)); // 1 + 2y
    expect((grad(z, x) as Tensor).item()).toBe(13 * 10 * 3);
    expect([x.grad, y.grad]).toEqual([null, null]);
    z.backward();
    expect([seen, x.grad!.item(), y.grad!.item()]).toEqual([[13, 13], 390, 130]);
    remove();
    z.backward();
    expect([seen.length, x.grad!.item(), y.grad!.item()]).toEqual([2, 390 + 39, 143]);
  });

  test("a hook or a rule that overwrites what it is given changes nothing else", () => {
    const zero = (g: Tensor): void => void g.assign(g.mul(0));
    const [a, b] = [tensor([1, 2], { requiresGrad: true }), tensor([3, 4], { requiresGrad: true })];
    a.registerHook(zero);
    const u = tensor([5, 6]);
    const spoilt = customGradient({
      forward: (x) => x.mul(2),
      vjp: (g) => (zero(g), g),
      jvp: ([t]) => (zero(t!), t!),
    });
    a.add(b).mul(1).backward(u);
    spoilt(b).add(b.add(0)).backward(u);
    const pushed = jvp((x: Tensor) => [spoilt(x), x.add(0)], [b.detach()], [u])[1];
    expect([a.grad!, b.grad!, ...pushed, u].map((x) => x.toArray())).toEqual([[5, 6], [10, 12], [0, 0], [5, 6], [5, 6]]); // prettier-ignore
  });

  test("a hook that throws leaves every gradient as it was", () => {
    const x = value(2, { requiresGrad: true });
    const y = x.mul(3);
    y.retainGrad();
    x.registerHook(() => {
      throw new Error("no");
    });
    expect(() => y.backward()).toThrow("no");
    expect([x.grad, y.grad]).toEqual([null, null]);
    expect(y.add(1).requiresGrad).toBe(true);
  });

  test("detectAnomaly names the operation, and lets go afterwards", () => {
    const x = value(0, { requiresGrad: true });
    expect(() => detectAnomaly(() => x.log().mul(0))).toThrow(GraphError);
    expect(() => detectAnomaly(() => x.sqrt().mul(0).backward())).toThrow(/^gradient of sqrt/);
    expect(() => detectAnomaly(() => jvp((y: Tensor) => y.sqrt().mul(0), [value(0)], [value(0)]))).toThrow(
      /^tangent of sqrt/,
    );
    expect(Number.isNaN(x.log().mul(0).item())).toBe(true);
  });

  test("what throws inside a transform leaves recording as it was", () => {
    const x = value(2, { requiresGrad: true });
    const fail = (_x?: Tensor): never => {
      throw new Error("no");
    };
    for (const run of [
      () => grad(fail)(x),
      () => noGrad(fail),
      () => jvp(fail, [x], [x]),
      () => checkpoint(fail)(x),
      () => detectAnomaly(fail),
    ])
      expect(run).toThrow("no");
    expect(x.mul(2).requiresGrad).toBe(true);
    expect(grad((y: Tensor) => y.mul(y))(x.detach()).requiresGrad).toBe(false);
  });
});
