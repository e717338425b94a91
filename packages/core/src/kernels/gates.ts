import { decayed, exp as exponential, expm1 } from "./exponential.ts";
import {
  add, type Double, exactSum, exp, multiply, ONE, polynomialDouble, productError, scale,
} from "./double.ts"; // prettier-ignore
import { gaussian } from "./gauss.ts";
import { polynomial } from "./polynomial.ts";

// Smooth activations with their first two derivatives. Each derivative is a sum that is 0 somewhere. Near its root a first derivative is
// written in the distance d from there, in terms of one sign; a second is computed with 32 digits, where 16 would cancel.

/** From here on everything that decays is 0. */
const FARTHEST = -800;
/** factor·e, where e = eˣ: rounded once where it is subnormal. */
const times = (factor: number, e: number, x: number): number => (x > -700 ? factor * e : decayed(factor, x));

/** (a + b)³, where |a| ≥ |b|: the sum counts with its rounding error. */
function cubed(a: number, b: number): number {
  const sum = a + b;
  return sum * sum * (sum + 3 * (b - (sum - a)));
}

/** e^(x/a): what x/a as rounded misses by comes back as a factor. */
export function expOfQuotient(x: number, a: number): number {
  const quotient = x / a;
  if (!(quotient > FARTHEST)) return x === x && a === a ? 0 : NaN;
  if (quotient === 0) return 1;
  if (quotient > 700) return exponential(quotient);
  const product = quotient * a;
  return decayed(1, quotient, (x - product - productError(quotient, a, product)) / a);
}

// ---------- silu: x·σ(x), with e = e^−|x|

/** x·σ(x). */
export function silu(x: number): number {
  const e = exponential(-Math.abs(x));
  const y = x / (1 + e);
  return x >= 0 ? y : x < FARTHEST ? -0 : times(y, e, x);
}

const SILU_ROOT: Double = [-1.2784645427610737, -1.0946994183093437e-16];
/** σ(x)·(1 + x·σ(−x)) = e·(1 + x + e)/(1 + e)² for x < 0, (1 + e + x·e)/(1 + e)² elsewhere. */
export function siluSlope(x: number): number {
  const e = exponential(-Math.abs(x));
  const square = (1 + e) * (1 + e);
  if (x >= 0) return x === Infinity ? 1 : (1 + e + x * e) / square;
  if (x < FARTHEST) return -0;
  if (x > -1.6 && x < -1) {
    // 1 + x + eˣ at d from its root r is d + eʳ·(eᵈ − 1)
    const d = x - SILU_ROOT[0] - SILU_ROOT[1];
    return ((d + 0.2784645427610738 * expm1(d)) / square) * e;
  }
  return times((1 + x + e) / square, e, x);
}

/** σ′(x)·(2 − x·tanh(x/2)) = e·(2 − |x| + e·(2 + |x|))/(1 + e)³. */
export function siluCurve(x: number): number {
  const size = Math.abs(x);
  if (-size < FARTHEST) return -0;
  const e = exponential(-size);
  const cube = cubed(1, e);
  const sum =
    size > 2 && size < 3
      ? add(exactSum(2, -size), multiply(exp([-size, 0]), exactSum(2, size)))[0]
      : 2 - size + e * (2 + size);
  return times(sum / cube, e, -size);
}

// ---------- mish: x·tanh(log(1 + eˣ)) = x·n/(n + 2) with n = e² + 2e and e = eˣ; for x > 0 in q = e⁻ˣ

/** x·tanh(log(1 + eˣ)). */
export function mish(x: number): number {
  const e = exponential(-Math.abs(x));
  if (x > 0) return (x * (1 + 2 * e)) / (1 + 2 * e * (1 + e));
  return x < FARTHEST ? -0 : times((x * (e + 2)) / (2 + e * (2 + e)), e, x);
}

const MISH_ROOT: Double = [-1.1924312145154952, -4.8484829848031044e-17];
const EXP_MISH_ROOT = 0.3034825352815289;
/** e·ω/(4 + 8e + 8e² + 4e³ + e⁴) with ω = 4(x + 1) + (4x + 6)·e + 4e² + e³ (Misra 2019), for x ≥ −½ in 1/e. */
export function mishSlope(x: number): number {
  if (!(x < -0.5)) {
    if (x > -FARTHEST) return 1;
    const e = exponential(-x);
    return (1 + e * (4 + e * (4 * x + 6 + e * (4 * (x + 1))))) / (1 + e * (4 + e * (8 + e * (8 + e * 4))));
  }
  if (x < FARTHEST) return -0;
  const e = exponential(x);
  let sum = 4 * (x + 1) + e * (4 * x + 6 + e * (4 + e));
  if (x > -1.3 && x < -1.08) {
    // ω at d from its root r, where eˣ = eʳ·(1 + m)
    const d = x - MISH_ROOT[0] - MISH_ROOT[1];
    const m = expm1(d);
    const rise = 4 * MISH_ROOT[0] + 6 + EXP_MISH_ROOT * (4 * (2 + m) + EXP_MISH_ROOT * (3 + m * (3 + m)));
    sum = 4 * d * (1 + e) + EXP_MISH_ROOT * m * rise;
  }
  return times(sum / (4 + e * (8 + e * (8 + e * (4 + e)))), e, x);
}

/** 4e·(2x + 4 + (2x + 8)·e + (6 − 3x)·e² + (2 − 2x)·e³)/(2 + 2e + e²)³. */
export function mishCurve(x: number): number {
  const size = Math.abs(x);
  if (-size < FARTHEST) return -0;
  const e = exponential(-size);
  const near = (x > 1 && x < 2) || (x > -2.8 && x < -1.8);
  let sum: number;
  if (near) {
    const ascending = [exactSum(2 * x, 4), exactSum(2 * x, 8), thrice(x), exactSum(2, -2 * x)];
    sum = polynomialDouble(exp([-size, 0]), x > 0 ? ascending.reverse() : ascending)[0];
  } else if (x > 0) sum = polynomial(e, [2 - 2 * x, 6 - 3 * x, 2 * x + 8, 2 * x + 4]);
  else sum = polynomial(e, [2 * x + 4, 2 * x + 8, 6 - 3 * x, 2 - 2 * x]);
  const start = x > 0 ? 1 + 2 * e : 2 + 2 * e;
  const rest = 2 * e - (start - (x > 0 ? 1 : 2));
  const factor = (4 * sum) / cubed(start, (x > 0 ? 2 : 1) * e * e + rest);
  return times(x > 0 ? factor * e : factor, e, -size);
}
/** 6 − 3x. */
const thrice = (x: number): Double => add([6, 0], scale([x, 0], -3));

// ---------- gelu: x·Φ(x), Φ the normal distribution and φ its density

const DENSITY = 0.3989422804014327; // 1/√(2π)
/** From here on φ is 0. */
const WIDEST = 40;

/** c₀ + c₁·x + … + c₉·x⁹, in pairs (Estrin). */
function ten(c: readonly number[], x: number): number {
  const x2 = x * x;
  const x4 = x2 * x2;
  const middle = c[4]! + c[5]! * x + x2 * (c[6]! + c[7]! * x);
  return c[0]! + c[1]! * x + x2 * (c[2]! + c[3]! * x) + x4 * (middle + x4 * (c[8]! + c[9]! * x));
}

// e^(−x²/2)/Φ(−x) for x ≥ 0 is 2 + x·(√(2π) − a quotient of polynomials), the lower of which begins with 1
const MILLS_ABOVE = [
  0.9108591530252698, 1.2337992101652777, 0.831497582236539, 0.357858856788396, 0.10727398578341915,
  0.023113935928949194, 0.003575539231278463, 0.00038370142555992526, 2.6066823696802525e-5, 8.636426909526545e-7,
];
const MILLS_BELOW = [
  1.6545244672516681, 1.3565557135754753, 0.7122166490595672, 0.2626725584121911, 0.07077843348653781,
  0.014090304710578509, 0.0020484593686445796, 0.0002088639755724257, 1.3574619644611067e-5, 4.3182134548048486e-7,
];
/** x·Φ(x), where for x > 0 Φ(x) is 1 − Φ(−x). */
export function gelu(x: number): number {
  const size = Math.abs(x);
  if (!(size < WIDEST)) return x < 0 ? -0 : x;
  const rest = ten(MILLS_ABOVE, size) / (1 + size * ten(MILLS_BELOW, size));
  const below = 2 + (2.5066282746310007 - rest) * size;
  return x < 0 ? gaussian(x, x / below, 0.5) : x * (1 - gaussian(x, 1 / below, 0.5));
}

const GELU_ROOT: Double = [0.7517915246935645, -1.4956759177009883e-17];
// (Φ(−x)/φ(x) − x)/(root − x) for x ≥ 0 is 1 and a quotient of polynomials; here times 1/√(2π)
const SLOPE_ABOVE = [
  0.2661357147300016, 0.4321903730116159, 0.33959214854947567, 0.16707378935442477, 0.05636301949458536,
  0.013491375064763571, 0.0022930169031786705, 0.0002677420136875367, 1.9615394232590947e-5, 6.947612794270192e-7,
];
const SLOPE_BELOW = [
  2.2877193408761, 2.427946607923347, 1.5777501016741102, 0.6970595406727753, 0.21947656318997236, 0.050068832298205836,
  0.008211306003358862, 0.0009323153579956692, 6.674154556301691e-5, 2.3164776536187642e-6,
];
/** Φ(x) + x·φ(x), for x ≥ 0 as 1 less that at −x. */
export function geluSlope(x: number): number {
  const size = Math.abs(x);
  if (!(size < WIDEST)) return x < 0 ? -0 : x > 0 ? 1 : x;
  const factor = DENSITY + ten(SLOPE_ABOVE, size) / (1 + size * ten(SLOPE_BELOW, size));
  const tail = gaussian(size, (GELU_ROOT[0] - size + GELU_ROOT[1]) * factor, 0.5);
  return x < 0 ? tail : 1 - tail;
}
/** φ(x)·(2 − x²). */
export function geluCurve(x: number): number {
  const square = x * x;
  if (!(square < 2000)) return x === x ? -0 : x;
  return gaussian(x, DENSITY * (2 - square - productError(x, x, square)), 0.5);
}

// ---------- gelu's approximation: x·σ(w) with w = k·(x + a·x³), which the exponential needs with more than 16 digits

const K: Double = [1.5957691216057308, -9.96930880911092e-17]; // √(8/π)
const A: Double = [0.044715, 2.1960211427085595e-18];
const THREE_A: Double = [0.134145, 1.3526957332032908e-17];
/** k·(1 + n·a·x²). */
const rate = (n: number, x: number): Double => multiply(K, add(ONE, multiply(scale(A, n), multiply([x, 0], [x, 0]))));
/** k·(x + c·x³), in steps of plain numbers, which are faster than those of doubles. */
function cubic(x: number, c: Double): Double {
  const square = x * x;
  const term = c[0] * square;
  const termLow = productError(c[0], square, term) + c[0] * productError(x, x, square) + c[1] * square;
  const sum = 1 + term;
  const rest = sum - 1;
  const sumLow = 1 - (sum - rest) + (term - rest) + termLow;
  const slope = K[0] * sum;
  const slopeLow = productError(K[0], sum, slope) + K[0] * sumLow + K[1] * sum;
  const w = slope * x;
  return [w, productError(slope, x, w) + slopeLow * x];
}
/** Beyond, e⁻ʷ is 0. */
const FAR = 22;

/** x·σ(w). */
export function geluTanh(x: number): number {
  const size = Math.abs(x);
  if (!(size < FAR)) return x < 0 ? -0 : x;
  const [w, low] = cubic(size, A);
  const e = decayed(1, -w, -low);
  const y = x / (1 + e);
  return x >= 0 ? y : w < 700 ? y * e : decayed(x, -w, -low);
}

const GELU_TANH_ROOT: Double = [0.7524614220710163, -3.635560509207687e-17];
const EXP_GELU_TANH_ROOT = 0.29195521191476714;
/** e·(1 + e − p)/(1 + e)² with e = e^−|w| and p = |x|·w′ = k·(|x| + 3a·|x|³), for x ≥ 0 as 1 less that at −x. */
export function geluTanhSlope(x: number): number {
  const size = Math.abs(x);
  if (!(size < FAR)) return x < 0 ? -0 : x > 0 ? 1 : x;
  const [w, low] = cubic(size, A);
  const e = decayed(1, -w, -low);
  let sum: number;
  if (size > 0.7 && size < 0.8) {
    // What the terms have gained at d from the root
    const d = size - GELU_TANH_ROOT[0] - GELU_TANH_ROOT[1];
    const q = A[0] * (3 * GELU_TANH_ROOT[0] * (GELU_TANH_ROOT[0] + d) + d * d);
    sum = EXP_GELU_TANH_ROOT * expm1(-d * K[0] * (1 + q)) - d * K[0] * (1 + 3 * q);
  } else {
    const p = cubic(size, THREE_A);
    sum = 1 - p[0] + (e - p[1]);
  }
  const factor = sum / (1 + e * (2 + e));
  const tail = w < 700 ? factor * e : decayed(factor, -w, -low);
  return x < 0 ? tail : 1 - tail;
}

/** e·(k·(2 + 12a·x²)·(1 + e) − |x|·w′²·(1 − e))/(1 + e)³. */
export function geluTanhCurve(x: number): number {
  const size = Math.abs(x);
  if (!(size < FAR)) return x === x ? -0 : x;
  const w = scale(rate(1, x), size);
  const slope = rate(3, x);
  const rise = scale(rate(6, x), 2);
  const fall = scale(multiply(slope, slope), -size);
  const e = decayed(1, -w[0], -w[1]);
  let sum: number;
  if (size < 3) {
    const exact = exp([-w[0], -w[1]]);
    sum = add(multiply(rise, add(ONE, exact)), multiply(fall, add(ONE, scale(exact, -1))))[0];
  } else sum = rise[0] * (1 + e) + fall[0] * (1 - e);
  return decayed(sum / cubed(1, e), -w[0], -w[1]);
}
