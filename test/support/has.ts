import type { ShapeArg, Tensor } from "@chainrule/core";

/** Whether two types are the same. The compiler takes [...number[], 1] and [...number[], 2] for identical, but not for assignable. */
export type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? ([A, B] extends [B, A] ? true : false) : false;

/** `has<[2, 3]>()(x, true)` compiles only if `x` is a tensor of exactly that shape. */
export function has<const S extends ShapeArg>(): <T extends Tensor>(
  x: T,
  same: Same<T["shape"], { -readonly [I in keyof S]: S[I] }>,
) => void {
  return () => {};
}
