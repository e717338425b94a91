import type { TypedArray } from "../dtype.ts";
import type { Loop } from "./strided.ts";

/** A function of one to four numbers. */
export type NumberFunction = (a: number, b: number, c: number, d: number) => number;

/**
 * One compiled loop per function and dtype. A single loop that calls `f` through a variable costs ten times as much once several functions
 * have gone through it, and engines keep one loop for equal source texts, so each has a name of its own; where a page forbids code
 * generation, the shared loop serves.
 */
export function compileLoop(name: string, arity: number, f: NumberFunction): Loop {
  if (!codeGeneration) return sharedLoop(arity, f);
  const inputs = ["a", "b", "c", "d"].slice(0, arity);
  const parameters = inputs.map((x) => `${x}, ${x}i, ${x}s`).join(", ");
  const body = (index: (x: string) => string): string => `f(${inputs.map((x) => `${x}[${index(x)}]`).join(", ")})`;
  const source = `return function ${name.replace("'", "_derivative").replaceAll(/\W/g, "_")}(out, o, length, ${parameters}) {
  if (${inputs.map((x) => `${x}s === 1`).join(" && ")}) for (let i = 0; i < length; i++) out[o + i] = ${body((x) => `${x}i + i`)};
  else for (let i = 0; i < length; i++, ${inputs.map((x) => `${x}i += ${x}s`).join(", ")}) out[o + i] = ${body((x) => `${x}i`)};
}`;
  // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- the point of this file
  return new Function("f", source)(f) as Loop;
}

const NONE: TypedArray = /* @__PURE__ */ new Float64Array(1);

function sharedLoop(arity: number, f: NumberFunction): Loop {
  if (arity === 1) {
    return (out, o, length, a, ai, as) => {
      for (let i = 0; i < length; i++, ai += as) out[o + i] = f(a[ai]!, 0, 0, 0);
    };
  }
  return (out, o, length, a, ai, as, b = NONE, bi = 0, bs = 0, c = NONE, ci = 0, cs = 0) => {
    for (let i = 0; i < length; i++, ai += as, bi += bs, ci += cs) out[o + i] = f(a[ai]!, b[bi]!, c[ci]!, 0);
  };
}

/** One operation of a formula: its function, and which values it takes, counted as in a `Program`. */
interface Step {
  readonly f: NumberFunction;
  readonly from: readonly number[];
}

/** The last of `steps` as one function of `arity` numbers; in single precision every step is rounded as an array would. */
export function compileFormula(
  arity: number,
  constants: readonly number[],
  steps: readonly Step[],
  single: boolean,
): NumberFunction {
  const names = [
    ...["a", "b", "c", "d"].slice(0, arity),
    ...constants.map((_, i) => `k[${i}]`),
    ...steps.map((_, i) => `v${i}`),
  ];
  const lines = steps.map(({ from }, i) => {
    const call = `f${i}(${from.map((at) => names[at]).join(", ")})`;
    return `const v${i} = ${single ? `Math.fround(${call})` : call};`;
  });
  const source = `${steps.map((_, i) => `const f${i} = s[${i}].f;`).join("\n")}
return function formula(${names.slice(0, arity).join(", ")}) {
  ${lines.join("\n  ")}
  return v${steps.length - 1};
}`;
  // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- as above
  return new Function("k", "s", source)(constants, steps) as NumberFunction;
}

function canGenerate(): boolean {
  try {
    // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- asks whether it may
    return (new Function("return true") as () => boolean)();
  } catch {
    return false;
  }
}
export let codeGeneration: boolean = /* @__PURE__ */ canGenerate();

/** Forbids or allows compiled loops, as a page's content security policy would; for tests. Loops made before stay as they are. */
export function allowCodeGeneration(allowed: boolean): void {
  codeGeneration = allowed && canGenerate();
}
