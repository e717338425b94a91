import { E, Exponential } from "./exponential";
import { Lanes } from "./lanes";
import { Logarithm } from "./logarithm";

// Functions of a vector. One whose formula does not hold everywhere says where it `fits`, and what to do elsewhere.

export class Exp {
  @inline fits<T>(x: v128): v128 {
    return Exponential.normal<T>(x);
  }
  @inline of<T>(x: v128): v128 {
    return Exponential.of<T>(x);
  }
  any<T>(x: v128): v128 {
    return Exponential.any<T>(x, 0);
  }
}
export class Expm1 {
  @inline fits<T>(x: v128): v128 {
    return Exponential.normal<T>(x);
  }
  @inline of<T>(x: v128): v128 {
    return v128.or(Exponential.less1<T>(x), Lanes.sign<T>(x));
  }
  any<T>(x: v128): v128 {
    const far = v128.sub<T>(Exponential.any<T>(x, 0), Exponential.number<T>(E.One));
    return v128.bitselect(this.of<T>(x), far, Exponential.normal<T>(x));
  }
}
/** (e²ˣ − 1)/(e²ˣ + 1) of |x|, which is 1 from 10 or 20 on. */
export class Tanh {
  @inline of<T>(x: v128): v128 {
    const size = v128.pmin<T>(Lanes.size<T>(x), Exponential.number<T>(E.Flat));
    const e = Exponential.less1<T>(v128.add<T>(size, size));
    return v128.or(v128.div<T>(e, v128.add<T>(e, Exponential.number<T>(E.Two))), Lanes.sign<T>(x));
  }
}
/** 1/(1 + e⁻ˣ); where e⁻ˣ overflows, eˣ/(1 + eˣ). */
export class Sigmoid {
  @inline fits<T>(x: v128): v128 {
    return Exponential.normal<T>(x);
  }
  @inline of<T>(x: v128): v128 {
    const one = Exponential.number<T>(E.One);
    return v128.div<T>(one, v128.add<T>(one, Exponential.of<T>(Lanes.neg<T>(x))));
  }
  any<T>(x: v128): v128 {
    const one = Exponential.number<T>(E.One);
    const e = Exponential.any<T>(Lanes.down<T>(x), 0);
    const top = v128.bitselect(e, one, v128.lt<T>(x, Exponential.number<T>(E.Zero)));
    return v128.bitselect(this.of<T>(x), v128.div<T>(top, v128.add<T>(one, e)), Exponential.normal<T>(x));
  }
}
/** σ′(x) = e/(1 + e)² with e = e^−|x|. */
export class Logistic {
  @inline fits<T>(x: v128): v128 {
    return Exponential.normal<T>(x);
  }
  @inline of<T>(x: v128): v128 {
    const e = Exponential.of<T>(Lanes.down<T>(x));
    return bell<T>(e, e);
  }
  any<T>(x: v128): v128 {
    const e = Exponential.any<T>(Lanes.down<T>(x), 0);
    return bell<T>(e, e);
  }
}
/** 1/cosh²(x) = 4·σ′(2x). */
export class SechSquare {
  @inline fits<T>(x: v128): v128 {
    return Exponential.normal<T>(v128.add<T>(x, x));
  }
  @inline of<T>(x: v128): v128 {
    const e = Exponential.of<T>(Lanes.down<T>(v128.add<T>(x, x)));
    const twice = v128.add<T>(e, e);
    return bell<T>(v128.add<T>(twice, twice), e);
  }
  any<T>(x: v128): v128 {
    const twice = Lanes.down<T>(v128.add<T>(x, x));
    return bell<T>(Exponential.any<T>(twice, 2), Exponential.any<T>(twice, 0));
  }
}
/** max(x, 0) + log(1 + e^−|x|). */
export class Softplus {
  @inline fits<T>(x: v128): v128 {
    return Exponential.normal<T>(x);
  }
  @inline of<T>(x: v128): v128 {
    return soft<T>(x, Exponential.of<T>(Lanes.down<T>(x)));
  }
  any<T>(x: v128): v128 {
    return soft<T>(x, Exponential.any<T>(Lanes.down<T>(x), 0));
  }
}
export class Log {
  @inline fits<T>(x: v128): v128 {
    return Logarithm.normal<T>(x);
  }
  @inline of<T>(x: v128): v128 {
    return Logarithm.of<T>(x);
  }
  any<T>(x: v128): v128 {
    return Logarithm.any<T>(x);
  }
}
export class Log1p {
  @inline fits<T>(x: v128): v128 {
    return Logarithm.finite1<T>(x);
  }
  @inline of<T>(x: v128): v128 {
    return Logarithm.of1<T>(x);
  }
  any<T>(x: v128): v128 {
    return Logarithm.any1<T>(x);
  }
}

/** top/(1 + e)² for 0 ≤ e ≤ 1; squaring would double the rounding error of 1 + e, so the square gets it back. */
function bell<T>(top: v128, e: v128): v128 {
  const one = Exponential.number<T>(E.One);
  const sum = v128.add<T>(one, e);
  const rest = v128.sub<T>(e, v128.sub<T>(sum, one));
  const square = v128.add<T>(v128.mul<T>(sum, sum), v128.mul<T>(v128.add<T>(sum, sum), rest));
  return v128.div<T>(top, square);
}
function soft<T>(x: v128, e: v128): v128 {
  return v128.add<T>(v128.pmax<T>(x, Exponential.number<T>(E.Zero)), Logarithm.unit1<T>(e));
}
