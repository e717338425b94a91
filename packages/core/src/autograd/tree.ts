import { defaultDtype } from "../ambient.ts";
import { isFloat } from "../dtype.ts";
import { ArgumentError, DtypeError, isPlain } from "../errors.ts";
import type { Shape } from "../shape.ts";
import type { Fail, ShapeFn, ShapeOf, Show } from "../shape-types/index.ts";
import type { IsAny, SameSizes } from "../shape-types/sizes.ts";
import { fromNumber, type Operand, Tensor } from "../tensor.ts";

/** A tensor, a number, or an array, record or module made of trees; inside these, null holds a place where nothing is. */
export type Tree = Tensor | number | null | readonly Tree[] | { readonly [key: string]: Tree } | object;

/**
 * The tree with each tensor or number replaced by a tensor of the same shape. Of an object of a class — a module — only tensors that require
 * grad are kept, in plain records.
 */
export type TreeOf<T> =
  IsAny<T> extends true
    ? T
    : T extends Tensor<infer S>
      ? Tensor<S>
      : T extends number
        ? Tensor<[]>
        : T extends readonly unknown[]
          ? { -readonly [I in keyof T]: TreeOf<T[I]> }
          : T extends object
            ? IsModule<T> extends true
              ? ModuleTree<T>
              : { [K in keyof T]: TreeOf<T[K]> }
            : T extends null
              ? null
              : never;

type AnyFunction = (...args: never[]) => unknown;
/** A plain record of tensors has no methods. */
type IsModule<T> = true extends { [K in keyof T]: T[K] extends AnyFunction ? true : false }[keyof T] ? true : false;
type ModuleTree<T> =
  T extends Tensor<infer S>
    ? Tensor<S>
    : T extends readonly unknown[]
      ? { -readonly [I in keyof T]: HoldsTensors<T[I]> extends true ? ModuleTree<T[I]> : null }
      : T extends object
        ? { [K in keyof T as HoldsTensors<NonNullable<T[K]>> extends true ? K : never]: ModuleTree<T[K]> }
        : never;
/** Whether there are tensors in V, or may be, deeper than `Level` counts. */
type HoldsTensors<V, Level extends readonly 0[] = []> =
  V extends Tensor<infer _>
    ? true
    : V extends AnyFunction | ShapeFn
      ? false
      : V extends object
        ? Level["length"] extends 4
          ? true
          : true extends { [K in keyof V]: HoldsTensors<NonNullable<V[K]>, [...Level, 0]> }[keyof V]
            ? true
            : false
        : false;

/** What may stand for T where a tree of tangents or cotangents is passed in: any tensor where T has one. */
export type Loose<T> = T extends Tensor<infer _> ? Operand : { readonly [K in keyof T]: Loose<T[K]> };
/** [] if the tree C has the shapes of T wherever both are known; else what is wrong, as `matching` says it. */
export type Matching<C, T, What extends string> = OrNothing<Mismatch<C, T, What>>;
type OrNothing<M> = [M] extends [never] ? [] : M;
type Mismatch<C, T, What extends string> = true extends IsAny<C> | IsAny<T>
  ? never
  : T extends Tensor<infer S>
    ? Misfit<ShapeOf<C>, S, What>
    : C extends readonly unknown[]
      ? { [K in keyof C]: K extends keyof T & string ? Mismatch<C[K], T[K], `${What}.${K}`> : never }[number]
      : C extends object
        ? { [K in keyof C]: K extends keyof T & string ? Mismatch<C[K], T[K], `${What}.${K}`> : never }[keyof C]
        : never;
/** Never if shape C may be S, as it may if it is the same type parameter. */
type Misfit<C extends Shape, S extends Shape, What extends string> = { c: C } extends { c: S }
  ? never
  : SameSizes<C, S> extends true
    ? never
    : Fail<`${What} is ${Show<C>}, expected ${Show<S>}`>;

/** The tensors of a tree in a fixed order, and the way back. */
export interface Flat {
  readonly leaves: Tensor[];
  /** For each leaf, whether it is a parameter inside a module, which is differentiated where it stands. */
  readonly inPlace: boolean[];
  readonly paths: string[];
  /** The tree with other tensors in place of the leaves; modules stay themselves. */
  rebuild(leaves: readonly Tensor[]): unknown;
  /** The same, with records in place of modules. */
  report(leaves: readonly Tensor[]): unknown;
}

/** What stands at a place of a tree: leaf i as i, branch i as ~i, or nothing. */
type Part = number | null;
/** An array, record or module of a tree. */
interface Branch {
  readonly source: object;
  readonly keys: readonly string[];
  /** What stands at each key. */
  readonly parts: readonly Part[];
  /** Whether it is a module or inside one. */
  readonly owned: boolean;
  /** Whether it goes if it holds no leaf: it is inside a module. */
  readonly optional: boolean;
}
/** A place in the tree that is yet to be looked at, and where it goes; or an object that has been looked through, which goes nowhere. */
interface Place {
  readonly node: unknown;
  readonly path: string;
  readonly inModule: boolean;
  readonly holder: Part[] | null;
  readonly at: number;
}

/** Lists the leaves of a tree; `what` it is appears in messages. */
export function flattenTree(op: string, tree: unknown, what = "input"): Flat {
  const leaves: Tensor[] = [];
  const inPlace: boolean[] = [];
  const paths: string[] = [];
  /** Each after the one that holds it. */
  const branches: Branch[] = [];
  const open = new Set<object>();
  /** The next one last: a tree may be deeper than the stack. */
  const waiting: Place[] = [];
  const leaf = (x: Tensor, path: string, own: boolean): number => {
    inPlace.push(own);
    paths.push(path);
    return leaves.push(x) - 1;
  };
  const visit = (node: unknown, path: string, inModule: boolean): Part => {
    if (node instanceof Tensor) {
      if (inModule) return node.tracked ? leaf(node, path, true) : null;
      if (!isFloat(node.dtype))
        throw new DtypeError(
          `${op}: the ${what}${path} is ${node.dtype}; derivatives are taken by float64 or float32 tensors, convert with to("float64")`,
        );
      return leaf(node, path, false);
    }
    if (typeof node === "number") return inModule ? null : leaf(fromNumber(node, defaultDtype), path, false);
    if (typeof node !== "object" || node === null) {
      if (inModule || (node === null && path !== "")) return null;
      throw new ArgumentError(
        `${op}: the ${what}${path} is ${node === null ? "null" : typeof node}, expected a tensor, a number, or an array, record or module of them`,
      );
    }
    if (open.has(node)) {
      if (inModule) return null;
      throw new ArgumentError(`${op}: the ${what}${path} contains itself`);
    }
    open.add(node);
    waiting.push({ node, path, inModule, holder: null, at: 0 });
    const owned = inModule || (!Array.isArray(node) && !isPlain(node));
    const keys = Object.keys(node);
    const parts = new Array<Part>(keys.length).fill(null);
    for (let at = keys.length - 1; at >= 0; at--) {
      const child = (node as Record<string, unknown>)[keys[at]!];
      waiting.push({ node: child, path: `${path}.${keys[at]}`, inModule: owned, holder: parts, at });
    }
    return ~(branches.push({ source: node, keys, parts, owned, optional: inModule }) - 1);
  };
  const root = visit(tree, "", false);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.holder === null) open.delete(next.node as object);
    else next.holder[next.at] = visit(next.node, next.path, next.inModule);
  }
  const build = (replaced: readonly Tensor[], report: boolean): unknown => {
    const built = new Array<unknown>(branches.length);
    const valueOf = (part: Part): unknown => (part === null ? null : part < 0 ? built[~part] : replaced[part]);
    for (let i = branches.length - 1; i >= 0; i--) {
      const branch = branches[i]!;
      built[i] = branch.owned && !report ? branch.source : assembled(branch, branch.parts.map(valueOf));
    }
    return valueOf(root);
  };
  return {
    leaves,
    inPlace,
    paths,
    rebuild: (replaced) => build(replaced, false),
    report: (replaced) => build(replaced, true),
  };
}

/** A branch with these parts. */
function assembled({ source, keys, owned, optional }: Branch, parts: readonly unknown[]): unknown {
  if (optional && parts.every((part) => part === null)) return null;
  // Places in a list stay: the gradient of layers[2] stands at layers[2].
  if (Array.isArray(source)) return parts;
  const entries: [string, unknown][] = [];
  for (let i = 0; i < keys.length; i++) if (parts[i] !== null || !owned) entries.push([keys[i]!, parts[i]]);
  return Object.fromEntries(entries);
}
