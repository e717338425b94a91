// Taking parts of a tensor, and adding margins to it.
import type { Shape } from "../shape.ts";
import type { Add, CeilDiv, IsBelow, Min, SubOrZero } from "./arithmetic.ts";
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
          : Fail<`select: index ${Index} is out of range for dim ${D} of ${Show<S>}`>
        : number[]
    : never
  : never;
export type HasIndex<Size extends number, Index extends number> =
  false extends IsLiteral<Index>
    ? true
    : IsFraction<Index> extends true
      ? false
      : false extends IsExact<Size>
        ? true
        : `${Index}` extends `-${infer K extends number}`
          ? Not<IsBelow<Size, K>>
          : IsBelow<Index, Size>;
type Not<B> = B extends true ? false : true;

/** Shape of the slices of dim D that a 1-D index of shape I picks. */
export type IndexSelect<S extends Shape, D extends number, I extends Shape> = S extends unknown
  ? I extends unknown
    ? OneDim<Listed<S>, D, "indexSelect"> extends infer Dim extends Shape
      ? Dim extends Failed
        ? Dim
        : Count<I> extends infer N extends number
          ? S extends readonly []
            ? SameSize<N, 1> extends true
              ? S
              : Fail<`indexSelect: a scalar has one place to pick, got ${N} indices`>
            : Dim extends readonly [infer At extends number]
              ? Put<S, At, N>
              : number[]
          : Fail<`indexSelect: indices are 1-D, got ${Show<I>}`>
      : never
    : never
  : never;
/** A scalar counts as a list of one. */
type Listed<S extends Shape> = S extends readonly [] ? [1] : S;
type Count<I extends Shape> = I extends readonly []
  ? 1
  : I extends readonly [infer N extends number]
    ? N
    : number extends I["length"]
      ? number
      : undefined;

/** Shape of an index I that picks one element per place along dim D of S: the index's own. */
export type Gather<S extends Shape, D extends number, I extends Shape> = S extends unknown
  ? I extends unknown
    ? OneDim<Listed<S>, D, "gather"> extends infer Dim extends Shape
      ? Dim extends Failed
        ? Dim
        : number extends S["length"] | I["length"]
          ? I
          : Listed<S>["length"] extends Listed<I>["length"]
            ? Larger<I, S, Dim[0]> extends infer At extends number
              ? Fail<`gather: index ${Show<I>} is larger than ${Show<S>} in dim ${At}`>
              : I
            : Fail<`gather: index ${Show<I>} and input ${Show<S>} differ in rank`>
      : never
    : never
  : never;
/** Is I > S? Not if they are the same, type parameters too. */
type Exceeds<I extends number, S extends number> = { i: I; s: S } extends { i: S; s: I } ? false : IsBelow<S, I>;
/** The first dim but At in which I is larger than S; undefined if there is none. */
type Larger<I extends Shape, S extends Shape, At, Steps extends 1[] = []> = [I, S] extends [
  readonly [infer SizeI extends number, ...infer MoreI extends Shape],
  readonly [infer SizeS extends number, ...infer MoreS extends Shape],
]
  ? Steps["length"] extends At
    ? Larger<MoreI, MoreS, At, [...Steps, 1]>
    : Exceeds<SizeI, SizeS> extends true
      ? Steps["length"]
      : Larger<MoreI, MoreS, At, [...Steps, 1]>
  : undefined;
