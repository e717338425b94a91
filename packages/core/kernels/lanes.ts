/** Masks of the first lanes: the vector that begins `n` bytes before the middle has its first n bytes set. */
const MASKS = memory.data<u32>([0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0, 0, 0, 0]);

const SIGN_SINGLE = memory.data<u32>([0x80000000]);
const SIGN_DOUBLE = memory.data<u64>([0x8000000000000000]);
/** The upper half of a fraction. */
const HEAD_SINGLE = memory.data<u32>([0xfffff000]);
const HEAD_DOUBLE = memory.data<u64>([0xfffffffff8000000]);

/** Vectors as a whole, rows that do not end with one, and the signs of numbers. */
export class Lanes {
  /** Loaded as other constants are: V8 would make the mask of `v128.abs` and `v128.neg` anew each time, in two instructions. */
  @inline private static minus<T>(): v128 {
    return sizeof<T>() == 4 ? v128.load_splat<u32>(SIGN_SINGLE) : v128.load_splat<u64>(SIGN_DOUBLE);
  }
  /** The sign bits of x. */
  @inline static sign<T>(x: v128): v128 {
    return v128.and(x, this.minus<T>());
  }
  /** |x|. */
  @inline static size<T>(x: v128): v128 {
    return v128.andnot(x, this.minus<T>());
  }
  /** −x. */
  @inline static neg<T>(x: v128): v128 {
    return v128.xor(x, this.minus<T>());
  }
  /** −|x|. */
  @inline static down<T>(x: v128): v128 {
    return v128.or(x, this.minus<T>());
  }
  /** x with the upper half of its digits; the product of two such is exact. */
  @inline private static head<T>(x: v128): v128 {
    return v128.and(x, sizeof<T>() == 4 ? v128.load_splat<u32>(HEAD_SINGLE) : v128.load_splat<u64>(HEAD_DOUBLE));
  }
  /** a·b − product, for product = a·b rounded: the rounding error. */
  @inline static missed<T>(a: v128, b: v128, product: v128): v128 {
    const high = this.head<T>(a);
    const head = this.head<T>(b);
    const most = v128.sub<T>(v128.mul<T>(high, head), product);
    const more = v128.add<T>(most, v128.mul<T>(high, v128.sub<T>(b, head)));
    return v128.add<T>(more, v128.mul<T>(v128.sub<T>(a, high), b));
  }
  /** The first `bytes` bytes set. */
  @inline static first(bytes: usize): v128 {
    return v128.load(MASKS + 16 - bytes);
  }
  @inline static all<T>(mask: v128): bool {
    return sizeof<T>() == 4 ? i32x4.bitmask(mask) == 15 : i64x2.bitmask(mask) == 3;
  }
  /** a + b as whole numbers. */
  @inline static added<T>(a: v128, b: v128): v128 {
    return sizeof<T>() == 4 ? i32x4.add(a, b) : i64x2.add(a, b);
  }
  /** The sum of both lanes of 64 bits. */
  @inline static sum2(x: v128): f64 {
    return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
  }
  /** The lanes as two of 64 bits: four are added in pairs. */
  @inline static pairs<T>(x: v128): v128 {
    return sizeof<T>() == 4 ? f64x2.add(this.low(x), this.high(x)) : x;
  }
  @inline static low(x: v128): v128 {
    return f64x2.promote_low_f32x4(x);
  }
  @inline static high(x: v128): v128 {
    return f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 0, 1));
  }
  /** The largest lane of all, in each. */
  @inline static top<T>(x: v128): v128 {
    if (sizeof<T>() == 8) return v128.pmax<T>(x, v128.shuffle<f64>(x, x, 1, 0));
    const pair = v128.pmax<T>(x, v128.shuffle<f32>(x, x, 2, 3, 0, 1));
    return v128.pmax<T>(pair, v128.shuffle<f32>(pair, pair, 1, 0, 3, 2));
  }
  /** The first lane as a number of 64 bits. */
  @inline static number<T>(x: v128): f64 {
    return sizeof<T>() == 4 ? <f64>f32x4.extract_lane(x, 0) : f64x2.extract_lane(x, 0);
  }
}
