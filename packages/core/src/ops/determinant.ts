import type { CustomOp } from "../families/custom.ts";
import { asIs } from "../families/linear.ts";
import { cofactors } from "../kernels/cofactors.ts";
import { parity } from "../kernels/linalg.ts";
import { log } from "../kernels/logarithm.ts";
import { Product } from "../kernels/product.ts";
import { apply } from "../op.ts";
import { type Shape, sizeOf } from "../shape.ts";
import type { Check, Failed } from "../shape-types/index.ts";
import { produce, type Tensor } from "../tensor.ts";
import { div, mul, sub } from "./arithmetic.ts";
import { indexSelect } from "./indexing.ts";
import { factor, type Factors, inverseOp, Known, place } from "./factors.ts";
import { matmul } from "./matmul.ts";
import { batchOf, load, produceMatrices, type SquareMatrices, squareMatrices } from "./matrices.ts";
import { permute, reshape, transpose, unsqueeze } from "./movement.ts";
import { select } from "./slice.ts";
import { sum } from "./reduction.ts";

/** A number for each matrix, as a matrix that broadcasts with it. */
const perMatrix = (x: Tensor): Tensor => unsqueeze(unsqueeze(x, -1) as Tensor, -1);
const total = (x: Tensor): Tensor => sum(x, [-2, -1]);

/** LU factors of each matrix: det P, then U, of which elements of the diagonal are `n + 1` apart, from an index on. */
function eachLU(
  x: Tensor,
  factors: Factors,
  visit: (sign: 1 | -1, u: Float64Array, at: number, count: number) => void,
): void {
  const n = x.shape.at(-1)!;
  const count = sizeOf(batchOf(x));
  for (let i = 0; i < count; i++) {
    const first = place(factors, i) * n;
    visit(parity(factors.pivots, first, n), factors.lu, first * n, i);
  }
}

export const detOp: CustomOp<null> = {
  name: "det",
  cases: [
    { shapes: [[3, 3]], params: null },
    { shapes: [[2, 2, 2]], params: null },
  ],
  forward: ([x]) =>
    produce(x!.shape.slice(0, -2), x!.dtype, (out, start) =>
      eachLU(x!, factor(x!), (sign, u, at, i) => {
        const n = x!.shape.at(-1)!;
        const product = new Product(sign);
        for (let k = 0; k < n; k++) product.times(u[at + k * (n + 1)]!);
        out[start + i] = product.value();
      }),
    ),
  // d det A = Σ cofᵢⱼ·dAᵢⱼ (Jacobi), which needs no inverse
  vjp: (cotangent, y) => mul(perMatrix(cotangent), cofactorsOf(y.inputs[0]!)),
  jvp: ([tangent], y) => total(mul(tangent!, cofactorsOf(y.inputs[0]!))),
  lead: asIs,
};

/** Up to this size the derivative of the cofactors is computed from minors of minors, and exists for singular matrices too. */
const SMALL = 8;

/** The cofactor matrix, det A·A⁻ᵀ where A is regular. Its Jacobian is the Hessian of the determinant, and symmetric. */
export const cofactorOp: CustomOp<null> = {
  name: "cofactor",
  cases: [
    { shapes: [[3, 3]], params: null },
    { shapes: [[2, 2, 2]], params: null },
  ],
  forward([x]) {
    const n = x!.shape.at(-1)!;
    const a = new Float64Array(n * n);
    const room = new Float64Array(n * n);
    return produceMatrices(x!.shape, x!.dtype, [x!], (out, o, at) => {
      load(a, 0, x!, at[0]!);
      cofactors(a, n, out, o, room);
    });
  },
  vjp: (cotangent, y) => hessianTimes(cotangent, y),
  jvp: ([tangent], y) => hessianTimes(tangent!, y),
  lead: asIs,
};
const cofactorsOf = (x: Tensor): Tensor => apply(cofactorOp, [x], null);

function hessianTimes(t: Tensor, y: Tensor): Tensor | null {
  const x = y.inputs[0]!;
  const n = x.shape.at(-1)!;
  if (n < 2) return null;
  // ⟨cof of minor ij of A, minor ij of t⟩, signed as a chessboard
  if (n <= SMALL) return mul(total(mul(cofactorsOf(minors(x)), minors(t))), signs(n, x));
  // (⟨C, t⟩·C − C·tᵀ·C) / det A
  const scaled = mul(perMatrix(total(mul(y, t))), y);
  return div(sub(scaled, matmul(matmul(y, transpose(t)), y)), perMatrix(apply(detOp, [x], null)));
}

/** What is left of each matrix without row i and column j: [..., i, j, rows, columns]. */
function minors(x: Tensor): Tensor {
  const n = x.shape.at(-1)!;
  const batch = x.shape.slice(0, -2);
  const kept = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, k) => k).filter((k) => k !== i));
  const both = indexSelect(indexSelect(x, -2, kept.flat()) as Tensor, -1, kept.flat()) as Tensor;
  const d = batch.length;
  const grid = reshape(both, [...batch, n, n - 1, n, n - 1]);
  return permute(grid, [...batch.map((_, i) => i), d, d + 2, d + 1, d + 3]);
}
const signs = (n: number, like: Tensor): Tensor =>
  produce([n, n], like.dtype, (out, start) => {
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) out[start + i * n + j] = (i + j) % 2 === 0 ? 1 : -1;
  });

/** Shape of a number for each matrix of shape S. */
export type PerMatrix<S extends Shape, Op extends string> =
  SquareMatrices<S, Op> extends infer R
    ? R extends Failed
      ? R
      : S extends readonly [...infer Batch extends Shape, number, number]
        ? Batch
        : number[]
    : never;

/**
 * The determinant, by LU with partial pivoting. Its gradient, the cofactor matrix, is right for singular matrices too; so is every higher
 * derivative up to 8 × 8, beyond that only for regular ones.
 * @throws ShapeError unless the last two dims are square.
 * @example
 * det(tensor([[2, 1], [0, 4]])).item(); // 8
 */
export function det<A extends Tensor>(
  x: Check<SquareMatrices<A["shape"], "det">, A>,
): Tensor<PerMatrix<A["shape"], "det">>;
export function det(x: Tensor): Tensor {
  return apply(detOp, [squareMatrices("det", x)], null);
}

/** Sign and logarithm of the absolute value, side by side in a last dim of 2. */
export const slogdetOp: CustomOp<Known> = {
  name: "slogdet",
  cases: [],
  forward: ([x], known) =>
    produce([...x!.shape.slice(0, -2), 2], x!.dtype, (out, start) =>
      eachLU(x!, known.of(x!), (parity, u, at, i) => {
        const n = x!.shape.at(-1)!;
        let sign: number = parity;
        let logarithm = 0;
        for (let k = 0; k < n; k++) {
          const pivot = u[at + k * (n + 1)]!;
          sign *= Math.sign(pivot);
          logarithm += log(Math.abs(pivot));
        }
        out[start + 2 * i] = sign + 0; // not −0
        out[start + 2 * i + 1] = logarithm;
      }),
    ),
  // d log|det A| = tr(A⁻¹·dA); the sign is constant
  vjp: (cotangent, y) => mul(perMatrix(select(cotangent, -1, 1)), inverseTransposed(y)),
  jvp: ([tangent], y) =>
    mul(
      unsqueeze(total(mul(tangent!, inverseTransposed(y))), -1),
      produce([2], y.dtype, (out, start) => (out[start + 1] = 1)),
    ),
  lead: asIs,
};
const inverseTransposed = ({ inputs, params }: Tensor): Tensor =>
  transpose(apply(inverseOp, inputs, { op: "slogdet", known: params as Known }));

/** det = sign · exp(logabsdet). */
export interface LogDeterminant<T extends Tensor = Tensor> {
  /** 1, −1, or 0 for a singular matrix; its derivative is 0. */
  readonly sign: T;
  /** −Infinity for a singular matrix, where there is no derivative. */
  readonly logabsdet: T;
}

/**
 * Sign and logarithm of the determinant, which itself may overflow.
 * @throws ShapeError unless the last two dims are square; a derivative at a singular matrix is a MatrixError.
 * @example
 * slogdet(tensor([[0, 1], [1, 0]])).sign.item(); // -1
 */
export function slogdet<A extends Tensor>(
  x: Check<SquareMatrices<A["shape"], "slogdet">, A>,
): LogDeterminant<Tensor<PerMatrix<A["shape"], "slogdet">>>;
export function slogdet(x: Tensor): LogDeterminant {
  const both = apply(slogdetOp, [squareMatrices("slogdet", x)], new Known());
  return { sign: select(both, -1, 0), logabsdet: select(both, -1, 1) };
}
