// Margins.
import type { Shape, ShapeArg } from "../shape.ts";
import type { Add, IsBelow, Sub } from "./arithmetic.ts";
import type { Fail, Show } from "./show.ts";
import type { IsFraction } from "./sizes.ts";

/** Shape with margins in PyTorch's order: before and after the last dim, then the one before it; negative values crop. */
export type Pad<S extends Shape, Pads extends ShapeArg> = S extends unknown
  ? Pads extends unknown
    ? number extends S["length"]
      ? number[]
      : number extends Pads["length"]
        ? { -readonly [K in keyof S]: number }
        : Pairs<S, Pads> extends infer P extends readonly ShapeArg[]
          ? PadEach<S, Pads, P>
          : Fail<`pad: needs pairs of whole numbers, last dim first, for at most ${S["length"]} dims of ${Show<S>}, got ${Show<Pads>}`>
    : never
  : never;
/** Pads as pairs, one per dim of S, first dim first; undefined if that cannot be. */
type Pairs<S extends Shape, Pads extends ShapeArg, R extends readonly ShapeArg[] = []> = S extends readonly [
  ...infer Lead extends Shape,
  unknown,
]
  ? Pads extends readonly [infer Low extends number, infer High extends number, ...infer More extends ShapeArg]
    ? true extends IsFraction<Low> | IsFraction<High>
      ? undefined
      : Pairs<Lead, More, [[Low, High], ...R]>
    : Pads extends readonly []
      ? Pairs<Lead, [], [[0, 0], ...R]>
      : undefined
  : Pads extends readonly []
    ? R
    : undefined;
type PadEach<
  S extends Shape,
  Pads extends ShapeArg,
  P extends readonly ShapeArg[],
  Rest extends Shape = S,
  R extends Shape = [],
> = P extends readonly [
  readonly [infer Low extends number, infer High extends number],
  ...infer More extends readonly ShapeArg[],
]
  ? Rest extends readonly [infer Size extends number, ...infer Sizes extends Shape]
    ? IsBelow<Size, Add<Cut<Low>, Cut<High>>> extends true
      ? Fail<`pad: ${Show<Pads>} crops more than dim ${R["length"]} of ${Show<S>} has`>
      : PadEach<S, Pads, More, Sizes, [...R, Add<Sub<Size, Add<Cut<Low>, Cut<High>>>, Add<Margin<Low>, Margin<High>>>]>
    : never
  : R;
/** What a negative pad takes away, and what a positive one adds. */
type Cut<P extends number> = `${P}` extends `-${infer K extends number}` ? K : 0;
type Margin<P extends number> = `${P}` extends `-${string}` ? 0 : P;
