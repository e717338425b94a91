import { describe, test } from "vitest";
import { checkDerivatives } from "./support/derivatives.ts";
import { caseCode, law } from "./support/law.ts";
import { asProgram, differentiable, each, inputsOf, make } from "./support/sample.ts";

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
      3,
    );
  });
});
