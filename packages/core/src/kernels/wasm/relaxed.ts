import type { KernelSet } from "../sets.ts";
import { binary } from "./generated/relaxed.ts";
import { WasmModule } from "./module.ts";
import { productSet } from "./set.ts";

/**
 * Matrix products with fused multiply-add, one rounding in place of two. Faster, but where a machine lacks the instruction the bits are
 * other ones, so nobody gets it unasked: `setKernels([relaxedKernels, wasmKernels])`.
 * @example
 * import { relaxedKernels } from "@chainrule/core/relaxed";
 * const before = setKernels([relaxedKernels, wasmKernels]);
 * setKernels(before);
 */
export const relaxedKernels: KernelSet = /* @__PURE__ */ productSet(
  "wasm-relaxed",
  /* @__PURE__ */ new WasmModule(
    binary,
    "this engine has no relaxed SIMD; Node 20 needs --experimental-wasm-relaxed-simd",
  ),
  "WebAssembly, 128-bit vectors with fused multiply-add",
);
