import { E, Exponential } from "./exponential";
import { Lanes } from "./lanes";
import { Logarithm } from "./logarithm";
import { Two } from "./two";
import { eachWide } from "./turns";

// Functions of numbers of 32 bits that are computed with 64, two at a time: what the logarithm is rounded by is multiplied by the exponent.

class Log2 {
  @inline of<T>(x: v128): v128 {
    return v128.mul<T>(Logarithm.any<T>(x), f64x2.splat(1.4426950408889634));
  }
}
class Log10 {
  @inline of<T>(x: v128): v128 {
    return v128.mul<T>(Logarithm.any<T>(x), f64x2.splat(0.4342944819032518));
  }
}
export function log2(_single: bool, o: usize, a: usize, bytes: usize): void {
  eachWide<Log2>(o, a, bytes);
}
export function log10(_single: bool, o: usize, a: usize, bytes: usize): void {
  eachWide<Log10>(o, a, bytes);
}

/** e^(x/a), and 0 for 0/0. */
export function expOfQuotient(_single: bool, o: usize, x: usize, a: usize, bytes: usize): void {
  for (const end = x + bytes; x < end; x += 8, a += 8, o += 8) {
    const top = Two.at(x);
    const bottom = Two.at(a);
    const quotient = f64x2.div(top, bottom);
    const given = v128.and(f64x2.eq(top, top), f64x2.eq(bottom, bottom));
    const e = v128.andnot(exponential(quotient), v128.and(given, f64x2.ne(quotient, quotient)));
    Two.put(o, e);
  }
}
/** x where positive, a·(e^(x/a) − 1) elsewhere. */
export function celu(_single: bool, o: usize, x: usize, a: usize, bytes: usize): void {
  for (const end = x + bytes; x < end; x += 8, a += 8, o += 8) {
    const alpha = Two.at(a);
    const value = Two.at(x);
    const quotient = within(f64x2.div(value, alpha));
    const below = f64x2.mul(alpha, v128.or(Exponential.less1<f64>(quotient), Lanes.sign<f64>(quotient)));
    Two.put(o, v128.bitselect(value, below, f64x2.gt(value, f64x2.splat(0))));
  }
}

/** aᵇ. */
export function pow(_single: bool, o: usize, a: usize, b: usize, bytes: usize): void {
  powers(o, a, b, bytes, 0);
}
/** aᵇ⁻¹, and 0 where a is 0 and b is 0. */
export function powLowered1(_single: bool, o: usize, a: usize, b: usize, bytes: usize): void {
  powers(o, a, b, bytes, 1);
}

function powers(o: usize, a: usize, b: usize, bytes: usize, less: f64): void {
  const infinity = f64x2.splat(Infinity);
  for (const end = a + bytes; a < end; a += 8, b += 8, o += 8) {
    const x = Two.at(a);
    const y = Two.at(b);
    const e = f64x2.sub(y, f64x2.splat(less));
    const size = Lanes.size<f64>(x);
    const fits = v128.and(
      v128.and(f64x2.gt(size, f64x2.splat(0)), f64x2.lt(size, infinity)),
      f64x2.lt(Lanes.size<f64>(e), infinity),
    );
    if (Lanes.all<f64>(fits)) {
      const whole = f64x2.eq(f64x2.floor(e), e);
      const half = f64x2.mul(e, f64x2.splat(0.5));
      const odd = v128.andnot(whole, f64x2.eq(f64x2.floor(half), half));
      const z = v128.xor(power(size, e), v128.and(Lanes.sign<f64>(x), odd));
      Two.put(o, v128.or(z, v128.andnot(f64x2.lt(x, f64x2.splat(0)), whole))); // all bits are a NaN
    } else {
      store<f32>(o, <f32>edge(f64x2.extract_lane(x, 0), f64x2.extract_lane(y, 0), less));
      store<f32>(o + 4, <f32>edge(f64x2.extract_lane(x, 1), f64x2.extract_lane(y, 1), less));
    }
  }
}
/** eˣ; beyond x = ±708 some number that 32 bits do not hold. */
function exponential(x: v128): v128 {
  return Exponential.of<f64>(within(x));
}
function within(x: v128): v128 {
  const limit = Exponential.number<f64>(E.Limit);
  return v128.pmin<f64>(v128.pmax<f64>(x, Lanes.neg<f64>(limit)), limit);
}
function power(size: v128, e: v128): v128 {
  return exponential(f64x2.mul(e, Logarithm.of<f64>(size)));
}
/** One of two numbers of which one is 0, ∞ or NaN, as Math.pow. */
function edge(x: f64, y: f64, less: f64): f64 {
  const e = y - less;
  if (x == 0 && e < 0 && y >= 0 && floor(y) == y) return 0;
  if (e == 0) return 1;
  const size = abs(x);
  const far = abs(e) == Infinity;
  if (x != x || e != e || (far && size == 1)) return NaN;
  const whole = floor(e) == e;
  let z: f64;
  if (far) z = size > 1 == e > 0 ? Infinity : 0;
  else if (size == 0 || size == Infinity) z = size > 0 == e > 0 ? Infinity : 0;
  else {
    if (x < 0 && !whole) return NaN;
    z = f64x2.extract_lane(power(f64x2.splat(size), f64x2.splat(e)), 0);
  }
  return copysign<f64>(1, x) < 0 && whole && floor(e * 0.5) != e * 0.5 ? -z : z;
}
