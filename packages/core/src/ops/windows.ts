import { ArgumentError, ShapeError, quoted } from "../errors.ts";
import type { CustomOp } from "../families/custom.ts";
import { asIs, linear, type LinearFunction } from "../families/linear.ts";
import { rowMajor } from "../kernels/copying.ts";
import { largestOfWindows, spreadWindows, sumWindows, type Windows } from "../kernels/windows.ts";
import { type Shape, type ShapeArg, showShape, sizeOf } from "../shape.ts";
import { checkTensor, produce, type Tensor } from "../tensor.ts";

// Windows that slide over the last dims: what pools do with them.

/** For each of the last dims: how a window slides over it. */
export interface Sliding {
  /** Sizes of what the windows slide over. */
  readonly lengths: ShapeArg;
  /** How many places a window has, how far apart they lie, and how far a window moves. */
  readonly size: ShapeArg;
  readonly dilation: ShapeArg;
  readonly stride: ShapeArg;
  /** Places in front that the first window begins with; behind stand as many as the windows reach over. */
  readonly padding: ShapeArg;
  /** How many windows there are. */
  readonly count: ShapeArg;
}

/** With fewer than two dims, windows are one high. */
export const pair = (sizes: ShapeArg, missing = 1): [number, number] =>
  sizes.length === 1 ? [missing, sizes[0]!] : [sizes[0]!, sizes[1]!];
const leadOf = (x: Tensor, { lengths }: Sliding): Shape => x.shape.slice(0, x.rank - lengths.length);
export const windowsOver = (x: Tensor, sliding: Sliding): Windows => ({
  planes: sizeOf(leadOf(x, sliding)),
  lengths: pair(sliding.lengths),
  size: pair(sliding.size),
  dilation: pair(sliding.dilation),
  stride: pair(sliding.stride),
  padding: pair(sliding.padding, 0),
  count: pair(sliding.count),
});
const PLANE: Sliding = { lengths: [4, 5], size: [2, 3], dilation: [2, 1], stride: [1, 2], padding: [1, 1], count: [4, 3] }; // prettier-ignore
const LINE: Sliding = { lengths: [4], size: [2], dilation: [1], stride: [1], padding: [0], count: [3] };

/** The sum of each window of `[…, ...lengths]`, `[…, ...count]`. */
export const windowSumOp: LinearFunction<Sliding> = /* @__PURE__ */ linear<Sliding>({
  name: "windowSum",
  forward: (x, sliding) =>
    produce([...leadOf(x, sliding), ...sliding.count], x.dtype, (out, start) =>
      sumWindows(out, start, rowMajor(x), windowsOver(x, sliding)),
    ),
  transpose: (cotangent, _x, sliding) => windowSpreadOp(cotangent, sliding),
  lead: asIs,
  cases: [{ shapes: [[2, 4, 5]], params: PLANE }, { shapes: [[4]], params: LINE }], // prettier-ignore
});

/** Adds each of `[…, ...count]` to all places of its window in `[…, ...lengths]`. */
export const windowSpreadOp: LinearFunction<Sliding> = /* @__PURE__ */ linear<Sliding>({
  name: "windowSpread",
  forward: (x, sliding) =>
    produce([...leadOf(x, sliding), ...sliding.lengths], x.dtype, (out, start) =>
      spreadWindows(out, start, rowMajor(x), windowsOver(x, sliding)),
    ),
  transpose: (cotangent, _x, sliding) => windowSumOp(cotangent, sliding),
  lead: asIs,
  cases: [{ shapes: [[2, 4, 3]], params: PLANE }, { shapes: [[3]], params: LINE }], // prettier-ignore
});

/** Where in its plane each window has its largest element, as int32; every window has a place inside. */
export const windowLargestOp: CustomOp<Sliding> = {
  name: "windowLargest",
  forward: ([x], sliding) =>
    produce([...leadOf(x!, sliding), ...sliding.count], "int32", (out, start) =>
      largestOfWindows(out, start, rowMajor(x!), windowsOver(x!, sliding)),
    ),
  vjp: () => null,
  jvp: () => null,
  lead: asIs,
  cases: [{ shapes: [[2, 4, 5]], params: PLANE }, { shapes: [[4]], params: LINE }], // prettier-ignore
};

/** One number for all dims of a window, or one for each. */
export type Extent = number | readonly number[];

/** An extent as one whole number for each dim. */
export function extents(op: string, what: string, value: Extent, dims: number, least = 1): number[] {
  const list = typeof value === "number" ? new Array<number>(dims).fill(value) : value;
  if (!Array.isArray(list) || list.length !== dims || !list.every((n) => Number.isInteger(n) && n >= least))
    throw new ArgumentError(
      `${op}: ${what} is ${dims === 1 ? "a whole number" : `one whole number or ${dims} of them`} from ${least} up, got ${Array.isArray(value) ? showShape(value) : quoted(value)}`,
    );
  return [...list] as number[];
}

/** How many windows fit; a window that is larger than what it slides over is an error. */
export function windowCount(
  op: string,
  lengths: ShapeArg,
  sliding: Pick<Sliding, "size" | "dilation" | "stride">,
  input: ShapeArg,
): number[] {
  const reach = sliding.size.map((size, d) => sliding.dilation[d]! * (size - 1) + 1);
  if (reach.some((size, d) => size > lengths[d]!))
    throw new ShapeError(
      op,
      `kernel ${showShape(sliding.size)}${reach.some((size, d) => size !== sliding.size[d]) ? ` reaches over ${showShape(reach)} and` : ""} is larger than the padded input ${showShape(lengths)}; pad more, or use a smaller kernel`,
      [input, [...sliding.size]],
    );
  return reach.map((size, d) => Math.floor((lengths[d]! - size) / sliding.stride[d]!) + 1);
}

/** Throws unless `x` is an image with this many dims, with or without a batch of them. */
export function checkImage(op: string, dims: number, x: Tensor): void {
  checkTensor(op, x);
  if (x.rank < dims + 1 || x.rank > dims + 2)
    throw new ShapeError(
      op,
      `needs [batch,channels,${dims === 1 ? "length" : "height,width"}], or one without batch, got ${showShape(x.shape)}`,
      [x.shape],
    );
}

/** The position of every element in its image, of these sizes. */
export const positions = (sizes: readonly number[]): Tensor =>
  produce([...sizes], "int32", (out, start) => {
    for (let i = 0; i < sizeOf(sizes); i++) out[start + i] = i;
  });
