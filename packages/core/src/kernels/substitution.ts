import { matmulKernel } from "./matmul.ts";

// Triangular systems in float64 and in place, row by row. Large ones are cut in halves, so that nearly all work is products of matrices.

/** Rows or columns that are not cut any further. */
export const FEW = 16;

/** Where n are cut: near the middle, and at a multiple of `FEW`. */
export const middle = (n: number): number => FEW * Math.ceil(n / (2 * FEW));

/**
 * B := T⁻¹·B for an upper or lower triangle T; a `unit` triangle has ones on its diagonal, whatever stands there. Both have steps from row to
 * row and from column to column, and B has one that is 1. With `growth` 1 the first rows of B have fewer columns: each row one more than
 * the row above, up to `columns` in the last. Returns whether all elements are finite.
 */
// oxfmt-ignore
export function substitute(
  t: Float64Array, ti: number, tRow: number, tColumn: number, n: number,
  b: Float64Array, bi: number, bRow: number, bColumn: number, columns: number,
  upper: boolean, unit: boolean, growth = 0,
): boolean {
  if (n <= FEW) {
    if (columns > 1 && bColumn !== 1) {
      substituteColumns(t, ti, tRow, tColumn, n, b, bi, bColumn, columns, upper, unit);
      return finite(b, bi, bColumn, columns, n);
    }
    substituteRows(t, ti, tRow, tColumn, n, b, bi, bRow, columns, upper, unit);
    return finite(b, bi, bRow, n, columns);
  }
  const mid = middle(n);
  const [p, size, q, rest] = upper ? [mid, n - mid, 0, mid] : [0, mid, mid, n - mid];
  const left = columns - growth * rest;
  const [from, to] = [bi + p * bRow, bi + q * bRow];
  const first = substitute(
    t, ti + p * (tRow + tColumn), tRow, tColumn, size, b, from, bRow, bColumn, left, upper, unit, growth,
  );
  (first ? subtractProduct : subtractTerms)(
    b, to, bRow, bColumn, rest, left, size, t, ti + q * tRow + p * tColumn, tRow, tColumn, b, from, bRow, bColumn,
  );
  return substitute(
    t, ti + q * (tRow + tColumn), tRow, tColumn, rest, b, to, bRow, bColumn, columns, upper, unit, growth,
  ) && first;
}

/** The same for few rows, which lie side by side. */
// oxfmt-ignore
export function substituteRows(
  t: Float64Array, ti: number, tRow: number, tColumn: number, n: number,
  b: Float64Array, bi: number, bRow: number, columns: number, upper: boolean, unit: boolean,
): void {
  for (let step = 0; step < n; step++) {
    const i = upper ? n - 1 - step : step;
    const last = upper ? n : i;
    const row = ti + i * tRow;
    const to = bi + i * bRow;
    let p = upper ? i + 1 : 0;
    for (; p + 4 <= last; p += 4) subtractRows(b, to, bi + p * bRow, bRow, columns, t, row + p * tColumn, tColumn);
    for (; p < last; p++) {
      const factor = t[row + p * tColumn]!;
      if (factor !== 0) subtractRow(b, to, b, bi + p * bRow, columns, factor);
    }
    if (!unit) for (let j = to, pivot = t[row + i * tColumn]!; j < to + columns; j++) b[j]! /= pivot;
  }
}

/** And for columns of few elements, which lie side by side: four columns at once. */
// oxfmt-ignore
function substituteColumns(
  t: Float64Array, ti: number, tRow: number, tColumn: number, n: number,
  b: Float64Array, bi: number, bColumn: number, columns: number, upper: boolean, unit: boolean,
): void {
  for (let j = 0, w = bi; j < columns; j += 4, w += 4 * bColumn) {
    // Beyond the last column the last is solved again, along with itself.
    const x = w + (j + 1 < columns ? bColumn : 0);
    const y = x + (j + 2 < columns ? bColumn : 0);
    const z = y + (j + 3 < columns ? bColumn : 0);
    for (let step = 0; step < n; step++) {
      const i = upper ? n - 1 - step : step;
      const last = upper ? n : i;
      const row = ti + i * tRow;
      let a = b[w + i]!, c = b[x + i]!, d = b[y + i]!, e = b[z + i]!;
      for (let p = upper ? i + 1 : 0; p < last; p++) {
        const factor = t[row + p * tColumn]!;
        if (factor === 0) continue;
        a -= factor * b[w + p]!;
        c -= factor * b[x + p]!;
        d -= factor * b[y + p]!;
        e -= factor * b[z + p]!;
      }
      const pivot = unit ? 1 : t[row + i * tColumn]!;
      b[w + i] = a / pivot;
      b[x + i] = c / pivot;
      b[y + i] = d / pivot;
      b[z + i] = e / pivot;
    }
  }
}

/** Columns of a product that are there at once. */
const WIDE = 512;
let products = /* @__PURE__ */ new Float64Array();

/** C −= A·B of finite matrices, where C is m × n and one of its steps is 1. */
// oxfmt-ignore
export function subtractProduct(
  c: Float64Array, ci: number, cRow: number, cColumn: number, m: number, n: number, k: number,
  a: Float64Array, ai: number, aRow: number, aColumn: number,
  b: Float64Array, bi: number, bRow: number, bColumn: number,
): void {
  if (cColumn !== 1) return subtractProduct(c, ci, cColumn, cRow, n, m, k, b, bi, bColumn, bRow, a, ai, aColumn, aRow);
  for (let left = 0; left < n; left += WIDE, bi += WIDE * bColumn) {
    const width = Math.min(WIDE, n - left);
    if (products.length < m * width) products = new Float64Array(m * width);
    const product = products;
    matmulKernel(product, 0, m, width, k, a, ai, aRow, aColumn, b, bi, bRow, bColumn);
    for (let i = 0, o = 0, at = ci + left; i < m; i++, o += width, at += cRow)
      for (let j = 0; j < width; j++) c[at + j]! -= product[o + j]!;
  }
}

/** The same for others: a 0 in A takes nothing away, not even of an infinity, as in the loops for few rows. */
// oxfmt-ignore
function subtractTerms(
  c: Float64Array, ci: number, cRow: number, cColumn: number, m: number, n: number, k: number,
  a: Float64Array, ai: number, aRow: number, aColumn: number,
  b: Float64Array, bi: number, bRow: number, bColumn: number,
): void {
  for (let i = 0; i < m; i++)
    for (let p = 0; p < k; p++) {
      const factor = a[ai + i * aRow + p * aColumn]!;
      if (factor !== 0)
        for (let j = 0; j < n; j++) c[ci + i * cRow + j * cColumn]! -= factor * b[bi + p * bRow + j * bColumn]!;
    }
}

// oxfmt-ignore
function finite(x: Float64Array, at: number, step: number, rows: number, columns: number): boolean {
  for (let i = 0; i < rows; i++, at += step)
    for (let j = 0; j < columns; j++) if (!(Math.abs(x[at + j]!) < Infinity)) return false;
  return true;
}

/** y −= factor · x, over `length` elements. */
// oxfmt-ignore
export function subtractRow(y: Float64Array, yi: number, x: Float64Array, xi: number, length: number, factor: number): void {
  for (let k = 0; k < length; k++) y[yi + k]! -= factor * x[xi + k]!;
}

/**
 * Of b, one row −= Σ factor · row over the four rows from `from` on, one after the other, in one pass; a factor of 0 takes nothing away.
 */
// oxfmt-ignore
export function subtractRows(
  b: Float64Array, to: number, from: number, step: number, length: number, factors: Float64Array, at: number, next: number,
): void {
  const f = factors[at]!;
  const g = factors[at + next]!;
  const h = factors[at + 2 * next]!;
  const i = factors[at + 3 * next]!;
  if (f === 0 || g === 0 || h === 0 || i === 0) {
    for (let p = 0; p < 4; p++) {
      const factor = factors[at + p * next]!;
      if (factor !== 0) subtractRow(b, to, b, from + p * step, length, factor);
    }
    return;
  }
  for (let k = 0; k < length; k++) {
    const x = from + k;
    b[to + k] = b[to + k]! - f * b[x]! - g * b[x + step]! - h * b[x + 2 * step]! - i * b[x + 3 * step]!;
  }
}

export function swapRows(a: Float64Array, at: number, columns: number, i: number, j: number): void {
  if (i !== j) for (let p = at + i * columns, q = at + j * columns, end = p + columns; p < end; p++, q++) swap(a, p, q);
}

export function swap(a: Float64Array | Int32Array, i: number, j: number): void {
  const held = a[i]!;
  a[i] = a[j]!;
  a[j] = held;
}
