// Layers whose windows slide over images: convolution and pooling, after the functions in ./convolution.ts.
import type { Shape } from "../shape.ts";
import type { ShapeFn } from "./chain.ts";
import type { Adaptive, Image, Laid, Lie, NoConvImage, Option, Pool, Sizes, Spatial, Spread } from "./convolution.ts";
import type { Fail, Show, ShowSize } from "./show.ts";
import type { SameSize } from "./sizes.ts";

/** How windows slide: size, stride, padding, dilation; the padding "same" keeps sizes. */
export interface SlidingArgs {
  readonly size: unknown;
  readonly stride: unknown;
  readonly padding: unknown;
  readonly dilation: unknown;
}

/** R, if there are as many channels as the layer expects. */
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

/** Convolution with O kernels that slide as A says. */
export type ConvShape<
  Name extends string,
  S extends Shape,
  I extends number,
  O extends number,
  A extends SlidingArgs,
  Dims extends Spatial,
> = S extends unknown
  ? [Image<S, Dims>] extends [never]
    ? NoConvImage<ConvLabel<Name, I, O, A["size"]>, S, Dims>
    : Image<S, Dims> extends {
          lead: infer Lead extends Shape;
          channels: infer C extends number;
          lengths: infer L extends Shape;
        }
      ? Channels<
          ConvLabel<Name, I, O, A["size"]>,
          S,
          C,
          I,
          Laid<
            Uncapitalize<Name>,
            [...Lead, O],
            Sizes<A["size"], L>,
            Lie<L, Sizes<A["size"], L>, Option<A, "stride", 1>, A>
          >
        >
      : never
  : never;
export interface Conv1dFn<I extends number, O extends number, A extends SlidingArgs> extends ShapeFn {
  out: this["in"] extends infer S extends Shape ? ConvShape<"Conv1d", S, I, O, A, "length"> : never;
}
export interface Conv2dFn<I extends number, O extends number, A extends SlidingArgs> extends ShapeFn {
  out: this["in"] extends infer S extends Shape ? ConvShape<"Conv2d", S, I, O, A, "height,width"> : never;
}

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
  ? [Image<S, Dims>] extends [never]
    ? NoConvImage<ConvLabel<Name, I, O, K>, S, Dims>
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
  out: this["in"] extends infer S extends Shape ? Pool<Op, S, A["size"], A, "length"> : never;
}
export interface Pool2dFn<Op extends string, A extends SlidingArgs> extends ShapeFn {
  out: this["in"] extends infer S extends Shape ? Pool<Op, S, A["size"], A, "height,width"> : never;
}
/** Lengths cut into as many parts as O says. */
export interface Adaptive1dFn<Op extends string, O> extends ShapeFn {
  out: this["in"] extends infer S extends Shape ? Adaptive<Op, S, O, "length"> : never;
}
export interface Adaptive2dFn<Op extends string, O> extends ShapeFn {
  out: this["in"] extends infer S extends Shape ? Adaptive<Op, S, O, "height,width"> : never;
}
/** Rows of O numbers in place of indices. */
export interface EmbeddingFn<O extends number> extends ShapeFn {
  out: this["in"] extends infer S extends Shape ? [...S, O] : never;
}
