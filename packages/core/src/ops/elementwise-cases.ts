import type { Tensor } from "../tensor.ts";
import * as algebra from "./algebra.ts";
import { type Case, elementwise, real, same, within } from "./cases.ts";
import { gt } from "./comparison.ts";
import { logistic, logisticSlope } from "./exponential.ts";
import * as hyperbolic from "./hyperbolic.ts";
import * as logarithm from "./logarithm.ts";
import * as logical from "./logical.ts";
import { lowered, powerOf } from "./power.ts";
import * as rounding from "./rounding.ts";
import * as selection from "./selection.ts";
import * as special from "./special.ts";
import { atanSlope, oneMinusSquare, sechSquare, sechSquareSlope } from "./trigonometric.ts";

/** The element that is nearest to a place, by how far it is. */
const nearest =
  (distance: (x: number) => number) =>
  (x: Tensor): number =>
    Math.min(...Array.from(x.toTypedArray(), (v) => Math.abs(distance(v))));
const wholeQuotient = (a: Tensor, b: Tensor): number => nearest((q) => q - Math.round(q))(a.div(b));

/** Functions that are no part of a family, or that are inside others. */
type Inside =
  | "acoshSlope" | "asinhSlope" | "logitOp" | "spread" | "roundTo" | "truncDivide" | "addcdivOp" | "addcmulOp"
  | "bell" | "bellSlope" | "erfinvSlope" | "erfinvCurve" | "polygammas" | "sincs"; // prettier-ignore
type Public = Exclude<
  | keyof typeof algebra | keyof typeof hyperbolic | keyof typeof logarithm | keyof typeof logical
  | keyof typeof rounding | keyof typeof selection | keyof typeof special,
  Inside
>; // prettier-ignore

/** The cases of the elementwise operations beyond the basic ones. */
export const elementwiseCases: { readonly [Name in Public]: readonly Case[] } = {
  acosh: [elementwise(hyperbolic.acosh)],
  add: [
    elementwise(algebra.add),
    { ...real([2, 3], [3]), call: (a, b) => algebra.add(a, b, { alpha: -0.5 }), rule: () => [2, 3] },
  ],
  addcdiv: [
    elementwise(algebra.addcdivOp),
    {
      ...within([0.5, 4], [2, 3], [3], [2, 1]),
      call: (x, a, b) => algebra.addcdiv(x, a, b, { value: -0.5 }),
      rule: () => [2, 3],
    },
  ],
  addcmul: [
    elementwise(algebra.addcmulOp),
    { ...real([2, 3], [3], [2, 1]), call: (x, a, b) => algebra.addcmul(x, a, b, { value: 2 }), rule: () => [2, 3] },
  ],
  asinh: [elementwise(hyperbolic.asinh)],
  atanh: [elementwise(hyperbolic.atanh)],
  ceil: [elementwise(rounding.ceil)],
  clamp: [
    elementwise(selection.clamp),
    { ...real([2, 3]), call: (x) => selection.clamp(x, null, 0.5), rule: same, kinks: nearest((x) => x - 0.5) },
  ],
  copysign: [elementwise(selection.copysign)],
  deg2rad: [elementwise(algebra.deg2rad)],
  digamma: [elementwise(special.digamma)],
  div: [
    elementwise(rounding.div),
    {
      ...within([1, 4], [2, 3], [3]),
      call: (a, b) => rounding.div(a, b, { roundingMode: "floor" }),
      rule: same,
      kinks: wholeQuotient,
    },
    {
      ...within([1, 4], [2, 3], [3]),
      call: (a, b) => rounding.div(a, b, { roundingMode: "trunc" }),
      rule: same,
      kinks: wholeQuotient,
    },
  ],
  erfc: [elementwise(special.erfc)],
  erfinv: [elementwise(special.erfinv)],
  floor: [elementwise(rounding.floor)],
  floorDivide: [elementwise(rounding.floorDivide)],
  fmax: [elementwise(selection.fmax)],
  fmin: [elementwise(selection.fmin)],
  fmod: [elementwise(rounding.fmod)],
  frac: [elementwise(rounding.frac)],
  heaviside: [elementwise(selection.heaviside)],
  isClose: [
    { ...real([2, 3]), call: (x) => logical.isClose(x, 1), rule: same },
    { ...real([3]), call: (x) => logical.isClose(x, x, { rtol: 0, atol: 1, equalNan: true }), rule: same },
  ],
  isFinite: [elementwise(logical.isFinite)],
  isInf: [elementwise(logical.isInf)],
  ldexp: [elementwise(algebra.ldexp)],
  lerp: [elementwise(algebra.lerp)],
  lgamma: [elementwise(special.lgamma)],
  log10: [elementwise(logarithm.log10)],
  log2: [elementwise(logarithm.log2)],
  logaddexp: [elementwise(logarithm.logaddexp)],
  logaddexp2: [elementwise(logarithm.logaddexp2)],
  logicalNot: [elementwise(logical.logicalNot)],
  logicalOr: [elementwise(logical.logicalOr)],
  logicalXor: [elementwise(logical.logicalXor)],
  logit: [
    elementwise(logarithm.logitOp),
    {
      ...within([0.25, 0.75], [2, 3]),
      call: (x) => logarithm.logit(x, { eps: 0.125 }),
      rule: same,
    },
  ],
  maskedFill: [
    { ...real([2, 3]), call: (x) => selection.maskedFill(x, gt(x, 1), 2), rule: same, kinks: nearest((v) => v - 1) },
    { ...real([3], []), call: (x, v) => selection.maskedFill(x, gt(x, 9), v as never), rule: same },
  ],
  nanToNum: [
    { ...real([2, 3]), call: (x) => selection.nanToNum(x), rule: same },
    { ...real([3]), call: (x) => selection.nanToNum(x, { nan: 1, posinf: 2, neginf: -2 }), rule: same },
  ],
  polygamma: [elementwise(special.polygammas(1)), elementwise(special.polygammas(2))],
  positive: [{ ...real([2, 3]), call: (x) => algebra.positive(x), rule: same }],
  rad2deg: [elementwise(algebra.rad2deg)],
  remainder: [elementwise(rounding.remainder)],
  round: [elementwise(rounding.roundTo(0)), elementwise(rounding.roundTo(1)), elementwise(rounding.roundTo(-1))],
  signbit: [elementwise(logical.signbit)],
  sinc: [elementwise(special.sinc)],
  trunc: [elementwise(rounding.trunc)],
  xlogy: [elementwise(logarithm.xlogy)],
  sub: [
    elementwise(algebra.sub),
    { ...real([2, 3], [3]), call: (a, b) => algebra.sub(a, b, { alpha: 2 }), rule: () => [2, 3] },
  ],
};

/** The records of derivatives, and of what works inside other operations. */
export const elementwiseRecords: { readonly [name: string]: readonly Case[] } = {
  acoshSlope: [elementwise(hyperbolic.acoshSlope)],
  asinhSlope: [elementwise(hyperbolic.asinhSlope)],
  atanSlope: [elementwise(atanSlope)],
  bell: [elementwise(special.bell)],
  bellSlope: [elementwise(special.bellSlope)],
  erfinvCurve: [elementwise(special.erfinvCurve)],
  erfinvSlope: [elementwise(special.erfinvSlope)],
  logistic: [elementwise(logistic)],
  logisticSlope: [elementwise(logisticSlope)],
  lowered: [elementwise(lowered(1))],
  powers: [2, 3, 4, -1, -2, 0.5, -0.5].map((exponent) => elementwise(powerOf(exponent)!)),
  oneMinusSquare: [elementwise(oneMinusSquare)],
  sechSquare: [elementwise(sechSquare)],
  sechSquareSlope: [elementwise(sechSquareSlope)],
  sincSlope: [elementwise(special.sincs(1))],
  spread: [elementwise(logarithm.spread)],
  truncDivide: [elementwise(rounding.truncDivide)],
};
