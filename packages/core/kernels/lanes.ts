/** Masks of the first lanes: the vector that begins `n` bytes before the middle has its first n bytes set. */
const MASKS = memory.data<u32>([0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0, 0, 0, 0]);

/** Vectors as a whole, and rows that do not end with one. */
export class Lanes {
  /** The first `bytes` bytes set. */
  @inline static first(bytes: usize): v128 {
    return v128.load(MASKS + 16 - bytes);
  }
  @inline static all<T>(mask: v128): bool {
    return sizeof<T>() == 4 ? i32x4.bitmask(mask) == 15 : i64x2.bitmask(mask) == 3;
  }
  /** The sum of both lanes of 64 bits. */
  @inline static sum2(x: v128): f64 {
    return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
  }
  /** The lanes as two of 64 bits: four are added in pairs. */
  @inline static pairs<T>(x: v128): v128 {
    return sizeof<T>() == 4 ? f64x2.add(this.low(x), this.high(x)) : x;
  }
  @inline private static low(x: v128): v128 {
    return f64x2.promote_low_f32x4(x);
  }
  @inline private static high(x: v128): v128 {
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
