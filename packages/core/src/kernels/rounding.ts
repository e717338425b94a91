/** The nearest whole number, the even one of two: adding 2⁵² leaves no room for a fraction. */
export function roundEven(x: number): number {
  const size = Math.abs(x);
  if (!(size < 2 ** 52)) return x;
  const whole = size + 2 ** 52 - 2 ** 52;
  return x < 0 || Object.is(x, -0) ? -whole : whole;
}

/** What is left of a after dividing by b, with the sign of b; a 0 has it too. */
export function remainder(a: number, b: number): number {
  const rest = a % b;
  if (rest === 0) return b < 0 ? -0 : 0;
  return rest < 0 !== b < 0 ? rest + b : rest;
}

/** ⌊a/b⌋ of the exact quotient: a/b as rounded may have reached the next whole number. */
export function floorDivide(a: number, b: number): number {
  if (b === 0) return a / b;
  if (!Number.isFinite(a)) return NaN;
  const rest = a % b;
  let quotient = (a - rest) / b;
  if (rest !== 0 && rest < 0 !== b < 0) quotient--;
  return quotient === 0 ? (a / b < 0 || Object.is(a / b, -0) ? -0 : 0) : Math.round(quotient);
}
