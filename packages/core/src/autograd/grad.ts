import { ArgumentError, checkFunction, GraphError, optionsOf } from "../errors.ts";
import type { Check, Fail, ScalarOnly } from "../shape-types/index.ts";
import { Tensor } from "../tensor.ts";
import { checkRetain, seed, type Start } from "./backward.ts";
import { enclosed, pullBackTraced, released, trace, type Traced, type TransformOptions, walkOf } from "./transforms.ts";
import { flattenTree, type TreeOf } from "./tree.ts";

function scalarOutput(op: string, traced: Traced): Tensor {
  const [y] = traced.outputs;
  if (traced.outputs.length !== 1 || y === undefined)
    throw new ArgumentError(`${op}: the function must return one scalar, got ${traced.outputs.length} tensors`);
  return seed(op, y, undefined);
}

export type Argnums = number | readonly number[];
export interface GradOptions<N extends Argnums = Argnums> extends TransformOptions {
  /** Which arguments to differentiate by; the first by default. With a list, the gradients come as an array. */
  readonly argnums?: N | undefined;
}
/** The gradient by argument N of A, or the gradients by each of N. */
export type GradientOf<A extends readonly unknown[], N extends Argnums> = N extends readonly number[]
  ? { -readonly [I in keyof N]: TreeOf<A[N[I] & keyof A]> }
  : N extends number
    ? TreeOf<A[N]>
    : never;
/** A function with arguments A and a result R, if R may be a scalar. */
type ScalarFunction<A extends readonly unknown[], R extends Tensor, Op extends string> = Check<
  ScalarOnly<R["shape"], Op>,
  (...args: A) => R
>;
/** Options for a function with arguments A, if it has all those that N names. */
type OptionsFor<A extends readonly unknown[], N extends Argnums, Op extends string> = Check<
  [OutOfRange<A, N>] extends [never]
    ? []
    : Fail<`${Op}: argnums ${OutOfRange<A, N>} is out of range for ${A["length"]} arguments`>,
  GradOptions<N>
>;
type OutOfRange<A extends readonly unknown[], N extends Argnums> =
  Listed<N> extends infer I extends number
    ? I extends unknown
      ? number extends I | A["length"]
        ? never
        : `${I}` extends keyof A
          ? never
          : I
      : never
    : never;
type Listed<N extends Argnums> = N extends readonly number[] ? N[number] : N;

/**
 * The function that computes both the value of `f`, a scalar, and its gradient: `[value, gradient]`.
 * Arguments are trees: tensors, numbers, arrays, records and modules; the gradient has the tree's form.
 * @throws ShapeError unless `f` returns a scalar, ArgumentError if it returns a number.
 * @example
 * const [loss, gradient] = valueAndGrad((x: Tensor<[2]>) => x.square().sum())(tensor([1, 2]));
 * gradient.toArray(); // [2, 4]
 */
export function valueAndGrad<A extends readonly unknown[], R extends Tensor, const N extends Argnums = 0>(
  f: ScalarFunction<A, R, "valueAndGrad">,
  options?: OptionsFor<A, N, "valueAndGrad">,
): (...args: A) => [Tensor<R["shape"]>, GradientOf<A, N>];
export function valueAndGrad(
  f: (...args: never[]) => Tensor,
  options?: GradOptions,
): (...args: never[]) => [Tensor, unknown] {
  return withGradient("valueAndGrad", f, options);
}
/** @internal `valueAndGrad`, for messages in the name of another. */
export function withGradient(
  op: string,
  f: (...args: never[]) => Tensor,
  options?: GradOptions,
): (...args: never[]) => [Tensor, unknown] {
  const { argnums, createGraph } = optionsOf(op, options, ["argnums", "createGraph"]);
  checkFunction(op, f);
  const loss = (...args: never[]): Tensor => {
    const y: unknown = f(...args);
    if (typeof y === "number")
      throw new ArgumentError(
        `${op}: the function returned a number, which has no derivatives; return a tensor, without item()`,
      );
    return y as Tensor;
  };
  return (...args) => {
    const traced = traceArguments(op, loss, args, argnums, createGraph);
    const gradients = pullBackTraced(traced, [scalarOutput(op, traced)]);
    return [released(traced, traced.outputs[0]!), traced.input.report(gradients)];
  };
}

function traceArguments(
  op: string,
  f: (...args: never[]) => unknown,
  args: readonly unknown[],
  argnums: Argnums = 0,
  createGraph?: boolean,
): Traced {
  const which = typeof argnums === "number" ? [argnums] : argnums;
  for (const i of which)
    if (!Number.isInteger(i) || i < 0 || i >= args.length)
      throw new ArgumentError(`${op}: argnums ${i} is out of range for ${args.length} arguments`);
  const call = (trees: unknown): unknown => {
    const list = typeof argnums === "number" ? [trees] : (trees as unknown[]);
    return f(...(args.map((x, i) => (which.includes(i) ? list[which.indexOf(i)] : x)) as never[]));
  };
  return trace(op, call, typeof argnums === "number" ? args[argnums] : which.map((i) => args[i]), createGraph, args);
}

/**
 * Derivatives of `output` by each of `inputs`; touches no `.grad`. A tensor that `output` does not depend on gets zeros.
 * @throws ShapeError unless `output` is a scalar or has the cotangent's shape, GraphError if an input requires no grad.
 * @example
 * const x = tensor([1, 2], { requiresGrad: true });
 * grad(x.square().sum(), x).toArray(); // [2, 4]
 */
export function grad<Y extends Tensor, const T, C extends Tensor | undefined = undefined>(
  output: Check<Start<Y["shape"], C, "grad">, Y>,
  inputs: T,
  options?: TransformOptions & { readonly cotangent?: C },
): TreeOf<T>;
/**
 * The function that computes the gradient of `f`, which returns a scalar.
 * Arguments are trees: tensors, numbers, arrays, records and modules; the gradient has the tree's form.
 * @throws ShapeError unless `f` returns a scalar, ArgumentError if it returns a number.
 * @example
 * const cube = (x: Value) => x.pow(3);
 * grad(cube)(value(2)).item(); // 12
 * grad((x: Value) => grad(cube)(x))(value(2)).item(); // 12
 */
export function grad<A extends readonly unknown[], R extends Tensor, const N extends Argnums = 0>(
  f: ScalarFunction<A, R, "grad">,
  options?: OptionsFor<A, N, "grad">,
): (...args: A) => GradientOf<A, N>;
export function grad(
  f: Tensor | ((...args: never[]) => Tensor),
  second?: unknown,
  third?: TransformOptions & { readonly cotangent?: Tensor },
): unknown {
  if (f instanceof Tensor) {
    if (second === undefined)
      throw new ArgumentError(
        "grad: got a tensor alone; pass the function whose gradient you want, as in grad(f)(x), or a result and what to differentiate it by, as in grad(loss, x)",
      );
    return gradOf(f, second, third);
  }
  if (second instanceof Tensor)
    throw new ArgumentError(
      "grad: options are an object such as { argnums: … }, got a tensor; write grad(f)(x), not grad(f, x)",
    );
  const both = withGradient("grad", f, second as GradOptions);
  return (...args: never[]): unknown => both(...args)[1];
}

function gradOf(output: Tensor, tree: unknown, options?: TransformOptions & { readonly cotangent?: Tensor }): unknown {
  checkRetain("grad", options);
  const { cotangent, createGraph = false } = optionsOf("grad", options, ["cotangent", "createGraph"]);
  const input = flattenTree("grad", tree);
  if (!output.tracked)
    throw new GraphError(
      "grad: nothing that led to this tensor requires grad; make the inputs with { requiresGrad: true } before it is computed",
    );
  const missing = input.leaves.findIndex((x) => !x.tracked);
  if (missing >= 0)
    throw new GraphError(
      `grad: the input${input.paths[missing]} requires no grad; make it with { requiresGrad: true } before the output is computed`,
    );
  const traced: Traced = {
    inputs: input.leaves,
    outputs: [output],
    input,
    output: flattenTree("grad", output, "result"),
    walk: walkOf([output], input.leaves),
    nested: createGraph || enclosed(),
  };
  return input.report(pullBackTraced(traced, [seed("grad", output, cotangent)]));
}
