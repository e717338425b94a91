import { readFileSync } from "node:fs";
import {
  checkGradients,
  fromTypedArray,
  Generator,
  grad,
  log,
  permute,
  reshape,
  sigmoid,
  softplus,
  type Tensor,
  tensor,
  value,
  zeros,
} from "@chainrule/core";
import {
  bceLoss,
  BCELoss,
  bceWithLogitsLoss,
  BCEWithLogitsLoss,
  crossEntropyLoss,
  CrossEntropyLoss,
  mseLoss,
  MSELoss,
  type Reduction,
} from "@chainrule/nn";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

const generator = new Generator(2);
const values = (x: Tensor): number[] => [...x.toTypedArray()];
const message = (fn: () => unknown): string => {
  try {
    fn();
  } catch (error) {
    return String(error);
  }
  throw new Error("nothing was thrown");
};

/** A loss as a function of untyped tensors. */
type Loss = (prediction: Tensor, target: Tensor, options?: { reduction?: Reduction }) => Tensor;
const LOSSES: Record<string, Loss> = { mseLoss, bceLoss, bceWithLogitsLoss, crossEntropyLoss };
const MODULES: Record<string, new (options: { reduction: Reduction }) => object> = {
  mseLoss: MSELoss,
  bceLoss: BCELoss,
  bceWithLogitsLoss: BCEWithLogitsLoss,
  crossEntropyLoss: CrossEntropyLoss,
};
const makeModule = (name: string, options: { reduction: Reduction }): { forward: Loss } =>
  new MODULES[name]!(options) as { forward: Loss };

// --- the same as PyTorch

interface Packed {
  shape: number[];
  values: unknown;
}
interface Case {
  op: string;
  about?: string;
  inputs: Packed[];
  params: { reduction?: Reduction };
  output: Packed;
  grads: unknown[];
}
const numbers = (nested: unknown): number[] => [nested].flat(Infinity).map(Number);
const unpack = ({ shape, values }: Packed, dtype: "float64" | "int32"): Tensor =>
  fromTypedArray(dtype === "int32" ? Int32Array.from(numbers(values)) : Float64Array.from(numbers(values)), shape);
const TORCH: Record<string, string> = {
  mse_loss: "mseLoss",
  binary_cross_entropy: "bceLoss",
  binary_cross_entropy_with_logits: "bceWithLogitsLoss",
  cross_entropy: "crossEntropyLoss",
};
const fixture = JSON.parse(readFileSync(`${import.meta.dirname}/fixtures/torch-ops.json`, "utf8")) as { cases: Case[] };

/** Equal but for the last digits. The constant 1e-12 that keeps bceLoss's gradient finite is a float32 in PyTorch: eight digits. */
function expectClose(got: number[], expected: number[]): void {
  expect(got).toHaveLength(expected.length);
  got.forEach((x, i) => {
    const y = expected[i]!;
    const digits = Math.abs(y) > 1e9 ? 1e-7 : 1e-14;
    if (!Number.isFinite(y) || Math.abs(x - y) > digits * Math.max(1, Math.abs(y))) expect(x).toBe(y);
  });
}

describe("PyTorch's values and gradients", () => {
  const cases = fixture.cases.filter(({ op }) => op in TORCH);
  test.each(cases.map((c, i) => ({ ...c, title: `${c.op} ${JSON.stringify(c.params)} ${c.about ?? ""} #${i}` })))(
    "$title",
    ({ op, inputs, params, output, grads }) => {
      const indices = op === "cross_entropy" && inputs[0]!.shape.length !== inputs[1]!.shape.length;
      const x = unpack(inputs[0]!, "float64");
      const y = unpack(inputs[1]!, indices ? "int32" : "float64");
      const wanted = [x, y].filter((_, i) => grads[i] !== null);
      for (const leaf of wanted) leaf.requiresGrad = true;
      const loss = LOSSES[TORCH[op]!]!(x, y, params);
      expect(loss.shape).toEqual(output.shape);
      expectClose(values(loss), numbers(output.values));
      const cotangent = unpack(
        { shape: loss.shape, values: Array.from({ length: loss.size }, (_, k) => (((3 * k) % 7) + 1) / 4) },
        "float64",
      );
      loss.backward(cotangent);
      [x, y].forEach((leaf, i) => {
        if (grads[i] !== null) expectClose(values(leaf.grad!), numbers(grads[i]));
      });
    },
  );
  test("there are cases for every loss", () => {
    expect(new Set(cases.map(({ op }) => op))).toEqual(new Set(Object.keys(TORCH)));
  });
});

// --- laws

const shape = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 });
/** Predictions and targets that suit every loss: probabilities away from 0 and 1. */
const pair = (shape: number[]): [Tensor, Tensor] => [
  generator.rand(shape).mul(0.8).add(0.1),
  generator.rand(shape).mul(0.8).add(0.1),
];
const close = (a: Tensor, b: Tensor, digits = 12): void => {
  expect(a.shape).toEqual(b.shape);
  const [x, y] = [values(a), values(b)];
  x.forEach((value, i) => {
    if (!Number.isNaN(value) || !Number.isNaN(y[i]!))
      expect(value / Math.max(1, Math.abs(y[i]!))).toBeCloseTo(y[i]! / Math.max(1, Math.abs(y[i]!)), digits);
  });
};

describe.each(Object.entries(LOSSES))("%s", (name, loss) => {
  const shapes = name === "crossEntropyLoss" ? shape.filter((s) => s.length > 0) : shape;

  test("the mean and the sum are those of the single losses, and the module does the same", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const [x, y] = pair(shape);
        const each = loss(x, y, { reduction: "none" });
        close(loss(x, y, { reduction: "sum" }), each.sum());
        close(loss(x, y), each.mean());
        for (const reduction of ["mean", "sum", "none"] as const) {
          const module = makeModule(name, { reduction });
          close(module.forward(x, y), loss(x, y, { reduction }));
        }
      }),
    );
  });

  test("has the gradients of finite differences, to second order, for predictions and targets", () => {
    for (const shape of [[], [3], [2, 3], [2, 3, 2]]) {
      if (name === "crossEntropyLoss" && shape.length === 0) continue;
      const [x, y] = pair(shape);
      for (const reduction of ["mean", "sum", "none"] as const)
        checkGradients((x: Tensor, y: Tensor) => loss(x, y, { reduction }), [x, y], {
          order: shape.length === 1 ? 2 : 1,
        });
    }
  });

  test("float32 predictions have float32 losses", () => {
    const [x, y] = pair([2, 3]);
    expect(loss(x.to("float32"), y.to("float32")).dtype).toBe("float32");
  });

  test("knows no other reduction", () => {
    const [x, y] = pair([2, 3]);
    expect(message(() => loss(x, y, { reduction: "max" as never }))).toBe(
      `ArgumentError: ${name}: reduction is one of mean, sum, none, got "max"`,
    );
    expect(message(() => makeModule(name, { reduction: "max" as never }))).toMatch(
      /ArgumentError: \w+: reduction is one of mean, sum, none, got "max"/,
    );
  });
});

test("shapes must agree, to the compiler and at run time", () => {
  const [x, y] = [zeros([4, 1]), zeros([4])];
  // @ts-expect-error mseLoss: prediction [4,1] and target [4] differ in shape
  expect(message(() => mseLoss(x, y))).toMatchInlineSnapshot(
    `"ShapeError: mseLoss: prediction [4,1] and target [4] differ in shape; reshape the target to [4,1]"`,
  );
  // @ts-expect-error mseLoss: prediction [] and target [4] differ in shape
  expect(message(() => mseLoss(1, y))).toMatchInlineSnapshot(
    `"ShapeError: mseLoss: prediction [] and target [4] differ in shape"`,
  );
  // @ts-expect-error mseLoss: prediction [4] and target [] differ in shape
  expect(message(() => mseLoss(y, 1))).toMatchInlineSnapshot(
    `"ShapeError: mseLoss: prediction [4] and target [] differ in shape"`,
  );
  // @ts-expect-error bceLoss: prediction [4,1] and target [4] differ in shape
  expect(message(() => bceLoss(x, y))).toMatchInlineSnapshot(
    `"ShapeError: bceLoss: prediction [4,1] and target [4] differ in shape; reshape the target to [4,1]"`,
  );
  // @ts-expect-error bceWithLogitsLoss: prediction [4,1] and target [4] differ in shape
  expect(message(() => new BCEWithLogitsLoss().forward(x, y))).toMatchInlineSnapshot(
    `"ShapeError: bceWithLogitsLoss: prediction [4,1] and target [4] differ in shape; reshape the target to [4,1]"`,
  );
  // @ts-expect-error crossEntropyLoss: target [3] is neither class indices [4] nor probabilities [4,1]
  expect(message(() => crossEntropyLoss(x, zeros([3])))).toMatchInlineSnapshot(
    `"ShapeError: crossEntropyLoss: target [3] is neither class indices [4] nor probabilities [4,1]"`,
  );
  const scalar: Tensor<[]> = mseLoss(x, zeros([4, 1]));
  const each: Tensor<[4, 1]> = mseLoss(x, zeros([4, 1]), { reduction: "none" });
  const rows: Tensor<[4, 2]> = new CrossEntropyLoss({ reduction: "none" }).forward(zeros([4, 3, 2]), zeros([4, 3, 2]));
  expect([scalar.shape, each.shape, rows.shape]).toEqual([[], [4, 1], [4, 2]]);
  function generic<N extends number>(a: Tensor<[N, 3]>, b: Tensor<[N, 3]>): Tensor<[]> {
    return mseLoss(a, b);
  }
  expect(generic(zeros([2, 3]), zeros([2, 3])).item()).toBe(0);
});

test("scalars and numbers", () => {
  expect(mseLoss(value(3), 1).item()).toBe(4);
  const x = value(3, { requiresGrad: true });
  mseLoss(x, 1).backward();
  expect(x.grad?.item()).toBe(4);
});

describe("bceLoss", () => {
  test("is the loss of the scores whose sigmoid it is given", () => {
    fc.assert(
      fc.property(shape, (shape) => {
        const scores = generator.randn(shape);
        const [, y] = pair(shape);
        for (const reduction of ["mean", "none"] as const)
          close(
            bceLoss(sigmoid(scores), y as never, { reduction }),
            bceWithLogitsLoss(scores, y as never, { reduction }),
          );
      }),
    );
  });

  test("predictions outside 0 to 1 are told apart, NaN passes", () => {
    expect(message(() => bceLoss(tensor([0.5, 1.5]), tensor([0, 1])))).toMatchInlineSnapshot(
      `"ArgumentError: bceLoss: prediction 1.5 is outside 0 to 1; apply sigmoid() first, or pass scores to bceWithLogitsLoss"`,
    );
    expect(message(() => bceLoss(tensor([-1e-9]), tensor([1])))).toMatchInlineSnapshot(
      `"ArgumentError: bceLoss: prediction -1e-9 is outside 0 to 1; apply sigmoid() first, or pass scores to bceWithLogitsLoss"`,
    );
    expect(bceLoss(tensor([NaN]), tensor([1])).item()).toBeNaN();
  });
});

describe("bceWithLogitsLoss", () => {
  test("keeps its digits for scores of any size", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1000, max: 1000 }), fc.constantFrom(0, 1), (score, y) => {
        const x = tensor([score], { requiresGrad: true });
        const loss = bceWithLogitsLoss(x, tensor([y]));
        loss.backward();
        // For a target of 0 or 1 the loss is softplus(±x), its derivative ±σ(±x).
        const toward = y === 1 ? -score : score;
        expect(loss.item()).toBe(softplus(value(toward)).item());
        expect(x.grad!.item() === (y === 1 ? -1 : 1) * sigmoid(value(toward)).item()).toBe(true);
        expect(loss.item()).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe("crossEntropyLoss", () => {
  const batch = fc.record({
    n: fc.integer({ min: 1, max: 4 }),
    classes: fc.integer({ min: 1, max: 4 }),
    more: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
  });

  test("a class index is a probability of 1", () => {
    fc.assert(
      fc.property(batch, ({ n, classes, more }) => {
        const x = generator.randn([n, classes, ...more]);
        const indices = generator.randint(0, classes, [n, ...more]) as Tensor;
        // one-hot with the classes last, then moved to where they belong
        const flat = new Float64Array(indices.size * classes);
        indices.toTypedArray().forEach((k, i) => (flat[i * classes + k] = 1));
        const last = fromTypedArray(flat, [n, ...more, classes]) as Tensor;
        const order = [0, 1 + more.length, ...more.map((_, d) => d + 1)];
        const oneHot = permute(last, order) as Tensor;
        for (const reduction of ["mean", "sum", "none"] as const)
          close(
            crossEntropyLoss(x as Tensor, indices, { reduction }),
            crossEntropyLoss(x as Tensor, oneHot, { reduction }),
          );
      }),
    );
  });

  test("further dims are more samples", () => {
    fc.assert(
      fc.property(batch, ({ n, classes, more }) => {
        const x = generator.randn([n, classes, ...more]) as Tensor;
        const y = generator.randint(0, classes, [n, ...more]) as Tensor;
        const order = [0, ...more.map((_, d) => d + 2), 1];
        const rows = reshape(permute(x, order) as Tensor, [y.size, classes]) as Tensor;
        close(crossEntropyLoss(x, y), crossEntropyLoss(rows, reshape(y, [y.size]) as Tensor));
      }),
    );
  });

  test("two classes are one score against nothing", () => {
    fc.assert(
      fc.property(fc.integer({ min: -100_000, max: 100_000 }), fc.constantFrom(0, 1), (score, y) => {
        const x = score / 64;
        const two = crossEntropyLoss(tensor([0, x]), tensor(y, { dtype: "int32" }));
        close(two, bceWithLogitsLoss(value(x), value(y)));
      }),
    );
  });

  test("the gradient is softmax less the target, and rows are independent", () => {
    const x = generator.randn([2, 3]);
    const y = tensor([2, 0], { dtype: "int32" });
    const gradient = grad((x: Tensor<[2, 3]>) => crossEntropyLoss(x, y, { reduction: "sum" }))(x);
    const expected = x.softmax(1).sub(tensor([[0, 0, 1], [1, 0, 0]])); // prettier-ignore
    close(gradient, expected);
    checkGradients((x) => crossEntropyLoss(x, y), [x], { order: 2 });
  });

  test("what does not fit", () => {
    const x = generator.randn([2, 3]);
    expect(message(() => crossEntropyLoss(x, tensor([0, 1])))).toMatchInlineSnapshot(
      `"DtypeError: crossEntropyLoss: class indices are int32, got float64; make them with { dtype: "int32" }"`,
    );
    expect(message(() => crossEntropyLoss(x, tensor([0, 3], { dtype: "int32" })))).toMatchInlineSnapshot(
      `"ShapeError: crossEntropyLoss: class 3 is out of range for 3 classes"`,
    );
    expect(message(() => crossEntropyLoss(x, tensor([-1, 1], { dtype: "int32" })))).toMatchInlineSnapshot(
      `"ShapeError: crossEntropyLoss: class -1 is out of range for 3 classes"`,
    );
    expect(message(() => crossEntropyLoss(x as Tensor, zeros([3, 2]) as Tensor))).toMatchInlineSnapshot(
      `"ShapeError: crossEntropyLoss: target [3,2] is neither class indices [2] nor probabilities [2,3]"`,
    );
    expect(message(() => crossEntropyLoss(value(1) as Tensor, value(1) as Tensor))).toMatchInlineSnapshot(
      `"ShapeError: crossEntropyLoss: prediction is a scalar, expected scores [classes] or [batch,classes,…]"`,
    );
  });
});

test("losses print what they are", () => {
  expect(String(new MSELoss())).toBe("MSELoss()");
  expect(String(new BCELoss({ reduction: "sum" }))).toBe('BCELoss({ reduction: "sum" })');
});

test("the log of a sum that the losses stand on is the textbook's", () => {
  const x = tensor([0.3, -1.2, 2]);
  const textbook = log(x.exp().sum()).sub(x.select(0, 1));
  close(crossEntropyLoss(x, tensor(1, { dtype: "int32" })), textbook);
});
