import type { TypedArray } from "../dtype.ts";

/** Windows that slide over planes. Every pair says: down, across. */
export interface Windows {
  readonly planes: number;
  /** Sizes of a plane. */
  readonly lengths: readonly [number, number];
  /** Places of a window, and how far apart they lie. */
  readonly size: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly stride: readonly [number, number];
  /** How far the first window begins outside. What lies outside is not read. */
  readonly padding: readonly [number, number];
  /** How many windows there are. */
  readonly count: readonly [number, number];
}
interface Stored {
  readonly data: TypedArray;
  readonly offset: number;
}

/** Along one dim, for each window: where its first place inside is, and before which it ends. */
interface Spans {
  readonly from: Int32Array;
  readonly end: Int32Array;
}
function spansOf({ lengths, size, dilation, stride, padding, count }: Windows, dim: 0 | 1): Spans {
  const from = new Int32Array(count[dim]);
  const end = new Int32Array(count[dim]);
  for (let k = 0; k < from.length; k++) {
    const first = k * stride[dim] - padding[dim];
    from[k] = first + Math.max(0, Math.ceil(-first / dilation[dim])) * dilation[dim];
    end[k] = Math.min(first + size[dim] * dilation[dim], lengths[dim]);
  }
  return { from, end };
}

/** Whether every window has a place inside. */
export const allInside = (windows: Windows): boolean =>
  ([0, 1] as const).every((dim) => {
    const { from, end } = spansOf(windows, dim);
    return from.every((first, k) => first < end[k]!);
  });

/** Sums of windows into `out` [planes, …count]. */
export function sumWindows(out: TypedArray, start: number, { data, offset }: Stored, windows: Windows): void {
  const { planes, lengths, dilation, count } = windows;
  const [down, across] = [spansOf(windows, 0), spansOf(windows, 1)];
  const [rowStep, step] = [dilation[0] * lengths[1], dilation[1]];
  for (let plane = 0, o = start; plane < planes; plane++) {
    const origin = offset + plane * lengths[0] * lengths[1];
    for (let p = 0; p < count[0]; p++) {
      const row = origin + down.from[p]! * lengths[1];
      const rowEnd = origin + down.end[p]! * lengths[1];
      for (let q = 0; q < count[1]; q++, o++) {
        const from = across.from[q]!;
        const end = across.end[q]!;
        let sum = 0;
        for (let line = row; line < rowEnd; line += rowStep)
          for (let i = line + from, last = line + end; i < last; i += step) sum += data[i]!;
        out[o] = sum;
      }
    }
  }
}

/**
 * The transpose: adds each of x [planes, …count] to all places of its window in `out` [planes, …lengths]. The last window comes first, so
 * that what an element gets is added up in the order of the places of a window.
 */
export function spreadWindows(out: TypedArray, start: number, { data, offset }: Stored, windows: Windows): void {
  const { planes, lengths, dilation, count } = windows;
  const [down, across] = [spansOf(windows, 0), spansOf(windows, 1)];
  const [rowStep, step] = [dilation[0] * lengths[1], dilation[1]];
  for (let plane = 0; plane < planes; plane++) {
    const origin = start + plane * lengths[0] * lengths[1];
    for (let p = count[0] - 1; p >= 0; p--) {
      const row = origin + down.from[p]! * lengths[1];
      const rowEnd = origin + down.end[p]! * lengths[1];
      const x = offset + (plane * count[0] + p) * count[1];
      for (let q = count[1] - 1; q >= 0; q--) {
        const value = data[x + q]!;
        const from = across.from[q]!;
        const end = across.end[q]!;
        for (let line = row; line < rowEnd; line += rowStep)
          for (let i = line + from, last = line + end; i < last; i += step) out[i]! += value;
      }
    }
  }
}

/** Where in its plane each window has its largest element, the first of equal ones or the first NaN. Every window has a place inside. */
export function largestOfWindows(out: TypedArray, start: number, { data, offset }: Stored, windows: Windows): void {
  const { planes, lengths, dilation, count } = windows;
  const [down, across] = [spansOf(windows, 0), spansOf(windows, 1)];
  const [rowStep, step] = [dilation[0] * lengths[1], dilation[1]];
  for (let plane = 0, o = start; plane < planes; plane++) {
    const origin = offset + plane * lengths[0] * lengths[1];
    for (let p = 0; p < count[0]; p++) {
      const row = origin + down.from[p]! * lengths[1];
      const rowEnd = origin + down.end[p]! * lengths[1];
      for (let q = 0; q < count[1]; q++, o++) {
        const from = across.from[q]!;
        const end = across.end[q]!;
        let place = row + from;
        let sum = 0;
        for (let line = row; line < rowEnd; line += rowStep)
          for (let i = line + from, last = line + end; i < last; i += step) {
            const value = data[i]!;
            sum += value;
            // i where the value is more: in arithmetic, for a branch would be guessed wrong
            place += (i - place) & -Number(value > data[place]!);
          }
        if (sum !== sum) place = firstNaN(data, row, rowEnd, rowStep, from, end, step) ?? place;
        out[o] = place - origin;
      }
    }
  }
}
/** Where a window has its first NaN, if it has one. */
// oxfmt-ignore
function firstNaN(
  data: TypedArray, row: number, rowEnd: number, rowStep: number, from: number, end: number, step: number,
): number | undefined {
  for (let line = row; line < rowEnd; line += rowStep)
    for (let i = line + from, last = line + end; i < last; i += step) if (data[i] !== data[i]) return i;
  return undefined;
}
