import { ArgumentError, DtypeError, optionsOf, ShapeError, quoted } from "../errors.ts";
import { checkGenerator, defaultGenerator, type Generator } from "../random/generator.ts";
import { broadcastShapes, type Shape, showShape } from "../shape.ts";
import type { Broadcast, Failed, MatMul, Transpose } from "../shape-types/index.ts";
import { checkTensor, detached, elementsOf, fromNumber, type Tensor } from "../tensor.ts";
import { add, div, mul, sub } from "./arithmetic.ts";
import { eq, ge, gt, where } from "./comparison.ts";
import { indexSelect, scatterAddOp } from "./indexing.ts";
import { tril } from "./masks.ts";
import { matmul } from "./matmul.ts";
import { broadcastTo } from "./broadcast.ts";
import { flatten, reshape, transpose, unchanged } from "./movement.ts";
import { floating } from "./reduction.ts";
import { softmax } from "./softmax.ts";
import { norm } from "./statistics.ts";

export interface DropoutOptions {
  /** Probability that an element is dropped; ½ by default. */
  readonly p?: number | undefined;
  /** Where the random numbers come from; the default generator if left out. */
  readonly generator?: Generator | undefined;
  /** With `false` nothing is dropped, and no random numbers are drawn. */
  readonly training?: boolean | undefined;
}

/**
 * Elements are 0 with probability p and x/(1 − p) otherwise (Srivastava et al. 2014). The same generator state drops the same elements.
 * @throws ArgumentError unless p is from 0 to 1.
 * @example
 * dropout(tensor([1, 2]), { p: 0 }).toArray(); // [1, 2]
 * dropout(tensor([1, 2]), { p: 0.2, generator: new Generator(1) }).toArray(); // [1.25, 2.5]
 */
export function dropout<A extends Tensor>(x: A, options?: DropoutOptions): Tensor<A["shape"]>;
export function dropout(x: Tensor, options?: DropoutOptions): Tensor {
  const { p = 0.5, generator, training = true } = optionsOf("dropout", options, ["p", "generator", "training"]);
  checkTensor("dropout", x);
  checkGenerator("dropout", generator);
  if (typeof p !== "number" || !(p >= 0 && p <= 1))
    throw new ArgumentError(`dropout: p is a probability from 0 to 1, got ${quoted(p)}`);
  const values = floating(x);
  if (!training) return unchanged(values);
  const keep = ge((generator ?? defaultGenerator()).rand(x.shape), p);
  const factor = where(keep, fromNumber(p < 1 ? 1 / (1 - p) : 0, values.dtype), 0);
  return mul(values, factor);
}

export interface LookupOptions {
  /** A row that gets no gradient; negative numbers count from the back. */
  readonly paddingIdx?: number | null | undefined;
  /** Rows that are longer are returned at this length; the gradient is that of the row as it is returned. */
  readonly maxNorm?: number | null | undefined;
  /** Order of the norm for that; 2 by default. */
  readonly normType?: number | undefined;
  /** Whether the gradient of a row is divided by how often it is asked for; no by default. */
  readonly scaleGradByFreq?: boolean | undefined;
}

/** Shape of rows of W in place of indices. */
export type Embedded<I extends Shape, W extends Shape> = W extends readonly [number, ...infer Width extends Shape]
  ? [...I, ...Width]
  : number[];

/**
 * Rows of a table: for every index, the row of `weight` `[rows, …]` with that number.
 * @throws ShapeError for an index out of range, DtypeError unless indices are int32.
 * @example
 * embedding(tensor([2, 0], { dtype: "int32" }), tensor([[1, 2], [3, 4], [5, 6]])).toArray(); // [[5, 6], [1, 2]]
 */
export function embedding<I extends Tensor, W extends Tensor>(
  indices: I,
  weight: W,
  options?: LookupOptions,
): Tensor<Embedded<I["shape"], W["shape"]>>;
export function embedding(indices: Tensor, weight: Tensor, options?: LookupOptions): Tensor {
  const {
    paddingIdx = null,
    maxNorm = null,
    normType = 2,
    scaleGradByFreq = false,
  } = optionsOf("embedding", options, ["paddingIdx", "maxNorm", "normType", "scaleGradByFreq"]);
  checkTensor("embedding", indices);
  checkTensor("embedding", weight);
  const [rows = 0, ...width] = weight.shape;
  if (weight.rank === 0)
    throw new ShapeError("embedding", "weight is a scalar, expected [rows,features]", [weight.shape]);
  if (indices.dtype !== "int32")
    throw new DtypeError(`embedding: indices are ${indices.dtype}, expected int32; make them with { dtype: "int32" }`);
  const wrong = elementsOf(indices).find((i) => i < 0 || i >= rows);
  if (wrong !== undefined)
    throw new ShapeError("embedding", `index ${wrong} is out of range for ${rows} rows of ${showShape(weight.shape)}`, [
      indices.shape,
      weight.shape,
    ]);
  const flat = reshape(indices, [indices.size]);
  const shape = [...indices.shape, ...width];
  const column = [indices.size, ...width.map(() => 1)];
  let found = indexSelect(weight, 0, flat);
  if (scaleGradByFreq) {
    const one = broadcastTo(fromNumber(1, "int32"), flat.shape);
    const times = scatterAddOp(one, { op: "embedding", dim: 0, index: flat, shape: [rows] });
    const fixed = detached(found);
    found = add(fixed, div(sub(found, fixed), reshape(indexSelect(times, 0, flat), column)));
  }
  if (maxNorm !== null) {
    if (!(maxNorm > 0)) throw new ArgumentError(`embedding: maxNorm is a positive number, got ${quoted(maxNorm)}`);
    const fixed = detached(found);
    const length = reshape(norm(flatten(fixed, 1), 1, { p: normType }), column);
    const short = where(gt(length, maxNorm), mul(fixed, div(maxNorm, add(length, 1e-7))), fixed); // PyTorch's 1e-7
    found = add(short, sub(found, fixed));
  }
  if (paddingIdx === null) return reshape(found, shape);
  const row = paddingIdx < 0 ? paddingIdx + rows : paddingIdx;
  if (!Number.isInteger(row) || row < 0 || row >= rows)
    throw new ArgumentError(`embedding: paddingIdx ${paddingIdx} is out of range for ${rows} rows`);
  const isPadding = reshape(eq(flat, row), column);
  return reshape(where(isPadding, detached(found), found), shape);
}

export interface AttentionOptions<M extends Tensor | null | undefined = Tensor | null | undefined> {
  /** Which keys a query may see, as bool, or what is added to the scores; broadcasts to `[…, queries, keys]`. */
  readonly attnMask?: M | undefined;
  /** Query i sees keys up to i only. */
  readonly isCausal?: boolean | undefined;
  /** Factor of the scores; 1/√features by default. */
  readonly scale?: number | undefined;
  /** Probability with which attention weights are dropped; 0 by default. */
  readonly dropoutP?: number | undefined;
  /** Where the random numbers for that come from; the default generator if left out. */
  readonly generator?: Generator | undefined;
}

/** @internal Throws unless `x` is a mask, or what is added to scores: 0 and 1 of int32 would be added, where they are meant to hide. */
export function checkMask(op: string, name: string, x: unknown): asserts x is Tensor {
  checkTensor(`${op}: ${name}`, x);
  if (x.dtype === "int32")
    throw new DtypeError(
      `${op}: ${name} is int32; a mask is bool, or floating summands of the scores; make one of 0 and 1 bool with .to("bool")`,
    );
}
/** Where a mask and the scores `[…, queries, keys]` stand in a message, and what to do with a mask `[batch, keys]`. */
function placeOf(mask: Shape, scores: Shape): string {
  const [batch, keys] = [mask[0]!, scores.at(-1)!];
  const ofKeys = mask.length === 2 && scores.length > 2 && batch === scores[0] && mask[1] === keys;
  const shape = [batch, ...scores.slice(1, -1).fill(1), keys];
  return `, attnMask and the scores${ofKeys ? `; if it says which keys an example has, use reshape(${showShape(shape)})` : ""}`;
}

/** What `scaledDotProductAttention` multiplies the values by: softmax(query·keyᵀ·scale + mask). */
export function attentionWeights(op: string, query: Tensor, key: Tensor, options: AttentionOptions): Tensor {
  const {
    attnMask,
    isCausal = false,
    scale = 1 / Math.sqrt(query.shape.at(-1) ?? 1),
    dropoutP = 0,
    generator,
  } = options;
  let scores = matmul(mul(query, scale), transpose(key));
  if (isCausal) {
    if (attnMask) throw new ArgumentError(`${op}: isCausal makes the mask itself; leave out attnMask`);
    const below = tril(broadcastTo(fromNumber(1, "bool"), scores.shape.slice(-2)));
    scores = where(below, scores, -Infinity);
  } else if (attnMask) {
    checkMask(op, "attnMask", attnMask);
    broadcastShapes(op, attnMask.shape, scores.shape, placeOf(attnMask.shape, scores.shape));
    scores = attnMask.dtype === "bool" ? where(attnMask, scores, -Infinity) : add(scores, attnMask);
  }
  const weights = softmax(scores);
  return dropoutP === 0 ? weights : dropout(weights, { p: dropoutP, generator });
}

/** Shape of the values V, once a query Q has looked at the keys K through a mask. What does not fit is left to the run time. */
export type Attended<Q extends Shape, K extends Shape, V extends Shape, M extends Tensor | null | undefined> =
  MatMul<Masked<MatMul<Q, Transpose<K>>, M>, V> extends infer R extends Shape ? (R extends Failed ? Shape : R) : never;
type Masked<S extends Shape, M> = M extends Tensor<infer R> ? Broadcast<S, R> : S;

/**
 * softmax(query·keyᵀ/√features + mask)·value for query `[…, queries, features]`, key `[…, keys, features]` and value `[…, keys, outputs]`
 * (Vaswani et al. 2017).
 * @throws ShapeError if features, keys or batches differ, DtypeError for a mask of int32.
 * @example
 * scaledDotProductAttention(zeros([4, 8]), zeros([6, 8]), ones([6, 2])).shape; // [4, 2]
 */
export function scaledDotProductAttention<
  Q extends Tensor,
  K extends Tensor,
  V extends Tensor,
  M extends Tensor | null | undefined = undefined,
>(query: Q, key: K, value: V, options?: AttentionOptions<M>): Tensor<Attended<Q["shape"], K["shape"], V["shape"], M>>;
export function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options?: AttentionOptions,
): Tensor {
  const op = "scaledDotProductAttention";
  const checked = optionsOf(op, options, ["attnMask", "isCausal", "scale", "dropoutP", "generator"]);
  for (const x of [query, key, value]) checkTensor(op, x);
  const shapes = [query.shape, key.shape, value.shape];
  const shown = shapes.map(showShape).join(", ");
  if (shapes.some((shape) => shape.length < 2))
    throw new ShapeError(op, `needs at least 2-D query, key and value, got ${shown}`, shapes);
  if (query.shape.at(-1) !== key.shape.at(-1))
    throw new ShapeError(op, `features of query and key differ in ${shown}`, shapes);
  if (key.shape.at(-2) !== value.shape.at(-2))
    throw new ShapeError(op, `key and value differ in length in ${shown}`, shapes);
  return matmul(attentionWeights(op, floating(query), floating(key), checked), floating(value));
}
