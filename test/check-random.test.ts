import { checkGradients, type GradientReport, jacobian, type Tensor, tensor } from "@chainrule/core";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { wrongBy } from "./check-mutants.ts";
import { drawFrom, type Program, randomProgram } from "./check-programs.ts";

const RUNS = Number(process.env["CHECK_RUNS"] ?? 100);

const check = ({ f, inputs }: Program, options = {}): GradientReport =>
  checkGradients(f as never, inputs as never, { throw: false, ...options });
const numbers = fc.array(fc.nat(2 ** 20), { minLength: 1, maxLength: 80 });
const fraction = (low: number, high: number) => fc.integer({ min: low * 1024, max: high * 1024 }).map((n) => n / 1024);

/** The largest difference of the two programs' derivatives, relative to the largest derivative by the same input. */
function difference(a: Program, b: Program): number {
  const by = ({ f, inputs }: Program, k: number): Float64Array => {
    const alone = (z: Tensor): Tensor => f(...inputs.map((x, i) => (i === k ? z : x)));
    return Float64Array.from((jacobian(alone)(inputs[k]!) as Tensor).toTypedArray());
  };
  return Math.max(
    ...a.inputs.map((_, k) => {
      const [x, y] = [by(a, k), by(b, k)];
      const scale = x.reduce((max, v, i) => Math.max(max, Math.abs(v), Math.abs(y[i]!)), 0);
      return scale < 1e-9 ? 0 : x.reduce((max, v, i) => Math.max(max, Math.abs(v - y[i]!)), 0) / scale;
    }),
  );
}

const shown = (program: Program, report: GradientReport): string => `${program.text}\n${report.toString()}`;

describe("random programs", () => {
  test.each([true, false])("that are right never fail (smooth: %s)", (smooth) => {
    fc.assert(
      fc.property(numbers, fc.nat(1000), (list, seed) => {
        const program = randomProgram(drawFrom(list), smooth);
        const report = check(program, { seed });
        // Kinks do happen where numbers are small and round.
        expect(report.counts.fail, shown(program, report)).toBe(0);
        expect(report.broken, shown(program, report)).toEqual([]);
        if (smooth) expect(report.verdict, shown(program, report)).not.toBe("kink");
      }),
      { numRuns: RUNS },
    );
  });

  test.each([2, 3] as const)("that are right never fail, order %i", (order) => {
    fc.assert(
      fc.property(numbers, (list) => {
        const program = randomProgram(drawFrom(list));
        const report = check(program, { order });
        expect(report.counts.fail, shown(program, report)).toBe(0);
        expect(report.broken, shown(program, report)).toEqual([]);
      }),
      { numRuns: Math.ceil(RUNS / (order === 2 ? 5 : 15)) },
    );
  });

  test("never pass with an error that the report says would have been seen", () => {
    fc.assert(
      fc.property(numbers, fc.integer({ min: 3, max: 9 }), fc.nat(1000), (list, digits, seed) => {
        const wrong = randomProgram(drawFrom(list), true, wrongBy(1 + 10 ** -digits));
        const error = difference(randomProgram(drawFrom(list)), wrong);
        const report = check(wrong, { seed });
        fc.pre(error > 0);
        if (report.ok) expect(error, shown(wrong, report)).toBeLessThanOrEqual(report.resolution * 1.001);
      }),
      { numRuns: 2 * RUNS },
    );
  });

  test.each([
    ["of the wrong sign", wrongBy(-1), 1e-3],
    ["twice too large", wrongBy(2), 1e-3],
    ["lost", (x: Tensor) => x.detach(), 1e-3],
  ])("in which a derivative is %s never pass", (_, tamper, least) => {
    fc.assert(
      fc.property(numbers, fc.nat(1000), (list, seed) => {
        const wrong = randomProgram(drawFrom(list), true, tamper);
        // Where the mistake does not show in the derivative, there is nothing to find.
        fc.pre(difference(randomProgram(drawFrom(list)), wrong) > least);
        const report = check(wrong, { seed });
        expect(report.ok, shown(wrong, report)).toBe(false);
      }),
      { numRuns: RUNS },
    );
  });

  test("in which one mode alone is wrong fail, and the report names it", () => {
    fc.assert(
      fc.property(numbers, fc.boolean(), (list, reverse) => {
        const tamper = reverse ? wrongBy(1.001, 1) : wrongBy(1, 1.001);
        const right = randomProgram(drawFrom(list));
        fc.pre(difference(right, randomProgram(drawFrom(list), true, wrongBy(1.001))) > 1e-4);
        fc.pre(check(right).ok); // else finite differences have too few digits to decide
        const report = check(randomProgram(drawFrom(list), true, tamper));
        expect(report.verdict).toBe("fail");
        expect(report.worst!.mode).toBe(reverse ? "reverse" : "forward");
      }),
      { numRuns: RUNS },
    );
  });
});

describe("one number", () => {
  test("a kink is never passed, wherever it is and whatever surrounds it", () => {
    fc.assert(
      fc.property(fraction(-4, 4), fraction(-2, 2), fc.integer({ min: -12, max: 12 }), (at, slope, power) => {
        fc.pre(Math.abs(slope) > 0.01);
        const f = (x: Tensor) =>
          x
            .sub(at)
            .mul(slope)
            .abs()
            .add(x.sin())
            .mul(10 ** power);
        const report = checkGradients(f as never, [tensor([at])] as never, { throw: false });
        expect(report.verdict).toBe("kink");
        expect(Math.abs(report.worst!.jump)).toBeCloseTo(2 * Math.abs(slope) * 10 ** power, 6 - power);
      }),
      { numRuns: RUNS },
    );
  });

  test("beside a kink, derivatives are right again", () => {
    fc.assert(
      fc.property(fraction(-4, 4), fc.integer({ min: 2, max: 7 }), fc.boolean(), (at, power, below) => {
        const x = at + (below ? -1 : 1) * 10 ** -power;
        const f = (t: Tensor) => t.sub(at).abs().add(t.mul(3)).add(t.exp());
        expect(checkGradients(f as never, [tensor([x])] as never, { throw: false }).verdict).toBe("pass");
      }),
      { numRuns: RUNS },
    );
  });

  test("a wrong derivative never passes at any scale of input and output", () => {
    const scale = fc.integer({ min: -26, max: 26 }).map((power) => 2 ** power);
    fc.assert(
      fc.property(
        fraction(0.125, 3),
        scale,
        scale,
        fc.constantFrom(-1, 0, 0.5, 1 + 1e-6),
        (x, inner, outer, factor) => {
          const f = (t: Tensor) => wrongBy(factor)(t).div(inner).sin().add(t.div(inner).detach().mul(0)).mul(outer);
          fc.pre(Math.abs(Math.cos(x)) > 0.1);
          const report = checkGradients(f as never, [tensor([x * inner])] as never, { throw: false });
          expect(report.verdict, report.toString()).toBe("fail");
          const right = (t: Tensor) => t.div(inner).sin().mul(outer);
          expect(checkGradients(right as never, [tensor([x * inner])] as never, { throw: false }).verdict).toBe("pass");
        },
      ),
      { numRuns: RUNS },
    );
  });
});
