import type { TypedArray } from "../../dtype.ts";
import type { RunsKernel } from "../sets.ts";
import { copyIn, copyOut } from "./copy.ts";
import type { WasmModule } from "./module.ts";

/** (is float32, result, matrix, rows, columns): addresses and sizes. */
type Kernel = (single: number, ...numbers: number[]) => void;

/**
 * What a kernel leaves of a row: one number, of which those of several parts are reduced by the same kernel; one number, of the whole row
 * only; or as many as there were. Single numbers have 64 bits.
 */
const RESULTS: Readonly<Record<string, "part" | "one" | "each">> = {
  sum: "part",
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
/** Columns, and rows, that are summed at a time. */
const WIDE = 2048;
const HIGH = 128;

const padded = (bytes: number): number => Math.ceil(bytes / MARGIN) * MARGIN + MARGIN;

/** Bytes that an element takes in the memory of kernels, where int32 is written with 64 bits, which hold it, and bool with 32. */
const sizeIn = (x: TypedArray): number => (x instanceof Float64Array || x instanceof Int32Array ? 8 : 4);

/** The kernels of a module for operations along dims. */
export const runsOf =
  (module: WasmModule<{ scratch(): number }>) =>
  (name: string): RunsKernel | null => {
    const exports = module.exports as Readonly<Record<string, Kernel>> | null;
    const kernel = exports?.[`${name}OfRows`];
    const result = RESULTS[name];
    if (kernel === undefined || result === undefined) return null;
    const columns = exports![`${name}OfColumns`];
    return (out, o, x, at, outer, length, inner) => {
      if (length === 0) return false;
      if (inner > 1 && columns !== undefined)
        return sumColumns(columns, exports!["add"]!, module, out, o, x, at, outer, length, inner);
      const size = sizeIn(x);
      if (result === "part" && inner === 1 && length * size > BLOCK)
        return reduceLong(kernel, module, out, o, x, at, outer, length);
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

/** Reduces runs of neighbours that are longer than a block: each in parts, whose results the same kernel reduces. */
// oxfmt-ignore
function reduceLong(
  kernel: Kernel, module: WasmModule<{ scratch(): number }>,
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
    kernel(0, base, base + results, 1, parts);
    out[o + row] = module.doubles[base / 8]!;
  }
  return true;
}

/** Sums over the middle dim, in pairs of halves, down to a few rows which `sum` takes in their order in memory. */
// oxfmt-ignore
function sumColumns(
  sum: Kernel, add: Kernel, module: WasmModule<{ scratch(): number }>,
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
  const sumRows = (level: number, from: number, rows: number, columns: number): void => {
    const to = base + matrix + level * place;
    if (rows <= high) {
      copyIn(memory, base / size, x, from, rows, columns, inner, 1);
      sum(+(size === 4), to, base, rows, columns);
      return;
    }
    const half = rows >> 1;
    sumRows(level, from, half, columns);
    sumRows(level + 1, from + half * inner, rows - half, columns);
    add(0, to, to, to + place, columns * 8);
  };
  for (let row = 0; row < outer; row++) {
    for (let column = 0; column < inner; column += width) {
      const columns = Math.min(width, inner - column);
      sumRows(0, at + row * length * inner + column, length, columns);
      const from = (base + matrix) / 8;
      out.set(module.doubles.subarray(from, from + columns), o + row * inner + column);
    }
  }
  return true;
}
