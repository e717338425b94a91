import { MatrixError, optionsOf } from "../errors.ts";
import type { CustomOp } from "../families/custom.ts";
import { asIs } from "../families/linear.ts";
import { factorCholesky } from "../kernels/linalg.ts";
import { apply } from "../op.ts";
import type { Check } from "../shape-types/index.ts";
import { produce, type Tensor } from "../tensor.ts";
import { add, mul } from "./arithmetic.ts";
import { solveTriangularOp } from "./linalg.ts";
import { matmul } from "./matmul.ts";
import { load, nameOf, produceMatrices, type SquareMatrices, squareMatrices } from "./matrices.ts";
import { transpose } from "./movement.ts";

const symmetric = (x: Tensor): Tensor => mul(add(x, transpose(x)), 0.5);

/** Φ: the lower triangle with half the diagonal, the derivative's share of a symmetric matrix. */
function halved(x: Tensor): Tensor {
  const n = x.shape.at(-1)!;
  const mask = produce([n, n], x.dtype, (out, start) => {
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) out[start + i * n + j] = i === j ? 0.5 : 1;
  });
  return mul(x, mask);
}

/** L with L·Lᵀ = (A + Aᵀ)/2. */
export const choleskyOp: CustomOp<null> = {
  name: "cholesky",
  cases: [],
  forward([x]) {
    const n = x!.shape.at(-1)!;
    return produceMatrices(x!.shape, x!.dtype, [x!], (a, o, at, i) => {
      load(a, o, x!, at[0]!);
      const order = factorCholesky(a, o, n);
      if (order > 0)
        throw new MatrixError(
          `cholesky: ${nameOf(x!, i)} is not positive definite, its leading minor of order ${order} is not positive; add a multiple of the identity`,
        );
    });
  },
  // sym(L⁻ᵀ·Φ(Lᵀ·dL)·L⁻¹) (Giles 2008, 2.3.4; Murray 2016)
  vjp(cotangent, l) {
    const back = (x: Tensor): Tensor => apply(solveTriangularOp, [transpose(l), x], { upper: true, unit: false });
    return symmetric(back(transpose(back(halved(matmul(transpose(l), cotangent))))));
  },
  // L·Φ(L⁻¹·dA·L⁻ᵀ)
  jvp([tangent], l) {
    const forth = (x: Tensor): Tensor => apply(solveTriangularOp, [l, x], { upper: false, unit: false });
    return matmul(l, halved(forth(transpose(forth(symmetric(tangent!))))));
  },
  lead: asIs,
};

/**
 * The lower triangle L with L·Lᵀ = A, or with `upper` its transpose, of symmetric positive definite matrices. What counts is the symmetric
 * part (A + Aᵀ)/2, so derivatives are symmetric. Derivatives: M. Giles, Collected matrix derivative results, 2008.
 * @throws ShapeError if A is not square, MatrixError where it is not positive definite.
 * @example
 * cholesky(tensor([[4, 2], [2, 2]])).toArray(); // [[2, 0], [1, 1]]
 */
export function cholesky<A extends Tensor>(
  x: Check<SquareMatrices<A["shape"], "cholesky">, A>,
  options?: { readonly upper?: boolean | undefined },
): Tensor<A["shape"]>;
export function cholesky(x: Tensor, options?: { readonly upper?: boolean | undefined }): Tensor {
  const { upper = false } = optionsOf("cholesky", options, ["upper"]);
  const l = apply(choleskyOp, [squareMatrices("cholesky", x)], null);
  return upper ? transpose(l) : l;
}
