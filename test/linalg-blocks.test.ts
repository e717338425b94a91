import type { Tensor } from "@chainrule/core";
import {
  eye,
  fromTypedArray,
  Generator,
  grad,
  MatrixError,
  setKernels,
  slogdet,
  solve,
  solveTriangular,
  tril,
  triu,
  wasmKernels,
} from "@chainrule/core";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { law } from "./support/law.ts";
import { lay, layouts } from "./support/layout.ts";
import { across, determinant, expectNear, factor, invert, multiply, size } from "./support/matrices.ts";

// Matrices that are cut into blocks, by plain kernels and by others: residuals, and what rounding and overflow must not change.

const half = (x: Tensor, upper: boolean, diagonal: number): Tensor => (upper ? triu : tril)(x as never, diagonal);

interface Sample {
  readonly n: number;
  readonly seed: number;
  readonly wasm: boolean;
  readonly how: string;
}
const samples = fc.record({
  n: fc.integer({ min: 17, max: 90 }),
  seed: fc.nat(1e6),
  wasm: fc.boolean(),
  how: fc.constantFrom(...layouts),
});
type Random = (...shape: number[]) => Tensor;
function blockLaw(holds: (of: Sample, randn: Random) => void, runs = 30): void {
  const check = (of: Sample): void => {
    const generator = new Generator(of.seed);
    const randn: Random = (...shape) => {
      return lay({ shape, values: Array.from((generator.randn(shape) as Tensor).toTypedArray()) }, of.how);
    };
    const before = setKernels(of.wasm ? [wasmKernels] : []);
    try {
      holds(of, randn);
    } finally {
      setKernels(before);
    }
  };
  law(
    samples,
    check,
    ({ n, seed, wasm, how }) => `// n = ${n}, seed ${seed}, ${wasm ? "wasm" : "plain"}, ${how}`,
    runs,
  );
}
/** Every element of a row-major matrix, by its place. */
const filled = (n: number, of: (i: number, j: number) => number): Tensor =>
  fromTypedArray(
    Float64Array.from({ length: n * n }, (_, p) => of(Math.floor(p / n), p % n)),
    [n, n],
  ) as Tensor;

describe("to the last digits", () => {
  test("solve and inverse", () => {
    blockLaw(({ n, seed }, randn) => {
      const [a, b] = [randn(n, n), randn(n, seed % 8 === 0 ? 600 : 1 + (seed % 40))];
      const x = solve(a, b) as Tensor;
      expectNear(multiply(a, x), b, n, n * size(a) * size(x));
      const y = solve(a, across(b), { left: false }) as Tensor;
      expectNear(multiply(y, a), across(b), n, n * size(a) * size(y));
      const inverted = invert(a);
      expectNear(multiply(a, inverted), eye(n) as Tensor, n, n * size(a) * size(inverted));
    });
  });

  test("solveTriangular, on either side", () => {
    blockLaw(({ n, seed }, randn) => {
      const values = Array.from(randn(n, n).div(n).add(eye(n)).toTypedArray());
      const a = lay({ shape: [n, n], values }, layouts[seed % layouts.length]!);
      const b = randn(n, 1 + (seed % 40));
      for (const upper of [false, true])
        for (const unitriangular of [false, true]) {
          const t = half(a, upper, upper ? 1 : -1).add(unitriangular ? eye(n) : a.mul(eye(n))) as Tensor;
          const x = solveTriangular(a, b, { upper, unitriangular }) as Tensor;
          expectNear(multiply(t, x), b, n, n * size(x));
          const y = solveTriangular(a, across(b), { upper, unitriangular, left: false }) as Tensor;
          expectNear(multiply(y, t), across(b), n, n * size(y));
        }
    });
  });

  test("cholesky and slogdet", () => {
    blockLaw(({ n }, randn) => {
      const x = randn(n, n);
      const a = multiply(x, across(x)).add(eye(n)) as Tensor;
      const l = factor(a);
      expectNear(multiply(l, across(l)), a, n, size(a));
      expectNear(half(l, false, 0), l, 0, 0);
      const { sign, logabsdet } = slogdet(a) as { sign: Tensor; logabsdet: Tensor };
      expect(sign.item()).toBe(1);
      expectNear(logabsdet, l.diagonal().log().sum().mul(2) as Tensor, n * n, n);
    });
  });

  test("the gradient of det, where A has full rank and where it lacks one", () => {
    blockLaw(({ n, seed }, randn) => {
      const full = randn(n, n).div(Math.sqrt(n)).toArray() as number[][];
      if (seed % 2 === 0) full[seed % n] = full[(seed + 1) % n]!.map((v, j) => v + full[(seed + 2) % n]![j]!);
      const a = filled(n, (i, j) => full[i]![j]!);
      a.requiresGrad = true;
      const value = determinant(a);
      const cofactors = (grad as (y: Tensor, x: Tensor) => Tensor)(value, a);
      expectNear(multiply(across(a), cofactors), eye(n).mul(value) as Tensor, 64 * n, n * size(a) * size(cofactors));
      expect(size(cofactors)).toBeGreaterThan(0);
    });
  });
});

describe("as without blocks", () => {
  test("0 takes nothing away, not even of an infinity", () => {
    blockLaw(({ n }, randn) => {
      const t = half(randn(n, n).mul(randn(n, n).gt(1)), false, -1).add(eye(n).mul(2)) as Tensor;
      const b = randn(n, 3).div(randn(n, 3).gt(-2)) as Tensor;
      const [rows, wanted] = [t.toArray() as number[][], b.toArray() as number[][]];
      for (let i = 0; i < n; i++)
        for (let j = 0; j < 3; j++) {
          for (let p = 0; p < i; p++) if (rows[i]![p] !== 0) wanted[i]![j]! -= rows[i]![p]! * wanted[p]![j]!;
          wanted[i]![j]! /= 2;
        }
      const kind = (v: number): unknown => (Number.isFinite(v) ? "finite" : v);
      const x = solveTriangular(t, b, { upper: false }).toArray() as number[][];
      expect(x.map((row) => row.map(kind))).toEqual(wanted.map((row) => row.map(kind)));
    });
  });

  test("infinities and NaN on a diagonal", () => {
    blockLaw(({ n, seed }) => {
      const at = seed % n;
      const infinite = filled(n, (i, j) => (i !== j ? 0 : i === at ? Infinity : 2));
      const inverted = filled(n, (i, j) => (i !== j || i === at ? 0 : 0.5));
      expect(invert(infinite).toArray()).toEqual(inverted.toArray());
      expect(determinant(infinite).item()).toBe(Infinity);
      expect(size(factor(infinite))).toBe(Infinity);
      expect(determinant(filled(n, (i, j) => (i !== j ? 0 : i === at ? NaN : 2))).item()).toBeNaN();
      expect(determinant(filled(n, (i, j) => (i === n - 1 && j === 0 ? NaN : i === j ? 2 : 0))).item()).toBeNaN();
    });
  });

  test("equal rows leave exactly 0", () => {
    blockLaw(({ n, seed }, randn) => {
      const rows = randn(n, n).toArray() as number[][];
      rows[seed % n] = rows[(seed * 7 + 1) % n]!.map((v) => (seed % 7 === 6 ? v : v * -2));
      if (seed % n === (seed * 7 + 1) % n) return;
      const a = filled(n, (i, j) => rows[i]![j]!);
      expect(Math.abs(determinant(a).item())).toBe(0);
      expect(() => invert(a)).toThrow(MatrixError);
    });
  });

  test("and so they do where pivots before them magnify what rounding leaves", () => {
    const rows = new Generator(1587).randn([50, 50]).toArray() as number[][];
    rows[37] = rows[10]!.map((v) => v * -2);
    expect(Math.abs(determinant(filled(50, (i, j) => rows[i]![j]!)).item())).toBe(0);
  });

  test("cholesky names the first minor that is not positive", () => {
    blockLaw(({ n, seed }, randn) => {
      const x = randn(n, n);
      const at = seed % n;
      const wrong = seed % 2 === 0 ? NaN : -1;
      const a = multiply(x, across(x)).add(eye(n)).toArray() as number[][];
      a[at]![at] = wrong;
      expect(() => factor(filled(n, (i, j) => a[i]![j]!))).toThrow(`minor of order ${at + 1} is not positive`);
    });
  });
});
