import { Generator } from "../random/generator.ts";
import { sizeOf } from "../shape.ts";
import { judge } from "./judge.ts";
import type { Claim, Judged } from "./reading.ts";
import { DOUBLE, type Line, type Origin, type Precision, SINGLE, widthOf } from "./numeric.ts";
import type { Part } from "./places.ts";
import { type Mode, signed, type Subject } from "./subject.ts";

/** A comparison with its place: `at` and `outputAt` count elements; `null` stands for a random direction, or a random mixture of outputs. */
export interface Comparison extends Judged {
  readonly mode: Mode;
  readonly at: number | null;
  readonly outputAt: number | null;
}

export const precisionOf = (subject: Subject): Precision => (subject.single ? SINGLE : DOUBLE);

export function unit(size: number, i: number): Float64Array {
  const e = new Float64Array(size);
  e[i] = 1;
  return e;
}
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
const largest = (values: Float64Array): number =>
  values.reduce((max, v) => (Number.isFinite(v) ? Math.max(max, Math.abs(v)) : max), 0);

/** Along one input alone. */
export const coordinateLine = (subject: Subject, j: number): Line => ({
  at(s) {
    const x = subject.point.slice();
    x[j] = x[j]! + s;
    return { values: subject.value(x), moved: x[j] - subject.point[j]! };
  },
  finest: 2 ** -44 * Math.abs(subject.point[j]!),
});

/** In a direction; the values end with their mixture by `weights`. */
export const directionLine = (subject: Subject, direction: Float64Array, weights: Float64Array): Line => ({
  at(s) {
    const x = subject.point.slice();
    for (let j = 0; j < x.length; j++) x[j]! += s * direction[j]!;
    return { values: mixed(subject.value(x), weights), moved: s };
  },
  finest: 2 ** -44,
});
export function mixed(values: Float64Array, weights: Float64Array): Float64Array {
  const out = new Float64Array(values.length + 1);
  out.set(values);
  out[values.length] = dot(values, weights);
  return out;
}

/** The values at the point with their mixture, and how far rounding moves them, that of the inputs included. */
export function mixedOrigin(subject: Subject, weights: Float64Array): Origin {
  const { base, noise, growth, point } = subject;
  const random = new Generator(2);
  const moved = subject.forward(signed(random, point.length).map((r, j) => r * 2 ** -53 * point[j]!));
  const all = noise.map((v, i) => v + finite(moved[i]!));
  const sizes = weights.map(Math.abs);
  return { values: mixed(base, weights), noise: mixed(all, sizes), growth: mixed(growth, sizes) };
}
/** The same along one input. */
export const originAlong = ({ base, noise, growth, point }: Subject, j: number): Origin => ({
  values: base,
  noise,
  growth: growth.map((v) => v / widthOf(point[j]!)),
});

/** For each element, the largest of its tensor. */
function overParts(values: Float64Array, parts: readonly Part[]): Float64Array {
  const out = new Float64Array(values.length);
  for (const part of parts) {
    const end = part.start + sizeOf(part.shape);
    out.fill(largest(values.subarray(part.start, end)), part.start, end);
  }
  return out;
}
const placesOf = ({ start, shape }: Part): number[] => Array.from({ length: sizeOf(shape) }, (_, i) => start + i);
const finite = (x: number): number => (Number.isFinite(x) ? Math.abs(x) : 0);

/** Every derivative of every output by every input, in both modes. */
export function compareAll(subject: Subject): Comparison[] {
  const { point, base } = subject;
  const rows = Array.from(base, (_, i) => subject.reverse(unit(base.length, i)));
  const columns = Array.from(point, (_, j) => subject.forward(unit(point.length, j)));
  // Magnitudes of the derivatives of each output by each input tensor, as both modes see them.
  const scales = subject.inputs.map((part) => {
    const places = placesOf(part);
    return base.map((_, i) => Math.max(...places.map((j) => Math.max(finite(rows[i]![j]!), finite(columns[j]![i]!)))));
  });
  const blockScales = scales.map((list) => overParts(list, subject.outputs));
  return columns.flatMap((column, j) => {
    const tensor = subject.inputs.findLastIndex(({ start }) => start <= j);
    const claims = (["reverse", "forward"] as const).flatMap((mode) =>
      Array.from(base, (_, i): Claim & { mode: Mode } => ({
        output: i,
        analytic: mode === "forward" ? column[i]! : rows[i]![j]!,
        scale: scales[tensor]![i]!,
        blockScale: blockScales[tensor]![i]!,
        alone: true,
        mode,
      })),
    );
    const judged = judge(
      coordinateLine(subject, j),
      originAlong(subject, j),
      claims,
      widthOf(point[j]!),
      precisionOf(subject),
    );
    return judged.map((each, k) => ({ ...each, mode: claims[k]!.mode, at: j, outputAt: claims[k]!.output }));
  });
}

/** A random tangent and a random cotangent and the derivatives along them. No element is near 0, but the tangent is 0 `without` some inputs. */
export interface Probe {
  readonly tangent: Float64Array;
  readonly cotangent: Float64Array;
  readonly pushed: Float64Array;
  readonly pulled: Float64Array;
}

export function probe(subject: Subject, random: Generator, without: ReadonlySet<number>): Probe {
  // As long as a step along one input, however many there are.
  const shrink = 2 ** -Math.ceil(Math.log2(Math.max(1, subject.point.length)) / 2);
  const tangent = signed(random, subject.point.length).map((t, j) =>
    without.has(j) ? 0 : t * shrink * widthOf(subject.point[j]!),
  );
  const cotangent = signed(random, subject.base.length);
  return { tangent, cotangent, pushed: subject.forward(tangent), pulled: subject.reverse(cotangent) };
}

/** Derivatives of every output along the tangent by forward mode, and of the mixture of outputs by reverse mode. */
export function compareAlong(subject: Subject, along: Probe, probes: readonly Probe[]): Comparison[] {
  const { tangent, cotangent, pushed, pulled } = along;
  const m = pushed.length;
  const scales = pushed.map((_, i) => Math.max(...probes.map((other) => finite(other.pushed[i]!))));
  const blockScales = overParts(scales, subject.outputs);
  const claims = Array.from(pushed, (analytic, i): Claim => {
    return { output: i, analytic, scale: scales[i]!, blockScale: blockScales[i]!, alone: false };
  });
  const scale = largest(pulled.map((g, j) => g * tangent[j]!));
  claims.push({ output: m, analytic: dot(pulled, tangent), scale, blockScale: scale, alone: false });
  const line = directionLine(subject, tangent, cotangent);
  const judged = judge(line, mixedOrigin(subject, cotangent), claims, 1, precisionOf(subject));
  return judged.map((each, i) =>
    i < m
      ? { ...each, mode: "forward", at: null, outputAt: i }
      : { ...each, mode: "reverse", at: null, outputAt: null },
  );
}
