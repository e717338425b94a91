import { ArgumentError, max, mean, min, ShapeError, std, Tensor, where } from "@chainrule/core";
import { showShape } from "./shape.ts";

/**
 * Shifts and scales features as `mean` and `scale` say. Keep it with the model: what the model has learned holds for data scaled like this.
 *
 * @example
 * const scaler = standardize(tensor([[1, 10], [3, 10]]));
 * scaler.apply(tensor([[2, 11]])).toArray(); // [[0, 1]]
 */
export class Standardizer {
  readonly mean: Tensor;
  readonly scale: Tensor;

  constructor(mean: Tensor, scale: Tensor) {
    if (!(mean instanceof Tensor) || !(scale instanceof Tensor))
      throw new ArgumentError("Standardizer: needs two tensors, the mean and the scale");
    if (showShape(mean.shape) !== showShape(scale.shape))
      throw new ShapeError("Standardizer", `mean is ${showShape(mean.shape)}, scale ${showShape(scale.shape)}`, [
        mean.shape,
        scale.shape,
      ]);
    this.mean = mean;
    this.scale = scale;
  }

  /** (x − mean) / scale. */
  apply<X extends Tensor>(x: X): Tensor<X["shape"]> {
    return checked("apply", x, this.mean).sub(this.mean).div(this.scale) as Tensor<X["shape"]>;
  }

  /** x · scale + mean: what `apply` undoes. */
  invert<X extends Tensor>(x: X): Tensor<X["shape"]> {
    return checked("invert", x, this.mean).mul(this.scale).add(this.mean) as Tensor<X["shape"]>;
  }
}

function checked(op: string, x: Tensor, mean: Tensor): Tensor {
  if (!(x instanceof Tensor)) throw new ArgumentError(`Standardizer.${op}: needs a tensor`);
  const fits = x.rank === mean.rank + 1 && mean.shape.every((size, d) => size === x.shape[d + 1]);
  if (fits) return x;
  const rows = showShape(["rows", ...mean.shape] as never);
  throw new ShapeError(`Standardizer.${op}`, `needs features of shape ${rows}, got ${showShape(x.shape)}`, [
    x.shape,
    mean.shape,
  ]);
}

/**
 * Learns from the rows of training data how to bring each feature to mean 0 and standard deviation 1, dividing by N. A feature that
 * is the same in all rows is only shifted.
 *
 * @example
 * const scaler = standardize(tensor([[1], [3]]));
 * scaler.apply(tensor([[1], [3]])).toArray(); // [[-1], [1]], the training data
 * scaler.apply(tensor([[5]])).toArray(); // [[3]], test data on the same scale
 * @throws ArgumentError for no rows or values that are not finite, ShapeError for a scalar.
 */
export function standardize(x: Tensor): Standardizer {
  if (!(x instanceof Tensor)) throw new ArgumentError("standardize: needs a tensor");
  if (x.rank === 0) throw new ShapeError("standardize", "needs rows, got a scalar", [x.shape]);
  if (x.shape[0] === 0) throw new ArgumentError("standardize: the dataset is empty");
  const wrong = x.toTypedArray().findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0)
    throw new ArgumentError(
      `standardize: needs finite numbers, element ${wrong} of ${showShape(x.shape)} is ${x.toTypedArray()[wrong]}`,
    );
  const data = x.detach();
  const same = max(data, 0).values.eq(min(data, 0).values);
  return new Standardizer(mean(data, 0), where(same, 1, std(data, 0, { correction: 0 })));
}
