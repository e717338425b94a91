import type { TypedArray } from "../dtype.ts";
import { matmulOfSets } from "./sets.ts";

/** Multiplications below which no other kernel is worth the call: 8 × 8 × 8 takes WebAssembly 0.13 µs, the loops below 0.20. */
const SMALL = 512;

/** out[m,n] = a[m,k] · b[k,n] by the kernels chosen with `setKernels`, or by the plain one below. */
// oxfmt-ignore
export function matmulKernel(
  out: TypedArray, o: number, m: number, n: number, k: number,
  a: TypedArray, ai: number, aRow: number, aColumn: number,
  b: TypedArray, bi: number, bRow: number, bColumn: number,
): void {
  if (out instanceof Int32Array) return wholeMatmul(out, o, m, n, k, a, ai, aRow, aColumn, b, bi, bRow, bColumn);
  if (
    matmulOfSets !== null && m * n * k >= SMALL &&
    matmulOfSets(out, o, m, n, k, a, ai, aRow, aColumn, b, bi, bRow, bColumn)
  ) return;
  plainMatmul(out, o, m, n, k, a, ai, aRow, aColumn, b, bi, bRow, bColumn);
}

/**
 * out[m,n] = a[m,k] · b[k,n], row-major output; each input has a row step and a column step, so that transposed and sliced
 * matrices are read where they lie. Tiles of 2 × 4 results stay in registers while k runs by.
 */
// oxfmt-ignore
function plainMatmul(
  out: TypedArray, o: number, m: number, n: number, k: number,
  a: TypedArray, ai: number, aRow: number, aColumn: number,
  b: TypedArray, bi: number, bRow: number, bColumn: number,
): void {
  const rows = m - (m % 2);
  const columns = n - (n % 4);
  for (let j = 0; j < columns; j += 4) {
    const b0 = bi + j * bColumn;
    const b1 = b0 + bColumn;
    const b2 = b1 + bColumn;
    const b3 = b2 + bColumn;
    for (let i = 0; i < rows; i += 2) {
      let s00 = 0, s01 = 0, s02 = 0, s03 = 0, s10 = 0, s11 = 0, s12 = 0, s13 = 0;
      let x0 = ai + i * aRow;
      for (let p = 0, y = 0; p < k; p++, x0 += aColumn, y += bRow) {
        const u = a[x0]!;
        const v = a[x0 + aRow]!;
        const c0 = b[b0 + y]!;
        const c1 = b[b1 + y]!;
        const c2 = b[b2 + y]!;
        const c3 = b[b3 + y]!;
        s00 += u * c0;
        s01 += u * c1;
        s02 += u * c2;
        s03 += u * c3;
        s10 += v * c0;
        s11 += v * c1;
        s12 += v * c2;
        s13 += v * c3;
      }
      const at = o + i * n + j;
      out[at] = s00;
      out[at + 1] = s01;
      out[at + 2] = s02;
      out[at + 3] = s03;
      out[at + n] = s10;
      out[at + n + 1] = s11;
      out[at + n + 2] = s12;
      out[at + n + 3] = s13;
    }
  }
  if (columns < n) dots(out, o, 0, m, columns, n, n, k, a, ai, aRow, aColumn, b, bi, bRow, bColumn);
  if (rows < m) dots(out, o, rows, m, 0, columns, n, k, a, ai, aRow, aColumn, b, bi, bRow, bColumn);
}

/** The results that fill no tile, one dot product each. */
// oxfmt-ignore
function dots(
  out: TypedArray, o: number, firstRow: number, lastRow: number, firstColumn: number, lastColumn: number, n: number, k: number,
  a: TypedArray, ai: number, aRow: number, aColumn: number,
  b: TypedArray, bi: number, bRow: number, bColumn: number,
): void {
  for (let i = firstRow; i < lastRow; i++) {
    for (let j = firstColumn; j < lastColumn; j++) {
      let sum = 0;
      for (let p = 0, x = ai + i * aRow, y = bi + j * bColumn; p < k; p++, x += aColumn, y += bRow) sum += a[x]! * b[y]!;
      out[o + i * n + j] = sum;
    }
  }
}

/** The product of matrices of int32, which wraps around. */
// oxfmt-ignore
function wholeMatmul(
  out: TypedArray, o: number, m: number, n: number, k: number,
  a: TypedArray, ai: number, aRow: number, aColumn: number,
  b: TypedArray, bi: number, bRow: number, bColumn: number,
): void {
  for (let i = 0; i < m; i++) {
    let j = 0;
    for (; j + 4 <= n; j += 4) {
      let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
      for (let p = 0, x = ai + i * aRow, y = bi + j * bColumn; p < k; p++, x += aColumn, y += bRow) {
        const u = a[x]!;
        s0 = (s0 + Math.imul(u, b[y]!)) | 0;
        s1 = (s1 + Math.imul(u, b[y + bColumn]!)) | 0;
        s2 = (s2 + Math.imul(u, b[y + 2 * bColumn]!)) | 0;
        s3 = (s3 + Math.imul(u, b[y + 3 * bColumn]!)) | 0;
      }
      const at = o + i * n + j;
      out[at] = s0;
      out[at + 1] = s1;
      out[at + 2] = s2;
      out[at + 3] = s3;
    }
    for (; j < n; j++) {
      let sum = 0;
      for (let p = 0, x = ai + i * aRow, y = bi + j * bColumn; p < k; p++, x += aColumn, y += bRow)
        sum = (sum + Math.imul(a[x]!, b[y]!)) | 0;
      out[o + i * n + j] = sum;
    }
  }
}
