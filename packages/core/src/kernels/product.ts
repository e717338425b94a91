const UNIT = 2 ** 512;

/** x·2⁵¹²ᵉ, rounded once. */
export function lift(x: number, e: number): number {
  for (; e > 0; e--) x *= UNIT;
  for (; e < 0; e++) x /= UNIT;
  return x;
}

/** A product of numbers as m·2⁵¹²ᵉ, which neither overflows nor underflows on the way: otherwise of the same bits as the plain product. */
export class Product {
  m: number;
  e = 0;

  constructor(first: 1 | -1) {
    this.m = first;
  }

  times(x: number): void {
    this.m = this.fit(this.m * this.fit(x));
  }

  value(): number {
    return lift(this.m, this.e);
  }

  /** A number of which the square is far from both limits; 0, infinities and NaN stay. */
  private fit(x: number): number {
    for (; Math.abs(x) >= 2 ** 256 && Math.abs(x) < Infinity; this.e++) x /= UNIT;
    for (; Math.abs(x) < 2 ** -256 && x !== 0; this.e--) x *= UNIT;
    return x;
  }
}
