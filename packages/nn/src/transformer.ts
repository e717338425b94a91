import { optionsOf, quoted, checkTensor } from "@chainrule/core/internal";
import {
  add,
  type Apply,
  ArgumentError,
  type Check,
  type EncoderFn,
  gelu,
  relu,
  ShapeError,
  type ShapeFn,
  type Tensor,
} from "@chainrule/core/lean";
import { ATTENTION_NAMES, type AttentionLayerOptions, MultiHeadAttention } from "./attention.ts";
import { Dropout } from "./embedding.ts";
import { Linear } from "./linear.ts";
import { Module } from "./module.ts";
import { LayerNorm } from "./normalization.ts";
import { placed } from "./place.ts";
import { checkSizes } from "./recurrent-cells.ts";
import { shownOptions } from "./show.ts";

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

export interface EncoderMasks {
  /** Which places may not see which: `attnMask` of `MultiHeadAttention`. */
  readonly srcMask?: Tensor | null | undefined;
  /** Places that nobody may see: `keyPaddingMask` of `MultiHeadAttention`. */
  readonly srcKeyPaddingMask?: Tensor | null | undefined;
}

/** From a tensor and masks to a tensor; F is what becomes of shapes. */
abstract class Encoder<F extends ShapeFn> extends Module {
  /** Only a type: no such property exists. */
  declare readonly shapeFn?: F;

  protected abstract encode(x: Tensor, masks: EncoderMasks): Tensor;

  forward<A extends Tensor>(x: Check<Apply<F, A["shape"]>, A>, masks?: EncoderMasks): Tensor<Apply<F, A["shape"]>> {
    try {
      return this.encode(x as Tensor, optionsOf(this.constructor.name, masks, ["srcMask", "srcKeyPaddingMask"]));
    } catch (error) {
      throw placed(error, this);
    }
  }
}

/**
 * One layer of a transformer's encoder: self-attention, then a feed-forward part, each with dropout (0.1 by default), a way around and a
 * `LayerNorm` (Vaswani et al. 2017). Parameters have PyTorch's names.
 *
 * @example
 * const layer = new TransformerEncoderLayer(8, 2, { dimFeedforward: 16, batchFirst: true });
 * layer.eval().forward(zeros([4, 5, 8])).shape; // [4, 5, 8]
 * layer.forward(zeros([1, 2, 8]), { srcMask: tensor([[false, true], [false, false]]) }); // the first sees only itself
 * @throws ArgumentError unless the heads divide the features, ShapeError for an input that does not fit.
 */
export class TransformerEncoderLayer<
  const F extends number = number,
  const H extends number = number,
  const R extends readonly [options?: TransformerLayerOptions | undefined] = readonly [
    options?: TransformerLayerOptions | undefined,
  ],
> extends Encoder<EncoderFn<F, H, R[0]>> {
  readonly selfAttn: MultiHeadAttention;
  readonly linear1: Linear;
  readonly linear2: Linear;
  readonly norm1: LayerNorm;
  readonly norm2: LayerNorm;
  readonly dropout: Dropout;
  readonly normFirst: boolean;
  /** What stands between the two linear layers. */
  readonly activation: "relu" | "gelu" | ((x: Tensor) => Tensor);
  readonly #activation: (x: Tensor) => Tensor;

  constructor(features: F, heads: H, ...rest: R) {
    super();
    const options = optionsOf("TransformerEncoderLayer", rest[0], [
      ...ATTENTION_NAMES,
      "dimFeedforward",
      "activation",
      "layerNormEps",
      "normFirst",
    ]);
    const {
      dimFeedforward = 2048,
      dropout: p = 0.1,
      activation = "relu",
      layerNormEps: eps = 1e-5,
      normFirst = false,
      bias,
      batchFirst,
      dtype,
      generator,
    } = options;
    checkSizes("TransformerEncoderLayer", features, heads, dimFeedforward);
    this.selfAttn = new MultiHeadAttention(features, heads, { dropout: p, bias, batchFirst, dtype, generator });
    this.linear1 = new Linear(features, dimFeedforward, { bias, dtype, generator });
    this.linear2 = new Linear(dimFeedforward, features, { bias, dtype, generator });
    this.norm1 = new LayerNorm(features, { eps, dtype, bias });
    this.norm2 = new LayerNorm(features, { eps, dtype, bias });
    this.dropout = new Dropout(p, { generator });
    this.normFirst = normFirst;
    this.activation = activation;
    this.#activation = activation === "relu" ? (x) => relu(x) : activation === "gelu" ? (x) => gelu(x) : activation;
    if (typeof this.#activation !== "function")
      throw new ArgumentError(
        `TransformerEncoderLayer: activation is "relu", "gelu" or a function, got ${quoted(activation)}`,
      );
  }
  override members(): Iterable<readonly [string, unknown]> {
    return Object.entries(this).map(([name, x]) => [name === "selfAttn" ? "self_attn" : name, x] as const);
  }

  protected encode(x: Tensor, { srcMask: attnMask, srcKeyPaddingMask: keyPaddingMask }: EncoderMasks): Tensor {
    const { features, heads, batchFirst } = this.selfAttn;
    checkTensor("TransformerEncoderLayer", x);
    if ((x.rank !== 2 && x.rank !== 3) || x.shape.at(-1) !== features)
      throw new ShapeError(
        `TransformerEncoderLayer(${features}, ${heads})`,
        `needs input [${batchFirst ? "batch,time" : "time,batch"},${features}] or [time,${features}], got [${x.shape.join(",")}]`,
        [x.shape],
      );
    const normalized = (norm: LayerNorm, y: Tensor): Tensor => norm.forward(y as never);
    const attend = (y: Tensor): Tensor =>
      this.drop(this.selfAttn.forward(y, y, y, { attnMask, keyPaddingMask, needWeights: false })[0]);
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
    return `${this.selfAttn.features}, ${this.selfAttn.heads}${shownOptions([
      this.activation === "relu" ? "" : `activation: ${shownActivation(this.activation)}`,
      this.normFirst ? "normFirst: true" : "",
    ])}`;
  }
}

const shownActivation = (given: string | ((x: Tensor) => Tensor)): string =>
  typeof given === "string" ? `"${given}"` : given.name || "a function";
