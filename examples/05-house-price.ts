/**
 * The price of a house from its bedrooms and its quality: the forward pass of a 2-3-1 network without biases, all weights one half.
 *
 * The tutorial states the houses (2, 7), (1, 3), (3, 9), yet the figures it prints belong to (2, 9), (1, 5), (3, 6). Both are shown.
 */
import { full, tensor } from "@chainrule/core";
import { isProgram } from "./program.ts";

type Houses = readonly (readonly [bedrooms: number, quality: number])[];
export const STATED: Houses = [[2, 7], [1, 3], [3, 9]]; // oxfmt-ignore
export const PRINTED: Houses = [[2, 9], [1, 5], [3, 6]]; // oxfmt-ignore

export function run({ houses = STATED } = {}) {
  const x = tensor(houses);
  const scaled = x.div(x.max(0).values);
  const z2 = scaled.matmul(full([2, 3], 0.5));
  const a2 = z2.sigmoid();
  const z3 = a2.matmul(full([3, 1], 0.5));
  const output = z3.sigmoid();
  return { z2: z2.toArray(), a2: a2.toArray(), z3: z3.toArray(), output: output.toArray() };
}

if (isProgram(import.meta.url)) {
  for (const [title, houses] of [
    ["The houses the tutorial states", STATED],
    ["The houses its printed figures belong to", PRINTED],
  ] as const) {
    const { z2, a2, z3, output } = run({ houses });
    const column = (rows: readonly (readonly number[])[]) => rows.map(([first]) => first!.toFixed(8)).join("  ");
    console.log(`${title}: ${houses.map((house) => `(${house.join(", ")})`).join(" ")}`);
    console.log(`  z2      ${column(z2)}`);
    console.log(`  a2      ${column(a2)}`);
    console.log(`  z3      ${column(z3)}`);
    console.log(`  output  ${column(output)}`);
  }
}
