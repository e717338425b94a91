// Everything as free functions. `index.ts` adds the methods; a page that counts bytes imports this, and bundles what it calls.
export { noGrad, setDefaultDtype } from "./ambient.ts";
export { assign } from "./assign.ts";
export { backward, type BackwardOptions, detach, registerHook, retainGrad } from "./autograd/backward.ts";
export { checkpoint, type CustomGradient, customGradient, detectAnomaly } from "./autograd/custom.ts";
export { hessian, hvp, jacobian, type JacobianOf } from "./autograd/jacobian.ts";
export { grad, type GradOptions, valueAndGrad } from "./autograd/grad.ts";
export { jvp, type TransformOptions, vjp } from "./autograd/transforms.ts";
export type { TreeOf } from "./autograd/tree.ts";
export { type Mapped, type MappedDims, vmap, type VmapOptions } from "./autograd/vmap.ts";
export {
  type ArgumentOf,
  type ArgumentsOf,
  checkGradients,
  type CheckOptions,
  GradientCheckError,
  type GradientEntry,
  GradientReport,
  type Verdict,
} from "./check/index.ts";
export {
  arange,
  eye,
  fromTypedArray,
  full,
  linspace,
  ones,
  onesLike,
  tensor,
  type TensorOptions,
  value,
  zeros,
  zerosLike,
} from "./create.ts";
export type { Dtype, TypedArray } from "./dtype.ts";
export {
  ArgumentError,
  BatchError,
  ChainruleError,
  DtypeError,
  GraphError,
  MatrixError,
  ShapeError,
} from "./errors.ts";
export {
  adaptive,
  type AdaptiveKernel,
  type AdaptiveStep,
  axpby,
  type AxpbyKernel,
  type ConvolutionKernel,
  type ConvolutionName,
  type KernelSet,
  kernelInfo,
  type MatmulKernel,
  type Program,
  type ProgramKernel,
  type RunsKernel,
  setKernels,
} from "./kernels/sets.ts";
export type { Geometry as ConvolutionGeometry } from "./kernels/geometry.ts";
export { wasmKernels } from "./kernels/wasm/index.ts";
export * from "./ops/index.ts";
export { inverse as inv, variance as var } from "./ops/index.ts";
export { defaultGenerator, Generator, manualSeed, rand, randn } from "./random/generator.ts";
export type { StreamState } from "./random/stream.ts";
export type { Shape, ShapeArg } from "./shape.ts";
export type * from "./shape-types/index.ts";
export { type Hook, type Operand, Tensor, type Value } from "./tensor.ts";
