import { defaultDtype } from "../ambient.ts";
import { isFloat } from "../dtype.ts";
import { ShapeError } from "../errors.ts";
import { binary, type BinaryFunction, REAL } from "../families/elementwise.ts";
import { indexRun, maxRun, minRun, type Run } from "../kernels/reduce.ts";
import { apply, type Op } from "../op.ts";
import { normalizeDim, normalizeDims, reduceShape, SCALAR, type Shape, type ShapeArg, showShape } from "../shape.ts";
import { fromNumber, type Tensor } from "../tensor.ts";
import { div, mul } from "./arithmetic.ts";
import { cast } from "./cast.ts";
import { gather } from "./indexing.ts";
import { concat } from "./joining.ts";
import {
  broadcastTo,
  permute,
  reduced,
  reshape,
  slice,
  squeeze,
  sumOp,
  type SumParams,
  unsqueeze,
} from "./movement.ts";

/** Dims of a reduction: one, several, or all when left out. */
export type Dims = number | ShapeArg | undefined;
export interface KeepDim {
  /** Keep reduced dims with size 1. */
  readonly keepDim?: boolean | undefined;
}

/** Normalised dims, and the result's shape with them and without. */
export function reduction(op: string, x: Tensor, dim: Dims, keepDim = false): SumParams {
  if (dim === undefined && !keepDim) return (EVERYTHING[x.shape.length] ??= everything(x.shape.length));
  const dims = normalizeDims(op, dim, x.shape);
  const kept = reduceShape(x.shape, dims, true);
  return { dims, kept, shape: keepDim ? kept : reduceShape(x.shape, dims, false) };
}
/** Parameters of a reduction over all dims, by rank. */
const EVERYTHING: SumParams[] = [];
const everything = (rank: number): SumParams => ({
  dims: Array.from({ length: rank }, (_, d) => d),
  kept: new Array<number>(rank).fill(1),
  shape: SCALAR,
});
export const countOf = (x: Tensor, dims: readonly number[]): number =>
  dims.reduce((count, d) => count * x.shape[d]!, 1);
export const floating = (x: Tensor): Tensor => (isFloat(x.dtype) ? x : cast(x, defaultDtype));

/** Sum over dims. The sum of nothing is 0; bool counts as int32. */
export const sum = (x: Tensor, dim?: Dims, { keepDim }: KeepDim = {}): Tensor =>
  sumOp(x.dtype === "bool" ? cast(x, "int32") : x, reduction("sum", x, dim, keepDim));

/** Arithmetic mean over dims. The mean of nothing is NaN. */
export function mean(x: Tensor, dim?: Dims, { keepDim }: KeepDim = {}): Tensor {
  const params = reduction("mean", x, dim, keepDim);
  return div(sumOp(floating(x), params), countOf(x, params.dims));
}

/** Product over dims, in halves, so that every derivative is right where elements are 0. The product of nothing is 1. */
export function prod(x: Tensor, dim?: Dims, { keepDim }: KeepDim = {}): Tensor {
  const { dims, shape } = reduction("prod", x, dim, keepDim);
  const others = x.shape.map((_, d) => d).filter((d) => !dims.includes(d));
  const lead = others.map((d) => x.shape[d]!);
  let rest = reshape(permute(x.dtype === "bool" ? cast(x, "int32") : x, [...others, ...dims]), [
    ...lead,
    countOf(x, dims),
  ]);
  const last = lead.length;
  if (rest.shape[last] === 0) return broadcastTo(fromNumber(1, rest.dtype), shape);
  for (let length = rest.shape[last]!; length > 1; length = rest.shape[last]!) {
    const half = length >> 1;
    const pairs = mul(slice(rest, last, { end: half }), slice(rest, last, { start: half, end: 2 * half }));
    rest = length % 2 === 0 ? pairs : concat([pairs, slice(rest, last, { start: 2 * half })], last);
  }
  return reshape(rest, shape);
}

// ---------- extremes

const same: BinaryFunction<"same"> = binary({
  name: "same",
  f: (a, b) => +(a === b || (a !== a && b !== b)),
  result: "bool",
  derivative: [null, null],
  domain: [REAL, REAL],
});

interface ExtremeOp extends Op<SumParams> {
  readonly cases: readonly { shapes: number[][]; params: SumParams }[];
}
/** Largest or smallest over dims; equal extremes share the derivative evenly. */
const extreme = (name: string, run: Run): ExtremeOp => {
  const share = (output: Tensor): Tensor => {
    const [x] = output.inputs as [Tensor];
    const { dims, kept } = output.params as SumParams;
    const hits = cast(same(x, reshape(output, kept)), x.dtype);
    return div(hits, sumOp(hits, { dims, kept, shape: kept }));
  };
  return {
    name,
    cases: [
      { shapes: [[2, 3]], params: { dims: [0, 1], kept: [1, 1], shape: [] } },
      { shapes: [[2, 3]], params: { dims: [1], kept: [2, 1], shape: [2] } },
    ],
    forward: ([x], { dims, shape }) => reduced(x!, dims, shape, run),
    vjp: (cotangent, output) => mul(reshape(cotangent, (output.params as SumParams).kept), share(output)),
    jvp: ([tangent], output) => sumOp(mul(tangent!, share(output)), output.params as SumParams),
  };
};
export const maxOp: ExtremeOp = extreme("max", maxRun);
export const minOp: ExtremeOp = extreme("min", minRun);

/** The values and where they stood. */
export interface Extremes<T extends Tensor = Tensor> {
  readonly values: T;
  readonly indices: T;
}

function extremeOver(op: Op<SumParams>, x: Tensor, dim: number | undefined, options: KeepDim): Tensor | Extremes {
  const empty = dim === undefined ? x.size === 0 : x.shape[normalizeDim(op.name, dim, x.shape)] === 0;
  if (empty) throw new ShapeError(op.name, `needs at least one element, got ${showShape(x.shape)}`, [x.shape]);
  if (dim === undefined) return apply(op, [x], reduction(op.name, x, undefined, options.keepDim));
  const indices = (op === maxOp ? argmax : argmin)(x, dim, { keepDim: true });
  const values = gather(x, dim, indices);
  return options.keepDim ? { values, indices } : { values: squeeze(values, dim), indices: squeeze(indices, dim) };
}

/**
 * The largest element, whose derivative equal ones share; or, along one dim, the largest elements and their positions, where the first
 * of equal ones gets the whole derivative. NaN wins.
 * @throws ShapeError if there is nothing to choose from.
 */
export const max = (x: Tensor, dim?: number, options: KeepDim = {}): Tensor | Extremes =>
  extremeOver(maxOp, x, dim, options);

/** The smallest element, or the smallest along one dim and their positions; see `max`. */
export const min = (x: Tensor, dim?: number, options: KeepDim = {}): Tensor | Extremes =>
  extremeOver(minOp, x, dim, options);

const position = (name: string, run: Run): Op<SumParams> => ({
  name,
  forward: ([x], { dims, shape }) => reduced(x!, dims, shape, indexRun(run), "int32"),
  vjp: () => null,
  jvp: () => null,
});
const argmaxOp: Op<SumParams> = position("argmax", maxRun);
const argminOp: Op<SumParams> = position("argmin", minRun);

function positionOver(op: Op<SumParams>, x: Tensor, dim: number | undefined, { keepDim }: KeepDim): Tensor {
  const params = reduction(op.name, x, dim, keepDim);
  if (countOf(x, params.dims) === 0)
    throw new ShapeError(op.name, `needs at least one element, got ${showShape(x.shape)}`, [x.shape]);
  return apply(op, [x], params);
}

/** Position of the largest element in row-major order, or along one dim; int32. The first of equal ones; NaN wins. */
export const argmax = (x: Tensor, dim?: number, options: KeepDim = {}): Tensor =>
  positionOver(argmaxOp, x, dim, options);

/** Position of the smallest element in row-major order, or along one dim; int32. The first of equal ones; NaN wins. */
export const argmin = (x: Tensor, dim?: number, options: KeepDim = {}): Tensor =>
  positionOver(argminOp, x, dim, options);
