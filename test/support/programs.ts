import * as chainrule from "@chainrule/core";
import type { Tensor } from "@chainrule/core";
import * as fc from "fast-check";
import { ElementwiseOp } from "../../packages/core/src/families/elementwise.ts";
import type { Program } from "./derivatives.ts";
import { literal } from "./law.ts";
import { anyShape, broadcastable, cases, clearOfKinks, type Data, dataOf, make, type Named } from "./sample.ts";

// Random programs: operations on what came before them, with fan-out, repeated operands, broadcasting, views and several dtypes. A program is
// text, so what a failing law prints is what ran.

/** Choices for one line: an operation, its operands, and its options. */
type Choice = readonly [operation: number, x: number, y: number, z: number, p: number, q: number];
interface Plan {
  readonly inputs: readonly Data[];
  readonly choices: readonly Choice[];
}
export interface Sample {
  readonly inputs: readonly Data[];
  readonly f: Program;
  /** The function as source text. */
  readonly source: string;
  /** Names of the operations in it. */
  readonly uses: readonly string[];
}

const LARGEST = 30;
const LONGEST = 36;

const elementwise = (arity: number): Named[] =>
  cases.filter(
    ({ op, name }) =>
      op instanceof ElementwiseOp &&
      op.arity === arity &&
      op.result !== "bool" &&
      op.conditions === 0 &&
      name in chainrule,
  );
const UNARY = elementwise(1);
const BINARY = elementwise(2);

/** What builders of lines work with. */
interface Bench {
  /** Value of an expression. */
  readonly of: (code: string) => Tensor;
}
type Builder = (bench: Bench, x: string, y: string, z: string, p: number, q: number) => string | null;

/** The expression, squeezed into the interval if it is not in there already. */
function within({ of }: Bench, code: string, [low, high]: readonly [number, number]): string {
  const margin = (high - low) / 64;
  const inside = of(code).toTypedArray().every((v) => v > low + margin && v < high - margin); // prettier-ignore
  return inside ? code : `add(mul(sigmoid(${code}), ${high - low}), ${low})`;
}
const fits = ({ of }: Bench, x: string, y: string): boolean => {
  try {
    return of(`add(${x}, ${y})`).size <= LONGEST;
  } catch {
    return false;
  }
};
/** `y`, or its sum if it does not broadcast with `x`. */
const beside = (bench: Bench, x: string, y: string): string => (fits(bench, x, y) ? y : `sum(${y})`);
const apart = (x: Tensor): boolean => {
  const sorted = [...x.toTypedArray()].sort((a, b) => a - b);
  return sorted.every((v, i) => i === 0 || v - sorted[i - 1]! > 0.05);
};
const far = (x: Tensor, from: number): boolean => x.toTypedArray().every((v) => Math.abs(v - from) > 0.05);

const call = (bench: Bench, of: Named, codes: readonly string[]): string | null => {
  const operands = codes.map((code, i) => within(bench, code, of.domain[i]!));
  return clearOfKinks(of, operands.map((code) => bench.of(code))) ? `${of.name}(${operands.join(", ")})` : null; // prettier-ignore
};

/** Some dims of `x`, as the bits of `p` say, counted from either end. */
const dimsOf = (x: Tensor, p: number): string =>
  `[${x.shape.flatMap((_, d) => ((p >> d) & 1 ? [(p >> 3) & 1 ? d - x.rank : d] : [])).join(", ")}]`;
const oneDim = (x: Tensor, p: number): number => (p % x.rank) - ((p >> 3) & 1 ? x.rank : 0);

const reducing =
  (name: string, allowed: (x: Tensor) => boolean = () => true): Builder =>
  (bench, x, _y, _z, p, q) =>
    allowed(bench.of(x)) ? `${name}(${x}, ${dimsOf(bench.of(x), p)}, { keepDim: ${q % 2 === 0} })` : null;
const along =
  (write: (x: string, dim: number, size: number, p: number, q: number, apart: boolean) => string | null): Builder =>
  (bench, x, _y, _z, p, q) => {
    const value = bench.of(x);
    if (value.rank === 0) return null;
    const dim = oneDim(value, p);
    return write(x, dim, value.shape.at(dim)!, p, q, apart(value));
  };

const BUILDERS: Record<string, Builder> = {
  unary: (bench, x, _y, _z, p) => call(bench, UNARY[p % UNARY.length]!, [x]),
  binary: (bench, x, y, _z, p) => call(bench, BINARY[p % BINARY.length]!, [x, beside(bench, x, y)]),
  product: (bench, x, y) => `mul(${x}, ${beside(bench, x, y)})`,
  clamp: (bench, x) => (far(bench.of(x), -1.25) && far(bench.of(x), 1.5) ? `clamp(${x}, -1.25, 1.5)` : null),
  where: (bench, x, y, z) => {
    if (!far(bench.of(x), 0.25)) return null;
    const second = beside(bench, x, y);
    return `where(gt(${x}, 0.25), ${second}, ${beside(bench, `add(${x}, ${second})`, z)})`;
  },
  mask: (bench, x, y) => (far(bench.of(x), 0.5) ? `mul(cast(lt(${x}, 0.5), "float64"), ${beside(bench, x, y)})` : null),
  integers: (_, x) => `mul(${x}, tensor(-2, { dtype: "int32" }))`,
  booleans: (_, x) => `sub(tensor(true), ${x})`,
  floats: (_, x) => `mul(tensor(1.5, { dtype: "float32" }), ${x})`,
  sum: reducing("sum"),
  mean: reducing("mean"),
  prod: reducing("prod", (x) => x.size <= 8),
  logSumExp: reducing("logSumExp"),
  norm: reducing("norm", (x) => far(x, 0)),
  variance: (bench, x, _y, _z, p, q) =>
    `variance(${x}, ${dimsOf(bench.of(x), p)}, { correction: 0, keepDim: ${q % 2 === 0} })`,
  std: (bench, x, _y, _z, p) =>
    apart(bench.of(x)) && bench.of(x).size > 1
      ? `std(${x}, ${oneDim(bench.of(x), p) || 0}, { correction: 0.5 })`
      : null,
  max: (bench, x) => (apart(bench.of(x)) && bench.of(x).size > 0 ? `max(${x})` : null),
  min: along((x, dim, size, _p, _q, apart) => (apart && size > 0 ? `min(${x}, ${dim}).values` : null)),
  softmax: along((x, dim) => `softmax(${x}, ${dim})`),
  logSoftmax: along((x, dim) => `logSoftmax(${x}, ${dim})`),
  cumsum: along((x, dim) => `cumsum(${x}, ${dim})`),
  flip: (bench, x, _y, _z, p) => `flip(${x}, ${dimsOf(bench.of(x), p)})`,
  slice: along(
    (x, dim, _size, _p, q) => `slice(${x}, ${dim}, { start: ${(q % 5) - 2}, step: ${[1, -1, 2, -2][q % 4]} })`,
  ),
  select: along((x, dim, size, _p, q) => (size === 0 ? null : `select(${x}, ${dim}, ${q % size})`)),
  indexSelect: along((x, dim, size, _p, q) =>
    size === 0 ? null : `indexSelect(${x}, ${dim}, [${q % size}, 0, ${q % size}])`,
  ),
  gather: along((x, dim, size, _p, _q, apart) =>
    !apart || size === 0 ? null : `gather(${x}, ${dim}, argmax(${x}, ${dim}, { keepDim: true }))`,
  ),
  split: along((x, dim) => `split(${x}, 2, ${dim})[0]`),
  transpose: (bench, x, _y, _z, p, q) =>
    bench.of(x).rank === 0 ? null : `transpose(${x}, ${oneDim(bench.of(x), p)}, ${oneDim(bench.of(x), q)})`,
  permute: (bench, x) =>
    `permute(${x}, [${bench
      .of(x)
      .shape.map((_, d) => d)
      .toReversed()
      .join(", ")}])`,
  reshape: (_, x) => `flatten(${x})`,
  unsqueeze: (bench, x, _y, _z, p) => `unsqueeze(${x}, ${p % (bench.of(x).rank + 1)})`,
  squeeze: (_, x) => `squeeze(${x})`,
  broadcastTo: (bench, x) => `broadcastTo(${x}, [2, ${bench.of(x).shape.join(", ")}])`,
  pad: (bench, x, _y, _z, p, q) => {
    const last = bench.of(x).shape.at(-1);
    return last === undefined ? null : `pad(${x}, [${Math.max(-last, (p % 3) - 1)}, ${q % 3}], ${q % 2})`;
  },
  triangle: (bench, x, _y, _z, p) => (bench.of(x).rank < 2 ? null : `tril(${x}, ${(p % 3) - 1})`),
  stack: (bench, x, _y, _z, p) => `stack([${x}, ${x}], ${p % (bench.of(x).rank + 1)})`,
  concat: along((x, dim) => `concat([${x}, flip(${x}, ${dim})], ${dim})`),
  matmul: (bench, x) =>
    bench.of(x).rank === 0 ? null : bench.of(x).rank === 1 ? `matmul(${x}, ${x})` : `matmul(${x}, transpose(${x}))`,
  outer: (_, x, y) => `outer(flatten(${x}), flatten(${y}))`,
};
const { unary, binary, product } = BUILDERS as Record<"unary" | "binary" | "product", Builder>;
const MENU = [...Object.values(BUILDERS), unary, unary, unary, binary, binary, binary, product];

/** Everything core exports, for the text of programs to call. */
const scope = Object.entries(chainrule).filter(([name]) => /^[a-z]\w*$/.test(name) && name !== "var");
function compile(code: string, locals: Record<string, unknown> = {}): unknown {
  const names = [...scope.map(([name]) => name), ...Object.keys(locals)];
  // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- programs are text so that they can be printed as they ran
  const make = new Function(...names, `return ${code}`) as (...values: unknown[]) => unknown;
  return make(...scope.map(([, value]) => value), ...Object.values(locals));
}

/** Turns choices into lines, leaving out those that cannot be used where they stand. */
function write({ inputs, choices }: Plan): Sample {
  const values: Record<string, Tensor> = Object.fromEntries(inputs.map((x, i) => [`x${i}`, make(x)]));
  const known = new Map<string, Tensor>();
  const of = (code: string): Tensor => {
    if (!known.has(code)) known.set(code, compile(code, values) as Tensor);
    return known.get(code)!;
  };
  const lines: string[] = [];
  for (const [operation, x, y, z, p, q] of choices) {
    const names = Object.keys(values);
    const pick = (n: number): string => names[names.length - 1 - (n % names.length)]!;
    const code = MENU[operation % MENU.length]!({ of }, pick(x), pick(y), pick(z), p, q);
    if (code === null) continue;
    const result = of(code);
    const fine =
      result.size <= LONGEST && result.rank <= 4 && result.toTypedArray().every((v) => Math.abs(v) <= LARGEST);
    if (!fine) continue;
    values[`v${lines.length}`] = result;
    lines.push(`  const v${lines.length} = ${code};`);
  }
  // The results are what nothing else uses.
  const used = (name: string): boolean => lines.some((line) => line.replace(/^.*?=/, "").match(`\\b${name}\\b`));
  const results = Object.keys(values).filter((name) => !used(name) && (name.startsWith("v") || lines.length === 0));
  const names = inputs.map((_, i) => `x${i}`).join(", ");
  const source = `([${names}]) => {\n${lines.join("\n")}\n  return [${results.join(", ")}];\n}`;
  const uses = [...new Set([...source.matchAll(/\b([a-z]\w*)\(/gi)].map((m) => m[1]!))].sort();
  return { inputs, f: compile(source) as Program, source, uses };
}

/** Any programs. */
export const programs: fc.Arbitrary<Sample> = fc
  .record({
    inputs: fc
      .oneof(broadcastable(2), fc.array(anyShape, { minLength: 1, maxLength: 3 }))
      .chain((shapes): fc.Arbitrary<Data[]> => fc.tuple(...shapes.map((shape) => dataOf(shape, [-2, 2])))),
    choices: fc.array(fc.tuple(fc.nat(1000), fc.nat(3), fc.nat(5), fc.nat(5), fc.nat(255), fc.nat(255)), {
      minLength: 1,
      maxLength: 8,
    }),
  })
  .map(write);

/** A program as code to paste; `then` says what to do with `f` and `inputs`. */
export const programCode = ({ inputs, source, uses }: Sample, then = "console.log(f(inputs));"): string =>
  `// examples/x.ts: npx tsx --conditions=@chainrule/source examples/x.ts
import * as chainrule from "@chainrule/core";
const { ${[...new Set([...uses, "tensor", "zeros"])].join(", ")} } = chainrule as any;
const f = ${source.replace("])", "]: any)")};
const inputs = [${inputs.map(literal).join(", ")}];
${then}`;
