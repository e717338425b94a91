import type { Shape, ShapeArg } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import * as arrange from "./arrange.ts";
import { type Case, real, recorded, same } from "./cases.ts";
import { diag, diagonal, diagonalEmbedOp, diagonalOp, trace } from "./diagonal.ts";
import * as repeating from "./repeat.ts";

/** On real numbers, with a result of shape `to`. */
const gives = (to: ShapeArg, shape: ShapeArg, call: (x: Tensor) => Tensor): Case => ({
  ...real(shape),
  call,
  rule: () => to,
});

/** The cases of what cuts, repeats and moves. */
export const arranging: Readonly<Record<Arranging, readonly Case[]>> = {
  cat: [
    {
      ...real([2, 3], [2, 1]),
      call: (a, b) => arrange.cat([a, b], -1),
      rule: (a: Shape, b: Shape) => [a[0]!, a[1]! + b[1]!],
    },
  ],
  chunk: [
    gives([1], [5], (x) => arrange.chunk(x, 3)[2]!),
    gives([2, 2], [2, 3], (x) => arrange.chunk(x, 2, -1)[0]!),
    gives([2, 0], [2, 0], (x) => arrange.chunk(x, 3, 1)[2]!),
  ],
  diag: [
    gives([3, 3], [2], (x) => diag(x, 1)),
    gives([2, 2], [2], (x) => diag(x)),
    gives([2], [3, 3], (x) => diag(x, -1)),
    gives([0], [2, 2], (x) => diag(x, 5)),
    gives([1, 1], [0], (x) => diag(x, -1)),
    ...recorded(diagonalEmbedOp.op),
  ],
  diagonal: [
    gives([2], [2, 3], (x) => diagonal(x)),
    gives([2, 2], [3, 2, 3], (x) => diagonal(x, -1, -1, 0)),
    gives([0], [2, 2], (x) => diagonal(x, -3)),
    ...recorded(diagonalOp.op),
  ],
  expand: [
    gives([2, 3], [2, 1], (x) => arrange.expand(x, [-1, 3])),
    gives([2, 2, 3], [1, 3], (x) => arrange.expand(x, [2, 2, -1])),
    gives([2], [], (x) => arrange.expand(x, [2])),
  ],
  movedim: [
    gives([3, 2, 2], [2, 3, 2], (x) => arrange.movedim(x, 0, -1)),
    gives([1, 3, 2], [2, 3, 1], (x) => arrange.movedim(x, [0, -1], [2, 0])),
  ],
  narrow: [
    gives([2, 2], [2, 3], (x) => arrange.narrow(x, 1, -2, 2)),
    gives([0, 3], [2, 3], (x) => arrange.narrow(x, 0, 2, 0)),
  ],
  ravel: [gives([6], [2, 3], (x) => arrange.ravel(x)), gives([1], [], (x) => arrange.ravel(x))],
  repeat: [
    gives([4, 3], [2, 1], (x) => repeating.repeat(x, [2, 3])),
    gives([2, 4], [2], (x) => repeating.repeat(x, [2, 2])),
    gives([2, 0], [2], (x) => repeating.repeat(x, [2, 0])),
    gives([2], [], (x) => repeating.repeat(x, [2])),
  ],
  repeatInterleave: [
    gives([8], [2, 2], (x) => repeating.repeatInterleave(x, 2)),
    gives([2, 6], [2, 3], (x) => repeating.repeatInterleave(x, 2, -1)),
    gives([3, 2], [2, 2], (x) => repeating.repeatInterleave(x, [2, 1], 0)),
    gives([0], [3], (x) => repeating.repeatInterleave(x, 0, 0)),
  ],
  roll: [
    gives([2, 3], [2, 3], (x) => arrange.roll(x, 4)),
    gives([2, 3], [2, 3], (x) => arrange.roll(x, [1, -1], [0, 1])),
    gives([0], [0], (x) => arrange.roll(x, 1)),
    gives([2], [2], (x) => arrange.roll(x, 2, 0)),
  ],
  rot90: [
    gives([3, 2], [2, 3], (x) => arrange.rot90(x)),
    gives([2, 3], [2, 3], (x) => arrange.rot90(x, 2)),
    gives([2, 3, 2], [2, 2, 3], (x) => arrange.rot90(x, -1, [2, 1])),
    gives([2, 3], [2, 3], (x) => arrange.rot90(x, 4)),
  ],
  swapaxes: [gives([3, 2], [2, 3], (x) => arrange.swapaxes(x, 0, -1))],
  tile: [
    gives([2, 4], [2, 2], (x) => repeating.tile(x, [2])),
    gives([2, 2, 3], [2, 1], (x) => repeating.tile(x, [2, 1, 3])),
  ],
  trace: [gives([], [2, 3], (x) => trace(x)), gives([], [0, 2], (x) => trace(x))],
  unbind: [
    gives([3], [2, 3], (x) => arrange.unbind(x)[1]!),
    { ...real([2, 3]), call: (x) => arrange.unbind(x, -1)[0]!, rule: ([rows]) => same([rows!]) },
  ],
  unflatten: [
    gives([2, 3, 2], [2, 6], (x) => arrange.unflatten(x, -1, [3, -1])),
    gives([1, 2], [2], (x) => arrange.unflatten(x, 0, [1, 2])),
  ],
};
type Arranging = Exclude<keyof typeof arrange, "checkCount"> | keyof typeof repeating | "diag" | "diagonal" | "trace";
