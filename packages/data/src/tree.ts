import { mapTree as mapAnyTree, quoted } from "@chainrule/core/internal";
import { ArgumentError, type Shape, ShapeError, Tensor } from "@chainrule/core";

/** T with each tensor's first size replaced by N. */
export type WithRows<T, N extends number = number> =
  T extends Tensor<infer S>
    ? Tensor<WithFirst<S, N>>
    : T extends readonly unknown[]
      ? { -readonly [I in keyof T]: WithRows<T[I], N> }
      : { -readonly [K in keyof T]: WithRows<T[K], N> };
type WithFirst<S extends Shape, N extends number> = S extends [number, ...infer Rest extends number[]]
  ? [N, ...Rest]
  : Shape;

/**
 * The tree with its leaves replaced: arrays and plain records are branches, everything else is a leaf. The path of a leaf is such as `.x` or
 * `[0]`, empty for a tree that is one leaf.
 */
export const mapTree = (op: string, tree: unknown, leaf: (leaf: unknown, path: string) => unknown): unknown =>
  mapAnyTree<string>(tree, "", {
    isBranch: (node): node is object => Array.isArray(node) || isRecord(node),
    leaf,
    below: (path, key, list) => (list ? `${path}[${key}]` : `${path}.${key}`),
    cycle: (path) => new ArgumentError(`${op}: the data contain themselves, at ${path}`),
  });

export function isRecord(x: unknown): x is Readonly<Record<string, unknown>> {
  if (typeof x !== "object" || x === null) return false;
  const prototype: unknown = Object.getPrototypeOf(x);
  return prototype === Object.prototype || prototype === null;
}

/** How many rows the tensors of a dataset have, which must be as many in each, and more than none. */
export function countRows(op: string, dataset: unknown): number {
  let rows: number | undefined;
  let first = "";
  mapTree(op, dataset, (leaf, path) => {
    if (!(leaf instanceof Tensor))
      throw new ArgumentError(
        `${op}: a dataset is a tensor, or an array or record of tensors, and dataset${path} is ${describe(leaf)}`,
      );
    const [size] = leaf.shape;
    if (size === undefined)
      throw new ShapeError(op, `dataset${path} is a scalar, it needs a first dim of rows`, [leaf.shape]);
    rows ??= ((first = path), size);
    if (size !== rows)
      throw new ShapeError(op, `dataset${first} has ${rows} rows and dataset${path} has ${size}`, [leaf.shape]);
  });
  if (rows === undefined) throw new ArgumentError(`${op}: the dataset holds no tensors`);
  if (rows === 0) throw new ArgumentError(`${op}: the dataset is empty`);
  return rows;
}

const describe = (x: unknown): string => {
  if (x === null) return "null";
  if (typeof x === "number") return "a number; make tensors of arrays first, with tensor(...)";
  if (typeof x !== "object") return x === undefined ? "undefined" : `a ${typeof x}`;
  return ArrayBuffer.isView(x) ? "a typed array; use fromTypedArray(array, shape)" : quoted(x);
};

/** Rows `start` to `end` of each tensor: views. */
export const sliceRows = (dataset: unknown, start: number, end: number): unknown =>
  mapTree("batches", dataset, (x) => (x as Tensor).slice(0, { start, end }));

/** The rows at the given positions of each tensor. */
export const selectRows = (dataset: unknown, positions: Tensor): unknown =>
  mapTree("batches", dataset, (x) => (x as Tensor).indexSelect(0, positions));
