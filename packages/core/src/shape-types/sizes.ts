// Questions about sizes, and comparing them.
//
// Inside generic code a size may be a type parameter, as in `<N extends number>(x: Tensor<[N, 784]>)`. There `N extends 1` stays open,
// and with it every type that asks. What the compiler does see at once is that something is true of N whatever N is. So comparisons
// wrap sizes in objects, as `[N] extends [N]` stays open too, and offer all ways to be true in one question, as a union:
// `{ a: A; b: B } extends { a: B } | { b: A }` is "A fits B or B fits A".
import type { Shape } from "../shape.ts";
import type { Digit } from "./digits.ts";

/** A named size, known only at run time: `Dim<"batch">`. It equals itself and nothing else, so that two names never mix. */
export type Dim<Name extends string> = number & { readonly __dim: Name };

/** Shape of an operand: a number is a scalar, a tensor has its own. */
export type ShapeOf<T> = T extends number | boolean
  ? []
  : T extends { readonly shape: infer S extends Shape }
    ? S
    : never;

export type IsAny<T> = 0 extends 1 & T ? true : false;
export type IsNever<T> = [T] extends [never] ? true : false;
export type IsUnion<T, All = T> = T extends unknown ? ([All] extends [T] ? false : true) : never;

export type Is<N, Value> = { d: N } extends { d: Value } ? true : false;
/** Is N a single literal written like this? */
type IsWritten<N extends number, Form extends string> = `${N}` extends Form
  ? IsUnion<N> extends true
    ? false
    : true
  : false;
/** A literal from 0 up: a size that can be calculated with. */
export type IsExact<N extends number> = IsWritten<N, `${Digit}${string}`>;
/** Any literal, such as a dim. */
export type IsLiteral<N extends number> = IsWritten<N, `${Digit}${string}` | `-${string}`>;

type Fraction = `${string}.${string}` | `${string}e-${string}`;
/** A literal such as 1.5. */
export type IsFraction<N extends number> = IsWritten<N, Fraction>;
/** A literal such as −1 or 1.5. */
export type IsNoSize<N extends number> = IsWritten<N, Fraction | `-${string}`>;

/** May sizes A and B be equal? Unknown sizes get the benefit of the doubt; unions, if they share a member. */
export type SameSize<A, B> = { a: A; b: B; unknown: number } extends { a: B } | { b: A } | { unknown: A | B }
  ? true
  : IsNever<Extract<A, B>> extends true
    ? false
    : true;

/** May shapes A and B be equal? A union may if one of its members may. */
export type SameSizes<A extends Shape, B extends Shape> = true extends Compare<A, B> ? true : false;
/** Compared from the back, where the known sizes of a shape of unknown rank stand. */
type Compare<A extends Shape, B extends Shape> = A extends readonly [...infer A1 extends Shape, infer SizeA]
  ? B extends readonly [...infer B1 extends Shape, infer SizeB]
    ? SameSize<SizeA, SizeB> extends true
      ? Compare<A1, B1>
      : false
    : number extends B["length"]
      ? true
      : false
  : number extends A["length"] | B["length"]
    ? true
    : B extends readonly []
      ? true
      : false;
