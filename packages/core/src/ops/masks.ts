import { ArgumentError, ShapeError } from "../errors.ts";
import { showShape } from "../shape.ts";
import { fromArray, type Tensor } from "../tensor.ts";
import { where } from "./comparison.ts";

/** `x` where `keep(row, column)`, over the last two dims, and 0 elsewhere. */
function masked(op: string, x: Tensor, diagonal: number, keep: (offset: number) => boolean): Tensor {
  if (x.rank < 2) throw new ShapeError(op, `needs at least two dims, got ${showShape(x.shape)}`, [x.shape]);
  if (!Number.isInteger(diagonal)) throw new ArgumentError(`${op}: the diagonal is a whole number, got ${diagonal}`);
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  const mask = new Uint8Array(rows * columns);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) mask[i * columns + j] = keep(j - i - diagonal) ? 1 : 0;
  return where(fromArray([rows, columns], "bool", mask), x, 0);
}

/** The elements on and below a diagonal of the last two dims (0 the main one, above it positive), with 0 elsewhere. */
export const tril = <A extends Tensor>(x: A, diagonal = 0): Tensor<A["shape"]> =>
  masked("tril", x, diagonal, (offset) => offset <= 0) as Tensor<A["shape"]>;

/** The elements on and above a diagonal of the last two dims, with 0 elsewhere. */
export const triu = <A extends Tensor>(x: A, diagonal = 0): Tensor<A["shape"]> =>
  masked("triu", x, diagonal, (offset) => offset >= 0) as Tensor<A["shape"]>;
