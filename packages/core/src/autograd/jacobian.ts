import { allocate } from "../dtype.ts";
import { checkFunction, optionsOf } from "../errors.ts";
import { movedim } from "../ops/arrange.ts";
import { concat } from "../ops/joining.ts";
import { reshape } from "../ops/movement.ts";
import { slice } from "../ops/slice.ts";
import { checkNoMore } from "../shape.ts";
import type { Check, Jacobian, ScalarOnly } from "../shape-types/index.ts";
import { fromArray, type Tensor } from "../tensor.ts";
import { Examples } from "./batch.ts";
import { handedOut } from "./graph.ts";
import { withGradient } from "./grad.ts";
import { alongTangent, pullBackTraced, pushForwardTraced, trace, type TransformOptions } from "./transforms.ts";
import type { Loose, Matching, TreeOf } from "./tree.ts";

/** A tensor of shape [...Y, ...X] for every pair of an output and an input; trees nest, outputs outside. */
export type JacobianOf<Y, X> =
  Y extends Tensor<infer S>
    ? X extends Tensor<infer R>
      ? Tensor<Jacobian<S, R>>
      : X extends number
        ? Tensor<S>
        : { [K in keyof TreeOf<X>]: JacobianOf<Y, TreeOf<X>[K]> }
    : { [K in keyof Y]: JacobianOf<Y[K], X> };

/** Directions that go through the graph side by side: they share its operations, but each needs memory of its own. */
const SIDE_BY_SIDE = 64;

/** Side by side in a first dim, directions in which one element alone moves: `count` of them from element `first` of all tensors on. */
function basis(like: readonly Tensor[], first: number, count: number): Tensor[] {
  let at = -first;
  return like.map((x) => {
    const ones = allocate(x.dtype, count * x.size);
    for (let i = 0; i < x.size; i++, at++) if (at >= 0 && at < count) ones[at * x.size + i] = 1;
    return fromArray([count, ...x.shape], x.dtype, ones);
  });
}
const total = (list: readonly Tensor[]): number => list.reduce((sum, x) => sum + x.size, 0);

/** What `derivative` makes of the directions of all elements of `over`, one after the other in a first dim. */
function linesOf(over: readonly Tensor[], derivative: (directions: Tensor[]) => Tensor[]): Tensor[] {
  const chunks: Tensor[][] = [];
  let first = 0;
  do {
    const batch = new Examples(Math.min(SIDE_BY_SIDE, total(over) - first));
    const directions = basis(over, first, batch.size).map((x) => batch.wrap(x));
    chunks.push(batch.run(() => derivative(directions)).map((x) => batch.whole(x)));
    first += SIDE_BY_SIDE;
  } while (first < total(over));
  return chunks[0]!.map((line, k) => (chunks.length === 1 ? line : concat(chunks.map((chunk) => chunk[k]!))));
}

/**
 * The function that computes all derivatives of all elements of `f(x)` by all elements of `x`: shape [...y.shape, ...x.shape].
 * Forward mode does it, column by column, when `x` has no more elements than `f(x)`; reverse mode, row by row, otherwise.
 * Of trees every tensor of `f(x)` is differentiated by every tensor of `x`, outputs outside.
 * @example
 * jacobian((x: Tensor<[2]>) => x.square())(tensor([1, 2])).toArray(); // [[2, 0], [0, 4]]
 */
export function jacobian<X, Y>(f: (x: X) => Y, options?: TransformOptions): (x: X) => JacobianOf<Y, X> {
  return derivativesOf("jacobian", f, options);
}
function derivativesOf<X, Y>(op: string, f: (x: X) => Y, options?: TransformOptions): (x: X) => JacobianOf<Y, X> {
  const { createGraph } = optionsOf(op, options, ["createGraph"]);
  checkFunction(op, f);
  return (x, ...more: unknown[]) => {
    checkNoMore(op, more, `the function takes one argument: write ${op}(([a, b]) => …)([x, y])`);
    const traced = trace(op, f, x, createGraph, [x]);
    const { inputs, outputs, input, output } = traced;
    const forward = total(inputs) <= total(outputs);
    const over = forward ? inputs : outputs;
    const lines = linesOf(over, forward ? (t) => pushForwardTraced(traced, t) : (u) => pullBackTraced(traced, u));
    const pair = (o: number, i: number): Tensor => {
      const [y, x] = [outputs[o]!, inputs[i]!];
      const at = forward ? i : o;
      const start = total(over.slice(0, at));
      const rows = slice(lines[forward ? o : i]!, 0, { start, end: start + over[at]!.size });
      return handedOut(reshape(forward ? movedim(rows, 0, -1) : rows, [...y.shape, ...x.shape]));
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
  f: Check<ScalarOnly<R["shape"], "hessian">, (x: X) => R>,
  options?: TransformOptions,
): (x: X) => JacobianOf<TreeOf<X>, X>;
export function hessian(f: (x: never) => Tensor, options?: TransformOptions): (x: unknown) => unknown {
  return derivativesOf("hessian", gradientOf("hessian", f), options);
}
const gradientOf = (op: string, f: (x: never) => Tensor): ((x: unknown) => unknown) => {
  const both = withGradient(op, f);
  return (x) => both(x as never)[1];
};

/**
 * The Hessian of the scalar `f` at `x` times `tangent`, at the price of a few gradients and without the Hessian.
 * @throws ShapeError unless `f` returns a scalar and `tangent` has the shape of `x`.
 * @example
 * hvp((x: Tensor<[2]>) => x.pow(3).sum(), tensor([1, 2]), tensor([1, 10])).toArray(); // [6, 120]
 */
export function hvp<X, R extends Tensor, const T extends Loose<TreeOf<X>>>(
  f: Check<ScalarOnly<R["shape"], "hvp">, (x: X) => R>,
  x: X,
  tangent: Check<Matching<T, TreeOf<X>, "hvp: the tangent">, T>,
  options?: TransformOptions,
): TreeOf<X>;
export function hvp(f: (x: never) => Tensor, x: unknown, tangent: unknown, options?: TransformOptions): unknown {
  const { createGraph } = optionsOf("hvp", options, ["createGraph"]);
  return alongTangent("hvp", gradientOf("hvp", f), x, tangent, createGraph, [x])[1];
}
