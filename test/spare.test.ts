import {
  customGradient,
  Generator,
  grad,
  matmul,
  registerHook,
  type Tensor,
  tensor,
  type TypedArray,
} from "@chainrule/core";
import { crossEntropyLoss, Linear, ReLU, sequential } from "@chainrule/nn";
import { SGD } from "@chainrule/optim";
import { describe, expect, test } from "vitest";

// Large gradients that nobody has looked at give their arrays to the next ones. Nobody may notice.

const random = new Generator(1);
const parameter = (): Tensor => random.randn([64, 80], { requiresGrad: true }) as Tensor;
const arrayOf = (x: Tensor): TypedArray | undefined => x.gradient?.data;
/** A gradient by a matrix product; another one for every factor. */
const step = (w: Tensor, factor: number, f = (x: Tensor, w: Tensor): Tensor => matmul(x, w) as Tensor): void => {
  const x = new Generator(2).randn([7, 64]).mul(factor) as Tensor;
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
      const set = matmul(new Generator(3).randn([64, 7]), new Generator(4).randn([7, 80])) as Tensor;
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
      const kept = matmul(new Generator(3).randn([64, 7]), new Generator(4).randn([7, 80])) as Tensor;
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
      const cotangent = matmul(new Generator(3).randn([64, 7]), new Generator(4).randn([7, 80])) as Tensor;
      w.add(0).backward(cotangent); // prettier-ignore
      return cotangent;
    },
    "the gradient that grad() returned": (w) => {
      step(w, 1);
      w.grad = null;
      const x = new Generator(5).randn([7, 64]);
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

test("training is the same to the last bit, whether gradients are looked at or not", () => {
  const train = (look: (parameters: readonly Tensor[], step: number) => void): TypedArray[] => {
    const generator = new Generator(6);
    const dtype = "float32";
    const shared = new Linear(70, 70, { generator, dtype });
    const model = sequential(new Linear(90, 70, { generator, dtype }), new ReLU(), shared, new ReLU(), shared);
    const optimizer = new SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
    const x = generator.randn([16, 90]).to(dtype);
    const y = generator.randint(0, 70, [16]);
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
