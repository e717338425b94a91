import {
  concatShape,
  dotShape,
  flattenShape,
  gatherShape,
  indexSelectShape,
  linearShape,
  matmulShape,
  outerShape,
  padShape,
  permuteOrder,
  reshapeShape,
  sliceShape,
  splitSizes,
  squeezeShape,
  stackShape,
  transposeOrder,
  unsqueezeShape,
} from "../shape-rules.ts";
import { reduceShape } from "../shape.ts"; // prettier-ignore
import { fromArray, fromNumber, type Tensor } from "../tensor.ts";
import { apart, type Case, elementwise, real, recorded, same, scalar, smallest, within } from "./cases.ts";
import { activationRecords, activations } from "./activation-cases.ts";
import { elementwiseCases, elementwiseRecords } from "./elementwise-cases.ts";
import { broadcastOp, sumOp } from "./broadcast.ts";
import { castOp, cloneOp } from "./cast.ts";
import { arranging } from "./arrange-cases.ts";
import * as ops from "./index.ts";
import { indexing } from "./index-cases.ts";
import { gatherOp, scatterAddOp } from "./indexing.ts";
import { concatOp } from "./joining.ts";
import { linearAlgebra } from "./linalg-cases.ts";
import { linearOp, matmulOp } from "./matmul.ts";
import { aliasOp, insertOp, permuteOp, reshapeOp } from "./movement.ts";
import { networkRecords, networks } from "./network-cases.ts";
import { argmaxOp, argminOp, type Extremes, maxOp, minOp, same as equalOrNaN } from "./reduction.ts";
import { scanning } from "./scan-cases.ts";
import { embedOp, sliceOp } from "./slice.ts";
import { logSoftmaxOp, logSumExpOp, softmaxOp } from "./softmax.ts";
import { cumsumOp, normOp, sumSquaresOp } from "./statistics.ts";

// Every operation, and every way to call it, that the law tests go through. A function that ops/index.ts exports and that is missing here
// does not compile, nor does a case without a domain. Pages do not load this file: it is the entry point `@chainrule/core/registry`.

export type { Case };

const positions: Tensor = fromArray([2, 2], "int32", Int32Array.of(0, 2, 1, 1));
const none: Tensor = fromArray([0, 2], "int32", new Int32Array(0));

/** The cases of each operation, by the name it is exported under. */
export const registry: { readonly [Name in keyof typeof ops]: readonly Case[] } = {
  ...activations,
  ...networks,
  ...elementwiseCases,
  ...linearAlgebra,
  ...arranging,
  ...scanning,
  ...indexing,
  abs: [elementwise(ops.abs)],
  acos: [elementwise(ops.acos)],
  argmax: [
    { ...real([2, 3]), call: (x) => ops.argmax(x), rule: scalar },
    { ...real([2, 3]), call: (x) => ops.argmax(x, -1, { keepDim: true }), rule: (x) => reduceShape(x, [1], true) },
    ...recorded(argmaxOp),
  ],
  argmin: [
    { ...real([2, 3]), call: (x) => ops.argmin(x), rule: scalar },
    { ...real([2, 3]), call: (x) => ops.argmin(x, 0), rule: (x) => reduceShape(x, [0], false) },
    ...recorded(argminOp),
  ],
  asin: [elementwise(ops.asin)],
  atan: [elementwise(ops.atan)],
  atan2: [elementwise(ops.atan2)],
  broadcastTo: [
    { ...real([2, 1, 3]), call: (x) => ops.broadcastTo(x, [2, 2, 2, 3]), rule: () => [2, 2, 2, 3] },
    { ...real([1]), call: (x) => ops.broadcastTo(x, [2, 0]), rule: () => [2, 0] },
    { ...real([2, 3]), call: (x) => ops.broadcastTo(x, [2, 3]), rule: same },
    ...recorded(broadcastOp.op),
  ],
  cast: [{ ...real([2, 3]), call: (x) => ops.cast(x, "float64"), rule: same }, ...recorded(castOp.op)],
  clone: [{ ...real([2, 3]), call: (x) => ops.clone(x), rule: same }, ...recorded(cloneOp.op)],
  concat: [
    { ...real([2, 3], [2, 1], [2, 0]), call: (...x) => ops.concat(x, -1), rule: (...x) => concatShape(x, -1) },
    { ...real([2], [3]), call: (a, b) => ops.concat([a, b, a]), rule: (a, b) => concatShape([a, b, a], 0) },
    { ...real([2, 2]), call: (x) => ops.concat([x]), rule: same },
    ...recorded(concatOp),
  ],
  cos: [elementwise(ops.cos)],
  cosh: [elementwise(ops.cosh)],
  cumsum: [
    { ...real([3, 2]), call: (x) => ops.cumsum(x, 0), rule: same },
    { ...real([2, 0]), call: (x) => ops.cumsum(x, -1), rule: same },
    ...recorded(cumsumOp.op),
  ],
  dot: [
    { ...real([3], [3]), call: (a, b) => ops.dot(a, b), rule: dotShape },
    { ...real([2]), call: (a) => ops.dot(a, a), rule: (a) => dotShape(a, a) },
    { ...real([0], [0]), call: (a, b) => ops.dot(a, b), rule: dotShape },
  ],
  eq: [elementwise(ops.eq)],
  erf: [elementwise(ops.erf)],
  exp: [elementwise(ops.exp)],
  exp2: [elementwise(ops.exp2)],
  expm1: [elementwise(ops.expm1)],
  flatten: [
    { ...real([2, 3]), call: (x) => ops.flatten(x), rule: (x) => flattenShape(x, 0, -1) },
    { ...real([2, 2, 2]), call: (x) => ops.flatten(x, 1), rule: (x) => flattenShape(x, 1, -1) },
    { ...real([]), call: (x) => ops.flatten(x), rule: (x) => flattenShape(x, 0, -1) },
    { ...real([3]), call: (x) => ops.flatten(x), rule: same },
  ],
  flip: [
    { ...real([2, 3]), call: (x) => ops.flip(x, -1), rule: same },
    { ...real([2, 3]), call: (x) => ops.flip(x, [0, 1]), rule: same },
    { ...real([0, 2]), call: (x) => ops.flip(x, 0), rule: same },
    { ...real([]), call: (x) => ops.flip(x, [-1]), rule: same },
  ],
  gather: [
    { ...real([2, 3]), call: (x) => ops.gather(x, 1, positions), rule: (x) => gatherShape(x, 1, [2, 2]) },
    { ...real([3, 4]), call: (x) => ops.gather(x, -2, positions), rule: (x) => gatherShape(x, 0, [2, 2]) },
    { ...real([2, 3]), call: (x) => ops.gather(x, 0, none), rule: (x) => gatherShape(x, 0, [0, 2]) },
    { ...real([]), call: (x) => ops.gather(x, -1, fromNumber(0, "int32")), rule: same },
    ...recorded(gatherOp.op),
    ...recorded(scatterAddOp.op),
  ],
  ge: [elementwise(ops.ge)],
  gt: [elementwise(ops.gt)],
  hypot: [elementwise(ops.hypot)],
  indexSelect: [
    { ...real([3, 2]), call: (x) => ops.indexSelect(x, 0, [2, 0, 2]), rule: (x) => indexSelectShape(x, 0, [3]) },
    { ...real([]), call: (x) => ops.indexSelect(x, 0, [0]), rule: same },
    { ...real([2, 3]), call: (x) => ops.indexSelect(x, -1, []), rule: (x) => indexSelectShape(x, 1, [0]) },
  ],
  isNaN: [elementwise(ops.isNaN)],
  le: [elementwise(ops.le)],
  linear: [
    { ...real([2, 3], [4, 3], [4]), call: (x, w, b) => ops.linear(x, w, b), rule: (x) => linearShape(x, 3, 4) },
    { ...real([2, 2, 3], [1, 3]), call: (x, w) => ops.linear(x, w), rule: (x) => linearShape(x, 3, 1) },
    { ...real([3], [2, 3]), call: (x, w) => ops.linear(x, w, null), rule: (x) => linearShape(x, 3, 2) },
    { ...real([0, 3], [2, 3], [2]), call: (x, w, b) => ops.linear(x, w, b), rule: (x) => linearShape(x, 3, 2) },
    ...recorded(linearOp),
  ],
  log: [elementwise(ops.log)],
  log1p: [elementwise(ops.log1p)],
  logSoftmax: [
    { ...real([2, 3]), call: (x) => ops.logSoftmax(x), rule: same },
    { ...real([2, 2, 2]), call: (x) => ops.logSoftmax(x, 1), rule: same },
    { ...real([]), call: (x) => ops.logSoftmax(x), rule: same },
    { ...real([2, 0]), call: (x) => ops.logSoftmax(x), rule: same },
    ...recorded(logSoftmaxOp),
  ],
  logSumExp: [
    { ...real([2, 3]), call: (x) => ops.logSumExp(x), rule: scalar },
    {
      ...real([2, 3, 2]),
      call: (x) => ops.logSumExp(x, [0, -1], { keepDim: true }),
      rule: (x) => reduceShape(x, [0, 2], true),
    },
    { ...real([2, 3]), call: (x) => ops.logSumExp(x, 1), rule: (x) => reduceShape(x, [1], false) },
    { ...real([2]), call: (x) => ops.logSumExp(x, []), rule: same },
    { ...real([]), call: (x) => ops.logSumExp(x), rule: scalar },
    ...recorded(logSumExpOp),
  ],
  logicalAnd: [elementwise(ops.logicalAnd)],
  lt: [elementwise(ops.lt)],
  matmul: [
    { ...real([2, 3], [3, 2]), call: (a, b) => ops.matmul(a, b), rule: matmulShape },
    { ...real([2, 2]), call: (a) => ops.matmul(a, a), rule: (a) => matmulShape(a, a) },
    { ...real([3], [3]), call: (a, b) => ops.matmul(a, b), rule: matmulShape },
    { ...real([2], [2, 3]), call: (a, b) => ops.matmul(a, b), rule: matmulShape },
    { ...real([3, 2], [2]), call: (a, b) => ops.matmul(a, b), rule: matmulShape },
    { ...real([2, 2, 3], [2, 3, 1]), call: (a, b) => ops.matmul(a, b), rule: matmulShape },
    { ...real([2, 1, 1, 2], [3, 2, 2]), call: (a, b) => ops.matmul(a, b), rule: matmulShape },
    { ...real([2, 2, 3], [3, 2]), call: (a, b) => ops.matmul(a, b), rule: matmulShape },
    { ...real([2], [2, 2, 1]), call: (a, b) => ops.matmul(a, b), rule: matmulShape },
    { ...real([2, 0], [0, 3]), call: (a, b) => ops.matmul(a, b), rule: matmulShape },
    ...recorded(matmulOp.op),
  ],
  max: [
    { ...real([2, 3]), call: (x) => ops.max(x) as Tensor, rule: scalar, kinks: apart },
    {
      ...real([2, 3]),
      call: (x) => ops.max(x, undefined, { keepDim: true }) as Tensor,
      rule: (x) => reduceShape(x, [0, 1], true),
      kinks: apart,
    },
    {
      ...real([2, 3]),
      call: (x) => (ops.max(x, 1) as Extremes).values,
      rule: (x) => reduceShape(x, [1], false),
      kinks: apart,
    },
    ...recorded(maxOp, apart),
  ],
  maximum: [elementwise(ops.maximum)],
  mean: [
    { ...real([2, 3]), call: (x) => ops.mean(x), rule: scalar },
    {
      ...real([2, 3, 2]),
      call: (x) => ops.mean(x, [0, -1], { keepDim: true }),
      rule: (x) => reduceShape(x, [0, 2], true),
    },
    { ...real([2, 0]), call: (x) => ops.mean(x, 0), rule: (x) => reduceShape(x, [0], false) },
  ],
  min: [
    { ...real([2, 3]), call: (x) => ops.min(x) as Tensor, rule: scalar, kinks: apart },
    {
      ...real([2, 3]),
      call: (x) => (ops.min(x, 0, { keepDim: true }) as Extremes).values,
      rule: (x) => reduceShape(x, [0], true),
      kinks: apart,
    },
    ...recorded(minOp, apart),
  ],
  minimum: [elementwise(ops.minimum)],
  mul: [elementwise(ops.mul)],
  ne: [elementwise(ops.ne)],
  neg: [elementwise(ops.neg)],
  norm: [
    { ...real([2, 3]), call: (x) => ops.norm(x), rule: scalar, kinks: (x) => ops.norm(x).item() },
    {
      ...real([2, 3]),
      call: (x) => ops.norm(x, 1),
      rule: (x) => reduceShape(x, [1], false),
      kinks: (x) => smallest(ops.norm(x, 1)),
    },
    { ...real([4]), call: (x) => ops.norm(x, 0, { p: 1 }), rule: (x) => reduceShape(x, [0], false), kinks: smallest },
    {
      ...real([4]),
      call: (x) => ops.norm(x, 0, { p: 3, keepDim: true }),
      rule: (x) => reduceShape(x, [0], true),
      kinks: smallest,
    },
    { ...real([4]), call: (x) => ops.norm(x, 0, { p: 0.5 }), rule: scalar, kinks: smallest },
    {
      ...real([3]),
      call: (x) => ops.norm(x, 0, { p: Infinity }),
      rule: scalar,
      kinks: (x) => Math.min(apart(ops.abs(x)), smallest(x)),
    },
    {
      ...real([3]),
      call: (x) => ops.norm(x, 0, { p: -Infinity }),
      rule: scalar,
      kinks: (x) => Math.min(apart(ops.abs(x)), smallest(x)),
    },
    { ...real([3]), call: (x) => ops.norm(x, 0, { p: 0 }), rule: scalar, kinks: smallest },
    { ...real([]), call: (x) => ops.norm(x), rule: scalar, kinks: smallest },
    { ...real([2, 0]), call: (x) => ops.norm(x, 0), rule: (x) => reduceShape(x, [0], false) },
    ...recorded(normOp, (x) => Math.min(smallest(ops.norm(x, 0)), ops.norm(x).item())),
  ],
  outer: [
    { ...real([2], [3]), call: (a, b) => ops.outer(a, b), rule: outerShape },
    { ...real([2]), call: (a) => ops.outer(a, a), rule: (a) => outerShape(a, a) },
  ],
  pad: [
    { ...real([2, 3]), call: (x) => ops.pad(x, [1, 2, 0, 1]), rule: (x) => padShape(x, [1, 2, 0, 1]) },
    { ...real([2, 3]), call: (x) => ops.pad(x, [-1, 1], 1), rule: (x) => padShape(x, [-1, 1]) },
    { ...real([0]), call: (x) => ops.pad(x, [1, 1], 1), rule: (x) => padShape(x, [1, 1]) },
    { ...real([2]), call: (x) => ops.pad(x, [0, 0]), rule: same },
  ],
  permute: [
    {
      ...real([2, 3, 2]),
      call: (x) => ops.permute(x, [2, 0, -2]),
      rule: (x) => permuteOrder([2, 0, -2], x).map((d) => x[d]!),
    },
    { ...real([]), call: (x) => ops.permute(x, []), rule: scalar },
    ...recorded(permuteOp.op),
  ],
  pow: [elementwise(ops.pow)],
  prod: [
    { ...real([2, 3]), call: (x) => ops.prod(x), rule: scalar },
    {
      ...real([2, 3, 2]),
      call: (x) => ops.prod(x, [0, -1], { keepDim: true }),
      rule: (x) => reduceShape(x, [0, 2], true),
    },
    { ...within([0, 0], [3]), call: (x) => ops.prod(x), rule: scalar },
    { ...real([0, 2]), call: (x) => ops.prod(x, 0), rule: (x) => reduceShape(x, [0], false) },
    { ...real([]), call: (x) => ops.prod(x), rule: scalar },
  ],
  reciprocal: [elementwise(ops.reciprocal)],
  relu: [elementwise(ops.relu)],
  reshape: [
    { ...real([2, 3]), call: (x) => ops.reshape(x, [3, -1]), rule: (x) => reshapeShape(x, [3, -1]) },
    { ...real([2, 3]), call: (x) => ops.reshape(x, [2, 3]), rule: same },
    { ...real([0, 2]), call: (x) => ops.reshape(x, [3, 0]), rule: (x) => reshapeShape(x, [3, 0]) },
    ...recorded(reshapeOp.op),
    ...recorded(insertOp.op),
  ],
  rsqrt: [elementwise(ops.rsqrt)],
  select: [
    { ...real([2, 3]), call: (x) => ops.select(x, 1, -1), rule: (x) => reduceShape(x, [1], false) },
    { ...real([3]), call: (x) => ops.select(x, 0, 1), rule: (x) => reduceShape(x, [0], false) },
  ],
  sigmoid: [elementwise(ops.sigmoid)],
  sign: [elementwise(ops.sign)],
  sin: [elementwise(ops.sin)],
  sinh: [elementwise(ops.sinh)],
  slice: [
    {
      ...real([2, 5]),
      call: (x) => ops.slice(x, 1, { start: 4, end: 0, step: -2 }),
      rule: (x) => sliceShape(x, 1, 4, 0, -2),
    },
    { ...real([4, 2]), call: (x) => ops.slice(x, 0, { start: -3 }), rule: (x) => sliceShape(x, 0, -3) },
    { ...real([3]), call: (x) => ops.slice(x, 0, { start: 2, end: 1 }), rule: (x) => sliceShape(x, 0, 2, 1) },
    ...recorded(sliceOp.op),
    ...recorded(embedOp.op),
  ],
  softmax: [
    { ...real([2, 3]), call: (x) => ops.softmax(x), rule: same },
    { ...real([2, 2, 2]), call: (x) => ops.softmax(x, 0), rule: same },
    { ...real([]), call: (x) => ops.softmax(x), rule: same },
    { ...real([0, 2]), call: (x) => ops.softmax(x, 0), rule: same },
    ...recorded(softmaxOp),
  ],
  softplus: [
    elementwise(ops.softplus),
    { ...real([2, 3]), call: (x) => ops.softplus(x, { beta: 2, threshold: 20 }), rule: same },
  ],
  split: [
    { ...real([5]), call: (x) => ops.split(x, 2)[1]!, rule: (x) => [splitSizes(2, x, 0)[1]!] },
    {
      ...real([2, 3]),
      call: (x) => ops.split(x, [1, 2], -1)[1],
      rule: ([rows, ...x]) => [rows!, splitSizes([1, 2], x, 0)[1]!],
    },
  ],
  sqrt: [elementwise(ops.sqrt)],
  square: [elementwise(ops.square)],
  squeeze: [
    { ...real([1, 2, 1]), call: (x) => ops.squeeze(x), rule: (x) => squeezeShape(x) },
    { ...real([1, 2, 1]), call: (x) => ops.squeeze(x, -1), rule: (x) => squeezeShape(x, -1) },
    { ...real([2]), call: (x) => ops.squeeze(x, 0), rule: same },
  ],
  stack: [
    { ...real([2], [2]), call: (a, b) => ops.stack([a, b, a], -1), rule: (a, b) => stackShape([a, b, a], -1) },
    { ...real([], []), call: (a, b) => ops.stack([a, b]), rule: (a, b) => stackShape([a, b], 0) },
  ],
  std: [
    { ...real([2, 3]), call: (x) => ops.std(x), rule: scalar, kinks: (x) => ops.std(x).item() },
    {
      ...real([2, 3]),
      call: (x) => ops.std(x, 1, { correction: 0, keepDim: true }),
      rule: (x) => reduceShape(x, [1], true),
      kinks: (x) => smallest(ops.std(x, 1)),
    },
  ],
  sum: [
    { ...real([2, 3]), call: (x) => ops.sum(x), rule: scalar },
    {
      ...real([2, 3, 2]),
      call: (x) => ops.sum(x, [0, -1], { keepDim: true }),
      rule: (x) => reduceShape(x, [0, 2], true),
    },
    { ...real([2, 3]), call: (x) => ops.sum(x, []), rule: same },
    { ...real([2, 0]), call: (x) => ops.sum(x, 1), rule: (x) => reduceShape(x, [1], false) },
    ...recorded(sumOp.op),
  ],
  tan: [elementwise(ops.tan)],
  tanh: [elementwise(ops.tanh)],
  transpose: [
    { ...real([2, 3]), call: (x) => ops.transpose(x), rule: (x) => transposeOrder(-2, -1, x).map((d) => x[d]!) },
    {
      ...real([2, 3, 2]),
      call: (x) => ops.transpose(x, 0, -1),
      rule: (x) => transposeOrder(0, 2, x).map((d) => x[d]!),
    },
    { ...real([2, 3]), call: (x) => ops.transpose(x, 1, 1), rule: same },
  ],
  tril: [
    { ...real([3, 3]), call: (x) => ops.tril(x), rule: same },
    { ...real([2, 2, 3]), call: (x) => ops.tril(x, 1), rule: same },
  ],
  triu: [
    { ...real([3, 3]), call: (x) => ops.triu(x), rule: same },
    { ...real([3, 2]), call: (x) => ops.triu(x, -1), rule: same },
  ],
  unsqueeze: [
    { ...real([2, 3]), call: (x) => ops.unsqueeze(x, 1), rule: (x) => unsqueezeShape(x, 1) },
    { ...real([]), call: (x) => ops.unsqueeze(x, -1), rule: (x) => unsqueezeShape(x, -1) },
  ],
  variance: [
    ...recorded(sumSquaresOp),
    { ...real([2, 3]), call: (x) => ops.variance(x), rule: scalar },
    {
      ...real([2, 3]),
      call: (x) => ops.variance(x, 0, { correction: 0, keepDim: true }),
      rule: (x) => reduceShape(x, [0], true),
    },
  ],
  where: [elementwise(ops.where)],
};

/** Operations that work inside others and that nobody calls by name. */
export const inner: { readonly [name: string]: readonly Case[] } = {
  ...activationRecords,
  ...networkRecords,
  ...elementwiseRecords,
  alias: recorded(aliasOp.op),
  same: [elementwise(equalOrNaN)],
};
