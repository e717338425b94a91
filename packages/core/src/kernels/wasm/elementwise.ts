import type { Program, ProgramKernel } from "../sets.ts";
import { copyIn } from "./copy.ts";
import type { WasmModule } from "./module.ts";

/** (is float32, result, …inputs, bytes): addresses, and how many bytes there are. */
type Kernel = (single: number, ...numbers: number[]) => void;
export interface ElementwiseExports {
  scratch(): number;
}

/** Bytes of all blocks together, which the second cache holds. */
const BLOCKS = 262144;

/**
 * Programs whose steps a module has kernels for, by name. The matrix is worked through in blocks, of whole rows or of parts of a row: each
 * input's block is copied into a place of its own, as is each constant, each step leaves its result in one, and the last is copied out;
 * answers of comparisons, 1 or 0, as bytes.
 */
export const elementwiseOf =
  (module: WasmModule<ElementwiseExports>) =>
  (program: Program): ProgramKernel | null => {
    const exports = module.exports as Readonly<Record<string, Kernel>> | null;
    const { arity, constants, steps } = withoutNonzero(program);
    if (exports === null || !steps.every(({ name, from }) => exports[name]?.length === from.length + 3)) return null;
    const kernels = steps.map(({ name }) => exports[name]!);
    const results = arity + constants.length;
    const places = results + steps.length;
    const block = Math.floor(BLOCKS / places / 64) * 64;
    return (out, o, rows, columns, inputs, at, rowSteps, columnSteps) => {
      const answers = out instanceof Uint8Array;
      const numbers = answers ? inputs[arity - 1]!.data : out;
      const single = numbers instanceof Float32Array;
      const base = single || numbers instanceof Float64Array ? module.room(places * block) : 0;
      if (base === 0) return false;
      const memory = single ? module.floats : module.doubles;
      const size = memory.BYTES_PER_ELEMENT;
      const place = block / size;
      const first = base / size;
      const height = Math.min(rows, Math.max(1, Math.floor(place / columns)));
      const width = Math.min(columns, place);
      constants.forEach((x, i) => {
        const to = first + (arity + i) * place;
        memory.fill(x, to, to + height * width);
      });
      for (let row = 0; row < rows; row += height) {
        const high = Math.min(height, rows - row);
        for (let column = 0; column < columns; column += width) {
          const wide = Math.min(width, columns - column);
          for (let i = 0; i < arity; i++) {
            const rowStep = rowSteps[i]!;
            const step = columnSteps[i]!;
            const repeats = (rows === 1 || rowStep === 0) && (step === 0 || width === columns);
            if (repeats && (row > 0 || column > 0)) continue; // its first block serves all
            const from = at[i]! + row * rowStep + column * step;
            copyIn(memory, first + i * place, inputs[i]!.data, from, high, wide, rowStep, step);
          }
          const bytes = high * wide * size;
          for (let i = 0; i < steps.length; i++) {
            const { from } = steps[i]!;
            const to = base + (results + i) * block;
            if (from.length === 1) kernels[i]!(+single, to, base + from[0]! * block, bytes);
            else kernels[i]!(+single, to, ...from.map((x) => base + x * block), bytes);
          }
          const last = base + (places - 1) * block;
          const count = high * wide;
          if (answers) exports["narrow"]!(+single, last, last, bytes);
          const result = answers ? module.bytes.subarray(last) : memory.subarray(last / size);
          out.set(result.subarray(0, count), o + row * columns + column);
        }
      }
      return true;
    };
  };

/** A program that begins by asking whether a number is not 0, and goes on with `where`, which asks that by itself. */
function withoutNonzero(program: Program): Program {
  const { arity, constants, steps } = program;
  const [first, second] = steps;
  const asked = first?.from[0] ?? arity;
  if (first?.name !== "ne" || asked >= arity || constants[first.from[1]! - arity] !== 0) return program;
  const result = arity + constants.length;
  if (steps.length !== 2 || second!.name !== "where" || second!.from.lastIndexOf(result) !== 0) return program;
  return { arity, constants, steps: [{ name: "where", from: [asked, ...second!.from.slice(1)] }] };
}
