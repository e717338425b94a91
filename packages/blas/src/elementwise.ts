import type { Program, ProgramKernel } from "@chainrule/core";
import { type Floats, from, ones, ROW_MAJOR } from "./arrays.ts";
import type { Library } from "./library.ts";

/** Columns from which on a row or a column is worth adding by BLAS, which does so row by row. */
const WIDE = 32;

/** Elements that are copied before others are added to them: the second cache holds them. */
const BLOCK = 65536;

/** Whether a program is one operation on its arguments in their order. */
const isOnly = (name: string, { steps }: Program): boolean =>
  steps.length === 1 && steps[0]!.name === name && steps[0]!.from.every((argument, i) => argument === i);

/**
 * Sums and differences of two matrices, and of a matrix and a row or a column: the second is added to a copy of the first. A factor of ±1
 * leaves nothing to round, so the bits are those of the plain kernel, but for the sign of a zero.
 */
export const elementwiseOf =
  ({ saxpy, daxpy, sger, dger }: Library) =>
  (program: Program): ProgramKernel | null => {
    const factor = isOnly("add", program) ? 1 : isOnly("sub", program) ? -1 : 0;
    if (factor === 0) return null;
    return (out, o, rows, columns, inputs, at, rowSteps, columnSteps) => {
      const single = out instanceof Float32Array;
      if (!(single || out instanceof Float64Array)) return false;
      const isWhole = (i: number): boolean => columnSteps[i] === 1 && (rows === 1 || rowSteps[i] === columns);
      const first = isWhole(0) || factor < 0 ? 0 : 1;
      const second = 1 - first;
      const [row, column] = [rowSteps[second]!, columnSteps[second]!];
      const whole = isWhole(second);
      const repeated = columns >= WIDE && ((row === 0 && column === 1) || (row > 0 && column === 0));
      if (!isWhole(first) || !(whole || repeated)) return false;
      const a = inputs[first]!.data as Floats;
      const b = inputs[second]!.data as Floats;
      const size = rows * columns;
      const copied = a !== out || at[first] !== o;
      if (whole) {
        const block = copied ? BLOCK : size;
        for (let i = 0; i < size; i += block) {
          const length = Math.min(block, size - i);
          const target = from(out, o + i);
          if (copied) target.set(part(a, at[first]! + i, length));
          (single ? saxpy : daxpy)(length, factor, from(b, at[second]! + i), 1, target, 1);
        }
      } else {
        const target = from(out, o);
        if (copied) target.set(part(a, at[first]!, size));
        const other = from(b, at[second]!);
        const [x, xStep, y, yStep] =
          row === 0 ? [ones(single, rows), 1, other, 1] : [other, row, ones(single, columns), 1];
        (single ? sger : dger)(ROW_MAJOR, rows, columns, factor, x, xStep, y, yStep, target, columns);
      }
      return true;
    };
  };

const part = (x: Floats, at: number, length: number): Floats =>
  at === 0 && length === x.length ? x : x.subarray(at, at + length);
