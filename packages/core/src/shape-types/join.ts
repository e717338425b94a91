// Several tensors into one, and one into several.
import type { Shape, ShapeArg } from "../shape.ts";
import type { Add, DivMod, Sum } from "./arithmetic.ts";
import type { Digit } from "./digits.ts";
import type { OneDim, Put } from "./dims.ts";
import type { Insert, NewDim } from "./reshape.ts";
import type { CheckShape, Fail, Failed, Show } from "./show.ts";
import type { Is, IsExact, IsNoSize, IsUnion, SameSize, SameSizes } from "./sizes.ts";

interface HasShape {
  readonly shape: Shape;
}

/** Shape of tensors T joined along dim D, which grows; all others agree with the first's. */
export type ConcatAll<T extends readonly HasShape[], D extends number = 0> = T extends readonly []
  ? Fail<"concat: needs at least one tensor">
  : number extends T["length"]
    ? ConcatFrom<T, T[0]["shape"], D>
    : WithoutEmpty<T> extends infer R extends readonly [HasShape, ...HasShape[]]
      ? ConcatFrom<R, R[0]["shape"], D>
      : ConcatFrom<T, T[0]["shape"], D>;
/** A vector without elements goes with any shape. */
type WithoutEmpty<T extends readonly HasShape[], R extends readonly HasShape[] = []> = T extends readonly [
  infer One extends HasShape,
  ...infer More extends readonly HasShape[],
]
  ? WithoutEmpty<More, One["shape"] extends readonly [0] ? R : [...R, One]>
  : R;
type ConcatFrom<T extends readonly HasShape[], First extends Shape, D extends number> = First extends unknown
  ? OneDim<First, D, "concat"> extends infer I extends Shape
    ? I extends Failed
      ? I
      : I extends readonly [infer At extends number]
        ? number extends T["length"]
          ? Put<First, At, number>
          : ConcatEach<T, First, At>
        : number[]
    : never
  : never;
/** Goes through the tensors and adds up their sizes in dim At. */
type ConcatEach<
  T extends readonly HasShape[],
  First extends Shape,
  At extends number,
  Size extends number = 0,
> = T extends readonly [infer One extends HasShape, ...infer More extends readonly HasShape[]]
  ? true extends IsUnion<One["shape"]> | Is<number, One["shape"]["length"]>
    ? ConcatEach<More, First, At, number>
    : One["shape"]["length"] extends First["length"]
      ? SameSizes<Put<One["shape"], At, number>, First> extends true
        ? ConcatEach<More, First, At, Add<One["shape"][At], Size>>
        : Fail<`concat: ${Show<First>} and ${Show<One["shape"]>} differ outside dim ${At}`>
      : Fail<`concat: ranks of ${Show<First>} and ${Show<One["shape"]>} differ`>
  : Put<First, At, Size>;

/** Shape of tensors T, all of one shape, beside each other in a new dim D. */
export type StackAll<T extends readonly HasShape[], D extends number = 0> = T extends readonly []
  ? Fail<"stack: needs at least one tensor">
  : StackFrom<T, T[0]["shape"], D>;
type StackFrom<T extends readonly HasShape[], First extends Shape, D extends number> = First extends unknown
  ? Misfit<T, First> extends infer Other extends Shape
    ? [Other] extends [never]
      ? Insert<First, NewDim<First, D, "stack">, T["length"]>
      : Fail<`stack: shapes ${Show<First>} and ${Show<Other>} differ`>
    : never
  : never;
/** The first shape of T that is another than First. */
type Misfit<T extends readonly HasShape[], First extends Shape> = T extends readonly [
  infer One extends HasShape,
  ...infer More extends readonly HasShape[],
]
  ? false extends SameSizes<One["shape"], First>
    ? One["shape"]
    : Misfit<More, First>
  : never;

/**
 * Shapes of the pieces of S along dim D, as a tuple wherever their number is known: Sizes lists their sizes, or is the size of
 * all but the last. `{ [I in keyof R]: Tensor<R[I]> }` over the result makes it a tuple of tensors.
 */
export type Split<S extends Shape, Sizes extends number | ShapeArg, D extends number = 0> = S extends unknown
  ? OneDim<S, D, "split"> extends infer I extends Shape
    ? I extends Failed
      ? I
      : Sizes extends ShapeArg
        ? SplitList<S, Sizes, I>
        : Sizes extends number
          ? SplitEvenly<S, Sizes, I>
          : never
    : never
  : never;
type SplitList<S extends Shape, Sizes extends ShapeArg, I extends Shape> =
  CheckShape<Sizes, "split"> extends infer Pieces extends Shape
    ? Pieces extends Failed
      ? Pieces
      : I extends readonly [infer At extends number]
        ? SameSize<Sum<Sizes>, S[At]> extends true
          ? { [P in keyof Pieces]: Put<S, At, Pieces[P]> }
          : Fail<`split: sizes ${Show<Sizes>} add up to ${Sum<Sizes>}, dim ${At} of ${Show<S>} has ${S[At]}`>
        : { [P in keyof Pieces]: number[] }
    : never;
type SplitEvenly<S extends Shape, Size extends number, I extends Shape> = true extends Is<Size, 0> | IsNoSize<Size>
  ? Fail<`split: a piece has a whole number of elements from 1 up, got ${Size}`>
  : I extends readonly [infer At extends number]
    ? false extends IsExact<Size> | IsExact<S[At]>
      ? Put<S, At, number>[]
      : DivMod<S[At], Size> extends [infer Count extends number, infer Left extends number]
        ? Pieces<Put<S, At, Size>, Count, Left extends 0 ? [] : [Put<S, At, Left>], S[At] extends 0 ? [S] : []>
        : never
    : number[][];
/** Count times Piece and the Last, as a tuple; an array if that would be long. One empty piece if there is nothing. */
type Pieces<
  Piece extends Shape,
  Count extends number,
  Last extends Shape[],
  Empty extends Shape[],
> = `${Count}` extends Digit | `${Digit}${Digit}`
  ? [...Repeat<Piece, Count>, ...Last, ...Empty]
  : (Piece | Last[number])[];
type Repeat<Piece extends Shape, Count extends number, R extends Shape[] = []> = R["length"] extends Count
  ? R
  : Repeat<Piece, Count, [...R, Piece]>;
