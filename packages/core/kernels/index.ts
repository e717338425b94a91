// What the module exports. Each file below is AssemblyScript; `npx -y pnpm@12.21.0 kernels` compiles them.
export { adaptive } from "./adaptive";
export { narrow } from "./answers";
export { axpby } from "./axpby";
export { cos, sin } from "./circle";
export { convolution, convolutionInput, convolutionWeight } from "./convolution";
export * from "./elementwise";
export { matmulF32, matmulF64 } from "./matmul";
export * from "./powers";
export * from "./rows";
export { sumOfColumns, sumOfRows } from "./sums";
export { copyBlocks, scratch } from "./memory";
