import { apply } from "../op.ts";
import type { ShapeArg } from "../shape.ts";
import { produce, type Tensor } from "../tensor.ts";
import { add } from "./arithmetic.ts";
import { type Case, real, recorded, same, within } from "./cases.ts";
import * as triangles from "./cholesky.ts";
import * as contraction from "./contraction.ts";
import * as determinant from "./determinant.ts";
import * as sums from "./einsum.ts";
import * as factors from "./factors.ts";
import * as linalg from "./linalg.ts";
import { matmul } from "./matmul.ts";
import { transpose } from "./movement.ts";
import * as products from "./products.ts";
import { floating } from "./reduction.ts";

/** The functions in the loose signatures that cases call. */
type Loose = (...args: unknown[]) => Tensor;
const loose = <M extends object>(module: M): { readonly [Name in keyof M]: Loose } =>
  module as { readonly [Name in keyof M]: Loose };
const { addmm, addmv, baddbmm, bmm, mm, mv } = loose(products);
const { inner, kron, tensordot } = loose(contraction);
const { cholesky } = loose(triangles);
const { inverse, solve, solveTriangular } = loose(linalg);

/** x + 4·I: far from singular for elements between −1 and 1. */
function regular(x: Tensor): Tensor {
  const a = floating(x);
  const n = a.shape.at(-1)!;
  const shift = produce([n, n], a.dtype, (out, start) => {
    for (let i = 0; i < n; i++) out[start + i * n + i] = 4;
  });
  return add(a, shift);
}
/** At 0 a matrix of rank 2. */
const singular = (x: Tensor): Tensor =>
  add(
    floating(x),
    produce([3, 3], floating(x).dtype, (out, start) => {
      for (let i = 0; i < 9; i++) out[start + i] = i + 1;
    }),
  );
/** x·xᵀ + 4·I: positive definite. */
const definite = (x: Tensor): Tensor => regular(matmul(x, transpose(x)) as Tensor);

const small = (...shapes: ShapeArg[]): Pick<Case, "shapes" | "domain"> => within([-1, 1], ...shapes);
const product = (op: string, call: Loose, ...shapes: ShapeArg[]): Case => ({
  ...real(...shapes),
  call: (a, b) => call(a, b),
  rule: (a, b) => products.productShape(op, a, b),
});
const added = (op: string, call: Loose, options: object, ...shapes: ShapeArg[]): Case => ({
  ...real(...shapes),
  call: (x, a, b) => call(x, a, b, options),
  rule: (x, a, b) => products.addedShape(op, x, a, b),
});
const einsum = (equation: string, ...shapes: ShapeArg[]): Case => ({
  ...real(...shapes),
  call: (...x) => sums.einsum(equation, ...x),
  rule: (...x) => sums.einsumShape(equation, ...x),
});
const kronecker = (...shapes: [ShapeArg, ShapeArg]): Case => ({
  ...real(...shapes),
  call: (a, b) => kron(a, b),
  rule: contraction.kronShape,
});
const dotted = (dims: contraction.Contracted, ...shapes: [ShapeArg, ShapeArg]): Case => ({
  ...real(...shapes),
  call: (a, b) => tensordot(a, b, dims),
  rule: (a, b) => contraction.tensordotShape(a, b, dims),
});
const solving = (a: ShapeArg, b: ShapeArg, left = true): Case => ({
  ...small(a, b),
  call: (x, y) => solve(regular(x), y, { left }),
  rule: (x, y) => linalg.solveShape("solve", x, y, left).shape,
});
const triangular = (a: ShapeArg, b: ShapeArg, options: linalg.TriangularOptions): Case => ({
  ...small(a, b),
  call: (x, y) => solveTriangular(regular(x), y, options),
  rule: (x, y) => linalg.solveShape("solveTriangular", x, y, options.left ?? true).shape,
});
const inners = (...shapes: [ShapeArg, ShapeArg]): Case => ({
  ...real(...shapes),
  call: (a, b) => inner(a, b),
  rule: contraction.innerShape,
});
const batch = (x: ShapeArg): ShapeArg => x.slice(0, -2);

type Name =
  | "addmm"
  | "addmv"
  | "baddbmm"
  | "bmm"
  | "cholesky"
  | "det"
  | "einsum"
  | "inner"
  | "inverse"
  | "kron"
  | "mm"
  | "mv"
  | "slogdet"
  | "solve"
  | "solveTriangular"
  | "tensordot";

/** The cases of linear algebra. */
export const linearAlgebra: { readonly [N in Name]: readonly Case[] } = {
  addmm: [
    added("addmm", addmm, {}, [3], [2, 2], [2, 3]),
    added("addmm", addmm, { alpha: -2, beta: 3 }, [2, 1], [2, 3], [3, 2]),
  ],
  addmv: [added("addmv", addmv, {}, [], [2, 3], [3]), added("addmv", addmv, { alpha: 3, beta: -1 }, [2], [2, 0], [0])],
  baddbmm: [
    added("baddbmm", baddbmm, {}, [1, 3], [2, 2, 2], [2, 2, 3]),
    added("baddbmm", baddbmm, { alpha: 4, beta: 2 }, [2, 2, 1], [2, 2, 3], [2, 3, 1]),
  ],
  bmm: [product("bmm", bmm, [2, 2, 3], [2, 3, 1]), product("bmm", bmm, [0, 2, 3], [0, 3, 1])],
  cholesky: [
    { ...small([3, 3]), call: (x) => cholesky(definite(x)), rule: same },
    { ...small([2, 2, 2]), call: (x) => cholesky(definite(x), { upper: true }), rule: same },
    { ...small([3, 3]), call: (x) => cholesky(regular(x)), rule: same },
    { ...small([0, 0]), call: (x) => cholesky(x), rule: same },
    { ...small([2, 2]), call: (x) => apply(triangles.choleskyOp, [definite(x)], null), op: triangles.choleskyOp },
  ],
  det: [
    { ...real([3, 3]), call: (x) => determinant.det(x) as Tensor, rule: batch },
    { ...real([2, 2, 2]), call: (x) => determinant.det(x) as Tensor, rule: batch },
    { ...real([1, 1]), call: (x) => determinant.det(x) as Tensor, rule: batch },
    { ...real([2, 0, 0]), call: (x) => determinant.det(x) as Tensor, rule: batch },
    { ...within([0, 0], [3, 3]), call: (x) => determinant.det(singular(x)) as Tensor, rule: batch },
    { ...small([9, 9]), call: (x) => determinant.det(regular(x)) as Tensor, rule: batch },
    ...recorded(determinant.detOp),
    ...recorded(determinant.cofactorOp),
  ],
  einsum: [
    einsum("ij,jk->ik", [2, 3], [3, 2]),
    einsum("ij,jk,kl", [2, 3], [3, 1], [1, 2]),
    einsum("ii->i", [3, 3]),
    einsum("iji,j->j", [2, 3, 2], [3]),
    einsum("...ij->...ji", [2, 2, 3]),
    einsum("b...i,...i->b", [2, 3, 2], [1, 2]),
    einsum("i,i,i->", [2], [2], [2]),
    einsum("i,j->ji", [2], [3]),
    einsum(",ij", [], [2, 2]),
    einsum("ij,j->ij", [2, 0], [0]),
  ],
  inner: [inners([2, 3], [2, 3]), inners([], [2]), inners([3], [3]), inners([2, 0], [0])],
  inverse: [
    { ...small([3, 3]), call: (x) => inverse(regular(x)), rule: same },
    { ...small([2, 2, 2]), call: (x) => inverse(regular(x)), rule: same },
    { ...small([2, 0, 0]), call: (x) => inverse(x), rule: same },
    {
      ...small([2, 2]),
      call: (x) => apply(factors.inverseOp, [regular(x)], { op: "inverse", known: null }),
      op: factors.inverseOp,
    },
  ],
  kron: [kronecker([2, 3], [2, 2]), kronecker([2], [2, 1, 2]), kronecker([], [2]), kronecker([0], [2])],
  mm: [product("mm", mm, [2, 3], [3, 2]), product("mm", mm, [2, 0], [0, 3])],
  mv: [product("mv", mv, [2, 3], [3]), product("mv", mv, [0, 3], [3])],
  slogdet: [
    { ...small([3, 3]), call: (x) => determinant.slogdet(regular(x)).logabsdet, rule: batch },
    { ...small([2, 2, 2]), call: (x) => determinant.slogdet(regular(x)).logabsdet, rule: batch },
    { ...small([2, 2]), call: (x) => determinant.slogdet(regular(x)).sign, rule: batch },
    { ...small([0, 0]), call: (x) => determinant.slogdet(x).logabsdet, rule: batch },
    {
      ...small([2, 2]),
      call: (x) => apply(determinant.slogdetOp, [regular(x)], new factors.Known()),
      op: determinant.slogdetOp,
    },
  ],
  solve: [
    solving([3, 3], [3, 2]),
    solving([2, 2], [2]),
    solving([2, 2, 2], [2, 2]),
    solving([2, 1, 2, 2], [3, 2, 1]),
    solving([2, 2], [3, 2], false),
    solving([0, 0], [0, 2]),
    {
      ...small([2, 2], [2, 2]),
      call: (a, b) =>
        apply(factors.solveOp, [regular(a), b], { op: "solve", transposed: false, known: new factors.Known() }),
      op: factors.solveOp,
    },
    {
      ...small([2, 2], [2, 2]),
      call: (a, b) =>
        apply(factors.solveOp, [regular(a), b], { op: "solve", transposed: true, known: new factors.Known() }),
      op: factors.solveOp,
    },
  ],
  solveTriangular: [
    triangular([3, 3], [3, 2], { upper: false }),
    triangular([3, 3], [3, 1], { upper: true, unitriangular: true }),
    triangular([2, 2, 2], [3, 2], { upper: true, left: false }),
    triangular([2, 2], [2, 2, 2], { upper: false, unitriangular: true }),
    {
      ...small([2, 2], [2, 2]),
      call: (a, b) => apply(linalg.solveTriangularOp, [regular(a), b], { upper: false, unit: false }),
      op: linalg.solveTriangularOp,
    },
  ],
  tensordot: [
    dotted(1, [2, 3], [3, 2]),
    dotted(0, [2], [3]),
    dotted([[0, -1], [1, 0]], [2, 3, 2], [2, 2]), // prettier-ignore
  ],
};
