import { beforeDraw, defaultDtype } from "../ambient.ts";
import type { TensorOptions } from "../create.ts";
import { allocate, checkDtype, isFloat } from "../dtype.ts";
import { ArgumentError, DtypeError, optionsOf, quoted } from "../errors.ts";
import { checkShape, type ShapeArg, sizeOf } from "../shape.ts";
import type { Allow, CheckShape, Mutable } from "../shape-types/index.ts";
import { fromArray, leaf, type Tensor } from "../tensor.ts";
import { checkBounds, LegacyStream, type StreamState } from "./stream.ts";

/**
 * A source of random tensors: the stream of NumPy's `np.random.seed(seed)`, bit for bit in float64.
 *
 * @example
 * new Generator(1).rand([3, 4]); // np.random.seed(1); np.random.random((3, 4))
 * @throws ArgumentError unless the seed is an integer from 0 to 2³² − 1.
 */
export class Generator {
  private readonly stream: LegacyStream;

  constructor(seed: number) {
    this.stream = new LegacyStream(seed);
  }

  /** Uniform in [0, 1): `np.random.random(shape)`. */
  rand<const R extends ShapeArg>(shape: Allow<CheckShape<R, "rand">, R>, options?: TensorOptions): Tensor<Mutable<R>> {
    // Above it, float32 would round to 1.
    const most = (options?.dtype ?? defaultDtype) === "float32" ? 1 - 2 ** -24 : 1;
    const draw = (): number => Math.min(this.stream.random(), most);
    return this.fill("rand", shape as ShapeArg, options, draw) as Tensor<Mutable<R>>;
  }

  /** Standard normal: `np.random.standard_normal(shape)`. */
  randn<const R extends ShapeArg>(
    shape: Allow<CheckShape<R, "randn">, R>,
    options?: TensorOptions,
  ): Tensor<Mutable<R>> {
    return this.fill("randn", shape as ShapeArg, options, () => this.stream.gauss()) as Tensor<Mutable<R>>;
  }

  /** Integers from `low` up to, not including, `high`: `np.random.randint(low, high, shape)`, as int32. */
  randint<const R extends ShapeArg>(
    low: number,
    high: number,
    shape: Allow<CheckShape<R, "randint">, R>,
  ): Tensor<Mutable<R>> {
    if (low < -(2 ** 31) || high > 2 ** 31)
      throw new ArgumentError(`randint: int32 holds -2147483648 to 2147483647, got ${low} to ${high}`);
    checkBounds(low, high);
    const checked = checkShape("randint", shape as ShapeArg);
    const out = new Int32Array(sizeOf(checked));
    beforeDraw(this);
    for (let i = 0; i < out.length; i++) out[i] = low + this.stream.interval(high - 1 - low);
    return fromArray(checked, "int32", out) as Tensor<Mutable<R>>;
  }

  /** The integers 0 … n − 1 in random order: `np.random.permutation(n)`, as int32. */
  permutation<N extends number>(n: N): Tensor<[N]> {
    beforeDraw(this);
    return fromArray([n], "int32", this.stream.permutation(n)) as Tensor<[N]>;
  }

  /** Where the stream stands, as plain data that survives JSON. */
  getState(): StreamState {
    return this.stream.getState();
  }

  /** Continues exactly where `getState` was called. */
  setState(state: StreamState): void {
    this.stream.setState(state);
  }

  private fill(op: string, shape: ShapeArg, options: TensorOptions | undefined, draw: () => number): Tensor {
    const checked = checkShape(op, shape);
    const { dtype = defaultDtype, requiresGrad } = optionsOf(op, options, ["dtype", "requiresGrad"]);
    if (!isFloat(checkDtype(op, dtype))) throw new DtypeError(`${op}: draws float64 or float32, got ${dtype}`);
    const out = allocate(dtype, sizeOf(checked));
    beforeDraw(this);
    for (let i = 0; i < out.length; i++) out[i] = draw();
    return leaf(op, fromArray(checked, dtype, out), requiresGrad);
  }
}

/** @internal Throws unless `generator` draws numbers, or is left out. */
export function checkGenerator(op: string, generator: Generator | undefined): void {
  if (generator !== undefined && typeof generator?.rand !== "function")
    throw new ArgumentError(`${op}: a generator is one such as new Generator(1), got ${quoted(generator)}`);
}

let shared: Generator | null = null;

/**
 * The generator that `rand` and `randn` draw from; until `manualSeed` is called, its seed is random.
 * @example
 * defaultGenerator().permutation(3).shape; // [3]
 */
export const defaultGenerator = (): Generator => (shared ??= new Generator(Math.floor(Math.random() * 2 ** 32)));

/**
 * Restarts the default generator from `seed`, and returns it.
 * @throws ArgumentError unless the seed is an integer from 0 to 2³² − 1.
 * @example
 * manualSeed(1).rand([2]); // as new Generator(1).rand([2])
 */
export const manualSeed = (seed: number): Generator => (shared = new Generator(seed));

/**
 * Uniform in [0, 1), from the default generator.
 * @throws ArgumentError unless the sizes are whole numbers from 0 up, DtypeError unless the dtype is floating.
 * @example
 * rand([2, 3]).shape; // [2, 3]
 */
export const rand = <const R extends ShapeArg>(
  shape: Allow<CheckShape<R, "rand">, R>,
  options?: TensorOptions,
): Tensor<Mutable<R>> => defaultGenerator().rand<R>(shape, options);

/**
 * Standard normal, from the default generator.
 * @throws ArgumentError unless the sizes are whole numbers from 0 up, DtypeError unless the dtype is floating.
 * @example
 * randn([2, 3]).shape; // [2, 3]
 */
export const randn = <const R extends ShapeArg>(
  shape: Allow<CheckShape<R, "randn">, R>,
  options?: TensorOptions,
): Tensor<Mutable<R>> => defaultGenerator().randn<R>(shape, options);
