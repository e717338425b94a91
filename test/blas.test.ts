import { blas } from "@chainrule/blas";
import { Generator, kernelInfo, type MatmulKernel, type Tensor, type TypedArray } from "@chainrule/core";
import { grad, matmul, setKernels, slice } from "@chainrule/core";
import * as fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { multipliesRightly } from "../packages/blas/src/probe.ts";
import { law } from "./support/law.ts";

// What `CHAINRULE_REQUIRE` names must be there; without it, tests of what is absent are skipped.
const absent = blas.matmul === undefined;
const required = (process.env["CHAINRULE_REQUIRE"] ?? "").split(" ").includes("blas");
const multiply: NonNullable<typeof blas.matmul> = (...product) => blas.matmul!(...product);

const chosen = setKernels([]);
setKernels(chosen);
afterEach(() => void setKernels(chosen));

test("importing the package puts it in front, and kernelInfo says with what it computes", () => {
  expect(chosen[0]).toBe(blas);
  expect(kernelInfo()[0]).toEqual({ name: "blas", detail: blas.detail!() });
  if (required) expect(blas.detail!()).not.toContain("not used");
});

/** A matrix in memory: where its first element lies, and its steps. */
interface Laid {
  readonly data: TypedArray;
  readonly first: number;
  readonly row: number;
  readonly column: number;
}

test("a library that multiplies wrongly is found out", () => {
  const plain: MatmulKernel = (out, o, m, n, k, a, ai, aRow, aColumn, b, bi, bRow, bColumn) => {
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let p = 0; p < k; p++) sum += a[ai + i * aRow + p * aColumn]! * b[bi + p * bRow + j * bColumn]!;
        out[o + i * n + j] = sum;
      }
    return true;
  };
  const wrong =
    (change: (out: TypedArray) => void): MatmulKernel =>
    (out, ...rest) => {
      plain(out, ...rest);
      change(out);
      return true;
    };
  expect(multipliesRightly(plain)).toBe(true);
  expect(multipliesRightly(() => true)).toBe(false);
  expect(multipliesRightly(wrong((out) => (out[7777]! += 1)))).toBe(false);
  expect(multipliesRightly(wrong((out) => out.subarray(40, 60).fill(0)))).toBe(false);
  expect(multipliesRightly(wrong((out) => (out[29_999] = NaN)))).toBe(false);
});

/** The package and core anew, in surroundings that \`change\` makes. */
async function anew(): Promise<{ info: { name: string; detail: string }; warnings: string[] }> {
  vi.resetModules();
  const warn = vi.spyOn(console, "warn").mockReturnValue();
  try {
    const core = await import("@chainrule/core");
    await import("@chainrule/blas");
    return { info: core.kernelInfo()[0]!, warnings: warn.mock.calls.map(String) };
  } finally {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  }
}

describe("without a library everything goes on, and one line on stderr says what to do", () => {
  test("where the one that is asked for is not there", async () => {
    vi.stubEnv("CHAINRULE_BLAS", "/nowhere/libblas.so");
    const { info, warnings } = await anew();
    expect(info.detail).toContain("not used: CHAINRULE_BLAS is /nowhere/libblas.so, which does not serve (");
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("/nowhere/libblas.so");
  });

  test.skipIf(process.platform !== "linux")("where it has no CBLAS functions", async () => {
    vi.stubEnv("CHAINRULE_BLAS", "libc.so.6");
    const { info } = await anew();
    expect(info.detail).toContain("not used: CHAINRULE_BLAS is libc.so.6, which does not serve (");
  });

  test("where koffi is missing", async () => {
    vi.spyOn(process, "getBuiltinModule").mockReturnValue({
      createRequire: () => () => {
        throw new Error("Cannot find module 'koffi'\nRequire stack: …");
      },
    });
    const { info, warnings } = await anew();
    expect(info.detail).toMatchInlineSnapshot(
      `"not used: koffi, which calls the library, does not load (Cannot find module 'koffi'); install it again without omitting optional dependencies"`,
    );
    expect(warnings).toMatchInlineSnapshot(`
      [
        "@chainrule/blas is not used: koffi, which calls the library, does not load (Cannot find module 'koffi'); install it again without omitting optional dependencies; everything goes on with the other kernels.",
      ]
    `);
  });

  test("where there is no Node", async () => {
    vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined);
    expect((await anew()).info.detail).toBe("not used: native libraries need Node");
  });
});

describe.skipIf(absent && !required)("a matrix product by BLAS", () => {
  const size = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 6, max: 70 }));
  /** Rows or columns next to each other, with room between the rows or columns and before the first. */
  const layout = fc.record({
    transposed: fc.boolean(),
    gap: fc.constantFrom(0, 0, 1, 3),
    before: fc.constantFrom(0, 0, 7),
  });
  const special = fc.record({ at: fc.nat(), value: fc.constantFrom(NaN, Infinity, -Infinity, -0) });
  const problem = fc.record({
    m: size,
    k: size,
    n: size,
    layouts: fc.tuple(layout, layout),
    specials: fc.tuple(fc.array(special, { maxLength: 2 }), fc.array(special, { maxLength: 2 })),
    single: fc.boolean(),
    seed: fc.nat(),
  });
  type Layout = typeof layout extends fc.Arbitrary<infer L> ? L : never;

  function lay(values: number[], rows: number, columns: number, how: Layout, single: boolean): Laid {
    const [inner, outer] = how.transposed ? [rows, columns] : [columns, rows];
    const step = inner + how.gap;
    const data = new (single ? Float32Array : Float64Array)(how.before + outer * step).fill(NaN);
    const [row, column] = how.transposed ? [1, step] : [step, 1];
    values.forEach((value, i) => {
      data[how.before + Math.floor(i / columns) * row + (i % columns) * column] = value;
    });
    return { data, first: how.before, row, column };
  }

  test("differs from the sum of products by rounding only, in all layouts it takes", () => {
    law(
      problem,
      ({ m, k, n, layouts, specials, single, seed }) => {
        const random = new Generator(seed);
        const values = (count: number, which: 0 | 1): number[] => {
          const list = [...random.randn([count]).toTypedArray()].map((x) => (single ? Math.fround(x) : x));
          if (count > 0) for (const { at, value } of specials[which]) list[at % count] = value;
          return list;
        };
        const [x, y] = [values(m * k, 0), values(k * n, 1)];
        const [a, b] = [lay(x, m, k, layouts[0], single), lay(y, k, n, layouts[1], single)];
        const out = new (single ? Float32Array : Float64Array)(m * n + 4).fill(7);
        const done = multiply(out, 2, m, n, k, a.data, a.first, a.row, a.column, b.data, b.first, b.row, b.column);
        expect(done).toBe(m * n * k > 0);
        expect([...out.slice(0, 2), ...out.slice(-2)]).toEqual([7, 7, 7, 7]);
        if (!done) return;
        for (let i = 0; i < m; i++)
          for (let j = 0; j < n; j++) {
            let [sum, scale] = [0, 0];
            for (let p = 0; p < k; p++) {
              sum += x[i * k + p]! * y[p * n + j]!;
              scale += Math.abs(x[i * k + p]! * y[p * n + j]!);
            }
            const got = out[2 + i * n + j]!;
            // Higham's bound for a sum of k products in any order
            const allowed = (k + 1) * 2 ** (single ? -24 : -53) * scale;
            if (!(Math.abs(got - sum) <= 2 * allowed) && !Object.is(got, sum))
              throw new Error(`${got} at ${i}, ${j}, expected ${sum}`);
          }
      },
      fc.stringify,
      60,
    );
  });

  test("y ← α·x + β·y differs from the sum by rounding only", () => {
    const factor = fc.constantFrom(0, 1, -0.5, 3);
    const [size, offset] = [fc.integer({ min: 0, max: 70 }), fc.constantFrom(0, 3)];
    const problem = fc.record({ n: size, alpha: factor, beta: factor, xi: offset, yi: offset, single: fc.boolean() });
    law(
      problem,
      ({ n, alpha, beta, xi, yi, single }) => {
        const random = (seed: number): Float32Array | Float64Array =>
          new (single ? Float32Array : Float64Array)(new Generator(seed).randn([n + 5]).toTypedArray());
        const [x, y] = [random(1), random(2)];
        if (beta === 0) y.fill(NaN, yi, yi + n);
        const before = y.slice();
        blas.axpby!(n, alpha, x, xi, beta, y, yi);
        for (let i = 0; i < y.length; i++) {
          const inside = i >= yi && i < yi + n;
          const [ax, by] = inside ? [alpha * x[xi + i - yi]!, beta === 0 ? 0 : beta * before[i]!] : [0, before[i]!];
          const allowed = inside ? 2 ** (single ? -22 : -51) * (Math.abs(ax) + Math.abs(by)) : 0;
          expect(Math.abs(y[i]! - (ax + by))).toBeLessThanOrEqual(allowed);
        }
      },
      fc.stringify,
    );
  });

  test("a sum or difference of a matrix and a matrix, a row or a column has the plain bits, written over the first or not", () => {
    const kinds = { whole: [1, 1], row: [0, 1], column: [1, 0] } as const;
    law(
      fc.record({
        rows: fc.integer({ min: 1, max: 9 }),
        columns: fc.oneof(
          { arbitrary: fc.integer({ min: 1, max: 70 }), weight: 60 },
          { arbitrary: fc.constant(33_000), weight: 1 },
        ),
        kind: fc.constantFrom(...(Object.keys(kinds) as (keyof typeof kinds)[])),
        name: fc.constantFrom("add", "sub"),
        turned: fc.boolean(),
        over: fc.boolean(),
        single: fc.boolean(),
        seed: fc.nat(),
      }),
      ({ rows, columns, kind, name, turned, over, single, seed }) => {
        const random = new Generator(seed);
        const make = (size: number): Float32Array | Float64Array =>
          new (single ? Float32Array : Float64Array)(random.randn([size]).toTypedArray());
        const size = rows * columns;
        const out = over ? make(size + 5) : make(size + 9);
        const x = over ? out : make(size + 3);
        const other = make(size + 4);
        const [tall, wide] = kinds[kind];
        const first = { data: x, at: over ? 2 : 3, row: columns, column: 1 };
        const second = { data: other, at: 4, row: tall * (wide === 1 ? columns : 1), column: wide };
        const [a, b] = turned && !over ? [second, first] : [first, second];
        const wanted = out.slice();
        for (let i = 0; i < rows; i++)
          for (let j = 0; j < columns; j++) {
            const [u, v] = [a, b].map(({ data, at, row, column }) => data[at + i * row + j * column]!) as [
              number,
              number,
            ];
            wanted[2 + i * columns + j] = name === "add" ? u + v : u - v;
          }
        const program = { arity: 2, constants: [], steps: [{ name, from: [0, 1] }] };
        const done = blas.elementwise!(program)!(
          out, 2, rows, columns, [a, b], [a.at, b.at], [a.row, b.row], [a.column, b.column],
        ); // prettier-ignore
        if (kind === "whole" || (columns >= 32 && (name === "add" || a === first))) expect(done).toBe(true);
        if (done) expect(out).toEqual(wanted);
      },
      fc.stringify,
      200,
    );
  });

  test("programs of other operations, or of other arguments, are left to others", () => {
    const program = (name: string, from: number[]) => ({ arity: 2, constants: [], steps: [{ name, from }] });
    expect(blas.elementwise!(program("mul", [0, 1]))).toBeNull();
    expect(blas.elementwise!(program("sub", [1, 0]))).toBeNull();
    expect(blas.elementwise!({ ...program("add", [0, 1]), steps: [{ name: "add", from: [0, 1] }, { name: "add", from: [0, 2] }] })).toBeNull(); // prettier-ignore
    expect(blas.runs!("max")).toBeNull();
    expect(blas.runs!("sum")!(new Float64Array(1), 0, new Float64Array(300), 0, 1, 300, 1)).toBe(false);
  });

  test("sums of floats, along any dims, are right to 3 units of the sum of their sizes", () => {
    const part = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(255, 256, 257, 700));
    law(
      fc.record({ outer: part, length: fc.oneof(part, fc.constantFrom(20_001)), inner: part, before: fc.constantFrom(0, 3), seed: fc.nat() }), // prettier-ignore
      ({ outer, length, inner, before, seed }) => {
        if (outer * length * inner > 1e6) return;
        const values = new Generator(seed).randn([before + outer * length * inner]).toTypedArray();
        // Where all are equal, errors do not cancel.
        const x = seed % 2 === 0 ? new Float32Array(values) : new Float32Array(values.length).fill(values[0]!);
        const out = new Float32Array(outer * inner + 3).fill(7);
        const done = blas.runs!("sum")!(out, 2, x, before, outer, length, inner);
        expect(done || outer > 1).toBe(true);
        expect([out[0], out[1], out.at(-1)]).toEqual([7, 7, 7]);
        if (!done) return;
        for (let i = 0; i < outer; i++)
          for (let j = 0; j < inner; j++) {
            let [sum, scale] = [0, 0];
            for (let p = 0, at = before + i * length * inner + j; p < length; p++, at += inner) {
              sum += x[at]!;
              scale += Math.abs(x[at]!);
            }
            const got = out[2 + i * inner + j]!;
            if (!(Math.abs(got - sum) <= 3 * 2 ** -23 * scale))
              throw new Error(`${got} at ${i}, ${j}, expected ${sum}`);
          }
      },
      fc.stringify,
      60,
    );
  });

  test("sums hold NaN and infinities", () => {
    const x = new Float32Array(1000).fill(1);
    const sum = (change: (x: Float32Array) => void): number => {
      const changed = x.slice();
      change(changed);
      const out = new Float32Array(1).fill(NaN);
      blas.runs!("sum")!(out, 0, changed, 0, 1, 1000, 1);
      return out[0]!;
    };
    expect([sum(() => {}), sum((y) => (y[7] = NaN)), sum((y) => (y[999] = Infinity)), sum((y) => y.set([Infinity, -Infinity], 500))]).toEqual([1000, NaN, Infinity, NaN]); // prettier-ignore
  });

  test("leaves to others what has no unit step, or overlaps", () => {
    const data = new Float64Array(1000).fill(1);
    const out = new Float64Array(16).fill(7);
    for (const [row, column] of [[0, 0], [0, 1], [1, 0], [10, 2], [-4, 1], [1, -4], [3, 1], [1, 3]] as const) {
      expect(multiply(out, 0, 4, 4, 4, data, 500, row, column, data, 0, 4, 1)).toBe(false);
      expect(multiply(out, 0, 4, 4, 4, data, 0, 4, 1, data, 500, row, column)).toBe(false);
    } // prettier-ignore
    expect([...new Set(out)]).toEqual([7]);
  });

  test("serves tensors: batches, views, derivatives", () => {
    const random = new Generator(1);
    const x = random.randn([3, 40, 30]);
    const w = slice(random.randn([50, 31]), 1, { start: 1 }).transpose();
    const program = (): Tensor[] => [
      matmul(x, w),
      ...grad((x: Tensor, w: Tensor) => matmul(x, w).tanh().sum(), { argnums: [0, 1] })(x, w),
    ];
    let calls = 0;
    setKernels([{ ...blas, name: "counted", matmul: (...product) => multiply(...product) && ++calls > 0 }]);
    const fast = program();
    expect(calls).toBeGreaterThan(3);
    setKernels([]);
    // prettier-ignore
    program().forEach((plain, i) => expect(fast[i]!.sub(plain).abs().max().item()).toBeLessThan(1e-12));
  });
});
