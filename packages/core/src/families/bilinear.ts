import { apply, type Batch, type Op } from "../op.ts";
import type { Tensor } from "../tensor.ts";
import { add } from "./elementwise.ts";
import type { Case } from "./linear.ts";

interface Bilinear<P> {
  readonly name: string;
  /** Leading dims of the two broadcast, unless it stands alone. */
  readonly forward: (a: Tensor, b: Tensor, params: P) => Tensor;
  /** For each side, the cotangent of that input given the output's and the other input. */
  readonly transposes: readonly [
    (cotangent: Tensor, b: Tensor, a: Tensor, params: P) => Tensor,
    (cotangent: Tensor, a: Tensor, b: Tensor, params: P) => Tensor,
  ];
  /** A better way than that for `vmap`, or null where there is none. */
  readonly batch?: (a: Tensor, b: Tensor, params: P, batch: Batch) => Tensor | null;
  /** Takes no leading dims: under `vmap` it runs example by example. */
  readonly alone?: true;
  readonly cases: readonly Case<P>[];
}

export class BilinearOp<P> implements Op<P> {
  readonly name: string;
  readonly cases: readonly Case<P>[];
  private readonly def: Bilinear<P>;

  constructor(def: Bilinear<P>) {
    this.name = def.name;
    this.cases = def.cases;
    this.def = def;
  }
  forward(inputs: readonly Tensor[], params: P): Tensor {
    return this.def.forward(inputs[0]!, inputs[1]!, params);
  }
  vjp(cotangent: Tensor, output: Tensor, index: number): Tensor {
    return this.def.transposes[index]!(cotangent, output.inputs[1 - index]!, output.inputs[index]!, output.params as P);
  }
  jvp([da, db]: readonly (Tensor | null)[], output: Tensor): Tensor | null {
    const [a, b] = output.inputs as [Tensor, Tensor];
    const left = da ? apply(this, [da, b], output.params as P) : null;
    const right = db ? apply(this, [a, db], output.params as P) : null;
    return left && right ? add(left, right) : (left ?? right);
  }
  batch([a, b]: readonly Tensor[], params: P, batch: Batch): Tensor | null {
    if (this.def.alone) return null;
    const rank = Math.max(a!.rank, b!.rank);
    return (
      this.def.batch?.(a!, b!, params, batch) ?? apply(this, [batch.aligned(a!, rank), batch.aligned(b!, rank)], params)
    );
  }
}

export type BilinearFunction<P> = { (a: Tensor, b: Tensor, params: P): Tensor; readonly op: BilinearOp<P> };

/** An operation that is linear in each of its two inputs: its jvp is op(da, b) + op(a, db). */
export function bilinear<P>(def: Bilinear<P>): BilinearFunction<P> {
  const op = new BilinearOp(def);
  return Object.assign((a: Tensor, b: Tensor, params: P): Tensor => apply(op, [a, b], params), { op });
}
