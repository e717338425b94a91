/**
 * Natural logarithm of a positive normal double, bit for bit as glibc ≥ 2.28 computes it on x86-64 with fused multiply-add: that
 * is the `log` NumPy calls for a normal draw. `Math.log` differs from it in the last bit for 7 of 100 arguments, and from
 * engine to engine; a correctly rounded logarithm for 8 of 10,000.
 *
 * log x = k·ln 2 + log c + log1p(r), with x = 2^k·z, c the middle of z's 1/128, r = z/c − 1; a polynomial for log1p.
 * The constants are those of Arm Optimized Routines (MIT licence, © 1999–2018 Arm Limited), which glibc uses.
 */
export function glibcLog(x: number): number {
  return x >= 1 - 2 ** -4 && x < 1 + 265 / 4096 ? logNearOne(x) : logByTable(x);
}

function logByTable(x: number): number {
  if (inverseCentre[0] === 0) readTable();
  scratch.setFloat64(0, x);
  const high = scratch.getInt32(0);
  const distance = high - 0x3fe60000; // from 0.6875, the lower end of z
  const i = (distance >> 13) & 127;
  const k = distance >> 20;
  scratch.setInt32(0, high - (distance & 0xfff00000));
  const z = scratch.getFloat64(0);

  const inverse = inverseCentre[i]!;
  const ratio = z * inverse;
  const r = ratio - 1 + productError(z, inverse, ratio); // z/c − 1 rounded once: ratio − 1 is exact
  const w = k * LN2_HIGH + logCentre[i]!;
  const sum = w + r;
  const lost = w - sum + r;
  const r2 = r * r;
  // Plain arithmetic settles all but about 1 in 4,000 arguments: those where its error could turn the last rounding.
  const low = lost + k * LN2_LOW + r2 * FAR[0] + r * r2 * (FAR[1] + r * FAR[2] + r2 * (FAR[3] + r * FAR[4]));
  const doubt = 2 ** -50 * (Math.abs(lost) + r2);
  if (sum + (low - doubt) === sum + (low + doubt)) return sum + low;

  const base = fma(r2, FAR[0], fma(k, LN2_LOW, lost));
  return sum + fma(r * r2, fma(fma(r, FAR[4], FAR[3]), r2, fma(r, FAR[2], FAR[1])), base);
}

function logNearOne(x: number): number {
  const r = x - 1;
  const r2 = r * r;
  const r3 = r * r2;
  const high = r + r * 2 ** 27 - r * 2 ** 27; // the upper 26 bits of r: high² is exact
  const halfSquare = high * high * 0.5;
  const sum = r - halfSquare;
  const lost = r - sum - halfSquare;
  const [, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10] = NEAR;
  const tail = b4 + r * b5 + r2 * b6 + r3 * (b7 + r * b8 + r2 * b9 + r3 * b10);
  const low = r3 * (b1 + r * b2 + r2 * b3 + r3 * tail) + (lost - 0.5 * (r - high) * (r + high));
  const doubt = 2 ** -51 * (Math.abs(lost) + Math.abs(r3) + r2 * 2 ** -27);
  if (sum + (low - doubt) === sum + (low + doubt)) return sum + low;

  const last = fma(r3, b10, fma(r2, b9, fma(r, b8, b7)));
  const middle = fma(last, r3, fma(r2, b6, fma(r, b5, b4)));
  const first = fma(middle, r3, fma(r2, b3, fma(r, b2, b1)));
  return sum + fma(first, r3, fma(-0.5 * (r - high), r + high, lost));
}

/** a·b + c rounded once, by Boldo and Melquiond's method: the exact sum of three doubles, its lower part rounded to odd. */
function fma(a: number, b: number, c: number): number {
  const product = a * b;
  const rest = productError(a, b, product);
  const low = c + rest;
  const lowError = sumError(c, rest, low);
  const sum = product + low;
  const sumRest = sumError(product, low, sum);
  const tail = sumRest + lowError;
  const tailError = sumError(sumRest, lowError, tail);
  return sum + (tailError === 0 ? tail : roundToOdd(tail, tailError));
}

/** What rounding lost: a·b = product + productError (Dekker). */
function productError(a: number, b: number, product: number): number {
  const aHigh = upperHalf(a);
  const bHigh = upperHalf(b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

/** The upper 26 bits (Veltkamp). */
function upperHalf(x: number): number {
  const shifted = x * 134217729;
  return shifted - (shifted - x);
}

/** What rounding lost: a + b = sum + sumError (Knuth). */
function sumError(a: number, b: number, sum: number): number {
  const bRounded = sum - a;
  return a - (sum - bRounded) + (b - bRounded);
}

/** The neighbour of x, towards x + error, whose last bit is 1; x itself where it is odd already. */
function roundToOdd(x: number, error: number): number {
  scratch.setFloat64(0, x);
  const bits = scratch.getBigInt64(0);
  if ((bits & 1n) === 1n) return x;
  scratch.setBigInt64(0, bits + (x > 0 === error > 0 ? 1n : -1n));
  return scratch.getFloat64(0);
}

const scratch = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(8));

const LN2_HIGH = 0.6931471805598903;
const LN2_LOW = 5.497923018708371e-14;

/** log1p(r) − r = FAR[0]·r² + FAR[1]·r³ + … for |r| < 1/256. */
const FAR = [
  -0.5000000000000001, 0.33333333331825593, -0.2499999999622955, 0.20000304511814496, -0.16667054827627667,
] as const;

/** log1p(r) = r + NEAR[0]·r² + NEAR[1]·r³ + … for −1/16 ≤ r < 1/15. */
const NEAR = [
  -0.5, 0.3333333333333352, -0.24999999999998432, 0.19999999999320328, -0.16666666669929706, 0.14285715076560868,
  -0.12499997863982555, 0.11110712032936046, -0.10000486757818193, 0.09181994006195467, -0.08328363062289341,
] as const;

/**
 * Where each of the 128 parts of [0.6875, 1.375) is expanded: 1/c in units in the last place away from the reciprocal of the
 * part's middle, in base 36. Each c is such that log c is all but a multiple of 2⁻⁴³, so that k·ln 2 + log c is exact.
 */
const offsets = `-ds0ry -ybi7e -3vilx3 -227zz8 bc784 -21f8xy -8ado1j 5nwj7a -3vo5cq y6qgw 8hslsg -3zf51y 1ephe5 h29ji 4p49bb
5nybch -14qhkb -5q32yw -1hng86 -7o9mf8 4pvvuc -83gqah 67w5s0 s7wdw -708123 -4bdw1i 5k3xu5 7evdey 2jsk0b 7enwqw
3zmcdf -6yfpd6 -3m1n56 -1loej0 -3ejrgy -637c46 -5phb0m -8ft61i 7ytv9v 3gmss0 73m60m 97zn5 7bd5w9 -6wrn16 17kknf
8ir82w 8efvdk 1dvuob 5gpty8 2i98r0 68wdak 3a2bgp 3jvven -5pz2ok 5w1t7n 3kb4li -3svieg -26ezvi 3k4rw2 -7ok9bb
-5i5j3g 6dom5k -6mcs0i 48jfgr 7wsu9b 5ptzip 24hhod 3li487 -2oh9av 4vplwc -3wg013 -15atqb 1jrlsp -4igc82 1iq27a
h9yh7 4a4zal 6dtio0 -3zv17z 14q1at 6e0mwq 6rh0ma 12qgs9 -1zypk8 34tm91 -jace8 -tqq89 2jpnpe -5q2evc 2gbmby
-6k24cn -72hc6c 1rrxxf -8a5ud5 3ibuhn 5249bf -5gnfcy -1ific0 3zrn8 4j2kp2 -8hdw57 -89rye1 813v7h -4n5i6y 1rm4gw
ifg6d -4tghbm -6rftmn 2gw2vb -1s7mfd 3q7svi 7m61ti -7hcbm8 -844ym1 8emq1e 85n5sh 5kcfa6 8pqwqq -7kau1a -55xwam
-61fdos -6yv58r 5zj8t6 551dl8 -7avmxb -15611l -8qsh4m 760i3j`;

/** 1/c of every part, and log c; made at first use. */
const inverseCentre = /* @__PURE__ */ new Float64Array(128);
const logCentre = /* @__PURE__ */ new Float64Array(128);
function readTable(): void {
  offsets.split(/\s/).forEach((offset, i) => {
    const middle = i < 80 ? 0.6875 + (i + 0.5) / 256 : 1 + (i - 79.5) / 128;
    const inverse = 1 / middle + Number.parseInt(offset, 36) * (i < 80 ? 2 ** -52 : 2 ** -53);
    inverseCentre[i] = inverse;
    logCentre[i] = Math.round(-Math.log(inverse) * 2 ** 43) / 2 ** 43;
  });
}
