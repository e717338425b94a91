import { mode, RECORD, TRANSFORM, withMode } from "../ambient.ts";
import { ArgumentError, checkFunction, checkSynchronous, describeArgument, optionsOf, ShapeError } from "../errors.ts";
import { broadcastTo } from "../ops/broadcast.ts";
import { ofDtype } from "../ops/cast.ts";
import { aliasOp } from "../ops/movement.ts";
import type { Check } from "../shape-types/index.ts";
import { sameShape, showShape } from "../shape.ts";
import { detached, fromNumber, type Tensor } from "../tensor.ts";
import { handedOut, pullBack, pushForward, VARIABLE, Walk } from "./graph.ts";
import { see } from "../spare.ts";
import { type Flat, flattenTree, type Loose, type Matching, type TreeOf } from "./tree.ts";

const zerosLike = (x: Tensor): Tensor => broadcastTo(fromNumber(0, x.dtype), x.shape);

/** A function that has been run on tensors of its own, ready to be differentiated. */
export interface Traced {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly input: Flat;
  readonly output: Flat;
  /** From the outputs to the inputs. */
  readonly walk: Walk;
  /** Whether the result may be differentiated: by an enclosing transform, or by way of what came from outside. */
  readonly nested: boolean;
}
/** The walk for `Traced`; with `ends`, inputs are taken to be independent although one may have been computed from another. */
export const walkOf = (outputs: readonly Tensor[], inputs: readonly Tensor[], ends?: ReadonlySet<Tensor>): Walk =>
  new Walk(outputs, Math.min(...inputs.map((x) => x.depth)) - 1, ends);

/** Inside the function of a transform: somebody will differentiate what is computed here. */
export const enclosed = (): boolean => (mode & RECORD) !== 0 && (mode & TRANSFORM) !== 0;

export interface TransformOptions {
  /**
   * Keep what would be plain differentiable: `grad(y, x)`, and derivatives by the parameters of a module that is an argument. Of functions, results
   * are connected anyway to tensors from outside and to arguments that require grad, and to what an enclosing transform differentiates by.
   */
  readonly createGraph?: boolean | undefined;
}

/** Runs what takes `args`; where it breaks on an array of numbers that it takes for a tensor, says so. */
function withArrays<R>(op: string, args: readonly unknown[], run: () => R): R {
  try {
    return run();
  } catch (thrown) {
    const numbers = (x: unknown): boolean =>
      Array.isArray(x) && x.length > 0 && x.flat(8).every((item) => typeof item === "number");
    if (!(thrown instanceof TypeError) || !args.some(numbers)) throw thrown;
    throw new ArgumentError(
      `${op}: the function ended in "${thrown.message}"; an array of numbers is handed to it as an array of scalars: for one tensor pass tensor([…])`,
      { cause: thrown },
    );
  }
}

/** Runs `f` on the tree with fresh leaves. Parameters of modules are their own leaves. */
export function trace(
  op: string,
  f: (tree: never) => unknown,
  tree: unknown,
  createGraph = false,
  args: readonly unknown[] = [],
): Traced {
  const recording = (mode & RECORD) !== 0;
  const wanted = createGraph || enclosed();
  const input = flattenTree(op, tree);
  if (input.leaves.length === 0)
    throw new ArgumentError(
      `${op}: the input holds no tensor to differentiate by; of a module, parameters in #private fields are not found`,
    );
  const inputs = input.leaves.map((x, i) => {
    if (input.inPlace[i]) return x;
    if ((wanted || recording) && x.tracked) return withMode(mode | RECORD, () => aliasOp(x, null));
    const own = detached(x);
    own.tracked = true;
    own.params = VARIABLE;
    if (own.depth < x.depth) own.depth = x.depth;
    return own;
  });
  const call = (): unknown => f(input.rebuild(inputs) as never);
  const result = withMode(mode | RECORD | TRANSFORM, () => checkSynchronous(op, withArrays(op, args, call)));
  const output = flattenTree(op, result, "result");
  const walk = walkOf(output.leaves, inputs);
  const nested = wanted || (recording && walk.leadsBeyond(inputs));
  return { inputs, outputs: output.leaves, input, output, walk, nested };
}

/** What the user gets back: connected to the outer graph where there is one, plain otherwise. */
export const released = (traced: Traced, x: Tensor): Tensor => (traced.nested ? x : x.tracked ? detached(x) : x);

/** Runs derivative rules: recorded only when somebody will differentiate the result. */
const ruled = <R>(traced: Traced, fn: () => R): R =>
  withMode(traced.nested || enclosed() ? mode | RECORD : mode & ~RECORD, fn);

/** Cotangents of the inputs for cotangents of the outputs. */
export function pullBackTraced(traced: Traced, cotangents: readonly Tensor[]): Tensor[] {
  const { walk } = traced;
  const depends = walk.dependents(traced.inputs);
  const arrived = new Map<Tensor, Tensor | null>(traced.inputs.map((x) => [x, null]));
  return ruled(traced, () => {
    pullBack(walk, traced.outputs, cotangents, depends, (x, cotangent) => {
      if (!arrived.has(x)) return;
      see(cotangent);
      arrived.set(x, cotangent);
    });
    return traced.inputs.map((x) => {
      const cotangent = arrived.get(x)!;
      return cotangent === null ? zerosLike(x) : handedOut(cotangent);
    });
  });
}

/** Tangents of the outputs for tangents of the inputs. */
export function pushForwardTraced(traced: Traced, tangents: readonly Tensor[]): Tensor[] {
  return ruled(traced, () =>
    pushForward(traced.walk, traced.inputs, tangents, traced.outputs).map((t, i) =>
      t === null ? zerosLike(traced.outputs[i]!) : handedOut(t),
    ),
  );
}

/** Whether what comes of directions may be differentiated: where recording is on, by way of them too. */
const isWanted = (nested: boolean, directions: readonly Tensor[]): boolean =>
  (mode & RECORD) !== 0 && (nested || directions.some((t) => t.tracked));

/** Leaves of a tree of tangents or cotangents, which must match the tensors they belong to. */
export function matching(
  op: string,
  what: string,
  tree: unknown,
  like: readonly Tensor[],
  paths: readonly string[],
): Tensor[] {
  if (paths.length === 1 && paths[0] === "" && Array.isArray(tree))
    throw new ArgumentError(`${op}: the ${what} is ${describeArgument(tree)}`);
  const given = flattenTree(op, tree, what);
  if (given.leaves.length !== like.length)
    throw new ArgumentError(`${op}: ${given.leaves.length} ${what}s for ${like.length} tensors`);
  return like.map((x, i) => {
    const at = given.paths[i] === paths[i] ? i : given.paths.indexOf(paths[i]!); // records may differ in order
    if (at < 0)
      throw new ArgumentError(`${op}: the ${what}${paths[i]} is missing; got ${what}${given.paths.join(`, ${what}`)}`);
    const t = given.leaves[at]!;
    if (!sameShape(t.shape, x.shape)) {
      throw new ShapeError(op, `the ${what}${paths[i]} is ${showShape(t.shape)}, expected ${showShape(x.shape)}`, [
        t.shape,
        x.shape,
      ]);
    }
    return ofDtype(t, x.dtype);
  });
}

/**
 * The value of `f` at `primals` and the function that pulls cotangents of the value back to the primals: Jᵀ·cotangent, by reverse mode.
 * The value and its cotangent are trees of one form; the pulled-back cotangents come as an array, one for each primal.
 * @throws ShapeError when a cotangent has not the value's shape.
 * @example
 * const [y, pull] = vjp((x: Tensor<[2]>) => x.square(), tensor([1, 2]));
 * const [dx] = pull(tensor([1, 10]));
 * dx.toArray(); // [2, 40]
 */
export function vjp<A extends readonly unknown[], R>(
  f: (...args: A) => R,
  ...primals: A
): [
  R,
  <const C extends Loose<TreeOf<R>>>(
    cotangent: Check<Matching<C, TreeOf<R>, "vjp: the cotangent">, C>,
  ) => { -readonly [I in keyof A]: TreeOf<A[I]> },
];
export function vjp(
  f: (...args: never[]) => unknown,
  ...primals: readonly unknown[]
): [unknown, (cotangent: never) => unknown] {
  checkFunction("vjp", f);
  const traced = trace("vjp", (args: never) => f(...(args as never[])), primals, false, primals);
  const value = traced.output.rebuild(traced.outputs.map((y) => released(traced, y)));
  return [
    value,
    (cotangent) => {
      const leaves = matching("vjp", "cotangent", cotangent, traced.outputs, traced.output.paths);
      return traced.input.report(pullBackTraced({ ...traced, nested: isWanted(traced.nested, leaves) }, leaves));
    },
  ];
}

/**
 * The value of `f` at `primals` and its derivative in the direction of `tangents`: J·tangent, by forward mode.
 * @throws ShapeError when a tangent has not its primal's shape.
 * @example
 * const [y, dy] = jvp((x: Tensor<[2]>) => x.square(), [tensor([1, 2])], [tensor([1, 10])]);
 * dy.toArray(); // [2, 40]
 */
export function jvp<A extends readonly unknown[], R, const T extends Loose<TreeOf<[...A]>>>(
  f: (...args: A) => R,
  primals: readonly [...A],
  tangents: Check<Matching<T, TreeOf<[...A]>, "jvp: the tangent">, T>,
  options?: TransformOptions,
): [R, TreeOf<R>];
export function jvp(
  f: (...args: never[]) => unknown,
  primals: readonly unknown[],
  tangents: unknown,
  options?: TransformOptions,
): [unknown, unknown] {
  const { createGraph } = optionsOf("jvp", options, ["createGraph"]);
  checkFunction("jvp", f);
  if (!Array.isArray(primals))
    throw new ArgumentError("jvp: primals and tangents are arrays with one entry for each argument");
  return alongTangent("jvp", (args: never) => f(...(args as never[])), primals, tangents, createGraph, primals);
}
/** @internal The value of `f` at a tree, and its derivative in the direction of another. */
export function alongTangent(
  op: string,
  f: (tree: never) => unknown,
  tree: unknown,
  tangent: unknown,
  createGraph: boolean | undefined,
  args: readonly unknown[],
): [unknown, unknown] {
  const traced = trace(op, f, tree, createGraph, args);
  const directions = matching(op, "tangent", tangent, traced.inputs, traced.input.paths);
  const pushed = pushForwardTraced({ ...traced, nested: traced.nested || isWanted(false, directions) }, directions);
  return [traced.output.rebuild(traced.outputs.map((y) => released(traced, y))), traced.output.report(pushed)];
}
