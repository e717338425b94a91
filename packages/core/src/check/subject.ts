import { mode, RECORD, TRANSFORM, withMode } from "../ambient.ts";
import { Walk } from "../autograd/graph.ts";
import { pullBackTraced, pushForwardTraced, type Traced, walkOf } from "../autograd/transforms.ts";
import { flattenTree } from "../autograd/tree.ts";
import { ArgumentError } from "../errors.ts";
import { materialize } from "../kernels/copying.ts";
import { aliasOp } from "../ops/movement.ts";
import { Generator } from "../random/generator.ts";
import { sameShape, sizeOf, type Shape } from "../shape.ts";
import { detached, fromArray, type Tensor } from "../tensor.ts";
import { type Bound, borrow, type Leaf, outputsOf } from "./leaves.ts";
import { roundingNoise } from "./noise.ts";
import { DOUBLE, SINGLE, widthOf } from "./numeric.ts";
import type { Part } from "./places.ts";

export type Mode = "forward" | "reverse";

/**
 * A function from numbers to numbers at a point, with its derivatives there as the framework computes them: what is checked. All inputs stand
 * one after the other in one array, and so do all outputs.
 */
export interface Subject {
  readonly inputs: readonly Part[];
  readonly outputs: readonly Part[];
  readonly point: Float64Array;
  /** The value at the point. */
  readonly base: Float64Array;
  /** The derivatives that were taken to make it, innermost first. */
  readonly modes: readonly Mode[];
  /** How far rounding moves each output, roughly. */
  readonly noise: Float64Array;
  /** How much more that would be where every input has moved by its width, to judge from a place close by. */
  readonly growth: Float64Array;
  /** Whether it computes in float32 on the way. */
  readonly single: boolean;
  value(x: Float64Array): Float64Array;
  /** J·tangent, by forward mode. */
  forward(tangent: Float64Array): Float64Array;
  /** Jᵀ·cotangent, by reverse mode; throws a `WrongForm` if a gradient has not the shape and the dtype of its input. */
  reverse(cotangent: Float64Array): Float64Array;
  /** The derivative in a random direction: J·t, or Jᵀ·u. */
  derivative(mode: Mode, random: Generator): Subject;
  /** How often `value` has been called, of this and of its derivatives. */
  evaluations(): number;
}

/** A gradient that cannot even be compared. */
export class WrongForm extends Error {}

/** Random numbers of random sign, 1 to 2 in size. */
export const signed = (random: Generator, size: number): Float64Array =>
  Float64Array.from(random.rand([size]).toTypedArray(), (r) => (r < 0.5 ? -1 - 2 * r : 2 * r));

type ListFunction = (inputs: readonly Tensor[]) => Tensor[];

/** What a subject shares with its derivatives. */
interface Frame {
  readonly leaves: readonly Leaf[];
  readonly inputs: readonly Part[];
  readonly point: Float64Array;
  /** The inputs at another point; those that are perturbed in place change where they stand. */
  at(x: Float64Array): Tensor[];
  evaluations: number;
}

/**
 * Lends `f` with its inputs to `during`: at their values, in float64 if `wide`, else in their own dtype. What is perturbed in place gets its own
 * elements back in the end.
 */
export function withSubject<R>({ leaves, call }: Bound, wide: boolean, during: (subject: Subject) => R): R {
  const dtypeOf = ({ tensor }: Leaf): "float64" | "float32" =>
    wide || tensor.dtype !== "float32" ? "float64" : "float32";
  const inputs = partsOf(leaves.map(({ path, tensor }) => [path, tensor.shape]));
  const point = join(leaves.map(({ tensor }) => tensor));
  const loans = leaves.map((leaf) => (leaf.perturbed ? borrow(leaf.tensor, dtypeOf(leaf)) : null));
  const at = (x: Float64Array): Tensor[] =>
    split(x, inputs).map((values, i) => {
      const leaf = leaves[i]!;
      loans[i]?.write(values);
      return leaf.inPlace ? leaf.tensor : tensorOf(values, leaf.tensor.shape, dtypeOf(leaf));
    });
  try {
    const f: ListFunction = (tensors) => outputsOf(call(tensors)).leaves;
    const { paths } = withMode(0, () => outputsOf(call(at(point))));
    return during(subjectOf(f, paths, [], { leaves, inputs, point, at, evaluations: 0 }));
  } finally {
    for (const loan of loans) loan?.giveBack();
  }
}

function subjectOf(f: ListFunction, paths: readonly string[], modes: readonly Mode[], frame: Frame): Subject {
  const { inputs, point } = frame;
  const traced = withMode(RECORD, () => trace(f, frame.at(point), frame.leaves));
  const outputs = partsOf(traced.outputs.map((y, i) => [paths[i]!, y.shape]));
  const depends = new Walk(traced.outputs);
  const dependent = depends.dependents(traced.inputs);
  const value = (x: Float64Array): Float64Array => {
    frame.evaluations++;
    try {
      const results = withMode(0, () => f(frame.at(x)));
      if (results.length !== outputs.length || results.some((y, i) => !sameShape(y.shape, outputs[i]!.shape)))
        throw new ArgumentError("checkGradients: f returned other shapes when its inputs changed a little");
      return join(results);
    } finally {
      frame.at(point);
    }
  };
  const single = depends.nodes.some((x, i) => x.dtype === "float32" && dependent[i] === 1);
  /** What vanishes at the point need not vanish beside it: in x − sin x, both are 0 at 0, and so is their noise. */
  const growth = (): Float64Array => {
    const distance = (single ? SINGLE : DOUBLE).step * 2 ** -16; // no pole, and no other branch, is likely to lie so near
    const signs = signed(new Generator(3), point.length);
    try {
      const beside = point.map((x, j) => x + Math.sign(signs[j]!) * distance * widthOf(x));
      const there = withMode(RECORD, () => trace(f, frame.at(beside), frame.leaves));
      const walk = new Walk(there.outputs);
      const farther = noiseOf(walk, walk.dependents(there.inputs), there.outputs, join(there.outputs));
      return noise.map((v, i) => Math.max(0, farther[i]! - v) / distance);
    } finally {
      frame.at(point);
    }
  };
  const base = value(point);
  const noise = noiseOf(depends, dependent, traced.outputs, base);
  const recorded = join(traced.outputs);
  const other = base.findIndex((v, i) => !Object.is(v, recorded[i]));
  if (other >= 0)
    throw new ArgumentError(
      `checkGradients: f is not deterministic: it returned ${recorded[other]}, then ${base[other]} for the same inputs; switch off dropout, draw random numbers outside of f, or seed a new Generator in it`,
    );
  return {
    inputs,
    outputs,
    point,
    base,
    modes,
    noise,
    growth: growth(),
    single,
    value,
    forward: (tangent) => join(pushForwardTraced(traced, tensorsLike(tangent, traced.inputs))),
    reverse: (cotangent) => {
      const gradients = pullBackTraced(traced, tensorsLike(cotangent, traced.outputs));
      gradients.forEach((g, i) => checkForm(g, traced.inputs[i]!, inputs[i]!.path));
      return join(gradients);
    },
    derivative(mode, random) {
      const forward = mode === "forward";
      const direction = signed(random, forward ? point.length : base.length);
      const derived: ListFunction = (tensors) => {
        const inner = trace(f, tensors, frame.leaves);
        return forward
          ? pushForwardTraced(inner, tensorsLike(direction, inner.inputs))
          : pullBackTraced(inner, tensorsLike(direction, inner.outputs));
      };
      const names = forward ? paths.map((path) => `D ${path}`) : inputs.map(({ path }) => `gradient by ${path}`);
      return subjectOf(derived, names, [...modes, mode], frame);
    },
    evaluations: () => frame.evaluations,
  };
}

function noiseOf(walk: Walk, dependent: Uint8Array, outputs: readonly Tensor[], base: Float64Array): Float64Array {
  const samples = withMode(0, () => roundingNoise(walk, dependent, outputs, new Generator(1))).map(join);
  return base.map((v, i) =>
    Math.max(
      ...samples.map((sample) => (Number.isFinite(sample[i]) ? Math.abs(sample[i]!) : 0)),
      Math.abs(v) * 2 ** -53,
    ),
  );
}

function checkForm(gradient: Tensor, input: Tensor, path: string): void {
  if (sameShape(gradient.shape, input.shape) && gradient.dtype === input.dtype) return;
  const show = (x: Tensor): string => `${x.dtype} [${x.shape.join(",")}]`;
  const hint = sameShape(gradient.shape, input.shape) ? "" : ": has a broadcast not been summed?";
  throw new WrongForm(`the gradient by ${path} is ${show(gradient)}, but ${path} is ${show(input)}${hint}`);
}

/** As the transforms do it; but inputs that `f` takes from outside are differentiated where they stand. */
function trace(f: ListFunction, inputs: readonly Tensor[], leaves: readonly Leaf[]): Traced {
  const nested = (mode & RECORD) !== 0 && (mode & TRANSFORM) !== 0;
  const own = inputs.map((x, i) => {
    if (leaves[i]!.inPlace) return x;
    const fresh = nested && x.tracked ? aliasOp(x, null) : detached(x);
    fresh.tracked = true;
    return fresh;
  });
  const outputs = withMode(mode | RECORD | TRANSFORM, () => f(own));
  const empty = flattenTree("checkGradients", []);
  return { inputs: own, outputs, input: empty, output: empty, walk: walkOf(outputs, own), nested };
}

function partsOf(list: readonly (readonly [string, Shape])[]): Part[] {
  let start = 0;
  return list.map(([path, shape]) => {
    const part = { path, shape, start };
    start += sizeOf(shape);
    return part;
  });
}

const split = (values: Float64Array, parts: readonly Part[]): Float64Array[] =>
  parts.map(({ start, shape }) => values.slice(start, start + sizeOf(shape)));

const tensorOf = (values: Float64Array, shape: Shape, dtype: Tensor["dtype"]): Tensor =>
  fromArray(shape, dtype, dtype === "float32" ? Float32Array.from(values) : values);

const tensorsLike = (values: Float64Array, like: readonly Tensor[]): Tensor[] =>
  split(values, partsOf(like.map((x) => ["", x.shape]))).map((part, i) =>
    tensorOf(part, like[i]!.shape, like[i]!.dtype),
  );

function join(list: readonly Tensor[]): Float64Array {
  const out = new Float64Array(list.reduce((sum, x) => sum + x.size, 0));
  let start = 0;
  for (const x of list) {
    out.set(materialize(x), start);
    start += x.size;
  }
  return out;
}
