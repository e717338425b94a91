import type { TypedArray } from "./dtype.ts";
import { GraphError, ShapeError } from "./errors.ts";
import { materialize } from "./kernels/strided.ts";
import { sameShape, showShape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/**
 * @internal The one way to change a tensor: hands the row-major elements of a leaf to `write`. A leaf seen through views gets a new array,
 * so views keep what they showed; a graph that has used the leaf will know that it has been overwritten.
 */
export function mutate(op: string, x: Tensor, write: (data: TypedArray) => void): void {
  if (!x.isLeaf) {
    throw new GraphError(
      `${op}: only leaves can be overwritten, and ${showShape(x.shape)} was made by ${x.op?.name}; overwrite the leaf it was made from`,
    );
  }
  if (x.shared || x.strides !== null || x.data.length !== x.size) {
    x.array = materialize(x);
    x.offset = 0;
    x.strides = null;
    x.shared = false;
  }
  write(x.data);
  x.version++;
  if (x.shape.length === 0) x.scalar = x.data[0]!;
}

/** Overwrites the elements of a leaf with those of `source`, which has the same shape. See `Tensor.assign`. */
export function assign(x: Tensor, source: Tensor): void {
  if (!sameShape(x.shape, source.shape)) {
    throw new ShapeError("assign", `cannot assign ${showShape(source.shape)} to ${showShape(x.shape)}`, [
      source.shape,
      x.shape,
    ]);
  }
  const values = materialize(source, x.dtype);
  mutate("assign", x, (data) => data.set(values));
}
