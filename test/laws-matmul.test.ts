import { setKernels, wasmKernels } from "@chainrule/core";
import { relaxedKernels } from "@chainrule/core/relaxed";
import * as fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { matmulKernel } from "../packages/core/src/kernels/matmul.ts";
import { law } from "./support/law.ts";

// The matrix products of WebAssembly against the plain ones, at the sizes where they change their ways: tiles of 4 × 8 and 4 × 4, 256
// terms, 128 rows, blocks of 1024, and few rows or columns. Layouts have steps of any size and sign.

const before = setKernels([]);
afterAll(() => void setKernels(before));

type Numbers = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;
interface Matrix {
  readonly data: Numbers;
  readonly first: number;
  readonly row: number;
  readonly column: number;
}
interface Sizes {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}
const LAYOUTS = ["rows", "columns", "wide rows", "wide columns", "steps", "backwards"] as const;
type Layout = (typeof LAYOUTS)[number];

/** The matrix of these elements in memory, with NaN around it. */
function lay(
  rows: number,
  columns: number,
  layout: Layout,
  single: boolean,
  of: (i: number, j: number) => number,
): Matrix {
  const steps: Record<Layout, [row: number, column: number]> = {
    rows: [columns, 1],
    columns: [1, rows],
    "wide rows": [columns + 3, 1],
    "wide columns": [1, rows + 5],
    steps: [2 * columns + 1, 2],
    backwards: [-columns, -1],
  };
  const [row, column] = steps[layout];
  const reach = Math.abs(row) * (rows - 1) + Math.abs(column) * (columns - 1) + 1;
  const data = single ? new Float32Array(reach + 4).fill(NaN) : new Float64Array(reach + 4).fill(NaN);
  const first = row < 0 ? reach + 1 : 2;
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) data[first + i * row + j * column] = of(i, j);
  return { data, first, row, column };
}

type Kernel = NonNullable<typeof wasmKernels.matmul>;
/** a·b, between two numbers that must stay as they are. */
function product(kernel: (...all: Parameters<Kernel>) => unknown, { m, n, k }: Sizes, a: Matrix, b: Matrix): Numbers {
  const out = a.data instanceof Float32Array ? new Float32Array(m * n + 2) : new Float64Array(m * n + 2);
  out[0] = out[m * n + 1] = 7;
  // prettier-ignore
  expect(kernel(out, 1, m, n, k, a.data, a.first, a.row, a.column, b.data, b.first, b.row, b.column)).not.toBe(false);
  expect([out[0], out[m * n + 1]]).toEqual([7, 7]);
  return out.subarray(1, m * n + 1);
}

/** Any number in [−1, 1) from two indices and a seed: whole numbers over 1024. */
const noise = (seed: number) => (i: number, j: number) =>
  (Math.imul(Math.imul(i + seed, 0x9e3779b1) ^ Math.imul(j + 77, 0x85ebca6b), 0xc2b2ae35) >> 21) / 1024;

const kernels: [string, Kernel][] = [wasmKernels, relaxedKernels].flatMap((set): [string, Kernel][] =>
  set.detail?.().startsWith("not used") ? [] : [[set.name, set.matmul!]],
);
const size = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(31, 32, 33, 64, 127, 129, 257));
const terms = fc.oneof(size, fc.constantFrom(255, 256, 257, 513, 1030));
const sizes = fc.record({ m: size, n: size, k: terms });
const sample = fc.record({
  sizes: fc.oneof(
    { weight: 30, arbitrary: sizes },
    {
      weight: 1,
      arbitrary: fc.constantFrom({ m: 1030, n: 1027, k: 9 }, { m: 2, n: 1100, k: 1100 }, { m: 1100, n: 3, k: 1100 }),
    },
  ),
  layouts: fc.tuple(fc.constantFrom(...LAYOUTS), fc.constantFrom(...LAYOUTS)),
  single: fc.boolean(),
  seed: fc.nat(1000),
});
type Sample = typeof sample extends fc.Arbitrary<infer S> ? S : never;
const operands = ({ sizes: { m, n, k }, layouts, single, seed }: Sample): [Matrix, Matrix] => [
  lay(m, k, layouts[0], single, noise(seed)),
  lay(k, n, layouts[1], single, noise(seed + 1)),
];
const show = ({ sizes: { m, n, k }, layouts, single }: Sample): string =>
  `// [${m},${k}] in ${layouts[0]} x [${k},${n}] in ${layouts[1]}, ${single ? "float32" : "float64"}`;

describe.each(kernels)("%s", (_, kernel) => {
  test("gives the plain kernel's products, to rounding", () => {
    law(
      sample,
      (of) => {
        const [a, b] = operands(of);
        const wanted = product(matmulKernel, of.sizes, a, b);
        const sum = product(
          matmulKernel,
          of.sizes,
          { ...a, data: a.data.map(Math.abs) },
          { ...b, data: b.data.map(Math.abs) },
        );
        // In whatever order, a sum of k products is off by at most k units of Σ|a·b| (Higham 2002, 3.1).
        const unit = (of.sizes.k + 1) * (of.single ? 2 ** -24 : 2 ** -53);
        product(kernel, of.sizes, a, b).forEach((value, i) => {
          if (!(Math.abs(value - wanted[i]!) <= unit * sum[i]!))
            throw new Error(`${value} at ${i}, expected ${wanted[i]}`);
        });
      },
      show,
      150,
    );
  });

  test("gives an element the same bits however the matrices lie, and whatever stands beside it", () => {
    law(
      fc.record({ of: sample, at: fc.tuple(fc.nat(), fc.nat()), part: fc.tuple(size, size) }),
      ({ of, at, part }) => {
        const { m, n, k } = of.sizes;
        const [a, b] = operands(of);
        const whole = product(kernel, of.sizes, a, b);
        const rows = lay(m, k, "rows", of.single, noise(of.seed));
        const columns = lay(k, n, "columns", of.single, noise(of.seed + 1));
        product(kernel, of.sizes, rows, columns).forEach((value, at) => {
          if (!Object.is(value, whole[at])) throw new Error(`${value} at ${at}, otherwise laid ${whole[at]}`);
        });
        const [i, j] = [at[0] % m, at[1] % n];
        const [height, width] = [Math.min(part[0], m - i), Math.min(part[1], n - j)];
        const inner = product(
          kernel,
          { m: height, n: width, k },
          { ...a, first: a.first + i * a.row },
          { ...b, first: b.first + j * b.column },
        );
        inner.forEach((value, at) => {
          const same = whole[(i + Math.floor(at / width)) * n + j + (at % width)];
          if (!Object.is(value, same)) throw new Error(`${value}, in the whole ${same}`);
        });
      },
      ({ of }) => show(of),
      60,
    );
  });

  test("passes NaN and infinities on as the plain one does", () => {
    const special = fc.constantFrom(NaN, Infinity, -Infinity, 0, -0);
    law(
      fc.record({
        of: sample,
        specials: fc.array(fc.tuple(fc.nat(), fc.nat(), special, fc.boolean()), { maxLength: 4 }),
      }),
      ({ of, specials }) => {
        const [a, b] = operands(of);
        const { m, n, k } = of.sizes;
        for (const [p, q, value, left] of specials) {
          if (left) a.data[a.first + (p % m) * a.row + (q % k) * a.column] = value;
          else b.data[b.first + (p % k) * b.row + (q % n) * b.column] = value;
        }
        const wanted = product(matmulKernel, of.sizes, a, b);
        product(kernel, of.sizes, a, b).forEach((value, i) => {
          if (Number.isFinite(wanted[i]) ? !Number.isFinite(value) : !Object.is(value, wanted[i]))
            throw new Error(`${value} at ${i}, expected ${wanted[i]}`);
        });
      },
      ({ of }) => show(of),
      60,
    );
  });
});
