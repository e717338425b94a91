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
/** Products that are summed in one go: sums over blocks keep to multiples of it, so that the order of summation stays the same. */
const DEPTH = 256;
/** A matrix that is used for so few rows or columns only is copied in parts of so many elements, which the second cache holds. */
const FEW = 32;
const PART = 65536;

const part = (length: number): number => Math.min(BLOCK, Math.max(64, Math.floor(PART / length)));

/** The matrix product of a module: blocks are copied into its memory, multiplied and copied out. */
export function matmulOf(module: WasmModule<MatmulExports>): MatmulKernel {
  return function matmul(out, o, m, n, k, a, ai, aRow, aColumn, b, bi, bRow, bColumn) {
    const single = out instanceof Float32Array;
    const { exports } = module;
    if (exports === null || k === 0 || !(single || out instanceof Float64Array)) return false;
    if (n === 1 && m > 1) return matmul(out, o, 1, m, k, b, bi, bColumn, bRow, a, ai, aColumn, aRow);
    // A matrix whose columns lie side by side is copied as the transposed one.
    const aTurned = aRow === 1 && aColumn !== 1;
    const bTurned = bRow === 1 && bColumn !== 1;
    const depth = Math.min(k, m <= FEW && !bTurned ? DEPTH : BLOCK);
    const height = Math.min(m, n <= FEW ? part(depth) : BLOCK);
    const width = Math.min(n, m <= FEW && bTurned ? part(depth) : BLOCK);
    const size = single ? 4 : 8;
    const elements = height * depth + depth * width + height * width + (width + 8 + 32) * Math.min(depth, DEPTH);
    const left = module.room(elements * size) / size;
    if (left === 0) return false;
    const right = left + height * depth;
    const result = right + depth * width;
    const free = result + height * width;
    const memory = single ? module.floats : module.doubles;
    const multiply = single ? exports.matmulF32 : exports.matmulF64;
    for (let i = 0; i < m; i += height) {
      const rows = Math.min(m - i, height);
      for (let j = 0; j < n; j += width) {
        const columns = Math.min(n - j, width);
        for (let p = 0; p < k; p += depth) {
          const terms = Math.min(k - p, depth);
          const fromA = ai + i * aRow + p * aColumn;
          const fromB = bi + p * bRow + j * bColumn;
          if (j === 0 || k > depth) {
            if (aTurned) copyIn(memory, left, a, fromA, terms, rows, aColumn, aRow);
            else copyIn(memory, left, a, fromA, rows, terms, aRow, aColumn);
          }
          if (i === 0 || k > depth || n > width) {
            if (bTurned) copyIn(memory, right, b, fromB, columns, terms, bColumn, bRow);
            else copyIn(memory, right, b, fromB, terms, columns, bRow, bColumn);
          }
          // oxfmt-ignore
          multiply(
            result * size, rows, columns, terms,
            left * size, aTurned ? 1 : terms, aTurned ? rows : 1,
            right * size, bTurned ? 1 : columns, bTurned ? terms : 1,
            free * size, p > 0,
          );
        }
        copyOut(out, o + i * n + j, n, 1, memory, result, rows, columns);
      }
    }
    return true;
  };
}
