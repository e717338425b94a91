import { factorBlocks, parity, setIdentity } from "./linalg.ts";
import { lift, Product } from "./product.ts";
import { FEW, subtractRow, substitute, swap, swapRows } from "./substitution.ts";

/**
 * The cofactors of A, which are the derivatives of det A, into `out`; A is used up, and so is `x`, a matrix of its size. With complete
 * pivoting A' = L·D·U has unit triangles and all zeros of D last, and cof A' = L⁻ᵀ·cof D·U⁻ᵀ exists whatever the rank. Large regular matrices
 * need no more than partial pivoting.
 */
export function cofactors(a: Float64Array, n: number, out: Float64Array, o: number, x: Float64Array): void {
  const rows = new Int32Array(n);
  const columns = new Int32Array(n);
  for (let k = 0; k < n; k++) columns[k] = k;
  x.set(a);
  if (n <= FEW || !factorBlocks(a, 0, n, rows, 0)) {
    a.set(x);
    pivotCompletely(a, n, rows, columns);
  }
  const sign = parity(rows, 0, n) === parity(columns, 0, n) ? 1 : -1;
  for (let k = 0; k < n; k++) {
    const pivot = a[k * n + k]!;
    for (let j = k * n + k + 1; j < (k + 1) * n; j++) a[j] = pivot === 0 ? 0 : a[j]! / pivot;
  }
  const others: Product[] = [];
  let most = 0;
  for (let i = 0; i < n; i++) {
    const product = new Product(sign);
    for (let k = 0; k < n; k++) if (k !== i) product.times(a[k * (n + 1)]!);
    if (product.e > most && product.m !== 0 && Number.isFinite(product.m)) most = product.e;
    others.push(product);
  }
  combine(a, n, others, 0, rows, columns, x);
  out.set(x, o);
  if (most < 2 || x.every((v) => Number.isFinite(v))) return;
  // What an overflow has come to is computed again, of smaller numbers: large ones may cancel.
  combine(a, n, others, most - 1, rows, columns, x);
  for (let k = 0; k < n * n; k++) if (!Number.isFinite(out[o + k]!)) out[o + k] = lift(x[k]!, most - 1);
}

/** L⁻ᵀ·cof D·U⁻ᵀ into X, with rows and columns where they were in A, divided by 2⁵¹²ᵉ. */
// oxfmt-ignore
function combine(
  a: Float64Array, n: number, others: readonly Product[], e: number, rows: Int32Array, columns: Int32Array, x: Float64Array,
): void {
  setIdentity(x, 0, n);
  substitute(a, 0, 1, n, n, x, 0, n, 1, n, false, true, 1);
  for (let i = 0; i < n; i++) {
    const other = lift(others[i]!.m, others[i]!.e - e);
    for (let j = i * n; j <= i * (n + 1); j++) x[j]! *= other;
  }
  substitute(a, 0, 1, n, n, x, 0, n, 1, n, true, true);
  for (let k = n - 1; k >= 0; k--) swapRows(x, 0, n, k, rows[k]!);
  for (let i = 0, row = 0; i < n; i++, row += n) for (let k = n - 1; k >= 0; k--) swap(x, row + k, row + columns[k]!);
}

function pivotCompletely(a: Float64Array, n: number, rows: Int32Array, columns: Int32Array): void {
  for (let k = 0; k < n; k++) {
    let best = 0;
    let row = k;
    let column = k;
    for (let i = k; i < n; i++)
      for (let j = k; j < n; j++) {
        const size = Math.abs(a[i * n + j]!);
        if (size <= best) continue; // NaN is none
        best = size;
        row = i;
        column = j;
      }
    rows[k] = row;
    columns[k] = column;
    swapRows(a, 0, n, k, row);
    for (let i = 0; i < n * n; i += n) swap(a, i + k, i + column);
    const pivot = a[k * n + k]!;
    if (pivot === 0) continue; // and so is all that is left
    for (let i = k + 1; i < n; i++)
      subtractRow(a, i * n + k + 1, a, k * n + k + 1, n - k - 1, (a[i * n + k]! /= pivot));
  }
}
