import { Erf } from "./erf";
import { E, Exponential } from "./exponential";
import { Exp, Expm1, Log, Log1p, Logistic, SechSquare, Sigmoid, Softplus, Tanh } from "./functions";
import { Mish, MishSlope, Silu, SiluSlope } from "./gates";
import { hyperbolic, hyperbolicShort, normal } from "./gelu";
import { Lanes } from "./lanes";
import { each, eachFour, eachWide, eachFourThatFit, eachTwoThatFit } from "./turns";

// Operations on arrays of 32- or 64-bit numbers at addresses, named as core's operations are. `bytes` counts up to 64: what is behind the
// last number is read and written too. Input and output may be one, but not overlap otherwise.

class Neg {
  @inline of<T>(x: v128): v128 {
    return v128.neg<T>(x);
  }
}
class Square {
  @inline of<T>(x: v128): v128 {
    return v128.mul<T>(x, x);
  }
}
class Sqrt {
  @inline of<T>(x: v128): v128 {
    return v128.sqrt<T>(x);
  }
}
class Reciprocal {
  @inline of<T>(x: v128): v128 {
    return v128.div<T>(Exponential.number<T>(E.One), x);
  }
}
class Relu {
  @inline of<T>(x: v128): v128 {
    return v128.andnot(x, v128.le<T>(x, Exponential.number<T>(E.Zero)));
  }
}
class Add {
  @inline of<T>(a: v128, b: v128): v128 {
    return v128.add<T>(a, b);
  }
}
class Sub {
  @inline of<T>(a: v128, b: v128): v128 {
    return v128.sub<T>(a, b);
  }
}
class Mul {
  @inline of<T>(a: v128, b: v128): v128 {
    return v128.mul<T>(a, b);
  }
}
class Div {
  @inline of<T>(a: v128, b: v128): v128 {
    return v128.div<T>(a, b);
  }
}
class Maximum {
  @inline of<T>(a: v128, b: v128): v128 {
    return v128.max<T>(a, b);
  }
}
class Minimum {
  @inline of<T>(a: v128, b: v128): v128 {
    return v128.min<T>(a, b);
  }
}

class Keep {
  @inline of<T>(c: v128, a: v128): v128 {
    return v128.and(a, v128.ne<T>(c, Exponential.number<T>(E.Zero)));
  }
}

/** Comparisons answer 1 or 0, as an array of answers would hold them. */
class Eq {
  @inline of<T>(a: v128, b: v128): v128 {
    return v128.and(v128.eq<T>(a, b), Exponential.number<T>(E.One));
  }
}
class Ne {
  @inline of<T>(a: v128, b: v128): v128 {
    return v128.and(v128.ne<T>(a, b), Exponential.number<T>(E.One));
  }
}
class Lt {
  @inline of<T>(a: v128, b: v128): v128 {
    return v128.and(v128.lt<T>(a, b), Exponential.number<T>(E.One));
  }
}
class Le {
  @inline of<T>(a: v128, b: v128): v128 {
    return v128.and(v128.le<T>(a, b), Exponential.number<T>(E.One));
  }
}
class Gt {
  @inline of<T>(a: v128, b: v128): v128 {
    return v128.and(v128.gt<T>(a, b), Exponential.number<T>(E.One));
  }
}
class Ge {
  @inline of<T>(a: v128, b: v128): v128 {
    return v128.and(v128.ge<T>(a, b), Exponential.number<T>(E.One));
  }
}

function pairs<T, F>(o: usize, a: usize, b: usize, bytes: usize): void {
  for (const end = a + bytes; a < end; a += 64, b += 64, o += 64) {
    v128.store(o, changetype<F>(0).of<T>(v128.load(a), v128.load(b)));
    v128.store(o, changetype<F>(0).of<T>(v128.load(a, 16), v128.load(b, 16)), 16);
    v128.store(o, changetype<F>(0).of<T>(v128.load(a, 32), v128.load(b, 32)), 32);
    v128.store(o, changetype<F>(0).of<T>(v128.load(a, 48), v128.load(b, 48)), 48);
  }
}

/** Functions of a single instruction or few; the choice among them costs next to nothing. */
const enum Short {
  Abs,
  Sign,
  Floor,
  Ceil,
  Trunc,
  Nearest,
}
function shortly<T>(o: usize, a: usize, bytes: usize, kind: Short): void {
  for (const end = a + bytes; a < end; a += 16, o += 16) {
    const x = v128.load(a);
    let y = Lanes.size<T>(x);
    if (kind == Short.Sign) {
      // 0 and NaN are their own
      const one = v128.or(Lanes.sign<T>(x), Exponential.number<T>(E.One));
      y = v128.bitselect(one, x, v128.gt<T>(y, Exponential.number<T>(E.Zero)));
    } else if (kind == Short.Floor) y = v128.floor<T>(x);
    else if (kind == Short.Ceil) y = v128.ceil<T>(x);
    else if (kind == Short.Trunc) y = v128.trunc<T>(x);
    else if (kind == Short.Nearest) y = v128.nearest<T>(x);
    v128.store(o, y);
  }
}
function short(single: bool, o: usize, a: usize, bytes: usize, kind: Short): void {
  if (single) shortly<f32>(o, a, bytes, kind);
  else shortly<f64>(o, a, bytes, kind);
}
export function abs(single: bool, o: usize, a: usize, bytes: usize): void {
  short(single, o, a, bytes, Short.Abs);
}
export function sign(single: bool, o: usize, a: usize, bytes: usize): void {
  short(single, o, a, bytes, Short.Sign);
}
export function floor(single: bool, o: usize, a: usize, bytes: usize): void {
  short(single, o, a, bytes, Short.Floor);
}
export function ceil(single: bool, o: usize, a: usize, bytes: usize): void {
  short(single, o, a, bytes, Short.Ceil);
}
export function trunc(single: bool, o: usize, a: usize, bytes: usize): void {
  short(single, o, a, bytes, Short.Trunc);
}
/** The operation `round` to 0 digits. */
export function round0(single: bool, o: usize, a: usize, bytes: usize): void {
  short(single, o, a, bytes, Short.Nearest);
}
export function exp(single: bool, o: usize, a: usize, bytes: usize): void {
  if (single) eachFourThatFit<f32, Exp>(o, a, bytes);
  else eachFourThatFit<f64, Exp>(o, a, bytes);
}
export function expm1(single: bool, o: usize, a: usize, bytes: usize): void {
  if (single) eachTwoThatFit<f32, Expm1>(o, a, bytes);
  else eachTwoThatFit<f64, Expm1>(o, a, bytes);
}
export function tanh(single: bool, o: usize, a: usize, bytes: usize): void {
  if (single) eachFour<f32, Tanh>(o, a, bytes);
  else eachFour<f64, Tanh>(o, a, bytes);
}
export function sigmoid(single: bool, o: usize, a: usize, bytes: usize): void {
  if (single) eachFourThatFit<f32, Sigmoid>(o, a, bytes);
  else eachFourThatFit<f64, Sigmoid>(o, a, bytes);
}
export function logistic(single: bool, o: usize, a: usize, bytes: usize): void {
  if (single) eachTwoThatFit<f32, Logistic>(o, a, bytes);
  else eachTwoThatFit<f64, Logistic>(o, a, bytes);
}
export function sechSquare(single: bool, o: usize, a: usize, bytes: usize): void {
  if (single) eachTwoThatFit<f32, SechSquare>(o, a, bytes);
  else eachTwoThatFit<f64, SechSquare>(o, a, bytes);
}
export function softplus(single: bool, o: usize, a: usize, bytes: usize): void {
  if (single) eachTwoThatFit<f32, Softplus>(o, a, bytes);
  else eachTwoThatFit<f64, Softplus>(o, a, bytes);
}
export function log(single: bool, o: usize, a: usize, bytes: usize): void {
  if (single) eachTwoThatFit<f32, Log>(o, a, bytes);
  else eachTwoThatFit<f64, Log>(o, a, bytes);
}
export function log1p(single: bool, o: usize, a: usize, bytes: usize): void {
  if (single) eachTwoThatFit<f32, Log1p>(o, a, bytes);
  else eachTwoThatFit<f64, Log1p>(o, a, bytes);
}
export function erf(single: bool, o: usize, a: usize, bytes: usize): void {
  if (single) each<f32, Erf>(o, a, bytes);
  else each<f64, Erf>(o, a, bytes);
}
export function silu(single: bool, o: usize, a: usize, bytes: usize): void {
  if (single) each<f32, Silu>(o, a, bytes);
  else each<f64, Silu>(o, a, bytes);
}
export function siluSlope(single: bool, o: usize, a: usize, bytes: usize): void {
  if (single) each<f32, SiluSlope>(o, a, bytes);
  else each<f64, SiluSlope>(o, a, bytes);
}
export function mish(single: bool, o: usize, a: usize, bytes: usize): void {
  if (single) each<f32, Mish>(o, a, bytes);
  else each<f64, Mish>(o, a, bytes);
}
export function mishSlope(single: bool, o: usize, a: usize, bytes: usize): void {
  if (single) eachWide<MishSlope>(o, a, bytes);
  else each<f64, MishSlope>(o, a, bytes);
}
export function gelu(single: bool, o: usize, a: usize, bytes: usize): void {
  if (single) normal<f32>(o, a, bytes, false);
  else normal<f64>(o, a, bytes, false);
}
export function geluSlope(single: bool, o: usize, a: usize, bytes: usize): void {
  if (single) normal<f32>(o, a, bytes, true);
  else normal<f64>(o, a, bytes, true);
}
export function geluTanh(single: bool, o: usize, a: usize, bytes: usize): void {
  if (single) hyperbolicShort(o, a, bytes, false);
  else hyperbolic(o, a, bytes, false);
}
export function geluTanhSlope(single: bool, o: usize, a: usize, bytes: usize): void {
  if (single) hyperbolicShort(o, a, bytes, true);
  else hyperbolic(o, a, bytes, true);
}
export function neg(single: bool, o: usize, a: usize, bytes: usize): void {
  if (single) eachFour<f32, Neg>(o, a, bytes);
  else eachFour<f64, Neg>(o, a, bytes);
}
export function square(single: bool, o: usize, a: usize, bytes: usize): void {
  if (single) eachFour<f32, Square>(o, a, bytes);
  else eachFour<f64, Square>(o, a, bytes);
}
export function sqrt(single: bool, o: usize, a: usize, bytes: usize): void {
  if (single) eachFour<f32, Sqrt>(o, a, bytes);
  else eachFour<f64, Sqrt>(o, a, bytes);
}
export function reciprocal(single: bool, o: usize, a: usize, bytes: usize): void {
  if (single) eachFour<f32, Reciprocal>(o, a, bytes);
  else eachFour<f64, Reciprocal>(o, a, bytes);
}
export function relu(single: bool, o: usize, a: usize, bytes: usize): void {
  if (single) eachFour<f32, Relu>(o, a, bytes);
  else eachFour<f64, Relu>(o, a, bytes);
}
export function add(single: bool, o: usize, a: usize, b: usize, bytes: usize): void {
  if (single) pairs<f32, Add>(o, a, b, bytes);
  else pairs<f64, Add>(o, a, b, bytes);
}
export function sub(single: bool, o: usize, a: usize, b: usize, bytes: usize): void {
  if (single) pairs<f32, Sub>(o, a, b, bytes);
  else pairs<f64, Sub>(o, a, b, bytes);
}
export function mul(single: bool, o: usize, a: usize, b: usize, bytes: usize): void {
  if (single) pairs<f32, Mul>(o, a, b, bytes);
  else pairs<f64, Mul>(o, a, b, bytes);
}
export function div(single: bool, o: usize, a: usize, b: usize, bytes: usize): void {
  if (single) pairs<f32, Div>(o, a, b, bytes);
  else pairs<f64, Div>(o, a, b, bytes);
}
export function maximum(single: bool, o: usize, a: usize, b: usize, bytes: usize): void {
  if (single) pairs<f32, Maximum>(o, a, b, bytes);
  else pairs<f64, Maximum>(o, a, b, bytes);
}
export function minimum(single: bool, o: usize, a: usize, b: usize, bytes: usize): void {
  if (single) pairs<f32, Minimum>(o, a, b, bytes);
  else pairs<f64, Minimum>(o, a, b, bytes);
}
export function eq(single: bool, o: usize, a: usize, b: usize, bytes: usize): void {
  if (single) pairs<f32, Eq>(o, a, b, bytes);
  else pairs<f64, Eq>(o, a, b, bytes);
}
export function ne(single: bool, o: usize, a: usize, b: usize, bytes: usize): void {
  if (single) pairs<f32, Ne>(o, a, b, bytes);
  else pairs<f64, Ne>(o, a, b, bytes);
}
export function lt(single: bool, o: usize, a: usize, b: usize, bytes: usize): void {
  if (single) pairs<f32, Lt>(o, a, b, bytes);
  else pairs<f64, Lt>(o, a, b, bytes);
}
export function le(single: bool, o: usize, a: usize, b: usize, bytes: usize): void {
  if (single) pairs<f32, Le>(o, a, b, bytes);
  else pairs<f64, Le>(o, a, b, bytes);
}
export function gt(single: bool, o: usize, a: usize, b: usize, bytes: usize): void {
  if (single) pairs<f32, Gt>(o, a, b, bytes);
  else pairs<f64, Gt>(o, a, b, bytes);
}
export function ge(single: bool, o: usize, a: usize, b: usize, bytes: usize): void {
  if (single) pairs<f32, Ge>(o, a, b, bytes);
  else pairs<f64, Ge>(o, a, b, bytes);
}
class Select {
  @inline static of<T>(c: v128, a: v128, b: v128): v128 {
    return v128.bitselect(a, b, v128.ne<T>(c, Exponential.number<T>(E.Zero)));
  }
}
function select<T>(o: usize, c: usize, a: usize, b: usize, bytes: usize): void {
  for (const end = a + bytes; a < end; a += 64, b += 64, c += 64, o += 64) {
    v128.store(o, Select.of<T>(v128.load(c), v128.load(a), v128.load(b)));
    v128.store(o, Select.of<T>(v128.load(c, 16), v128.load(a, 16), v128.load(b, 16)), 16);
    v128.store(o, Select.of<T>(v128.load(c, 32), v128.load(a, 32), v128.load(b, 32)), 32);
    v128.store(o, Select.of<T>(v128.load(c, 48), v128.load(a, 48), v128.load(b, 48)), 48);
  }
}
/** b where c is 0, else a. */
export function where(single: bool, o: usize, c: usize, a: usize, b: usize, bytes: usize): void {
  if (single) select<f32>(o, c, a, b, bytes);
  else select<f64>(o, c, a, b, bytes);
}
/** 0 where c is 0, else a. */
export function keep(single: bool, o: usize, c: usize, a: usize, bytes: usize): void {
  if (single) pairs<f32, Keep>(o, c, a, bytes);
  else pairs<f64, Keep>(o, c, a, bytes);
}
