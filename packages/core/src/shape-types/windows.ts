// Windows that slide over images: convolution and pooling. An extent that is not one literal number for all dims gives unknown sizes.
import type { Shape } from "../shape.ts";
import type { Add, DivMod, Mul, Sub } from "./arithmetic.ts";
import type { ShapeFn } from "./chain.ts";
import type { Fail, Show, ShowSize } from "./show.ts";
import type { SameSize } from "./sizes.ts";
import type { Image, Sizes, Spatial, Spread } from "./convolution.ts";

/** How windows slide: size, stride, padding, dilation; the padding "same" keeps sizes. */
export interface SlidingArgs {
  readonly size: unknown;
  readonly stride: unknown;
  readonly padding: unknown;
  readonly dilation: unknown;
}
type Num<E> = E extends number ? E : number;
type Padded<L extends number, P> = P extends number ? Add<L, Add<P, P>> : number;

/** ⌊(L + 2·padding − dilation·(size − 1) − 1)/stride⌋ + 1, or `never` if no window fits. */
export type WindowCount<L extends number, A extends SlidingArgs> = A["padding"] extends "same"
  ? L
  : A["padding"] extends "valid"
    ? Count<Sub<L, Reach<A>>, Num<A["stride"]>>
    : Count<Sub<Padded<L, A["padding"]>, Reach<A>>, Num<A["stride"]>>;
type Reach<A extends SlidingArgs> =
  Sub<Num<A["size"]>, 1> extends infer N
    ? [N] extends [never]
      ? number
      : Add<Mul<Num<A["dilation"]>, N & number>, 1>
    : never;
type Count<Room, St extends number> = [Room] extends [never]
  ? never
  : DivMod<Room & number, St> extends [infer Q extends number, unknown]
    ? Add<Q, 1>
    : number;

/** S with every size L of Lengths in place of what windows over it number. */
type Slide<
  Op extends string,
  S extends Shape,
  Lead extends Shape,
  Lengths extends Shape,
  A extends SlidingArgs,
  R extends Shape = [],
> = Lengths extends readonly [infer L extends number, ...infer More extends Shape]
  ? [WindowCount<L, A>] extends [never]
    ? Fail<`${Op}: kernel of size ${ShowSize<Num<A["size"]>>} is larger than the padded input ${Show<S>}; pad more, or use a smaller kernel`>
    : Slide<Op, S, Lead, More, A, [...R, WindowCount<L, A>]>
  : [...Lead, ...R];

type Channels<Label extends string, S extends Shape, C, I extends number, R> =
  SameSize<C, I> extends true
    ? R
    : Fail<`${Label}: input ${Show<S>} has ${ShowSize<C>} channels, expected ${ShowSize<I>}`>;
/** As errors name a layer. */
export type ConvLabel<
  Name extends string,
  I extends number,
  O extends number,
  K,
> = `${Name}(${ShowSize<I>}, ${ShowSize<O>}, ${ShowKernel<K>})`;
/** One size, if it is the same for all dims. */
type ShowKernel<K> = K extends number
  ? ShowSize<K>
  : K extends readonly [infer A extends number, infer B extends number]
    ? ShowSize<A> extends ShowSize<B>
      ? ShowSize<A>
      : Show<[A, B]>
    : "?";

export interface Conv1dFn<I extends number, O extends number, A extends SlidingArgs> extends ShapeFn {
  out: this["in"] extends infer S extends Shape ? Conv1dShape<S, I, O, A> : never;
}
export type Conv1dShape<
  S extends Shape,
  I extends number,
  O extends number,
  A extends SlidingArgs,
> = number extends S["length"]
  ? number[]
  : S extends readonly [infer N extends number, infer C, infer L extends number]
    ? Channels<ConvLabel<"Conv1d", I, O, A["size"]>, S, C, I, Slide<"conv1d", S, [N, O], [L], A>>
    : S extends readonly [infer C, infer L extends number]
      ? Channels<ConvLabel<"Conv1d", I, O, A["size"]>, S, C, I, Slide<"conv1d", S, [O], [L], A>>
      : Fail<`${ConvLabel<"Conv1d", I, O, A["size"]>}: needs [batch,channels,length] or [channels,length], got ${Show<S>}`>;

export interface Conv2dFn<I extends number, O extends number, A extends SlidingArgs> extends ShapeFn {
  out: this["in"] extends infer S extends Shape ? Conv2dShape<S, I, O, A> : never;
}
export type Conv2dShape<
  S extends Shape,
  I extends number,
  O extends number,
  A extends SlidingArgs,
> = number extends S["length"]
  ? number[]
  : S extends readonly [infer N extends number, infer C, infer H extends number, infer W extends number]
    ? Channels<ConvLabel<"Conv2d", I, O, A["size"]>, S, C, I, Slide<"conv2d", S, [N, O], [H, W], A>>
    : S extends readonly [infer C, infer H extends number, infer W extends number]
      ? Channels<ConvLabel<"Conv2d", I, O, A["size"]>, S, C, I, Slide<"conv2d", S, [O], [H, W], A>>
      : Fail<`${ConvLabel<"Conv2d", I, O, A["size"]>}: needs [batch,channels,height,width] or [channels,height,width], got ${Show<S>}`>;

/** Transposed convolution with a kernel of extent K; Options are those of the layer as they were written. */
export type ConvTransposeShape<
  Name extends string,
  S extends Shape,
  I extends number,
  O extends number,
  K,
  Options,
  Dims extends Spatial,
> = S extends unknown
  ? number extends S["length"]
    ? number[]
    : [Image<S, Dims>] extends [never]
      ? Fail<`${ConvLabel<Name, I, O, K>}: needs [batch,channels,${Dims}] or [channels,${Dims}], got ${Show<S>}`>
      : Image<S, Dims> extends {
            lead: infer Lead extends Shape;
            channels: infer C extends number;
            lengths: infer L extends Shape;
          }
        ? Channels<ConvLabel<Name, I, O, K>, S, C, I, [...Lead, O, ...Spread<L, Sizes<K, L>, Options>]>
        : never
  : never;
export interface ConvTransposeFn<
  Name extends string,
  I extends number,
  O extends number,
  K,
  Options,
  Dims extends Spatial,
> extends ShapeFn {
  out: this["in"] extends infer S extends Shape ? ConvTransposeShape<Name, S, I, O, K, Options, Dims> : never;
}

export interface Pool1dFn<Op extends string, A extends SlidingArgs> extends ShapeFn {
  out: this["in"] extends infer S extends Shape
    ? number extends S["length"]
      ? number[]
      : S extends readonly [infer N extends number, infer C extends number, infer L extends number]
        ? Slide<Op, S, [N, C], [L], A>
        : S extends readonly [infer C extends number, infer L extends number]
          ? Slide<Op, S, [C], [L], A>
          : Fail<`${Op}: needs [batch,channels,length], or one without batch, got ${Show<S>}`>
    : never;
}
export interface Pool2dFn<Op extends string, A extends SlidingArgs> extends ShapeFn {
  out: this["in"] extends infer S extends Shape
    ? number extends S["length"]
      ? number[]
      : S extends readonly [
            infer N extends number,
            infer C extends number,
            infer H extends number,
            infer W extends number,
          ]
        ? Slide<Op, S, [N, C], [H, W], A>
        : S extends readonly [infer C extends number, infer H extends number, infer W extends number]
          ? Slide<Op, S, [C], [H, W], A>
          : Fail<`${Op}: needs [batch,channels,height,width], or one without batch, got ${Show<S>}`>
    : never;
}
/** The size that output O asks for in its dim I; null keeps L. */
type AdaptedSize<O, I extends 0 | 1, L extends number> = O extends number
  ? O
  : O extends readonly [unknown, ...unknown[]]
    ? O[I] extends null
      ? L
      : O[I] extends number
        ? O[I]
        : number
    : number;
/** Lengths cut into as many parts as O says. */
export interface Adaptive1dFn<Op extends string, O> extends ShapeFn {
  out: this["in"] extends infer S extends Shape
    ? number extends S["length"]
      ? number[]
      : S extends readonly [infer N extends number, infer C extends number, infer L extends number]
        ? [N, C, AdaptedSize<O, 0, L>]
        : S extends readonly [infer C extends number, infer L extends number]
          ? [C, AdaptedSize<O, 0, L>]
          : Fail<`${Op}: needs [batch,channels,length], or one without batch, got ${Show<S>}`>
    : never;
}
export interface Adaptive2dFn<Op extends string, O> extends ShapeFn {
  out: this["in"] extends infer S extends Shape
    ? number extends S["length"]
      ? number[]
      : S extends readonly [
            infer N extends number,
            infer C extends number,
            infer H extends number,
            infer W extends number,
          ]
        ? [N, C, AdaptedSize<O, 0, H>, AdaptedSize<O, 1, W>]
        : S extends readonly [infer C extends number, infer H extends number, infer W extends number]
          ? [C, AdaptedSize<O, 0, H>, AdaptedSize<O, 1, W>]
          : Fail<`${Op}: needs [batch,channels,height,width], or one without batch, got ${Show<S>}`>
    : never;
}
/** Rows of O numbers in place of indices. */
export interface EmbeddingFn<O extends number> extends ShapeFn {
  out: this["in"] extends infer S extends Shape ? [...S, O] : never;
}
