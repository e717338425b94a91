import type { KernelSet } from "../sets.ts";
import { type AdaptiveExports, adaptiveOf } from "./adaptive.ts";
import { type AxpbyExports, axpbyOf } from "./axpby.ts";
import { type ConvolutionExports, convolutionOf } from "./convolution.ts";
import { elementwiseOf } from "./elementwise.ts";
import { type MatmulExports, matmulOf } from "./matmul.ts";
import type { WasmModule } from "./module.ts";
import { runsOf } from "./runs.ts";

type ProductExports = MatmulExports & ConvolutionExports;

/** The kernels of one module. */
export const wasmSet = (
  name: string,
  module: WasmModule<ProductExports & AxpbyExports & AdaptiveExports>,
  detail: string,
): KernelSet => ({
  ...productSet(name, module, detail),
  elementwise: elementwiseOf(module),
  axpby: axpbyOf(module),
  adaptive: adaptiveOf(module),
  runs: runsOf(module),
});

/** The kernels of a module that has only matrix products and convolutions. */
export const productSet = (name: string, module: WasmModule<ProductExports>, detail: string): KernelSet => ({
  name,
  detail: () => (module.exports === null ? `not used: ${module.why}` : detail),
  matmul: matmulOf(module),
  convolution: convolutionOf(module),
});
