/** A place on the line: how far along, the loss there, its gradient, and its slope along the line. */
export interface Point {
  readonly t: number;
  readonly loss: number;
  readonly gradient: Float64Array;
  readonly slope: number;
}

// How much the loss must fall, and the slope, of what a straight line promises.
const ENOUGH = 1e-4;
const FLATTER = 0.9;
/** A bracket that moves no parameter by more is not divided further. */
const SMALLEST = 1e-9;

/** Minimum between the bounds of the cubic through two points with their slopes (Nocedal & Wright 2006, 3.59). */
function cubicMinimum(a: Point, b: Point, low: number, high: number): number {
  const d1 = a.slope + b.slope - (3 * (a.loss - b.loss)) / (a.t - b.t);
  const square = d1 * d1 - a.slope * b.slope;
  if (!(square >= 0)) return (low + high) / 2;
  const d2 = Math.sqrt(square);
  const [left, right] = a.t <= b.t ? [a, b] : [b, a];
  const t = right.t - (right.t - left.t) * ((right.slope + d2 - d1) / (right.slope - left.slope + 2 * d2));
  return Math.min(Math.max(t, low), high);
}

/**
 * A step that meets the strong Wolfe conditions (Nocedal & Wright 2006, algorithms 3.5 and 3.6), as PyTorch's LBFGS takes it, or the
 * best found in `most` steps. `at` evaluates a place on the line, `start` is t = 0, `size` the largest element of the direction.
 */
export function strongWolfe(
  at: (t: number) => Point,
  start: Point,
  first: number,
  size: number,
  most: number,
): { point: Point; evaluations: number } {
  const tooHigh = (p: Point): boolean => p.loss > start.loss + ENOUGH * p.t * start.slope;
  const flat = (p: Point): boolean => Math.abs(p.slope) <= -FLATTER * start.slope;

  // Widen until two points have a minimum between them.
  let previous = start;
  let point = at(first);
  let steps = 0;
  let bracket: [Point, Point] | null = null;
  for (; steps < most; steps++) {
    if (tooHigh(point) || (steps > 1 && point.loss >= previous.loss)) {
      bracket = [previous, point];
      break;
    }
    if (flat(point)) return { point, evaluations: steps + 1 };
    if (point.slope >= 0) {
      bracket = [previous, point];
      break;
    }
    const t = cubicMinimum(previous, point, point.t + 0.01 * (point.t - previous.t), point.t * 10);
    previous = point;
    point = at(t);
  }
  bracket ??= [start, point];

  // Divide the bracket; `low` is the end with the lower loss.
  let low = bracket[0].loss <= bracket[1].loss ? 0 : 1;
  let cramped = false;
  for (; steps < most; steps++) {
    const [a, b] = bracket;
    const [least, largest] = [Math.min(a.t, b.t), Math.max(a.t, b.t)];
    if ((largest - least) * size < SMALLEST) break;
    let t = cubicMinimum(a, b, least, largest);
    // Too near an end, for the second time or at the very end: a tenth inside.
    const margin = 0.1 * (largest - least);
    const near: boolean = Math.min(largest - t, t - least) < margin;
    const move: boolean = near && (cramped || t >= largest || t <= least);
    if (move) t = Math.abs(t - largest) < Math.abs(t - least) ? largest - margin : least + margin;
    cramped = near && !move;

    point = at(t);
    if (tooHigh(point) || point.loss >= bracket[low]!.loss) {
      bracket[1 - low] = point;
      low = bracket[0].loss <= bracket[1].loss ? 0 : 1;
      continue;
    }
    const found = flat(point);
    if (!found && point.slope * (bracket[1 - low]!.t - bracket[low]!.t) >= 0) bracket[1 - low] = bracket[low]!;
    bracket[low] = point;
    if (found) {
      steps++;
      break;
    }
  }
  return { point: bracket[low]!, evaluations: steps + 1 };
}
