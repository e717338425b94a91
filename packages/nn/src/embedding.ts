import { elementsOf, mutate, optionsOf, quoted } from "@chainrule/core/internal";
import {
  ArgumentError,
  bilinear,
  type BilinearShape,
  type Check,
  detach,
  dropout,
  type Dtype,
  embedding,
  type EmbeddingFn,
  type Generator,
  norm,
  type SameFn,
  type Tensor,
  zeros,
} from "@chainrule/core/lean";
import { normal, uniform } from "./init.ts";
import { Layer } from "./layer.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { placed } from "./place.ts";
import { shownOptions } from "./show.ts";

export interface EmbeddingOptions {
  /** Row that begins as zeros and is not learned. */
  readonly paddingIdx?: number | undefined;
  /** Rows that are looked up and whose norm is larger are first scaled down to it, in place; unlimited by default. */
  readonly maxNorm?: number | undefined;
  /** Order of that norm; 2 by default. */
  readonly normType?: number | undefined;
  /** Whether the gradient of a row is divided by how often its index comes up; no by default. */
  readonly scaleGradByFreq?: boolean | undefined;
  readonly dtype?: Dtype | undefined;
  /** Where the initial values come from; the default generator if left out. */
  readonly generator?: Generator | undefined;
}

/**
 * A table with a row of numbers for each index, see `embedding`; rows begin normal with deviation 1.
 *
 * @example
 * new Embedding(10, 3).forward(tensor([[1, 2], [4, 9]], { dtype: "int32" })).shape; // [2, 2, 3]
 * @throws ShapeError for an index that has no row, DtypeError unless indices are int32.
 */
export class Embedding<const N extends number = number, const O extends number = number> extends Layer<EmbeddingFn<O>> {
  readonly weight: Parameter<[N, O]>;
  readonly paddingIdx: number | undefined;
  readonly maxNorm: number | undefined;
  readonly normType: number;
  readonly scaleGradByFreq: boolean;

  constructor(rows: N, features: O, given?: EmbeddingOptions) {
    super();
    const options = optionsOf("Embedding", given, [
      "paddingIdx",
      "maxNorm",
      "normType",
      "scaleGradByFreq",
      "dtype",
      "generator",
    ]);
    const { paddingIdx, maxNorm, normType = 2, scaleGradByFreq = false, dtype, generator } = options;
    for (const x of [maxNorm ?? 1, normType])
      if (typeof x !== "number" || !(x > 0))
        throw new ArgumentError(`Embedding: maxNorm and normType are numbers above 0, got ${quoted(x)}`);
    this.maxNorm = maxNorm;
    this.normType = normType;
    this.scaleGradByFreq = scaleGradByFreq;
    if (![rows, features].every((n) => Number.isInteger(n) && n > 0))
      throw new ArgumentError(
        `Embedding: sizes are whole numbers from 1 up, got ${quoted(rows)} and ${quoted(features)}`,
      );
    const row = paddingIdx === undefined || paddingIdx >= 0 ? paddingIdx : paddingIdx + rows;
    if (row !== undefined && (!Number.isInteger(row) || row < 0 || row >= rows))
      throw new ArgumentError(`Embedding: paddingIdx ${quoted(paddingIdx)} is out of range for ${rows} rows`);
    this.paddingIdx = row;
    const weight = normal(new Parameter(zeros([rows, features] as number[], { dtype })), { generator });
    if (row !== undefined) mutate("Embedding", weight, (data) => data.fill(0, row * features, (row + 1) * features));
    this.weight = weight as Parameter as Parameter<[N, O]>;
  }
  protected compute(x: Tensor): Tensor {
    const { paddingIdx, scaleGradByFreq } = this;
    if (this.maxNorm !== undefined) {
      embedding(x, detach(this.weight)); // what is no index is an error before anything is changed
      this.limit(new Set(elementsOf(x)), this.maxNorm);
    }
    return embedding(x, this.weight, { paddingIdx, scaleGradByFreq });
  }
  /** w ← w·maxNorm/(‖w‖ + 1e-7) for rows w that are longer, as in PyTorch. */
  private limit(rows: ReadonlySet<number>, maxNorm: number): void {
    const norms = norm(detach(this.weight) as Tensor, 1, { p: this.normType }).toTypedArray();
    const long = [...rows].filter((row) => norms[row]! > maxNorm);
    if (long.length === 0) return;
    const features = this.weight.shape[1];
    mutate("Embedding", this.weight, (data) => {
      for (const row of long)
        for (let i = row * features; i < (row + 1) * features; i++) data[i]! *= maxNorm / (norms[row]! + 1e-7);
    });
  }
  protected override details(): string {
    return `${this.weight.shape[0]}, ${this.weight.shape[1]}`;
  }
}
export interface DropoutLayerOptions {
  /** Where the random numbers come from; the default generator if left out. */
  readonly generator?: Generator | undefined;
}

/**
 * While training, elements are 0 with probability p and x/(1 − p) otherwise, see `dropout`; after `eval()`, the input itself.
 *
 * @example
 * new Dropout(0.2).eval().forward(tensor([1, 2])).toArray(); // [1, 2]
 * @throws ArgumentError unless p is from 0 to 1.
 */
export class Dropout extends Layer<SameFn> {
  readonly p: number;
  readonly generator: Generator | undefined;

  constructor(p = 0.5, options?: DropoutLayerOptions) {
    super();
    const { generator } = optionsOf("Dropout", options, ["generator"]);
    if (typeof p !== "number" || !(p >= 0 && p <= 1))
      throw new ArgumentError(`Dropout: p is a probability from 0 to 1, got ${quoted(p)}`);
    this.p = p;
    this.generator = generator;
  }
  protected compute(x: Tensor): Tensor {
    if (!this.training || this.p === 0) return x;
    return dropout(x, { p: this.p, generator: this.generator });
  }
  protected override details(): string {
    return String(this.p);
  }
}

export interface BilinearOptions {
  /** Whether to add a bias; true by default. */
  readonly bias?: boolean | undefined;
  readonly dtype?: Dtype | undefined;
  /** Where the initial values come from; the default generator if left out. */
  readonly generator?: Generator | undefined;
}

/**
 * x·weightₒ·yᵀ + biasₒ for each output o, see `bilinear`, from `[…, left]` and `[…, right]` to `[…, outputs]`. The weight is `[outputs, left, right]`; weight and
 * bias begin uniform in ±1/√left.
 *
 * @example
 * new Bilinear(2, 3, 4).forward(zeros([5, 2]), zeros([5, 3])).shape; // [5, 4]
 * @throws ShapeError if the inputs do not end in these sizes.
 */
export class Bilinear<
  const I extends number = number,
  const J extends number = number,
  const O extends number = number,
> extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | null;

  constructor(left: I, right: J, outputs: O, options?: BilinearOptions) {
    super();
    const { bias = true, dtype, generator } = optionsOf("Bilinear", options, ["bias", "dtype", "generator"]);
    if (![left, right, outputs].every((n) => Number.isInteger(n) && n > 0))
      throw new ArgumentError(
        `Bilinear: sizes are whole numbers from 1 up, got ${quoted(left)}, ${quoted(right)} and ${quoted(outputs)}`,
      );
    const bounds = { low: -1 / Math.sqrt(left), high: 1 / Math.sqrt(left), generator };
    this.weight = uniform(new Parameter(zeros([outputs, left, right] as number[], { dtype })) as Parameter, bounds);
    this.bias = bias ? uniform(new Parameter(zeros([outputs] as number[], { dtype })) as Parameter, bounds) : null;
  }

  forward<A extends Tensor, B extends Tensor>(
    x: A,
    y: Check<BilinearShape<A["shape"], B["shape"], I, J, O>, B>,
  ): Tensor<BilinearShape<A["shape"], B["shape"], I, J, O>> {
    try {
      return bilinear(x as Tensor, y as Tensor, this.weight, this.bias) as never;
    } catch (error) {
      throw placed(error, this);
    }
  }
  protected override details(): string {
    const [outputs, left, right] = this.weight.shape;
    return `${left}, ${right}, ${outputs}${shownOptions([this.bias === null ? "bias: false" : ""])}`;
  }
}
