import { checkMask, checkTensor, optionsOf, quoted } from "@chainrule/core/internal";
import {
  add,
  ArgumentError,
  type AttentionShape,
  type AttentionWeights,
  broadcastTo,
  type Check,
  concat,
  dropout,
  type Dtype,
  type Generator,
  linear,
  matmul,
  mean,
  mul,
  permute,
  reshape,
  select,
  type Shape,
  ShapeError,
  slice,
  softmax,
  type Tensor,
  transpose,
  where,
  zeros,
} from "@chainrule/core/lean";
import { constant, xavierNormal, xavierUniform } from "./init.ts";
import { Linear } from "./linear.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { placed } from "./place.ts";
import { checkSizes } from "./recurrent-cells.ts";
import { shownOptions } from "./show.ts";

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
export const ATTENTION_NAMES = ["dropout", "bias", "batchFirst", "dtype", "generator"] as const;
export interface MultiHeadAttentionOptions extends AttentionLayerOptions {
  /** Features of the keys; as many as of the queries by default. */
  readonly kdim?: number | undefined;
  /** Features of the values; as many as of the queries by default. */
  readonly vdim?: number | undefined;
  /** Whether to learn one more key and its value. */
  readonly addBiasKv?: boolean | undefined;
  /** Whether to add a key and a value of zeros. */
  readonly addZeroAttn?: boolean | undefined;
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

type TensorOf<S extends Shape | null> = S extends Shape ? Tensor<S> : null;

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
 * weights.shape; // [4, 5, 5]
 * @throws ArgumentError unless the heads divide the features, ShapeError for inputs that do not fit, DtypeError for masks of int32.
 */
export class MultiHeadAttention<
  const F extends number = number,
  const H extends number = number,
  const R extends readonly [options?: MultiHeadAttentionOptions | undefined] = readonly [
    options?: MultiHeadAttentionOptions | undefined,
  ],
> extends Module {
  readonly features: number;
  readonly heads: number;
  readonly dropout: number;
  readonly batchFirst: boolean;
  readonly addZeroAttn: boolean;
  readonly generator: Generator | undefined;
  /** The three projections in one, unless their inputs differ in size. */
  readonly inProjWeight: Parameter | null;
  /** The projections of queries, keys and values where their inputs differ in size. */
  readonly projWeights: readonly Parameter[] | null;
  readonly inProjBias: Parameter | null;
  readonly outProj: Linear;
  readonly biasK: Parameter | null;
  readonly biasV: Parameter | null;
  readonly #sizes: readonly [number, number, number];

  constructor(features: F, heads: H, ...rest: R) {
    super();
    const options = optionsOf("MultiHeadAttention", rest[0], [
      ...ATTENTION_NAMES,
      "kdim",
      "vdim",
      "addBiasKv",
      "addZeroAttn",
    ]);
    const { dropout: p = 0, bias = true, batchFirst = false, kdim = features, vdim = features } = options;
    const { addBiasKv = false, addZeroAttn = false, dtype, generator } = options;
    checkSizes("MultiHeadAttention", features, heads, kdim, vdim);
    if (typeof p !== "number" || !(p >= 0 && p <= 1))
      throw new ArgumentError(`MultiHeadAttention: dropout is a probability from 0 to 1, got ${quoted(p)}`);
    if (features % heads !== 0)
      throw new ArgumentError(`MultiHeadAttention: ${heads} heads do not divide ${features} features`);
    this.features = features;
    this.heads = heads;
    this.dropout = p;
    this.batchFirst = batchFirst;
    this.addZeroAttn = addZeroAttn;
    this.generator = generator;
    this.#sizes = [features, kdim, vdim];
    const made = (...shape: number[]): Parameter => new Parameter(zeros(shape, { dtype }));
    const same = kdim === features && vdim === features;
    this.inProjWeight = same ? xavierUniform(made(3 * features, features), { generator }) : null;
    this.projWeights = same ? null : this.#sizes.map((size) => xavierUniform(made(features, size), { generator }));
    this.inProjBias = bias ? made(3 * features) : null;
    this.outProj = new Linear(features, features, { bias, dtype, generator });
    if (this.outProj.bias) constant(this.outProj.bias, 0);
    this.biasK = addBiasKv ? xavierNormal(made(1, 1, features), { generator }) : null;
    this.biasV = addBiasKv ? xavierNormal(made(1, 1, features), { generator }) : null;
  }
  override members(): Iterable<readonly [string, unknown]> {
    const [q, k, v] = this.projWeights ?? [];
    return Object.entries({
      in_proj_weight: this.inProjWeight,
      q_proj_weight: q,
      k_proj_weight: k,
      v_proj_weight: v,
      in_proj_bias: this.inProjBias,
      out_proj: this.outProj,
      bias_k: this.biasK,
      bias_v: this.biasV,
    });
  }
  protected override details(): string {
    const [, kdim, vdim] = this.#sizes;
    const options = [
      kdim === this.features ? "" : `kdim: ${kdim}`,
      vdim === this.features ? "" : `vdim: ${vdim}`,
      this.dropout === 0 ? "" : `dropout: ${this.dropout}`,
      this.outProj.bias === null ? "bias: false" : "",
      this.biasK === null ? "" : "addBiasKv: true",
      this.addZeroAttn ? "addZeroAttn: true" : "",
      this.batchFirst ? "batchFirst: true" : "",
    ];
    return `${this.features}, ${this.heads}${shownOptions(options)}`;
  }

  forward<
    Q extends Tensor,
    K extends Tensor,
    V extends Tensor,
    const C extends AttentionCallOptions | undefined = undefined,
  >(
    query: Q,
    key: K,
    value: Check<AttentionShape<Q["shape"], K["shape"], V["shape"], F, H, R[0]>, V>,
    options?: C,
  ): [
    output: Tensor<AttentionShape<Q["shape"], K["shape"], V["shape"], F, H, R[0]>>,
    weights: TensorOf<AttentionWeights<Q["shape"], K["shape"], H, R[0], C>>,
  ] {
    try {
      return this.attend(query, key, value as Tensor, options) as never;
    } catch (error) {
      throw placed(error, this);
    }
  }
  private attend(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    given: AttentionCallOptions | undefined,
  ): [output: Tensor, weights: Tensor | null] {
    const { heads, features, batchFirst } = this;
    const label = `MultiHeadAttention(${features}, ${heads})`;
    const options = optionsOf(label, given, ["keyPaddingMask", "attnMask", "needWeights", "averageAttnWeights"]);
    const { keyPaddingMask, attnMask, needWeights = true, averageAttnWeights = true } = options;
    const inputs = [query, key, value];
    for (const x of inputs) checkTensor(label, x);
    const shapes = inputs.map((x) => x.shape);
    const shown = shapes.map((shape) => `[${shape.join(",")}]`).join(", ");
    const rank = query.rank;
    if ((rank !== 2 && rank !== 3) || inputs.some((x, i) => x.rank !== rank || x.shape[rank - 1] !== this.#sizes[i])) {
      const needed = this.#sizes.map((size) => `[${batchFirst ? "batch,time" : "time,batch"},${size}]`).join(", ");
      throw new ShapeError(label, `needs query, key and value ${needed}, or without batch, got ${shown}`, shapes);
    }
    const [q, keys, values] = inputs.map((x, i) => this.project(x, i)) as [Tensor, Tensor, Tensor];
    if (keys.shape[2] !== values.shape[2] || q.shape[0] !== keys.shape[0] || q.shape[0] !== values.shape[0])
      throw new ShapeError(label, `key and value differ in length, or batches differ, in ${shown}`, shapes);
    const [batch, , queries, size] = q.shape as [number, number, number, number];
    const count = keys.shape[2]!;
    const k = this.extended(keys, this.biasK);
    const v = this.extended(values, this.biasV);
    let scores = matmul(mul(q, 1 / Math.sqrt(size)), transpose(k, -2, -1));

    const added = k.shape[2]! - count;
    const mask = (name: string, x: Tensor, wanted: readonly (readonly number[])[], shape: readonly number[]): void => {
      checkMask(label, name, x);
      if (!wanted.some((expected) => expected.length === x.rank && expected.every((n, d) => n === x.shape[d])))
        throw new ShapeError(
          label,
          `${name} [${x.shape.join(",")}] is not ${wanted.map((expected) => `[${expected.join(",")}]`).join(" or ")}${name === "keyPaddingMask" ? this.turned(x.shape, wanted[0]!) : ""}`,
          [x.shape],
        );
      // Everybody sees the keys that were added.
      const wide = added === 0 ? x : concat([x, zeros([...x.shape.slice(0, -1), added], { dtype: x.dtype })], -1);
      scores = masked(scores, reshape(wide, [...shape, count + added]));
    };
    if (attnMask) {
      const wanted = [[queries, count], [batch * heads, queries, count]]; // prettier-ignore
      mask("attnMask", attnMask, wanted, attnMask.rank === 3 ? [batch, heads, queries] : [queries]);
    }
    if (keyPaddingMask)
      mask("keyPaddingMask", keyPaddingMask, rank === 2 ? [[count]] : [[batch, count]], [batch, 1, 1]);

    let weights = softmax(scores);
    if (this.training && this.dropout > 0) weights = dropout(weights, { p: this.dropout, generator: this.generator });
    const joined = reshape(permute(matmul(weights, v), [2, 0, 1, 3]), [queries, batch, features]);
    const output = this.outProj.forward(joined as never);
    const shaped = rank === 2 ? select(output, 1, 0) : batchFirst ? transpose(output, 0, 1) : output;
    if (!needWeights) return [shaped, null];
    const seen = averageAttnWeights ? mean(weights, 1) : weights;
    return [shaped, rank === 2 ? select(seen, 0, 0) : seen];
  }

  /** What to do about a mask of keys that would fit if its dims were swapped: it or the input is taken the other way round. */
  private turned([first, second]: readonly number[], [batch, keys]: readonly number[]): string {
    if (keys === undefined || first !== keys || second !== batch) return "";
    return this.batchFirst
      ? ", which is [batch,keys]; use transpose()"
      : ", which is [batch,keys]; the input counts as [time,batch,features] unless the layer has { batchFirst: true }";
  }

  /** `[batch, heads, time, features/heads]`: the projection number i of x. */
  private project(x: Tensor, i: number): Tensor {
    const { features, heads, inProjWeight, inProjBias } = this;
    const at = { start: i * features, end: (i + 1) * features };
    const weight = inProjWeight === null ? this.projWeights![i]! : slice(inProjWeight, 0, at);
    const y = linear(x, weight, inProjBias && slice(inProjBias, 0, at));
    const [time, batch] =
      x.rank === 2 ? [x.shape[0]!, 1] : this.batchFirst ? [x.shape[1]!, x.shape[0]!] : [x.shape[0]!, x.shape[1]!];
    const first = this.batchFirst && x.rank === 3;
    const parts = reshape(y, first ? [batch, time, heads, features / heads] : [time, batch, heads, features / heads]);
    return permute(parts, first ? [0, 2, 1, 3] : [1, 2, 0, 3]);
  }
  /** Keys or values, then the learned one and zeros, if the options ask for those. */
  private extended(x: Tensor, bias: Parameter | null): Tensor {
    const one = [x.shape[0]!, this.heads, 1, x.shape[3]!];
    const parts = [x];
    if (bias !== null) parts.push(broadcastTo(reshape(bias as Tensor, [1, ...one.slice(1)]), one));
    if (this.addZeroAttn) parts.push(zeros(one, { dtype: x.dtype }));
    return parts.length === 1 ? x : concat(parts, 2);
  }
}
