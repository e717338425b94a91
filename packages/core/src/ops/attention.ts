import { ArgumentError, DtypeError, ShapeError } from "../errors.ts";
import type { Generator } from "../random/generator.ts";
import { showShape } from "../shape.ts";
import { checkTensor, detached, elementsOf, fromNumber, type Tensor } from "../tensor.ts";
import { add, div, mul, sub } from "./arithmetic.ts";
import { eq, ge, where } from "./comparison.ts";
import { indexSelect } from "./indexing.ts";
import { tril } from "./masks.ts";
import { matmul } from "./matmul.ts";
import { broadcastTo, reshape, transpose } from "./movement.ts";
import { floating } from "./reduction.ts";
import { indexAdd } from "./scatter.ts";
import { softmax } from "./softmax.ts";

export interface DropoutOptions {
  /** Probability that an element is dropped; ½ by default. */
  readonly p?: number | undefined;
  /** Where the random numbers come from. */
  readonly generator: Generator;
}

/**
 * Elements are 0 with probability p and x/(1 − p) otherwise (Srivastava et al. 2014). The same generator state drops the same elements.
 * @throws ArgumentError unless p is from 0 to 1.
 * @example
 * dropout(tensor([1, 2]), { p: 0, generator: new Generator(1) }).toArray(); // [1, 2]
 */
export function dropout<A extends Tensor>(x: A, options: DropoutOptions): Tensor<A["shape"]>;
export function dropout(x: Tensor, { p = 0.5, generator }: DropoutOptions): Tensor {
  checkTensor("dropout", x);
  if (typeof p !== "number" || !(p >= 0 && p <= 1))
    throw new ArgumentError(`dropout: p is a probability from 0 to 1, got ${p}`);
  if (typeof generator?.rand !== "function")
    throw new ArgumentError("dropout: needs a generator, such as new Generator(1)");
  const values = floating(x);
  const keep = ge(generator.rand(x.shape), p);
  const factor = where(keep, fromNumber(p < 1 ? 1 / (1 - p) : 0, values.dtype), 0);
  return mul(values, factor);
}

export interface LookupOptions {
  /** Row that gets no gradient. */
  readonly paddingIdx?: number | undefined;
  /** Whether the gradient of a row is divided by how often its index comes up; no by default. */
  readonly scaleGradByFreq?: boolean | undefined;
}

/**
 * Rows of a table: for every index, the row of `weight` `[rows, …]` with that number.
 * @throws ShapeError for an index out of range, DtypeError unless indices are int32.
 * @example
 * embedding(tensor([2, 0], { dtype: "int32" }), tensor([[1, 2], [3, 4], [5, 6]])).toArray(); // [[5, 6], [1, 2]]
 */
export function embedding(
  indices: Tensor,
  weight: Tensor,
  { paddingIdx, scaleGradByFreq = false }: LookupOptions = {},
): Tensor {
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
  const rowsFound = indexSelect(weight, 0, flat);
  const found = scaleGradByFreq ? scaledBack(rowsFound, flat, rows) : rowsFound;
  const shape = [...indices.shape, ...width];
  if (paddingIdx === undefined) return reshape(found, shape);
  const row = paddingIdx < 0 ? paddingIdx + rows : paddingIdx;
  if (!Number.isInteger(row) || row < 0 || row >= rows)
    throw new ArgumentError(`embedding: paddingIdx ${paddingIdx} is out of range for ${rows} rows`);
  const isPadding = reshape(eq(flat, row), [indices.size, ...width.map(() => 1)]);
  return reshape(where(isPadding, detached(found), found), shape);
}

/** The rows that were found, whose gradients are divided by how often the index of each comes up. */
function scaledBack(found: Tensor, indices: Tensor, rows: number): Tensor {
  const filled = (value: number, size: number): Tensor => broadcastTo(fromNumber(value, found.dtype), [size]);
  const counts = indexAdd(filled(0, rows), 0, indices, filled(1, indices.size));
  const factor = div(1, reshape(indexSelect(counts, 0, indices), [indices.size, ...found.shape.slice(1).map(() => 1)]));
  const plain = detached(found);
  return add(plain, mul(sub(found, plain), factor));
}

export interface AttentionOptions {
  /** Which keys a query may see, as bool, or what is added to the scores; broadcasts to `[…, queries, keys]`. */
  readonly attnMask?: Tensor | null | undefined;
  /** Query i sees keys up to i only. */
  readonly isCausal?: boolean | undefined;
  /** Factor of the scores; 1/√features by default. */
  readonly scale?: number | undefined;
  /** Probability with which attention weights are dropped; 0 by default. */
  readonly dropoutP?: number | undefined;
  /** Where the random numbers for that come from. */
  readonly generator?: Generator | undefined;
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
    checkTensor(op, attnMask);
    scores = attnMask.dtype === "bool" ? where(attnMask, scores, -Infinity) : add(scores, attnMask);
  }
  const weights = softmax(scores);
  if (dropoutP === 0) return weights;
  if (generator === undefined) throw new ArgumentError(`${op}: dropoutP needs a generator, such as new Generator(1)`);
  return dropout(weights, { p: dropoutP, generator });
}

/**
 * softmax(query·keyᵀ/√features + mask)·value for query `[…, queries, features]`, key `[…, keys, features]` and value `[…, keys, outputs]`
 * (Vaswani et al. 2017).
 * @throws ShapeError if features, keys or batches differ.
 * @example
 * scaledDotProductAttention(zeros([4, 8]), zeros([6, 8]), ones([6, 2])).shape; // [4, 2]
 */
export function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: AttentionOptions = {},
): Tensor {
  const op = "scaledDotProductAttention";
  for (const x of [query, key, value]) checkTensor(op, x);
  const shapes = [query.shape, key.shape, value.shape];
  const shown = shapes.map(showShape).join(", ");
  if (shapes.some((shape) => shape.length < 2))
    throw new ShapeError(op, `needs at least 2-D query, key and value, got ${shown}`, shapes);
  if (query.shape.at(-1) !== key.shape.at(-1))
    throw new ShapeError(op, `features of query and key differ in ${shown}`, shapes);
  if (key.shape.at(-2) !== value.shape.at(-2))
    throw new ShapeError(op, `key and value differ in length in ${shown}`, shapes);
  return matmul(attentionWeights(op, floating(query), floating(key), options), floating(value));
}
