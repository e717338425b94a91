class Answers {
  /** The high halves of four numbers, shifted so that 1 leaves 1 and 0 leaves 0. */
  @inline static four<T>(a: usize): v128 {
    if (sizeof<T>() == 4) return i32x4.shr_u(v128.load(a), 29);
    return i32x4.shr_u(v128.shuffle<i32>(v128.load(a), v128.load(a, 16), 1, 3, 5, 7), 29);
  }
  @inline static eight<T>(a: usize): v128 {
    const x = i16x8.narrow_i32x4_s(this.four<T>(a), this.four<T>(a + 4 * sizeof<T>()));
    return i8x16.narrow_i16x8_s(x, x);
  }
}
function narrowed<T>(o: usize, a: usize, bytes: usize): void {
  for (const end = a + bytes; a < end; a += 8 * sizeof<T>(), o += 8) v128.store64_lane(o, Answers.eight<T>(a), 0);
}

/** Answers of a comparison, 1 or 0, as bytes. The result may begin where the input does. */
export function narrow(single: bool, o: usize, a: usize, bytes: usize): void {
  if (single) narrowed<f32>(o, a, bytes);
  else narrowed<f64>(o, a, bytes);
}
