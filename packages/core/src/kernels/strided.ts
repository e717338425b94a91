import type { Dtype, TypedArray } from "../dtype.ts";
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

export const stridesOf = (x: Pick<Strided, "shape" | "strides">): readonly number[] =>
  x.strides ?? rowMajorStrides(x.shape);

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
export function broadcastStrides(x: Pick<Strided, "shape" | "strides">, shape: Shape): number[] {
  const strides = stridesOf(x);
  const lead = shape.length - x.shape.length;
  return shape.map((size, i) => (i < lead || (x.shape[i - lead] === 1 && size !== 1) ? 0 : strides[i - lead]!));
}

/** One run of an elementwise loop: `length` elements from `out[o]` on; each input has data, a first index and a step. */
export type Loop = (
  out: TypedArray,
  o: number,
  length: number,
  ...inputs: [...LoopInput, ...Partial<LoopInput>, ...Partial<LoopInput>, ...Partial<LoopInput>]
) => void;
type LoopInput = [data: TypedArray, at: number, step: number];

/**
 * Runs `loop` over `shape`, which has `size` elements, into `out` from index `start` on, row-major. Whatever is contiguous, a scalar,
 * a row or a column becomes one run or few: neighbouring dims that every input walks with one step are merged first.
 */
export function runLoop(
  loop: Loop,
  out: TypedArray,
  start: number,
  size: number,
  shape: Shape,
  inputs: readonly Strided[],
): void {
  if (size === 0) return;
  const [a, b, c, d] = inputs;
  const as = stepOf(a!, size);
  const bs = b === undefined ? 0 : stepOf(b, size);
  const cs = c === undefined ? 0 : stepOf(c, size);
  const ds = d === undefined ? 0 : stepOf(d, size);
  if (as >= 0 && bs >= 0 && cs >= 0 && ds >= 0) {
    // oxfmt-ignore
    loop(out, start, size, a!.data, a!.offset, as, b?.data, b?.offset, bs, c?.data, c?.offset, cs, d?.data, d?.offset, ds);
    return;
  }
  forEachRun(
    shape,
    inputs.map((x) => broadcastStrides(x, shape)),
    inputs.map((x) => x.offset),
    (length, at, steps, o) => {
      // oxfmt-ignore
      loop(
        out, start + o, length, a!.data, at[0]!, steps[0]!, b?.data, at[1], steps[1], c?.data, at[2], steps[2], d?.data, at[3], steps[3],
      );
    },
  );
}

/** The step that walks all `size` elements of the output: 1 in row-major order, 0 for one element over and over, or -1 if none does. */
export function stepOf(x: Strided, size: number): number {
  if (x.strides === null) return x.size === size ? (x.size === 1 ? 0 : 1) : x.size === 1 ? 0 : -1;
  for (const stride of x.strides) if (stride !== 0) return -1;
  return 0;
}

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
  if (shape.length === 0) return visit(start, 0);
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

/**
 * Cuts `shape` into matrices of merged dims, as few as the operands' strides allow. Each visit gets where every operand's matrix begins, its
 * steps from row to row and from column to column, and how many elements came before.
 */
// oxfmt-ignore
export function forEachMatrix(
  shape: Shape,
  strides: readonly (readonly number[])[],
  start: readonly number[],
  visit: (
    rows: number, columns: number, at: readonly number[], row: readonly number[], column: readonly number[], before: number,
  ) => void,
): void {
  const merged = mergeDims(shape, strides);
  const columns = merged.shape.pop()!;
  const column = merged.strides.map((operand) => operand.pop()!);
  const rows = merged.shape.pop() ?? 1;
  const row = merged.strides.map((operand) => operand.pop() ?? 0);
  if (merged.shape.length === 0) visit(rows, columns, start, row, column, 0);
  else
    forEachOffset(merged.shape, merged.strides, start, (at, count) =>
      visit(rows, columns, at, row, column, count * rows * columns),
    );
}
