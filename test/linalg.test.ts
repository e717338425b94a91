import type { Tensor } from "@chainrule/core";
import {
  cholesky,
  concat,
  eye,
  fromTypedArray,
  Generator,
  grad,
  MatrixError,
  slogdet,
  solve,
  solveTriangular,
  tensor,
  tril,
  triu,
  zeros,
} from "@chainrule/core";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { law, literal } from "./support/law.ts";
import { lay, layouts } from "./support/layout.ts";
import { across, determinant, expectNear, factor, invert, multiply, size } from "./support/matrices.ts";
import { type Data, dataOf } from "./support/sample.ts";

// Linear algebra by its laws, at sizes and conditions where the registry's small cases say little.

const lower = tril as (x: Tensor) => Tensor;
const slope = grad as (y: Tensor, x: Tensor, options?: { createGraph: boolean }) => Tensor;

const how = fc.constantFrom(...layouts);
const sides = fc.integer({ min: 1, max: 12 });
/** Square matrices of random numbers: seldom near singular, never safe. */
const square = (batch: number[] = []): fc.Arbitrary<Data> => sides.chain((n) => dataOf([...batch, n, n], [-4, 4]));
const systems = fc
  .tuple(
    sides,
    fc.integer({ min: 1, max: 5 }),
    fc.constantFrom<[number[], number[]]>([[], []], [[3], [3]], [[], [3]], [[2, 1], [3]]),
  ) // prettier-ignore
  .chain(([n, k, [left, right]]) =>
    fc.record({ a: dataOf([...left, n, n], [-4, 4]), b: dataOf([...right, n, k], [-4, 4]), hows: fc.tuple(how, how) }),
  );
type System = { a: Data; b: Data; hows: readonly [(typeof layouts)[number], (typeof layouts)[number]] };
const systemCode = ({ a, b, hows }: System): string =>
  `// ${hows.join(" and ")}\nconst [a, b] = [${literal(a)}, ${literal(b)}];`;
const isRegular = (x: Tensor): boolean => determinant(x).toArray().toString().split(",").every((d) => Math.abs(Number(d)) > 1e-6); // prettier-ignore

describe("solving", () => {
  test("A·solve(A, B) = B to the last digits, in any layout", () => {
    law(
      systems.filter(({ a }) => isRegular(lay(a, layouts[0]!))),
      ({ a, b, hows }) => {
        const [x, y] = [lay(a, hows[0]), lay(b, hows[1])];
        const solution = solve(x, y);
        const back = multiply(x, solution);
        expectNear(back, y.broadcastTo(back.shape) as Tensor, 8 * x.shape.at(-1)! ** 2, size(x) * size(solution));
        const left = solve(x, across(y), { left: false });
        const again = multiply(left, x);
        expectNear(again, across(y).broadcastTo(again.shape) as Tensor, 8 * x.shape.at(-1)! ** 2, size(x) * size(left));
      },
      systemCode,
      100,
    );
  });

  test("of a vector, and a vector for each matrix", () => {
    const a = tensor([[[2, 1], [1, 1]], [[1, 0], [0, 4]]]) as Tensor; // prettier-ignore
    expect(solve(a, tensor([3, 2])).toArray()).toEqual([[1, 1], [3, 0.5]]); // prettier-ignore
    expect(solve(a, tensor([[3, 2], [1, 4]])).toArray()).toEqual([[1, 1], [1, 1]]); // prettier-ignore
  });

  test("triangles: only theirs is read", () => {
    law(
      fc.record({
        of: systems,
        upper: fc.boolean(),
        unitriangular: fc.boolean(),
        left: fc.boolean(),
      }),
      ({ of: { a, b, hows }, upper, unitriangular, left }) => {
        const scale = (v: number, i: number): number => {
          const n = a.shape.at(-1)!;
          return Math.floor(i / n) % n === i % n ? 4 + Math.abs(v) : v / 4;
        };
        const whole = lay({ ...a, values: a.values.map(scale) }, hows[0]);
        const n = whole.shape.at(-1)!;
        const triangle = (upper ? triu : tril)(whole as never, unitriangular ? (upper ? 1 : -1) : 0) as Tensor;
        const t = unitriangular ? (triangle.add(eye(n)) as Tensor) : triangle;
        const y = left ? lay(b, hows[1]) : across(lay(b, hows[1]));
        const x = solveTriangular(whole, y, { upper, unitriangular, left });
        const back = left ? multiply(t, x) : multiply(x, t);
        expectNear(back, y.broadcastTo(back.shape) as Tensor, 4 * n * n, Math.max(size(t) * size(x), size(y)));
      },
      ({ of }) => systemCode(of),
      60,
    );
  });

  test("A·A⁻¹ = 1", () => {
    law(
      fc.record({ a: square([2]), how }).filter(({ a }) => isRegular(lay(a, layouts[0]!))),
      ({ a, how }) => {
        const x = lay(a, how);
        const y = invert(x);
        const n = x.shape.at(-1)!;
        expectNear(multiply(x, y), eye(n).broadcastTo(x.shape) as Tensor, 8 * n * n, size(x) * size(y));
      },
      ({ a }) => literal(a),
      60,
    );
  });

  test("float32 loses nothing before the end", () => {
    const a = tensor([[4, 1], [1, 3]], { dtype: "float32" }) as Tensor; // prettier-ignore
    expect(invert(a).dtype).toBe("float32");
    expect([...invert(a).toTypedArray()]).toEqual([3 / 11, -1 / 11, -1 / 11, 4 / 11].map(Math.fround));
    expect(invert(tensor([[2, 0], [0, 4]], { dtype: "int32" }) as Tensor).dtype).toBe("float64"); // prettier-ignore
  });
});

test("what both derivatives of a system need is solved again for a cotangent that has been overwritten", () => {
  const pull = grad as (y: Tensor, x: Tensor, options: { cotangent: Tensor }) => Tensor;
  for (const system of [solve, (a: Tensor, b: Tensor) => solveTriangular(a, b, { upper: false })]) {
    const a = tensor([[2, 1], [1, 1]], { requiresGrad: true }) as Tensor; // prettier-ignore
    const b = tensor([[3], [2]], { requiresGrad: true }) as Tensor;
    const x = system(a, b) as Tensor;
    const cotangent = tensor([[1], [0]]) as Tensor;
    pull(x, a, { cotangent });
    cotangent.assign([[0], [1]]);
    const wanted = system(across(a), tensor([[0], [1]]) as Tensor) as Tensor;
    expect(pull(x, b, { cotangent }).toArray()).toEqual(system === solve ? wanted.toArray() : [[-0.5], [1]]);
  }
});

describe("Cholesky", () => {
  const definite = fc.record({ a: square([2]), how });
  test("L·Lᵀ = A, with L lower triangular", () => {
    law(
      definite,
      ({ a, how }) => {
        const x = lay(a, how);
        const n = x.shape.at(-1)!;
        const s = multiply(x, across(x)).add(eye(n)) as Tensor;
        const l = factor(s);
        expectNear(multiply(l, across(l)), s, 4 * n);
        expectNear(lower(l), l, 0);
        expectNear(factor(s, { upper: true }), across(l), 0);
        // its derivative is that of the symmetric part
        const skew = x.sub(across(x)).mul(0.25);
        expectNear(factor(s.add(skew)), l, 64 * n * n);
      },
      ({ a }) => literal(a),
      60,
    );
  });
});

describe("determinants", () => {
  test("det(A·B) = det A · det B = sign · exp(logabsdet)", () => {
    law(
      sides.chain((n) => fc.tuple(dataOf([2, n, n], [-1, 1]), dataOf([2, n, n], [-1, 1]))),
      ([a, b]) => {
        const [x, y] = [a, b].map((data) => lay(data, layouts[0]!).add(eye(data.shape[1]!)) as Tensor) as [Tensor, Tensor]; // prettier-ignore
        const n = x.shape.at(-1)!;
        const product = determinant(x).mul(determinant(y));
        expectNear(determinant(multiply(x, y)), product, 1e4 * n, Math.max(1, size(product), 2 ** n));
        const { sign, logabsdet } = slogdet(x) as { sign: Tensor; logabsdet: Tensor };
        expectNear(sign.mul(logabsdet.exp()), determinant(x), 64 * n, Math.max(1, size(determinant(x))));
      },
      ([a, b]) => `${literal(a)}; ${literal(b)}`,
      60,
    );
  });

  test("where det overflows or the matrix is singular", () => {
    const large = eye(400).mul(1e3) as Tensor;
    expect(determinant(large).item()).toBe(Infinity);
    const { sign, logabsdet } = slogdet(large) as { sign: Tensor; logabsdet: Tensor };
    expect([sign.item(), Math.abs(logabsdet.item() / (400 * Math.log(1000)) - 1) < 1e-14]).toEqual([1, true]);
    const none = slogdet(tensor([[1, 2], [2, 4]])); // prettier-ignore
    expect([none.sign.item(), none.logabsdet.item()]).toEqual([0, -Infinity]);
    expect([determinant(zeros([0, 0])).item(), slogdet(zeros([0, 0])).logabsdet.item()]).toEqual([1, 0]);
  });

  test("no product of pivots or cofactors is lost on the way", () => {
    const diagonal = (...values: number[]): Tensor =>
      tensor(values.map((v, i) => values.map((_, j) => (i === j ? v : 0)))) as Tensor;
    const of = (...values: number[]): number => determinant(diagonal(...values)).item();
    expect(of(1e200, 1e200, 0)).toBe(0);
    expect(of(1e200, 1e200, 1e-200, 1e-200)).toBeCloseTo(1, 14);
    expect(of(1e-200, 1e-200, 1e200, 1e200)).toBeCloseTo(1, 14);
    expect(of(2 ** -1000, 2 ** -74, 3, 2 ** 1023, -(2 ** 51))).toBe(-3);
    expect(of(5e-324, 3, 1e-300)).toBe(0);
    expect([of(3, 5e-324, 0.5, 0.5), of(1e200, 1e200), of(-1e200, 1e200)]).toEqual([5e-324, Infinity, -Infinity]);
    expect([of(Infinity, 1e200, 1e200), of(NaN, 1e200, 1e200)]).toEqual([Infinity, NaN]);
    const long = new Generator(1).randn([200, 199]).mul(10);
    const narrow = concat([long as Tensor, zeros([200, 1]) as Tensor], 1) as Tensor;
    expect(Math.abs(determinant(narrow).item())).toBe(0);

    const gradient = (x: Tensor): number[][] => {
      x.requiresGrad = true;
      return slope(determinant(x), x).toArray() as number[][];
    };
    expect(gradient(diagonal(1e200, 1e200, 0))).toEqual([[0, 0, 0], [0, 0, 0], [0, 0, Infinity]]); // prettier-ignore
    const [first, second, third] = gradient(diagonal(1e200, 1e200, 1e-200)) as [number[], number[], number[]];
    expect([first[0]! - 1, second[1]! - 1, third[2]]).toEqual([0, 0, Infinity]);
    const rows = gradient(narrow);
    for (const row of rows) expect(row.map(Math.abs)).toEqual(row.map((_, j) => (j < 199 ? 0 : Infinity)));
    // rank 3: all cofactors overflow that are not 0
    const flat = eye(4)
      .mul(2 ** 500)
      .toArray() as number[][];
    flat[3] = [2 ** 500, -(2 ** 500), 0, 0];
    expect(gradient(tensor(flat) as Tensor).map((row) => row.map((v) => v + 0))).toEqual([
      [0, 0, 0, -Infinity], [0, 0, 0, Infinity], [0, 0, 0, 0], [0, 0, 0, Infinity],
    ]); // prettier-ignore
  });

  test("the gradient is the cofactor matrix, whatever the rank and size", () => {
    law(
      fc.record({ n: fc.integer({ min: 1, max: 11 }), lost: fc.integer({ min: 0, max: 3 }), seed: dataOf([11, 11], [-4, 4]) }), // prettier-ignore
      ({ n, lost, seed }) => {
        const at = (i: number, j: number): number => Math.round(seed.values[i * 11 + j]!);
        const rank = Math.max(0, n - lost);
        // The last rows are sums of two others: whole numbers, so that the rank is exact.
        const rows = Array.from({ length: n }, (_, i) =>
          Array.from({ length: n }, (_, j) =>
            i < rank ? at(i, j) : rank < 2 ? 0 : at(i % rank, j) + at((i + 1) % rank, j),
          ),
        );
        const x = tensor(rows, { requiresGrad: true }) as Tensor;
        const gradient = slope(determinant(x), x);
        const minor = (i: number, j: number): number => {
          const rest = rows.filter((_, r) => r !== i).map((row) => row.filter((_, c) => c !== j));
          const flat = Float64Array.from(rest.flat());
          return (-1) ** (i + j) * determinant(fromTypedArray(flat, [n - 1, n - 1]) as Tensor).item();
        };
        const wanted = tensor(rows.map((row, i) => row.map((_, j) => minor(i, j)))) as Tensor;
        const scale = Math.max(1, size(wanted), Math.max(1, size(x)) ** (n - 1));
        expectNear(gradient, wanted, 1e4, scale);
      },
      ({ n, lost, seed }) => `${n}, ${lost}, ${literal(seed)}`,
      60,
    );
  });

  test("and so are higher derivatives: det of a 2 x 2 block of zeros", () => {
    // d²/dε² det(ε·1) = 2, at ε = 0, where the matrix has rank 0
    const at = (e: Tensor): Tensor => determinant(eye(2).mul(e) as Tensor);
    const e = tensor(0, { requiresGrad: true }) as Tensor;
    const first = slope(at(e), e, { createGraph: true });
    expect([first.item(), slope(first, e).item()]).toEqual([0, 2]);
  });
});

describe("errors name the matrix", () => {
  const message = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      expect(error).toBeInstanceOf(MatrixError);
      return (error as Error).message;
    }
    throw new Error("nothing was thrown");
  };
  const singular = tensor([[1, 2], [2, 4]]) as Tensor; // prettier-ignore
  const batch = tensor([[[1, 0], [0, 1]], [[1, 2], [2, 4]]]) as Tensor; // prettier-ignore
  test("singular, or not positive definite", () => {
    const atSingular = (): unknown => {
      const x = singular.clone();
      x.requiresGrad = true;
      return grad(slogdet(x).logabsdet as Tensor, x);
    };
    const runs = [
      () => solve(singular, tensor([1, 2])),
      () => invert(batch),
      () => solveTriangular(tensor([[1, 5], [3, 0]]), eye(2), { upper: true }),
      atSingular,
      () => cholesky(tensor([[1, 2], [2, 1]])),
      () => cholesky(batch.unsqueeze(0) as Tensor),
    ]; // prettier-ignore
    expect(runs.map(message).join("\n")).toMatchInlineSnapshot(`
      "solve: matrix [2,2] is singular; add a small multiple of the identity, or look for rows that depend on each other
      inverse: matrix [1] of [2,2,2] is singular; add a small multiple of the identity, or look for rows that depend on each other
      solveTriangular: matrix [2,2] is singular, element 1 of its diagonal is 0; add a small multiple of the identity
      slogdet: matrix [2,2] is singular; add a small multiple of the identity, or look for rows that depend on each other
      cholesky: matrix [2,2] is not positive definite, its leading minor of order 2 is not positive; add a multiple of the identity
      cholesky: matrix [0,1] of [1,2,2,2] is not positive definite, its leading minor of order 2 is not positive; add a multiple of the identity"
    `);
  });
  test("of a NaN there are NaNs, and no error", () => {
    expect(solve(tensor([[NaN, 1], [1, 2]]), tensor([1, 2])).toArray()).toEqual([NaN, NaN]); // prettier-ignore
    expect(determinant(tensor([[NaN, 1], [1, 2]]) as Tensor).item()).toBeNaN(); // prettier-ignore
    const x = tensor([[NaN, 1], [1, 2]], { requiresGrad: true }) as Tensor; // prettier-ignore
    expect(slope(determinant(x), x).toArray()).toEqual([[expect.anything(), expect.anything()], [expect.anything(), NaN]]); // prettier-ignore
  });
});
