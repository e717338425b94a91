import { apply, type Batch, type Op } from "../op.ts";
import type { Tensor } from "../tensor.ts";

/** A way to call an operation in the laws: the shapes of its inputs, and its parameters. */
export interface Case<P> {
  readonly shapes: readonly (readonly number[])[];
  readonly params: P;
}

/** The `lead` of an operation on the last dims, whose parameters have nothing to do with the others. */
export const asIs = <P>(params: P): P => params;
/** The `lead` of an operation along a dim, and of each dim that parameters name: its place behind a new first one. */
export const shifted = (dim: number): number => dim + 1;

interface Linear<P> {
  readonly name: string;
  readonly forward: (x: Tensor, params: P) => Tensor;
  /** The transposed map: from a cotangent of the output to one of `input`, of which only shape and dtype may be used. */
  readonly transpose: (cotangent: Tensor, input: Tensor, params: P) => Tensor;
  /** As in `Op`. */
  readonly addVjp?: (sum: Tensor, cotangent: Tensor, output: Tensor) => void;
  readonly lead?: (params: P, size: number) => P;
  readonly batch?: (inputs: readonly Tensor[], params: P, batch: Batch) => Tensor;
  readonly cases: readonly Case<P>[];
}

export class LinearOp<P> implements Op<P> {
  readonly name: string;
  readonly cases: readonly Case<P>[];
  readonly addVjp?: (sum: Tensor, cotangent: Tensor, output: Tensor) => void;
  readonly lead?: (params: P, size: number) => P;
  readonly batch?: (inputs: readonly Tensor[], params: P, batch: Batch) => Tensor;
  private readonly def: Linear<P>;

  constructor(def: Linear<P>) {
    this.name = def.name;
    this.cases = def.cases;
    if (def.addVjp) this.addVjp = def.addVjp;
    if (def.lead) this.lead = def.lead;
    if (def.batch) this.batch = def.batch;
    this.def = def;
  }
  forward(inputs: readonly Tensor[], params: P): Tensor {
    return this.def.forward(inputs[0]!, params);
  }
  vjp(cotangent: Tensor, output: Tensor): Tensor {
    return this.def.transpose(cotangent, output.inputs[0]!, output.params as P);
  }
  jvp([tangent]: readonly (Tensor | null)[], output: Tensor): Tensor {
    return apply(this, [tangent!], output.params as P);
  }
}

export type LinearFunction<P> = { (x: Tensor, params: P): Tensor; readonly op: LinearOp<P> };

/** An operation that is linear in its one input: its vjp is the transpose, its jvp the operation itself. */
export function linear<P>(def: Linear<P>): LinearFunction<P> {
  const op = new LinearOp(def);
  return Object.assign((x: Tensor, params: P): Tensor => apply(op, [x], params), { op });
}
