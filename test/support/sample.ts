import { fromTypedArray, type Tensor } from "@chainrule/core";
import { type Case, inner, registry } from "@chainrule/core/registry";
import * as fc from "fast-check";
import { isFloat } from "../../packages/core/src/dtype.ts";
import { type Domain, ElementwiseOp } from "../../packages/core/src/families/elementwise.ts";

// What the laws are tested on. Numbers are whole numbers over 1024: they are exact in float32, shrink well, and meet in ties.

export const UNIT = 1024;

/** A tensor yet to be made. */
export interface Data {
  readonly shape: readonly number[];
  readonly values: readonly number[];
  /** float64 unless it says otherwise. */
  readonly dtype?: "bool" | "int32" | "float32" | undefined;
}

const ARRAYS = { bool: Uint8Array, int32: Int32Array, float32: Float32Array, float64: Float64Array };

export const make = ({ shape, values, dtype }: Data, requiresGrad = false): Tensor =>
  fromTypedArray(ARRAYS[dtype ?? "float64"].from(values), shape, { requiresGrad }) as Tensor;

export const count = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

export const numberIn = ([low, high]: Domain): fc.Arbitrary<number> =>
  fc.integer({ min: Math.ceil(low * UNIT), max: Math.floor(high * UNIT) }).map((n) => n / UNIT);

export const dataOf = (shape: readonly number[], domain: Domain): fc.Arbitrary<Data> =>
  fc.array(numberIn(domain), { minLength: count(shape), maxLength: count(shape) }).map((values) => ({ shape, values }));

/** Any shape of at most three dims and 18 elements; rank 0 and size 0 come up. */
export const anyShape: fc.Arbitrary<number[]> = fc.array(
  fc.oneof({ weight: 12, arbitrary: fc.integer({ min: 1, max: 3 }) }, { weight: 1, arbitrary: fc.constant(0) }),
  { maxLength: 3 },
);

/** As many shapes as asked for, which broadcast with each other. */
export const broadcastable = (operands: number): fc.Arbitrary<number[][]> =>
  anyShape.chain((shape) =>
    fc.array(
      fc
        .record({ drop: fc.integer({ min: 0, max: shape.length }), ones: fc.integer({ min: 0, max: 7 }) })
        .map(({ drop, ones }) => shape.map((size, d) => ((ones >> d) & 1 ? 1 : size)).slice(drop)),
      { minLength: operands, maxLength: operands },
    ),
  );

/** How near to a kink a sample may come; the differences reach over a hundredth of it. */
const MARGIN = 0.05;
export const clearOfKinks = ({ kinks }: Case, inputs: readonly Tensor[]): boolean =>
  kinks === undefined || !(kinks(...inputs) < MARGIN);

/** Inputs for a case: elementwise operations get any shapes that broadcast, unless told to take those of the case. */
export function inputsOf(of: Case, fixed = false): fc.Arbitrary<Data[]> {
  const conditions = of.op instanceof ElementwiseOp ? of.op.conditions : 0;
  const fill = (shapes: readonly (readonly number[])[]): fc.Arbitrary<Data[]> =>
    fc.tuple(
      ...shapes.map((shape, i): fc.Arbitrary<Data> => {
        if (i >= conditions) return dataOf(shape, of.domain[i]!);
        const values = fc.array(fc.integer({ min: 0, max: 1 }), { minLength: count(shape), maxLength: count(shape) });
        return values.map((bits) => ({ shape, values: bits, dtype: "bool" }));
      }),
    );
  const any = of.op instanceof ElementwiseOp && !fixed ? broadcastable(of.op.arity).chain(fill) : fill(of.shapes);
  return any.filter((data) => clearOfKinks(of, data.map((x) => make(x)))); // prettier-ignore
}

/** Every case of the registry with a name of its own. */
export interface Named extends Case {
  readonly name: string;
  /** The case as code. */
  readonly code: string;
}

/** The source of a function as it was written: without what vitest makes of imports. */
export const sourceOf = (f: (...args: never[]) => unknown): string =>
  f
    .toString()
    .replaceAll(/\(0,\s*(__\w+_import_\d+__\.\w+)\)/g, "$1")
    .replaceAll(/__\w+_import_\d+__\.|\bops\./g, "")
    .replaceAll(/\s+/g, " ");

export const cases: readonly Named[] = Object.entries({ ...registry, ...inner }).flatMap(([name, list]) =>
  list.map((of, i): Named => {
    const shown =
      of.op === undefined ? sourceOf(of.call) : `the operation ${of.op.name} on ${JSON.stringify(of.shapes)}`;
    const table = name in registry ? "registry" : "inner";
    const code = `${table}.${name}${table === "inner" ? "!" : ""}[${i}]!.call; // ${shown}`;
    return { ...of, name: list.length === 1 ? name : `${name}, ${shown}`, code };
  }),
);

/** Those whose result is a floating tensor, so that derivatives exist. */
export const differentiable: readonly Named[] = cases.filter((of) => {
  const inputs = fc.sample(inputsOf(of, true), { seed: 1, numRuns: 1 })[0]!;
  return isFloat(of.call(...inputs.map((x) => make(x))).dtype);
});

/** As rows for `test.each`, under their names. */
export const each = (list: readonly Named[]): [string, Named][] => list.map((of) => [of.name, of]);

/** The case as a function of its floating inputs, and these. */
export function asProgram(of: Named, inputs: readonly Tensor[]): { f: (x: Tensor[]) => Tensor[]; x: Tensor[] } {
  const x = inputs.filter((input) => isFloat(input.dtype));
  const f = (list: Tensor[]): Tensor[] => {
    const rest = [...list];
    return [of.call(...inputs.map((input) => (isFloat(input.dtype) ? rest.shift()! : input)))];
  };
  return { f, x };
}
