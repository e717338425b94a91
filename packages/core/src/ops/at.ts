import { ArgumentError, DtypeError, quoted, ShapeError } from "../errors.ts";
import { reading } from "../op.ts";
import { sliceRange } from "../shape-rules.ts";
import { broadcastShapes, nestedShape, type Shape, type ShapeArg, showShape, sizeOf } from "../shape.ts";
import type { At, Check } from "../shape-types/index.ts";
import { checkTensor, fromArray, Tensor } from "../tensor.ts";
import { indexSelect, positionsOf } from "./indexing.ts";
import { broadcastTo } from "./broadcast.ts";
import { permute, reshape, reshapeView } from "./movement.ts";
import { sliceOp, type SliceOptions } from "./slice.ts";

/** Nested arrays of positions, or of booleans. */
export type NestedIndex = readonly (number | boolean | NestedIndex)[];
/**
 * One entry of an index, as in NumPy: a position (negative ones count from the back), `{ start, end, step }` for Python's slice, "..." for
 * all dims that are left, `null` for a new dim of size 1, an int32 tensor or nested arrays of positions, a bool tensor or array as a mask.
 */
export type Index = number | SliceOptions | "..." | null | Tensor | NestedIndex;

/** An entry that has been read: which dims it takes, and what it makes of them. */
type Entry =
  | { readonly kind: "position"; readonly at: number }
  | { readonly kind: "slice"; readonly options: SliceOptions }
  | { readonly kind: "new" }
  | { readonly kind: "rest" }
  | { readonly kind: "list"; readonly positions: Tensor }
  | { readonly kind: "mask"; readonly mask: Tensor };
const WHOLE: Entry = { kind: "slice", options: {} };

function read(op: string, entry: Index): Entry {
  if (typeof entry === "number") {
    if (!Number.isInteger(entry)) throw new ArgumentError(`${op}: indices are whole numbers, got ${entry}`);
    return { kind: "position", at: entry };
  }
  if (entry === null) return { kind: "new" };
  if (entry === "...") return { kind: "rest" };
  if (entry instanceof Tensor) {
    if (entry.dtype === "int32") return { kind: "list", positions: entry };
    if (entry.dtype !== "bool")
      throw new DtypeError(`${op}: an index tensor is int32 or bool, got ${entry.dtype}; convert with to("int32")`);
    return maskOf(op, entry);
  }
  if (Array.isArray(entry)) {
    const shape = nestedShape(op, entry);
    const values = (entry as unknown[]).flat<unknown[], number>(Infinity);
    if (values.length > 0 && values.every((value) => typeof value === "boolean"))
      return maskOf(op, fromArray(shape, "bool", Uint8Array.from(values, Number)));
    return { kind: "list", positions: positionsOf(op, values as number[], shape) };
  }
  if (typeof entry === "object" && Object.keys(entry).every((key) => ["start", "end", "step"].includes(key)))
    return { kind: "slice", options: entry as SliceOptions };
  throw new ArgumentError(
    `${op}: an index is a number, { start, end, step }, "...", null, an array or a tensor, got ${quoted(entry)}`,
  );
}
function maskOf(op: string, mask: Tensor): Entry {
  if (mask.rank === 0) throw new ArgumentError(`${op}: a mask has at least one dim, got a scalar`);
  return { kind: "mask", mask };
}

/** How many dims of the tensor an entry takes. */
const dimsOf = (entry: Entry): number =>
  entry.kind === "new" || entry.kind === "rest" ? 0 : entry.kind === "mask" ? entry.mask.shape.length : 1;

/** All entries, with whole slices for the dims that "..." stands for, or that come after the last. */
function readAll(op: string, shape: Shape, index: readonly Index[]): Entry[] {
  const entries = index.map((entry) => read(op, entry));
  const used = entries.reduce((sum, entry) => sum + dimsOf(entry), 0);
  if (used > shape.length) throw new ShapeError(op, `${used} indices for ${showShape(shape)}`, [shape]);
  const rest = entries.findIndex(({ kind }) => kind === "rest");
  if (entries.findLastIndex(({ kind }) => kind === "rest") !== rest)
    throw new ArgumentError(`${op}: "..." may stand in one place only`);
  // An ellipsis that stands for nothing stays: it still separates what stands on either side of it.
  const left = shape.length - used;
  const whole = left === 0 && rest >= 0 ? [entries[rest]!] : Array.from({ length: left }, () => WHOLE);
  return rest < 0 ? [...entries, ...whole] : entries.toSpliced(rest, 1, ...whole);
}

const frontOf = (op: string, shape: Shape, dim: number, index: number): number => {
  const size = shape[dim]!;
  if (index < -size || index >= size)
    throw new ShapeError(op, `index ${index} is out of range for dim ${dim} of ${showShape(shape)}`, [shape]);
  return index < 0 ? index + size : index;
};

/** The positions along each dim of a mask where it is true. */
function trueAt(op: string, mask: Tensor, of: Shape, dim: number): Tensor[] {
  const { shape } = mask;
  if (shape.some((size, d) => size !== of[dim + d]))
    throw new ShapeError(op, `mask ${showShape(shape)} does not fit ${showShape(of)} from dim ${dim} on`, [of, shape]);
  const values = mask.toTypedArray();
  const places = new Int32Array(values.length + 1);
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    places[count] = i;
    count += values[i]!;
  }
  return shape.map((size, d) => {
    const step = sizeOf(shape.slice(d + 1));
    const along = new Int32Array(count);
    for (let i = 0; i < count; i++) along[i] = Math.floor(places[i]! / step) % size;
    return fromArray([count], "int32", along);
  });
}

/** `x[…index]`; `op` is who asked, for messages. */
export function pick(op: string, x: Tensor, index: readonly Index[]): Tensor {
  const entries = readAll(op, x.shape, index);
  const lists = entries.some(({ kind }) => kind === "list" || kind === "mask");
  const starts: number[] = [];
  const steps: number[] = [];
  const sliced: number[] = [];
  /** The dims after slicing: sizes, and for each that a list picks from, the positions and the dim of x. */
  const sizes: number[] = [];
  const picks: {
    readonly dim: number;
    readonly positions: Tensor;
    readonly from: number;
    readonly entry: number;
  }[] = [];
  const take = (start: number, step: number, size: number): void => {
    starts.push(start);
    steps.push(step);
    sliced.push(size);
  };
  entries.forEach((entry, place) => {
    const dim = starts.length;
    const list = (positions: Tensor): void => {
      picks.push({ dim: sizes.length, positions, from: starts.length, entry: place });
      sizes.push(x.shape[starts.length]!);
      take(0, 1, x.shape[starts.length]!);
    };
    if (entry.kind === "new") sizes.push(1);
    else if (entry.kind === "list") list(entry.positions);
    else if (entry.kind === "mask") trueAt(op, entry.mask, x.shape, dim).forEach(list);
    else if (entry.kind === "position") {
      const front = frontOf(op, x.shape, dim, entry.at);
      if (lists) list(positionsOf(op, [front], []));
      else take(front, 1, 1);
    } else if (entry.kind === "slice") {
      const { start, end, step = 1 } = entry.options;
      const range = sliceRange(x.shape[dim]!, start, end, step);
      take(range.start, step, range.length);
      sizes.push(range.length);
    }
  });
  const view = reshapeView(sliceOp(x, { starts, steps, shape: sliced }), sizes);
  if (picks.length === 0) return view;

  // The dims that lists pick from, merged into one in front; one list of positions in that; and its own dims back where they belong.
  const shape = picks.map(({ positions }) => positions.shape).reduce((a, b) => broadcastShapes(op, a, b, " in the index")); // prettier-ignore
  const list = picks.map(({ positions }) => positions);
  const all = reading(list, (own) => {
    const flat = new Int32Array(sizeOf(shape));
    picks.forEach(({ from }, k) => {
      const positions = own[k]!;
      const fronts = positions.toTypedArray().map((i) => frontOf(op, x.shape, from, i)); // even where a mask picks nothing
      const at = broadcastTo(fromArray(positions.shape, "int32", fronts), shape).toTypedArray();
      for (let i = 0; i < flat.length; i++) flat[i] = flat[i]! * x.shape[from]! + at[i]!;
    });
    return fromArray([flat.length], "int32", flat);
  });
  const picked = picks.map(({ dim }) => dim);
  const others = sizes.map((_, d) => d).filter((d) => !picked.includes(d));
  const rest = others.map((d) => sizes[d]!);
  const merged = reshape(permute(view, [...picked, ...others]), [sizeOf(picked.map((d) => sizes[d]!)), ...rest]);
  const result = reshape(indexSelect(merged, 0, all), [...shape, ...rest]);
  const together = picks.every(({ entry }, i) => i === 0 || entry - picks[i - 1]!.entry <= 1);
  const before = together ? others.filter((d) => d < picked[0]!).length : 0;
  const own = shape.map((_, d) => d);
  const behind = rest.map((_, d) => shape.length + d);
  return before === 0 ? result : permute(result, [...behind.slice(0, before), ...own, ...behind.slice(before)]);
}
/**
 * Parts of a tensor, as NumPy's `x[…]` takes them. Positions drop their dim, `{ start, end, step }` is Python's slice, "..." stands for the
 * dims that are left, `null` makes a new dim: all of these give a view. Int32 tensors or arrays pick elements by position, and bool ones as
 * a mask: they broadcast with each other, and their dims come where they stand, or in front if something stands between them.
 * @throws ShapeError for too many indices, one out of range, or a mask that does not fit; ArgumentError for what is no index.
 * @example
 * at(tensor([[1, 2, 3], [4, 5, 6]]), 0, { start: 1 }).toArray(); // [2, 3]
 * at(tensor([[1, 2, 3], [4, 5, 6]]), "...", [2, 0]).toArray(); // [[3, 1], [6, 4]]
 * at(tensor([1, 2, 3]), [true, false, true]).toArray(); // [1, 3]
 */
export function at<A extends Tensor, const I extends readonly Index[]>(
  x: Check<At<A["shape"], I>, A>,
  ...index: I
): Tensor<At<A["shape"], I>>;
export function at(x: Tensor, ...index: readonly Index[]): Tensor {
  checkTensor("at", x);
  return pick("at", x, index);
}

/** The places of the elements of a tensor of this shape, in row-major order. */
export const placesOf = (shape: ShapeArg): Tensor =>
  shape.length === 0
    ? fromArray([], "int32", Int32Array.of(0))
    : fromArray(
        [...shape],
        "int32",
        Int32Array.from({ length: sizeOf(shape) }, (_, i) => i),
      );
