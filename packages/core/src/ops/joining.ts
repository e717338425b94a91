import { checkedNumber, promote } from "../dtype.ts";
import { ArgumentError, describeArgument } from "../errors.ts";
import type { CustomOp } from "../families/custom.ts";
import { shifted } from "../families/linear.ts";
import { where } from "./comparison.ts";
import { place } from "../kernels/copying.ts";
import { apply } from "../op.ts";
import { concatShape, splitSizes, stackShape } from "../shape-rules.ts";
import { checkNoMore, normalizeDim, rowMajorStrides, sameShape, type Shape, type ShapeArg } from "../shape.ts";
import type { Allow, Check, CheckDims, ConcatAll, Failed, Pad, Split, StackAll } from "../shape-types/index.ts";
import { checkTensor, fromNumber, produce, Tensor } from "../tensor.ts";
import { ofDtype } from "./cast.ts";
import { broadcastTo } from "./broadcast.ts";
import { unsqueeze } from "./movement.ts";
import { padZeros, slice } from "./slice.ts";

/** Linear in all its inputs together: each cotangent is the slice where its input went. */
export const concatOp: CustomOp<number> = {
  name: "concat",
  cases: [
    { shapes: [[2, 3], [2, 1], [2, 0]], params: 1 },
    { shapes: [[2], [3]], params: 0 },
  ], // prettier-ignore
  forward(inputs, dim) {
    const shape = concatShape(
      inputs.map((x) => x.shape),
      dim,
    );
    const dtype = inputs[0]!.dtype;
    const strides = rowMajorStrides(shape);
    return produce(
      shape,
      dtype,
      (out, start) => {
        let offset = start;
        for (const x of inputs) {
          place(out, offset, strides, x);
          offset += x.shape[dim]! * strides[dim]!;
        }
      },
      true,
    );
  },
  vjp(cotangent, output, index) {
    const dim = output.params as number;
    const start = output.inputs.slice(0, index).reduce((sum, x) => sum + x.shape[dim]!, 0);
    return slice(cotangent, dim, { start, end: start + output.inputs[index]!.shape[dim]! });
  },
  jvp(tangents, output) {
    const parts = tangents.map((t, i) => t ?? broadcastTo(fromNumber(0, output.dtype), output.inputs[i]!.shape));
    return apply(concatOp, parts, output.params as number);
  },
  lead: shifted,
};

/**
 * Tensors one after the other along a dim, by default the first; they agree in all other dims. `[0]` goes with any shape.
 * @throws ShapeError if they do not or there is no such dim, ArgumentError for no tensors.
 * @example
 * concat([tensor([1, 2]), tensor([3])]).toArray(); // [1, 2, 3]
 */
export function concat<const T extends readonly Tensor[], D extends number = 0>(
  tensors: Check<ConcatAll<T, D>, T>,
  dim?: D,
): Tensor<ConcatAll<T, D>>;
export function concat(tensors: readonly Tensor[], dim = 0, ...more: unknown[]): Tensor {
  checkNoMore("concat", more, "it takes one array of tensors and one dim");
  checkTensors("concat", tensors);
  const dtype = tensors.reduce((wide, x) => promote(wide, x.dtype), tensors[0]!.dtype);
  const solid = tensors.filter((x) => !sameShape(x.shape, [0]));
  const parts = solid.length > 0 ? solid : tensors;
  return apply(
    concatOp,
    parts.map((x) => ofDtype(x, dtype)),
    normalizeDim("concat", dim, parts[0]!.shape),
  );
}

/**
 * Tensors of one shape side by side along a new dim, by default the first.
 * @throws ShapeError if the shapes differ or the result has no such dim, ArgumentError for no tensors.
 * @example
 * stack([tensor([1, 2]), tensor([3, 4])], 1).toArray(); // [[1, 3], [2, 4]]
 */
export function stack<const T extends readonly Tensor[], D extends number = 0>(
  tensors: Check<StackAll<T, D>, T>,
  dim?: D,
): Tensor<StackAll<T, D>>;
export function stack(tensors: readonly Tensor[], dim = 0, ...more: unknown[]): Tensor {
  checkNoMore("stack", more, "it takes one array of tensors and one dim");
  checkTensors("stack", tensors);
  stackShape(
    tensors.map((x) => x.shape),
    dim,
  );
  const at = dim < 0 ? dim + tensors[0]!.rank + 1 : dim;
  return concat(
    tensors.map((x) => unsqueeze(x, at)),
    at,
  );
}

function checkTensors(op: string, list: readonly unknown[]): void {
  if (!Array.isArray(list))
    throw new ArgumentError(
      `${op}: expected an array of tensors, got ${list instanceof Tensor ? `one tensor; write ${op}([a, b])` : describeArgument(list)}`,
    );
  if (list.length === 0) throw new ArgumentError(`${op}: needs at least one tensor`);
  for (const x of list) checkTensor(op, x);
}

/** A tensor for each of the shapes R. */
export type Tensors<R> = R extends Failed
  ? Tensor[]
  : { [I in keyof R]: R[I] extends infer S extends Shape ? Tensor<S> : never };

/**
 * The pieces of `sizes` elements each (the last may be smaller), or of the sizes listed, that a dim, by default the first, is cut into.
 * Views.
 * @throws ShapeError if there is no such dim or the sizes do not add up to its own, ArgumentError for a piece size below 1.
 * @example
 * const [first, rest] = split(tensor([1, 2, 3]), [1, 2]);
 * rest.toArray(); // [2, 3]
 */
export function split<A extends Tensor, const N extends number | ShapeArg, D extends number = 0>(
  x: A,
  sizes: Allow<Split<A["shape"], N, D>, N>,
  dim?: Check<CheckDims<A["shape"], D, "split">, D>,
): Tensors<Split<A["shape"], N, D>>;
export function split(x: Tensor, sizes: number | ShapeArg, dim = 0, ...more: unknown[]): Tensor[] {
  checkNoMore("split", more, "several sizes stand in brackets: split([1, 2], 0)");
  checkTensor("split", x);
  const at = normalizeDim("split", dim, x.shape);
  let start = 0;
  return splitSizes(sizes, x.shape, at).map((size) => slice(x, at, { start, end: (start += size) }));
}

/**
 * `x` with `value`, by default 0, around it. `pads` is PyTorch's list: before and after the last dim, then the dim before it, and so
 * on; negative numbers crop.
 * @throws ArgumentError unless `pads` holds pairs for at most all dims, ShapeError if they crop more than there is.
 * @example
 * pad(tensor([1, 2]), [1, 0]).toArray(); // [0, 1, 2]
 */
export function pad<A extends Tensor, const P extends ShapeArg>(
  x: A,
  pads: Allow<Pad<A["shape"], P>, P>,
  value?: number,
): Tensor<Pad<A["shape"], P>>;
export function pad(x: Tensor, pads: ShapeArg, value = 0): Tensor {
  checkTensor("pad", x);
  checkedNumber("pad", value, x.dtype);
  const padded = padZeros(x, pads);
  if (value === 0) return padded;
  const inside = padZeros(broadcastTo(fromNumber(1, "bool"), x.shape), pads);
  return where(inside, padded, value);
}
