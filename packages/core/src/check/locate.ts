import {
  type Comparison,
  coordinateLine,
  directionLine,
  dot,
  mixedOrigin,
  originAlong,
  precisionOf,
  type Probe,
  unit,
} from "./compare.ts";
import { judge } from "./judge.ts";
import { slopes, widthOf } from "./numeric.ts";
import type { Subject } from "./subject.ts";

/**
 * Finds a single derivative that is wrong, given a direction in which the sum is: halves the inputs, and keeps the half that is farther
 * off, until one is left; then the outputs. Returns that derivative in both modes, or nothing if it is not wrong by itself.
 */
export function locate(subject: Subject, found: Comparison, { tangent, cotangent, pulled }: Probe): Comparison[] {
  const { point, base } = subject;
  const precision = precisionOf(subject);
  const output = found.outputAt ?? base.length;
  const wrongBy = (part: Int32Array): number => {
    const direction = masked(tangent, part);
    const line = directionLine(subject, direction, cotangent);
    const numeric = slopes(line, mixedOrigin(subject, cotangent), found.step, precision).value[output]!;
    const analytic = found.mode === "forward" ? subject.forward(direction)[output]! : dot(pulled, direction);
    return analytic - numeric;
  };
  const at = halve(point.length, found.analytic - found.numeric, wrongBy);

  const line = coordinateLine(subject, at);
  const width = widthOf(point[at]!);
  const origin = originAlong(subject, at);
  let outputAt = found.outputAt;
  if (outputAt === null) {
    const numeric = slopes(line, origin, precision.step * width, precision).value;
    const offBy = (part: Int32Array): number => {
      const weights = masked(cotangent, part);
      return subject.reverse(weights)[at]! - dot(weights, numeric);
    };
    outputAt = halve(base.length, pulled[at]! - dot(cotangent, numeric), offBy);
  }
  const claims = [
    {
      output: outputAt,
      analytic: subject.reverse(unit(base.length, outputAt))[at]!,
      scale: 0,
      blockScale: 0,
      alone: true,
    },
    {
      output: outputAt,
      analytic: subject.forward(unit(point.length, at))[outputAt]!,
      scale: 0,
      blockScale: 0,
      alone: true,
    },
  ];
  const judged = judge(line, origin, claims, width, precision);
  const modes = ["reverse", "forward"] as const;
  const entries = judged.map((each, k) => ({ ...each, mode: modes[k]!, at, outputAt }));
  return entries.some((e) => e.verdict === "fail") ? entries : [];
}

/** The element that carries most of `total`, as far as halving finds it; `share` says how much a part carries. */
function halve(size: number, total: number, share: (part: Int32Array) => number): number {
  let part = Int32Array.from({ length: size }, (_, i) => i);
  let whole = total;
  while (part.length > 1) {
    const half = part.subarray(0, part.length >> 1);
    const first = share(half);
    const second = whole - first;
    const left = !(Math.abs(first) < Math.abs(second));
    whole = left ? first : second;
    part = left ? half : part.subarray(part.length >> 1);
  }
  return part[0]!;
}

function masked(values: Float64Array, part: Int32Array): Float64Array {
  const out = new Float64Array(values.length);
  for (const i of part) out[i] = values[i]!;
  return out;
}
