import { optionsOf, ShapeError } from "../errors.ts";
import type { Spatial } from "../shape-types/convolution.ts";
import type { Adaptive, Check } from "../shape-types/index.ts";
import { showShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { broadcastTo } from "./broadcast.ts";
import { gather } from "./indexing.ts";
import { concat } from "./joining.ts";
import { reshape, squeeze, unsqueeze } from "./movement.ts";
import type { ReturnIndices } from "./pooling.ts";
import { type Extremes, floating, max, mean } from "./reduction.ts";
import { slice } from "./slice.ts";
import { checkImage, extents, positions } from "./windows.ts";

// Pools that name the size of their result, not that of their windows.

/** Sizes of a result; `null` keeps what is there. */
export type AdaptiveSize = number | readonly (number | null)[];

/** Every output place i of n takes the elements from ⌊i·length/n⌋ to ⌈(i + 1)·length/n⌉, one dim after the other. */
function adaptive(
  op: string,
  dims: number,
  x: Tensor,
  output: AdaptiveSize,
  pool: (parts: readonly Tensor[], dim: number) => Tensor[],
  ...more: Tensor[]
): Tensor[] {
  const lengths = x.shape.slice(-dims);
  const given = Array.isArray(output)
    ? (output as readonly (number | null)[]).map((n, d) => (n === null ? (lengths[d] ?? 0) : n))
    : (output as number);
  const sizes = extents(op, "the output size", given, dims);
  let result = [floating(x), ...more];
  for (let d = dims - 1; d >= 0; d--) {
    const dim = x.rank - dims + d;
    const length = x.shape[dim]!;
    const n = sizes[d]!;
    if (length === 0) throw new ShapeError(op, `dim ${dim} of ${showShape(x.shape)} is empty`, [x.shape]);
    if (length % n === 0) {
      const cut = (y: Tensor): Tensor =>
        reshape(y, [...y.shape.slice(0, dim), n, length / n, ...y.shape.slice(dim + 1)]);
      result = pool(result.map(cut), dim + 1);
    } else {
      const pooled = Array.from({ length: n }, (_, i) => {
        const range = { start: Math.floor((i * length) / n), end: Math.ceil(((i + 1) * length) / n) };
        return pool(
          result.map((y) => unsqueeze(slice(y, dim, range), dim)),
          dim + 1,
        );
      });
      result = pooled[0]!.map((_, k) => concat(pooled.map((parts) => parts[k]!), dim)); // prettier-ignore
    }
  }
  return result;
}

/** A pool by its name and what its dims are called. */
interface AdaptivePool<N extends string, D extends Spatial> {
  <A extends Tensor, const E extends AdaptiveSize>(
    x: Check<Adaptive<N, A["shape"], E, D>, A>,
    output: E,
  ): Tensor<Adaptive<N, A["shape"], E, D>>;
}
interface AdaptiveMaxPool<N extends string, D extends Spatial> {
  <A extends Tensor, const E extends AdaptiveSize>(
    x: Check<Adaptive<N, A["shape"], E, D>, A>,
    output: E,
    options: ReturnIndices & { returnIndices: true },
  ): Extremes<Tensor<Adaptive<N, A["shape"], E, D>>>;
  <A extends Tensor, const E extends AdaptiveSize>(
    x: Check<Adaptive<N, A["shape"], E, D>, A>,
    output: E,
  ): Tensor<Adaptive<N, A["shape"], E, D>>;
}

const average = <N extends string, D extends Spatial>(op: N, dims: number): AdaptivePool<N, D> =>
  ((x: Tensor, output: AdaptiveSize): Tensor => {
    checkImage(op, dims, x);
    return adaptive(op, dims, x, output, ([y], dim) => [mean(y!, dim)])[0]!;
  }) as never;

const maximum = <N extends string, D extends Spatial>(op: N, dims: number): AdaptiveMaxPool<N, D> =>
  ((x: Tensor, output: AdaptiveSize, options?: ReturnIndices): Tensor | Extremes => {
    const { returnIndices = false } = optionsOf(op, options, ["returnIndices"]);
    checkImage(op, dims, x);
    const places = returnIndices ? [broadcastTo(positions(x.shape.slice(-dims)), x.shape)] : [];
    const pool = (parts: readonly Tensor[], dim: number): Tensor[] => {
      const best = max(parts[0]!, dim) as Extremes;
      return [best.values, ...parts.slice(1).map((y) => squeeze(gather(y, dim, unsqueeze(best.indices, dim)), dim))];
    };
    const [values, indices] = adaptive(op, dims, x, output, pool, ...places);
    return indices === undefined ? values! : { values: values!, indices };
  }) as never;

/**
 * Means over as many stretches of `[batch, channels, length]` as asked for, of nearly equal length.
 * @throws ShapeError for an empty input, ArgumentError unless the size is a whole number from 1 up.
 * @example
 * adaptiveAvgPool1d(tensor([[[1, 3, 5]]]), 2).toArray(); // [[[2, 4]]]
 */
export const adaptiveAvgPool1d: AdaptivePool<"adaptiveAvgPool1d", "length"> = /* @__PURE__ */ average(
  "adaptiveAvgPool1d",
  1,
);
/**
 * Means over a grid of nearly equal rectangles of `[batch, channels, height, width]`.
 * @throws ShapeError for an empty input, ArgumentError unless sizes are whole numbers from 1 up.
 * @example
 * adaptiveAvgPool2d(zeros([2, 8, 7, 5]), [3, 1]).shape; // [2, 8, 3, 1]
 */
export const adaptiveAvgPool2d: AdaptivePool<"adaptiveAvgPool2d", "height,width"> = /* @__PURE__ */ average<
  "adaptiveAvgPool2d",
  "height,width"
>("adaptiveAvgPool2d", 2);
/**
 * Largest elements of as many stretches of `[batch, channels, length]` as asked for, of nearly equal length.
 * @throws ShapeError for an empty input, ArgumentError unless the size is a whole number from 1 up.
 * @example
 * adaptiveMaxPool1d(tensor([[[1, 3, 5]]]), 2).toArray(); // [[[3, 5]]]
 */
export const adaptiveMaxPool1d: AdaptiveMaxPool<"adaptiveMaxPool1d", "length"> = /* @__PURE__ */ maximum(
  "adaptiveMaxPool1d",
  1,
);
/**
 * Largest elements of a grid of nearly equal rectangles of `[batch, channels, height, width]`.
 * @throws ShapeError for an empty input, ArgumentError unless sizes are whole numbers from 1 up.
 * @example
 * adaptiveMaxPool2d(zeros([2, 8, 7, 5]), [3, 1]).shape; // [2, 8, 3, 1]
 */
export const adaptiveMaxPool2d: AdaptiveMaxPool<"adaptiveMaxPool2d", "height,width"> = /* @__PURE__ */ maximum(
  "adaptiveMaxPool2d",
  2,
);
