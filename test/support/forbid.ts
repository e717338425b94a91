import type { Tensor } from "@chainrule/core";
import { BilinearOp } from "../../packages/core/src/families/bilinear.ts";
import { ElementwiseOp } from "../../packages/core/src/families/elementwise.ts";
import { LinearOp } from "../../packages/core/src/families/linear.ts";
import type { Op } from "../../packages/core/src/op.ts";
import { cases } from "./sample.ts";

const METHODS = ["forward", "vjp", "jvp"] as const;
type Rules = Pick<Op<never>, (typeof METHODS)[number]>;

/** What has rules: the families, and the operations that belong to none. */
const families: readonly Rules[] = [ElementwiseOp.prototype, LinearOp.prototype, BilinearOp.prototype];
const isOwn = (op: Rules): boolean => !families.some((family) => Object.prototype.isPrototypeOf.call(family, op));
const owners: readonly Rules[] = [
  ...families,
  ...new Set(cases.flatMap(({ op }) => (op !== undefined && isOwn(op) ? [op] : []))),
];

type Method = (this: unknown, ...args: never) => Tensor | null;

let forbidden = false;
const within = <R>(state: boolean, fn: () => R): R => {
  const before = forbidden;
  forbidden = state;
  try {
    return fn();
  } finally {
    forbidden = before;
  }
};

/** Runs `fn`. A derivative rule in it that looks at an element of a tensor gets an error; operations that the rule calls may look. */
export function withoutReading<R>(inputs: readonly Tensor[], fn: () => R): R {
  const originals = owners.map((owner) => METHODS.map((name): unknown => owner[name]));
  owners.forEach((owner, i) => {
    METHODS.forEach((name, k) => {
      const original = originals[i]![k] as Method;
      const replaced: Method = function (this: unknown, ...args) {
        const result = within(name !== "forward", () => original.apply(this, args));
        return name === "forward" ? sealed(result!) : result;
      };
      Object.assign(owner, { [name]: replaced });
    });
  });
  try {
    for (const x of inputs) sealed(x);
    return fn();
  } finally {
    owners.forEach((owner, i) => METHODS.forEach((name, k) => Object.assign(owner, { [name]: originals[i]![k]! })));
  }
}

/** The tensor, with a lock on its elements. */
function sealed(x: Tensor): Tensor {
  for (const key of ["array", "scalar"] as const) {
    let held: unknown = x[key];
    Object.defineProperty(x, key, {
      configurable: true,
      get() {
        if (forbidden) throw new Error("a derivative rule reads the elements of a tensor");
        return held;
      },
      set(next) {
        held = next;
      },
    });
  }
  return x;
}
