import {
  ArgumentError,
  celu,
  elu,
  hardshrink,
  hardtanh,
  leakyRelu,
  softshrink,
  threshold,
  type SameFn,
  type Tensor,
} from "@chainrule/core/lean";
import { Layer } from "./layer.ts";

// The activations of core that take numbers, as layers with PyTorch's names and order of arguments.

function checked(name: string, what: string, x: number): number {
  if (typeof x !== "number" || Number.isNaN(x))
    throw new ArgumentError(`${name}: ${what} is a number, got ${String(x)}`);
  return x;
}

/**
 * x where positive, alpha·(exp(x/alpha) − 1) elsewhere.
 *
 * @example
 * new CELU(0.5).forward(tensor([-1000, 2])).toArray(); // [-0.5, 2]
 * @throws ArgumentError for what is no number.
 */
export class CELU extends Layer<SameFn> {
  readonly alpha: number;

  constructor(alpha = 1) {
    super();
    this.alpha = checked("CELU", "alpha", alpha);
  }
  protected compute(x: Tensor): Tensor {
    return celu(x, this.alpha);
  }
  protected override details(): string {
    return `${this.alpha}`;
  }
}

/**
 * x where positive, alpha·(eˣ − 1) elsewhere.
 *
 * @example
 * new ELU().forward(tensor([-1000, 2])).toArray(); // [-1, 2]
 * @throws ArgumentError for what is no number.
 */
export class ELU extends Layer<SameFn> {
  readonly alpha: number;

  constructor(alpha = 1) {
    super();
    this.alpha = checked("ELU", "alpha", alpha);
  }
  protected compute(x: Tensor): Tensor {
    return elu(x, this.alpha);
  }
  protected override details(): string {
    return `${this.alpha}`;
  }
}

/**
 * x where |x| > lambda, 0 elsewhere.
 *
 * @example
 * new Hardshrink().forward(tensor([0.5, 2])).toArray(); // [0, 2]
 * @throws ArgumentError for what is no number.
 */
export class Hardshrink extends Layer<SameFn> {
  readonly lambda: number;

  constructor(lambda = 0.5) {
    super();
    this.lambda = checked("Hardshrink", "lambda", lambda);
  }
  protected compute(x: Tensor): Tensor {
    return hardshrink(x, this.lambda);
  }
  protected override details(): string {
    return `${this.lambda}`;
  }
}

/**
 * x kept between min and max.
 *
 * @example
 * new Hardtanh(0, 2).forward(tensor([-1, 1, 3])).toArray(); // [0, 1, 2]
 * @throws ArgumentError for what is no number.
 */
export class Hardtanh extends Layer<SameFn> {
  readonly min: number;
  readonly max: number;

  constructor(min = -1, max = 1) {
    super();
    this.min = checked("Hardtanh", "min", min);
    this.max = checked("Hardtanh", "max", max);
  }
  protected compute(x: Tensor): Tensor {
    return hardtanh(x, this.min, this.max);
  }
  protected override details(): string {
    return `${this.min}, ${this.max}`;
  }
}

/**
 * x where positive, slope·x elsewhere.
 *
 * @example
 * new LeakyReLU(0.5).forward(tensor([-2, 2])).toArray(); // [-1, 2]
 * @throws ArgumentError for what is no number.
 */
export class LeakyReLU extends Layer<SameFn> {
  readonly slope: number;

  constructor(slope = 0.01) {
    super();
    this.slope = checked("LeakyReLU", "slope", slope);
  }
  protected compute(x: Tensor): Tensor {
    return leakyRelu(x, this.slope);
  }
  protected override details(): string {
    return `${this.slope}`;
  }
}

/**
 * x brought nearer to 0 by lambda, and 0 where |x| ≤ lambda.
 *
 * @example
 * new Softshrink().forward(tensor([-2, 0.5])).toArray(); // [-1.5, 0]
 * @throws ArgumentError for what is no number.
 */
export class Softshrink extends Layer<SameFn> {
  readonly lambda: number;

  constructor(lambda = 0.5) {
    super();
    this.lambda = checked("Softshrink", "lambda", lambda);
  }
  protected compute(x: Tensor): Tensor {
    return softshrink(x, this.lambda);
  }
  protected override details(): string {
    return `${this.lambda}`;
  }
}

/**
 * x where it is above a limit, a fixed value elsewhere.
 *
 * @example
 * new Threshold(0, -5).forward(tensor([-1, 2])).toArray(); // [-5, 2]
 * @throws ArgumentError for what is no number.
 */
export class Threshold extends Layer<SameFn> {
  readonly limit: number;
  readonly value: number;

  constructor(limit: number, value: number) {
    super();
    this.limit = checked("Threshold", "limit", limit);
    this.value = checked("Threshold", "value", value);
  }
  protected compute(x: Tensor): Tensor {
    return threshold(x, this.limit, this.value);
  }
  protected override details(): string {
    return `${this.limit}, ${this.value}`;
  }
}
