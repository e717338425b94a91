import { ArgumentError, ShapeError, quoted } from "../errors.ts";
import {
  broadcastToShape,
  checkList,
  checkNoMore,
  normalizeDim,
  normalizeDims,
  reducedDims,
  type Shape,
  type ShapeArg,
  showShape,
  sizeOf,
} from "../shape.ts";
import type {
  Allow,
  Check,
  CheckDims,
  Chunk,
  DimsArg,
  Expand,
  Flatten,
  MoveDim,
  Narrow,
  SameRank,
  Transpose,
  Unbind,
  Unflatten,
} from "../shape-types/index.ts";
import { checkTensor, type Tensor } from "../tensor.ts";
import { concat, type Tensors } from "./joining.ts";
import { broadcastOp } from "./broadcast.ts";
import { flatten, permute, reshape, transpose, unchanged } from "./movement.ts";
import { flip, select, slice } from "./slice.ts";

// Other names and other ways for what movement.ts and slice.ts do: all views, but for roll.

/** Throws unless `n` is a whole number from `least` up. */
export function checkCount(op: string, what: string, n: number, least: number): void {
  if (!Number.isInteger(n) || n < least)
    throw new ArgumentError(`${op}: needs a whole number of ${what} from ${least} up, got ${quoted(n)}`);
}

/** As `concat`. */
export const cat: typeof concat = concat;

/**
 * At most `chunks` pieces of one size (the last may be smaller) of a dim, by default the first. Views.
 * @throws ShapeError if there is no such dim, ArgumentError for less than one chunk.
 * @example
 * chunk(tensor([1, 2, 3]), 2).map((piece) => piece.toArray()); // [[1, 2], [3]]
 */
export function chunk<A extends Tensor, N extends number, D extends number = 0>(
  x: A,
  chunks: Allow<Chunk<A["shape"], N, D>, N>,
  dim?: Check<CheckDims<A["shape"], D, "chunk">, D>,
): Tensors<Chunk<A["shape"], N, D>>;
export function chunk(x: Tensor, chunks: number, dim: number = 0, ...more: unknown[]): Tensor[] {
  checkTensor("chunk", x);
  checkNoMore("chunk", more, "it takes a number of pieces and one dim");
  const at = normalizeDim("chunk", dim, x.shape);
  checkCount("chunk", "chunks", chunks, 1);
  const size = x.shape[at]!;
  const step = Math.ceil(size / chunks);
  const pieces = step === 0 ? chunks : Math.ceil(size / step);
  return Array.from({ length: pieces }, (_, i) => slice(x, at, { start: i * step, end: (i + 1) * step }));
}

/**
 * The parts at each index of a dim, by default the first, which disappears. Views.
 * @throws ShapeError if there is no such dim.
 * @example
 * unbind(tensor([[1, 2], [3, 4]]), 1).map((column) => column.toArray()); // [[1, 3], [2, 4]]
 */
export function unbind<A extends Tensor, D extends number = 0>(
  x: A,
  dim?: Check<CheckDims<A["shape"], D, "unbind">, D>,
): Tensors<Unbind<A["shape"], D>>;
export function unbind(x: Tensor, dim = 0, ...more: unknown[]): Tensor[] {
  checkTensor("unbind", x);
  checkNoMore("unbind", more, "it takes one dim");
  const at = normalizeDim("unbind", dim, x.shape);
  return Array.from({ length: x.shape[at]! }, (_, i) => select(x, at, i));
}

/**
 * Stretched to `sizes`, where −1 keeps the size that is there; otherwise as `broadcastTo`. A view.
 * @throws ShapeError if a size other than 1 would change.
 * @example
 * expand(tensor([[1], [2]]), [-1, 2]).toArray(); // [[1, 1], [2, 2]]
 */
export function expand<A extends Tensor, const R extends ShapeArg>(
  x: A,
  sizes: Allow<Expand<A["shape"], R>, R>,
): Tensor<Expand<A["shape"], R>>;
export function expand(x: Tensor, sizes: ShapeArg): Tensor {
  checkTensor("expand", x);
  checkList("expand", "sizes are an array such as [-1, 3]", sizes);
  const lead = sizes.length - x.rank;
  const target = sizes.map((size, d) => (size === -1 && d >= lead ? x.shape[d - lead]! : size));
  return broadcastOp(x, broadcastToShape("expand", x.shape, target));
}

/**
 * The dim `source` moved to place `destination`, or several dims to as many places; the others keep their order. A view.
 * @throws ShapeError if there is no such dim or one is listed twice, ArgumentError for lists of different lengths.
 * @example
 * movedim(zeros([2, 3, 4]), 0, -1).shape; // [3, 4, 2]
 */
export function movedim<A extends Tensor, const I extends number | ShapeArg, const J extends number | ShapeArg>(
  x: A,
  source: Check<MoveDim<A["shape"], I, J>, I>,
  destination: J,
): Tensor<MoveDim<A["shape"], I, J>>;
export function movedim(
  x: Tensor,
  source: number | ShapeArg,
  destination: number | ShapeArg,
  ...more: unknown[]
): Tensor {
  checkTensor("movedim", x);
  checkNoMore("movedim", more, "several dims stand in brackets: movedim([0, 1], [1, 0])");
  const list = (dims: number | ShapeArg): number[] => {
    const front = reducedDims("movedim", dims, x.shape);
    return front.length === 0 ? [] : [dims].flat().map((dim) => normalizeDim("movedim", dim, x.shape));
  };
  const [from, to] = [list(source), list(destination)];
  if (from.length !== to.length)
    throw new ArgumentError(
      `movedim: ${showShape(from)} and ${showShape(to)} differ in length; give each dim one place`,
    );
  const others = x.shape.map((_, d) => d).filter((d) => !from.includes(d));
  const order = x.shape.map((_, d) => (to.includes(d) ? from[to.indexOf(d)]! : others.shift()!));
  return permute(x, order);
}

/**
 * Two dims swapped: `transpose` under NumPy's name. A view.
 * @throws ShapeError if there is no such dim.
 * @example
 * swapaxes(zeros([2, 3, 4]), 0, 2).shape; // [4, 3, 2]
 */
export function swapaxes<A extends Tensor, I extends number, J extends number>(
  x: Check<Transpose<A["shape"], I, J>, A>,
  a: I,
  b: J,
): Tensor<Transpose<A["shape"], I, J>>;
export function swapaxes(x: Tensor, a: number, b: number, ...more: unknown[]): Tensor {
  checkNoMore("swapaxes", more, "it takes two dims");
  return transpose(x, a, b);
}

/**
 * All elements in one dim, in row-major order. A view of row-major data.
 * @example
 * ravel(tensor([[1, 2], [3, 4]])).toArray(); // [1, 2, 3, 4]
 */
export function ravel<A extends Tensor>(x: A): Tensor<Flatten<A["shape"]>>;
export function ravel(x: Tensor): Tensor {
  checkTensor("ravel", x);
  return flatten(x);
}

/**
 * One dim cut into several of the given sizes, of which one may be −1. A view of row-major data.
 * @throws ShapeError if there is no such dim, or its size is not their product.
 * @example
 * unflatten(zeros([2, 12]), 1, [3, -1]).shape; // [2, 3, 4]
 */
export function unflatten<A extends Tensor, D extends number, const R extends ShapeArg>(
  x: A,
  dim: D,
  sizes: Allow<Unflatten<A["shape"], D, R>, R>,
): Tensor<Unflatten<A["shape"], D, R>>;
export function unflatten(x: Tensor, dim: number, sizes: ShapeArg): Tensor {
  checkTensor("unflatten", x);
  const at = normalizeDim("unflatten", dim, x.shape);
  const size = x.shape[at]!;
  checkList("unflatten", "sizes are an array such as [2, -1]", sizes);
  const known = sizeOf(sizes.filter((n) => n !== -1));
  const auto = sizes.filter((n) => n === -1).length;
  const solved: Shape = auto > 0 ? sizes.map((n) => (n === -1 ? size / known : n)) : [...sizes];
  if (auto > 1 || sizes.length === 0 || sizeOf(solved) !== size || !solved.every((n) => Number.isInteger(n) && n >= 0))
    throw new ShapeError(
      "unflatten",
      `size ${size} of dim ${at} of ${showShape(x.shape)} does not divide into ${showShape(sizes)}`,
      [x.shape],
    );
  return reshape(x, [...x.shape.slice(0, at), ...solved, ...x.shape.slice(at + 1)]);
}

/**
 * `length` elements of a dim from `start` on; a negative start counts from the back. A view.
 * @throws ShapeError if there is no such dim, or it does not reach so far.
 * @example
 * narrow(tensor([1, 2, 3, 4]), 0, 1, 2).toArray(); // [2, 3]
 */
export function narrow<A extends Tensor, D extends number, N extends number>(
  x: A,
  dim: Check<CheckDims<A["shape"], D, "narrow">, D>,
  start: number,
  length: N,
): Tensor<Narrow<A["shape"], D, N, "narrow">>;
export function narrow(x: Tensor, dim: number, start: number, length: number, ...more: unknown[]): Tensor {
  checkTensor("narrow", x);
  checkNoMore("narrow", more, "it takes one dim, a start and a length");
  const at = normalizeDim("narrow", dim, x.shape);
  checkCount("narrow", "elements", length, 0);
  const size = x.shape[at]!;
  const first = start < 0 ? start + size : start;
  if (!Number.isInteger(start) || first < 0 || first + length > size)
    throw new ShapeError(
      "narrow",
      `${length} elements from index ${start} on are out of range for dim ${dim} of ${showShape(x.shape)}`,
      [x.shape],
    );
  return slice(x, at, { start: first, end: first + length });
}

/**
 * The elements moved on by `shifts` places along dims, and round from the end to the start; without dims, in row-major order.
 * @throws ShapeError if there is no such dim, ArgumentError unless there is one shift for each dim.
 * @example
 * roll(tensor([1, 2, 3]), 1).toArray(); // [3, 1, 2]
 */
export function roll<A extends Tensor, const D extends DimsArg = undefined>(
  x: A,
  shifts: number | ShapeArg,
  dims?: Check<CheckDims<A["shape"], D, "roll">, D>,
): Tensor<CheckDims<A["shape"], D, "roll">>;
export function roll(x: Tensor, shifts: number | ShapeArg, dims?: number | ShapeArg, ...more: unknown[]): Tensor {
  checkTensor("roll", x);
  checkNoMore("roll", more, "several shifts and dims stand in brackets: roll([1, 2], [0, 1])");
  if (!isList(shifts) || (dims !== undefined && !isList(dims)))
    throw new ArgumentError("roll: shifts and dims are numbers, or arrays of numbers");
  const steps = typeof shifts === "number" ? [shifts] : shifts;
  for (const step of steps)
    if (!Number.isInteger(step)) throw new ArgumentError(`roll: shifts are whole numbers, got ${quoted(step)}`);
  if (dims === undefined) {
    if (steps.length !== 1) throw new ArgumentError(`roll: ${steps.length} shifts need as many dims; pass them`);
    return reshape(turn(flatten(x), 0, steps[0]!), x.shape);
  }
  const list = (typeof dims === "number" ? [dims] : dims).map((dim) => normalizeDim("roll", dim, x.shape));
  if (list.length !== steps.length)
    throw new ArgumentError(`roll: ${steps.length} shifts for ${list.length} dims; give each dim one shift`);
  return list.reduce((y, dim, i) => turn(y, dim, steps[i]!), unchanged(x));
}
const isList = (x: unknown): boolean => typeof x === "number" || Array.isArray(x);
function turn(x: Tensor, dim: number, shift: number): Tensor {
  const size = x.shape[dim]!;
  const start = size === 0 ? 0 : ((-shift % size) + size) % size;
  return start === 0 ? x : concat([slice(x, dim, { start }), slice(x, dim, { end: start })], dim);
}

/**
 * Turned by `k` quarter turns in the plane of two dims, from the first towards the second. A view.
 * @throws ShapeError unless there are two such dims, ArgumentError unless `k` is a whole number.
 * @example
 * rot90(tensor([[1, 2], [3, 4]])).toArray(); // [[2, 4], [1, 3]]
 */
export function rot90<A extends Tensor>(
  x: A,
  k?: number,
  dims?: readonly [number, number],
): Tensor<SameRank<A["shape"]>>;
export function rot90(x: Tensor, k = 1, dims: readonly [number, number] = [0, 1], ...more: unknown[]): Tensor {
  checkNoMore("rot90", more, "the two dims stand in brackets: rot90(1, [0, 1])");
  checkTensor("rot90", x);
  if (!Number.isInteger(k)) throw new ArgumentError(`rot90: k is a whole number of quarter turns, got ${quoted(k)}`);
  checkList("rot90", "dims are two, such as [0, 1]", dims);
  if (normalizeDims("rot90", dims, x.shape).length !== 2)
    throw new ArgumentError(`rot90: turns in the plane of two dims, got ${showShape(dims)}`);
  const [a, b] = dims;
  const turns = ((k % 4) + 4) % 4;
  if (turns === 0) return unchanged(x);
  if (turns === 2) return flip(x, dims);
  const swapped = transpose(x, a, b);
  return flip(swapped, turns === 1 ? a : b);
}
