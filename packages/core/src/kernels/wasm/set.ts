import type { KernelSet } from "../sets.ts";
import { elementwiseOf } from "./elementwise.ts";
import { type MatmulExports, matmulOf } from "./matmul.ts";
import type { WasmModule } from "./module.ts";
import { runsOf } from "./runs.ts";

/** The kernels of one module. */
export function wasmSet(name: string, module: WasmModule<MatmulExports>, detail: string): KernelSet {
  return {
    name,
    detail: () => (module.exports === null ? `not used: ${module.why}` : detail),
    matmul: matmulOf(module),
    elementwise: elementwiseOf(module),
    runs: runsOf(module),
  };
}
