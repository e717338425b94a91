import { FileError } from "./errors.ts";

/** NumPy's own limit. */
const MAX_RANK = 64;

export const showShape = (shape: readonly number[]): string => `[${shape.join(",")}]`;

/** Number of elements, once every product on the way is known to be exact. */
export function checkedSize(op: string, what: string, shape: readonly number[]): number {
  if (shape.length > MAX_RANK)
    throw new FileError(op, `${what} has ${shape.length} dims, at most ${MAX_RANK} are read`);
  let product = 1;
  let size = 1;
  for (const dim of shape) {
    // Sizes beside a 0 count too: [0, 2^40, 2^40] is no shape to compute with.
    product *= Math.max(1, dim);
    size *= dim;
    if (!Number.isSafeInteger(dim) || dim < 0 || !Number.isSafeInteger(product))
      throw new FileError(op, `${what} has the impossible shape ${showShape(shape)}`);
  }
  return size;
}
