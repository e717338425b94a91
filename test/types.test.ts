import { expect, test } from "vitest";
import { typeCheck } from "./tsc.ts";

// Every test file is a type test too: what must not compile stands under `@ts-expect-error`.
test("the tests and all they import type-check", async () => {
  expect(await typeCheck("tsconfig.json", import.meta.dirname)).toBe("");
});
