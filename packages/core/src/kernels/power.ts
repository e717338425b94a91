import { log } from "./logarithm.ts";
// Powers whose exponents are differences, as derivatives of powers have them.

/**
 * aᵇ⁻ⁿ for a whole n: b − n as rounded misses by up to half a unit, which a factor of 1 + (rest)·log a puts right. Where it is ∞ and b one
 * of 0 … n − 1, the factor b·(b − 1)·…·(b − n + 1) of the derivative is 0, and so is this: what is ∞ is for `round` to say.
 */
export function lowered(n: number, a: number, b: number, round: (x: number) => number): number {
  const e = b - n;
  const power = Math.pow(a, e);
  if (e < 0 && b >= 0 && Number.isInteger(b) && Math.abs(round(power)) === Infinity) return 0;
  const whole = e - b;
  const rest = b - (e - whole) - (n + whole); // b − n − e, exactly
  return rest === 0 || !(a > 0) || power === 0 || power === Infinity ? power : power + power * rest * log(a);
}

/** aᵇ of int32, which wraps around; a fraction is 0, and so is 1/0. */
export function wholePower(a: number, b: number): number {
  if (b < 0) return a === 1 || a === -1 ? wholePower(a, b & 1) : 0;
  let power = 1;
  for (; b > 0; b >>= 1, a = Math.imul(a, a)) if (b & 1) power = Math.imul(power, a);
  return power;
}
