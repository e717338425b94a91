import type { TypedArray } from "../../dtype.ts";
import type { AdaptiveKernel } from "../sets.ts";
import type { WasmModule } from "./module.ts";

export interface AdaptiveExports {
  scratch(): number;
  /** On addresses; packages/core/kernels/adaptive.ts. */
  adaptive(single: boolean, x: number, g: number, m: number, v: number, numbers: number, bytes: number): void;
}

/** Bytes of each array that are copied at once: the second cache holds all four. */
const PART = 65536;
/** Room for the step's numbers. */
const NUMBERS = 128;

export const adaptiveOf =
  (module: WasmModule<AdaptiveExports>): AdaptiveKernel =>
  (n, x, gradient, at, mean, square, { sign, penalty, share, keep, add, decay, rate, root, eps }) => {
    const { exports } = module;
    const single = x instanceof Float32Array;
    const base = exports !== null && (single || x instanceof Float64Array) ? module.room(4 * PART + NUMBERS) : 0;
    if (exports === null || base === 0) return false;
    const memory = single ? module.floats : module.doubles;
    const size = memory.BYTES_PER_ELEMENT;
    const numbers = base + 4 * PART;
    memory.set([sign, penalty, share, keep, add, decay, rate, root, eps], numbers / size);
    const place = (i: number): number => (base + i * PART) / size;
    for (let i = 0; i < n; i += PART / size) {
      const length = Math.min(PART / size, n - i);
      const part = (array: TypedArray, first: number): TypedArray => array.subarray(first + i, first + i + length);
      const changed = [part(x, 0), part(square, 0)];
      if (mean !== null) changed.push(part(mean, 0));
      changed.forEach((array, k) => memory.set(array, place(k)));
      memory.set(part(gradient, at), place(3));
      exports.adaptive(
        single, base, base + 3 * PART, mean === null ? 0 : base + 2 * PART, base + PART, numbers,
        (length * size + 63) & ~63,
      ); // prettier-ignore
      changed.forEach((array, k) => array.set(memory.subarray(place(k), place(k) + length)));
    }
    return true;
  };
