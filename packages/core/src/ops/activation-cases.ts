import type { Tensor } from "../tensor.ts";
import { type Case, elementwise, real, same } from "./cases.ts";
import * as gates from "./gates.ts";
import * as hard from "./hard.ts";
import * as rectifiers from "./rectifiers.ts";

/** Distance of the nearest element to one of the places where an activation bends. */
const bends =
  (...places: number[]) =>
  (x: Tensor): number =>
    Math.min(...Array.from(x.toTypedArray(), (v) => Math.min(...places.map((place) => Math.abs(v - place)))));
const activation = (call: (x: Tensor) => Tensor, ...kinks: number[]): Case => ({
  ...real([2, 3]),
  call,
  rule: same,
  ...(kinks.length > 0 && { kinks: bends(...kinks) }),
});
type Calls<M> = { [Name in keyof M]: (x: Tensor, ...params: number[]) => Tensor };
const { celu, elu, leakyRelu, selu } = rectifiers as unknown as Calls<typeof rectifiers>;
const { hardshrink, hardtanh, relu6, softshrink, threshold } = hard as unknown as Calls<typeof hard>;

/** Functions that are inside others. */
type Inside =
  | "between" | "celuOp" | "eluOp" | "expOfQuotient" | "float" | "geluCurve" | "geluSlope" | "geluTanh" | "geluTanhCurve" | "geluTanhSlope" | "mishCurve" | "mishSlope"
  | "named" | "preluOp" | "siluCurve" | "siluSlope"; // prettier-ignore

/** The cases of the activations. */
export const activations: {
  readonly [Name in Exclude<keyof typeof gates | keyof typeof hard | keyof typeof rectifiers, Inside>]: readonly Case[];
} = {
  celu: [activation((x) => celu(x, 0.5), 0)],
  elu: [activation((x) => elu(x), 0), activation((x) => rectifiers.elu(x, { alpha: 2 }), 0)],
  gelu: [elementwise(gates.gelu), activation((x) => gates.gelu(x, { approximate: "tanh" }))],
  glu: [
    { ...real([2, 4]), call: (x) => gates.glu(x), rule: ([n, m]) => [n!, m! / 2] },
    { ...real([2, 3]), call: (x) => gates.glu(x, 0), rule: ([n, m]) => [n! / 2, m!] },
  ],
  hardshrink: [activation((x) => hardshrink(x), -0.5, 0.5)],
  hardsigmoid: [elementwise(hard.hardsigmoid)],
  hardswish: [elementwise(hard.hardswish)],
  hardtanh: [activation((x) => hardtanh(x, -2, 1), -2, 1)],
  leakyRelu: [activation((x) => leakyRelu(x), 0), activation((x) => leakyRelu(x, 0.2), 0)],
  logSigmoid: [activation((x) => gates.logSigmoid(x))],
  mish: [elementwise(gates.mish)],
  prelu: [
    { ...real([2, 3, 2], [3]), call: (x, w) => gates.prelu(x, w), rule: same, kinks: bends(0) },
    { ...real([3], []), call: (x, w) => gates.prelu(x, w), rule: same, kinks: bends(0) },
  ],
  relu6: [activation((x) => relu6(x), 0)],
  selu: [activation((x) => selu(x), 0)],
  silu: [elementwise(gates.silu)],
  softmin: [
    { ...real([2, 3]), call: (x) => gates.softmin(x), rule: same },
    { ...real([2, 3]), call: (x) => gates.softmin(x, 0), rule: same },
  ],
  softshrink: [activation((x) => softshrink(x), -0.5, 0.5)],
  softsign: [elementwise(rectifiers.softsign)],
  tanhshrink: [elementwise(rectifiers.tanhshrink)],
  threshold: [activation((x) => threshold(x, 0.5, 1), 0.5)],
};

/** The records inside them. */
export const activationRecords: { readonly [name: string]: readonly Case[] } = {
  between: [elementwise(hard.between)],
  eluOp: [elementwise(rectifiers.eluOp)],
  preluOp: [elementwise(rectifiers.preluOp)],
  celuOp: [elementwise(rectifiers.celuOp)],
  expOfQuotient: [elementwise(rectifiers.expOfQuotient)],
  geluCurve: [elementwise(gates.geluCurve)],
  geluSlope: [elementwise(gates.geluSlope)],
  geluTanh: [elementwise(gates.geluTanh)],
  geluTanhCurve: [elementwise(gates.geluTanhCurve)],
  geluTanhSlope: [elementwise(gates.geluTanhSlope)],
  mishCurve: [elementwise(gates.mishCurve)],
  mishSlope: [elementwise(gates.mishSlope)],
  siluCurve: [elementwise(gates.siluCurve)],
  siluSlope: [elementwise(gates.siluSlope)],
};
