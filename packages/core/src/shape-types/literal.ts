// Nested array literals in, nested arrays of numbers out.
import type { Shape } from "../shape.ts";
import type { IsAny, IsUnion } from "./sizes.ts";

type Leaf = number | boolean;
/** What `tensor(data)` takes. `[]` is listed so that the compiler infers tuples: `[[1, 2], [3, 4]]` has known sizes. */
export type Nested = Leaf | [] | readonly Nested[];

/** Shape of nested arrays: known sizes of tuples, `number` for plain arrays. */
export type ShapeOfData<D> =
  IsAny<D> extends true
    ? number[]
    : [D] extends [Leaf]
      ? []
      : [D] extends [readonly unknown[]]
        ? [D["length"], ...ShapeOfRows<D[number]>]
        : number[];
/** The rows of one level are looked at together, as a union; no rows at all end the shape. */
type ShapeOfRows<Row> = [Row] extends [never] ? [] : ShapeOfData<Row> extends infer S extends Shape ? S : number[];

/** D as it was written, or the message if its rows have different lengths. D must stand plainly for the compiler to infer it. */
export type CheckNested<D, Op extends string = "tensor"> =
  IsRagged<D> extends true ? `${Op}: rows have different lengths` : D;
type IsRagged<D> = [D] extends [Leaf]
  ? false
  : [D] extends [readonly unknown[]]
    ? IsUnion<D["length"]> extends true
      ? true
      : IsRagged<D[number]>
    : number extends Extract<D, readonly unknown[]>["length"]
      ? false // data whose depth is open, such as a variable of type Nested
      : true;

/** Nested arrays of numbers with as many levels as S has dims. */
export type NestedNumbers<S extends Shape> = number extends S["length"]
  ? NumberOrArrays
  : S extends readonly [unknown, ...infer More extends Shape]
    ? NestedNumbers<More>[]
    : number;
/** A number, or arrays of these to any depth: what is known of a tensor whose rank is not. */
export type NumberOrArrays = number | NumberOrArrays[];
