import { BATCH, mode, withMode } from "../ambient.ts";
import { Batched } from "../batched.ts";
import { apply, type Batch, type Op, tensorsIn } from "../op.ts";
import { stack } from "../ops/joining.ts";
import { broadcastTo } from "../ops/broadcast.ts";
import { reshapeView } from "../ops/movement.ts";
import { select } from "../ops/slice.ts";
import { fromNumber, Tensor } from "../tensor.ts";

let opened = 0;

/** The examples of one `vmap`. Operations on them are operations on the tensors in which they lie, which may be batched by a `vmap` around. */
export class Examples implements Batch {
  readonly id: number = ++opened;
  readonly size: number;
  open = false;

  constructor(size: number) {
    this.size = size;
  }

  wrap(x: Tensor): Tensor {
    return new Batched(this, x);
  }
  whole(x: Tensor): Tensor {
    return this.owns(x) ? x.examples : broadcastTo(x, [this.size, ...x.shape]);
  }
  aligned(x: Tensor, rank: number): Tensor {
    if (!this.owns(x)) return x;
    const ones = new Array<number>(rank - x.rank).fill(1);
    return ones.length === 0 ? x.examples : reshapeView(x.examples, [this.size, ...ones, ...x.shape]);
  }
  carry<P>(op: Op<P>, inputs: readonly Tensor[], params: P): Tensor {
    const together = op.batch?.(inputs, params, this);
    if (together) return this.wrap(together);
    const own = tensorsIn(params);
    const whole = (x: Tensor): Tensor => this.whole(x);
    if (op.lead) return this.wrap(apply(op, inputs.map(whole), op.lead(withTensors(params, own.map(whole)), this.size))); // prettier-ignore
    const n = inputs.length;
    return this.each([...inputs, ...own], (list) => apply(op, list.slice(0, n), withTensors(params, list.slice(n))));
  }
  each(tensors: readonly Tensor[], f: (tensors: readonly Tensor[]) => Tensor): Tensor {
    const one = (example: (x: Tensor) => Tensor): Tensor => f(tensors.map((x) => (this.owns(x) ? example(x) : x)));
    if (this.size > 0)
      return this.wrap(stack(Array.from({ length: this.size }, (_, i) => one((x) => select(this.whole(x), 0, i)))));
    const { shape, dtype } = one((x) => broadcastTo(fromNumber(0, x.dtype), x.shape)); // there is none to tell the shape
    return this.wrap(broadcastTo(fromNumber(0, dtype), [0, ...shape]));
  }
  run<R>(fn: () => R): R {
    const before = this.open;
    this.open = true;
    try {
      return withMode(mode | BATCH, fn);
    } finally {
      this.open = before;
    }
  }

  private owns(x: Tensor): x is Batched {
    return x.batch === this;
  }
}

/** The parameters with other tensors in place of those among them. */
function withTensors<P>(params: P, tensors: readonly Tensor[]): P {
  if (tensors.length === 0) return params;
  const rest = [...tensors];
  const entries = Object.entries(params as object).map(([key, x]) => [key, x instanceof Tensor ? rest.shift() : x]);
  return Object.fromEntries(entries) as P;
}
