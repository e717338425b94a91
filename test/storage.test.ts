import {
  add,
  cast,
  clone,
  concat,
  eq,
  exp,
  fromTypedArray,
  gelu,
  indexSelect,
  logSoftmax,
  matmul,
  mean,
  pow,
  repeatInterleave,
  softmax,
  sort,
  sum,
  type Tensor,
  tile,
  wasmKernels,
  where,
} from "@chainrule/core";
import * as fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { reserve, reservedAt } from "../packages/core/src/storage.ts";
import { law } from "./support/law.ts";
import { withKernels } from "./support/sets.ts";

// In Node results of more than a few elements begin as whatever the memory held: every operation that takes one so must write all of it.

afterEach(() => void vi.restoreAllMocks());

test("results of one size stand beside each other, and never on each other", () => {
  law(
    fc.array(fc.record({ size: between(1, 300), double: fc.boolean(), zeros: fc.boolean() }), { maxLength: 200 }),
    (asked) => {
      const kept = asked.map(({ size, double, zeros }, i) => {
        const array = reserve(double ? "float64" : "float32", size, !zeros);
        const start = reservedAt;
        if (zeros) expect(array.subarray(start, start + size).every((x) => x === 0)).toBe(true);
        array.fill(i + 1, start, start + size);
        return array.subarray(start, start + size);
      });
      kept.forEach((x, i) => {
        expect(x).toHaveLength(asked[i]!.size);
        expect(x.every((value) => value === i + 1)).toBe(true);
      });
    },
    (sample) => JSON.stringify(sample),
    50,
  );
});

test("whoever keeps a result of some hundred elements keeps at most eight times as much, of some thousand four times", () => {
  for (let size = 65; size < 8192; size++)
    for (const dtype of ["float32", "float64"] as const)
      expect(reserve(dtype, size, true).length).toBeLessThanOrEqual((size > 4096 ? 4 : 8) * size);
});

/** What `f` computes when fresh memory is full of this byte, and how often it asked for such memory. */
function onMemoryOf<T>(byte: number, f: () => T): [result: T, asked: number] {
  const ask = vi.spyOn(Buffer, "allocUnsafeSlow").mockImplementation((bytes) => Buffer.from(new ArrayBuffer(bytes)).fill(byte)); // prettier-ignore
  const result = f();
  const asked = ask.mock.calls.length;
  ask.mockRestore();
  return [result, asked];
}

type Sizes = readonly [lead: number, rows: number, columns: number];
/** Numbers that depend on their place only, of a tensor whose last two dims may be the other way round in memory. */
function numbers(shape: readonly number[], single: boolean, turned = false): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = Float64Array.from({ length: size }, (_, i) => Math.sin(i * 1.7) * 3);
  const stored = turned ? [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!] : shape;
  const x = fromTypedArray(single ? Float32Array.from(values) : values, stored) as Tensor;
  return turned ? x.transpose(-1, -2) : x;
}
type Build = (shape: readonly number[]) => Tensor;
const OPERATIONS: Record<string, (of: Build, sizes: Sizes) => Tensor> = {
  "of one number": (of, sizes) => exp(of(sizes)),
  "of several": (of, [lead, rows, columns]) => add(of([lead, rows, columns]), of([rows, 1])),
  "plain loop": (of, sizes) => pow(of(sizes), 3),
  "with a condition": (of, sizes) => where(eq(of(sizes), 0), of(sizes), of([sizes[2]])),
  program: (of, sizes) => gelu(of(sizes)),
  matmul: (of, [lead, rows, columns]) => matmul(of([lead * rows, columns]), of([columns, 130])),
  "matmul, many": (of, [lead, rows, columns]) => matmul(of([lead, rows, columns]), of([columns, 33])),
  "matmul of nothing": (of, [lead, rows, columns]) => matmul(of([lead * rows, 0]), of([0, columns])),
  softmax: (of, sizes) => softmax(of(sizes), 1),
  logSoftmax: (of, sizes) => logSoftmax(of(sizes)),
  sum: (of, sizes) => sum(of(sizes), 0),
  mean: (of, sizes) => mean(of([2, ...sizes]), 0),
  "sum of nothing": (of, sizes) => sum(of([...sizes, 0]), -1),
  "copy of a view": (of, sizes) => clone(of(sizes).transpose(0, 2)),
  "copy in another dtype": (of, sizes) => cast(cast(of(sizes), "int32"), "float64"),
  "laid side by side": (of, sizes) => tile(of(sizes), [2, 1, 2]),
  "each several times": (of, sizes) => repeatInterleave(of(sizes), 3, 2),
  "rows of a table": (of, sizes) => indexSelect(of(sizes), 1, [0, 2, 2, 1, ...new Array<number>(sizes[1]).fill(3)]),
  "sorted, which gathers": (of, sizes) => sort(of(sizes), 0).values,
  concat: (of, [lead, rows, columns]) => concat([of([lead, rows, columns]), of([lead, 3, columns])], 1),
};
const between = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
const large: fc.Arbitrary<Sizes> = fc.tuple(between(1, 4), between(91, 200), between(91, 150));
const middling: fc.Arbitrary<Sizes> = fc.tuple(between(1, 2), between(9, 60), between(9, 50));
/** A piece of memory is asked for, at the latest, for so many results of one size. */
const PIECES = 8;

for (const [name, sets] of Object.entries({ "plain kernels": [], WebAssembly: [wasmKernels] }))
  describe.each(Object.entries({ large, middling }))(`${name}, %s`, (which, sizes) => {
    test.each(Object.entries(OPERATIONS))("%s writes all of its result", (_, operation) => {
      let asked = 0;
      law(
        fc.record({ sizes, single: fc.boolean(), turned: fc.boolean() }),
        ({ sizes: of, single, turned }) =>
          withKernels(sets, () => {
            const run = (): Uint8Array => {
              const result = operation(
                (shape) => numbers(shape, single, turned && shape.length > 1),
                of,
              ).toTypedArray();
              return new Uint8Array(result.buffer, result.byteOffset, result.byteLength);
            };
            const [zeroed] = onMemoryOf(0, run);
            const times = which === "large" ? 1 : PIECES + 1;
            for (let i = 0; i < times; i++) {
              const [result, requests] = onMemoryOf(0xff, run);
              asked += requests;
              if (Buffer.compare(result, zeroed) !== 0) throw new Error("the result depends on what the memory held");
            }
          }),
        (sample) => JSON.stringify(sample),
        5,
      );
      expect(asked).toBeGreaterThan(0); // or nothing has been tried
    });
  });

test("a host that gives no such memory serves too", () => {
  const ask = vi.spyOn(Buffer, "allocUnsafeSlow").mockImplementation((bytes) => Buffer.from(new ArrayBuffer(bytes + 8)).subarray(8)); // prettier-ignore
  expect(add(numbers([100, 100], true), 1).toTypedArray()[9999]).toBeCloseTo(1 + Math.sin(9999 * 1.7) * 3, 5);
  expect(ask).toHaveBeenCalledOnce();
});
