// NumPy's indexing, as far as positions, slices, "..." and new dims go. Lists and masks leave the shape to the run time.
import type { Shape } from "../shape.ts";
import type { Before, From } from "./dims.ts";
import type { Fail, Failed, Show } from "./show.ts";
import type { HasIndex, Slice } from "./slice.ts";

/** Shape of a tensor of shape S at the index I. */
export type At<S extends Shape, I extends readonly unknown[]> = S extends unknown
  ? number extends S["length"] | I["length"]
    ? number[]
    : Used<I> extends infer N extends number
      ? Before<S, N>["length"] extends N
        ? Walk<S, S, I>
        : Fail<`at: ${N} indices for ${Show<S>}`>
      : number[]
  : never;

/** How many dims the entries of I take; undefined if that is not known. */
type Used<I extends readonly unknown[], N extends 1[] = []> = I extends readonly [infer One, ...infer More]
  ? Kind<One> extends "list"
    ? undefined
    : Used<More, Kind<One> extends "new" | "rest" ? N : [...N, 1]>
  : N["length"];
type Kind<One> = [One] extends [null]
  ? "new"
  : [One] extends ["..."]
    ? "rest"
    : [One] extends [number]
      ? "position"
      : [One] extends [readonly unknown[] | { readonly shape: Shape } | null | string | number]
        ? "list"
        : [One] extends [object]
          ? [One] extends [readonly unknown[] | { readonly shape: Shape }]
            ? "list"
            : "slice"
          : "list";

/** Goes through the entries I and the sizes Left in step; R is the result so far. */
type Walk<
  S extends Shape,
  Left extends Shape,
  I extends readonly unknown[],
  R extends Shape = [],
> = I extends readonly [infer One, ...infer More]
  ? Kind<One> extends "new"
    ? Walk<S, Left, More, [...R, 1]>
    : Kind<One> extends "rest"
      ? Rest<Left, Used<More>> extends [infer Skipped extends Shape, infer Last extends Shape]
        ? Walk<S, Last, More, [...R, ...Skipped]>
        : number[]
      : Left extends readonly [infer Size extends number, ...infer Behind extends Shape]
        ? Kind<One> extends "position"
          ? HasIndex<Size, One & number> extends true
            ? Walk<S, Behind, More, R>
            : Fail<`at: index ${One & number} is out of range for dim ${DimsBefore<S, Left>} of ${Show<S>}`>
          : Slice<[Size], 0, Bound<One, "start">, Bound<One, "end">, Bound<One, "step">> extends infer Part extends
                Shape
            ? Part extends Failed
              ? Part
              : Walk<S, Behind, More, [...R, ...Part]>
            : never
        : number[]
  : [...R, ...Left];
type Bound<One, Key> = Key extends keyof One ? (One[Key] extends number | undefined ? One[Key] : undefined) : undefined;

/** Left cut before its last N sizes. */
type Rest<Left extends Shape, N, Front extends Shape = []> = Left["length"] extends N
  ? [Front, Left]
  : Left extends readonly [infer Size extends number, ...infer More extends Shape]
    ? Rest<More, N, [...Front, Size]>
    : undefined;
/** How many sizes of S come before Left, its end. */
type DimsBefore<S extends Shape, Left extends Shape, Steps extends 1[] = []> = From<
  S,
  Steps["length"]
>["length"] extends Left["length"]
  ? Steps["length"]
  : DimsBefore<S, Left, [...Steps, 1]>;
