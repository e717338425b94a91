import { E, Exponential } from "./exponential";
import { Lanes } from "./lanes";

// Smooth gates: x times something between 0 and 1, as quotients in e = e^−|x|. Where x is far below 0 they are x·e and less, which leaves
// the normal numbers later than e does: there e is taken e^Shift times as large, and the quotient times Tiny = e^−Shift is rounded once.

// prettier-ignore
const SINGLE = memory.data<f32>([
  -60, 40, 4.248354255291588995e-18, -110,
  -1.6, -1, -1.2784645557403564, 1.2979282537628478e-8, 0.278464542761073795,
]);
// prettier-ignore
const DOUBLE = memory.data<f64>([
  -600, 100, 3.720075976020835963e-44, -800,
  -1.6, -1, -1.2784645427610737, -1.0946994183093437e-16, 0.278464542761073795,
]);
/** Places in both tables: where x is far, and where all is 0; where silu′ is near its root; the root and what it lacks, and e^root. */
const enum G {
  Far,
  Shift,
  Tiny,
  Farthest,
  From,
  To,
  Root,
  RootRest,
  ExpRoot,
}

class Gate {
  @inline static number<T>(at: i32): v128 {
    return sizeof<T>() == 4 ? v128.load_splat<T>(SINGLE + at * 4) : v128.load_splat<T>(DOUBLE + at * 8);
  }
  /** Not for NaN. */
  @inline static fits<T>(x: v128): v128 {
    return v128.ge<T>(x, this.number<T>(G.Far));
  }
  @inline static decayed<T>(x: v128): v128 {
    return Exponential.close<T>(v128.pmax<T>(x, v128.neg<T>(Exponential.number<T>(E.Limit))));
  }
  @inline static of<T, F>(x: v128): v128 {
    const e = this.decayed<T>(Lanes.down<T>(x));
    return changetype<F>(0).quotient<T>(x, e, e);
  }
  static any<T, F>(x: v128): v128 {
    const far = v128.lt<T>(x, this.number<T>(G.Far));
    const within = v128.pmax<T>(x, this.number<T>(G.Farthest));
    const shift = v128.and(far, this.number<T>(G.Shift));
    const e = this.decayed<T>(v128.add<T>(Lanes.down<T>(within), shift));
    const y = changetype<F>(0).quotient<T>(within, v128.andnot(e, far), e);
    return v128.bitselect(v128.mul<T>(y, this.number<T>(G.Tiny)), y, far);
  }
  /** `below` where x < 0, else `above`. */
  @inline static side<T>(x: v128, below: v128, above: v128): v128 {
    return v128.bitselect(below, above, v128.lt<T>(x, Exponential.number<T>(E.Zero)));
  }
}

// In each quotient `factor` is e, or where x is far that times e^Shift, while e is 0. What is done, in this order, is what the plain kernels do.

/** x/(1 + e), times e for x < 0: x·σ(x). */
export class Silu {
  @inline fits<T>(x: v128): v128 {
    return Gate.fits<T>(x);
  }
  @inline of<T>(x: v128): v128 {
    return Gate.of<T, Silu>(x);
  }
  any<T>(x: v128): v128 {
    return Gate.any<T, Silu>(x);
  }
  @inline quotient<T>(x: v128, e: v128, factor: v128): v128 {
    const y = v128.div<T>(x, v128.add<T>(Exponential.number<T>(E.One), e));
    return Gate.side<T>(x, v128.mul<T>(y, factor), y);
  }
}

/**
 * (1 + x + e)/(1 + e)²·e for x < 0, (1 + e + x·e)/(1 + e)² elsewhere. The first sum has a root r; near by, at x = r + d, it is
 * d + eʳ·(eᵈ − 1), where eʳ = −1 − r.
 */
export class SiluSlope {
  @inline fits<T>(x: v128): v128 {
    return Gate.fits<T>(x);
  }
  @inline of<T>(x: v128): v128 {
    return Gate.of<T, SiluSlope>(x);
  }
  any<T>(x: v128): v128 {
    return Gate.any<T, SiluSlope>(x);
  }
  @inline quotient<T>(x: v128, e: v128, factor: v128): v128 {
    const one = Exponential.number<T>(E.One);
    const more = v128.add<T>(one, e);
    const within = v128.pmin<T>(x, Exponential.number<T>(E.Limit));
    const above = v128.add<T>(more, v128.mul<T>(within, e));
    let below = v128.add<T>(v128.add<T>(one, x), e);
    const near = v128.and(v128.gt<T>(x, Gate.number<T>(G.From)), v128.lt<T>(x, Gate.number<T>(G.To)));
    if (v128.any_true(near)) {
      const d = v128.sub<T>(v128.sub<T>(x, Gate.number<T>(G.Root)), Gate.number<T>(G.RootRest));
      const rise = v128.mul<T>(Gate.number<T>(G.ExpRoot), Exponential.less1<T>(v128.and(d, near)));
      below = v128.bitselect(v128.add<T>(d, rise), below, near);
    }
    let square = v128.mul<T>(more, more);
    // In 32 bits, where what the plain kernel finds is out of reach, 1 + 2e + e² is nearer.
    if (sizeof<T>() == 4) square = v128.add<T>(one, v128.add<T>(v128.add<T>(e, e), v128.mul<T>(e, e)));
    const y = v128.div<T>(Gate.side<T>(x, below, above), square);
    return Gate.side<T>(x, v128.mul<T>(y, factor), y);
  }
}

/** x·tanh(log(1 + eˣ)) = x·(e + 2)/(2 + e·(2 + e))·e for x < 0, x·(1 + 2e)/(1 + 2e·(1 + e)) elsewhere. */
export class Mish {
  @inline fits<T>(x: v128): v128 {
    return Gate.fits<T>(x);
  }
  @inline of<T>(x: v128): v128 {
    return Gate.of<T, Mish>(x);
  }
  any<T>(x: v128): v128 {
    return Gate.any<T, Mish>(x);
  }
  @inline quotient<T>(x: v128, e: v128, factor: v128): v128 {
    const one = Exponential.number<T>(E.One);
    const two = Exponential.number<T>(E.Two);
    const more = v128.add<T>(two, e);
    const twice = v128.add<T>(e, e);
    const top = v128.mul<T>(x, Gate.side<T>(x, more, v128.add<T>(one, twice)));
    const below = v128.add<T>(two, v128.mul<T>(e, more));
    const above = v128.add<T>(one, v128.mul<T>(twice, v128.add<T>(one, e)));
    const y = v128.div<T>(top, Gate.side<T>(x, below, above));
    return Gate.side<T>(x, v128.mul<T>(y, factor), y);
  }
}
