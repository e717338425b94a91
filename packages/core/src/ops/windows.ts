import { ArgumentError, ShapeError } from "../errors.ts";
import { asIs, linear, type LinearFunction } from "../families/linear.ts";
import { forEachRun, stridesOf } from "../kernels/strided.ts";
import { rowMajorStrides, type Shape, type ShapeArg, showShape, sizeOf } from "../shape.ts";
import { checkTensor, produce, type Tensor, view } from "../tensor.ts";

// Windows that slide over the last dims, for pooling. They are a view; the transpose adds up overlaps.

/** For each of the last dims: how many places a window has, how far apart they lie, and how far a window moves. */
export interface Sliding {
  readonly size: ShapeArg;
  readonly dilation: ShapeArg;
  readonly stride: ShapeArg;
  /** How many windows there are. */
  readonly count: ShapeArg;
}

/** Strides of `[…, ...size, ...count]` over the elements of a tensor with these strides. */
function windowStrides(strides: readonly number[], { dilation, stride }: Sliding): number[] {
  const lead = strides.length - stride.length;
  const last = strides.slice(lead);
  return [
    ...strides.slice(0, lead),
    ...last.map((step, d) => step * dilation[d]!),
    ...last.map((step, d) => step * stride[d]!),
  ];
}
const leadOf = (x: Tensor, { stride }: Sliding): Shape => x.shape.slice(0, x.shape.length - stride.length);

/** `[…, ...size, ...count]`: the places of every window over `[…, ...lengths]`, without copying. */
export const windowsOp: LinearFunction<Sliding> = /* @__PURE__ */ linear<Sliding>({
  name: "windows",
  forward: (x, sliding) =>
    view(x, [...leadOf(x, sliding), ...sliding.size, ...sliding.count], windowStrides(stridesOf(x), sliding), x.offset),
  transpose: (cotangent, x, sliding) => overlapOp(cotangent, { ...sliding, to: x.shape }),
  lead: asIs,
  cases: [
    { shapes: [[2, 4, 5]], params: { size: [2, 3], dilation: [2, 1], stride: [1, 2], count: [2, 2] } },
    { shapes: [[4]], params: { size: [2], dilation: [1], stride: [1], count: [3] } },
  ],
});

/** Adds every place of every window to where it was read from, in a tensor of shape `to`. */
export const overlapOp: LinearFunction<Sliding & { readonly to: Shape }> = /* @__PURE__ */ linear<
  Sliding & { readonly to: Shape }
>({
  name: "overlap",
  forward: (x, params) => {
    const { to } = params;
    const data = x.data;
    return produce(to, x.dtype, (out, start) => {
      if (x.size === 0) return;
      const places = windowStrides(rowMajorStrides(to), params);
      forEachRun(x.shape, [stridesOf(x), places], [x.offset, start], (length, [i, o], [step, outStep]) => {
        for (let k = 0, a = i!, b = o!; k < length; k++, a += step!, b += outStep!) out[b]! += data[a]!;
      });
    });
  },
  transpose: (cotangent, _x, { to: _to, ...sliding }) => windowsOp(cotangent, sliding),
  lead: (params, size) => ({ ...params, to: [size, ...params.to] }),
  cases: [
    {
      shapes: [[2, 2, 3, 2, 2]],
      params: { size: [2, 3], dilation: [2, 1], stride: [1, 2], count: [2, 2], to: [2, 4, 5] },
    },
  ],
});

/** One number for all dims of a window, or one for each. */
export type Extent = number | readonly number[];

/** An extent as one whole number for each dim. */
export function extents(op: string, what: string, value: Extent, dims: number, least = 1): number[] {
  const list = typeof value === "number" ? new Array<number>(dims).fill(value) : value;
  if (!Array.isArray(list) || list.length !== dims || !list.every((n) => Number.isInteger(n) && n >= least))
    throw new ArgumentError(
      `${op}: ${what} is ${dims === 1 ? "a whole number" : `one whole number or ${dims} of them`} from ${least} up, got ${Array.isArray(value) ? showShape(value) : String(value)}`,
    );
  return [...list] as number[];
}

/** How many windows fit; a window that is larger than what it slides over is an error. */
export function windowCount(op: string, lengths: ShapeArg, sliding: Omit<Sliding, "count">, input: ShapeArg): number[] {
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
