import { checkGenerator, optionsOf, quoted } from "@chainrule/core/internal";
import { ArgumentError, type Dtype, fromTypedArray, Generator, type Tensor, tensor } from "@chainrule/core";
import { defaultDtype } from "../one-hot.ts";

export interface GeneratedOptions {
  /** Standard deviation of the normal noise on every coordinate. */
  readonly noise?: number | undefined;
  /** The same seed gives the same data; 0 by default. */
  readonly seed?: number | undefined;
  /** Draw from this generator instead. */
  readonly generator?: Generator | undefined;
  /** Of `x`; the default dtype if left out. */
  readonly dtype?: Dtype | undefined;
}

/** Points and the class of each, int32 from 0 up. */
export interface Points<N extends number = number, F extends number = 2> {
  readonly x: Tensor<[N, F]>;
  readonly y: Tensor<[N]>;
}

/** The names of `GeneratedOptions`. */
export const GENERATED = ["noise", "seed", "generator", "dtype"] as const;

export function generatorOf(op: string, { seed = 0, generator }: GeneratedOptions): Generator {
  checkGenerator(op, generator);
  return generator ?? new Generator(seed);
}

export function checkCount(op: string, what: string, count: number, least = 1): void {
  if (!Number.isSafeInteger(count) || count < least)
    throw new ArgumentError(`${op}: ${what} is a whole number from ${least} up, got ${quoted(count)}`);
}

export function checkAmount(op: string, what: string, amount: number): void {
  if (!Number.isFinite(amount) || amount < 0)
    throw new ArgumentError(`${op}: ${what} is a number from 0 up, got ${quoted(amount)}`);
}

/** Point i is at `place(i)`, with noise, and of class i mod `classes`, so that the classes are balanced in any run of rows. */
function points(
  op: string,
  samples: number,
  classes: number,
  { noise = 0, dtype, ...from }: GeneratedOptions,
  place: (i: number, draw: () => number) => readonly number[],
): Points<number, number> {
  checkCount(op, "samples", samples);
  checkAmount(op, "noise", noise);
  const generator = generatorOf(op, from);
  const draw = () => generator.rand([], { dtype: "float64" }).item();
  const placed = Array.from({ length: samples }, (_, i) => place(i, draw));
  const features = placed[0]!.length;
  const x = Float64Array.from(placed.flat());
  if (noise > 0)
    generator
      .randn([x.length], { dtype: "float64" })
      .toTypedArray()
      .forEach((z, i) => (x[i]! += noise * z));
  const y = Int32Array.from({ length: samples }, (_, i) => i % classes);
  return {
    x: tensor(fromTypedArray(x, [samples, features]), { dtype: dtype ?? defaultDtype() }),
    y: fromTypedArray(y, [samples]),
  };
}

/**
 * Exclusive or: points at the corners of the unit square, in class 1 where one coordinate is 1 and the other 0. Four rows are the
 * truth table.
 *
 * @example
 * xor().x.toArray(); // [[0, 0], [0, 1], [1, 1], [1, 0]]
 * xor().y.toArray(); // [0, 1, 0, 1]
 */
export function xor<N extends number = 4>(samples: N = 4 as N, given?: GeneratedOptions): Points<N> {
  const options = optionsOf("xor", given, GENERATED);
  const corners = [
    [0, 0],
    [0, 1],
    [1, 1],
    [1, 0],
  ] as const;
  return points("xor", samples, 2, options, (i) => corners[i % 4]!) as Points<N>;
}

/**
 * Two half circles, each reaching into the other: scikit-learn's `make_moons`.
 *
 * @example
 * moons(200, { noise: 0.1, seed: 1 }).x.shape; // [200, 2]
 */
export function moons<N extends number>(samples: N, given?: GeneratedOptions): Points<N> {
  const options = optionsOf("moons", given, GENERATED);
  const last = Math.max(1, Math.ceil(samples / 2) - 1);
  return points("moons", samples, 2, options, (i) => {
    const angle = (Math.PI * Math.floor(i / 2)) / last;
    return i % 2 === 0 ? [Math.cos(angle), Math.sin(angle)] : [1 - Math.cos(angle), 0.5 - Math.sin(angle)];
  }) as Points<N>;
}

export interface CirclesOptions extends GeneratedOptions {
  /** Radius of the inner circle; the outer one has 1. 0.5 by default. */
  readonly factor?: number | undefined;
}

/**
 * A circle, class 1, inside another, class 0.
 *
 * @example
 * circles(100, { noise: 0.05 }).y.sum().item(); // 50
 */
export function circles<N extends number>(samples: N, given?: CirclesOptions): Points<N> {
  const { factor = 0.5, ...options } = optionsOf("circles", given, [...GENERATED, "factor"]);
  checkAmount("circles", "factor", factor);
  const count = Math.ceil(samples / 2);
  return points("circles", samples, 2, options, (i) => {
    const angle = (2 * Math.PI * Math.floor(i / 2)) / count;
    const radius = i % 2 === 0 ? 1 : factor;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  }) as Points<N>;
}

export interface SpiralsOptions extends GeneratedOptions {
  /** Arms, each a class; 2 by default. */
  readonly classes?: number | undefined;
  /** How often each winds around the middle; 1 by default. */
  readonly turns?: number | undefined;
}

/**
 * Arms that wind around each other from the middle out to radius 1.
 *
 * @example
 * spirals(300, { classes: 3, noise: 0.02 }).x.shape; // [300, 2]
 */
export function spirals<N extends number>(samples: N, given?: SpiralsOptions): Points<N> {
  const { classes = 2, turns = 1, ...options } = optionsOf("spirals", given, [...GENERATED, "classes", "turns"]);
  checkCount("spirals", "classes", classes);
  checkAmount("spirals", "turns", turns);
  return points("spirals", samples, classes, options, (i, draw) => {
    const radius = Math.sqrt(draw()); // evenly along the arm's area, not crowded in the middle
    const angle = 2 * Math.PI * (turns * radius + (i % classes) / classes);
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  }) as Points<N>;
}

export interface BlobsOptions<F extends number = number> extends GeneratedOptions {
  /** Blobs, each a class; 3 by default. */
  readonly classes?: number | undefined;
  /** Coordinates of a point; 2 by default. */
  readonly features?: F | undefined;
  /** The centres are uniform in ±box; 10 by default. */
  readonly box?: number | undefined;
}

/**
 * Normal clouds around random centres, of standard deviation `noise`, 1 by default: scikit-learn's `make_blobs`.
 *
 * @example
 * blobs(90, { classes: 3, features: 4, seed: 7 }).x.shape; // [90, 4]
 */
export function blobs<N extends number, F extends number = 2>(samples: N, options?: BlobsOptions<F>): Points<N, F> {
  const given = optionsOf("blobs", options, [...GENERATED, "classes", "features", "box"]);
  const { classes = 3, features = 2 as F, box = 10, noise = 1, ...from } = given;
  checkCount("blobs", "classes", classes);
  checkCount("blobs", "features", features);
  checkAmount("blobs", "box", box);
  const generator = generatorOf("blobs", from);
  const centres = Array.from({ length: classes }, () =>
    Array.from(generator.rand([features] as number[], { dtype: "float64" }).toTypedArray(), (u) => box * (2 * u - 1)),
  );
  return points("blobs", samples, classes, { ...from, noise, generator }, (i) => centres[i % classes]!) as Points<N, F>;
}
