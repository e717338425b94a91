import { named } from "@chainrule/core/internal";
import { relu, type SameFn, sigmoid, softmax, tanh, type Tensor, type Named } from "@chainrule/core/lean";
import { Layer } from "./layer.ts";

/**
 * σ(x) = 1/(1 + e⁻ˣ), elementwise.
 *
 * @example
 * new Sigmoid().forward(tensor([0])).item(); // 0.5
 */
export class Sigmoid extends Layer<SameFn> {
  protected compute(x: Tensor): Tensor {
    return sigmoid(x);
  }
}

/**
 * tanh(x), elementwise.
 *
 * @example
 * new Tanh().forward(tensor([0])).item(); // 0
 */
export class Tanh extends Layer<SameFn> {
  protected compute(x: Tensor): Tensor {
    return tanh(x);
  }
}

/**
 * max(x, 0), elementwise; the derivative at 0 is 0.
 *
 * @example
 * new ReLU().forward(tensor([-1, 2])).toArray(); // [0, 2]
 */
export class ReLU extends Layer<SameFn> {
  protected compute(x: Tensor): Tensor {
    return relu(x);
  }
}

/**
 * exp(x) / Σ exp(x) along a dim, by default the last.
 *
 * @example
 * new Softmax(0).forward(tensor([1, 1])).toArray(); // [0.5, 0.5]
 * @throws ShapeError if the input has no such dim.
 */
export class Softmax extends Layer<SameFn> {
  readonly dim: number;

  constructor(dim?: Named<"dim">) {
    super();
    this.dim = named(this.constructor.name, dim, "dim", -1);
  }

  protected compute(x: Tensor): Tensor {
    return softmax(x, this.dim);
  }

  protected override details(): string {
    return String(this.dim);
  }
}
