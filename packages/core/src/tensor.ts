import { type Dtype, type Elements, type TypedArray, allocate, isFloat, rounded } from "./dtype.ts";
import { ArgumentError, checkFlag, describeArgument, DtypeError, GraphError, ShapeError } from "./errors.ts";
import { copyInto, materialize } from "./kernels/copying.ts";
import { canonicalStrides } from "./kernels/strided.ts";
import type { Batch, Op } from "./op.ts";
import { formatTensor } from "./print.ts";
import { forget, see } from "./spare.ts";
import { reserve, reservedAt } from "./storage.ts";
import { SCALAR, type Shape, showShape, sizeOf } from "./shape.ts";
import type { Allow, NestedNumbers, OneElement } from "./shape-types/index.ts";

export type Hook = (cotangent: Tensor) => Tensor | void;

const NO_INPUTS: readonly Tensor[] = /* @__PURE__ */ Object.freeze([]);

/**
 * An array of numbers that remembers how it was made, so that derivatives can be taken through it.
 *
 * Tensors made by operations never change. A leaf — one made from data — changes only through `assign` and optimizers.
 * The type carries the shape: `Tensor<[2, 3]>` is two rows of three, `Tensor<[number, 3]>` leaves the first size open,
 * and plain `Tensor` leaves everything to the run time. A scalar is `Tensor<[]>`, also called `Value`.
 */
export class Tensor<out S extends Shape = Shape> {
  readonly shape: S;
  readonly dtype: Dtype;
  /** Number of elements: the product of the shape. */
  readonly size: number;

  // What follows is the inside: storage, graph, walks. Operations and the autograd use it; users do not.
  /** @internal Elements; `null` for a scalar until somebody asks for an array. */
  array: Elements | null;
  /** @internal */
  offset: number;
  /** @internal `null` means row-major. */
  strides: readonly number[] | null;
  /** @internal The element of a scalar; NaN otherwise. */
  scalar: number;
  /** @internal What `requiresGrad` is. */
  tracked = false;
  /** @internal The operation that made it. */
  op: Op | null = null;
  /** @internal Kept only where a gradient may flow. */
  inputs: readonly Tensor[] = NO_INPUTS;
  /** @internal */
  params: unknown = undefined;
  /** @internal Longest way from a leaf, in operations: every input lies at a smaller depth. */
  depth = 0;
  /** @internal Times this leaf has been overwritten; for results, the sum over the inputs when it was made. */
  version = 0;
  /** @internal A view or a detached tensor uses this leaf's array: the next write goes to a new one. */
  shared = false;
  /** @internal What `grad` is; whoever reads it here does not keep it. */
  gradient: Tensor<S> | null = null;
  /** @internal Place in the walk that looked here last. */
  slot = 0;
  /** @internal */
  hooks: Set<Hook> | null = null;

  /** Only a type: after `x instanceof Tensor` the compiler knows a `Tensor` of unknown shape, in place of `Tensor<any>`. */
  declare static readonly [Symbol.hasInstance]: <T>(this: new (...args: never[]) => T, x: unknown) => x is T;

  /** @internal Made by `tensor`, `zeros` and friends, and by operations. */
  constructor(
    shape: S,
    dtype: Dtype,
    array: TypedArray | null,
    offset: number,
    strides: readonly number[] | null,
    scalar: number,
  ) {
    if ((scalar as unknown) === undefined) throw notMadeByNew();
    this.shape = shape;
    this.dtype = dtype;
    this.size = shape.length === 0 ? 1 : sizeOf(shape);
    this.array = array;
    this.offset = offset;
    this.strides = strides;
    this.scalar = scalar;
  }

  /** Sum of the gradients that `backward()` has brought here; `null` before the first. */
  get grad(): Tensor<S> | null {
    if (this.gradient) see(this.gradient);
    return this.gradient;
  }
  set grad(gradient: Tensor<S> | null) {
    if (this.gradient && this.gradient !== gradient) forget(this, this.gradient);
    this.gradient = gradient;
  }

  /**
   * Whether derivatives with respect to this tensor, or through it, are recorded.
   * @throws GraphError where it is set to false on a result, DtypeError where it is set to true on int32 or bool.
   */
  get requiresGrad(): boolean {
    return this.tracked;
  }
  set requiresGrad(on: boolean) {
    checkFlag("requiresGrad", "it", on);
    if (!on && !this.isLeaf)
      throw new GraphError(
        `requiresGrad: ${showShape(this.shape)} was made by ${this.op?.name}, and only a leaf can stop requiring grad; use detach(), which gives the same elements without their graph`,
      );
    if (on) checkDifferentiable("requiresGrad", this.dtype);
    this.tracked = on;
  }

  /** Number of dims: 0 for a scalar. */
  get rank(): S["length"] {
    return this.shape.length;
  }

  /** Whether it was made from data rather than by an operation that is being recorded. */
  get isLeaf(): boolean {
    return this.inputs.length === 0;
  }

  /** @internal The `vmap` in which it stands for many tensors at once. */
  get batch(): Batch | null {
    return null;
  }

  /** @internal Elements to be read, in the order of the strides: `toTypedArray()` copies them, `assign` overwrites those of a leaf. */
  get data(): Elements {
    if (this.array === null) {
      const one = allocate(this.dtype, 1);
      one[0] = this.scalar; // fill would take longer than an addition
      this.array = one;
    }
    return this.array;
  }

  /**
   * The one number inside, whatever the rank. Of dtype bool it is 1 or 0: types do not tell dtypes, and a result that might be a boolean
   * would be in the way of all arithmetic. `toArray()` gives booleans.
   * @throws ShapeError if there is not exactly one element.
   */
  item<A extends Tensor>(this: Allow<OneElement<A["shape"]>, A>): number;
  item(): number {
    if (this.size !== 1)
      throw new ShapeError("item", `needs exactly one element, got ${showShape(this.shape)}; use toArray()`, [
        this.shape,
      ]);
    return this.shape.length === 0 ? this.scalar : this.data[this.offset]!;
  }

  /** Nested arrays of numbers (booleans for dtype bool); a plain number for a scalar. */
  toArray<A extends Tensor>(this: A): NestedNumbers<A["shape"]> {
    const flat = this.toTypedArray();
    const bool = this.dtype === "bool";
    const nest = (depth: number, start: number, size: number): unknown => {
      if (depth === this.shape.length) return bool ? flat[start] === 1 : flat[start];
      const step = size / this.shape[depth]!;
      return Array.from({ length: this.shape[depth]! }, (_, i) => nest(depth + 1, start + i * step, step));
    };
    return nest(0, 0, this.size) as NestedNumbers<A["shape"]>;
  }

  /**
   * What `JSON.stringify` writes: `toArray()`. JSON has neither NaN nor infinities and writes `null` for them; what must keep every bit goes
   * into a file of `@chainrule/data`.
   * @example
   * JSON.stringify({ x: tensor([[1, 2], [3, NaN]]) }); // "{\"x\":[[1,2],[3,null]]}"
   */
  toJSON<A extends Tensor>(this: A): NestedNumbers<A["shape"]> {
    return this.toArray();
  }

  /** A copy of the elements in row-major order. */
  toTypedArray(): TypedArray {
    return materialize(this);
  }

  /** `Tensor float64 [2,2] from mul` and the values, long dims cut short. */
  toString(): string {
    return formatTensor(this);
  }

  /**
   * In text a tensor is written out. To an operator it would be NaN, and `a < b` always false.
   * @throws ArgumentError where a number is wanted.
   */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === "number")
      throw new ArgumentError(
        "tensor: operators such as - and < see no tensors; write a.sub(b) and a.lt(b), or read one number with item()",
      );
    return this.toString();
  }
}

const notMadeByNew = (): ArgumentError =>
  new ArgumentError("Tensor: write tensor([1, 2]), zeros([2, 3]) or Parameter in place of new Tensor(…)");

/** A scalar: `Value`s and tensors are one thing. */
export type Value = Tensor<[]>;
/** Wherever a tensor is wanted a number will do. */
export type Operand = Tensor | number;

/** @internal Throws unless `x` is a tensor: callers may be plain JavaScript. */
export function checkTensor(op: string, x: unknown): asserts x is Tensor {
  if (!(x instanceof Tensor)) throw new ArgumentError(`${op}: expected a tensor, got ${describeArgument(x)}`);
}

/** @internal A row-major tensor around the elements of `array` from `offset` on, which nobody else may write to. */
export function fromArray(shape: Shape, dtype: Dtype, array: TypedArray, offset = 0): Tensor {
  return shape.length === 0
    ? new Tensor(shape, dtype, null, 0, null, array[offset]!)
    : new Tensor(shape, dtype, array, offset, null, NaN);
}

/** @internal A fresh tensor that `write` fills from `data[start]` on; it begins as zeros, or as anything if all is `overwritten`. */
export function produce(
  shape: Shape,
  dtype: Dtype,
  write: (data: TypedArray, start: number) => void,
  overwritten = false,
): Tensor {
  const data = reserve(dtype, sizeOf(shape), overwritten);
  const start = reservedAt;
  write(data, start);
  return fromArray(shape, dtype, data, start);
}

/** @internal A fresh row-major tensor of this shape with the elements of `x`, converted to `dtype`. */
export const copied = (x: Tensor, shape: Shape = x.shape, dtype: Dtype = x.dtype): Tensor =>
  x.strides === null && dtype === x.dtype
    ? fromArray(shape, dtype, materialize(x))
    : produce(shape, dtype, (out, start) => copyInto(out, start, x, dtype), true);

/** @internal */
export const fromNumber = (value: number, dtype: Dtype): Value =>
  new Tensor(SCALAR as [], dtype, null, 0, null, rounded(dtype, value));

/** @internal Another way to look at the elements of `x`. No graph: operations that make views record themselves. */
export function view(x: Tensor, shape: Shape, strides: readonly number[] | null, offset: number): Tensor {
  if (shape.length === 0) return fromNumber(x.shape.length === 0 ? x.scalar : x.data[offset]!, x.dtype);
  const result = new Tensor(
    shape,
    x.dtype,
    x.data,
    offset,
    strides === null ? null : canonicalStrides(shape, strides),
    NaN,
  );
  result.shared = x.shared = true;
  return result;
}

/** @internal The elements of `x`, to be checked: where it stands for many tensors, those of all of them. */
export const elementsOf = (x: Tensor): TypedArray =>
  x.batch === null ? x.toTypedArray() : elementsOf(x.batch.whole(x));

/** @internal The elements of `x` in a tensor that knows nothing of how they were made. */
export const detached = (x: Tensor): Tensor =>
  x.batch === null ? view(x, x.shape, x.strides, x.offset) : x.batch.wrap(detached(x.batch.whole(x)));

/** @internal Turns a fresh tensor into the leaf that was asked for. */
export function leaf(op: string, x: Tensor, requiresGrad: boolean | undefined): Tensor {
  checkFlag(op, "requiresGrad", requiresGrad);
  if (requiresGrad) {
    checkDifferentiable(op, x.dtype);
    x.tracked = true;
  }
  return x;
}
function checkDifferentiable(op: string, dtype: Dtype): void {
  if (!isFloat(dtype)) throw new DtypeError(`${op}: only float64 and float32 tensors can require grad, got ${dtype}`);
}
