// eˣ and its like in arithmetic alone: the last bits of Math.exp are the engine's, those of + − × ÷ and √ are the same everywhere.
//
// eˣ = 2ⁿ·eʳ, where n is x/ln 2 rounded and r = x − n·ln 2, in two steps (Cody and Waite 1980); eʳ = 1 + r + r²·q(r), where q makes the
// relative error least for |r| ≤ ½ ln 2 (Remez).

/** Adding it leaves no room for a fraction: what is added before it is taken away again is rounded. */
const ROUND = 6755399441055744;
export const LN2 = 6.9314718036912382e-1;
/** What LN2 lacks; n·LN2 is exact. */
export const LN2_REST = 1.90821492927058770002e-10;
/** eˣ and e⁻ˣ are normal numbers up to here. */
const NORMAL = 708;

/** 2ⁿ for −1024 ≤ n ≤ 1023, at n + 1024. */
const POWERS: Float64Array = /* @__PURE__ */ powersOfTwo();
function powersOfTwo(): Float64Array {
  const powers = new Float64Array(2048).fill(5.562684646268003e-309);
  for (let i = 1; i < powers.length; i++) powers[i] = 2 * powers[i - 1]!;
  return powers;
}
export const powerOfTwo = (n: number): number => POWERS[n + 1024]!;

/** eʳ − 1 − r. */
function bend(r: number): number {
  const r2 = r * r;
  const r4 = r2 * r2;
  const low =
    0.5000000000000010721 + r * 0.16666666666666410228 + r2 * (0.041666666666529188396 + r * 0.0083333333334956280497);
  const middle =
    0.0013888888943922707197 +
    r * 0.00019841269504755570843 +
    r2 * (0.000024801492762716669871 + r * 2.7557587351333183069e-6);
  const high = 2.7630378650454965773e-7 + r * 2.4999962358640482882e-8;
  return r2 * (low + r4 * (middle + r4 * high));
}
/** eʳ: what 1 + r is rounded by is added to the smaller term. */
function grown(r: number): number {
  const sum = 1 + r;
  return sum + (r - (sum - 1) + bend(r));
}
const turnsOf = (x: number): number => x * Math.LOG2E + ROUND - ROUND;
const reduced = (x: number, n: number): number => x - n * LN2 - n * LN2_REST;

/** eˣ. */
export function exp(x: number): number {
  if (!(Math.abs(x) <= NORMAL)) return expFar(x);
  const n = turnsOf(x);
  return grown(reduced(x, n)) * powerOfTwo(n);
}
function expFar(x: number): number {
  if (x !== x) return x;
  const within = Math.min(Math.max(x, -746), 710);
  const n = turnsOf(within);
  return scaled(grown(reduced(within, n)), n);
}
/** y·2ⁿ, in two factors, so that it is rounded once where it is subnormal. */
function scaled(y: number, n: number): number {
  const half = Math.floor(n / 2);
  return y * powerOfTwo(half) * powerOfTwo(n - half);
}

/** factor·e^(x + low), for −1000 < x ≤ 0 and what x as rounded misses by: rounded once where it is subnormal. */
export function decayed(factor: number, x: number, low = 0): number {
  const n = turnsOf(x);
  const y = factor * grown(reduced(x, n) + low);
  return x < -NORMAL ? scaled(y, n) : y * powerOfTwo(n);
}

/** 2ˣ. */
export function exp2(x: number): number {
  if (x !== x) return x;
  const within = Math.min(Math.max(x, -1076), 1025);
  const n = within + ROUND - ROUND;
  return scaled(grown((within - n) * Math.LN2), n);
}

/** eˣ − 1. */
export function expm1(x: number): number {
  if (!(Math.abs(x) <= NORMAL)) return expFar(x) - 1;
  return x === 0 ? x : less1(x);
}
/** 2ⁿ·(eʳ − 1) + (2ⁿ − 1). */
function less1(x: number): number {
  const n = turnsOf(x);
  const power = powerOfTwo(n);
  const r = reduced(x, n);
  return power * (r + bend(r)) + (power - 1);
}

/** (e²ˣ − 1)/(e²ˣ + 1) of |x|, which is 1 from 20 on. */
export function tanh(x: number): number {
  if (!(Math.abs(x) > 0)) return x;
  const e = less1(2 * Math.min(Math.abs(x), 20));
  const size = e / (e + 2);
  return x < 0 ? -size : size;
}

/** 1/(1 + e⁻ˣ); where e⁻ˣ overflows, eˣ/(1 + eˣ). */
export function sigmoid(x: number): number {
  if (Math.abs(x) <= NORMAL) return 1 / (1 + exp(-x));
  const e = expFar(-Math.abs(x));
  return (x < 0 ? e : 1) / (1 + e);
}

/** (eˣ − e⁻ˣ)/2, by t = e^|x| − 1. */
export function sinh(x: number): number {
  const half = x < 0 ? -0.5 : 0.5;
  const size = Math.abs(x);
  if (!(size > 0)) return x;
  if (size > NORMAL) return half * expFar(size / 2) * expFar(size / 2); // prettier-ignore
  const t = less1(size);
  return half * (t + t / (t + 1));
}

/** (eˣ + e⁻ˣ)/2. */
export function cosh(x: number): number {
  const size = Math.abs(x);
  if (!(size <= NORMAL)) return 0.5 * expFar(size / 2) * expFar(size / 2);
  const e = exp(size);
  return 0.5 * e + 0.5 / e;
}
