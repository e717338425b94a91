import { exp as exponential, expm1 } from "./exponential.ts";
import {
  add, type Double, exactSum, exp, multiply, ONE, polynomialDouble, productError, scale,
} from "./double.ts"; // prettier-ignore
import { erfc, tailRatio } from "./erf.ts";
import { gaussian } from "./gauss.ts";
import { polynomial } from "./polynomial.ts";

// Smooth activations with their first two derivatives. Each derivative is a sum that is 0 somewhere; near its roots, where 16 digits would
// cancel, a first derivative is the distance to the root times a polynomial (Chebyshev), and a second is computed with 32 digits.

/** (x − root)·P(x − root), where the root has 32 digits and the coefficients of P ascend. */
function aroundRoot(x: number, [root, rest]: Double, coefficients: readonly number[]): number {
  const distance = x - root - rest;
  return distance * polynomial(distance, coefficients);
}

/** From here on everything that decays is 0. */
const FARTHEST = -800;
const EXP_100 = 3.720075976020836e-44;
/** factor·eˣ, rounded once where it is subnormal. */
const decayed = (x: number, factor: number): number =>
  x > -600 ? factor * exponential(x) : factor * exponential(x + 100) * EXP_100;

/** (a + b)³, where |a| ≥ |b|: the sum counts with its rounding error. */
function cubed(a: number, b: number): number {
  const sum = a + b;
  return sum * sum * (sum + 3 * (b - (sum - a)));
}

/** e^(x/a): what x/a as rounded misses by comes back as a factor. */
export function expOfQuotient(x: number, a: number): number {
  const quotient = x / a;
  if (!(quotient > FARTHEST)) return x === x && a === a ? 0 : NaN;
  const product = quotient * a;
  const rest = (x - product - productError(quotient, a, product)) / a;
  return decayed(quotient, 1 + rest);
}

// ---------- silu: x·σ(x), with e = e^−|x|

/** x·σ(x). */
export function silu(x: number): number {
  if (x >= 0) return x / (1 + exponential(-x));
  return x < FARTHEST ? -0 : decayed(x, x / (1 + exponential(x)));
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
  return decayed(x, (1 + x + e) / square);
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
  return decayed(-size, sum / cube);
}

// ---------- mish: x·tanh(log(1 + eˣ)) = x·n/(n + 2) with n = e² + 2e and e = eˣ; for x > 0 in q = e⁻ˣ

/** x·tanh(log(1 + eˣ)). */
export function mish(x: number): number {
  const e = exponential(-Math.abs(x));
  if (x > 0) return (x * (1 + 2 * e)) / (1 + 2 * e * (1 + e));
  return x < FARTHEST ? -0 : decayed(x, (x * (e + 2)) / (2 + e * (2 + e)));
}

const MISH_ROOT: Double = [-1.1924312145154952, -4.8484829848031044e-17];
// −1.6 < x < −0.8
const AROUND_MISH_ROOT = [
  0.2669479140495345, 0.20473126408010583, 0.04190782104360849, -0.020271822716679194, -0.01582112656155059,
  -0.0033606849273702666, 0.0010924055317161696, 0.0009898181121857136, 0.0002541295929181491, -4.1961633388491877e-5,
  -5.583200600579478e-5, -1.7298482813129316e-5, 9.65846790448109e-7, 2.9090822521845886e-6, 9.81739440765918e-7,
  5.961457429617426e-9,
];
/** e·ω/(2 + 2e + e²)² with ω = 4(x + 1) + (4x + 6)·e + 4e² + e³ (Misra 2019). */
export function mishSlope(x: number): number {
  const e = exponential(-Math.abs(x));
  if (x > 0) {
    const below = 1 + 2 * e * (1 + e);
    return x > -FARTHEST ? 1 : polynomial(e, [1, 4, 4 * x + 6, 4 * (x + 1)]) / (below * below);
  }
  if (x < FARTHEST) return -0;
  if (x > -1.6 && x < -0.8) return aroundRoot(x, MISH_ROOT, AROUND_MISH_ROOT);
  const below = 2 + e * (2 + e);
  return decayed(x, polynomial(e, [4 * (x + 1), 4 * x + 6, 4, 1]) / (below * below));
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
  return x > 0 ? decayed(-x, factor * e) : decayed(x, factor);
}
/** 6 − 3x. */
const thrice = (x: number): Double => add([6, 0], scale([x, 0], -3));

// ---------- gelu: x·Φ(x), Φ the normal distribution and φ its density

const ROOT_HALF: Double = [Math.SQRT1_2, -4.833646656726457e-17];
const DENSITY = 0.3989422804014327; // 1/√(2π)

/** Φ(x): −x/√2 as rounded misses by some digits, which erfc would multiply by x². */
function normal(x: number): number {
  if (x > 9) return 1;
  const z = -x * ROOT_HALF[0];
  const rest = productError(-x, ROOT_HALF[0], z) - x * ROOT_HALF[1];
  return (erfc(z) - (2 / Math.sqrt(Math.PI)) * exponential(-z * z) * rest) / 2;
}
/** Φ(x)/φ(x)·|x| for x below −1.8, Mills' ratio: near 1. */
const mills = (x: number): number => Math.sqrt(Math.PI) * exponential(tailRatio(-x * Math.SQRT1_2) - 0.5625);

/** x·Φ(x). */
export function gelu(x: number): number {
  if (x > -1.8) return x === Infinity ? x : x * normal(x);
  return x < FARTHEST ? -0 : gaussian(x, -DENSITY * mills(x), 0.5);
}

const GELU_ROOT: Double = [-0.7517915246935645, 1.4956759177009883e-17];
// −1.4 < x < −0.4
const AROUND_GELU_ROOT = [
  0.4314939923140469, 0.38828498299055203, -0.01819967639867074, -0.11400823329722332, -0.01477152214828154,
  0.019421679838257357, 0.004539228380669501, -0.002239538068493251, -0.0007448268696312331, 0.0001863397208391318,
  8.615979056694394e-5, -1.1213839646633266e-5, -7.749828929303241e-6, 4.288299180667764e-7, 5.706261829499311e-7,
  8.640504515753653e-9, -2.4972675900921796e-8,
];
/** Φ(x) + x·φ(x). */
export function geluSlope(x: number): number {
  if (x <= -1.8) return x < FARTHEST ? -0 : gaussian(x, DENSITY * (mills(x) / -x + x), 0.5);
  if (x < -0.4 && x > -1.4) return aroundRoot(x, GELU_ROOT, AROUND_GELU_ROOT);
  return normal(x) + gaussian(x, x * DENSITY, 0.5);
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
/** factor·e⁻ʷ. */
const decayedDouble = ([w, low]: Double, factor: number): number => decayed(-w, factor - factor * low);
/** Beyond, e⁻ʷ is 0. */
const FAR = 30;

/** x·σ(w). */
export function geluTanh(x: number): number {
  const size = Math.abs(x);
  if (!(size < FAR)) return x < 0 ? -0 : x;
  const w = cubic(size, A);
  const e = decayedDouble(w, 1);
  return x < 0 ? decayedDouble(w, x / (1 + e)) : x / (1 + e);
}

const GELU_TANH_ROOT: Double = [-0.7524614220710163, 3.635560509207687e-17];
// −1.4 < x < −0.4
const AROUND_GELU_TANH_ROOT = [
  0.4304000910248585, 0.387518446135789, -0.015782853521848838, -0.11394448308097266, -0.016619328342970092,
  0.019682309460860227, 0.0052610592522587965, -0.0024227318809149434, -0.0009274420011577928, 0.0002639282557762944,
  0.00012425269961838505, -3.496170853081501e-5, -1.596053364492859e-5, 5.939421341167189e-6, 2.5009635188837136e-6,
  -9.78970143032521e-7, -5.824565402805591e-7, -5.8099715946743875e-8,
];
/** e·(1 + e + x·w′)/(1 + e)² for x < 0 and (1 + e + x·w′·e)/(1 + e)² elsewhere, with e = e^−|w| and x·w′ = k·(x + 3a·x³). */
export function geluTanhSlope(x: number): number {
  const size = Math.abs(x);
  if (!(size < FAR)) return x < 0 ? -0 : x > 0 ? 1 : x;
  if (x > -1.4 && x < -0.4) return aroundRoot(x, GELU_TANH_ROOT, AROUND_GELU_TANH_ROOT);
  const w = cubic(size, A);
  const p = cubic(x, THREE_A);
  const e = decayedDouble(w, 1);
  const square = (1 + e) * (1 + e);
  if (x >= 0) return (1 + e + p[0] * e) / square;
  return decayedDouble(w, (1 + p[0] + (e + p[1])) / square);
}

/** e·(k·(2 + 12a·x²)·(1 + e) − |x|·w′²·(1 − e))/(1 + e)³. */
export function geluTanhCurve(x: number): number {
  const size = Math.abs(x);
  if (!(size < FAR)) return x === x ? -0 : x;
  const w = scale(rate(1, x), size);
  const slope = rate(3, x);
  const rise = scale(rate(6, x), 2);
  const fall = scale(multiply(slope, slope), -size);
  const e = decayedDouble(w, 1);
  let sum: number;
  if (size < 3) {
    const exact = exp([-w[0], -w[1]]);
    sum = add(multiply(rise, add(ONE, exact)), multiply(fall, add(ONE, scale(exact, -1))))[0];
  } else sum = rise[0] * (1 + e) + fall[0] * (1 - e);
  return decayedDouble(w, sum / cubed(1, e));
}
