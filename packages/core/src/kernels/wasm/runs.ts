import type { TypedArray } from "../../dtype.ts";
import type { RunsKernel } from "../sets.ts";
import { copyIn, copyOut } from "./copy.ts";
import type { WasmModule } from "./module.ts";

/** On addresses and sizes of a matrix. */
type Kernel = (single: number, to: number, from: number, rows: number, columns: number) => void;
type Exports = Readonly<Record<string, (single: number, ...numbers: number[]) => void>>;

/**
 * What a kernel leaves of a row: one number, of which those of several parts are reduced likewise, sums of squares by sums; one number, of the whole row
 * only; or as many as there were. Single numbers have 64 bits.
 */
const RESULTS: Readonly<Record<string, "part" | "one" | "each">> = {
  sum: "part",
  sumSquares: "part",
  max: "part",
  min: "part",
  argmax: "one",
  argmin: "one",
  logSumExp: "one",
  softmax: "each",
  logSoftmax: "each",
};

/** Bytes that are copied at a time, where a row is no longer. */
const BLOCK = 131072;
/** Bytes of the longest row that is copied at once. */
const LONGEST = 2 ** 24;
/** Bytes that kernels may use behind what they are told of. */
const MARGIN = 64;
/** Columns, and rows, that are reduced at a time; fewer columns are laid out as rows, but for sums. */
const WIDE = 2048;
const HIGH = 128;
const NARROW = 32;

const padded = (bytes: number): number => Math.ceil(bytes / MARGIN) * MARGIN + MARGIN;

/** Bytes that an element takes in the memory of kernels, where int32 is written with 64 bits, which hold it, and bool with 32. */
const sizeIn = (x: TypedArray): number => (x instanceof Float64Array || x instanceof Int32Array ? 8 : 4);

/** The kernels of a module for operations along dims. */
export const runsOf =
  (module: WasmModule<{ scratch(): number }>) =>
  (name: string): RunsKernel | null => {
    const exports = module.exports as Exports | null;
    const result = RESULTS[name];
    const again = exports?.[`${name === "sumSquares" ? "sum" : name}OfRows`];
    if (again === undefined || result === undefined) return null;
    const kernel = name === "sumSquares" ? squared(again, exports!["square"]!) : again;
    const columns = columnsOf(name, exports!);
    return (out, o, x, at, outer, length, inner) => {
      if (length === 0) return false;
      if (inner > 1 && columns !== null && (columns.wide || inner >= NARROW))
        return reduceColumns(columns, module, out, o, x, at, outer, length, inner);
      const size = sizeIn(x);
      if (result === "part" && inner === 1 && length * size > BLOCK)
        return reduceLong(kernel, again, module, out, o, x, at, outer, length);
      if (length * size > LONGEST) return false;
      // Runs that lie apart are laid side by side, a few at a time.
      const width = inner === 1 ? outer : inner;
      const rows = Math.min(width, Math.max(1, Math.floor(BLOCK / size / length)));
      const matrix = padded(rows * length * size);
      const base = module.room(matrix + padded(result === "each" ? rows * length * size : rows * 8));
      if (base === 0) return false;
      const memory = size === 4 ? module.floats : module.doubles;
      const to = base + matrix;
      const [run, step] = inner === 1 ? [length, 1] : [1, inner];
      for (let group = 0; group < outer; group += inner === 1 ? outer : 1) {
        for (let row = 0; row < width; row += rows) {
          const high = Math.min(rows, width - row);
          const from = group * length * inner + row * run;
          copyIn(memory, base / size, x, at + from, high, length, run, step);
          kernel(+(size === 4), to, base, high, length);
          if (result === "each") copyOut(out, o + from, run, step, memory, to / size, high, length);
          else out.set(module.doubles.subarray(to / 8, to / 8 + high), o + group * inner + row);
        }
      }
      return true;
    };
  };

/** A kernel on the squares of a matrix, which come to stand in its place. */
const squared =
  (kernel: Kernel, square: (single: number, to: number, from: number, bytes: number) => void): Kernel =>
  (single, to, from, rows, columns) => {
    square(single, from, from, rows * columns * (single === 1 ? 4 : 8));
    kernel(single, to, from, rows, columns);
  };

/** How the rows of a matrix become one, how such rows are joined, and whether they have 64 bits. */
interface Columns {
  readonly kernel: Kernel;
  readonly join: (single: number, to: number, a: number, b: number, bytes: number) => void;
  readonly wide: boolean;
}
function columnsOf(name: string, exports: Exports): Columns | null {
  const [sum, join] = [exports["sumOfColumns"]!, exports["add"]!];
  if (name === "sum") return { kernel: sum, join, wide: true };
  if (name === "sumSquares") return { kernel: squared(sum, exports["square"]!), join, wide: true };
  return name === "max" || name === "min" ? oneByOne(exports[`${name}imum`]!) : null;
}
/** Rows are joined one after the other. */
const oneByOne = (join: Columns["join"]): Columns => ({
  kernel: (single, to, from, rows, columns) => {
    const bytes = columns * (single === 1 ? 4 : 8);
    join(single, to, from, from, bytes);
    for (let i = 1; i < rows; i++) join(single, to, to, from + i * bytes, bytes);
  },
  join,
  wide: false,
});

/** Reduces runs of neighbours that are longer than a block: each in parts, whose results are reduced again. */
// oxfmt-ignore
function reduceLong(
  kernel: Kernel, again: Kernel, module: WasmModule<{ scratch(): number }>,
  out: TypedArray, o: number, x: TypedArray, at: number, outer: number, length: number,
): boolean {
  const size = sizeIn(x);
  const part = BLOCK / size;
  const parts = Math.ceil(length / part);
  const results = padded(BLOCK);
  const base = module.room(results + padded(parts * 8));
  if (base === 0) return false;
  const memory = size === 4 ? module.floats : module.doubles;
  for (let row = 0; row < outer; row++) {
    for (let i = 0; i < parts; i++) {
      const count = Math.min(part, length - i * part);
      copyIn(memory, base / size, x, at + row * length + i * part, 1, count, 0, 1);
      kernel(+(size === 4), base + results + 8 * i, base, 1, count);
    }
    again(0, base, base + results, 1, parts);
    out[o + row] = module.doubles[base / 8]!;
  }
  return true;
}

/** Reduces the middle dim, in pairs of halves, down to a few rows which the kernel takes in their order in memory. */
// oxfmt-ignore
function reduceColumns(
  { kernel, join, wide }: Columns, module: WasmModule<{ scratch(): number }>,
  out: TypedArray, o: number, x: TypedArray, at: number, outer: number, length: number, inner: number,
): boolean {
  const size = sizeIn(x);
  const width = Math.min(inner, WIDE);
  const high = Math.min(length, HIGH, Math.max(1, Math.floor(BLOCK / size / width)));
  const matrix = padded(high * width * size);
  const place = padded(width * 8);
  const levels = 2 + Math.ceil(Math.log2(length / high));
  const base = module.room(matrix + levels * place + MARGIN);
  if (base === 0) return false;
  const memory = size === 4 ? module.floats : module.doubles;
  const results = wide ? module.doubles : memory;
  const single = +(size === 4);
  const reduceRows = (level: number, from: number, rows: number, columns: number): void => {
    const to = base + matrix + level * place;
    if (rows <= high) {
      copyIn(memory, base / size, x, from, rows, columns, inner, 1);
      kernel(single, to, base, rows, columns);
      return;
    }
    const half = rows >> 1;
    reduceRows(level, from, half, columns);
    reduceRows(level + 1, from + half * inner, rows - half, columns);
    join(wide ? 0 : single, to, to, to + place, columns * results.BYTES_PER_ELEMENT);
  };
  for (let row = 0; row < outer; row++) {
    for (let column = 0; column < inner; column += width) {
      const columns = Math.min(width, inner - column);
      reduceRows(0, at + row * length * inner + column, length, columns);
      const from = (base + matrix) / results.BYTES_PER_ELEMENT;
      out.set(results.subarray(from, from + columns), o + row * inner + column);
    }
  }
  return true;
}
