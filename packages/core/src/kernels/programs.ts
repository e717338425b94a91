import type { TypedArray } from "../dtype.ts";
import type { Shape } from "../shape.ts";
import { type Lookup, type Program, type ProgramKernel, programLookup } from "./sets.ts";
import { broadcastStrides, forEachOffset, type Loop, mergeDims, runLoop, stepOf, type Strided } from "./strided.ts";

/** Elements of a matrix below which no kernel of a set is worth the call. */
export const LONG = 256;

/** A program, and the kernel for it in the sets that are in use. */
export class Vectorized {
  private readonly lookup: Lookup<ProgramKernel>;
  private readonly loop: (inputs: readonly Strided[]) => Loop;

  /** `loop` is the plain one for such inputs. */
  constructor(program: Program, loop: (inputs: readonly Strided[]) => Loop) {
    this.lookup = programLookup(program);
    this.loop = loop;
  }

  /**
   * As `runLoop`, for `LONG` elements or more, if there is a kernel that does so; returns whether. What is written may be the first input,
   * which nothing could start again on: a block that the kernel declines goes through the loop.
   */
  run(out: TypedArray, start: number, size: number, shape: Shape, inputs: readonly Strided[]): boolean {
    const { kernel } = this.lookup;
    if (kernel === null) return false;
    const at = inputs.map((x) => x.offset);
    const steps = inputs.map((x) => stepOf(x, size));
    if (!steps.includes(-1)) return kernel(out, start, 1, size, inputs, at, steps, steps);
    const strides = inputs.map((x) => broadcastStrides(x, shape));
    const { shape: sizes, strides: walked } = shape.length === 2 ? { shape, strides } : mergeDims(shape, strides);
    if (sizes.length === 1) {
      const only = walked.map((operand) => operand[0]!);
      return kernel(out, start, 1, size, inputs, at, only, only);
    }
    const lead = sizes.length - 2;
    const rows = sizes[lead]!;
    const columns = sizes[lead + 1]!;
    if (rows * columns < LONG) return false;
    const rowSteps = walked.map((operand) => operand[lead]!);
    const columnSteps = walked.map((operand) => operand[lead + 1]!);
    const block = [rows, columns];
    forEachOffset(sizes.slice(0, lead), walked, at, (offsets, count) => {
      const o = start + count * rows * columns;
      if (kernel(out, o, rows, columns, inputs, offsets, rowSteps, columnSteps)) return;
      const parts = inputs.map(({ data, dtype }, i): Strided => {
        const strides = [rowSteps[i]!, columnSteps[i]!];
        return { data, dtype, offset: offsets[i]!, shape: block, size: rows * columns, strides };
      });
      runLoop(this.loop(inputs), out, o, rows * columns, block, parts);
    });
    return true;
  }
}
