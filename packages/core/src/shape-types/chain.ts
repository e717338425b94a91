// Layers. What a layer does to shapes is a `ShapeFn`, a function from shape to shape at the level of types; `Apply` runs it.
import type { Shape } from "../shape.ts";
import type { Flatten } from "./reshape.ts";
import type { Allow, Check, Fail, Failed, MayPass, Refused, Show, ShowSize } from "./show.ts";
import type { SameSize, SameSizes } from "./sizes.ts";

/** Extend it and compute `out` from `this["in"]`. */
export interface ShapeFn {
  in: unknown;
  out: Shape;
}
export type Apply<F extends ShapeFn, S extends Shape> = (F & { in: S })["out"];
/** As `Apply`; a layer that keeps the shape keeps a type parameter too. */
export type Output<F extends ShapeFn, S extends Shape> = F extends { readonly keeps: string } ? S : Apply<F, S>;
/** Type of a layer's input: P, or the message if its shape S does not fit. */
export type CheckInput<F extends ShapeFn, S extends Shape, P> = F extends SameFn
  ? P
  : F extends { readonly keeps: string }
    ? Allow<Apply<F, S>, P>
    : CheckLayer<F, S, P>;
type CheckLayer<F extends ShapeFn, S extends Shape, P> =
  MayPass<Apply<F, S>> extends true ? P : Refused<Apply<F, S>, P>;

/** Keeps the shape: activations, dropout. */
export interface SameFn extends ShapeFn {
  keeps: "every shape";
  out: this["in"] extends infer S extends Shape ? S : never;
}
/** Nothing is known of the result. */
export interface AnyFn extends ShapeFn {
  out: number[];
}
export interface LinearFn<I extends number, O extends number> extends ShapeFn {
  out: this["in"] extends infer S extends Shape ? LinearShape<S, I, O> : never;
}
export interface FlattenFn<Start extends number = 1, End extends number = -1> extends ShapeFn {
  out: this["in"] extends infer S extends Shape ? Flatten<S, Start, End> : never;
}
/** One layer after the other. */
export interface ChainFn<L extends readonly unknown[]> extends ShapeFn {
  out: this["in"] extends infer S extends Shape ? Chain<L, S> : never;
}

/** A linear layer turns the last size from I into O. */
export type LinearShape<S extends Shape, I extends number, O extends number> = S extends readonly [
  ...infer Lead extends Shape,
  infer Last,
]
  ? SameSize<Last, I> extends true
    ? [...Lead, O]
    : Fail<`Linear(${ShowSize<I>}, ${ShowSize<O>}): input ${Show<S>} ends in ${ShowSize<Last>}, expected ${ShowSize<I>}`>
  : number extends S["length"]
    ? [...number[], O]
    : Fail<`Linear(${ShowSize<I>}, ${ShowSize<O>}): input is a scalar, expected at least 1-D`>;

/**
 * Shape after layer L: from its `ShapeFn` if it declares one (`declare readonly shapeFn?: F`, which never exists at run time), else
 * from the types of its `forward`.
 */
export type Step<L, S extends Shape> = L extends { readonly shapeFn?: infer F extends ShapeFn }
  ? Apply<F, S>
  : L extends { forward(x: infer X): { readonly shape: infer Out extends Shape } }
    ? X extends { readonly shape: infer In extends Shape }
      ? SameSizes<S, In> extends true
        ? Out
        : Fail<`layer expects ${Show<In>}, got ${Show<S>}`>
      : Out
    : number[];

/** Shape after all layers of L, or the `Fail` of the first that does not fit. */
export type Chain<L extends readonly unknown[], S extends Shape> = L extends readonly [infer Layer, ...infer More]
  ? Step<Layer, S> extends infer Out extends Shape
    ? Out extends Failed
      ? Out
      : Chain<More, Out>
    : never
  : L extends readonly []
    ? S
    : number[];

/**
 * Type of the parameter at position I of `sequential(...layers: { [I in keyof L]: Fits<L, I, L[I]> })`: the layer itself, or the
 * message if it does not fit the layers before it. Layer must stand here plainly, or the compiler does not infer L.
 */
export type Fits<L extends readonly unknown[], I, Layer> = number extends L["length"]
  ? Layer
  : I extends keyof Checked<L, Shape>
    ? Checked<L, Shape>[I] extends string
      ? Checked<L, Shape>[I]
      : Layer
    : Layer;
/** L with the message in place of each layer that does not fit. After it nothing is known, so that one mistake is reported once. */
type Checked<L extends readonly unknown[], S extends Shape, R extends unknown[] = []> = L extends readonly [
  infer Layer,
  ...infer More,
]
  ? Step<Layer, S> extends infer Out extends Shape
    ? Checked<More, Out extends Failed ? Shape : Out, [...R, Check<Out, Layer>]>
    : never
  : R;
