import type { Tensor } from "@chainrule/core";
import { add, checkpoint, customGradient, grad, hessian, hvp, jacobian, jvp, mul, sum, vjp } from "@chainrule/core";
import * as fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { allowCodeGeneration } from "../packages/core/src/kernels/loops.ts";
import { checkSame } from "./support/bits.ts";
import { checkDerivatives, directions, Inconclusive, largest, type Program } from "./support/derivatives.ts";
import { lay, layouts } from "./support/layout.ts";
import { law } from "./support/law.ts";
import { programCode, programs, type Sample } from "./support/programs.ts";
import { make } from "./support/sample.ts";

const inputsOf = (sample: Sample, requiresGrad = false): Tensor[] => sample.inputs.map((x) => make(x, requiresGrad));
const flat = (list: readonly Tensor[]): number[] => list.flatMap((x) => [...x.toTypedArray()]);
const pull = (f: Program, x: Tensor[], u: readonly Tensor[]): Tensor[] => vjp(f, x)[1](u as never)[0];
const push = (f: Program, x: Tensor[], t: readonly Tensor[]): Tensor[] => jvp(f, [x], [t as Tensor[]])[1];
/** A scalar out of all results: Σ u·f(x). */
const weighted = (f: Program, u: readonly Tensor[]) => (x: Tensor[]): Tensor => f(x).map((y, i) => sum(mul(y, u[i]!)) as Tensor).reduce((a, b) => add(a, b)); // prettier-ignore

function checkClose(what: string, got: readonly number[], wanted: readonly number[]): void {
  const scale = largest(wanted) + largest(got);
  if (got.length !== wanted.length) throw new Error(`${what}: ${got.length} numbers, expected ${wanted.length}`);
  got.forEach((value, i) => {
    if (!(Math.abs(value - wanted[i]!) <= 1e-11 * (scale + 1)))
      throw new Error(`${what}: ${value} at ${i}, expected ${wanted[i]}`);
  });
}
/** A derivative law on random programs, where differences can tell. */
function derivativeLaw(check: (sample: Sample) => void, runs: number): void {
  let inconclusive = 0;
  law(
    programs,
    (sample) => {
      try {
        check(sample);
      } catch (error) {
        if (!(error instanceof Inconclusive)) throw error;
        inconclusive++;
      }
    },
    programCode,
    runs,
  );
  expect(inconclusive).toBeLessThan(Math.max(3, runs / 10));
}

describe("random programs", { timeout: 600_000 }, () => {
  afterEach(() => allowCodeGeneration(true));

  test("derivatives to third order, in every mix of modes, agree with differences and with each other", () => {
    derivativeLaw((sample) => checkDerivatives(sample.f, inputsOf(sample), 3), 120);
  });

  test("first derivatives agree with differences", () => {
    derivativeLaw((sample) => checkDerivatives(sample.f, inputsOf(sample), 1), 300);
  });

  test("backward, grad, vjp, jvp and the rows and columns of jacobian agree", () => {
    law(
      programs,
      (sample) => {
        const { f } = sample;
        const x = inputsOf(sample);
        const y = f(x);
        const u = directions(y, 1);
        const reverse = flat(pull(f, x, u));
        checkClose("grad of Σ u·f", flat(grad(weighted(f, u))(x)), reverse);

        const leaves = inputsOf(sample, true);
        const loss = weighted(f, u)(leaves);
        if (loss.requiresGrad) {
          checkClose("grad of tensors", flat(grad(loss, leaves)), reverse);
          loss.backward();
          checkClose("backward", flat(leaves.map((leaf) => leaf.grad ?? leaf.mul(0))), reverse);
          checkClose("backward, to the shapes", leaves.flatMap((leaf) => leaf.grad?.shape ?? leaf.shape), leaves.flatMap((leaf) => leaf.shape)); // prettier-ignore
        }

        const blocks = jacobian(f)(x) as unknown as Tensor[][];
        const t = directions(x, 2);
        const [left, right] = [
          y.map((part) => new Array<number>(part.size).fill(0)),
          x.map((part) => new Array<number>(part.size).fill(0)),
        ];
        blocks.forEach((row, o) =>
          row.forEach((block, i) => {
            expect(block.shape).toEqual([...y[o]!.shape, ...x[i]!.shape]);
            const [values, from, along] = [block.toTypedArray(), u[o]!.toTypedArray(), t[i]!.toTypedArray()];
            const columns = along.length;
            values.forEach((value, at) => {
              left[o]![Math.floor(at / columns)]! += value * along[at % columns]!;
              right[i]![at % columns]! += value * from[Math.floor(at / columns)]!;
            });
          }),
        );
        checkClose("J·t", flat(push(f, x, t)), left.flat());
        checkClose("Jᵀ·u", reverse, right.flat());
      },
      programCode,
      60,
    );
  });

  test("the Hessian is symmetric, and hvp multiplies by it", () => {
    law(
      programs,
      (sample) => {
        const x = inputsOf(sample);
        const f = weighted(sample.f, directions(sample.f(x), 1));
        const blocks = hessian(f)(x) as unknown as Tensor[][];
        const size = x.reduce((total, part) => total + part.size, 0);
        const rows: number[][] = [];
        blocks.forEach((row, o) => {
          for (let i = 0; i < x[o]!.size; i++)
            rows.push(row.flatMap((block, k) => [...block.toTypedArray()].slice(i * x[k]!.size, (i + 1) * x[k]!.size)));
        });
        expect(rows.length).toBe(size);
        checkClose("the transposed Hessian", rows.flatMap((_, i) => rows.map((row) => row[i]!)), rows.flat()); // prettier-ignore
        const t = directions(x, 2);
        const direction = flat(t);
        const product = rows.map((row) => row.reduce((total, value, k) => total + value * direction[k]!, 0));
        const scale = largest(rows.flat());
        flat(hvp(f, x, t)).forEach((value, i) => {
          if (!(Math.abs(value - product[i]!) <= 1e-11 * (scale + 1)))
            throw new Error(`hvp: ${value} at ${i}, H·t is ${product[i]}`);
        });
      },
      programCode,
      25,
    );
  });

  test("views and contiguous inputs give the same bits, whatever the kernels", () => {
    law(
      fc.record({ sample: programs, how: fc.constantFrom(...layouts) }),
      ({ sample, how }) => {
        const { f } = sample;
        const everything = (x: Tensor[]): Tensor[] => {
          const [y, t] = [f(x), directions(x, 1)];
          const u = directions(y, 2);
          return [...y, ...push(f, x, t), ...pull(f, x, u), ...push((z) => pull(f, z, u), x, t)];
        };
        const plain = everything(inputsOf(sample));
        checkSame(`inputs ${how}`, everything(sample.inputs.map((x) => lay(x, how))), plain);
        allowCodeGeneration(false);
        checkSame("without generated code", everything(inputsOf(sample)), plain);
        allowCodeGeneration(true);
      },
      ({ sample, how }) => `// inputs ${how}\n${programCode(sample)}`,
      40,
    );
  });

  test("gradients have the dtypes of their inputs, in any mix", () => {
    law(
      fc.record({ sample: programs, single: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }) }),
      ({ sample, single }) => {
        const x = sample.inputs.map((part, i) => make({ ...part, dtype: single[i] ? "float32" : undefined }));
        const y = sample.f(x).filter((part) => part.dtype === "float32" || part.dtype === "float64");
        const t = directions(x, 1);
        expect(push(sample.f, x, t).map((part) => part.dtype)).toEqual(y.map((part) => part.dtype));
        expect(pull(sample.f, x, directions(y, 2)).map((part) => part.dtype)).toEqual(x.map((part) => part.dtype));
      },
      ({ sample }) => programCode(sample),
      40,
    );
  });
});

describe("random programs, wrapped", { timeout: 600_000 }, () => {
  /** One result in place of several: Σ u·f. */
  const single = (sample: Sample): ((...x: Tensor[]) => Tensor) => {
    const f = weighted(sample.f, directions(sample.f(inputsOf(sample)), 1));
    return (...x) => f(x);
  };

  test("checkpoint(f) is f, to third order", () => {
    derivativeLaw((sample) => {
      const f = single(sample);
      const saved = checkpoint(f);
      const x = inputsOf(sample);
      const both: Program = (list) => [f(...list), saved(...list)];
      const [plain, again] = both(x) as [Tensor, Tensor];
      checkSame("checkpoint", [again], [plain]);
      checkDerivatives((list) => [saved(...list)], x, 2);
      const derivatives = (g: typeof f): Tensor[] => {
        const h = (list: Tensor[]): Tensor[] => grad((z: Tensor[]) => g(...z))(list);
        const t = directions(x, 3);
        return [...h(x), ...push(h, x, t), ...push((z) => push(h, z, t), x, t)];
      };
      checkClose("derivatives", flat(derivatives(saved)), flat(derivatives(f)));
    }, 25);
  });

  test("checkpoint of a part, with the rest from outside, leaves and results of operations alike", () => {
    derivativeLaw((sample) => {
      const f = single(sample);
      const whole: Program = (list) => [f(...list.map((x) => x.mul(1)))];
      const part: Program = (list) => {
        const [first, ...rest] = list.map((x) => x.mul(1));
        return [checkpoint((x: Tensor) => f(x, ...rest))(first!)];
      };
      const inner: Program = (list) => [checkpoint((_x: Tensor) => f(...list.map((x) => x.mul(1))))(list[0]!)];
      const x = inputsOf(sample);
      const u = directions(f(...x).shape.length === 0 ? [f(...x)] : [], 1);
      for (const saved of [part, inner]) {
        checkClose("gradient", flat(pull(saved, x, u)), flat(pull(whole, x, u)));
        const second = (g: Program): number[] => flat(push((z) => pull(g, z, u), x, directions(x, 2)));
        checkClose("second derivative", second(saved), second(whole));
        const leaves = inputsOf(sample, true);
        const [loss] = saved(leaves) as [Tensor];
        if (!loss.requiresGrad) continue;
        loss.backward(u[0]);
        checkClose("backward", flat(leaves.map((leaf) => leaf.grad ?? leaf.mul(0))), flat(pull(whole, x, u)));
      }
    }, 40);
  });

  test("customGradient with the rule of f is f, to third order", () => {
    derivativeLaw((sample) => {
      const f = single(sample);
      const custom = customGradient<Tensor[]>({
        forward: (...x) => f(...x),
        vjp: (cotangent, { inputs }) => pull((list) => [f(...list)], [...inputs], [cotangent]),
      });
      const x = inputsOf(sample);
      checkSame("value", [custom(...x)], [f(...x)]);
      checkDerivatives((list) => [custom(...list)], x, 3);
    }, 15);
  });

  test("customGradient with both rules", () => {
    derivativeLaw((sample) => {
      const f = single(sample);
      const custom = customGradient<Tensor[]>({
        forward: (...x) => f(...x),
        vjp: (cotangent, { inputs }) => pull((list) => [f(...list)], [...inputs], [cotangent]),
        jvp: (tangents, { inputs }) => push((list) => [f(...list)], [...inputs], inputs.map((x, i) => tangents[i] ?? (x.mul(0))))[0]!, // prettier-ignore
      });
      checkDerivatives((list) => [custom(...list)], inputsOf(sample), 2);
    }, 25);
  });
});
