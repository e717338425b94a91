import { optionsOf, quoted } from "@chainrule/core/internal";
import {
  ArgumentError,
  type Dtype,
  type Generator,
  linear,
  type LinearFn,
  ShapeError,
  type Tensor,
  zeros,
} from "@chainrule/core/lean";
import { uniform } from "./init.ts";
import { Layer } from "./layer.ts";
import { Parameter } from "./parameter.ts";

export interface LinearOptions {
  /** Whether to add a bias; true by default. */
  readonly bias?: boolean | undefined;
  readonly dtype?: Dtype | undefined;
  /** Where the initial values come from; the default generator if left out. */
  readonly generator?: Generator | undefined;
}

/**
 * A layer of neurons: x·weightᵀ + bias, from `[…, I]` to `[…, O]`. The weight is `[O, I]`, as in PyTorch; weight and bias begin
 * uniform in ±1/√I.
 *
 * @example
 * new Linear(64, 10).forward(zeros([32, 64])).shape; // [32, 10]
 * @throws ShapeError if the input does not end in I.
 */
export class Linear<const I extends number = number, const O extends number = number> extends Layer<LinearFn<I, O>> {
  readonly weight: Parameter<[O, I]>;
  readonly bias: Parameter<[O]> | null;

  constructor(inputs: I, outputs: O, options?: LinearOptions) {
    super();
    const { bias = true, dtype, generator } = optionsOf("Linear", options, ["bias", "dtype", "generator"]);
    for (const size of [inputs, outputs])
      if (!Number.isInteger(size) || size < 0)
        throw new ArgumentError(
          `Linear: sizes are whole numbers from 0 up, got ${quoted(inputs)} and ${quoted(outputs)}`,
        );
    // PyTorch: kaimingUniform with a = √5, which is this bound
    const bound = inputs > 0 ? 1 / Math.sqrt(inputs) : 0;
    this.weight = new Parameter(zeros([outputs, inputs] as number[], { dtype })) as Parameter as Parameter<[O, I]>;
    uniform(this.weight, { low: -bound, high: bound, generator });
    this.bias = bias ? (new Parameter(zeros([outputs] as number[], { dtype })) as Parameter as Parameter<[O]>) : null;
    if (this.bias) uniform(this.bias, { low: -bound, high: bound, generator });
  }

  protected compute(x: Tensor): Tensor {
    const { weight, bias } = this;
    const [, inputs] = weight.shape;
    if (x.shape.length === 0)
      throw new ShapeError(this.label(), "input is a scalar, expected at least 1-D", [x.shape, weight.shape]);
    const last = x.shape[x.shape.length - 1];
    if (last !== inputs) {
      const shown = `[${x.shape.join(",")}]`;
      throw new ShapeError(this.label(), `input ${shown} ends in ${last}, expected ${inputs}`, [x.shape, weight.shape]);
    }
    return linear(x, weight, bias);
  }

  /** As errors name it, here and in the compiler's messages. */
  private label(): string {
    return `Linear(${this.weight.shape[1]}, ${this.weight.shape[0]})`;
  }

  protected override details(): string {
    return `${this.weight.shape[1]}, ${this.weight.shape[0]}${this.bias === null ? ", { bias: false }" : ""}`;
  }
}
