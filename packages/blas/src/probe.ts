import type { MatmulKernel } from "@chainrule/core";

/**
 * Whether a kernel multiplies rightly. Some builds of OpenBLAS are wrong on processors newer than they are, and a library may take
 * sizes in 64 bits. Freivalds' check, C·x = A·(B·x), needs no second product; on small whole numbers it is exact.
 */
export function multipliesRightly(matmul: MatmulKernel): boolean {
  const [m, k, n] = [150, 260, 200];
  const x = wholeNumbers(new Float64Array(n), 2);
  return [Float32Array, Float64Array].every((Elements) => {
    const a = wholeNumbers(new Elements(m * k), 3);
    const b = wholeNumbers(new Elements(k * n), 4);
    return [[k, 1, n, 1], [k, 1, 1, k], [1, m, n, 1], [1, m, 1, k]].every(([aRow, aColumn, bRow, bColumn]) => {
      const c = new Elements(m * n);
      if (!matmul(c, 0, m, n, k, a, 0, aRow!, aColumn!, b, 0, bRow!, bColumn!)) return false;
      const right = times(m, a, aRow!, aColumn!, times(k, b, bRow!, bColumn!, x));
      return times(m, c, n, 1, x).every((value, i) => value === right[i]);
    });
  }); // prettier-ignore
}

/** Fills an array with numbers from −5 to 5, without a short period. */
function wholeNumbers<A extends Float32Array | Float64Array>(out: A, seed: number): A {
  for (let i = 0; i < out.length; i++) out[i] = ((i * (i + seed)) % 257) % 11 - 5; // prettier-ignore
  return out;
}

/** Matrix times vector. */
// oxfmt-ignore
function times(rows: number, matrix: ArrayLike<number>, row: number, column: number, x: ArrayLike<number>): Float64Array {
  const out = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = 0; j < x.length; j++) sum += matrix[i * row + j * column]! * x[j]!;
    out[i] = sum;
  }
  return out;
}
