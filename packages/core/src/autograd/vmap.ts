import { defaultDtype } from "../ambient.ts";
import {
  ArgumentError,
  checkFunction,
  checkSynchronous,
  describeArgument,
  isPlain,
  optionsOf,
  quoted,
  ShapeError,
} from "../errors.ts";
import { permute, unchanged } from "../ops/movement.ts";
import { normalizeDim, type Shape, showShape } from "../shape.ts";
import type { Insert, NewDim } from "../shape-types/reshape.ts";
import type { IsAny } from "../shape-types/sizes.ts";
import { fromNumber, Tensor } from "../tensor.ts";
import { Examples } from "./batch.ts";
import { mapTree } from "./map-tree.ts";

/** A dim for all tensors of a tree, or null for none; or a list or record of these in the form of the tree. */
export type MappedDims = number | null | readonly MappedDims[] | { readonly [key: string]: MappedDims };

export interface VmapOptions<I extends MappedDims = MappedDims, O extends MappedDims = MappedDims> {
  /** Which dim of the arguments to map over: one for all of them, or a list with one for each; null hands an argument on. 0 by default. */
  readonly inDims?: I | undefined;
  /** Which dim of the results the examples lie along; null for what is the same for all. 0 by default. */
  readonly outDims?: O | undefined;
}

/** T with a dim of size N put in at D in each of its tensors. */
export type Mapped<T, D, N extends number> =
  IsAny<T> extends true
    ? T
    : D extends null
      ? T
      : T extends Tensor<infer S>
        ? Tensor<WithDim<S, D, N>>
        : T extends number
          ? Tensor<WithDim<[], D, N>>
          : T extends readonly unknown[] | object
            ? { [K in keyof T]: Mapped<T[K], Part<D, K>, N> }
            : T;
type WithDim<S extends Shape, D, N extends number> = D extends number ? Insert<S, NewDim<S, D, "vmap">, N> : number[];
/** What I says of argument K. */
type DimsOf<I, K> = I extends readonly unknown[] ? Part<I, K> : I;
/** What D says of part K of a tree. */
type Part<D, K> = D extends number | null ? D : K extends keyof D ? D[K] : number;

/**
 * The function that does for a whole batch at once what `f` does for one example: its arguments have one more dim, that of the examples, and
 * so have its results. Operations run on the batch, so it is far faster than a loop. Arguments and results may be trees. It nests, and
 * composes with all other transforms: `vmap(grad(loss))` computes a gradient for each example.
 * @throws ShapeError where a mapped argument has no such dim or their sizes differ; BatchError where `f` reads elements of its arguments.
 * @example
 * const norm = (x: Tensor<[2]>) => x.square().sum().sqrt();
 * vmap(norm)(tensor([[3, 4], [6, 8]])).toArray(); // [5, 10]
 */
export function vmap<A extends readonly unknown[], R, const I extends MappedDims = 0, const O extends MappedDims = 0>(
  f: (...args: A) => R,
  options?: VmapOptions<I, O>,
): <N extends number>(...args: { [K in keyof A]: Mapped<A[K], DimsOf<I, K>, N> }) => Mapped<R, O, N>;
export function vmap(
  f: (...args: never[]) => unknown,
  options?: VmapOptions,
): (...args: readonly unknown[]) => unknown {
  const { inDims = 0, outDims = 0 } = optionsOf("vmap", options, ["inDims", "outDims"]);
  checkFunction("vmap", f);
  return (...args) => {
    const { mapped, examples } = batchArguments(args, inDims);
    const result = examples.run(() => checkSynchronous("vmap", f(...(mapped as never[]))));
    return replaceTensors(result, outDims, "result", (x, dim, path) => unwrapped(examples, x, dim, path));
  };
}

/** The arguments with what is mapped in a batch, and the batch. */
function batchArguments(
  args: readonly unknown[],
  inDims: MappedDims,
): { mapped: readonly unknown[]; examples: Examples } {
  if (Array.isArray(inDims) && inDims.length !== args.length)
    throw new ArgumentError(
      `vmap: inDims lists ${inDims.length} arguments, got ${args.length}; list a dim for each, null for what is not mapped`,
    );
  let examples: Examples | null = null;
  let first = "";
  const wrapped = (x: Tensor | number, dim: number | null, path: string): unknown => {
    if (dim === null) return x;
    if (typeof x === "number" || x.rank === 0)
      throw new ShapeError(
        "vmap",
        `${path} is a ${typeof x === "number" ? "number" : "scalar"}, which has no dim to map; write null for it in inDims${typeof x === "number" && /\.\d+$/.test(path) ? ", or tensor(…) around the array" : ""}`,
      );
    const at = normalizeDim(`vmap: ${path}`, dim, x.shape);
    const size = x.shape[at]!;
    const shown = `${path} ${showShape(x.shape)} along dim ${at}`;
    examples ??= new Examples(size);
    first ||= shown;
    if (size !== examples.size)
      throw new ShapeError("vmap", `sizes ${examples.size} and ${size} of the mapped dims differ: ${first}, ${shown}`, [
        x.shape,
      ]);
    return examples.wrap(moved(x, at, 0));
  };
  const dimsOf = (i: number): MappedDims => (Array.isArray(inDims) ? (inDims as readonly MappedDims[])[i]! : inDims);
  const mapped = args.map((x, i) => replaceTensors(x, dimsOf(i), `argument ${i}`, wrapped));
  if (examples === null)
    throw new ArgumentError("vmap: no argument is mapped; name a dim of at least one in inDims, as in [0, null]");
  return { mapped, examples };
}

/** A part of the result: with `dim`, all examples along it; with null it must be the same for all, and may be any value or tree. */
function unwrapped(examples: Examples, x: unknown, dim: number | null, path: string): unknown {
  if (dim !== null) {
    const y = examples.whole(typeof x === "number" ? fromNumber(x, defaultDtype) : (x as Tensor));
    return moved(unchanged(y), 0, normalizeDim(`vmap: ${path}`, dim, y.shape));
  }
  if (x instanceof Tensor && x.batch === examples)
    throw new ArgumentError(
      `vmap: ${path} ${showShape(x.shape)} differs from example to example; name the dim they are to lie along in outDims`,
    );
  const tree = typeof x === "object" && !(x instanceof Tensor);
  return tree ? replaceTensors(x, 0, path, (y, _dim, place) => unwrapped(examples, y, null, place)) : x;
}

/** Dim `from` moved to place `to`. */
function moved(x: Tensor, from: number, to: number): Tensor {
  if (from === to) return x;
  const others = x.shape.map((_, d) => d).filter((d) => d !== from);
  return permute(x, others.toSpliced(to, 0, from));
}

/** What is said of a place in a tree. */
interface Place {
  readonly dims: MappedDims;
  readonly path: string;
}

/** The tree with its tensors and numbers replaced, by what `dims` says of them; what has null is handed over whole. */
const replaceTensors = (
  tree: unknown,
  dims: MappedDims,
  path: string,
  replace: (x: Tensor | number, dim: number | null, path: string) => unknown,
): unknown =>
  mapTree<Place>(
    tree,
    { dims, path },
    {
      isBranch,
      leaf: (node, place) => replaced(node, place, replace),
      below: ({ dims, path }, key, list) => ({ dims: dimsAt(dims, key, list, path), path: `${path}.${key}` }),
      cycle: ({ path }) => new ArgumentError(`vmap: ${path} contains itself`),
    },
  );

function isBranch(node: unknown, { dims, path }: Place): node is object {
  if (dims === null || node === null || node === undefined || node instanceof Tensor || typeof node === "number")
    return false;
  if (typeof node === "object" && (Array.isArray(node) || isPlain(node))) return true;
  throw new ArgumentError(
    `vmap: ${path} is ${describeArgument(node)}; arguments and results are tensors, or arrays and records of them, and what else f needs has null in inDims`,
  );
}
/** What stands in place of a leaf. */
function replaced(
  node: unknown,
  { dims, path }: Place,
  replace: (x: Tensor | number, dim: number | null, path: string) => unknown,
): unknown {
  if (dims !== null && (node === null || node === undefined)) return node;
  if (dims !== null && typeof dims !== "number")
    throw new ArgumentError(`vmap: ${path} is one tensor, so its dim is a number or null, got ${describeDims(dims)}`);
  return replace(node as Tensor, dims, path);
}
/** What `dims` says of the part at `key`. */
function dimsAt(dims: MappedDims, key: string, list: boolean, path: string): MappedDims {
  if (typeof dims === "number") return dims;
  const dim = (dims as Partial<Record<string, MappedDims>>)[key];
  if (dim === undefined || Array.isArray(dims) !== list)
    throw new ArgumentError(`vmap: no dim for ${path}.${key}; give one dim for all, or a tree in the form of ${path}`);
  return dim;
}
const describeDims = (dims: unknown): string => (typeof dims === "object" ? JSON.stringify(dims) : quoted(dims));
