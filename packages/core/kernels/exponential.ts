import { Lanes } from "./lanes";

// eˣ = 2ⁿ·eʳ, where n is x/ln 2 rounded and r = x − n·ln 2, in two steps (Cody and Waite 1980); eʳ = 1 + r + r²·q(r), where q makes the
// relative error least for |r| ≤ ½ ln 2 (Remez) and is evaluated in pairs (Estrin). Adding 1.5·2²³ or 1.5·2⁵² rounds to a whole
// number and leaves it in the low bits too, whence it is shifted into the exponent.

// prettier-ignore
const SINGLE = memory.data<f32>([
  12582912, 1.44269504, 0.693359375, -2.12194440e-4, 87, 0, 1, 2, -106, 89, 10,
  0.499999934125, 0.166665201078, 0.0416683942133, 0.00836878040968, 0.0013814466937,
]);
// prettier-ignore
const DOUBLE = memory.data<f64>([
  6755399441055744, 1.4426950408889634, 6.93147180369123816490e-1, 1.90821492927058770002e-10, 708, 0, 1, 2, -748, 710, 20,
  0.5000000000000010721, 0.16666666666666410228, 0.041666666666529188396, 0.0083333333334956280497, 0.0013888888943922707197,
  0.00019841269504755570843, 0.000024801492762716669871, 2.7557587351333183069e-6, 2.7630378650454965773e-7,
  2.4999962358640482882e-8,
]);
/** Places in both tables: what rounds; 1/ln 2; ln 2 and what it lacks; where results leave the normal numbers; where tanh is 1. */
export const enum E {
  Round,
  PerLn2,
  Ln2,
  Ln2Rest,
  Limit,
  Zero,
  One,
  Two,
  Least,
  Most,
  Flat,
  Q,
}

export class Exponential {
  /** A number of the tables in every lane. It is loaded, for V8 would make an immediate one anew each time, in three instructions. */
  @inline static number<T>(at: i32): v128 {
    return sizeof<T>() == 4 ? v128.load_splat<T>(SINGLE + at * 4) : v128.load_splat<T>(DOUBLE + at * 8);
  }
  @inline private static pair<T>(i: i32, r: v128): v128 {
    return v128.add<T>(this.number<T>(E.Q + i), v128.mul<T>(this.number<T>(E.Q + i + 1), r));
  }
  /** Where eˣ and e⁻ˣ are normal numbers; not for NaN. */
  @inline static normal<T>(x: v128): v128 {
    return v128.le<T>(Lanes.size<T>(x), this.number<T>(E.Limit));
  }
  /** n, in the low bits. */
  @inline private static turns<T>(x: v128): v128 {
    return v128.add<T>(v128.mul<T>(x, this.number<T>(E.PerLn2)), this.number<T>(E.Round));
  }
  @inline private static reduced<T>(x: v128, k: v128): v128 {
    const n = v128.sub<T>(k, this.number<T>(E.Round));
    const head = v128.sub<T>(x, v128.mul<T>(n, this.number<T>(E.Ln2)));
    return v128.sub<T>(head, v128.mul<T>(n, this.number<T>(E.Ln2Rest)));
  }
  /** eʳ − 1. */
  @inline private static rest<T>(x: v128, k: v128): v128 {
    const r = this.reduced<T>(x, k);
    return v128.add<T>(r, this.bend<T>(r));
  }
  /** eʳ − 1 − r. */
  @inline private static bend<T>(r: v128): v128 {
    const r2 = v128.mul<T>(r, r);
    let q: v128;
    if (sizeof<T>() == 4) {
      const high = v128.add<T>(this.pair<T>(2, r), v128.mul<T>(r2, this.number<T>(E.Q + 4)));
      q = v128.add<T>(this.pair<T>(0, r), v128.mul<T>(r2, high));
    } else {
      const r4 = v128.mul<T>(r2, r2);
      const low = v128.add<T>(this.pair<T>(0, r), v128.mul<T>(r2, this.pair<T>(2, r)));
      const high = v128.add<T>(this.pair<T>(4, r), v128.mul<T>(r2, this.pair<T>(6, r)));
      q = v128.add<T>(low, v128.mul<T>(r4, v128.add<T>(high, v128.mul<T>(r4, this.pair<T>(8, r)))));
    }
    return v128.mul<T>(r2, q);
  }
  /** eˣ where it is `normal`: what 1 + r is rounded by is added to the smaller term. In 64 bits it has the bits of the plain kernel. */
  @inline static close<T>(x: v128): v128 {
    const k = this.turns<T>(x);
    return this.grown<T>(this.reduced<T>(x, k), k);
  }
  /** e^(x + low), likewise, where low is what x as rounded misses by. */
  @inline static closest<T>(x: v128, low: v128): v128 {
    const k = this.turns<T>(x);
    return this.grown<T>(v128.add<T>(this.reduced<T>(x, k), low), k);
  }
  @inline private static grown<T>(r: v128, k: v128): v128 {
    const one = this.number<T>(E.One);
    const sum = v128.add<T>(one, r);
    const low = v128.add<T>(v128.sub<T>(r, v128.sub<T>(sum, one)), this.bend<T>(r));
    return this.scaled<T>(v128.add<T>(sum, low), k);
  }
  /** y·2ⁿ where both are normal numbers. */
  @inline private static scaled<T>(y: v128, k: v128): v128 {
    return sizeof<T>() == 4 ? i32x4.add(y, i32x4.shl(k, 23)) : i64x2.add(y, i64x2.shl(k, 52));
  }
  /** eˣ where it is `normal`. */
  @inline static of<T>(x: v128): v128 {
    const k = this.turns<T>(x);
    return this.scaled<T>(v128.add<T>(this.number<T>(E.One), this.rest<T>(x, k)), k);
  }
  /** eˣ. */
  @inline static every<T>(x: v128): v128 {
    return Lanes.all<T>(this.normal<T>(x)) ? this.of<T>(x) : this.any<T>(x, 0);
  }
  /** eˣ − 1 where eˣ is `normal`: 2ⁿ·(eʳ − 1) + (2ⁿ − 1). */
  @inline static less1<T>(x: v128): v128 {
    const k = this.turns<T>(x);
    const one = this.number<T>(E.One);
    const power = this.scaled<T>(one, k);
    return v128.add<T>(v128.mul<T>(power, this.rest<T>(x, k)), v128.sub<T>(power, one));
  }
  /** eˣ·2ᵉ for any x: 2ⁿ in two factors, so that the result is rounded once where it is subnormal. */
  static any<T>(x: v128, e: i32): v128 {
    const within = v128.pmin<T>(v128.pmax<T>(x, this.number<T>(E.Least)), this.number<T>(E.Most));
    const k = this.turns<T>(within);
    const y = v128.add<T>(this.number<T>(E.One), this.rest<T>(within, k));
    const round = this.number<T>(E.Round);
    if (sizeof<T>() == 4) {
      const n = i32x4.add(i32x4.sub(k, round), i32x4.splat(e));
      const half = i32x4.shr_s(n, 1);
      return v128.mul<T>(v128.mul<T>(y, this.power<T>(half)), this.power<T>(i32x4.sub(n, half)));
    }
    const n = i64x2.add(i64x2.sub(k, round), i64x2.splat(e));
    const half = i64x2.shr_s(n, 1);
    return v128.mul<T>(v128.mul<T>(y, this.power<T>(half)), this.power<T>(i64x2.sub(n, half)));
  }
  /** 2ⁿ for whole numbers n. */
  @inline private static power<T>(n: v128): v128 {
    return sizeof<T>() == 4
      ? i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23)
      : i64x2.shl(i64x2.add(n, i64x2.splat(1023)), 52);
  }
}
