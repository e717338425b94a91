import {
  hardsigmoid,
  hardswish,
  logSigmoid,
  mish,
  relu6,
  selu,
  silu,
  softsign,
  tanhshrink,
  type SameFn,
  type Tensor,
} from "@chainrule/core/lean";
import { Layer } from "./layer.ts";

// The activations of core that take nothing but a tensor, as layers with PyTorch's names.

/**
 * x/6 + ½ kept between 0 and 1.
 *
 * @example
 * new Hardsigmoid().forward(tensor([-4, 0, 4])).toArray(); // [0, 0.5, 1]
 */
export class Hardsigmoid extends Layer<SameFn> {
  protected compute(x: Tensor): Tensor {
    return hardsigmoid(x);
  }
}

/**
 * x·hardsigmoid(x).
 *
 * @example
 * new Hardswish().forward(tensor([0, 1.5, 4])).toArray(); // [0, 1.125, 4]
 */
export class Hardswish extends Layer<SameFn> {
  protected compute(x: Tensor): Tensor {
    return hardswish(x);
  }
}

/**
 * log σ(x), without overflow.
 *
 * @example
 * new LogSigmoid().forward(tensor([-1000])).toArray(); // [-1000]
 */
export class LogSigmoid extends Layer<SameFn> {
  protected compute(x: Tensor): Tensor {
    return logSigmoid(x);
  }
}

/**
 * x·tanh(log(1 + eˣ)).
 *
 * @example
 * new Mish().forward(tensor([0, 1000])).toArray(); // [0, 1000]
 */
export class Mish extends Layer<SameFn> {
  protected compute(x: Tensor): Tensor {
    return mish(x);
  }
}

/**
 * min(max(x, 0), 6).
 *
 * @example
 * new ReLU6().forward(tensor([-1, 2, 8])).toArray(); // [0, 2, 6]
 */
export class ReLU6 extends Layer<SameFn> {
  protected compute(x: Tensor): Tensor {
    return relu6(x);
  }
}

/**
 * λ·elu(x, α), with the constants that keep mean 0 and variance 1 from layer to layer.
 *
 * @example
 * new SELU().forward(tensor([0, 1])).toArray(); // [0, 1.0507009873554805]
 */
export class SELU extends Layer<SameFn> {
  protected compute(x: Tensor): Tensor {
    return selu(x);
  }
}

/**
 * x·σ(x).
 *
 * @example
 * new SiLU().forward(tensor([0, 1000])).toArray(); // [0, 1000]
 */
export class SiLU extends Layer<SameFn> {
  protected compute(x: Tensor): Tensor {
    return silu(x);
  }
}

/**
 * x/(1 + |x|).
 *
 * @example
 * new Softsign().forward(tensor([-1, 3])).toArray(); // [-0.5, 0.75]
 */
export class Softsign extends Layer<SameFn> {
  protected compute(x: Tensor): Tensor {
    return softsign(x);
  }
}

/**
 * x − tanh x.
 *
 * @example
 * new Tanhshrink().forward(tensor([0, 1000])).toArray(); // [0, 999]
 */
export class Tanhshrink extends Layer<SameFn> {
  protected compute(x: Tensor): Tensor {
    return tanhshrink(x);
  }
}
