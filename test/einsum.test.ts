import * as chainrule from "@chainrule/core";
import { addmm, einsum, eye, type Tensor, tensor, zeros } from "@chainrule/core";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { law, literal } from "./support/law.ts";
import { lay, layouts } from "./support/layout.ts";
import { count, type Data, dataOf } from "./support/sample.ts";

/** One loop over every index there is. */
function plain(inputs: readonly string[], output: string, operands: readonly Data[], sizes: Record<string, number>) {
  const names = Object.keys(sizes);
  const total = new Array<number>(count(output.split("").map((name) => sizes[name]!))).fill(0);
  for (let at = 0; at < count(Object.values(sizes)); at++) {
    const index: Record<string, number> = {};
    let rest = at;
    for (const name of names) {
      index[name] = rest % sizes[name]!;
      rest = Math.floor(rest / sizes[name]!);
    }
    const product = operands.reduce((value, { shape, values }, k) => {
      const place = inputs[k]!.split("").reduce((p, name, d) => p * shape[d]! + (shape[d] === 1 ? 0 : index[name]!), 0);
      return value * values[place]!;
    }, 1);
    const place = output.split("").reduce((p, name) => p * sizes[name]! + index[name]!, 0);
    total[place]! += product;
  }
  return total;
}

interface Sample {
  inputs: string[];
  output: string;
  implicit: boolean;
  /** The letters that stand under an ellipsis. */
  dots: string;
  operands: Data[];
  sizes: Record<string, number>;
  hows: (typeof layouts)[number][];
}
const LETTERS = ["i", "j", "k", "L", "a", "b"];
const samples: fc.Arbitrary<Sample> = fc
  .record({
    inputs: fc.array(
      fc.record({
        letters: fc.array(fc.constantFrom(...LETTERS), { maxLength: 3 }),
        dots: fc.nat(2),
        place: fc.nat(3),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    sizes: fc.array(fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 3 }) }, { weight: 1, arbitrary: fc.constant(0) }), { minLength: 8, maxLength: 8 }), // prettier-ignore
    ones: fc.array(fc.nat(9), { minLength: 12, maxLength: 12 }),
    kept: fc.shuffledSubarray([...LETTERS, "…"]),
    implicit: fc.boolean(),
    dotted: fc.boolean(),
    hows: fc.array(fc.constantFrom(...layouts), { minLength: 4, maxLength: 4 }),
  })
  .chain(({ inputs, sizes, ones, kept, implicit, dotted, hows }) => {
    const hidden = "xy";
    // Written out: under the ellipsis stand the last letters of "xy".
    const written = inputs.map(({ letters, dots, place }) => {
      const under = dotted ? hidden.slice(2 - dots) : "";
      return { before: letters.slice(0, place).join(""), under, after: letters.slice(place).join("") };
    });
    const full = written.map(({ before, under, after }) => before + under + after);
    const all = [...new Set(full.join(""))];
    const of = Object.fromEntries(all.map((name) => [name, sizes[[...LETTERS, "x", "y"].indexOf(name)]!]));
    const deepest = written.map(({ under }) => under).reduce((a, b) => (a.length > b.length ? a : b), "");
    // Only output order and presence vary: an ellipsis that the output lacks is summed over.
    const names = kept.filter((name) => (name === "…" ? dotted : all.includes(name)));
    const once = [...new Set(full.join("").replaceAll(/[xy]/g, ""))].filter((name) => full.join("").split(name).length === 2).sort(); // prettier-ignore
    const output = implicit ? deepest + once.join("") : names.map((name) => (name === "…" ? deepest : name)).join("");
    let stretch = 0;
    const shapes = full.map((letters) =>
      letters.split("").map((name) => {
        const one = ones[stretch++ % ones.length] === 0 && letters.split(name).length === 2;
        return one ? 1 : of[name]!;
      }),
    );
    // A size that is 1 in every operand is 1.
    for (const name of all)
      of[name] = shapes.flatMap((shape, i) => shape.filter((_, d) => full[i]![d] === name)).reduce((a, b) => (b === 1 ? a : b), 1); // prettier-ignore
    const shown = written.map(({ before, under, after }) => `${before}${dotted ? "..." : ""}${after}#${under}`);
    return fc.record({
      inputs: fc.constant(full),
      output: fc.constant(output),
      implicit: fc.constant(implicit),
      dots: fc.constant(`${shown.map((part) => part.split("#")[0]).join(",")}${implicit ? "" : `->${names.join("").replace("…", "...")}`}`), // prettier-ignore
      operands: fc.tuple(...shapes.map((shape) => dataOf(shape, [-2, 2]))),
      sizes: fc.constant(of),
      hows: fc.constant(hows),
    });
  });

test("einsum is one loop over all subscripts", () => {
  law(
    samples,
    ({ inputs, output, dots, operands, sizes, hows }) => {
      const result = einsum(dots, ...operands.map((x, i) => lay(x, hows[i]!)));
      expect(result.shape).toEqual(output.split("").map((name) => sizes[name]!));
      const wanted = plain(inputs, output, operands, sizes);
      const values = result.toTypedArray();
      wanted.forEach((value, i) => {
        if (!(Math.abs(values[i]! - value) <= 1e-12 * Math.max(64, Math.abs(value))))
          throw new Error(`${values[i]} at ${i}, expected ${value}`);
      });
    },
    ({ dots, operands }) => `einsum("${dots}", ${operands.map(literal).join(", ")})`,
    400,
  );
});

const sizesOf = fc.tuple(...["b", "n", "k", "m"].map(() => fc.integer({ min: 0, max: 4 })));
const loose = chainrule as unknown as Record<string, (...args: unknown[]) => Tensor>;
test("named products are sums of Einstein's", () => {
  law(
    sizesOf.chain(([b, n, k, m]) =>
      fc.tuple(dataOf([b!, n!, k!], [-4, 4]), dataOf([b!, k!, m!], [-4, 4]), dataOf([m!], [-4, 4])),
    ),
    ([a, c, v]) => {
      const [x, y, z] = [a, c, v].map((data) => lay(data, layouts[0]!)) as [Tensor, Tensor, Tensor];
      const same = (got: Tensor, equation: string, ...operands: Tensor[]): void => {
        const wanted = einsum(equation, ...operands);
        expect(got.shape).toEqual(wanted.shape);
        got.toTypedArray().forEach((value, i) => expect(value).toBeCloseTo(wanted.toTypedArray()[i]!, 11));
      };
      same(loose.bmm!(x, y), "bij,bjk->bik", x, y);
      same(loose.baddbmm!(z, x, y, { alpha: 2, beta: 0 }), "bij,bjk,->bik", x, y, loose.value!(2));
      same(loose.inner!(x, y.transpose(1, 2)), "aik,bjk->aibj", x, y.transpose(1, 2) as Tensor);
      same(loose.inner!(x, loose.value!(3)), ",...", loose.value!(3), x);
      same(loose.tensordot!(x, y, 0), "aik,blj->aikblj", x, y);
      same(loose.tensordot!(x, y, [[2, 0], [1, 0]]), "bik,bkj->ij", x, y); // prettier-ignore
      same(loose.tensordot!(y, z, 1), "bkm,m->bk", y, z);
      if (a.shape[0] === 0) return;
      const [first, second] = [x.select(0, 0), y.select(0, 0)] as [Tensor, Tensor];
      same(loose.mm!(first, second), "ij,jk->ik", first, second);
      same(loose.mv!(second, z), "ij,j->i", second, z);
      same(loose.addmv!(second.sum(1), second, z), "ij,j->i", second, loose.add!(z, 1));
      const [rows, columns] = second.shape as [number, number];
      const blocks = loose.kron!(second, second).reshape([rows, rows, columns, columns]) as Tensor;
      same(blocks, "ac,bd->abcd", second, second);
    },
    ([a, c, v]) => [a, c, v].map(literal).join("; "),
    30,
  );
});

test("a chain of matrices is multiplied in a good order", () => {
  const n = 60;
  const square = zeros([n, n]) as Tensor;
  const start = performance.now();
  // From left to right this is three vectors of products; all indices at once would be 60⁵ steps.
  expect(einsum("ij,jk,kl,lm,m->i", square, square, square, square, zeros([n]) as Tensor).shape).toEqual([n]);
  expect(performance.now() - start).toBeLessThan(1000);
});

test("what makes no sense is an error in words", () => {
  const x = tensor([[1, 2, 3], [4, 5, 6]]) as Tensor; // prettier-ignore
  const runs: [string, ...Tensor[]][] = [
    ["ij->ii", x],
    ["ij->...ii", x],
    ["ij->ik", x],
    ["ii", x],
    ["ij,jk", x, x],
    ["ij", x, x],
    ["ijk", x],
    ["...ijk", x],
    ["i", x],
    ["i....j", x],
    ["...i...", x],
    ["i1", x],
    ["ij->i->j", x],
    ["...,...", x, tensor([1, 2]) as Tensor],
    [undefined as never, x],
    ["ij"],
  ];
  const messages = runs.map(([equation, ...operands]) => {
    try {
      return String(einsum(equation, ...operands));
    } catch (error) {
      return String(error);
    }
  });
  expect(messages.join("\n")).toMatchInlineSnapshot(`
    "ArgumentError: einsum: output "ii" of "ij->ii" repeats index i; name each once
    ArgumentError: einsum: output "...ii" of "ij->...ii" repeats index i; name each once
    ArgumentError: einsum: output index k of "ij->ik" stands in no operand
    ShapeError: einsum: index i of "ii" has sizes 2 and 3 in [2,3]
    ShapeError: einsum: index j of "ij,jk" has sizes 3 and 2 in [2,3] and [2,3]
    ArgumentError: einsum: number of operands in "ij": 1, got 2
    ShapeError: einsum: "ijk" in "ijk" does not fit the rank of [2,3]
    ShapeError: einsum: "...ijk" in "...ijk" does not fit the rank of [2,3]
    ShapeError: einsum: "i" in "i" does not fit the rank of [2,3]
    ArgumentError: einsum: "i....j" in "i....j" is not a list of letters with at most one "..."
    ArgumentError: einsum: "...i..." in "...i..." is not a list of letters with at most one "..."
    ArgumentError: einsum: "i1" in "i1" is not a list of letters with at most one "..."
    ArgumentError: einsum: "ij->i->j" has more than one "->"
    ShapeError: einsum: an index under the ellipsis of "...,..." has sizes 3 and 2 in [2,3] and [2]
    ArgumentError: einsum: begins with subscripts such as "ij,jk->ik", got undefined
    ArgumentError: einsum: number of operands in "ij": 1, got 0"
  `);
});

test("what has the factor 0 is not looked at", () => {
  expect(addmm(NaN, tensor([[1, 2]]), eye(2), { beta: 0 }).toArray()).toEqual([[1, 2]]);
  expect(addmm(tensor([NaN, 1]), tensor([[1, 2]]), eye(2), { beta: 0 }).toArray()).toEqual([[1, 2]]);
});
