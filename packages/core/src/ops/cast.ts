import { checkDtype, type Dtype } from "../dtype.ts";
import { asIs, linear, type LinearFunction } from "../families/linear.ts";
import { checkTensor, copied, fromNumber, type Tensor } from "../tensor.ts";
import { unchanged } from "./movement.ts";

export const castOp: LinearFunction<Dtype> = /* @__PURE__ */ linear<Dtype>({
  name: "cast",
  forward: (x, dtype) => (x.shape.length === 0 ? fromNumber(x.scalar, dtype) : copied(x, x.shape, dtype)),
  transpose: (cotangent, x) => ofDtype(cotangent, x.dtype),
  lead: asIs,
  cases: [
    { shapes: [[2, 3]], params: "float64" },
    { shapes: [[]], params: "float32" },
  ],
});

/**
 * `x` in another dtype; floating values lose their fraction on the way to int32, and become `x ≠ 0` in bool.
 * @throws DtypeError for a dtype that does not exist.
 * @example
 * cast(tensor([1.5, -2.5]), "int32").toArray(); // [1, -2]
 */
export function cast<A extends Tensor>(x: A, dtype: Dtype): Tensor<A["shape"]> {
  checkTensor("to", x);
  return x.dtype === dtype ? unchanged(x) : castOp(x, checkDtype("to", dtype));
}

/** The same for an operand, which nobody will see: `x` itself if it has the dtype. */
export const ofDtype = (x: Tensor, dtype: Dtype): Tensor => (x.dtype === dtype ? x : castOp(x, dtype));

export interface DtypeOption {
  /** What the input is converted to first. */
  readonly dtype?: Dtype | undefined;
}
/** `x` in the dtype that was asked for, if one was. */
export const asked = (op: string, x: Tensor, dtype: Dtype | undefined): Tensor =>
  dtype === undefined ? x : ofDtype(x, checkDtype(op, dtype));
/** As that, for sums and products; bool counts as int32. */
export function counting(op: string, x: Tensor, dtype: Dtype | undefined): Tensor {
  const values = asked(op, x, dtype);
  return values.dtype === "bool" ? castOp(values, "int32") : values;
}

export const cloneOp: LinearFunction<null> = /* @__PURE__ */ linear<null>({
  name: "clone",
  forward: (x) => (x.shape.length === 0 ? fromNumber(x.scalar, x.dtype) : copied(x)),
  transpose: (cotangent) => cotangent,
  lead: asIs,
  cases: [{ shapes: [[2, 3]], params: null }],
});

/**
 * A copy with elements of its own, in row-major order.
 * @example
 * clone(tensor([1, 2])).toArray(); // [1, 2]
 */
export function clone<A extends Tensor>(x: A): Tensor<A["shape"]> {
  checkTensor("clone", x);
  return cloneOp(x, null);
}
