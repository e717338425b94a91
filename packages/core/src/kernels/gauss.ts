import { decayed, exp, expm1 } from "./exponential.ts";
import { log } from "./logarithm.ts";
import { type Double, divide, exactSum, multiply, productError, scale } from "./double.ts";
import { erf, erfc, tailRatio } from "./erf.ts";

// e^(−x²) and what inverts its integral.

/** factor·e^(−rate·x²), rate a power of 2: x² enters with its rounding error, which the exponential would multiply by x². */
export function gaussian(x: number, factor: number, rate = 1): number {
  const square = rate * x * x;
  if (!(square < 850)) return x === x ? 0 : x;
  return decayed(factor, -square, -productError(rate * x, x, square));
}

const HALF_ROOT_PI: Double = [0.886226925452758, -3.8332934932128996e-17]; // √π/2
const TAIL: Double = [0.5049568809370736, 9.05537837584755e-18]; // √π/2·e^(−0.5625)

/**
 * erfinv(size) for 0 ≤ size < 1, with a few digits beyond the sixteen: from Winitzki's closed form (2008), good to 2 digits, or the series
 * where that cancels, Halley's iteration, which triples the digits.
 */
function inverse(size: number): Double {
  if (size < 1e-8) return [size * HALF_ROOT_PI[0], 0];
  let y: number;
  if (size < 0.01) y = HALF_ROOT_PI[0] * size * (1 + (Math.PI / 12) * size * size);
  else {
    const a = 0.147;
    const logarithm = log((1 - size) * (1 + size));
    const b = 2 / (Math.PI * a) + logarithm / 2;
    y = Math.sqrt(Math.sqrt(b * b - logarithm / a) - b);
  }
  while (true) {
    // 1 − |x| is exact from ½ on, and erfc has all its digits there
    const miss = size < 0.5 ? erf(y) - size : 1 - size - erfc(y);
    const newton = (miss * HALF_ROOT_PI[0]) / gaussian(y, 1);
    const next = exactSum(y, -newton / (1 + y * newton));
    if (Math.abs(newton) < 1e-6 * y) return next;
    y = next[0];
  }
}

export function erfinv(x: number): number {
  const size = Math.abs(x);
  if (!(size < 1)) return size === 1 ? x * Infinity : NaN;
  if (x === 0) return x;
  const y = inverse(size)[0];
  return x > 0 ? y : -y;
}

/**
 * √π/2·e^(y²) for y = erfinv(size). In the tail the error of y would be multiplied by 2y², up to 69; but there e^(y²) =
 * erfcx(y)/(1 − size), where erfcx(y) = e^(y²)·erfc(y) changes slowly.
 */
function slope([y, low]: Double, size: number): Double {
  if (y < 1.25) {
    const square = y * y;
    const e = exp(square);
    return multiply(HALF_ROOT_PI, exactSum(e, e * (productError(y, y, square) + 2 * y * low)));
  }
  const e = exactSum(TAIL[0], TAIL[1] + TAIL[0] * expm1(tailRatio(y)));
  // erfcx′/erfcx = 2y − 2/(√π·erfcx), and e = √π/2·y·erfcx
  const change = low * (2 * y - y / e[0]);
  return divide(multiply(e, [1, change]), multiply([y, 0], [1 - size, 0]));
}

/** d/dx erfinv(x) = √π/2·e^(y²) for y = erfinv(x). */
export function erfinvSlope(x: number): number {
  const size = Math.abs(x);
  if (!(size < 1)) return size === 1 ? Infinity : NaN;
  return slope(inverse(size), size)[0];
}

/** d²/dx² erfinv(x) = 2y·(√π/2·e^(y²))². */
export function erfinvCurve(x: number): number {
  const size = Math.abs(x);
  if (!(size < 1)) return size === 1 ? x * Infinity : NaN;
  const y = inverse(size);
  const first = slope(y, size);
  return scale(multiply(y, multiply(first, first)), x < 0 ? -2 : 2)[0];
}
