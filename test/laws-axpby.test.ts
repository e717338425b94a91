import { wasmKernels } from "@chainrule/core";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { law } from "./support/law.ts";

const number = fc.integer({ min: -4096, max: 4096 }).map((n) => n / 1024);
const length = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(8191, 8192, 8193, 20000));

test("axpby of floats is α·x + β·y, each product and sum rounded, and touches nothing else; doubles it leaves alone", () => {
  law(
    fc.record({ length, alpha: number, beta: fc.oneof(fc.constant(0), number), at: fc.nat(3), single: fc.boolean() }),
    ({ length, alpha, beta, at, single }) => {
      const round = Math.fround;
      const make = (scale: number) =>
        new (single ? Float32Array : Float64Array)(length + 8).map((_, i) => Math.sin(i * scale));
      const [x, y] = [make(3), make(5)];
      if (beta === 0) y.fill(NaN, 5 - at, 5 - at + length);
      const wanted = y.map((b, i) =>
        !single || i < 5 - at || i >= 5 - at + length
          ? b
          : round(round(alpha * x[i - 5 + 2 * at]!) + (beta === 0 ? 0 : round(beta * b))),
      );
      expect(wasmKernels.axpby!(length, alpha, x, at, beta, y, 5 - at)).toBe(single);
      y.forEach((value, i) => {
        if (value !== wanted[i] && !Number.isNaN(wanted[i])) throw new Error(`${value} at ${i}, expected ${wanted[i]}`);
      });
      expect(y.some(Number.isNaN)).toBe(wanted.some(Number.isNaN));
    },
    ({ length, alpha, beta, single }) => `// ${alpha}·x + ${beta}·y, ${length} ${single ? "floats" : "doubles"}`,
    80,
  );
});
