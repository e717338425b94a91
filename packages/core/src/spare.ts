import { type Dtype, dtypeOf, type TypedArray } from "./dtype.ts";

// Training makes the same large cotangents in every step. One that has been used up gives its array to the next, and so does a gradient that a
// leaf forgets, if nobody has got hold of it: nothing is fetched, zeroed and collected. Whoever reads `.grad`, is given a cotangent by a hook,
// or writes a rule has got hold of what is there.

/** Elements from which on this is worth the trouble, and it pays to ask Node for an array that is not zeroed. */
export const LARGE = 8192;
/** Arrays that wait for the next cotangent, at most. */
const WAITING = 8;

interface Result {
  readonly size: number;
  readonly array: TypedArray | null;
  readonly shared: boolean;
}

/** Results whose arrays nobody else has. */
const unseen = /* @__PURE__ */ new WeakSet<object>();
/** What leaves have kept of their last gradients. */
const spares = /* @__PURE__ */ new WeakMap<object, TypedArray>();
/** Arrays of cotangents that have been used up; the collector may take the list. */
let waiting: WeakRef<TypedArray[]> | null = null;
let open = false;
let offered: TypedArray | null = null;
let made: TypedArray | null = null;

/** What `rule` makes: a cotangent of `x`. Arrays in it that are going to be overwritten may be ones that others have left. */
export function withSpare<R extends Result>(x: object, rule: () => R | null): R | null {
  open = true;
  offered = spares.get(x) ?? null;
  spares.delete(x);
  try {
    const result = rule();
    if (result !== null && made !== null && result.array === made && !result.shared) unseen.add(result);
    return result;
  } finally {
    open = false;
    offered = made = null;
  }
}

/** An array that has been left, if a cotangent is being made; its elements are anything. */
export function takeSpare(dtype: Dtype, length: number): TypedArray | null {
  if (!open) return null;
  const fits = (x: TypedArray): boolean => x.length === length && dtypeOf(x) === dtype;
  if (offered !== null && fits(offered)) {
    const array = offered;
    offered = null;
    return array;
  }
  const list = waiting?.deref();
  const at = list?.findIndex(fits) ?? -1;
  return at < 0 ? null : list!.splice(at, 1)[0]!;
}
/** An array has been made for a result. */
export function noteMade(array: TypedArray): TypedArray {
  if (open) made = array;
  return array;
}

// Small results are none of this, and a look into the set takes as long as an operation on them.

export const isUnseen = (x: Result): boolean => x.size >= LARGE && unseen.has(x);
/** Somebody has got hold of a cotangent; returns whether nobody had before. */
export const see = (cotangent: Result): boolean => cotangent.size >= LARGE && unseen.delete(cotangent);

/** The array of the cotangent from which the rule that is running makes another, number by number; `null` if others may need it. */
export const takeOver = (cotangent: Result): TypedArray | null =>
  open && see(cotangent) ? noteMade(cotangent.array!) : null;

/** A leaf forgets its gradient. */
export function forget(leaf: object, gradient: Result): void {
  if (see(gradient) && !gradient.shared) spares.set(leaf, gradient.array!);
}
/** A cotangent has been used up. */
export function useUp(cotangent: Result): void {
  if (!see(cotangent) || cotangent.shared) return;
  let list = waiting?.deref();
  if (list === undefined) waiting = new WeakRef((list = []));
  if (list.push(cotangent.array!) > WAITING) list.shift();
}
