import { BYTES } from "./tile";

// Matrices in the order in which the tile reads them. Steps are in bytes.

/** b[k,n] in panels of as many columns as a tile has, row after row; returns their end. Of the two steps one is an element. */
export function panels<T>(to: usize, b: usize, k: i32, n: i32, row: usize, column: usize): usize {
  const width: i32 = BYTES / sizeof<T>();
  for (let j = 0; j < n; j += width, b += width * column, to += k * BYTES) {
    const columns = min(width, n - j);
    if (columns == width && column == sizeof<T>()) {
      for (let p = 0, from = b, at = to; p < k; p++, from += row, at += BYTES) {
        v128.store(at, v128.load(from));
        v128.store(at, v128.load(from, 16), 16);
      }
      continue;
    }
    // Beyond the last column stand zeros.
    if (columns < width) memory.fill(to, 0, k * BYTES);
    if (row == sizeof<T>()) turn<T>(to, BYTES, b, column, columns, k);
    else {
      for (let p = 0, from = b, at = to; p < k; p++, from += row, at += BYTES)
        memory.copy(at, from, columns * sizeof<T>());
    }
  }
  return to;
}

/** The transpose of rows × columns elements, row by row: squares of 4 × 4 or 2 × 2 elements are turned in registers. */
export function turn<T>(to: usize, toRow: usize, from: usize, fromRow: usize, rows: i32, columns: i32): void {
  const lanes: i32 = 16 / sizeof<T>();
  let i = 0;
  for (; i + lanes <= rows; i += lanes, from += lanes * fromRow, to += 16) {
    let j = 0;
    let at = to;
    let x = from;
    for (; j + lanes <= columns; j += lanes, at += lanes * toRow, x += 16) {
      const r0 = v128.load(x);
      const r1 = v128.load(x + fromRow);
      const r2 = sizeof<T>() == 8 ? r0 : v128.load(x + 2 * fromRow);
      const r3 = sizeof<T>() == 8 ? r0 : v128.load(x + 3 * fromRow);
      square<T>(at, toRow, r0, r1, r2, r3);
    }
    for (; j < columns; j++, at += toRow, x += sizeof<T>()) line<T>(at, x, fromRow, lanes);
  }
  for (let j = 0; j < columns; j++) line<T>(to + j * toRow, from + j * sizeof<T>(), fromRow, rows - i);
}

/** The transpose of four vectors, of two if they hold two elements. */
export function square<T>(to: usize, toRow: usize, r0: v128, r1: v128, r2: v128, r3: v128): void {
  if (sizeof<T>() == 8) {
    v128.store(to, v128.shuffle<f64>(r0, r1, 0, 2));
    v128.store(to + toRow, v128.shuffle<f64>(r0, r1, 1, 3));
    return;
  }
  const low0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const high0 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const low1 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const high1 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f64>(low0, low1, 0, 2));
  v128.store(to + toRow, v128.shuffle<f64>(low0, low1, 1, 3));
  v128.store(to + 2 * toRow, v128.shuffle<f64>(high0, high1, 0, 2));
  v128.store(to + 3 * toRow, v128.shuffle<f64>(high0, high1, 1, 3));
}

function line<T>(to: usize, from: usize, fromRow: usize, length: i32): void {
  for (let i = 0; i < length; i++, from += fromRow) store<T>(to + i * sizeof<T>(), load<T>(from));
}
