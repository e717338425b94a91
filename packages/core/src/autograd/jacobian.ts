import { stack } from "../ops/joining.ts";
import { reshape } from "../ops/movement.ts";
import { allocate } from "../dtype.ts";
import { checkFunction } from "../errors.ts";
import type { Shape } from "../shape.ts";
import type { Check, Jacobian, ScalarOnly } from "../shape-types/index.ts";
import { fromArray, type Tensor } from "../tensor.ts";
import { broadcastTo } from "../ops/movement.ts";
import { fromNumber } from "../tensor.ts";
import { grad, jvp, pullBackTraced, pushForwardTraced, trace, type TransformOptions } from "./transforms.ts";
import type { Loose, Matching, TreeOf } from "./tree.ts";

/** A tensor of shape [...Y, ...X] for every pair of an output and an input; trees nest, outputs outside. */
export type JacobianOf<Y, X> = Y extends Tensor
  ? X extends Tensor
    ? Tensor<Jacobian<Y["shape"], X["shape"]>>
    : X extends number
      ? Tensor<Y["shape"]>
      : { [K in keyof TreeOf<X>]: JacobianOf<Y, TreeOf<X>[K]> }
  : { [K in keyof Y]: JacobianOf<Y[K], X> };

/** For each element of `x`, the list of basis tensors that are 1 there alone. */
function* basis(like: readonly Tensor[]): Generator<Tensor[]> {
  for (let at = 0; at < like.length; at++) {
    for (let i = 0; i < like[at]!.size; i++) {
      yield like.map((x, k) => {
        if (k !== at) return broadcastTo(fromNumber(0, x.dtype), x.shape);
        const one = allocate(x.dtype, x.size);
        one[i] = 1;
        return fromArray(x.shape, x.dtype, one);
      });
    }
  }
}
const total = (list: readonly Tensor[]): number => list.reduce((sum, x) => sum + x.size, 0);

/**
 * The function that computes all derivatives of all elements of `f(x)` by all elements of `x`: shape [...y.shape, ...x.shape].
 * Forward mode does it, column by column, when `x` has no more elements than `f(x)`; reverse mode, row by row, otherwise.
 * Of trees every tensor of `f(x)` is differentiated by every tensor of `x`, outputs outside.
 * @example
 * jacobian((x: Tensor<[2]>) => x.square())(tensor([1, 2])).toArray(); // [[2, 0], [0, 4]]
 */
export function jacobian<X, Y>(f: (x: X) => Y, options: TransformOptions = {}): (x: X) => JacobianOf<Y, X> {
  checkFunction("jacobian", f);
  return (x) => {
    const traced = trace("jacobian", f, x, options.createGraph);
    const { inputs, outputs, input, output } = traced;
    const forward = total(inputs) <= total(outputs);
    const lines: Tensor[][] = [];
    for (const direction of basis(forward ? inputs : outputs)) {
      lines.push(forward ? pushForwardTraced(traced, direction) : pullBackTraced(traced, direction));
    }
    /** Lines that belong to tensor `at` of those the basis runs over, each at its part `part`. */
    const block = (over: readonly Tensor[], at: number, part: number, rest: Tensor): Tensor[] => {
      const start = total(over.slice(0, at));
      if (over[at]!.size === 0) return [broadcastTo(fromNumber(0, rest.dtype), rest.shape)].slice(1);
      return lines.slice(start, start + over[at]!.size).map((line) => line[part]!);
    };
    const pair = (o: number, i: number): Tensor => {
      const y = outputs[o]!;
      const shape: Shape = [...y.shape, ...inputs[i]!.shape];
      const parts = forward ? block(inputs, i, o, y) : block(outputs, o, i, inputs[i]!);
      if (parts.length === 0) return broadcastTo(fromNumber(0, y.dtype), shape);
      return reshape(stack(parts, forward ? -1 : 0), shape);
    };
    return output.report(
      outputs.map((_, o) => input.report(inputs.map((_x, i) => pair(o, i))) as Tensor),
    ) as JacobianOf<Y, X>;
  };
}

/**
 * The function that computes all second derivatives of the scalar `f(x)`: shape [...x.shape, ...x.shape], by forward over reverse mode.
 * @throws ShapeError unless `f` returns a scalar.
 * @example
 * hessian((x: Tensor<[2]>) => x.pow(3).sum())(tensor([1, 2])).toArray(); // [[6, 0], [0, 12]]
 */
export function hessian<X, R extends Tensor>(
  f: Check<ScalarOnly<R["shape"], "grad">, (x: X) => R>,
  options?: TransformOptions,
): (x: X) => JacobianOf<TreeOf<X>, X>;
export function hessian(f: (x: unknown) => Tensor, options: TransformOptions = {}): (x: unknown) => unknown {
  return jacobian(grad(f), options);
}

/**
 * The Hessian of the scalar `f` at `x` times `tangent`, at the price of a few gradients and without the Hessian.
 * @throws ShapeError unless `f` returns a scalar and `tangent` has the shape of `x`.
 * @example
 * hvp((x: Tensor<[2]>) => x.pow(3).sum(), tensor([1, 2]), tensor([1, 10])).toArray(); // [6, 120]
 */
export function hvp<X, R extends Tensor, const T extends Loose<TreeOf<X>>>(
  f: Check<ScalarOnly<R["shape"], "grad">, (x: X) => R>,
  x: X,
  tangent: Check<Matching<T, TreeOf<X>, "jvp: the tangent">, T>,
): TreeOf<X>;
export function hvp(f: (x: unknown) => Tensor, x: unknown, tangent: unknown): unknown {
  return jvp(grad(f), [x], [tangent as never])[1];
}
