import { Lanes } from "./lanes";

// log x = k·ln 2 + log(1 + f), where x = 2ᵏ·(1 + f) and √½ ≤ 1 + f < √2. With s = f/(2 + f) the second is 2·artanh s =
// f − (f²/2 − s·(f²/2 + R(s²))), after log in FreeBSD's msun; R(z) = z·P(z) has the least error there is (Remez).

// prettier-ignore
const SINGLE = memory.data<f32>([
  0.693359375, -2.12194440e-4, 8388735, 0.5, 0, 1, 2, Infinity, -Infinity, NaN, 1.17549435082229e-38, 16777216, 24,
  0.666667770531582483, 0.399774495367510978, 0.298744188053255437,
]);
// prettier-ignore
const DOUBLE = memory.data<f64>([
  6.93147180369123816490e-1, 1.90821492927058770002e-10, 4503599627371519, 0.5, 0, 1, 2, Infinity, -Infinity, NaN,
  2.2250738585072014e-308, 18014398509481984, 54,
  0.666666666666673538, 0.399999999994074854, 0.285714287441417918, 0.22222198378447777, 0.181835751665379196, 0.153137557429905618,
  0.147990661845289356,
]);
/** Places in both tables: ln 2 and what it lacks; Whole with the exponent's bias; the least normal number, and what lifts one to it. */
const enum L {
  Ln2,
  Ln2Rest,
  Bias,
  Half,
  Zero,
  One,
  Two,
  Infinite,
  MinusInfinite,
  NaN,
  Normal,
  Lift,
  Lifted,
  P,
}
const BITS_SINGLE = memory.data<u32>([0x3f800000 - 0x3f3504f3, 0x007fffff, 0x3f3504f3, 0x4b000000]);
// prettier-ignore
const BITS_DOUBLE = memory.data<u64>([
  0x3ff0000000000000 - 0x3fe6a09e667f3bcd, 0x000fffffffffffff, 0x3fe6a09e667f3bcd, 0x4330000000000000,
]);
/** Added to x so that its exponent changes at √½ and not at 1; the fraction; √½; 2²³ or 2⁵², whose low bits hold a whole number. */
const enum Bits {
  Turn,
  Fraction,
  Root,
  Whole,
}

export class Logarithm {
  @inline private static number<T>(at: i32): v128 {
    return sizeof<T>() == 4 ? v128.load_splat<T>(SINGLE + at * 4) : v128.load_splat<T>(DOUBLE + at * 8);
  }
  @inline private static bits<T>(at: i32): v128 {
    return sizeof<T>() == 4 ? v128.load_splat<u32>(BITS_SINGLE + at * 4) : v128.load_splat<u64>(BITS_DOUBLE + at * 8);
  }
  @inline private static pair<T>(i: i32, z: v128): v128 {
    return v128.add<T>(this.number<T>(L.P + i), v128.mul<T>(this.number<T>(L.P + i + 1), z));
  }
  @inline private static turned<T>(x: v128): v128 {
    return Lanes.added<T>(x, this.bits<T>(Bits.Turn));
  }
  @inline private static exponent<T>(turned: v128): v128 {
    const k = sizeof<T>() == 4 ? i32x4.shr_u(turned, 23) : i64x2.shr_u(turned, 52);
    return v128.sub<T>(v128.or(k, this.bits<T>(Bits.Whole)), this.number<T>(L.Bias));
  }
  @inline private static fraction<T>(turned: v128): v128 {
    const bits = v128.and(turned, this.bits<T>(Bits.Fraction));
    return v128.sub<T>(Lanes.added<T>(bits, this.bits<T>(Bits.Root)), this.number<T>(L.One));
  }
  /** k·ln 2 + log(1 + f) + c for a small c. */
  @inline private static sum<T>(k: v128, f: v128, c: v128): v128 {
    const half = v128.mul<T>(v128.mul<T>(f, f), this.number<T>(L.Half));
    const s = v128.div<T>(f, v128.add<T>(f, this.number<T>(L.Two)));
    const z = v128.mul<T>(s, s);
    const z2 = v128.mul<T>(z, z);
    let p = this.pair<T>(0, z);
    if (sizeof<T>() == 4) p = v128.add<T>(p, v128.mul<T>(z2, this.number<T>(L.P + 2)));
    else {
      const high = v128.add<T>(this.pair<T>(4, z), v128.mul<T>(z2, this.number<T>(L.P + 6)));
      p = v128.add<T>(v128.add<T>(p, v128.mul<T>(z2, this.pair<T>(2, z))), v128.mul<T>(v128.mul<T>(z2, z2), high));
    }
    const r = v128.mul<T>(s, v128.add<T>(half, v128.mul<T>(z, p)));
    const low = v128.add<T>(r, v128.add<T>(v128.mul<T>(k, this.number<T>(L.Ln2Rest)), c));
    return v128.sub<T>(v128.mul<T>(k, this.number<T>(L.Ln2)), v128.sub<T>(v128.sub<T>(half, low), f));
  }
  /** `y`, but −∞ where x is the root, NaN where it is less, x where it is ∞ or NaN. */
  @inline private static edges<T>(y: v128, x: v128, root: v128): v128 {
    y = v128.bitselect(y, x, v128.lt<T>(x, this.number<T>(L.Infinite)));
    y = v128.bitselect(this.number<T>(L.MinusInfinite), y, v128.eq<T>(x, root));
    return v128.bitselect(this.number<T>(L.NaN), y, v128.lt<T>(x, root));
  }

  /** Where x is a normal number above 0. */
  @inline static normal<T>(x: v128): v128 {
    return v128.and(v128.ge<T>(x, this.number<T>(L.Normal)), v128.lt<T>(x, this.number<T>(L.Infinite)));
  }
  @inline static of<T>(x: v128): v128 {
    const turned = this.turned<T>(x);
    return this.sum<T>(this.exponent<T>(turned), this.fraction<T>(turned), this.number<T>(L.Zero));
  }
  static any<T>(x: v128): v128 {
    const zero = this.number<T>(L.Zero);
    const low = v128.lt<T>(x, this.number<T>(L.Normal));
    const turned = this.turned<T>(v128.bitselect(v128.mul<T>(x, this.number<T>(L.Lift)), x, low));
    const k = v128.sub<T>(this.exponent<T>(turned), v128.and(low, this.number<T>(L.Lifted)));
    return this.edges<T>(this.sum<T>(k, this.fraction<T>(turned), zero), x, zero);
  }

  /** Where log(1 + x) is finite. */
  @inline static finite1<T>(x: v128): v128 {
    const above = v128.gt<T>(v128.add<T>(x, this.number<T>(L.One)), this.number<T>(L.Zero));
    return v128.and(above, v128.lt<T>(x, this.number<T>(L.Infinite)));
  }
  /** log(u + c), where u is 1 + x rounded and c its rounding error. */
  @inline private static sum1<T>(x: v128, u: v128, c: v128): v128 {
    const turned = this.turned<T>(u);
    const k = this.exponent<T>(turned);
    const near = v128.eq<T>(k, this.number<T>(L.Zero));
    const f = v128.bitselect(x, this.fraction<T>(turned), near);
    return this.sum<T>(k, f, v128.andnot(v128.div<T>(c, u), near));
  }
  @inline static of1<T>(x: v128): v128 {
    const one = this.number<T>(L.One);
    const u = v128.add<T>(x, one);
    const below = v128.sub<T>(x, v128.sub<T>(u, one));
    const above = v128.sub<T>(one, v128.sub<T>(u, x));
    return v128.or(this.sum1<T>(x, u, v128.bitselect(above, below, v128.gt<T>(x, one))), Lanes.sign<T>(x));
  }
  static any1<T>(x: v128): v128 {
    return this.edges<T>(this.of1<T>(x), x, Lanes.neg<T>(this.number<T>(L.One)));
  }
  /** log(1 + x) for 0 ≤ x ≤ 1. */
  @inline static unit1<T>(x: v128): v128 {
    const one = this.number<T>(L.One);
    const u = v128.add<T>(x, one);
    return this.sum1<T>(x, u, v128.sub<T>(x, v128.sub<T>(u, one)));
  }
}
