import { relu, type SameFn, sigmoid, softmax, tanh, type Tensor } from "@chainrule/core";
import { Layer } from "./layer.ts";

/** σ(x) = 1/(1 + e⁻ˣ), elementwise. */
export class Sigmoid extends Layer<SameFn> {
  protected compute(x: Tensor): Tensor {
    return sigmoid(x);
  }
}

/** tanh(x), elementwise. */
export class Tanh extends Layer<SameFn> {
  protected compute(x: Tensor): Tensor {
    return sigmoid(x);
  }
}

/** max(x, 0), elementwise; the derivative at 0 is 0. */
export class ReLU extends Layer<SameFn> {
  protected compute(x: Tensor): Tensor {
    return relu(x);
  }
}

/** exp(x) / Σ exp(x) along a dim, by default the last. */
export class Softmax extends Layer<SameFn> {
  readonly dim: number;

  constructor(dim = -1) {
    super();
    this.dim = dim;
  }

  protected compute(x: Tensor): Tensor {
    return softmax(x, this.dim);
  }

  protected override details(): string {
    return String(this.dim);
  }
}
