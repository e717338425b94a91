import { BatchError } from "./errors.ts";
import type { Batch } from "./op.ts";
import { showShape } from "./shape.ts";
import { Tensor } from "./tensor.ts";

/**
 * Inside `vmap`, a tensor for each example at once: it has the shape and the graph of one, and what it stands for lies in another tensor,
 * side by side along the first dim, which has a graph of its own.
 */
export class Batched extends Tensor {
  private readonly owner: Batch;
  readonly examples: Tensor;

  constructor(owner: Batch, examples: Tensor) {
    super(examples.shape.slice(1), examples.dtype, null, 0, examples.strides && examples.strides.slice(1), NaN);
    this.owner = owner;
    this.examples = examples;
    this.tracked = examples.tracked;
    Object.defineProperty(this, "scalar", { get: () => this.data }); // nor has a scalar a number to read
  }
  override get batch(): Batch {
    return this.owner;
  }
  override get data(): never {
    const { open, size } = this.owner;
    const what = `a tensor ${showShape(this.shape)}`;
    throw new BatchError(
      open
        ? `vmap: ${what} stands for ${size} examples at once and has no elements to read; read the result of vmap, and write where(condition, a, b) in place of if`
        : `vmap: ${what} stood for ${size} examples in a vmap that is over; return it from the function that is mapped`,
    );
  }
}
