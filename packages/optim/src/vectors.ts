import { mutate } from "@chainrule/core/internal";
import { type Tensor } from "@chainrule/core/lean";

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** y ← y + a·x */
export function addScaled(y: Float64Array, a: number, x: Float64Array): void {
  for (let i = 0; i < y.length; i++) y[i]! += a * x[i]!;
}

export function largest(x: Float64Array): number {
  let most = 0;
  for (let i = 0; i < x.length; i++) most = Math.max(most, Math.abs(x[i]!));
  return most;
}

export function sumOfSizes(x: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += Math.abs(x[i]!);
  return sum;
}

/** The elements of all tensors in one vector; zeros for null. */
export function gather(tensors: readonly (Tensor | null)[], sizes: readonly number[]): Float64Array {
  const vector = new Float64Array(sizes.reduce((sum, size) => sum + size, 0));
  let at = 0;
  tensors.forEach((x, i) => {
    if (x !== null) vector.set(x.toTypedArray(), at);
    at += sizes[i]!;
  });
  return vector;
}

/** Lets the leaves hold x, or x + t·d. */
export function scatter(op: string, leaves: readonly Tensor[], x: Float64Array, t = 0, d?: Float64Array): void {
  let at = 0;
  for (const leaf of leaves) {
    mutate(op, leaf, (data) => {
      for (let i = 0; i < data.length; i++) data[i] = d === undefined ? x[at + i]! : x[at + i]! + t * d[at + i]!;
    });
    at += leaf.size;
  }
}
