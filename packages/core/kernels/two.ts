import { Lanes } from "./lanes";

/** Two numbers of 32 bits in memory, and of 64 in a vector. */
export class Two {
  @inline static at(a: usize): v128 {
    return Lanes.low(v128.load64_zero(a));
  }
  @inline static put(o: usize, z: v128): void {
    v128.store64_lane(o, f32x4.demote_f64x2_zero(z), 0);
  }
}
