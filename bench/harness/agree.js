// @ts-check

/** Largest difference, relative to Σ |result·w|, that rounding may make over the few steps that are compared. */
const TOLERANCE = { float32: 2e-5, float64: 1e-11 };

/** @typedef {{ name: string; check: { sum: number; scale: number; size: number }; dtype: "float32" | "float64" }} Checked */

/** @param {Checked} a @param {Checked} b */
function agree(a, b) {
  const tolerance = Math.max(TOLERANCE[a.dtype], TOLERANCE[b.dtype]);
  const scale = Math.max(a.check.scale, b.check.scale);
  return a.check.size === b.check.size && Math.abs(a.check.sum - b.check.sum) <= tolerance * scale;
}

/**
 * Names of those whose result is not that of the largest group that agrees.
 * @param {readonly Checked[]} results
 */
export function disagreeing(results) {
  const friends = results.map((a) => results.filter((b) => agree(a, b)));
  const most = Math.max(0, ...friends.map(({ length }) => length));
  const group = friends.find(({ length }) => length === most) ?? [];
  // Two that contradict each other: neither is right until a third says so.
  const trusted = most === 1 && results.length > 1 ? [] : group;
  return results.filter((result) => !trusted.includes(result)).map(({ name }) => name);
}
