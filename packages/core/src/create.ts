import { defaultDtype } from "./ambient.ts";
import { allocate, checkDtype, checkedNumber, type Dtype, dtypeOf, type TypedArray } from "./dtype.ts";
import { ArgumentError, describeArgument, DtypeError, optionsOf, quoted, ShapeError } from "./errors.ts";
import { materialize } from "./kernels/copying.ts";
import { ofDtype } from "./ops/cast.ts";
import { checkShape, nestedShape, type ShapeArg, showShape, sizeOf } from "./shape.ts";
import type { Allow, CheckNested, CheckShape, Mutable, Nested, ShapeOfData } from "./shape-types/index.ts";
import { checkTensor, detached, fromArray, fromNumber, leaf, Tensor, type Value } from "./tensor.ts";

export interface TensorOptions {
  /** Element type; by default float64 for numbers (see `setDefaultDtype`), bool for booleans. */
  readonly dtype?: Dtype | undefined;
  /** Record what is computed from it, so that `backward` and friends can differentiate by it. */
  readonly requiresGrad?: boolean | undefined;
}

const REMEDY = "round it, or make the tensor float64 or float32";

/**
 * A tensor from nested arrays of numbers or booleans, or a copy of another tensor. Rows must be equally long.
 *
 * @example
 * tensor([[1, 2], [3, 4]]).shape; // [2, 2], and the compiler knows
 * @throws ShapeError for ragged rows, DtypeError for a number that the dtype cannot hold.
 */
export function tensor<A extends Tensor>(data: A, options?: TensorOptions): Tensor<A["shape"]>;
// The last one, since it is what the compiler's messages speak of.
export function tensor<const D extends Nested>(data: CheckNested<D>, options?: TensorOptions): Tensor<ShapeOfData<D>>;
export function tensor(data: unknown, options?: TensorOptions): Tensor {
  return build("tensor", data, options);
}
/** @internal `tensor`, for messages in the name of another. */
export function build(op: string, data: unknown, options?: TensorOptions): Tensor {
  const { dtype, requiresGrad } = optionsOf(op, options, ["dtype", "requiresGrad"]);
  if (dtype !== undefined) checkDtype(op, dtype);
  if (data instanceof Tensor) return leaf(op, copyOf(ofDtype(detached(data), dtype ?? data.dtype)), requiresGrad);
  if (ArrayBuffer.isView(data)) throw new ArgumentError(`${op}: for a typed array use fromTypedArray(array, shape)`);
  const shape = nestedShape(op, data);
  let first: unknown = data;
  while (Array.isArray(first)) first = first[0];
  const wanted = dtype ?? (typeof first === "boolean" ? "bool" : defaultDtype);
  const out = allocate(wanted, sizeOf(shape));
  let at = 0;
  const fill = (level: unknown): void => {
    if (Array.isArray(level)) for (const item of level) fill(item);
    else if (typeof level === "number") out[at++] = checkedNumber(op, level, wanted, REMEDY);
    else if (typeof level === "boolean") out[at++] = level ? 1 : 0;
    else
      throw new ArgumentError(
        `${op}: elements are numbers or booleans, got ${quoted(level)} at position ${at}${remedyOf(level)}`,
      );
  };
  fill(data);
  return leaf(op, fromArray(shape, wanted, out), requiresGrad);
}
function remedyOf(element: unknown): string {
  if (element instanceof Tensor) return "; stack([a, b]) makes one tensor of several";
  return ArrayBuffer.isView(element) ? "; spread it: [...array]" : "";
}
const copyOf = (x: Tensor): Tensor =>
  x.shape.length === 0 ? fromNumber(x.scalar, x.dtype) : fromArray(x.shape, x.dtype, materialize(x));

/**
 * A scalar: `value(2)` is a tensor of rank 0.
 * @throws DtypeError for a number that the dtype cannot hold.
 * @example
 * value(2).mul(3).item(); // 6
 */
export function value(x: number, options?: TensorOptions): Value {
  if (typeof x !== "number") throw new ArgumentError(`value: expected a number, got ${describeArgument(x, "number")}`);
  return build("value", x, options) as Value;
}

/**
 * Elements of `array` under `shape`, copied; the dtype is the array's (a Uint8Array is bool).
 * @throws ShapeError if the array does not fill the shape exactly.
 * @example
 * fromTypedArray(Float32Array.of(1, 2, 3, 4), [2, 2]).toArray(); // [[1, 2], [3, 4]]
 */
export function fromTypedArray<const R extends ShapeArg>(
  array: TypedArray,
  shape: Allow<CheckShape<R, "fromTypedArray">, R>,
  options?: Omit<TensorOptions, "dtype">,
): Tensor<Mutable<R>> {
  const known = [Float64Array, Float32Array, Int32Array, Uint8Array].some((kind) => array instanceof kind);
  if (!known) throw new DtypeError("fromTypedArray: needs a Float64Array, Float32Array, Int32Array or Uint8Array");
  const checked = checkShape("fromTypedArray", shape as ShapeArg);
  const { requiresGrad } = optionsOf("fromTypedArray", options, ["requiresGrad"]);
  if (sizeOf(checked) !== array.length) {
    throw new ShapeError("fromTypedArray", `${array.length} elements do not fill ${showShape(checked)}`, [checked]);
  }
  const dtype = dtypeOf(array);
  const copy = dtype === "bool" ? array.map((x) => (x === 0 ? 0 : 1)) : array.slice();
  return leaf("fromTypedArray", fromArray(checked, dtype, copy), requiresGrad) as Tensor<Mutable<R>>;
}

const filled = (
  op: string,
  shape: ShapeArg,
  fill: number,
  options?: TensorOptions,
  write?: (array: TypedArray, dtype: Dtype) => void,
): Tensor => {
  const checked = checkShape(op, shape);
  const { dtype = defaultDtype, requiresGrad } = optionsOf(op, options, ["dtype", "requiresGrad"]);
  const array = allocate(checkDtype(op, dtype), sizeOf(checked));
  if (fill !== 0) array.fill(checkedNumber(op, fill, dtype, REMEDY));
  write?.(array, dtype);
  return leaf(op, fromArray(checked, dtype, array), requiresGrad);
};

const alike = (op: string, x: Tensor, fill: number, given?: TensorOptions): Tensor => {
  const options = optionsOf(op, given, ["dtype", "requiresGrad"]);
  checkTensor(op, x);
  return filled(op, x.shape, fill, { ...options, dtype: options.dtype ?? x.dtype });
};

/**
 * All 0.
 * @throws ArgumentError unless the sizes are whole numbers from 0 up.
 * @example
 * zeros([2, 2]).toArray(); // [[0, 0], [0, 0]]
 */
export const zeros = <const R extends ShapeArg>(
  shape: Allow<CheckShape<R, "zeros">, R>,
  options?: TensorOptions,
): Tensor<Mutable<R>> => filled("zeros", shape as ShapeArg, 0, options) as Tensor<Mutable<R>>;
/**
 * All 1.
 * @throws ArgumentError unless the sizes are whole numbers from 0 up.
 * @example
 * ones([2]).toArray(); // [1, 1]
 */
export const ones = <const R extends ShapeArg>(
  shape: Allow<CheckShape<R, "ones">, R>,
  options?: TensorOptions,
): Tensor<Mutable<R>> => filled("ones", shape as ShapeArg, 1, options) as Tensor<Mutable<R>>;
/**
 * All `fill`.
 * @throws ArgumentError unless the sizes are whole numbers from 0 up, DtypeError for a number that the dtype cannot hold.
 * @example
 * full([2], 7).toArray(); // [7, 7]
 */
export const full = <const R extends ShapeArg>(
  shape: Allow<CheckShape<R, "full">, R>,
  fill: number,
  options?: TensorOptions,
): Tensor<Mutable<R>> => filled("full", shape as ShapeArg, fill, options) as Tensor<Mutable<R>>;
/**
 * All 0, with the shape and dtype of `x`.
 * @example
 * zerosLike(tensor([1, 2])).toArray(); // [0, 0]
 */
export const zerosLike = <A extends Tensor>(x: A, options?: TensorOptions): Tensor<A["shape"]> =>
  alike("zerosLike", x, 0, options);
/**
 * All 1, with the shape and dtype of `x`.
 * @example
 * onesLike(tensor([3, 4])).toArray(); // [1, 1]
 */
export const onesLike = <A extends Tensor>(x: A, options?: TensorOptions): Tensor<A["shape"]> =>
  alike("onesLike", x, 1, options);

/**
 * The n × m matrix (n × n by default) with 1 on the diagonal and 0 elsewhere.
 * @throws ArgumentError unless the sizes are whole numbers from 0 up.
 * @example
 * eye(2).toArray(); // [[1, 0], [0, 1]]
 * eye(1, 2, { dtype: "int32" }).toArray(); // [[1, 0]]
 */
export function eye<N extends number>(n: N, options?: TensorOptions): Tensor<[N, N]>;
export function eye<N extends number, M extends number>(n: N, m: M, options?: TensorOptions): Tensor<[N, M]>;
export function eye(n: number, second: number | TensorOptions = n, more?: TensorOptions): Tensor {
  const [m, options] = typeof second === "object" ? [n, second] : [second, more];
  return filled("eye", [n, m], 0, options, (array) => {
    for (let i = 0; i < Math.min(n, m); i++) array[i * m + i] = 1;
  });
}

/**
 * `start`, `start + step`, … up to, not including, `end`; `arange(n)` counts from 0 to n − 1.
 * @throws ArgumentError for bounds that are not finite, or a step of 0.
 * @example
 * arange(4).toArray(); // [0, 1, 2, 3]
 * arange(3, { dtype: "int32" }).dtype; // "int32"
 */
export function arange<N extends number>(count: N, options?: TensorOptions): Tensor<[Count<N>]>;
export function arange(start: number, end?: number, step?: number, options?: TensorOptions): Tensor<[number]>;
export function arange(
  start: number,
  second?: number | TensorOptions,
  step = 1,
  last?: TensorOptions,
): Tensor<[number]> {
  const [end, options] = typeof second === "object" ? [undefined, second] : [second, last];
  const [from, to] = end === undefined ? [0, start] : [start, end];
  if (![from, to, step].every(Number.isFinite) || step === 0)
    throw new ArgumentError(
      `arange: needs finite bounds and a step other than 0, got ${[from, to, step].map(quoted).join(", ")}`,
    );
  const count = Math.max(0, Math.ceil((to - from) / step));
  return sequence("arange", count, (i) => from + i * step, options);
}

/** How many whole numbers there are from 0 up to N, where the compiler can tell. */
type Count<N extends number> = `${N}` extends `-${string}` | `${string}${"." | "e"}${string}` ? number : N;

/**
 * `count` numbers evenly spaced from `start` to `end`, both included.
 * @throws ArgumentError for bounds that are not finite, or a count that is not a whole number.
 * @example
 * linspace(0, 1, 5).toArray(); // [0, 0.25, 0.5, 0.75, 1]
 */
export function linspace<N extends number>(start: number, end: number, count: N, options?: TensorOptions): Tensor<[N]> {
  if (![start, end].every(Number.isFinite))
    throw new ArgumentError(`linspace: needs finite bounds, got ${quoted(start)} and ${quoted(end)}`);
  return sequence(
    "linspace",
    count,
    (i) => (i === count - 1 && count > 1 ? end : start + (i * (end - start)) / Math.max(1, count - 1)),
    options,
  ) as Tensor<[N]>;
}

const sequence = (op: string, count: number, at: (i: number) => number, options?: TensorOptions): Tensor<[number]> =>
  filled(op, [count], 0, options, (array, dtype) => {
    for (let i = 0; i < count; i++) array[i] = checkedNumber(op, at(i), dtype, REMEDY);
  }) as Tensor<[number]>;
