import { optionsOf, quoted } from "@chainrule/core/internal";
import {
  add,
  ArgumentError,
  assign,
  BatchError,
  batchNorm,
  type BatchNorm1dFn,
  type BatchNorm2dFn,
  instanceNorm,
  type InstanceNormFn,
  mean,
  mul,
  noGrad,
  type NormalizationOptions,
  ones,
  ShapeError,
  type ShapeFn,
  tensor,
  type Tensor,
  variance,
  zeros,
} from "@chainrule/core/lean";
import { Normalization, type NormLayerOptions } from "./normalization.ts";

// Normalisations of channels that may keep running statistics for the time after training.

export interface InstanceNormOptions extends NormLayerOptions {
  /** Share of the new batch in the running statistics; 0.1 by default. */
  readonly momentum?: number | undefined;
  /** Whether to keep running statistics, which `eval()` then uses. */
  readonly trackRunningStats?: boolean | undefined;
}
export interface BatchNormLayerOptions extends Omit<InstanceNormOptions, "momentum"> {
  /** Share of the new batch in the running statistics, 0.1 by default; null for the mean over all batches. */
  readonly momentum?: number | null | undefined;
}

const NAMES = ["eps", "affine", "dtype", "momentum", "trackRunningStats"] as const;

/** PyTorch's names, so that state dicts interchange. */
const PYTORCH: Record<string, string> = {
  runningMean: "running_mean",
  runningVar: "running_var",
  numBatchesTracked: "num_batches_tracked",
};

abstract class RunningNorm<F extends ShapeFn> extends Normalization<F> {
  readonly channels: number;
  readonly momentum: number | null;
  readonly runningMean: Tensor | null;
  readonly runningVar: Tensor | null;
  readonly numBatchesTracked: Tensor | null;

  constructor(channels: number, options: BatchNormLayerOptions) {
    super([channels], options);
    const { momentum = 0.1, trackRunningStats, dtype } = options;
    const sizes: number[] = [channels];
    if (momentum !== null && !(typeof momentum === "number" && momentum >= 0 && momentum <= 1))
      throw new ArgumentError(`${this.constructor.name}: momentum is a number from 0 to 1, got ${quoted(momentum)}`);
    this.channels = channels;
    this.momentum = momentum;
    this.runningMean = trackRunningStats ? zeros(sizes, { dtype }) : null;
    this.runningVar = trackRunningStats ? ones(sizes, { dtype }) : null;
    this.numBatchesTracked = trackRunningStats ? tensor(0, { dtype: "int32" }) : null;
  }

  override members(): Iterable<readonly [string, unknown]> {
    return Object.entries(this).map(([name, x]) => [PYTORCH[name] ?? name, x] as const);
  }
  protected override details(): string {
    return String(this.channels);
  }
  protected get label(): string {
    return `${this.constructor.name}(${this.channels})`;
  }
  protected checkChannels(x: Tensor): void {
    if (x.shape[1] !== this.channels)
      throw new ShapeError(
        this.label,
        `input [${x.shape.join(",")}] has ${x.shape[1]} channels, expected ${this.channels}`,
        [x.shape],
      );
  }

  /** What stands behind the normalisation. */
  protected learned(): NormalizationOptions {
    const { weight, bias, eps } = this;
    return { weight, bias, eps };
  }
  /** By the statistics of the training, if those are kept and it is over. */
  protected byRunning(x: Tensor): Tensor | null {
    const { weight, bias, eps, runningMean: mean, runningVar: variance } = this;
    return this.training || mean === null ? null : batchNorm(x, { weight, bias, eps, mean, variance });
  }
  /** running ← (1 − share)·running + share·batch, with the unbiased variance. */
  protected follow(mean: Tensor, variance: Tensor, share: number): void {
    const { runningMean, runningVar } = this;
    if (runningMean === null || runningVar === null) return;
    if (mean.batch !== null)
      throw new BatchError(
        `${this.label}: inside vmap the running statistics would differ from example to example; call eval() first, use GroupNorm or InstanceNorm, or keep none with trackRunningStats: false`,
      );
    assign(runningMean, add(mul(runningMean, 1 - share), mul(mean, share)));
    assign(runningVar, add(mul(runningVar, 1 - share), mul(variance, share)));
  }
}

abstract class BatchNorm<C extends number, F extends ShapeFn> extends RunningNorm<F> {
  constructor(channels: C, options?: BatchNormLayerOptions) {
    const { trackRunningStats = true, ...rest } = optionsOf(new.target.name, options, NAMES);
    super(channels, { ...rest, trackRunningStats });
  }
  protected abstract fits(rank: number): string | null;

  protected compute(x: Tensor): Tensor {
    const needed = this.fits(x.rank);
    const shown = `[${x.shape.join(",")}]`;
    if (needed !== null) throw new ShapeError(this.label, `needs ${needed}, got ${shown}`, [x.shape]);
    this.checkChannels(x);
    const known = this.byRunning(x);
    if (known !== null) return known;
    if (this.training && x.size === this.channels)
      throw new ShapeError(
        this.label,
        `training needs more than one number a channel, got ${shown}; leave out a last batch of one, or call eval()`,
        [x.shape],
      );
    const y = batchNorm(x, this.learned());
    if (this.training && x.size > 0) noGrad(() => this.track(x));
    return y;
  }

  private track(x: Tensor): void {
    const { numBatchesTracked: count, momentum } = this;
    if (count === null) return;
    const dims = x.shape.map((_, d) => d).filter((d) => d !== 1);
    this.follow(mean(x, dims), variance(x, dims), momentum ?? 1 / (count.item() + 1));
    assign(count, add(count, 1));
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
export class BatchNorm1d<const C extends number = number> extends BatchNorm<C, BatchNorm1dFn<C>> {
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
export class BatchNorm2d<const C extends number = number> extends BatchNorm<C, BatchNorm2dFn<C>> {
  protected fits(rank: number): string | null {
    return rank === 4 ? null : "[batch,channels,height,width]";
  }
}

/**
 * Every channel of every example with mean 0 and variance 1, see `instanceNorm`, for `[batch, channels, length, …]`. As in PyTorch it learns
 * nothing unless `affine` is true, and keeps no running statistics unless `trackRunningStats` is: then `eval()` uses their means over the batch.
 *
 * @example
 * new InstanceNorm(3).forward(rand([8, 3, 5])).shape; // [8, 3, 5]
 * @throws ShapeError below three dims, for another number of channels, or for training on one number a channel.
 */
export class InstanceNorm<const C extends number = number> extends RunningNorm<InstanceNormFn<C>> {
  constructor(channels: C, options?: InstanceNormOptions) {
    const { affine = false, ...rest } = optionsOf("InstanceNorm", options, NAMES);
    super(channels, { ...rest, affine });
  }
  protected compute(x: Tensor): Tensor {
    const shown = `[${x.shape.join(",")}]`;
    if (x.rank < 3) throw new ShapeError(this.label, `needs [batch,channels,length,…], got ${shown}`, [x.shape]);
    this.checkChannels(x);
    const known = this.byRunning(x);
    if (known !== null) return known;
    if (this.training && x.size > 0 && x.size === x.shape[0]! * this.channels)
      throw new ShapeError(this.label, `training needs more than one number a channel, got ${shown}`, [x.shape]);
    const y = instanceNorm(x, this.learned());
    if (this.training && x.size > 0) noGrad(() => this.track(x));
    return y;
  }

  private track(x: Tensor): void {
    const { momentum } = this;
    if (this.runningMean === null || momentum === null) return;
    const dims = x.shape.map((_, d) => d).slice(2);
    this.follow(mean(mean(x, dims), 0), mean(variance(x, dims), 0), momentum);
  }
}
