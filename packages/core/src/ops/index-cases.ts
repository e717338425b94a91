import type { ShapeArg } from "../shape.ts";
import { fromArray, type Tensor } from "../tensor.ts";
import { at, type Index } from "./at.ts";
import { apart, type Case, real } from "./cases.ts";
import { concat } from "./joining.ts";
import { flatten } from "./movement.ts";
import * as putting from "./index-put.ts";
import * as scattering from "./scatter.ts";
import * as taking from "./take.ts";

const list = (...values: number[]): Tensor => fromArray([values.length], "int32", Int32Array.from(values));
const table = (rows: number, ...values: number[]): Tensor =>
  fromArray([rows, values.length / rows], "int32", Int32Array.from(values));
const bits = (shape: number[], ...values: number[]): Tensor => fromArray(shape, "bool", Uint8Array.from(values));

/** On real numbers, with a result of shape `to`. */
const gives = (to: ShapeArg, shape: ShapeArg, call: (x: Tensor) => Tensor): Case => ({
  ...real(shape),
  call,
  rule: () => to,
});
/** The same of two tensors, with a result of the first one's shape. */
const keeps = (shape: ShapeArg, source: ShapeArg, call: (x: Tensor, source: Tensor) => Tensor): Case => ({
  ...real(shape, source),
  call,
  rule: () => shape,
});
const indexed = (to: ShapeArg, shape: ShapeArg, ...index: readonly Index[]): Case => ({
  ...gives(to, shape, (x) => at(x, ...index)),
});

/** The cases of indices, and of writing where they point. */
export const indexing: Readonly<
  Record<keyof (typeof putting & typeof scattering & typeof taking) | "at", readonly Case[]>
> = {
  at: [
    indexed([], [2, 3], 1, -1),
    indexed([2, 1, 3], [2, 3], {}, null),
    indexed([3, 1], [2, 3], 0, { step: -1 }, null),
    indexed([2, 2], [2, 3, 4], "...", 1, { start: 1, end: 4, step: 2 }),
    indexed([3, 3], [2, 3], [0, 1, 0]),
    indexed([2, 2, 2], [2, 3, 2], {}, list(2, 0)),
    indexed([2], [3, 3], list(0, 2), list(1, 1)),
    indexed([2, 2, 1], [3, 2, 3], [[0, 2]], null, 1, [[1], [0]]),
    indexed([2, 2], [2, 2, 3], 0, {}, [2, 2]),
    indexed([2], [2, 2], bits([2, 2], 1, 0, 0, 1)),
    indexed([2, 2], [2, 3], {}, bits([3], 1, 0, 1)),
    indexed([0, 3], [2, 3], list()),
    indexed([], []),
    indexed([1], [], null),
  ],
  indexAdd: [
    keeps([3, 2], [3, 2], (x, source) => putting.indexAdd(x, 0, [2, 0, 2], source)),
    keeps([2, 3], [2, 2], (x, source) => putting.indexAdd(x, -1, list(1, 1), source, { alpha: -2 })),
    keeps([], [1], (x, source) => putting.indexAdd(x, 0, [0], source)),
  ],
  indexCopy: [
    keeps([3, 2], [2, 2], (x, source) => putting.indexCopy(x, 0, [2, 0], source)),
    keeps([2, 3], [2, 2], (x, source) => putting.indexCopy(x, 1, [1, 1], source)),
    keeps([2], [0], (x, source) => putting.indexCopy(x, 0, [], source)),
  ],
  indexFill: [
    gives([2, 3], [2, 3], (x) => putting.indexFill(x, 1, [0, -1], 1)),
    keeps([2, 3], [], (x, value) => putting.indexFill(x, 0, [1], value)),
  ],
  indexPut: [
    keeps([2, 3], [2], (x, values) => putting.indexPut(x, [[0, 1], [2, 0]], values)), // prettier-ignore
    keeps([3, 2], [], (x, values) => putting.indexPut(x, [[1, 1]], values, { accumulate: true })),
    keeps([2, 3], [2, 1], (x, values) => putting.indexPut(x, [{}, { start: 1 }], values)),
    keeps([3], [2], (x, values) => putting.indexPut(x, [bits([3], 1, 0, 1)], values)),
  ],
  maskedSelect: [
    gives([2], [2, 2], (x) => taking.maskedSelect(x, bits([2, 2], 0, 1, 1, 0))),
    gives([4], [2, 1], (x) => taking.maskedSelect(x, bits([3], 1, 0, 1))),
    gives([1], [], (x) => taking.maskedSelect(x, bits([], 1))),
  ],
  scatter: [
    keeps([2, 3], [2, 2], (x, source) => scattering.scatter(x, 1, table(2, 0, 2, 1, 1), source)),
    keeps([3, 2], [3, 2], (x, source) => scattering.scatter(x, 0, table(1, 2, 0), source)),
    gives([2, 3], [2, 3], (x) => scattering.scatter(x, 1, table(2, 0, 1), 1)),
    keeps([2, 3], [2, 2], (x, source) => scattering.scatter(x, 1, table(2, 0, 2, 1, 1), source, { reduce: "add" })),
    keeps([3], [3], (x, source) => scattering.scatter(x, 0, list(2, 0, 2), source, { reduce: "multiply" })),
    keeps([], [], (x, source) => scattering.scatter(x, 0, fromArray([], "int32", Int32Array.of(0)), source)),
  ],
  scatterAdd: [
    keeps([2, 3], [2, 2], (x, source) => scattering.scatterAdd(x, 1, table(2, 0, 2, 1, 1), source)),
    keeps([3, 2], [4, 3], (x, source) => scattering.scatterAdd(x, 0, table(2, 2, 0, 2, 1), source)),
  ],
  scatterReduce: [
    keeps([2, 3], [2, 2], (x, source) => scattering.scatterReduce(x, 1, table(2, 0, 2, 1, 1), source, "prod")),
    keeps([3], [3], (x, y) => scattering.scatterReduce(x, 0, list(0, 2, 2), y, "mean", { includeSelf: false })),
    keeps([3], [3], (x, source) => scattering.scatterReduce(x, 0, list(0, 2, 2), source, "sum")),
    {
      ...keeps([2, 2], [2, 2], (x, y) => scattering.scatterReduce(x, 0, table(2, 0, 1, 0, 0), y, "amax")),
      kinks: (x, y) => apart(concat([flatten(x), flatten(y)])),
    },
    {
      ...keeps([3], [3], (x, y) => scattering.scatterReduce(x, 0, list(0, 2, 2), y, "amin", { includeSelf: false })),
      kinks: (x, y) => apart(concat([x, y])),
    },
  ],
  take: [
    gives([2, 2], [2, 3], (x) => taking.take(x, table(2, 0, 5, -1, 0))),
    gives([0], [2], (x) => taking.take(x, list())),
    gives([], [], (x) => taking.take(x, fromArray([], "int32", Int32Array.of(-1)))),
  ],
  takeAlongDim: [
    gives([2, 2], [2, 3], (x) => taking.takeAlongDim(x, table(2, 0, 2, 1, 1), 1)),
    gives([2, 2], [2, 3], (x) => taking.takeAlongDim(x, table(1, 2, 2), -1)),
    gives([3], [2, 2], (x) => taking.takeAlongDim(x, table(1, 3, 0, 3))),
  ],
};
