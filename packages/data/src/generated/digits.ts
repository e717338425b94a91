import { optionsOf } from "@chainrule/core/internal";
import { fromTypedArray, type Generator, type Tensor, tensor } from "@chainrule/core";
import { defaultDtype } from "../one-hot.ts";
import { checkAmount, checkCount, GENERATED, type GeneratedOptions, generatorOf } from "./points.ts";
import { type Stroke, SHAPES } from "./strokes.ts";

export interface DigitsOptions<S extends number = number> extends GeneratedOptions {
  /** Height and width of an image; 16 by default. */
  readonly size?: S | undefined;
  /** How far hands differ: 0 draws the same ten images again and again, 1, the default, bends, turns, slants and shifts them. */
  readonly jitter?: number | undefined;
}

/** Grey images, `[N, 1, S, S]` with 0 for paper and 1 for ink, and the digit that each shows, int32. */
export interface Digits<N extends number = number, S extends number = 16> {
  readonly x: Tensor<[N, 1, S, S]>;
  readonly y: Tensor<[N]>;
}

/**
 * Hand-drawn digits that nobody drew: strokes of pens of different width, bent, turned, slanted, shifted, with noise. In place of a
 * download, for examples and tests of image models; a small convolutional network tells more than 97 % of unseen ones, a linear model
 * does not. The digits come in random order, each equally often.
 *
 * @example
 * const { x, y } = digits(100, { seed: 1 });
 * x.shape; // [100, 1, 16, 16]
 * y.shape; // [100]
 */
export function digits<N extends number, S extends number = 16>(samples: N, options?: DigitsOptions<S>): Digits<N, S> {
  const given = optionsOf("digits", options, [...GENERATED, "size", "jitter"]);
  const { size = 16 as S, jitter = 1, noise = 0.1, dtype, ...from } = given;
  checkCount("digits", "samples", samples);
  checkCount("digits", "size", size, 8);
  checkAmount("digits", "jitter", jitter);
  checkAmount("digits", "noise", noise);
  const generator = generatorOf("digits", from);
  const labels = Int32Array.from(generator.permutation(samples as number).toTypedArray(), (i) => i % 10);
  const pixels = new Float64Array(samples * size * size);
  labels.forEach((digit, i) =>
    draw(digit, pixels.subarray(i * size * size, (i + 1) * size * size), size, new Hand(generator, jitter)),
  );
  if (noise > 0) {
    const grain = generator.randn([pixels.length], { dtype: "float64" }).toTypedArray();
    for (let i = 0; i < pixels.length; i++) pixels[i] = Math.min(1, Math.max(0, pixels[i]! + noise * grain[i]!));
  }
  return {
    x: tensor(fromTypedArray(pixels, [samples, 1, size, size] as number[]), { dtype: dtype ?? defaultDtype() }),
    y: fromTypedArray(labels, [samples] as number[]),
  } as unknown as Digits<N, S>;
}

type Point = readonly [x: number, y: number];

/** How one digit is written: a pen, a slant, a place. */
class Hand {
  readonly width: number;
  private readonly draws: Generator;
  private readonly jitter: number;
  private readonly matrix: readonly [number, number, number, number];
  private readonly shift: Point;

  constructor(draws: Generator, jitter: number) {
    this.draws = draws;
    this.jitter = jitter;
    const turn = this.vary(0.18);
    const slant = this.vary(0.25);
    const [wide, tall] = [0.62 * (1 + this.vary(0.22)), 0.74 * (1 + this.vary(0.16))];
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
    // turn · slant · scale
    this.matrix = [cos * wide, (cos * slant - sin) * tall, sin * wide, (sin * slant + cos) * tall];
    this.shift = [this.vary(0.08), this.vary(0.08)];
    this.width = 0.095 * (1 + this.vary(0.4));
  }

  /** Uniform in ±amount · jitter. */
  vary(amount: number): number {
    return amount * this.jitter * (2 * this.draws.rand([], { dtype: "float64" }).item() - 1);
  }

  choose<T>(list: readonly T[]): T {
    if (this.jitter === 0) return list[0]!;
    return list[Math.floor(this.draws.rand([], { dtype: "float64" }).item() * list.length)]!;
  }

  /** From the square in which digits are designed, 100 wide and high, to the unit square of the image. */
  place([x, y]: Point): Point {
    const [a, b, c, d] = this.matrix;
    const [u, v] = [x / 100 - 0.5, y / 100 - 0.5];
    return [0.5 + a * u + b * v + this.shift[0], 0.5 + c * u + d * v + this.shift[1]];
  }
}

function draw(digit: number, pixels: Float64Array, size: number, hand: Hand): void {
  const bent = new Map<string, Point>();
  // Strokes that meet still meet when they are bent.
  const bend = ([x, y]: Point): Point => {
    const key = `${x},${y}`;
    const point = bent.get(key) ?? hand.place([x + hand.vary(5), y + hand.vary(5)]);
    bent.set(key, point);
    return point;
  };
  for (const stroke of hand.choose(SHAPES[digit]!)) {
    const path = smooth(pointsOf(stroke).map(bend));
    for (let i = 1; i < path.length; i++) ink(pixels, size, path[i - 1]!, path[i]!, hand.width / 2);
  }
}

const pointsOf = (stroke: Stroke): Point[] =>
  stroke.split(" ").map((point) => point.split(",").map(Number) as unknown as Point);

/** A centripetal-free Catmull–Rom curve through the points, in straight pieces; two points are a line. */
function smooth(points: readonly Point[]): Point[] {
  if (points.length < 3) return [...points];
  const path: Point[] = [points[0]!];
  for (let i = 0; i + 1 < points.length; i++) {
    const [p1, p2] = [points[i]!, points[i + 1]!];
    const closed = points[0] === points.at(-1);
    const p0 = points[i - 1] ?? (closed ? points.at(-2)! : p1);
    const p3 = points[i + 2] ?? (closed ? points[1]! : p2);
    for (let step = 1; step <= PIECES; step++) {
      const t = step / PIECES;
      const at = (d: 0 | 1) =>
        p1[d] +
        0.5 *
          t *
          (p2[d] - p0[d] + t * (2 * p0[d] - 5 * p1[d] + 4 * p2[d] - p3[d] + t * (3 * (p1[d] - p2[d]) + p3[d] - p0[d])));
      path.push([at(0), at(1)]);
    }
  }
  return path;
}
const PIECES = 5;

/** Darkens the pixels within `radius` of the line from a to b, at the edge in part. */
function ink(pixels: Float64Array, size: number, a: Point, b: Point, radius: number): void {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length2 = Math.max(dx * dx + dy * dy, 1e-12);
  const reach = radius + 1 / size;
  const range = (d: 0 | 1): [number, number] => [
    Math.max(0, Math.floor((Math.min(a[d], b[d]) - reach) * size)),
    Math.min(size - 1, Math.ceil((Math.max(a[d], b[d]) + reach) * size)),
  ];
  const [left, right] = range(0);
  const [top, bottom] = range(1);
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const [x, y] = [(column + 0.5) / size - a[0], (row + 0.5) / size - a[1]];
      const t = Math.min(1, Math.max(0, (x * dx + y * dy) / length2));
      const distance = Math.hypot(x - t * dx, y - t * dy);
      const shade = Math.min(1, Math.max(0, (radius - distance) * size + 0.5));
      const i = row * size + column;
      if (shade > pixels[i]!) pixels[i] = shade;
    }
  }
}
