import { promote } from "../dtype.ts";
import { ArgumentError } from "../errors.ts";
import { where } from "./comparison.ts";
import { forEachRun, stridesOf } from "../kernels/strided.ts";
import { apply, type Op } from "../op.ts";
import { concatShape, normalizeDim, rowMajorStrides, type ShapeArg, splitSizes, stackShape } from "../shape.ts";
import { fromNumber, produce, type Tensor } from "../tensor.ts";
import { cast } from "./cast.ts";
import { broadcastTo, padZeros, slice, unsqueeze } from "./movement.ts";

/** Linear in all its inputs together: each cotangent is the slice where its input went. */
export const concatOp: Op<number> & { readonly cases: readonly { shapes: number[][]; params: number }[] } = {
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
    return produce(shape, dtype, (out, start) => {
      let offset = start;
      for (const x of inputs) {
        const data = x.data;
        if (x.size > 0) {
          forEachRun(x.shape, [stridesOf(x), strides], [x.offset, offset], (length, [i, o], [step, outStep]) => {
            for (let k = 0; k < length; k++) out[o! + k * outStep!] = data[i! + k * step!]!;
          });
        }
        offset += x.shape[dim]! * strides[dim]!;
      }
    });
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
};

/** Tensors one after the other along a dim; they agree in all other dims. */
export function concat(tensors: readonly Tensor[], dim = 0): Tensor {
  const first = tensors[0];
  if (first === undefined) throw new ArgumentError("concat: needs at least one tensor");
  const dtype = tensors.reduce((wide, x) => promote(wide, x.dtype), first.dtype);
  return apply(
    concatOp,
    tensors.map((x) => cast(x, dtype)),
    normalizeDim("concat", dim, first.shape),
  );
}

/** Tensors of one shape side by side along a new dim. */
export function stack(tensors: readonly Tensor[], dim = 0): Tensor {
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

/** Cuts a dim into pieces of `sizes` elements each (the last may be smaller), or of the sizes listed. Views. */
export function split(x: Tensor, sizes: number | ShapeArg, dim = 0): Tensor[] {
  const at = normalizeDim("split", dim, x.shape);
  let start = 0;
  return splitSizes(sizes, x.shape, at).map((size) => slice(x, at, { start, end: (start += size) }));
}

/**
 * Puts `value` around `x`. `pads` is PyTorch's list: before and after the last dim, then the dim before it, and so on; negative
 * numbers crop.
 */
export function pad(x: Tensor, pads: ShapeArg, value = 0): Tensor {
  const padded = padZeros(x, pads);
  if (value === 0) return padded;
  const inside = padZeros(broadcastTo(fromNumber(1, "bool"), x.shape), pads);
  return where(inside, padded, value);
}
