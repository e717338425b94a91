import { mode, RECORD, withMode } from "../ambient.ts";
import { ArgumentError, checkFunction, DtypeError, GraphError, isPlain, optionsOf, ShapeError } from "../errors.ts";
import { add } from "../families/elementwise.ts";
import { ofDtype } from "../ops/cast.ts";
import { broadcastTo } from "../ops/broadcast.ts";
import { isUnseen } from "../spare.ts";
import { checkScalar, sameShape, type Shape, showShape } from "../shape.ts";
import type { Check, Fail, ScalarOnly, Show } from "../shape-types/index.ts";
import type { SameSizes } from "../shape-types/sizes.ts";
import { checkTensor, detached, fromNumber, type Hook, type Tensor } from "../tensor.ts";
import { handedOut, pullBack, Walk } from "./graph.ts";

export interface BackwardOptions {
  /** Record the backward pass too, so that the gradients can be differentiated in turn. */
  readonly createGraph?: boolean | undefined;
}

/** Shape S of an output, if the way back can start there: from a scalar, or from a cotangent C of the same shape. */
export type Start<S extends Shape, C extends Tensor | undefined, Op extends string> = [C] extends [undefined]
  ? ScalarOnly<S, Op>
  : C extends Tensor<infer R>
    ? { c: R } extends { c: S }
      ? S
      : SameSizes<S, R> extends true
        ? S
        : Fail<`${Op}: the cotangent is ${Show<R>}, expected ${Show<S>}`>
    : S;

/** The cotangent to start from: the one given, checked, or 1 for a scalar. */
export function seed(op: string, output: Tensor, cotangent: Tensor | undefined): Tensor {
  if (cotangent !== undefined) {
    checkTensor(op, cotangent);
    if (!sameShape(cotangent.shape, output.shape)) {
      throw new ShapeError(op, `the cotangent is ${showShape(cotangent.shape)}, expected ${showShape(output.shape)}`, [
        cotangent.shape,
        output.shape,
      ]);
    }
    return ofDtype(cotangent, output.dtype);
  }
  checkScalar(op, output.shape);
  const one = fromNumber(1, output.dtype);
  return output.shape.length === 0 ? one : broadcastTo(one, output.shape);
}

/** PyTorch has an option against the loss of a graph, which cannot be lost here. */
export function checkRetain(op: string, options: unknown): void {
  if (isPlain(options) && "retainGraph" in (options as object))
    throw new ArgumentError(`${op}: leave out retainGraph; a graph lasts as long as its result is held`);
}

/**
 * Adds the derivative of a scalar by every leaf that requires grad to the leaf's `.grad`. From a tensor of another shape it needs a
 * cotangent of that shape: the gradient is then that of Σ output·cotangent.
 * @throws ShapeError unless the output is a scalar or the cotangent has its shape, GraphError if nothing that led here requires grad.
 * @example
 * const x = tensor([1, 2], { requiresGrad: true });
 * backward(sum(square(x)));
 * x.grad?.toArray(); // [2, 4]
 */
export function backward<A extends Tensor, C extends Tensor | undefined = undefined>(
  output: [C] extends [undefined] ? Check<Start<A["shape"], C, "backward">, A> : A,
  cotangent?: Check<Start<A["shape"], C, "backward">, C>,
  options?: BackwardOptions,
): void;
export function backward(output: Tensor, cotangent?: Tensor, options?: BackwardOptions): void {
  checkRetain("backward", cotangent);
  checkRetain("backward", options);
  const { createGraph = false } = optionsOf("backward", options, ["createGraph"]);
  checkTensor("backward", output);
  if (isPlain(cotangent))
    throw new ArgumentError("backward: options come second; write backward(undefined, { createGraph: true })");
  if (output.batch !== null)
    throw new GraphError("backward: inside vmap a leaf has no one gradient to add to; use grad(), which returns them");
  if (!output.tracked) {
    throw new GraphError(
      "backward: nothing that led to this tensor requires grad; make a leaf with { requiresGrad: true }, use a Parameter, compute outside noGrad(), and give grad and its kind { createGraph: true } to differentiate what they return",
    );
  }
  const start = seed("backward", output, cotangent);
  const leaves: Tensor[] = [];
  const gradients: Tensor[] = [];
  withMode(createGraph ? mode | RECORD : mode & ~RECORD, () => {
    pullBack(new Walk([output]), [output], [start], null, (x, gradient) => {
      if (x.inputs.length === 0 || (x.hooks !== null && retained.has(x))) {
        leaves.push(x);
        gradients.push(gradient);
      }
    });
    for (let i = 0; i < leaves.length; i++) gradients[i] = accumulated(leaves[i]!, gradients[i]!);
    // Only now: an error on the way has changed nothing.
    for (let i = 0; i < leaves.length; i++) leaves[i]!.grad = gradients[i]!;
  });
}

/** The gradient that has come to `x` so far and the new one, in one. */
function accumulated(x: Tensor, gradient: Tensor): Tensor {
  const { gradient: grad, shape, dtype } = x;
  if (grad === null) {
    if (x.inputs.length > 0 || !isUnseen(gradient)) return handedOut(gradient);
    gradient.op = null;
    return gradient;
  }
  checkTensor("backward: .grad", grad);
  if (!sameShape(grad.shape, shape))
    throw new ShapeError(
      "backward",
      `the leaf ${showShape(shape)} has a .grad of shape ${showShape(grad.shape)}; set it to null, or to a tensor of its own shape`,
      [grad.shape, shape],
    );
  if (grad.dtype !== dtype)
    throw new DtypeError(
      `backward: the leaf ${dtype} ${showShape(shape)} has a .grad of ${grad.dtype}; set it to null, or to a tensor of its own dtype`,
    );
  return add(grad, gradient);
}

/**
 * Calls `hook` with the cotangent of `x` whenever one is computed; what it returns takes the cotangent's place. The function that comes
 * back ends this.
 * @throws GraphError if the tensor requires no grad.
 * @example
 * const x = tensor([1, 2], { requiresGrad: true });
 * registerHook(x, (cotangent) => clamp(cotangent, -1, 1));
 */
export function registerHook(x: Tensor, hook: Hook): () => void {
  checkTensor("registerHook", x);
  checkFunction("registerHook", hook);
  if (!x.tracked) throw new GraphError("registerHook: this tensor requires no grad, so no gradient will ever reach it");
  x.hooks ??= new Set();
  const own: Hook = (cotangent) => hook(cotangent);
  x.hooks.add(own);
  return () => {
    x.hooks?.delete(own);
  };
}

/**
 * Lets `backward` fill `.grad` of this result too; it returns the tensor itself.
 * @throws GraphError if it requires no grad.
 */
export function retainGrad<A extends Tensor>(x: A): A {
  checkTensor("retainGrad", x);
  if (!x.tracked) throw new GraphError("retainGrad: this tensor requires no grad, so no gradient will ever reach it");
  retained.add(x);
  x.hooks ??= new Set();
  return x;
}
const retained = /* @__PURE__ */ new WeakSet<Tensor>();

/**
 * The same elements, with no memory of how they were made: no derivative passes. A view.
 * @example
 * detach(tensor([1], { requiresGrad: true })).requiresGrad; // false
 */
export function detach<A extends Tensor>(x: A): Tensor<A["shape"]> {
  checkTensor("detach", x);
  return detached(x);
}
