// Shapes of two operands that must fit each other.
import type { Shape, ShapeArg } from "../shape.ts";
import type { Check, CheckShape, Fail, Failed, Mutable, Show } from "./show.ts";
import type { Is, IsExact, SameSize, SameSizes, ShapeOf } from "./sizes.ts";

/** Right-aligned broadcast of A and B in front of the sizes R found so far; `never` if they do not fit. */
type Stretch<A extends Shape, B extends Shape, R extends Shape = []> = A extends readonly [
  ...infer A1 extends Shape,
  infer SizeA extends number,
]
  ? B extends readonly [...infer B1 extends Shape, infer SizeB extends number]
    ? FitsSize<SizeA, SizeB> extends true
      ? Stretch<A1, B1, [StretchSize<SizeA, SizeB>, ...R]>
      : never
    : number extends B["length"]
      ? [...number[], ...R]
      : [...A, ...R]
  : number extends A["length"]
    ? [...number[], ...R]
    : [...B, ...R];

/** May A and B be equal, or one of them 1? */
type FitsSize<A extends number, B extends number> = { a: A; b: B; one: 1 } extends { a: B } | { b: A } | { one: A | B }
  ? true
  : SameSize<A, B>;
/** The common size of A and B, which fit. It is known if one of them is, and not 1. */
type StretchSize<A extends number, B extends number> = { a: A; b: B; one: B } extends { a: B; b: A } | { one: 1 }
  ? A
  : Is<A, 1> extends true
    ? B
    : IsExact<B> extends true
      ? B
      : IsExact<A> extends true
        ? A
        : number;

/** The common shape of two operands, as NumPy broadcasts; Op is the word the message starts with. */
export type Broadcast<A extends Shape, B extends Shape, Op extends string = "broadcast"> = { a: A; b: B } extends
  | { b: [] }
  | { a: B; b: A }
  ? A
  : { a: A } extends { a: [] }
    ? B
    : [Stretch<A, B>] extends [never]
      ? Fail<`${Op}: cannot broadcast ${Show<A>} with ${Show<B>}${Alignment<A, B>}${Alignment<B, A>}`>
      : Stretch<A, B>;

/** How S, as it stands in the middle of L, would line up with it: with sizes of 1 behind. Empty if it does not. */
type Alignment<S extends Shape, L extends ShapeArg, Behind extends Shape = [1]> = L extends readonly [
  ...infer Lead extends ShapeArg,
  number,
]
  ? Lead extends readonly [...infer _, ...S]
    ? `; use reshape(${Show<[...S, ...Behind]>}), or { keepDim: true } where it was reduced`
    : Alignment<S, Lead, [...Behind, 1]>
  : "";

/** The common shape of operands A and B, tensors or numbers. A number in front leaves the shape of B, a type parameter too. */
export type Common<A, B, Op extends string> = A extends number ? ShapeOf<B> : Broadcast<ShapeOf<A>, ShapeOf<B>, Op>;

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
  : Check<Broadcast<A, B, Op>, P>;
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
