import { promote } from "../dtype.ts";
import { ArgumentError, quoted, ShapeError } from "../errors.ts";
import { type Shape, type ShapeArg, showShape, sizeOf } from "../shape.ts";
import { checkTensor, type Tensor } from "../tensor.ts";
import { mul } from "./arithmetic.ts";
import { ofDtype } from "./cast.ts";
import { matmul } from "./matmul.ts";
import { permute, reshape, squeeze } from "./movement.ts";
import { slice } from "./slice.ts";
import { sum } from "./reduction.ts";

// An index is named by its letter; those under an ellipsis by their place from the back, as in "…1".

interface Term {
  readonly x: Tensor;
  /** Name of each dim. */
  readonly names: readonly string[];
}
interface Plan {
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
  readonly sizes: ReadonlyMap<string, number>;
}

/** "ab..." as letters and at most one "…". */
function letters(equation: string, part: string): string[] {
  const found = part.replace("...", "…");
  if (!/^[A-Za-z]*…?[A-Za-z]*$/.test(found))
    throw new ArgumentError(`einsum: "${part}" in "${equation}" is not a list of letters with at most one "..."`);
  return found.split("");
}

/** What the subscripts say about operands of these shapes. */
function planOf(equation: string, shapes: readonly ShapeArg[]): Plan {
  if (typeof equation !== "string")
    throw new ArgumentError(`einsum: begins with subscripts such as "ij,jk->ik", got ${quoted(equation)}`);
  const [left, right, ...more] = equation.replaceAll(/\s/g, "").split("->") as [string, ...string[]];
  if (more.length > 0) throw new ArgumentError(`einsum: "${equation}" has more than one "->"`);
  const parts = left.split(",").map((part) => letters(equation, part));
  if (parts.length !== shapes.length || shapes.length === 0)
    throw new ArgumentError(`einsum: number of operands in "${equation}": ${parts.length}, got ${shapes.length}`);

  let hidden = 0;
  const inputs = parts.map((part, i) => {
    const shape = shapes[i]!;
    const dots = part.includes("…");
    const free = shape.length - part.length + (dots ? 1 : 0);
    if (dots ? free < 0 : free !== 0)
      throw new ShapeError("einsum", `"${show(part)}" in "${equation}" does not fit the rank of ${showShape(shape)}`, [...shapes]); // prettier-ignore
    hidden = Math.max(hidden, dots ? free : 0);
    return part.flatMap((name) => (name === "…" ? ellipsis(free) : [name]));
  });
  const sizes = new Map<string, number>();
  inputs.forEach((names, i) =>
    names.forEach((name, d) => {
      const size = shapes[i]![d]!;
      const known = sizes.get(name) ?? 1;
      const twice = names.indexOf(name) < d && shapes[i]![names.indexOf(name)] !== size;
      if (twice || (known !== 1 && size !== 1 && known !== size)) {
        const other = twice ? shapes[i]![names.indexOf(name)] : known;
        const what = name.startsWith("…") ? "an index under the ellipsis" : `index ${name}`;
        throw new ShapeError("einsum", `${what} of "${equation}" has sizes ${other} and ${size} in ${shapes.map(showShape).join(" and ")}`, [...shapes]); // prettier-ignore
      }
      if (size !== 1 || !sizes.has(name)) sizes.set(name, size);
    }),
  );
  if (right === undefined) {
    const all = parts.flat();
    const once = [...new Set(all)].filter((name) => name !== "…" && all.indexOf(name) === all.lastIndexOf(name));
    return { inputs, output: [...ellipsis(hidden), ...once.sort()], sizes };
  }
  const named = letters(equation, right);
  named.forEach((name, d) => {
    if (named.indexOf(name) !== d)
      throw new ArgumentError(`einsum: output "${right}" of "${equation}" repeats index ${name}; name each once`);
    if (name !== "…" && !sizes.has(name))
      throw new ArgumentError(`einsum: output index ${name} of "${equation}" stands in no operand`);
  });
  return { inputs, output: named.flatMap((name) => (name === "…" ? ellipsis(hidden) : [name])), sizes };
}
const ellipsis = (count: number): string[] => Array.from({ length: count }, (_, i) => `…${count - i}`);
const show = (names: readonly string[]): string => names.join("").replace("…", "...");

export function einsumShape(equation: string, ...shapes: ShapeArg[]): Shape {
  const { output, sizes } = planOf(equation, shapes);
  return output.map((name) => sizes.get(name)!);
}

/** Without repeated names, which become diagonals, and without sizes of 1 that another operand stretches. */
function prepared(x: Tensor, names: readonly string[], sizes: ReadonlyMap<string, number>): Term {
  const again = names.findIndex((name, d) => names.indexOf(name) < d);
  if (again < 0) {
    const stretched = names.flatMap((name, d) => (x.shape[d] === 1 && sizes.get(name) !== 1 ? [d] : []));
    if (stretched.length === 0) return { x, names };
    return { x: squeeze(x, stretched), names: names.filter((_, d) => !stretched.includes(d)) };
  }
  const name = names[again]!;
  const first = names.indexOf(name);
  const others = names.map((_, d) => d).filter((d) => d !== first && d !== again);
  const n = x.shape[again]!;
  const rows = reshape(permute(x, [...others, first, again]), [...others.map((d) => x.shape[d]!), n * n]);
  return prepared(slice(rows, -1, { step: n + 1 }), [...others.map((d) => names[d]!), name], sizes);
}

/** The term with its dims in this order; names that it lacks become sizes of 1. */
function arranged({ x, names }: Term, order: readonly string[]): Tensor {
  const own = order.filter((name) => names.includes(name));
  const moved = own.every((name, d) => name === names[d]) ? x : permute(x, own.map((name) => names.indexOf(name))); // prettier-ignore
  return own.length === order.length
    ? moved
    : reshape(moved, order.map((name) => (names.includes(name) ? x.shape[names.indexOf(name)]! : 1))); // prettier-ignore
}

/** Sums over what nobody else needs. */
function trimmed({ x, names }: Term, needed: ReadonlySet<string>): Term {
  const done = names.flatMap((name, d) => (needed.has(name) ? [] : [d]));
  return done.length === 0 ? { x, names } : { x: sum(x, done), names: names.filter((name) => needed.has(name)) };
}

/** The product of two terms, summed over the indices that are not needed any more. */
function multiplied(a: Term, b: Term, needed: ReadonlySet<string>, sizes: ReadonlyMap<string, number>): Term {
  a = trimmed(a, new Set([...needed, ...b.names]));
  b = trimmed(b, new Set([...needed, ...a.names]));
  const shared = a.names.filter((name) => b.names.includes(name));
  const batch = shared.filter((name) => needed.has(name));
  const summed = shared.filter((name) => !needed.has(name));
  const left = a.names.filter((name) => !shared.includes(name));
  const right = b.names.filter((name) => !shared.includes(name));
  const names = [...batch, ...left, ...right];
  if (summed.length === 0) return { x: mul(arranged(a, names), arranged(b, names)), names };
  const size = (list: readonly string[]): number => sizeOf(list.map((name) => sizes.get(name)!));
  const lead = batch.length === 0 ? [] : [size(batch)];
  const rows = reshape(arranged(a, [...batch, ...left, ...summed]), [...lead, size(left), size(summed)]);
  const columns = reshape(arranged(b, [...batch, ...summed, ...right]), [...lead, size(summed), size(right)]);
  const product = matmul(rows, columns) as Tensor;
  return { x: reshape(product, names.map((name) => sizes.get(name)!)), names }; // prettier-ignore
}

/**
 * Einstein's sums: every dim of every operand has a letter, products are summed over all letters that the output lacks. "ij,jk->ik" is the
 * matrix product, "ii->i" a diagonal, "...ij->...ji" a transposition of batches. Without "->" the output has the letters that occur once,
 * in alphabetical order. Sizes of 1 broadcast. Operands are multiplied two at a time, the cheapest pair first.
 * The operands follow one by one, or as one list.
 * @throws ArgumentError for subscripts that say nothing, as a repeated output letter; ShapeError where ranks or sizes do not fit.
 * @example
 * einsum("ij,jk,k->i", tensor([[1, 2]]), tensor([[1, 0], [0, 1]]), tensor([3, 4])).toArray(); // [11]
 */
export function einsum(equation: string, ...list: readonly Tensor[] | readonly [readonly Tensor[]]): Tensor {
  const operands = (list.length === 1 && Array.isArray(list[0]) ? list[0] : list) as readonly Tensor[];
  for (const x of operands) checkTensor("einsum", x);
  const { inputs, output, sizes } = planOf(equation, operands.map((x) => x.shape)); // prettier-ignore
  const dtype = operands.reduce((widest, x) => promote(widest, x.dtype), promote("bool", "int32"));
  const terms = operands.map((x, i) => prepared(ofDtype(x, dtype), inputs[i]!, sizes));
  while (terms.length > 1) {
    let [best, first, second] = [Infinity, 0, 1];
    for (let i = 0; i < terms.length; i++)
      for (let j = i + 1; j < terms.length; j++) {
        const all = new Set([...terms[i]!.names, ...terms[j]!.names]);
        const cost = sizeOf([...all].map((name) => sizes.get(name)!));
        if (cost < best) [best, first, second] = [cost, i, j];
      }
    const [a, b] = [terms[first]!, terms[second]!];
    terms.splice(second, 1);
    terms.splice(first, 1);
    const needed = new Set([...output, ...terms.flatMap((term) => term.names)]);
    terms.push(multiplied(a, b, needed, sizes));
  }
  const { x, names } = trimmed(terms[0]!, new Set(output));
  return permute(x, output.map((name) => names.indexOf(name))); // prettier-ignore
}
