import type { MatmulKernel } from "../sets.ts";
import { copyIn, copyOut } from "./copy.ts";
import type { WasmModule } from "./module.ts";

/** c[m,n] (+)= a[m,k] · b[k,n] on addresses; `packages/core/kernels/matmul.ts` says the rest. */
// oxfmt-ignore
type Product = (
  c: number, m: number, n: number, k: number,
  a: number, aRow: number, aColumn: number,
  b: number, bRow: number, bColumn: number,
  free: number, more: boolean,
) => void;
export interface MatmulExports {
  scratch(): number;
  readonly matmulF32: Product;
  readonly matmulF64: Product;
}

/** Rows and columns of the largest matrices that are copied at once: memory stays below 30 MB. */
const BLOCK = 1024;

/** Elements the module works with, besides its inputs and its result: see there. */
const workspace = (n: number, k: number): number => (n + 8) * Math.min(k, 256) + 128 * 256 + 32;

/** The matrix product of a module: blocks are copied into its memory, multiplied and copied out. */
export function matmulOf(module: WasmModule<MatmulExports>): MatmulKernel {
  return (out, o, m, n, k, a, ai, aRow, aColumn, b, bi, bRow, bColumn) => {
    const single = out instanceof Float32Array;
    const { exports } = module;
    if (exports === null || k === 0 || !(single || out instanceof Float64Array)) return false;
    const size = single ? 4 : 8;
    const height = Math.min(m, BLOCK);
    const width = Math.min(n, BLOCK);
    const depth = Math.min(k, BLOCK);
    const elements = height * depth + depth * width + height * width + workspace(width, depth);
    const left = module.room(elements * size) / size;
    if (left === 0) return false;
    const right = left + height * depth;
    const result = right + depth * width;
    const free = result + height * width;
    const memory = single ? module.floats : module.doubles;
    const multiply = single ? exports.matmulF32 : exports.matmulF64;
    // A matrix whose columns lie side by side is copied as the transposed one.
    const aTurned = aRow === 1 && aColumn !== 1;
    const bTurned = bRow === 1 && bColumn !== 1;
    for (let i = 0; i < m; i += BLOCK) {
      const rows = Math.min(m - i, BLOCK);
      for (let j = 0; j < n; j += BLOCK) {
        const columns = Math.min(n - j, BLOCK);
        for (let p = 0; p < k; p += BLOCK) {
          const terms = Math.min(k - p, BLOCK);
          const fromA = ai + i * aRow + p * aColumn;
          const fromB = bi + p * bRow + j * bColumn;
          if (j === 0 || k > BLOCK) {
            if (aTurned) copyIn(memory, left, a, fromA, terms, rows, aColumn, aRow);
            else copyIn(memory, left, a, fromA, rows, terms, aRow, aColumn);
          }
          if (bTurned) copyIn(memory, right, b, fromB, columns, terms, bColumn, bRow);
          else copyIn(memory, right, b, fromB, terms, columns, bRow, bColumn);
          // oxfmt-ignore
          multiply(
            result * size, rows, columns, terms,
            left * size, aTurned ? 1 : terms, aTurned ? rows : 1,
            right * size, bTurned ? 1 : columns, bTurned ? terms : 1,
            free * size, p > 0,
          );
        }
        copyOut(out, o + i * n + j, n, memory, result, rows, columns);
      }
    }
    return true;
  };
}
