import type { Comparison, Probe } from "./compare.ts";
import type { Part } from "./places.ts";
import type { Subject } from "./subject.ts";
import { sizeOf } from "../shape.ts";

const RELATIVE = 1e-3;
const ABSOLUTE = 1e-4;

/** Derivatives computed in float32 beside the same in float64: all that may differ is rounding. */
export function compareSingle(narrow: Subject, { tangent, cotangent, pushed, pulled }: Probe): Comparison[] {
  if (narrow.base.some((v) => !Number.isFinite(v))) return [];
  const pulledNow = narrow.reverse(cotangent);
  const pushedNow = narrow.forward(tangent);
  return [
    ...inParts(pulledNow, pulled, narrow.inputs).map((e, at) => ({
      ...e,
      mode: "reverse" as const,
      at,
      outputAt: null,
    })),
    ...inParts(pushedNow, pushed, narrow.outputs).map((e, i) => ({
      ...e,
      mode: "forward" as const,
      at: null,
      outputAt: i,
    })),
  ];
}

type Bare = Omit<Comparison, "mode" | "at" | "outputAt">;

function inParts(narrow: Float64Array, wide: Float64Array, parts: readonly Part[]): Bare[] {
  return parts.flatMap(({ start, shape }) => {
    const numbers = wide.subarray(start, start + sizeOf(shape));
    const scale = numbers.reduce((max, v) => Math.max(max, Math.abs(v)), 0);
    return Array.from(numbers, (numeric, i): Bare => {
      const analytic = narrow[start + i]!;
      const tolerance = RELATIVE * Math.abs(numeric) + ABSOLUTE * scale;
      const fits = Math.abs(analytic - numeric) <= tolerance || !Number.isFinite(numeric);
      return {
        verdict: fits ? "pass" : "fail",
        analytic,
        numeric,
        est: 0,
        tolerance,
        resolution: NaN,
        jump: 0,
        step: 0,
        note: "",
      };
    });
  });
}
