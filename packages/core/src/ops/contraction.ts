import { ArgumentError, optionsOf, quoted, ShapeError } from "../errors.ts";
import { normalizeDim, normalizeDims, type Shape, type ShapeArg, showShape, sizeOf } from "../shape.ts";
import type { Check, Fail, Show } from "../shape-types/index.ts";
import type { ShowSize } from "../shape-types/show.ts";
import type { SameSize } from "../shape-types/sizes.ts";
import { checkTensor, type Tensor } from "../tensor.ts";
import { mul } from "./arithmetic.ts";
import { matmul } from "./matmul.ts";
import { permute, reshape } from "./movement.ts";

/** Sum over the last dim of both; a scalar multiplies. */
export type Inner<A extends Shape, B extends Shape> = A extends readonly []
  ? B
  : B extends readonly []
    ? A
    : [A, B] extends [
          readonly [...infer LeadA extends Shape, infer K],
          readonly [...infer LeadB extends Shape, infer L],
        ]
      ? SameSize<K, L> extends true
        ? [...LeadA, ...LeadB] extends infer R extends Shape
          ? R
          : never
        : Fail<`inner: last sizes ${ShowSize<K>} and ${ShowSize<L>} differ in ${Show<A>} x ${Show<B>}`>
      : number[];

export function innerShape(a: ShapeArg, b: ShapeArg): Shape {
  if (a.length === 0 || b.length === 0) return [...a, ...b];
  const [k, l] = [a.at(-1), b.at(-1)];
  if (k !== l)
    throw new ShapeError("inner", `last sizes ${k} and ${l} differ in ${showShape(a)} x ${showShape(b)}`, [a, b]);
  return [...a.slice(0, -1), ...b.slice(0, -1)];
}

/**
 * Sum of products over the last dim of both, for every row of the one and of the other; a scalar multiplies.
 * @throws ShapeError if the last sizes differ.
 * @example
 * inner(tensor([[1, 2], [3, 4]]), tensor([[1, 0], [1, 1]])).toArray(); // [[1, 3], [3, 7]]
 */
export function inner<A extends Tensor, B extends Tensor>(
  a: A,
  b: Check<Inner<A["shape"], B["shape"]>, B>,
): Tensor<Inner<A["shape"], B["shape"]>>;
export function inner(a: Tensor, b: Tensor): Tensor {
  checkTensor("inner", a);
  checkTensor("inner", b);
  innerShape(a.shape, b.shape);
  return a.rank === 0 || b.rank === 0 ? mul(a, b) : contract(a, b, [a.rank - 1], [b.rank - 1]);
}

/** Kronecker's product, of any ranks: sizes multiply; missing leading dims count as 1. */
export function kronShape(a: ShapeArg, b: ShapeArg): Shape {
  const [longA, longB] = [padded(a, b.length), padded(b, a.length)];
  return longA.map((size, d) => size * longB[d]!);
}
const padded = (shape: ShapeArg, rank: number): Shape => [
  ...new Array<number>(Math.max(0, rank - shape.length)).fill(1),
  ...shape,
];

/**
 * Kronecker product: b once for every element of a, times it, laid out as a lies.
 * @example
 * kron(tensor([1, 2]), tensor([1, 1])).toArray(); // [1, 1, 2, 2]
 */
export function kron(a: Tensor, b: Tensor): Tensor {
  checkTensor("kron", a);
  checkTensor("kron", b);
  const left = padded(a.shape, b.rank).flatMap((size) => [size, 1]);
  const right = padded(b.shape, a.rank).flatMap((size) => [1, size]);
  return reshape(mul(reshape(a, left), reshape(b, right)), kronShape(a.shape, b.shape));
}

/** Sum over pairs of dims: those left of `a`, then those left of `b`. */
function contract(a: Tensor, b: Tensor, dimsA: readonly number[], dimsB: readonly number[]): Tensor {
  const rest = (x: Tensor, dims: readonly number[]): number[] =>
    x.shape.map((_, d) => d).filter((d) => !dims.includes(d));
  const [restA, restB] = [rest(a, dimsA), rest(b, dimsB)];
  const sizes = (x: Tensor, dims: readonly number[]): number[] => dims.map((d) => x.shape[d]!);
  const k = sizeOf(sizes(a, dimsA));
  const [left, right] = [sizes(a, restA), sizes(b, restB)];
  const rows = reshape(permute(a, [...restA, ...dimsA]), [sizeOf(left), k]);
  const columns = reshape(permute(b, [...dimsB, ...restB]), [k, sizeOf(right)]);
  return reshape(matmul(rows, columns) as Tensor, [...left, ...right]);
}

/** Dims that `tensordot` sums over: how many at the end of a and the beginning of b, or a list for each; or these by name. */
export type Contracted = number | readonly [ShapeArg, ShapeArg] | { readonly dims?: Contracted | undefined };

function contractedDims(a: ShapeArg, b: ShapeArg, dims: Contracted): [readonly number[], readonly number[]] {
  const op = "tensordot";
  if (!Array.isArray(dims) && typeof dims === "object") {
    const { dims: named = 2 } = optionsOf(op, dims as { readonly dims?: Contracted }, ["dims"]);
    return contractedDims(a, b, named);
  }
  const [left, right] = typeof dims === "number" ? adjacent(op, a, b, dims) : (dims as readonly [ShapeArg, ShapeArg]);
  if (!Array.isArray(left) || !Array.isArray(right))
    throw new ArgumentError(`${op}: dims are a number or two lists such as [[0, 1], [1, 0]], got ${quoted(dims)}`);
  normalizeDims(op, left, a);
  normalizeDims(op, right, b);
  const dimsA = left.map((d) => normalizeDim(op, d, a));
  const dimsB = right.map((d) => normalizeDim(op, d, b));
  if (dimsA.length !== dimsB.length || dimsA.some((d, i) => a[d] !== b[dimsB[i]!]))
    throw new ShapeError(
      op,
      `sizes of dims ${showShape(left)} of ${showShape(a)} and ${showShape(right)} of ${showShape(b)} differ`,
      [a, b],
    );
  return [dimsA, dimsB];
}

/** The last `count` dims of one shape and the first of another. */
function adjacent(op: string, a: ShapeArg, b: ShapeArg, count: number): readonly [ShapeArg, ShapeArg] {
  if (!Number.isInteger(count) || count < 0 || count > Math.min(a.length, b.length))
    throw new ShapeError(op, `cannot sum over ${count} dims of ${showShape(a)} and ${showShape(b)}`, [a, b]);
  const dims = Array.from({ length: count }, (_, i) => i);
  return [dims.map((d) => a.length - count + d), dims];
}

export function tensordotShape(a: ShapeArg, b: ShapeArg, dims: Contracted): Shape {
  const [dimsA, dimsB] = contractedDims(a, b, dims);
  return [...a.filter((_, d) => !dimsA.includes(d)), ...b.filter((_, d) => !dimsB.includes(d))];
}

/**
 * Sum of products over pairs of dims: the last `dims` of a with the first of b, by default 2, or those in two lists. The result has the other
 * dims of a, then those of b.
 * @throws ShapeError if there are no such dims, or their sizes differ.
 * @example
 * tensordot(zeros([2, 3, 4]), zeros([4, 3, 5]), [[1, 2], [1, 0]]).shape; // [2, 5]
 */
export function tensordot(a: Tensor, b: Tensor, dims: Contracted = 2): Tensor {
  checkTensor("tensordot", a);
  checkTensor("tensordot", b);
  return contract(a, b, ...contractedDims(a.shape, b.shape, dims));
}
