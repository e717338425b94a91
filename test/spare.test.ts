import {
  customGradient,
  Generator,
  grad,
  matmul,
  registerHook,
  retainGrad,
  slice,
  type Tensor,
  tensor,
  type TypedArray,
} from "@chainrule/core";
import { crossEntropyLoss, Linear, ReLU, sequential } from "@chainrule/nn";
import { SGD } from "@chainrule/optim";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { law } from "./support/law.ts";

// Large cotangents, and gradients that nobody has looked at, give their arrays to the next ones. Nobody may notice.

const random = new Generator(1);
const parameterOf = (...shape: number[]): Tensor => random.randn(shape, { requiresGrad: true });
const parameter = (): Tensor => parameterOf(128, 80);
const arrayOf = (x: Tensor): TypedArray | undefined => x.gradient?.data;
/** A gradient by a matrix product; another one for every factor. */
const step = (w: Tensor, factor: number, f = (x: Tensor, w: Tensor): Tensor => matmul(x, w) as Tensor): void => {
  const x = new Generator(2).randn([7, 128]).mul(factor) as Tensor;
  f(x, w).square().sum().backward(); // prettier-ignore
};
const gradientOf = (w: Tensor, factor: number): TypedArray => {
  const copy = tensor<Tensor>(w.detach().clone(), { requiresGrad: true });
  step(copy, factor);
  return copy.grad!.toTypedArray();
};

test("a gradient that was not looked at gives its array to the next one", () => {
  const w = parameter();
  step(w, 1);
  const first = arrayOf(w);
  w.grad = null;
  step(w, 2);
  expect(arrayOf(w)).toBe(first);
  expect(w.grad!.toTypedArray()).toEqual(gradientOf(w, 2));
  w.grad = null;
  step(w, 3);
  expect(arrayOf(w)).not.toBe(first);
});

describe("what somebody has got hold of stays as it is:", () => {
  /** Each makes a gradient of `w` and returns a tensor that has to keep its elements. */
  const ways: Record<string, (w: Tensor) => Tensor> = {
    "the gradient itself": (w) => (step(w, 1), w.grad!),
    "a view of it": (w) => (step(w, 1), w.grad!.transpose() as Tensor),
    "a gradient that was set": (w) => {
      step(w, 1);
      const set = matmul(new Generator(3).randn([128, 7]), new Generator(4).randn([7, 80])) as Tensor;
      w.grad = set;
      return set;
    },
    "a gradient of another leaf": (w) => {
      step(w, 1);
      const other = parameter();
      other.grad = w.grad;
      return other.grad!;
    },
    "the cotangent that a hook was given": (w) => {
      let seen!: Tensor;
      const end = registerHook(w, (cotangent) => void (seen = cotangent));
      step(w, 1);
      end();
      return seen;
    },
    "what a hook returned": (w) => {
      const kept = matmul(new Generator(3).randn([128, 7]), new Generator(4).randn([7, 80])) as Tensor;
      const end = registerHook(w, () => kept);
      step(w, 1);
      end();
      return kept;
    },
    "a part that a rule of one's own has kept": (w) => {
      let kept!: Tensor;
      const product = customGradient<readonly Tensor[]>({
        forward: (...inputs) => matmul(inputs[0]!, inputs[1]!) as Tensor,
        vjp: (g, { inputs }) => [null, (kept = matmul(inputs[0]!.transpose(), g) as Tensor)],
      });
      step(w, 1, product);
      return kept;
    },
    "the cotangent that backward began with": (w) => {
      const cotangent = matmul(new Generator(3).randn([128, 7]), new Generator(4).randn([7, 80])) as Tensor;
      w.add(0).backward(cotangent); // prettier-ignore
      return cotangent;
    },
    "the gradient that grad() returned": (w) => {
      step(w, 1);
      w.grad = null;
      const x = new Generator(5).randn([7, 128]);
      return grad((w: Tensor) => (matmul(x, w) as Tensor).square().sum())(w);
    },
  };
  test.each(Object.entries(ways))("%s", (_, make) => {
    const w = parameter();
    const kept = make(w);
    const before = kept.toTypedArray();
    for (const factor of [2, 3]) {
      w.grad = null;
      step(w, factor);
      expect(kept.toTypedArray()).toEqual(before);
      expect(w.grad!.toTypedArray()).toEqual(gradientOf(w, factor));
    }
    w.grad = null;
    for (const factor of [2, 3]) step(w, factor);
    expect(kept.toTypedArray()).toEqual(before);
    w.grad = null;
    step(w, 4);
    expect(kept.toTypedArray()).toEqual(before);
  });
});

/** Layers with a way round each; every cotangent is large. `peek` gets hold of what it likes and returns what has to stay as it is. */
function deep(peek: (layer: Tensor) => Tensor = (layer) => layer): {
  weights: Tensor[];
  loss: () => Tensor;
} {
  const generator = new Generator(7);
  const weights = Array.from({ length: 3 }, () => generator.randn([100, 100], { requiresGrad: true }) as Tensor);
  const x = generator.randn([90, 100]) as Tensor;
  const loss = (): Tensor =>
    weights
      .reduce((y, w) => peek(peek(matmul(y, w).mul(0.05)).relu().add(y).transpose().transpose().tanh()), x)
      .softmax()
      .sub(0.01)
      .square()
      .sum();
  return { weights, loss };
}
/** Its gradients, made with nothing left by others. */
const untouched = (): TypedArray[] => {
  const { weights, loss } = deep();
  loss().backward(undefined, { createGraph: true });
  return weights.map((w) => w.grad!.toTypedArray());
};
/** Goes through it three times; what is kept has to stay as it is. */
function expectUntouched({ weights, loss }: ReturnType<typeof deep>, kept: Tensor[] = []): void {
  const wanted = untouched();
  for (let step = 0; step < 3; step++) {
    for (const w of weights) w.grad = null;
    const before = kept.map((x) => x.toTypedArray());
    loss().backward();
    before.forEach((values, i) => expect(kept[i]!.toTypedArray()).toEqual(values));
    weights.forEach((w, i) => expect(w.gradient!.toTypedArray()).toEqual(wanted[i]));
  }
}

describe("cotangents that have been used up give their arrays to the next ones:", () => {
  test("the gradients stay the same", () => expectUntouched(deep()));
  test("where a weight is used over and over, and its parts are added up in place", () => {
    const w = parameterOf(100, 100);
    const x = new Generator(8).randn([90, 100]) as Tensor;
    const kept: Tensor[] = [];
    const loss = (): Tensor => {
      let y = x;
      for (let i = 0; i < 4; i++) {
        const [u, v] = [matmul(y, w).mul(0.05).tanh() as Tensor, y.square().relu()];
        // One cotangent goes to both, and to one of them comes another part before the other has been used.
        const [first, second] = i % 2 === 0 ? [u, v] : [v, u];
        const both = u.add(v).tanh();
        const more = first.sin().add(second);
        y = i < 2 ? both.add(more) : more.add(both);
        registerHook(y, (g) => void kept.push(g));
      }
      return y.square().sum();
    };
    loss().backward(undefined, { createGraph: true });
    const wanted = w.grad!.toTypedArray();
    for (let step = 0; step < 3; step++) {
      w.grad = null;
      const before = kept.map((g) => g.toTypedArray());
      loss().backward();
      expect(w.gradient!.toTypedArray()).toEqual(wanted);
      before.forEach((values, i) => expect(kept[i]!.toTypedArray()).toEqual(values));
    }
  });
  test("where parts are cut out of a tensor over and over, and what comes back is added up where they lie", () => {
    const bound = fc.integer({ min: -100, max: 100 });
    const part = fc.record({ dim: fc.nat(1), start: bound, end: bound, step: fc.constantFrom(1, 1, 2, -1, -3) });
    law(
      fc.array(part, { minLength: 2, maxLength: 6 }),
      (parts) => {
        const x = random.randn([8, 1500], { dtype: "float32", requiresGrad: true });
        const [y, z] = [x.sin(), x.transpose() as Tensor];
        const loss = (): Tensor =>
          parts.map(({ dim, ...bounds }, i) => slice(i % 2 === 0 ? y : z, dim, bounds).square().sum()).reduce((a, b) => a.add(b)); // prettier-ignore
        loss().backward(undefined, { createGraph: true });
        const wanted = x.grad!.toTypedArray();
        for (let step = 0; step < 2; step++) {
          x.grad = null;
          loss().backward();
          expect(x.grad!.toTypedArray()).toEqual(wanted);
        }
      },
      (parts) => JSON.stringify(parts),
    );
  });
  test("beside what hooks are given", () => {
    const kept: Tensor[] = [];
    const model = deep((y) => (registerHook(y, (g) => void kept.push(g)), y));
    expectUntouched(model, kept);
    expect(kept).toHaveLength(18);
  });
  test("beside retained gradients", () => {
    const kept: Tensor[] = [];
    const model = deep((y) => (kept.push(retainGrad(y)), y));
    model.loss().backward();
    expectUntouched(
      model,
      kept.splice(0).map((y) => y.grad!),
    );
  });
  test("beside what rules of one's own are given", () => {
    const kept: Tensor[] = [];
    const same = customGradient({ forward: (x) => x.add(0), vjp: (g) => (kept.push(g), g.mul(1)) });
    expectUntouched(
      deep((y) => same(y)),
      kept,
    );
    expect(kept.length).toBeGreaterThanOrEqual(9);
  });
  test("beside gradients by intermediate results, below which the way goes on", () => {
    const between: Tensor[] = [];
    const model = deep((y) => (between.push(y), y));
    const loss = model.loss();
    const kept = grad(loss, [...between, ...model.weights]);
    untouched().forEach((values, i) => expect(kept[between.length + i]!.toTypedArray()).toEqual(values));
    expectUntouched(model, kept);
  });
});

test("training is the same to the last bit, whether gradients are looked at or not", () => {
  const train = (look: (parameters: readonly Tensor[], step: number) => void): TypedArray[] => {
    const generator = new Generator(6);
    const dtype = "float32";
    const shared = new Linear(100, 100, { generator, dtype });
    const model = sequential(new Linear(90, 100, { generator, dtype }), new ReLU(), shared, new ReLU(), shared);
    const optimizer = new SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
    const x = generator.randn([16, 90]).to(dtype);
    const y = generator.randint(0, 100, [16]);
    for (let i = 0; i < 6; i++) {
      if (i % 3 !== 2) optimizer.zeroGrad();
      crossEntropyLoss(model.forward(x) as Tensor, y).backward(); // prettier-ignore
      look(model.parameters(), i);
      optimizer.step();
    }
    return model.parameters().map((p) => p.toTypedArray());
  };
  const kept: (Tensor | null)[] = [];
  const copies: (TypedArray | undefined)[] = [];
  const looked = train((parameters, step) => {
    if (step === 3) return;
    kept.push(...parameters.map((p) => p.grad));
    copies.push(...parameters.map((p) => p.grad?.toTypedArray()));
  });
  kept.forEach((g, i) => expect(g?.toTypedArray()).toEqual(copies[i]));
  expect(train(() => {})).toEqual(looked);
});
