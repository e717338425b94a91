// Layers that keep the shape, if it has the sizes or the channels that they were built for.
import type { Shape } from "../shape.ts";
import type { ShapeFn } from "./chain.ts";
import type { Image } from "./convolution.ts";
import type { Fail, Mutable, Show, ShowSize } from "./show.ts";
import type { Is, SameSize, SameSizes } from "./sizes.ts";

/** Of layers that keep the shapes that fit. */
interface KeepsFitting extends ShapeFn {
  keeps: "what fits";
}

/** S; what is asked of it, if nothing else is known of it. */
type Known<S extends Shape, Asked> = number[] extends S ? Asked : S;

/** Sizes as they are given to a layer: a list, or a single one. */
type Listed<N> = N extends readonly number[] ? Mutable<N> : N extends number ? [N] : number[];
/** May S end in the sizes N? */
type EndsIn<S extends Shape, N extends Shape> = N extends readonly [...infer N1 extends Shape, infer Size]
  ? S extends readonly [...infer S1 extends Shape, infer Last]
    ? SameSize<Last, Size> extends true
      ? EndsIn<S1, N1>
      : false
    : number extends S["length"]
      ? true
      : false
  : true;
/** Shape S, if it ends in the sizes N, which are not none. */
export type LastNormShape<Op extends string, S extends Shape, N> = S extends unknown
  ? Listed<N> extends infer L extends Shape
    ? L extends readonly []
      ? NoEnd<Op, S, L>
      : EndsIn<S, L> extends true
        ? Known<S, [...number[], ...L]>
        : NoEnd<Op, S, L>
    : never
  : never;
type NoEnd<
  Op extends string,
  S extends Shape,
  L extends Shape,
> = Fail<`${Op}: input ${Show<S>} does not end in ${Show<L>}`>;
export interface LastNormFn<Op extends string, N> extends KeepsFitting {
  out: this["in"] extends infer S extends Shape ? LastNormShape<Op, S, N> : never;
}

type WrongChannels<
  Label extends string,
  S extends Shape,
  K,
  C extends number,
> = Fail<`${Label}: input ${Show<S>} has ${ShowSize<K>} channels, expected ${ShowSize<C>}`>;

/** Shape S, if it may be one of a batch with C channels. */
export type BatchNorm1dShape<S extends Shape, C extends number> = S extends unknown
  ? true extends SameSizes<S, [number, C]> | SameSizes<S, [number, C, number]>
    ? S
    : true extends SameSizes<S, [number, number]> | SameSizes<S, [number, number, number]>
      ? WrongChannels<`BatchNorm1d(${ShowSize<C>})`, S, number extends S["length"] ? number : S[1], C>
      : Fail<`BatchNorm1d(${ShowSize<C>}): needs [batch,channels] or [batch,channels,length], got ${Show<S>}`>
  : never;
export interface BatchNorm1dFn<C extends number> extends KeepsFitting {
  out: this["in"] extends infer S extends Shape ? BatchNorm1dShape<S, C> : never;
}
export type BatchNorm2dShape<S extends Shape, C extends number> = S extends unknown
  ? Images<C> extends infer Asked extends Shape
    ? SameSizes<S, Asked> extends true
      ? Known<S, Asked>
      : SameSizes<S, [number, number, number, number]> extends true
        ? WrongChannels<`BatchNorm2d(${ShowSize<C>})`, S, Image<S, "height,width">["channels"], C>
        : Fail<`BatchNorm2d(${ShowSize<C>}): needs [batch,channels,height,width], got ${Show<S>}`>
    : never
  : never;
type Images<C> = C extends number ? [number, C, number, number] : never;
export interface BatchNorm2dFn<C extends number> extends KeepsFitting {
  out: this["in"] extends infer S extends Shape ? BatchNorm2dShape<S, C> : never;
}

/** Shape S, if it has C channels in dim 1, which is not known while the rank is not. */
export type GroupNormShape<S extends Shape, G extends number, C extends number> = S extends unknown
  ? S extends readonly [unknown, infer K, ...unknown[]]
    ? SameSize<K, C> extends true
      ? S
      : WrongChannels<`GroupNorm(${ShowSize<G>}, ${ShowSize<C>})`, S, K, C>
    : number extends S["length"]
      ? S
      : Fail<`groupNorm: needs [batch,channels,…], got ${Show<S>}`>
  : never;
export interface GroupNormFn<G extends number, C extends number> extends KeepsFitting {
  out: this["in"] extends infer S extends Shape ? GroupNormShape<S, G, C> : never;
}
export type InstanceNormShape<S extends Shape, C extends number> = S extends unknown
  ? S extends readonly [unknown, infer K, unknown, ...unknown[]]
    ? SameSize<K, C> extends true
      ? S
      : WrongChannels<`InstanceNorm(${ShowSize<C>})`, S, K, C>
    : number extends S["length"]
      ? S
      : Fail<`InstanceNorm(${ShowSize<C>}): needs [batch,channels,length,…], got ${Show<S>}`>
  : never;
export interface InstanceNormFn<C extends number> extends KeepsFitting {
  out: this["in"] extends infer S extends Shape ? InstanceNormShape<S, C> : never;
}

/** Shape S, if N weights are one, or one for each channel, which is dim 1; a vector counts as one channel. */
export type PReLUShape<S extends Shape, N extends number> = S extends unknown
  ? Is<N, 1> extends true
    ? S
    : S extends readonly [unknown, infer K, ...unknown[]]
      ? true extends SameSize<K, N> | SameSize<1, N>
        ? S
        : NotEach<S, N, K>
      : number extends S["length"]
        ? S
        : SameSize<1, N> extends true
          ? S
          : NotEach<S, N, 1>
  : never;
type NotEach<
  S extends Shape,
  N extends number,
  K,
> = Fail<`prelu: weight ${Show<[N]>} is neither one number nor one for each of the ${ShowSize<K>} channels of ${Show<S>}`>;
export interface PReLUFn<N extends number> extends KeepsFitting {
  out: this["in"] extends infer S extends Shape ? PReLUShape<S, N> : never;
}
