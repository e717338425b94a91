import type { TypedArray } from "../dtype.ts";
import type { Loop } from "./strided.ts";

/** A function of one to three numbers. */
export type NumberFunction = (a: number, b: number, c: number) => number;

/**
 * One compiled loop per function and dtype. A single loop that calls `f` through a variable costs ten times as much once
 * several functions have gone through it, so each gets source text of its own; where a page forbids code generation,
 * the shared loop serves.
 */
export function compileLoop(name: string, arity: number, f: NumberFunction): Loop {
  if (!codeGeneration) return sharedLoop(arity, f);
  const inputs = ["a", "b", "c"].slice(0, arity);
  const parameters = inputs.map((x) => `${x}, ${x}i, ${x}s`).join(", ");
  const body = (index: (x: string) => string): string => `f(${inputs.map((x) => `${x}[${index(x)}]`).join(", ")})`;
  const source = `return function ${name}(out, o, length, ${parameters}) {
  if (${inputs.map((x) => `${x}s === 1`).join(" && ")}) for (let i = 0; i < length; i++) out[o + i] = ${body((x) => `${x}i + i`)};
  else for (let i = 0; i < length; i++, ${inputs.map((x) => `${x}i += ${x}s`).join(", ")}) out[o + i] = ${body((x) => `${x}i`)};
}`;
  // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- the point of this file
  return new Function("f", source)(f) as Loop;
}

const NONE: TypedArray = new Float64Array(1);

function sharedLoop(arity: number, f: NumberFunction): Loop {
  if (arity === 1) {
    return (out, o, length, a, ai, as) => {
      for (let i = 0; i < length; i++, ai += as) out[o + i] = f(a[ai]!, 0, 0);
    };
  }
  return (out, o, length, a, ai, as, b = NONE, bi = 0, bs = 0, c = NONE, ci = 0, cs = 0) => {
    for (let i = 0; i < length; i++, ai += as, bi += bs, ci += cs) out[o + i] = f(a[ai]!, b[bi]!, c[ci]!);
  };
}

function canGenerate(): boolean {
  try {
    // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- asks whether it may
    return (new Function("return true") as () => boolean)();
  } catch {
    return false;
  }
}
export let codeGeneration: boolean = canGenerate();

/** Forbids or allows compiled loops, as a page's content security policy would; for tests. Loops made before stay as they are. */
export function allowCodeGeneration(allowed: boolean): void {
  codeGeneration = allowed && canGenerate();
}
