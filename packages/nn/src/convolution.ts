import { isPlain, optionsOf, quoted } from "@chainrule/core/internal";
import {
  ArgumentError,
  type Conv1dFn,
  conv1d,
  type Conv2dFn,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  type ConvTransposeFn,
  type ConvTransposeOptions,
  type Dtype,
  type Extent,
  type Generator,
  type ShapeFn,
  ShapeError,
  type Tensor,
  zeros,
} from "@chainrule/core/lean";
import { uniform } from "./init.ts";
import { Layer } from "./layer.ts";
import { PADDING_MODES, type PaddingMode, padInside } from "./padding.ts";
import { Parameter } from "./parameter.ts";
import { shownOptions } from "./show.ts";

/** Options of a convolution layer; P, S and D are what the types of shapes go by. */
export interface ConvLayerOptions<S = Extent, P = Extent | "same" | "valid", D = Extent> {
  /** Step from window to window; 1 by default. */
  readonly stride?: S | undefined;
  /** Places added on both sides, or "same" to keep the size; 0 by default. */
  readonly padding?: P | undefined;
  /** Distance of neighbouring places of the kernel; 1 by default. */
  readonly dilation?: D | undefined;
  /** Channels are cut into so many groups, each convolved alone; 1 by default. */
  readonly groups?: number | undefined;
  /** Whether to add a bias; true by default. */
  readonly bias?: boolean | undefined;
  readonly dtype?: Dtype | undefined;
  /** Where the initial values come from; the default generator if left out. */
  readonly generator?: Generator | undefined;
}
/** Options of a convolution that is not transposed. */
export interface PaddedConvLayerOptions<S, P, D> extends ConvLayerOptions<S, P, D> {
  /** What the added places hold: zeros (default), the inside mirrored ("reflect"), the edge ("replicate") or the other end ("circular"). */
  readonly paddingMode?: PaddingMode | undefined;
}
export interface ConvTransposeLayerOptions extends ConvLayerOptions<Extent, Extent> {
  /** Added to the size on one side; 0 by default. */
  readonly outputPadding?: Extent | undefined;
}
type TransposeRest = readonly [options?: ConvTransposeLayerOptions | undefined];

const NAMES = ["stride", "padding", "dilation", "groups", "bias", "dtype", "generator"] as const;

/** What the four convolutions share: the arguments, and weights that begin uniform in ±1/√fan-in as PyTorch's do. */
abstract class Convolution<F extends ShapeFn> extends Layer<F> {
  readonly weight: Parameter;
  readonly bias: Parameter | null;
  readonly inputs: number;
  readonly outputs: number;
  readonly stride: Extent;
  readonly padding: Extent | "same" | "valid";
  readonly dilation: Extent;
  readonly groups: number;

  constructor(
    inputs: number,
    outputs: number,
    kernel: Extent,
    options: ConvLayerOptions,
    dims: number,
    transposed: boolean,
  ) {
    super();
    const name = this.constructor.name;
    const { stride = 1, padding = 0, dilation = 1, groups = 1, bias = true, dtype, generator } = options;
    const size = Array.isArray(kernel)
      ? [...(kernel as readonly number[])]
      : new Array<number>(dims).fill(kernel as number);
    const shown = isPlain(kernel)
      ? `${quoted(kernel)}; it stands by itself, before the options`
      : `[${size.map(quoted).join(",")}]`;
    if (size.length !== dims || ![inputs, outputs, groups, ...size].every((n) => Number.isInteger(n) && n > 0))
      throw new ArgumentError(
        `${name}: channels, groups and ${dims} kernel size${dims > 1 ? "s" : ""} are whole numbers from 1 up, got ${quoted(inputs)}, ${quoted(outputs)}, groups ${quoted(groups)} and kernel ${shown}`,
      );
    if (inputs % groups !== 0 || outputs % groups !== 0)
      throw new ArgumentError(
        `${name}: ${groups} groups do not divide ${inputs} input channels and ${outputs} output channels`,
      );
    if (typeof padding === "string" && padding !== "same" && padding !== "valid")
      throw new ArgumentError(`${name}: padding is "same", "valid" or numbers, got ${quoted(padding)}`);
    const shape = transposed ? [inputs, outputs / groups, ...size] : [outputs, inputs / groups, ...size];
    const bound = 1 / Math.sqrt(shape.slice(1).reduce((a, b) => a * b, 1));
    this.weight = uniform(new Parameter(zeros(shape, { dtype })) as Parameter, { low: -bound, high: bound, generator });
    this.bias = bias
      ? uniform(new Parameter(zeros([outputs] as number[], { dtype })) as Parameter, {
          low: -bound,
          high: bound,
          generator,
        })
      : null;
    this.inputs = inputs;
    this.outputs = outputs;
    this.stride = stride;
    this.padding = padding;
    this.dilation = dilation;
    this.groups = groups;
  }

  protected checkChannels(x: Tensor): void {
    const dims = this.weight.rank - 2;
    const shown = `[${x.shape.join(",")}]`;
    if (x.rank !== dims + 2 && x.rank !== dims + 1) {
      const spatial = dims === 1 ? "length" : "height,width";
      throw new ShapeError(this.label(), `needs [batch,channels,${spatial}] or [channels,${spatial}], got ${shown}`, [
        x.shape,
      ]);
    }
    const channels = x.shape[x.rank - dims - 1];
    if (channels !== this.inputs)
      throw new ShapeError(this.label(), `input ${shown} has ${channels} channels, expected ${this.inputs}`, [x.shape]);
  }

  /** As errors name it, here and in the compiler's messages. */
  protected label(): string {
    const size = this.weight.shape.slice(2);
    return `${this.constructor.name}(${this.inputs}, ${this.outputs}, ${size.every((n) => n === size[0]) ? size[0] : `[${size.join(",")}]`})`;
  }

  /** The options beyond those of `ConvLayerOptions`. */
  protected moreOptions(): string[] {
    return [];
  }
  protected override details(): string {
    const shown = (x: Extent | "same" | "valid"): string =>
      Array.isArray(x) ? `[${x.join(", ")}]` : typeof x === "string" ? `"${x}"` : String(x);
    const size = this.weight.shape.slice(2);
    const options = [
      this.stride === 1 ? "" : `stride: ${shown(this.stride)}`,
      this.padding === 0 ? "" : `padding: ${shown(this.padding)}`,
      this.dilation === 1 ? "" : `dilation: ${shown(this.dilation)}`,
      this.groups === 1 ? "" : `groups: ${this.groups}`,
      this.bias === null ? "bias: false" : "",
      ...this.moreOptions(),
    ];
    return `${this.inputs}, ${this.outputs}, ${shown(size.every((n) => n === size[0]) ? size[0]! : size)}${shownOptions(options)}`;
  }
}

/** What the two convolutions share that are not transposed. */
abstract class PaddedConvolution<F extends ShapeFn> extends Convolution<F> {
  readonly paddingMode: PaddingMode;

  constructor(
    inputs: number,
    outputs: number,
    kernel: Extent,
    given: PaddedConvLayerOptions<Extent, Extent | "same" | "valid", Extent> | undefined,
    dims: number,
  ) {
    const options = optionsOf(new.target.name, given, [...NAMES, "paddingMode"]);
    super(inputs, outputs, kernel, options, dims, false);
    this.paddingMode = options.paddingMode ?? "zeros";
    if (!PADDING_MODES.includes(this.paddingMode))
      throw new ArgumentError(
        `${this.constructor.name}: paddingMode is one of ${PADDING_MODES.join(", ")}, got ${quoted(this.paddingMode)}`,
      );
  }
  protected compute(x: Tensor): Tensor {
    this.checkChannels(x);
    const { paddingMode, padding, dilation } = this;
    if (paddingMode === "zeros" || padding === "valid") return this.convolve(x, padding);
    const size = this.weight.shape.slice(2);
    const each = (extent: Extent, d: number): number => (typeof extent === "number" ? extent : extent[d]!);
    const total = size.map((n, d) => (padding === "same" ? each(dilation, d) * (n - 1) : 2 * each(padding, d)));
    const before = total.map((n) => Math.floor(n / 2));
    return this.convolve(padInside(this.label(), x, paddingMode, before, total.map((n, d) => n - before[d]!)), 0); // prettier-ignore
  }
  protected abstract convolve(x: Tensor, padding: Extent | "same" | "valid"): Tensor;

  protected override moreOptions(): string[] {
    return this.paddingMode === "zeros" ? [] : [`paddingMode: "${this.paddingMode}"`];
  }
}

const transposeOptions = (name: string, given: ConvTransposeLayerOptions | undefined): ConvTransposeLayerOptions =>
  optionsOf(name, given, [...NAMES, "outputPadding"]);
const transposedOptions = (layer: ConvTranspose1d | ConvTranspose2d): ConvTransposeOptions => ({
  stride: layer.stride,
  padding: layer.padding as Extent,
  dilation: layer.dilation,
  groups: layer.groups,
  outputPadding: layer.outputPadding,
});

/**
 * Convolution over `[batch, channels, length]`, see `conv1d`. The weight is `[O, I/groups, kernel]`.
 *
 * @example
 * new Conv1d(2, 8, 3, { padding: 1 }).forward(zeros([4, 2, 10])).shape; // [4, 8, 10]
 * @throws ShapeError if the input has not I channels or is smaller than the kernel.
 */
export class Conv1d<
  const I extends number = number,
  const O extends number = number,
  const K extends Extent = Extent,
  const S extends Extent = 1,
  const P extends Extent | "same" | "valid" = 0,
  const D extends Extent = 1,
> extends PaddedConvolution<Conv1dFn<I, O, { size: K; stride: S; padding: P; dilation: D }>> {
  constructor(inputs: I, outputs: O, kernel: K, options?: PaddedConvLayerOptions<S, P, D>) {
    super(inputs, outputs, kernel, options, 1);
  }
  protected convolve(x: Tensor, padding: Extent | "same" | "valid"): Tensor {
    const { weight, bias, stride, dilation, groups } = this;
    return conv1d(x, weight, bias, { stride, padding, dilation, groups });
  }
}

/**
 * Convolution over `[batch, channels, height, width]`, see `conv2d`. The weight is `[O, I/groups, rows, columns]`.
 *
 * @example
 * new Conv2d(1, 8, 5, { stride: 2 }).forward(zeros([4, 1, 28, 28])).shape; // [4, 8, 12, 12]
 * @throws ShapeError if the input has not I channels or is smaller than the kernel.
 */
export class Conv2d<
  const I extends number = number,
  const O extends number = number,
  const K extends Extent = Extent,
  const S extends Extent = 1,
  const P extends Extent | "same" | "valid" = 0,
  const D extends Extent = 1,
> extends PaddedConvolution<Conv2dFn<I, O, { size: K; stride: S; padding: P; dilation: D }>> {
  constructor(inputs: I, outputs: O, kernel: K, options?: PaddedConvLayerOptions<S, P, D>) {
    super(inputs, outputs, kernel, options, 2);
  }
  protected convolve(x: Tensor, padding: Extent | "same" | "valid"): Tensor {
    const { weight, bias, stride, dilation, groups } = this;
    return conv2d(x, weight, bias, { stride, padding, dilation, groups });
  }
}

/**
 * Transposed convolution over `[batch, channels, length]`, see `convTranspose1d`. The weight is `[inputs, outputs/groups, kernel]`.
 *
 * @example
 * new ConvTranspose1d(8, 2, 2, { stride: 2 }).forward(zeros([4, 8, 5])).shape; // [4, 2, 10]
 * @throws ShapeError if the channels do not fit, or padding crops everything.
 */
export class ConvTranspose1d<
  const I extends number = number,
  const O extends number = number,
  const K extends Extent = Extent,
  const R extends TransposeRest = TransposeRest,
> extends Convolution<ConvTransposeFn<"ConvTranspose1d", I, O, K, R[0], "length">> {
  readonly outputPadding: Extent;

  constructor(inputs: I, outputs: O, kernel: K, ...rest: R) {
    const options = transposeOptions("ConvTranspose1d", rest[0]);
    super(inputs, outputs, kernel, options, 1, true);
    this.outputPadding = options.outputPadding ?? 0;
  }
  protected override moreOptions(): string[] {
    return this.outputPadding === 0 ? [] : [`outputPadding: ${String(this.outputPadding)}`];
  }
  protected compute(x: Tensor): Tensor {
    this.checkChannels(x);
    return convTranspose1d(x, this.weight, this.bias, transposedOptions(this));
  }
}

/**
 * Transposed convolution over `[batch, channels, height, width]`, see `convTranspose2d`. The weight is
 * `[inputs, outputs/groups, rows, columns]`.
 *
 * @example
 * new ConvTranspose2d(8, 1, 2, { stride: 2 }).forward(zeros([4, 8, 7, 7])).shape; // [4, 1, 14, 14]
 * @throws ShapeError if the channels do not fit, or padding crops everything.
 */
export class ConvTranspose2d<
  const I extends number = number,
  const O extends number = number,
  const K extends Extent = Extent,
  const R extends TransposeRest = TransposeRest,
> extends Convolution<ConvTransposeFn<"ConvTranspose2d", I, O, K, R[0], "height,width">> {
  readonly outputPadding: Extent;

  constructor(inputs: I, outputs: O, kernel: K, ...rest: R) {
    const options = transposeOptions("ConvTranspose2d", rest[0]);
    super(inputs, outputs, kernel, options, 2, true);
    this.outputPadding = options.outputPadding ?? 0;
  }
  protected override moreOptions(): string[] {
    return this.outputPadding === 0 ? [] : [`outputPadding: ${String(this.outputPadding)}`];
  }
  protected compute(x: Tensor): Tensor {
    this.checkChannels(x);
    return convTranspose2d(x, this.weight, this.bias, transposedOptions(this));
  }
}
