import type { Shape } from "../shape.ts";
import type { AlgebraMethods } from "./algebra.ts";
import type { ArrangeMethods } from "./arrange.ts";
import type { ComparisonMethods } from "./comparison.ts";
import type { ElementwiseMethods } from "./elementwise.ts";
import type { FunctionMethods } from "./functions.ts";
import type { GraphMethods } from "./graph.ts";
import type { PairMethods } from "./pairs.ts";
import type { IndexMethods } from "./indexing.ts";
import type { ReductionMethods } from "./reduction.ts";
import type { ScanMethods } from "./scan.ts";
import type { ShapeMethods } from "./shape.ts";

/**
 * What can be done with a tensor, by name. A method whose result depends on the shape takes `this: A` and does not mention S, so that
 * `Tensor<[2, 3]>` stays assignable to `Tensor`.
 */
export interface TensorMethods<out S extends Shape = Shape>
  extends
    ElementwiseMethods<S>,
    ComparisonMethods,
    FunctionMethods<S>,
    PairMethods,
    ReductionMethods,
    ScanMethods,
    IndexMethods,
    ArrangeMethods,
    ShapeMethods,
    AlgebraMethods,
    GraphMethods<S> {}
