import { allocate, type Dtype, type TypedArray } from "../dtype.ts";
import { depthOf, type Geometry } from "./geometry.ts";
import { matmulKernel } from "./matmul.ts";
import { convolutionLookup } from "./sets.ts";

// A convolution is a product of matrices: weight [outputs, depth] times columns [depth, width], of which each column is what one window
// sees. The columns are laid out for a few windows at a time, so that they stay in the cache and memory stays small.

/** An array, and where its first element stands. */
export interface Stored {
  readonly data: TypedArray;
  readonly offset: number;
}

/** Elements of the columns that are laid out at a time: half a megabyte in float32. */
const BLOCK = 131072;
/** Multiplications below which other kernels are not asked: 1,200 of them take WebAssembly 2 µs, the loops below 3. */
const SMALL = 512;

const lookups = {
  convolution: /* @__PURE__ */ convolutionLookup("convolution"),
  convolutionInput: /* @__PURE__ */ convolutionLookup("convolutionInput"),
  convolutionWeight: /* @__PURE__ */ convolutionLookup("convolutionWeight"),
};
/** Whether the kernels in use have done it. */
// oxfmt-ignore
function done(
  name: keyof typeof lookups, out: TypedArray, start: number, a: Stored, b: Stored, of: Geometry,
): boolean {
  if (of.batch * of.outputs * of.count[0] * of.count[1] * depthOf(of) < SMALL || out instanceof Int32Array) return false;
  return lookups[name].kernel?.(out, start, a.data, a.offset, b.data, b.offset, of) ?? false;
}

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

/** What a row of the columns has of each row of windows: `at` behind the first one's place in x, and none in padding. */
interface Place {
  readonly at: number;
  /** The row of x, behind that of the windows. */
  readonly row: number;
  /** The windows from `first` up to `end` see elements, not padding. */
  readonly first: number;
  readonly end: number;
}
function placesOf(of: Geometry): Place[] {
  const [height, width] = of.lengths;
  const places: Place[] = [];
  for (let c = 0; c < of.channels / of.groups; c++)
    for (let i = 0; i < of.size[0]; i++)
      for (let j = 0; j < of.size[1]; j++) {
        const row = i * of.dilation[0] - of.padding[0];
        const column = j * of.dilation[1] - of.padding[1];
        const windows = (n: number): number => Math.min(of.count[1], Math.max(0, Math.ceil(n / of.stride[1])));
        const at = (c * height + row) * width + column;
        places.push({ at, row, first: windows(-column), end: windows(width - column) });
      }
  return places;
}

// oxfmt-ignore
function layOut(columns: TypedArray, x: Stored, of: Geometry, part: Part, places: readonly Place[]): void {
  const { data, offset } = x;
  const [height, width] = of.lengths;
  const [step, wide, image] = [of.stride[1], of.count[1], of.channels * height * width];
  const start = offset + firstOf(of, part);
  let to = 0;
  for (const { at, row, first, end } of places)
    for (let n = 0; n < part.images; n++)
      for (let p = 0, y = part.row * of.stride[0]; p < part.rows; p++, y += of.stride[0], to += wide) {
        if (y + row < 0 || y + row >= height) {
          columns.fill(0, to, to + wide);
          continue;
        }
        for (let q = 0; q < first; q++) columns[to + q] = 0;
        for (let q = first, from = start + at + n * image + y * width + first * step; q < end; q++, from += step)
          columns[to + q] = data[from]!;
        for (let q = end; q < wide; q++) columns[to + q] = 0;
      }
}
/** The transpose of that. */
// oxfmt-ignore
function addUp(out: TypedArray, o: number, columns: TypedArray, of: Geometry, part: Part, places: readonly Place[]): void {
  const [height, width] = of.lengths;
  const [step, wide, image] = [of.stride[1], of.count[1], of.channels * height * width];
  const start = o + firstOf(of, part);
  let from = 0;
  for (const { at, row, first, end } of places)
    for (let n = 0; n < part.images; n++)
      for (let p = 0, y = part.row * of.stride[0]; p < part.rows; p++, y += of.stride[0], from += wide) {
        if (y + row < 0 || y + row >= height) continue;
        for (let q = first, to = start + at + n * image + y * width + first * step; q < end; q++, to += step)
          out[to]! += columns[from + q]!;
      }
}
/** Where a part's first image begins in x, for its group. */
const firstOf = ({ channels, groups, lengths }: Geometry, { image, group }: Part): number =>
  (image * channels + (channels / groups) * group) * lengths[0] * lengths[1];

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
  if (done("convolution", out, start, x, weight, of)) return;
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

/** Its transpose as a map of x: what y [batch, outputs, …count] gives it. */
// oxfmt-ignore
export function convolutionInput(out: TypedArray, start: number, dtype: Dtype, y: Stored, weight: Stored, of: Geometry): void {
  if (done("convolutionInput", out, start, y, weight, of)) return;
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

/** Its transpose as a map of the weight: what [outputs, channels/groups, …size] what x and y give it. */
// oxfmt-ignore
export function convolutionWeight(out: TypedArray, start: number, dtype: Dtype, x: Stored, y: Stored, of: Geometry): void {
  if (done("convolutionWeight", out, start, x, y, of)) return;
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
