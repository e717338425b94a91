import type { KernelSet } from "../sets.ts";
import { binary } from "./generated/index.ts";
import { WasmModule } from "./module.ts";
import { wasmSet } from "./set.ts";

/**
 * Kernels in WebAssembly with 128-bit vectors, in use by default: the same bits on every machine. They load at first use; `kernelInfo()`
 * says why where they cannot.
 * @example
 * setKernels([wasmKernels]);
 */
export const wasmKernels: KernelSet = /* @__PURE__ */ wasmSet(
  "wasm",
  /* @__PURE__ */ new WasmModule(binary, "this engine has no vectors in WebAssembly"),
  "WebAssembly, 128-bit vectors",
);
