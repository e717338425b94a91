import type { Program, ProgramKernel } from "../sets.ts";
import { copyIn } from "./copy.ts";
import type { WasmModule } from "./module.ts";

/** (is float32, result, …inputs, bytes): addresses, and how many bytes there are. */
type Kernel = (single: number, ...numbers: number[]) => void;
export interface ElementwiseExports {
  scratch(): number;
}

/** Kernels that take numbers of 32 bits only. */
const SINGLE: readonly string[] = ["pow", "powLowered1", "log2", "log10", "expOfQuotient", "celu", "sin", "cos"];
/** Bytes of all blocks together, which the second cache holds. */
const BLOCKS = 262144;

/** A step of a program: its kernel, and where its result and what it is made from stand, in bytes from the first place on. */
interface Step {
  readonly kernel: Kernel;
  readonly to: number;
  readonly from: readonly number[];
}
/** Steps whose inputs and constants stand in the first places, each `block` bytes from the one before. */
interface Plan {
  readonly block: number;
  readonly bytes: number;
  readonly steps: readonly Step[];
}

/** Lays out a program's values: a result takes the place of a value that is used for the last time, but not of an input that is `kept`. */
function planOf({ arity, constants, steps }: Program, kernels: readonly Kernel[], kept: number): Plan {
  const results = arity + constants.length;
  const places = Array.from({ length: results }, (_, x) => x);
  const free: number[] = [];
  let count = results;
  steps.forEach(({ from }, i) => {
    const isLast = (x: number): boolean =>
      (x < arity ? (kept & (1 << x)) === 0 : x >= results) &&
      !steps.some((later, j) => j > i && later.from.includes(x));
    free.push(...new Set(from.filter(isLast).map((x) => places[x]!)));
    places.push(free.pop() ?? count++);
  });
  const block = Math.floor(BLOCKS / count / 64) * 64;
  return {
    block,
    bytes: count * block,
    steps: steps.map(({ from }, i) => ({
      kernel: kernels[i]!,
      to: places[results + i]! * block,
      from: from.map((x) => places[x]! * block),
    })),
  };
}

function take({ kernel, to, from }: Step, single: number, base: number, bytes: number): void {
  const [a = 0, b = 0, c = 0] = from;
  if (from.length === 1) kernel(single, base + to, base + a, bytes);
  else if (from.length === 2) kernel(single, base + to, base + a, base + b, bytes);
  else kernel(single, base + to, base + a, base + b, base + c, bytes);
}

/**
 * Programs whose steps a module has kernels for, by name. The matrix is worked through in blocks, of whole rows or of parts of a row: each
 * input's block is copied into a place of its own, as is each constant, each step leaves its result in one, and the last is copied out;
 * answers of comparisons, 1 or 0, as bytes.
 */
export const elementwiseOf =
  (module: WasmModule<ElementwiseExports>) =>
  (program: Program): ProgramKernel | null => {
    const exports = module.exports as Readonly<Record<string, Kernel>> | null;
    const short = shortened(program);
    const { arity, constants } = short;
    if (exports === null || !short.steps.every(({ name, from }) => exports[name]?.length === from.length + 3))
      return null;
    const kernels = short.steps.map(({ name }) => exports[name]!);
    const narrow = short.steps.some(({ name }) => SINGLE.includes(name));
    const plans: Plan[] = [];
    return (out, o, rows, columns, inputs, at, rowSteps, columnSteps) => {
      const answers = out instanceof Uint8Array;
      const numbers = answers ? inputs[arity - 1]!.data : out;
      const single = numbers instanceof Float32Array;
      if (!(single || (numbers instanceof Float64Array && !narrow))) return false;
      // An input that is the same for all rows, or for all elements, stays where it has once been copied.
      let kept = 0;
      for (let i = 0; i < arity; i++) if (rows === 1 ? columnSteps[i] === 0 : rowSteps[i] === 0) kept |= 1 << i;
      const { block, bytes: all, steps } = (plans[kept] ??= planOf(short, kernels, kept));
      const base = module.room(all);
      if (base === 0) return false;
      const memory = single ? module.floats : module.doubles;
      const size = memory.BYTES_PER_ELEMENT;
      const place = block / size;
      const first = base / size;
      const height = Math.min(rows, Math.max(1, Math.floor(place / columns)));
      const width = Math.min(columns, place);
      for (let i = 0; i < constants.length; i++) {
        const to = first + (arity + i) * place;
        memory.fill(constants[i]!, to, to + height * width);
      }
      const last = base + steps[steps.length - 1]!.to;
      for (let row = 0; row < rows; row += height) {
        const high = Math.min(height, rows - row);
        for (let column = 0; column < columns; column += width) {
          const wide = Math.min(width, columns - column);
          for (let i = 0; i < arity; i++) {
            const step = columnSteps[i]!;
            if (kept & (1 << i) && (step === 0 || width === columns) && (row > 0 || column > 0)) continue;
            const from = at[i]! + row * rowSteps[i]! + column * step;
            copyIn(memory, first + i * place, inputs[i]!.data, from, high, wide, rowSteps[i]!, step);
          }
          const count = high * wide;
          for (const step of steps) take(step, +single, base, count * size);
          if (answers) exports["narrow"]!(+single, last, last, count * size);
          const result = answers ? module.bytes : memory;
          const begin = answers ? last : last / size;
          out.set(result.subarray(begin, begin + count), o + row * columns + column);
        }
      }
      return true;
    };
  };

/**
 * The same in fewer steps: `where(c, a, 0)` is `keep(c, a)`, and both ask whether c is not 0 by themselves. Constants that nothing needs go.
 */
function shortened({ arity, constants, steps: given }: Program): Program {
  const results = arity + constants.length;
  const isZero = (x: number): boolean => Object.is(constants[x - arity], 0);
  let steps = given.map(({ name, from }) =>
    name === "where" && isZero(from[2]!) ? { name: "keep", from: from.slice(0, 2) } : { name, from },
  );
  const [first, second] = steps;
  const asks = first!.name === "ne" && isZero(first!.from[1]!) && steps.length === 2;
  if (asks && (second!.name === "where" || second!.name === "keep")) {
    const [condition, ...rest] = second!.from;
    if (condition === results && !rest.includes(results))
      steps = [{ name: second!.name, from: [first!.from[0]!, ...rest] }];
  }
  const needed = constants.map((_, i) => arity + i).filter((x) => steps.some(({ from }) => from.includes(x)));
  const renumbered = (x: number): number => {
    if (x < arity) return x;
    return x < results ? arity + needed.indexOf(x) : x - constants.length + needed.length;
  };
  return {
    arity,
    constants: needed.map((x) => constants[x - arity]!),
    steps: steps.map(({ name, from }) => ({ name, from: from.map(renumbered) })),
  };
}
