import { E, Exponential } from "./exponential";
import { Lanes } from "./lanes";

// erf x = x + x·P(x²) below 7/8, and 1 − e^(−x²)·H(u) with u = (x − 3)/(x + 3) from there on, after Shepherd and Laframboise 1981: in u the
// scaled complement is nearly a polynomial of low degree. P and H make the error of erf least (Remez).

// prettier-ignore
const SINGLE = memory.data<f32>([
  0.875, 3.9375, 3,
  0.12837915743627808726, -0.37612550042831292356, 0.11282450306178653245, -0.026791256555472668134, 0.0050318390626315604513,
  -0.00062012889794480053795,
  0.1790001685, -0.32625851106, 0.24535811496, -0.151359131348, 0.0681432754558, -0.0299448772973,
]);
// prettier-ignore
const DOUBLE = memory.data<f64>([
  0.875, 5.9375, 3,
  0.12837916709551254902, -0.37612638903182979057, 0.11283791670915234226, -0.026866170637080727447, 0.005223977541877752112,
  -0.00085483219483189687762, 0.00012055140168223362195, -0.000014920924390430465035, 1.6387168993981447493e-6,
  -1.5617932357926504186e-7, 1.0453165651735970808e-8,
  0.17900115118138334583, -0.32623356004366486108, 0.24560380169995158034, -0.15011593650724392854, 0.071665839731002906183,
  -0.024392461205190288559, 0.0042694286057127687634, 0.00070914331407349366701, -0.00059264488490784353024,
  0.000054580529967209279511, 0.000076760070013531143049, -2.9506739483620343324e-6, -5.5359916808546999816e-6,
]);
const enum At {
  Near,
  Flat,
  Middle,
  P,
}

export class Erf {
  @inline private number<T>(at: i32): v128 {
    return sizeof<T>() == 4 ? v128.load_splat<T>(SINGLE + at * 4) : v128.load_splat<T>(DOUBLE + at * 8);
  }
  @inline private pair<T>(at: i32, x: v128): v128 {
    return v128.add<T>(this.number<T>(at), v128.mul<T>(this.number<T>(at + 1), x));
  }
  @inline private four<T>(at: i32, x: v128, x2: v128): v128 {
    return v128.add<T>(this.pair<T>(at, x), v128.mul<T>(x2, this.pair<T>(at + 2, x)));
  }
  @inline private near<T>(x: v128): v128 {
    const z = v128.mul<T>(x, x);
    const z2 = v128.mul<T>(z, z);
    const z4 = v128.mul<T>(z2, z2);
    let high = this.pair<T>(At.P + 4, z);
    if (sizeof<T>() == 8) {
      const last = v128.add<T>(this.pair<T>(At.P + 8, z), v128.mul<T>(z2, this.number<T>(At.P + 10)));
      high = v128.add<T>(this.four<T>(At.P + 4, z, z2), v128.mul<T>(z4, last));
    }
    return v128.add<T>(x, v128.mul<T>(x, v128.add<T>(this.four<T>(At.P, z, z2), v128.mul<T>(z4, high))));
  }
  @inline private far<T>(size: v128): v128 {
    const middle = this.number<T>(At.Middle);
    const u = v128.div<T>(v128.sub<T>(size, middle), v128.add<T>(size, middle));
    const u2 = v128.mul<T>(u, u);
    const u4 = v128.mul<T>(u2, u2);
    const h: i32 = sizeof<T>() == 4 ? At.P + 6 : At.P + 11;
    let high = this.pair<T>(h + 4, u);
    if (sizeof<T>() == 8) {
      const last = v128.add<T>(this.four<T>(h + 8, u, u2), v128.mul<T>(u4, this.number<T>(h + 12)));
      high = v128.add<T>(this.four<T>(h + 4, u, u2), v128.mul<T>(u4, last));
    }
    const complement = v128.mul<T>(
      Exponential.of<T>(Lanes.neg<T>(v128.mul<T>(size, size))),
      v128.add<T>(this.four<T>(h, u, u2), v128.mul<T>(u4, high)),
    );
    return v128.sub<T>(Exponential.number<T>(E.One), complement);
  }
  @inline of<T>(x: v128): v128 {
    const size = v128.pmin<T>(Lanes.size<T>(x), this.number<T>(At.Flat));
    const far = v128.or(this.far<T>(size), Lanes.sign<T>(x));
    return v128.bitselect(this.near<T>(x), far, v128.lt<T>(size, this.number<T>(At.Near)));
  }
}
