/** xⁿ for a whole n ≥ 0, by squaring: products have the same bits in every engine, `**` has not. */
export function power(x: number, n: number): number {
  let result = 1;
  for (let factor = x, rest = n; rest > 0; rest = Math.floor(rest / 2), factor *= factor)
    if (rest % 2 === 1) result *= factor;
  return result;
}
