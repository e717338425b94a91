import type { TypedArray } from "../dtype.ts";
import { sizeOf } from "../shape.ts";
import { LONG } from "./programs.ts";
import { type Lookup, type RunsKernel, runsLookup } from "./sets.ts";
import type { Strided } from "./strided.ts";

const lookups = new Map<string, Lookup<RunsKernel>>();

function lookupOf(name: string): Lookup<RunsKernel> {
  let lookup = lookups.get(name);
  if (lookup === undefined) lookups.set(name, (lookup = runsLookup(name)));
  return lookup;
}

/** Has a kernel of a set do an operation along neighbouring dims of a row-major tensor, if there is one; returns whether. */
export function runsBySets(name: string, out: TypedArray, start: number, x: Strided, dims: readonly number[]): boolean {
  if (x.size < LONG || x.strides !== null) return false;
  const first = dims[0]!;
  const end = first + dims.length;
  if (dims.length === 0 || dims.at(-1) !== end - 1) return false;
  const { kernel } = lookupOf(name);
  if (kernel === null) return false;
  const count = (from: number, to?: number): number => sizeOf(x.shape.slice(from, to));
  return kernel(out, start, x.data, x.offset, count(0, first), count(first, end), count(end));
}
