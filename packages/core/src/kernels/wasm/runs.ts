import type { TypedArray } from "../../dtype.ts";
import type { RunsKernel } from "../sets.ts";
import { copyIn } from "./copy.ts";
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
const BLOCK = 32768;
/** Bytes of the longest row that is copied at once. */
const LONGEST = 2 ** 24;
/** Bytes that kernels may use behind what they are told of. */
const MARGIN = 64;
/** Columns, and rows, that are summed at a time. */
const WIDE = 2048;
const HIGH = 128;

const padded = (bytes: number): number => Math.ceil(bytes / MARGIN) * MARGIN + MARGIN;

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
      if (length === 0 || !(x instanceof Float32Array || x instanceof Float64Array)) return false;
      if (inner > 1)
        return (
          columns !== undefined && sumColumns(columns, exports!["add"]!, module, out, o, x, at, outer, length, inner)
        );
      const size = x.BYTES_PER_ELEMENT;
      const single = size === 4 ? 1 : 0;
      const part = result === "part" ? Math.min(length, BLOCK / size) : length;
      const parts = Math.ceil(length / part);
      if (part * size > LONGEST) return false;
      // Rows that fit are taken several at a time, others in parts
      const rows = parts > 1 ? parts : Math.min(outer, Math.max(1, Math.floor(BLOCK / size / length)));
      const matrix = padded((parts > 1 ? part : rows * length) * size);
      const results = padded(result === "each" ? rows * length * size : rows * 8);
      const base = module.room(matrix + results + MARGIN);
      if (base === 0) return false;
      const memory = single ? module.floats : module.doubles;
      const to = base + matrix;
      if (parts > 1) {
        for (let row = 0; row < outer; row++) {
          for (let i = 0; i < parts; i++) {
            const from = at + row * length + i * part;
            const count = Math.min(part, length - i * part);
            memory.set(x.subarray(from, from + count), base / size);
            kernel(single, to + 8 * i, base, 1, count);
          }
          kernel(0, base, to, 1, parts);
          out[o + row] = module.doubles[base / 8]!;
        }
        return true;
      }
      for (let row = 0; row < outer; row += rows) {
        const high = Math.min(rows, outer - row);
        const from = at + row * length;
        memory.set(x.subarray(from, from + high * length), base / size);
        kernel(single, to, base, high, length);
        if (result === "each") out.set(memory.subarray(to / size, to / size + high * length), o + row * length);
        else out.set(module.doubles.subarray(to / 8, to / 8 + high), o + row);
      }
      return true;
    };
  };

/** Sums over the middle dim, in pairs of halves, down to a few rows which `sum` takes in their order in memory. */
// oxfmt-ignore
function sumColumns(
  sum: Kernel, add: Kernel, module: WasmModule<{ scratch(): number }>,
  out: TypedArray, o: number, x: Float32Array | Float64Array, at: number, outer: number, length: number, inner: number,
): boolean {
  const size = x.BYTES_PER_ELEMENT;
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
      sum(size === 4 ? 1 : 0, to, base, rows, columns);
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
