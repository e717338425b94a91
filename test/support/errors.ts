import { ChainruleError } from "@chainrule/core";
import { expect } from "vitest";

/** The error that `run` ends with: one of ours, which names the operation first. */
export function error(run: () => unknown): string {
  try {
    run();
  } catch (thrown) {
    if (!(thrown instanceof ChainruleError)) throw thrown;
    expect(thrown.message).toMatch(/^[\w.]+(\(\d+, \d+\))?: /);
    return `${thrown.name}: ${thrown.message}`;
  }
  throw new Error("nothing was thrown");
}

/** The same for each of several, one a line. */
export const errors = (...runs: (() => unknown)[]): string => runs.map((run) => error(run)).join("\n");
