import { dot, type Probe } from "./compare.ts";
import { showAt } from "./places.ts";
import type { Subject } from "./subject.ts";

const SCALE = 1024;
/** Below this, numbers underflow, and nothing is linear. */
const UNDERFLOW = { double: 1e-290, single: 1e-30 };

/** What must hold of any derivative rules, whatever the function: returns what does not, in words. */
export function brokenLaws(subject: Subject, { tangent, cotangent, pushed, pulled }: Probe): string[] {
  const broken: string[] = [];
  const tiny = subject.single ? UNDERFLOW.single : UNDERFLOW.double;
  const find = (values: Float64Array, isBad: (v: number, i: number) => boolean, say: (i: number) => string): void => {
    const at = values.findIndex(isBad);
    if (at >= 0) broken.push(say(at));
  };
  const inputAt = (i: number): string => showAt(subject.inputs, i);
  const outputAt = (i: number): string => showAt(subject.outputs, i);

  const again = subject.reverse(cotangent);
  const differs = (v: number, i: number): boolean => !Object.is(v, pulled[i]);
  find(again, differs, (i) => `a second backward pass gives ${again[i]} by ${inputAt(i)}, the first gave ${pulled[i]}`);

  const isBadZero = (like: Float64Array) => (v: number, i: number) => v !== 0 && Number.isFinite(like[i]);
  const pulledZero = subject.reverse(cotangent.map(() => 0));
  find(pulledZero, isBadZero(pulled), (i) => `a cotangent of zeros gives ${pulledZero[i]} by ${inputAt(i)}, not 0`);
  const pushedZero = subject.forward(tangent.map(() => 0));
  find(pushedZero, isBadZero(pushed), (i) => `a tangent of zeros gives ${pushedZero[i]} at ${outputAt(i)}, not 0`);

  // Rules are linear maps. One that clips what comes along agrees with differences as long as little comes along.
  const isNonlinear = (like: Float64Array) => (v: number, i: number) =>
    Math.abs(v - SCALE * like[i]!) > 1e-6 * Math.abs(SCALE * like[i]!) + tiny;
  const pulledMore = subject.reverse(cotangent.map((u) => SCALE * u));
  const times = (now: number, then: number): string => `${now}, not ${SCALE} × ${then}`;
  find(
    pulledMore,
    isNonlinear(pulled),
    (i) =>
      `reverse mode is not linear: ${SCALE} × the cotangent gives ${times(pulledMore[i]!, pulled[i]!)} by ${inputAt(i)}`,
  );
  const pushedMore = subject.forward(tangent.map((t) => SCALE * t));
  find(
    pushedMore,
    isNonlinear(pushed),
    (i) =>
      `forward mode is not linear: ${SCALE} × the tangent gives ${times(pushedMore[i]!, pushed[i]!)} at ${outputAt(i)}`,
  );

  const left = dot(cotangent, pushed);
  const right = dot(pulled, tangent);
  const terms = cotangent.map((u, i) => Math.abs(u * pushed[i]!)).reduce((a, b) => a + b, 0);
  const size = pulled.map((g, j) => Math.abs(g * tangent[j]!)).reduce((a, b) => a + b, terms);
  const noise = dot(cotangent.map(Math.abs), subject.noise);
  if (Math.abs(left - right) > (subject.single ? 1e-4 : 1e-10) * size + 64 * noise + tiny)
    broken.push(`forward and reverse mode disagree: ⟨u, J·t⟩ = ${left}, but ⟨Jᵀ·u, t⟩ = ${right}`);
  return broken;
}
