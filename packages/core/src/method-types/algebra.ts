// Products under PyTorch's names, and what is computed of square matrices. The last two dims are matrices, those before them batches.
import type { Inner } from "../ops/contraction.ts";
import type { LogDeterminant, PerMatrix } from "../ops/determinant.ts";
import type { SquareMatrices } from "../ops/matrices.ts";
import type { Added, Bmm, Factors, Mm, Mv } from "../ops/products.ts";
import type { Check } from "../shape-types/index.ts";
import type { Tensor } from "../tensor.ts";

export interface AlgebraMethods {
  /**
   * Product of two matrices: `matmul` without batches and broadcasting.
   * @throws ShapeError unless both are matrices and their inner sizes agree.
   * @example
   * tensor([[1, 2]]).mm(tensor([[3], [4]])).toArray(); // [[11]]
   */
  mm<A extends Tensor, B extends Tensor>(
    this: A,
    other: Check<Mm<A["shape"], B["shape"]>, B>,
  ): Tensor<Mm<A["shape"], B["shape"]>>;
  /**
   * Product of a matrix and a vector.
   * @throws ShapeError unless they are, of one inner size.
   * @example
   * tensor([[1, 2], [3, 4]]).mv(tensor([1, 1])).toArray(); // [3, 7]
   */
  mv<A extends Tensor, B extends Tensor>(
    this: A,
    other: Check<Mv<A["shape"], B["shape"]>, B>,
  ): Tensor<Mv<A["shape"], B["shape"]>>;
  /**
   * Products of two batches of matrices, one by one.
   * @throws ShapeError unless both are 3-D and batches and inner sizes agree.
   * @example
   * zeros([5, 2, 3]).bmm(zeros([5, 3, 4])).shape; // [5, 2, 4]
   */
  bmm<A extends Tensor, B extends Tensor>(
    this: A,
    other: Check<Bmm<A["shape"], B["shape"]>, B>,
  ): Tensor<Bmm<A["shape"], B["shape"]>>;
  /**
   * beta·this + alpha·(a·b) of two matrices.
   * @throws ShapeError if the matrices do not fit each other, or this tensor their product.
   * @example
   * tensor([1, 1]).addmm(tensor([[1, 2]]), eye(2), { alpha: 2 }).toArray(); // [[3, 5]]
   */
  addmm<X extends Tensor, A extends Tensor, B extends Tensor>(
    this: X,
    a: A,
    b: Check<Added<X["shape"], Mm<A["shape"], B["shape"], "addmm">, "addmm">, B>,
    options?: Factors,
  ): Tensor<Added<X["shape"], Mm<A["shape"], B["shape"], "addmm">, "addmm">>;
  /**
   * beta·this + alpha·(a·b) of a matrix and a vector.
   * @throws ShapeError if matrix and vector do not fit each other, or this tensor their product.
   * @example
   * tensor([1, 1]).addmv(tensor([[1, 2], [3, 4]]), tensor([1, 1])).toArray(); // [4, 8]
   */
  addmv<X extends Tensor, A extends Tensor, B extends Tensor>(
    this: X,
    a: A,
    b: Check<Added<X["shape"], Mv<A["shape"], B["shape"], "addmv">, "addmv">, B>,
    options?: Factors,
  ): Tensor<Added<X["shape"], Mv<A["shape"], B["shape"], "addmv">, "addmv">>;
  /**
   * beta·this + alpha·(a·b) of two batches of matrices.
   * @throws ShapeError if the batches do not fit each other, or this tensor their product.
   * @example
   * zeros([5, 2, 4]).baddbmm(zeros([5, 2, 3]), zeros([5, 3, 4])).shape; // [5, 2, 4]
   */
  baddbmm<X extends Tensor, A extends Tensor, B extends Tensor>(
    this: X,
    a: A,
    b: Check<Added<X["shape"], Bmm<A["shape"], B["shape"], "baddbmm">, "baddbmm">, B>,
    options?: Factors,
  ): Tensor<Added<X["shape"], Bmm<A["shape"], B["shape"], "baddbmm">, "baddbmm">>;
  /**
   * Sum of products over the last dim of both; a scalar multiplies.
   * @throws ShapeError if the last sizes differ.
   * @example
   * tensor([[1, 2], [3, 4]]).inner(tensor([1, 1])).toArray(); // [3, 7]
   */
  inner<A extends Tensor, B extends Tensor>(
    this: A,
    other: Check<Inner<A["shape"], B["shape"]>, B>,
  ): Tensor<Inner<A["shape"], B["shape"]>>;
  /**
   * Kronecker product: `other` once for every element of this tensor, times it.
   * @example
   * tensor([1, 2]).kron(tensor([1, 1])).toArray(); // [1, 1, 2, 2]
   */
  kron(other: Tensor): Tensor;
  /**
   * The determinant; its gradient is right for singular matrices too.
   * @throws ShapeError unless the last two dims are square.
   * @example
   * tensor([[2, 1], [0, 4]]).det().item(); // 8
   */
  det<A extends Tensor>(this: Check<SquareMatrices<A["shape"], "det">, A>): Tensor<PerMatrix<A["shape"], "det">>;
  /**
   * Sign and logarithm of the determinant, which itself may overflow.
   * @throws ShapeError unless the last two dims are square; a derivative at a singular matrix is a MatrixError.
   * @example
   * tensor([[0, 1], [1, 0]]).slogdet().logabsdet.item(); // 0
   */
  slogdet<A extends Tensor>(
    this: Check<SquareMatrices<A["shape"], "slogdet">, A>,
  ): LogDeterminant<Tensor<PerMatrix<A["shape"], "slogdet">>>;
  /**
   * The inverse matrix. To multiply with it, `solve` is faster and more accurate.
   * @throws ShapeError unless the last two dims are square, MatrixError if a matrix is singular.
   * @example
   * tensor([[2, 0], [0, 4]]).inverse().toArray(); // [[0.5, 0], [0, 0.25]]
   */
  inverse<A extends Tensor>(this: Check<SquareMatrices<A["shape"], "inverse">, A>): Tensor<A["shape"]>;
  /**
   * The lower triangle L with L·Lᵀ = A, or with `upper` its transpose, of symmetric positive definite matrices.
   * @throws ShapeError unless the last two dims are square, MatrixError where A is not positive definite.
   * @example
   * tensor([[4, 2], [2, 2]]).cholesky().toArray(); // [[2, 0], [1, 1]]
   */
  cholesky<A extends Tensor>(
    this: Check<SquareMatrices<A["shape"], "cholesky">, A>,
    options?: { readonly upper?: boolean | undefined },
  ): Tensor<A["shape"]>;
}
