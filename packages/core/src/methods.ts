import { assign, type Source } from "./assign.ts";
import { type BackwardOptions, backward, detach, registerHook, retainGrad } from "./autograd/backward.ts";
import type { Dtype } from "./dtype.ts";
import { ShapeError } from "./errors.ts";
import type { TensorMethods } from "./method-types/index.ts";
import * as ops from "./ops/index.ts";
import { formatTensor } from "./print.ts";
import { checkList, type Shape, type ShapeArg, showShape } from "./shape.ts";
import { type Hook, type Operand, Tensor } from "./tensor.ts";

declare module "./tensor.ts" {
  /** Its operations are methods too: `x.add(y)` is `add(x, y)`. */
  interface Tensor<out S extends Shape = Shape> extends TensorMethods<S> {}
}

/** Operations that are methods as they stand: `x.name(…)` is `name(x, …)`. */
const HANDED_ON = {
  acosh: ops.acosh,
  addcdiv: ops.addcdiv,
  addcmul: ops.addcmul,
  all: ops.all,
  amax: ops.amax,
  amin: ops.amin,
  any: ops.any,
  argsort: ops.argsort,
  asinh: ops.asinh,
  atanh: ops.atanh,
  ceil: ops.ceil,
  chunk: ops.chunk,
  copysign: ops.copysign,
  countNonzero: ops.countNonzero,
  cummax: ops.cummax,
  cummin: ops.cummin,
  cumprod: ops.cumprod,
  deg2rad: ops.deg2rad,
  diag: ops.diag,
  diagonal: ops.diagonal,
  diff: ops.diff,
  digamma: ops.digamma,
  erfc: ops.erfc,
  erfinv: ops.erfinv,
  exp2: ops.exp2,
  expand: ops.expand,
  floor: ops.floor,
  floorDivide: ops.floorDivide,
  fmax: ops.fmax,
  fmin: ops.fmin,
  fmod: ops.fmod,
  frac: ops.frac,
  heaviside: ops.heaviside,
  hypot: ops.hypot,
  isClose: ops.isClose,
  isFinite: ops.isFinite,
  isInf: ops.isInf,
  ldexp: ops.ldexp,
  lerp: ops.lerp,
  lgamma: ops.lgamma,
  log10: ops.log10,
  log2: ops.log2,
  logaddexp: ops.logaddexp,
  logaddexp2: ops.logaddexp2,
  logcumsumexp: ops.logcumsumexp,
  logicalNot: ops.logicalNot,
  logicalOr: ops.logicalOr,
  logicalXor: ops.logicalXor,
  logit: ops.logit,
  maskedFill: ops.maskedFill,
  hardshrink: ops.hardshrink,
  median: ops.median,
  nanmean: ops.nanmean,
  nanmedian: ops.nanmedian,
  nanquantile: ops.nanquantile,
  prelu: ops.prelu,
  quantile: ops.quantile,
  movedim: ops.movedim,
  msort: ops.msort,
  nanToNum: ops.nanToNum,
  nansum: ops.nansum,
  narrow: ops.narrow,
  positive: ops.positive,
  rad2deg: ops.rad2deg,
  ravel: ops.ravel,
  reciprocal: ops.reciprocal,
  remainder: ops.remainder,
  repeat: ops.repeat,
  repeatInterleave: ops.repeatInterleave,
  roll: ops.roll,
  rot90: ops.rot90,
  round: ops.round,
  rsqrt: ops.rsqrt,
  signbit: ops.signbit,
  sinc: ops.sinc,
  sort: ops.sort,
  swapaxes: ops.swapaxes,
  tile: ops.tile,
  topk: ops.topk,
  trace: ops.trace,
  trunc: ops.trunc,
  unbind: ops.unbind,
  unflatten: ops.unflatten,
  xlogy: ops.xlogy,
  at: ops.at,
  flatten: ops.flatten,
  flip: ops.flip,
  select: ops.select,
  slice: ops.slice,
  split: ops.split,
  squeeze: ops.squeeze,
  transpose: ops.transpose,
  unsqueeze: ops.unsqueeze,
  indexAdd: ops.indexAdd,
  indexCopy: ops.indexCopy,
  indexFill: ops.indexFill,
  indexPut: ops.indexPut,
  maskedSelect: ops.maskedSelect,
  scatter: ops.scatter,
  scatterAdd: ops.scatterAdd,
  scatterReduce: ops.scatterReduce,
  take: ops.take,
  takeAlongDim: ops.takeAlongDim,
} satisfies Partial<Record<keyof TensorMethods, (x: never, ...rest: never[]) => unknown>>;

// The methods of Tensor: each hands `this` to the free function that does the work. Their types and documentation stand in method-types.
const methods = {
  neg(this: Tensor) {
    return ops.neg(this);
  },
  square(this: Tensor) {
    return ops.square(this);
  },
  sqrt(this: Tensor) {
    return ops.sqrt(this);
  },
  abs(this: Tensor) {
    return ops.abs(this);
  },
  sign(this: Tensor) {
    return ops.sign(this);
  },
  exp(this: Tensor) {
    return ops.exp(this);
  },
  log(this: Tensor) {
    return ops.log(this);
  },
  log1p(this: Tensor) {
    return ops.log1p(this);
  },
  expm1(this: Tensor) {
    return ops.expm1(this);
  },
  sigmoid(this: Tensor) {
    return ops.sigmoid(this);
  },
  softplus(this: Tensor, options?: ops.SoftplusOptions) {
    return ops.softplus(this, options);
  },
  sin(this: Tensor) {
    return ops.sin(this);
  },
  cos(this: Tensor) {
    return ops.cos(this);
  },
  tan(this: Tensor) {
    return ops.tan(this);
  },
  sinh(this: Tensor) {
    return ops.sinh(this);
  },
  cosh(this: Tensor) {
    return ops.cosh(this);
  },
  tanh(this: Tensor) {
    return ops.tanh(this);
  },
  asin(this: Tensor) {
    return ops.asin(this);
  },
  acos(this: Tensor) {
    return ops.acos(this);
  },
  atan(this: Tensor) {
    return ops.atan(this);
  },
  polygamma(this: Tensor, n: number) {
    return ops.polygamma(n, this);
  },
  relu(this: Tensor) {
    return ops.relu(this);
  },
  erf(this: Tensor) {
    return ops.erf(this);
  },
  isNaN(this: Tensor) {
    return ops.isNaN(this);
  },
  add(this: Tensor, other: Operand, options?: ops.AlphaOption) {
    return ops.add(this, other as Tensor, options);
  },
  sub(this: Tensor, other: Operand, options?: ops.AlphaOption) {
    return ops.sub(this, other as Tensor, options);
  },
  mul(this: Tensor, other: Operand) {
    return ops.mul(this, other as Tensor);
  },
  div(this: Tensor, other: Operand, options?: ops.DivOptions) {
    return ops.div(this, other as Tensor, options);
  },
  pow(this: Tensor, other: Operand) {
    return ops.pow(this, other as Tensor);
  },
  maximum(this: Tensor, other: Operand) {
    return ops.maximum(this, other as Tensor);
  },
  minimum(this: Tensor, other: Operand) {
    return ops.minimum(this, other as Tensor);
  },
  atan2(this: Tensor, other: Operand) {
    return ops.atan2(this, other as Tensor);
  },
  eq(this: Tensor, other: Operand) {
    return ops.eq(this, other as Tensor);
  },
  ne(this: Tensor, other: Operand) {
    return ops.ne(this, other as Tensor);
  },
  lt(this: Tensor, other: Operand) {
    return ops.lt(this, other as Tensor);
  },
  le(this: Tensor, other: Operand) {
    return ops.le(this, other as Tensor);
  },
  gt(this: Tensor, other: Operand) {
    return ops.gt(this, other as Tensor);
  },
  ge(this: Tensor, other: Operand) {
    return ops.ge(this, other as Tensor);
  },
  logicalAnd(this: Tensor, other: Operand) {
    return ops.logicalAnd(this, other as Tensor);
  },
  clamp(this: Tensor, min: Operand | null | undefined, max?: Operand | null) {
    return ops.clamp(this, min as Tensor, max as Tensor);
  },
  where(this: Tensor, a: Operand, b: Operand) {
    return ops.where(this, a as Tensor, b as Tensor);
  },
  to(this: Tensor, dtype: Dtype) {
    return ops.cast(this, dtype);
  },
  sum(this: Tensor, dim?: ops.Dims, options?: ops.SumOptions) {
    return ops.sum(this, dim, options);
  },
  mean(this: Tensor, dim?: ops.Dims, options?: ops.SumOptions) {
    return ops.mean(this, dim, options);
  },
  prod(this: Tensor, dim?: ops.Dims, options?: ops.SumOptions) {
    return ops.prod(this, dim, options);
  },
  max(this: Tensor, dim?: number | Tensor, options?: ops.KeepDim) {
    return ops.max(this, dim as number, options);
  },
  min(this: Tensor, dim?: number | Tensor, options?: ops.KeepDim) {
    return ops.min(this, dim as number, options);
  },
  argmax(this: Tensor, dim?: number, options?: ops.KeepDim) {
    return ops.argmax(this, dim, options);
  },
  argmin(this: Tensor, dim?: number, options?: ops.KeepDim) {
    return ops.argmin(this, dim, options);
  },
  logSumExp(this: Tensor, dim?: ops.Dims, options?: ops.KeepDim) {
    return ops.logSumExp(this, dim, options);
  },
  softmax(this: Tensor, dim?: number, options?: ops.DtypeOption) {
    return ops.softmax(this, dim, options);
  },
  logSoftmax(this: Tensor, dim?: number, options?: ops.DtypeOption) {
    return ops.logSoftmax(this, dim, options);
  },
  var(this: Tensor, dim?: ops.Dims, options?: ops.Correction) {
    return ops.variance(this, dim, options);
  },
  std(this: Tensor, dim?: ops.Dims, options?: ops.Correction) {
    return ops.std(this, dim, options);
  },
  norm(this: Tensor, dim?: ops.Dims, options?: ops.NormOptions) {
    return ops.norm(this, dim, options);
  },
  cumsum(this: Tensor, dim: number, options?: ops.DtypeOption) {
    return ops.cumsum(this, dim, options);
  },
  matmul(this: Tensor, other: Tensor) {
    return ops.matmul(this, other);
  },
  dot(this: Tensor, other: Tensor) {
    return ops.dot(this, other);
  },
  outer(this: Tensor, other: Tensor) {
    return ops.outer(this, other);
  },
  mm(this: Tensor, other: Tensor) {
    return ops.mm(this, other);
  },
  mv(this: Tensor, other: Tensor) {
    return ops.mv(this, other);
  },
  bmm(this: Tensor, other: Tensor) {
    return ops.bmm(this, other);
  },
  addmm(this: Tensor, a: Tensor, b: Tensor, options?: ops.Factors) {
    return ops.addmm(this, a, b, options);
  },
  addmv(this: Tensor, a: Tensor, b: Tensor, options?: ops.Factors) {
    return ops.addmv(this, a, b, options);
  },
  baddbmm(this: Tensor, a: Tensor, b: Tensor, options?: ops.Factors) {
    return ops.baddbmm(this, a, b, options);
  },
  inner(this: Tensor, other: Tensor) {
    return ops.inner(this, other);
  },
  kron(this: Tensor, other: Tensor) {
    return ops.kron(this, other);
  },
  det(this: Tensor) {
    return ops.det(this);
  },
  slogdet(this: Tensor) {
    return ops.slogdet(this);
  },
  inverse(this: Tensor) {
    return ops.inverse(this);
  },
  cholesky(this: Tensor, options?: { readonly upper?: boolean | undefined }) {
    return ops.cholesky(this, options);
  },
  reshape(this: Tensor, shape: ShapeArg) {
    return ops.reshape(this, shape);
  },
  permute(this: Tensor, order: ShapeArg) {
    return ops.permute(this, order);
  },
  broadcastTo(this: Tensor, shape: ShapeArg) {
    return ops.broadcastTo(this, shape);
  },
  indexSelect(this: Tensor, dim: number, indices: ops.Indices) {
    return ops.indexSelect(this, dim, indices);
  },
  gather(this: Tensor, dim: number, indices: Tensor) {
    return ops.gather(this, dim, indices);
  },
  pad(this: Tensor, pads: ShapeArg, value?: number) {
    return ops.pad(this, pads, value);
  },
  tril(this: Tensor, diagonal?: number) {
    return ops.tril(this, diagonal);
  },
  triu(this: Tensor, diagonal?: number) {
    return ops.triu(this, diagonal);
  },
  as(this: Tensor, shape: ShapeArg) {
    checkList("as", "a shape is an array of sizes such as [2, 3]", shape);
    if (shape.length !== this.rank || shape.some((size, d) => size !== -1 && size !== this.shape[d])) {
      throw new ShapeError("as", `expected shape ${showShape(shape)}, got ${showShape(this.shape)}`, [this.shape]);
    }
    return this;
  },
  detach(this: Tensor) {
    return detach(this);
  },
  clone(this: Tensor) {
    return ops.clone(this);
  },
  assign(this: Tensor, source: Source) {
    return assign(this, source as Tensor);
  },
  zeroGrad(this: Tensor) {
    this.grad = null;
  },
  backward(this: Tensor, cotangent?: Tensor, options?: BackwardOptions) {
    backward(this, cotangent, options);
  },
  registerHook(this: Tensor, hook: Hook) {
    return registerHook(this, hook);
  },
  retainGrad(this: Tensor) {
    return retainGrad(this);
  },
} satisfies Record<
  Exclude<keyof TensorMethods, "shape" | keyof typeof HANDED_ON>,
  (this: Tensor, ...rest: never[]) => unknown
>;

for (const [name, of] of Object.entries(HANDED_ON)) {
  const call = of as (x: Tensor, ...rest: unknown[]) => unknown;
  Object.defineProperty(Tensor.prototype, name, {
    value(this: Tensor, ...rest: unknown[]) {
      return call(this, ...rest);
    },
    writable: true,
    configurable: true,
  });
}
for (const [name, value] of Object.entries(methods)) {
  Object.defineProperty(Tensor.prototype, name, { value, writable: true, configurable: true });
}
Object.defineProperty(Tensor.prototype, Symbol.for("nodejs.util.inspect.custom"), {
  value(this: Tensor) {
    return formatTensor(this);
  },
});
