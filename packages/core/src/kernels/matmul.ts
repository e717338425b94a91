import type { TypedArray } from "../dtype.ts";

/**
 * out[m,n] = a[m,k] · b[k,n], row-major output; each input has a row step and a column step, so that transposed and sliced
 * matrices are read where they lie. Walks `b` by rows in the innermost loop, two rows of `out` at a time.
 */
export function matmulKernel(
  out: TypedArray,
  o: number,
  m: number,
  n: number,
  k: number,
  a: TypedArray,
  ai: number,
  aRow: number,
  aColumn: number,
  b: TypedArray,
  bi: number,
  bRow: number,
  bColumn: number,
): void {
  // prettier-ignore
  if (m * n * k <= 4096 || bColumn !== 1) {
    // Dot products: nothing but numbers in registers. Also the way for a transposed b, whose columns lie contiguous.
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let p = 0, x = ai + i * aRow, y = bi + j * bColumn; p < k; p++, x += aColumn, y += bRow) sum += a[x]! * b[y]!;
        out[o + i * n + j] = sum;
      }
    }
    return;
  }
  const row = new Float64Array(n);
  for (let i = 0; i < m; i++) {
    row.fill(0);
    for (let p = 0; p < k; p++) {
      const x = a[ai + i * aRow + p * aColumn]!;
      const y = bi + p * bRow;
      for (let j = 0; j < n; j++) row[j]! += x * b[y + j]!;
    }
    for (let j = 0; j < n; j++) out[o + i * n + j] = row[j]!;
  }
}
