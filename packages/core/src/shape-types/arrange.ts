// Cutting a tensor up, repeating it, moving its dims, and walking its diagonals.
import type { Shape, ShapeArg } from "../shape.ts";
import type { Add, CeilDiv, Min, Mul, Product, SubOrZero } from "./arithmetic.ts";
import type { BroadcastTo } from "./broadcast.ts";
import type { Before, Drop, EachDim, From, OneDim, Put, ScalarDims } from "./dims.ts";
import type { Split } from "./join.ts";
import type { Reshape, SetAuto } from "./reshape.ts";
import type { CheckShape, Fail, Failed, Mutable, Show } from "./show.ts";
import type { Is, IsExact, IsLiteral, IsNoSize } from "./sizes.ts";

/** As many sizes as S has, none of them known. */
export type SameRank<S extends Shape> = { -readonly [K in keyof S]: number };

/** May N be a whole number from 1 up? */
type Whole<N extends number> = IsLiteral<N> extends true ? (true extends Is<N, 0> | IsNoSize<N> ? false : true) : true;

/** Shapes of at most N pieces of equal size (the last may be smaller) of dim D. */
export type Chunk<S extends Shape, N extends number, D extends number = 0> = S extends unknown
  ? OneDim<S, D, "chunk"> extends infer I extends Shape
    ? I extends Failed
      ? I
      : Whole<N> extends false
        ? Fail<`chunk: needs a whole number of chunks from 1 up, got ${N}`>
        : I extends readonly [infer At extends number]
          ? false extends IsExact<N> | IsExact<S[At]>
            ? Put<S, At, number>[]
            : S[At] extends 0
              ? S[]
              : Split<S, CeilDiv<S[At], N>, At>
          : number[][]
    : never
  : never;

/** Shapes of the parts at each index of dim D, which is dropped. */
export type Unbind<S extends Shape, D extends number = 0> = S extends unknown
  ? OneDim<S, D, "unbind"> extends infer I extends Shape
    ? I extends Failed
      ? I
      : I extends readonly [infer At extends number]
        ? IsExact<S[At]> extends true
          ? S[At] extends 0
            ? []
            : Split<S, 1, At> extends infer R extends readonly Shape[]
              ? DropEach<R, At>
              : never
          : Drop<S, At>[]
        : number[][]
    : never
  : never;
type DropEach<R extends readonly Shape[], At> = { [K in keyof R]: Drop<R[K], At> };

/** Shape R, where −1 keeps the size that stands there, if a tensor of shape S stretches to it. */
export type Expand<S extends Shape, R extends ShapeArg> = S extends unknown
  ? number extends S["length"] | R["length"]
    ? SetAuto<R, number>
    : BroadcastTo<S, KeepSizes<S, R>, "expand">
  : never;
type KeepSizes<S extends ShapeArg, R extends ShapeArg, Out extends ShapeArg = []> = R extends readonly [
  ...infer R1 extends ShapeArg,
  infer To extends number,
]
  ? S extends readonly [...infer S1 extends ShapeArg, infer Size extends number]
    ? KeepSizes<S1, R1, [Is<To, -1> extends true ? Size : To, ...Out]>
    : [...R, ...Out]
  : Out;

/** Shape with dim Source, which may be a list, at place Destination. */
export type MoveDim<S extends Shape, Source extends number | ShapeArg, Destination extends number | ShapeArg> = [
  Source,
  Destination,
] extends [infer Place extends number, infer To extends number]
  ? S extends readonly []
    ? ScalarDims<Place, To, "movedim">
    : EachDim<S, [Place, To], "movedim"> extends infer I extends Shape
      ? I extends Failed
        ? I
        : I extends readonly [infer A extends number, infer B extends number]
          ? [...Before<Drop<S, A>, B>, S[A], ...From<Drop<S, A>, B>]
          : number[]
      : never
  : SameRank<S>;

/** Shape of a tensor laid side by side R times in each dim, the last dims of both matching. */
export type Tile<S extends Shape, R extends ShapeArg, Op extends string = "tile"> = S extends unknown
  ? number extends S["length"] | R["length"]
    ? number[]
    : CheckShape<R, Op> extends infer Times extends Shape
      ? Times extends Failed
        ? Times
        : Multiply<S, Times>
      : never
  : never;
type Multiply<S extends Shape, R extends Shape, Out extends Shape = []> = S extends readonly [
  ...infer S1 extends Shape,
  infer Size extends number,
]
  ? R extends readonly [...infer R1 extends Shape, infer Times extends number]
    ? Multiply<S1, R1, [Mul<Size, Times>, ...Out]>
    : [...S, ...Out]
  : [...R, ...Out];
/** As `Tile`, but R lists all dims of S. */
export type Repeat<S extends Shape, R extends ShapeArg> = S extends unknown
  ? number extends S["length"] | R["length"]
    ? number[]
    : Before<Mutable<R>, S["length"]>["length"] extends S["length"]
      ? Tile<S, R, "repeat">
      : Fail<`repeat: ${Show<R>} lists fewer dims than ${Show<S>} has`>
  : never;

/** Shape with each slice of dim D, by default each element, N times, or as often as a list says. */
export type RepeatInterleave<
  S extends Shape,
  N extends number | ShapeArg,
  D extends number | undefined,
> = S extends unknown
  ? [D] extends [number]
    ? OneDim<S, D, "repeatInterleave"> extends infer I extends Shape
      ? I extends Failed
        ? I
        : I extends readonly [infer At extends number]
          ? Put<S, At, N extends number ? Mul<S[At], N> : number>
          : number[]
      : never
    : [N extends number ? Mul<Product<S>, N> : number]
  : never;

/** Shape with dim D cut into the sizes R. */
export type Unflatten<S extends Shape, D extends number, R extends ShapeArg> = S extends unknown
  ? OneDim<S, D, "unflatten"> extends infer I extends Shape
    ? I extends Failed
      ? I
      : I extends readonly [infer At extends number]
        ? Reshape<[S[At]], R> extends infer Sizes extends Shape
          ? Sizes extends Failed
            ? Fail<`unflatten: size ${S[At]} of dim ${At} of ${Show<S>} does not divide into ${Show<R>}`>
            : [...Before<S, At>, ...Sizes, ...From<Drop<S, At>, At>]
          : never
        : number[]
    : never
  : never;

/** Shape with N elements of dim D. */
export type Narrow<S extends Shape, D extends number, N extends number, Op extends string> = S extends unknown
  ? OneDim<S, D, Op> extends infer I extends Shape
    ? I extends Failed
      ? I
      : I extends readonly [infer At extends number]
        ? Put<S, At, N>
        : number[]
    : never
  : never;

/** Shape after N differences of neighbours along dim D. */
export type Diff<S extends Shape, N extends number, D extends number, Exact> = S extends unknown
  ? OneDim<S, D, "diff"> extends infer I extends Shape
    ? I extends Failed
      ? I
      : I extends readonly [infer At extends number]
        ? Put<S, At, [Exact] extends [undefined] ? SubOrZero<S[At], N> : number>
        : number[]
    : never
  : never;

/** Shape of the diagonal O of dims A and B, which becomes the last dim. */
export type Diagonal<S extends Shape, O extends number, A extends number, B extends number> = S extends unknown
  ? EachDim<S, [A, B], "diagonal"> extends infer I extends Shape
    ? I extends Failed
      ? I
      : I extends readonly [infer DimA extends number, infer DimB extends number]
        ? DimA extends DimB
          ? Fail<`diagonal: dims ${A} and ${B} of ${Show<S>} are the same`>
          : [...Drop<S, DimA | DimB>, DiagonalSize<S[DimA], S[DimB], O>]
        : number[]
    : never
  : never;
type DiagonalSize<Rows extends number, Columns extends number, O extends number> = false extends
  | IsExact<Rows>
  | IsExact<Columns>
  | IsLiteral<O>
  ? number
  : `${O}` extends `-${infer Down extends number}`
    ? Min<SubOrZero<Rows, Down>, Columns>
    : Min<Rows, SubOrZero<Columns, O>>;

/** A vector on diagonal O of a square matrix; or diagonal O of a matrix. */
export type Diag<S extends Shape, O extends number> = S extends unknown
  ? number extends S["length"]
    ? number[]
    : S extends readonly [infer Size extends number]
      ? Square<
          IsLiteral<O> extends true ? Add<Size, `${O}` extends `-${infer Down extends number}` ? Down : O> : number
        >
      : S extends readonly [infer Rows extends number, infer Columns extends number]
        ? [DiagonalSize<Rows, Columns, O>]
        : Fail<`diag: needs one or two dims, got ${Show<S>}`>
  : never;
type Square<Size extends number> = [Size, Size];
/** A scalar, if S is a matrix. */
export type Trace<S extends Shape> = S extends unknown
  ? number extends S["length"]
    ? []
    : S["length"] extends 2
      ? []
      : Fail<`trace: needs two dims, got ${Show<S>}`>
  : never;
