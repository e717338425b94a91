import { ANOMALY, BATCH, journal, mode, RECORD, TRACE } from "./ambient.ts";
import { isFloat } from "./dtype.ts";
import { GraphError } from "./errors.ts";
import { elementsOf, Tensor } from "./tensor.ts";

/**
 * An operation is one record: what it computes and how derivatives pass through it. Both derivative rules call operations and
 * never read data, so they can themselves be differentiated, in either mode, to any order.
 */
export interface Op<P = unknown> {
  readonly name: string;
  /** A new tensor; inputs already have fitting shapes and dtypes, or this throws. */
  forward(inputs: readonly Tensor[], params: P): Tensor;
  /** The cotangent of input `index`, given the output's: one row block of Jᵀ·cotangent. `null` stands for zero. */
  vjp(cotangent: Tensor, output: Tensor, index: number): Tensor | null;
  /** Adds what `vjp` gives to `sum`, a row-major tensor that nobody else has: for cotangents of which most are zeros. */
  addVjp?(sum: Tensor, cotangent: Tensor, output: Tensor): void;
  /** The output's tangent, given the inputs' (`null` for zero, at least one is not): J·tangent. `null` stands for zero. */
  jvp(tangents: readonly (Tensor | null)[], output: Tensor): Tensor | null;
  /**
   * For `vmap`: the parameters once every input, and the result, has one more dim in front, of this size. Tensors among the parameters
   * have got that dim already. An operation without this, and without `batch`, runs example by example.
   */
  lead?(params: P, size: number): P;
  /** For `vmap`: the results for all examples, side by side, where more is to be done than that; `null` for example by example. */
  batch?(inputs: readonly Tensor[], params: P, batch: Batch): Tensor | null;
}

/** A `vmap` that is being carried out. Its tensors stand for many examples at once, which lie side by side in another tensor. */
export interface Batch {
  /** The larger, the further inside. */
  readonly id: number;
  /** How many examples there are. */
  readonly size: number;
  /** Whether the function that is mapped is running. */
  readonly open: boolean;
  /** The tensor that stands for the examples along the first dim of `x`. */
  wrap(x: Tensor): Tensor;
  /** The examples that `x` stands for along a first dim; if it is the same for all, repeated. */
  whole(x: Tensor): Tensor;
  /** The same with sizes of 1 put behind the first dim until `rank` dims follow it; `x` itself if it is the same for all. */
  aligned(x: Tensor, rank: number): Tensor;
  /** The result of an operation, for all examples at once. */
  carry<P>(op: Op<P>, inputs: readonly Tensor[], params: P): Tensor;
  /** What `f` makes of these tensors, example by example: right for every function, and as slow as a loop. */
  each(tensors: readonly Tensor[], f: (tensors: readonly Tensor[]) => Tensor): Tensor;
  /** Runs `fn` as a part of the function that is mapped. */
  run<R>(fn: () => R): R;
}

/** The one door: every operation on tensors is carried out, and recorded, here. */
export function apply<P>(op: Op<P>, inputs: readonly Tensor[], params: P): Tensor {
  const output = (mode & BATCH) === 0 ? op.forward(inputs, params) : carried(op, inputs, params);
  output.op = op;
  if ((mode & RECORD) !== 0 && (isFloat(output.dtype) || (mode & TRACE) !== 0)) record(output, inputs, params);
  if ((mode & ANOMALY) !== 0) checkForNaN(op.name, output, inputs);
  return output;
}

/** The result inside `vmap`: for all examples at once, if it depends on the example. */
function carried<P>(op: Op<P>, inputs: readonly Tensor[], params: P): Tensor {
  const batch = innermost(inputs, tensorsIn(params));
  return batch === null ? op.forward(inputs, params) : batch.carry(op, inputs, params);
}

/** The innermost of the batches that tensors belong to. */
function innermost(...lists: readonly (readonly Tensor[])[]): Batch | null {
  let inner: Batch | null = null;
  for (const list of lists)
    for (const { batch } of list) if (batch !== null && (inner === null || batch.id > inner.id)) inner = batch;
  return inner;
}

/**
 * @internal Positions that `f` makes of others, which it reads; no derivative passes through them. Inside `vmap` they are made for one
 * example after the other where they differ.
 */
export function reading(positions: readonly Tensor[], f: (positions: readonly Tensor[]) => Tensor): Tensor {
  const batch = innermost(positions);
  return batch === null ? f(positions) : batch.each(positions, (own) => reading(own, f));
}

/** @internal The tensors that an operation has as parameters, such as positions. */
export function tensorsIn(params: unknown): readonly Tensor[] {
  if (typeof params !== "object" || params === null || Array.isArray(params)) return NONE;
  const values: unknown[] = Object.values(params);
  return values.some((x) => x instanceof Tensor) ? values.filter((x) => x instanceof Tensor) : NONE;
}
const NONE: readonly Tensor[] = [];

function record(output: Tensor, inputs: readonly Tensor[], params: unknown): void {
  let depth = 0;
  let version = 0;
  let wanted = false;
  for (let i = 0; i < inputs.length; i++) {
    const input = inputs[i]!;
    wanted ||= input.tracked;
    version += input.version;
    if (input.depth > depth) depth = input.depth;
  }
  if (!wanted) return;
  output.tracked = true;
  output.inputs = inputs;
  output.params = params;
  output.depth = depth + 1;
  output.version = version;
  if (journal !== null) journal.push(output);
}

const hasNaN = (x: Tensor): boolean => elementsOf(x).some(Number.isNaN);

/** @internal Under `detectAnomaly`: the first operation that makes a NaN out of none is an error. */
export function checkForNaN(what: string, output: Tensor, inputs: readonly Tensor[]): void {
  if (hasNaN(output) && !inputs.some(hasNaN)) {
    const from = inputs.map((x) => `[${x.shape.join(",")}]`).join(", ");
    throw new GraphError(
      `${what}: made NaN from inputs ${from} that have none; look for log or sqrt of a negative number, 0/0, or an overflow before it`,
    );
  }
}
