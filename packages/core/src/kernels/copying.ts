import { allocate, type Dtype, type TypedArray } from "../dtype.ts";
import { LONG, Vectorized } from "./programs.ts";
import { axpby } from "./sets.ts";
import { forEachMatrix, type Loop, runLoop, type Strided, stridesOf } from "./strided.ts";

// Elements from one layout into another.

/** Elements from which on the engine's own `set` and `fill` are faster than a loop. */
const RUN = 32;
/** Elements from which on a kernel of a set adds them faster. */
const LONG_RUN = 512;
/** Rows with fewer elements than this are copied column by column. */
const SHORT = 8;
/** Columns of the blocks that a matrix is turned in: the lines of the cache that a row of them touches are there for the next rows. */
const BLOCK = 128;

/** Writes `length` elements side by side into `out`, from others that stand `step` apart. */
// oxfmt-ignore
export function copyRun(out: TypedArray, o: number, data: TypedArray, at: number, step: number, length: number): void {
  if (length >= RUN && step === 1) out.set(data.subarray(at, at + length), o);
  else if (length >= RUN && step === 0) out.fill(data[at]!, o, o + length);
  else for (const end = o + length; o < end; o++, at += step) out[o] = data[at]!;
}

/** Writes a matrix into `out`; in both its elements have a step from row to row and one from column to column. */
// oxfmt-ignore
export function copyMatrix(
  out: TypedArray, o: number, outRow: number, outColumn: number, data: TypedArray, at: number, row: number, column: number,
  rows: number, columns: number,
): void {
  if (outColumn === 1 && (column === 1 || column === 0) && columns >= RUN)
    for (let i = 0; i < rows; i++) copyRun(out, o + i * outRow, data, at + i * row, column, columns);
  else if (columns < SHORT && rows > columns)
    copyBlock(out, o, outColumn, outRow, data, at, column, row, columns, rows);
  else if (columns > BLOCK && Math.abs(row) < Math.abs(column))
    for (let j = 0; j < columns; j += BLOCK)
      copyBlock(
        out, o + j * outColumn, outRow, outColumn, data, at + j * column, row, column, rows, Math.min(BLOCK, columns - j),
      );
  else copyBlock(out, o, outRow, outColumn, data, at, row, column, rows, columns);
}
// oxfmt-ignore
function copyBlock(
  out: TypedArray, o: number, outRow: number, outColumn: number, data: TypedArray, at: number, row: number, column: number,
  rows: number, columns: number,
): void {
  for (let i = 0; i < rows; i++, o += outRow, at += row)
    for (let j = 0, to = o, from = at; j < columns; j++, to += outColumn, from += column) out[to] = data[from]!;
}

/** Writes the elements of `x` into `out`, from index `start` on and by these strides. */
export function place(out: TypedArray, start: number, strides: readonly number[], x: Strided): void {
  if (x.size === 0) return;
  const { data } = x;
  forEachMatrix(x.shape, [stridesOf(x), strides], [x.offset, start], (rows, columns, at, row, column) =>
    copyMatrix(out, at[1]!, row[1]!, column[1]!, data, at[0]!, row[0]!, column[0]!, rows, columns),
  );
}

/** Adds them to what stands there. */
export function addPlaced(out: TypedArray, start: number, strides: readonly number[], x: Strided): void {
  if (x.size === 0) return;
  const { data } = x;
  forEachMatrix(x.shape, [stridesOf(x), strides], [x.offset, start], (rows, columns, [at, o], row, column) => {
    for (let i = 0; i < rows; i++)
      addRun(out, o! + i * row[1]!, column[1]!, data, at! + i * row[0]!, column[0]!, columns);
  });
}
/** Adds `length` elements that stand `step` apart to others that do so. */
// oxfmt-ignore
export function addRun(out: TypedArray, o: number, outStep: number, data: TypedArray, at: number, step: number, length: number): void {
  if (outStep !== 1 || step !== 1) for (let i = 0; i < length; i++, o += outStep, at += step) out[o]! += data[at]!;
  else if (length < LONG_RUN || !axpby(length, 1, data, at, 1, out, o))
    for (let i = 0; i < length; i++) out[o + i]! += data[at + i]!;
}

/** The same row-major, each converted to the `dtype` of `out`. */
export function copyInto(out: TypedArray, start: number, x: Strided, dtype: Dtype = x.dtype): void {
  if (dtype === "bool" && x.dtype !== "bool") {
    if (x.size < LONG || !truth.run(out, start, x.size, x.shape, [x]))
      runLoop(truthLoop, out, start, x.size, x.shape, [x]);
  } else if (x.strides === null) copyRun(out, start, x.data, x.offset, 1, x.size);
  else if (x.size > 0) {
    const { data } = x;
    forEachMatrix(x.shape, [stridesOf(x)], [x.offset], (rows, columns, [at], [row], [column], before) =>
      copyMatrix(out, start + before, columns, 1, data, at!, row!, column!, rows, columns),
    );
  }
}
const truthLoop: Loop = (out, o, length, a, ai, as) => {
  for (let i = 0; i < length; i++, ai += as) out[o + i] = a[ai] === 0 ? 0 : 1;
};
const truth: Vectorized = /* @__PURE__ */ new Vectorized(
  { arity: 1, constants: [0], steps: [{ name: "ne", from: [0, 1] }] },
  () => truthLoop,
);

/** A fresh row-major array with the elements of `x`, converted to `dtype`. */
export function materialize(x: Strided, dtype: Dtype = x.dtype): TypedArray {
  if (x.strides === null && dtype === x.dtype) return x.data.slice(x.offset, x.offset + x.size);
  const out = allocate(dtype, x.size);
  copyInto(out, 0, x, dtype);
  return out;
}

/** Row-major data of `x` and where it starts: its own when it is row-major already, else a copy. */
export const rowMajor = (x: Strided): { data: TypedArray; offset: number } =>
  x.strides === null ? x : { data: materialize(x), offset: 0 };
