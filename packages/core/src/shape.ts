import { ArgumentError, isPlain, quoted, ShapeError } from "./errors.ts";

/** Sizes of a tensor, outermost first; `[]` is a scalar. As a type, `[32, 784]` is a shape the compiler knows. */
export type Shape = number[];
/** Accepted wherever a shape is passed in. */
export type ShapeArg = readonly number[];

export const SCALAR: Shape = /* @__PURE__ */ Object.freeze([]) as unknown as Shape;

export const showShape = (shape: ShapeArg): string => `[${shape.map(quoted).join(",")}]`;

export function sizeOf(shape: ShapeArg): number {
  let size = 1;
  for (let i = 0; i < shape.length; i++) size *= shape[i]!;
  return size;
}

export function sameShape(a: ShapeArg, b: ShapeArg): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Steps in memory, in elements, of a row-major layout. */
export function rowMajorStrides(shape: ShapeArg): number[] {
  const strides = new Array<number>(shape.length);
  for (let i = shape.length - 1, step = 1; i >= 0; i--) {
    strides[i] = step;
    step *= shape[i]!;
  }
  return strides;
}

/** A copy of `shape` once every size is known to be a whole number from 0 up. */
export function checkShape(op: string, shape: ShapeArg): Shape {
  checkSizes(op, shape);
  if (sizeOf(shape) > 2 ** 32)
    throw new ArgumentError(`${op}: ${showShape(shape)} has more elements than an array can hold`);
  return [...shape];
}

/** Throws unless `list` is one: callers may be plain JavaScript. */
export function checkList(op: string, wanted: string, list: unknown): void {
  if (Array.isArray(list)) return;
  const brackets = typeof list === "number" ? `; write it in brackets: [${list}], or [${list}, …] with others` : "";
  const options = isPlain(list) ? "; options come after it" : "";
  throw new ArgumentError(`${op}: ${wanted}, got ${quoted(list)}${brackets || keywordHint(list) || options}`);
}

/** Throws if more came than the arguments of an operation, as it does from plain JavaScript: it would be lost. */
export function checkNoMore(op: string, more: readonly unknown[], remedy: string): void {
  if (more.length > 0) throw new ArgumentError(`${op}: got ${more.map(quoted).join(", ")} besides; ${remedy}`);
}
/** The same after a list of dims that may stand without brackets if it has one. */
export function checkOneList(op: string, dims: unknown, more: readonly unknown[]): void {
  if (more.length > 0) checkNoMore(op, more, `several dims stand in brackets: ${quoted([dims, ...more])}`);
}

/** Throws unless `shape` lists whole numbers from 0 up, or the size `auto`. */
export function checkSizes(op: string, shape: ShapeArg, auto = 0): void {
  checkList(op, "a shape is an array of sizes such as [2, 3]", shape);
  for (const size of shape) {
    if ((!Number.isInteger(size) || size < 0) && size !== auto) {
      throw new ArgumentError(`${op}: sizes are whole numbers from 0 up, got ${showShape(shape)}`);
    }
  }
}

/** What to write in place of a dim that stands in an object, as Python's keywords do. */
function keywordHint(x: unknown): string {
  if (!isPlain(x)) return "";
  const [key, dim] = Object.entries(x as object)[0] ?? [];
  return key !== undefined && /^(?:dims?|axis|axes)$/.test(key)
    ? `; write ${quoted(dim)}, not { ${key}: ${quoted(dim)} }`
    : "";
}
const noDim = (op: string, dim: unknown): ArgumentError =>
  new ArgumentError(`${op}: a dim is a whole number, got ${quoted(dim)}${keywordHint(dim)}`);

/** `dim` counted from the front, in a tensor of this shape; negative dims count from the back. */
export function normalizeDim(op: string, dim: number, shape: ShapeArg): number {
  if (typeof dim !== "number") throw noDim(op, dim);
  const index = dim < 0 ? dim + shape.length : dim;
  if (!Number.isInteger(dim) || index < 0 || index >= shape.length) {
    throw new ShapeError(op, `dim ${dim} is out of range for ${showShape(shape)}`, [shape]);
  }
  return index;
}

/** A scalar counts as a list of one. */
export const listed = (shape: ShapeArg): ShapeArg => (shape.length === 0 ? [1] : shape);

/** As `normalizeDim`, for a dim that does not exist yet: it counts in a shape of one dim more. */
export function normalizeNewDim(op: string, dim: number, shape: ShapeArg): number {
  if (typeof dim !== "number") throw noDim(op, dim);
  const index = dim < 0 ? dim + shape.length + 1 : dim;
  if (!Number.isInteger(dim) || index < 0 || index > shape.length) {
    throw new ShapeError(op, `dim ${dim} is out of range for a new dim in ${showShape(shape)}`, [shape]);
  }
  return index;
}

/** All dims of `shape` when none are given; else each normalised, in ascending order. A repeated dim is an error. */
export function normalizeDims(op: string, dims: number | ShapeArg | undefined, shape: ShapeArg): number[] {
  if (dims === undefined) return shape.map((_, i) => i);
  const list = typeof dims === "number" ? [dims] : dims;
  checkList(op, "dims are a number or an array of numbers", list);
  const result = list.map((dim) => normalizeDim(op, dim, shape)).sort((a, b) => a - b);
  if (result.some((dim, i) => dim === result[i + 1]))
    throw new ShapeError(op, `${showShape(list)} repeats a dim`, [shape]);
  return result;
}

/** As `normalizeDims`, where a scalar counts as a list of one: it may be reduced or turned over dim 0 or -1, which are no dims of it. */
export function reducedDims(op: string, dims: number | ShapeArg | undefined, shape: ShapeArg): number[] {
  const only = Array.isArray(dims) && dims.length === 1 ? (dims as ShapeArg)[0] : dims;
  return shape.length === 0 && (only === 0 || only === -1) ? [] : normalizeDims(op, dims, shape);
}

/** The common shape of two operands: right-aligned, a size of 1 stretches. `place` says where they stand, in the message. */
export function broadcastShapes(op: string, a: ShapeArg, b: ShapeArg, place = ""): Shape {
  const rank = Math.max(a.length, b.length);
  const result = new Array<number>(rank);
  for (let i = 1; i <= rank; i++) {
    const x = a.length >= i ? a[a.length - i]! : 1;
    const y = b.length >= i ? b[b.length - i]! : 1;
    if (x !== y && x !== 1 && y !== 1) {
      const remedy = place === "" ? alignment(a, b) || alignment(b, a) : "";
      throw new ShapeError(op, `cannot broadcast ${showShape(a)} with ${showShape(b)}${place}${remedy}`, [a, b]);
    }
    result[rank - i] = x === 1 ? y : x;
  }
  return result;
}

/** How `short`, as it stands in the middle of `long`, would line up with it: with sizes of 1 behind. Empty if it does not. */
function alignment(short: ShapeArg, long: ShapeArg): string {
  for (let at = long.length - short.length - 1; at >= 0; at--) {
    if (!short.every((size, i) => size === long[at + i])) continue;
    const shape = [...short, ...long.slice(at + short.length).fill(1)];
    return `; use reshape(${showShape(shape)}), or { keepDim: true } where it was reduced`;
  }
  return "";
}

export function broadcastToShape(op: string, from: ShapeArg, to: ShapeArg): Shape {
  const target = checkShape(op, to);
  const lead = to.length - from.length;
  if (lead < 0 || from.some((size, i) => size !== 1 && size !== to[lead + i])) {
    throw new ShapeError(op, `cannot broadcast ${showShape(from)} to ${showShape(to)}${alignment(from, to)}`, [
      from,
      to,
    ]);
  }
  return target;
}

/** For losses, where a silent broadcast of [4,1] with [4] is the classic mistake. */
export function checkSameShape(op: string, prediction: ShapeArg, target: ShapeArg): void {
  if (!sameShape(prediction, target)) {
    const [shown, other] = [showShape(prediction), showShape(target)];
    const onlyOnes = sameShape(withoutOnes(prediction), withoutOnes(target));
    const remedy = onlyOnes ? `; reshape the target to ${shown}` : "";
    throw new ShapeError(op, `prediction ${shown} and target ${other} differ in shape${remedy}`, [prediction, target]);
  }
}

const withoutOnes = (shape: ShapeArg): ShapeArg => shape.filter((size) => size !== 1);

/** Only a scalar, or what holds a single element, has a gradient of its own. */
export function checkScalar(op: string, shape: ShapeArg): void {
  if (sizeOf(shape) !== 1) {
    const remedy = `${op === "backward" || op === "grad" ? "pass a cotangent of that shape, or " : ""}reduce with sum() or mean()`;
    throw new ShapeError(op, `needs a scalar loss, got ${showShape(shape)}; ${remedy}`, [shape]);
  }
}

/** Shape of a reduction over `dims` (normalised). */
export function reduceShape(shape: ShapeArg, dims: ShapeArg, keepDim: boolean): Shape {
  const result: number[] = [];
  for (let i = 0; i < shape.length; i++) {
    if (!dims.includes(i)) result.push(shape[i]!);
    else if (keepDim) result.push(1);
  }
  return result;
}

/** Far more than anybody needs, and few enough for the stack; an array that holds itself goes on for ever. */
const MOST_DIMS = 1000;

/** Shape of nested arrays; rows of different lengths are an error that names the place. */
export function nestedShape(op: string, data: unknown): Shape {
  const shape: number[] = [];
  for (let level = data; Array.isArray(level); level = level[0])
    if (shape.push(level.length) > MOST_DIMS)
      throw new ArgumentError(`${op}: arrays are nested more than ${MOST_DIMS} deep, or one holds itself`);
  const visit = (level: unknown, depth: number, path: string): void => {
    const size = Array.isArray(level) ? level.length : -1;
    if (size !== (shape[depth] ?? -1)) {
      throw new ShapeError(
        op,
        `rows have different lengths: ${describe(level)} at ${path}, expected ${describeSize(shape[depth])}`,
      );
    }
    if (size >= 0) for (let i = 0; i < size; i++) visit((level as unknown[])[i], depth + 1, `${path}[${i}]`);
  };
  visit(data, 0, "data");
  return shape;
}
const describeSize = (size: number | undefined): string =>
  size === undefined ? "a number" : size === 1 ? "1 element" : `${size} elements`;
const describe = (level: unknown): string => describeSize(Array.isArray(level) ? level.length : undefined);
