import { allocate, type Dtype, type TypedArray } from "../dtype.ts";
import { rowMajorStrides, type Shape, sizeOf } from "../shape.ts";

/** Elements in memory: element (i, j, …) of `data` stands at `offset + i·strides[0] + j·strides[1] + …`; `null` is row-major. */
export interface Strided {
  readonly shape: Shape;
  readonly size: number;
  readonly dtype: Dtype;
  readonly data: TypedArray;
  readonly offset: number;
  readonly strides: readonly number[] | null;
}

export const stridesOf = (x: Strided): readonly number[] => x.strides ?? rowMajorStrides(x.shape);

/** Row-major layouts are written as `null`, so that one comparison finds them. */
export function canonicalStrides(shape: Shape, strides: readonly number[]): readonly number[] | null {
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1 && strides[i] !== step) return strides;
    step *= shape[i]!;
  }
  return null;
}

/** Strides of `x` seen in the shape it is broadcast to: 0 along stretched dims. */
export function broadcastStrides(x: Strided, shape: Shape): number[] {
  const strides = stridesOf(x);
  const lead = shape.length - x.shape.length;
  return shape.map((size, i) => (i < lead || (x.shape[i - lead] === 1 && size !== 1) ? 0 : strides[i - lead]!));
}

/** One run of an elementwise loop: `length` elements from `out[o]` on; each input has data, a first index and a step. */
export type Loop = (
  out: TypedArray, o: number, length: number,
  a: TypedArray, ai: number, as: number,
  b?: TypedArray, bi?: number, bs?: number,
  c?: TypedArray, ci?: number, cs?: number,
) => void; // prettier-ignore

/**
 * Runs `loop` over `shape` into the row-major `out`. Whatever is contiguous, a scalar, a row or a column becomes one run or
 * few: neighbouring dims that every input walks with one step are merged first.
 */
export function runLoop(loop: Loop, out: TypedArray, shape: Shape, inputs: readonly Strided[]): void {
  const a = inputs[0]!;
  const b = inputs[1];
  const c = inputs[2];
  const size = out.length;
  if (size === 0) return;
  if (isRun(a, size) && (b === undefined || isRun(b, size)) && (c === undefined || isRun(c, size))) {
    loop(
      out, 0, size,
      a.data, a.offset, a.shape.length === 0 ? 0 : 1,
      b?.data, b?.offset, b?.shape.length === 0 ? 0 : 1,
      c?.data, c?.offset, c?.shape.length === 0 ? 0 : 1,
    ); // prettier-ignore
    return;
  }
  forEachRun(
    shape,
    inputs.map((x) => broadcastStrides(x, shape)),
    inputs.map((x) => x.offset),
    (length, at, steps, o) => {
      loop(out, o, length, a.data, at[0]!, steps[0]!, b?.data, at[1], steps[1], c?.data, at[2], steps[2]);
    },
  );
}
/** A scalar, or as many elements as the output in row-major order. */
const isRun = (x: Strided, size: number): boolean => x.shape.length === 0 || (x.strides === null && x.size === size);

/**
 * Cuts `shape` into as few runs as the operands' strides allow. Each visit gets the run's length, the first index and the step
 * of every operand, and how many elements came before.
 */
export function forEachRun(
  shape: Shape,
  strides: readonly (readonly number[])[],
  start: readonly number[],
  visit: (length: number, at: readonly number[], steps: readonly number[], before: number) => void,
): void {
  const merged = mergeDims(shape, strides);
  const last = merged.shape.length - 1;
  const length = merged.shape[last]!;
  const steps = merged.strides.map((operand) => operand[last]!);
  forEachOffset(merged.shape.slice(0, last), merged.strides, start, (at, count) =>
    visit(length, at, steps, count * length),
  );
}

/** Merges neighbouring dims wherever every operand can walk them with a single step. The result has at least one dim. */
export function mergeDims(
  shape: Shape,
  strides: readonly (readonly number[])[],
): { shape: number[]; strides: number[][] } {
  const sizes: number[] = [];
  const steps: number[][] = strides.map(() => []);
  for (let d = 0; d < shape.length; d++) {
    if (shape[d] === 1) continue;
    const top = sizes.length - 1;
    if (top >= 0 && strides.every((s, k) => steps[k]![top] === s[d]! * shape[d]!)) {
      sizes[top]! *= shape[d]!;
      strides.forEach((s, k) => (steps[k]![top] = s[d]!));
    } else {
      sizes.push(shape[d]!);
      strides.forEach((s, k) => steps[k]!.push(s[d]!));
    }
  }
  if (sizes.length === 0) {
    sizes.push(1);
    for (const s of steps) s.push(0);
  }
  return { shape: sizes, strides: steps };
}

/** Visits every index of `shape` in row-major order with the offset of each operand there and the running count. */
export function forEachOffset(
  shape: readonly number[],
  strides: readonly (readonly number[])[],
  start: readonly number[],
  visit: (offsets: readonly number[], count: number) => void,
): void {
  const total = sizeOf(shape);
  const index = new Array<number>(shape.length).fill(0);
  const offsets = [...start];
  for (let count = 0; count < total; count++) {
    visit(offsets, count);
    for (let d = shape.length - 1; d >= 0; d--) {
      const wrap = ++index[d]! === shape[d]!;
      for (let k = 0; k < offsets.length; k++)
        offsets[k]! += wrap ? strides[k]![d]! * (1 - shape[d]!) : strides[k]![d]!;
      if (!wrap) break;
      index[d] = 0;
    }
  }
}

const copyLoop: Loop = (out, o, length, a, ai, as) => {
  for (let i = 0; i < length; i++, ai += as) out[o + i] = a[ai]!;
};

/** A fresh row-major array with the elements of `x`, converted to `dtype`. */
export function materialize(x: Strided, dtype: Dtype = x.dtype): TypedArray {
  if (x.strides === null && dtype === x.dtype) return x.data.slice(x.offset, x.offset + x.size);
  const out = allocate(dtype, x.size);
  runLoop(dtype === "bool" ? truthLoop : copyLoop, out, x.shape, [x]);
  return out;
}
const truthLoop: Loop = (out, o, length, a, ai, as) => {
  for (let i = 0; i < length; i++, ai += as) out[o + i] = a[ai] === 0 ? 0 : 1;
};

/** Row-major data of `x` and where it starts: its own when it is row-major already, else a copy. */
export const rowMajor = (x: Strided): { data: TypedArray; offset: number } =>
  x.strides === null ? x : { data: materialize(x), offset: 0 };
