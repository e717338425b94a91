// Which dims an operation works on: normalised, checked, dropped, swapped.
import type { Shape, ShapeArg } from "../shape.ts";
import type { Check, Fail, Failed, MayPass, Refused, Show } from "./show.ts";
import type { IsAny, IsLiteral } from "./sizes.ts";

/** How dims are passed: one, a list, or none at all for every dim. */
export type DimsArg = number | readonly number[] | undefined;

/** Are all dims meant? */
export type IsAll<D> = IsAny<D> extends true ? false : [D] extends [undefined] ? true : false;

/** Dim D (a literal) counted from the front, as `[dim]`; undefined if a tensor of shape S has no such dim. */
export type FrontDim<S extends Shape, D extends number> = `${D}` extends keyof S
  ? [D]
  : `${D}` extends `-${infer K extends number}`
    ? FromBack<S, K>
    : undefined;
type FromBack<S extends Shape, K, Steps extends 1[] = [1]> = S extends readonly [...infer Lead extends Shape, unknown]
  ? Steps["length"] extends K
    ? [Lead["length"]]
    : FromBack<Lead, K, [...Steps, 1]>
  : undefined;

/** Are the rank of S and the dim D both known? Else a result has unknown rank. */
type IsKnown<S extends Shape, D extends number> = number extends S["length"] ? false : IsLiteral<D>;

/** Dim D of S from the front, as `[dim]`; a `Fail` if S has no such dim; `number[]` if S or D is not known. */
export type OneDim<S extends Shape, D extends number, Op extends string> =
  IsKnown<S, D> extends true
    ? FrontDim<S, D> extends infer I extends Shape
      ? I
      : Fail<`${Op}: dim ${D} is out of range for ${Show<S>}`>
    : number[];

/** Dims D of S from the front, in order; a `Fail` for a dim out of range; `number[]` if S or D is not known. */
export type EachDim<S extends Shape, D extends ShapeArg, Op extends string, R extends Shape = []> = number extends
  | S["length"]
  | D["length"]
  ? number[]
  : D extends readonly [infer One extends number, ...infer More extends ShapeArg]
    ? OneDim<S, One, Op> extends infer I extends Shape
      ? I extends readonly [number]
        ? EachDim<S, More, Op, [...R, ...I]>
        : I
      : never
    : R;

/** As `EachDim`, and no dim twice; D may be a single dim. */
export type Dims<S extends Shape, D extends DimsArg, Op extends string> = D extends number
  ? OneDim<S, D, Op>
  : D extends ShapeArg
    ? EachDim<S, D, Op> extends infer I extends Shape
      ? Repeats<I> extends true
        ? Fail<`${Op}: ${Show<D>} repeats a dim`>
        : I
      : never
    : number[];
/** As `Dims`, where a scalar counts as a list of one: dim 0 or −1 is no dim of it. */
export type ReducedDims<S extends Shape, D extends DimsArg, Op extends string> = S extends readonly []
  ? D extends 0 | -1 | readonly [0 | -1]
    ? []
    : Dims<S, D, Op>
  : Dims<S, D, Op>;
export type Repeats<I extends ShapeArg> = I extends readonly [infer One, ...infer More extends ShapeArg]
  ? One extends More[number]
    ? true
    : Repeats<More>
  : false;

// --- pieces of a shape; I is a dim counted from the front

/** The sizes before dim I. */
export type Before<S extends Shape, I, R extends Shape = []> = R["length"] extends I
  ? R
  : S extends readonly [infer Size extends number, ...infer More extends Shape]
    ? Before<More, I, [...R, Size]>
    : R;
/** The sizes from dim I on. */
export type From<S extends Shape, I, Steps extends 1[] = []> = Steps["length"] extends I
  ? S
  : S extends readonly [unknown, ...infer More extends Shape]
    ? From<More, I, [...Steps, 1]>
    : [];
/** S with a size of N for every dim in the union I. */
export type Put<S extends Shape, I extends number, N extends number> = {
  -readonly [K in keyof S]: K extends `${I}` ? N : S[K];
};
/** S without the dims in the union I. */
export type Drop<S extends Shape, I, R extends Shape = [], Steps extends 1[] = []> = S extends readonly [
  infer Size extends number,
  ...infer More extends Shape,
]
  ? Drop<More, I, Steps["length"] extends I ? R : [...R, Size], [...Steps, 1]>
  : R;

// --- the operations

/** Shape S, once the dims are checked: for flip, softmax and whatever else keeps the shape. */
export type CheckDims<S extends Shape, D extends DimsArg, Op extends string> = S extends unknown
  ? IsAll<D> extends true
    ? S
    : Dims<S, D, Op> extends infer I
      ? I extends Failed
        ? I
        : S
      : never
  : never;
/** Shape S, once the dim is checked: for softmax, cumsum and their like. A scalar counts as a list of one, which has dims 0 and −1. */
export type Along<S extends Shape, D extends number, Op extends string> = { d: D } extends { d: 0 | -1 }
  ? S
  : S extends readonly []
    ? CheckDims<[1], D, Op> extends infer R extends Failed
      ? R
      : S
    : CheckDims<S, D, Op>;
/** Type of the dim: D, or the message if S has no such dim. Every shape has 0 and −1, a type parameter too. */
export type CheckAlong<S extends Shape, D extends number, Op extends string> = { d: D } extends { d: 0 | -1 }
  ? D
  : Check<Along<S, D, Op>, D>;

/** Shape after a reduction over dims D (undefined: all), which stay as 1 if Keep. */
export type Reduce<
  S extends Shape,
  D extends DimsArg = undefined,
  Keep extends boolean = false,
  Op extends string = "sum",
> =
  IsAll<D> extends true
    ? boolean extends Keep
      ? number[]
      : Keep extends true
        ? { -readonly [K in keyof S]: 1 }
        : []
    : S extends unknown
      ? Reduced<S, ReducedDims<S, D, Op>, Keep>
      : never;
/** Type of the dims: D, or the message if S lacks one of them. */
export type CheckReduce<S extends Shape, D extends DimsArg, Keep extends boolean, Op extends string = "sum"> =
  MayPass<Reduce<S, D, Keep, Op>> extends true ? D : Refused<Reduce<S, D, Keep, Op>, D>;
type Reduced<S extends Shape, I extends Shape, Keep extends boolean> = I extends Failed
  ? I
  : boolean extends Keep
    ? number[]
    : number extends I["length"]
      ? number[]
      : Keep extends true
        ? Put<S, I[number], 1>
        : Drop<S, I[number]>;

/** Shape S, reversed along dims D. */
export type Flip<S extends Shape, D extends number | ShapeArg> = S extends readonly []
  ? ScalarDims<D, D, "flip">
  : CheckDims<S, D, "flip">;
/** A scalar, once A and B are dims of a list of one. */
export type ScalarDims<A extends DimsArg, B extends DimsArg, Op extends string> =
  ReducedDims<[], A, Op> extends infer R extends Failed
    ? R
    : ReducedDims<[], B, Op> extends infer R extends Failed
      ? R
      : [];

/** Shape with dims A and B swapped. */
export type Transpose<S extends Shape, A extends number = -2, B extends number = -1> = S extends readonly []
  ? ScalarDims<A, B, "transpose">
  : EachDim<S, [A, B], "transpose"> extends infer I extends Shape
    ? I extends Failed
      ? I
      : I extends readonly [infer DimA extends number, infer DimB extends number]
        ? Swap<S, DimA, DimB>
        : number[]
    : never;
type Swap<S extends Shape, A extends number, B extends number> = {
  -readonly [K in keyof S]: K extends `${A}` ? S[B] : K extends `${B}` ? S[A] : S[K];
};

/** Shape with the dims in the order P. */
export type Permute<S extends Shape, P extends ShapeArg> = S extends unknown
  ? EachDim<S, P, "permute"> extends infer I extends Shape
    ? I extends Failed
      ? I
      : number extends I["length"]
        ? number[]
        : I["length"] extends S["length"]
          ? Repeats<I> extends true
            ? Fail<`permute: ${Show<P>} repeats a dim`>
            : Reorder<S, I>
          : Fail<`permute: ${Show<P>} must list all ${S["length"]} dims of ${Show<S>}`>
    : never
  : never;
type Reorder<S extends Shape, I extends Shape> = { -readonly [K in keyof I]: S[I[K]] };
