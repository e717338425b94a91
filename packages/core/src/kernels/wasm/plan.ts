import { depthOf, type Geometry } from "../geometry.ts";

// Where a convolution's matrices stand in a module's memory: see packages/core/kernels/convolution.ts.

/** Windows for which small images are put together, and elements that these then have at most. */
const WINDOWS = 512;
const ELEMENTS = 2 ** 18;
/** Numbers behind the last one of a table. */
const MARGIN = 8;

/** Where the first row stands, and how many bytes are from block to block and from row to row. */
export type Steps = readonly [at: number, block: number, row: number];
/** Blocks of rows in the order in which they lie outside, and how they lie in memory: where kernels want them, and as they come. */
export interface Layout {
  readonly blocks: number;
  readonly rows: number;
  readonly bytes: number;
  readonly inside: Steps;
  readonly raw: Steps;
}

/** All for `images` images at a time, of elements of `size` bytes; addresses count from 0. */
export class Plan {
  readonly images: number;
  readonly windows: number;
  readonly depth: number;
  /** Elements of an image as it comes and as it is padded, and of what becomes of it. */
  readonly given: number;
  readonly padded: number;
  readonly made: number;
  readonly starts: number;
  readonly places: number;
  readonly weight: number;
  readonly x: number;
  readonly y: number;
  readonly raw: number;
  readonly free: number;
  readonly end: number;
  private readonly of: Geometry;
  private readonly size: number;
  private readonly extent: readonly [number, number];

  constructor(of: Geometry, size: number) {
    const { channels, outputs, groups, lengths, count } = of;
    const extent = (d: 0 | 1): number =>
      Math.max(of.padding[d] + lengths[d], (count[d] - 1) * of.stride[d] + (of.size[d] - 1) * of.dilation[d] + 1);
    this.of = of;
    this.size = size;
    this.extent = [extent(0), extent(1)];
    this.windows = count[0] * count[1];
    this.depth = depthOf(of);
    this.given = channels * lengths[0] * lengths[1];
    this.padded = channels * this.extent[0] * this.extent[1];
    this.made = outputs * this.windows;
    const together = Math.min(WINDOWS / this.windows, ELEMENTS / (this.padded + this.made));
    const images = (this.images = Math.max(1, Math.min(of.batch, Math.floor(together))));

    let end = 0;
    const room = (bytes: number): number => {
      const at = end;
      end += Math.ceil(bytes / 64) * 64;
      return at;
    };
    this.starts = room(4 * (images * this.windows + MARGIN));
    this.places = room(4 * (this.depth + MARGIN));
    this.weight = room(outputs * this.depth * size);
    this.x = room(images * this.padded * size);
    this.y = room(images * this.made * size);
    this.raw = room(images * Math.max(this.given, this.made) * size);
    this.free = room((outputs / groups) * (this.depth + 64) * size + 2 * 16384);
    this.end = end;
  }

  /** x as it is padded. */
  imagesOf(images: number): Layout {
    const { size, of } = this;
    const [height, width] = of.lengths;
    const [high, wide] = this.extent;
    const first = this.x + (of.padding[0] * wide + of.padding[1]) * size;
    const inside: Steps = [first, high * wide * size, wide * size];
    return {
      blocks: images * of.channels,
      rows: height,
      bytes: width * size,
      inside,
      raw: high === height && wide === width ? inside : [this.raw, height * width * size, width * size],
    };
  }

  /** y as a matrix: a row for an output, with the windows of all images side by side. */
  matrixOf(images: number): Layout {
    const bytes = this.windows * this.size;
    const inside: Steps = [this.y, bytes, images * bytes];
    return {
      blocks: images,
      rows: this.of.outputs,
      bytes,
      inside,
      raw: images === 1 ? inside : [this.raw, this.made * this.size, bytes],
    };
  }

  /** Writes where the windows begin in x, and where what they see stands behind that. */
  writeTables(buffer: ArrayBufferLike, base: number): void {
    const { of, size } = this;
    const [high, wide] = this.extent;
    const starts = new Uint32Array(buffer, base + this.starts, this.images * this.windows + MARGIN);
    const places = new Uint32Array(buffer, base + this.places, this.depth + MARGIN);
    const row = wide * size;
    writeGrid(starts, [this.images, ...of.count], [this.padded * size, of.stride[0] * row, of.stride[1] * size]);
    writeGrid(places, [of.channels / of.groups, ...of.size], [high * row, of.dilation[0] * row, of.dilation[1] * size]);
  }
}

type Three = readonly [number, number, number];
/** The places of a grid; what is left of the table repeats the last. */
function writeGrid(table: Uint32Array, counts: Three, steps: Three): void {
  let at = 0;
  for (let n = 0; n < counts[0]; n++)
    for (let p = 0; p < counts[1]; p++)
      for (let q = 0, x = n * steps[0] + p * steps[1]; q < counts[2]; q++, x += steps[2]) table[at++] = x;
  table.fill(table[at - 1]!, at);
}
