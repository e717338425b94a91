import type { TypedArray } from "../dtype.ts";

/** The elements of a run that are not NaN. */
export function numbersOf(data: TypedArray, at: number, step: number, length: number): Float64Array {
  const values = new Float64Array(length);
  let count = 0;
  for (let i = 0; i < length; i++, at += step) {
    const value = data[at]!;
    values[count] = value;
    if (value === value) count++;
  }
  return values.subarray(0, count);
}

/** What stands at index `k` once `values` are in order, which this changes: by parting the side where it lies (Hoare 1961). */
export function placed(values: Float64Array, k: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const [a, b, c] = [values[low]!, values[(low + high) >> 1]!, values[high]!];
    const pivot = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c)); // the middle one
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const left = values[i]!;
      values[i++] = values[j]!;
      values[j--] = left;
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else break;
  }
  return values[k]!;
}
