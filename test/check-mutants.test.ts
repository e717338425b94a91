import { readFileSync } from "node:fs";
import { checkGradients, GradientCheckError } from "@chainrule/core";
import { describe, expect, test } from "vitest";
import { type Mutant, MUTANTS, pytorchPasses } from "./check-mutants.ts";

/** What the checker says, and in how many words. */
function verdictOn({ f, inputs, options }: Mutant): { verdict: string; text: string } {
  try {
    const report = checkGradients(f as never, inputs() as never, { ...options, throw: false });
    return { verdict: report.verdict, text: String(report) };
  } catch (error) {
    if (!String(error).includes("Error: checkGradients: ")) throw error;
    return { verdict: "error", text: String(error) };
  }
}

const groups = [...new Set(MUTANTS.map(({ group }) => group))].map((group) => ({
  group,
  mutants: MUTANTS.filter((mutant) => mutant.group === group),
}));

describe.each(groups)("$group", ({ mutants }) => {
  test.each(mutants)("$name: $expected", (mutant) => {
    const { verdict, text } = verdictOn(mutant);
    expect(verdict, text).toBe(mutant.expected);
    if (mutant.says !== undefined) expect(text).toContain(mutant.says);
  });
});

test("only a pass does not throw", () => {
  for (const { f, inputs, options, expected, group } of MUTANTS) {
    if (expected === "error" || group === "one of many") continue;
    const run = (): unknown => checkGradients(f as never, inputs() as never, options);
    if (expected === "pass") expect(run).not.toThrow();
    else expect(run).toThrow(GradientCheckError);
  }
});

test("the published table says what happens", () => {
  const rows = MUTANTS.map((mutant) => {
    const inputs = mutant.inputs();
    const small = inputs.reduce((sum, x) => sum + x.size, 0) < 1000;
    const torch = small ? (pytorchPasses(mutant.f, inputs) ? "passes" : "fails") : "";
    return `| ${mutant.name} | ${mutant.expected} | ${torch} |`.replaceAll(/ +/g, " ");
  });
  const published = readFileSync(new URL("../docs/gradient-checking.md", import.meta.url), "utf8");
  const lines = published.split("\n").map((line) => line.replaceAll(/ +/g, " "));
  expect(lines.filter((line) => /^\| .* \| (pass|fail|kink|inconclusive|error) \|/.test(line))).toEqual(rows);
});
