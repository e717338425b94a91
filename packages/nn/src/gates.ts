import { named, optionsOf, quoted } from "@chainrule/core/internal";
import {
  ArgumentError,
  type Dtype,
  full,
  gelu,
  glu,
  logSoftmax,
  prelu,
  type PReLUFn,
  type SameFn,
  softmin,
  softplus,
  type Tensor,
  type Named,
} from "@chainrule/core/lean";
import { Layer } from "./layer.ts";
import { Parameter } from "./parameter.ts";

// Activations as layers, with PyTorch's names: those with options, with a dim, and the one that learns.

/**
 * x·Φ(x), where Φ is the normal distribution; its tanh form with `{ approximate: "tanh" }`.
 *
 * @example
 * new GELU().forward(tensor([0, 100])).toArray(); // [0, 100]
 * @throws ArgumentError for another approximation.
 */
export class GELU extends Layer<SameFn> {
  readonly approximate: "none" | "tanh";

  constructor(options?: { readonly approximate?: "none" | "tanh" | undefined }) {
    super();
    const { approximate = "none" } = optionsOf("GELU", options, ["approximate"]);
    if (approximate !== "none" && approximate !== "tanh")
      throw new ArgumentError(`GELU: approximate is "none" or "tanh", got ${quoted(approximate)}`);
    this.approximate = approximate;
  }
  protected compute(x: Tensor): Tensor {
    return gelu(x, { approximate: this.approximate });
  }
  protected override details(): string {
    return this.approximate === "none" ? "" : `{ approximate: "${this.approximate}" }`;
  }
}

/**
 * a·σ(b), where a and b are the halves of the input along a dim, by default the last.
 *
 * @example
 * new GLU().forward(tensor([2, 3, 0, 0])).toArray(); // [1, 1.5]
 * @throws ShapeError if the input has no such dim, or it does not halve.
 */
export class GLU extends Layer {
  readonly dim: number;

  constructor(dim?: Named<"dim">) {
    super();
    this.dim = named(this.constructor.name, dim, "dim", -1);
  }
  protected compute(x: Tensor): Tensor {
    return glu(x, this.dim);
  }
  protected override details(): string {
    return String(this.dim);
  }
}

export interface SoftplusOptions {
  /** How sharply it bends; 1 by default. */
  readonly beta?: number | undefined;
  /** Where beta·x is above it, the result is x itself. ∞ by default, as nothing overflows; PyTorch's default is 20. */
  readonly threshold?: number | undefined;
}

/**
 * log(1 + exp(beta·x))/beta: a smooth relu, exact for any x.
 *
 * @example
 * new Softplus({ beta: 2 }).forward(tensor([1000])).toArray(); // [1000]
 * @throws ArgumentError for options that are no numbers.
 */
export class Softplus extends Layer<SameFn> {
  readonly beta: number;
  readonly threshold: number;

  constructor(beta?: number | SoftplusOptions, threshold?: number) {
    super();
    this.beta = named("Softplus", beta, "beta", 1, ["beta", "threshold"]);
    this.threshold = named("Softplus", typeof beta === "object" ? beta : threshold, "threshold", Infinity, [
      "beta",
      "threshold",
    ]);
  }
  protected compute(x: Tensor): Tensor {
    return softplus(x, { beta: this.beta, threshold: this.threshold });
  }
  protected override details(): string {
    return this.threshold === Infinity
      ? `{ beta: ${this.beta} }`
      : `{ beta: ${this.beta}, threshold: ${this.threshold} }`;
  }
}

/**
 * softmax(−x) along a dim, by default the last.
 *
 * @example
 * new Softmin().forward(tensor([7, 7])).toArray(); // [0.5, 0.5]
 * @throws ShapeError if the input has no such dim.
 */
export class Softmin extends Layer<SameFn> {
  readonly dim: number;

  constructor(dim?: Named<"dim">) {
    super();
    this.dim = named(this.constructor.name, dim, "dim", -1);
  }
  protected compute(x: Tensor): Tensor {
    return softmin(x, this.dim);
  }
  protected override details(): string {
    return String(this.dim);
  }
}

/**
 * log softmax(x) along a dim, by default the last.
 *
 * @example
 * new LogSoftmax().forward(tensor([0, 1000])).toArray(); // [-1000, 0]
 * @throws ShapeError if the input has no such dim.
 */
export class LogSoftmax extends Layer<SameFn> {
  readonly dim: number;

  constructor(dim?: Named<"dim">) {
    super();
    this.dim = named(this.constructor.name, dim, "dim", -1);
  }
  protected compute(x: Tensor): Tensor {
    return logSoftmax(x, this.dim);
  }
  protected override details(): string {
    return String(this.dim);
  }
}

export interface PReLUOptions {
  /** What the weights begin as; 0.25 by default. */
  readonly init?: number | undefined;
  readonly dtype?: Dtype | undefined;
}

/**
 * x where positive, weight·x elsewhere; learns one weight for all channels, or one for each.
 *
 * @example
 * new PReLU().forward(tensor([-4, 2])).toArray(); // [-1, 2]
 * @throws ShapeError if the input has not as many channels (dim 1) as there are weights.
 */
export class PReLU<const N extends number = 1> extends Layer<PReLUFn<N>> {
  readonly weight: Parameter<[N]>;

  constructor(channels: N = 1 as N, options?: PReLUOptions) {
    super();
    const { init = 0.25, dtype } = optionsOf("PReLU", options, ["init", "dtype"]);
    this.weight = new Parameter(full([channels] as number[], init, { dtype })) as Parameter as Parameter<[N]>;
  }
  protected compute(x: Tensor): Tensor {
    return prelu(x, this.weight);
  }
  protected override details(): string {
    return String(this.weight.size);
  }
}
