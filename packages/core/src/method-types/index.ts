import type { Shape } from "../shape.ts";
import type { ElementwiseMethods } from "./elementwise.ts";
import type { GraphMethods } from "./graph.ts";
import type { ReductionMethods } from "./reduction.ts";
import type { ShapeMethods } from "./shape.ts";

/**
 * What can be done with a tensor, by name. A method whose result depends on the shape takes `this: A` and does not mention S, so that
 * `Tensor<[2, 3]>` stays assignable to `Tensor`.
 */
export interface TensorMethods<out S extends Shape = Shape>
  extends ElementwiseMethods<S>, ReductionMethods, ShapeMethods, GraphMethods<S> {}
