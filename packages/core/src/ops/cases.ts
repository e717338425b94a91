import type { CustomOp } from "../families/custom.ts";
import { type Domain, type ElementwiseOp, REAL } from "../families/elementwise.ts";
import { apply, type Op } from "../op.ts";
import { broadcastShapes, type Shape, type ShapeArg } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { abs } from "./arithmetic.ts";
import { broadcastTo } from "./broadcast.ts";

// What the cases of the registry are written with.

/** One way to call an operation. */
export interface Case {
  readonly call: (...inputs: Tensor[]) => Tensor;
  /** Shapes of the inputs. An elementwise operation takes any that broadcast. */
  readonly shapes: readonly ShapeArg[];
  /** Interval that the elements of each input are sampled from. */
  readonly domain: readonly Domain[];
  /** Shape of the result from those of the inputs. */
  readonly rule?: (...shapes: Shape[]) => ShapeArg;
  /** Zero exactly where a derivative does not exist: samples keep away from there. */
  readonly kinks?: (...inputs: Tensor[]) => number;
  /** The operation, where the case is one of the operation itself. */
  readonly op?: Op;
}

/** Inputs of these shapes, sampled from one interval. */
export const within = (domain: Domain, ...shapes: ShapeArg[]): Pick<Case, "shapes" | "domain"> => ({
  shapes,
  domain: shapes.map(() => domain),
});
export const real = (...shapes: ShapeArg[]): Pick<Case, "shapes" | "domain"> => within(REAL, ...shapes);

/** The case in the record of an elementwise operation. */
export function elementwise(call: { readonly op: ElementwiseOp }): Case {
  const { op } = call;
  const { name, domain, kinks } = op;
  const rule = (...shapes: Shape[]): Shape => shapes.reduce((a, b) => broadcastShapes(name, a, b));
  const nearest = (...inputs: Tensor[]): number => {
    const shape = rule(...inputs.map((x) => x.shape));
    const values = inputs.map((x) => broadcastTo(x, shape).toTypedArray());
    return Math.min(...Array.from(values[0]!, (_, i) => Math.abs(kinks!(...values.map((v) => v[i]!)))));
  };
  return {
    call: call as unknown as Case["call"],
    shapes: domain.map(() => [2, 3]),
    domain,
    rule,
    op,
    ...(kinks && { kinks: nearest }),
  };
}

/** The cases in the record of any other operation, on the operation itself. */
export const recorded = <P>(op: CustomOp<P>, kinks?: Case["kinks"]): Case[] =>
  op.cases.map(({ shapes, params }) => ({
    call: (...inputs) => apply(op, inputs, params),
    shapes,
    domain: shapes.map(() => REAL),
    op: op as Op,
    ...(kinks && { kinks }),
  }));

/** Distance between the two elements that are closest: 0 at a tie. */
export const apart = (x: Tensor): number => {
  const sorted = x.toTypedArray().toSorted();
  return Math.min(...Array.from(sorted.subarray(1), (value, i) => value - sorted[i]!));
};
/** Size of the smallest element. */
export const smallest = (x: Tensor): number => Math.min(...abs(x).toTypedArray());
export const same = (x: ShapeArg): ShapeArg => x;
export const scalar = (): ShapeArg => [];
