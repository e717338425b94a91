import { exp, exp2, expm1 } from "./exponential.ts";
import {
  divide,
  type Double,
  negative,
  add,
  multiply,
  ONE,
  PI,
  productError,
  quotient,
  scale,
  sinCosPi,
} from "./double.ts";

// Functions of one or two numbers that keep their digits where the formula of the textbook loses them.

/** √(a² + b²) by the corrected square root of Borges (2020, arXiv:1904.09481), without overflow; ∞ where either is infinite. */
export function hypot(a: number, b: number): number {
  let x = Math.abs(a);
  let y = Math.abs(b);
  if (x < y) [x, y] = [y, x];
  if (x === Infinity || y === Infinity) return Infinity;
  if (y <= x * 1e-9) return x;
  const unit = x > 1e150 ? 2 ** 600 : y < 1e-150 ? 2 ** -600 : 1;
  x /= unit;
  y /= unit;
  const root = Math.sqrt(x * x + y * y);
  const rest = root <= 2 * y ? root - y : root - x;
  const error =
    root <= 2 * y
      ? x * (2 * rest - x) + (rest - 2 * (x - y)) * rest
      : 2 * rest * (x - 2 * y) + (4 * rest - y) * y + rest * rest;
  return (root - error / (2 * root)) * unit;
}

/** 1 − x². */
export function oneMinusSquare(x: number): number {
  const square = x * x;
  return 1 - square - productError(x, x, square);
}

/** 1/√(x² + one), where one is 1 or −1: the root, and half of what it misses by. */
export function inverseRoot(x: number, one: number): number {
  if (Math.abs(x) > 1e9) return 1 / Math.abs(x);
  const square = x * x;
  const head = square + one;
  if (head === 0) return Infinity;
  const rest = (square < 1 ? square - (head - one) : one - (head - square)) + productError(x, x, square);
  const root = Math.sqrt(head);
  const again = root * root;
  return quotient(1, 0, root, (head - again - productError(root, root, again) + rest) / (2 * root));
}

/** 1/(1 + x²). */
export function inverseOnePlusSquare(x: number): number {
  if (Math.abs(x) > 1e9) return 1 / x / x;
  const square = x * x;
  const sum = 1 + square;
  const rest = square < 1 ? square - (sum - 1) : 1 - (sum - square);
  return quotient(1, 0, sum, rest + productError(x, x, square));
}

/** x·(1 − x) on [0, 1], NaN outside. */
export function spread(x: number): number {
  if (!(x >= 0 && x <= 1)) return NaN;
  const other = 1 - x;
  const product = x * other;
  return product + (productError(x, other, product) + x * (1 - other - x));
}

/** σ′(x) = e/(1 + e)² with e = e^−|x|: exact in both tails, where σ·(1 − σ) is 0. */
export function logistic(x: number): number {
  const e = exp(-Math.abs(x));
  const sum = 1 + e;
  // Squaring would double the rounding error of the sum
  return e / (sum * sum + 2 * sum * (e - (sum - 1)));
}

/** σ″(x) = ∓e·(1 − e)/(1 + e)³ with e = e^−|x|. */
export function logisticSlope(x: number): number {
  const size = Math.abs(x);
  const e = exp(-size);
  const rise = expm1(-size);
  const top = e * rise;
  const sum = 1 + e;
  const rest = e - (sum - 1);
  const square = sum * sum;
  const cube = square * sum;
  const squareRest = productError(sum, sum, square) + 2 * sum * rest;
  const cubeRest = productError(square, sum, cube) + squareRest * sum + square * rest;
  const size2 = quotient(top, productError(e, rise, top), cube, cubeRest);
  return x < 0 ? -size2 : size2;
}

/** 1/cosh²(x) = 4·σ′(2x), or a square where that is nearly subnormal. */
export function sechSquare(x: number): number {
  const size = Math.abs(x);
  if (size < 340) return 4 * logistic(2 * size);
  const root = 2 * exp(-size);
  return root * root;
}

/** The derivative of that, −2·tanh(x)/cosh²(x) = 8·σ″(2x). */
export function sechSquareSlope(x: number): number {
  if (Math.abs(x) < 340) return 8 * logisticSlope(2 * x);
  return x > 0 ? -2 * sechSquare(x) : 2 * sechSquare(x);
}

/** sin πx. */
function sinPi(x: number): number {
  const whole = Math.round(x);
  const sine = Math.sin(Math.PI * (x - whole));
  return whole % 2 === 0 ? sine : 0 - sine;
}

/** cos πx. */
function cosPi(x: number): number {
  const whole = Math.round(x);
  const rest = Math.abs(x - whole);
  const cosine = rest < 0.25 ? Math.cos(Math.PI * rest) : Math.sin(Math.PI * (0.5 - rest));
  return whole % 2 === 0 ? cosine : -cosine;
}

/** sin(πx)/(πx) and its derivatives: πⁿ·j⁽ⁿ⁾(u) in u = πx, where u·j⁽ⁿ⁾ + n·j⁽ⁿ⁻¹⁾ is the derivative of order n of the sine. */
export function sinc(n: number, x: number): number {
  if (n === 0) {
    if (x === 0) return 1;
    return Math.abs(x) < 0.25 ? Math.sin(Math.PI * x) / (Math.PI * x) : sinPi(x) / (Math.PI * x);
  }
  if (Math.abs(x) < 0.3 + 0.1 * n) return sincNear(n, x);
  if (n > 2) return sincDouble(n, x);
  const u = Math.PI * x;
  const sin = sinPi(x);
  const cos = cosPi(x);
  const value = sin / u;
  const rise = cos - value;
  // Near a root the two terms cancel
  if (Math.abs(cos) + 2 * Math.abs(value) > 2 * Math.abs(rise)) return sincDouble(n, x);
  if (n === 1) return rise / x;
  const slope = (2 * rise) / u;
  return Math.abs(sin) + 3 * Math.abs(slope) > 2 * Math.abs(sin + slope)
    ? sincDouble(n, x)
    : (-Math.PI * (sin + slope)) / x;
}

/** By Taylor's series Σ (−1)ᵏ·u²ᵏ/(2k + 1)!, differentiated term by term. */
function sincNear(n: number, x: number): number {
  const u = Math.PI * x;
  let sum = 0;
  for (let k = 16; 2 * k >= n; k--) {
    // (2k)!/(2k − n)!/(2k + 1)! = 1/((2k − n)!·(2k + 1)); from one term to the next u²/((m + 1)(m + 2)), m = 2k − n
    const m = 2 * k - n;
    sum = 1 / (2 * k + 1) - (sum * u * u) / ((m + 1) * (m + 2));
  }
  const first = n % 2;
  return sum * u ** first * Math.PI ** n * ((n + first) % 4 === 0 ? 1 : -1);
}

/** By the recurrence, with 32 digits. */
function sincDouble(n: number, x: number): number {
  // Far out every number is even: the odd derivatives are those of the sine over x, and the others vanish.
  if (Math.abs(x) > 1e200) return n % 2 === 0 ? 0 : ((n % 4 === 1 ? 1 : -1) * Math.PI ** (n - 1)) / x;
  const { sin, cos } = sinCosPi(x);
  const u = scale(PI, x);
  const sines = [sin, cos, negative(sin), negative(cos)];
  let j: Double = divide(sin, u);
  let power: Double = ONE;
  for (let order = 1; order <= n; order++) {
    j = divide(add(sines[order % 4]!, scale(j, -order)), u);
    power = multiply(power, PI);
  }
  return multiply(j, power)[0];
}

/** x·2ᵉ, in three steps where 2ᵉ is no normal number. */
export function ldexp(x: number, e: number): number {
  if (!(Math.abs(e) > 1000)) return x * exp2(e);
  const exponent = Math.min(Math.max(e, -2200), 2200);
  const third = Math.trunc(exponent / 3);
  const factor = exp2(third);
  return x * factor * factor * exp2(exponent - 2 * third);
}
