// The build with fused multiply-add: only what gains by it.
export { convolution, convolutionInput, convolutionWeight } from "./convolution";
export { matmulF32, matmulF64 } from "./matmul";
export { copyBlocks, scratch } from "./memory";
