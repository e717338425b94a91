import { cholesky, det, inverse, matmul, type Tensor, transpose } from "@chainrule/core";
import { expect } from "vitest";

// Linear algebra of tensors of which the compiler knows no shape.

export const multiply = matmul as (a: Tensor, b: Tensor) => Tensor;
export const across = transpose as (x: Tensor) => Tensor;
export const invert = inverse as (x: Tensor) => Tensor;
export const determinant = det as (x: Tensor) => Tensor;
export const factor = cholesky as (x: Tensor, options?: { upper: boolean }) => Tensor;

const EPSILON = 2 ** -52;
/** The size of the largest element. */
export const size = (x: Tensor): number => Math.max(0, ...Array.from(x.toTypedArray(), Math.abs));
/** |a − b| is at most `factor` roundings of numbers as large as `scale`. */
export function expectNear(a: Tensor, b: Tensor, factor: number, scale = size(b)): void {
  expect(a.shape).toEqual(b.shape);
  const off = size(a.sub(b));
  if (!(off <= factor * EPSILON * scale)) throw new Error(`off by ${off}, allowed ${factor * EPSILON * scale}`);
}
