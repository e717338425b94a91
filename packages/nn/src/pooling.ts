import { checkOptions, quoted } from "@chainrule/core/internal";
import {
  type Adaptive1dFn,
  type Adaptive2dFn,
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  type AdaptiveSize,
  ArgumentError,
  avgPool1d,
  avgPool2d,
  type AvgPoolOptions,
  type Extent,
  flatten,
  type FlattenFn,
  maxPool1d,
  maxPool2d,
  type MaxPoolOptions,
  type Pool1dFn,
  type Pool2dFn,
  type ShapeFn,
  type Tensor,
} from "@chainrule/core/lean";
import { Layer } from "./layer.ts";
import { shownOptions } from "./show.ts";

/** Options of a pooling layer; S, P and D are what the types of shapes go by. */
export type PoolLayerOptions<O, S, P, D = Extent> = Omit<O, "stride" | "padding" | "dilation"> & {
  readonly stride?: S | undefined;
  readonly padding?: P | undefined;
  readonly dilation?: D | undefined;
};
const show = (x: AdaptiveSize): string => (typeof x === "number" ? String(x) : `[${x.map(String).join(", ")}]`);

/** Throws unless x is a size, or lists sizes; in those of outputs null keeps the input's. */
function checkWindow(name: string, what: string, x: AdaptiveSize): void {
  const wrong = (n: unknown): boolean => !Number.isInteger(n) || (n as number) < 1;
  if (Array.isArray(x) ? x.some((n) => n !== null && wrong(n)) : wrong(x))
    throw new ArgumentError(`${name}: ${what} is a whole number from 1 up, or one for each dim, got ${quoted(x)}`);
}

const MAX_NAMES = ["stride", "padding", "dilation", "ceilMode"] as const;
const AVG_NAMES = ["stride", "padding", "ceilMode", "countIncludePad", "divisorOverride"] as const;

abstract class Pooling<F extends ShapeFn, O extends object> extends Layer<F> {
  readonly window: Extent;
  readonly options: O;

  constructor(window: Extent, options: O | undefined = {} as O, names: readonly (keyof O & string)[]) {
    super();
    checkOptions(this.constructor.name, options, names);
    checkWindow(this.constructor.name, "the window", window);
    this.window = window;
    this.options = options;
  }
  protected override details(): string {
    const options = Object.entries(this.options)
      .filter(([, x]) => x !== undefined)
      .map(([name, x]) => `${name}: ${typeof x === "boolean" ? x : show(x as Extent)}`);
    return `${show(this.window)}${shownOptions(options)}`;
  }
}

/**
 * Largest element of each window over `[batch, channels, length]`, see `maxPool1d`, which also gives their places with `returnIndices: true`.
 * With `ceilMode` the sizes are known at run time only.
 *
 * @example
 * new MaxPool1d(2).forward(zeros([4, 3, 8])).shape; // [4, 3, 4]
 * @throws ShapeError if the window is larger than the padded input.
 */
export class MaxPool1d<
  const K extends Extent = Extent,
  const S extends Extent = K,
  const P extends Extent = 0,
  const D extends Extent = 1,
  const C extends boolean = false,
> extends Pooling<
  Pool1dFn<
    "maxPool1d",
    { size: C extends false ? K : Extent; stride: C extends false ? S : Extent; padding: P; dilation: D }
  >,
  MaxPoolOptions
> {
  constructor(window: K, options?: PoolLayerOptions<MaxPoolOptions, S, P, D> & { readonly ceilMode?: C | undefined }) {
    super(window, options, MAX_NAMES);
  }
  protected compute(x: Tensor): Tensor {
    return maxPool1d(x, this.window, this.options);
  }
}

/**
 * Largest element of each window over `[batch, channels, height, width]`, see `maxPool2d`, which also gives their places with `returnIndices: true`.
 * With `ceilMode` the sizes are known at run time only.
 *
 * @example
 * new MaxPool2d(2).forward(zeros([4, 3, 8, 6])).shape; // [4, 3, 4, 3]
 * @throws ShapeError if the window is larger than the padded input.
 */
export class MaxPool2d<
  const K extends Extent = Extent,
  const S extends Extent = K,
  const P extends Extent = 0,
  const D extends Extent = 1,
  const C extends boolean = false,
> extends Pooling<
  Pool2dFn<
    "maxPool2d",
    { size: C extends false ? K : Extent; stride: C extends false ? S : Extent; padding: P; dilation: D }
  >,
  MaxPoolOptions
> {
  constructor(window: K, options?: PoolLayerOptions<MaxPoolOptions, S, P, D> & { readonly ceilMode?: C | undefined }) {
    super(window, options, MAX_NAMES);
  }
  protected compute(x: Tensor): Tensor {
    return maxPool2d(x, this.window, this.options);
  }
}

/**
 * Mean of each window over `[batch, channels, length]`, see `avgPool1d`. With `ceilMode` the sizes are known at run time only.
 *
 * @example
 * new AvgPool1d(2).forward(zeros([4, 3, 8])).shape; // [4, 3, 4]
 * @throws ShapeError if the window is larger than the padded input.
 */
export class AvgPool1d<
  const K extends Extent = Extent,
  const S extends Extent = K,
  const P extends Extent = 0,
  const C extends boolean = false,
> extends Pooling<
  Pool1dFn<
    "avgPool1d",
    { size: C extends false ? K : Extent; stride: C extends false ? S : Extent; padding: P; dilation: 1 }
  >,
  AvgPoolOptions
> {
  constructor(window: K, options?: PoolLayerOptions<AvgPoolOptions, S, P> & { readonly ceilMode?: C | undefined }) {
    super(window, options, AVG_NAMES);
  }
  protected compute(x: Tensor): Tensor {
    return avgPool1d(x, this.window, this.options);
  }
}

/**
 * Mean of each window over `[batch, channels, height, width]`, see `avgPool2d`. With `ceilMode` the sizes are known at run time only.
 *
 * @example
 * new AvgPool2d(2).forward(zeros([4, 3, 8, 6])).shape; // [4, 3, 4, 3]
 * @throws ShapeError if the window is larger than the padded input.
 */
export class AvgPool2d<
  const K extends Extent = Extent,
  const S extends Extent = K,
  const P extends Extent = 0,
  const C extends boolean = false,
> extends Pooling<
  Pool2dFn<
    "avgPool2d",
    { size: C extends false ? K : Extent; stride: C extends false ? S : Extent; padding: P; dilation: 1 }
  >,
  AvgPoolOptions
> {
  constructor(window: K, options?: PoolLayerOptions<AvgPoolOptions, S, P> & { readonly ceilMode?: C | undefined }) {
    super(window, options, AVG_NAMES);
  }
  protected compute(x: Tensor): Tensor {
    return avgPool2d(x, this.window, this.options);
  }
}

/** A layer that cuts its input into so many parts, whatever its size. */
abstract class AdaptivePool<F extends ShapeFn, O extends AdaptiveSize> extends Layer<F> {
  readonly output: O;

  constructor(output: O) {
    super();
    checkWindow(this.constructor.name, "the output size", output);
    this.output = output;
  }
  protected override details(): string {
    return show(this.output);
  }
}

/**
 * Means of so many nearly equal parts of `[batch, channels, length]`, see `adaptiveAvgPool1d`.
 *
 * @example
 * new AdaptiveAvgPool1d(2).forward(zeros([4, 3, 7])).shape; // [4, 3, 2]
 * @throws ArgumentError unless sizes are whole numbers from 1 up.
 */
export class AdaptiveAvgPool1d<const O extends AdaptiveSize = AdaptiveSize> extends AdaptivePool<
  Adaptive1dFn<"adaptiveAvgPool1d", O>,
  O
> {
  protected compute(x: Tensor): Tensor {
    return adaptiveAvgPool1d(x, this.output);
  }
}

/**
 * Means of so many nearly equal parts of `[batch, channels, height, width]`, see `adaptiveAvgPool2d`.
 *
 * @example
 * new AdaptiveAvgPool2d([2, 1]).forward(zeros([4, 3, 7, 5])).shape; // [4, 3, 2, 1]
 * @throws ArgumentError unless sizes are whole numbers from 1 up.
 */
export class AdaptiveAvgPool2d<const O extends AdaptiveSize = AdaptiveSize> extends AdaptivePool<
  Adaptive2dFn<"adaptiveAvgPool2d", O>,
  O
> {
  protected compute(x: Tensor): Tensor {
    return adaptiveAvgPool2d(x, this.output);
  }
}

/**
 * Largest elements of so many nearly equal parts of `[batch, channels, length]`, see `adaptiveMaxPool1d`.
 *
 * @example
 * new AdaptiveMaxPool1d(2).forward(zeros([4, 3, 7])).shape; // [4, 3, 2]
 * @throws ArgumentError unless sizes are whole numbers from 1 up.
 */
export class AdaptiveMaxPool1d<const O extends AdaptiveSize = AdaptiveSize> extends AdaptivePool<
  Adaptive1dFn<"adaptiveMaxPool1d", O>,
  O
> {
  protected compute(x: Tensor): Tensor {
    return adaptiveMaxPool1d(x, this.output);
  }
}

/**
 * Largest elements of so many nearly equal parts of `[batch, channels, height, width]`, see `adaptiveMaxPool2d`.
 *
 * @example
 * new AdaptiveMaxPool2d([2, 1]).forward(zeros([4, 3, 7, 5])).shape; // [4, 3, 2, 1]
 * @throws ArgumentError unless sizes are whole numbers from 1 up.
 */
export class AdaptiveMaxPool2d<const O extends AdaptiveSize = AdaptiveSize> extends AdaptivePool<
  Adaptive2dFn<"adaptiveMaxPool2d", O>,
  O
> {
  protected compute(x: Tensor): Tensor {
    return adaptiveMaxPool2d(x, this.output);
  }
}

/**
 * Dims `start` (1 by default) to `end` (the last), both included, merged into one.
 *
 * @example
 * new Flatten().forward(zeros([4, 3, 2])).shape; // [4, 6]
 * @throws ShapeError if there is no such dim.
 */
export class Flatten<const I extends number = 1, const J extends number = -1> extends Layer<FlattenFn<I, J>> {
  readonly start: number;
  readonly end: number;

  constructor(start: I = 1 as I, end: J = -1 as J) {
    super();
    this.start = start;
    this.end = end;
  }
  protected compute(x: Tensor): Tensor {
    return flatten(x, this.start, this.end);
  }
  protected override details(): string {
    return `${this.start}, ${this.end}`;
  }
}
