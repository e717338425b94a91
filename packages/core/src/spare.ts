import { type Dtype, dtypeOf, type TypedArray } from "./dtype.ts";
import { reserve } from "./storage.ts";

// Training makes the same large gradients in every step and forgets them before the next. A gradient of which nobody has got hold gives its
// array to the one that follows: nothing is fetched, zeroed and collected. Whoever reads `.grad`, or hooks it, has got hold of it.

/** Elements from which on this is worth the trouble. */
export const LARGE = 4096;

interface Result {
  readonly array: TypedArray | null;
  readonly shared: boolean;
}

/** Results whose arrays nobody else has. */
const unseen = /* @__PURE__ */ new WeakSet<object>();
/** What leaves have kept of their last gradients. */
const spares = /* @__PURE__ */ new WeakMap<object, TypedArray>();
let open = false;
let offered: TypedArray | null = null;
let made: TypedArray | null = null;

/** What `rule` makes: a gradient of `leaf`, for which a matrix product may use what the last one has left. */
export function withSpare<R extends Result>(leaf: object, rule: () => R | null): R | null {
  open = true;
  offered = spares.get(leaf) ?? null;
  spares.delete(leaf);
  try {
    const result = rule();
    if (result !== null && made !== null && result.array === made && !result.shared) unseen.add(result);
    return result;
  } finally {
    open = false;
    offered = made = null;
  }
}

/** An array for a gradient, from index 0 on, all of which is going to be overwritten; `null` if none is being made. */
export function spareArray(dtype: Dtype, length: number): TypedArray | null {
  if (!open || length < LARGE) return null;
  const fits = offered !== null && offered.length === length && dtypeOf(offered) === dtype;
  made = fits ? offered : reserve(dtype, length, true);
  if (fits) offered = null;
  return made;
}

export const isUnseen = (x: object): boolean => unseen.has(x);
/** Somebody has got hold of a gradient. */
export const see = (gradient: object): boolean => unseen.delete(gradient);

/** A leaf forgets its gradient. */
export function forget(leaf: object, gradient: Result): void {
  if (unseen.delete(gradient)) spares.set(leaf, gradient.array!);
}
