// What derivatives ask of shapes.
import type { Shape } from "../shape.ts";
import type { Fail, Show } from "./show.ts";

/** Shape S if it may be a scalar's: nothing else has a gradient of its own. */
export type ScalarOnly<S extends Shape, Op extends string = "backward"> = S extends readonly []
  ? S
  : S extends readonly [...infer _, infer _Last]
    ? Fail<`${Op}: needs a scalar loss, got ${Show<S>}; pass a cotangent of that shape, or reduce with sum() or mean()`>
    : S;

/** Shape of the derivative of a Y-shaped output by an X-shaped input. */
export type Jacobian<Y extends Shape, X extends Shape> = [...Y, ...X];
