/**
 * Fuzzes the shapes in types against the run time. Random calls, valid and not, are answered by the run-time rules of shape.ts; a
 * generated file then asserts of each that the type has the same answer, the message of an error included, and that what the type
 * says when less is known (`number` for a size, unions, unknown rank) still allows it. The compiler checks that file once. The same
 * calls, made of real operations, show that users meet these shapes and messages.
 *
 * SEED=… makes other calls, CASES=… more or fewer.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as core from "@chainrule/core";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { sizeOf } from "../packages/core/src/shape.ts";
import { type Call, calls } from "./support/shape-calls.ts";
import { layerCalls } from "./support/layer-calls.ts";
import { windowCalls } from "./support/window-calls.ts";
import { typeCheck } from "./tsc.ts";

const seed = Number(process.env["SEED"] ?? 20_261_121);
const count = Number(process.env["CASES"] ?? 2000);
const folder = join(import.meta.dirname, ".types");
/** Each call with numbers that decide what to blur. */
const sample = fc.sample(
  fc.tuple(
    fc.oneof(...Object.values({ ...calls, ...windowCalls, ...layerCalls })),
    fc.array(fc.nat(99), { minLength: 24, maxLength: 24 }),
  ),
  { seed, numRuns: count },
);

// ---------- from calls to assertions

const answer = (run: () => unknown): { shape: unknown } | { message: string } => {
  try {
    return { shape: run() };
  } catch (error) {
    if (!(error instanceof core.ChainruleError)) throw error;
    return { message: error.message };
  }
};

const text = (value: unknown): string =>
  Array.isArray(value)
    ? `[${value.map(text).join(", ")}]`
    : value !== null && typeof value === "object"
      ? `{ shape: ${text((value as { shape: unknown }).shape)} }`
      : String(value);

/** As `text`, but less is known of the value: `chance` draws numbers from 0 to 99. */
function blurred(value: unknown, chance: () => number): string {
  const draw = chance();
  if (Array.isArray(value)) {
    const sizes = value.every((n) => typeof n === "number");
    if (sizes && draw < 5) return "number[]";
    if (sizes && draw < 10 && value.length > 0)
      return `[...number[], ${value.slice(chance() % value.length).join(", ")}]`;
    const exact = `[${value.map((part) => blurred(part, chance)).join(", ")}]`;
    return sizes && draw < 16 ? `${exact} | [${chance() % 5}, 3]` : exact;
  }
  if (typeof value === "number" && draw < 15) return "number";
  // No type follows a size that may be −1, which `reshape` solves.
  if (typeof value === "number" && value !== -1 && draw < 25) return `${value} | ${chance() % 6}`;
  if (typeof value === "boolean" && draw < 10) return "boolean";
  if (value !== null && typeof value === "object") {
    return `{ shape: ${blurred((value as { shape: unknown }).shape, chance)} }`;
  }
  return String(value);
}

/** As `text`, with type parameters in place of some numbers and shapes: the same for the same, as a program would have it. */
function parameterised(value: unknown, chance: () => number, parameters: Map<string, string>): string {
  const stands = (argument: string, name: string): string => {
    parameters.set(name, argument);
    return name;
  };
  const draw = chance();
  if (Array.isArray(value)) {
    const sizes = value.every((n) => typeof n === "number" && Number.isInteger(n) && n >= 0);
    if (sizes && value.length > 0 && draw < 15) return stands(text(value), `S${value.join("_")}`);
    return `[${value.map((part) => parameterised(part, chance, parameters)).join(", ")}]`;
  }
  if (typeof value === "number" && Number.isInteger(value) && draw < 60)
    return stands(String(value), `N${String(value).replace("-", "_")}`);
  if (value !== null && typeof value === "object") {
    return `{ shape: ${parameterised((value as { shape: unknown }).shape, chance, parameters)} }`;
  }
  return String(value);
}

const PRELUDE = `import type * as T from "../../packages/core/src/shape-types/index.ts";
type Equal<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false;
type Is<A, B> = Equal<A, B> extends true ? "ok" : ["type", A, "run time", B];
type Allows<A, B> = [A extends T.Failed ? never : A] extends [never] ? ["rejects", A, "run time", B]
  : [B] extends [A] ? "ok" : ["type", A, "does not allow", B];
type Ragged<D> = T.CheckNested<D> extends string ? T.CheckNested<D> : "no";
`;

function assertions(one: Call, chance: () => number): string[] {
  const result = answer(one.run);
  const exact = `T.${one.type}<${one.arguments.map(text).join(", ")}>`;
  if (one.type === "ShapeOfData") {
    const data = text(one.arguments[0]);
    if ("message" in result) {
      const ragged = "tensor: rows have different lengths";
      expect(result.message).toContain(`${ragged}: `);
      return [`Is<Ragged<${data}>, "${ragged}">`];
    }
    return [`Is<${exact}, ${text(result.shape)}>`, `Is<Ragged<${data}>, "no">`];
  }
  if ("message" in result && result.message.endsWith("than an array can hold")) return []; // types have no such limit
  const expected = "message" in result ? `T.Fail<${JSON.stringify(result.message)}>` : text(result.shape);
  // Types let a −1 beside a 0 pass.
  const lenient = one.type === "Reshape" && text(one.arguments[1]).startsWith("[-1") && /\b0\b/.test(exact);
  // What is decided inside generic code holds for all sizes, and so for these.
  const parameters = new Map<string, string>();
  const inside = `T.${one.type}<${one.arguments.map((a) => parameterised(a, chance, parameters)).join(", ")}>`;
  const list = [...parameters.keys()].map((name) => `${name} extends ${name.startsWith("N") ? "number" : "number[]"}`);
  const declaration = `type Generic<${list.join(", ")}> = ${inside}; `;
  const generic = parameters.size > 0 ? [`${declaration}Is<Generic<${[...parameters.values()].join(", ")}>, ${expected}>`] : []; // prettier-ignore
  if ("message" in result) return lenient ? [] : [`Is<${exact}, ${expected}>`, ...generic];
  const vague = `T.${one.type}<${one.arguments.map((a) => blurred(a, chance)).join(", ")}>`;
  return [`Is<${exact}, ${expected}>`, `Allows<${vague}, ${expected}>`, ...generic];
}

/** An assertion as a line of TypeScript: whatever the compiler finds wrong in it, it says there. */
function written(assertion: string, i: number): string {
  const at = assertion.lastIndexOf("Is<Generic<");
  const declared = assertion.slice(0, Math.max(0, at)).replace("Generic", `Generic${i}`);
  const asked = assertion.slice(Math.max(0, at)).replace("Generic", `Generic${i}`);
  return `${declared}export const c${i}: "ok" = null! as ${asked};`;
}

test("types and run time give the same shapes and the same messages", async () => {
  const found = new Set<string>();
  for (const [one, draws] of sample) {
    let at = 0;
    for (const line of assertions(one, () => draws[at++ % draws.length]!)) found.add(line);
  }
  const lines = [...found];
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  writeFileSync(join(folder, ".gitignore"), "*\n");
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ extends: "../tsconfig.json", include: ["*.ts"] }));
  writeFileSync(join(folder, "calls.ts"), `${PRELUDE}${lines.map(written).join("\n")}\n`);
  const report = await typeCheck("tsconfig.json", folder);
  const first = PRELUDE.split("\n").length;
  const wrong = [...report.matchAll(/^calls\.ts\((\d+),\d+\): error (.*)$/gm)].map(
    ([, line, message]) => `${lines[Number(line) - first] ?? "prelude"}\n  ${message}`,
  );
  const shortest = wrong.toSorted((a, b) => a.length - b.length).slice(0, 20);
  expect(shortest.join("\n"), `${wrong.length} of ${lines.length} wrong; repeat with SEED=${seed}`).toBe("");
  expect(report).toBe("");
});

// ---------- the operations

type Shape = number[];
const { zeros } = core;
const bools = (shape: Shape) => zeros(shape, { dtype: "bool" });
const indices = (shape: Shape) => zeros(shape, { dtype: "int32" });
const operations: Record<string, (...args: never[]) => core.Tensor | core.Tensor[]> = {
  Broadcast: (a: Shape, b: Shape) => core.add(zeros(a), zeros(b)),
  Broadcast3: (a: Shape, b: Shape, c: Shape) => core.where(bools(a), zeros(b), zeros(c)),
  BroadcastTo: (s: Shape, to: Shape) => core.broadcastTo(zeros(s), to),
  CheckShape: (s: Shape) => zeros(s),
  Flip: (s: Shape, d: number[]) => core.flip(zeros(s), d),
  Along: (s: Shape, d: number) => core.cumsum(zeros(s), d),
  ConcatAll: (list: { shape: Shape }[], d: number) =>
    core.concat(
      list.map((one) => zeros(one.shape)),
      d,
    ),
  Dot: (a: Shape, b: Shape) => core.dot(zeros(a), zeros(b)),
  Flatten: (s: Shape, start: number, end: number) => core.flatten(zeros(s), start, end),
  Gather: (s: Shape, d: number, i: Shape) => core.gather(zeros(s), d, indices(i)),
  IndexSelect: (s: Shape, d: number, i: Shape) => core.indexSelect(zeros(s), d, indices(i)),
  MatMul: (a: Shape, b: Shape) => core.matmul(zeros(a), zeros(b)),
  Outer: (a: Shape, b: Shape) => core.outer(zeros(a), zeros(b)),
  Pad: (s: Shape, pads: number[]) => core.pad(zeros(s), pads),
  Permute: (s: Shape, order: number[]) => core.permute(zeros(s), order),
  Reduce: (s: Shape, d: number[] | undefined, keepDim: boolean) => core.sum(zeros(s), d, { keepDim }),
  Reshape: (s: Shape, to: Shape) => core.reshape(zeros(s), to),
  ScalarOnly: (s: Shape) => {
    const x = zeros(s, { requiresGrad: true });
    x.backward();
    return x;
  },
  Select: (s: Shape, d: number, i: number) => core.select(zeros(s), d, i),
  Slice: (s: Shape, d: number, start?: number, end?: number, step?: number) =>
    core.slice(zeros(s), d, { start, end, step }),
  Split: (s: Shape, sizes: number[], d: number) => core.split(zeros(s), sizes, d),
  Squeeze: (s: Shape, d: number[]) => core.squeeze(zeros(s), d),
  StackAll: (list: { shape: Shape }[], d: number) =>
    core.stack(
      list.map((one) => zeros(one.shape)),
      d,
    ),
  Transpose: (s: Shape, a: number, b: number) => core.transpose(zeros(s), a, b),
  Unsqueeze: (s: Shape, d: number) => core.unsqueeze(zeros(s), d),
};

test("operations give those shapes and messages", () => {
  const shapesOf = (result: core.Tensor | core.Tensor[]): unknown =>
    Array.isArray(result) ? result.map((x) => x.shape) : result.shape;
  const elements = (value: unknown): number =>
    Array.isArray(value)
      ? value.every((n) => typeof n === "number")
        ? sizeOf(value)
        : Math.max(0, ...value.map(elements))
      : elements((value as { shape?: unknown } | undefined)?.shape ?? []);
  const done = new Set<string>();
  for (const [one] of sample) {
    const operation = operations[one.type];
    const expected = answer(one.run);
    const largest = Math.max(elements(one.arguments), elements("shape" in expected ? expected.shape : []));
    const indexesNothing = one.type in { Gather: 0, IndexSelect: 0 } && elements(one.arguments[0]) === 0;
    if (operation === undefined || largest > 10_000 || indexesNothing) continue;
    const found = answer(() => shapesOf(operation(...(one.arguments as never[]))));
    expect(found, `${one.type}(${text(one.arguments)}); repeat with SEED=${seed}`).toEqual(expected);
    done.add(one.type);
  }
  if (count >= 2000) expect([...done].toSorted()).toEqual(Object.keys(operations).toSorted());
});
