// Changing the shape, keeping the elements.
import type { Shape, ShapeArg } from "../shape.ts";
import type { DivMod, Product, Sub } from "./arithmetic.ts";
import type { Before, DimsArg, Drop, EachDim, From, FrontDim, IsAll, ReducedDims } from "./dims.ts";
import type { CheckShape, Fail, Failed, Mutable, Show } from "./show.ts";
import type { Is, IsExact, IsLiteral, SameSize } from "./sizes.ts";

/** Shape R, with a −1 solved, if it has as many elements as S. */
export type Reshape<S extends Shape, R extends ShapeArg> = S extends unknown
  ? R extends unknown
    ? number extends R["length"]
      ? number[]
      : KeepsFirst<S, R> extends true
        ? [S[0], ...Rest<R>]
        : Strip<S, R> extends [infer S1 extends ShapeArg, infer R1 extends ShapeArg]
          ? CheckShape<SetAuto<R1, 1>, "reshape"> extends Failed
            ? Fail<`reshape: sizes are whole numbers from 0 up, got ${Show<R>}`>
            : CountAuto<R1>["length"] extends 0
              ? SameProduct<S, R, S1, R1> extends true
                ? Mutable<R>
                : Fail<`reshape: ${Show<S>} has ${Product<S>} elements, ${Show<R>} has ${Product<R>}`>
              : CountAuto<R1>["length"] extends 1
                ? Solve<S, R, StripKnown<S, R>>
                : Fail<`reshape: only one size may be -1, got ${Show<R>}`>
          : never
    : never
  : never;

/**
 * Is the first of R a −1 or the first of S, and the product of the others that of the others of S? Then the first size stays. This comes
 * before everything else as it can be seen even where sizes are type parameters: `[N, 784]` to `[-1, 28, 28]`, `[N, M, 64]` to
 * `[N, M, 8, 8]`. (It also lets pass what the run time does not: a −1 beside a 0, which could be any size.)
 */
type KeepsFirst<S extends Shape, R extends ShapeArg> = S extends readonly [infer A, ...infer S1 extends Shape]
  ? R extends readonly [infer B, ...infer R1 extends ShapeArg]
    ? { a: A; b: B } extends { a: B; b: A } | { b: -1 }
      ? Strip<S1, R1> extends [infer S2 extends ShapeArg, infer R2 extends ShapeArg]
        ? CheckShape<R2, "reshape"> extends Failed
          ? false
          : IsExact<Product<R2>> extends true
            ? Is<Product<S2>, Product<R2>>
            : false
        : never
      : false
    : false
  : false;
type Rest<R extends ShapeArg> = R extends readonly [unknown, ...infer More extends ShapeArg] ? More : [];

type CountAuto<R extends ShapeArg, Found extends 1[] = []> = R extends readonly [
  infer Size extends number,
  ...infer More extends ShapeArg,
]
  ? CountAuto<More, Is<Size, -1> extends true ? [...Found, 1] : Found>
  : Found;
/** R with a size of N in place of −1. */
export type SetAuto<R extends ShapeArg, N extends number> = {
  -readonly [I in keyof R]: Is<R[I], -1> extends true ? N : R[I];
};

/** S and R without the leading sizes that are equal: those, which may be type parameters, cancel. */
type Strip<S extends ShapeArg, R extends ShapeArg> = S extends readonly [infer A, ...infer S1 extends ShapeArg]
  ? R extends readonly [infer B, ...infer R1 extends ShapeArg]
    ? { a: A; b: B } extends { a: B; b: A }
      ? Strip<S1, R1>
      : [S, R]
    : [S, R]
  : [S, R];
/** As `Strip`, but two unknown sizes are not taken to be equal, and a 0 stays, as nothing can be divided by it. */
type StripKnown<S extends ShapeArg, R extends ShapeArg> = S extends readonly [infer A, ...infer S1 extends ShapeArg]
  ? R extends readonly [infer B, ...infer R1 extends ShapeArg]
    ? { a: A; b: B } extends { a: B; b: A }
      ? true extends Is<number, A> | Is<A, 0>
        ? [S, R]
        : StripKnown<S1, R1>
      : [S, R]
    : [S, R]
  : [S, R];
/** Have S and R, S1 and R1 when stripped, the same number of elements, as far as is known? */
type SameProduct<S extends Shape, R extends ShapeArg, S1 extends ShapeArg, R1 extends ShapeArg> =
  SameSize<Product<S1>, Product<R1>> extends true ? true : SameSize<Product<S>, Product<R>>;
/** R with its −1 solved from the sizes that are left after stripping. */
type Solve<S extends Shape, R extends ShapeArg, Left> = Left extends [
  infer S1 extends ShapeArg,
  infer R1 extends ShapeArg,
]
  ? DivMod<Product<S1>, Product<SetAuto<R1, 1>>> extends [infer N extends number, 0]
    ? SetAuto<R, N>
    : Fail<`reshape: ${Product<S>} elements of ${Show<S>} do not divide into ${Show<R>}`>
  : never;

/** Shape with dims Start to End (both included) merged into one; a scalar becomes `[1]`. */
export type Flatten<S extends Shape, Start extends number = 0, End extends number = -1> = S extends readonly []
  ? [1]
  : EachDim<S, [Start, End], "flatten"> extends infer I extends Shape
    ? I extends Failed
      ? I
      : I extends readonly [infer First extends number, infer Last extends number]
        ? [Sub<Last, First>] extends [never]
          ? Fail<`flatten: start dim ${Start} comes after end dim ${End} in ${Show<S>}`>
          : Merge<S, First, Last>
        : [Start, End] extends [0, -1]
          ? [number]
          : number[]
    : never;
type Merge<S extends Shape, First extends number, Last extends number> =
  From<S, Last> extends readonly [infer LastSize extends number, ...infer After extends Shape]
    ? [...Before<S, First>, Product<[...From<Before<S, Last>, First>, LastSize]>, ...After]
    : never;

/** Shape without its sizes of 1: all of them, or those among dims D. */
export type Squeeze<S extends Shape, D extends DimsArg = undefined> = S extends unknown
  ? IsAll<D> extends true
    ? Squeezed<S, number[]>
    : ReducedDims<S, D, "squeeze"> extends infer I extends Shape
      ? I extends Failed
        ? I
        : number extends I["length"]
          ? number[]
          : Squeezed<S, I>
      : never
  : never;
/** If one of the dims has an unknown size, it may or may not go: the rank is unknown. */
type Squeezed<S extends Shape, I extends Shape> = number extends S["length"]
  ? number[]
  : OnesAt<S, I[number]> extends [infer Ones]
    ? Drop<S, Ones>
    : number[];
/** Which of dims I of S have size 1, as `[union of dims]`; "unknown" if that is not known of one. */
type OnesAt<S extends Shape, I, Ones = never, Steps extends 1[] = []> = S extends readonly [
  infer Size extends number,
  ...infer More extends Shape,
]
  ? Steps["length"] extends I
    ? Is<Size, 1> extends true
      ? OnesAt<More, I, Ones | Steps["length"], [...Steps, 1]>
      : IsExact<Size> extends true
        ? OnesAt<More, I, Ones, [...Steps, 1]>
        : "unknown"
    : OnesAt<More, I, Ones, [...Steps, 1]>
  : [Ones];

/** Dim D of a tensor that has one dim more than S, as `[dim]`; a `Fail`; or `number[]` if not known. */
export type NewDim<S extends Shape, D extends number, Op extends string> = number extends S["length"]
  ? number[]
  : IsLiteral<D> extends true
    ? FrontDim<[1, ...S], D> extends infer I extends Shape
      ? I
      : Fail<`${Op}: dim ${D} is out of range for a new dim in ${Show<S>}`>
    : number[];
/** S with a new dim of size N, at the dim that `NewDim` found. */
export type Insert<S extends Shape, I extends Shape, N extends number> = I extends Failed
  ? I
  : I extends readonly [infer At]
    ? [...Before<S, At>, N, ...From<S, At>]
    : number[];

/** Shape with a new dim of size 1 at D. */
export type Unsqueeze<S extends Shape, D extends number> = S extends unknown
  ? Insert<S, NewDim<S, D, "unsqueeze">, 1>
  : never;
