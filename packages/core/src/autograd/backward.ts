import { mode, RECORD, withMode } from "../ambient.ts";
import { GraphError, ShapeError } from "../errors.ts";
import { add } from "../families/elementwise.ts";
import { broadcastTo } from "../ops/movement.ts";
import { sameShape, showShape } from "../shape.ts";
import { fromNumber, type Hook, type Tensor } from "../tensor.ts";
import { pullBack, Walk } from "./graph.ts";

export interface BackwardOptions {
  /** Record the backward pass too, so that the gradients can be differentiated in turn. */
  readonly createGraph?: boolean | undefined;
}

/** The cotangent to start from: the one given, checked, or 1 for a scalar. */
export function seed(op: string, output: Tensor, cotangent: Tensor | undefined): Tensor {
  if (cotangent !== undefined) {
    if (!sameShape(cotangent.shape, output.shape)) {
      throw new ShapeError(op, `the cotangent is ${showShape(cotangent.shape)}, expected ${showShape(output.shape)}`, [
        cotangent.shape,
        output.shape,
      ]);
    }
    return cotangent.dtype === output.dtype ? cotangent : cotangent.to(output.dtype);
  }
  if (output.size !== 1) {
    throw new ShapeError(
      op,
      `needs a scalar loss, got ${showShape(output.shape)}; pass a cotangent of that shape, or reduce with sum() or mean()`,
      [output.shape],
    );
  }
  return broadcastTo(fromNumber(1, output.dtype), output.shape);
}

/** Adds to `.grad` of every leaf that requires grad the derivative of `output`; see `Tensor.backward`. */
export function backward(output: Tensor, cotangent?: Tensor, { createGraph = false }: BackwardOptions = {}): void {
  if (!output.requiresGrad) {
    throw new GraphError(
      "backward: nothing that led to this tensor requires grad; make a leaf with { requiresGrad: true }, use a Parameter, and compute outside noGrad()",
    );
  }
  const start = seed("backward", output, cotangent);
  const arrived: [Tensor, Tensor][] = [];
  withMode(createGraph ? mode | RECORD : mode & ~RECORD, () => {
    pullBack(new Walk([output]), [output], [start], null, (x, gradient) => {
      if (x.inputs.length === 0) arrived.push([x, gradient]);
    });
    // Only now: an error on the way has changed nothing.
    for (const [x, gradient] of arrived) x.grad = x.grad === null ? gradient : add(x.grad, gradient);
  });
}

/** Calls `hook` with the cotangent of `x` whenever one is computed; what it returns takes its place. Returns a function that ends this. */
export function registerHook(x: Tensor, hook: Hook): () => void {
  if (!x.requiresGrad)
    throw new GraphError("registerHook: this tensor requires no grad, so no gradient will ever reach it");
  x.hooks ??= new Set();
  const own: Hook = (cotangent) => hook(cotangent);
  x.hooks.add(own);
  return () => {
    x.hooks?.delete(own);
  };
}

/** Lets `backward()` fill `.grad` of a tensor that is not a leaf. */
export function retainGrad(x: Tensor): void {
  if (!x.requiresGrad)
    throw new GraphError("retainGrad: this tensor requires no grad, so no gradient will ever reach it");
  if (x.isLeaf || retained.has(x)) return;
  retained.add(x);
  registerHook(x, (cotangent) => {
    x.grad = x.grad === null ? cotangent : add(x.grad, cotangent);
  });
}
const retained = new WeakSet<Tensor>();
