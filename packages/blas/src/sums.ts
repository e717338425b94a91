import type { RunsKernel } from "@chainrule/core";
import { AS_IT_LIES, from, ones, ROW_MAJOR, TRANSPOSED } from "./arrays.ts";
import type { Library } from "./library.ts";

/**
 * Rows, and elements of a row, that BLAS adds at once: where all are equal, and errors do not cancel, 2 units of 2⁻²³ are lost. Of a single
 * long row it adds four times as many, for speed.
 */
const HIGH = 4;
const LONG = 64;
/** Elements of each of several matrices from which on its sums are worth the calls. */
const MANY = 2048;
/** Elements of a single row that are added up here, in float64. */
const FEW = 512;

/** Two arrays for partial sums, which take turns. */
const partial: [Float32Array, Float32Array] = [new Float32Array(), new Float32Array()];
const room = (turn: number, length: number): Float32Array =>
  partial[turn & 1]!.length < length ? (partial[turn & 1] = new Float32Array(length)) : partial[turn & 1]!;

/**
 * Sums of float32 along dims, as products of matrices and a vector of ones: of few terms, then of their sums, so that errors stay those of
 * sums in pairs. float64, which gradient checks read, is left to others.
 */
export const runsOf = ({ sgemv }: Library): ((name: string) => RunsKernel | null) => {
  /** Sums of rows, `step` apart, into every `toStep`th element. */
  const addRows = (
    to: Float32Array,
    toStep: number,
    rows: number,
    columns: number,
    x: Float32Array,
    step: number,
  ): void => void sgemv(ROW_MAJOR, AS_IT_LIES, rows, columns, 1, x, step, ones(true, LONG), 1, 0, to, toStep);
  const addColumns = (to: Float32Array, rows: number, columns: number, x: Float32Array): void =>
    void sgemv(ROW_MAJOR, TRANSPOSED, rows, columns, 1, x, columns, ones(true, LONG), 1, 0, to, 1);

  function sumAll(x: Float32Array, length: number): number {
    let sum = 0;
    for (let turn = 0; length > FEW; turn++) {
      const columns = Math.floor(length / (4 * HIGH));
      for (let i = columns * 4 * HIGH; i < length; i++) sum += x[i]!;
      const sums = room(turn, columns);
      addColumns(sums, 4 * HIGH, columns, x);
      x = sums;
      length = columns;
    }
    for (let i = 0; i < length; i++) sum += x[i]!;
    return sum;
  }

  function sumColumns(out: Float32Array, o: number, x: Float32Array, rows: number, columns: number): void {
    for (let turn = 0; rows > HIGH; turn++) {
      const high = Math.floor(rows / HIGH);
      const rest = rows % HIGH;
      const sums = room(turn, (high + rest) * columns);
      addColumns(sums, HIGH, high * columns, x);
      if (rest > 0) sums.set(x.subarray(HIGH * high * columns, rows * columns), high * columns);
      x = sums;
      rows = high + rest;
    }
    addColumns(from(out, o), rows, columns, x);
  }

  function sumRows(out: Float32Array, o: number, x: Float32Array, rows: number, columns: number): void {
    for (let turn = 0; columns > LONG; turn++) {
      const width = widthOf(columns);
      const parts = Math.ceil(columns / width);
      const sums = room(turn, rows * parts);
      if (parts * width === columns) addRows(sums, 1, rows * parts, width, x, width);
      else
        for (let j = 0; j < parts; j++)
          addRows(from(sums, j), parts, rows, Math.min(width, columns - j * width), from(x, j * width), columns);
      x = sums;
      columns = parts;
    }
    addRows(from(out, o), 1, rows, columns, x, columns);
  }

  const sum: RunsKernel = (out, o, x, at, outer, length, inner) => {
    if (!(out instanceof Float32Array && x instanceof Float32Array)) return false;
    if (inner === 1 && outer * LONG > length) sumRows(out, o, from(x, at), outer, length);
    else if (outer > 1 && length * inner < MANY) return false;
    else
      for (let i = 0; i < outer; i++, o += inner, at += length * inner)
        if (inner === 1) out[o] = sumAll(from(x, at), length);
        else sumColumns(out, o, from(x, at), length, inner);
    return true;
  };
  return (name) => (name === "sum" ? sum : null);
};

/**
 * The largest number of columns up to `LONG` that cuts rows into equal parts, which are then rows themselves; whole vectors before others,
 * and `LONG` if all are small.
 */
function widthOf(columns: number): number {
  for (const step of [8, 1])
    for (let width = LONG; width >= LONG / 4; width -= step) if (columns % width === 0) return width;
  return LONG;
}
