import { indexSelect, ShapeError, type Tensor } from "@chainrule/core/lean";

/** What a convolution finds beyond the edge: zeros, the inside mirrored, the edge itself, or the other end. */
export type PaddingMode = "zeros" | "reflect" | "replicate" | "circular";

export const PADDING_MODES: readonly PaddingMode[] = ["zeros", "reflect", "replicate", "circular"];

/** Where place i beyond 0 … n − 1 is read from. */
const FROM: Record<Exclude<PaddingMode, "zeros">, (i: number, n: number) => number> = {
  reflect: (i, n) => (i < 0 ? -i : i < n ? i : 2 * (n - 1) - i),
  replicate: (i, n) => Math.min(Math.max(i, 0), n - 1),
  circular: (i, n) => (i + n) % n,
};

/** The last dims with `before` and `after` more places, which repeat what is inside. */
export function padInside(
  label: string,
  x: Tensor,
  mode: Exclude<PaddingMode, "zeros">,
  before: readonly number[],
  after: readonly number[],
): Tensor {
  const first = x.rank - before.length;
  return before.reduce((y: Tensor, left, d) => {
    const right = after[d]!;
    const n = x.shape[first + d]!;
    // A mirror does not repeat the edge, and neither goes round twice.
    const most = mode === "reflect" ? n - 1 : mode === "circular" ? n : n === 0 ? 0 : Infinity;
    if (Math.max(left, right) > most)
      throw new ShapeError(
        label,
        `padding ${Math.max(left, right)} of mode "${mode}" does not fit dim ${first + d} of [${x.shape.join(",")}], which allows ${most}`,
        [x.shape],
      );
    if (left + right === 0) return y;
    return indexSelect(
      y,
      first + d,
      Array.from({ length: left + n + right }, (_, i) => FROM[mode](i - left, n)),
    );
  }, x);
}
