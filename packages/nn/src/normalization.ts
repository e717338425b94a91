import {
  add,
  ArgumentError,
  assign,
  batchNorm,
  type Dtype,
  groupNorm,
  instanceNorm,
  layerNorm,
  mean,
  mul,
  noGrad,
  ones,
  rmsNorm,
  type SameFn,
  ShapeError,
  tensor,
  type Tensor,
  variance,
  zeros,
} from "@chainrule/core/lean";
import { Layer } from "./layer.ts";
import { Parameter } from "./parameter.ts";

export interface NormLayerOptions {
  /** Added to the variance; 1e-5 by default. */
  readonly eps?: number | undefined;
  /** Whether to learn a weight and a bias. */
  readonly affine?: boolean | undefined;
  readonly dtype?: Dtype | undefined;
}
export interface BatchNormLayerOptions extends NormLayerOptions {
  /** Share of the new batch in the running statistics, 0.1 by default; null for the mean over all batches. */
  readonly momentum?: number | null | undefined;
  /** Whether to keep running statistics, which `eval()` then uses; true by default. */
  readonly trackRunningStats?: boolean | undefined;
}

function checkCount(name: string, what: string, n: number): void {
  if (!Number.isInteger(n) || n < 1)
    throw new ArgumentError(`${name}: ${what} is a whole number from 1 up, got ${String(n)}`);
}

/** A layer with a factor and a summand for each channel, or each element of a shape. */
abstract class Normalization extends Layer<SameFn> {
  readonly weight: Parameter | null;
  readonly bias: Parameter | null;
  readonly eps: number;

  constructor(shape: readonly number[], { eps = 1e-5, affine = true, dtype }: NormLayerOptions, withBias = true) {
    super();
    for (const size of shape) checkCount(this.constructor.name, "a size", size);
    this.eps = eps;
    this.weight = affine ? new Parameter(ones([...shape], { dtype })) : null;
    this.bias = affine && withBias ? new Parameter(zeros([...shape], { dtype })) : null;
  }
}

/** PyTorch's names of buffers, so that state dicts interchange. */
const PYTORCH: Record<string, string> = {
  runningMean: "running_mean",
  runningVar: "running_var",
  numBatchesTracked: "num_batches_tracked",
};

abstract class BatchNorm extends Normalization {
  readonly momentum: number | null;
  readonly runningMean: Tensor | null;
  readonly runningVar: Tensor | null;
  readonly numBatchesTracked: Tensor | null;
  readonly #features: number;

  constructor(features: number, options: BatchNormLayerOptions = {}) {
    super([features], options);
    const { momentum = 0.1, trackRunningStats = true, dtype } = options;
    this.#features = features;
    this.momentum = momentum;
    this.runningMean = trackRunningStats ? zeros([features] as number[], { dtype }) : null;
    this.runningVar = trackRunningStats ? ones([features] as number[], { dtype }) : null;
    this.numBatchesTracked = trackRunningStats ? tensor(0, { dtype: "int32" }) : null;
  }
  protected abstract fits(rank: number): string | null;

  protected compute(x: Tensor): Tensor {
    const label = `${this.constructor.name}(${this.#features})`;
    const needed = this.fits(x.rank);
    const shown = `[${x.shape.join(",")}]`;
    if (needed !== null) throw new ShapeError(label, `needs ${needed}, got ${shown}`, [x.shape]);
    if (x.shape[1] !== this.#features)
      throw new ShapeError(label, `input ${shown} has ${x.shape[1]} channels, expected ${this.#features}`, [x.shape]);
    const { weight, bias, eps, runningMean, runningVar } = this;
    if (!this.training && runningMean && runningVar)
      return batchNorm(x, { weight, bias, eps, mean: runningMean, variance: runningVar });
    if (this.training && x.size === this.#features)
      throw new ShapeError(label, `training needs more than one number a channel, got ${shown}; call eval() first`, [
        x.shape,
      ]);
    const y = batchNorm(x, { weight, bias, eps });
    if (this.training) noGrad(() => this.track(x));
    return y;
  }

  /** running ← (1 − momentum)·running + momentum·batch, with the unbiased variance. */
  private track(x: Tensor): void {
    const { runningMean, runningVar, numBatchesTracked } = this;
    if (runningMean === null || runningVar === null || numBatchesTracked === null) return;
    assign(numBatchesTracked, add(numBatchesTracked, 1));
    const share = this.momentum ?? 1 / numBatchesTracked.item();
    const dims = x.shape.map((_, d) => d).filter((d) => d !== 1);
    assign(runningMean, add(mul(runningMean, 1 - share), mul(mean(x, dims), share)));
    assign(runningVar, add(mul(runningVar, 1 - share), mul(variance(x, dims), share)));
  }

  override members(): Iterable<readonly [string, unknown]> {
    return Object.entries(this).map(([name, x]) => [PYTORCH[name] ?? name, x] as const);
  }
  protected override details(): string {
    return String(this.#features);
  }
}

/**
 * Each channel of `[batch, channels]` or `[batch, channels, length]` with mean 0 and variance 1 over the batch, then weight and bias, see
 * `batchNorm`. After `eval()`, running statistics stand in for those of the batch.
 *
 * @example
 * new BatchNorm1d(3).forward(rand([8, 3])).shape; // [8, 3]
 * @throws ShapeError for another number of channels, or a training batch of one number a channel.
 */
export class BatchNorm1d extends BatchNorm {
  protected fits(rank: number): string | null {
    return rank === 2 || rank === 3 ? null : "[batch,channels] or [batch,channels,length]";
  }
}

/**
 * As `BatchNorm1d`, for `[batch, channels, height, width]`.
 *
 * @example
 * new BatchNorm2d(3).forward(rand([8, 3, 4, 4])).shape; // [8, 3, 4, 4]
 * @throws ShapeError for another number of channels, or a training batch of one number a channel.
 */
export class BatchNorm2d extends BatchNorm {
  protected fits(rank: number): string | null {
    return rank === 4 ? null : "[batch,channels,height,width]";
  }
}

/**
 * The last dims, of the given sizes, with mean 0 and variance 1, then weight and bias, see `layerNorm`.
 *
 * @example
 * new LayerNorm(3).forward(rand([8, 3])).shape; // [8, 3]
 * @throws ShapeError unless the input ends in the shape.
 */
export class LayerNorm extends Normalization {
  readonly shape: readonly number[];

  constructor(
    shape: number | readonly number[],
    options: NormLayerOptions & { readonly bias?: boolean | undefined } = {},
  ) {
    const sizes = typeof shape === "number" ? [shape] : [...shape];
    super(sizes, options, options.bias);
    this.shape = sizes;
  }
  protected compute(x: Tensor): Tensor {
    return layerNorm(x, this.shape, this);
  }
  protected override details(): string {
    return `[${this.shape.join(", ")}]`;
  }
}

/**
 * x/√(mean x² + eps)·weight over the last dims, see `rmsNorm`.
 *
 * @example
 * new RMSNorm(2, { eps: 7 }).forward(tensor([3, 3])).toArray(); // [0.75, 0.75]
 * @throws ShapeError unless the input ends in the shape.
 */
export class RMSNorm extends Layer<SameFn> {
  readonly weight: Parameter | null;
  readonly shape: readonly number[];
  readonly eps: number | undefined;

  constructor(shape: number | readonly number[], { eps, affine = true, dtype }: NormLayerOptions = {}) {
    super();
    this.shape = typeof shape === "number" ? [shape] : [...shape];
    for (const size of this.shape) checkCount("RMSNorm", "a size", size);
    this.eps = eps;
    this.weight = affine ? new Parameter(ones([...this.shape], { dtype })) : null;
  }
  protected compute(x: Tensor): Tensor {
    return rmsNorm(x, this.shape, this);
  }
  protected override details(): string {
    return `[${this.shape.join(", ")}]`;
  }
}

/**
 * Groups of channels with mean 0 and variance 1 in every example, then weight and bias, see `groupNorm`.
 *
 * @example
 * new GroupNorm(2, 4).forward(rand([8, 4, 5])).shape; // [8, 4, 5]
 * @throws ArgumentError unless the groups divide the channels, ShapeError for another number of channels.
 */
export class GroupNorm extends Normalization {
  readonly groups: number;
  readonly channels: number;

  constructor(groups: number, channels: number, options: NormLayerOptions = {}) {
    super([channels], options);
    checkCount("GroupNorm", "groups", groups);
    if (channels % groups !== 0)
      throw new ArgumentError(`GroupNorm: ${groups} groups do not divide ${channels} channels`);
    this.groups = groups;
    this.channels = channels;
  }
  protected compute(x: Tensor): Tensor {
    if (x.rank > 1 && x.shape[1] !== this.channels)
      throw new ShapeError(
        `GroupNorm(${this.details()})`,
        `input [${x.shape.join(",")}] has ${x.shape[1]} channels, expected ${this.channels}`,
        [x.shape],
      );
    return groupNorm(x, this.groups, this);
  }
  protected override details(): string {
    return `${this.groups}, ${this.channels}`;
  }
}

/**
 * Every channel of every example with mean 0 and variance 1, see `instanceNorm`. As in PyTorch it learns nothing unless `affine` is true.
 *
 * @example
 * new InstanceNorm(3).forward(rand([8, 3, 5])).shape; // [8, 3, 5]
 * @throws ShapeError below three dims or for another number of channels.
 */
export class InstanceNorm extends Normalization {
  readonly channels: number;

  constructor(channels: number, options: NormLayerOptions = {}) {
    super([channels], { ...options, affine: options.affine ?? false });
    this.channels = channels;
  }
  protected compute(x: Tensor): Tensor {
    if (x.rank > 1 && x.shape[1] !== this.channels)
      throw new ShapeError(
        `InstanceNorm(${this.channels})`,
        `input [${x.shape.join(",")}] has ${x.shape[1]} channels, expected ${this.channels}`,
        [x.shape],
      );
    return instanceNorm(x, this);
  }
  protected override details(): string {
    return String(this.channels);
  }
}
