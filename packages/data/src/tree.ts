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

/** What is done to each leaf of a tree; `path` is such as `.x` or `[0]`, empty for a tree that is one leaf. */
type OnLeaf = (leaf: unknown, path: string) => unknown;

/** A place in the tree that is yet to be looked at, and where it goes; or a branch that has been looked through, which goes nowhere. */
interface Place {
  readonly node: unknown;
  readonly path: string;
  readonly holder: unknown[] | null;
  readonly at: number;
}

/** The tree with its leaves replaced: arrays and plain records are branches, everything else is a leaf. It may be deeper than the stack. */
export function mapTree(op: string, tree: unknown, onLeaf: OnLeaf): unknown {
  const top: unknown[] = [];
  /** Each after the one that holds it. */
  const branches: { readonly keys: readonly string[] | null; readonly parts: unknown[]; readonly place: Place }[] = [];
  const open = new Set<unknown>();
  const waiting: Place[] = [{ node: tree, path: "", holder: top, at: 0 }];
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    const { node, path, holder, at } = place;
    const list = Array.isArray(node);
    if (holder === null) open.delete(node);
    else if (!list && !isRecord(node)) holder[at] = onLeaf(node, path);
    else {
      if (open.has(node)) throw new ArgumentError(`${op}: the data contain themselves, at ${path}`);
      open.add(node);
      waiting.push({ ...place, holder: null });
      const keys = Object.keys(node);
      const parts = new Array<unknown>(keys.length);
      branches.push({ keys: list ? null : keys, parts, place });
      for (let i = keys.length - 1; i >= 0; i--) {
        const key = keys[i]!;
        const child: unknown = node[key as never];
        waiting.push({ node: child, path: list ? `${path}[${key}]` : `${path}.${key}`, holder: parts, at: i });
      }
    }
  }
  for (const { keys, parts, place } of branches.reverse())
    place.holder![place.at] = keys === null ? parts : Object.fromEntries(keys.map((key, i) => [key, parts[i]]));
  return top[0];
}

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
  return ArrayBuffer.isView(x)
    ? "a typed array; use fromTypedArray(array, shape)"
    : `an object of class ${x.constructor.name}`;
};

/** Rows `start` to `end` of each tensor: views. */
export const sliceRows = (dataset: unknown, start: number, end: number): unknown =>
  mapTree("batches", dataset, (x) => (x as Tensor).slice(0, { start, end }));

/** The rows at the given positions of each tensor. */
export const selectRows = (dataset: unknown, positions: Tensor): unknown =>
  mapTree("batches", dataset, (x) => (x as Tensor).indexSelect(0, positions));
