import { LN2, LN2_REST, powerOfTwo } from "./exponential.ts";

// Logarithms in arithmetic alone, as in exponential.ts.
//
// log x = k·ln 2 + log(1 + f), where x = 2ᵏ·(1 + f) and √½ ≤ 1 + f < √2. With s = f/(2 + f) the second is 2·artanh s =
// f − (f²/2 − s·(f²/2 + R(s²))), after log in FreeBSD's msun; R(z) = z·P(z) has the least error there is (Remez).

const value = /* @__PURE__ */ new Float64Array(1);
/** Its bits; the sign and the exponent are in the second word: there are no big-endian engines. */
const words = /* @__PURE__ */ new Int32Array(value.buffer);
const NORMAL = 2.2250738585072014e-308;

/** k of a normal number. It changes at √½, which is 3fe6a09e 667f3bcd in bits. */
function exponent(x: number): number {
  value[0] = x;
  return ((words[1]! + 0x95f61 + +(words[0]! >>> 0 >= 0x667f3bcd)) >> 20) - 1023;
}
const fraction = (x: number, k: number): number => x * powerOfTwo(-k) - 1;

/** k·ln 2 + log(1 + f) + c for a small c. */
function sum(k: number, f: number, c: number): number {
  const half = f * f * 0.5;
  const s = f / (f + 2);
  const z = s * s;
  const z2 = z * z;
  const low = 0.666666666666673538 + z * 0.399999999994074854 + z2 * (0.285714287441417918 + z * 0.22222198378447777);
  const high = 0.181835751665379196 + z * 0.153137557429905618 + z2 * 0.147990661845289356;
  const r = s * (half + z * (low + z2 * z2 * high));
  return k * LN2 - (half - (r + (k * LN2_REST + c)) - f);
}

/** Natural logarithm. */
export function log(x: number): number {
  if (!(x >= NORMAL && x < Infinity)) return logFar(x);
  const k = exponent(x);
  return sum(k, fraction(x, k), 0);
}
/** Of what is no normal number above 0. */
function logFar(x: number): number {
  if (x === 0) return -Infinity;
  if (!(x > 0 && x < Infinity)) return x < 0 ? NaN : x;
  const lifted = x * 2 ** 54;
  const k = exponent(lifted);
  return sum(k - 54, fraction(lifted, k), 0);
}

/** log(1 + x). */
export function log1p(x: number): number {
  if (!(x > -1 && x < Infinity)) return x === -1 ? -Infinity : x < -1 ? NaN : x;
  if (x === 0) return x;
  const u = 1 + x;
  const k = exponent(u);
  if (k === 0) return sum(0, x, 0);
  const rounding = x > 1 ? 1 - (u - x) : x - (u - 1);
  return sum(k, fraction(u, k), rounding / u);
}

/** Logarithm to base 2. */
export function log2(x: number): number {
  if (!(x >= NORMAL && x < Infinity)) return logFar(x) * Math.LOG2E;
  const k = exponent(x);
  return k + sum(0, fraction(x, k), 0) * Math.LOG2E;
}

/** log(x + √(x² + 1)), by log1p and without overflow. */
export function asinh(x: number): number {
  const a = Math.abs(x);
  if (!(a > 0)) return x;
  const size = a < 2 ** 28 ? log1p(a + (a * a) / (1 + Math.sqrt(1 + a * a))) : log(a) + Math.LN2;
  return x < 0 ? -size : size;
}

/** log(x + √(x² − 1)), by log1p and without overflow. */
export function acosh(x: number): number {
  const t = x - 1;
  if (!(t >= 0)) return NaN;
  return t < 2 ** 28 ? log1p(t + Math.sqrt(t * (2 + t))) : log(x) + Math.LN2;
}

/** ½·log((1 + x)/(1 − x)), by log1p. */
export function atanh(x: number): number {
  const a = Math.abs(x);
  if (!(a > 0)) return x;
  const size = 0.5 * log1p((2 * a) / (1 - a));
  return x < 0 ? -size : size;
}
