import { E, Exponential } from "./exponential";
import { Lanes } from "./lanes";

// Smooth gates: x times something between 0 and 1, as quotients in an exponential e. Where x is far below 0 they are x·e and less, which
// leaves the normal numbers later than e does: there e is taken e^Shift times as large, and the quotient times Tiny = e^−Shift is rounded once.
// Shift is one for which Tiny is nearly exact.

// prettier-ignore
const SINGLE = memory.data<f32>([
  -60, 39.46875, 7.226694026802481981e-18, -110, -87,
  -1.6, -1, -1.2784645557403564, 1.2979282537628478e-8, 0.278464542761073795,
]);
// prettier-ignore
const DOUBLE = memory.data<f64>([
  -600, 101.3125, 1.001244865941163016e-44, -800, -708,
  -1.6, -1, -1.2784645427610737, -1.0946994183093437e-16, 0.278464542761073795,
  -1.3, -1.08, -1.1924312145154952, -4.8484829848031044e-17, 0.3034825352815289, -0.5, 3, 4, 6, 8,
]);
/**
 * Places in the tables: where x is far; Shift and Tiny; where all is 0, and where e⁻ˣ is; where silu′ is near its root, the root and what
 * it lacks, and e^root; in the second table likewise for mish′, and where that changes its formula.
 */
const enum G {
  Far,
  Shift,
  Tiny,
  Farthest,
  Least,
  From,
  To,
  Root,
  RootRest,
  ExpRoot,
  MishFrom,
  MishTo,
  MishRoot,
  MishRootRest,
  ExpMishRoot,
  Turn,
  Three,
  Four,
  Six,
  Eight,
}

/** Numbers that decay as eˣ. */
export class Tail {
  @inline static number<T>(at: i32): v128 {
    return sizeof<T>() == 4 ? v128.load_splat<T>(SINGLE + at * 4) : v128.load_splat<T>(DOUBLE + at * 8);
  }
  @inline static far<T>(x: v128): v128 {
    return v128.lt<T>(x, this.number<T>(G.Far));
  }
  /** x, or where it is far x + Shift. */
  @inline static shifted<T>(x: v128, far: v128): v128 {
    return v128.add<T>(x, v128.and(far, this.number<T>(G.Shift)));
  }
  /** e^(x + low) of that. */
  @inline static exp<T>(x: v128, low: v128, far: v128): v128 {
    return Exponential.closest<T>(this.shifted<T>(x, far), low);
  }
  /** What was computed from that, in its place. */
  @inline static placed<T>(y: v128, far: v128): v128 {
    return v128.bitselect(v128.mul<T>(y, this.number<T>(G.Tiny)), y, far);
  }
}

export class Sides {
  /** `below` where x < 0, else `above`. */
  @inline static of<T>(x: v128, below: v128, above: v128): v128 {
    return v128.bitselect(below, above, v128.lt<T>(x, Exponential.number<T>(E.Zero)));
  }
  @inline static slope<T>(x: v128, below: v128): v128 {
    return this.of<T>(x, below, v128.sub<T>(Exponential.number<T>(E.One), below));
  }
}

class Gate {
  @inline static of<T, F>(x: v128): v128 {
    const far = Tail.far<T>(x);
    const some = v128.any_true(far);
    let power = changetype<F>(0).power<T>(x);
    if (some) {
      x = v128.pmax<T>(x, Tail.number<T>(G.Farthest));
      power = Tail.shifted<T>(changetype<F>(0).power<T>(x), far);
    }
    const factor = Exponential.close<T>(v128.pmax<T>(power, Tail.number<T>(G.Least)));
    const y = changetype<F>(0).quotient<T>(x, v128.andnot(factor, far), factor);
    return some ? Tail.placed<T>(y, far) : y;
  }
}

// In each quotient `factor` is e, or where x is far that times e^Shift, while e is 0. What is done, in this order, is what the plain kernels do.

/** x/(1 + e), times e for x < 0: x·σ(x). */
export class Silu {
  @inline of<T>(x: v128): v128 {
    return Gate.of<T, Silu>(x);
  }
  @inline power<T>(x: v128): v128 {
    return Lanes.down<T>(x);
  }
  @inline quotient<T>(x: v128, e: v128, factor: v128): v128 {
    const y = v128.div<T>(x, v128.add<T>(Exponential.number<T>(E.One), e));
    return Sides.of<T>(x, v128.mul<T>(y, factor), y);
  }
}

/**
 * (1 + x + e)/(1 + e)²·e for x < 0, (1 + e + x·e)/(1 + e)² elsewhere. The first sum has a root r; near by, at x = r + d, it is
 * d + eʳ·(eᵈ − 1), where eʳ = −1 − r.
 */
export class SiluSlope {
  @inline of<T>(x: v128): v128 {
    return Gate.of<T, SiluSlope>(x);
  }
  @inline power<T>(x: v128): v128 {
    return Lanes.down<T>(x);
  }
  @inline quotient<T>(x: v128, e: v128, factor: v128): v128 {
    const one = Exponential.number<T>(E.One);
    const more = v128.add<T>(one, e);
    const within = v128.pmin<T>(x, Exponential.number<T>(E.Limit));
    const above = v128.add<T>(more, v128.mul<T>(within, e));
    let below = v128.add<T>(v128.add<T>(one, x), e);
    const near = v128.and(v128.gt<T>(x, Tail.number<T>(G.From)), v128.lt<T>(x, Tail.number<T>(G.To)));
    if (v128.any_true(near)) {
      const d = v128.sub<T>(v128.sub<T>(x, Tail.number<T>(G.Root)), Tail.number<T>(G.RootRest));
      const rise = v128.mul<T>(Tail.number<T>(G.ExpRoot), Exponential.less1<T>(v128.and(d, near)));
      below = v128.bitselect(v128.add<T>(d, rise), below, near);
    }
    let square = v128.mul<T>(more, more);
    // In 32 bits, where what the plain kernel finds is out of reach, 1 + 2e + e² is nearer.
    if (sizeof<T>() == 4) square = v128.add<T>(one, v128.add<T>(v128.add<T>(e, e), v128.mul<T>(e, e)));
    const y = v128.div<T>(Sides.of<T>(x, below, above), square);
    return Sides.of<T>(x, v128.mul<T>(y, factor), y);
  }
}

/** x·tanh(log(1 + eˣ)) = x·(e + 2)/(2 + e·(2 + e))·e for x < 0, x·(1 + 2e)/(1 + 2e·(1 + e)) elsewhere. */
export class Mish {
  @inline of<T>(x: v128): v128 {
    return Gate.of<T, Mish>(x);
  }
  @inline power<T>(x: v128): v128 {
    return Lanes.down<T>(x);
  }
  @inline quotient<T>(x: v128, e: v128, factor: v128): v128 {
    const one = Exponential.number<T>(E.One);
    const two = Exponential.number<T>(E.Two);
    const more = v128.add<T>(two, e);
    const twice = v128.add<T>(e, e);
    const top = v128.mul<T>(x, Sides.of<T>(x, more, v128.add<T>(one, twice)));
    const below = v128.add<T>(two, v128.mul<T>(e, more));
    const above = v128.add<T>(one, v128.mul<T>(twice, v128.add<T>(one, e)));
    const y = v128.div<T>(top, Sides.of<T>(x, below, above));
    return Sides.of<T>(x, v128.mul<T>(y, factor), y);
  }
}

/**
 * e·ω/(4 + 8e + 8e² + 4e³ + e⁴) with ω = 4(x + 1) + (4x + 6)·e + 4e² + e³ for x < −½, elsewhere in 1/e. Near the root r of ω, at x = r + d,
 * it is written in d and eᵈ − 1. Computed with 64 bits: 32 would be up to 6 units off.
 */
export class MishSlope {
  /** Not in line, as it is long and stands in two loops. */
  of<T>(x: v128): v128 {
    return Gate.of<T, MishSlope>(x);
  }
  @inline power<T>(x: v128): v128 {
    return v128.bitselect(x, Lanes.neg<f64>(x), v128.lt<f64>(x, Tail.number<f64>(G.Turn)));
  }
  @inline quotient<T>(x: v128, e: v128, factor: v128): v128 {
    const one = Exponential.number<f64>(E.One);
    const four = Tail.number<f64>(G.Four);
    const eight = Tail.number<f64>(G.Eight);
    const left = v128.lt<f64>(x, Tail.number<f64>(G.Turn));
    const four1 = v128.bitselect(four, one, left);
    const one4 = v128.bitselect(one, four, left);
    const times = v128.mul<f64>(four, v128.pmin<f64>(x, Exponential.number<f64>(E.Limit)));
    const plus4 = v128.add<f64>(times, four);
    const plus6 = v128.add<f64>(times, Tail.number<f64>(G.Six));
    let top = v128.mul<f64>(e, v128.bitselect(one, plus4, left));
    top = v128.mul<f64>(e, v128.add<f64>(v128.bitselect(four, plus6, left), top));
    top = v128.mul<f64>(e, v128.add<f64>(v128.bitselect(plus6, four, left), top));
    top = v128.add<f64>(v128.bitselect(plus4, one, left), top);
    const near = v128.and(v128.gt<f64>(x, Tail.number<f64>(G.MishFrom)), v128.lt<f64>(x, Tail.number<f64>(G.MishTo)));
    if (v128.any_true(near)) top = v128.bitselect(MishSlope.around(v128.and(x, near), e), top, near);
    let below = v128.mul<f64>(e, v128.add<f64>(v128.bitselect(four, eight, left), v128.mul<f64>(e, one4)));
    below = v128.mul<f64>(e, v128.add<f64>(eight, below));
    below = v128.mul<f64>(e, v128.add<f64>(v128.bitselect(eight, four, left), below));
    const y = v128.div<f64>(top, v128.add<f64>(four1, below));
    return v128.bitselect(v128.mul<f64>(y, factor), y, left);
  }
  @inline private static around(x: v128, e: v128): v128 {
    const three = Tail.number<f64>(G.Three);
    const four = Tail.number<f64>(G.Four);
    const root = Tail.number<f64>(G.MishRoot);
    const power = Tail.number<f64>(G.ExpMishRoot);
    const d = v128.sub<f64>(v128.sub<f64>(x, root), Tail.number<f64>(G.MishRootRest));
    const m = Exponential.less1<f64>(d);
    const cubic = v128.mul<f64>(power, v128.add<f64>(three, v128.mul<f64>(m, v128.add<f64>(three, m))));
    const square = v128.mul<f64>(four, v128.add<f64>(Exponential.number<f64>(E.Two), m));
    const line = v128.add<f64>(v128.mul<f64>(four, root), Tail.number<f64>(G.Six));
    const rise = v128.add<f64>(line, v128.mul<f64>(power, v128.add<f64>(square, cubic)));
    const flat = v128.mul<f64>(v128.mul<f64>(four, d), v128.add<f64>(Exponential.number<f64>(E.One), e));
    return v128.add<f64>(flat, v128.mul<f64>(v128.mul<f64>(power, m), rise));
  }
}
