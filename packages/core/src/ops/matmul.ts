import { promote, type TypedArray } from "../dtype.ts";
import { ShapeError } from "../errors.ts";
import { bilinear, type BilinearFunction } from "../families/bilinear.ts";
import type { CustomOp } from "../families/custom.ts";
import { matmulKernel } from "../kernels/matmul.ts";
import { broadcastStrides, forEachOffset, stridesOf } from "../kernels/strided.ts";
import { apply } from "../op.ts";
import { dotShape, matmulShape, outerShape } from "../shape-rules.ts";
import { broadcastShapes, type Shape, showShape, sizeOf } from "../shape.ts";
import { reserve, reservedAt } from "../storage.ts";
import type { CheckMatMul, Broadcast, Check, Dot, Fail, Failed, MatMul, Outer, Show } from "../shape-types/index.ts";
import { checkTensor, fromArray, produce, Tensor } from "../tensor.ts";
import { add, mul } from "./arithmetic.ts";
import { ofDtype } from "./cast.ts";
import { broadcastTo, sumTo } from "./broadcast.ts";
import { reshape, transpose, unsqueeze } from "./movement.ts";

/** Which operands are read transposed, without moving them. */
interface Transposed {
  readonly a: boolean;
  readonly b: boolean;
}
const TRANSPOSED = [
  [{ a: false, b: false }, { a: false, b: true }],
  [{ a: true, b: false }, { a: true, b: true }],
] as const; // prettier-ignore
const transposed = (a: boolean, b: boolean): Transposed => TRANSPOSED[a ? 1 : 0][b ? 1 : 0];

/** Products of matrices of at least two dims, with leading dims broadcast. */
export const matmulOp: BilinearFunction<Transposed> = /* @__PURE__ */ bilinear<Transposed>({
  name: "matmul",
  forward: (a, b, flags) => {
    const rank = a.shape.length;
    if (rank === 2 && b.shape.length === 2) {
      const sa = a.strides;
      const sb = b.strides;
      const aRow = sa === null ? a.shape[1]! : sa[0]!;
      const aColumn = sa === null ? 1 : sa[1]!;
      const bRow = sb === null ? b.shape[1]! : sb[0]!;
      const bColumn = sb === null ? 1 : sb[1]!;
      const m = a.shape[flags.a ? 1 : 0]!;
      const k = a.shape[flags.a ? 0 : 1]!;
      const n = b.shape[flags.b ? 0 : 1]!;
      const out = reserve(a.dtype, m * n, true);
      const start = reservedAt;
      matmulKernel(
        out, start, m, n, k,
        a.data, a.offset, flags.a ? aColumn : aRow, flags.a ? aRow : aColumn,
        b.data, b.offset, flags.b ? bColumn : bRow, flags.b ? bRow : bColumn,
      ); // prettier-ignore
      return fromArray([m, n], a.dtype, out, start);
    }
    return batched(a, b, flags);
  },
  transposes: [
    // C = A·B: dA = dC·Bᵀ, and its transpose where A was read transposed
    (g, b, a, flags) =>
      sumTo(flags.a ? matmulOp(b, g, transposed(flags.b, true)) : matmulOp(g, b, transposed(false, !flags.b)), a.shape),
    (g, a, b, flags) =>
      sumTo(flags.b ? matmulOp(g, a, transposed(true, flags.a)) : matmulOp(a, g, transposed(!flags.a, false)), b.shape),
  ],
  batch: (a, b, flags, batch) => {
    // Where one matrix is the same for all examples, and the rows of the others lie one after the other, it is one large product.
    if (b.batch !== batch && b.rank === 2 && !flags.a)
      return stacked(batch.whole(a), (rows) => matmulOp(rows, b, flags));
    if (a.batch !== batch && a.rank === 2 && flags.b)
      return transpose(stacked(batch.whole(b), (rows) => matmulOp(rows, a, transposed(false, !flags.a))));
    return null;
  },
  cases: [
    { shapes: [[2, 3], [3, 4]], params: { a: false, b: false } },
    { shapes: [[3, 2], [4, 3]], params: { a: true, b: true } },
    { shapes: [[2, 3], [4, 3]], params: { a: false, b: true } },
    { shapes: [[2, 1, 3, 2], [2, 3, 1]], params: { a: true, b: false } },
  ], // prettier-ignore
});

function batched(a: Tensor, b: Tensor, flags: Transposed): Tensor {
  const shape = broadcastShapes("matmul (batch)", a.shape.slice(0, -2), b.shape.slice(0, -2));
  const [aRows, aColumns] = a.shape.slice(-2) as [number, number];
  const [bRows, bColumns] = b.shape.slice(-2) as [number, number];
  const [aRow, aColumn] = stridesOf(a).slice(-2) as [number, number];
  const [bRow, bColumn] = stridesOf(b).slice(-2) as [number, number];
  const [m, k] = flags.a ? [aColumns, aRows] : [aRows, aColumns];
  const n = flags.b ? bRows : bColumns;
  const lead = (x: Tensor): readonly number[] =>
    broadcastStrides({ shape: x.shape.slice(0, -2), strides: stridesOf(x).slice(0, -2) }, shape);
  const multiply = (out: TypedArray, start: number): void =>
    forEachOffset(shape, [lead(a), lead(b)], [a.offset, b.offset], (at, i) => {
      matmulKernel(
        out, start + i * m * n, m, n, k,
        a.data, at[0]!, flags.a ? aColumn : aRow, flags.a ? aRow : aColumn,
        b.data, at[1]!, flags.b ? bColumn : bRow, flags.b ? bRow : bColumn,
      ); // prettier-ignore
    });
  return produce([...shape, m, n], a.dtype, multiply, true);
}

/**
 * Matrix product, with NumPy's rules: [n,k] x [k,m] gives [n,m]; leading dims are batches and broadcast; a 1-D operand is a row on the
 * left, a column on the right.
 * @throws ShapeError if the inner sizes differ, the batches do not broadcast, or an operand is a scalar.
 * @example
 * matmul(zeros([32, 784]), zeros([784, 10])).shape; // [32, 10]
 */
export function matmul<A extends Tensor, B extends Tensor>(
  a: A,
  b: CheckMatMul<A["shape"], B["shape"], B>,
): Tensor<MatMul<A["shape"], B["shape"]>>;
export function matmul(a: Tensor, b: Tensor): Tensor {
  checkTensor("matmul", a);
  checkTensor("matmul", b);
  if (
    a.shape.length === 2 &&
    b.shape.length === 2 &&
    a.shape[1] === b.shape[0] &&
    a.dtype === b.dtype &&
    a.dtype !== "bool"
  ) {
    return matmulOp(a, b, transposed(false, false));
  }
  const shape = matmulShape(a.shape, b.shape);
  const dtype = promote(promote(a.dtype, b.dtype), "int32"); // bool counts as int32
  if (a.dtype !== dtype || b.dtype !== dtype) return matmul(ofDtype(a, dtype), ofDtype(b, dtype));
  if (a.rank > 2 && b.rank <= 2) return reshape(matmul(rows(a), b), shape); // one large product in place of a batch
  const left = a.rank === 1 ? unsqueeze(a, 0) : a;
  const right = b.rank === 1 ? unsqueeze(b, 1) : b;
  return reshape(matmulOp(left, right, transposed(false, false)), shape);
}
/** All dims but the last as one. */
const rows = (x: Tensor): Tensor => reshape(x, [sizeOf(x.shape.slice(0, -1)), x.shape[x.rank - 1]!]);
/** What `f` makes of all rows at once, with the dims in front that they had. */
function stacked(x: Tensor, f: (x: Tensor) => Tensor): Tensor {
  const y = f(rows(x));
  return reshape(y, [...x.shape.slice(0, -1), y.shape[1]!]);
}

/** x·weightᵀ + bias of two matrices and a row: the sum is written over the product, which nobody sees. */
export const linearOp: CustomOp<undefined> = {
  name: "linear",
  cases: [{ shapes: [[2, 3], [4, 3], [4]], params: undefined }],
  forward: ([x, weight, bias]) => add.op.overwrite(matmulOp.op.forward([x!, weight!], transposed(false, true)), bias!),
  vjp(g, { inputs: [x, weight, bias] }, index) {
    if (index === 0) return matmulOp(g, weight!, transposed(false, false));
    return index === 1 ? matmulOp(g, x!, transposed(true, false)) : sumTo(g, bias!.shape);
  },
  jvp([dx = null, dWeight = null, dBias = null], y) {
    const [x, weight] = y.inputs as [Tensor, Tensor];
    const terms = [
      dx && matmulOp(dx, weight, transposed(false, true)),
      dWeight && matmulOp(x, dWeight, transposed(false, true)),
      dBias && broadcastTo(dBias, y.shape),
    ];
    return terms.filter((term) => term !== null).reduce((a, b) => add(a, b));
  },
  batch: ([x, weight, bias], _, batch) =>
    add(batch.whole(matmulOp(x!, weight!, transposed(false, true))), batch.aligned(bias!, 2)),
}; // prettier-ignore

/** Shape of x·weightᵀ. */
export type Projected<X extends Shape, W extends Shape> =
  MatMul<X, Swapped<W>> extends infer R extends Shape
    ? R extends Failed
      ? Fail<`linear: input ${Show<X>} does not end in the last size of weight ${Show<W>}`>
      : R
    : never;
type Swapped<W extends Shape> = W extends readonly [infer O extends number, infer I extends number]
  ? [I, O]
  : number extends W["length"]
    ? W extends readonly [...infer _, infer I extends number]
      ? [I, number]
      : [number, number]
    : [];
/** Shape of x·weightᵀ + bias. */
export type Affine<X extends Shape, W extends Shape, B extends Tensor | null | undefined> =
  Projected<X, W> extends infer R extends Shape
    ? R extends Failed
      ? R
      : B extends Tensor<infer S>
        ? Broadcast<R, S, "add">
        : R
    : never;

/**
 * x·weightᵀ + bias for x `[…, in]`, weight `[out, in]` and bias `[out]`: a layer of neurons, in PyTorch's layout.
 * @throws ShapeError if x does not end in the weight's last size, or the bias does not fit.
 * @example
 * linear(tensor([1, 2]), tensor([[3, 4]]), tensor([5])).toArray(); // [1·3 + 2·4 + 5]
 */
export function linear<A extends Tensor, W extends Tensor, B extends Tensor | null | undefined = undefined>(
  x: A,
  weight: Check<Projected<A["shape"], W["shape"]>, W>,
  bias?: Check<Affine<A["shape"], W["shape"], B>, B>,
): Tensor<Affine<A["shape"], W["shape"], B>>;
export function linear(x: Tensor, weight: Tensor, bias?: Tensor | null): Tensor {
  checkTensor("linear", x);
  checkTensor("linear", weight);
  const [outputs, inputs] = weight.shape as [number, number];
  if (weight.rank !== 2 || x.rank === 0 || x.shape[x.rank - 1] !== inputs) {
    throw new ShapeError(
      "linear",
      `input ${showShape(x.shape)} does not end in the last size of weight ${showShape(weight.shape)}`,
      [x.shape, weight.shape],
    );
  }
  const dtype = promote(promote(x.dtype, weight.dtype), "int32");
  const a = ofDtype(x.rank === 2 ? x : rows(x), dtype);
  const b = ofDtype(weight, dtype);
  // A bias that is no row of that dtype is added by the rules of broadcasting and promotion.
  const fits = bias instanceof Tensor && bias.dtype === dtype && bias.rank === 1 && bias.shape[0] === outputs;
  const flat = fits ? apply(linearOp, [a, b, bias], undefined) : matmulOp(a, b, transposed(false, true));
  const result = x.rank === 2 ? flat : reshape(flat, [...x.shape.slice(0, -1), outputs] as Shape);
  return bias && !fits ? add(result, bias) : result;
}

/**
 * Σ aᵢ·bᵢ of two vectors of one length: a scalar.
 * @throws ShapeError unless they are.
 * @example
 * dot(tensor([1, 2]), tensor([3, 4])).item(); // 11
 */
export function dot<A extends Tensor, B extends Tensor>(
  a: A,
  b: Check<Dot<A["shape"], B["shape"]>, B>,
): Tensor<Dot<A["shape"], B["shape"]>>;
export function dot(a: Tensor, b: Tensor): Tensor {
  checkTensor("dot", a);
  checkTensor("dot", b);
  dotShape(a.shape, b.shape);
  return matmul(a, b);
}

/**
 * All products aᵢ·bⱼ of two vectors: a matrix.
 * @throws ShapeError unless both are vectors.
 * @example
 * outer(tensor([1, 2]), tensor([3, 4])).toArray(); // [[3, 4], [6, 8]]
 */
export function outer<A extends Tensor, B extends Tensor>(
  a: A,
  b: Check<Outer<A["shape"], B["shape"]>, B>,
): Tensor<Outer<A["shape"], B["shape"]>>;
export function outer(a: Tensor, b: Tensor): Tensor {
  checkTensor("outer", a);
  checkTensor("outer", b);
  outerShape(a.shape, b.shape);
  return mul(unsqueeze(a, 1), b);
}
