import { exp } from "./exponential.ts";
import { polynomial } from "./polynomial.ts";

// erf and erfc by the rational approximations of FreeBSD's msun (Sun Microsystems, s_erf.c), below 1 ulp.
// Coefficients ascend; each interval is named after |x|.

// |x| < 0.84375: erf(x) = x + x·P(x²)/Q(x²)
const P0 = [
  1.28379167095512558561e-1, -3.2504210724700149937e-1, -2.84817495755985104766e-2, -5.77027029648944159157e-3,
  -2.37630166566501626084e-5,
];
const Q0 = [
  1, 3.97917223959155352819e-1, 6.50222499887672944485e-2, 5.08130628187576562776e-3, 1.32494738004321644526e-4,
  -3.9602282787753681232e-6,
];
// 0.84375 ≤ |x| < 1.25: erf(x) = c + P(|x| − 1)/Q(|x| − 1)
const C = 8.45062911510467529297e-1;
const P1 = [
  -2.36211856075265944077e-3, 4.14856118683748331666e-1, -3.72207876035701323847e-1, 3.18346619901161753674e-1,
  -1.10894694282396677476e-1, 3.54783043256182359371e-2, -2.166375594868790843e-3,
];
const Q1 = [
  1, 1.06420880400844228286e-1, 5.40397917702171048937e-1, 7.18286544141962662868e-2, 1.26171219808761642112e-1,
  1.36370839120290507362e-2, 1.1984499846799107417e-2,
];
// 1.25 ≤ |x|: erfc(x) = exp(−x² − 0.5625 + R(1/x²)/S(1/x²)) / x, in two intervals that meet at 1/0.35
const R2 = [
  -9.86494403484714822705e-3, -6.93858572707181764372e-1, -1.05586262253232909814e1, -6.23753324503260060396e1,
  -1.62396669462573470355e2, -1.84605092906711035994e2, -8.12874355063065934246e1, -9.81432934416914548592,
];
const S2 = [
  1, 1.96512716674392571292e1, 1.376577541435190426e2, 4.34565877475229228821e2, 6.45387271733267880336e2,
  4.29008140027567833386e2, 1.08635005541779435134e2, 6.57024977031928170135, -6.04244152148580987438e-2,
];
const R3 = [
  -9.86494292470009928597e-3, -7.99283237680523006574e-1, -1.77579549177547519889e1, -1.60636384855821916062e2,
  -6.37566443368389627722e2, -1.02509513161107724954e3, -4.83519191608651397019e2,
];
const S3 = [
  1, 3.03380607434824582924e1, 3.25792512996573918826e2, 1.53672958608443695994e3, 3.19985821950859553908e3,
  2.55305040643316442583e3, 4.74528541206955367215e2, -2.24409524465858183362e1,
];

const near = (x: number): number => polynomial(x * x, P0) / polynomial(x * x, Q0);
const middle = (size: number): number => polynomial(size - 1, P1) / polynomial(size - 1, Q1);
/** erfc(x)·x·e^(x²) = e^(ratio − 0.5625) for x ≥ 1.25. */
export function tailRatio(size: number): number {
  const s = 1 / (size * size);
  return size < 1 / 0.35 ? polynomial(s, R2) / polynomial(s, S2) : polynomial(s, R3) / polynomial(s, S3);
}
/** erfc for size ≥ 1.25. exp(−x²) is split so that x² is exact: float32 squares fit a double. */
function tail(size: number): number {
  const head = Math.fround(size);
  return (exp(-head * head - 0.5625) * exp((head - size) * (head + size) + tailRatio(size))) / size;
}

/** Error function 2/√π ∫₀ˣ exp(−t²) dt. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size < 0.84375) return x + x * near(x);
  if (size < 1.25) return x > 0 ? C + middle(size) : -C - middle(size);
  if (!(size < 6)) return x > 0 ? 1 : x < 0 ? -1 : x;
  return x > 0 ? 1 - tail(size) : tail(size) - 1;
}

/** Complementary error function 1 − erf(x), with all its digits where erf(x) is nearly 1. */
export function erfc(x: number): number {
  const size = Math.abs(x);
  if (size < 0.25) return 1 - (x + x * near(x));
  if (size < 0.84375) return x < 0 ? 1 - (x + x * near(x)) : 0.5 - (x - 0.5 + x * near(x));
  if (size < 1.25) return x > 0 ? 1 - C - middle(size) : 1 + (C + middle(size));
  if (x !== x) return x;
  return x > 28 ? 0 : x < -6 ? 2 : x > 0 ? tail(size) : 2 - tail(size);
}
