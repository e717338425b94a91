import { quoted } from "@chainrule/core/internal";
/** What is wrong with an option, or nothing; checks are joined by `??`. */
export type Wrong = string | undefined;

const expected = (holds: boolean, name: string, what: string, x: unknown): Wrong =>
  holds ? undefined : `${name} is ${what}, got ${quoted(x)}`;

export const finite = (name: string, x: unknown): Wrong => expected(Number.isFinite(x), name, "a finite number", x);

export const fromZero = (name: string, x: number): Wrong =>
  expected(Number.isFinite(x) && x >= 0, name, "a number from 0 up", x);

export const aboveZero = (name: string, x: number): Wrong =>
  expected(Number.isFinite(x) && x > 0, name, "a number above 0", x);

/** From 0 to 1, both included. */
export const share = (name: string, x: number): Wrong =>
  expected(Number.isFinite(x) && x >= 0 && x <= 1, name, "a number from 0 to 1", x);

export const wholeFrom = (least: number, name: string, x: number): Wrong =>
  expected(Number.isInteger(x) && x >= least, name, `a whole number from ${least} up`, x);

export const oneOf = (name: string, x: unknown, all: readonly unknown[]): Wrong =>
  expected(all.includes(x), name, all.map(quoted).join(" or "), x);

/** Two numbers of which `holds` is true. */
export function pair(
  name: string,
  x: readonly [number, number],
  what: string,
  holds: (a: number, b: number) => boolean,
): Wrong {
  const good = Array.isArray(x) && x.length === 2 && x.every(Number.isFinite) && holds(x[0], x[1]);
  return expected(good, name, what, x);
}

const areDecays = (a: number, b: number): boolean => a >= 0 && a < 1 && b >= 0 && b < 1;
/** How much of two running averages is kept at each step. */
export const betasPair = (betas: readonly [number, number]): Wrong =>
  pair("betas", betas, "two numbers in [0, 1)", areDecays);
