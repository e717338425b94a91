const double = new Float64Array(1);
const doubleBits = new BigInt64Array(double.buffer);
const single = new Float32Array(1);
const singleBits = new Int32Array(single.buffer);

/** Numbers of the dtype from 0 up to x: neighbours differ by one. */
function place(x: number, dtype: string): bigint {
  if (dtype === "float32") {
    single[0] = x;
    const bits = singleBits[0]!;
    return BigInt(bits < 0 ? -(bits & 0x7fffffff) : bits);
  }
  double[0] = x;
  return doubleBits[0]! < 0n ? -(doubleBits[0]! & 0x7fffffffffffffffn) : doubleBits[0]!;
}

/** Steps from one number of the dtype to the other, in units in the last place; none between NaNs. */
export function ulps(a: number, b: number, dtype = "float64"): number {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return 0;
  if (Number.isNaN(a) || Number.isNaN(b)) return Infinity;
  return Math.abs(Number(place(a, dtype) - place(b, dtype)));
}

/** How far from the plain kernels those of WebAssembly may be, by the name of the operation; 0 for all others. */
export const UNITS: Readonly<Record<string, number>> = {
  erf: 2,
  exp: 2,
  expm1: 2,
  log: 2,
  log1p: 2,
  // Computed with 64 bits
  celu: 1,
  cos: 1,
  expOfQuotient: 1,
  log10: 1,
  log2: 1,
  pow: 1,
  powLowered1: 1,
  sin: 1,
  // Rounded after each step

  elu: 3,
  hardsigmoid: 2,
  hardswish: 3,
  rsqrt: 2,
  softsign: 2,
  pow3: 2,
  pow4: 2,
  "pow-2": 2,
  "pow-0.5": 2,
  // Made of several of these
  gelu: 4,
  geluSlope: 4,
  geluTanh: 4,
  geluTanhSlope: 4,
  logistic: 4,
  mish: 4,
  mishSlope: 4,
  sechSquare: 4,
  sigmoid: 4,
  silu: 4,
  siluSlope: 4,
  softplus: 4,
  tanh: 4,
};
