// Questions about sizes, and comparing them.
//
// They are asked as `IsNever<N extends 1 ? never : 1>`, so that the compiler can answer them inside generic code, where a
// size may be a type parameter: `<N extends number>(x: Tensor<[N, 784]>)`. `N extends 1` would stay open until N is known, and with
// it the whole shape. But whatever is open is not `never`: the answer is no at once, and N counts as an unknown size.
import type { Shape } from "../shape.ts";

/** A named size, known only at run time: `Dim<"batch">`. It equals itself and nothing else, so that two names never mix. */
export type Dim<Name extends string> = number & { readonly __dim: Name };

/** Shape of an operand: a number is a scalar, a tensor has its own. */
export type ShapeOf<T> = T extends number | boolean
  ? []
  : T extends { readonly shape: infer S extends Shape }
    ? S
    : never;

export type IsNever<T> = [T] extends [never] ? true : false;
export type IsAny<T> = 0 extends 1 & T ? true : false;
export type IsUnion<T, All = T> = T extends unknown ? ([All] extends [T] ? false : true) : never;

/** Is N just one of the numbers Value? A union that has others too is not. */
export type Is<N, Value extends number> = IsNever<N extends Value ? never : 1>;
/** Is N just `number`? */
export type IsUnknown<N> = IsNever<number extends N ? never : 1>;
/** Is N a single literal written like this? */
type IsWritten<N extends number, Form extends string> = IsNever<
  `${N}` extends Form ? (IsUnion<N> extends true ? 1 : never) : 1
>;
type Digit = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
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
export type SameSize<A, B> = IsNever<Common<A, B>> extends true ? false : true;
/** What A and B may both be. The wrappers make it decidable, and cheap, when A and B are the same type parameter. */
export type Common<A, B> = { d: A } extends { d: B } ? A : { d: B } extends { d: A } ? B : Extract<A, B>;

/** May shapes A and B be equal? Compared from the back, where the known sizes of a shape of unknown rank stand. */
export type SameSizes<A extends Shape, B extends Shape> = A extends readonly [...infer A1 extends Shape, infer SizeA]
  ? B extends readonly [...infer B1 extends Shape, infer SizeB]
    ? SameSize<SizeA, SizeB> extends true
      ? SameSizes<A1, B1>
      : false
    : number extends B["length"]
      ? true
      : false
  : number extends A["length"] | B["length"]
    ? true
    : B extends readonly []
      ? true
      : false;
