import { fromTypedArray, jvp, type Tensor, vjp } from "@chainrule/core";

/** A function from tensors to tensors. */
export type Program = (x: Tensor[]) => Tensor[];

const float64 = (x: Tensor): Float64Array => Float64Array.from(x.toTypedArray());

/** ⟨a, b⟩ over all tensors. */
const inner = (a: readonly Tensor[], b: readonly Tensor[]): number => {
  let sum = 0;
  a.forEach((x, k) => {
    const y = float64(b[k]!);
    float64(x).forEach((value, i) => (sum += value * y[i]!));
  });
  return sum;
};
export const largest = (values: Iterable<number>): number => {
  let top = 0;
  for (const value of values) top = Math.max(top, Math.abs(value));
  return top;
};

/** Signed numbers of a size between 1/4 and 1, in the shapes and dtypes of some tensors: every coordinate counts. */
export function directions(like: readonly Tensor[], seed: number): Tensor[] {
  let state = seed | 0;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state >>> 16;
  };
  return like.map((x) => {
    const values = Float64Array.from(
      { length: x.size },
      () => ((256 + (next() % 769)) * (next() & 64 ? 1 : -1)) / 1024,
    );
    return fromTypedArray(x.dtype === "float32" ? Float32Array.from(values) : values, x.shape) as Tensor;
  });
}

/** x + step·t. */
const moved = (x: readonly Tensor[], t: readonly Tensor[], step: number): Tensor[] =>
  x.map((at, k) => {
    const direction = float64(t[k]!);
    return fromTypedArray(float64(at).map((value, i) => value + step * direction[i]!), at.shape) as Tensor; // prettier-ignore
  });

/**
 * The derivative of `f` at `x` in direction `t`, by central differences at h, h/2 and h/4, extrapolated twice (Richardson); `error`
 * is the difference the last extrapolation made.
 */
export function difference(
  f: Program,
  x: readonly Tensor[],
  t: readonly Tensor[],
  h: number,
): { values: number[]; error: number } {
  const flat = (step: number): number[] => f(moved(x, t, step)).flatMap((y) => [...float64(y)]);
  const central = (step: number): number[] => {
    const [above, below] = [flat(step), flat(-step)];
    return above.map((value, i) => (value - below[i]!) / (2 * step));
  };
  const [wide, half, narrow] = [central(h), central(h / 2), central(h / 4)] as const;
  const better = (coarse: number[], fine: number[], power: number): number[] =>
    fine.map((value, i) => value + (value - coarse[i]!) / (power - 1));
  const first = better(half, narrow, 4);
  const values = better(better(wide, half, 4), first, 16);
  return { values, error: largest(values.map((value, i) => value - first[i]!)) };
}

/** Steps to try: the next if the differences at one do not agree with each other. */
const STEPS = [2 ** -8, 2 ** -11, 2 ** -6];

export class Inconclusive extends Error {}

/**
 * Holds the derivatives of `f` at `x`, to `order`, in every mix of modes, against differences of the derivative before, and the two modes
 * against each other: J·t = (f(x + εt) − f(x − εt))/2ε and ⟨u, J·t⟩ = ⟨Jᵀ·u, t⟩.
 */
export function checkDerivatives(f: Program, x: readonly Tensor[], order: number, seed = 1, path = "f"): void {
  const n = x.length;
  const t = directions(x, seed);
  const forward: Program = (xt) => jvp(f, [xt.slice(0, n)], [xt.slice(n)])[1];
  const reverse: Program = (xu) => {
    const [, pull] = vjp(f, xu.slice(0, n));
    return pull(xu.slice(n) as never)[0];
  };
  const y = f([...x]);
  const u = directions(y, seed + 1);
  const pushed = forward([...x, ...t]);
  const pulled = reverse([...x, ...u]);
  checkKind(`${path}: the tangent of output`, pushed, y);
  checkKind(`${path}: the cotangent of input`, pulled, x);

  const analytic = pushed.flatMap((part) => [...float64(part)]);
  const scale = largest(analytic);
  const single = [...x, ...y].some((part) => part.dtype === "float32");
  const [left, right] = [inner(u, pushed), inner(pulled, t)];
  // What is made of numbers around 1 may cancel to anything: hence the 1. NaN fails too.
  if (!(Math.abs(left - right) <= (single ? 1e-4 : 1e-10) * (scale + largest([left, right]) + 1))) {
    throw new Error(`${path}: forward and reverse mode differ: ⟨u, J·t⟩ = ${left}, ⟨Jᵀ·u, t⟩ = ${right}`);
  }
  if (!single) {
    const size = largest(y.flatMap((part) => [...float64(part)]));
    let reason = "";
    for (const h of STEPS) {
      const numeric = difference(f, x, t, h);
      const top = largest(numeric.values);
      const tolerance = 1e-8 * top + (1e-13 / h) * (size + 1) + 10 * numeric.error + 1e-10;
      const off = analytic.findIndex((v, i) => !(Math.abs(v - numeric.values[i]!) <= tolerance));
      if (off >= 0 && tolerance < 1e-3 * (top + scale) + 1e-9 * size) {
        throw new Error(
          `${path}: the derivative is wrong at element ${off} of the result: J·t = ${analytic[off]}, differences say ${numeric.values[off]} ± ${tolerance}`,
        );
      }
      if (off < 0 && numeric.error <= 1e-6 * (top + size + 1)) {
        reason = "";
        break;
      }
      reason = `${path}: differences at step ${h} agree to ${numeric.error} only`;
    }
    if (reason !== "") throw new Inconclusive(reason);
  }
  if (order === 1) return;
  checkDerivatives(forward, [...x, ...t], order - 1, seed + 2, `jvp of ${path}`);
  checkDerivatives(reverse, [...x, ...u], order - 1, seed + 3, `vjp of ${path}`);
}

function checkKind(what: string, parts: readonly Tensor[], like: readonly Tensor[]): void {
  parts.forEach((part, i) => {
    const [got, wanted] = [part, like[i]!].map((x) => `${x.dtype} [${x.shape.join(",")}]`);
    if (got !== wanted) throw new Error(`${what} ${i} is ${got}, expected ${wanted}`);
  });
}
