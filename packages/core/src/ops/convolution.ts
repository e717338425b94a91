import { promote } from "../dtype.ts";
import { ArgumentError, describeArgument, ShapeError, optionsOf, quoted } from "../errors.ts";
import { showShape } from "../shape.ts";
import type { Spatial } from "../shape-types/convolution.ts";
import type { Check, Conv, ConvTranspose } from "../shape-types/index.ts";
import { checkTensor, Tensor } from "../tensor.ts";
import { add } from "./arithmetic.ts";
import { ofDtype } from "./cast.ts";
import { reshape, unsqueeze } from "./movement.ts";
import { select } from "./slice.ts";
import { convolutionInputOp, convolutionOp } from "./sliding.ts";
import { type Extent, extents, windowCount } from "./windows.ts";

export interface ConvOptions {
  /** Step from window to window; 1 by default. */
  readonly stride?: Extent | undefined;
  /** Zeros on both sides; 0 by default. "valid" is 0, "same" keeps the size and needs stride 1. */
  readonly padding?: Extent | "valid" | "same" | undefined;
  /** Distance of neighbouring places of the kernel; 1 by default. */
  readonly dilation?: Extent | undefined;
  /** Input and output channels are cut into so many groups, each convolved alone; 1 by default. */
  readonly groups?: number | undefined;
}
export interface ConvTransposeOptions extends ConvOptions {
  readonly padding?: Extent | undefined;
  /** Added to the size on one side, as several input sizes of a strided convolution give one output size; 0 by default. */
  readonly outputPadding?: Extent | undefined;
}

/** Input with a batch dim, input and weight of one dtype, and the bias if there is one. */
function prepared(
  op: string,
  dims: number,
  x: Tensor,
  weight: Tensor,
  bias?: Tensor | null,
): [Tensor, Tensor, Tensor | null] {
  checkTensor(op, x);
  checkTensor(op, weight);
  if (bias !== undefined && bias !== null && !(bias instanceof Tensor))
    throw new ArgumentError(`${op}: a bias is a tensor or null, got ${describeArgument(bias)}; options come after it`);
  const spatial = dims === 1 ? "length" : "height,width";
  if (weight.rank !== dims + 2 || (x.rank !== dims + 2 && x.rank !== dims + 1))
    throw new ShapeError(
      op,
      `needs input [batch,channels,${spatial}] or [channels,${spatial}] and a weight of ${dims + 2} dims, got ${showShape(x.shape)} and ${showShape(weight.shape)}`,
      [x.shape, weight.shape],
    );
  const dtype = promote(promote(x.dtype, weight.dtype), "int32");
  return [ofDtype(x.rank === dims + 1 ? unsqueeze(x, 0) : x, dtype), ofDtype(weight, dtype), bias ?? null];
}

function checkGroups(
  op: string,
  groups: number,
  channels: number,
  expected: number,
  outputs: number,
  x: Tensor,
  weight: Tensor,
): void {
  const shapes = [x.shape, weight.shape];
  if (!Number.isInteger(groups) || groups < 1)
    throw new ArgumentError(`${op}: groups is a whole number from 1 up, got ${quoted(groups)}`);
  if (channels % groups !== 0 || outputs % groups !== 0)
    throw new ShapeError(
      op,
      `${groups} groups do not divide ${channels} input channels and ${outputs} output channels`,
      shapes,
    );
  if (channels !== expected)
    throw new ShapeError(
      op,
      `input ${showShape(x.shape)} has ${channels} channels, weight ${showShape(weight.shape)} expects ${expected}${groups === 1 ? "" : ` in ${groups} groups`}`,
      shapes,
    );
}

function withBias(op: string, y: Tensor, bias: Tensor | null): Tensor {
  if (bias === null) return y;
  if (bias.rank !== 1 || bias.size !== y.shape[1])
    throw new ShapeError(
      op,
      `bias ${showShape(bias.shape)} is not one number for each of ${y.shape[1]} output channels`,
      [bias.shape],
    );
  return add(y, reshape(bias, [bias.size, ...y.shape.slice(2).map(() => 1)]));
}

/** A convolution by its name and what its dims are called. */
interface ConvFunction<N extends string, D extends Spatial> {
  <A extends Tensor, W extends Tensor, const O extends ConvOptions | undefined = undefined>(
    x: A,
    weight: Check<Conv<N, A["shape"], W["shape"], O, D>, W>,
    bias?: Tensor | null,
    options?: O,
  ): Tensor<Conv<N, A["shape"], W["shape"], O, D>>;
}
interface ConvTransposeFunction<N extends string, D extends Spatial> {
  <A extends Tensor, W extends Tensor, const O extends ConvTransposeOptions | undefined = undefined>(
    x: A,
    weight: Check<ConvTranspose<N, A["shape"], W["shape"], O, D>, W>,
    bias?: Tensor | null,
    options?: O,
  ): Tensor<ConvTranspose<N, A["shape"], W["shape"], O, D>>;
}

const convolve = <N extends string, D extends Spatial>(op: N, dims: number): ConvFunction<N, D> =>
  ((input: Tensor, kernel: Tensor, added?: Tensor | null, given?: ConvOptions): Tensor => {
    const options = optionsOf(op, given, ["stride", "padding", "dilation", "groups"]);
    const [x, weight, bias] = prepared(op, dims, input, kernel, added);
    const { groups = 1, padding = 0 } = options;
    const channels = x.shape[1]!;
    const [outputs, perGroup, ...size] = weight.shape as [number, number, ...number[]];
    checkGroups(op, groups, channels, perGroup * groups, outputs, input, weight);
    const stride = extents(op, "stride", options.stride ?? 1, dims);
    const dilation = extents(op, "dilation", options.dilation ?? 1, dims);
    let before: number[];
    let after: number[];
    if (padding === "same") {
      if (stride.some((step) => step !== 1))
        throw new ArgumentError(`${op}: padding "same" needs stride 1, got ${showShape(stride)}`);
      const total = size.map((n, d) => dilation[d]! * (n - 1));
      before = total.map((n) => n >> 1);
      after = total.map((n, d) => n - before[d]!);
    } else before = after = extents(op, "padding", padding === "valid" ? 0 : padding, dims, 0);
    const lengths = x.shape.slice(2);
    const padded = lengths.map((n, d) => before[d]! + n + after[d]!);
    const count = windowCount(op, padded, { size, dilation, stride }, input.shape);
    const params = { size, dilation, stride, count, groups, lengths, padding: before };
    const y = withBias(op, convolutionOp(x, weight, params), bias);
    return input.rank === dims + 1 ? select(y, 0, 0) : y;
  }) as ConvFunction<N, D>;

const convolveTransposed = <N extends string, D extends Spatial>(op: N, dims: number): ConvTransposeFunction<N, D> =>
  ((input: Tensor, kernel: Tensor, added?: Tensor | null, given?: ConvTransposeOptions): Tensor => {
    const options = optionsOf(op, given, ["stride", "padding", "dilation", "groups", "outputPadding"]);
    const [x, weight, bias] = prepared(op, dims, input, kernel, added);
    const { groups = 1 } = options;
    const [, channels, ...count] = x.shape as [number, number, ...number[]];
    const [expected, perGroup, ...size] = weight.shape as [number, number, ...number[]];
    checkGroups(op, groups, channels, expected, perGroup * groups, input, weight);
    const stride = extents(op, "stride", options.stride ?? 1, dims);
    const dilation = extents(op, "dilation", options.dilation ?? 1, dims);
    const padding = extents(op, "padding", options.padding ?? 0, dims, 0);
    const extra = extents(op, "outputPadding", options.outputPadding ?? 0, dims, 0);
    if (extra.some((n, d) => n >= Math.max(stride[d]!, dilation[d]!)))
      throw new ArgumentError(
        `${op}: outputPadding ${showShape(extra)} must be smaller than stride ${showShape(stride)} or dilation ${showShape(dilation)}`,
      );
    const full = count.map((n, d) => (n - 1) * stride[d]! + dilation[d]! * (size[d]! - 1) + 1 + extra[d]!);
    if (full.some((n, d) => n < 2 * padding[d]! + 1))
      throw new ShapeError(op, `padding ${showShape(padding)} crops all of the output ${showShape(full)}`, [
        input.shape,
        weight.shape,
      ]);
    const lengths = full.map((n, d) => n - 2 * padding[d]!);
    const params = { size, dilation, stride, count, groups, lengths, padding };
    const y = withBias(op, convolutionInputOp(x, weight, params), bias);
    return input.rank === dims + 1 ? select(y, 0, 0) : y;
  }) as ConvTransposeFunction<N, D>;

/**
 * Sliding dot products Σ weight[o,c,k]·x[n,c,i·stride + k·dilation − padding] + bias[o] of x `[batch, channels, length]`, or one without batch,
 * and weight `[outputs, channels/groups, size]`. As in all of deep learning the kernel is not flipped.
 * @throws ShapeError if channels, groups or bias do not fit, or the kernel is larger than the padded input.
 * @example
 * conv1d(tensor([[[1, 2, 4, 8]]]), tensor([[[1, -1]]])).toArray(); // [[[-1, -2, -4]]]
 */
export const conv1d: ConvFunction<"conv1d", "length"> = /* @__PURE__ */ convolve("conv1d", 1);

/**
 * As `conv1d`, over two dims: x is `[batch, channels, height, width]`, or one without batch, and weight
 * `[outputs, channels/groups, rows, columns]`.
 * @throws ShapeError if channels, groups or bias do not fit, or the kernel is larger than the padded input.
 * @example
 * conv2d(zeros([1, 3, 28, 28]), zeros([8, 3, 5, 5]), null, { padding: "same" }).shape; // [1, 8, 28, 28]
 */
export const conv2d: ConvFunction<"conv2d", "height,width"> = /* @__PURE__ */ convolve("conv2d", 2);

/**
 * The transpose of `conv1d` as a map of x: every element puts a copy of the kernel, times itself, into the output. x is
 * `[batch, channels, length]`, or one without batch, and weight `[channels, outputs/groups, size]`.
 * @throws ShapeError if channels, groups or bias do not fit, or padding crops everything.
 * @example
 * convTranspose1d(tensor([[[1, 2]]]), tensor([[[1, -1]]])).toArray(); // [[[1, 1, -2]]]
 */
export const convTranspose1d: ConvTransposeFunction<"convTranspose1d", "length"> = /* @__PURE__ */ convolveTransposed(
  "convTranspose1d",
  1,
);

/**
 * As `convTranspose1d`, over two dims: weight is `[channels, outputs/groups, rows, columns]`.
 * @throws ShapeError if channels, groups or bias do not fit, or padding crops everything.
 * @example
 * convTranspose2d(zeros([1, 8, 7, 7]), zeros([8, 3, 2, 2]), null, { stride: 2 }).shape; // [1, 3, 14, 14]
 */
export const convTranspose2d: ConvTransposeFunction<"convTranspose2d", "height,width"> =
  /* @__PURE__ */ convolveTransposed("convTranspose2d", 2);
