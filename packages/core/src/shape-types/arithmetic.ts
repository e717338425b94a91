// Whole-number arithmetic in the compiler, digit by digit on decimal strings: exact up to 2^53, an unknown size in gives an
// unknown size out. The helpers take `A`, `B` without `extends string` on purpose: checking that costs 700k instantiations.
import type { ShapeArg } from "../shape.ts";
import type { Is, IsExact } from "./sizes.ts";

/** A digit as a tuple of that length: digits are added by joining tuples, subtracted by matching a prefix. */
interface Digits {
  "0": [];
  "1": [1];
  "2": [1, 1];
  "3": [1, 1, 1];
  "4": [1, 1, 1, 1];
  "5": [1, 1, 1, 1, 1];
  "6": [1, 1, 1, 1, 1, 1];
  "7": [1, 1, 1, 1, 1, 1, 1];
  "8": [1, 1, 1, 1, 1, 1, 1, 1];
  "9": [1, 1, 1, 1, 1, 1, 1, 1, 1];
}
type Ten = [...Digits["9"], 1];

type First<A> = A extends `${infer Digit extends keyof Digits}${string}` ? Digit : "0";
type Rest<A> = A extends `${string}${infer More}` ? More : "";
type Reverse<A, R extends string = ""> = A extends `${infer Digit}${infer More}` ? Reverse<More, `${Digit}${R}`> : R;
type TrimZeros<A> = A extends `0${infer More}` ? (More extends "" ? "0" : TrimZeros<More>) : A;
type ToNumber<A> = A extends "" ? 0 : TrimZeros<A> extends `${infer N extends number}` ? N : number;

// The helpers named …Low work on reversed strings, the lowest digit first.

type AddLow<A, B, Carry extends 1[] = [], R extends string = ""> = [A, B] extends ["", ""]
  ? Carry extends []
    ? R
    : `${R}1`
  : [...Digits[First<A>], ...Digits[First<B>], ...Carry] extends [...Ten, ...infer Left]
    ? AddLow<Rest<A>, Rest<B>, [1], `${R}${Left["length"]}`>
    : AddLow<Rest<A>, Rest<B>, [], `${R}${[...Digits[First<A>], ...Digits[First<B>], ...Carry]["length"] & number}`>;

/** `never` when the result would be negative. */
type SubLow<A, B, Borrow extends 1[] = [], R extends string = ""> = [A, B] extends ["", ""]
  ? Borrow extends []
    ? R
    : never
  : Digits[First<A>] extends [...Digits[First<B>], ...Borrow, ...infer Left]
    ? SubLow<Rest<A>, Rest<B>, [], `${R}${Left["length"]}`>
    : [...Ten, ...Digits[First<A>]] extends [...Digits[First<B>], ...Borrow, ...infer Left]
      ? SubLow<Rest<A>, Rest<B>, [1], `${R}${Left["length"]}`>
      : never;

/** R + A, as many times as `Times` is long. */
type AddTimes<A, Times, R> = Times extends [1, ...infer Fewer] ? AddTimes<A, Fewer, AddLow<A, R>> : R;

/** Horner's rule over the digits of B, which come highest first. */
type MulLow<A, B, R = ""> = B extends `${infer Digit extends keyof Digits}${infer More}`
  ? MulLow<A, More, AddTimes<A, Digits[Digit], R extends "" ? "" : `0${R & string}`>>
  : R;

/** How often B fits into A (a single digit, as the caller sees to), and what is left. */
type DivDigit<A, B, Count extends 1[] = []> =
  SubLow<A, B> extends infer Left
    ? [Left] extends [never]
      ? [Count["length"], A]
      : DivDigit<Left, B, [...Count, 1]>
    : never;

/** Long division. A and the quotient Q come highest digit first; the remainder R lowest first. */
type DivLong<A, B, R = "", Q extends string = ""> = A extends `${infer Digit}${infer More}`
  ? DivDigit<`${Digit}${R & string}`, B> extends [infer D extends number, infer Left]
    ? DivLong<More, B, Left, `${Q}${D}`>
    : never
  : [ToNumber<Q>, ToNumber<Reverse<R>>];

/** May A and B be calculated with? Not if one of them is unknown, named or a union. */
type Exact<A extends number, B extends number> = IsExact<A> extends true ? IsExact<B> : false;

export type Add<A extends number, B extends number> =
  Is<B, 0> extends true
    ? A
    : Is<A, 0> extends true
      ? B
      : Exact<A, B> extends true
        ? ToNumber<Reverse<AddLow<Reverse<`${A}`>, Reverse<`${B}`>>>>
        : number;

/** A − B, or `never` when that is negative. */
export type Sub<A extends number, B extends number> =
  Is<B, 0> extends true
    ? A
    : Exact<A, B> extends true
      ? SubLow<Reverse<`${A}`>, Reverse<`${B}`>> extends infer R
        ? [R] extends [never]
          ? never
          : ToNumber<Reverse<R>>
        : never
      : number;

export type Mul<A extends number, B extends number> =
  Is<A, 1> extends true
    ? B
    : Is<B, 1> extends true
      ? A
      : Exact<A, B> extends true
        ? ToNumber<Reverse<MulLow<Reverse<`${A}`>, `${B}`>>>
        : number;

/** `[quotient, remainder]`; `never` when B is 0. An unknown size divides. */
export type DivMod<A extends number, B extends number> =
  Is<B, 0> extends true ? never : Exact<A, B> extends true ? DivLong<`${A}`, Reverse<`${B}`>> : [number, 0];

/** A / B rounded up; B is not 0. */
export type CeilDiv<A extends number, B extends number> =
  Is<B, 1> extends true
    ? A
    : DivMod<A, B> extends [infer Q extends number, infer R]
      ? R extends 0
        ? Q
        : Add<Q, 1>
      : number;

/** A − B, or 0 when that is negative. */
export type SubOrZero<A extends number, B extends number> = [Sub<A, B>] extends [never] ? 0 : Sub<A, B>;

/** Is A < B? Unknown sizes are not. */
export type IsBelow<A extends number, B extends number> =
  Is<B, 0> extends true ? false : [Sub<A, B>] extends [never] ? true : false;

export type Min<A extends number, B extends number> = IsBelow<A, B> extends true ? A : B;

/** Product of all sizes. */
export type Product<S extends ShapeArg, R extends number = 1> = number extends S["length"]
  ? number
  : S extends readonly [infer Size extends number, ...infer More extends ShapeArg]
    ? Product<More, Mul<R, Size>>
    : R;

export type Sum<S extends ShapeArg, R extends number = 0> = number extends S["length"]
  ? number
  : S extends readonly [infer Size extends number, ...infer More extends ShapeArg]
    ? Sum<More, Add<Size, R>>
    : R;
