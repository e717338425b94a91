import { log as logarithm } from "./logarithm.ts";
import {
  add, divide, type Double, exactSum, log, multiply, negative, ONE, PI, polynomialDouble, scale, sinCosPi,
} from "./double.ts"; // prettier-ignore
import { polynomial } from "./polynomial.ts";

// log|Γ(x)| for x > 0 is FreeBSD's msun (Sun Microsystems, e_lgamma_r.c), digamma on [1, 2] Boost's rational approximation for 53 bits
// (digamma.hpp); the rest follows from Stirling's series, the recurrence and the reflection formula (DLMF 5.5, 5.11, 5.15). Left of 0
// both functions have a root between any two poles; there all is computed with 32 digits.

// ---------- log|Γ|

// 1.7316 ≤ x < 2.23: in y = 2 − x
const A = [
  7.72156649015328655494e-2, 3.22467033424113591611e-1, 6.73523010531292681824e-2, 2.05808084325167332806e-2,
  7.38555086081402883957e-3, 2.89051383673415629091e-3, 1.19270763183362067845e-3, 5.10069792153511336608e-4,
  2.20862790713908385557e-4, 1.08011567247583939954e-4, 2.52144565451257326939e-5, 4.4864094961891516015e-5,
];
// 1.2316 ≤ x < 1.7316: in y = x − LOWEST, with the smallest value in two parts
const LOWEST = 1.46163214496836224576;
const VALUE = -1.21486290535849611461e-1;
const VALUE_LOW = 3.63867699703950536541e-18;
const T = [
  4.83836122723810047042e-1, -1.47587722994593911752e-1, 6.46249402391333854778e-2, -3.27885410759859649565e-2,
  1.79706750811820387126e-2, -1.0314224129834143745e-2, 6.10053870246291332635e-3, -3.6845201678113825676e-3,
  2.2596478090061247225e-3, -1.40346469989232843813e-3, 8.81081882437654011382e-4, -5.38595305356740546715e-4,
  3.15632070903625950361e-4, -3.12754168375120860518e-4, 3.35529192635519073543e-4,
];
// 0.9 ≤ x < 1.2316: in y = x − 1
const U = [
  -7.72156649015328655494e-2, 6.32827064025093366517e-1, 1.45492250137234768737, 9.77717527963372745603e-1,
  2.28963728064692451092e-1, 1.33810918536787660377e-2,
];
const V = [
  1, 2.45597793713041134822, 2.12848976379893395361, 7.69285150456672783825e-1, 1.04222645593369134254e-1,
  3.2170924228242391181e-3,
];
// 2 ≤ x < 3: in y = x − 2
const S = [
  -7.72156649015328655494e-2, 2.14982415960608852501e-1, 3.25778796408930981787e-1, 1.46350472652464452805e-1,
  2.6642270303363860956e-2, 1.84028451407337715652e-3, 3.19475326584100867617e-5,
];
const R = [
  1, 1.39200533467621045958, 7.21935547567138069525e-1, 1.71933865632803078993e-1, 1.86459191715652901344e-2,
  7.77942496381893596434e-4, 7.32668430744625636189e-6,
];
// 8 ≤ x: in 1/x², after the constant
const W0 = 4.18938533204672725052e-1;
const W = [
  8.33333333333329678849e-2, -2.7777777772877553647e-3, 7.936505586430195585e-4, -5.95187557450339963135e-4,
  8.36339918996282139126e-4, -1.63092934096575273989e-3,
];

const belowTwo = (y: number): number => y * polynomial(y, A) - 0.5 * y;
const aroundLowest = (y: number): number => VALUE + (y * y * polynomial(y, T) + VALUE_LOW);
const aboveOne = (y: number): number => (y * polynomial(y, U)) / polynomial(y, V) - 0.5 * y;

function logGammaPositive(x: number): number {
  if (x === 1 || x === 2) return 0;
  if (x < 0.9) {
    // log Γ(x) = log Γ(x + 1) − log x
    const rest = x >= 0.7316 ? belowTwo(1 - x) : x >= 0.2316 ? aroundLowest(x - (LOWEST - 1)) : aboveOne(x);
    return rest - logarithm(x);
  }
  if (x < 2) return x >= 1.7316 ? belowTwo(2 - x) : x >= 1.2316 ? aroundLowest(x - LOWEST) : aboveOne(x - 1);
  if (x < 8) {
    const whole = Math.floor(x);
    const y = x - whole;
    let product = 1;
    for (let k = 2; k < whole; k++) product *= y + k;
    return 0.5 * y + (y * polynomial(y, S)) / polynomial(y, R) + logarithm(product);
  }
  if (x > 2 ** 58) return x * (logarithm(x) - 1);
  return (x - 0.5) * (logarithm(x) - 1) + (W0 + polynomial(1 / (x * x), W) / x);
}

/** B₂, B₄, … as fractions. */
const BERNOULLI: readonly Double[] = [
  [1, 6], [-1, 30], [1, 42], [-1, 30], [5, 66], [-691, 2730], [7, 6], [-3617, 510], [43867, 798], [-174611, 330],
  [854513, 138], [-236364091, 2730], [8553103, 6], [-23749461029, 870], [8615841276005, 14322], [-7709321041217, 510],
]; // prettier-ignore
/** From here on sixteen terms of Stirling's series give 32 digits. */
const FAR = 24;
const HALF_LOG_2PI: Double = [0.9189385332046728, -3.8782941580672414e-17];

const stirling = /* @__PURE__ */ new Map<number, readonly Double[]>();
/** Coefficients of Stirling's series for ψₙ, and with n = −1 for log Γ: B₂ₖ·(2k + n − 1)!/(2k)!. */
function coefficientsOf(n: number): readonly Double[] {
  let found = stirling.get(n);
  if (found === undefined) {
    found = BERNOULLI.map(([top, bottom], i) => {
      const k = 2 * (i + 1);
      let factor = divide([top, 0], [bottom * k * (n < 0 ? k - 1 : 1), 0]);
      for (let j = 0; j < n; j++) factor = scale(factor, k + j);
      return factor;
    });
    stirling.set(n, found);
  }
  return found;
}

/** log|Γ(x)| for −35 < x < 0: log Γ(x + n) by Stirling's series, less log|x·(x + 1)·…·(x + n − 1)|. */
function logGammaNegative(x: number): number {
  const n = Math.ceil(FAR - x);
  let product: Double = ONE;
  for (let k = 0; k < n; k++) product = multiply(product, exactSum(x, k));
  const y = exactSum(x, n);
  const inverse = divide(ONE, y);
  const series = polynomialDouble(multiply(inverse, inverse), coefficientsOf(-1));
  const power = add(multiply(add(y, [-0.5, 0]), log(y)), negative(y));
  const stirling = add(add(power, HALF_LOG_2PI), multiply(series, inverse));
  return add(stirling, negative(log(product[0] < 0 ? negative(product) : product)))[0];
}

/** The roots where 32 digits are not enough for the nearest doubles; further roots lie close to poles, where log|Γ| is steep. */
const ROOTS: readonly Double[] = [
  [-2.4570247382208006, -3.7075610815513266e-17],
  [-2.7476826467274127, 9.055340329338315e-17],
  [-3.14358088834998, -2.1818179852331714e-16],
  [-3.955294284858598, -1.999428391746348e-17],
];

/** log|Γ(x)|; ∞ at 0 and the negative integers. */
export function logGamma(x: number): number {
  if (x > 0) return logGammaPositive(x);
  if (Number.isInteger(x) || x === -Infinity) return Infinity;
  if (x > -1e-20) return -logarithm(-x);
  for (const [root, low] of ROOTS) {
    const distance = x - root - low;
    if (Math.abs(distance) < 1e-9) return distance * (polygamma(0, x) - (distance / 2) * polygamma(1, x));
  }
  if (x > -35) return logGammaNegative(x);
  // Γ(x)·Γ(−x) = −π/(x·sin πx); from here on the two logarithms differ by half at least
  return logarithm(Math.abs(Math.PI / (x * Math.sin(Math.PI * (x - Math.round(x)))))) - logGammaPositive(-x);
}

// ---------- digamma and its derivatives

// 1 ≤ x ≤ 2: ψ(x) = (x − ROOT)·(Y + P(x − 1)/Q(x − 1)), the root in three parts
const ROOT = [1569415565 / 2 ** 30, 381566830 / 2 ** 60, 0.9016312093258695918615325266959189453125e-19] as const;
const Y = 0.99558162689208984;
const P = [
  0.25479851061131551, -0.32555031186804491, -0.65031853770896507, -0.28919126444774784, -0.045251321448739056,
  -0.0020713321167745952,
];
const Q = [
  1, 2.0767117023730469, 1.4606242909763515, 0.43593529692665969, 0.054151797245674225, 0.0021284987017821144,
  -0.55789841321675513e-6,
];
/** B₂ₖ/(2k), for ψ(x) = log x − 1/(2x) − Σ B₂ₖ/(2k·x²ᵏ). */
const D = [1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12];

function digammaPositive(x: number): number {
  if (x >= 10) {
    const square = 1 / (x * x);
    return logarithm(x) - (0.5 / x + square * polynomial(square, D));
  }
  // ψ(x + 1) = ψ(x) + 1/x
  let sum = 0;
  if (x < 1) {
    sum = -1 / x;
    x += 1;
  }
  while (x > 2) {
    x -= 1;
    sum += 1 / x;
  }
  const distance = x - ROOT[0] - ROOT[1] - ROOT[2];
  return sum + distance * (Y + polynomial(x - 1, P) / polynomial(x - 1, Q));
}

function factorial(n: number): number {
  let product = 1;
  for (let k = 2; k <= n; k++) product *= k;
  return product;
}
function power(x: number, n: number): number {
  let product = 1;
  for (let k = 0; k < n; k++) product *= x;
  return product;
}

/** |ψₙ(x)| for n ≥ 1, x > 0: n!·Σ 1/(x + k)ⁿ⁺¹, of which the far part by the series (DLMF 5.15.8); all terms have one sign. */
function polygammaPositive(n: number, x: number): number {
  const steps = Math.max(0, Math.ceil(n + 14 - x));
  const y = x + steps;
  const square = 1 / (y * y);
  const coefficients = coefficientsOf(n);
  let series = 0;
  for (let k = 10; k >= 1; k--) series = (series + coefficients[k - 1]![0]) * square;
  const last = factorial(n);
  let sum = last / n + (last * 0.5) / y + series;
  // Not by yⁿ, which may overflow
  for (let k = 0; k < n; k++) sum /= y;
  for (let k = steps - 1; k >= 0; k--) sum += last / power(x + k, n + 1);
  return sum;
}

const powerOf = (a: Double, n: number): Double => (n === 0 ? ONE : multiply(a, powerOf(a, n - 1)));

/** (−1)ⁿ⁺¹·ψₙ(x) with 32 digits, x ≥ 1; where n = 0, −log x stands in the place of (n − 1)!/xⁿ. */
function polygammaDouble(n: number, x: Double): Double {
  const steps = Math.max(0, Math.ceil(FAR + n - x[0]));
  let sum: Double = [0, 0];
  for (let k = 0; k < steps; k++) sum = add(sum, divide(ONE, powerOf(add(x, [k, 0]), n + 1)));
  const y = add(x, [steps, 0]);
  const inverse = divide(ONE, y);
  const square = multiply(inverse, inverse);
  const series = multiply(square, polynomialDouble(square, coefficientsOf(n)));
  const first: Double = n === 0 ? negative(log(y)) : scale(powerOf(inverse, n), factorial(n - 1));
  const second = scale(powerOf(inverse, n + 1), factorial(n) * 0.5);
  return add(add(add(first, second), multiply(series, powerOf(inverse, n))), scale(sum, factorial(n)));
}

/** (d/dx)ⁿ π·cot πx = πⁿ⁺¹·pₙ(cot πx), where p₀(c) = c and pₙ₊₁ = −(1 + c²)·pₙ′. */
function cotangent(n: number, x: number): Double {
  let p = [0, 1];
  for (let order = 0; order < n; order++) {
    const next = Array.from({ length: p.length + 1 }, () => 0);
    p.forEach((coefficient, k) => {
      if (k === 0) return;
      next[k - 1]! -= k * coefficient;
      next[k + 1]! -= k * coefficient;
    });
    p = next;
  }
  const { sin, cos } = sinCosPi(x);
  const c = divide(cos, sin);
  let sum: Double = [0, 0];
  for (let k = p.length - 1; k >= 0; k--) sum = add(multiply(sum, c), [p[k]!, 0]);
  return multiply(sum, powerOf(PI, n + 1));
}

/** ψₙ(x), the derivative of order n + 1 of log|Γ|. At a pole ∞ for odd n; for even n the sides differ: NaN, but ∓∞ at ±0. */
export function polygamma(n: number, x: number): number {
  if (x > 0) {
    if (n === 0) return digammaPositive(x);
    return n % 2 === 0 ? -polygammaPositive(n, x) : polygammaPositive(n, x);
  }
  const sign = n % 2 === 0 ? -1 : 1;
  if (x > -1e-18) return (sign * factorial(n)) / power(x, n + 1);
  if (Number.isInteger(x) || x === -Infinity) return n % 2 === 0 || x === -Infinity ? NaN : Infinity;
  // ψₙ(x) = (−1)ⁿ·ψₙ(1 − x) − (d/dx)ⁿ π·cot πx
  return add(negative(polygammaDouble(n, exactSum(1, -x))), negative(cotangent(n, x)))[0];
}
