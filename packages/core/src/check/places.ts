import { type Shape, showShape, sizeOf } from "../shape.ts";

/** Where the elements of one tensor stand among those of all. */
export interface Part {
  readonly path: string;
  readonly shape: Shape;
  readonly start: number;
}

/** Index along each dim of element `at` in row-major order. */
export function coordinates(at: number, shape: readonly number[]): number[] {
  const result = new Array<number>(shape.length);
  for (let d = shape.length - 1, rest = at; d >= 0; d--) {
    result[d] = rest % shape[d]!;
    rest = Math.floor(rest / shape[d]!);
  }
  return result;
}

/** The tensor that element `at` of all belongs to, and the place in it. */
export function locationOf(parts: readonly Part[], at: number): { path: string; place: number[] } {
  const part = parts.find(({ start, shape }) => start <= at && at < start + sizeOf(shape))!;
  return { path: part.path, place: coordinates(at - part.start, part.shape) };
}
/** `input 0[1,2]`. */
export const show = (path: string, place: readonly number[] | null): string =>
  place === null || place.length === 0 ? path : `${path}${showShape(place)}`;
export function showAt(parts: readonly Part[], at: number): string {
  const { path, place } = locationOf(parts, at);
  return show(path, place);
}
