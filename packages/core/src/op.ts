import { ANOMALY, journal, mode, RECORD, TRACE } from "./ambient.ts";
import { isFloat } from "./dtype.ts";
import { GraphError } from "./errors.ts";
import type { Tensor } from "./tensor.ts";

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
  /** The output's tangent, given the inputs' (`null` for zero, at least one is not): J·tangent. `null` stands for zero. */
  jvp(tangents: readonly (Tensor | null)[], output: Tensor): Tensor | null;
}

/** The one door: every operation on tensors is carried out, and recorded, here. */
export function apply<P>(op: Op<P>, inputs: readonly Tensor[], params: P): Tensor {
  const output = op.forward(inputs, params);
  output.op = op;
  if ((mode & RECORD) !== 0 && (isFloat(output.dtype) || (mode & TRACE) !== 0)) record(output, inputs, params);
  if ((mode & ANOMALY) !== 0) checkForNaN(op.name, output, inputs);
  return output;
}

function record(output: Tensor, inputs: readonly Tensor[], params: unknown): void {
  let depth = 0;
  let version = 0;
  let wanted = false;
  for (let i = 0; i < inputs.length; i++) {
    const input = inputs[i]!;
    wanted ||= input.requiresGrad;
    version += input.version;
    if (input.depth > depth) depth = input.depth;
  }
  if (!wanted) return;
  output.requiresGrad = true;
  output.inputs = inputs;
  output.params = params;
  output.depth = depth + 1;
  output.version = version;
  if (journal !== null) journal.push(output);
}

const hasNaN = (x: Tensor): boolean => x.toTypedArray().some(Number.isNaN);

/** @internal Under `detectAnomaly`: the first operation that makes a NaN out of none is an error. */
export function checkForNaN(what: string, output: Tensor, inputs: readonly Tensor[]): void {
  if (hasNaN(output) && !inputs.some(hasNaN)) {
    const from = inputs.map((x) => `[${x.shape.join(",")}]`).join(", ");
    throw new GraphError(
      `${what}: made NaN from inputs ${from} that have none; look for log or sqrt of a negative number, 0/0, or an overflow before it`,
    );
  }
}
