import { RECORD, withMode } from "../ambient.ts";
import { Walk } from "../autograd/graph.ts";
import { flattenTree } from "../autograd/tree.ts";
import type { Dtype, TypedArray } from "../dtype.ts";
import { allocate } from "../dtype.ts";
import { ArgumentError, checkSynchronous, DtypeError, GraphError } from "../errors.ts";
import { add } from "../families/elementwise.ts";
import { materialize } from "../kernels/copying.ts";
import { stridesOf } from "../kernels/strided.ts";
import { Generator } from "../random/generator.ts";
import { showShape } from "../shape.ts";
import { detached, type Tensor } from "../tensor.ts";
import { coordinates } from "./places.ts";

/** A tensor to differentiate by. */
export interface Leaf {
  readonly tensor: Tensor;
  readonly path: string;
  /** Differentiated where it stands, because `f` takes it from outside itself; else `f` gets another tensor in its place. */
  readonly inPlace: boolean;
  /** Whether no gradient can come here, neither through an argument nor to the tensor itself. */
  readonly isLost: boolean;
  /** Whether its own elements change while `f` runs. */
  readonly perturbed: boolean;
}

export interface Bound {
  readonly leaves: Leaf[];
  /** Runs `f` with other tensors in place of the leaves. */
  readonly call: (tensors: readonly Tensor[]) => unknown;
}

/**
 * Finds out which inputs `f` takes as arguments and which from outside. An input that the graph of the result holds itself is taken from outside. One
 * that the graph holds in neither way may be used in both, so both are perturbed: a gradient that got lost must not look like independence.
 */
export function bind(f: (...inputs: never[]) => unknown, inputs: unknown): Bound {
  const single = !Array.isArray(inputs);
  const flat = flattenTree("checkGradients", single ? [inputs] : inputs);
  const name = (path: string): string => (single ? `input${path.slice(2)}` : `input ${path.slice(1)}`);
  // A module that holds a parameter twice (tied weights) has it once.
  const kept = flat.leaves.map((x, i) => !flat.inPlace[i] || flat.leaves.indexOf(x) === i);
  const own = flat.leaves.filter((_, i) => kept[i]);
  const paths = flat.paths.filter((_, i) => kept[i]).map((path, i) => nameOf(own[i]!) ?? name(path));
  const inModule = flat.inPlace.filter((_, i) => kept[i]);
  if (own.length === 0)
    throw new ArgumentError(
      "checkGradients: the inputs hold no tensor to differentiate by; pass tensors, or modules with parameters",
    );
  checkLeaves(own, paths);

  const places = flat.leaves.map((x, i) => (flat.inPlace[i] ? own.indexOf(x) : -1));
  let next = 0;
  for (let i = 0; i < places.length; i++) if (kept[i]) places[i] = next++;
  const call = (tensors: readonly Tensor[]): unknown =>
    f(...(flat.rebuild(places.map((at) => tensors[at]!)) as never[]));

  const substitutes = own.map((x, i) => {
    if (inModule[i]) return x;
    const copy = detached(x);
    copy.tracked = true;
    return copy;
  });
  const run = (): Walk => new Walk(withMode(RECORD, () => outputsOf(call(substitutes)).leaves));
  const walk = run();
  const reached = new Set(walk.nodes);
  const stale = run().nodes.find((x) => x.inputs.length > 0 && reached.has(x));
  const culprit = stale && new Walk([stale]).nodes.flatMap((x) => (own.includes(x) ? [own.indexOf(x)] : []))[0];
  if (stale && culprit !== undefined)
    throw new GraphError(
      `checkGradients: f uses a result of ${stale.op!.name} that was computed from ${paths[culprit]} before f ran, so it does not change with it; compute it in f`,
    );
  const leaves = own.map((tensor, i): Leaf => {
    const fromOutside = inModule[i]! || reached.has(tensor);
    const perturbed = fromOutside || !reached.has(substitutes[i]!);
    if (fromOutside && !tensor.isLeaf)
      throw new GraphError(
        `checkGradients: f takes ${paths[i]} from outside, but ${tensor.op?.name} made it; let f take it as an argument, or check by the leaves it was made from`,
      );
    return {
      tensor,
      path: paths[i]!,
      inPlace: fromOutside,
      isLost: perturbed && !tensor.tracked,
      perturbed: perturbed && tensor.isLeaf,
    };
  });
  if (!own.some((x, i) => x.tracked || reached.has(substitutes[i]!)) && !usesArguments(call, own))
    throw new GraphError(
      "checkGradients: no input requires grad, and f does not depend on its arguments; make the tensors it uses with { requiresGrad: true }, or let f take them as arguments",
    );
  return { leaves, call };
}

/** What a module has called its parameter. */
function nameOf(x: Tensor): string | null {
  const { name } = x as { name?: unknown };
  return typeof name === "string" && name !== "" ? name : null;
}

/** Whether the result changes when the arguments do. */
function usesArguments(call: Bound["call"], own: readonly Tensor[]): boolean {
  const random = new Generator(0);
  const values = (inputs: readonly Tensor[]): number[] =>
    outputsOf(call(inputs)).leaves.flatMap((y) => [...materialize(y)]);
  const before = values(own);
  return values(own.map((x) => add(x, random.rand(x.shape, { dtype: x.dtype })))).some(
    (v, i) => !Object.is(v, before[i]),
  );
}

/** The tensors that `f` has returned. */
export function outputsOf(result: unknown): { leaves: Tensor[]; paths: string[] } {
  try {
    const { leaves, paths } = flattenTree("checkGradients", checkSynchronous("checkGradients", result));
    if (leaves.length === 0) throw new ArgumentError("checkGradients: f returned no tensor");
    return { leaves, paths: paths.map((path) => `output${path}`) };
  } catch (error) {
    const ofOutput = (message: string): string => message.replace("the input", "the output");
    if (error instanceof DtypeError) throw new DtypeError(ofOutput(error.message));
    throw error instanceof ArgumentError ? new ArgumentError(ofOutput(error.message)) : error;
  }
}

/** Values must be finite, and no two inputs the same numbers. */
function checkLeaves(leaves: readonly Tensor[], paths: readonly string[]): void {
  leaves.forEach((x, i) => {
    const values = materialize(x);
    const bad = values.findIndex((v) => !Number.isFinite(v));
    if (bad >= 0)
      throw new ArgumentError(
        `checkGradients: ${paths[i]} holds ${values[bad]} at ${showShape(coordinates(bad, x.shape))}; derivatives are checked at finite points`,
      );
    for (let k = 0; k < i; k++) {
      if (leaves[k] === x)
        throw new ArgumentError(
          `checkGradients: ${paths[k]} and ${paths[i]} are the same tensor; pass it once, or a clone`,
        );
      if (overlap(leaves[k]!, x))
        throw new ArgumentError(
          `checkGradients: ${paths[k]} and ${paths[i]} share their elements (one is a view of the other, or detached from it); pass clones`,
        );
    }
  });
}

function overlap(a: Tensor, b: Tensor): boolean {
  if (a.array === null || a.array !== b.array || a.size === 0 || b.size === 0) return false;
  const [startA, endA] = extent(a);
  const [startB, endB] = extent(b);
  return startA <= endB && startB <= endA;
}
function extent(x: Tensor): [number, number] {
  const strides = stridesOf(x);
  let [low, high] = [x.offset, x.offset];
  x.shape.forEach((size, d) => {
    const reach = (size - 1) * strides[d]!;
    if (reach < 0) low += reach;
    else high += reach;
  });
  return [low, high];
}

interface Loan {
  write(values: Float64Array): void;
  giveBack(): void;
}

/**
 * Puts an array of our own under a leaf, in any floating dtype, until `giveBack`. The leaf's elements are never touched, so they come back bit for
 * bit, and graphs made before stay valid.
 */
export function borrow(x: Tensor, dtype: Dtype): Loan {
  const { array, offset, strides, scalar, shared, version } = x;
  const before = { array, offset, strides, scalar, shared, version, dtype: x.dtype };
  const own: TypedArray = allocate(dtype, x.size);
  own.set(materialize(x));
  const put = (): void => {
    if (x.shape.length === 0) x.scalar = own[0]!;
  };
  Object.assign(x, { array: own, offset: 0, strides: null, shared: false, dtype });
  put();
  return {
    write(values) {
      own.set(values);
      put();
    },
    giveBack() {
      Object.assign(x, before);
    },
  };
}
