import { multiply } from "./matmul";
import { panels, square, turn } from "./pack";
import { BYTES } from "./tile";

// A convolution is a product of matrices: weight [outputs, depth] times columns [depth, windows], of which column w is what window w
// sees; its row d is the element of x at starts[w] + places[d]. Both tables hold bytes, strictly ascending along an image's windows.
// Behind their last number stand 8 more places of x. The columns are laid out a panel at a time, which stays in the first cache.

/** Terms that are summed before the sums go to memory. */
const DEPTH: i32 = 256;
/** Windows, and rows of the columns, whose part of the columns is made before it is added to x. */
const WIDE: i32 = 64;
const HIGH: i32 = 32;

/** y[outputs,windows] = weight·columns(x). From `free` on, 8 kB are used. */
export function convolution(
  single: bool,
  y: usize,
  weight: usize,
  x: usize,
  outputs: i32,
  windows: i32,
  depth: i32,
  starts: usize,
  places: usize,
  free: usize,
): void {
  if (single) multiplyColumns<f32>(y, weight, x, outputs, windows, depth, starts, places, free, false);
  else multiplyColumns<f64>(y, weight, x, outputs, windows, depth, starts, places, free, false);
}

/** Adds to weight[outputs,depth] = y·columns(x)ᵀ. From `free` on, 8 kB are used. */
export function convolutionWeight(
  single: bool,
  y: usize,
  weight: usize,
  x: usize,
  outputs: i32,
  windows: i32,
  depth: i32,
  starts: usize,
  places: usize,
  free: usize,
): void {
  if (single) multiplyColumns<f32>(weight, y, x, outputs, depth, windows, places, starts, free, true);
  else multiplyColumns<f64>(weight, y, x, outputs, depth, windows, places, starts, free, true);
}

/** Adds weightᵀ·y to x, every column to what its window sees. From `free` on, outputs·(depth + 64) elements and 16 kB are used. */
export function convolutionInput(
  single: bool,
  y: usize,
  weight: usize,
  x: usize,
  outputs: i32,
  windows: i32,
  depth: i32,
  starts: usize,
  places: usize,
  free: usize,
): void {
  if (single) toInput<f32>(y, weight, x, outputs, windows, depth, starts, places, free);
  else toInput<f64>(y, weight, x, outputs, windows, depth, starts, places, free);
}

/**
 * to[outputs,n] (+)= from[outputs,k]·columns(x), whose rows are those of the one table and columns those of the other; transposed columns are
 * the same with the tables, and n and k, changed over.
 */
function multiplyColumns<T>(
  to: usize,
  from: usize,
  x: usize,
  outputs: i32,
  n: i32,
  k: i32,
  across: usize,
  down: usize,
  free: usize,
  more: bool,
): void {
  const columns: i32 = BYTES / sizeof<T>();
  const row: usize = n * sizeof<T>();
  for (let p = 0; p < k; p += DEPTH) {
    const terms = min(DEPTH, k - p);
    const a = from + p * sizeof<T>();
    for (let j = 0; j < n; j += columns) {
      layOut<T>(free, x, down + 4 * p, terms, across + 4 * j);
      const width = min(columns, n - j);
      multiply<T>(to + j * sizeof<T>(), row, outputs, width, terms, a, k * sizeof<T>(), free, 0, BYTES, more || p > 0);
    }
  }
}

function toInput<T>(
  y: usize,
  weight: usize,
  x: usize,
  outputs: i32,
  windows: i32,
  depth: i32,
  starts: usize,
  places: usize,
  free: usize,
): void {
  const row: usize = outputs * sizeof<T>();
  const turned = free;
  const product = turned + depth * row;
  const packed = product + HIGH * WIDE * sizeof<T>();
  turn<T>(turned, row, weight, depth * sizeof<T>(), outputs, depth);
  for (let w = 0; w < windows; w += WIDE) {
    const width = min(WIDE, windows - w);
    const productRow: usize = width * sizeof<T>();
    panels<T>(packed, y + w * sizeof<T>(), outputs, width, windows * sizeof<T>(), sizeof<T>());
    for (let d = 0; d < depth; d += HIGH) {
      const high = min(HIGH, depth - d);
      for (let o = 0; o < outputs; o += DEPTH) {
        const a = turned + d * row + o * sizeof<T>();
        const terms = min(DEPTH, outputs - o);
        multiply<T>(product, productRow, high, width, terms, a, row, packed + o * BYTES, outputs * BYTES, BYTES, o > 0);
      }
      addUp<T>(x, product, high, width, places + 4 * d, starts + 4 * w);
    }
  }
}

/** Whether the elements of a vector lie side by side. */
function together<T>(offsets: usize): bool {
  return load<u32>(offsets) + 16 - sizeof<T>() == load<u32>(offsets + 4 * (16 / sizeof<T>() - 1));
}

/** The elements at the offsets from an address on. */
function gather<T>(x: usize, offsets: usize): v128 {
  let vector = v128.load_splat<T>(x + load<u32>(offsets));
  vector = v128.load_lane<T>(x + load<u32>(offsets, 4), vector, 1);
  if (sizeof<T>() == 8) return vector;
  vector = v128.load_lane<T>(x + load<u32>(offsets, 8), vector, 2);
  return v128.load_lane<T>(x + load<u32>(offsets, 12), vector, 3);
}

/** A panel: row by row, x at the offset of the row plus those of the columns. */
function layOut<T>(to: usize, x: usize, rows: usize, count: i32, columns: usize): void {
  const lanes: i32 = 16 / sizeof<T>();
  const half: usize = 4 * lanes;
  const end = rows + 4 * count;
  if (together<T>(columns) && together<T>(columns + half)) {
    const left = x + load<u32>(columns);
    const right = x + load<u32>(columns + half);
    for (; rows < end; rows += 4, to += BYTES) {
      const row = load<u32>(rows);
      v128.store(to, v128.load(left + row));
      v128.store(to, v128.load(right + row), 16);
    }
    return;
  }
  while (rows < end) {
    const from = x + load<u32>(rows);
    if (rows + half <= end && together<T>(rows)) {
      turnAt<T>(to, from, columns);
      turnAt<T>(to + 16, from, columns + half);
      rows += half;
      to += lanes * BYTES;
    } else {
      v128.store(to, gather<T>(from, columns));
      v128.store(to, gather<T>(from, columns + half), 16);
      rows += 4;
      to += BYTES;
    }
  }
}
/** Vectors at the offsets from an address on, as columns of rows as far apart as those of a panel. */
function turnAt<T>(to: usize, x: usize, offsets: usize): void {
  const r0 = v128.load(x + load<u32>(offsets));
  const r1 = v128.load(x + load<u32>(offsets, 4));
  const r2 = sizeof<T>() == 8 ? r0 : v128.load(x + load<u32>(offsets, 8));
  const r3 = sizeof<T>() == 8 ? r0 : v128.load(x + load<u32>(offsets, 12));
  square<T>(to, BYTES, r0, r1, r2, r3);
}

/** The transpose of `layOut`: adds the rows of a matrix to x where it has them from. */
function addUp<T>(x: usize, matrix: usize, high: i32, wide: i32, rows: usize, columns: usize): void {
  const lanes: i32 = 16 / sizeof<T>();
  for (let i = 0; i < high; i++) {
    const row = x + load<u32>(rows + 4 * i);
    for (let j = 0; j < wide;) {
      const at = columns + 4 * j;
      const to = row + load<u32>(at);
      if (j + lanes <= wide && together<T>(at)) {
        v128.store(to, v128.add<T>(v128.load(to), v128.load(matrix)));
        j += lanes;
        matrix += 16;
      } else {
        store<T>(to, load<T>(to) + load<T>(matrix));
        j++;
        matrix += sizeof<T>();
      }
    }
  }
}
