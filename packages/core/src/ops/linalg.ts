import { promote } from "../dtype.ts";
import { ArgumentError, MatrixError, ShapeError, optionsOf } from "../errors.ts";
import type { CustomOp } from "../families/custom.ts";
import { asIs } from "../families/linear.ts";
import { zeroPivot } from "../kernels/linalg.ts";
import { substitute } from "../kernels/substitution.ts";
import { stridesOf } from "../kernels/strided.ts";
import { apply } from "../op.ts";
import { broadcastShapes, sameShape, type Shape, type ShapeArg, showShape } from "../shape.ts";
import type { Check } from "../shape-types/index.ts";
import { checkTensor, type Tensor } from "../tensor.ts";
import { add, neg } from "./arithmetic.ts";
import { ofDtype } from "./cast.ts";
import { inverseOp, Known, rightSide, solveOp } from "./factors.ts";
import { tril, triu } from "./masks.ts";
import { matmul } from "./matmul.ts";
import { load, nameOf, produceMatrices, type SquareMatrices, squareMatrices } from "./matrices.ts";
import { broadcastTo } from "./broadcast.ts";
import { squeeze, transpose, unsqueeze } from "./movement.ts";
import { floating } from "./reduction.ts";

interface Triangle {
  readonly upper: boolean;
  readonly unit: boolean;
}
const inTriangle = (x: Tensor, { upper, unit }: Triangle): Tensor =>
  upper ? triu(x, unit ? 1 : 0) : tril(x, unit ? -1 : 0);

/** T⁻¹·B for a triangle T of A. */
export const solveTriangularOp: CustomOp<Triangle> = {
  name: "solveTriangular",
  cases: [],
  forward([a, b], { upper, unit }) {
    const n = a!.shape.at(-1)!;
    const columns = b!.shape.at(-1)!;
    const { data } = a!;
    const own = data instanceof Float64Array;
    const triangle = own ? data : new Float64Array(n * n);
    const [row, column] = own ? (stridesOf(a!).slice(-2) as [number, number]) : [n, 1];
    return produceMatrices(b!.shape, b!.dtype, [b!, a!], (x, o, at, i) => {
      const from = own ? at[1]! : 0;
      if (!own) load(triangle, 0, a!, at[1]!);
      const zero = unit ? -1 : zeroPivot(triangle, from, row + column, n);
      if (zero >= 0)
        throw new MatrixError(
          `solveTriangular: ${nameOf(a!, i)} is singular, element ${zero} of its diagonal is 0; add a small multiple of the identity`,
        );
      load(x, o, b!, at[0]!);
      substitute(triangle, from, row, column, n, x, o, columns, 1, columns, upper, unit);
    });
  },
  vjp(cotangent, x, index) {
    const triangle = x.params as Triangle;
    const b = rightSide(x, cotangent, index, () =>
      apply(solveTriangularOp, [transpose(x.inputs[0]!), cotangent], { ...triangle, upper: !triangle.upper }),
    );
    return index === 1 ? b : inTriangle(matmul(neg(b), transpose(x)), triangle);
  },
  jvp([da, db], x) {
    const triangle = x.params as Triangle;
    const right = da ? neg(matmul(inTriangle(da, triangle), x)) : null;
    return apply(solveTriangularOp, [x.inputs[0]!, right && db ? add(db, right) : (right ?? db!)], triangle);
  },
  lead: asIs,
};

/** Shape of A⁻¹·B with batches broadcast; `vector` where B holds a vector for each matrix, as PyTorch tells it. */
export function solveShape(op: string, a: ShapeArg, b: ShapeArg, left: boolean): { shape: Shape; vector: boolean } {
  const vector = left && op === "solve" && (b.length === 1 || sameShape(b, a.slice(0, -1)));
  const n = a.at(-1)!;
  const rows = vector || !left ? b.at(-1) : b.at(-2);
  if ((!vector && b.length < 2) || rows !== n)
    throw new ShapeError(
      op,
      `needs a right side with ${n} ${left ? "rows" : "columns"} for matrices ${showShape(a)}, got ${showShape(b)}`,
      [a, b],
    );
  const tail = vector ? [n] : b.slice(-2);
  const batch = b.slice(0, vector ? -1 : -2);
  const place = ` in the batch of ${showShape(a)} and ${showShape(b)}`;
  return { shape: [...broadcastShapes(op, a.slice(0, -2), batch, place), ...tail], vector };
}

/** One matrix leaves the shape of the right side as it is. */
export type Solved<A extends Shape, B extends Shape> = A extends readonly [unknown, unknown] ? B : number[];

/** Both sides with one batch shape and dtype, as columns, through `solver`. */
function solved(op: string, a: Tensor, b: Tensor, left: boolean, solver: (a: Tensor, b: Tensor) => Tensor): Tensor {
  const matrices = squareMatrices(op, a);
  checkTensor(op, b);
  const { shape, vector } = solveShape(op, a.shape, b.shape, left);
  const dtype = promote(matrices.dtype, floating(b).dtype);
  const batch = vector ? shape.slice(0, -1) : shape.slice(0, -2);
  const n = a.shape.at(-1)!;
  const right = ofDtype(b, dtype);
  const whole = broadcastTo(ofDtype(matrices, dtype), [...batch, n, n]);
  if (vector) return squeeze(solver(whole, unsqueeze(broadcastTo(right, shape), -1)), -1);
  const columns = broadcastTo(right, shape);
  return left ? solver(whole, columns) : transpose(solver(transpose(whole), transpose(columns)));
}

export interface SolveOptions {
  /** Solve A·X = B (default) or X·A = B. */
  readonly left?: boolean | undefined;
}

/**
 * X with A·X = B, by LU with partial pivoting; better than inverse(A)·B. B holds columns, or a vector for each matrix (when it is 1-D or
 * has the shape of A without the last dim). Batches broadcast. Derivatives: M. Giles, Collected matrix derivative results, 2008.
 * @throws ShapeError if A is not square or B does not fit, MatrixError if a matrix is singular.
 * @example
 * solve(tensor([[2, 0], [0, 4]]), tensor([2, 2])).toArray(); // [1, 0.5]
 */
export function solve<A extends Tensor, B extends Tensor>(
  a: Check<SquareMatrices<A["shape"], "solve">, A>,
  b: B,
  options?: SolveOptions,
): Tensor<Solved<A["shape"], B["shape"]>>;
export function solve(a: Tensor, b: Tensor, options?: SolveOptions): Tensor {
  const { left = true } = optionsOf("solve", options, ["left"]);
  return solved("solve", a, b, left, (x, y) =>
    apply(solveOp, [x, y], { op: "solve", transposed: false, known: new Known() }),
  );
}

export interface TriangularOptions extends SolveOptions {
  /** Which triangle of A is read; the other one is taken for zeros. */
  readonly upper: boolean;
  /** Take the diagonal for ones and do not read it. */
  readonly unitriangular?: boolean | undefined;
}

/**
 * X with T·X = B for the upper or lower triangle T of A, by substitution. Batches broadcast.
 * @throws ShapeError if A is not square or B does not fit, MatrixError for a 0 on the diagonal.
 * @example
 * solveTriangular(tensor([[2, 0], [1, 1]]), tensor([[2], [3]]), { upper: false }).toArray(); // [[1], [2]]
 */
export function solveTriangular<A extends Tensor, B extends Tensor>(
  a: Check<SquareMatrices<A["shape"], "solveTriangular">, A>,
  b: B,
  options: TriangularOptions,
): Tensor<Solved<A["shape"], B["shape"]>>;
export function solveTriangular(a: Tensor, b: Tensor, options: TriangularOptions): Tensor {
  const given = optionsOf("solveTriangular", options, ["upper", "left", "unitriangular"]);
  const { upper, left = true, unitriangular: unit = false } = given;
  if (typeof upper !== "boolean")
    throw new ArgumentError(`solveTriangular: which triangle? Pass { upper: true } or { upper: false }`);
  return solved("solveTriangular", a, b, left, (x, y) =>
    apply(solveTriangularOp, [x, y], { upper: left ? upper : !upper, unit }),
  );
}

/**
 * A⁻¹. To multiply with it, `solve` is faster and more accurate.
 * @throws ShapeError if A is not square, MatrixError if a matrix is singular.
 * @example
 * inverse(tensor([[2, 0], [0, 4]])).toArray(); // [[0.5, 0], [0, 0.25]]
 */
export function inverse<A extends Tensor>(x: Check<SquareMatrices<A["shape"], "inverse">, A>): Tensor<A["shape"]>;
export function inverse(x: Tensor): Tensor {
  return apply(inverseOp, [squareMatrices("inverse", x)], { op: "inverse", known: null });
}
