import { addcmul, bilinear, conv1d, conv2d, einsum, full, type Tensor, tensor, value } from "@chainrule/core";
import * as fc from "fast-check";
import { expect, test } from "vitest";

// int32 wraps around as in C: every result is that of whole numbers of any length, modulo 2³².

type Whole = bigint;
const wrapped = (x: Whole): number => Number(BigInt.asIntN(32, x));
const int32 = (data: number | readonly number[]): Tensor => tensor(data as number[], { dtype: "int32" }) as Tensor;
const anything = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }) },
  fc.constantFrom(0, 1, -1, 2 ** 31 - 1, -(2 ** 31), 2 ** 16 + 1),
);
const list = (length: number): fc.Arbitrary<number[]> => fc.array(anything, { minLength: length, maxLength: length });
const big = (list: readonly number[]): Whole[] => list.map(BigInt);
const dotOf = (a: readonly Whole[], b: readonly Whole[]): Whole => a.reduce((sum, x, i) => sum + x * b[i]!, 0n);
const running = (list: readonly Whole[], join: (a: Whole, b: Whole) => Whole): Whole[] => {
  const found: Whole[] = [];
  list.forEach((x, i) => found.push(i === 0 ? x : join(found[i - 1]!, x)));
  return found;
};

test("products and sums of any kind", () => {
  fc.assert(
    fc.property(list(6), list(6), list(6), (x, y, z) => {
      const [a, b, c] = [int32(x), int32(y), int32(z)];
      const [p, q, r] = [big(x), big(y), big(z)];
      const times = p.map((v, i) => v * q[i]!);
      const rows = (list: Whole[]): Whole[][] => [list.slice(0, 3), list.slice(3)];
      const found: [Tensor, Whole[]][] = [
        [a.mul(b), times],
        [a.at(0).mul(b.at(0)), [times[0]!]],
        [a.mul(y[0]!), p.map((v) => v * q[0]!)],
        [a.square(), p.map((v) => v * v)],
        [addcmul(c, a, b), times.map((v, i) => r[i]! + v)],
        [a.reshape([6, 1]).matmul(b.reshape([1, 6])), p.flatMap((v) => q.map((w) => v * w))],
        [a.outer(b), p.flatMap((v) => q.map((w) => v * w))],
        [a.kron(b), p.flatMap((v) => q.map((w) => v * w))],
        [a.dot(b), [dotOf(p, q)]],
        [einsum("i,i->", a, b), [dotOf(p, q)]],
        [a.reshape([2, 3]).matmul(b.reshape([2, 3]).transpose()), rows(p).flatMap((v) => rows(q).map((w) => dotOf(v, w)))],
        [a.reshape([3, 2]).transpose().matmul(b.slice(0, { end: 3 })), [0, 1].map((i) => dotOf([p[i]!, p[2 + i]!, p[4 + i]!], q))],
        [a.sum(), [p.reduce((s, v) => s + v)]],
        [a.cumsum(0), running(p, (v, w) => v + w)],
        [a.prod(), [p.reduce((s, v) => s * v)]],
        [a.cumprod(0), running(p, (v, w) => v * w)],
        [conv1d(a.reshape([1, 1, 6]), b.slice(0, { end: 3 }).reshape([1, 1, 3])) as Tensor, [0, 1, 2, 3].map((i) => dotOf(p.slice(i, i + 3), q))],
        [conv2d(a.reshape([1, 2, 3]), b.reshape([1, 1, 2, 3])) as Tensor, [dotOf(p, q)]],
        [bilinear(a.slice(0, { end: 2 }), b.slice(0, { end: 3 }), c.reshape([1, 2, 3])) as Tensor, [[0, 1].reduce((s, i) => s + p[i]! * dotOf(rows(r)[i]!, q), 0n)]],
      ]; // prettier-ignore
      for (const [got, wanted] of found) {
        expect(got.dtype).toBe("int32");
        expect([got.toArray()].flat(9)).toEqual(wanted.map(wrapped));
      }
    }),
  );
});

test("powers; those of negative exponents lose their fraction", () => {
  fc.assert(
    fc.property(anything, fc.integer({ min: 0, max: 40 }), (a, b) => {
      const wanted = wrapped(BigInt(a) ** BigInt(b));
      expect(int32([a]).pow(b).toArray()).toEqual([wanted]);
      expect(value(a, { dtype: "int32" }).pow(int32(b)).item()).toBe(wanted);
    }),
  );
  expect(
    int32([2, 1, -1, -1, 0])
      .pow(int32([-1, -5, -3, -2, -1]))
      .toArray(),
  ).toEqual([0, 1, -1, 1, 0]);
});

test("sums of so many that numbers would be rounded", () => {
  const many = full([3, 2_000_001], 2 ** 31 - 1, { dtype: "int32" });
  expect(many.sum().item()).toBe(wrapped(6_000_003n * (2n ** 31n - 1n)));
  expect(many.sum(0).at(0).item()).toBe(wrapped(3n * (2n ** 31n - 1n)));
  expect(many.reshape([3, 2_000_001]).sum(1).toArray()).toEqual(
    new Array(3).fill(wrapped(2_000_001n * (2n ** 31n - 1n))),
  );
});
