import type { Tensor } from "@chainrule/core";
import {
  argmax,
  argmin,
  cumsum,
  linear,
  logSoftmax,
  logSumExp,
  matmul,
  max,
  min,
  norm,
  softmax,
  sum,
  tensor,
} from "@chainrule/core";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ElementwiseOp } from "../packages/core/src/families/elementwise.ts";
import { law, literal } from "./support/law.ts";
import { lay, layouts } from "./support/layout.ts";
import { cases, count, type Data, dataOf, each } from "./support/sample.ts";
import { sets, withKernels } from "./support/sets.ts";
import { ulps, UNITS } from "./support/ulps.ts";

// Kernels on sizes at which they take other ways through their loops, against the plainest code that could stand in for them.

const dtypes = fc.constantFrom<Data["dtype"]>(undefined, "float32", "int32");
const how = fc.constantFrom(...layouts);
const typed = (data: Data, dtype: Data["dtype"]): Data => ({
  ...data,
  dtype,
  values: dtype === "int32" ? data.values.map(Math.round) : data.values,
});
/** Rows along one dim: the others merged before and behind it. */
function lines({ shape, values }: Data, dim: number): number[][] {
  const [size, behind] = [shape[dim]!, count(shape.slice(dim + 1))];
  const at = (before: number, i: number, after: number): number => values[(before * size + i) * behind + after]!;
  return Array.from({ length: count(shape.slice(0, dim)) * behind }, (_, line) =>
    Array.from({ length: size }, (_, i) => at(Math.floor(line / behind), i, line % behind)),
  );
}
function expectNear(got: Tensor, wanted: readonly number[], tolerance = 1e-13): void {
  const values = got.toTypedArray();
  expect(values.length).toBe(wanted.length);
  wanted.forEach((value, i) => {
    const allowed = (got.dtype === "float32" ? 2 ** -23 : tolerance) * Math.max(1, Math.abs(value));
    if (!(Math.abs(values[i]! - value) <= allowed) && !Object.is(values[i], value))
      throw new Error(`${values[i]} at ${i}, expected ${value}`);
  });
}

describe.each(Object.entries(sets))("matmul is the sum of the products, by %s", (_, set) => {
  const size = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 6, max: 40 }));
  const operands = fc.tuple(size, size, size, fc.constantFrom<[number[], number[]]>([[], []], [[2], [2]], [[2, 1], [3]])); // prettier-ignore
  test("of any size, in any layout and dtype", () => {
    law(
      operands.chain(([m, k, n, [left, right]]) =>
        fc.record({
          a: dataOf([...left, m, k], [-4, 4]),
          b: dataOf([...right, k, n], [-4, 4]),
          dtype: dtypes,
          hows: fc.tuple(how, how),
        }),
      ),
      ({ a, b, dtype, hows }) => {
        const [x, y] = [typed(a, dtype), typed(b, dtype)];
        const result = withKernels(set, () => matmul(lay(x, hows[0]), lay(y, hows[1])) as Tensor);
        const [m, k] = a.shape.slice(-2) as [number, number];
        const n = b.shape.at(-1)!;
        const [batchA, batchB] = [count(a.shape.slice(0, -2)), count(b.shape.slice(0, -2))];
        const batches = a.shape.length === 4 ? 6 : batchA;
        // In whatever order: the error of a sum of k products is at most k units of Σ|a·b| (Higham 2002, 3.1).
        const unit = k * (result.dtype === "float32" ? 2 ** -24 : 2 ** -53);
        const values = result.toTypedArray();
        expect(values.length).toBe(batches * m * n);
        let at = 0;
        for (let t = 0; t < batches; t++) {
          const [s, u] = a.shape.length === 4 ? [Math.floor(t / 3), t % 3] : [t, batchB === 1 ? 0 : t];
          for (let i = 0; i < m; i++)
            for (let j = 0; j < n; j++) {
              let total = 0;
              let size = 0;
              for (let p = 0; p < k; p++) {
                const product = x.values[(s * m + i) * k + p]! * y.values[(u * k + p) * n + j]!;
                total += product;
                size += Math.abs(product);
              }
              const value = values[at++]!;
              if (!(Math.abs(value - total) <= unit * size))
                throw new Error(`${value} at ${at - 1}, expected ${total}`);
            }
        }
      },
      ({ a, b, hows }) => `// ${hows.join(" and ")}\nmatmul(${literal(a)}, ${literal(b)})`,
      60,
    );
  });
});

test.each(Object.entries(sets))("linear is a matrix product and a sum, to the last bit, by %s", (_, set) => {
  const size = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 6, max: 40 }));
  law(
    fc.tuple(size, size, size).chain(([m, k, n]) =>
      fc.record({
        x: dataOf([m, k], [-4, 4]),
        weight: dataOf([n, k], [-4, 4]),
        bias: dataOf([n], [-4, 4]),
        dtype: dtypes,
        hows: fc.tuple(how, how, how),
      }),
    ),
    ({ x, weight, bias, dtype, hows }) => {
      const [a, w, b] = [x, weight, bias].map((data, i) => lay(typed(data, dtype), hows[i]!)) as [Tensor, Tensor, Tensor]; // prettier-ignore
      const before = b.toTypedArray();
      const [got, wanted] = withKernels(set, () => [linear(a, w, b), matmul(a, w.transpose()).add(b)] as const);
      expect(got.shape).toEqual(wanted.shape);
      expect(got.toTypedArray()).toEqual(wanted.toTypedArray());
      expect(b.toTypedArray()).toEqual(before);
    },
    ({ x, weight, bias, hows }) => `// ${hows.join(", ")}\nlinear(${[x, weight, bias].map(literal).join(", ")})`,
    40,
  );
});

describe.each(Object.keys(sets))("long elementwise loops of %s give what the function gives", (set) => {
  const shapes = fc.constantFrom([63], [64], [65], [130], [1025], [7, 19], [20, 3, 5], [1, 257], [9, 8, 5]);
  test.each(each(cases.filter((of) => of.op instanceof ElementwiseOp)))("%s", (_, of) => {
    const op = of.op as ElementwiseOp;
    law(
      shapes.chain((shape) =>
        fc.record({
          data: fc.tuple(...of.domain.map((domain) => dataOf(shape, domain))),
          hows: fc.array(how, { minLength: 3, maxLength: 3 }),
        }),
      ),
      ({ data, hows }) => {
        const bits = data.map((x, i): Data =>
          i < op.conditions ? { ...x, values: x.values.map(Math.round), dtype: "bool" } : x,
        );
        const result = withKernels(sets[set]!, () => of.call(...bits.map((x, i) => lay(x, hows[i]!))));
        const allowed = set === "wasm" ? (UNITS[op.kernel] ?? 0) : 0;
        const wanted = bits[0]!.values.map((_, i) =>
          op.f(...(bits.map((x) => x.values[i]!) as [number, number, number, number])),
        );
        result.toTypedArray().forEach((value, i) => {
          if (!Object.is(value, wanted[i]) && !(ulps(value, wanted[i]!) <= allowed))
            throw new Error(`${value} at ${i}, expected ${wanted[i]}`);
        });
      },
      ({ data, hows }) => `// ${hows.join(" and ")}\n${of.name}(${data.map(literal).join(", ")})`,
      3,
    );
  });
});

describe.each(Object.keys(sets))("reductions and running maps of %s over long dims", (set) => {
  const total = (row: number[]): number => row.reduce((a, b) => a + b, 0);
  const largest = (row: number[]): number => row.reduce((a, b) => Math.max(a, b), -Infinity);
  const share = (row: number[]): number[] => {
    const exponentials = row.map((x) => Math.exp(x));
    const all = total(exponentials);
    return exponentials.map((x) => x / all);
  };
  const shapes = fc.constantFrom([300], [3, 300], [300, 3], [2, 130, 3], [70, 5, 2], [1, 65]);
  const samples = shapes.chain((shape) =>
    fc.record({ data: dataOf(shape, [-4, 4]), dim: fc.nat(shape.length - 1), how, single: fc.boolean() }),
  );
  const REDUCTIONS: Record<string, [(x: Tensor, dim: number) => unknown, (row: number[]) => number]> = {
    sum: [(x, dim) => sum(x, dim), total],
    max: [(x, dim) => max(x, dim).values, largest],
    min: [(x, dim) => min(x, dim).values, (row) => -largest(row.map((x) => -x))],
    argmax: [(x, dim) => argmax(x, dim), (row) => row.indexOf(largest(row))],
    argmin: [(x, dim) => argmin(x, dim), (row) => row.indexOf(-largest(row.map((x) => -x)))],
    any: [(x, dim) => x.gt(3.9).any(dim), (row) => +row.some((x) => x > 3.9)],
    all: [(x, dim) => x.gt(-3.9).all(dim), (row) => +row.every((x) => x > -3.9)],
    countNonzero: [(x, dim) => x.relu().countNonzero(dim), (row) => row.filter((x) => x > 0).length],
    norm: [(x, dim) => norm(x, dim), (row) => Math.sqrt(total(row.map((x) => x * x)))],
    logSumExp: [(x, dim) => logSumExp(x, dim), (row) => Math.log(total(row.map(Math.exp)))],
  };
  test.each(Object.entries(REDUCTIONS))("%s", (name, [call, plain]) => {
    law(
      samples,
      ({ data, dim, how, single }) => {
        const x = lay({ ...data, dtype: single ? "float32" : undefined }, how);
        expectNear(withKernels(sets[set]!, () => call(x, dim)) as Tensor, lines(data, dim).map(plain));
      },
      ({ data, dim, how }) => `// ${how}\n${name}(${literal(data)}, ${dim})`,
      12,
    );
  });

  const MAPS: Record<string, [(x: Tensor, dim: number) => unknown, (row: number[]) => number[]]> = {
    softmax: [(x, dim) => softmax(x, dim), share],
    logSoftmax: [(x, dim) => logSoftmax(x, dim), (row) => share(row).map(Math.log)],
    cumsum: [
      (x, dim) => cumsum(x, dim),
      (row) =>
        row.map(
          (
            (all) => (x) =>
              (all += x)
          )(0),
        ),
    ],
  };
  test.each(Object.entries(MAPS))("%s", (name, [call, plain]) => {
    law(
      samples,
      ({ data, dim, how }) => {
        const result = withKernels(sets[set]!, () => call(lay(data, how), dim)) as Tensor;
        expect(result.shape).toEqual(data.shape);
        const rows = lines({ ...data, values: [...result.toTypedArray()] }, dim);
        lines(data, dim).forEach((row, i) => expectNear(tensor(rows[i]!) as Tensor, plain(row), 1e-12));
      },
      ({ data, dim, how }) => `// ${how}\n${name}(${literal(data)}, ${dim})`,
      8,
    );
  });
});

test("small results that lie side by side in memory never meet", () => {
  const kept: [Tensor, number][] = [];
  for (let i = 0; i < 500; i++) {
    const x = tensor(new Array<number>(i % 70).fill(i), { dtype: i % 3 === 0 ? "float32" : "float64" }) as Tensor;
    kept.push([x.add(0.5), i + 0.5], [sum(x.mul(0).add(i)) as Tensor, i * (i % 70)]);
    kept.push([matmul(x, x.mul(0)) as Tensor, 0]);
  }
  for (const [x, wanted] of kept) expect(x.toTypedArray().every((value) => value === wanted)).toBe(true);
  const [first] = kept[3 * 5]!;
  const copy = first.detach();
  copy.assign(new Array<number>(5).fill(-1));
  expect(first.toArray()).toEqual(new Array<number>(5).fill(5.5));
});
