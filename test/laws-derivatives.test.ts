import * as fc from "fast-check";
import { describe, test } from "vitest";
import { type Domain, ElementwiseOp } from "../packages/core/src/families/elementwise.ts";
import { checkDerivatives } from "./support/derivatives.ts";
import { caseCode, law } from "./support/law.ts";
import { asProgram, clearOfKinks, type Data, differentiable, each, inputsOf, make } from "./support/sample.ts";

const DIFFERENCES = `const t = inputs.map((x) => chainrule.rand(x.shape));
const moved = (h: number) => f(...inputs.map((x, i) => x.add(t[i]!.mul(h)) as chainrule.Tensor));
console.log(chainrule.jvp(f, inputs as never, t as never)[1], moved(1e-5).sub(moved(-1e-5)).div(2e-5));`;

describe("derivatives to third order, in every mix of modes, agree with differences and with each other", () => {
  test.each(each(differentiable))("%s", (_, of) => {
    law(
      inputsOf(of),
      (data) => {
        const { f, x } = asProgram(of, data.map((part) => make(part))); // prettier-ignore
        checkDerivatives(f, x, 3);
      },
      (data) => caseCode(of, data, DIFFERENCES),
      2,
    );
  });
});

describe("and so do the derivatives by one input alone, to second order", () => {
  test.each(each(differentiable.filter((of) => of.shapes.length > 1)))("%s", (_, of) => {
    law(
      inputsOf(of),
      (data) => {
        const { f, x } = asProgram(of, data.map((part) => make(part))); // prettier-ignore
        x.forEach((part, i) => checkDerivatives(([alone]) => f(x.with(i, alone!)), [part], 2));
      },
      (data) => caseCode(of, data, DIFFERENCES),
      3,
    );
  });
});

describe("and so do derivatives of elementwise operations at zeros, ones and ties, where conditions change sides", () => {
  const SPECIAL = [0, 1, -1, 0.5, 2, -2];
  const smooth = differentiable.filter((of) => of.op instanceof ElementwiseOp && of.op.conditions === 0);
  test.each(each(smooth))("%s", (_, of) => {
    const inside = ([low, high]: Domain): number[] =>
      [...SPECIAL, low + (high - low) / 2].filter((v) => v > low && v < high);
    const points = fc.tuple(...of.domain.map((domain) => fc.constantFrom(...inside(domain))));
    law(
      points.map((values) => values.map((value): Data => ({ shape: [], values: [value] }))),
      (data) => {
        const x = data.map((part) => make(part));
        if (clearOfKinks(of, x)) checkDerivatives((list) => [of.call(...list)], x, 3);
      },
      (data) => caseCode(of, data, DIFFERENCES),
      of.domain.length === 1 ? 7 : 12,
    );
  });
});
