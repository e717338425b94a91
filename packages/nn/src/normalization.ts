import { optionsOf, quoted } from "@chainrule/core/internal";
import {
  ArgumentError,
  type Dtype,
  groupNorm,
  type GroupNormFn,
  type LastNormFn,
  layerNorm,
  ones,
  rmsNorm,
  type SameFn,
  ShapeError,
  type ShapeFn,
  type Tensor,
  zeros,
} from "@chainrule/core/lean";
import { Layer } from "./layer.ts";
import { Parameter } from "./parameter.ts";

export interface NormLayerOptions {
  /** Added to the variance; 1e-5 by default. */
  readonly eps?: number | undefined;
  /** Whether to learn a weight and a bias for each channel. */
  readonly affine?: boolean | undefined;
  readonly dtype?: Dtype | undefined;
}
export interface ElementwiseNormOptions extends Omit<NormLayerOptions, "affine"> {
  /** Whether to learn a weight, and a bias where there is one, for each element; true by default. */
  readonly elementwiseAffine?: boolean | undefined;
}

export function checkCount(name: string, what: string, n: number): void {
  if (!Number.isInteger(n) || n < 1)
    throw new ArgumentError(`${name}: ${what} is a whole number from 1 up, got ${quoted(n)}`);
}

/** A layer with a factor and a summand for each channel, or each element of a shape. */
export abstract class Normalization<F extends ShapeFn = SameFn> extends Layer<F> {
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

/**
 * The last dims, of the given sizes, with mean 0 and variance 1, then weight and bias, see `layerNorm`.
 *
 * @example
 * new LayerNorm(3).forward(rand([8, 3])).shape; // [8, 3]
 * @throws ShapeError unless the input ends in the shape.
 */
export class LayerNorm<const N extends number | readonly number[] = number | readonly number[]> extends Normalization<
  LastNormFn<"layerNorm", N>
> {
  readonly shape: readonly number[];

  constructor(shape: N, options?: ElementwiseNormOptions & { readonly bias?: boolean | undefined }) {
    const given = optionsOf("LayerNorm", options, ["eps", "elementwiseAffine", "dtype", "bias"]);
    const { eps, elementwiseAffine: affine, dtype, bias } = given;
    const sizes = Array.isArray(shape) ? [...(shape as readonly number[])] : [shape as number];
    super(sizes, { eps, affine, dtype }, bias);
    this.shape = sizes;
  }
  protected compute(x: Tensor): Tensor {
    const { weight, bias, eps } = this;
    return layerNorm(x, this.shape, { weight, bias, eps });
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
export class RMSNorm<const N extends number | readonly number[] = number | readonly number[]> extends Layer<
  LastNormFn<"rmsNorm", N>
> {
  readonly weight: Parameter | null;
  readonly shape: readonly number[];
  readonly eps: number | undefined;

  constructor(shape: N, options?: ElementwiseNormOptions) {
    super();
    const given = optionsOf("RMSNorm", options, ["eps", "elementwiseAffine", "dtype"]);
    const { eps, elementwiseAffine = true, dtype } = given;
    this.shape = Array.isArray(shape) ? [...(shape as readonly number[])] : [shape as number];
    for (const size of this.shape) checkCount("RMSNorm", "a size", size);
    this.eps = eps;
    this.weight = elementwiseAffine ? new Parameter(ones([...this.shape], { dtype })) : null;
  }
  protected compute(x: Tensor): Tensor {
    const { weight, eps } = this;
    return rmsNorm(x, this.shape, { weight, eps });
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
export class GroupNorm<const G extends number = number, const C extends number = number> extends Normalization<
  GroupNormFn<G, C>
> {
  readonly groups: number;
  readonly channels: number;

  constructor(groups: G, channels: C, options?: NormLayerOptions) {
    super([channels], optionsOf("GroupNorm", options, ["eps", "affine", "dtype"]));
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
    const { weight, bias, eps } = this;
    return groupNorm(x, this.groups, { weight, bias, eps });
  }
  protected override details(): string {
    return `${this.groups}, ${this.channels}`;
  }
}
