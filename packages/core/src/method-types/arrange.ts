// What cuts a tensor up, repeats it, moves its dims, and walks its diagonals. Negative dims count from the back.
import type { DiagonalOptions } from "../ops/diagonal.ts";
import type { Times } from "../ops/repeat.ts";
import type { Tensors } from "../ops/joining.ts";
import type { ShapeArg } from "../shape.ts";
import type {
  Allow,
  Check,
  CheckDims,
  Chunk,
  Diag,
  Diagonal,
  DimsArg,
  Expand,
  Flatten,
  MoveDim,
  Narrow,
  Repeat,
  RepeatInterleave,
  SameRank,
  Tile,
  Trace,
  Transpose,
  Unbind,
  Unflatten,
} from "../shape-types/index.ts";
import type { Tensor } from "../tensor.ts";

export interface ArrangeMethods {
  /**
   * At most `chunks` pieces of one size (the last may be smaller) of a dim, by default the first. Views.
   * @throws ShapeError if there is no such dim, ArgumentError for less than one chunk.
   * @example
   * tensor([1, 2, 3]).chunk(2).map((piece) => piece.toArray()); // [[1, 2], [3]]
   */
  chunk<A extends Tensor, N extends number, D extends number = 0>(
    this: A,
    chunks: Allow<Chunk<A["shape"], N, D>, N>,
    dim?: Check<CheckDims<A["shape"], D, "chunk">, D>,
  ): Tensors<Chunk<A["shape"], N, D>>;
  /**
   * The parts at each index of a dim, by default the first, which disappears. Views.
   * @throws ShapeError if there is no such dim.
   * @example
   * tensor([[1, 2], [3, 4]]).unbind(1).map((column) => column.toArray()); // [[1, 3], [2, 4]]
   */
  unbind<A extends Tensor, D extends number = 0>(
    this: A,
    dim?: Check<CheckDims<A["shape"], D, "unbind">, D>,
  ): Tensors<Unbind<A["shape"], D>>;
  /**
   * Stretched to `sizes`, where −1 keeps the size that is there; otherwise as `broadcastTo`. A view.
   * @throws ShapeError if a size other than 1 would change.
   * @example
   * tensor([[1], [2]]).expand([-1, 2]).toArray(); // [[1, 1], [2, 2]]
   */
  expand<A extends Tensor, const R extends ShapeArg>(
    this: A,
    sizes: Allow<Expand<A["shape"], R>, R>,
  ): Tensor<Expand<A["shape"], R>>;
  /**
   * The dim `source` moved to place `destination`, or several dims to as many places; the others keep their order. A view.
   * @throws ShapeError if there is no such dim or one is listed twice, ArgumentError for lists of different lengths.
   * @example
   * zeros([2, 3, 4]).movedim(0, -1).shape; // [3, 4, 2]
   */
  movedim<A extends Tensor, const I extends number | ShapeArg, const J extends number | ShapeArg>(
    this: A,
    source: Check<MoveDim<A["shape"], I, J>, I>,
    destination: J,
  ): Tensor<MoveDim<A["shape"], I, J>>;
  /**
   * Two dims swapped: `transpose` under NumPy's name. A view.
   * @throws ShapeError if there is no such dim.
   * @example
   * zeros([2, 3, 4]).swapaxes(0, 2).shape; // [4, 3, 2]
   */
  swapaxes<A extends Tensor, I extends number, J extends number>(
    this: Check<Transpose<A["shape"], I, J>, A>,
    a: I,
    b: J,
  ): Tensor<Transpose<A["shape"], I, J>>;
  /**
   * All elements in one dim, in row-major order. A view of row-major data.
   * @example
   * tensor([[1, 2], [3, 4]]).ravel().toArray(); // [1, 2, 3, 4]
   */
  ravel<A extends Tensor>(this: A): Tensor<Flatten<A["shape"]>>;
  /**
   * One dim cut into several of the given sizes, of which one may be −1. A view of row-major data.
   * @throws ShapeError if there is no such dim, or its size is not their product.
   * @example
   * zeros([2, 12]).unflatten(1, [3, -1]).shape; // [2, 3, 4]
   */
  unflatten<A extends Tensor, D extends number, const R extends ShapeArg>(
    this: A,
    dim: D,
    sizes: Allow<Unflatten<A["shape"], D, R>, R>,
  ): Tensor<Unflatten<A["shape"], D, R>>;
  /**
   * `length` elements of a dim from `start` on; a negative start counts from the back. A view.
   * @throws ShapeError if there is no such dim, or it does not reach so far.
   * @example
   * tensor([1, 2, 3, 4]).narrow(0, 1, 2).toArray(); // [2, 3]
   */
  narrow<A extends Tensor, D extends number, N extends number>(
    this: A,
    dim: Check<CheckDims<A["shape"], D, "narrow">, D>,
    start: number,
    length: N,
  ): Tensor<Narrow<A["shape"], D, N, "narrow">>;
  /**
   * The elements moved on by `shifts` places along dims, and round from the end to the start; without dims, in row-major order.
   * @throws ShapeError if there is no such dim, ArgumentError unless there is one shift for each dim.
   * @example
   * tensor([1, 2, 3]).roll(1).toArray(); // [3, 1, 2]
   */
  roll<A extends Tensor, const D extends DimsArg = undefined>(
    this: A,
    shifts: number | ShapeArg,
    dims?: Check<CheckDims<A["shape"], D, "roll">, D>,
  ): Tensor<CheckDims<A["shape"], D, "roll">>;
  /**
   * Turned by `k` quarter turns in the plane of two dims, from the first towards the second. A view.
   * @throws ShapeError unless there are two such dims, ArgumentError unless `k` is a whole number.
   * @example
   * tensor([[1, 2], [3, 4]]).rot90().toArray(); // [[2, 4], [1, 3]]
   */
  rot90<A extends Tensor>(this: A, k?: number, dims?: readonly [number, number]): Tensor<SameRank<A["shape"]>>;
  /**
   * `x` laid side by side, as often as `repeats` says for each dim; more numbers than dims add dims in front.
   * @throws ShapeError for fewer numbers than dims, ArgumentError unless they are whole and not negative.
   * @example
   * tensor([1, 2]).repeat([2, 2]).toArray(); // [[1, 2, 1, 2], [1, 2, 1, 2]]
   */
  repeat<A extends Tensor, const R extends ShapeArg>(
    this: A,
    repeats: Allow<Repeat<A["shape"], R>, R>,
  ): Tensor<Repeat<A["shape"], R>>;
  /**
   * As `repeat`, but fewer numbers than dims count for the last ones.
   * @throws ArgumentError unless the numbers are whole and not negative.
   * @example
   * tensor([[1], [2]]).tile([2]).toArray(); // [[1, 1], [2, 2]]
   */
  tile<A extends Tensor, const R extends ShapeArg>(
    this: A,
    repeats: Allow<Tile<A["shape"], R>, R>,
  ): Tensor<Tile<A["shape"], R>>;
  /**
   * Each slice of a dim several times in a row: all as often, or each as often as a list says. Without a dim, each element, flattened.
   * @throws ShapeError if there is no such dim or the list has another length, ArgumentError unless numbers are whole and not negative.
   * @example
   * tensor([1, 2]).repeatInterleave(2).toArray(); // [1, 1, 2, 2]
   * tensor([1, 2]).repeatInterleave([0, 3], 0).toArray(); // [2, 2, 2]
   */
  repeatInterleave<
    A extends Tensor,
    const N extends number | ShapeArg | Tensor,
    D extends number | undefined = undefined,
  >(
    this: A,
    repeats: N,
    dim?: Check<RepeatInterleave<A["shape"], Times<N>, D>, D>,
  ): Tensor<RepeatInterleave<A["shape"], Times<N>, D>>;
  /**
   * The elements of a diagonal of two dims, by default the first two, which become one dim at the end; `offset` counts to the right of the
   * main diagonal. A view.
   * @throws ShapeError unless there are two such dims.
   * @example
   * tensor([[1, 2], [3, 4]]).diagonal().toArray(); // [1, 4]
   */
  diagonal<A extends Tensor, O extends number = 0, I extends number = 0, J extends number = 1>(
    this: Check<Diagonal<A["shape"], O, I, J>, A>,
    offset?: O,
    dim1?: I,
    dim2?: J,
  ): Tensor<Diagonal<A["shape"], O, I, J>>;
  diagonal(this: Tensor, options: DiagonalOptions): Tensor;
  /**
   * Of a vector, the square matrix with it on a diagonal and 0 elsewhere; of a matrix, that diagonal.
   * @throws ShapeError for more or less dims.
   * @example
   * tensor([1, 2]).diag().toArray(); // [[1, 0], [0, 2]]
   * tensor([[1, 2], [3, 4]]).diag(1).toArray(); // [2]
   */
  diag<A extends Tensor, O extends number = 0>(
    this: Check<Diag<A["shape"], O>, A>,
    diagonal?: O,
  ): Tensor<Diag<A["shape"], O>>;
  /**
   * Sum of the main diagonal of a matrix; bool counts as int32.
   * @throws ShapeError unless there are two dims.
   * @example
   * tensor([[1, 2], [3, 4]]).trace().item(); // 5
   */
  trace<A extends Tensor>(this: Check<Trace<A["shape"]>, A>): Tensor<Trace<A["shape"]>>;
}
