import {
  FEW,
  middle,
  substitute,
  substituteRows,
  subtractProduct,
  subtractRow,
  subtractRows,
  swap,
  swapRows,
} from "./substitution.ts";

// Factorizations of one matrix in float64 and in place: Golub & Van Loan, Matrix Computations, chapters 3 and 4. Large ones are cut in halves
// until few columns are left, so that nearly all work is products of matrices (Toledo 1997; Elmroth and Gustavson 2000).

/** The least pivot beside the largest that is surely more than rounding. */
const SAFE = 2 ** -26;
/** Rows of a symmetric matrix that are updated at once, with the square above the diagonal that nobody needs. */
const BAND = 64;

/**
 * P·A = L·U with partial pivoting, row-major: U on and above the diagonal, the unit triangle L below; row k was swapped with the row whose
 * number stands at `first + k` in `pivots`. A singular matrix leaves a 0 on the diagonal. Only columns `from` to `to` of the rows from
 * there on are factored, those to their left having been; rows are swapped as wholes.
 */
// oxfmt-ignore
export function eliminate(
  a: Float64Array, at: number, n: number, pivots: Int32Array, first: number, from: number, to: number,
): void {
  const end = at + n * n;
  for (let k = from; k < to; k++) {
    const best = largest(a, at + k, n, k, n);
    pivots[first + k] = best;
    if (best !== k) swapRows(a, at, n, k, best);
    const top = at + k * n + k;
    const pivot = a[top]!;
    if (pivot === 0) continue;
    for (let row = top + n; row < end; row += n) {
      const factor = (a[row]! /= pivot);
      if (factor !== 0) subtractRow(a, row + 1, a, top + 1, to - k - 1, factor);
    }
  }
}

/** Which of the elements `from` to `to` of a column is of the largest size: of equals the first, and a NaN only if it is. */
function largest(x: Float64Array, at: number, step: number, from: number, to: number): number {
  let best = from;
  let p = at + from * step;
  let most = Math.abs(x[p]!);
  for (let i = from + 1; i < to; i++) {
    p += step;
    const size = Math.abs(x[p]!);
    if (size > most) {
      most = size;
      best = i;
    }
  }
  return best;
}

/**
 * The same in blocks, for more than a few columns. Returns whether this will do; if not, A is spoilt and left to `eliminate`, in which 0·∞
 * takes nothing away and equal rows leave exactly 0: a pivot is not finite, or may be nothing but rounding, which pivots before it magnify.
 */
// oxfmt-ignore
export function factorBlocks(a: Float64Array, at: number, n: number, pivots: Int32Array, first: number): boolean {
  factorColumns(a, at, n, pivots, first, 0, n);
  let [least, most] = [Infinity, 0]; // NaN if one is NaN, as all that comes of 0·∞ ends in a pivot
  for (let k = 0; k < n; k++) {
    const pivot = Math.abs(a[at + k * (n + 1)]!);
    least = Math.min(least, pivot);
    most = Math.max(most, pivot);
  }
  return least > SAFE * most;
}

// oxfmt-ignore
function factorColumns(
  a: Float64Array, at: number, n: number, pivots: Int32Array, first: number, from: number, to: number,
): void {
  if (to - from <= FEW)
    return (n - from <= 2 * FEW ? eliminate : eliminateTall)(a, at, n, pivots, first, from, to);
  const mid = from + middle(to - from);
  const corner = at + from * n + from;
  const right = at + from * n + mid;
  const below = at + mid * n + from;
  factorColumns(a, at, n, pivots, first, from, mid);
  substitute(a, corner, n, 1, mid - from, a, right, n, 1, to - mid, false, true);
  subtractProduct(a, below + mid - from, n, 1, n - mid, to - mid, mid - from, a, below, n, 1, a, right, n, 1);
  factorColumns(a, at, n, pivots, first, mid, to);
}

let panel = /* @__PURE__ */ new Float64Array();

/** The same for few columns of many elements, which lie one after the other meanwhile. */
// oxfmt-ignore
function eliminateTall(
  a: Float64Array, at: number, n: number, pivots: Int32Array, first: number, from: number, to: number,
): void {
  const rows = n - from;
  const columns = to - from;
  const corner = at + from * n + from;
  if (panel.length < rows * columns) panel = new Float64Array(rows * columns);
  const x = panel;
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) x[j * rows + i] = a[corner + i * n + j]!;
  for (let k = 0, y = 0; k < columns; k++, y += rows) {
    substituteRows(x, 0, 1, rows, k, x, y, 1, 1, false, true);
    let p = 0;
    for (; p + 4 <= k; p += 4) subtractRows(x, y + k, p * rows + k, rows, rows - k, x, y + p, 1);
    for (; p < k; p++) subtractRow(x, y + k, x, p * rows + k, rows - k, x[y + p]!);
    const best = largest(x, y, 1, k, rows);
    pivots[first + from + k] = from + best;
    if (best !== k) {
      swapRows(a, at, n, from + k, from + best);
      for (let j = 0; j < columns; j++) swap(x, j * rows + k, j * rows + best);
    }
    const pivot = x[y + k]!;
    if (pivot !== 0) for (let i = k + 1; i < rows; i++) x[y + i]! /= pivot;
  }
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) a[corner + i * n + j] = x[j * rows + i]!;
}

/** det P, of n pivots. */
export function parity(pivots: Int32Array, first: number, n: number): 1 | -1 {
  let odd = false;
  for (let k = 0; k < n; k++) if (pivots[first + k] !== k) odd = !odd;
  return odd ? -1 : 1;
}

/** Position of the first 0 on the diagonal, or −1; `step` leads from one element of it to the next. */
export function zeroPivot(a: ArrayLike<number>, at: number, step: number, n: number): number {
  for (let k = 0; k < n; k++) if (a[at + k * step] === 0) return k;
  return -1;
}

/** B := A⁻¹·B, or A⁻ᵀ·B if `transposed`, of row-major matrices, where `eliminate` has been at A. */
// oxfmt-ignore
export function solveLU(
  lu: Float64Array, at: number, n: number, pivots: Int32Array, first: number,
  b: Float64Array, bi: number, columns: number, transposed: boolean,
): void {
  if (transposed) {
    substitute(lu, at, 1, n, n, b, bi, columns, 1, columns, false, false);
    substitute(lu, at, 1, n, n, b, bi, columns, 1, columns, true, true);
    for (let k = n - 1; k >= 0; k--) swapRows(b, bi, columns, k, pivots[first + k]!);
  } else {
    for (let k = 0; k < n; k++) swapRows(b, bi, columns, k, pivots[first + k]!);
    substitute(lu, at, n, 1, n, b, bi, columns, 1, columns, false, true);
    substitute(lu, at, n, 1, n, b, bi, columns, 1, columns, true, false);
  }
}

/** A⁻¹ into X, row-major, where `eliminate` has been at A. */
// oxfmt-ignore
export function invertLU(
  lu: Float64Array, at: number, n: number, pivots: Int32Array, first: number, x: Float64Array, xi: number,
): void {
  setIdentity(x, xi, n);
  substitute(lu, at, n, 1, n, x, xi, n, 1, n, false, true, 1);
  substitute(lu, at, n, 1, n, x, xi, n, 1, n, true, false);
  for (let i = 0, row = xi; i < n; i++, row += n)
    for (let k = n - 1; k >= 0; k--) swap(x, row + k, row + pivots[first + k]!); // U⁻¹·L⁻¹·P
}

export function setIdentity(x: Float64Array, at: number, n: number): void {
  x.fill(0, at, at + n * n);
  for (let i = 0; i < n; i++) x[at + i * (n + 1)] = 1;
}

/**
 * A = L·Lᵀ of the symmetric part of A, row-major, with zeros above L. Returns the order of the first leading minor that is not positive, or 0.
 */
export function factorCholesky(a: Float64Array, at: number, n: number): number {
  // A few rows at once, for the elements of a column lie far apart.
  for (let top = 0; top < n; top += 8) {
    const end = Math.min(top + 8, n);
    for (let j = 0; j < end; j++)
      for (let i = Math.max(top, j + 1); i < end; i++)
        a[at + i * n + j] = (a[at + i * n + j]! + a[at + j * n + i]!) / 2;
  }
  const order = factorSymmetric(a, at, n, n);
  for (let i = 0, row = at; i < n; i++, row += n) for (let j = row + i + 1; j < row + n; j++) a[j] = 0;
  return order;
}

/** The same for n rows `step` apart of a lower triangle. */
function factorSymmetric(a: Float64Array, at: number, step: number, n: number): number {
  if (n <= FEW) {
    for (let i = 0; i < n; i++) {
      const row = at + i * step;
      for (let j = 0; j <= i; j++) {
        const other = at + j * step;
        let rest = a[row + j]!;
        for (let p = 0; p < j; p++) rest -= a[row + p]! * a[other + p]!;
        if (j < i) a[row + j] = rest / a[other + j]!;
        else if (rest > 0) a[row + i] = Math.sqrt(rest);
        else return i + 1;
      }
    }
    return 0;
  }
  const mid = middle(n);
  const below = at + mid * step;
  const order = factorSymmetric(a, at, step, mid);
  if (order > 0) return order;
  substitute(a, at, step, 1, mid, a, below, 1, step, n - mid, false, false); // L₂₁ᵀ = L₁₁⁻¹·A₂₁ᵀ
  for (let i = mid; i < n; i += BAND) {
    const rows = Math.min(BAND, n - i);
    const row = at + i * step;
    subtractProduct(a, row + mid, step, 1, rows, i + rows - mid, mid, a, row, step, 1, a, below, 1, step);
  }
  const rest = factorSymmetric(a, below + mid, step, n - mid);
  return rest > 0 ? mid + rest : 0;
}
