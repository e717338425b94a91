import type { TypedArray } from "../dtype.ts";

// Factorizations of one matrix, row-major, in float64 and in place: Golub & Van Loan, Matrix Computations, chapters 3 and 4.

/** Copies a matrix that lies in memory with a row step and a column step. */
// oxfmt-ignore
export function loadMatrix(
  out: Float64Array, rows: number, columns: number, x: TypedArray, at: number, rowStep: number, columnStep: number,
): void {
  for (let i = 0, o = 0; i < rows; i++) {
    for (let j = 0, p = at + i * rowStep; j < columns; j++, p += columnStep) out[o++] = x[p]!;
  }
}

/**
 * P·A = L·U with partial pivoting: U on and above the diagonal, the unit triangle L below; row k was swapped with `pivots[k]`.
 * Returns det P. A singular matrix leaves a 0 on the diagonal.
 */
export function factorLU(a: Float64Array, n: number, pivots: Int32Array): number {
  let sign = 1;
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i * n + k]!) > Math.abs(a[best * n + k]!)) best = i;
    pivots[k] = best;
    if (best !== k) {
      swapRows(a, n, k, best);
      sign = -sign;
    }
    const pivot = a[k * n + k]!;
    if (pivot === 0) continue;
    for (let i = k + 1; i < n; i++) {
      const factor = (a[i * n + k]! /= pivot);
      if (factor !== 0) subtractRow(a, i * n + k + 1, a, k * n + k + 1, n - k - 1, factor);
    }
  }
  return sign;
}

/** Position of the first 0 on the diagonal, or −1. */
export function zeroPivot(a: Float64Array, n: number): number {
  for (let k = 0; k < n; k++) if (a[k * n + k] === 0) return k;
  return -1;
}

/** B := A⁻¹·B, where `factorLU` has been at A. */
export function solveLU(lu: Float64Array, n: number, pivots: Int32Array, b: Float64Array, columns: number): void {
  for (let k = 0; k < n; k++) if (pivots[k] !== k) swapRows(b, columns, k, pivots[k]!);
  substitute(lu, n, b, columns, false, true);
  substitute(lu, n, b, columns, true, false);
}

/** B := T⁻¹·B for the upper or lower triangle T of `a`; a `unit` triangle has ones on its diagonal, whatever stands there. */
// oxfmt-ignore
export function substitute(
  a: Float64Array, n: number, b: Float64Array, columns: number, upper: boolean, unit: boolean,
): void {
  for (let step = 0; step < n; step++) {
    const i = upper ? n - 1 - step : step;
    const last = upper ? n : i;
    let p = upper ? i + 1 : 0;
    for (; p + 4 <= last; p += 4) subtractRows(b, i * columns, p * columns, columns, a, i * n + p);
    for (; p < last; p++) {
      const factor = a[i * n + p]!;
      if (factor !== 0) subtractRow(b, i * columns, b, p * columns, columns, factor);
    }
    if (!unit) for (let j = 0, at = i * columns; j < columns; j++) b[at + j]! /= a[i * n + i]!;
  }
}

/** A = L·Lᵀ of the symmetric part of A. Returns the order of the first leading minor that is not positive, or 0. */
export function factorCholesky(a: Float64Array, n: number): number {
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) a[i * n + j] = (a[i * n + j]! + a[j * n + i]!) / 2;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = a[i * n + j]!;
      for (let p = 0; p < j; p++) rest -= a[i * n + p]! * a[j * n + p]!;
      if (j < i) a[i * n + j] = rest / a[j * n + j]!;
      else if (rest > 0) a[i * n + i] = Math.sqrt(rest);
      else return i + 1;
    }
    for (let j = i + 1; j < n; j++) a[i * n + j] = 0;
  }
  return 0;
}

/**
 * The cofactors of A, which are the derivatives of det A, into `out`; A is used up. With complete pivoting A' = L·D·U has unit triangles
 * and all zeros of D last, and cof A' = L⁻ᵀ·cof D·U⁻ᵀ exists whatever the rank.
 */
export function cofactors(a: Float64Array, n: number, out: Float64Array): void {
  const rows = Int32Array.from({ length: n }, (_, i) => i);
  const columns = rows.slice();
  let sign = 1;
  for (let k = 0; k < n; k++) {
    let [best, row, column] = [0, k, k];
    for (let i = k; i < n; i++)
      for (let j = k; j < n; j++)
        if (!(Math.abs(a[i * n + j]!) <= best)) [best, row, column] = [Math.abs(a[i * n + j]!), i, j]; // NaN wins
    if (row !== k) sign = -sign;
    if (column !== k) sign = -sign;
    swapRows(a, n, k, row);
    for (let i = 0; i < n; i++) swap(a, i * n + k, i * n + column);
    swap(rows, k, row);
    swap(columns, k, column);
    const pivot = a[k * n + k]!;
    if (pivot === 0) break; // and so is all that is left
    for (let i = k + 1; i < n; i++)
      subtractRow(a, i * n + k + 1, a, k * n + k + 1, n - k - 1, (a[i * n + k]! /= pivot));
  }
  const lower = new Float64Array(n * n); // Uᵀ
  const upper = new Float64Array(n * n); // Lᵀ
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      const pivot = a[j * n + j]!;
      lower[i * n + j] = pivot === 0 ? 0 : a[j * n + i]! / pivot;
      upper[j * n + i] = pivot === 0 ? 0 : a[i * n + j]!;
    }
  const x = new Float64Array(n * n);
  for (let i = 0; i < n; i++) x[i * n + i] = 1;
  substitute(lower, n, x, n, false, true);
  for (let i = 0; i < n; i++) {
    let others = 1;
    for (let k = 0; k < n; k++) if (k !== i) others *= a[k * n + k]!;
    for (let j = 0; j < n; j++) x[i * n + j]! *= others;
  }
  substitute(upper, n, x, n, true, true);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) out[rows[i]! * n + columns[j]!] = sign * x[i * n + j]!;
}

/** y −= factor · x, over `length` elements. */
// oxfmt-ignore
function subtractRow(y: Float64Array, yi: number, x: Float64Array, xi: number, length: number, factor: number): void {
  for (let k = 0; k < length; k++) y[yi + k]! -= factor * x[xi + k]!;
}

/** Of b, one row −= Σ factor · row over the four rows from `from` on, one after the other, in one pass; a factor of 0 takes nothing away. */
// oxfmt-ignore
function subtractRows(b: Float64Array, to: number, from: number, length: number, factors: Float64Array, at: number): void {
  const f = factors[at]!;
  const g = factors[at + 1]!;
  const h = factors[at + 2]!;
  const i = factors[at + 3]!;
  if (f === 0 || g === 0 || h === 0 || i === 0) {
    for (let p = 0; p < 4; p++)
      if (factors[at + p] !== 0) subtractRow(b, to, b, from + p * length, length, factors[at + p]!);
    return;
  }
  for (let k = 0; k < length; k++) {
    const x = from + k;
    b[to + k] = b[to + k]! - f * b[x]! - g * b[x + length]! - h * b[x + 2 * length]! - i * b[x + 3 * length]!;
  }
}

function swapRows(a: Float64Array, columns: number, i: number, j: number): void {
  if (i !== j) for (let k = 0; k < columns; k++) swap(a, i * columns + k, j * columns + k);
}

function swap(a: Float64Array | Int32Array, i: number, j: number): void {
  const held = a[i]!;
  a[i] = a[j]!;
  a[j] = held;
}
