// Rows of a matrix in panels: the first elements of `width` rows, then their second ones, and so on, as the tile reads them. The rows
// of a panel that the matrix lacks are zeros. Steps are in bytes; along rows or across them neighbours lie side by side.

/** Writes `rows` × `depth` elements, `row` apart from row to row and `step` along a row, and returns the end of the panels. */
export function pack<T>(to: usize, from: usize, rows: i32, depth: i32, row: usize, step: usize, width: i32): usize {
  let left = rows;
  for (; left >= width; left -= width, from += width * row) {
    to = row == sizeof<T>() ? across<T>(to, from, depth, step, width) : along<T>(to, from, depth, row, step, width);
  }
  return left > 0 ? rest<T>(to, from, left, depth, row, step, width) : to;
}

/** The rows lie side by side: vectors are copied as they are. */
function across<T>(to: usize, from: usize, depth: i32, step: usize, width: i32): usize {
  const bytes: usize = width * sizeof<T>();
  for (let p = 0; p < depth; p++, from += step, to += bytes) {
    v128.store(to, v128.load(from));
    if (bytes == 32) v128.store(to, v128.load(from, 16), 16);
  }
  return to;
}

/** Each row lies side by side: squares of 4 × 4 or 2 × 2 elements are transposed in registers. */
function along<T>(to: usize, from: usize, depth: i32, row: usize, step: usize, width: i32): usize {
  const bytes: usize = width * sizeof<T>();
  const lanes: i32 = 16 / sizeof<T>();
  let p = 0;
  if (step == sizeof<T>()) {
    for (; p + lanes <= depth; p += lanes) {
      for (let i = 0; i < width; i += lanes) {
        const at = from + i * row + p * sizeof<T>();
        const into = to + p * bytes + i * sizeof<T>();
        if (sizeof<T>() == 4) {
          const r0 = v128.load(at);
          const r1 = v128.load(at + row);
          const r2 = v128.load(at + 2 * row);
          const r3 = v128.load(at + 3 * row);
          const low0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
          const high0 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
          const low1 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
          const high1 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
          v128.store(into, v128.shuffle<f64>(low0, low1, 0, 2));
          v128.store(into + bytes, v128.shuffle<f64>(low0, low1, 1, 3));
          v128.store(into + 2 * bytes, v128.shuffle<f64>(high0, high1, 0, 2));
          v128.store(into + 3 * bytes, v128.shuffle<f64>(high0, high1, 1, 3));
        } else {
          const r0 = v128.load(at);
          const r1 = v128.load(at + row);
          v128.store(into, v128.shuffle<f64>(r0, r1, 0, 2));
          v128.store(into + bytes, v128.shuffle<f64>(r0, r1, 1, 3));
        }
      }
    }
  }
  for (; p < depth; p++)
    for (let i = 0; i < width; i++) store<T>(to + p * bytes + i * sizeof<T>(), load<T>(from + i * row + p * step));
  return to + depth * bytes;
}

/** The last panel, with fewer rows than its width. */
function rest<T>(to: usize, from: usize, rows: i32, depth: i32, row: usize, step: usize, width: i32): usize {
  for (let p = 0; p < depth; p++, from += step) {
    for (let i = 0; i < width; i++, to += sizeof<T>()) {
      store<T>(to, i < rows ? load<T>(from + i * row) : 0);
    }
  }
  return to;
}
