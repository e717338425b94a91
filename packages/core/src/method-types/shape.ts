// What changes a tensor's shape, takes parts of it, or multiplies it with another. Negative dims count from the back.
import type { Indices, ShapeOfIndices } from "../ops/indexing.ts";
import type { Tensors } from "../ops/joining.ts";
import type { Matrices } from "../ops/masks.ts";
import type { SliceOptions } from "../ops/slice.ts";
import type { Shape, ShapeArg } from "../shape.ts";
import type {
  Allow,
  CheckMatMul,
  BroadcastTo,
  Check,
  CheckAlong,
  CheckDims,
  DimsArg,
  Dot,
  Fail,
  Flatten,
  Flip,
  Gather,
  IndexSelect,
  MatMul,
  Outer,
  Pad,
  Permute,
  Reshape,
  Select,
  SetAuto,
  Show,
  Slice,
  Split,
  Squeeze,
  Transpose,
  Unsqueeze,
} from "../shape-types/index.ts";
import type { Is, SameSizes } from "../shape-types/sizes.ts";
import type { Tensor } from "../tensor.ts";

/** What is known of shape S once it is known to be R, where -1 stands for any size. */
export type As<S extends Shape, R extends ShapeArg> =
  SameSizes<S, SetAuto<R, number>> extends true
    ? { -readonly [I in keyof R]: Is<number, SetAuto<R, number>[I]> extends true ? SizeAt<S, I> : R[I] }
    : Fail<`as: expected shape ${Show<R>}, got ${Show<S>}`>;
type SizeAt<S extends Shape, I> = I extends keyof S ? (S[I] extends number ? S[I] : number) : number;

export interface ShapeMethods {
  // ---------- products

  /**
   * Matrix product by NumPy's rules: [n,k] x [k,m] gives [n,m]; leading dims are batches and broadcast; a 1-D operand is a row on the
   * left, a column on the right.
   * @throws ShapeError if the inner sizes differ, the batches do not broadcast, or an operand is a scalar.
   * @example
   * tensor([[1, 2], [3, 4]]).matmul(tensor([1, 1])).toArray(); // [3, 7]
   */
  matmul<A extends Tensor, B extends Tensor>(
    this: A,
    other: CheckMatMul<A["shape"], B["shape"], B>,
  ): Tensor<MatMul<A["shape"], B["shape"]>>;
  /**
   * Σ xᵢ·otherᵢ of two vectors of one length: a scalar.
   * @throws ShapeError unless they are.
   * @example
   * tensor([1, 2]).dot(tensor([3, 4])).item(); // 11
   */
  dot<A extends Tensor, B extends Tensor>(
    this: A,
    other: Check<Dot<A["shape"], B["shape"]>, B>,
  ): Tensor<Dot<A["shape"], B["shape"]>>;
  /**
   * All products xᵢ·otherⱼ of two vectors: a matrix.
   * @throws ShapeError unless both are vectors.
   * @example
   * tensor([1, 2]).outer(tensor([3, 4])).toArray(); // [[3, 4], [6, 8]]
   */
  outer<A extends Tensor, B extends Tensor>(
    this: A,
    other: Check<Outer<A["shape"], B["shape"]>, B>,
  ): Tensor<Outer<A["shape"], B["shape"]>>;

  // ---------- the same elements in another shape

  /**
   * The same elements in row-major order under another shape; one size may be -1, and follows from the others.
   * @throws ShapeError if the number of elements would change.
   * @example
   * tensor([1, 2, 3, 4]).reshape([2, -1]).toArray(); // [[1, 2], [3, 4]]
   */
  reshape<A extends Tensor, const R extends ShapeArg>(
    this: A,
    shape: Check<Reshape<A["shape"], R>, R>,
  ): Tensor<Reshape<A["shape"], R>>;
  /**
   * Dims `start` to `end`, both included and by default all, merged into one; a scalar becomes `[1]`.
   * @throws ShapeError if there is no such dim, or `start` comes after `end`.
   * @example
   * zeros([32, 28, 28]).flatten(1).shape; // [32, 784]
   */
  flatten<A extends Tensor, I extends number = 0, J extends number = -1>(
    this: A,
    start?: Check<Flatten<A["shape"], I, J>, I>,
    end?: Check<Flatten<A["shape"], I, J>, J>,
  ): Tensor<Flatten<A["shape"], I, J>>;
  /**
   * Two dims swapped, by default the last two. A view.
   * @throws ShapeError if there is no such dim.
   * @example
   * tensor([[1, 2], [3, 4]]).transpose().toArray(); // [[1, 3], [2, 4]]
   */
  transpose<A extends Tensor, I extends number = -2, J extends number = -1>(
    this: Check<Transpose<A["shape"], I, J>, A>,
    a?: I,
    b?: J,
  ): Tensor<Transpose<A["shape"], I, J>>;
  /**
   * Dims in another order: dim i of the result is dim `order[i]`. A view.
   * @throws ShapeError unless `order` lists each dim once.
   * @example
   * zeros([2, 3, 4]).permute([2, 0, 1]).shape; // [4, 2, 3]
   */
  permute<A extends Tensor, const R extends ShapeArg>(
    this: A,
    order: Check<Permute<A["shape"], R>, R>,
  ): Tensor<Permute<A["shape"], R>>;
  /**
   * Stretched to `shape`: sizes of 1 and missing leading dims repeat. A view.
   * @throws ShapeError if another size would change.
   * @example
   * tensor([1, 2]).broadcastTo([2, 2]).toArray(); // [[1, 2], [1, 2]]
   */
  broadcastTo<A extends Tensor, const R extends ShapeArg>(
    this: A,
    shape: Allow<BroadcastTo<A["shape"], R>, R>,
  ): Tensor<BroadcastTo<A["shape"], R>>;
  /**
   * Without dims of size 1: all of them, or those of the given dims that have it. A view.
   * @throws ShapeError if there is no such dim.
   * @example
   * zeros([1, 3, 1]).squeeze().shape; // [3]
   */
  squeeze<A extends Tensor, const D extends DimsArg = undefined>(
    this: A,
    dims?: Check<Squeeze<A["shape"], D>, D>,
  ): Tensor<Squeeze<A["shape"], D>>;
  /**
   * With a new dim of size 1 at `dim`, where negative ones count from the back of the result. A view.
   * @throws ShapeError if the result has no such dim.
   * @example
   * zeros([2, 3]).unsqueeze(-1).shape; // [2, 3, 1]
   */
  unsqueeze<A extends Tensor, D extends number>(
    this: A,
    dim: Check<Unsqueeze<A["shape"], D>, D>,
  ): Tensor<Unsqueeze<A["shape"], D>>;
  /**
   * The same tensor, once its shape is checked: from here on the compiler knows it. A size of -1 may be any.
   * @throws ShapeError if the shape is another.
   * @example
   * const read = (data: number[][]) => tensor(data).as([-1, 2]); // Tensor<[number, 2]>
   * read([[1, 2]]).shape; // [1, 2]
   */
  as<A extends Tensor, const R extends ShapeArg>(
    this: A,
    shape: Allow<As<A["shape"], R>, R>,
  ): Tensor<As<A["shape"], R>>;

  // ---------- parts of it, and margins around it

  /**
   * Every `step`-th element from `start` up to, not including, `end` along one dim; negative bounds count from the back, a negative
   * step walks backwards. A view.
   * @throws ShapeError if there is no such dim, ArgumentError for a step of 0.
   * @example
   * tensor([0, 1, 2, 3, 4]).slice(0, { start: 1, step: 2 }).toArray(); // [1, 3]
   */
  slice<
    A extends Tensor,
    D extends number,
    Start extends number | undefined = undefined,
    End extends number | undefined = undefined,
    Step extends number | undefined = undefined,
  >(
    this: A,
    dim: Check<CheckDims<A["shape"], D, "slice">, D>,
    options?: Allow<Slice<A["shape"], D, Start, End, Step>, SliceOptions<Start, End, Step>>,
  ): Tensor<Slice<A["shape"], D, Start, End, Step>>;
  /**
   * The part at one index along a dim, which disappears; a negative index counts from the back. A view.
   * @throws ShapeError if there is no such dim or no such index.
   * @example
   * tensor([[1, 2], [3, 4]]).select(0, -1).toArray(); // [3, 4]
   */
  select<A extends Tensor, D extends number, I extends number>(
    this: A,
    dim: Check<CheckDims<A["shape"], D, "select">, D>,
    index: Allow<Select<A["shape"], D, I>, I>,
  ): Tensor<Select<A["shape"], D, I>>;
  /**
   * The slices at the given positions along a dim, in their order; positions may repeat.
   * @throws ShapeError if there is no such dim or position, DtypeError for an index tensor that is not int32.
   * @example
   * tensor([1, 2, 3]).indexSelect(0, [2, 0, 0]).toArray(); // [3, 1, 1]
   */
  indexSelect<A extends Tensor, D extends number, const I extends Indices>(
    this: A,
    dim: CheckAlong<A["shape"], D, "indexSelect">,
    indices: Check<IndexSelect<A["shape"], D, ShapeOfIndices<I>>, I>,
  ): Tensor<IndexSelect<A["shape"], D, ShapeOfIndices<I>>>;
  /**
   * For each element of `indices`, the element with that position along `dim` and the same position along the other dims, where
   * `indices` may be smaller. The result has the shape of `indices`.
   * @throws ShapeError when the ranks differ or an index is out of range, DtypeError unless `indices` is int32.
   * @example
   * tensor([[1, 2], [3, 4]]).gather(1, tensor([[1], [0]], { dtype: "int32" })).toArray(); // [[2], [3]]
   */
  gather<A extends Tensor, D extends number, I extends Tensor>(
    this: A,
    dim: CheckAlong<A["shape"], D, "gather">,
    indices: Check<Gather<A["shape"], D, I["shape"]>, I>,
  ): Tensor<Gather<A["shape"], D, I["shape"]>>;
  /**
   * The elements in reverse order along the given dims. A view.
   * @throws ShapeError if there is no such dim.
   * @example
   * tensor([1, 2, 3]).flip(0).toArray(); // [3, 2, 1]
   */
  flip<A extends Tensor, const D extends number | ShapeArg>(
    this: A,
    dims: Check<Flip<A["shape"], D>, D>,
  ): Tensor<Flip<A["shape"], D>>;
  /**
   * The pieces of `sizes` elements each (the last may be smaller), or of the sizes listed, that a dim, by default the first, is cut into.
   * Views.
   * @throws ShapeError if there is no such dim or the sizes do not add up to its own, ArgumentError for a piece size below 1.
   * @example
   * const [first, rest] = tensor([1, 2, 3]).split([1, 2]);
   * rest.toArray(); // [2, 3]
   */
  split<A extends Tensor, const N extends number | ShapeArg, D extends number = 0>(
    this: A,
    sizes: Allow<Split<A["shape"], N, D>, N>,
    dim?: Check<CheckDims<A["shape"], D, "split">, D>,
  ): Tensors<Split<A["shape"], N, D>>;
  /**
   * With `value`, by default 0, around it. `pads` is PyTorch's list: before and after the last dim, then the dim before it, and so on;
   * negative numbers crop.
   * @throws ArgumentError unless `pads` holds pairs for at most all dims, ShapeError if they crop more than there is.
   * @example
   * tensor([1, 2]).pad([1, 0]).toArray(); // [0, 1, 2]
   */
  pad<A extends Tensor, const P extends ShapeArg>(
    this: A,
    pads: Allow<Pad<A["shape"], P>, P>,
    value?: number,
  ): Tensor<Pad<A["shape"], P>>;
  /**
   * The elements on and below a diagonal of the last two dims (0 the main one, above it positive), with 0 elsewhere.
   * @throws ShapeError for less than two dims.
   * @example
   * tensor([[1, 2], [3, 4]]).tril().toArray(); // [[1, 0], [3, 4]]
   */
  tril<A extends Tensor>(this: Check<Matrices<A["shape"], "tril">, A>, diagonal?: number): Tensor<A["shape"]>;
  /**
   * The elements on and above a diagonal of the last two dims (0 the main one, above it positive), with 0 elsewhere.
   * @throws ShapeError for less than two dims.
   * @example
   * tensor([[1, 2], [3, 4]]).triu().toArray(); // [[1, 2], [0, 4]]
   */
  triu<A extends Tensor>(this: Check<Matrices<A["shape"], "triu">, A>, diagonal?: number): Tensor<A["shape"]>;
}
