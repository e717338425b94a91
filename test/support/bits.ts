import type { Tensor } from "@chainrule/core";

const show = (x: Tensor): string => `${x.dtype} [${x.shape.join(",")}] (${[...x.toTypedArray()].map(text).join(", ")})`;
const text = (value: number): string => (Object.is(value, -0) ? "-0" : String(value));

/** Throws unless both lists hold the same tensors to the last bit. The sign of zero and NaN count. */
export function checkSame(what: string, got: readonly Tensor[], wanted: readonly Tensor[]): void {
  if (got.length !== wanted.length) throw new Error(`${what}: ${got.length} tensors, expected ${wanted.length}`);
  got.forEach((x, i) => {
    const [a, b] = [show(x), show(wanted[i]!)];
    if (a !== b) throw new Error(`${what}: tensor ${i} is\n  ${a}, expected\n  ${b}`);
  });
}
