import type { ShapeArg } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { apart, type Case, real, recorded, scalar, smallest, within } from "./cases.ts";
import * as counting from "./count.ts";
import * as ordering from "./order.ts";
import * as scans from "./scan.ts";
import * as sorting from "./sort.ts";
import { std } from "./statistics.ts";

/** On real numbers, with a result of shape `to`. */
const gives = (to: ShapeArg, shape: ShapeArg, call: (x: Tensor) => Tensor, kinks?: Case["kinks"]): Case => ({
  ...real(shape),
  call,
  rule: () => to,
  ...(kinks && { kinks }),
});
const keepDim = true;

/** The cases of counts, extremes, running quantities and orders. */
export const scanning: Readonly<Record<Scanning, readonly Case[]>> = {
  all: [
    gives([], [2, 3], (x) => counting.all(x)),
    gives([2, 1], [2, 3], (x) => counting.all(x, 1, { keepDim })),
    gives([2], [2, 0], (x) => counting.all(x, 1)),
    ...recorded(counting.allOp),
  ],
  amax: [
    gives([], [2, 3], (x) => counting.amax(x), apart),
    gives([1, 2, 1], [2, 2, 2], (x) => counting.amax(x, [0, -1], { keepDim }), apart),
    gives([], [], (x) => counting.amax(x)),
  ],
  amin: [
    gives([], [], (x) => counting.amin(x, -1)),
    gives([], [2, 3], (x) => counting.amin(x), apart),
    gives([3], [2, 3], (x) => counting.amin(x, 0), apart),
  ],
  aminmax: [
    gives([], [2, 3], (x) => counting.aminmax(x)[0], apart),
    gives([2, 1], [2, 3], (x) => counting.aminmax(x, { dim: 1, keepDim })[1], apart),
  ],
  any: [
    gives([], [2, 3], (x) => counting.any(x)),
    gives([3], [2, 3], (x) => counting.any(x, [0])),
    gives([2], [2, 0], (x) => counting.any(x, 1)),
    ...recorded(counting.anyOp),
  ],
  argsort: [
    gives([2, 3], [2, 3], (x) => sorting.argsort(x)),
    gives([], [], (x) => sorting.argsort(x, 0)),
    ...recorded(sorting.argsortOp),
  ],
  countNonzero: [
    gives([], [2, 3], (x) => counting.countNonzero(x)),
    gives([2], [2, 3], (x) => counting.countNonzero(x, 1)),
    ...recorded(counting.countNonzeroOp),
  ],
  cummax: [
    gives([2, 3], [2, 3], (x) => scans.cummax(x, 1).values, apart),
    gives([], [], (x) => scans.cummax(x, 0).values),
    ...recorded(scans.cumargmaxOp),
  ],
  cummin: [
    gives([3, 2], [3, 2], (x) => scans.cummin(x, 0).values, apart),
    gives([2, 0], [2, 0], (x) => scans.cummin(x, -1).values),
    ...recorded(scans.cumargminOp),
  ],
  cumprod: [
    gives([2, 3], [2, 3], (x) => scans.cumprod(x, -1)),
    gives([5], [5], (x) => scans.cumprod(x, 0)),
    { ...within([0, 0], [3, 1]), call: (x) => scans.cumprod(x, 0), rule: () => [3, 1] },
    gives([], [], (x) => scans.cumprod(x, 0)),
    gives([0], [0], (x) => scans.cumprod(x, 0)),
  ],
  diff: [
    gives([2, 2], [2, 3], (x) => scans.diff(x)),
    gives([1, 3], [3, 3], (x) => scans.diff(x, 2, 0)),
    gives([0], [2], (x) => scans.diff(x, 3)),
    {
      ...real([2], [1], [2]),
      call: (x, prepend, append) => scans.diff(x, 1, 0, { prepend, append }),
      rule: () => [4],
    },
  ],
  logcumsumexp: [
    gives([2, 3], [2, 3], (x) => scans.logcumsumexp(x, 1)),
    gives([5], [5], (x) => scans.logcumsumexp(x, 0)),
    gives([], [], (x) => scans.logcumsumexp(x, -1)),
  ],
  median: [
    gives([], [], (x) => ordering.median(x, 0).values),
    gives([], [2, 3], (x) => ordering.median(x), apart),
    gives([1, 1], [2, 2], (x) => ordering.median(x, undefined, { keepDim }), apart),
    gives([2], [2, 3], (x) => ordering.median(x, 1).values, apart),
    ...recorded(ordering.medianOp, apart),
    ...recorded(ordering.argmedianOp),
  ],
  nanmean: [
    gives([], [2, 3], (x) => counting.nanmean(x)),
    gives([2, 1], [2, 3], (x) => counting.nanmean(x, 1, { keepDim })),
  ],
  nanmedian: [
    gives([], [2, 3], (x) => ordering.nanmedian(x), apart),
    gives([2], [2, 3], (x) => ordering.nanmedian(x, 1).values, apart),
    ...recorded(ordering.nanmedianOp, apart),
    ...recorded(ordering.argnanmedianOp),
  ],
  nanquantile: [gives([2], [2, 3], (x) => ordering.nanquantile(x, 0.25, 1), apart)],
  quantile: [
    gives([], [2, 3], (x) => ordering.quantile(x, 0.3), apart),
    gives([2, 1, 3], [2, 3], (x) => ordering.quantile(x, [0.2, 1], 0, { keepDim }), apart),
    gives([2], [2, 3], (x) => ordering.quantile(x, 0.8, -1, { interpolation: "midpoint" }), apart),
    gives([], [], (x) => ordering.quantile(x, 0.5, 0)),
  ],
  msort: [gives([3, 2], [3, 2], (x) => sorting.msort(x), apart)],
  nansum: [
    gives([], [2, 3], (x) => counting.nansum(x)),
    gives([1, 3], [2, 3], (x) => counting.nansum(x, 0, { keepDim })),
  ],
  sort: [
    gives([2, 3], [2, 3], (x) => sorting.sort(x).values, apart),
    gives([3, 2], [3, 2], (x) => sorting.sort(x, 0, { descending: true }).values, apart),
    gives([], [], (x) => sorting.sort(x).values),
  ],
  stdMean: [
    gives([], [], (x) => counting.stdMean(x, 0)[1]),
    gives([], [2, 3], (x) => counting.stdMean(x)[0], (x) => std(x).item()), // prettier-ignore
    gives([2, 1], [2, 3], (x) => counting.stdMean(x, 1, { keepDim })[1]),
  ],
  topk: [
    gives([2, 2], [2, 3], (x) => sorting.topk(x, 2).values, apart),
    gives([1, 2], [3, 2], (x) => sorting.topk(x, 1, 0, { largest: false }).values, apart),
    gives([2, 0], [2, 3], (x) => sorting.topk(x, 0).values),
  ],
  varMean: [
    gives([], [2, 3], (x) => counting.varMean(x)[0]),
    gives([3], [2, 3], (x) => counting.varMean(x, 0, { correction: 0 })[0]),
  ],
  vectorNorm: [
    gives([2], [2, 2], (x) => counting.vectorNorm(x, 3, 1), smallest),
    gives([], [3], (x) => counting.vectorNorm(x, -1), smallest),
    { ...real([2]), call: (x) => counting.vectorNorm(x), rule: scalar, kinks: (x) => smallest(x) },
  ],
};
type Scanning =
  | Exclude<keyof typeof counting, "allOp" | "anyOp" | "countNonzeroOp">
  | Exclude<keyof typeof ordering, "medianOp" | "argmedianOp" | "nanmedianOp" | "argnanmedianOp">
  | Exclude<keyof typeof scans, "cumargmaxOp" | "cumargminOp">
  | Exclude<keyof typeof sorting, "argsortOp">;
