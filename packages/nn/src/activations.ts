import { named } from "@chainrule/core/internal";
import {
  celu,
  elu,
  hardshrink,
  hardtanh,
  leakyRelu,
  softshrink,
  threshold,
  type SameFn,
  type Tensor,
  type Named,
} from "@chainrule/core/lean";
import { Layer } from "./layer.ts";

// The activations of core that take numbers, as layers with PyTorch's names and order of arguments.

/**
 * x where positive, alpha·(exp(x/alpha) − 1) elsewhere.
 *
 * @example
 * new CELU(0.5).forward(tensor([-1000, 2])).toArray(); // [-0.5, 2]
 * @throws ArgumentError for what is no number.
 */
export class CELU extends Layer<SameFn> {
  readonly alpha: number;

  constructor(alpha?: Named<"alpha">) {
    super();
    this.alpha = named("CELU", alpha, "alpha", 1);
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

  constructor(alpha?: Named<"alpha">) {
    super();
    this.alpha = named("ELU", alpha, "alpha", 1);
  }
  protected compute(x: Tensor): Tensor {
    return elu(x, this.alpha);
  }
  protected override details(): string {
    return `${this.alpha}`;
  }
}

/**
 * x where |x| > lambd, 0 elsewhere.
 *
 * @example
 * new Hardshrink().forward(tensor([0.5, 2])).toArray(); // [0, 2]
 * @throws ArgumentError for what is no number.
 */
export class Hardshrink extends Layer<SameFn> {
  readonly lambd: number;

  constructor(lambd?: Named<"lambd">) {
    super();
    this.lambd = named("Hardshrink", lambd, "lambd", 0.5);
  }
  protected compute(x: Tensor): Tensor {
    return hardshrink(x, this.lambd);
  }
  protected override details(): string {
    return `${this.lambd}`;
  }
}

/**
 * x kept between minVal and maxVal.
 *
 * @example
 * new Hardtanh(0, 2).forward(tensor([-1, 1, 3])).toArray(); // [0, 1, 2]
 * @throws ArgumentError for what is no number.
 */
export class Hardtanh extends Layer<SameFn> {
  readonly minVal: number;
  readonly maxVal: number;

  constructor(minVal?: Named<"minVal" | "maxVal">, maxVal?: number) {
    super();
    this.minVal = named("Hardtanh", minVal, "minVal", -1, ["minVal", "maxVal"]);
    this.maxVal = named("Hardtanh", typeof minVal === "object" ? minVal : maxVal, "maxVal", 1, ["minVal", "maxVal"]);
  }
  protected compute(x: Tensor): Tensor {
    return hardtanh(x, this.minVal, this.maxVal);
  }
  protected override details(): string {
    return `${this.minVal}, ${this.maxVal}`;
  }
}

/**
 * x where positive, negativeSlope·x elsewhere.
 *
 * @example
 * new LeakyReLU(0.5).forward(tensor([-2, 2])).toArray(); // [-1, 2]
 * @throws ArgumentError for what is no number.
 */
export class LeakyReLU extends Layer<SameFn> {
  readonly negativeSlope: number;

  constructor(negativeSlope?: Named<"negativeSlope">) {
    super();
    this.negativeSlope = named("LeakyReLU", negativeSlope, "negativeSlope", 0.01);
  }
  protected compute(x: Tensor): Tensor {
    return leakyRelu(x, this.negativeSlope);
  }
  protected override details(): string {
    return `${this.negativeSlope}`;
  }
}

/**
 * x brought nearer to 0 by lambd, and 0 where |x| ≤ lambd.
 *
 * @example
 * new Softshrink().forward(tensor([-2, 0.5])).toArray(); // [-1.5, 0]
 * @throws ArgumentError for what is no number.
 */
export class Softshrink extends Layer<SameFn> {
  readonly lambd: number;

  constructor(lambd?: Named<"lambd">) {
    super();
    this.lambd = named("Softshrink", lambd, "lambd", 0.5);
  }
  protected compute(x: Tensor): Tensor {
    return softshrink(x, this.lambd);
  }
  protected override details(): string {
    return `${this.lambd}`;
  }
}

/**
 * x where it is above the threshold, a fixed value elsewhere.
 *
 * @example
 * new Threshold(0, -5).forward(tensor([-1, 2])).toArray(); // [-5, 2]
 * @throws ArgumentError for what is no number.
 */
export class Threshold extends Layer<SameFn> {
  readonly threshold: number;
  readonly value: number;

  constructor(threshold: Named<"threshold" | "value">, value?: number) {
    super();
    this.threshold = named("Threshold", threshold, "threshold", undefined, ["threshold", "value"]);
    this.value = named("Threshold", typeof threshold === "object" ? threshold : value, "value", undefined, [
      "threshold",
      "value",
    ]);
  }
  protected compute(x: Tensor): Tensor {
    return threshold(x, this.threshold, this.value);
  }
  protected override details(): string {
    return `${this.threshold}, ${this.value}`;
  }
}
