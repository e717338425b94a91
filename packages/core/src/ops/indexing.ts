import { ArgumentError, DtypeError, quoted, ShapeError } from "../errors.ts";
import { linear, type LinearFunction, shifted } from "../families/linear.ts";
import type { TypedArray } from "../dtype.ts";
import { addRun, copyRun, rowMajor } from "../kernels/copying.ts";
import { forEachMatrix, stridesOf } from "../kernels/strided.ts";
import { gatherShape, indexSelectShape } from "../shape-rules.ts";
import { listed, normalizeDim, rowMajorStrides, type Shape, showShape } from "../shape.ts";
import type { Check, CheckAlong, Gather, IndexSelect } from "../shape-types/index.ts";
import { checkTensor, detached, fromArray, produce, Tensor } from "../tensor.ts";
import { broadcastTo } from "./broadcast.ts";
import { reshape } from "./movement.ts";

/** Positions along a dim: an int32 tensor, or plain numbers for a list of positions. */
export type Indices = Tensor | readonly number[];
export type ShapeOfIndices<I extends Indices> =
  I extends Tensor<infer S> ? S : I extends readonly unknown[] ? [I["length"]] : never;

interface GatherParams {
  /** Who asked, for messages. */
  readonly op: string;
  readonly dim: number;
  readonly index: Tensor;
}
const index: Tensor = /* @__PURE__ */ fromArray([2, 2], "int32", /* @__PURE__ */ Int32Array.of(0, 2, 1, 1));

export const gatherOp: LinearFunction<GatherParams> = /* @__PURE__ */ linear<GatherParams>({
  name: "gather",
  forward: (x, params) =>
    produce(
      params.index.shape,
      x.dtype,
      (out, start) => walk(gatherElements, params, x.shape, stridesOf(x), x.data, x.offset, out, start),
      true,
    ),
  transpose: (cotangent, x, params) => scatterAddOp(cotangent, { ...params, shape: x.shape }),
  lead: (params) => ({ ...params, dim: shifted(params.dim) }),
  cases: [
    { shapes: [[2, 3]], params: { op: "gather", dim: 1, index } },
    { shapes: [[3, 2]], params: { op: "gather", dim: 0, index } },
  ],
});

export const scatterAddOp: LinearFunction<GatherParams & { readonly shape: Shape }> = /* @__PURE__ */ linear({
  name: "scatterAdd",
  forward: (x, params) => {
    const { shape } = params;
    const { data, offset } = rowMajor(x);
    return produce(shape, x.dtype, (out, start) =>
      walk(scatterElements, params, shape, rowMajorStrides(shape), out, start, data, offset),
    );
  },
  transpose: (cotangent, _x, params) => gatherOp(cotangent, params),
  lead: (params, size) => ({ ...params, dim: shifted(params.dim), shape: [size, ...params.shape] }),
  cases: [{ shapes: [[2, 2]], params: { op: "gather", dim: 1, index, shape: [2, 3] } }],
});

/**
 * Between the row-major `list` and a table, a matrix of positions at a time: element (i, j) of the list from `o` on goes with
 * `table[at + i·tableRow + j·tableColumn + p·along]` for the position p, which is below `size`. Returns the first that is not, or -1.
 */
// oxfmt-ignore
type Kernel = (
  table: TypedArray, at: number, tableRow: number, tableColumn: number, along: number, list: TypedArray, o: number,
  positions: TypedArray, from: number, row: number, column: number, size: number, rows: number, columns: number,
) => number;
// oxfmt-ignore
const gatherElements: Kernel = (
  table, at, tableRow, tableColumn, along, list, o, positions, from, row, column, size, rows, columns,
) => {
  for (let i = 0; i < rows; i++, at += tableRow, from += row, o += columns) {
    if (column === 0) { // one position for all, as for the rows of a table
      const p = positions[from]!;
      if (p < 0 || p >= size) return from;
      copyRun(list, o, table, at + p * along, tableColumn, columns);
      continue;
    }
    for (let j = 0, k = from, place = at; j < columns; j++, k += column, place += tableColumn) {
      const p = positions[k]!;
      if (p < 0 || p >= size) return k;
      list[o + j] = table[place + p * along]!;
    }
  }
  return -1;
};
// oxfmt-ignore
const scatterElements: Kernel = (
  table, at, tableRow, tableColumn, along, list, o, positions, from, row, column, size, rows, columns,
) => {
  for (let i = 0; i < rows; i++, at += tableRow, from += row, o += columns) {
    if (column === 0) {
      const p = positions[from]!;
      if (p < 0 || p >= size) return from;
      addRun(table, at + p * along, tableColumn, list, o, 1, columns);
      continue;
    }
    for (let j = 0, k = from, place = at; j < columns; j++, k += column, place += tableColumn) {
      const p = positions[k]!;
      if (p < 0 || p >= size) return k;
      table[place + p * along]! += list[o + j]!;
    }
  }
  return -1;
};

/** Runs a kernel between a list of the shape of the index and a table of this shape. */
// oxfmt-ignore
function walk(
  kernel: Kernel, { op, dim, index }: GatherParams, shape: Shape, strides: readonly number[],
  table: TypedArray, at: number, list: TypedArray, start: number,
): void {
  if (index.size === 0) return;
  const { data } = index;
  const others = strides.map((stride, d) => (d === dim ? 0 : stride));
  const [along, size] = [strides[dim]!, shape[dim]!];
  forEachMatrix(index.shape, [stridesOf(index), others], [index.offset, at], (rows, columns, at, row, column, before) => {
    const wrong = kernel(
      table, at[1]!, row[1]!, column[1]!, along, list, start + before,
      data, at[0]!, row[0]!, column[0]!, size, rows, columns,
    );
    if (wrong >= 0)
      throw new ShapeError(op, `index ${data[wrong]} is out of range for dim ${dim} of ${showShape(shape)}`, [shape]);
  });
}

/** `indices` as an int32 tensor. */
export function asIndex(op: string, indices: Indices): Tensor {
  if (indices instanceof Tensor) {
    if (indices.dtype !== "int32")
      throw new DtypeError(`${op}: indices are ${indices.dtype}, expected int32; convert with to("int32")`);
    return indices;
  }
  if (!Array.isArray(indices))
    throw new ArgumentError(`${op}: indices are an int32 tensor or an array of numbers, got ${quoted(indices)}`);
  return positionsOf(op, indices as readonly number[]);
}
/** Plain numbers as an int32 tensor. */
export function positionsOf(op: string, values: readonly number[], shape: Shape = [values.length]): Tensor {
  for (const i of values) {
    if (!Number.isInteger(i)) throw new ArgumentError(`${op}: indices are whole numbers, got ${quoted(i)}`);
    // Cut to 32 bits, it would be another position.
    if (i !== (i | 0)) throw new ShapeError(op, `index ${i} is out of range for any dim`, []);
  }
  return fromArray(shape, "int32", Int32Array.from(values));
}

/**
 * For each element of `indices`, the element of `x` with that position along `dim` and the same position along the other dims, where
 * `indices` may be smaller. The result has the shape of `indices`.
 * @throws ShapeError when the ranks differ or an index is out of range, DtypeError unless `indices` is int32.
 * @example
 * gather(tensor([[1, 2], [3, 4]]), 1, tensor([[1], [0]], { dtype: "int32" })).toArray(); // [[2], [3]]
 */
export function gather<A extends Tensor, D extends number, I extends Tensor>(
  x: A,
  dim: CheckAlong<A["shape"], D, "gather">,
  indices: Check<Gather<A["shape"], D, I["shape"]>, I>,
): Tensor<Gather<A["shape"], D, I["shape"]>>;
export function gather(x: Tensor, dim: number, indices: Tensor): Tensor {
  checkTensor("gather", x);
  const at = normalizeDim("gather", dim, listed(x.shape));
  const positions = asIndex("gather", indices);
  const shape = gatherShape(x.shape, at, positions.shape);
  const index = detached(reshape(positions, listed(positions.shape))); // the backward pass must find the same
  return reshape(gatherOp(reshape(x, listed(x.shape)), { op: "gather", dim: at, index }), shape);
}
/**
 * The slices of `x` at the given positions along `dim`, in their order; positions may repeat.
 * @throws ShapeError if there is no such dim or position, DtypeError for an index tensor that is not int32.
 * @example
 * indexSelect(tensor([1, 2, 3]), 0, [2, 0, 0]).toArray(); // [3, 1, 1]
 */
export function indexSelect<A extends Tensor, D extends number, const I extends Indices>(
  x: A,
  dim: CheckAlong<A["shape"], D, "indexSelect">,
  indices: Check<IndexSelect<A["shape"], D, ShapeOfIndices<I>>, I>,
): Tensor<IndexSelect<A["shape"], D, ShapeOfIndices<I>>>;
export function indexSelect(x: Tensor, dim: number, indices: Indices): Tensor {
  checkTensor("indexSelect", x);
  const at = normalizeDim("indexSelect", dim, listed(x.shape));
  const positions = asIndex("indexSelect", indices);
  const shape = indexSelectShape(x.shape, at, positions.shape);
  const list = reshape(x, listed(x.shape));
  const column = reshape(
    positions,
    list.shape.map((_, d) => (d === at ? positions.size : 1)),
  );
  return reshape(gatherOp(list, { op: "indexSelect", dim: at, index: broadcastTo(column, listed(shape)) }), shape);
}
