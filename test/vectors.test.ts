import {
  add,
  fromTypedArray,
  grad,
  type KernelSet,
  mul,
  pow,
  type Program,
  setKernels,
  sum,
  type Tensor,
  wasmKernels,
} from "@chainrule/core";
import * as fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { ElementwiseOp } from "../packages/core/src/families/elementwise.ts";
import { law, literal } from "./support/law.ts";
import { cases, count, type Data, dataOf, each, make, type Named } from "./support/sample.ts";
import { withKernels } from "./support/sets.ts";
import { ulps, UNITS } from "./support/ulps.ts";

// Elementwise kernels of WebAssembly beside the plain ones: over all exponents, and where the formulas change.

const chosen = setKernels([]);
setKernels(chosen);
afterEach(() => void setKernels(chosen));

/** Numbers of every sign and exponent, zeros, subnormals, infinities and NaN among them; then many in the range of exp and in [−2, 2]. */
function range(dtype: "float32" | "float64"): Float32Array | Float64Array {
  const words: number[] = [];
  let seed = 7;
  const random = (): number => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0);
  const inside = (limit: number): number => ((random() / 2 ** 32 + random() / 2 ** 64) * 2 - 1) * limit;
  if (dtype === "float32") {
    for (let top = 0; top < 512; top++)
      for (const low of [0, 1, 0x7fffff, 0x3504f3, random() & 0x7fffff, random() & 0x7fffff])
        words.push((top << 23) | low);
    return Float32Array.from([
      ...new Float32Array(Int32Array.from(words).buffer),
      ...Array.from({ length: 6000 }, (_, i) => inside(i % 3 === 0 ? 2 : 110)),
    ]);
  }
  for (let top = 0; top < 4096; top++)
    for (const low of [0, 0xfffff, random() & 0xfffff, random() & 0xfffff])
      words.push([0, -1, random(), random()][words.length & 3]!, (top << 20) | low);
  return Float64Array.from([
    ...new Float64Array(Int32Array.from(words).buffer),
    ...Array.from({ length: 16000 }, (_, i) => inside(i % 3 === 0 ? 2 : 760)),
  ]);
}
const ranges = { float32: range("float32"), float64: range("float64") };

const plain = <T>(run: () => T): T => withKernels([], run);
const vectors = <T>(run: () => T): T => withKernels([wasmKernels], run);

/** `slack` units of what would be near 1 are forgiven. */
function expectWithin(allowed: number, got: Tensor, wanted: Tensor, at: (i: number) => string, slack = 0): void {
  const [a, b] = [got.toTypedArray(), wanted.toTypedArray()];
  expect(got.dtype).toBe(wanted.dtype);
  a.forEach((value, i) => {
    const near =
      allowed > 0 && value !== 0 && b[i] !== 0 ? ulps(value, b[i]!, got.dtype) <= allowed : Object.is(value, b[i]);
    const close = Math.abs(value - b[i]!) <= slack * 2 ** (got.dtype === "float32" ? -23 : -52);
    if (!near && !close) throw new Error(`${value} at ${at(i)}, plain ${b[i]}`);
  });
}

const hasKernel = ({ program }: ElementwiseOp): boolean => wasmKernels.elementwise!(program) !== null;
const operations = cases.filter(({ op }) => op instanceof ElementwiseOp && hasKernel(op));
test("what has a kernel", () => {
  expect(operations.map(({ name }) => name).join(" ")).toMatchInlineSnapshot(
    `"gelu, the operation gelu on [[2,3]] hardsigmoid hardswish mish silu softsign add, the operation add on [[2,3],[2,3]] ceil clamp, the operation clamp on [[2,3],[2,3],[2,3]] div, the operation div on [[2,3],[2,3]] floor log10 log2 round, the operation round on [[2,3]] trunc sub, the operation sub on [[2,3],[2,3]] abs cos eq erf exp expm1 ge gt le log log1p lt maximum minimum mul ne neg pow reciprocal relu rsqrt sigmoid sign sin softplus, the operation softplus on [[2,3]] sqrt square tanh where between eluOp preluOp celuOp expOfQuotient geluSlope geluTanh geluTanhSlope mishSlope siluSlope logistic lowered powers, the operation pow on [[2,3]] powers, the operation pow on [[2,3]] powers, the operation pow on [[2,3]] powers, the operation pow on [[2,3]] powers, the operation pow on [[2,3]] powers, the operation pow on [[2,3]] powers, the operation pow on [[2,3]] sechSquare"`,
  );
});

describe.each(["float32", "float64"] as const)("every number of %s", (dtype) => {
  const numbers = ranges[dtype];
  /** The numbers in an order for each argument, so that neighbours differ in size. */
  const inputs = (of: Named): Tensor[] =>
    of.domain.map((_, k) => {
      const mixed = numbers.map((_, i) => numbers[(i * [5, 13, 17][k]!) % numbers.length]!);
      const condition = k < (of.op as ElementwiseOp).conditions;
      return fromTypedArray(condition ? Uint8Array.from(mixed, (x) => +(x > 0)) : mixed, [mixed.length]) as Tensor;
    });
  test.each(each(operations))("%s", (_, of) => {
    const x = inputs(of);
    const at = (i: number): string => x.map((input) => input.toTypedArray()[i]).join(", ");
    const run = (): Tensor => of.call(...x);
    expectWithin(UNITS[(of.op as ElementwiseOp).kernel] ?? 0, vectors(run), plain(run), at);
  });
  test.each(each(operations.filter(({ op }) => (op as ElementwiseOp).result !== "bool")))(
    "derivative of %s",
    (_, of) => {
      const x = inputs(of);
      const at = (i: number): string => x.map((input) => input.toTypedArray()[i]).join(", ");
      const first = (of.op as ElementwiseOp).conditions;
      const run = (): Tensor => grad((y: Tensor) => sum(of.call(...x.with(first, y))) as Tensor)(x[first]!);
      // Its terms, near 1, may cancel
      expectWithin(8, vectors(run), plain(run), at, 16);
    },
  );
});

test.each(["float32", "float64"] as const)("powers of one exponent are powers, of %s", (dtype) => {
  const numbers = ranges[dtype];
  const x = fromTypedArray(numbers, [numbers.length]);
  for (const exponent of [2, 3, 4, -1, -2, 0.5, -0.5, 7, -7, 3.625]) {
    const wanted = fromTypedArray(
      numbers.map((value) => Math.pow(value, exponent)),
      [numbers.length],
    );
    for (const under of [vectors, plain])
      expectWithin(2, under(() => pow(x, exponent)), wanted, (i) => `${numbers[i]} ** ${exponent}`); // prettier-ignore
  }
});

test("no two operations have a kernel name in common", () => {
  const ops = new Set(cases.flatMap(({ op }) => (op instanceof ElementwiseOp ? op : [])));
  expect(new Set([...ops].map(({ kernel }) => kernel)).size).toBe(ops.size);
});

test("broadcasting, in all the ways that a block is filled", () => {
  const sizes = fc.constantFrom<number[]>(
    [300, 1],
    [40, 9],
    [2, 7000],
    [3, 20, 30],
    [2, 3, 4, 50],
    [5000],
    [17, 1, 300],
  );
  const operand = (shape: number[]): fc.Arbitrary<Data> =>
    fc
      .record({ drop: fc.integer({ min: 0, max: shape.length }), ones: fc.integer({ min: 0, max: 15 }) })
      .map(({ drop, ones }) => shape.map((size, d) => ((ones >> d) & 1 ? 1 : size)).slice(drop))
      .chain((narrow) => dataOf([count(narrow)], [-4, 4]).map((data) => ({ ...data, shape: narrow })));
  law(
    sizes.chain((shape) =>
      fc.tuple(operand(shape), operand(shape), fc.constantFrom<Data["dtype"]>(undefined, "float32")),
    ),
    ([a, b, dtype]) => {
      const [x, y] = [make({ ...a, dtype }), make({ ...b, dtype })];
      for (const run of [(): Tensor => mul(add(x, y), y), (): Tensor => x.lt(y)])
        expectWithin(0, vectors(run), plain(run), String);
    },
    ([a, b]) => `${literal(a)} and ${literal(b)}`,
    60,
  );
});

test("programs of several steps, whose values share places", () => {
  const does: Record<string, (a: number, b: number, c: number) => number> = {
    neg: (a) => -a,
    add: (a, b) => a + b,
    sub: (a, b) => a - b,
    maximum: (a, b) => Math.max(a, b),
    ne: (a, b) => (a === b ? 0 : 1),
    where: (c, a, b) => (c === 0 ? b : a),
  };
  const programs = fc
    .record({
      arity: fc.integer({ min: 1, max: 3 }),
      constants: fc.array(fc.constantFrom(0, 0, 0, -0, 2, NaN), { maxLength: 2 }),
    })
    .chain((values) => {
      const before = values.arity + values.constants.length;
      const step = (i: number) =>
        fc.constantFrom(...Object.keys(does), "ne", "where").chain((name) => {
          const count = does[name]!.length;
          const from = fc.array(fc.nat(before + i - 1), { minLength: count, maxLength: count });
          return fc.record({ name: fc.constant(name), from });
        });
      const steps = fc
        .integer({ min: 1, max: 6 })
        .chain((n) => fc.tuple(...Array.from({ length: n }, (_, i) => step(i))));
      return steps.map((of): Program => ({ ...values, steps: of }));
    });
  const matrices = fc.record({
    program: programs,
    size: fc.constantFrom([1, 300], [3, 40], [1, 70_000], [2, 40_000], [700, 100]),
    steps: fc.array(fc.constantFrom("whole", "row", "column", "one"), { minLength: 3, maxLength: 3 }),
  });
  law(
    matrices,
    ({ program, size: [rows = 0, columns = 0], steps }) => {
      const data = Float64Array.from({ length: rows * columns + 2 }, (_, i) => (i * 7) % 11 - 5); // prettier-ignore
      const inputs = Array.from({ length: program.arity }, () => ({ data }));
      const rowSteps = steps.map((x) => (x === "whole" ? columns : x === "column" ? 1 : 0));
      const columnSteps = steps.map((x) => (x === "whole" || x === "row" ? 1 : 0));
      const first = [0, 1, 2];
      const out = new Float64Array(rows * columns);
      expect(wasmKernels.elementwise!(program)!(out, 0, rows, columns, inputs, first, rowSteps, columnSteps)).toBe(
        true,
      );
      const wanted = out.map((_, i) => {
        const [row, column] = [Math.floor(i / columns), i % columns];
        const values = inputs.map((x, k) => x.data[first[k]! + row * rowSteps[k]! + column * columnSteps[k]!]!);
        values.push(...program.constants);
        for (const { name, from } of program.steps) {
          const [a = 0, b = 0, c = 0] = from.map((x) => values[x]!);
          values.push(does[name]!(a, b, c));
        }
        return values.at(-1)!;
      });
      expect(out.findIndex((x, i) => !Object.is(x, wanted[i]))).toBe(-1);
    },
    (sample) => JSON.stringify(sample),
    200,
  );
});

describe("sets are asked for a program", () => {
  const x = fromTypedArray(new Float64Array(256).fill(1), [256]) as Tensor;
  const filling = (fill: number): KernelSet => ({
    name: `all ${fill}`,
    elementwise: ({ steps }) =>
      steps.some(({ name }) => name !== "exp")
        ? null
        : (out, o, rows, columns) => (out.fill(fill, o, o + rows * columns), true),
  });
  const first = (y: Tensor): number => y.toTypedArray()[0]!;

  test("in turn, and the plain kernels do what none takes", () => {
    setKernels([
      { name: "none", elementwise: () => null },
      { name: "later", elementwise: () => () => false },
      filling(7),
    ]);
    expect(first(x.exp())).toBe(7);
    expect(first(x.neg())).toBe(-1);
    setKernels([filling(8)]);
    expect(first(x.exp())).toBe(8);
    setKernels([]);
    expect(first(x.exp())).toBe(Math.E);
  });
  test("of the steps that operations in a derivative are made of", () => {
    const asked: Program[] = [];
    setKernels([{ name: "asks", elementwise: (program) => (asked.push(program), null) }]);
    grad((y: Tensor) => sum(y.sqrt()))(x); // t·½·x^−½
    expect(asked.at(-1)).toEqual({
      arity: 2,
      constants: [0.5],
      steps: [
        { name: "mul", from: [1, 2] },
        { name: "sqrt", from: [0] },
        { name: "reciprocal", from: [4] },
        { name: "mul", from: [3, 5] },
      ],
    });
  });
  test("of several steps, for a derivative", () => {
    const asked: unknown[] = [];
    setKernels([{ name: "asks", elementwise: (program) => (asked.push(program), null) }]);
    grad((y: Tensor) => sum(y.tanh()))(x);
    expect(asked).toMatchInlineSnapshot(`
      [
        {
          "arity": 1,
          "constants": [],
          "steps": [
            {
              "from": [
                0,
              ],
              "name": "tanh",
            },
          ],
        },
        {
          "arity": 2,
          "constants": [],
          "steps": [
            {
              "from": [
                0,
              ],
              "name": "sechSquare",
            },
            {
              "from": [
                1,
                2,
              ],
              "name": "mul",
            },
          ],
        },
      ]
    `);
  });
  test("and those that decline after a first block are helped out, also over the input", () => {
    const [rows, other] = [fromTypedArray(new Float64Array(1200).fill(2), [2, 20, 30]), fromTypedArray(new Float64Array(60).fill(3), [2, 1, 30])] as Tensor[]; // prettier-ignore
    let calls = 0;
    setKernels([
      {
        name: "first",
        elementwise: () => (out, o, high, wide) => calls++ === 0 && (out.fill(5, o, o + high * wide), true),
      },
    ]);
    expect(add.op.overwrite(rows!, other!).toTypedArray()).toEqual(new Float64Array(1200).fill(5));
    expect(calls).toBe(2);
  });
  test("but not for a few elements", () => {
    setKernels([filling(7)]);
    expect(first(x.slice(0, { end: 255 }).exp() as Tensor)).toBe(Math.E);
  });
});
