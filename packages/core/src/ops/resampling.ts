import { ArgumentError, optionsOf, ShapeError, quoted } from "../errors.ts";
import { showShape } from "../shape.ts";
import { checkTensor, fromArray, type Tensor } from "../tensor.ts";
import { add, mul, sub } from "./arithmetic.ts";
import { indexSelect } from "./indexing.ts";
import { permute, reshape } from "./movement.ts";
import { adaptiveAvgPool1d, adaptiveAvgPool2d } from "./adaptive-pooling.ts";
import { floating } from "./reduction.ts";
import { type Extent, extents } from "./windows.ts";

export interface InterpolateOptions {
  /** Sizes of the result in the dims after batch and channels. */
  readonly size?: Extent | null | undefined;
  /** Factors by which these dims grow, in place of `size`. */
  readonly scaleFactor?: number | readonly number[] | null | undefined;
  /**
   * The element at the start of the way to the nearest place (default), the one truly nearest, a mean of the two (four) nearest, weighted
   * by distance, or of all that a place covers.
   */
  readonly mode?: "nearest" | "nearest-exact" | "linear" | "bilinear" | "area" | undefined;
  /** Whether the centres of the corner elements stay in the corners; no by default, where their outer edges do. */
  readonly alignCorners?: boolean | null | undefined;
  /** Whether places lie as the sizes say, which factors have rounded; by default as the factors say. */
  readonly recomputeScaleFactor?: boolean | null | undefined;
}

/**
 * `[batch, channels, length]` or `[batch, channels, height, width]` in another resolution.
 * @throws ShapeError for other ranks, ArgumentError unless either sizes or factors are given, and for a mode that does not fit the rank.
 * @example
 * interpolate(tensor([[[1, 3]]]), { size: 4 }).toArray(); // [[[1, 1, 3, 3]]]
 * interpolate(tensor([[[1, 3]]]), { size: 3, mode: "linear", alignCorners: true }).toArray(); // [[[1, 2, 3]]]
 */
export function interpolate(x: Tensor, options: InterpolateOptions): Tensor {
  const op = "interpolate";
  checkTensor(op, x);
  const {
    mode = "nearest",
    alignCorners,
    recomputeScaleFactor,
    ...rest
  } = optionsOf(op, options, ["size", "scaleFactor", "mode", "alignCorners", "recomputeScaleFactor"]);
  const [size, scaleFactor] = [rest.size ?? undefined, rest.scaleFactor ?? undefined];
  const dims = x.rank - 2;
  if (dims !== 1 && dims !== 2)
    throw new ShapeError(
      op,
      `needs [batch,channels,length] or [batch,channels,height,width], got ${showShape(x.shape)}`,
      [x.shape],
    );
  const between = dims === 1 ? "linear" : "bilinear";
  if (!["nearest", "nearest-exact", "area", between].includes(mode))
    throw new ArgumentError(
      `${op}: mode for ${showShape(x.shape)} is nearest, nearest-exact, area or ${between}, got ${String(mode)}`,
    );
  if ((size === undefined) === (scaleFactor === undefined))
    throw new ArgumentError(`${op}: needs either size or scaleFactor`);
  const factors = typeof scaleFactor === "number" ? new Array<number>(dims).fill(scaleFactor) : scaleFactor;
  if (factors !== undefined && (factors.length !== dims || !factors.every((f) => Number.isFinite(f) && f > 0)))
    throw new ArgumentError(`${op}: scaleFactor is one positive number or ${dims} of them, got ${showShape(factors)}`);
  const lengths = x.shape.slice(2);
  const sizes = extents(op, "size", size ?? lengths.map((n, d) => Math.floor(n * factors![d]!)), dims);
  if (mode === "area") return dims === 1 ? adaptiveAvgPool1d(x, sizes) : adaptiveAvgPool2d(x, sizes);
  // The last dim first: the others are then read in whole rows, which are longer by then.
  return sizes.reduceRight((y: Tensor, size, d) => {
    if (size === lengths[d] && mode === between) return y; // as PyTorch, whatever the factor
    const scale = factors === undefined || recomputeScaleFactor === true ? lengths[d]! / size : 1 / factors[d]!;
    if (mode === between) return weighted(y, d + 2, size, scale, alignCorners ?? false);
    return nearest(y, d + 2, size, scale, mode === "nearest" ? 0 : 0.5);
  }, floating(x));
}

/** The element over which place i begins, or has its middle. */
function nearest(x: Tensor, dim: number, size: number, scale: number, middle: number): Tensor {
  const last = x.shape[dim]! - 1;
  return indexSelect(
    x,
    dim,
    Array.from({ length: size }, (_, i) => Math.min(Math.floor((i + middle) * scale), last)),
  );
}

/** x₀ + w·(x₁ − x₀) of the two neighbours of each place. */
function weighted(x: Tensor, dim: number, size: number, scale: number, alignCorners: boolean): Tensor {
  const last = x.shape[dim]! - 1;
  const at = Array.from({ length: size }, (_, i) =>
    alignCorners ? (size > 1 ? (i * last) / (size - 1) : 0) : Math.max(0, (i + 0.5) * scale - 0.5),
  );
  const low = at.map((place) => Math.min(Math.floor(place), last));
  const weights = at.map((place, i) => Math.min(place - low[i]!, 1));
  const shape = x.shape.map((_, d) => (d === dim ? size : 1));
  const weight = fromArray(
    shape,
    x.dtype,
    x.dtype === "float32" ? Float32Array.from(weights) : Float64Array.from(weights),
  );
  const left = indexSelect(x, dim, low);
  const right = indexSelect(
    x,
    dim,
    low.map((i) => Math.min(i + 1, last)),
  );
  return add(left, mul(weight, sub(right, left)));
}

/** `[…, C, H, W]` as seen by the two shuffles. */
function image(op: string, x: Tensor, factor: number): [number[], number, number, number] {
  checkTensor(op, x);
  if (!Number.isInteger(factor) || factor < 1)
    throw new ArgumentError(`${op}: the factor is a whole number from 1 up, got ${quoted(factor)}`);
  if (x.rank < 3)
    throw new ShapeError(op, `needs [channels,height,width] at least, got ${showShape(x.shape)}`, [x.shape]);
  const [channels, height, width] = x.shape.slice(-3) as [number, number, number];
  return [x.shape.slice(0, -3), channels, height, width];
}
const permuteLast = (x: Tensor, lead: number, order: readonly number[]): Tensor =>
  permute(x, [...Array.from({ length: lead }, (_, d) => d), ...order.map((d) => d + lead)]);

/**
 * `[…, C·r², H, W]` as `[…, C, H·r, W·r]`: channels become pixels (Shi et al. 2016).
 * @throws ShapeError unless r² divides the channels.
 * @example
 * pixelShuffle(tensor([[[1]], [[2]], [[3]], [[4]]]), 2).toArray(); // [[[1, 2], [3, 4]]]
 */
export function pixelShuffle(x: Tensor, factor: number): Tensor {
  const [lead, channels, height, width] = image("pixelShuffle", x, factor);
  if (channels % factor ** 2 !== 0)
    throw new ShapeError(
      "pixelShuffle",
      `${channels} channels of ${showShape(x.shape)} do not divide by ${factor}² = ${factor ** 2}`,
      [x.shape],
    );
  const c = channels / factor ** 2;
  const parts = reshape(x, [...lead, c, factor, factor, height, width]);
  return reshape(permuteLast(parts, lead.length, [0, 3, 1, 4, 2]), [...lead, c, height * factor, width * factor]);
}

/**
 * `[…, C, H·r, W·r]` as `[…, C·r², H, W]`, the opposite of `pixelShuffle`.
 * @throws ShapeError unless r divides height and width.
 * @example
 * pixelUnshuffle(tensor([[[1, 2], [3, 4]]]), 2).toArray(); // [[[1]], [[2]], [[3]], [[4]]]
 */
export function pixelUnshuffle(x: Tensor, factor: number): Tensor {
  const [lead, channels, height, width] = image("pixelUnshuffle", x, factor);
  if (height % factor !== 0 || width % factor !== 0)
    throw new ShapeError(
      "pixelUnshuffle",
      `height ${height} and width ${width} of ${showShape(x.shape)} do not divide by ${factor}`,
      [x.shape],
    );
  const [h, w] = [height / factor, width / factor];
  const parts = reshape(x, [...lead, channels, h, factor, w, factor]);
  return reshape(permuteLast(parts, lead.length, [0, 2, 4, 1, 3]), [...lead, channels * factor ** 2, h, w]);
}
