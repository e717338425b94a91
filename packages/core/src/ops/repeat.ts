import { ArgumentError, ShapeError } from "../errors.ts";
import { checkShape, normalizeDim, type ShapeArg, showShape } from "../shape.ts";
import type { Allow, Check, Repeat, RepeatInterleave, Tile } from "../shape-types/index.ts";
import { checkTensor, fromArray, Tensor } from "../tensor.ts";
import { checkCount } from "./arrange.ts";
import { asIndex, indexSelect } from "./indexing.ts";
import { broadcastTo } from "./broadcast.ts";
import { flatten, reshape } from "./movement.ts";

/** Laid side by side: each dim [n] becomes [1, n], is stretched to [times, n], and merged to [times·n]. */
function tiled(op: string, x: Tensor, list: ShapeArg): Tensor {
  const given = checkShape(op, list);
  const rank = Math.max(given.length, x.rank);
  const times = [...new Array<number>(rank - given.length).fill(1), ...given];
  const sizes = [...new Array<number>(rank - x.rank).fill(1), ...x.shape];
  const apart = reshape(x, sizes.flatMap((n) => [1, n])); // prettier-ignore
  const stretched = broadcastTo(apart, sizes.flatMap((n, d) => [times[d]!, n])); // prettier-ignore
  return reshape(stretched, sizes.map((n, d) => n * times[d]!)); // prettier-ignore
}

/**
 * `x` laid side by side, as often as `repeats` says for each dim; more numbers than dims add dims in front.
 * @throws ShapeError for fewer numbers than dims, ArgumentError unless they are whole and not negative.
 * @example
 * repeat(tensor([1, 2]), [2, 2]).toArray(); // [[1, 2, 1, 2], [1, 2, 1, 2]]
 */
export function repeat<A extends Tensor, const R extends ShapeArg>(
  x: A,
  repeats: Allow<Repeat<A["shape"], R>, R>,
): Tensor<Repeat<A["shape"], R>>;
export function repeat(x: Tensor, repeats: ShapeArg): Tensor {
  checkTensor("repeat", x);
  if (Array.isArray(repeats) && repeats.length < x.rank)
    throw new ShapeError("repeat", `${showShape(repeats)} lists fewer dims than ${showShape(x.shape)} has`, [x.shape]);
  return tiled("repeat", x, repeats);
}

/**
 * As `repeat`, but fewer numbers than dims count for the last ones.
 * @throws ArgumentError unless the numbers are whole and not negative.
 * @example
 * tile(tensor([[1], [2]]), [2]).toArray(); // [[1, 1], [2, 2]]
 */
export function tile<A extends Tensor, const R extends ShapeArg>(
  x: A,
  repeats: Allow<Tile<A["shape"], R>, R>,
): Tensor<Tile<A["shape"], R>>;
export function tile(x: Tensor, repeats: ShapeArg): Tensor {
  checkTensor("tile", x);
  return tiled("tile", x, repeats);
}

/** A tensor says how often as a list does. */
export type Times<N> = N extends number | ShapeArg ? N : number[];
/**
 * Each slice of a dim several times in a row: all as often, or each as often as a list or an int32 tensor says. Without a dim, each element, flattened.
 * @throws ShapeError if there is no such dim or the list has another length, ArgumentError unless numbers are whole and not negative.
 * @example
 * repeatInterleave(tensor([1, 2]), 2).toArray(); // [1, 1, 2, 2]
 * repeatInterleave(tensor([1, 2]), [0, 3], 0).toArray(); // [2, 2, 2]
 */
export function repeatInterleave<
  A extends Tensor,
  const N extends number | ShapeArg | Tensor,
  D extends number | undefined = undefined,
>(
  x: A,
  repeats: N,
  dim?: Check<RepeatInterleave<A["shape"], Times<N>, D>, D>,
): Tensor<RepeatInterleave<A["shape"], Times<N>, D>>;
export function repeatInterleave(x: Tensor, given: number | ShapeArg | Tensor, dim?: number): Tensor {
  checkTensor("repeatInterleave", x);
  const repeats = given instanceof Tensor ? Array.from(asIndex("repeatInterleave", given).toTypedArray()) : given;
  if (dim === undefined) return repeatInterleave(flatten(x), repeats, 0);
  const at = normalizeDim("repeatInterleave", dim, x.shape);
  const size = x.shape[at]!;
  for (const n of [repeats].flat()) checkCount("repeatInterleave", "repeats", n, 0);
  if (typeof repeats === "number") {
    const [before, after] = [x.shape.slice(0, at), x.shape.slice(at + 1)];
    checkShape("repeatInterleave", [...before, size * repeats, ...after]);
    const column = reshape(x, [...before, size, 1, ...after]);
    return reshape(broadcastTo(column, [...before, size, repeats, ...after]), [...before, size * repeats, ...after]);
  }
  if (!Array.isArray(repeats)) throw new ArgumentError("repeatInterleave: repeats are a number or an array of numbers");
  if (repeats.length !== size && repeats.length !== 1)
    throw new ShapeError("repeatInterleave", `${repeats.length} repeats for dim ${dim} of ${showShape(x.shape)}`, [
      x.shape,
    ]);
  const times = (i: number): number => (repeats as ShapeArg)[repeats.length === 1 ? 0 : i]!;
  let total = 0;
  for (let i = 0; i < size; i++) total += times(i);
  checkShape("repeatInterleave", x.shape.with(at, total));
  const places = new Int32Array(total);
  for (let i = 0, end = 0; i < size; i++) places.fill(i, end, (end += times(i)));
  return indexSelect(x, at, fromArray([total], "int32", places));
}
