import type { Tensor } from "@chainrule/core";
import { diff, dropout, full, grad, GraphError, jvp, noGrad, pad, positive, rot90, vjp, vmap } from "@chainrule/core";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkSame } from "./support/bits.ts";
import { directions, largest } from "./support/derivatives.ts";
import { lay, layouts } from "./support/layout.ts";
import { caseCode, law } from "./support/law.ts";
import { asProgram, cases, differentiable, each, inputsOf, make } from "./support/sample.ts";

const flat = (list: readonly Tensor[]): number[] => list.flatMap((x) => [...x.toTypedArray()]);
/** Every tensor with elements of its own, for later. */
const copies = (list: readonly Tensor[]): Tensor[] => list.map((x) => x.clone().detach());
const pullback = (f: (x: Tensor[]) => Tensor[], x: Tensor[]): ((u: Tensor[]) => Tensor[]) => {
  const [, pull] = vjp(f, x);
  return (u) => pull(u as never)[0];
};

describe("a cotangent of zeros gives zeros, and gradients are linear in the cotangent", () => {
  test.each(each(differentiable))("%s", (_, of) => {
    law(
      fc.record({ data: inputsOf(of), seed: fc.nat(1000) }),
      ({ data, seed }) => {
        const { f, x } = asProgram(of, data.map((part) => make(part))); // prettier-ignore
        const pull = pullback(f, x);
        const y = f(x);
        const [u, v] = [directions(y, seed), directions(y, seed + 1)];
        expect(largest(flat(pull(y.map((part) => part.mul(0).detach()))))).toBe(0);
        const [a, b] = [flat(pull(u)), flat(pull(v))];
        const both = flat(pull(u.map((part, i) => part.mul(3).sub(v[i]!.mul(0.5)))));
        const scale = largest(a) + largest(b);
        both.forEach((value, i) => {
          const wanted = 3 * a[i]! - 0.5 * b[i]!;
          if (!(Math.abs(value - wanted) <= 1e-12 * scale + (y[0]!.dtype === "float32" ? 1e-5 : 0)))
            throw new Error(`Jᵀ(3u − v/2) is ${value} at ${i}, 3·Jᵀu − Jᵀv/2 is ${wanted}`);
        });
      },
      ({ data }) => caseCode(of, data),
      3,
    );
  });
});

describe("backward: twice the same bits, adds up, and equals grad and vjp", () => {
  test.each(each(differentiable))("%s", (_, of) => {
    law(
      inputsOf(of),
      (data) => {
        const inputs = data.map((x) => make(x, x.dtype === undefined));
        const leaves = inputs.filter((x) => x.requiresGrad);
        const y = of.call(...inputs);
        const [u] = directions([y], 5) as [Tensor];
        // A function whose derivative is zero everywhere may send nothing back.
        const gradients = (): Tensor[] => leaves.map((x) => x.grad ?? x.mul(0).detach());
        if (!y.requiresGrad) return;
        y.backward(u);
        const once = copies(gradients());
        leaves.forEach((x) => x.zeroGrad());
        y.backward(u);
        checkSame("backward again", gradients(), once);
        y.backward(u);
        checkSame("backward on top", gradients(), once.map((x) => x.add(x))); // prettier-ignore
        const positive = (list: Tensor[]): Tensor[] => list.map((x) => x.add(0));
        checkSame("grad", positive(grad(y, leaves, { cotangent: u })), positive(once));
        const { f, x } = asProgram(of, inputs);
        checkSame("vjp", positive(pullback(f, x)([u])), positive(once));
        leaves.forEach((x, i) =>
          expect([x.grad?.dtype ?? x.dtype, x.grad?.shape ?? x.shape, i]).toEqual([x.dtype, x.shape, i]),
        );
      },
      (data) => caseCode(of, data),
      3,
    );
  });
});

describe("nothing computed changes when a leaf is overwritten, not even views of it", () => {
  test.each(each(cases))("%s", (_, of) => {
    law(
      fc.record({ data: inputsOf(of), how: fc.constantFrom(...layouts), requiresGrad: fc.boolean() }),
      ({ data, how, requiresGrad }) => {
        const inputs = data.map((x) => lay(x, how, requiresGrad && x.dtype === undefined));
        const y = of.call(...inputs);
        const derivatives: Tensor[] = [];
        const u = directions([y], 1);
        if (y.requiresGrad) {
          const leaves = inputs.filter((x) => x.requiresGrad);
          const t = directions(leaves, 2);
          const { f, x } = asProgram(of, inputs);
          y.backward(u[0]);
          derivatives.push(...leaves.flatMap((leaf) => leaf.grad ?? []), ...noGrad(() => pullback(f, x)(u)));
          derivatives.push(...noGrad(() => jvp(f, [x], [t])[1]), ...grad(y, leaves, { cotangent: u[0]! }));
          const before = copies(derivatives);
          for (const part of [...u, ...t]) part.assign(full(part.shape, 5, { dtype: part.dtype }));
          checkSame("derivatives after a cotangent has been overwritten", derivatives, before);
          // The gradients of two leaves, or two results, are not one tensor in two places.
          derivatives.forEach((part, i) => {
            part.assign(full(part.shape, 9, { dtype: part.dtype }));
            derivatives.forEach((other, k) => {
              if (k !== i) checkSame(`derivative ${k} after ${i} has been overwritten`, [other], [before[k]!]);
            });
            part.assign(before[i]!);
          });
        }
        const before = copies([y, ...derivatives]);
        for (const x of inputs) x.assign(full(x.shape, x.dtype === "bool" ? 1 : 7, { dtype: x.dtype }));
        checkSame("after a leaf has been overwritten", [y, ...derivatives], before);
        if (y.requiresGrad) checkRefused(y, u[0]!, inputs);
      },
      ({ data, how, requiresGrad }) =>
        `// inputs ${how}, requiresGrad: ${requiresGrad}\n${caseCode(of, data, "const y = f(...inputs);\ninputs[0]!.assign(inputs[0]!.mul(0).add(7));\nconsole.log(y);")}`,
      4,
    );
  });
});

/** Backward through overwritten leaves is an error, unless the derivative is zero before it comes to them. */
function checkRefused(y: Tensor, cotangent: Tensor, leaves: readonly Tensor[]): void {
  const before = leaves.map((x) => x.grad);
  try {
    y.backward(cotangent);
  } catch (error) {
    expect(error).toBeInstanceOf(GraphError);
  }
  expect(leaves.map((x) => x.grad)).toEqual(before);
}

test("operations with nothing to do return no tensor that can be overwritten", () => {
  const idle: Record<string, (x: Tensor) => Tensor> = {
    reshape: (x) => x.reshape(x.shape),
    squeeze: (x) => x.squeeze(),
    broadcastTo: (x) => x.broadcastTo(x.shape),
    to: (x) => x.to(x.dtype),
    roll: (x) => x.roll(0),
    rot90: (x) => rot90(x, 0),
    diff: (x) => diff(x, 0),
    pad: (x) => pad(x, [0, 0]),
    dropout: (x) => dropout(x, { training: false }),
    positive: (x) => positive(x),
    vmap: (x) => vmap((row: Tensor) => row)(x),
  };
  const made = (): Tensor => full([2, 3], 1).mul(3);
  for (const [name, f] of Object.entries(idle)) {
    const [x, other] = [made(), made()];
    const y = f(x);
    x.assign(full([2, 3], 5));
    expect(y.toArray(), name).toEqual(other.toArray());
    y.assign(full([2, 3], 7));
    expect(x.toArray(), name).toEqual(full([2, 3], 5).toArray());
    y.requiresGrad = true;
    expect(x.requiresGrad, name).toBe(false);
  }
});
