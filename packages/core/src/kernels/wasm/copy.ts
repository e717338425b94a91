import type { TypedArray } from "../../dtype.ts";

/** Elements from which on a line is better copied by `set`, or filled by `fill`, than one by one. */
const LINE = 96;
const FILL = 24;

/** Copies a matrix to `at`, row by row, which may be one row over and over; its element (i, j) stands at `first + i·row + j·column`. */
// oxfmt-ignore
export function copyIn(
  memory: TypedArray, at: number, x: TypedArray, first: number, rows: number, columns: number, row: number, column: number,
): void {
  if (row === 0 && rows > 1) {
    const end = at + rows * columns;
    copyIn(memory, at, x, first, 1, columns, 0, column);
    for (let next = at + columns; next < end; next = 2 * next - at)
      memory.copyWithin(next, at, Math.min(next, at + end - next));
  } else if (column === 1 && (row === columns || rows === 1)) memory.set(part(x, first, rows * columns), at);
  else if (column === 0 && columns >= FILL) {
    for (let i = 0; i < rows; i++, at += columns) memory.fill(x[first + i * row]!, at, at + columns);
  } else if (column === 1 && columns >= LINE) {
    for (let i = 0; i < rows; i++) memory.set(x.subarray(first + i * row, first + i * row + columns), at + i * columns);
  } else if (row === 1) {
    for (let j = 0; j < columns; j++, first += column)
      for (let i = 0, to = at + j; i < rows; i++, to += columns) memory[to] = x[first + i]!;
  } else {
    for (let i = 0; i < rows; i++, first += row)
      for (let j = 0, from = first; j < columns; j++, from += column) memory[at++] = x[from]!;
  }
}

/** Copies a matrix from `at`, where its rows lie side by side; its element (i, j) comes to stand at `first + i·row + j·column`. */
// oxfmt-ignore
export function copyOut(
  out: TypedArray, first: number, row: number, column: number, memory: TypedArray, at: number, rows: number, columns: number,
): void {
  if (column !== 1) {
    for (let j = 0; j < columns; j++, first += column)
      for (let i = 0, from = at + j; i < rows; i++, from += columns) out[first + i * row] = memory[from]!;
  } else if (row === columns || rows === 1) out.set(memory.subarray(at, at + rows * columns), first);
  else for (let i = 0; i < rows; i++, at += columns) out.set(memory.subarray(at, at + columns), first + i * row);
}

const part = (x: TypedArray, first: number, length: number): TypedArray =>
  length === x.length ? x : x.subarray(first, first + length);
