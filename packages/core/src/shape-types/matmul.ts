// Products of two tensors.
import type { Shape } from "../shape.ts";
import type { Broadcast } from "./broadcast.ts";
import type { Fail, Failed, MayPass, Refused, Show, ShowSize } from "./show.ts";
import type { IsAny, SameSize, SameSizes } from "./sizes.ts";

/** Last size of A and last but one of B (the only one of a 1-D B), which are summed over. */
type InnerLeft<A extends Shape> = A extends readonly [...infer _, infer K extends number] ? K : number;
type InnerRight<B extends Shape> = B extends readonly [...infer _, infer K extends number, infer _N]
  ? K
  : B extends readonly [infer K extends number]
    ? K
    : number;

/** Matrix product by NumPy's rules: leading sizes broadcast; a 1-D operand is a row on the left, a column on the right. */
export type MatMul<A extends Shape, B extends Shape> = A extends unknown
  ? B extends unknown
    ? IsScalar<A> | IsScalar<B> extends false
      ? SameSize<InnerLeft<A>, InnerRight<B>> extends true
        ? Result<A, B>
        : Fail<`matmul: inner sizes ${ShowSize<InnerLeft<A>>} and ${ShowSize<InnerRight<B>>} differ in ${Show<A>} x ${Show<B>}${Transposition<A, B>}`>
      : Fail<`matmul: needs at least 1-D, got ${Show<A>} x ${Show<B>}`>
    : never
  : never;
/** Type of the right operand: P, or the message if its shape B does not fit A. */
export type CheckMatMul<A extends Shape, B extends Shape, P> =
  MayPass<MatMul<A, B>> extends true ? P : Refused<MatMul<A, B>, P>;
type IsScalar<S extends Shape> = IsAny<S> extends true ? false : S extends readonly [] ? true : false;

/** The product that fits, if it takes the transpose of one of two matrices. */
type Transposition<A extends Shape, B extends Shape> = A["length"] | B["length"] extends 1 | 2
  ? B extends readonly [number, InnerLeft<A>]
    ? "; did you mean a.matmul(b.transpose())?"
    : A extends readonly [InnerRight<B>, number]
      ? "; did you mean a.transpose().matmul(b)?"
      : ""
  : "";

/** Shape of the product once the inner sizes agree. */
type Result<A extends Shape, B extends Shape> = A extends readonly [
  ...infer BatchA extends Shape,
  infer M extends number,
  infer _K,
]
  ? B extends readonly [...infer BatchB extends Shape, infer _K2, infer N extends number]
    ? [Broadcast<BatchA, BatchB>] extends [Failed]
      ? Fail<`matmul: cannot broadcast ${Show<BatchA>} with ${Show<BatchB>} in the batch of ${Show<A>} x ${Show<B>}`>
      : [...Broadcast<BatchA, BatchB>, M, N]
    : B extends readonly [unknown]
      ? [...BatchA, M]
      : number[]
  : A extends readonly [unknown]
    ? B extends readonly [...infer BatchB extends Shape, infer _K2, infer N extends number]
      ? [...BatchB, N]
      : B extends readonly [unknown]
        ? []
        : number[]
    : B extends readonly [...infer _, infer _K2, infer N extends number]
      ? [...number[], N]
      : number[];

/** Inner product of two vectors of one length. */
export type Dot<A extends Shape, B extends Shape> = A extends unknown
  ? false extends AreVectors<A, B> | SameSizes<A, B>
    ? Fail<`dot: needs two vectors of one length, got ${Show<A>} and ${Show<B>}`>
    : []
  : never;

/** Every product of an element of one vector with one of another. */
export type Outer<A extends Shape, B extends Shape> = A extends unknown
  ? AreVectors<A, B> extends true
    ? [...Vector<A>, ...Vector<B>]
    : Fail<`outer: needs two vectors, got ${Show<A>} and ${Show<B>}`>
  : never;

/** May both be 1-D? A shape of unknown rank may, unless two sizes are known of it. */
type AreVectors<A extends Shape, B extends Shape> =
  SameSizes<A, [number]> extends true ? SameSizes<B, [number]> : false;
type Vector<S extends Shape> = S extends readonly [...infer _, infer Size extends number] ? [Size] : [number];
