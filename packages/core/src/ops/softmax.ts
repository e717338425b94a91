import { optionsOf } from "../errors.ts";
import type { CustomOp } from "../families/custom.ts";
import { shifted } from "../families/linear.ts";
import { alongDim, logSoftmaxRun, logSumExpRun, type RunMap, softmaxRun } from "../kernels/reduce.ts";
import { runsBySets } from "../kernels/runs.ts";
import { apply } from "../op.ts";
import { listed, normalizeDim } from "../shape.ts";
import type { CheckReduce, Along, CheckAlong, DimsArg, Reduce } from "../shape-types/index.ts";
import { checkTensor, produce, type Tensor } from "../tensor.ts";
import { mul, sub } from "./arithmetic.ts";
import { asked, type DtypeOption } from "./cast.ts";
import { exp } from "./exponential.ts";
import { leadReduction, reduced, sumOp, type SumParams } from "./broadcast.ts";
import { reshape } from "./movement.ts";
import { type Dims, floating, type KeepDim, reduction } from "./reduction.ts";

const CASES = [
  { shapes: [[2, 3]], params: 1 },
  { shapes: [[3, 2]], params: 0 },
];
const along = (name: string, x: Tensor, dim: number, map: RunMap): Tensor =>
  produce(
    x.shape,
    x.dtype,
    (out, start) => {
      if (!runsBySets(name, out, start, x, [dim])) alongDim(out, start, x, dim, map);
    },
    true,
  );
const total = (x: Tensor, dim: number): Tensor => (dim < x.rank ? sumOp(x, reduction("sum", x, dim, true)) : x);
/** A scalar is softmaxed as a list of one. */
export function dimOf(op: string, x: Tensor, dim: number): number {
  checkTensor(op, x);
  return normalizeDim(op, dim, listed(x.shape));
}

export const softmaxOp: CustomOp<number> = {
  name: "softmax",
  cases: CASES,
  forward: ([x], dim) => along("softmax", x!, dim, softmaxRun),
  // J = diag(y) − y·yᵀ is symmetric: one rule for both modes
  vjp: (t, y) => mul(y, sub(t, total(mul(t, y), y.params as number))),
  jvp: ([t], y) => mul(y, sub(t!, total(mul(t!, y), y.params as number))),
  lead: shifted,
};

/**
 * exp(x) / Σ exp(x) along a dim, by default the last: positive, sums to 1, never overflows.
 * @throws ShapeError if there is no such dim.
 * @example
 * softmax(tensor([1000, 1000])).toArray(); // [0.5, 0.5]
 */
export function softmax<A extends Tensor, D extends number = -1>(
  x: A,
  dim?: CheckAlong<A["shape"], D, "softmax">,
  options?: DtypeOption,
): Tensor<Along<A["shape"], D, "softmax">>;
export function softmax(x: Tensor, dim = -1, options?: DtypeOption): Tensor {
  const at = dimOf("softmax", x, dim);
  return apply(softmaxOp, [floating(asked("softmax", x, optionsOf("softmax", options, ["dtype"]).dtype))], at);
}

export const logSoftmaxOp: CustomOp<number> = {
  name: "logSoftmax",
  cases: CASES,
  forward: ([x], dim) => along("logSoftmax", x!, dim, logSoftmaxRun),
  // J = I − 1·softmaxᵀ
  vjp: (t, y) => sub(t, mul(exp(y), total(t, y.params as number))),
  jvp: ([t], y) => sub(t!, total(mul(exp(y), t!), y.params as number)),
  lead: shifted,
};

/**
 * log softmax(x) along a dim, by default the last, without the overflow and lost digits of log(softmax(x)).
 * @throws ShapeError if there is no such dim.
 * @example
 * logSoftmax(tensor([0, 1000])).toArray(); // [-1000, 0]
 */
export function logSoftmax<A extends Tensor, D extends number = -1>(
  x: A,
  dim?: CheckAlong<A["shape"], D, "logSoftmax">,
  options?: DtypeOption,
): Tensor<Along<A["shape"], D, "logSoftmax">>;
export function logSoftmax(x: Tensor, dim = -1, options?: DtypeOption): Tensor {
  const at = dimOf("logSoftmax", x, dim);
  return apply(logSoftmaxOp, [floating(asked("logSoftmax", x, optionsOf("logSoftmax", options, ["dtype"]).dtype))], at);
}

/** softmax over the reduced dims: the derivative of log Σ exp. */
function share(y: Tensor): Tensor {
  const [x] = y.inputs as [Tensor];
  const { dims, kept } = y.params as SumParams;
  if (dims.length === 1) return apply(softmaxOp, [x], dims[0]!);
  return exp(sub(x, reshape(y, kept)));
}
export const logSumExpOp: CustomOp<SumParams> = {
  name: "logSumExp",
  cases: [
    { shapes: [[2, 3]], params: { dims: [0, 1], kept: [1, 1], shape: [] } },
    { shapes: [[2, 3]], params: { dims: [1], kept: [2, 1], shape: [2, 1] } },
  ],
  forward: ([x], { dims, shape }) => reduced("logSumExp", x!, dims, shape, logSumExpRun),
  vjp: (t, y) => mul(reshape(t, (y.params as SumParams).kept), share(y)),
  jvp: ([t], y) => sumOp(mul(t!, share(y)), y.params as SumParams),
  lead: leadReduction,
};

/**
 * log Σ exp(x) over one dim, several, or by default all, without overflow; −∞ for nothing.
 * @throws ShapeError if there is no such dim, or one is listed twice.
 * @example
 * logSumExp(tensor([1000, 1000])).item(); // 1000 + log 2
 */
export function logSumExp<A extends Tensor, const D extends DimsArg = undefined, K extends boolean = false>(
  x: A,
  dim?: CheckReduce<A["shape"], D, K, "logSumExp">,
  options?: KeepDim<K>,
): Tensor<Reduce<A["shape"], D, K, "logSumExp">>;
export function logSumExp(x: Tensor, dim?: Dims, options?: KeepDim): Tensor {
  const { keepDim } = optionsOf("logSumExp", options, ["keepDim"]);
  const params = reduction("logSumExp", x, dim, keepDim);
  return apply(logSumExpOp, [floating(x)], params);
}
