// Shapes of two operands that must fit each other.
import type { Shape, ShapeArg } from "../shape.ts";
import type { Check, CheckShape, Fail, Failed, MayPass, Mutable, Refused, Show } from "./show.ts";
import type { Is, IsExact, SameSize, SameSizes, ShapeOf } from "./sizes.ts";

/** What `Stretch` found: the common shape, or that there is none. */
interface Found<S extends Shape = Shape, Fits extends boolean = boolean> {
  shape: S;
  fits: Fits;
}
/** Right-aligned broadcast of A and B in front of the sizes R found so far. */
type Stretch<A extends Shape, B extends Shape, R extends Shape = []> = A extends readonly [
  ...infer A1 extends Shape,
  infer SizeA extends number,
]
  ? B extends readonly [...infer B1 extends Shape, infer SizeB extends number]
    ? FitsSize<SizeA, SizeB> extends true
      ? Stretch<A1, B1, [StretchSize<SizeA, SizeB>, ...R]>
      : Found<never, false>
    : number extends B["length"]
      ? Found<[...number[], ...R], true>
      : Found<[...A, ...R], true>
  : number extends A["length"]
    ? Found<[...number[], ...R], true>
    : Found<[...B, ...R], true>;

/** May A and B be equal, or one of them 1? */
type FitsSize<A extends number, B extends number> = { a: A; b: B; one: 1 } extends { a: B } | { b: A } | { one: A | B }
  ? true
  : SameSize<A, B>;
/** The common size of A and B, which fit: A if B is 1, B if A is, or both. Else it is known if one of them is. */
type StretchSize<A extends number, B extends number> = { a: A; b: B; orA: [A]; orB: [B] } extends
  | { a: B; b: A; orA: [infer R extends number] | [1]; orB: [infer R extends number] | [1] }
  | { b: 1; orA: [infer R extends number] | [1] }
  | { a: 1; orB: [infer R extends number] | [1] }
  ? R
  : IsExact<B> extends true
    ? B
    : IsExact<A> extends true
      ? A
      : number;

/** The common shape of two operands, as NumPy broadcasts; Op is the word the message starts with. */
export type Broadcast<A extends Shape, B extends Shape, Op extends string = "broadcast"> = Joined<
  A,
  B,
  Stretch<A, B>,
  Fits<Stretch<A, B>>,
  Op
>;
/** The common shape of operands A and B, tensors or numbers. A number in front leaves the shape of B, a type parameter too. */
export type Common<A, B, Op extends string> = A extends number ? ShapeOf<B> : BroadcastWith<ShapeOf<A>, B, Op>;
/** The common shape of a tensor of shape A and an operand B. */
export type BroadcastWith<A extends Shape, B, Op extends string> = Joined<
  A,
  ShapeOf<B>,
  Stretch<A, ShapeOf<B>>,
  Fits<Stretch<A, ShapeOf<B>>>,
  Op,
  OwnShape<B>
>;
/** Does one member of F fit? */
type Fits<F extends Found> = true extends F["fits"] ? true : false;
/** Shape of a tensor, seen even where that is a type parameter itself, as in `<A extends Tensor>`; unknown for a number. */
type OwnShape<T> = (T & { readonly shape: unknown })["shape"];
/**
 * One question with one answer R, whether sizes are known or type parameters (then F, what `Stretch` found, is) or whole shapes are (then it
 * is not, but two that are the same, or one and a scalar, fit). O is B as far as that can be seen; `keyof` tells it from `any`. R is looked
 * for in F, and last, as the second name in `infer R | infer _` has it, in A.
 */
type Joined<A extends Shape, B extends Shape, F extends Found, Fitting, Op extends string, O = B> = {
  found: F["shape"];
  fits: Fitting;
  a: A;
  b: B;
  o: O;
  keys: keyof O;
  orA: A;
} extends
  | { found: readonly [...infer R extends Shape] | readonly unknown[]; fits: true }
  | { a: O; o: A; keys: keyof A; orA: (infer R extends Shape) | (infer _ extends Shape) }
  | { b: []; orA: (infer R extends Shape) | (infer _ extends Shape) }
  ? R
  : Fail<`${Op}: cannot broadcast ${Show<A>} with ${Show<B>}${Alignment<A, B>}${Alignment<B, A>}`>;

/** How S, as it stands in the middle of L, would line up with it: with sizes of 1 behind. Empty if it does not. */
type Alignment<S extends Shape, L extends ShapeArg, Behind extends Shape = [1]> = L extends readonly [
  ...infer Lead extends ShapeArg,
  unknown,
]
  ? Lead extends readonly [...infer _, ...S]
    ? `; use reshape(${Show<[...S, ...Behind]>}), or { keepDim: true } where it was reduced`
    : Alignment<S, Lead, [...Behind, 1]>
  : "";

/** The common shape of three operands: first of A and B, then of that and C. */
export type Broadcast3<A extends Shape, B extends Shape, C extends Shape, Op extends string = "broadcast"> = {
  c: C;
} extends { c: [] }
  ? Broadcast<A, B, Op>
  : { a: A; b: B } extends { b: [] } | { a: B; b: A }
    ? Broadcast<A, C, Op>
    : Broadcast<A, B, Op> extends infer R extends Shape
      ? R extends Failed
        ? R
        : Broadcast<R, C, Op>
      : never;

// A parameter is checked by the shapes of the operands first: inside generic code the compiler sees at once that a number, or another
// tensor of the same shape S, fits S, whatever S is; that the common shape, which is S, did not fail, it does not.

/** Type of the second operand: P, or the message if its shape B does not fit A. */
export type CheckBroadcast<A extends Shape, B extends Shape, Op extends string, P> = { a: A; b: B } extends
  | { b: [] | A }
  | { a: [] }
  ? P
  : CheckStretch<A, B, Op, P>;
/** Type of the second operand of a tensor of shape A: B, or the message if it does not fit. */
export type CheckOperand<A extends Shape, B, Op extends string> = {
  a: A;
  b: ShapeOf<B>;
  o: OwnShape<B>;
} extends { b: [] | A } | { o: A } | { a: [] }
  ? B
  : CheckStretch<A, ShapeOf<B>, Op, B>;
type CheckStretch<A extends Shape, B extends Shape, Op extends string, P> =
  MayPass<Broadcast<A, B, Op>> extends true ? P : Refused<Broadcast<A, B, Op>, P>;
/** Type of the third operand: P, or the message if its shape C does not fit A and B. */
export type CheckBroadcast3<A extends Shape, B extends Shape, C extends Shape, Op extends string, P> = {
  b: B;
  c: C;
} extends { c: [] } | { b: [] | A; c: A }
  ? P
  : Check<Broadcast3<A, B, C, Op>, P>;

/** Shape R, if a tensor of shape S stretches to it. */
export type BroadcastTo<S extends Shape, R extends ShapeArg, Op extends string = "broadcastTo"> = S extends unknown
  ? R extends unknown
    ? number extends R["length"]
      ? number[]
      : NewSizes<S, R> extends infer New extends ShapeArg
        ? CheckShape<New, Op> extends Failed
          ? CheckShape<R, Op>
          : Mutable<R>
        : CheckShape<R, Op> extends infer To
          ? To extends Failed
            ? To
            : Fail<`${Op}: cannot broadcast ${Show<S>} to ${Show<R>}${Alignment<S, R>}`>
          : never
    : never
  : never;
/** The sizes of To that are not already those of S; undefined if S does not stretch to To. */
type NewSizes<S extends Shape, To extends ShapeArg, New extends ShapeArg = []> = S extends readonly [
  ...infer S1 extends Shape,
  infer Size extends number,
]
  ? To extends readonly [...infer To1 extends ShapeArg, infer Target extends number]
    ? { d: Size } extends { d: Target }
      ? NewSizes<S1, To1, New>
      : ReachesSize<Size, Target> extends true
        ? NewSizes<S1, To1, [Target, ...New]>
        : undefined
    : undefined
  : number extends S["length"]
    ? New
    : [...To, ...New];
/** May Size be 1, or Target? */
type ReachesSize<Size extends number, Target extends number> = { size: Size; target: Target; one: 1 } extends
  | { size: Target }
  | { target: Size }
  | { one: Size }
  ? true
  : SameSize<Size, Target>;

/** Shape A, if B may be the same. For losses, where a silent broadcast of [4,1] with [4] is the classic mistake. */
export type SameShape<A extends Shape, B extends Shape, Op extends string> =
  SameSizes<A, B> extends true
    ? A
    : Fail<`${Op}: prediction ${Show<A>} and target ${Show<B>} differ in shape${{ s: WithoutOnes<A> } extends { s: WithoutOnes<B> } ? `; reshape the target to ${Show<A>}` : ""}`>;
type WithoutOnes<S extends Shape> = S extends readonly [infer Size extends number, ...infer More extends Shape]
  ? [...(Is<Size, 1> extends true ? [] : [Size]), ...WithoutOnes<More>]
  : S;
/** Type of the target: P, or the message if its shape B differs from A. */
export type CheckSameShape<A extends Shape, B extends Shape, Op extends string, P> = { b: B } extends { b: A }
  ? P
  : Check<SameShape<A, B, Op>, P>;
