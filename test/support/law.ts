import * as fc from "fast-check";
import type { Data, Named } from "./sample.ts";

const { LAWS_SEED, LAWS_RUNS } = process.env;
/** How many times more samples than usual: LAWS_RUNS=100 npx vitest run test/laws */
const factor = Number(LAWS_RUNS ?? 1);

/**
 * Tests `check` on samples of `arbitrary`. A failure shows the seed, what went wrong, and the smallest counterexample that was found as
 * code that can be pasted and run.
 */
export function law<T>(arbitrary: fc.Arbitrary<T>, check: (x: T) => void, code: (x: T) => string, numRuns = 20): void {
  const run = fc.check(fc.property(arbitrary, check), {
    numRuns: numRuns * factor,
    ...(LAWS_SEED === undefined ? {} : { seed: Number(LAWS_SEED) }),
  });
  if (!run.failed) return;
  const { counterexample, errorInstance: error, seed } = run;
  if (counterexample === null) throw new Error(`no sample fits: ${run.numSkips} were skipped, seed ${seed}`);
  const message = error instanceof Error ? error.message : String(error);
  const found = `sample ${run.numRuns}, shrunk ${run.numShrinks} times; run it again with LAWS_SEED=${seed}`;
  throw new Error(`${message}\n${found}\n\n${code(counterexample[0])}\n`, { cause: error });
}

/** A tensor as code. */
export function literal({ shape, values, dtype }: Data): string {
  const options = dtype === undefined ? "" : `, { dtype: "${dtype}" }`;
  if (values.length === 0) return `zeros([${shape.join(", ")}]${options})`;
  let at = 0;
  const nest = (depth: number): string =>
    depth === shape.length
      ? show(values[at++]!, dtype)
      : `[${Array.from({ length: shape[depth]! }, () => nest(depth + 1)).join(", ")}]`;
  return `tensor(${nest(0)}${options})`;
}
const show = (x: number, dtype: Data["dtype"]): string =>
  dtype === "bool" ? String(x === 1) : Object.is(x, -0) ? "-0" : String(x);

export const PREAMBLE = `// examples/x.ts: npx tsx --conditions=@chainrule/source examples/x.ts
import * as chainrule from "@chainrule/core";
const { tensor, zeros } = chainrule;`;

/** A case of the registry on its inputs as code; \`then\` is what the law says about \`f\` and \`inputs\`. */
export const caseCode = (of: Named, inputs: readonly Data[], then = "console.log(f(...inputs));"): string =>
  `${PREAMBLE}
import { inner, registry } from "@chainrule/core/registry";
const f = ${of.code}
const inputs = [${inputs.map(literal).join(", ")}] as chainrule.Tensor[];
${then}`;
