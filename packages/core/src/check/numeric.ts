/** How exact the function under test is, and what follows for steps and tolerances. */
export interface Precision {
  /** Half the distance from 1 to the next number. */
  readonly rounding: number;
  /** First step, for an input of size 1. */
  readonly step: number;
  /** Differences allowed relative to the derivative, and relative to the scale of the Jacobian around it. */
  readonly relative: number;
  readonly absolute: number;
  /** A numeric derivative is good enough for a verdict if ten times its error is at most this part of it. */
  readonly resolution: number;
  /** The same where rounding in f is all that is left of the error. */
  readonly coarsest: number;
}
export const DOUBLE: Precision = {
  rounding: 2 ** -53,
  step: 2 ** -7,
  relative: 1e-9,
  absolute: 1e-11,
  resolution: 1e-7,
  coarsest: 1e-5,
};
/** For functions that compute in float32 on the way. */
export const SINGLE: Precision = {
  rounding: 2 ** -24,
  step: 2 ** -3,
  relative: 1e-4,
  absolute: 1e-5,
  resolution: 1e-2,
  coarsest: 5e-2,
};

/** The function along a line through the point. */
export interface Line {
  /** At distance s; `moved` is the distance after rounding. */
  at(s: number): { readonly values: Float64Array; readonly moved: number };
  /** A step below which rounding leaves nothing of it. */
  readonly finest: number;
}

/** The values at the point itself, how far rounding moves them, and how much farther with each unit of distance along the line. */
export interface Origin {
  readonly values: Float64Array;
  readonly noise: Float64Array;
  readonly growth: Float64Array;
}
/** Size of an input as a power of two, at least 1, so that steps in proportion to it are exact. */
export const widthOf = (x: number): number => 2 ** Math.round(Math.log2(Math.max(1, Math.abs(x))));

/** Derivatives along a line at one step size, one element for each output. */
export interface Slopes {
  readonly step: number;
  readonly value: Float64Array;
  /** Estimated error of the value. */
  readonly est: Float64Array;
  /** What rounding alone can do to the value. */
  readonly floor: Float64Array;
  /** Right-hand less left-hand derivative, and its estimated error. */
  readonly jump: Float64Array;
  readonly jumpEst: Float64Array;
}

/**
 * Central differences with steps h, h/2, h/4, h/8 and three Richardson extrapolations, which cancel the errors of order h², h⁴ and h⁶. The
 * estimated error is the distance between the two extrapolants before the last: a bound where rounding rules, very safe where curvature does.
 */
export function slopes(line: Line, origin: Origin, step: number, { rounding }: Precision): Slopes {
  const { values: base, noise, growth } = origin;
  const size = base.length;
  const differences: Float64Array[] = [];
  const jumps: Float64Array[] = [];
  const rounded = noise.map((v, i) => v + growth[i]! * step);
  for (let level = 0; level < 4; level++) {
    const right = line.at(step / 2 ** level);
    const left = line.at(-step / 2 ** level);
    const difference = new Float64Array(size);
    const jump = new Float64Array(size);
    for (let i = 0; i < size; i++) {
      const [l, x, r] = [left.values[i]!, base[i]!, right.values[i]!];
      difference[i] = (r - l) / (right.moved - left.moved);
      jump[i] = (r - x) / right.moved - (l - x) / left.moved;
      rounded[i] = Math.max(rounded[i]!, rounding * Math.abs(r), rounding * Math.abs(l));
    }
    differences.push(difference);
    jumps.push(jump);
  }
  const value = new Float64Array(size);
  const est = new Float64Array(size);
  const jump = new Float64Array(size);
  const jumpEst = new Float64Array(size);
  const floor = rounded.map((v) => (8 * v) / step);
  const at = (rows: readonly Float64Array[], i: number): number[] => rows.map((row) => row[i]!);
  for (let i = 0; i < size; i++) {
    const second = extrapolate(extrapolate(at(differences, i), 4), 16);
    value[i] = extrapolate(second, 64)[0]!;
    est[i] = Math.max(Math.abs(second[1]! - second[0]!), floor[i]!);
    // (f(x+h) − 2f(x) + f(x−h))/h = jump + c₁·h + c₃·h³ + …
    const sides = extrapolate(extrapolate(at(jumps, i), 2), 8);
    jump[i] = extrapolate(sides, 32)[0]!;
    jumpEst[i] = Math.abs(sides[1]! - sides[0]!);
  }
  return { step, value, est, floor, jump, jumpEst };
}

/** Removes from values at steps h, h/2, … the error term that shrinks by `power` when the step is halved. */
const extrapolate = (values: readonly number[], power: number): number[] =>
  values.slice(1).map((next, k) => next + (next - values[k]!) / (power - 1));
