import { ArgumentError, optionsOf, quoted, ShapeError } from "../errors.ts";
import { apply } from "../op.ts";
import { showShape, sizeOf } from "../shape.ts";
import type { Allow, CheckAlong, LastNormShape } from "../shape-types/index.ts";
import { checkTensor, type Tensor } from "../tensor.ts";
import { add, clamp, div, mul, neg, rsqrt, sub } from "./arithmetic.ts";
import { reshape } from "./movement.ts";
import { countOf, floating, mean, reduction } from "./reduction.ts";
import { normOver, sumSquaresOp } from "./statistics.ts";

/** What every normalisation takes after the input. */
export interface NormalizationOptions {
  /** Factor for each channel, or each element of the normalised shape. */
  readonly weight?: Tensor | null | undefined;
  /** Summand likewise. */
  readonly bias?: Tensor | null | undefined;
  /** Added to the variance; 1e-5 by default. */
  readonly eps?: number | undefined;
}

/** (x − mean)/√(variance + eps); the mean is taken out before anything is squared, so an offset costs no digits. */
function standardized(op: string, x: Tensor, dims: readonly number[], eps: number): Tensor {
  const centered = add(x, neg(mean(x, dims, { keepDim: true }))); // on the way back what is negated is small too
  return scaled(op, centered, meanSquare(op, centered, dims), eps);
}
const meanSquare = (op: string, x: Tensor, dims: readonly number[]): Tensor =>
  div(apply(sumSquaresOp, [x], reduction(op, x, dims, true)), countOf(x, dims));
function scaled(op: string, x: Tensor, variance: Tensor, eps: number): Tensor {
  if (typeof eps !== "number" || !(eps >= 0))
    throw new ArgumentError(`${op}: eps is a number from 0 up, got ${quoted(eps)}`);
  return mul(x, rsqrt(add(variance, eps)));
}

/** x·weight + bias, each reshaped by `shape`. */
function affine(
  op: string,
  x: Tensor,
  { weight, bias }: NormalizationOptions,
  expected: readonly number[],
  shape: readonly number[],
): Tensor {
  const part = (name: string, y: Tensor): Tensor => {
    checkTensor(op, y);
    if (y.rank !== expected.length || y.shape.some((size, d) => size !== expected[d]))
      throw new ShapeError(
        op,
        `${name} ${showShape(y.shape)} is not ${showShape(expected)}, as input ${showShape(x.shape)} needs`,
        [x.shape, y.shape],
      );
    return reshape(y, shape);
  };
  const product = weight ? mul(x, part("weight", weight)) : x;
  return bias ? add(product, part("bias", bias)) : product;
}
/** Dims `[batch, channels, …]`, and the shape in which numbers for each channel broadcast. */
function channelsOf(op: string, x: Tensor): { channels: number; shape: number[]; rest: number[] } {
  checkTensor(op, x);
  if (x.rank < 2) throw new ShapeError(op, `needs [batch,channels,…], got ${showShape(x.shape)}`, [x.shape]);
  const rest = x.shape.map((_, d) => d).slice(2);
  return { channels: x.shape[1]!, shape: [x.shape[1]!, ...rest.map(() => 1)], rest };
}

export interface BatchNormOptions extends NormalizationOptions {
  /** Mean of each channel that is taken out; that of the batch if left out. */
  readonly mean?: Tensor | null | undefined;
  /** Variance of each channel that is divided out; that of the batch (biased) if left out. */
  readonly variance?: Tensor | null | undefined;
}

/**
 * (x − mean)/√(variance + eps)·weight + bias for each channel (dim 1), by the statistics of the batch or by given ones
 * (Ioffe and Szegedy 2015).
 * @throws ShapeError below two dims, and for statistics that are not one number a channel.
 * @example
 * batchNorm(tensor([[1], [3]]), { eps: 0 }).toArray(); // [[-1], [1]]
 */
export function batchNorm<A extends Tensor>(x: A, options?: BatchNormOptions): Tensor<A["shape"]>;
export function batchNorm(x: Tensor, given?: BatchNormOptions): Tensor {
  const options = optionsOf("batchNorm", given, ["weight", "bias", "eps", "mean", "variance"]);
  const { channels, shape, rest } = channelsOf("batchNorm", x);
  const { mean: center, variance, eps = 1e-5 } = options;
  const values = floating(x);
  if (!center !== !variance) throw new ArgumentError("batchNorm: needs both mean and variance, or neither");
  const normal =
    center && variance
      ? scaled("batchNorm", sub(values, aligned(center, channels, shape)), aligned(variance, channels, shape), eps)
      : standardized("batchNorm", values, [0, ...rest], eps);
  return affine("batchNorm", normal, options, [channels], shape);
}
function aligned(x: Tensor, channels: number, shape: readonly number[]): Tensor {
  if (x.rank !== 1 || x.size !== channels)
    throw new ShapeError(
      "batchNorm",
      `statistics ${showShape(x.shape)} are not one number for each of ${channels} channels`,
      [x.shape],
    );
  return reshape(x, shape);
}

/** The last dims, which must be of shape `normalized`. */
function lastDims(
  op: string,
  x: Tensor,
  normalized: number | readonly number[],
): { shape: readonly number[]; dims: number[] } {
  checkTensor(op, x);
  const shape = typeof normalized === "number" ? [normalized] : normalized;
  if (!Array.isArray(shape))
    throw new ArgumentError(`${op}: the normalised shape is a number or an array of sizes, got ${quoted(shape)}`);
  const lead = x.rank - shape.length;
  if (shape.length === 0 || lead < 0 || shape.some((size, d) => size !== x.shape[lead + d]))
    throw new ShapeError(op, `input ${showShape(x.shape)} does not end in ${showShape(shape)}`, [x.shape, [...shape]]);
  return { shape, dims: shape.map((_, d) => lead + d) };
}

/**
 * (x − mean)/√(variance + eps)·weight + bias over the last dims, whose sizes are `shape` (Ba et al. 2016).
 * @throws ShapeError unless x ends in that shape.
 * @example
 * layerNorm(tensor([[1, 3], [2, 2]]), 2, { eps: 0.5625 }).toArray(); // [[-0.8, 0.8], [0, 0]]
 */
export function layerNorm<A extends Tensor, const N extends number | readonly number[]>(
  x: A,
  shape: Allow<LastNormShape<"layerNorm", A["shape"], N>, N>,
  options?: NormalizationOptions,
): Tensor<A["shape"]>;
export function layerNorm(x: Tensor, normalized: number | readonly number[], given?: NormalizationOptions): Tensor {
  const options = optionsOf("layerNorm", given, ["weight", "bias", "eps"]);
  const { shape, dims } = lastDims("layerNorm", x, normalized);
  return affine("layerNorm", standardized("layerNorm", floating(x), dims, options.eps ?? 1e-5), options, shape, shape);
}

/**
 * x/√(mean x² + eps)·weight over the last dims, whose sizes are `shape` (Zhang and Sennrich 2019). As in PyTorch eps is the smallest
 * step above 1 of the dtype if left out.
 * @throws ShapeError unless x ends in that shape.
 * @example
 * rmsNorm(tensor([3, 3]), 2, { eps: 7 }).toArray(); // [0.75, 0.75]
 */
export function rmsNorm<A extends Tensor, const N extends number | readonly number[]>(
  x: A,
  shape: Allow<LastNormShape<"rmsNorm", A["shape"], N>, N>,
  options?: Omit<NormalizationOptions, "bias">,
): Tensor<A["shape"]>;
export function rmsNorm(
  x: Tensor,
  normalized: number | readonly number[],
  given?: Omit<NormalizationOptions, "bias">,
): Tensor {
  const options = optionsOf("rmsNorm", given, ["weight", "eps"]);
  const { shape, dims } = lastDims("rmsNorm", x, normalized);
  const values = floating(x);
  const eps = options.eps ?? (values.dtype === "float32" ? 2 ** -23 : Number.EPSILON);
  return affine(
    "rmsNorm",
    scaled("rmsNorm", values, meanSquare("rmsNorm", values, dims), eps),
    { weight: options.weight },
    shape,
    shape,
  );
}

/**
 * Channels (dim 1) in equal groups, each with mean 0 and variance 1 in every example; then weight and bias for each channel
 * (Wu and He 2018).
 * @throws ShapeError unless the groups divide the channels.
 * @example
 * groupNorm(tensor([[1, 3, 5, 5]]), 2, { eps: 0.5625 }).toArray(); // [[-0.8, 0.8, 0, 0]]
 */
export function groupNorm<A extends Tensor>(x: A, groups: number, options?: NormalizationOptions): Tensor<A["shape"]>;
export function groupNorm(x: Tensor, groups: number, given?: NormalizationOptions): Tensor {
  const options = optionsOf("groupNorm", given, ["weight", "bias", "eps"]);
  const { channels, shape } = channelsOf("groupNorm", x);
  if (!Number.isInteger(groups) || groups < 1)
    throw new ArgumentError(`groupNorm: groups is a whole number from 1 up, got ${quoted(groups)}`);
  if (channels % groups !== 0)
    throw new ShapeError("groupNorm", `${groups} groups do not divide ${channels} channels of ${showShape(x.shape)}`, [
      x.shape,
    ]);
  const parts = reshape(floating(x), [x.shape[0]!, groups, sizeOf(x.shape.slice(1)) / groups]);
  const normal = reshape(standardized("groupNorm", parts, [2], options.eps ?? 1e-5), x.shape);
  return affine("groupNorm", normal, options, [channels], shape);
}

/**
 * Every channel of every example with mean 0 and variance 1, then weight and bias for each channel (Ulyanov et al. 2016).
 * @throws ShapeError below three dims.
 * @example
 * instanceNorm(tensor([[[1, 3]]]), { eps: 0.5625 }).toArray(); // [[[-0.8, 0.8]]]
 */
export function instanceNorm<A extends Tensor>(x: A, options?: NormalizationOptions): Tensor<A["shape"]>;
export function instanceNorm(x: Tensor, given?: NormalizationOptions): Tensor {
  const options = optionsOf("instanceNorm", given, ["weight", "bias", "eps"]);
  const { channels, shape, rest } = channelsOf("instanceNorm", x);
  if (rest.length === 0)
    throw new ShapeError("instanceNorm", `needs [batch,channels,length,…], got ${showShape(x.shape)}`, [x.shape]);
  return affine(
    "instanceNorm",
    standardized("instanceNorm", floating(x), rest, options.eps ?? 1e-5),
    options,
    [channels],
    shape,
  );
}

export interface NormalizeOptions {
  /** Order of the norm; 2 by default. */
  readonly p?: number | undefined;
  /** The dim, unless it is given as a number. */
  readonly dim?: number | undefined;
  /** Lower bound of the divisor; 1e-12 by default. */
  readonly eps?: number | undefined;
}

/**
 * x / max(‖x‖, eps) along a dim, by default dim 1: vectors of length 1.
 * @throws ShapeError if there is no such dim.
 * @example
 * normalize(tensor([[3, 4]])).toArray(); // [[0.6, 0.8]]
 */
export function normalize<A extends Tensor, D extends number = 1>(
  x: A,
  dim?: CheckAlong<A["shape"], D, "normalize">,
  options?: NormalizeOptions,
): Tensor<A["shape"]>;
export function normalize<A extends Tensor>(x: A, options: NormalizeOptions): Tensor<A["shape"]>;
export function normalize(x: Tensor, first?: number | NormalizeOptions, more?: NormalizeOptions): Tensor {
  const options = optionsOf("normalize", typeof first === "number" || first === undefined ? more : first, [
    "p",
    "dim",
    "eps",
  ]);
  const { p = 2, eps = 1e-12, dim = 1 } = options;
  checkTensor("normalize", x);
  const along = reduction("normalize", x, typeof first === "number" ? first : dim, true);
  const length = normOver("normalize", x, p, along);
  return div(x, clamp(length, eps, Infinity));
}
