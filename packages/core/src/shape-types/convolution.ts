// Convolution and pooling as functions: shapes from those of input and kernel, and from the options as they were written.
import type { Shape, ShapeArg } from "../shape.ts";
import type { Add, DivMod, Mul, Sub } from "./arithmetic.ts";
import type { Fail, Show, ShowSize } from "./show.ts";
import type { Is, SameSize } from "./sizes.ts";

/** An option of O; Default if it was left out, `unknown` if that cannot be told. */
export type Option<O, Name extends string, Default> = O extends { readonly [N in Name]: infer V }
  ? V extends undefined | null
    ? Default
    : V
  : Name extends keyof O
    ? unknown
    : Default;
/** An extent in dim D. */
type In<E, D extends number> = E extends number
  ? E
  : E extends { readonly [I in D]: infer N extends number }
    ? N
    : number;
type Num<N> = N extends number ? N : number;

/** How windows lie in the last dims: padded lengths, what a window reaches over, and how many there are, 0 where none fits. */
export interface Lying {
  readonly padded: Shape;
  readonly reach: Shape;
  readonly count: Shape;
}
/** Stride is one step, or one for each dim. */
export type Lie<
  Lengths extends Shape,
  Sizes extends Shape,
  Stride,
  O,
  P extends Shape = [],
  R extends Shape = [],
  C extends Shape = [],
  D extends 1[] = [],
> = [Lengths, Sizes] extends [
  readonly [infer L extends number, ...infer MoreL extends Shape],
  readonly [infer K extends number, ...infer MoreK extends Shape],
]
  ? Reach<K, In<Option<O, "dilation", 1>, D["length"]>> extends infer Over extends number
    ? Padded<L, Over, Option<O, "padding", 0>, D["length"]> extends infer Room extends number
      ? Lie<
          MoreL,
          MoreK,
          Stride,
          O,
          [...P, Room],
          [...R, Over],
          [...C, Count<Sub<Room, Over>, In<Stride, D["length"]>>],
          [...D, 1]
        >
      : never
    : never
  : { readonly padded: P; readonly reach: R; readonly count: C };
type Reach<K extends number, Dilation extends number> = Add<Mul<Dilation, Num<Sub<K, 1>>>, 1>;
type Padded<L extends number, Over extends number, P, D extends number> = P extends "valid"
  ? L
  : P extends "same"
    ? Num<Sub<Add<L, Over>, 1>>
    : Add<L, Add<In<P, D>, In<P, D>>>;
type Count<Free, Stride extends number> = [Free] extends [never]
  ? 0
  : DivMod<Free & number, Stride> extends [infer Q extends number, unknown]
    ? Add<Q, 1>
    : number;

/** The counts behind the dims in Lead, unless one is 0. */
export type Laid<Op extends string, Lead extends Shape, Sizes extends Shape, L extends Lying> =
  HasNone<L["count"]> extends true
    ? Fail<`${Op}: kernel ${Show<Sizes>}${Over<Sizes, L["reach"]>} is larger than the padded input ${Show<L["padded"]>}; pad more, or use a smaller kernel`>
    : [...Lead, ...L["count"]];
type HasNone<C extends Shape> = C extends readonly [infer N extends number, ...infer More extends Shape]
  ? Is<N, 0> extends true
    ? true
    : HasNone<More>
  : false;
type Over<Sizes extends Shape, R extends Shape> = Show<R> extends Show<Sizes> ? "" : ` reaches over ${Show<R>} and`;

export type Spatial = "length" | "height,width";
/** The dims in front, the channels, and the lengths of an image with or without a batch. */
export type Image<S extends Shape, Dims extends Spatial> = number extends S["length"]
  ? Behind<S, Dims>
  : Dims extends "length"
    ? S extends readonly [infer N extends number, infer C extends number, infer L extends number]
      ? { lead: [N]; channels: C; lengths: [L] }
      : S extends readonly [infer C extends number, infer L extends number]
        ? { lead: []; channels: C; lengths: [L] }
        : never
    : S extends readonly [
          infer N extends number,
          infer C extends number,
          infer H extends number,
          infer W extends number,
        ]
      ? { lead: [N]; channels: C; lengths: [H, W] }
      : S extends readonly [infer C extends number, infer H extends number, infer W extends number]
        ? { lead: []; channels: C; lengths: [H, W] }
        : never;
/** As `Image`, of a shape of unknown rank: what is known stands at its end. */
type Behind<S extends Shape, Dims extends Spatial> = Dims extends "length"
  ? S extends readonly [...infer Lead extends Shape, infer C extends number, infer L extends number]
    ? { lead: Lead; channels: C; lengths: [L] }
    : {
        lead: number[];
        channels: number;
        lengths: [S extends readonly [...Shape, infer L extends number] ? L : number];
      }
  : S extends readonly [
        ...infer Lead extends Shape,
        infer C extends number,
        infer H extends number,
        infer W extends number,
      ]
    ? { lead: Lead; channels: C; lengths: [H, W] }
    : S extends readonly [...Shape, infer H extends number, infer W extends number]
      ? { lead: number[]; channels: number; lengths: [H, W] }
      : {
          lead: number[];
          channels: number;
          lengths: [number, S extends readonly [...Shape, infer W extends number] ? W : number];
        };
/** Of a weight: its first two sizes and the kernel's. */
type Kernel<W extends Shape, Dims extends Spatial> = Dims extends "length"
  ? W extends readonly [infer A extends number, infer B extends number, infer K extends number]
    ? { first: A; second: B; sizes: [K] }
    : never
  : W extends readonly [infer A extends number, infer B extends number, infer K extends number, infer L extends number]
    ? { first: A; second: B; sizes: [K, L] }
    : never;
type Unfit<
  Op extends string,
  S extends Shape,
  W extends Shape,
  Dims extends Spatial,
> = Fail<`${Op}: needs input [batch,channels,${Dims}] or [channels,${Dims}] and a weight of ${Dims extends "length" ? 3 : 4} dims, got ${Show<S>} and ${Show<W>}`>;

/** The message of a layer. */
export type NoConvImage<
  Label extends string,
  S extends Shape,
  Dims extends Spatial,
> = Fail<`${Label}: needs [batch,channels,${Dims}] or [channels,${Dims}], got ${Show<S>}`>;

/** R, if the channels are those that the weight expects and the groups divide them. */
type Grouped<
  Op extends string,
  S extends Shape,
  W extends Shape,
  C extends number,
  Expected extends number,
  Outputs extends number,
  G extends number,
  R,
> = true extends Leaves<C, G> | Leaves<Outputs, G>
  ? Fail<`${Op}: ${G} groups do not divide ${ShowSize<C>} input channels and ${ShowSize<Outputs>} output channels`>
  : SameSize<C, Expected> extends true
    ? R
    : Fail<`${Op}: input ${Show<S>} has ${ShowSize<C>} channels, weight ${Show<W>} expects ${ShowSize<Expected>}${G extends 1 ? "" : ` in ${G} groups`}`>;
/** Does a division leave a rest, as far as one can tell? */
type Leaves<N extends number, G extends number> =
  DivMod<N, G> extends [unknown, infer Rest extends number]
    ? number extends Rest
      ? false
      : Rest extends 0
        ? false
        : true
    : false;

/** Shape of the convolution of S with a weight W. */
export type Conv<Op extends string, S extends Shape, W extends Shape, O, Dims extends Spatial> = S extends unknown
  ? W extends unknown
    ? number extends W["length"]
      ? number[]
      : [Image<S, Dims>] extends [never]
        ? Unfit<Op, S, W, Dims>
        : Kernel<W, Dims> extends {
              first: infer Out extends number;
              second: infer Per extends number;
              sizes: infer K extends Shape;
            }
          ? Image<S, Dims> extends {
              lead: infer Lead extends Shape;
              channels: infer C extends number;
              lengths: infer L extends Shape;
            }
            ? Grouped<
                Op,
                S,
                W,
                C,
                Mul<Per, Num<Option<O, "groups", 1>>>,
                Out,
                Num<Option<O, "groups", 1>>,
                Laid<Op, [...Lead, Out], K, Lie<L, K, Option<O, "stride", 1>, O>>
              >
            : never
          : Unfit<Op, S, W, Dims>
    : never
  : never;

/** Shape of the transposed convolution of S with a weight W. */
export type ConvTranspose<
  Op extends string,
  S extends Shape,
  W extends Shape,
  O,
  Dims extends Spatial,
> = S extends unknown
  ? W extends unknown
    ? number extends W["length"]
      ? number[]
      : [Image<S, Dims>] extends [never]
        ? Unfit<Op, S, W, Dims>
        : Kernel<W, Dims> extends {
              first: infer From extends number;
              second: infer Per extends number;
              sizes: infer K extends Shape;
            }
          ? Image<S, Dims> extends {
              lead: infer Lead extends Shape;
              channels: infer C extends number;
              lengths: infer L extends Shape;
            }
            ? Mul<Per, Num<Option<O, "groups", 1>>> extends infer Out extends number
              ? Grouped<Op, S, W, C, From, Out, Num<Option<O, "groups", 1>>, [...Lead, Out, ...Spread<L, K, O>]>
              : never
            : never
          : Unfit<Op, S, W, Dims>
    : never
  : never;
/** (L − 1)·stride + reach + outputPadding − 2·padding, for each dim. */
export type Spread<L extends Shape, K extends Shape, O, R extends Shape = [], D extends 1[] = []> = [L, K] extends [
  readonly [infer Length extends number, ...infer MoreL extends Shape],
  readonly [infer Size extends number, ...infer MoreK extends Shape],
]
  ? Spread<MoreL, MoreK, O, [...R, SpreadSize<Length, Size, O, D["length"]>], [...D, 1]>
  : R;
type SpreadSize<L extends number, K extends number, O, D extends number> =
  Sub<
    Add<
      Add<Mul<Num<Sub<L, 1>>, In<Option<O, "stride", 1>, D>>, Reach<K, In<Option<O, "dilation", 1>, D>>>,
      In<Option<O, "outputPadding", 0>, D>
    >,
    Add<In<Option<O, "padding", 0>, D>, In<Option<O, "padding", 0>, D>>
  > extends infer N
    ? [N] extends [never]
      ? number
      : N & number
    : never;

/** Shape of what is pooled from windows of extent K over S. With `ceilMode` only the run time knows. */
export type Pool<Op extends string, S extends Shape, K, O, Dims extends Spatial> = S extends unknown
  ? [Image<S, Dims>] extends [never]
    ? NoImage<Op, S, Dims>
    : Image<S, Dims> extends {
          lead: infer Lead extends Shape;
          channels: infer C extends number;
          lengths: infer L extends Shape;
        }
      ? Option<O, "ceilMode", false> extends false
        ? Sizes<K, L> extends infer Window extends Shape
          ? Laid<Op, [...Lead, C], Window, Lie<L, Window, Option<O, "stride", K>, O>>
          : never
        : [...Lead, C, ...{ -readonly [I in keyof L]: number }]
      : never
  : never;
type NoImage<
  Op extends string,
  S extends ShapeArg,
  Dims extends Spatial,
> = Fail<`${Op}: needs [batch,channels,${Dims}], or one without batch, got ${Show<S>}`>;
/** An extent as a size for each dim of L. */
export type Sizes<K, L extends Shape> = L extends readonly [unknown, unknown] ? [In<K, 0>, In<K, 1>] : [In<K, 0>];

/** Shape with sizes E in place of the lengths of S, of which null keeps one. */
export type Adaptive<Op extends string, S extends Shape, E, Dims extends Spatial> = S extends unknown
  ? [Image<S, Dims>] extends [never]
    ? NoImage<Op, S, Dims>
    : Image<S, Dims> extends {
          lead: infer Lead extends Shape;
          channels: infer C extends number;
          lengths: infer L extends Shape;
        }
      ? [...Lead, C, ...AdaptiveSizes<E, L>]
      : never
  : never;
type AdaptiveSizes<E, L extends Shape> = L extends readonly [infer H extends number, infer W extends number]
  ? [Kept<E, 0, H>, Kept<E, 1, W>]
  : L extends readonly [infer One extends number]
    ? [Kept<E, 0, One>]
    : number[];
type Kept<E, D extends number, L extends number> = E extends { readonly [I in D]: null } ? L : In<E, D>;
