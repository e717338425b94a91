export {
  abs, maximum, minimum, mul, neg, reciprocal, rsqrt, sign, sqrt, square,
} from "./arithmetic.ts"; // prettier-ignore
export { pow } from "./power.ts";
export {
  add, addcdiv, addcmul, type AlphaOption, deg2rad, ldexp, lerp, positive, rad2deg, sub, type ValueOption, type WithAlpha,
} from "./algebra.ts"; // prettier-ignore
export { erf, relu } from "./activation.ts";
export { type GeluFunction, type GeluOptions, gelu, glu, logSigmoid, mish, prelu, silu, softmin } from "./gates.ts";
export { cast, clone, type DtypeOption } from "./cast.ts";
export { eq, ge, gt, isNaN, le, logicalAnd, lt, ne, where } from "./comparison.ts";
export {
  exp, exp2, expm1, log, log1p, sigmoid, softplus, type SoftplusFunction, type SoftplusOptions,
} from "./exponential.ts"; // prettier-ignore
export { acosh, asinh, atanh } from "./hyperbolic.ts";
export { gather, indexSelect, type Indices } from "./indexing.ts";
export { concat, pad, split, stack } from "./joining.ts";
export { log10, log2, logaddexp, logaddexp2, logit, type LogitOptions, xlogy } from "./logarithm.ts";
export {
  type Closeness, isClose, isFinite, isInf, logicalNot, logicalOr, logicalXor, signbit,
} from "./logical.ts"; // prettier-ignore
export { tril, triu } from "./masks.ts";
export { bilinear } from "./bilinear.ts";
export { dot, linear, matmul, outer } from "./matmul.ts";
export { broadcastTo } from "./broadcast.ts";
export { flatten, permute, reshape, squeeze, transpose, unsqueeze } from "./movement.ts";
export { flip, select, slice, type SliceOptions } from "./slice.ts";
export {
  argmax,
  argmin,
  type Dims,
  type Extremes,
  type KeepDim,
  max,
  mean,
  min,
  prod,
  sum,
  type SumOptions,
} from "./reduction.ts";
export {
  ceil, div, type DivFunction, type DivOptions, floor, floorDivide, fmod, frac, remainder, round, type RoundOptions, trunc,
} from "./rounding.ts"; // prettier-ignore
export {
  clamp,
  type ClampFunction,
  copysign,
  fmax,
  fmin,
  heaviside,
  maskedFill,
  nanToNum,
  type NanToNumOptions,
} from "./selection.ts";
export { logSoftmax, logSumExp, softmax } from "./softmax.ts";
export { digamma, erfc, erfinv, lgamma, polygamma, sinc } from "./special.ts";
export { type Correction, cumsum, norm, type NormOptions, std, variance } from "./statistics.ts";
export { cat, chunk, expand, movedim, narrow, ravel, roll, rot90, swapaxes, unbind, unflatten } from "./arrange.ts";
export { at, type Index, type NestedIndex } from "./at.ts";
export {
  all,
  amax,
  amin,
  aminmax,
  type AminmaxOptions,
  any,
  countNonzero,
  nanmean,
  nansum,
  stdMean,
  varMean,
  vectorNorm,
} from "./count.ts";
export { median, nanmedian, nanquantile, quantile, type QuantileOptions } from "./order.ts";
export { diag, diagonal, type DiagonalOptions, trace } from "./diagonal.ts";
export { repeat, repeatInterleave, tile } from "./repeat.ts";
export { cummax, cummin, cumprod, diff, type DiffOptions, logcumsumexp } from "./scan.ts";
export { type AddOptions, indexAdd, indexCopy, indexFill, indexPut, type PutOptions } from "./index-put.ts";
export {
  scatter,
  type Reduction,
  scatterAdd,
  type ScatterOptions,
  scatterReduce,
  type ScatterReduceOptions,
} from "./scatter.ts";
export { maskedSelect, take, takeAlongDim } from "./take.ts";
export { argsort, msort, sort, type SortOptions, topk, type TopkOptions } from "./sort.ts";
export { acos, asin, atan, atan2, cos, cosh, hypot, sin, sinh, tan, tanh } from "./trigonometric.ts";
export { hardshrink, hardsigmoid, hardswish, hardtanh, relu6, softshrink, threshold } from "./hard.ts";
export { celu, elu, leakyRelu, type Named, selu, softsign, tanhshrink } from "./rectifiers.ts";
export { det, type LogDeterminant, slogdet } from "./determinant.ts";
export { einsum } from "./einsum.ts";
export { inverse, solve, type SolveOptions, solveTriangular, type TriangularOptions } from "./linalg.ts";
export { cholesky } from "./cholesky.ts";
export { type Contracted, inner, kron, tensordot } from "./contraction.ts";
export { addmm, addmv, baddbmm, bmm, type Factors, mm, mv } from "./products.ts";
export {
  type Attended,
  type AttentionOptions,
  dropout,
  type DropoutOptions,
  type Embedded,
  embedding,
  type LookupOptions,
  scaledDotProductAttention,
} from "./attention.ts";
export {
  conv1d,
  conv2d,
  type ConvOptions,
  convTranspose1d,
  convTranspose2d,
  type ConvTransposeOptions,
} from "./convolution.ts";
export {
  batchNorm,
  type BatchNormOptions,
  groupNorm,
  instanceNorm,
  layerNorm,
  type NormalizationOptions,
  normalize,
  type NormalizeOptions,
  rmsNorm,
} from "./normalization.ts";
export {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  type AdaptiveSize,
} from "./adaptive-pooling.ts";
export {
  avgPool1d,
  avgPool2d,
  type AvgPoolOptions,
  maxPool1d,
  maxPool2d,
  type MaxPoolOptions,
  type PoolOptions,
  type ReturnIndices,
} from "./pooling.ts";
export { interpolate, type InterpolateOptions, pixelShuffle, pixelUnshuffle } from "./resampling.ts";
export type { Extent } from "./windows.ts";
