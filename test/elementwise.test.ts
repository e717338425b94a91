import * as chainrule from "@chainrule/core";
import {
  addcdiv, addcmul, ArgumentError, cast, copysign, digamma, div, DtypeError, erfinv, fmax, fmin, floorDivide, fmod, frac, grad, heaviside, hypot, isClose,
  isFinite, isInf, ldexp, lerp, lgamma, logaddexp, logaddexp2, logicalNot, logicalOr, logicalXor, logit, maskedFill, nanToNum, polygamma, remainder, round,
  ShapeError, signbit, sinc, sum, type Tensor, tensor, xlogy,
} from "@chainrule/core"; // prettier-ignore
import { describe, expect, test } from "vitest";

// Conventions of the elementwise operations: as in PyTorch, but that hypot at the origin and xlogy(0, 0) have derivatives of 0 in place of NaN.

type F = (...x: Tensor[]) => unknown;
/** Gradients of the sum of `f` by each input. */
const slopes = (f: F, ...x: (number | number[])[]): unknown[] => {
  const inputs = x.map((data) => tensor(data as number[]) as Tensor);
  const total = (list: Tensor[]): Tensor => sum(f(...list) as Tensor) as Tensor;
  return grad(total)(inputs).map((g) => g.add(0).toArray());
};
const of = (x: unknown): unknown => (x as Tensor).toArray();
const int = (...x: number[]): Tensor => tensor(x, { dtype: "int32" });
const INF = Infinity;

describe("whole numbers", () => {
  test("round takes the even one of two", () => {
    expect(of(round(tensor([-2.5, -1.5, -0.5, -0.2, 0.5, 1.5, 2.5, NaN, INF])))).toEqual([-2, -2, -0, -0, 0, 2, 2, NaN, INF]); // prettier-ignore
    expect(of(round(tensor([0.49999999999999994, 2 ** 52 + 1, -(2 ** 53)])))).toEqual([0, 2 ** 52 + 1, -(2 ** 53)]);
    expect([of(round(tensor([1.25, 1.75]), { decimals: 1 })), of(round(int(15, 25, -26), { decimals: -1 }))]).toEqual([[1.2, 1.8], [20, 20, -30]]); // prettier-ignore
    expect(() => round(tensor([1]), { decimals: 0.5 })).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: round: decimals is a whole number, got 0.5]`,
    );
  });
  test("quotients and what is left", () => {
    const [a, b] = [tensor([7, -7, 7, -7]), tensor([2, 2, -2, -2])];
    expect([of(floorDivide(a, b)), of(div(a, b, { roundingMode: "trunc" }))]).toEqual([[3, -4, -4, 3], [3, -3, -3, 3]]); // prettier-ignore
    expect([of(remainder(a, b)), of(fmod(a, b))]).toEqual([[1, 1, -1, -1], [1, -1, 1, -1]]); // prettier-ignore
    expect([of(remainder(a, 0)), of(fmod(int(7), 0)), of(floorDivide(a, 0))]).toEqual([[NaN, NaN, NaN, NaN], [0], [INF, -INF, INF, -INF]]); // prettier-ignore
    expect([of(remainder(tensor([-3]), INF)), of(fmod(tensor([-3]), INF))]).toEqual([[INF], [-3]]);
    // 1/0.1 rounds up to 10, yet 0.1 > 1/10
    expect([of(floorDivide(tensor([1]), 0.1)), of(remainder(tensor([1]), 0.1))]).toEqual([[9], [0.09999999999999995]]);
    expect([div(int(7), int(2), { roundingMode: "floor" }).dtype, div(int(7), 2).dtype]).toEqual(["int32", "float64"]);
    expect(slopes(remainder as F, 7, -2)).toEqual([1, 4]);
    expect(slopes(fmod as F, 7, -2)).toEqual([1, 3]);
    expect(slopes((x, y) => div(x, y, { roundingMode: "floor" }), 7, 2)).toEqual([0, 0]);
    expect(() => div(a, b, { roundingMode: "up" as never })).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: div: roundingMode is "trunc", "floor" or null, got "up"]`,
    );
  });
  test("frac keeps the sign", () => {
    expect([of(frac(tensor([1.25, -1.25, INF]))), slopes(frac as F, [1.25, -1.25])]).toEqual([[0.25, -0.25, NaN], [[1, 1]]]); // prettier-ignore
  });
});

describe("choices", () => {
  test("fmax and fmin pass NaN by, and of equals the first gets the derivative", () => {
    expect(of(fmax(tensor([1, NaN, 3, NaN]), tensor([2, 2, NaN, NaN])))).toEqual([2, 2, 3, NaN]);
    expect(of(fmin(tensor([1, NaN, 3]), tensor([2, 2, NaN])))).toEqual([1, 2, 3]);
    expect(slopes(fmax as F, [1, NaN, 3, 2], [2, 2, NaN, 2])).toEqual([[0, 0, 1, 1], [1, 1, 0, 0]]); // prettier-ignore
    expect(slopes(fmin as F, [1, NaN, 3, 2], [2, 2, NaN, 2])).toEqual([[1, 0, 1, 1], [0, 1, 0, 0]]); // prettier-ignore
  });
  test("copysign, heaviside, signbit see the sign of 0", () => {
    expect(of(copysign(tensor([1, -2, 3, 0]), tensor([-0, 0, -5, -1])))).toEqual([-1, 2, -3, -0]);
    expect(slopes(copysign as F, [2, -2, 0], [-1, -1, -1])).toEqual([[-1, 1, 0], [0, 0, 0]]); // prettier-ignore
    expect([of(heaviside(tensor([-1, 0, 2, NaN]), 0.5)), slopes(heaviside as F, [0, 1], [5, 5])]).toEqual([[0, 0.5, 1, 0], [[0, 0], [1, 0]]]); // prettier-ignore
    expect(of(signbit(tensor([0, -0, -1, NaN])))).toEqual([false, true, true, false]);
  });
  test("maskedFill and nanToNum send what they replace no derivative", () => {
    const mask = tensor([true, false]);
    expect([of(maskedFill(tensor([[1, 2], [3, 4]]), mask, 9)), slopes((x) => maskedFill(x, mask, 9), [1, 2])]).toEqual([[[9, 2], [9, 4]], [[0, 1]]]); // prettier-ignore
    expect(() => maskedFill(tensor([1]), tensor([1]), 0)).toThrow(DtypeError);
    expect(() => maskedFill(tensor([1]), tensor([true]), tensor([1]) as never)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: maskedFill: the value is one number, got [1]; see where()]`,
    );
    expect(() => maskedFill(tensor([1, 2]) as Tensor, tensor([true, true, true]), 0)).toThrow(ShapeError);
    const far = [NaN, INF, -INF, 2];
    expect(of(nanToNum(tensor(far)))).toEqual([0, Number.MAX_VALUE, -Number.MAX_VALUE, 2]);
    expect(of(nanToNum(tensor(far), { nan: 7, posinf: 8, neginf: 9 }))).toEqual([7, 8, 9, 2]);
    expect(of(nanToNum(cast(tensor(far), "float32")))).toEqual([0, 3.4028234663852886e38, -3.4028234663852886e38, 2]);
    expect(slopes((x) => nanToNum(x), far)).toEqual([[0, 0, 0, 1]]);
  });
});

describe("conditions", () => {
  test("anything but 0 is true", () => {
    const [a, b] = [tensor([0, 0, 2, NaN]), tensor([0, 1, 1, 0])];
    expect([of(logicalOr(a, b)), of(logicalXor(a, b)), of(logicalNot(a))]).toEqual([[false, true, true, true], [false, true, false, true], [true, true, false, false]]); // prettier-ignore
    expect([of(isFinite(tensor([1, INF, NaN]))), of(isInf(tensor([1, -INF, NaN]))), isFinite(int(1)).dtype]).toEqual([[true, false, false], [false, true, false], "bool"]); // prettier-ignore
  });
  test("isClose", () => {
    const [a, b] = [tensor([1, INF, 1, -INF, NaN]), tensor([1 + 1e-6, INF, INF, INF, NaN])];
    expect(of(isClose(a, b))).toEqual([true, true, false, false, false]);
    expect(of(isClose(a, b, { equalNan: true }))).toEqual([true, true, false, false, true]);
    expect(of(isClose(int(10, 11), 10, { rtol: 0.1 }))).toEqual([true, true]);
    expect(() => isClose(a, b, { rtol: -1 })).toThrow(ArgumentError);
  });
});

describe("numbers", () => {
  test("hypot, xlogy, logaddexp at their corners", () => {
    expect([of(hypot(tensor([3 * 2 ** 900, 3 * 2 ** -900, INF]), tensor([2 ** 902, 2 ** -898, NaN]))), slopes(hypot as F, 0, 0)]).toEqual([[5 * 2 ** 900, 5 * 2 ** -900, INF], [0, 0]]); // prettier-ignore
    expect(of(xlogy(tensor([0, 0, 0, 2]), tensor([0, -1, NaN, 0])))).toEqual([0, 0, NaN, -INF]);
    expect(slopes(xlogy as F, [0, 0, 0], [0, 2, -1])).toEqual([[0, Math.log(2), 0], [0, 0, 0]]); // prettier-ignore
    expect(of(logaddexp(tensor([-INF, INF, -INF, 1000]), tensor([-INF, INF, 3, 0])))).toEqual([-INF, INF, 3, 1000]);
    expect(slopes(logaddexp as F, [-INF, INF, -INF], [-INF, INF, 3])).toEqual([[0.5, 0.5, 0], [0.5, 0.5, 1]]); // prettier-ignore
    expect([of(logaddexp2(tensor([3]), 3)), slopes(logaddexp2 as F, 3, 3)]).toEqual([[4], [0.5, 0.5]]);
  });
  test("ldexp where 2ᵉ overflows, lerp exact at both ends", () => {
    expect(of(ldexp(tensor([5e-324, 2 ** 1000, 0, 3]), tensor([1074, -2000, 5000, 0.5])))).toEqual([1, 2 ** -1000, 0, 3 * Math.SQRT2]); // prettier-ignore
    expect(of(lerp(tensor([0.1, 0.1]), tensor([0.7, 0.7]), tensor([0, 1])))).toEqual([0.1, 0.7]);
  });
  test("addcmul, addcdiv", () => {
    expect([of(addcmul(tensor([1, 2]), 3, tensor([[2], [4]]), { value: 0.5 })), of(addcdiv(int(1), int(6), 4))]).toEqual([[[4, 5], [7, 8]], [2.5]]); // prettier-ignore
  });
  test("logit", () => {
    expect([of(logit(tensor([0, 1, 2]))), slopes((x) => logit(x), [0, 2])]).toEqual([[-INF, INF, NaN], [[INF, NaN]]]);
    expect([of(logit(int(0, 1), { eps: 0.25 })), slopes((x) => logit(x, { eps: 0.25 }), [0, 0.25, 1])]).toEqual([[Math.log(1 / 3), Math.log(3)], [[0, 16 / 3, 0]]]); // prettier-ignore
    expect(() => logit(0.5, { eps: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: logit: eps lies between 0 and 0.5, got 1]`,
    );
  });
  test("poles and ends", () => {
    expect(of(lgamma(tensor([0, -0, -3, 1, 2, INF, -INF, NaN])))).toEqual([INF, INF, INF, 0, 0, INF, INF, NaN]);
    expect(of(digamma(tensor([0, -0, -3, INF, -INF, NaN])))).toEqual([-INF, INF, NaN, INF, NaN, NaN]);
    expect(of(polygamma(1, tensor([0, -3, INF, -INF, NaN])))).toEqual([INF, INF, 0, NaN, NaN]);
    expect(() => polygamma(-1, 1)).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: polygamma: the order is a whole number from 0, got -1]`,
    );
    expect([of(erfinv(tensor([1, -1, 2, NaN, -0]))), slopes(erfinv as F, [1, -1, 2])]).toEqual([[INF, -INF, NaN, NaN, -0], [[INF, INF, NaN]]]); // prettier-ignore
    expect([of(sinc(tensor([0, 3, -2]))), slopes(sinc as F, 0)]).toEqual([[1, 0, -0], [0]]);
  });
  test("whole numbers become floating where the function does", () => {
    const { acosh, ceil, deg2rad, erfc, exp2, floor, log2, positive, reciprocal, rsqrt, trunc } = chainrule;
    const dtypes = (...list: unknown[]): string[] => list.map((f) => (f as (x: Tensor) => Tensor)(int(1)).dtype);
    const floating = dtypes(acosh, erfc, lgamma, log2, reciprocal, rsqrt, sinc, deg2rad, exp2, logit);
    expect(new Set(floating)).toEqual(new Set(["float64"]));
    expect(new Set(dtypes(floor, ceil, trunc, round, frac, positive, nanToNum))).toEqual(new Set(["int32"]));
  });
});
