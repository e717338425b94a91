import { allocate, type Dtype, type TypedArray } from "../dtype.ts";
import { matmulKernel } from "./matmul.ts";

// A convolution is a product of matrices: weight [outputs, depth] times columns [depth, width], of which each column is what one window
// sees. The columns are laid out for a few windows at a time, so that they stay in the cache and memory stays small.

/** Sizes of x [batch, channels, height, width] and of how a kernel slides over it; outputs and channels are cut into groups. */
export interface Geometry {
  readonly batch: number;
  readonly channels: number;
  readonly outputs: number;
  readonly groups: number;
  readonly lengths: readonly [number, number];
  readonly size: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly count: readonly [number, number];
}
/** An array, and where its first element stands. */
export interface Stored {
  readonly data: TypedArray;
  readonly offset: number;
}

/** Elements of the columns that are laid out at a time: half a megabyte in float32. */
const BLOCK = 131072;

/** Windows of one group: some rows of one image, or all of several. */
interface Part {
  readonly group: number;
  readonly image: number;
  readonly images: number;
  readonly row: number;
  readonly rows: number;
  readonly width: number;
}

/** Visits the parts one by one; `columns` and `product` have room for the matrices of each. */
function forEachPart(
  of: Geometry,
  dtype: Dtype,
  visit: (part: Part, columns: TypedArray, product: TypedArray) => void,
): void {
  const [high, wide] = of.count;
  const depth = depthOf(of);
  const outputs = of.outputs / of.groups;
  const windows = Math.max(1, Math.floor(BLOCK / (depth * wide)));
  const images = Math.max(1, Math.min(of.batch, Math.floor(windows / high)));
  const rows = Math.min(high, windows);
  const columns = allocate(dtype, depth * images * rows * wide);
  const product = allocate(dtype, outputs * Math.max(depth, images * rows * wide));
  for (let group = 0; group < of.groups; group++)
    for (let image = 0; image < of.batch; image += images)
      for (let row = 0; row < high; row += rows) {
        const [several, some] = [Math.min(images, of.batch - image), Math.min(rows, high - row)];
        visit({ group, image, images: several, row, rows: some, width: several * some * wide }, columns, product);
      }
}
const depthOf = ({ channels, groups, size }: Geometry): number => (channels / groups) * size[0] * size[1];

/** For each row of the columns, how far behind a window's first place in x it looks. */
function placesOf(of: Geometry): number[] {
  const [height, width] = of.lengths;
  const places: number[] = [];
  for (let c = 0; c < of.channels / of.groups; c++)
    for (let i = 0; i < of.size[0]; i++)
      for (let j = 0; j < of.size[1]; j++) places.push((c * height + i * of.dilation[0]) * width + j * of.dilation[1]);
  return places;
}
/** Where the first window of a part begins in x, and how far it is from image to image and from row to row of windows. */
function stepsOf(of: Geometry, part: Part): readonly [first: number, image: number, row: number] {
  const plane = of.lengths[0] * of.lengths[1];
  const row = of.stride[0] * of.lengths[1];
  const channel = (of.channels / of.groups) * part.group;
  return [(part.image * of.channels + channel) * plane + part.row * row, of.channels * plane, row];
}

function layOut(columns: TypedArray, { data, offset }: Stored, of: Geometry, part: Part, places: number[]): void {
  const [first, image, row] = stepsOf(of, part);
  const wide = of.count[1];
  const step = of.stride[1];
  let at = 0;
  for (let k = 0; k < places.length; k++)
    for (let n = 0; n < part.images; n++)
      for (let p = 0; p < part.rows; p++, at += wide)
        for (let q = 0, x = offset + first + places[k]! + n * image + p * row; q < wide; q++, x += step)
          columns[at + q] = data[x]!;
}
/** The transpose of that. */
function addUp(out: TypedArray, start: number, columns: TypedArray, of: Geometry, part: Part, places: number[]): void {
  const [first, image, row] = stepsOf(of, part);
  const wide = of.count[1];
  const step = of.stride[1];
  let at = 0;
  for (let k = 0; k < places.length; k++)
    for (let n = 0; n < part.images; n++)
      for (let p = 0; p < part.rows; p++, at += wide)
        for (let q = 0, x = start + first + places[k]! + n * image + p * row; q < wide; q++, x += step)
          out[x]! += columns[at + q]!;
}

/** Visits the runs of [batch, outputs, …count] that belong to a part: where each stands there and in a matrix of its outputs. */
function forEachRun(
  of: Geometry,
  part: Part,
  start: number,
  visit: (y: number, at: number, length: number) => void,
): void {
  const [high, wide] = of.count;
  const outputs = of.outputs / of.groups;
  const length = part.rows * wide;
  for (let o = 0; o < outputs; o++)
    for (let n = 0; n < part.images; n++) {
      const plane = ((part.image + n) * of.outputs + part.group * outputs + o) * high * wide;
      visit(start + plane + part.row * wide, o * part.width + n * length, length);
    }
}

/** What a part has of y, as a matrix: where it lies, or, of several images, side by side in `into`. */
function matrixOf(y: Stored, of: Geometry, part: Part, into: TypedArray): Stored & { readonly step: number } {
  const [high, wide] = of.count;
  if (part.images === 1) {
    const plane = part.image * of.outputs + part.group * (of.outputs / of.groups);
    return { data: y.data, offset: y.offset + plane * high * wide + part.row * wide, step: high * wide };
  }
  forEachRun(of, part, y.offset, (from, at, length) => {
    for (let i = 0; i < length; i++) into[at + i] = y.data[from + i]!;
  });
  return { data: into, offset: 0, step: part.width };
}

/** Σ weight[o,c,k]·x[n,c,i·stride + k·dilation] into `out` [batch, outputs, …count]. */
export function convolution(
  out: TypedArray,
  start: number,
  dtype: Dtype,
  x: Stored,
  weight: Stored,
  of: Geometry,
): void {
  const depth = depthOf(of);
  const outputs = of.outputs / of.groups;
  const places = placesOf(of);
  forEachPart(of, dtype, (part, columns, product) => {
    layOut(columns, x, of, part, places);
    const { data, offset, step } = matrixOf({ data: out, offset: start }, of, { ...part, images: 1 }, product);
    const first = weight.offset + part.group * outputs * depth;
    const direct = part.width === step;
    // oxfmt-ignore
    matmulKernel(
      direct ? data : product, direct ? offset : 0, outputs, part.width, depth,
      weight.data, first, depth, 1, columns, 0, part.width, 1,
    );
    if (!direct)
      forEachRun(of, part, start, (to, at, length) => {
        for (let i = 0; i < length; i++) out[to + i] = product[at + i]!;
      });
  });
}

/** Its transpose as a map of x: adds to `out` [batch, channels, …lengths] what y [batch, outputs, …count] gives it. */
// oxfmt-ignore
export function convolutionInput(out: TypedArray, start: number, dtype: Dtype, y: Stored, weight: Stored, of: Geometry): void {
  const depth = depthOf(of);
  const outputs = of.outputs / of.groups;
  const places = placesOf(of);
  forEachPart(of, dtype, (part, columns, product) => {
    const { data, offset, step } = matrixOf(y, of, part, product);
    const first = weight.offset + part.group * outputs * depth;
    matmulKernel(columns, 0, depth, part.width, outputs, weight.data, first, 1, depth, data, offset, step, 1);
    addUp(out, start, columns, of, part, places);
  });
}

/** Its transpose as a map of the weight: adds to `out` [outputs, channels/groups, …size] what x and y give it. */
// oxfmt-ignore
export function convolutionWeight(out: TypedArray, start: number, dtype: Dtype, x: Stored, y: Stored, of: Geometry): void {
  const depth = depthOf(of);
  const outputs = of.outputs / of.groups;
  const places = placesOf(of);
  const sum = allocate(dtype, outputs * depth);
  forEachPart(of, dtype, (part, columns, product) => {
    layOut(columns, x, of, part, places);
    const { data, offset, step } = matrixOf(y, of, part, product);
    matmulKernel(sum, 0, outputs, depth, part.width, data, offset, step, 1, columns, 0, 1, part.width);
    const first = start + part.group * outputs * depth;
    for (let i = 0; i < sum.length; i++) out[first + i]! += sum[i]!;
  });
}
