import { ArgumentError, ShapeError, quoted } from "../errors.ts";
import { type Shape, showShape } from "../shape.ts";
import type { Check, Fail, Show } from "../shape-types/index.ts";
import { checkTensor, fromArray, type Tensor } from "../tensor.ts";
import { where } from "./comparison.ts";

/** `x` on one side of a diagonal of the last two dims, and on it, and 0 elsewhere. */
function masked(op: string, x: Tensor, diagonal: number, upper: boolean): Tensor {
  checkTensor(op, x);
  if (x.rank < 2) throw new ShapeError(op, `needs at least two dims, got ${showShape(x.shape)}`, [x.shape]);
  if (!Number.isInteger(diagonal))
    throw new ArgumentError(`${op}: the diagonal is a whole number, got ${quoted(diagonal)}`);
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  const mask = new Uint8Array(rows * columns);
  for (let i = 0, row = 0; i < rows; i++, row += columns) {
    const cut = Math.min(Math.max(0, i + diagonal + (upper ? 0 : 1)), columns);
    const end = row + (upper ? columns : cut);
    for (let k = row + (upper ? cut : 0); k < end; k++) mask[k] = 1;
  }
  return where(fromArray([rows, columns], "bool", mask), x, 0);
}

/** Shape S, if it has at least two dims. */
export type Matrices<S extends Shape, Op extends string> = S extends readonly [] | readonly [number]
  ? Fail<`${Op}: needs at least two dims, got ${Show<S>}`>
  : S;

/**
 * The elements on and below a diagonal of the last two dims (0 the main one, above it positive), with 0 elsewhere.
 * @throws ShapeError for less than two dims.
 * @example
 * tril(tensor([[1, 2], [3, 4]])).toArray(); // [[1, 0], [3, 4]]
 */
export function tril<A extends Tensor>(
  x: Check<Matrices<A["shape"], "tril">, A>,
  diagonal?: number,
): Tensor<A["shape"]>;
export function tril(x: Tensor, diagonal = 0): Tensor {
  return masked("tril", x, diagonal, false);
}

/**
 * The elements on and above a diagonal of the last two dims (0 the main one, above it positive), with 0 elsewhere.
 * @throws ShapeError for less than two dims.
 * @example
 * triu(tensor([[1, 2], [3, 4]])).toArray(); // [[1, 2], [0, 4]]
 */
export function triu<A extends Tensor>(
  x: Check<Matrices<A["shape"], "triu">, A>,
  diagonal?: number,
): Tensor<A["shape"]>;
export function triu(x: Tensor, diagonal = 0): Tensor {
  return masked("triu", x, diagonal, true);
}
