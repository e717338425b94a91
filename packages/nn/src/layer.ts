import { checkTensor } from "@chainrule/core/internal";
import { type AnyFn, type CheckInput, type Output, type ShapeFn, type Tensor } from "@chainrule/core/lean";
import { Module } from "./module.ts";
import { placed } from "./place.ts";

/**
 * Base of layers that take one tensor and give one. F says what the layer does to shapes, so that `forward` is typed and a wrong
 * input is a compile error.
 *
 * @example
 * class Sine extends Layer<SameFn> {
 *   protected compute(x: Tensor) {
 *     return x.sin();
 *   }
 * }
 * const y: Tensor<[2]> = new Sine().forward(tensor([0, 1]));
 */
export abstract class Layer<F extends ShapeFn = AnyFn> extends Module {
  /** Only a type: no such property exists. */
  declare readonly shapeFn?: F;

  /** What the layer computes; shapes are checked here, at run time. */
  protected abstract compute(x: Tensor): Tensor;

  /** Applies the layer to a tensor of any shape that fits. */
  forward<A extends Tensor>(x: CheckInput<F, A["shape"], A>): Tensor<Output<F, A["shape"]>> {
    try {
      checkTensor(this.constructor.name, x);
      return this.compute(x) as Tensor<Output<F, A["shape"]>>;
    } catch (error) {
      throw placed(error, this);
    }
  }
}
