// @ts-check
// Inputs that every contender makes for itself, the same in all languages, and the number that results are compared by.

/** @param {number} x the finaliser of MurmurHash3, which spreads every bit of a counter over all of them */
function scramble(x) {
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/**
 * `size` numbers uniform in [low, high).
 * @param {number} seed
 * @param {number} size
 * @param {number} low
 * @param {number} high
 */
export function uniform(seed, size, low, high) {
  const start = Math.imul(seed, 0x9e3779b9);
  const numbers = new Float64Array(size);
  for (let i = 0; i < size; i++) numbers[i] = low + (high - low) * (scramble((start + i) | 0) / 2 ** 32);
  return numbers;
}

/** @param {number} seed @param {number} size @param {number} classes */
export const classesOf = (seed, size, classes) => Int32Array.from(uniform(seed, size, 0, classes), Math.floor);

/**
 * Weights [out, inputs] and biases of dense layers, uniform in ±1/√inputs.
 * @param {number[]} sizes
 */
export const layersOf = (sizes) =>
  sizes.slice(1).map((out, layer) => {
    const inputs = /** @type {number} */ (sizes[layer]);
    const bound = 1 / Math.sqrt(inputs);
    return {
      inputs,
      out,
      weight: uniform(10 + layer, out * inputs, -bound, bound),
      bias: uniform(20 + layer, out, -bound, bound),
    };
  });

/**
 * Σ result·w for fixed w in [−½, ½), and Σ |result·w| to judge a difference by.
 * @param {ArrayLike<number>} result
 */
export function checksum(result) {
  const weights = uniform(99, result.length, -0.5, 0.5);
  let sum = 0;
  let scale = 0;
  for (let i = 0; i < result.length; i++) {
    const term = /** @type {number} */ (weights[i]) * /** @type {number} */ (result[i]);
    sum += term;
    scale += Math.abs(term);
  }
  return { sum, scale, size: result.length };
}

/** The same matrix [columns, rows], for those whose layers are stored so.
 * @param {Float64Array} matrix
 * @param {number} columns
 */
export function transposed(matrix, columns) {
  const rows = matrix.length / columns;
  return matrix.map((_, i) => /** @type {number} */ (matrix[(i % rows) * columns + Math.floor(i / rows)]));
}

/** @param {ArrayLike<number>} labels @param {number} classes */
export const oneHot = (labels, classes) =>
  Float64Array.from({ length: labels.length * classes }, (_, i) =>
    Number(labels[Math.floor(i / classes)] === i % classes),
  );

/** @param {ArrayLike<number>[]} arrays */
export const joined = (arrays) => Float64Array.from(arrays.flatMap((array) => Array.from(array)));

/** D2 and A4: the inputs of the tutorials. */
export const XOR = { inputs: [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], targets: [[0], [1], [1], [0]] }; // prettier-ignore
export const PEOPLE = [[-2, -1, 1], [25, 6, 0], [17, 4, 0], [-15, -6, 1]]; // prettier-ignore
