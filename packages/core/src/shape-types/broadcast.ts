// Shapes of two operands that must fit each other.
import type { Shape, ShapeArg } from "../shape.ts";
import type { CheckShape, Fail, Failed, Show } from "./show.ts";
import type { Common, Is, IsExact, IsNever, IsUnknown, SameSize, SameSizes } from "./sizes.ts";

/** Right-aligned broadcast of A and B in front of the sizes R found so far; `never` if they do not fit. */
type Stretch<A extends Shape, B extends Shape, R extends Shape = []> = A extends readonly [
  ...infer A1 extends Shape,
  infer SizeA extends number,
]
  ? B extends readonly [...infer B1 extends Shape, infer SizeB extends number]
    ? { d: StretchSize<SizeA, SizeB> } extends { d: infer Size extends number }
      ? [Size] extends [never]
        ? never
        : Stretch<A1, B1, [Size, ...R]>
      : never
    : number extends B["length"]
      ? [...number[], ...R]
      : [...A, ...R]
  : number extends A["length"]
    ? [...number[], ...R]
    : [...B, ...R];

/** The common size of A and B: 1 stretches, an unknown size fits anything. `never` if there is none. */
type StretchSize<A extends number, B extends number> =
  Is<A, 1> extends true
    ? B
    : Is<B, 1> extends true
      ? A
      : IsUnknown<A> extends true
        ? IsExact<B> extends true // and not 1
          ? B
          : number
        : IsUnknown<B> extends true
          ? IsExact<A> extends true
            ? A
            : number
          : IsNever<1 extends A | B ? never : 1> extends true // in a union
            ? number
            : Common<A, B>;

/** The common shape of two operands, as NumPy broadcasts; Op is the word the message starts with. */
export type Broadcast<A extends Shape, B extends Shape, Op extends string = "broadcast"> = B extends readonly []
  ? A
  : [Stretch<A, B>] extends [never]
    ? Fail<`${Op}: cannot broadcast ${Show<A>} with ${Show<B>}`>
    : Stretch<A, B>;

/** The common shape of three operands: first of A and B, then of that and C. */
export type Broadcast3<A extends Shape, B extends Shape, C extends Shape, Op extends string = "broadcast"> =
  Broadcast<A, B, Op> extends infer R extends Shape ? (R extends Failed ? R : Broadcast<R, C, Op>) : never;

/** Shape R, if a tensor of shape S stretches to it. */
export type BroadcastTo<S extends Shape, R extends ShapeArg, Op extends string = "broadcastTo"> =
  CheckShape<R, Op> extends infer To extends Shape
    ? To extends Failed
      ? To
      : StretchesTo<S, To> extends true
        ? To
        : Fail<`${Op}: cannot broadcast ${Show<S>} to ${Show<R>}`>
    : never;
type StretchesTo<S extends Shape, To extends Shape> = S extends readonly [...infer S1 extends Shape, infer Size]
  ? To extends readonly [...infer To1 extends Shape, infer Target]
    ? SameSize<Size | 1, Target> extends true
      ? StretchesTo<S1, To1>
      : false
    : number extends To["length"]
      ? true
      : false
  : true;

/** Shape A, if B may be the same. For losses, where a silent broadcast of [4,1] with [4] is the classic mistake. */
export type SameShape<A extends Shape, B extends Shape, Op extends string> =
  SameSizes<A, B> extends true ? A : Fail<`${Op}: prediction ${Show<A>} and target ${Show<B>} differ in shape`>;
