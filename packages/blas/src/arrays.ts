// How CBLAS is told that a matrix lies row by row in memory, and how it is to be read.
export const ROW_MAJOR = 101;
export const AS_IT_LIES = 111;
export const TRANSPOSED = 112;

export type Floats = Float32Array | Float64Array;

/** A typed array from an index on, for the same memory. */
export const from = <A extends { subarray(start: number): A }>(data: A, start: number): A =>
  start === 0 ? data : data.subarray(start);

let floats = new Float32Array();
let doubles = new Float64Array();
/** At least so many ones. */
export function ones(single: boolean, length: number): Floats {
  if (single) return floats.length < length ? (floats = new Float32Array(length).fill(1)) : floats;
  return doubles.length < length ? (doubles = new Float64Array(length).fill(1)) : doubles;
}
