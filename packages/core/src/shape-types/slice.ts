// Taking parts of a tensor, and adding margins to it.
import type { Shape, ShapeArg } from "../shape.ts";
import type { Add, CeilDiv, Min, Sub, SubOrZero } from "./arithmetic.ts";
import type { Drop, OneDim, Put } from "./dims.ts";
import type { Fail, Failed, Show } from "./show.ts";
import type { IsExact, IsFraction, IsLiteral, SameSize } from "./sizes.ts";

type Bound = number | undefined;

/** Shape of Python's `x[Start:End:Step]` along dim D. A size stays known if all of these are literals. */
export type Slice<
  S extends Shape,
  D extends number,
  Start extends Bound = undefined,
  End extends Bound = undefined,
  Step extends Bound = 1,
> = S extends unknown
  ? OneDim<S, D, "slice"> extends infer I extends Shape
    ? I extends Failed
      ? I
      : BadSlice<Start, End, Step> extends infer Message extends string
        ? Fail<Message>
        : I extends readonly [infer At extends number]
          ? Put<S, At, SliceSize<S[At], Start, End, Step>>
          : number[]
    : never
  : never;
type BadSlice<Start extends Bound, End extends Bound, Step extends Bound> =
  IsFractionOr<Start> extends true
    ? `slice: start must be a whole number, got ${Start}`
    : IsFractionOr<End> extends true
      ? `slice: end must be a whole number, got ${End}`
      : Step extends 0
        ? "slice: step must be a whole number other than 0, got 0"
        : IsFractionOr<Step> extends true
          ? `slice: step must be a whole number other than 0, got ${Step}`
          : undefined;
type IsFractionOr<N extends Bound> = [N] extends [number] ? IsFraction<N> : false;
type IsFixed<N extends Bound> = [N] extends [number] ? IsLiteral<N> : [N] extends [undefined] ? true : false;

/** How many of `Size` elements a slice takes. */
type SliceSize<Size extends number, Start extends Bound, End extends Bound, Step extends Bound> = [
  Start,
  End,
  Step,
] extends [undefined | 0, undefined, undefined | 1]
  ? Size
  : false extends IsExact<Size> | IsFixed<Start> | IsFixed<End> | IsFixed<Step>
    ? number
    : `${Step}` extends `-${infer Stride extends number}`
      ? CeilDiv<SubOrZero<Backward<Size, Start, Size>, Backward<Size, End, 0>>, Stride>
      : CeilDiv<SubOrZero<Forward<Size, End, Size>, Forward<Size, Start, 0>>, Step extends number ? Step : 1>;
/** A bound of a forward slice as a position from 0 to Size. */
type Forward<Size extends number, I extends Bound, Default extends number> = I extends number
  ? `${I}` extends `-${infer K extends number}`
    ? SubOrZero<Size, K>
    : Min<I, Size>
  : Default;
/** A bound of a backward slice as its position plus 1, from 0 (before the first) to Size. */
type Backward<Size extends number, I extends Bound, Default extends number> = I extends number
  ? `${I}` extends `-${infer K extends number}`
    ? SubOrZero<Add<Size, 1>, K>
    : Min<Add<I, 1>, Size>
  : Default;

/** Shape of `x[Index]` along dim D, which is dropped. */
export type Select<S extends Shape, D extends number, Index extends number = number> = S extends unknown
  ? OneDim<S, D, "select"> extends infer I extends Shape
    ? I extends Failed
      ? I
      : I extends readonly [infer At extends number]
        ? HasIndex<S[At], Index> extends true
          ? Drop<S, At>
          : Fail<`select: index ${Index} is out of range for dim ${At} of ${Show<S>}`>
        : number[]
    : never
  : never;
type HasIndex<Size extends number, Index extends number> =
  false extends IsLiteral<Index>
    ? true
    : IsFraction<Index> extends true
      ? false
      : false extends IsExact<Size>
        ? true
        : `${Index}` extends `-${infer K extends number}`
          ? [Sub<Size, K>] extends [never]
            ? false
            : true
          : [Sub<Size, Add<Index, 1>>] extends [never]
            ? false
            : true;

/** Shape of the slices of dim D that a 1-D index of shape I picks. */
export type IndexSelect<S extends Shape, D extends number, I extends Shape> = S extends unknown
  ? OneDim<S, D, "indexSelect"> extends infer Dim extends Shape
    ? Dim extends Failed
      ? Dim
      : I extends readonly [infer Count extends number]
        ? Dim extends readonly [infer At extends number]
          ? Put<S, At, Count>
          : number[]
        : number extends I["length"]
          ? Dim extends readonly [infer At extends number]
            ? Put<S, At, number>
            : number[]
          : Fail<`indexSelect: needs a 1-D index, got ${Show<I>}`>
    : never
  : never;

/** Shape of an index I that picks one element per place along dim D of S: the index's own. */
export type Gather<S extends Shape, D extends number, I extends Shape> = S extends unknown
  ? OneDim<S, D, "gather"> extends infer Dim extends Shape
    ? Dim extends Failed
      ? Dim
      : number extends S["length"] | I["length"]
        ? I
        : SameSize<S["length"], I["length"]> extends true
          ? Dim extends readonly [infer At extends number]
            ? Exceeds<S, I, At> extends true
              ? Fail<`gather: index ${Show<I>} is larger than ${Show<S>} outside dim ${At}`>
              : I
            : I
          : Fail<`gather: ranks of ${Show<S>} and index ${Show<I>} differ`>
    : never
  : never;
/** Has I a size above that of S in a dim other than At? */
type Exceeds<S extends Shape, I extends Shape, At extends number> = true extends {
  [K in keyof I]: K extends `${At}`
    ? false
    : K extends keyof S
      ? S[K] extends infer Size extends number
        ? IsAbove<I[K], Size>
        : false
      : false;
}[number]
  ? true
  : false;
type IsAbove<A extends number, B extends number> = [Sub<B, A>] extends [never] ? true : false;

/** Shape with margins in PyTorch's order: before and after the last dim, then the one before it; negative values crop. */
export type Pad<S extends Shape, Pads extends ShapeArg> = S extends unknown
  ? number extends S["length"]
    ? number[]
    : number extends Pads["length"]
      ? { -readonly [K in keyof S]: number }
      : Pairs<S, Pads> extends infer P extends readonly ShapeArg[]
        ? PadEach<S, Pads, P>
        : Fail<`pad: needs pairs of whole numbers, last dim first, for at most ${S["length"]} dims of ${Show<S>}, got ${Show<Pads>}`>
  : never;
/** Pads as pairs, one per dim of S, first dim first; undefined if that cannot be. */
type Pairs<S extends Shape, Pads extends ShapeArg, R extends readonly ShapeArg[] = []> = S extends readonly [
  ...infer Lead extends Shape,
  unknown,
]
  ? Pads extends readonly [infer Low extends number, infer High extends number, ...infer More extends ShapeArg]
    ? true extends IsFraction<Low> | IsFraction<High>
      ? undefined
      : Pairs<Lead, More, [[Low, High], ...R]>
    : Pads extends readonly []
      ? Pairs<Lead, [], [[0, 0], ...R]>
      : undefined
  : Pads extends readonly []
    ? R
    : undefined;
type PadEach<
  S extends Shape,
  Pads extends ShapeArg,
  P extends readonly ShapeArg[],
  Rest extends Shape = S,
  R extends Shape = [],
> = P extends readonly [
  readonly [infer Low extends number, infer High extends number],
  ...infer More extends readonly ShapeArg[],
]
  ? Rest extends readonly [infer Size extends number, ...infer Sizes extends Shape]
    ? { d: PadSize<Size, Low, High> } extends { d: infer N extends number }
      ? [N] extends [never]
        ? Fail<`pad: ${Show<Pads>} crops more than dim ${R["length"]} of ${Show<S>} has`>
        : PadEach<S, Pads, More, Sizes, [...R, N]>
      : never
    : never
  : R;
/** Size + Low + High, or `never` if negative. What is added comes before what is taken away. */
type PadSize<Size extends number, Low extends number, High extends number> = `${Low}` extends `-${string}`
  ? AddSigned<AddSigned<Size, High>, Low>
  : AddSigned<AddSigned<Size, Low>, High>;
type AddSigned<A extends number, B extends number> = [A] extends [never]
  ? never
  : `${B}` extends `-${infer K extends number}`
    ? Sub<A, K>
    : Add<A, B>;
