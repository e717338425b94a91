import type { TypedArray } from "../dtype.ts";
import { sizeOf } from "../shape.ts";
import { LONG } from "./programs.ts";
import { generation, type RunsKernel, runsOfSets } from "./sets.ts";
import type { Strided } from "./strided.ts";

const found = new Map<string, RunsKernel | null>();
let asked = -1;

function kernelOf(name: string): RunsKernel | null {
  if (asked !== generation) found.clear();
  asked = generation;
  let kernel = found.get(name);
  if (kernel === undefined) found.set(name, (kernel = runsOfSets(name)));
  return kernel;
}

/** Has a kernel of a set do an operation along neighbouring dims of a row-major tensor, if there is one; returns whether. */
export function runsBySets(name: string, out: TypedArray, start: number, x: Strided, dims: readonly number[]): boolean {
  if (x.size < LONG || x.strides !== null) return false;
  const first = dims[0]!;
  const end = first + dims.length;
  if (dims.length === 0 || dims.at(-1) !== end - 1) return false;
  const kernel = kernelOf(name);
  if (kernel === null) return false;
  const count = (from: number, to?: number): number => sizeOf(x.shape.slice(from, to));
  return kernel(out, start, x.data, x.offset, count(0, first), count(first, end), count(end));
}
