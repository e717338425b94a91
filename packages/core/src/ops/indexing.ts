import { ArgumentError, DtypeError, quoted, ShapeError } from "../errors.ts";
import { linear, type LinearFunction, shifted } from "../families/linear.ts";
import type { TypedArray } from "../dtype.ts";
import { rowMajor } from "../kernels/copying.ts";
import { forEachRun, stridesOf } from "../kernels/strided.ts";
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
  forward: (x, params) => {
    const data = x.data;
    return produce(params.index.shape, x.dtype, (out, start) =>
      forEachLine(x.shape, stridesOf(x), x.offset, params, (before, length, positions, i, step, at, other, along) => {
        const end = start + before + length;
        if (step === 0) {
          // one position for all, as for the rows of a table
          at += positions[i]! * along;
          for (let o = start + before; o < end; o++, at += other) out[o] = data[at]!;
        } else
          for (let o = start + before; o < end; o++, i += step, at += other) out[o] = data[at + positions[i]! * along]!;
      }),
    );
  },
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
      forEachLine(
        shape,
        rowMajorStrides(shape),
        start,
        params,
        (before, length, positions, i, step, at, other, along) => {
          for (let o = offset + before, end = o + length; o < end; o++, i += step, at += other)
            out[at + positions[i]! * along]! += data[o]!;
        },
      ),
    );
  },
  transpose: (cotangent, _x, params) => gatherOp(cotangent, params),
  lead: (params, size) => ({ ...params, dim: shifted(params.dim), shape: [size, ...params.shape] }),
  cases: [{ shapes: [[2, 2]], params: { op: "gather", dim: 1, index, shape: [2, 3] } }],
});

/**
 * Cuts the index into lines, in row-major order, of which `before` elements came before: element k of a line is
 * `positions[i + k·step]`, and names the place `at + k·other + positions[…]·along` in a tensor with these strides.
 */
// oxfmt-ignore
type Line = (
  before: number, length: number, positions: TypedArray, i: number, step: number, at: number, other: number, along: number,
) => void;
function forEachLine(
  shape: Shape,
  strides: readonly number[],
  offset: number,
  { op, dim, index }: GatherParams,
  visit: Line,
): void {
  if (index.size === 0) return;
  const { data } = index;
  const others = strides.map((stride, d) => (d === dim ? 0 : stride));
  const size = shape[dim]!;
  forEachRun(
    index.shape,
    [stridesOf(index), others],
    [index.offset, offset],
    (length, [i, at], [step, other], before) => {
      for (let k = 0, place = i!; k < (step === 0 ? 1 : length); k++, place += step!)
        if (data[place]! < 0 || data[place]! >= size)
          throw new ShapeError(op, `index ${data[place]} is out of range for dim ${dim} of ${showShape(shape)}`, [
            shape,
          ]);
      visit(before, length, data, i!, step!, at!, other!, strides[dim]!);
    },
  );
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
  for (const i of indices as readonly number[])
    if (!Number.isInteger(i)) throw new ArgumentError(`${op}: indices are whole numbers, got ${i}`);
  return fromArray([indices.length], "int32", Int32Array.from(indices));
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
