import { E, Exponential } from "./exponential";
import { Lanes } from "./lanes";
import { Two } from "./two";

// Sine and cosine of numbers of 32 bits, computed with 64, two at a time: x less n·π/2, in two steps (Cody and Waite 1980), where n is
// x·2/π rounded, and Taylor's polynomials of the rest. Of large numbers what whole turns leave is found with as many bits of 2/π as count
// (Payne and Hanek 1983).

/** 2/π, rounded and in bits behind 32 zeros; π/2 in 33 bits, and what it lacks. */
const PER_QUARTER = 0.6366197723675814;
const QUARTER = 1.5707963267341256;
const QUARTER_REST = 6.077100506506192e-11;
// prettier-ignore
const BITS = memory.data<u32>([
  0, 0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab,
]);
/** Up to here n has few enough bits for n·π/2 to be exact in 33. */
const LIMIT = 1048576.0;

export function sin(_single: bool, o: usize, a: usize, bytes: usize): void {
  run(o, a, bytes, 0);
}
export function cos(_single: bool, o: usize, a: usize, bytes: usize): void {
  run(o, a, bytes, 1);
}

function run(o: usize, a: usize, bytes: usize, ahead: i64): void {
  for (const end = a + bytes; a < end; a += 8, o += 8) {
    const x = Two.at(a);
    if (Lanes.all<f64>(f64x2.lt(Lanes.size<f64>(x), f64x2.splat(LIMIT)))) Two.put(o, near(x, ahead));
    else {
      store<f32>(o, one(load<f32>(a), ahead));
      store<f32>(o + 4, one(load<f32>(a, 4), ahead));
    }
  }
}
function one(x: f32, ahead: i64): f32 {
  return abs(x) < <f32>LIMIT ? <f32>f64x2.extract_lane(near(f64x2.splat(x), ahead), 0) : far(x, ahead);
}

/** sin(x + ahead·π/2) of numbers up to the limit. */
function near(x: v128, ahead: i64): v128 {
  const round = Exponential.number<f64>(E.Round);
  const turned = f64x2.add(f64x2.mul(x, f64x2.splat(PER_QUARTER)), round);
  const n = f64x2.sub(turned, round);
  const rest = f64x2.sub(f64x2.sub(x, f64x2.mul(n, f64x2.splat(QUARTER))), f64x2.mul(n, f64x2.splat(QUARTER_REST)));
  return quarter(rest, i64x2.add(turned, i64x2.splat(ahead)));
}

/** sin(r + n·π/2) for |r| ≤ π/4, where n stands in the low bits. */
function quarter(r: v128, n: v128): v128 {
  const one = f64x2.splat(1);
  const z = f64x2.mul(r, r);
  let sine = f64x2.add(f64x2.splat(1 / 362880.0), f64x2.mul(z, f64x2.splat(-1 / 39916800.0)));
  let cosine = f64x2.add(f64x2.splat(1 / 40320.0), f64x2.mul(z, f64x2.splat(-1 / 3628800.0)));
  sine = f64x2.add(f64x2.splat(-1 / 5040.0), f64x2.mul(z, sine));
  cosine = f64x2.add(f64x2.splat(-1 / 720.0), f64x2.mul(z, cosine));
  sine = f64x2.add(f64x2.splat(1 / 120.0), f64x2.mul(z, sine));
  cosine = f64x2.add(f64x2.splat(1 / 24.0), f64x2.mul(z, cosine));
  sine = f64x2.add(f64x2.splat(-1 / 6.0), f64x2.mul(z, sine));
  cosine = f64x2.add(f64x2.splat(-0.5), f64x2.mul(z, cosine));
  sine = f64x2.mul(r, f64x2.add(one, f64x2.mul(z, sine)));
  cosine = f64x2.add(one, f64x2.mul(z, cosine));
  const odd = i64x2.neg(v128.and(n, i64x2.splat(1)));
  return v128.xor(v128.bitselect(cosine, sine, odd), i64x2.shl(v128.and(n, i64x2.splat(2)), 62));
}

/** The same of one large number. */
function far(x: f32, ahead: i64): f32 {
  const bits = reinterpret<u32>(x);
  const exponent: i32 = (bits >> 23) & 255;
  if (exponent == 255) return NaN;
  // |x| is m·2ᵉ, and bits of 2/π that with 2ᵉ make multiples of 4 make none but whole turns
  const m: u64 = (bits & 0x7fffff) | 0x800000;
  const skipped = exponent - 150 - 2 + 32;
  const from = BITS + ((skipped >> 5) << 2);
  const turn = skipped & 31;
  let share: u64 = (m * word(from, turn)) << 32;
  share += m * word(from + 4, turn);
  share += (m * word(from + 8, turn)) >> 32;
  const n = (share + ((<u64>1) << 61)) >> 62;
  const rest = <f64>(<i64>(share - (n << 62))) * (Math.PI / 2 / 4611686018427387904.0);
  const negative = bits >> 31 != 0;
  const angle = f64x2.splat(negative ? -rest : rest);
  return <f32>f64x2.extract_lane(quarter(angle, i64x2.splat((negative ? -(<i64>n) : <i64>n) + ahead)), 0);
}
/** 32 bits of the table, so many bits on. */
function word(at: usize, bits: i32): u64 {
  const both = ((<u64>load<u32>(at)) << 32) | <u64>load<u32>(at, 4);
  return (both << bits) >> 32;
}
