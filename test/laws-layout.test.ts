import type { Tensor } from "@chainrule/core";
import { grad, jvp, tensor, vjp } from "@chainrule/core";
import * as fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { isFloat } from "../packages/core/src/dtype.ts";
import { linear } from "../packages/core/src/families/linear.ts";
import { ElementwiseOp } from "../packages/core/src/families/elementwise.ts";
import { allowCodeGeneration } from "../packages/core/src/kernels/loops.ts";
import { checkSame } from "./support/bits.ts";
import { directions, largest } from "./support/derivatives.ts";
import { withoutReading } from "./support/forbid.ts";
import { lay, layouts, stretched } from "./support/layout.ts";
import { caseCode, law } from "./support/law.ts";
import { asProgram, cases, type Data, differentiable, each, inputsOf, make, type Named } from "./support/sample.ts";

/** The result on these inputs, its derivatives of first order, and one of second. */
function everything(of: Named, inputs: readonly Tensor[], order = 2): Tensor[] {
  const { f, x } = asProgram(of, inputs);
  const [y] = f(x) as [Tensor];
  if (!isFloat(y.dtype) || x.length === 0) return [y];
  const t = directions(x, 1);
  const u = directions([y], 2);
  const reverse = (list: Tensor[]): Tensor[] => vjp(f, list)[1](u as never)[0];
  const first = [y, ...jvp(f, [x], [t])[1], ...reverse(x)];
  return order === 1 ? first : [...first, ...jvp(reverse, [x], [t])[1]];
}
const GRADIENTS = `const u = chainrule.onesLike(f(...inputs));
console.log(f(...inputs), chainrule.vjp(f, ...(inputs as never[]))[1](u as never));`;

describe("views and contiguous tensors give the same bits, and the same gradients", () => {
  const arrangement = fc.array(fc.constantFrom(...layouts), { minLength: 3, maxLength: 3 });
  test.each(each(cases))("%s", (_, of) => {
    law(
      fc.record({ data: inputsOf(of), how: arrangement }),
      ({ data, how }) => {
        const views = data.map((x, i) => lay(x, how[i % 3]!));
        checkSame(`on inputs ${how.join(", ")}`, everything(of, views), everything(of, data.map((x) => make(x)))); // prettier-ignore
      },
      ({ data, how }) => `// inputs lie in memory ${how.join(", ")}\n${caseCode(of, data, GRADIENTS)}`,
      4,
    );
  });
});

describe("a view of stride 0 is as good as the numbers written out", () => {
  test.each(each(cases.filter((of) => of.kinks === undefined)))("%s", (_, of) => {
    law(
      fc.record({ data: inputsOf(of), dims: fc.integer({ min: 0, max: 7 }) }),
      ({ data, dims }) => {
        const inputs = data.map((x) => stretched(x, dims));
        checkSame("on stretched inputs", everything(of, inputs.map((x) => x.view)), everything(of, inputs.map((x) => make(x.data)))); // prettier-ignore
      },
      ({ data, dims }) => `// stretched along the dims of the bits ${dims}\n${caseCode(of, data, GRADIENTS)}`,
      4,
    );
  });
});

describe("cotangents and tangents may be views", () => {
  test.each(each(differentiable))("%s", (_, of) => {
    law(
      fc.record({ data: inputsOf(of), how: fc.constantFrom(...layouts) }),
      ({ data, how }) => {
        const inputs = data.map((x) => make(x));
        const { f, x } = asProgram(of, inputs);
        const viewed = (list: Tensor[]): Tensor[] =>
          list.map((t) => lay({ shape: t.shape, values: [...t.toTypedArray()], dtype: t.dtype as never }, how));
        const [y, pull] = vjp(f, x) as [Tensor[], (u: Tensor[]) => [Tensor[]]];
        const [t, u] = [directions(x, 1), directions(y, 2)];
        checkSame("vjp", pull(viewed(u))[0], pull(u)[0]);
        checkSame("jvp", jvp(f, [x], [viewed(t)])[1], jvp(f, [x], [t])[1]);
      },
      ({ data, how }) => `// cotangents ${how}\n${caseCode(of, data, GRADIENTS)}`,
      3,
    );
  });
});

describe("every kernel set gives the same bits", () => {
  afterEach(() => allowCodeGeneration(true));

  /** The operation as it was before it compiled anything. */
  const fresh = (op: ElementwiseOp): ElementwiseOp =>
    Object.assign(Object.create(ElementwiseOp.prototype) as object, op, { loops: {}, fused: {} }) as ElementwiseOp;

  test.each(each(cases.filter((of) => of.op instanceof ElementwiseOp)))(
    "%s: a compiled loop and the shared one",
    (_, of) => {
      const op = of.op as ElementwiseOp;
      const dtype = fc.constantFrom<Data["dtype"]>(undefined, "float32", "int32");
      law(
        fc.record({ data: inputsOf(of), how: fc.constantFrom(...layouts), dtype }),
        ({ data, how, dtype }) => {
          const typed = data.map((x, i) =>
            i < op.conditions ? x : { ...x, dtype, values: dtype === "int32" ? x.values.map(Math.round) : x.values },
          );
          if (op.result === "float" && dtype === "int32") return;
          const inputs = typed.map((x) => lay(x, how));
          const results = [true, false].map((allowed) => {
            allowCodeGeneration(allowed);
            return fresh(op).forward(inputs);
          });
          checkSame("the shared loop", [results[1]!], [results[0]!]);
        },
        ({ data, how, dtype }) => `// ${dtype ?? "float64"} inputs ${how}\n${caseCode(of, data)}`,
      );
    },
  );

  test.each(each(cases.filter((of) => of.op instanceof ElementwiseOp)))(
    "%s: a scalar and an array of one element",
    (_, of) => {
      law(
        inputsOf({ ...of, op: undefined as never, shapes: of.shapes.map(() => []) }),
        (data) => {
          const conditions = (of.op as ElementwiseOp).conditions;
          for (const dtype of [undefined, "float32"] as const) {
            const scalars = data.map((x, i): Data =>
              i < conditions ? { ...x, values: [x.values[0]! > 0.5 ? 1 : 0], dtype: "bool" } : { ...x, dtype },
            );
            const arrays = scalars.map((x) => ({ ...x, shape: [1] }));
            const flat = (list: Tensor[]): Tensor[] => list.map((x) => x.reshape([1]) as Tensor);
            checkSame("on scalars", flat(everything(of, scalars.map((x) => make(x)))), everything(of, arrays.map((x) => make(x)))); // prettier-ignore
          }
        },
        (data) => caseCode(of, data, GRADIENTS),
      );
    },
  );

  // Without recording, rules may run as one loop; with it, or where no code may be generated, as they are written.
  test.each(each(differentiable))("%s: derivative rules fused, as written, and recorded", (_, of) => {
    law(
      fc.record({ data: inputsOf(of), dtype: fc.constantFrom<Data["dtype"]>(undefined, "float32") }),
      ({ data, dtype }) => {
        const inputs = data.map((x) => make({ ...x, dtype: x.dtype ?? dtype }, x.dtype === undefined));
        const leaves = inputs.filter((x) => x.requiresGrad);
        const run = (createGraph: boolean, allowed: boolean): Tensor[] => {
          allowCodeGeneration(allowed);
          const y = of.call(...inputs);
          const [cotangent] = directions([y], 3);
          return y.requiresGrad ? grad(y, leaves, { cotangent: cotangent!, createGraph }) : [];
        };
        const written = run(false, false);
        checkSame("gradients where no code may be generated, and where it may", run(false, true), written);
        checkSame("gradients recorded", run(true, true), written);
      },
      ({ data, dtype }) => `// ${dtype ?? "float64"}\n${caseCode(of, data, GRADIENTS)}`,
      6,
    );
  });
});

describe("float32 agrees with float64 to the digits it has", () => {
  test.each(each(differentiable.filter(({ name }) => !name.startsWith("cast"))))("%s", (_, of) => {
    law(
      inputsOf(of),
      (data) => {
        const narrow = data.map((x) => make({ ...x, dtype: x.dtype ?? "float32" }));
        const double = everything(of, data.map((x) => make(x))); // prettier-ignore
        everything(of, narrow).forEach((x, i) => {
          const wanted = double[i]!.toTypedArray();
          const tolerance = 2 ** -24 * 64 * (largest(wanted) + largest(double[0]!.toTypedArray()) + 1);
          x.toTypedArray().forEach((value, k) => {
            if (!(Math.abs(value - wanted[k]!) <= tolerance))
              throw new Error(`tensor ${i} of value, jvp, vjp, second: ${value} at ${k}, float64 says ${wanted[k]}`);
          });
          expect(x.dtype).toBe("float32");
        });
      },
      (data) => caseCode(of, data.map((x) => ({ ...x, dtype: x.dtype ?? "float32" })), GRADIENTS), // prettier-ignore
      6,
    );
  });
});

describe("rules never read data", () => {
  test.each(each(differentiable))("%s", (_, of) => {
    law(
      inputsOf(of),
      (data) => {
        const inputs = data.map((x) => make(x));
        const { f, x } = asProgram(of, inputs);
        const y = of.call(...inputs);
        const [t, u] = [directions(x, 1), directions([y], 2)];
        withoutReading([...inputs, ...t, ...u], () => {
          const reverse = (list: Tensor[]): Tensor[] => vjp(f, list)[1](u as never)[0];
          const second = (list: Tensor[]): Tensor[] => jvp(reverse, [list], [t])[1];
          const mixed = (list: Tensor[]): Tensor[] => vjp((z: Tensor[]) => jvp(f, [z], [t])[1], list)[1](u as never)[0];
          return [second(x), mixed(x), jvp(second, [x], [t])];
        });
      },
      (data) => caseCode(of, data, GRADIENTS),
      2,
    );
  });

  test("the check itself sees a rule that does", () => {
    const peeking = linear<null>({
      name: "peeking",
      forward: (x) => x.mul(2),
      transpose: (cotangent) => cotangent.mul(cotangent.toTypedArray().length),
      cases: [],
    });
    const f = (x: Tensor): Tensor => peeking(x.mul(1), null).sum();
    expect(() => withoutReading([], () => grad(f)(tensor([1, 2])))).toThrow("reads the elements");
    expect(grad(f)(tensor([1, 2])).toArray()).toEqual([2, 2]);
  });
});
