// Messages. A shape function that fails yields `Fail<"the sentence">`; `Check` turns that into the type of the parameter, so that
// the compiler prints the sentence. The wording is that of the run time (../shape-rules.ts); a fuzz test compares the two.
import type { ShapeArg } from "../shape.ts";
import type { IsNoSize } from "./sizes.ts";

/**
 * Result of a shape function that failed. It is still a `Shape`, of unknown rank, so that one mistake is reported once.
 * (The brand is a plain property name: a unique symbol breaks the declaration files of user code, TS4023.)
 */
export type Fail<Message extends string> = number[] & { readonly __shapeError: Message };
/** `R extends Failed` asks whether R is a `Fail`. */
export interface Failed {
  readonly __shapeError: string;
}

/**
 * Type of a parameter: P as it was written, or the message if shape function result R failed. A union fails only if all its
 * members do. P must stand here plainly, or the compiler does not infer through it.
 */
export type Check<R, P> = MayPass<R> extends true ? P : Refused<R, P>;
// Inside generic code, where a type that stays open is printed as it was asked for, others that ask `MayPass` themselves name the shapes.
/** A question of its own: where it stays open it is not true, so that inside generic code nothing passes that might fail. */
export type MayPass<R> = [R extends Failed ? never : R] extends [never] ? false : true;
/**
 * As `Check`, but what stays open inside generic code passes, and is looked at by the run time: for numbers that are hardly ever wrong, such
 * as the size F in `zeros([F])`. An open type takes what both its branches take; one that is looked up in another open type takes what any
 * of that one's branches has, which is P here.
 */
export type Allow<R, P> = MayPass<R> extends true ? P : Verdict<R, P>["is"];
/** The message; P for code that never returns. */
export type Refused<R, P> = [R] extends [never] ? P : MessageOf<R>;
type Verdict<R, P> = MayPass<R> extends true ? { is: P } : { is: Check<R, P> };
type MessageOf<R> = R extends { readonly __shapeError: infer Message } ? Message : never;

/** A size as it is shown: `784`, the name of a named size, `?` if unknown. */
export type ShowSize<D> = D extends { readonly __dim: infer Name extends string }
  ? Name
  : number extends D
    ? "?"
    : D extends number
      ? `${D}`
      : "?";

type Join<S extends ShapeArg> = S extends readonly [infer Size, ...infer More extends ShapeArg]
  ? JoinMore<More, ShowSize<Size>>
  : "";
type JoinMore<S extends ShapeArg, R extends string> = S extends readonly [infer Size, ...infer More extends ShapeArg]
  ? JoinMore<More, `${R},${ShowSize<Size>}`>
  : R;

/** A shape as it is shown: `[32,784]`, `[?,784]`, `[...,784]`. */
export type Show<S extends ShapeArg> = number extends S["length"] ? `[...${JoinLast<S>}]` : `[${Join<S>}]`;
type JoinLast<S extends ShapeArg, R extends string = ""> = S extends readonly [
  ...infer Lead extends ShapeArg,
  infer Last,
]
  ? JoinLast<Lead, `,${ShowSize<Last>}${R}`>
  : R;

/** A shape without `readonly`. */
export type Mutable<S extends ShapeArg> = { -readonly [I in keyof S]: S[I] };

/** Shape R that a user asked for, as in `zeros(R)`: every size is a whole number from 0 up. */
export type CheckShape<R extends ShapeArg, Op extends string> = true extends { [I in keyof R]: IsNoSize<R[I]> }[number]
  ? Fail<`${Op}: sizes are whole numbers from 0 up, got ${Show<R>}`>
  : Mutable<R>;
