import { optionsOf } from "@chainrule/core/internal";
import {
  type CheckNested,
  DtypeError,
  type Dtype,
  type Nested,
  type Shape,
  type ShapeOfData,
  Tensor,
  tensor,
} from "@chainrule/core/lean";

export interface ParameterOptions {
  /** Element type; that of the data by default. */
  readonly dtype?: Dtype | undefined;
}

/** A tensor that a model learns. It requires grad, and optimizers and initialisers overwrite it in place. */
export interface Parameter<out S extends Shape = Shape> extends Tensor<S> {
  /** Path in the model, such as `layers.0.weight`, once that has been asked for its parameters; errors name it. */
  name: string;
}

interface ParameterConstructor {
  new <A extends Tensor>(data: A, options?: ParameterOptions): Parameter<A["shape"]>;
  new <const D extends Nested>(data: CheckNested<D>, options?: ParameterOptions): Parameter<ShapeOfData<D>>;
  readonly prototype: Parameter;
}

/**
 * A tensor that a model learns: a copy of a tensor, or of nested arrays of numbers, that requires grad.
 *
 * @example
 * class Scale extends Module {
 *   readonly factor = new Parameter([1, 1, 1]);
 *   forward(x: Tensor) {
 *     return x.mul(this.factor);
 *   }
 * }
 * @throws ShapeError for ragged rows, DtypeError for int32 and bool, which have no derivatives.
 */
export const Parameter: ParameterConstructor = class extends Tensor {
  name = "";

  constructor(data: unknown, options?: ParameterOptions) {
    const { dtype } = optionsOf("Parameter", options, ["dtype"]);
    const copy = tensor(data as Tensor, { dtype });
    if (copy.dtype !== "float64" && copy.dtype !== "float32")
      throw new DtypeError(`Parameter: needs float64 or float32, got ${copy.dtype}; pass { dtype: "float64" }`);
    super(copy.shape, copy.dtype, copy.array, copy.offset, copy.strides, copy.scalar);
    this.tracked = true;
  }
};
