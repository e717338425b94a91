import { RECORD, TRACE, withMode } from "../ambient.ts";
import type { Dtype } from "../dtype.ts";
import { compileFormula, type NumberFunction } from "../kernels/loops.ts";
import type { Program } from "../kernels/sets.ts";
import { fromNumber, type Tensor } from "../tensor.ts";

/** A rule written as one function of numbers and as a program, and which of the rule's arguments it takes, in its order. */
export interface Formula {
  readonly f: NumberFunction;
  readonly program: Program;
  readonly uses: readonly number[];
}

/** One operation of a rule: its function of numbers, and the program that says the same. */
interface Part {
  readonly f: NumberFunction;
  readonly program: Program;
}

/**
 * Reads a derivative rule as a formula: runs it once on scalars and turns the graph that this leaves into source text, so that
 * the rule costs one loop in place of one per operation. This is sound because rules never look at data. `partOf` tells what an operation
 * does to numbers. `null` where it does not pay or does not work: rules of a single operation, of more than four
 * arguments, or with operations that are not elementwise.
 */
export function readFormula(
  rule: (...args: Tensor[]) => Tensor,
  arity: number,
  dtype: Dtype,
  partOf: (x: Tensor) => Part | null,
): Formula | null {
  const args = Array.from({ length: arity }, (): Tensor => {
    const x = fromNumber(0.5, dtype);
    x.tracked = true;
    return x;
  });
  const result = withMode(RECORD | TRACE, () => rule(...args));
  const uses = new Set<number>();
  const constants: number[] = [];
  const steps: Part[] = [];
  const places = new Map<Tensor, { kind: "argument" | "constant" | "step"; at: number }>();
  let readable = true;
  const visit = (x: Tensor): void => {
    if (places.has(x)) return;
    const argument = args.indexOf(x);
    if (argument >= 0) {
      uses.add(argument);
      places.set(x, { kind: "argument", at: argument });
    } else if (x.inputs.length === 0) {
      places.set(x, { kind: "constant", at: constants.push(x.scalar) - 1 });
    } else {
      for (const input of x.inputs) visit(input);
      const part = partOf(x);
      if (part === null || x.shape.length > 0) readable = false;
      else places.set(x, { kind: "step", at: steps.push(part) - 1 });
    }
  };
  visit(result);
  if (!readable || steps.length < 2 || uses.size > 4) return null;
  const used = [...uses].sort((a, b) => a - b);
  const number = (x: Tensor): number => {
    const { kind, at } = places.get(x)!;
    if (kind === "argument") return used.indexOf(at);
    return used.length + at + (kind === "step" ? constants.length : 0);
  };
  const numbered = [...places].flatMap(([x, { kind, at }]) => {
    if (kind !== "step") return [];
    const { f, program } = steps[at]!;
    return [{ f, program, from: x.inputs.map(number) }];
  });
  return {
    f: compileFormula(used.length, constants, numbered, dtype === "float32"),
    program: joined(used.length, constants, numbered),
    uses: used,
  };
}

/** The program of parts that take values counted as in a `Program`. */
function joined(
  arity: number,
  constants: readonly number[],
  parts: readonly (Part & { readonly from: readonly number[] })[],
): Program {
  const all = [...constants];
  const steps: { name: string; from: number[] }[] = [];
  const count = constants.length + parts.reduce((sum, { program }) => sum + program.constants.length, 0);
  const results: number[] = [];
  for (const { program, from } of parts) {
    const [ownConstants, ownSteps] = [arity + all.length, arity + count + steps.length];
    const place = (x: number): number => (x < arity + constants.length ? x : results[x - arity - constants.length]!);
    const inside = (x: number): number => {
      const k = x - program.arity;
      if (k < 0) return place(from[x]!);
      return k < program.constants.length ? ownConstants + k : ownSteps + k - program.constants.length;
    };
    all.push(...program.constants);
    steps.push(...program.steps.map((step) => ({ name: step.name, from: step.from.map(inside) })));
    results.push(arity + count + steps.length - 1);
  }
  return { arity, constants: all, steps };
}
