// Double-double arithmetic: a number as the exact sum of two doubles, about 32 digits. For functions whose terms cancel near a root,
// where 16 digits leave none. Dekker 1971, Knuth 4.2.2, and the QD library of Hida, Li and Bailey 2001 for the quick sums.

/** high + low, where |low| is at most half a unit in the last place of high. */
export type Double = readonly [high: number, low: number];

/** a + b exactly, where |a| ≥ |b| or a = 0. */
const quick = (a: number, b: number): Double => {
  const sum = a + b;
  return [sum, b - (sum - a)];
};

/** a + b exactly. */
export function exactSum(a: number, b: number): Double {
  const sum = a + b;
  const rest = sum - a;
  return [sum, a - (sum - rest) + (b - rest)];
}

/** a·b − product, for product = a·b rounded: the rounding error, exactly, unless it is subnormal or |a|, |b| exceed 2⁹⁹⁵. */
export function productError(a: number, b: number, product: number): number {
  // Veltkamp's split into halves of 26 bits, whose products are exact
  let t = 134217729 * a;
  const a1 = t - (t - a);
  const a2 = a - a1;
  t = 134217729 * b;
  const b1 = t - (t - b);
  const b2 = b - b1;
  return a1 * b1 - product + a1 * b2 + a2 * b1 + a2 * b2;
}

/** (n + nRest)/(d + dRest) rounded once, nearly; the rests are rounding errors of n and d. */
export function quotient(n: number, nRest: number, d: number, dRest: number): number {
  const q = n / d;
  const product = q * d;
  return q + (n - product - productError(q, d, product) + nRest - q * dRest) / d;
}

export function add([a, aLow]: Double, [b, bLow]: Double): Double {
  const [sum, rest] = exactSum(a, b);
  const [low, rest2] = exactSum(aLow, bLow);
  const [s, t] = quick(sum, rest + low);
  return quick(s, t + rest2);
}

export const negative = ([a, low]: Double): Double => [-a, -low];

export function multiply([a, aLow]: Double, [b, bLow]: Double): Double {
  const product = a * b;
  return quick(product, productError(a, b, product) + (a * bLow + aLow * b));
}

export const scale = ([a, low]: Double, factor: number): Double => multiply([a, low], [factor, 0]);

export function divide(a: Double, b: Double): Double {
  const q1 = a[0] / b[0];
  const r = add(a, negative(scale(b, q1)));
  const q2 = r[0] / b[0];
  const q3 = add(r, negative(scale(b, q2)))[0] / b[0];
  return add(quick(q1, q2), [q3, 0]);
}

export const ONE: Double = [1, 0];
export const PI: Double = [Math.PI, 1.2246467991473532e-16];
const LN2: Double = [Math.LN2, 2.3190468138462996e-17];

/** What `make` gives, from the first call on. */
export function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
/** c₀ + c₁·x + c₂·x² + … */
export function polynomialDouble(x: Double, coefficients: readonly Double[]): Double {
  let sum = coefficients[coefficients.length - 1]!;
  for (let i = coefficients.length - 2; i >= 0; i--) sum = add(multiply(sum, x), coefficients[i]!);
  return sum;
}

/** 1, 1/3, 1/5, … */
const odd = /* @__PURE__ */ once(() => Array.from({ length: 22 }, (_, k) => divide(ONE, [2 * k + 1, 0])));

/** log a for a > 0: a = 2ᵏ·m with m near 1, and log m = 2·artanh((m − 1)/(m + 1)), of which 22 terms give 32 digits. */
export function log(a: Double): Double {
  const k = Math.round(Math.log2(a[0]));
  const m = scale(a, 2 ** -k);
  const z = divide(add(m, [-1, 0]), add(m, ONE));
  return add(scale(LN2, k), scale(multiply(z, polynomialDouble(multiply(z, z), odd())), 2));
}

/** 1/k!. */
const inverseFactorials = /* @__PURE__ */ once(() => {
  let term: Double = ONE;
  return Array.from({ length: 22 }, (_, k) => (k === 0 ? ONE : (term = divide(term, [k, 0]))));
});
/** eˣ for |x| below 300: x = k·log 2 + 4r, and eʳ by 22 terms of Taylor's series, which for |r| < 0.09 give 32 digits. */
export function exp(x: Double): Double {
  const k = Math.round(x[0] / Math.LN2);
  const r = scale(add(x, scale(LN2, -k)), 0.25);
  const root = polynomialDouble(r, inverseFactorials());
  const square = multiply(root, root);
  return scale(multiply(square, square), 2 ** k);
}

/** (−1)ᵏ/(2k + first)!. */
const factorials = (first: number): Double[] => {
  let term: Double = ONE;
  return Array.from({ length: 14 }, (_, k) => {
    const n = 2 * k + first;
    if (k > 0) term = divide(term, [-n * (n - 1), 0]);
    return term;
  });
};
const sines = /* @__PURE__ */ once(() => factorials(1));
const cosines = /* @__PURE__ */ once(() => factorials(0));

/** sin πx and cos πx. The distance from the nearest half integer is exact; from there 14 terms of Taylor's series give 32 digits. */
export function sinCosPi(x: number): { readonly sin: Double; readonly cos: Double } {
  const quarter = Math.round(2 * x);
  const angle = scale(PI, x - quarter / 2);
  const square = multiply(angle, angle);
  const sin = multiply(angle, polynomialDouble(square, sines()));
  const cos = polynomialDouble(square, cosines());
  // Turned by quarter·π/2; all large numbers are even.
  const turn = ((quarter % 4) + 4) % 4;
  const [s, c] = turn % 2 === 0 ? [sin, cos] : [cos, negative(sin)];
  return turn < 2 ? { sin: s, cos: c } : { sin: negative(s), cos: negative(c) };
}
