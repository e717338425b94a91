import { build } from "./create.ts";
import type { TypedArray } from "./dtype.ts";
import { GraphError, ShapeError } from "./errors.ts";
import { materialize } from "./kernels/copying.ts";
import { sameShape, type Shape, showShape } from "./shape.ts";
import type { Check, Fail, Nested, ShapeOfData, Show } from "./shape-types/index.ts";
import type { SameSizes } from "./shape-types/sizes.ts";
import { checkTensor, type Operand, Tensor } from "./tensor.ts";

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

/** What `assign` takes: a tensor, a number, or nested arrays. */
export type Source = Operand | Nested;
/** Shape S, if a source D has it. */
export type Assign<S extends Shape, D> =
  SourceShape<D> extends infer R extends Shape
    ? SameSizes<S, R> extends true
      ? S
      : Fail<`assign: cannot assign ${Show<R>} to ${Show<S>}`>
    : never;
type SourceShape<D> = D extends Tensor<infer S> ? S : ShapeOfData<D>;

/**
 * Overwrites the elements of a leaf with those of a tensor, a number or nested arrays of its shape, and returns it. Results computed
 * from it before can no longer be differentiated; views of it keep what they showed.
 * @throws ShapeError if the shapes differ, GraphError if an operation made the tensor.
 * @example
 * assign(tensor([1, 2]), [3, 4]).toArray(); // [3, 4]
 */
export function assign<A extends Tensor, const D extends Source>(x: A, source: Check<Assign<A["shape"], D>, D>): A {
  checkTensor("assign", x);
  const from = (source as unknown) instanceof Tensor ? (source as Tensor) : build("assign", source, { dtype: x.dtype });
  if (!sameShape(x.shape, from.shape)) {
    throw new ShapeError("assign", `cannot assign ${showShape(from.shape)} to ${showShape(x.shape)}`, [
      from.shape,
      x.shape,
    ]);
  }
  const values = materialize(from, x.dtype);
  mutate("assign", x, (data) => data.set(values));
  return x;
}
