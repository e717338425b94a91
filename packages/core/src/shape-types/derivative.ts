// What derivatives ask of shapes.
import type { Shape } from "../shape.ts";
import type { Fail, Show } from "./show.ts";
import type { SameSizes } from "./sizes.ts";

/** Shape S if it may be a scalar's, or hold a single element: nothing else has a gradient of its own. */
export type ScalarOnly<S extends Shape, Op extends string = "backward"> = S extends unknown
  ? SameSizes<S, { [K in keyof S]: 1 }> extends true
    ? S
    : Fail<`${Op}: needs a scalar loss, got ${Show<S>}; ${Op extends "backward" | "grad" ? "pass a cotangent of that shape, or " : ""}reduce with sum() or mean()`>
  : never;

/** Shape S if it may hold exactly one element. */
export type OneElement<S extends Shape> = S extends unknown
  ? SameSizes<S, { [K in keyof S]: 1 }> extends true
    ? S
    : Fail<`item: needs exactly one element, got ${Show<S>}; use toArray()`>
  : never;

/** Shape of the derivative of a Y-shaped output by an X-shaped input. */
export type Jacobian<Y extends Shape, X extends Shape> = [...Y, ...X];
