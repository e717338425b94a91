import { ArgumentError, optionsOf, ShapeError, quoted } from "../errors.ts";
import { linear, type LinearFunction, shifted } from "../families/linear.ts";
import { place } from "../kernels/copying.ts";
import { stridesOf } from "../kernels/strided.ts";
import { normalizeDim, rowMajorStrides, type Shape, showShape } from "../shape.ts";
import type { Check, Diag, Diagonal, Trace } from "../shape-types/index.ts";
import { checkTensor, produce, type Tensor, view } from "../tensor.ts";
import { sum } from "./reduction.ts";

/** Which diagonal of which two dims: `offset` to the right of the main one. */
interface DiagonalParams {
  readonly offset: number;
  readonly rows: number;
  readonly columns: number;
}

const behind = ({ offset, rows, columns }: DiagonalParams): DiagonalParams => ({
  offset,
  rows: shifted(rows),
  columns: shifted(columns),
});

/** Where a diagonal lies: the strides of the other dims and of the diagonal, its length, and its first element. */
function walk(shape: Shape, strides: readonly number[], { offset, rows, columns }: DiagonalParams) {
  const down = Math.max(0, -offset);
  const right = Math.max(0, offset);
  const length = Math.max(0, Math.min(shape[rows]! - down, shape[columns]! - right));
  const others = <T>(values: readonly T[]): T[] => values.filter((_, d) => d !== rows && d !== columns);
  return {
    shape: [...others(shape), length],
    strides: [...others(strides), strides[rows]! + strides[columns]!],
    first: length === 0 ? 0 : down * strides[rows]! + right * strides[columns]!,
  };
}

export const diagonalOp: LinearFunction<DiagonalParams> = /* @__PURE__ */ linear<DiagonalParams>({
  name: "diagonal",
  forward: (x, params) => {
    const { shape, strides, first } = walk(x.shape, stridesOf(x), params);
    return view(x, shape, strides, x.offset + first);
  },
  transpose: (cotangent, x, params) => diagonalEmbedOp(cotangent, { ...params, to: x.shape }),
  lead: behind,
  cases: [
    { shapes: [[3, 4]], params: { offset: 1, rows: 0, columns: 1 } },
    { shapes: [[3, 2, 3]], params: { offset: -1, rows: 2, columns: 0 } },
  ],
});

/** Zeros of shape `to`, with `x` written on a diagonal. */
export const diagonalEmbedOp: LinearFunction<DiagonalParams & { readonly to: Shape }> = /* @__PURE__ */ linear({
  name: "diagonalEmbed",
  forward: (x, params) => {
    const { strides, first } = walk(params.to, rowMajorStrides(params.to), params);
    return produce(params.to, x.dtype, (out, start) => place(out, start + first, strides, x));
  },
  transpose: (cotangent, _x, params) => diagonalOp(cotangent, params),
  lead: (params, size) => ({ ...behind(params), to: [size, ...params.to] }),
  cases: [
    { shapes: [[2]], params: { offset: 1, rows: 0, columns: 1, to: [3, 3] } },
    { shapes: [[2, 2]], params: { offset: -1, rows: 2, columns: 0, to: [3, 2, 3] } },
  ],
});

function checkOffset(op: string, offset: number): void {
  if (!Number.isInteger(offset)) throw new ArgumentError(`${op}: the offset is a whole number, got ${quoted(offset)}`);
}

export interface DiagonalOptions {
  /** How far to the right of the main diagonal; 0 by default. */
  readonly offset?: number | undefined;
  /** The dim of the rows; the first by default. */
  readonly dim1?: number | undefined;
  /** The dim of the columns; the second by default. */
  readonly dim2?: number | undefined;
}

/**
 * The elements of a diagonal of two dims, by default the first two, which become one dim at the end; `offset` counts to the right of the
 * main diagonal. A view.
 * @throws ShapeError unless there are two such dims.
 * @example
 * diagonal(tensor([[1, 2], [3, 4]])).toArray(); // [1, 4]
 */
export function diagonal<A extends Tensor, O extends number = 0, I extends number = 0, J extends number = 1>(
  x: Check<Diagonal<A["shape"], O, I, J>, A>,
  offset?: O,
  dim1?: I,
  dim2?: J,
): Tensor<Diagonal<A["shape"], O, I, J>>;
export function diagonal(x: Tensor, options: DiagonalOptions): Tensor;
export function diagonal(x: Tensor, first?: number | DiagonalOptions, second?: number, third?: number): Tensor {
  const given = typeof first === "number" ? { offset: first, dim1: second, dim2: third } : first;
  const {
    offset = 0,
    dim1 = second ?? 0,
    dim2 = third ?? 1,
  } = optionsOf("diagonal", given, ["offset", "dim1", "dim2"]);
  checkTensor("diagonal", x);
  const rows = normalizeDim("diagonal", dim1, x.shape);
  const columns = normalizeDim("diagonal", dim2, x.shape);
  if (rows === columns)
    throw new ShapeError("diagonal", `dims ${dim1} and ${dim2} of ${showShape(x.shape)} are the same`, [x.shape]);
  checkOffset("diagonal", offset);
  return diagonalOp(x, { offset, rows, columns });
}

/**
 * Of a vector, the square matrix with it on a diagonal and 0 elsewhere; of a matrix, that diagonal.
 * @throws ShapeError for more or less dims.
 * @example
 * diag(tensor([1, 2])).toArray(); // [[1, 0], [0, 2]]
 * diag(tensor([[1, 2], [3, 4]]), 1).toArray(); // [2]
 */
export function diag<A extends Tensor, O extends number = 0>(
  x: Check<Diag<A["shape"], O>, A>,
  diagonal?: O,
): Tensor<Diag<A["shape"], O>>;
export function diag(x: Tensor, offset = 0): Tensor {
  checkTensor("diag", x);
  checkOffset("diag", offset);
  const params = { offset, rows: 0, columns: 1 };
  if (x.rank === 2) return diagonalOp(x, params);
  if (x.rank !== 1) throw new ShapeError("diag", `needs one or two dims, got ${showShape(x.shape)}`, [x.shape]);
  const size = x.size + Math.abs(offset);
  return diagonalEmbedOp(x, { ...params, to: [size, size] });
}

/**
 * Sum of the main diagonal of a matrix; bool counts as int32.
 * @throws ShapeError unless there are two dims.
 * @example
 * trace(tensor([[1, 2], [3, 4]])).item(); // 5
 */
export function trace<A extends Tensor>(x: Check<Trace<A["shape"]>, A>): Tensor<Trace<A["shape"]>>;
export function trace(x: Tensor): Tensor {
  checkTensor("trace", x);
  if (x.rank !== 2) throw new ShapeError("trace", `needs two dims, got ${showShape(x.shape)}`, [x.shape]);
  return sum(diagonalOp(x, { offset: 0, rows: 0, columns: 1 }));
}
