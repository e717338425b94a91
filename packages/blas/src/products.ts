import type { AxpbyKernel, MatmulKernel } from "@chainrule/core";
import { AS_IT_LIES, from, ROW_MAJOR, TRANSPOSED } from "./arrays.ts";
import type { Library } from "./library.ts";

/** The matrix product by CBLAS, which reads matrices with a unit row or column step; others are left to other kernels. */
export function matmulOf({ sgemm, dgemm, sdot, ddot }: Library): MatmulKernel {
  return (out, o, m, n, k, a, ai, aRow, aColumn, b, bi, bRow, bColumn) => {
    if (m * n * k === 0) return false;
    const single = out instanceof Float32Array;
    if (m === 1 && n === 1 && aColumn > 0 && bRow > 0) {
      out[o] = (single ? sdot : ddot)(k, from(a, ai), aColumn, from(b, bi), bRow) as number;
      return true;
    }
    const aStep = leadingStep(m, k, aRow, aColumn);
    const bStep = leadingStep(k, n, bRow, bColumn);
    if (aStep === 0 || bStep === 0) return false;
    (single ? sgemm : dgemm)(
      ROW_MAJOR, aStep < 0 ? TRANSPOSED : AS_IT_LIES, bStep < 0 ? TRANSPOSED : AS_IT_LIES, m, n, k,
      1, from(a, ai), Math.abs(aStep), from(b, bi), Math.abs(bStep), 0, from(out, o), n,
    ); // prettier-ignore
    return true;
  };
}

/** y ← α·x + β·y by a scaling and an axpy: in OpenBLAS faster than its axpby, which not every library has. */
export function axpbyOf({ saxpy, daxpy, sscal, dscal }: Library): AxpbyKernel {
  return (n, alpha, x, xi, beta, y, yi) => {
    const single = y instanceof Float32Array;
    const target = from(y, yi);
    if (beta === 0) target.fill(0, 0, n);
    else if (beta !== 1) (single ? sscal : dscal)(n, beta, target, 1);
    (single ? saxpy : daxpy)(n, alpha, from(x, xi), 1, target, 1);
    return true;
  };
}

/**
 * The step between the rows of a matrix in memory; negative where its columns lie there as rows; 0 where neither do, or where
 * they overlap. A step along a dim of one element is never taken, so it may be anything.
 */
function leadingStep(rows: number, columns: number, row: number, column: number): number {
  if (column === 1 || columns === 1) {
    if (rows === 1) return columns;
    if (row >= columns) return row;
  }
  if (row === 1 || rows === 1) {
    if (columns === 1) return -rows;
    if (column >= rows) return -column;
  }
  return 0;
}
