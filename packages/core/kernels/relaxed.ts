// The build with fused multiply-add: only what gains by it.
export { matmulF32, matmulF64 } from "./matmul";
export { scratch } from "./memory";
