import { allocate, type Dtype, type TypedArray } from "../dtype.ts";
import { depthOf, type Geometry } from "./geometry.ts";
import { axpby } from "./sets.ts";

// A convolution is a product of matrices: weight [outputs, depth] times columns [depth, width], of which each column is what one window
// sees. The columns are laid out for a few windows at a time, so that they stay in the cache and memory stays small.

/** An array, and where its first element stands. */
export interface Stored {
  readonly data: TypedArray;
  readonly offset: number;
}

/** Elements of the columns that are laid out at a time: half a megabyte in float32. */
const BLOCK = 131072;
/** Windows of one group: some rows of one image, or all of several. */
export interface Part {
  readonly group: number;
  readonly image: number;
  readonly images: number;
  readonly row: number;
  readonly rows: number;
  readonly width: number;
}

/** Visits the parts one by one; `columns` and `product` have room for the matrices of each. */
export function forEachPart(
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
export interface Place {
  readonly at: number;
  /** The row of x, behind that of the windows. */
  readonly row: number;
  /** The windows from `first` up to `end` see elements, not padding. */
  readonly first: number;
  readonly end: number;
}
export function placesOf(of: Geometry): Place[] {
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

/** Whether rows of windows follow one another as they do in x, so that what a place has of an image is one run. */
const areRuns = ({ stride, lengths, count }: Geometry, part: Part): boolean =>
  stride[1] === 1 && (part.rows === 1 || stride[0] * lengths[1] === count[1]);

/** Rows of windows of a part, from the first up to the second, that see elements at a place. */
function rowsOf({ stride, lengths }: Geometry, { row, rows }: Part, place: Place): readonly [number, number] {
  const clip = (n: number): number => Math.min(rows, Math.max(0, Math.ceil(n / stride[0]) - row));
  return [clip(-place.row), clip(lengths[0] - place.row)];
}

/** The columns of a part. */
// oxfmt-ignore
export function layOut(columns: TypedArray, x: Stored, of: Geometry, part: Part, places: readonly Place[]): void {
  const { data } = x;
  const [step, wide] = [of.stride[1], of.count[1]];
  const runs = areRuns(of, part);
  const [start, image, row] = stepsOf(of, part);
  let to = 0;
  for (const place of places) {
    const { first, end } = place;
    const [top, bottom] = rowsOf(of, part, place);
    for (let n = 0, at = x.offset + start + place.at; n < part.images; n++, at += image, to += part.rows * wide) {
      if (top > 0) columns.fill(0, to, to + top * wide);
      if (bottom < part.rows) columns.fill(0, to + bottom * wide, to + part.rows * wide);
      const run = runs && first < end && top < bottom;
      if (run) columns.set(data.subarray(at + top * row + first, at + (bottom - 1) * row + end), to + top * wide + first);
      for (let p = top, line = to + top * wide; p < bottom; p++, line += wide) {
        for (let q = 0; q < first; q++) columns[line + q] = 0;
        if (!run) for (let q = first, from = at + p * row + first * step; q < end; q++, from += step) columns[line + q] = data[from]!;
        for (let q = end; q < wide; q++) columns[line + q] = 0;
      }
    }
  }
}
/** The transpose of that; what the columns have of padding is lost. */
// oxfmt-ignore
export function addUp(out: TypedArray, o: number, columns: TypedArray, of: Geometry, part: Part, places: readonly Place[]): void {
  const [step, wide] = [of.stride[1], of.count[1]];
  const runs = areRuns(of, part);
  const [start, image, row] = stepsOf(of, part);
  let from = 0;
  for (const place of places) {
    const { first, end } = place;
    const [top, bottom] = rowsOf(of, part, place);
    for (let n = 0, at = o + start + place.at; n < part.images; n++, at += image, from += part.rows * wide) {
      if (runs && first < end && top < bottom && !(out instanceof Int32Array)) {
        for (let p = top, line = from + top * wide; p < bottom - 1; p++, line += wide) for (let q = end; q < wide + first; q++) columns[line + q] = 0;
        const [a, b] = [from + top * wide + first, at + top * row + first];
        if (axpby((bottom - top - 1) * wide + end - first, 1, columns, a, 1, out, b)) continue;
      }
      for (let p = top, line = from + top * wide; p < bottom; p++, line += wide)
        for (let q = first, to = at + p * row + first * step; q < end; q++, to += step) out[to]! += columns[line + q]!;
    }
  }
}
/** Where the first window of a part begins in x, and how far it is from image to image and from row to row of windows. */
function stepsOf(of: Geometry, part: Part): readonly [first: number, image: number, row: number] {
  const [plane, row] = [of.lengths[0] * of.lengths[1], of.stride[0] * of.lengths[1]];
  const channel = (of.channels / of.groups) * part.group;
  return [(part.image * of.channels + channel) * plane + part.row * row, of.channels * plane, row];
}
