// Whole-number arithmetic in the compiler, digit by digit on decimal strings, as at school: exact up to 2^53; an unknown size in gives
// an unknown size out. The helpers take `A`, `B` without `extends string` on purpose: checking that costs 700k instantiations.
import type { ShapeArg } from "../shape.ts";
import type { Complement, Digit, Next, Plus, Times } from "./digits.ts";
import type { Is, IsExact } from "./sizes.ts";

type Reverse<A, R extends string = ""> = A extends `${infer D}${infer More}` ? Reverse<More, `${D}${R}`> : R;
type TrimZeros<A> = A extends `0${infer More}` ? (More extends "" ? "0" : TrimZeros<More>) : A;
type ToNumber<A> = A extends "" ? 0 : TrimZeros<A> extends `${infer N extends number}` ? N : number;

// The helpers named …Low work on reversed strings, the lowest digit first.

/** A + B + Carry, in front of which stand the digits R. */
type AddLow<A, B, Carry = "0", R extends string = ""> = A extends `${infer DigitA extends Digit}${infer MoreA}`
  ? B extends `${infer DigitB extends Digit}${infer MoreB}`
    ? Plus[Carry extends "1" ? Next[DigitA] : DigitA][DigitB] extends `${infer NewCarry}${infer D}`
      ? AddLow<MoreA, MoreB, NewCarry, `${R}${D}`>
      : never
    : Carry extends "1"
      ? AddLow<A, "1", "0", R>
      : `${R}${A}`
  : B extends ""
    ? Carry extends "1"
      ? `${R}1`
      : R
    : AddLow<B, "", Carry, R>;

/** 99…9 − B with as many digits as A, or `never` if B is longer. */
type NinesMinus<A, B, R extends string = ""> = A extends `${string}${infer MoreA}`
  ? B extends `${infer D extends Digit}${infer MoreB}`
    ? NinesMinus<MoreA, MoreB, `${R}${Complement[D]}`>
    : NinesMinus<MoreA, "", `${R}9`>
  : B extends ""
    ? R
    : never;
/** A − B = A + (99…9 − B) + 1 − 100…0; `never` when negative, which the last carry tells. */
type SubLow<A, B> = DropCarry<A, AddLow<A, NinesMinus<A, B>, "1">>;
type DropCarry<A, Sum, R extends string = ""> = A extends `${string}${infer MoreA}`
  ? Sum extends `${infer D}${infer More}`
    ? DropCarry<MoreA, More, `${R}${D}`>
    : never
  : Sum extends "1"
    ? R
    : never;

/** A · D for a single digit D. */
type TimesDigit<
  A,
  D extends Digit,
  Carry extends Digit = "0",
  R extends string = "",
> = A extends `${infer DigitA extends Digit}${infer More}`
  ? Times[DigitA][D] extends `${infer High extends Digit}${infer Low extends Digit}`
    ? Plus[Low][Carry] extends `${infer One}${infer Sum}`
      ? TimesDigit<More, D, (One extends "1" ? Next[High] : High) & Digit, `${R}${Sum}`>
      : never
    : never
  : `${R}${Carry}`;
/** Horner's rule over the digits of B, which come highest first: R becomes 10·R + A·digit. */
type MulLow<A, B, R = ""> = B extends `${infer D extends Digit}${infer More}`
  ? MulLow<A, More, R extends "" ? TimesDigit<A, D> : AddLow<TimesDigit<A, D>, `0${R & string}`>>
  : R;

/** How often B fits into A (a single digit, as the caller sees to), and what is left. */
type DivDigit<A, B, Count extends 1[] = []> =
  SubLow<A, B> extends infer Left
    ? [Left] extends [never]
      ? [Count["length"], A]
      : DivDigit<Left, B, [...Count, 1]>
    : never;

/** Long division. A and the quotient Q come highest digit first; the remainder R lowest first. */
type DivLong<A, B, R = "", Q extends string = ""> = A extends `${infer D}${infer More}`
  ? DivDigit<`${D}${R & string}`, B> extends [infer D extends number, infer Left]
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

/** `[quotient, remainder]`; undefined when B is 0. An unknown size divides. */
export type DivMod<A extends number, B extends number> =
  Is<B, 1> extends true
    ? [A, 0]
    : Is<B, 0> extends true
      ? undefined
      : Exact<A, B> extends true
        ? DivLong<`${A}`, Reverse<`${B}`>>
        : [number, 0];

/** A / B rounded up; B is not 0. */
export type CeilDiv<A extends number, B extends number> =
  DivMod<A, B> extends [infer Q extends number, infer R] ? (R extends 0 ? Q : Add<Q, 1>) : number;

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
