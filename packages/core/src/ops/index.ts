export { abs, add, clamp, div, maximum, minimum, mul, neg, pow, sign, sqrt, square, sub } from "./arithmetic.ts";
export { erf, relu } from "./activation.ts";
export { cast, clone } from "./cast.ts";
export { eq, ge, gt, isNaN, le, logicalAnd, lt, ne, where } from "./comparison.ts";
export { exp, expm1, log, log1p, sigmoid, softplus } from "./exponential.ts";
export { gather, indexSelect, type Indices } from "./indexing.ts";
export { concat, pad, split, stack } from "./joining.ts";
export { tril, triu } from "./masks.ts";
export { dot, linear, matmul, outer } from "./matmul.ts";
export {
  broadcastTo,
  flatten,
  flip,
  permute,
  reshape,
  select,
  slice,
  type SliceOptions,
  squeeze,
  transpose,
  unsqueeze,
} from "./movement.ts";
export { argmax, argmin, type Dims, type Extremes, type KeepDim, max, mean, min, prod, sum } from "./reduction.ts";
export { logSoftmax, logSumExp, softmax } from "./softmax.ts";
export { type Correction, cumsum, norm, type NormOptions, std, variance } from "./statistics.ts";
export { acos, asin, atan, atan2, cos, cosh, sin, sinh, tan, tanh } from "./trigonometric.ts";
