import {
  add, broadcastTo, checkpoint, grad, hvp, jvp, mul, ones, stack, sum, type Tensor, vjp, vmap,
} from "@chainrule/core"; // prettier-ignore
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isFloat } from "../packages/core/src/dtype.ts";
import type { Op } from "../packages/core/src/op.ts";
import { directions, largest } from "./support/derivatives.ts";
import { caseCode, law } from "./support/law.ts";
import { programCode, programs } from "./support/programs.ts";
import { cases, type Data, differentiable, each, inputsOf, make, type Named } from "./support/sample.ts";

/** Inputs for several examples, all of one shape, and how they are laid out. */
interface Batch {
  readonly examples: readonly (readonly Data[])[];
  /** Bits of the inputs that are mapped; the others are those of the first example. */
  readonly mapped: number;
  /** Where the examples lie: for each input, then for the result, counted modulo the rank. */
  readonly dims: readonly number[];
}
const examplesOf = (of: Named, least: number, most: number): fc.Arbitrary<Data[][]> =>
  inputsOf(of).chain((first) => {
    const alike = inputsOf({ ...of, shapes: first.map((x) => x.shape) }, true);
    return fc.array(alike, { minLength: least - 1, maxLength: most - 1 }).map((more) => [first, ...more]);
  });
const batchOf = (of: Named): fc.Arbitrary<Batch> =>
  fc.record({
    examples: examplesOf(of, 1, 3),
    mapped: fc.integer({ min: 1, max: 2 ** of.shapes.length - 1 }),
    dims: fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 8, maxLength: 8 }),
  });
const usable = cases.filter((of) => of.shapes.length > 0);

const isMapped = ({ mapped }: Batch, i: number): boolean => ((mapped >> i) & 1) === 1;
/** Input `i` as it is handed to the mapped function: the examples side by side along dim `dim`, or the one for all. */
const laid = (batch: Batch, i: number, dim: number | null): Tensor => {
  const all = batch.examples.map((example) => make(example[i]!));
  return dim === null ? all[0]! : (stack(all, dim) as Tensor);
};
/** Example `k` alone. */
const alone = (batch: Batch, k: number): Tensor[] =>
  batch.examples[k]!.map((x, i) => make(isMapped(batch, i) ? x : batch.examples[0]![i]!));
/** A dim among `rank` + 1 of them, counted from either end. */
const place = (bits: number, rank: number): number => (bits % (rank + 1)) - (bits > 3 ? rank + 1 : 0);

function checkClose(what: string, got: readonly Tensor[], wanted: readonly Tensor[]): void {
  expect(got.map((x) => `${x.dtype} [${x.shape.join(",")}]`), what).toEqual(wanted.map((x) => `${x.dtype} [${x.shape.join(",")}]`)); // prettier-ignore
  got.forEach((x, k) => {
    const [values, others] = [x.toTypedArray(), wanted[k]!.toTypedArray()];
    const tolerance = x.dtype === "float64" ? 1e-12 : x.dtype === "float32" ? 1e-5 : 0;
    const scale = largest([...values, ...others].filter(Number.isFinite)) + 1;
    values.forEach((value, i) => {
      if (!Object.is(value, others[i]) && !(Math.abs(value - others[i]!) <= tolerance * scale))
        throw new Error(`${what}, tensor ${k}: ${value} at ${i}, example by example it is ${others[i]}`);
    });
  });
}
const stacked = (rows: readonly (readonly Tensor[])[], dim = 0): Tensor[] =>
  rows[0]!.map((_, k) => stack(rows.map((row) => row[k]!), dim) as Tensor); // prettier-ignore

const VMAP = `const batch = inputs.map((x) => chainrule.stack([x, x]));
console.log(f(...inputs), chainrule.vmap(f as any)(...(batch as never[])));`;
const code =
  (of: Named) =>
  (batch: Batch): string =>
    `// ${JSON.stringify(batch)}\n${caseCode(of, batch.examples[0]!, VMAP)}`;

function checkLoop(of: Named, batch: Batch): void {
  const results = batch.examples.map((_, k) => [of.call(...alone(batch, k))]);
  const { rank } = results[0]![0]!;
  const inDims = batch.examples[0]!.map((x, i) => isMapped(batch, i) ? place(batch.dims[i]!, x.shape.length) : null); // prettier-ignore
  const outDims = place(batch.dims[7]!, rank);
  const inputs = inDims.map((dim, i) => laid(batch, i, dim));
  const result = vmap(of.call, { inDims, outDims })(...(inputs as never[]));
  checkClose("vmap", [result], stacked(results, outDims));
}

describe("vmap is a loop", () => {
  test.each(each(usable))("%s", (_, of) => {
    law(batchOf(of), (batch) => checkLoop(of, batch), code(of), 5);
  });
});
/** Runs `fn` while an operation has no rule of its own for batches, so that it runs example by example. */
function withoutRule(op: Op, fn: () => void): void {
  const held = Object.getOwnPropertyDescriptors(op);
  Object.assign(op, { lead: undefined, batch: undefined });
  try {
    fn();
  } finally {
    for (const key of ["lead", "batch"] as const) delete op[key];
    Object.defineProperties(op, held);
  }
}

describe("what has no rule for batches runs example by example", () => {
  test.each(each(usable.filter((of) => of.op !== undefined)))("%s", (_, of) => {
    law(batchOf(of), (batch) => withoutRule(of.op!, () => checkLoop(of, batch)), code(of), 2);
    law(batchOf(of), (batch) => withoutRule(of.op!, () => checkDerivativesOfLoop(of, batch)), code(of), 2);
  });
});

/** A function of tensors, its derivatives of first order, and one of second, at x in direction t, with cotangent u. */
function everything(f: (x: Tensor[]) => Tensor, x: Tensor[], t: Tensor[], u: Tensor): Tensor[] {
  const program = (list: Tensor[]): Tensor[] => [f(list)];
  const reverse = (list: Tensor[]): Tensor[] => vjp(program, list)[1]([u] as never)[0];
  const [y, pushed] = jvp(program, [x], [t]);
  const [pulled, second] = jvp(reverse, [x], [t]);
  return [...y, ...pushed, ...pulled, ...second];
}
/** The floating inputs among all, and the call as a function of these. */
function floatingOf(
  of: Named,
  data: readonly Data[],
): { which: number[]; f: (rest: Tensor[]) => (x: Tensor[]) => Tensor } {
  const which = data.flatMap((x, i) => (isFloat(x.dtype ?? "float64") ? [i] : []));
  return {
    which,
    f: (all) => (x) => of.call(...all.map((input, i) => (which.includes(i) ? x[which.indexOf(i)]! : input))),
  };
}

function checkDerivativesOfLoop(of: Named, batch: Batch): void {
  const { which, f } = floatingOf(of, batch.examples[0]!);
  if (!which.some((i) => isMapped(batch, i))) return;
  if (!isFloat(of.call(...alone(batch, 0)).dtype)) return;
  const size = batch.examples.length;
  const dims = batch.examples[0]!.map((_, i) => (isMapped(batch, i) ? 0 : null));
  const inputs = dims.map((dim, i) => laid(batch, i, dim));
  const x = which.map((i) => inputs[i]!);
  const t = directions(x, 1);
  const xDims = which.map((i) => dims[i]!);
  const at = (list: readonly Tensor[], k: number): Tensor[] =>
    list.map((part, i) => (xDims[i] === null ? part : part.select(0, k)) as Tensor);
  const y = f(alone(batch, 0))(at(x, 0));
  const u = directions([stack(Array.from({ length: size }, () => y)) as Tensor], 2)[0]!;

  const rows = batch.examples.map((_, k) => everything(f(alone(batch, k)), at(x, k), at(t, k), u.select(0, k) as Tensor)); // prettier-ignore
  const inside = vmap(
          (all: Tensor[], list: Tensor[], tangents: Tensor[], cotangent: Tensor) => everything(f(all), list, tangents, cotangent),
          { inDims: [dims, xDims, xDims, 0] },
        )(inputs as never, x as never, t as never, u as never) as Tensor[]; // prettier-ignore
  checkClose("derivatives inside", inside, stacked(rows));

  const whole = (list: Tensor[]): Tensor =>
          vmap((all: Tensor[], own: Tensor[]) => f(all)(own), { inDims: [dims, xDims] })(inputs as never, list as never) as Tensor; // prettier-ignore
  // What is the same for all examples gets the sum of their cotangents.
  const n = which.length;
  const outside = stacked(rows).map((part, k) =>
    k >= 2 && xDims[(k - 2) % n] === null ? (part.sum(0) as Tensor) : part,
  );
  checkClose("derivatives outside", everything(whole, x, t, u), outside);
}

describe("derivatives of first and second order, inside vmap and of vmap, are those of a loop", () => {
  test.each(each(differentiable.filter((of) => of.shapes.length > 0)))("%s", (_, of) => {
    law(batchOf(of), (batch) => checkDerivativesOfLoop(of, batch), code(of), 3);
  });
});

describe("vmap within vmap is a loop within a loop", () => {
  test.each(each(differentiable.filter((of) => of.shapes.length > 0)))("%s", (_, of) => {
    const some = fc.integer({ min: 1, max: 2 ** of.shapes.length - 1 });
    law(
      fc.record({ examples: examplesOf(of, 4, 4), outer: some, inner: some }),
      ({ examples, outer, inner }) => {
        const { which, f } = floatingOf(of, examples[0]!);
        const bit = (bits: number, i: number): number => (bits >> i) & 1;
        const one = (i: number, j: number, k: number): Tensor =>
          make(examples[2 * j * bit(outer, i) + k * bit(inner, i)]![i]!);
        const dimsOf = (bits: number): (number | null)[] => examples[0]!.map((_, i) => (bit(bits, i) ? 0 : null));
        const inputs = examples[0]!.map((_, i) => {
          const row = (j: number): Tensor => (bit(inner, i) ? (stack([one(i, j, 0), one(i, j, 1)]) as Tensor) : one(i, j, 0)); // prettier-ignore
          return bit(outer, i) ? (stack([row(0), row(1)]) as Tensor) : row(0);
        });
        const grid = (j: number, k: number): Tensor[] => examples[0]!.map((_, i) => one(i, j, k));
        const floating = (all: Tensor[]): Tensor[] => which.map((i) => all[i]!);
        const t = directions(floating(grid(0, 0)), 1);
        const [u] = directions([f(grid(0, 0))(floating(grid(0, 0)))], 2);
        const each = (...all: Tensor[]): Tensor[] => everything(f(all), floating(all), t, u!);
        const rows = [0, 1].map((j) => stacked([0, 1].map((k) => each(...grid(j, k)))));
        const nested = vmap(vmap(each, { inDims: dimsOf(inner) }), { inDims: dimsOf(outer) });
        checkClose("derivatives", nested(...(inputs as never[])) as Tensor[], stacked(rows));
      },
      ({ examples, outer, inner }) => `// ${JSON.stringify({ outer, inner })}\n${caseCode(of, examples[0]!, VMAP)}`,
      2,
    );
  });
});

describe("random programs", { timeout: 600_000 }, () => {
  /** The inputs of a program and others near them, side by side. */
  const batched = (x: readonly Tensor[], size: number): Tensor[] => {
    const others = Array.from({ length: size - 1 }, (_, k) => directions(x, k + 5));
    return x.map((part, i) => stack([part, ...others.map((list) => part.add(list[i]!.mul(1 / 64)))]) as Tensor);
  }; // prettier-ignore

  test("vmap is a loop, for the program, its derivatives, and inside them", () => {
    law(
      fc.record({ sample: programs, size: fc.integer({ min: 1, max: 3 }) }),
      ({ sample, size }) => {
        const first = sample.inputs.map((x) => make(x));
        const x = batched(first, size);
        const y = sample.f(first);
        const u = directions(y, 2);
        const loss = (list: Tensor[]): Tensor => sample.f(list).map((part, i) => sum(mul(part, u[i]!)) as Tensor).reduce((a, b) => add(a, b)); // prettier-ignore
        const t = directions(first, 1);
        const each = (list: Tensor[]): Tensor[] => [
          ...sample.f(list),
          ...everything(loss, list, t, ones([]) as Tensor),
        ];
        const row = (k: number): Tensor[] => x.map((part) => part.select(0, k) as Tensor);
        const rows = Array.from({ length: size }, (_, k) => each(row(k)));
        checkClose("inside", vmap(each)(x as never) as Tensor[], stacked(rows));

        const gradients = stacked(Array.from({ length: size }, (_, k) => grad(loss)(row(k))));
        checkClose("outside", grad((list: Tensor[]) => vmap(loss)(list as never).sum() as Tensor)(x), gradients); // prettier-ignore
        const jacobians = stacked(Array.from({ length: size }, (_, k) => hvp(loss, row(k), t)));
        const second = (list: Tensor[]): Tensor[] =>
          vmap((own: Tensor[]) => grad(loss)(own))(list as never) as Tensor[];
        checkClose("forward over", jvp(second, [x], [t.map((part, i) => broadcastTo(part, x[i]!.shape) as Tensor)])[1], jacobians); // prettier-ignore
        const saved = checkpoint((...list: Tensor[]) => loss(list));
        checkClose("checkpoint", vmap((list: Tensor[]) => hvp((z: Tensor[]) => saved(...z), list, t))(x as never) as Tensor[], jacobians); // prettier-ignore
      },
      ({ sample }) => programCode(sample),
      100,
    );
  });
});
