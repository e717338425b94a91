import { sizeOf } from "../shape.ts";
import { fromArray, type Tensor } from "../tensor.ts";
import type { Generator } from "../random/generator.ts";
import { exp } from "./exponential.ts";
import * as adaptive from "./adaptive-pooling.ts";
import * as attention from "./attention.ts";
import { apart, type Case, real, recorded, same, smallest } from "./cases.ts";
import { bilinear } from "./bilinear.ts";
import * as convolution from "./convolution.ts";
import * as normalization from "./normalization.ts";
import * as pooling from "./pooling.ts";
import * as resampling from "./resampling.ts";
import { norm } from "./statistics.ts";
import { convolutionInputOp, convolutionOp, convolutionWeightOp } from "./sliding.ts";
import { windowLargestOp, windowSpreadOp, windowSumOp } from "./windows.ts";

const { conv1d, conv2d, convTranspose1d, convTranspose2d } = convolution;
const { avgPool1d, avgPool2d, maxPool1d, maxPool2d } = pooling;
const { adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveMaxPool1d, adaptiveMaxPool2d } = adaptive;
const { interpolate, pixelShuffle, pixelUnshuffle } = resampling;
const { batchNorm, groupNorm, instanceNorm, layerNorm, normalize, rmsNorm } = normalization as unknown as {
  readonly [Name in keyof typeof normalization]: (x: Tensor, ...rest: unknown[]) => Tensor;
};
const rows: Tensor = fromArray([2, 2], "int32", Int32Array.of(2, 0, 2, 1));
const mask: Tensor = fromArray([2, 3], "bool", Uint8Array.of(1, 0, 1, 1, 1, 0));

/** Draws 0, 0.3, 0.6, 0.9, 0.2, …, the same each time. */
const generator = {
  rand: (shape: readonly number[]) =>
    fromArray(
      [...shape],
      "float64",
      Float64Array.from({ length: sizeOf(shape) }, (_, i) => ((3 * i) % 10) / 10),
    ),
} as unknown as Generator;

/** The cases of the operations that networks are made of. */
export const networks: {
  readonly [
    Name in Exclude<
      | keyof typeof adaptive
      | "bilinear"
      | keyof typeof attention
      | keyof typeof convolution
      | keyof typeof normalization
      | keyof typeof pooling
      | keyof typeof resampling,
      "attentionWeights" | "checkMask"
    >
  ]: readonly Case[];
} = {
  adaptiveAvgPool1d: [
    { ...real([2, 5]), call: (x) => adaptiveAvgPool1d(x, 3), rule: ([c]) => [c!, 3] },
    { ...real([1, 2, 4]), call: (x) => adaptiveAvgPool1d(x, 2), rule: ([n, c]) => [n!, c!, 2] },
  ],
  adaptiveAvgPool2d: [{ ...real([1, 3, 4]), call: (x) => adaptiveAvgPool2d(x, [2, 1]), rule: ([c]) => [c!, 2, 1] }],
  adaptiveMaxPool1d: [{ ...real([1, 5]), call: (x) => adaptiveMaxPool1d(x, 3), rule: ([c]) => [c!, 3], kinks: apart }],
  adaptiveMaxPool2d: [
    { ...real([1, 3, 2]), call: (x) => adaptiveMaxPool2d(x, [2, 1]), rule: ([c]) => [c!, 2, 1], kinks: apart },
  ],
  avgPool1d: [
    { ...real([2, 5]), call: (x) => avgPool1d(x, 2), rule: ([c]) => [c!, 2] },
    {
      ...real([1, 1, 5]),
      call: (x) => avgPool1d(x, 3, { stride: 2, padding: 1, ceilMode: true, countIncludePad: false }),
      rule: ([n, c]) => [n!, c!, 3],
    },
  ],
  avgPool2d: [
    {
      ...real([1, 3, 4]),
      call: (x) => avgPool2d(x, 2, { stride: [1, 2], padding: 1 }),
      rule: ([c]) => [c!, 4, 3],
    },
    { ...real([1, 2, 2]), call: (x) => avgPool2d(x, [2, 1], { divisorOverride: 3 }), rule: ([c]) => [c!, 1, 2] },
  ],
  batchNorm: [
    { ...real([4, 2]), call: (x) => batchNorm(x, { eps: 0.5 }), rule: same },
    {
      ...real([2, 2, 3], [2], [2]),
      call: (x, weight, bias) => batchNorm(x, { weight, bias, eps: 0.5 }),
      rule: same,
    },
    { ...real([2, 2], [2]), call: (x, mean) => batchNorm(x, { mean, variance: exp(mean) }), rule: same },
  ],
  conv1d: [
    { ...real([2, 2, 5], [3, 2, 2], [3]), call: (x, w, b) => conv1d(x, w, b), rule: ([n]) => [n!, 3, 4] },
    {
      ...real([2, 5], [2, 1, 3]),
      call: (x, w) => conv1d(x, w, null, { groups: 2, padding: "same", dilation: 2 }),
      rule: (x) => x,
    },
    {
      ...real([0, 1, 3], [1, 1, 2]),
      call: (x, w) => conv1d(x, w, null, { stride: 2, padding: 1 }),
      rule: ([n]) => [n!, 1, 2],
    },
  ],
  conv2d: [
    {
      ...real([1, 2, 3, 4], [2, 2, 2, 2], [2]),
      call: (x, w, b) => conv2d(x, w, b, { stride: [1, 2], padding: [1, 0] }),
      rule: () => [1, 2, 4, 2],
    },
    {
      ...real([2, 3, 3], [4, 1, 2, 1]),
      call: (x, w) => conv2d(x, w, null, { groups: 2, dilation: [2, 1] }),
      rule: () => [4, 1, 3],
    },
  ],
  convTranspose1d: [
    { ...real([2, 2, 3], [2, 2, 2], [2]), call: (x, w, b) => convTranspose1d(x, w, b), rule: ([n]) => [n!, 2, 4] },
    {
      ...real([2, 3], [2, 1, 3]),
      call: (x, w) => convTranspose1d(x, w, null, { groups: 2, stride: 2, padding: 1, outputPadding: 1 }),
      rule: () => [2, 6],
    },
  ],
  convTranspose2d: [
    {
      ...real([1, 2, 2, 3], [2, 1, 2, 2], [1]),
      call: (x, w, b) => convTranspose2d(x, w, b, { stride: [2, 1], dilation: [1, 2] }),
      rule: () => [1, 1, 4, 5],
    },
  ],
  bilinear: [
    {
      ...real([2, 2], [2, 3], [2, 2, 3], [2]),
      call: (x, y, w, b) => bilinear(x, y, w, b),
      rule: ([n]) => [n!, 2],
    },
    { ...real([2], [1], [3, 2, 1]), call: (x, y, w) => bilinear(x, y, w), rule: () => [3] },
    { ...real([2, 0, 2], [2, 0, 1], [1, 2, 1]), call: (x, y, w) => bilinear(x, y, w, null), rule: () => [2, 0, 1] },
  ],
  dropout: [
    {
      ...real([2, 3]),
      call: (x) => attention.dropout(x, { p: 0.4, generator: generator }),
      rule: same,
    },
    { ...real([3]), call: (x) => attention.dropout(x, { p: 1, generator: generator }), rule: same },
  ],
  embedding: [{ ...real([3, 2]), call: (w) => attention.embedding(rows, w), rule: ([, width]) => [2, 2, width!] }],
  groupNorm: [
    {
      ...real([2, 4, 2], [4], [4]),
      call: (x, weight, bias) => groupNorm(x, 2, { weight, bias, eps: 0.5 }),
      rule: same,
    },
  ],
  instanceNorm: [
    {
      ...real([2, 2, 3], [2], [2]),
      call: (x, weight, bias) => instanceNorm(x, { weight, bias, eps: 0.5 }),
      rule: same,
    },
  ],
  interpolate: [
    { ...real([1, 2, 3]), call: (x) => interpolate(x, { size: 5 }), rule: ([n, c]) => [n!, c!, 5] },
    {
      ...real([1, 1, 2, 3]),
      call: (x) => interpolate(x, { scaleFactor: [2, 1.5], mode: "bilinear" }),
      rule: ([n, c]) => [n!, c!, 4, 4],
    },
    {
      ...real([1, 1, 3]),
      call: (x) => interpolate(x, { size: 4, mode: "linear", alignCorners: true }),
      rule: ([n, c]) => [n!, c!, 4],
    },
  ],
  layerNorm: [
    { ...real([2, 3], [3], [3]), call: (x, weight, bias) => layerNorm(x, 3, { weight, bias, eps: 0.5 }), rule: same },
    { ...real([2, 2, 2]), call: (x) => layerNorm(x, [2, 2], { eps: 0.5 }), rule: same },
  ],
  maxPool1d: [
    { ...real([1, 2, 5]), call: (x) => maxPool1d(x, 2), rule: ([n, c]) => [n!, c!, 2], kinks: apart },
    {
      ...real([1, 6]),
      call: (x) => maxPool1d(x, 3, { stride: 2, padding: 1, ceilMode: true }),
      rule: ([c]) => [c!, 4],
      kinks: apart,
    },
  ],
  maxPool2d: [
    {
      ...real([1, 3, 3]),
      call: (x) => maxPool2d(x, 2, { stride: 1, dilation: [2, 1] }),
      rule: ([c]) => [c!, 1, 2],
      kinks: apart,
    },
  ],
  normalize: [
    {
      ...real([2, 3]),
      call: (x) => normalize(x, 1, { eps: 0.01 }),
      rule: same,
      kinks: (x) => smallest(norm(x, 1)),
    },
    { ...real([3]), call: (x) => normalize(x, 0, { p: 3, eps: 0.01 }), rule: same, kinks: smallest },
  ],
  pixelShuffle: [
    { ...real([4, 1, 2]), call: (x) => pixelShuffle(x, 2), rule: ([c, h, w]) => [c! / 4, h! * 2, w! * 2] },
  ],
  pixelUnshuffle: [
    { ...real([1, 1, 2, 4]), call: (x) => pixelUnshuffle(x, 2), rule: ([n, c, h, w]) => [n!, c! * 4, h! / 2, w! / 2] },
  ],
  rmsNorm: [{ ...real([2, 3], [3]), call: (x, weight) => rmsNorm(x, 3, { weight, eps: 0.5 }), rule: same }],
  scaledDotProductAttention: [
    {
      ...real([2, 2], [3, 2], [3, 1]),
      call: (q, k, v) => attention.scaledDotProductAttention(q, k, v, { attnMask: mask }),
      rule: ([n], _k, [, m]) => [n!, m!],
    },
    {
      ...real([1, 2, 2], [1, 2, 2], [1, 2, 2]),
      call: (q, k, v) => attention.scaledDotProductAttention(q, k, v, { isCausal: true }),
      rule: same,
    },
  ],
};

/** The records inside them. */
export const networkRecords: { readonly [name: string]: readonly Case[] } = {
  windowSum: recorded(windowSumOp.op),
  windowSpread: recorded(windowSpreadOp.op),
  windowLargest: recorded(windowLargestOp),
  convolution: recorded(convolutionOp.op),
  convolutionInput: recorded(convolutionInputOp.op),
  convolutionWeight: recorded(convolutionWeightOp.op),
};
