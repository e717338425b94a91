// Layers that go through time, attention, and products of two inputs. O are the options of the layer as they were written.
import type { Shape } from "../shape.ts";
import type { Add, Mul } from "./arithmetic.ts";
import type { ShapeFn } from "./chain.ts";
import type { Option } from "./convolution.ts";
import type { Fail, Show, ShowSize } from "./show.ts";
import type { SameSize, SameSizes } from "./sizes.ts";

type Num<N> = N extends number ? N : number;
/** A layer of this name, and its sizes, as messages show it. */
export type Label<Name extends string, A extends number, B extends number> = `${Name}(${ShowSize<A>}, ${ShowSize<B>})`;
type BatchFirst<O> = Option<O, "batchFirst", false>;
/** The first two dims, as messages name them. */
type Order<O> = BatchFirst<O> extends true ? "batch,time" : "time,batch";
type Directions<O> =
  Option<O, "bidirectional", false> extends infer B
    ? [B] extends [false]
      ? 1
      : [B] extends [true]
        ? 2
        : number
    : never;
/** Size of the hidden state as it is given on. */
type Projected<H extends number, O> = Option<O, "projSize", 0> extends infer P ? ([P] extends [0] ? H : Num<P>) : never;

/** R, if S has rank 3 or 2, or one that is not known, and ends in I. */
type Sequence<Message extends string, S extends Shape, I extends number, R> = true extends
  | SameSizes<S, [number, number, I]>
  | SameSizes<S, [number, I]>
  ? R
  : Fail<`${Message}, got ${Show<S>}`>;

/** Output of a recurrent layer: S with another last size. */
export type RecurrentOutput<
  Name extends string,
  S extends Shape,
  I extends number,
  H extends number,
  O,
> = S extends unknown
  ? Sequence<
      `${Label<Name, I, H>}: needs input [${Order<O>},${ShowSize<I>}] or [time,${ShowSize<I>}]`,
      S,
      I,
      WithLast<S, Mul<Directions<O>, Projected<H, O>>>
    >
  : never;
type WithLast<S extends Shape, N extends number> = S extends readonly [...infer Lead extends Shape, unknown]
  ? [...Lead, N]
  : [...number[], N];
/** Last states of all layers, of this size: [layers·directions, batch, size]. */
export type RecurrentState<S extends Shape, Size extends number, O> = S extends unknown
  ? Mul<Num<Option<O, "numLayers", 1>>, Directions<O>> extends infer Layers extends number
    ? S extends readonly [infer A extends number, infer B extends number, unknown]
      ? [Layers, InBatch<A, B, O>, Size]
      : S extends readonly [unknown, unknown]
        ? [Layers, Size]
        : [...number[], Size]
    : never
  : never;
type InBatch<A extends number, B extends number, O> =
  BatchFirst<O> extends infer F ? ([F] extends [false] ? B : [F] extends [true] ? A : number) : never;

/** Shape E of the states that a layer begins with, if one of shape S may be given for them. */
export type StateShape<Layer extends string, S extends Shape, E extends Shape> =
  SameSizes<S, E> extends true ? E : NoState<Layer, S, E>;
/** As `StateShape`, for all layers: without a batch [layers·directions, size], or with a batch of one. */
export type StatesShape<Layer extends string, S extends Shape, E extends Shape> = true extends
  | SameSizes<S, E>
  | (E extends readonly [infer Layers extends number, infer Size extends number]
      ? SameSizes<S, [Layers, 1, Size]>
      : number extends E["length"]
        ? SameSizes<S, [...number[], E extends readonly [...unknown[], infer Size extends number] ? Size : number]>
        : false)
  ? E
  : NoState<Layer, S, E>;
type NoState<
  Layer extends string,
  S extends Shape,
  E extends Shape,
> = Fail<`${Layer}: needs a state ${Show<E>}, got ${Show<S>}`>;

export interface RecurrentFn<Name extends string, I extends number, H extends number, O> extends ShapeFn {
  out: this["in"] extends infer S extends Shape ? RecurrentOutput<Name, S, I, H, O> : never;
}
export interface HiddenFn<H extends number, O> extends ShapeFn {
  out: this["in"] extends infer S extends Shape ? RecurrentState<S, Projected<H, O>, O> : never;
}
export interface CellStateFn<H extends number, O> extends ShapeFn {
  out: this["in"] extends infer S extends Shape ? RecurrentState<S, H, O> : never;
}

/** One step: [batch,I] or [I], with H in place of I. */
export type CellShape<Name extends string, S extends Shape, I extends number, H extends number> = S extends unknown
  ? true extends SameSizes<S, [number, I]> | SameSizes<S, [I]>
    ? WithLast<S, H>
    : Fail<`${Label<Name, I, H>}: needs input [batch,${ShowSize<I>}] or [${ShowSize<I>}], got ${Show<S>}`>
  : never;
export interface CellFn<Name extends string, I extends number, H extends number> extends ShapeFn {
  out: this["in"] extends infer S extends Shape ? CellShape<Name, S, I, H> : never;
}

/** A layer of a transformer keeps the shape. */
export type EncoderShape<S extends Shape, F extends number, Heads extends number, O> = S extends unknown
  ? Sequence<
      `${Label<"TransformerEncoderLayer", F, Heads>}: needs input [${Order<O>},${ShowSize<F>}] or [time,${ShowSize<F>}]`,
      S,
      F,
      S
    >
  : never;
export interface EncoderFn<F extends number, Heads extends number, O> extends ShapeFn {
  out: this["in"] extends infer S extends Shape ? EncoderShape<S, F, Heads, O> : never;
}

/** What attention gives for queries Q, keys K and values V: the shape of the queries. */
export type AttentionShape<
  Q extends Shape,
  K extends Shape,
  V extends Shape,
  F extends number,
  Heads extends number,
  O,
> = Q extends unknown
  ? K extends unknown
    ? V extends unknown
      ? true extends
          | All<
              SameSizes<Q, [number, number, F]>,
              SameSizes<K, [number, number, Dim<O, "kdim", F>]>,
              SameSizes<V, [number, number, Dim<O, "vdim", F>]>
            >
          | All<
              SameSizes<Q, [number, F]>,
              SameSizes<K, [number, Dim<O, "kdim", F>]>,
              SameSizes<V, [number, Dim<O, "vdim", F>]>
            >
        ? All<SameSizes<Lead<K>, Lead<V>>, SameSize<Batch<Q, O>, Batch<K, O>>, true> extends true
          ? Q
          : Fail<`${Label<"MultiHeadAttention", F, Heads>}: key and value differ in length, or batches differ, in ${Show<Q>}, ${Show<K>}, ${Show<V>}`>
        : Fail<`${Label<"MultiHeadAttention", F, Heads>}: needs query, key and value [${Order<O>},${ShowSize<F>}], [${Order<O>},${ShowSize<Dim<O, "kdim", F>>}], [${Order<O>},${ShowSize<Dim<O, "vdim", F>>}], or without batch, got ${Show<Q>}, ${Show<K>}, ${Show<V>}`>
      : never
    : never
  : never;
/**
 * Shape of the weights that attention returns, given options O of the layer and C of the call: [batch, queries, keys], with the heads
 * unless it is their mean; `null` if they are not asked for.
 */
export type AttentionWeights<Q extends Shape, K extends Shape, Heads extends number, O, C> =
  Option<C, "needWeights", true> extends infer Needed
    ? [Needed] extends [false]
      ? null
      : WeightsShape<Q, K, Heads, O, C> | ([Needed] extends [true] ? never : null)
    : never;
type WeightsShape<Q extends Shape, K extends Shape, Heads extends number, O, C> = Q extends unknown
  ? K extends unknown
    ? [OfHeads<Heads, C>, Q] extends [infer H extends Shape, readonly [unknown, unknown, unknown]]
      ? [Batch<Q, O>, ...H, Time<Q, O>, Keys<K, O>]
      : [OfHeads<Heads, C>, Q] extends [infer H extends Shape, readonly [unknown, unknown]]
        ? [...H, Time<Q, O>, Keys<K, O>]
        : [...number[], Time<Q, O>, Keys<K, O>]
    : never
  : never;
type OfHeads<Heads extends number, C> =
  Option<C, "averageAttnWeights", true> extends infer Mean
    ? [Mean] extends [true]
      ? []
      : [Mean] extends [false]
        ? [Heads]
        : number[]
    : never;
type Time<S extends Shape, O> = S extends readonly [infer A extends number, infer B extends number, unknown]
  ? InBatch<B, A, O>
  : S extends readonly [infer N extends number, unknown]
    ? N
    : number;
/** The keys of K, and those that the options add. */
type Keys<K extends Shape, O> = OneMore<
  OneMore<Time<K, O>, Option<O, "addBiasKv", false>>,
  Option<O, "addZeroAttn", false>
>;
type OneMore<N extends number, If> = [If] extends [false] ? N : [If] extends [true] ? Add<N, 1> : number;
type Dim<O, Name extends string, F extends number> = Num<Option<O, Name, F>>;
type All<A, B, C> = A extends true ? (B extends true ? (C extends true ? true : false) : false) : false;
type Lead<S extends Shape> = S extends readonly [...infer L extends Shape, unknown] ? L : number[];
type Batch<S extends Shape, O> = S extends readonly [infer A extends number, infer B extends number, unknown]
  ? InBatch<A, B, O>
  : number;

/** Products of two inputs that end in I and J: O numbers in place of them. */
export type BilinearShape<
  A extends Shape,
  B extends Shape,
  I extends number,
  J extends number,
  O extends number,
> = A extends unknown
  ? B extends unknown
    ? All<SameSize<Last<A>, I>, SameSize<Last<B>, J>, SameSizes<Lead<A>, Lead<B>>> extends true
      ? [...Lead<A>, O]
      : Fail<`bilinear: inputs ${Show<A>} and ${Show<B>} are not […,${ShowSize<I>}] and […,${ShowSize<J>}] with the same leading sizes`>
    : never
  : never;
/** The last size; of a scalar none, which fits nothing. */
type Last<S extends Shape> = S extends readonly [...unknown[], infer N]
  ? N
  : number extends S["length"]
    ? number
    : "none";
