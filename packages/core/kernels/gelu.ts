import { E, Exponential } from "./exponential";
import { Sides, Tail } from "./gates";
import { Lanes } from "./lanes";

// gelu and its tanh form with their slopes. The slopes are 1 − slope(−x) for x > 0. What is computed, and from which coefficients, say the
// plain kernels.

// prettier-ignore
const SINGLE = memory.data<f32>([
  -0.5, 14.8, 2.506628275, 0.3989422917, 0.7517915368, -1.211444989e-8,
  0.9108591533, 0.6600005579, 0.231242388, 0.04306769806, 0.00363626422,
  1.024571276, 0.5085831086, 0.1454062144, 0.02381504445, 0.001818086385,
  0.2661357035, 0.2490568763, 0.1050647772, 0.02282986385, 0.002187244943,
  1.599598747, 1.08995855, 0.3998978006, 0.08033916938, 0.007292704158,
]);
// prettier-ignore
const DOUBLE = memory.data<f64>([
  -0.5, 40, 2.5066282746310007, 0.3989422804014327, 0.7517915246935645, -1.4956759177009883e-17,
  0.9108591530252698, 1.2337992101652777, 0.831497582236539, 0.357858856788396, 0.10727398578341915, 0.023113935928949194,
  0.003575539231278463, 0.00038370142555992526, 2.6066823696802525e-5, 8.636426909526545e-7,
  1.6545244672516681, 1.3565557135754753, 0.7122166490595672, 0.2626725584121911, 0.07077843348653781, 0.014090304710578509,
  0.0020484593686445796, 0.0002088639755724257, 1.3574619644611067e-5, 4.3182134548048486e-7,
  0.2661357147300016, 0.4321903730116159, 0.33959214854947567, 0.16707378935442477, 0.05636301949458536,
  0.013491375064763571, 0.0022930169031786705, 0.0002677420136875367, 1.9615394232590947e-5, 6.947612794270192e-7,
  2.2877193408761, 2.427946607923347, 1.5777501016741102, 0.6970595406727753, 0.21947656318997236, 0.050068832298205836,
  0.008211306003358862, 0.0009323153579956692, 6.674154556301691e-5, 2.3164776536187642e-6,
]);
/** Places in both tables: −½; where all is 0; √(2π) and its inverse; the root of the slope and what it lacks; four polynomials. */
const enum N {
  Half,
  Widest,
  RootTau,
  Density,
  Root,
  RootRest,
  P,
}

class Normal {
  @inline private static number<T>(at: i32): v128 {
    return sizeof<T>() == 4 ? v128.load_splat<T>(SINGLE + at * 4) : v128.load_splat<T>(DOUBLE + at * 8);
  }
  @inline private static pair<T>(at: i32, x: v128): v128 {
    return v128.add<T>(this.number<T>(at), v128.mul<T>(this.number<T>(at + 1), x));
  }
  @inline private static four<T>(at: i32, x: v128, x2: v128): v128 {
    return v128.add<T>(this.pair<T>(at, x), v128.mul<T>(x2, this.pair<T>(at + 2, x)));
  }
  /** Polynomial `i`, of 5 or 10 coefficients. */
  @inline private static polynomial<T>(i: i32, x: v128, x2: v128, x4: v128): v128 {
    const at: i32 = N.P + i * (sizeof<T>() == 4 ? 5 : 10);
    let high = this.number<T>(at + 4);
    if (sizeof<T>() == 8) high = v128.add<T>(this.four<T>(at + 4, x, x2), v128.mul<T>(x4, this.pair<T>(at + 8, x)));
    return v128.add<T>(this.four<T>(at, x, x2), v128.mul<T>(x4, high));
  }
  /** Polynomial `i` over 1 + x times the next. */
  @inline private static quotient<T>(i: i32, x: v128): v128 {
    const x2 = v128.mul<T>(x, x);
    const x4 = v128.mul<T>(x2, x2);
    const below = v128.mul<T>(x, this.polynomial<T>(i + 1, x, x2, x4));
    return v128.div<T>(this.polynomial<T>(i, x, x2, x4), v128.add<T>(Exponential.number<T>(E.One), below));
  }
  @inline static of<T>(y: v128, slope: bool): v128 {
    const x = v128.pmin<T>(Lanes.size<T>(y), this.number<T>(N.Widest));
    const square = v128.mul<T>(x, x);
    const half = this.number<T>(N.Half);
    const power = v128.mul<T>(square, half);
    const far = Tail.far<T>(power);
    const e = Tail.exp<T>(power, v128.mul<T>(Lanes.missed<T>(x, x, square), half), far);
    if (slope) {
      const distance = v128.add<T>(v128.sub<T>(this.number<T>(N.Root), x), this.number<T>(N.RootRest));
      const factor = v128.mul<T>(distance, v128.add<T>(this.number<T>(N.Density), this.quotient<T>(2, x)));
      return Sides.slope<T>(y, Tail.placed<T>(v128.mul<T>(factor, e), far));
    }
    const rate = v128.sub<T>(this.number<T>(N.RootTau), this.quotient<T>(0, x));
    const below = v128.add<T>(Exponential.number<T>(E.Two), v128.mul<T>(rate, x));
    const p = v128.div<T>(e, below);
    const above = v128.mul<T>(y, v128.sub<T>(Exponential.number<T>(E.One), v128.andnot(p, far)));
    return Sides.of<T>(y, Tail.placed<T>(v128.mul<T>(Lanes.neg<T>(x), p), far), above);
  }
}

const TANH = memory.data<f64>([
  21.8, 1.5957691216057308, -9.96930880911092e-17, 0.044715, 2.1960211427085595e-18, 0.7524614220710163,
  -3.635560509207687e-17, 0.29195521191476714, 0.7, 0.8, 3, 11,
]);
/** Places there: where all is 0; k and a, each with what it lacks; the root of the slope, likewise, and e⁻ʷ there; where it is near. */
const enum H {
  Widest,
  K,
  KRest,
  A,
  ARest,
  Root,
  RootRest,
  ExpRoot,
  From,
  To,
  Three,
  WidestSingle,
}

/** Computes with 64 bits; of the digits that cancel, those of 32 bits need none. */
class Hyperbolic {
  @inline private static number(at: i32): v128 {
    return v128.load64_splat(TANH + at * 8);
  }
  /** What a·b as rounded misses by, where a and b have missed by that much. */
  @inline private static low(a: v128, aLow: v128, b: v128, bLow: v128, product: v128): v128 {
    const rest = f64x2.add(f64x2.mul(a, bLow), f64x2.mul(aLow, b));
    return f64x2.add(Lanes.missed<f64>(a, b, product), rest);
  }
  /** What 1 + e − p gains from its root on. */
  @inline private static gain(x: v128): v128 {
    const one = Exponential.number<f64>(E.One);
    const root = this.number(H.Root);
    const three = this.number(H.Three);
    const d = f64x2.sub(f64x2.sub(x, root), this.number(H.RootRest));
    const squares = f64x2.add(f64x2.mul(f64x2.mul(three, root), f64x2.add(root, d)), f64x2.mul(d, d));
    const q = f64x2.mul(this.number(H.A), squares);
    const kd = f64x2.mul(d, this.number(H.K));
    const rise = Exponential.less1<f64>(Lanes.neg<f64>(f64x2.mul(kd, f64x2.add(one, q))));
    const line = f64x2.mul(kd, f64x2.add(one, f64x2.mul(three, q)));
    return f64x2.sub(f64x2.mul(this.number(H.ExpRoot), rise), line);
  }
  @inline static of(y: v128, slope: bool): v128 {
    const one = Exponential.number<f64>(E.One);
    const k = this.number(H.K);
    const a = this.number(H.A);
    const x = f64x2.pmin(Lanes.size<f64>(y), this.number(H.Widest));
    const square = f64x2.mul(x, x);
    const term = f64x2.mul(a, square);
    const termLow = this.low(a, this.number(H.ARest), square, Lanes.missed<f64>(x, x, square), term);
    const line = f64x2.mul(k, x);
    const lineLow = f64x2.add(Lanes.missed<f64>(k, x, line), f64x2.mul(this.number(H.KRest), x));
    // What 1 + term is rounded by: sum − 1 is exact
    const sum = f64x2.add(one, term);
    const sumLow = f64x2.add(f64x2.sub(term, f64x2.sub(sum, one)), termLow);
    const w = f64x2.mul(line, sum);
    const power = Lanes.neg<f64>(w);
    const far = Tail.far<f64>(power);
    const factor = Tail.exp<f64>(power, Lanes.neg<f64>(this.low(line, lineLow, sum, sumLow, w)), far);
    const e = v128.andnot(factor, far);
    const more = f64x2.add(one, e);
    if (slope) {
      const twice = f64x2.add(term, term);
      const sum3 = f64x2.add(sum, twice);
      const low3 = f64x2.add(f64x2.add(termLow, termLow), sumLow);
      const sum3Low = f64x2.add(f64x2.sub(twice, f64x2.sub(sum3, sum)), low3);
      const p = f64x2.mul(line, sum3);
      const rest = f64x2.sub(e, this.low(line, lineLow, sum3, sum3Low, p));
      let top = f64x2.add(f64x2.sub(one, p), rest);
      const near = v128.and(f64x2.gt(x, this.number(H.From)), f64x2.lt(x, this.number(H.To)));
      if (v128.any_true(near)) top = v128.bitselect(this.gain(v128.and(x, near)), top, near);
      const below = f64x2.add(one, f64x2.mul(e, f64x2.add(more, one)));
      return Sides.slope<f64>(y, Tail.placed<f64>(f64x2.mul(f64x2.div(top, below), factor), far));
    }
    const tail = f64x2.mul(f64x2.div(Lanes.neg<f64>(x), more), factor);
    return Sides.of<f64>(y, Tail.placed<f64>(tail, far), f64x2.div(y, more));
  }
  /** The same where 32 bits are asked for. */
  @inline static short(y: v128, slope: bool): v128 {
    const one = Exponential.number<f64>(E.One);
    const x = f64x2.pmin(Lanes.size<f64>(y), this.number(H.WidestSingle));
    const term = f64x2.mul(this.number(H.A), f64x2.mul(x, x));
    const line = f64x2.mul(this.number(H.K), x);
    const sum = f64x2.add(one, term);
    const e = Exponential.of<f64>(Lanes.neg<f64>(f64x2.mul(line, sum)));
    const more = f64x2.add(one, e);
    if (slope) {
      const p = f64x2.mul(line, f64x2.add(sum, f64x2.add(term, term)));
      return Sides.slope<f64>(y, f64x2.div(f64x2.mul(f64x2.sub(more, p), e), f64x2.mul(more, more)));
    }
    return Sides.of<f64>(y, f64x2.div(f64x2.mul(Lanes.neg<f64>(x), e), more), f64x2.div(y, more));
  }
}

/** x·Φ(x) or its slope. */
export function normal<T>(o: usize, a: usize, bytes: usize, slope: bool): void {
  for (const end = a + bytes; a < end; a += 16, o += 16) v128.store(o, Normal.of<T>(v128.load(a), slope));
}
/** x·σ(w) with w = k·(x + a·x³), or its slope. */
export function hyperbolic(o: usize, a: usize, bytes: usize, slope: bool): void {
  for (const end = a + bytes; a < end; a += 16, o += 16) v128.store(o, Hyperbolic.of(v128.load(a), slope));
}
/** The same of numbers of 32 bits. */
export function hyperbolicShort(o: usize, a: usize, bytes: usize, slope: bool): void {
  for (const end = a + bytes; a < end; a += 8, o += 8) {
    const y = Hyperbolic.short(Lanes.low(v128.load64_zero(a)), slope);
    v128.store64_lane(o, f32x4.demote_f64x2_zero(y), 0);
  }
}
