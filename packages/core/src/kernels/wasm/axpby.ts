import type { AxpbyKernel } from "../sets.ts";
import type { WasmModule } from "./module.ts";

export interface AxpbyExports {
  scratch(): number;
  /** On addresses; packages/core/kernels/axpby.ts. */
  axpby(single: boolean, alpha: number, x: number, beta: number, y: number, bytes: number): void;
}

/** Bytes that are copied at once: two such parts fit the first or second cache. */
const PART = 32768;

/** y ← α·x + β·y in parts. Doubles gain nothing by the copies. */
export const axpbyOf =
  (module: WasmModule<AxpbyExports>): AxpbyKernel =>
  (n, alpha, x, xi, beta, y, yi) => {
    const { exports } = module;
    const base = exports === null || !(y instanceof Float32Array) ? 0 : module.room(2 * PART);
    if (exports === null || base === 0) return false;
    const memory = module.floats;
    const first = base / 4;
    const second = first + PART / 4;
    for (let i = 0; i < n; i += PART / 4) {
      const length = Math.min(PART / 4, n - i);
      const part = y.subarray(yi + i, yi + i + length);
      memory.set(x.subarray(xi + i, xi + i + length), first);
      if (beta === 0) memory.fill(0, second, second + length);
      else memory.set(part, second);
      exports.axpby(true, alpha, base, beta, base + PART, (length * 4 + 63) & ~63);
      part.set(memory.subarray(second, second + length));
    }
    return true;
  };
