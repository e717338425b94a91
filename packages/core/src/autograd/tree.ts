import { defaultDtype } from "../ambient.ts";
import { isFloat } from "../dtype.ts";
import { ArgumentError, DtypeError, isPlain } from "../errors.ts";
import type { Fail, ShapeFn, ShapeOf, Show } from "../shape-types/index.ts";
import type { IsAny, SameSizes } from "../shape-types/sizes.ts";
import { fromNumber, type Operand, Tensor } from "../tensor.ts";

/** A tensor, a number, or an array, record or module made of trees. */
export type Tree = Tensor | number | readonly Tree[] | { readonly [key: string]: Tree } | object;

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
            : never;

type AnyFunction = (...args: never[]) => unknown;
/** A plain record of tensors has no methods. */
type IsModule<T> = true extends { [K in keyof T]: T[K] extends AnyFunction ? true : false }[keyof T] ? true : false;
type ModuleTree<T> = T extends Tensor
  ? Tensor<T["shape"]>
  : T extends readonly unknown[]
    ? { -readonly [I in keyof T]: HoldsTensors<T[I]> extends true ? ModuleTree<T[I]> : null }
    : T extends object
      ? { [K in keyof T as HoldsTensors<NonNullable<T[K]>> extends true ? K : never]: ModuleTree<T[K]> }
      : never;
type HoldsTensors<V> = V extends Tensor
  ? true
  : V extends AnyFunction | ShapeFn
    ? false
    : V extends object
      ? true
      : false;

/** What may stand for T where a tree of tangents or cotangents is passed in: any tensor where T has one. */
export type Loose<T> = T extends Tensor ? Operand : { readonly [K in keyof T]: Loose<T[K]> };
/** [] if the tree C has the shapes of T wherever both are known; else what is wrong, as `matching` says it. */
export type Matching<C, T, What extends string> = [Mismatch<C, T, What>] extends [never] ? [] : Mismatch<C, T, What>;
type Mismatch<C, T, What extends string> = true extends IsAny<C> | IsAny<T>
  ? never
  : T extends Tensor
    ? SameSizes<ShapeOf<C>, T["shape"]> extends true
      ? never
      : Fail<`${What} is ${Show<ShapeOf<C>>}, expected ${Show<T["shape"]>}`>
    : C extends readonly unknown[]
      ? { [K in keyof C]: K extends keyof T & string ? Mismatch<C[K], T[K], `${What}.${K}`> : never }[number]
      : C extends object
        ? { [K in keyof C]: K extends keyof T & string ? Mismatch<C[K], T[K], `${What}.${K}`> : never }[keyof C]
        : never;

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

/** Lists the leaves of a tree; `what` it is appears in messages. */
export function flattenTree(op: string, tree: unknown, what = "input"): Flat {
  const leaves: Tensor[] = [];
  const inPlace: boolean[] = [];
  const paths: string[] = [];
  const open = new Set<object>();
  type Build = (leaves: readonly Tensor[], report: boolean) => unknown;
  const leaf = (x: Tensor, path: string, own: boolean): Build => {
    const at = leaves.length;
    leaves.push(x);
    inPlace.push(own);
    paths.push(path);
    return (replaced) => replaced[at];
  };
  const visit = (node: unknown, path: string, inModule: boolean): Build | null => {
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
      if (inModule) return null;
      throw new ArgumentError(
        `${op}: the ${what}${path} is ${node === null ? "null" : typeof node}, expected a tensor, a number, or an array, record or module of them`,
      );
    }
    if (open.has(node)) {
      if (inModule) return null;
      throw new ArgumentError(`${op}: the ${what}${path} contains itself`);
    }
    open.add(node);
    const module = !Array.isArray(node) && !isPlain(node);
    const all = Object.entries(node).map(
      ([key, child]) => [key, visit(child, `${path}.${key}`, inModule || module)] as const,
    );
    const parts = all.filter((part): part is readonly [string, Build] => part[1] !== null);
    open.delete(node);
    if (inModule && parts.length === 0) return null;
    // Places in a list stay: the gradient of layers[2] stands at layers[2].
    if (Array.isArray(node)) return (replaced, report) => all.map(([, build]) => build?.(replaced, report) ?? null);
    return (replaced, report) =>
      (inModule || module) && !report
        ? node
        : Object.fromEntries(parts.map(([key, build]) => [key, build(replaced, report)]));
  };
  const root = visit(tree, "", false)!;
  return {
    leaves,
    inPlace,
    paths,
    rebuild: (replaced) => root(replaced, false),
    report: (replaced) => root(replaced, true),
  };
}
