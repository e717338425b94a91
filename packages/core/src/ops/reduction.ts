import { defaultDtype } from "../ambient.ts";
import { type Dtype, isFloat } from "../dtype.ts";
import { ArgumentError, ShapeError, optionsOf } from "../errors.ts";
import type { CustomOp } from "../families/custom.ts";
import { binary, type BinaryFunction, REAL } from "../families/elementwise.ts";
import type { Case } from "../families/linear.ts";
import { indexRun, maxRun, minRun, type Run } from "../kernels/reduce.ts";
import { apply, type Op } from "../op.ts";
import { reducedDims, reduceShape, SCALAR, type Shape, type ShapeArg, showShape } from "../shape.ts";
import type { CheckReduce, Broadcast, CheckBroadcast, DimsArg, Reduce } from "../shape-types/index.ts";
import { checkTensor, fromNumber, Tensor } from "../tensor.ts";
import { add, div, maximum, minimum, mul } from "./arithmetic.ts";
import { asked, cast, counting, type DtypeOption } from "./cast.ts";
import { gather } from "./indexing.ts";
import { concat } from "./joining.ts";
import { leadReduction, reduced, sumOp, type SumParams } from "./broadcast.ts";
import { permute, reshape, squeeze, unchanged } from "./movement.ts";
import { slice } from "./slice.ts";

/** Dims of a reduction: one, several, or all when left out. */
export type Dims = number | ShapeArg | undefined;
export interface KeepDim<K extends boolean = boolean> {
  /** Keep reduced dims with size 1. */
  readonly keepDim?: K | undefined;
}

export interface SumOptions<K extends boolean = boolean> extends KeepDim<K>, DtypeOption {}

/** Normalised dims, and the result's shape with them and without. */
export function reduction(op: string, x: Tensor, dim: Dims, keepDim = false): SumParams {
  checkTensor(op, x);
  if (dim === undefined && !keepDim) return (EVERYTHING[x.shape.length] ??= everything(x.shape.length));
  const dims = reducedDims(op, dim, x.shape);
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

/**
 * Sum over one dim, several, or by default all. The sum of nothing is 0; bool counts as int32.
 * @throws ShapeError if there is no such dim, or one is listed twice.
 * @example
 * sum(tensor([[1, 2], [3, 4]]), 0).toArray(); // [4, 6]
 */
export function sum<A extends Tensor, const D extends DimsArg = undefined, K extends boolean = false>(
  x: A,
  dim?: CheckReduce<A["shape"], D, K>,
  options?: SumOptions<K>,
): Tensor<Reduce<A["shape"], D, K>>;
export function sum(x: Tensor, dim?: Dims, options?: SumOptions): Tensor {
  const { keepDim, dtype } = optionsOf("sum", options, ["keepDim", "dtype"]);
  const params = reduction("sum", x, dim, keepDim);
  return sumOp(asked("sum", x, dtype), params);
}

/**
 * Arithmetic mean over one dim, several, or by default all. The mean of nothing is NaN.
 * @throws ShapeError if there is no such dim, or one is listed twice.
 * @example
 * mean(tensor([[1, 2], [3, 4]]), 1, { keepDim: true }).toArray(); // [[1.5], [3.5]]
 */
export function mean<A extends Tensor, const D extends DimsArg = undefined, K extends boolean = false>(
  x: A,
  dim?: CheckReduce<A["shape"], D, K, "mean">,
  options?: SumOptions<K>,
): Tensor<Reduce<A["shape"], D, K, "mean">>;
export function mean(x: Tensor, dim?: Dims, options?: SumOptions): Tensor {
  const { keepDim, dtype } = optionsOf("mean", options, ["keepDim", "dtype"]);
  const params = reduction("mean", x, dim, keepDim);
  return div(sumOp(floating(asked("mean", x, dtype)), params), countOf(x, params.dims));
}

/**
 * Product over one dim, several, or by default all. The product of nothing is 1; bool counts as int32.
 * @throws ShapeError if there is no such dim, or one is listed twice.
 * @example
 * prod(tensor([[1, 2], [3, 4]]), 1).toArray(); // [2, 12]
 */
export function prod<A extends Tensor, const D extends DimsArg = undefined, K extends boolean = false>(
  x: A,
  dim?: CheckReduce<A["shape"], D, K, "prod">,
  options?: SumOptions<K>,
): Tensor<Reduce<A["shape"], D, K, "prod">>;
export function prod(x: Tensor, dim?: Dims, options?: SumOptions): Tensor {
  const { keepDim, dtype } = optionsOf("prod", options, ["keepDim", "dtype"]);
  const params = reduction("prod", x, dim, keepDim);
  const { dims, shape } = params;
  const numbers = counting("prod", x, dtype);
  if (countOf(x, dims) === 0) return add(sumOp(numbers, params), 1);
  const others = x.shape.map((_, d) => d).filter((d) => !dims.includes(d));
  const lead = others.map((d) => x.shape[d]!);
  let rest = reshape(permute(numbers, [...others, ...dims]), [...lead, countOf(x, dims)]);
  const last = lead.length;
  // In halves: quotients would be wrong where elements are 0.
  for (let length = rest.shape[last]!; length > 1; length = rest.shape[last]!) {
    const half = length >> 1;
    const pairs = mul(slice(rest, last, { end: half }), slice(rest, last, { start: half, end: 2 * half }));
    rest = length % 2 === 0 ? pairs : concat([pairs, slice(rest, last, { start: 2 * half })], last);
  }
  return reshape(rest, shape);
}

// ---------- extremes

export const same: BinaryFunction<"same"> = /* @__PURE__ */ binary({
  name: "same",
  f: (a, b) => +(a === b || (a !== a && b !== b)),
  result: "bool",
  derivative: [null, null],
  domain: [REAL, REAL],
});

const CASES: readonly Case<SumParams>[] = [
  { shapes: [[2, 3]], params: { dims: [0, 1], kept: [1, 1], shape: [] } },
  { shapes: [[2, 3]], params: { dims: [1], kept: [2, 1], shape: [2] } },
];
/** Largest or smallest over dims; equal extremes share the derivative evenly. */
export const extreme = (name: string, run: Run): CustomOp<SumParams> => {
  const share = (output: Tensor): Tensor => {
    const [x] = output.inputs as [Tensor];
    const { dims, kept } = output.params as SumParams;
    const hits = cast(same(x, reshape(output, kept)), x.dtype);
    return div(hits, sumOp(hits, { dims, kept, shape: kept }));
  };
  return {
    name,
    cases: CASES,
    forward: ([x], { dims, shape }) => reduced(name, x!, dims, shape, run),
    vjp: (cotangent, output) => mul(reshape(cotangent, (output.params as SumParams).kept), share(output)),
    jvp: ([tangent], output) => sumOp(mul(tangent!, share(output)), output.params as SumParams),
    lead: leadReduction,
  };
};
export const maxOp: CustomOp<SumParams> = /* @__PURE__ */ extreme("max", maxRun);
export const minOp: CustomOp<SumParams> = /* @__PURE__ */ extreme("min", minRun);

/** The values and where they stood, as int32. */
export interface Extremes<T extends Tensor = Tensor> {
  readonly values: T;
  readonly indices: T;
}
/** What `max` and `min` return: one tensor if all dims are reduced, values and indices if one is. */
export type Extreme<
  S extends Shape,
  D extends number | undefined,
  K extends boolean,
  Op extends string,
> = D extends number ? Extremes<Tensor<Reduce<S, D, K, Op>>> : Tensor<Reduce<S, undefined, K, Op>>;

function extremeOver(op: Op<SumParams>, x: Tensor, dim: number | undefined, options: KeepDim): Tensor | Extremes {
  const params = reduction(op.name, x, dim, dim !== undefined || options.keepDim);
  if (countOf(x, params.dims) === 0)
    throw new ShapeError(op.name, `needs at least one element, got ${showShape(x.shape)}`, [x.shape]);
  if (dim === undefined) return apply(op, [x], params);
  if (x.rank === 0) return { values: unchanged(x), indices: fromNumber(0, "int32") };
  const indices = (op === maxOp ? argmax : argmin)(x, dim, { keepDim: true });
  const values = gather(x, dim, indices);
  return options.keepDim ? { values, indices } : { values: squeeze(values, dim), indices: squeeze(indices, dim) };
}

/** The other tensor, with which there are no options. */
function alone(op: string, other: Tensor, options: KeepDim | undefined): Tensor {
  if (options === undefined) return other;
  throw new ArgumentError(`${op}: options go with a dim; with another tensor no dim is left out or kept`);
}

/**
 * The largest element, whose derivative equal ones share; or, along one dim, the largest elements and their positions, where the first
 * of equal ones gets the whole derivative. NaN wins. With another tensor it is `maximum`.
 * @throws ShapeError if there is no such dim, or nothing to choose from.
 * @example
 * max(tensor([[1, 2], [4, 3]])).item(); // 4
 * max(tensor([[1, 2], [4, 3]]), 1).values.toArray(); // [2, 4]
 */
export function max<A extends Tensor, B extends Tensor>(
  x: A,
  other: CheckBroadcast<A["shape"], B["shape"], "maximum", B>,
): Tensor<Broadcast<A["shape"], B["shape"], "maximum">>;
export function max<A extends Tensor, D extends number | undefined = undefined, K extends boolean = false>(
  x: A,
  dim?: CheckReduce<A["shape"], D, K, "max">,
  options?: KeepDim<K>,
): Extreme<A["shape"], D, K, "max">;
export function max(x: Tensor, dim?: number | Tensor, given?: KeepDim): Tensor | Extremes {
  const options = optionsOf("max", given, ["keepDim"]);
  if (dim instanceof Tensor) return maximum(x, alone("max", dim, given));
  return extremeOver(maxOp, x, dim, options);
}

/**
 * The smallest element, or along one dim the smallest elements and their positions, or `minimum` with another tensor; as `max`.
 * @throws ShapeError if there is no such dim, or nothing to choose from.
 * @example
 * min(tensor([[1, 2], [4, 3]]), 1).indices.toArray(); // [0, 1]
 */
export function min<A extends Tensor, B extends Tensor>(
  x: A,
  other: CheckBroadcast<A["shape"], B["shape"], "minimum", B>,
): Tensor<Broadcast<A["shape"], B["shape"], "minimum">>;
export function min<A extends Tensor, D extends number | undefined = undefined, K extends boolean = false>(
  x: A,
  dim?: CheckReduce<A["shape"], D, K, "min">,
  options?: KeepDim<K>,
): Extreme<A["shape"], D, K, "min">;
export function min(x: Tensor, dim?: number | Tensor, given?: KeepDim): Tensor | Extremes {
  const options = optionsOf("min", given, ["keepDim"]);
  if (dim instanceof Tensor) return minimum(x, alone("min", dim, given));
  return extremeOver(minOp, x, dim, options);
}

/** What is asked of the elements over dims and answered by no number of theirs: a position, a count, whether. */
export const answer = (name: string, run: Run, dtype: Dtype): CustomOp<SumParams> => ({
  name,
  cases: CASES,
  forward: ([x], { dims, shape }) => reduced(name, x!, dims, shape, run, dtype),
  vjp: () => null,
  jvp: () => null,
  lead: leadReduction,
});
export const position = (name: string, run: Run): CustomOp<SumParams> => answer(name, indexRun(run), "int32");
export const argmaxOp: CustomOp<SumParams> = /* @__PURE__ */ position("argmax", maxRun);
export const argminOp: CustomOp<SumParams> = /* @__PURE__ */ position("argmin", minRun);

function positionOver(op: Op<SumParams>, x: Tensor, dim: number | undefined, { keepDim }: KeepDim): Tensor {
  const params = reduction(op.name, x, dim, keepDim);
  if (countOf(x, params.dims) === 0)
    throw new ShapeError(op.name, `needs at least one element, got ${showShape(x.shape)}`, [x.shape]);
  return apply(op, [x], params);
}

/**
 * Position of the largest element in row-major order, or along one dim; int32. The first of equal ones; NaN wins.
 * @throws ShapeError if there is no such dim, or nothing to choose from.
 * @example
 * argmax(tensor([[1, 2], [4, 3]]), 1).toArray(); // [1, 0]
 */
export function argmax<A extends Tensor, D extends number | undefined = undefined, K extends boolean = false>(
  x: A,
  dim?: CheckReduce<A["shape"], D, K, "argmax">,
  options?: KeepDim<K>,
): Tensor<Reduce<A["shape"], D, K, "argmax">>;
export function argmax(x: Tensor, dim?: number, given?: KeepDim): Tensor {
  const options = optionsOf("argmax", given, ["keepDim"]);
  return positionOver(argmaxOp, x, dim, options);
}

/**
 * Position of the smallest element in row-major order, or along one dim; int32. The first of equal ones; NaN wins.
 * @throws ShapeError if there is no such dim, or nothing to choose from.
 * @example
 * argmin(tensor([[1, 2], [4, 3]])).item(); // 0
 */
export function argmin<A extends Tensor, D extends number | undefined = undefined, K extends boolean = false>(
  x: A,
  dim?: CheckReduce<A["shape"], D, K, "argmin">,
  options?: KeepDim<K>,
): Tensor<Reduce<A["shape"], D, K, "argmin">>;
export function argmin(x: Tensor, dim?: number, given?: KeepDim): Tensor {
  const options = optionsOf("argmin", given, ["keepDim"]);
  return positionOver(argminOp, x, dim, options);
}
