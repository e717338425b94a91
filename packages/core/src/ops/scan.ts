import { optionsOf } from "../errors.ts";
import type { CustomOp } from "../families/custom.ts";
import { shifted } from "../families/linear.ts";
import { alongDim, type RunMap } from "../kernels/reduce.ts";
import { apply } from "../op.ts";
import { checkNoMore, normalizeDim } from "../shape.ts";
import type { Along, Check, CheckAlong, Diff } from "../shape-types/index.ts";
import { checkTensor, produce, type Tensor } from "../tensor.ts";
import { mul, sub } from "./arithmetic.ts";
import { checkCount } from "./arrange.ts";
import { cast, counting, type DtypeOption } from "./cast.ts";
import { gather } from "./indexing.ts";
import { concat } from "./joining.ts";
import { logaddexp } from "./logarithm.ts";
import { unchanged } from "./movement.ts";
import { slice } from "./slice.ts";
import { type Extremes, floating } from "./reduction.ts";
import { dimOf } from "./softmax.ts";

/**
 * y₁, y₁·y₂, … for an associative `join`, in log₂ n steps: step k joins each element with the one 2ᵏ places before it. As a composition it
 * has the right derivatives of any order, zeros included, where quotients by single elements would not.
 */
function scan(x: Tensor, dim: number, join: (before: Tensor, after: Tensor) => Tensor): Tensor {
  if (x.rank === 0) return unchanged(x);
  const size = x.shape[dim]!;
  let y = unchanged(x);
  for (let step = 1; step < size; step *= 2)
    y = concat(
      [slice(y, dim, { end: step }), join(slice(y, dim, { end: size - step }), slice(y, dim, { start: step }))],
      dim,
    );
  return y;
}

/**
 * Running products along a dim; bool counts as int32.
 * @throws ShapeError if there is no such dim.
 * @example
 * cumprod(tensor([1, 2, 3]), 0).toArray(); // [1, 2, 6]
 */
export function cumprod<A extends Tensor, D extends number>(
  x: A,
  dim: CheckAlong<A["shape"], D, "cumprod">,
  options?: DtypeOption,
): Tensor<Along<A["shape"], D, "cumprod">>;
export function cumprod(x: Tensor, dim: number, options?: DtypeOption): Tensor {
  const at = dimOf("cumprod", x, dim);
  const numbers = counting("cumprod", x, optionsOf("cumprod", options, ["dtype"]).dtype);
  return scan(numbers, at, (a, b) => mul(a, b));
}

/**
 * Running log Σ eˣ along a dim, without overflow.
 * @throws ShapeError if there is no such dim.
 * @example
 * logcumsumexp(tensor([-Infinity, 1000, -Infinity]), 0).toArray().slice(1); // [1000, 1000]
 */
export function logcumsumexp<A extends Tensor, D extends number>(
  x: A,
  dim: CheckAlong<A["shape"], D, "logcumsumexp">,
): Tensor<Along<A["shape"], D, "logcumsumexp">>;
export function logcumsumexp(x: Tensor, dim: number, ...more: unknown[]): Tensor {
  checkNoMore("logcumsumexp", more, "it takes one dim");
  const at = dimOf("logcumsumexp", x, dim);
  return scan(floating(x), at, (a, b) => logaddexp(a, b));
}

/** For each element, the position of the extreme so far: the last of equal ones, or of NaNs. */
const lastExtreme =
  (beats: (value: number, best: number) => boolean): RunMap =>
  (data, at, step, length, out, o, outStep) => {
    let best = data[at]!;
    let place = 0;
    for (let i = 0; i < length; i++) {
      const value = data[at + i * step]!;
      if (value !== value || (best === best && beats(value, best))) {
        best = value;
        place = i;
      }
      out[o + i * outStep] = place;
    }
  };
const runningPosition = (name: string, map: RunMap): CustomOp<number> => ({
  name,
  cases: [
    { shapes: [[3, 2]], params: 0 },
    { shapes: [[2, 3]], params: 1 },
  ],
  forward: ([x], dim) => produce(x!.shape, "int32", (out, start) => alongDim(out, start, x!, dim, map)),
  vjp: () => null,
  jvp: () => null,
  lead: shifted,
});
export const cumargmaxOp: CustomOp<number> = /* @__PURE__ */ runningPosition("cummax", /* @__PURE__ */ lastExtreme((value, best) => value >= best)); // prettier-ignore
export const cumargminOp: CustomOp<number> = /* @__PURE__ */ runningPosition("cummin", /* @__PURE__ */ lastExtreme((value, best) => value <= best)); // prettier-ignore

function running(op: CustomOp<number>, x: Tensor, dim: number): Extremes {
  const at = dimOf(op.name, x, dim);
  const indices = apply(op, [x], at);
  return { values: x.rank === 0 ? unchanged(x) : gather(x, at, indices), indices };
}

/**
 * The largest element so far along a dim, and where it stood: the last of equal ones. NaN wins.
 * @throws ShapeError if there is no such dim.
 * @example
 * cummax(tensor([1, 3, 2]), 0).values.toArray(); // [1, 3, 3]
 */
export function cummax<A extends Tensor, D extends number>(
  x: A,
  dim: CheckAlong<A["shape"], D, "cummax">,
): Extremes<Tensor<Along<A["shape"], D, "cummax">>>;
export function cummax(x: Tensor, dim: number, ...more: unknown[]): Extremes {
  checkNoMore("cummax", more, "it takes one dim");
  return running(cumargmaxOp, x, dim);
}

/**
 * The smallest element so far along a dim, and where it stood: the last of equal ones. NaN wins.
 * @throws ShapeError if there is no such dim.
 * @example
 * cummin(tensor([2, 3, 1]), 0).indices.toArray(); // [0, 0, 2]
 */
export function cummin<A extends Tensor, D extends number>(
  x: A,
  dim: CheckAlong<A["shape"], D, "cummin">,
): Extremes<Tensor<Along<A["shape"], D, "cummin">>>;
export function cummin(x: Tensor, dim: number, ...more: unknown[]): Extremes {
  checkNoMore("cummin", more, "it takes one dim");
  return running(cumargminOp, x, dim);
}

/** What `diff` puts before and after its input, along the dim, before it takes differences. */
export interface DiffOptions {
  readonly prepend?: Tensor | undefined;
  readonly append?: Tensor | undefined;
}

/**
 * Differences of neighbours, xᵢ₊₁ − xᵢ, along a dim, by default the last; `n` times over. Bool counts as int32.
 * @throws ShapeError if there is no such dim, ArgumentError unless `n` is a whole number.
 * @example
 * diff(tensor([1, 4, 9])).toArray(); // [3, 5]
 */
export function diff<
  A extends Tensor,
  N extends number = 1,
  D extends number = -1,
  O extends DiffOptions | undefined = undefined,
>(x: A, n?: N, dim?: Check<Diff<A["shape"], N, D, O>, D>, options?: O): Tensor<Diff<A["shape"], N, D, O>>;
export function diff(x: Tensor, n = 1, dim = -1, options?: DiffOptions): Tensor {
  const { prepend, append } = optionsOf("diff", options, ["prepend", "append"]);
  checkTensor("diff", x);
  checkCount("diff", "differences", n, 0);
  const at = normalizeDim("diff", dim, x.shape);
  const parts = [prepend, x, append].filter((part) => part !== undefined);
  let y = parts.length > 1 ? concat(parts, at) : unchanged(x);
  if (y.dtype === "bool") y = cast(y, "int32");
  for (let i = 0; i < n && y.shape[at]! > 0; i++) y = sub(slice(y, at, { start: 1 }), slice(y, at, { end: -1 }));
  return y;
}
