import { ArgumentError, optionsOf, quoted } from "../errors.ts";
import type { Spatial } from "../shape-types/convolution.ts";
import type { Check, Pool } from "../shape-types/index.ts";
import { apply } from "../op.ts";
import { allInside } from "../kernels/windows.ts";
import { showShape, sizeOf } from "../shape.ts";
import { fromArray, type Tensor } from "../tensor.ts";
import { div } from "./arithmetic.ts";
import { gather } from "./indexing.ts";
import { pad } from "./joining.ts";
import { reshape } from "./movement.ts";
import { type Extremes, floating } from "./reduction.ts";
import { padZeros } from "./slice.ts";
import { take } from "./take.ts";
import {
  checkImage,
  type Extent,
  extents,
  positions,
  type Sliding,
  windowCount,
  windowLargestOp,
  windowsOver,
  windowSumOp,
} from "./windows.ts";

export interface PoolOptions {
  /** Step from window to window; the window's own size by default. */
  readonly stride?: Extent | undefined;
  /** Places outside on both sides, at most half a window; 0 by default. */
  readonly padding?: Extent | undefined;
  /** Whether a window that starts inside may reach beyond the end; no by default. */
  readonly ceilMode?: boolean | undefined;
}
export interface MaxPoolOptions extends PoolOptions {
  /** Distance of neighbouring places of a window; 1 by default. */
  readonly dilation?: Extent | undefined;
}
export interface AvgPoolOptions extends PoolOptions {
  /** Whether padding counts as zeros; yes by default. */
  readonly countIncludePad?: boolean | undefined;
  /** Divides the sums in place of the number of places in a window. */
  readonly divisorOverride?: number | null | undefined;
}

/** The windows, and margins for `pad` that they reach into, last dim first. */
function windowsOf(
  op: string,
  dims: number,
  x: Tensor,
  window: Extent,
  options: MaxPoolOptions,
): [windows: Sliding, pads: readonly number[]] {
  checkImage(op, dims, x);
  const size = extents(op, "the window", window, dims);
  const stride = extents(op, "stride", options.stride ?? size, dims);
  const padding = extents(op, "padding", options.padding ?? 0, dims, 0);
  const dilation = extents(op, "dilation", options.dilation ?? 1, dims);
  if (padding.some((n, d) => 2 * n > size[d]!))
    throw new ArgumentError(`${op}: padding ${showShape(padding)} is more than half of the window ${showShape(size)}`);
  const lengths = x.shape.slice(-dims);
  const after = [...padding];
  if (options.ceilMode === true)
    lengths.forEach((length, d) => {
      const reach = dilation[d]! * (size[d]! - 1) + 1;
      let count = Math.ceil((length + 2 * padding[d]! - reach) / stride[d]!) + 1;
      if ((count - 1) * stride[d]! >= length + padding[d]!) count--;
      after[d] = Math.max(padding[d]!, (count - 1) * stride[d]! + reach - length - padding[d]!);
    });
  const padded = lengths.map((length, d) => length + padding[d]! + after[d]!);
  const count = windowCount(op, padded, { size, dilation, stride }, x.shape);
  const pads = padding
    .map((n, d) => [n, after[d]!])
    .reverse()
    .flat();
  return [{ lengths, size, dilation, stride, padding, count }, pads];
}
/** The elements of each plane side by side. */
const flat = (x: Tensor, dims: number): Tensor =>
  reshape(x, [...x.shape.slice(0, -dims), sizeOf(x.shape.slice(-dims))]);

export interface ReturnIndices {
  /** Whether to tell where the largest elements stood as well: positions in the image, row by row; int32. */
  readonly returnIndices?: boolean | undefined;
}

/** A pool by its name and what its dims are called. */
interface MaxPool<N extends string, D extends Spatial> {
  <A extends Tensor, const K extends Extent, const O extends MaxPoolOptions & { returnIndices: true }>(
    x: A,
    window: Check<Pool<N, A["shape"], K, O, D>, K>,
    options: O,
  ): Extremes<Tensor<Pool<N, A["shape"], K, O, D>>>;
  <A extends Tensor, const K extends Extent, const O extends MaxPoolOptions | undefined = undefined>(
    x: A,
    window: Check<Pool<N, A["shape"], K, O, D>, K>,
    options?: O,
  ): Tensor<Pool<N, A["shape"], K, O, D>>;
}
interface AvgPool<N extends string, D extends Spatial> {
  <A extends Tensor, const K extends Extent, const O extends AvgPoolOptions | undefined = undefined>(
    x: A,
    window: Check<Pool<N, A["shape"], K, O, D>, K>,
    options?: O,
  ): Tensor<Pool<N, A["shape"], K, O, D>>;
}

const maximum = <N extends string, D extends Spatial>(op: N, dims: number): MaxPool<N, D> =>
  ((x: Tensor, window: Extent, given?: MaxPoolOptions & ReturnIndices): Tensor | Extremes => {
    const options = optionsOf(op, given, ["stride", "padding", "ceilMode", "dilation", "returnIndices"]);
    const [windows, pads] = windowsOf(op, dims, x, window, options);
    // Where a window has no place inside, as its places lie apart or the image is empty, −∞ stands around.
    const around = !allInside(windowsOver(x, windows));
    const values = around ? pad(floating(x), pads, -Infinity) : floating(x);
    const inside = { ...windows, lengths: values.shape.slice(-dims), padding: windows.padding.map(() => 0) };
    const largest = apply(windowLargestOp, [values], around ? inside : windows);
    const best = reshape(gather(flat(values, dims), -1, flat(largest, dims)), largest.shape);
    if (options.returnIndices !== true) return best;
    return { values: best, indices: around ? take(padZeros(positions(windows.lengths), pads), largest) : largest };
  }) as never;

const average = <N extends string, D extends Spatial>(op: N, dims: number): AvgPool<N, D> =>
  ((x: Tensor, window: Extent, given?: AvgPoolOptions): Tensor => {
    const options = optionsOf(op, given, ["stride", "padding", "ceilMode", "countIncludePad", "divisorOverride"]);
    const [windows] = windowsOf(op, dims, x, window, options);
    const { countIncludePad = true, divisorOverride: divisor } = options;
    if (divisor !== undefined && divisor !== null && (!Number.isFinite(divisor) || divisor === 0))
      throw new ArgumentError(`${op}: divisorOverride is a number other than 0, got ${quoted(divisor)}`);
    return div(windowSumOp(floating(x), windows), divisor ?? counts(windows, countIncludePad, x.dtype === "float32"));
  }) as never;

/** How many places of each window count: those inside, or inside the padding, but never those of `ceilMode`. */
function counts(
  { count, size, stride, lengths, padding }: Sliding,
  withPadding: boolean,
  single: boolean,
): Tensor | number {
  const along = count.map((n, d) =>
    Array.from({ length: n }, (_, i) => {
      const start = i * stride[d]! - padding[d]!;
      const margin = withPadding ? padding[d]! : 0;
      return Math.min(start + size[d]!, lengths[d]! + margin) - Math.max(start, -margin);
    }),
  );
  const all = along.reduce((left, right) => left.flatMap((a) => right.map((b) => a * b)), [1]);
  if (all.every((n) => n === all[0])) return all[0] ?? 1;
  const array = single ? Float32Array.from(all) : Float64Array.from(all);
  return fromArray([...count], single ? "float32" : "float64", array);
}

/**
 * Largest element of each window over `[batch, channels, length]`; the first of equal ones gets the whole gradient. With `returnIndices` also
 * where they stood.
 * @throws ShapeError if the window is larger than the padded input, ArgumentError for padding of more than half a window.
 * @example
 * maxPool1d(tensor([[[1, 3, 2, 4]]]), 2).toArray(); // [[[3, 4]]]
 */
export const maxPool1d: MaxPool<"maxPool1d", "length"> = /* @__PURE__ */ maximum("maxPool1d", 1);
/**
 * Largest element of each window over `[batch, channels, height, width]`; the first of equal ones gets the whole gradient. With `returnIndices` also
 * where they stood.
 * @throws ShapeError if the window is larger than the padded input, ArgumentError for padding of more than half a window.
 * @example
 * maxPool2d(tensor([[[1, 3], [2, 4]]]), 2).toArray(); // [[[4]]]
 */
export const maxPool2d: MaxPool<"maxPool2d", "height,width"> = /* @__PURE__ */ maximum("maxPool2d", 2);
/**
 * Mean of each window over `[batch, channels, length]`.
 * @throws ShapeError if the window is larger than the padded input, ArgumentError for padding of more than half a window.
 * @example
 * avgPool1d(tensor([[[1, 3, 2, 4]]]), 2).toArray(); // [[[2, 3]]]
 */
export const avgPool1d: AvgPool<"avgPool1d", "length"> = /* @__PURE__ */ average("avgPool1d", 1);
/**
 * Mean of each window over `[batch, channels, height, width]`.
 * @throws ShapeError if the window is larger than the padded input, ArgumentError for padding of more than half a window.
 * @example
 * avgPool2d(tensor([[[1, 3], [2, 4]]]), 2).toArray(); // [[[2.5]]]
 */
export const avgPool2d: AvgPool<"avgPool2d", "height,width"> = /* @__PURE__ */ average<"avgPool2d", "height,width">(
  "avgPool2d",
  2,
);
