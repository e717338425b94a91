import { materialize } from "./kernels/copying.ts";
import { showShape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/** Dims longer than this show their first and last elements only, once the tensor has more than `FULL` of them. */
const EDGE = 3;
const FULL = 100;

/** Values, shape, dtype and the operation that made it; large tensors cut short. */
export function formatTensor(x: Tensor): string {
  const facts = [
    x.dtype,
    x.op === null ? "" : `from ${x.op.name}`,
    x.op === null && x.requiresGrad ? "requires grad" : "",
    x.batch === null ? "" : `for each of ${x.batch.size} examples inside vmap`,
  ].filter(Boolean);
  if (x.batch !== null) return `Tensor ${showShape(x.shape)} ${facts.join(" ")}`;
  if (x.shape.length === 0) return `Tensor(${formatValues(x)}) ${facts.join(" ")}`;
  const body = formatValues(x);
  return `Tensor ${showShape(x.shape)} ${facts.join(" ")}${body.includes("\n") ? `\n${body}` : ` ${body}`}`;
}

function formatValues(x: Tensor): string {
  const data = materialize(x);
  const shown = (size: number): (number | null)[] =>
    x.size <= FULL || size <= 2 * EDGE
      ? Array.from({ length: size }, (_, i) => i)
      : [0, 1, 2, null, size - 3, size - 2, size - 1];
  const cells = new Map<number, string>();
  const visit = (depth: number, at: number, step: number, then: (place: number) => void): void => {
    if (depth === x.shape.length) return then(at);
    const inner = step / x.shape[depth]!;
    for (const i of shown(x.shape[depth]!)) if (i !== null) visit(depth + 1, at + i * inner, inner, then);
  };
  const values: number[] = [];
  if (x.size > 0) visit(0, 0, x.size, (at) => values.push(data[at]!));
  const format = formatter(x, values);
  if (x.size > 0) visit(0, 0, x.size, (at) => cells.set(at, format(data[at]!)));
  const width = x.shape.length === 0 ? 0 : Math.max(0, ...[...cells.values()].map((cell) => cell.length));
  const lay = (depth: number, at: number, step: number): string => {
    if (depth === x.shape.length) return cells.get(at)!.padStart(width);
    const size = x.shape[depth]!;
    const inner = size === 0 ? 0 : step / size;
    const last = depth === x.shape.length - 1;
    const parts = shown(size).map((i) => (i === null ? "…" : lay(depth + 1, at + i * inner, inner)));
    return `[${parts.join(last ? ", " : `,\n${" ".repeat(depth + 1)}`)}]`;
  };
  return lay(0, 0, x.size);
}

/** One notation for all cells: whole numbers as they are, else four decimals, or an exponent where sizes call for it. */
function formatter(x: Tensor, values: readonly number[]): (value: number) => string {
  if (x.dtype === "bool") return (v) => (v === 1 ? "true" : "false");
  const finite = values.filter(Number.isFinite);
  if (finite.every((v) => Number.isInteger(v) && Math.abs(v) < 1e15))
    return (v) => (Object.is(v, -0) ? "-0" : String(v));
  if (x.shape.length === 0) return String;
  const sizes = finite.map(Math.abs).filter((v) => v > 0);
  const plain = Math.max(...sizes) < 1e5 && Math.min(...sizes) >= 1e-4;
  return (v) => (!Number.isFinite(v) ? String(v) : plain ? v.toFixed(4) : v.toExponential(4));
}
