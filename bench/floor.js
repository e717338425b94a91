// @ts-check
/**
 * What an elementwise operation takes at least, with kernels in WebAssembly and results that the collector frees: `node bench/floor.js` after
 * `pnpm build`. The kernel alone on numbers that lie in the first cache; each input copied into WebAssembly's memory; a fresh array written
 * once. By BLAS: one input copied into a fresh array, and the other added to it while the second cache holds it. Microseconds, the best
 * twentieth of two hundred rounds.
 */
import { openLibrary } from "../packages/blas/dist/library.js";
import { binary } from "../packages/core/dist/kernels/wasm/generated/index.js";
import { reserve, reservedAt } from "../packages/core/dist/storage.js";

const { WebAssembly } = /** @type {any} */ (globalThis);
const memory = new WebAssembly.Memory({ initial: 64 });
const module = new WebAssembly.Module(Buffer.from(binary, "hex"));
/** @type {Record<string, (...numbers: number[]) => number>} */
const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports;
const start = kernels["scratch"]?.() ?? 0;
/** Bytes that a kernel runs over, and that are copied at a time. */
const BLOCK = 16384;
const COPIED = 131072;
/** Elements. */
const BLAS_BLOCK = 65536;

/** @param {() => void} run @param {number} times */
function best(run, times) {
  const rounds = Array.from({ length: 200 }, () => {
    const from = performance.now();
    for (let i = 0; i < times; i++) run();
    return ((performance.now() - from) * 1000) / times;
  });
  return rounds.toSorted((a, b) => a - b)[rounds.length / 20] ?? NaN;
}

/** @param {string} name @param {boolean} single @param {number} length of the result @param {readonly number[]} inputs their lengths */
function floorOf(name, single, length, inputs) {
  const Numbers = single ? Float32Array : Float64Array;
  const size = Numbers.BYTES_PER_ELEMENT;
  const numbers = (/** @type {number} */ n) => new Numbers(n).map((_, i) => Math.sin(1.7 * i) * 3);
  const inside = new Numbers(memory.buffer, start, COPIED / size);
  inside.set(numbers(inside.length));
  const bytes = Math.min(BLOCK, Math.ceil((length * size) / 64) * 64);
  const addresses = [start + 2 * BLOCK, start, start + BLOCK].slice(0, inputs.length + 1);
  const kernel = (best(() => kernels[name]?.(+single, ...addresses, bytes), 100) * length * size) / bytes;
  const times = Math.max(1, Math.round(1e5 / length));
  const copies = inputs.map((n) => {
    const input = numbers(n);
    return best(() => {
      for (let i = 0; i < n; i += inside.length) inside.set(input.subarray(i, i + inside.length));
    }, times);
  });
  const copied = copies.reduce((a, b) => a + b);
  const result = best(() => {
    const out = reserve(single ? "float32" : "float64", length, true);
    const first = reservedAt;
    for (let i = 0; i < length; i += inside.length) out.set(inside.subarray(0, length - i), first + i);
  }, times);
  return { kernel, copied, result };
}

/** @param {import("../packages/blas/dist/library.js").Library} library @param {number} length */
function floorOfBlas({ saxpy }, length) {
  const [x, y] = [1, 2].map((factor) => new Float32Array(length).map((_, i) => Math.sin(factor * i)));
  return best(
    () => {
      const out = reserve("float32", length, true);
      for (let i = 0; i < length; i += BLAS_BLOCK) {
        const block = out.subarray(i, i + BLAS_BLOCK);
        block.set(/** @type {Float32Array} */ (x).subarray(i, i + BLAS_BLOCK));
        saxpy(block.length, 1, /** @type {Float32Array} */ (y).subarray(i), 1, block, 1);
      }
    },
    Math.max(1, Math.round(1e6 / length)),
  );
}

console.log("                        kernel    copies    result    floor");
for (const [name, title, dtypes, sizes, columns] of /** @type {const} */ ([
  ["exp", "exp", [true, false], [1e3, 1e5, 1e6], 0],
  ["sigmoid", "sigmoid", [true, false], [1e3, 1e5, 1e6], 0],
  ["add", "add", [true], [1e5, 1e6], 1],
  ["mul", "mul by a row", [true], [1e5, 1e6], 1000],
]))
  for (const single of dtypes)
    for (const length of sizes) {
      const inputs = columns === 0 ? [length] : [length, columns === 1 ? length : columns];
      const { kernel, copied, result } = floorOf(name, single, length, inputs);
      const cells = [kernel, copied, result, kernel + copied + result].map((x) => x.toFixed(1).padStart(10));
      console.log(`${title} ${length} ${single ? "f32" : "f64"}`.padEnd(20) + cells.join(""));
    }
const library = openLibrary();
if (typeof library === "string") console.log(`no BLAS: ${library}`);
else
  for (const length of [1e5, 1e6])
    console.log(`add ${length} f32 by BLAS`.padEnd(50) + floorOfBlas(library, length).toFixed(1).padStart(10));
