import { Lanes } from "./lanes";

// Functions of one number over arrays. Several vectors in a turn go faster where the formula leaves V8 enough registers: what they have in
// common is loaded once, as long as nothing is stored between.

/** One vector in a turn, for long formulas. */
export function each<T, F>(o: usize, a: usize, bytes: usize): void {
  for (const end = a + bytes; a < end; a += 16, o += 16) v128.store(o, changetype<F>(0).of<T>(v128.load(a)));
}
export function eachFour<T, F>(o: usize, a: usize, bytes: usize): void {
  for (const end = a + bytes; a < end; a += 64, o += 64)
    Four.put<T, F>(o, v128.load(a), v128.load(a, 16), v128.load(a, 32), v128.load(a, 48));
}
/** Two numbers of 32 bits in a turn, computed with 64. */
export function eachWide<F>(o: usize, a: usize, bytes: usize): void {
  for (const end = a + bytes; a < end; a += 8, o += 8) {
    const y = changetype<F>(0).of<f64>(Lanes.low(v128.load64_zero(a)));
    v128.store64_lane(o, f32x4.demote_f64x2_zero(y), 0);
  }
}
/** Two vectors in a turn, of a formula that does not hold everywhere. */
export function eachTwoThatFit<T, F>(o: usize, a: usize, bytes: usize): void {
  for (const end = a + bytes; a < end;) {
    for (; a < end; a += 32, o += 32) {
      const x = v128.load(a);
      const y = v128.load(a, 16);
      if (!Lanes.all<T>(v128.and(changetype<F>(0).fits<T>(x), changetype<F>(0).fits<T>(y)))) break;
      const fx = changetype<F>(0).of<T>(x);
      const fy = changetype<F>(0).of<T>(y);
      v128.store(o, fx);
      v128.store(o, fy, 16);
    }
    if (a < end)
      for (const next = a + 32; a < next; a += 16, o += 16) v128.store(o, changetype<F>(0).any<T>(v128.load(a)));
  }
}
export function eachFourThatFit<T, F>(o: usize, a: usize, bytes: usize): void {
  for (const end = a + bytes; a < end;) {
    for (; a < end; a += 64, o += 64)
      if (!Four.fitting<T, F>(o, v128.load(a), v128.load(a, 16), v128.load(a, 32), v128.load(a, 48))) break;
    if (a < end)
      for (const next = a + 64; a < next; a += 16, o += 16) v128.store(o, changetype<F>(0).any<T>(v128.load(a)));
  }
}

export class Four {
  /** Writes a function of four vectors if its formula holds for all of them, and says whether it does. */
  @inline static fitting<T, F>(o: usize, x: v128, y: v128, z: v128, w: v128): bool {
    const first = v128.and(changetype<F>(0).fits<T>(x), changetype<F>(0).fits<T>(y));
    const second = v128.and(changetype<F>(0).fits<T>(z), changetype<F>(0).fits<T>(w));
    if (!Lanes.all<T>(v128.and(first, second))) return false;
    this.put<T, F>(o, x, y, z, w);
    return true;
  }
  @inline static put<T, F>(o: usize, x: v128, y: v128, z: v128, w: v128): void {
    const fx = changetype<F>(0).of<T>(x);
    const fy = changetype<F>(0).of<T>(y);
    const fz = changetype<F>(0).of<T>(z);
    const fw = changetype<F>(0).of<T>(w);
    v128.store(o, fx);
    v128.store(o, fy, 16);
    v128.store(o, fz, 32);
    v128.store(o, fw, 48);
  }
}
