import { readFileSync } from "node:fs";
import * as chainrule from "@chainrule/core";
import { fromTypedArray, gelu, grad, polygamma, pow, sum, type Tensor } from "@chainrule/core";
import { describe, expect, test } from "vitest";
import { sets, withKernels } from "./support/sets.ts";
import { ulps } from "./support/ulps.ts";

// Functions of one variable against fixtures/special.json: value, first and second derivative, each from arbitrary precision arithmetic.

type F = (x: Tensor) => Tensor;
type Row = readonly [x: number, value: number, first: number, second: number];
const table = Object.entries(
  JSON.parse(readFileSync(new URL("fixtures/special.json", import.meta.url), "utf8")) as Record<string, unknown[][]>,
).map(([name, rows]) => [name, rows.map((row) => row.map(Number) as unknown as Row)] as const);

const LIMIT = 4;
const named: Record<string, F> = {
  polygamma1: (x) => polygamma(1, x),
  geluTanh: (x) => gelu(x, { approximate: "tanh" }),
};
const derivative =
  (f: F): F =>
  (x) =>
    grad((y: Tensor) => sum(f(y)) as Tensor)(x);

/** The rows over and over, until they are enough for the kernels of a set. */
const many = (rows: readonly Row[]): Row[] => Array.from({ length: Math.ceil(256 / rows.length) }, () => rows).flat();

describe.each(Object.keys(sets))("%s: within 4 units in the last place of the true value", (set) => {
  test.each(table)("%s and its first two derivatives", (name, few) => {
    const rows = many(few);
    const f =
      named[name] ??
      (name.startsWith("pow") ? (y: Tensor) => pow(y, Number(name.slice(3))) : null) ??
      (chainrule as unknown as Record<string, F>)[name]!;
    const x = fromTypedArray(
      Float64Array.from(rows, (row) => row[0]),
      [rows.length],
    ) as Tensor;
    const orders = withKernels(sets[set]!, () =>
      [f, derivative(f), derivative(derivative(f))].map((g) => g(x).toTypedArray()),
    );
    const report = orders.map((values, order) => {
      const off = rows.map((row, i) => ({ at: row[0], got: values[i]!, wanted: row[order + 1]!, ulps: ulps(values[i]!, row[order + 1]!) })); // prettier-ignore
      const worst = off.reduce((a, b) => (b.ulps > a.ulps ? b : a));
      return { order, over: off.filter(({ ulps }) => ulps > LIMIT).length, ...worst };
    });
    if (report.some(({ over }) => over > 0)) console.table(report);
    expect(report.filter(({ over }) => over > 0)).toEqual([]);
  });
});

test("every function of one variable with a smooth derivative is in the table", () => {
  const missing = Object.entries(chainrule).flatMap(([name, value]) => {
    const op = (value as { op?: { arity?: number; result?: string; kinks?: unknown } } | null)?.op;
    const smooth = op?.arity === 1 && op.result === "float" && op.kinks === undefined;
    return smooth && !table.some(([known]) => known === name) ? [name] : [];
  });
  expect(missing).toEqual([]);
});

describe("own exponentials and logarithms stand where the engine's do", () => {
  const names = ["exp", "expm1", "sinh", "cosh", "tanh", "log", "log1p", "log2", "asinh", "acosh", "atanh"] as const;
  const edges = [0, 1, Infinity, NaN, 5e-324, 1e-310, 1e-20, 709.7, 710.4, 745.1, 745.2, Number.MAX_VALUE];
  test.each(names)("%s", (name) => {
    const f = (chainrule as unknown as Record<string, F>)[name]!;
    for (const x of edges.flatMap((x) => [x, -x])) {
      const [got, wanted] = [f(chainrule.value(x)).item(), Math[name](x)];
      const exact = Object.is(got, wanted) || (wanted !== 0 && Number.isFinite(wanted) && ulps(got, wanted) <= 2);
      expect(exact, `${name}(${x}) is ${got}, Math.${name} ${wanted}`).toBe(true);
    }
  });
});
