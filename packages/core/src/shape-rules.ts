import { ArgumentError, ShapeError, quoted } from "./errors.ts";
import {
  broadcastShapes,
  checkList,
  checkShape,
  checkSizes,
  listed,
  normalizeDim,
  normalizeNewDim,
  reducedDims,
  sameShape,
  type Shape,
  type ShapeArg,
  showShape,
  sizeOf,
} from "./shape.ts";

// The shapes of results, operation by operation; what does not fit is an error. shape-types/ says the same to the compiler.

/** NumPy's rules: 1-D operands are a row on the left, a column on the right, and lose that dim again; leading dims broadcast. */
export function matmulShape(a: ShapeArg, b: ShapeArg): Shape {
  if (a.length === 0 || b.length === 0)
    throw new ShapeError("matmul", `needs at least 1-D, got ${showShape(a)} x ${showShape(b)}`, [a, b]);
  checkInner("matmul", a, b);
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

/** Throws unless the sizes that a matrix product sums over agree. */
export function checkInner(op: string, a: ShapeArg, b: ShapeArg): void {
  const inner = a[a.length - 1]!;
  const innerB = b[Math.max(0, b.length - 2)]!;
  if (inner === innerB) return;
  const why = `inner sizes ${inner} and ${innerB} differ in ${showShape(a)} x ${showShape(b)}`;
  throw new ShapeError(op, why + transposition(a, b), [a, b]);
}
/** The product that fits, if it takes the transpose of one of two matrices. */
function transposition(a: ShapeArg, b: ShapeArg): string {
  if (a.length > 2 || b.length > 2) return "";
  if (b.length === 2 && b[1] === a.at(-1)) return "; did you mean a.matmul(b.transpose())?";
  return a.length === 2 && a[0] === b[0] ? "; did you mean a.transpose().matmul(b)?" : "";
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
      throw new ArgumentError(`slice: ${name} must be a whole number, got ${quoted(bound)}`);
  }
  if (!Number.isInteger(step) || step === 0)
    throw new ArgumentError(`slice: step must be a whole number other than 0, got ${quoted(step)}`);
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
  if (typeof index !== "number") throw new ArgumentError(`select: an index is a whole number, got ${quoted(index)}`);
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
  const other = shapes.find((shape) => !sameShape(shape, first));
  if (other !== undefined)
    throw new ShapeError("stack", `shapes ${showShape(first)} and ${showShape(other)} differ`, shapes);
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
  checkList("split", "sizes are a number, or an array of numbers", sizes);
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
