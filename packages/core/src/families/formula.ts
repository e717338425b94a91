import { RECORD, TRACE, withMode } from "../ambient.ts";
import type { Dtype } from "../dtype.ts";
import { compileFormula, type NumberFunction, type Step } from "../kernels/loops.ts";
import type { Program } from "../kernels/sets.ts";
import { fromNumber, type Tensor } from "../tensor.ts";

/** A rule written as one function of numbers and as a program, and which of the rule's arguments it takes, in its order. */
export interface Formula {
  readonly f: NumberFunction;
  readonly program: Program;
  readonly uses: readonly number[];
}

/**
 * Reads a derivative rule as a formula: runs it once on scalars and turns the graph that this leaves into source text, so that
 * the rule costs one loop in place of one per operation. This is sound because rules never look at data. `stepOf` tells what an operation
 * does to numbers. `null` where it does not pay or does not work: rules of a single operation, of more than four
 * arguments, or with operations that are not elementwise.
 */
export function readFormula(
  rule: (...args: Tensor[]) => Tensor,
  arity: number,
  dtype: Dtype,
  stepOf: (x: Tensor) => Omit<Step, "from"> | null,
): Formula | null {
  const args = Array.from({ length: arity }, (): Tensor => {
    const x = fromNumber(0.5, dtype);
    x.tracked = true;
    return x;
  });
  const result = withMode(RECORD | TRACE, () => rule(...args));
  const uses = new Set<number>();
  const constants: number[] = [];
  const steps: Step[] = [];
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
      const step = stepOf(x);
      if (step === null || x.shape.length > 0) readable = false;
      else places.set(x, { kind: "step", at: steps.push({ ...step, from: [] }) - 1 });
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
  const numbered = [...places].flatMap(([x, { kind, at }]) =>
    kind === "step" ? [{ ...steps[at]!, from: x.inputs.map(number) }] : [],
  );
  return {
    f: compileFormula(used.length, constants, numbered, dtype === "float32"),
    program: { arity: used.length, constants, steps: numbered },
    uses: used,
  };
}
