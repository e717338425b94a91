/**
 * Fuzzes the types of the public functions and methods against the run time. Random programs run on the real library; the same programs are
 * written as TypeScript in which each result must have exactly the shape that came out, and each call that threw must be an error of the
 * compiler with the same message. The compiler checks them all at once.
 *
 * SEED=… repeats a run, PROGRAMS=… changes its length. The programs stay in test/.programs.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as core from "@chainrule/core";
import { ChainruleError, Tensor, zeros } from "@chainrule/core";
import { array, nat, noBias, sample } from "fast-check";
import { expect, test } from "vitest";
import { typeCheck } from "./tsc.ts";

const seed = Number(process.env["SEED"] ?? 20_261_121);
const count = Number(process.env["PROGRAMS"] ?? 300);
const steps = 8;
const folder = join(import.meta.dirname, ".programs");

/** An argument: a variable by its number, another tensor by its shape, or a literal. */
type Argument =
  | { variable: number }
  | { shape: number[]; dtype?: "int32" }
  | { options: Record<string, number | boolean> }
  | { list: Argument[] }
  | { code: string; value: unknown }
  | number
  | number[]
  | undefined;
type Call = [name: string, ...args: Argument[]];

/** Draws from a tape of random numbers. */
class Draw {
  private at = 0;
  private readonly tape: readonly number[];
  constructor(tape: readonly number[]) {
    this.tape = tape;
  }
  upTo(n: number): number {
    return this.tape[this.at++ % this.tape.length]! % (n + 1);
  }
  between(low: number, high: number): number {
    return low + this.upTo(high - low);
  }
  one<T>(list: readonly T[]): T {
    return list[this.upTo(list.length - 1)]!;
  }
  rarely(percent: number): boolean {
    return this.upTo(99) < percent;
  }
  list<T>(length: number, item: () => T): T[] {
    return Array.from({ length }, item);
  }
  size(): number {
    return this.rarely(4) ? 0 : this.one([1, 1, 2, 2, 3, 3, 4, 5, 6]);
  }
  shape(low = 0, high = 3): number[] {
    return this.list(this.between(low, high), () => this.size());
  }
  /** A dim of a tensor of this rank, rarely one that it has not. */
  dim(rank: number): number {
    return rank === 0 || this.rarely(6) ? this.one([rank, -rank - 1, rank + 3]) : this.between(-rank, rank - 1);
  }
  dims(rank: number): number | number[] | undefined {
    const kind = this.upTo(5);
    if (kind === 0) return undefined;
    if (kind < 4) return this.dim(rank);
    return this.list(this.upTo(Math.min(2, rank)), () => this.dim(rank));
  }
  keepDim(): { options: Record<string, boolean> }[] {
    return this.one([[], [], [{ options: { keepDim: true } }], [{ options: { keepDim: false } }], [{ options: {} }]]);
  }
  /** A shape that broadcasts with this one, mostly. */
  like(shape: readonly number[]): number[] {
    if (this.rarely(8)) return this.shape();
    const cut = shape.slice(this.rarely(30) ? this.upTo(shape.length) : 0);
    const sizes = cut.map((n) => (this.rarely(25) ? 1 : this.rarely(4) ? this.size() : n));
    return this.rarely(15) ? [this.one([1, 2]), ...sizes] : sizes;
  }
  shuffled<T>(items: readonly T[]): T[] {
    const left = [...items];
    return this.list(left.length, () => left.splice(this.upTo(left.length - 1), 1)[0]!);
  }
}

const UNARY = ["neg", "abs", "sign", "square", "exp", "sigmoid", "softplus", "relu", "sin", "tanh", "isNaN", "clone"];
const BINARY = ["add", "sub", "mul", "div", "maximum", "minimum", "atan2", "eq", "ne", "lt", "le", "gt", "ge", "pow"];
const REDUCTIONS = ["sum", "mean", "prod", "logSumExp", "var", "std", "norm"];

/** Makes a call whose first argument is variable `v` of shape `s`. */
type Make = (d: Draw, v: Argument, s: readonly number[]) => Call;
const operand = (d: Draw, s: readonly number[]): Argument => (d.rarely(20) ? d.upTo(3) : { shape: d.like(s) });

const CALLS: Record<string, Make> = {
  unary: (d, v) => [d.one(UNARY), v],
  binary: (d, v, s) => [d.one([...BINARY, "logicalAnd"]), v, operand(d, s)],
  clamp: (d, v, s) => ["clamp", v, operand(d, s), operand(d, s)],
  where: (d, v, s) => ["where", { code: `${text(v)}.gt(0)`, value: zeros([...s]).gt(0) }, operand(d, s), operand(d, s)],
  reduction: (d, v, s) => [d.one(REDUCTIONS), v, d.dims(s.length), ...d.keepDim()],
  extreme: (d, v, s) => {
    const name = d.one(["max", "min", "argmax", "argmin"]);
    if (s.includes(0)) return ["neg", v];
    return [name, v, d.rarely(30) ? undefined : d.dim(s.length), ...d.keepDim()];
  },
  along: (d, v, s) => [d.one(["softmax", "logSoftmax"]), v, ...(d.rarely(30) ? [] : [d.dim(s.length)])],
  cumsum: (d, v, s) => ["cumsum", v, d.dim(s.length)],
  matmul: (d, v, s) => {
    const inner = d.rarely(12) ? d.size() : (s.at(-1) ?? 2);
    const kind = d.upTo(4);
    return [
      "matmul",
      v,
      { shape: kind === 0 ? [inner] : [...(kind === 1 ? d.like(s.slice(0, -2)) : []), inner, d.size()] },
    ];
  },
  dot: (d, v, s) => [d.one(["dot", "outer"]), v, { shape: d.rarely(30) ? d.shape() : [s[0] ?? 2] }],
  linear: (d, v, s) => {
    const outputs = d.size();
    const weight = d.rarely(10) ? d.shape() : [outputs, s.at(-1) ?? 2];
    const bias = { shape: d.rarely(10) ? d.shape() : [outputs] };
    return ["linear", v, { shape: weight }, ...d.one([[], [bias], [bias], [{ code: "null", value: null }]])];
  },
  attention: (d, v, s) => {
    if (s.length < 2) return ["neg", v];
    const [lead, keys] = [d.rarely(50) ? s.slice(0, -2) : [], d.size()];
    const causal = { code: "{ isCausal: true }", value: { isCausal: true } };
    const mask = [s.at(-2)!, d.rarely(30) ? 1 : keys];
    const masked = { code: `{ attnMask: zeros(${JSON.stringify(mask)}) }`, value: { attnMask: zeros(mask) } };
    const [key, value] = [
      [...lead, keys, s.at(-1)!],
      [...lead, keys, d.size()],
    ];
    return ["scaledDotProductAttention", v, { shape: key }, { shape: value }, ...d.one([[], [causal], [masked]])];
  },
  reshape: (d, v, s) => {
    const size = s.reduce((a, b) => a * b, 1);
    const first = [1, 2, 3, 4, 6].filter((n) => size % n === 0);
    const n = d.one(first);
    const to = d.rarely(10) ? d.shape() : d.shuffled([n, size / n, 1]);
    return ["reshape", v, to.map((k, i) => (i === 1 && d.rarely(30) ? -1 : d.rarely(2) ? -2 : k))];
  },
  flatten: (d, v, s) => ["flatten", v, ...d.one([[], [d.dim(s.length)], [d.dim(s.length), d.dim(s.length)]])],
  squeeze: (d, v, s) => ["squeeze", v, ...d.one([[], [d.dims(s.length)]])],
  unsqueeze: (d, v, s) => ["unsqueeze", v, d.dim(s.length + 1)],
  transpose: (d, v, s) => ["transpose", v, ...d.one([[], [d.dim(s.length), d.dim(s.length)], [d.dim(s.length)]])],
  permute: (d, v, s) => {
    const order = d.shuffled(s.map((_, i) => (d.rarely(30) ? i - s.length : i)));
    return ["permute", v, d.rarely(10) ? d.list(d.upTo(3), () => d.dim(s.length)) : order];
  },
  broadcastTo: (d, v, s) => {
    const to = s.map((n) => (n === 1 ? d.size() : d.rarely(4) ? d.size() : n));
    return ["broadcastTo", v, d.rarely(30) ? [d.size(), ...to] : d.rarely(5) ? d.shape() : to];
  },
  flip: (d, v, s) => ["flip", v, d.dims(s.length) ?? []],
  slice: (d, v, s) => {
    const bounds: Record<string, number> = {};
    if (d.rarely(60)) bounds["start"] = d.between(-7, 7);
    if (d.rarely(60)) bounds["end"] = d.between(-7, 7);
    if (d.rarely(40)) bounds["step"] = d.between(-3, 3);
    return ["slice", v, d.dim(s.length), ...(d.rarely(10) ? [] : [{ options: bounds }])];
  },
  select: (d, v, s) => ["select", v, d.dim(s.length), d.between(-4, 3)],
  indexSelect: (d, v, s) => {
    const dim = d.between(0, Math.max(0, s.length - 1));
    const positions = s[dim] ? d.list(d.upTo(4), () => d.upTo(s[dim]! - 1)) : [];
    const tensor = d.rarely(20) ? [] : [0];
    return [
      "indexSelect",
      v,
      s[dim] === 0 ? dim : d.rarely(10) ? 9 : dim,
      s[dim] === 0 || d.rarely(50) ? positions : index(tensor),
    ];
  },
  gather: (d, v, s) => {
    const dim = d.between(0, Math.max(0, s.length - 1));
    const at = s.map((n, i) =>
      i === dim ? (n === 0 ? 0 : d.size()) : Math.max(0, n - d.upTo(1)) + (d.rarely(6) ? 2 : 0),
    );
    return ["gather", v, d.rarely(6) ? 9 : dim, index(d.rarely(6) && s[dim] !== 0 ? [1] : at)];
  },
  split: (d, v, s) => {
    const dim = d.rarely(30) ? undefined : d.dim(s.length);
    const size = s.at(dim ?? 0) ?? 1;
    const first = d.upTo(size);
    const sizes =
      size < 20 && d.rarely(50) ? d.between(d.rarely(5) ? 0 : 1, 4) : d.rarely(10) ? [1, 2] : [first, size - first];
    return ["split", v, sizes, ...(dim === undefined ? [] : [dim])];
  },
  pad: (d, v, s) => {
    const pads = d.list(2 * d.upTo(s.length), () => d.between(d.rarely(20) ? -4 : 0, 3));
    return ["pad", v, d.rarely(8) ? [...pads, 1] : pads, ...(d.rarely(30) ? [1] : [])];
  },
  item: (d, v, s) => (d.rarely(40) ? ["neg", v] : ["item", s.length > 1 ? { shape: s.slice(0, d.upTo(2)) } : v]),
  norm: (d, v, s) => {
    const end = s.slice(d.upTo(s.length)).map((n) => (d.rarely(8) ? d.size() : n));
    const sizes = d.rarely(4) ? [2, ...s] : end.length === 1 && d.rarely(60) ? end[0]! : end;
    return [d.one(["layerNorm", "rmsNorm"]), v, sizes];
  },
  triangle: (d, v) => [d.one(["tril", "triu"]), v, ...(d.rarely(30) ? [d.between(-2, 2)] : [])],
  join: (d, v, s) => {
    const dim = d.dim(s.length + 1);
    const name = d.one(["concat", "stack"]);
    const other = (): Argument => ({
      shape: d.rarely(8) ? d.shape() : s.map((n, i) => (name === "concat" && i === dim && d.rarely(60) ? d.size() : n)),
    });
    return [name, { list: [v, ...d.list(d.upTo(2), other)] }, ...(d.rarely(30) ? [] : [dim])];
  },
};
const index = (shape: number[]): Argument => ({ shape, dtype: "int32" });
/** Operations that exist as functions only. */
const FREE = new Set(["linear", "layerNorm", "rmsNorm", "concat", "stack", "scaledDotProductAttention"]);
/** Those that exist as methods only. */
const METHODS = new Set(["item"]);
/** Functions that the library exports under another name than the method. */
const EXPORTED: Record<string, string> = { var: "variance" };

function text(x: Argument): string {
  if (x === undefined || typeof x !== "object" || Array.isArray(x))
    return x === undefined ? "undefined" : JSON.stringify(x);
  if ("variable" in x) return `v${x.variable}`;
  if ("shape" in x) return `zeros(${JSON.stringify(x.shape)}${x.dtype ? `, { dtype: "${x.dtype}" }` : ""})`;
  if ("list" in x) return `[${x.list.map(text).join(", ")}]`;
  if ("options" in x) return `{ ${Object.entries(x.options).map(([k, v]) => `${k}: ${v}`).join(", ")} }`; // prettier-ignore
  return x.code;
}
function valueOf(x: Argument, variables: readonly Tensor[]): unknown {
  if (x === undefined || typeof x !== "object" || Array.isArray(x)) return x;
  if ("variable" in x) return variables[x.variable];
  if ("shape" in x) return zeros(x.shape, { dtype: x.dtype });
  if ("list" in x) return x.list.map((item) => valueOf(item, variables));
  return "options" in x ? x.options : x.value;
}

type AnyFunction = (...args: unknown[]) => unknown;
const functions = core as unknown as Record<string, AnyFunction>;
const methodsOf = (x: unknown) => x as Record<string, AnyFunction>;

/** The lines of a program, and the messages expected of the compiler, by line from 0. */
interface Program {
  lines: string[];
  errors: Map<number, string>;
}
const used = new Map<string, { passed: number; failed: number }>();

function programOf(tape: readonly number[]): Program {
  const d = new Draw(tape);
  const first = d.shape();
  const variables: Tensor[] = [zeros(first)];
  const lines = [`const v0 = zeros(${JSON.stringify(first)});`];
  const errors = new Map<number, string>();
  for (let step = 0; step < steps; step++) {
    const at = variables.length - 1 - d.upTo(Math.min(1, variables.length - 1));
    const [name, ...args] = CALLS[d.one(Object.keys(CALLS))]!(d, { variable: at }, variables[at]!.shape);
    const method = !FREE.has(name) && (METHODS.has(name) || d.rarely(60));
    const exported = EXPORTED[name] ?? name;
    const written = args.map(text);
    const code = method
      ? `${written[0]}.${name}(${written.slice(1).join(", ")})`
      : `core.${exported}(${written.join(", ")})`;
    const uses = used.get(name) ?? { passed: 0, failed: 0 };
    used.set(name, uses);
    try {
      const values = args.map((x) => valueOf(x, variables));
      const result = method ? methodsOf(values[0])[name]!(...values.slice(1)) : functions[exported]!(...values);
      uses.passed++;
      lines.push(...described(code, result, variables));
    } catch (error) {
      if (!(error instanceof ChainruleError)) throw error;
      uses.failed++;
      errors.set(lines.length, error.message);
      lines.push(`${code};`);
    }
  }
  return { lines, errors };
}

/** The lines that give the result a name and say what the compiler must know of it. */
function described(code: string, result: unknown, variables: Tensor[]): string[] {
  if (typeof result === "number") return [`is<number>()(${code});`];
  const name = `v${variables.length}`;
  const shape = (x: Tensor): string => JSON.stringify(x.shape);
  if (result instanceof Tensor) {
    variables.push(result);
    return [`const ${name} = ${code};`, `has<${shape(result)}>()(${name});`];
  }
  if (Array.isArray(result)) {
    const pieces = result as Tensor[];
    variables.push(pieces[0]!);
    const shapes = pieces.map((x) => `Tensor<${shape(x)}>`);
    return [
      `const all${name} = ${code};`,
      `is<[${shapes.join(", ")}]>()(all${name});`,
      `const [${name}] = all${name};`,
    ];
  }
  const { values, indices } = result as { values: Tensor; indices: Tensor };
  expect(indices.shape).toEqual(values.shape);
  variables.push(values);
  return [`const ${name} = ${code}.values;`, `has<${shape(values)}>()(${name});`];
}

const PROLOGUE = `import * as core from "@chainrule/core";
import { type Tensor, zeros } from "@chainrule/core";
type Equal<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false;
declare function has<S extends number[]>(): <A extends Tensor>(x: A, ...same: Equal<A["shape"], S> extends true ? [] : [S]) => void;
declare function is<T>(): <A>(x: A, ...same: Equal<A, T> extends true ? [] : [T]) => void;`.split("\n");

test("the compiler knows the shapes and the errors of random programs", { timeout: 60_000 + 100 * count }, async () => {
  const tapes = sample(noBias(array(nat(), { minLength: 400, maxLength: 400, size: "max" })), { seed, numRuns: count });
  const lines = [...PROLOGUE];
  const errors = new Map<number, string>();
  for (const tape of tapes) {
    const program = programOf(tape);
    for (const [line, message] of program.errors) errors.set(lines.length + 1 + line, message);
    lines.push("{", ...program.lines, "}");
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "programs.ts"), `${lines.join("\n")}\n`);
  const compilerOptions = { noErrorTruncation: true };
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ extends: "../tsconfig.json", compilerOptions, include: ["*.ts"] }),
  );
  const report = await typeCheck("tsconfig.json", folder);

  const found = new Map<number, string>();
  for (const error of report.split(/\n(?=\S)/)) {
    const place = /^programs\.ts\((\d+),/.exec(error);
    if (place === null) expect(error).toBe("");
    else found.set(Number(place[1]) - 1, error);
  }
  const problems: string[] = [];
  for (let line = 0; line < lines.length; line++) {
    const [expected, error] = [errors.get(line), found.get(line)];
    if (expected === undefined ? error !== undefined : !error?.includes(`'"${expected}"'`)) {
      problems.push(`${lines[line]!}\n  run time: ${expected ?? "no error"}\n  compiler: ${error ?? "no error"}`);
    }
  }
  expect(problems.slice(0, 10).join("\n"), `${problems.length} differences with SEED=${seed}`).toBe("");

  // Nothing above is worth much if the generator does not reach what it should.
  const names = new Set(used.keys());
  expect([...BINARY, ...REDUCTIONS, ...FREE].filter((name) => !names.has(name))).toEqual([]);
  const failing = [...used.values()].reduce((sum, { failed }) => sum + failed, 0);
  expect(failing).toBeGreaterThan(count / 4);
});
