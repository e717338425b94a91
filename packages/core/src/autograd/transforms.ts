import { mode, RECORD, TRANSFORM, withMode } from "../ambient.ts";
import { ArgumentError, GraphError, ShapeError } from "../errors.ts";
import { apply } from "../op.ts";
import { linear, type LinearFunction } from "../families/linear.ts";
import { broadcastTo } from "../ops/movement.ts";
import { sameShape, showShape } from "../shape.ts";
import { detached, fromNumber, Tensor, view } from "../tensor.ts";
import { seed } from "./backward.ts";
import { pullBack, pushForward, Walk } from "./graph.ts";
import { type Flat, flattenTree, type TreeOf } from "./tree.ts";

/** The identity: gives a transform a tensor of its own to differentiate by, still connected to the one it was given. */
export const aliasOp: LinearFunction<null> = linear<null>({
  name: "alias",
  forward: (x) => view(x, x.shape, x.strides, x.offset),
  transpose: (cotangent) => cotangent,
  cases: [{ shapes: [[2, 3]], params: null }],
});

const zerosLike = (x: Tensor): Tensor => broadcastTo(fromNumber(0, x.dtype), x.shape);

/** A function that has been run on tensors of its own, ready to be differentiated. */
export interface Traced {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly input: Flat;
  readonly output: Flat;
  /** Whether an enclosing transform, or `createGraph`, will differentiate the result. */
  readonly nested: boolean;
}

export interface TransformOptions {
  /** Keep the results differentiable although no transform encloses this one. */
  readonly createGraph?: boolean | undefined;
}

/** Runs `f` on the tree with fresh leaves. Parameters of modules are their own leaves. */
export function trace(op: string, f: (tree: never) => unknown, tree: unknown, createGraph = false): Traced {
  const nested = createGraph || ((mode & RECORD) !== 0 && (mode & TRANSFORM) !== 0);
  const input = flattenTree(op, tree);
  if (input.leaves.length === 0) throw new ArgumentError(`${op}: the input holds no tensor to differentiate by`);
  const inputs = input.leaves.map((x, i) => {
    if (input.inPlace[i]) return x;
    const own = nested && x.requiresGrad ? withMode(mode | RECORD, () => aliasOp(x, null)) : detached(x);
    own.requiresGrad = true;
    return own;
  });
  const result = withMode(mode | RECORD | TRANSFORM, () => f(input.rebuild(inputs) as never));
  const output = flattenTree(op, result);
  return { inputs, outputs: output.leaves, input, output, nested };
}

/** What the user gets back: connected to the outer graph where there is one, plain otherwise. */
export const released = (traced: Traced, x: Tensor): Tensor => (traced.nested ? x : x.requiresGrad ? detached(x) : x);

const walkOf = ({ inputs, outputs }: Traced): Walk => new Walk(outputs, Math.min(...inputs.map((x) => x.depth)) - 1);

/** Runs derivative rules: recorded only when somebody will differentiate the result. */
const ruled = <R>(traced: Traced, fn: () => R): R => withMode(traced.nested ? mode | RECORD : mode & ~RECORD, fn);

/** Cotangents of the inputs for cotangents of the outputs. */
export function pullBackTraced(traced: Traced, cotangents: readonly Tensor[]): Tensor[] {
  const walk = walkOf(traced);
  const depends = walk.dependents(traced.inputs);
  const places = new Map(traced.inputs.map((x, i) => [x, i]));
  const result = new Array<Tensor | undefined>(traced.inputs.length);
  ruled(traced, () =>
    pullBack(walk, traced.outputs, cotangents, depends, (x, cotangent) => {
      const at = places.get(x);
      if (at !== undefined) result[at] = cotangent;
    }),
  );
  return traced.inputs.map((x, i) => result[i] ?? zerosLike(x));
}

/** Tangents of the outputs for tangents of the inputs. */
export function pushForwardTraced(traced: Traced, tangents: readonly Tensor[]): Tensor[] {
  const pushed = ruled(traced, () => pushForward(walkOf(traced), traced.inputs, tangents, traced.outputs));
  return pushed.map((t, i) => t ?? zerosLike(traced.outputs[i]!));
}

/** Leaves of a tree of tangents or cotangents, which must match the tensors they belong to. */
export function matching(
  op: string,
  what: string,
  tree: unknown,
  like: readonly Tensor[],
  paths: readonly string[],
): Tensor[] {
  const { leaves } = flattenTree(op, tree);
  if (leaves.length !== like.length)
    throw new ArgumentError(`${op}: ${leaves.length} ${what}s for ${like.length} tensors`);
  return leaves.map((t, i) => {
    const x = like[i]!;
    if (!sameShape(t.shape, x.shape)) {
      throw new ShapeError(op, `the ${what}${paths[i]} is ${showShape(t.shape)}, expected ${showShape(x.shape)}`, [
        t.shape,
        x.shape,
      ]);
    }
    return t.dtype === x.dtype ? t : t.to(x.dtype);
  });
}

function scalarOutput(op: string, traced: Traced): Tensor {
  const [y] = traced.outputs;
  if (traced.outputs.length !== 1 || y === undefined)
    throw new ArgumentError(`${op}: the function must return one scalar, got ${traced.outputs.length} tensors`);
  return seed(op, y, undefined);
}

export interface GradOptions extends TransformOptions {
  /** Which arguments to differentiate by; the first by default. With a list, the gradients come as an array. */
  readonly argnums?: number | readonly number[] | undefined;
}

/**
 * The function that computes both the value of `f`, a scalar, and its gradient: `[value, gradient]`.
 * Arguments are trees: tensors, numbers, arrays, records and modules; the gradient has the tree's form.
 *
 * @example
 * const [loss, gradient] = valueAndGrad((x: Tensor) => x.square().sum())(tensor([1, 2]));
 * @throws ShapeError unless `f` returns a scalar.
 */
export function valueAndGrad<A extends readonly never[], R extends Tensor>(
  f: (...args: A) => R,
  options: GradOptions = {},
): (...args: A) => [R, TreeOf<A[0]>] {
  return (...args) => {
    const traced = traceArguments("grad", f as never, args, options);
    const gradients = pullBackTraced(traced, [scalarOutput("grad", traced)]);
    return [released(traced, traced.outputs[0]!) as R, traced.input.report(gradients) as TreeOf<A[0]>];
  };
}

function traceArguments(
  op: string,
  f: (...args: never[]) => unknown,
  args: readonly unknown[],
  { argnums = 0, createGraph }: GradOptions,
): Traced {
  const which = typeof argnums === "number" ? [argnums] : argnums;
  for (const i of which)
    if (!Number.isInteger(i) || i < 0 || i >= args.length)
      throw new ArgumentError(`${op}: argnums ${i} is out of range for ${args.length} arguments`);
  const call = (trees: unknown): unknown => {
    const list = typeof argnums === "number" ? [trees] : (trees as unknown[]);
    return f(...(args.map((x, i) => (which.includes(i) ? list[which.indexOf(i)] : x)) as never[]));
  };
  return trace(op, call, typeof argnums === "number" ? args[argnums] : which.map((i) => args[i]), createGraph);
}

/** The function that computes the gradient of `f`, which returns a scalar. */
export function grad<A extends readonly never[]>(
  f: (...args: A) => Tensor,
  options?: GradOptions,
): (...args: A) => TreeOf<A[0]>;
/** Derivatives of `output` by each of `inputs`; touches no `.grad`. A tensor that `output` does not depend on gets zeros. */
export function grad<T>(
  output: Tensor,
  inputs: T,
  options?: TransformOptions & { readonly cotangent?: Tensor },
): TreeOf<T>;
export function grad(
  f: Tensor | ((...args: never[]) => Tensor),
  second?: unknown,
  third?: TransformOptions & { readonly cotangent?: Tensor },
): unknown {
  if (f instanceof Tensor) return gradOf(f, second, third);
  const both = valueAndGrad(f, second as GradOptions);
  return (...args: never[]) => both(...args)[1];
}

function gradOf(
  output: Tensor,
  tree: unknown,
  { cotangent, createGraph = false }: TransformOptions & { readonly cotangent?: Tensor } = {},
): unknown {
  const input = flattenTree("grad", tree);
  if (!output.requiresGrad) throw new GraphError("grad: nothing that led to this tensor requires grad");
  const missing = input.leaves.findIndex((x) => !x.requiresGrad);
  if (missing >= 0)
    throw new GraphError(
      `grad: the input${input.paths[missing]} requires no grad; make it with { requiresGrad: true } before the output is computed`,
    );
  const traced: Traced = {
    inputs: input.leaves,
    outputs: [output],
    input,
    output: flattenTree("grad", output),
    nested: createGraph,
  };
  return input.report(pullBackTraced(traced, [seed("grad", output, cotangent)]));
}

/** The value of `f` at `primals` and the function that pulls cotangents of the value back to the primals: Jᵀ·cotangent. */
export function vjp<A extends readonly never[], R>(
  f: (...args: A) => R,
  ...primals: A
): [R, (cotangent: TreeOf<R>) => { [I in keyof A]: TreeOf<A[I]> }] {
  const traced = trace("vjp", (args: never) => f(...(args as A)), primals);
  const value = traced.output.rebuild(traced.outputs.map((y) => released(traced, y))) as R;
  return [
    value,
    (cotangent) => {
      const leaves = matching("vjp", "cotangent", cotangent, traced.outputs, traced.output.paths);
      return traced.input.report(pullBackTraced(traced, leaves)) as never;
    },
  ];
}

/** The value of `f` at `primals` and its derivative in the direction of `tangents`: J·tangent, by forward mode. */
export function jvp<A extends readonly never[], R>(
  f: (...args: A) => R,
  primals: A,
  tangents: { [I in keyof A]: TreeOf<A[I]> | A[I] },
): [R, TreeOf<R>] {
  const traced = trace("jvp", (args: never) => f(...(args as A)), primals);
  const directions = matching("jvp", "tangent", tangents, traced.inputs, traced.input.paths);
  const pushed = pushForwardTraced(traced, directions);
  return [
    traced.output.rebuild(traced.outputs.map((y) => released(traced, y))) as R,
    traced.output.report(pushed) as TreeOf<R>,
  ];
}
