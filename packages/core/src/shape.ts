import { ArgumentError, quoted, ShapeError } from "./errors.ts";

/** Sizes of a tensor, outermost first; `[]` is a scalar. As a type, `[32, 784]` is a shape the compiler knows. */
export type Shape = number[];
/** Accepted wherever a shape is passed in. */
export type ShapeArg = readonly number[];

export const SCALAR: Shape = /* @__PURE__ */ Object.freeze([]) as unknown as Shape;

export const showShape = (shape: ShapeArg): string => `[${shape.join(",")}]`;

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
function checkList(op: string, wanted: string, list: unknown): void {
  if (!Array.isArray(list)) throw new ArgumentError(`${op}: ${wanted}, got ${quoted(list)}`);
}

/** Throws unless `shape` lists whole numbers from 0 up, or the size `auto`. */
function checkSizes(op: string, shape: ShapeArg, auto?: number): void {
  checkList(op, "a shape is an array of sizes such as [2, 3]", shape);
  for (const size of shape) {
    if ((!Number.isInteger(size) || size < 0) && size !== auto) {
      throw new ArgumentError(`${op}: sizes are whole numbers from 0 up, got ${showShape(shape)}`);
    }
  }
}

/** `dim` counted from the front, in a tensor of this shape; negative dims count from the back. */
export function normalizeDim(op: string, dim: number, shape: ShapeArg): number {
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
      throw new ShapeError(op, `cannot broadcast ${showShape(a)} with ${showShape(b)}${place}`, [a, b]);
    }
    result[rank - i] = x === 1 ? y : x;
  }
  return result;
}

export function broadcastToShape(op: string, from: ShapeArg, to: ShapeArg): Shape {
  const target = checkShape(op, to);
  const lead = to.length - from.length;
  if (lead < 0 || from.some((size, i) => size !== 1 && size !== to[lead + i])) {
    throw new ShapeError(op, `cannot broadcast ${showShape(from)} to ${showShape(to)}`, [from, to]);
  }
  return target;
}

/** NumPy's rules: 1-D operands are a row on the left, a column on the right, and lose that dim again; leading dims broadcast. */
export function matmulShape(a: ShapeArg, b: ShapeArg): Shape {
  if (a.length === 0 || b.length === 0)
    throw new ShapeError("matmul", `needs at least 1-D, got ${showShape(a)} x ${showShape(b)}`, [a, b]);
  const inner = a[a.length - 1]!;
  const innerB = b[Math.max(0, b.length - 2)]!;
  if (inner !== innerB) {
    throw new ShapeError("matmul", `inner sizes ${inner} and ${innerB} differ in ${showShape(a)} x ${showShape(b)}`, [
      a,
      b,
    ]);
  }
  const shape = broadcastShapes(
    "matmul",
    a.slice(0, -2),
    b.slice(0, -2),
    ` in the batch of ${showShape(a)} x ${showShape(b)}`,
  );
  if (a.length > 1) shape.push(a[a.length - 2]!);
  if (b.length > 1) shape.push(b[b.length - 1]!);
  return shape;
}

/** Inner product of two vectors of one length. */
export function dotShape(a: ShapeArg, b: ShapeArg): Shape {
  if (a.length !== 1 || b.length !== 1 || a[0] !== b[0]) {
    throw new ShapeError("dot", `needs two vectors of one length, got ${showShape(a)} and ${showShape(b)}`, [a, b]);
  }
  return [];
}

/** Every product of an element of one vector with one of another. */
export function outerShape(a: ShapeArg, b: ShapeArg): Shape {
  if (a.length !== 1 || b.length !== 1) {
    throw new ShapeError("outer", `needs two vectors, got ${showShape(a)} and ${showShape(b)}`, [a, b]);
  }
  return [a[0]!, b[0]!];
}

/** A linear layer turns the last size from `inputs` into `outputs`. */
export function linearShape(shape: ShapeArg, inputs: number, outputs: number): Shape {
  const op = `Linear(${inputs}, ${outputs})`;
  if (shape.length === 0) throw new ShapeError(op, "input is a scalar, expected at least 1-D", [shape]);
  const last = shape[shape.length - 1]!;
  if (last !== inputs)
    throw new ShapeError(op, `input ${showShape(shape)} ends in ${last}, expected ${inputs}`, [shape]);
  return [...shape.slice(0, -1), outputs];
}

/** For losses, where a silent broadcast of [4,1] with [4] is the classic mistake. */
export function checkSameShape(op: string, prediction: ShapeArg, target: ShapeArg): void {
  if (!sameShape(prediction, target)) {
    const shapes = `prediction ${showShape(prediction)} and target ${showShape(target)}`;
    throw new ShapeError(op, `${shapes} differ in shape`, [prediction, target]);
  }
}

/** Only a scalar, or what holds a single element, has a gradient of its own. */
export function checkScalar(op: string, shape: ShapeArg): void {
  if (sizeOf(shape) !== 1) {
    const remedy = "pass a cotangent of that shape, or reduce with sum() or mean()";
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

/** The order of dims in which `a` and `b` have changed places. */
export function transposeOrder(a: number, b: number, shape: ShapeArg): number[] {
  if (reducedDims("transpose", a, shape).length === 0) return (reducedDims("transpose", b, shape), []);
  const [first, second] = [normalizeDim("transpose", a, shape), normalizeDim("transpose", b, shape)];
  const order = shape.map((_, i) => i);
  order[first] = second;
  order[second] = first;
  return order;
}

/** `order` normalised to a permutation of all dims. */
export function permuteOrder(order: ShapeArg, shape: ShapeArg): number[] {
  checkList("permute", "the order is an array of dims such as [1, 0]", order);
  const dims = order.map((dim) => normalizeDim("permute", dim, shape));
  if (dims.length !== shape.length) {
    throw new ShapeError("permute", `${showShape(order)} must list all ${shape.length} dims of ${showShape(shape)}`, [
      shape,
    ]);
  }
  if (new Set(dims).size !== dims.length) throw new ShapeError("permute", `${showShape(order)} repeats a dim`, [shape]);
  return dims;
}

/** The target of a reshape, with at most one -1 solved. */
export function reshapeShape(from: ShapeArg, to: ShapeArg): Shape {
  checkSizes("reshape", to, -1);
  const auto = to.indexOf(-1);
  const size = sizeOf(from);
  if (auto < 0) {
    const target = checkShape("reshape", to);
    if (sizeOf(to) !== size) {
      throw new ShapeError("reshape", `${showShape(from)} has ${size} elements, ${showShape(to)} has ${sizeOf(to)}`, [
        from,
        to,
      ]);
    }
    return target;
  }
  if (to.indexOf(-1, auto + 1) >= 0) throw new ArgumentError(`reshape: only one size may be -1, got ${showShape(to)}`);
  const target = checkShape(
    "reshape",
    to.map((d, i) => (i === auto ? 1 : d)),
  );
  const rest = sizeOf(target);
  if (rest === 0 || size % rest !== 0) {
    throw new ShapeError("reshape", `${size} elements of ${showShape(from)} do not divide into ${showShape(to)}`, [
      from,
      to,
    ]);
  }
  target[auto] = size / rest;
  return target;
}

/** Dims `start` to `end` (both included) merged into one; a scalar becomes `[1]`. */
export function flattenShape(shape: ShapeArg, start: number, end: number): Shape {
  if (shape.length === 0) return [1];
  const first = normalizeDim("flatten", start, shape);
  const last = normalizeDim("flatten", end, shape);
  if (first > last)
    throw new ShapeError("flatten", `start dim ${start} comes after end dim ${end} in ${showShape(shape)}`, [shape]);
  return [...shape.slice(0, first), sizeOf(shape.slice(first, last + 1)), ...shape.slice(last + 1)];
}

/** Without `dims`, drops every size of 1; with them, only those, and a dim whose size is not 1 stays. */
export function squeezeShape(shape: ShapeArg, dims?: number | ShapeArg): Shape {
  const drop = reducedDims("squeeze", dims, shape);
  return shape.filter((size, i) => size !== 1 || !drop.includes(i));
}

export function unsqueezeShape(shape: ShapeArg, dim: number): Shape {
  const result = [...shape];
  result.splice(normalizeNewDim("unsqueeze", dim, shape), 0, 1);
  return result;
}

/** First index, step and number of elements of a Python slice over a dim of this size. */
export function sliceRange(
  size: number,
  start: number | undefined,
  end: number | undefined,
  step: number,
): { start: number; length: number } {
  for (const [name, bound] of [
    ["start", start],
    ["end", end],
  ] as const) {
    if (bound !== undefined && !Number.isInteger(bound))
      throw new ArgumentError(`slice: ${name} must be a whole number, got ${bound}`);
  }
  if (!Number.isInteger(step) || step === 0)
    throw new ArgumentError(`slice: step must be a whole number other than 0, got ${step}`);
  const lowest = step > 0 ? 0 : -1;
  const highest = step > 0 ? size : size - 1;
  const clip = (i: number): number => Math.min(Math.max(i < 0 ? i + size : i, lowest), highest);
  const from = start === undefined ? (step > 0 ? 0 : size - 1) : clip(start);
  const to = end === undefined ? (step > 0 ? size : -1) : clip(end);
  return { start: from, length: Math.max(0, Math.ceil((to - from) / step)) };
}

/** Shape of Python's `x[start:end:step]` along `dim`. */
export function sliceShape(shape: ShapeArg, dim: number, start?: number, end?: number, step = 1): Shape {
  const result = [...shape];
  const along = normalizeDim("slice", dim, shape);
  result[along] = sliceRange(shape[along]!, start, end, step).length;
  return result;
}

/** `index` along `dim` counted from the front; negative ones count from the back. */
export function selectIndex(shape: ShapeArg, dim: number, index: number): number {
  const size = shape[normalizeDim("select", dim, shape)]!;
  const place = index < 0 ? index + size : index;
  if (!Number.isInteger(index) || place < 0 || place >= size) {
    throw new ShapeError("select", `index ${index} is out of range for dim ${dim} of ${showShape(shape)}`, [shape]);
  }
  return place;
}

/** Shape of the slices of `dim` that a 1-D index picks. */
export function indexSelectShape(shape: ShapeArg, dim: number, index: ShapeArg, op = "indexSelect"): Shape {
  const along = normalizeDim(op, dim, listed(shape));
  const [count] = listed(index);
  if (index.length > 1) throw new ShapeError(op, `indices are 1-D, got ${showShape(index)}`, [shape, index]);
  if (shape.length === 0 && count !== 1)
    throw new ShapeError(op, `a scalar has one place to pick, got ${count} indices`, [shape, index]);
  return shape.map((size, i) => (i === along ? count! : size));
}

/** Shape of what an index picks, one element per place along `dim`: the index's own. */
export function gatherShape(shape: ShapeArg, dim: number, index: ShapeArg, op = "gather"): Shape {
  const along = normalizeDim(op, dim, listed(shape));
  const shown = showShape(index);
  if (listed(shape).length !== listed(index).length) {
    throw new ShapeError(op, `index ${shown} and input ${showShape(shape)} differ in rank`, [shape, index]);
  }
  const larger = index.findIndex((size, i) => i !== along && size > shape[i]!);
  if (larger >= 0) {
    throw new ShapeError(op, `index ${shown} is larger than ${showShape(shape)} in dim ${larger}`, [shape, index]);
  }
  return [...index];
}

export function concatShape(shapes: readonly ShapeArg[], dim: number): Shape {
  if (shapes.length === 0) throw new ArgumentError("concat: needs at least one tensor");
  const solid = shapes.filter((shape) => !sameShape(shape, [0])); // a vector without elements goes with any shape
  if (solid.length > 0) shapes = solid;
  const first = shapes[0]!;
  const along = normalizeDim("concat", dim, first);
  const result = [...first];
  for (const shape of shapes.slice(1)) {
    if (shape.length !== first.length)
      throw new ShapeError("concat", `ranks of ${showShape(first)} and ${showShape(shape)} differ`, shapes);
    if (shape.some((size, i) => i !== along && size !== first[i])) {
      throw new ShapeError("concat", `${showShape(first)} and ${showShape(shape)} differ outside dim ${along}`, shapes);
    }
    result[along]! += shape[along]!;
  }
  return result;
}

export function stackShape(shapes: readonly ShapeArg[], dim: number): Shape {
  const first = shapes[0];
  if (first === undefined) throw new ArgumentError("stack: needs at least one tensor");
  if (!shapes.every((shape) => sameShape(shape, first)))
    throw new ShapeError("stack", `shapes differ, first is ${showShape(first)}`, shapes);
  const result = [...first];
  result.splice(normalizeNewDim("stack", dim, first), 0, shapes.length);
  return result;
}

/** Sizes of the pieces: equal chunks of `sizes` (the last may be smaller), or the list itself, which must add up. */
export function splitSizes(sizes: number | ShapeArg, shape: ShapeArg, dim: number): number[] {
  const along = normalizeDim("split", dim, shape);
  const size = shape[along]!;
  if (typeof sizes === "number") {
    if (!Number.isInteger(sizes) || sizes < 1)
      throw new ArgumentError(`split: a piece has a whole number of elements from 1 up, got ${sizes}`);
    return Array.from({ length: Math.max(1, Math.ceil(size / sizes)) }, (_, i) => Math.min(sizes, size - i * sizes));
  }
  const pieces = checkShape("split", sizes);
  const total = pieces.reduce((a, b) => a + b, 0);
  if (total !== size)
    throw new ShapeError(
      "split",
      `sizes ${showShape(sizes)} add up to ${total}, dim ${along} of ${showShape(shape)} has ${size}`,
      [shape],
    );
  return pieces;
}

/** PyTorch's order: `[before, after]` of the last dim, then of the one before it, and so on. Negative values crop. */
export function padShape(shape: ShapeArg, pads: ShapeArg): Shape {
  checkList("pad", "pads are an array of numbers such as [1, 1]", pads);
  if (pads.length % 2 !== 0 || pads.length > 2 * shape.length || !pads.every(Number.isInteger)) {
    throw new ArgumentError(
      `pad: needs pairs of whole numbers, last dim first, for at most ${shape.length} dims of ${showShape(shape)}, got ${showShape(pads)}`,
    );
  }
  return shape.map((size, i) => {
    const at = 2 * (shape.length - 1 - i);
    const [before, after] = [pads[at] ?? 0, pads[at + 1] ?? 0];
    const kept = size + Math.min(before, 0) + Math.min(after, 0);
    if (kept < 0) {
      throw new ShapeError("pad", `${showShape(pads)} crops more than dim ${i} of ${showShape(shape)} has`, [shape]);
    }
    return kept + Math.max(before, 0) + Math.max(after, 0);
  });
}

/** Shape of nested arrays; rows of different lengths are an error that names the place. */
export function nestedShape(op: string, data: unknown): Shape {
  const shape: number[] = [];
  for (let level = data; Array.isArray(level); level = level[0]) shape.push(level.length);
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
