import {
  add,
  ArgumentError,
  defaultGenerator,
  dropout,
  type Dtype,
  gelu,
  type Generator,
  linear,
  matmul,
  mean,
  mul,
  permute,
  relu,
  reshape,
  type SameFn,
  select,
  ShapeError,
  slice,
  softmax,
  type Tensor,
  transpose,
  where,
  zeros,
} from "@chainrule/core/lean";
import { Dropout } from "./embedding.ts";
import { constant, xavierUniform } from "./init.ts";
import { Layer } from "./layer.ts";
import { Linear } from "./linear.ts";
import { Module } from "./module.ts";
import { LayerNorm } from "./normalization.ts";
import { Parameter } from "./parameter.ts";
import { checkSizes } from "./recurrent-cells.ts";

export interface AttentionLayerOptions {
  /** Probability with which attention weights are dropped while training; 0 by default. */
  readonly dropout?: number | undefined;
  /** Whether to add biases; true by default. */
  readonly bias?: boolean | undefined;
  /** Whether input and output are `[batch, time, features]` rather than `[time, batch, features]`; no by default, as in PyTorch. */
  readonly batchFirst?: boolean | undefined;
  readonly dtype?: Dtype | undefined;
  /** Where initial values and dropout come from; the default generator if left out. */
  readonly generator?: Generator | undefined;
}
export interface AttentionCallOptions {
  /** `[batch, keys]`, true for keys that nobody may see (the opposite of `scaledDotProductAttention`, as in PyTorch), or summands. */
  readonly keyPaddingMask?: Tensor | null | undefined;
  /** `[queries, keys]` or `[batch·heads, queries, keys]`, true where a query may not see a key, or summands. */
  readonly attnMask?: Tensor | null | undefined;
  /** Whether to return attention weights too; true by default. */
  readonly needWeights?: boolean | undefined;
  /** Whether to return their mean over the heads; true by default. */
  readonly averageAttnWeights?: boolean | undefined;
}

/** Scores with a mask of PyTorch's kind: −∞ where it is true, or the sum. */
const masked = (scores: Tensor, mask: Tensor): Tensor =>
  mask.dtype === "bool" ? where(mask, -Infinity, scores) : add(scores, mask);

/**
 * Attention in several heads, each between its own projections of queries, keys and values (Vaswani et al. 2017). Parameters have PyTorch's
 * names and layout: `in_proj_weight` stacks the projections of queries, keys and values.
 *
 * @example
 * const attention = new MultiHeadAttention(8, 2, { batchFirst: true });
 * const x = zeros([4, 5, 8]);
 * const [output, weights] = attention.forward(x, x, x);
 * output.shape; // [4, 5, 8]
 * weights!.shape; // [4, 5, 5]
 * @throws ArgumentError unless the heads divide the features, ShapeError for inputs that do not fit.
 */
export class MultiHeadAttention extends Module {
  readonly features: number;
  readonly heads: number;
  readonly dropout: number;
  readonly batchFirst: boolean;
  readonly generator: Generator | undefined;
  readonly inProjWeight: Parameter;
  readonly inProjBias: Parameter | null;
  readonly outProj: Linear;

  constructor(features: number, heads: number, options: AttentionLayerOptions = {}) {
    super();
    checkSizes("MultiHeadAttention", features, heads);
    if (features % heads !== 0)
      throw new ArgumentError(`MultiHeadAttention: ${heads} heads do not divide ${features} features`);
    const { dropout: p = 0, bias = true, batchFirst = false, dtype, generator } = options;
    this.features = features;
    this.heads = heads;
    this.dropout = p;
    this.batchFirst = batchFirst;
    this.generator = generator;
    this.inProjWeight = xavierUniform(
      new Parameter(zeros([3 * features, features] as number[], { dtype })) as Parameter,
      { generator },
    );
    this.inProjBias = bias ? new Parameter(zeros([3 * features] as number[], { dtype })) : null;
    this.outProj = new Linear(features, features, { bias, dtype, generator });
    if (this.outProj.bias) constant(this.outProj.bias, 0);
  }
  override members(): Iterable<readonly [string, unknown]> {
    return [
      ["in_proj_weight", this.inProjWeight],
      ["in_proj_bias", this.inProjBias],
      ["out_proj", this.outProj],
    ];
  }
  protected override details(): string {
    return `${this.features}, ${this.heads}`;
  }

  forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    options: AttentionCallOptions = {},
  ): [output: Tensor, weights: Tensor | null] {
    const { keyPaddingMask, attnMask, needWeights = true, averageAttnWeights = true } = options;
    const { heads, features } = this;
    const inputs = [query, key, value];
    const label = `MultiHeadAttention(${features}, ${heads})`;
    const shapes = inputs.map((x) => x.shape);
    const shown = shapes.map((shape) => `[${shape.join(",")}]`).join(", ");
    const rank = query.rank;
    if ((rank !== 2 && rank !== 3) || inputs.some((x) => x.rank !== rank || x.shape[rank - 1] !== features))
      throw new ShapeError(
        label,
        `needs query, key and value [${this.batchFirst ? "batch,time" : "time,batch"},${features}] or [time,${features}], got ${shown}`,
        shapes,
      );
    const [q, k, v] = inputs.map((x, i) => this.project(x, i)) as [Tensor, Tensor, Tensor];
    if (k.shape[2] !== v.shape[2] || q.shape[0] !== k.shape[0] || q.shape[0] !== v.shape[0])
      throw new ShapeError(label, `key and value differ in length, or batches differ, in ${shown}`, shapes);
    const [batch, , queries, size] = q.shape as [number, number, number, number];
    let scores = matmul(mul(q, 1 / Math.sqrt(size)), transpose(k, -2, -1));
    if (attnMask)
      scores = masked(scores, attnMask.rank === 3 ? reshape(attnMask, [batch, heads, queries, k.shape[2]!]) : attnMask);
    if (keyPaddingMask) scores = masked(scores, reshape(keyPaddingMask, [batch, 1, 1, k.shape[2]!]));
    let weights = softmax(scores);
    if (this.training && this.dropout > 0)
      weights = dropout(weights, { p: this.dropout, generator: this.generator ?? defaultGenerator() });
    const joined = reshape(permute(matmul(weights, v), [2, 0, 1, 3]), [queries, batch, features]);
    const output = this.outProj.forward(joined as never);
    const shaped = rank === 2 ? select(output, 1, 0) : this.batchFirst ? transpose(output, 0, 1) : output;
    if (!needWeights) return [shaped, null];
    const seen = averageAttnWeights ? mean(weights, 1) : weights;
    return [shaped, rank === 2 ? select(seen, 0, 0) : seen];
  }

  /** `[batch, heads, time, features/heads]`: the projection number i of x. */
  private project(x: Tensor, i: number): Tensor {
    const { features, heads } = this;
    const at = { start: i * features, end: (i + 1) * features };
    const y = linear(x, slice(this.inProjWeight, 0, at), this.inProjBias && slice(this.inProjBias, 0, at));
    const [time, batch] =
      x.rank === 2 ? [x.shape[0]!, 1] : this.batchFirst ? [x.shape[1]!, x.shape[0]!] : [x.shape[0]!, x.shape[1]!];
    const first = this.batchFirst && x.rank === 3;
    const parts = reshape(y, first ? [batch, time, heads, features / heads] : [time, batch, heads, features / heads]);
    return permute(parts, first ? [0, 2, 1, 3] : [1, 2, 0, 3]);
  }
}

export interface TransformerLayerOptions extends AttentionLayerOptions {
  /** Width of the layer inside the feed-forward part; 2048 by default. */
  readonly dimFeedforward?: number | undefined;
  /** "relu" (default), "gelu", or a function. */
  readonly activation?: "relu" | "gelu" | ((x: Tensor) => Tensor) | undefined;
  /** 1e-5 by default. */
  readonly layerNormEps?: number | undefined;
  /** Whether to normalise before attention and feed-forward rather than after; no by default. */
  readonly normFirst?: boolean | undefined;
}

/**
 * One layer of a transformer's encoder: self-attention, then a feed-forward part, each with dropout (0.1 by default), a way around and a
 * `LayerNorm` (Vaswani et al. 2017). Parameters have PyTorch's names.
 *
 * @example
 * const layer = new TransformerEncoderLayer(8, 2, { dimFeedforward: 16, batchFirst: true });
 * layer.eval().forward(zeros([4, 5, 8])).shape; // [4, 5, 8]
 * @throws ArgumentError unless the heads divide the features, ShapeError for an input that does not fit.
 */
export class TransformerEncoderLayer extends Layer<SameFn> {
  readonly selfAttn: MultiHeadAttention;
  readonly linear1: Linear;
  readonly linear2: Linear;
  readonly norm1: LayerNorm;
  readonly norm2: LayerNorm;
  readonly dropout: Dropout;
  readonly normFirst: boolean;
  readonly #activation: (x: Tensor) => Tensor;

  constructor(features: number, heads: number, options: TransformerLayerOptions = {}) {
    super();
    const {
      dimFeedforward = 2048,
      dropout: p = 0.1,
      activation = "relu",
      layerNormEps: eps = 1e-5,
      normFirst = false,
      dtype,
    } = options;
    checkSizes("TransformerEncoderLayer", features, heads, dimFeedforward);
    this.selfAttn = new MultiHeadAttention(features, heads, { ...options, dropout: p });
    const { bias, generator } = options;
    this.linear1 = new Linear(features, dimFeedforward, { bias, dtype, generator });
    this.linear2 = new Linear(dimFeedforward, features, { bias, dtype, generator });
    this.norm1 = new LayerNorm(features, { eps, dtype, bias });
    this.norm2 = new LayerNorm(features, { eps, dtype, bias });
    this.dropout = new Dropout(p, { generator });
    this.normFirst = normFirst;
    this.#activation = activation === "relu" ? (x) => relu(x) : activation === "gelu" ? (x) => gelu(x) : activation;
    if (typeof this.#activation !== "function")
      throw new ArgumentError(
        `TransformerEncoderLayer: activation is "relu", "gelu" or a function, got ${String(activation)}`,
      );
  }
  override members(): Iterable<readonly [string, unknown]> {
    return Object.entries(this).map(([name, x]) => [name === "selfAttn" ? "self_attn" : name, x] as const);
  }

  protected compute(x: Tensor): Tensor {
    return this.encode(x);
  }
  /** As `forward`, with masks: see `MultiHeadAttention`. */
  encode(x: Tensor, masks: Pick<AttentionCallOptions, "attnMask" | "keyPaddingMask"> = {}): Tensor {
    const normalized = (norm: LayerNorm, y: Tensor): Tensor => norm.forward(y as never);
    const attend = (y: Tensor): Tensor =>
      this.drop(this.selfAttn.forward(y, y, y, { ...masks, needWeights: false })[0]);
    const feed = (y: Tensor): Tensor =>
      this.drop(this.linear2.forward(this.drop(this.#activation(this.linear1.forward(y as never))) as never));
    if (this.normFirst) {
      const y = add(x, attend(normalized(this.norm1, x)));
      return add(y, feed(normalized(this.norm2, y)));
    }
    const y = normalized(this.norm1, add(x, attend(x)));
    return normalized(this.norm2, add(y, feed(y)));
  }
  private drop(x: Tensor): Tensor {
    return this.dropout.forward(x as never);
  }
  protected override details(): string {
    return `${this.selfAttn.features}, ${this.selfAttn.heads}`;
  }
}
