import {
  broadcastTo,
  flip,
  fromTypedArray,
  noGrad,
  pad,
  permute,
  select,
  slice,
  stack,
  reshape,
  type Tensor,
} from "@chainrule/core";
import { count, type Data, make } from "./sample.ts";

// The same elements in memory in other ways.

const reversedDims = (x: Tensor): Tensor => permute(x, x.shape.map((_, d) => x.rank - 1 - d)); // prettier-ignore
const everyDim = (x: Tensor): number[] => x.shape.map((_, d) => d);
/** What stands beside the elements of a view: nobody may use it. */
const junk = (x: Tensor): number => (x.dtype === "bool" ? 1 : x.dtype === "int32" ? 1 << 30 : NaN);

/** Each makes a view with the elements of `x`, from a tensor in which they stand otherwise. */
const LAYOUTS: Record<string, (x: Tensor) => Tensor> = {
  contiguous: (x) => x,
  transposed: (x) => reversedDims(reversedDims(x).clone()),
  "with negative steps": (x) => flip(flip(x, everyDim(x)).clone(), everyDim(x)),
  "with an offset": (x) => {
    if (x.rank === 0) return select(stack([x, x]), 0, 1);
    const wide = pad(x, x.shape.flatMap(() => [1, 2]), junk(x)); // prettier-ignore
    return x.shape.reduce<Tensor>((inside, size, d) => slice(inside, d, { start: 1, end: 1 + size }), wide);
  },
  "with gaps": (x) => {
    const gap = fromTypedArray(x.toTypedArray().fill(junk(x)), x.shape) as Tensor;
    return x.rank === 0 ? x : slice(reshape(stack([x, gap], -1), [...x.shape.slice(0, -1), -1]), -1, { step: 2 });
  },
};
export const layouts: readonly string[] = Object.keys(LAYOUTS);

/** The tensor in memory as the layout says: a leaf. */
export function lay(data: Data, layout: string, requiresGrad = false): Tensor {
  const empty = count(data.shape) === 0;
  const x = noGrad(() => (empty ? make(data) : LAYOUTS[layout]!(make(data)).detach()));
  x.requiresGrad = requiresGrad;
  return x;
}

/** The first row of `data` along each dim of `dims`, for all rows: as data, and as a view with stride 0. */
export function stretched(data: Data, dims: number): { data: Data; view: Tensor } {
  const keep = (size: number, d: number): number => ((dims >> d) & 1 ? Math.min(1, size) : size);
  const rows = make(data);
  const narrow = data.shape.reduce<Tensor>((x, size, d) => slice(x, d, { end: keep(size, d) }), rows);
  const view = noGrad(() => broadcastTo(narrow.clone(), data.shape).detach()) as Tensor;
  return { data: { ...data, values: [...view.toTypedArray()] }, view };
}
