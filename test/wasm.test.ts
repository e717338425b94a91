import { readFileSync } from "node:fs";
import { join } from "node:path";
import { conv2d, fromTypedArray, full, kernelInfo, matmul, setKernels, wasmKernels } from "@chainrule/core";
import { relaxedKernels } from "@chainrule/core/relaxed";
import { afterEach, describe, expect, test, vi } from "vitest";
import { binary } from "../packages/core/src/kernels/wasm/generated/index.ts";
import { type Engine, WasmModule } from "../packages/core/src/kernels/wasm/module.ts";
import { wasmSet } from "../packages/core/src/kernels/wasm/set.ts";

const root = join(import.meta.dirname, "..");
const engine = Reflect.get(globalThis, "WebAssembly") as Engine;
const chosen = setKernels([]);
setKernels(chosen);
afterEach(() => {
  vi.unstubAllGlobals();
  setKernels(chosen);
});

test("they are in use by default", () => {
  expect(chosen).toEqual([wasmKernels]);
  expect(kernelInfo()).toMatchInlineSnapshot(`
    [
      {
        "detail": "WebAssembly, 128-bit vectors",
        "name": "wasm",
      },
      {
        "detail": "plain loops",
        "name": "javascript",
      },
    ]
  `);
});

test.each(["index", "relaxed"])("the committed module %s is of these sources", async (name) => {
  const { sourceHash } = (await import(join(root, "tools/kernels/hash.js"))) as { readonly sourceHash: () => string };
  const text = readFileSync(join(root, `packages/core/src/kernels/wasm/generated/${name}.ts`), "utf8");
  expect(text.split("\n")[1], "run `npx -y pnpm@12.21.0 kernels`").toBe(`// source ${sourceHash()}`);
});

describe("where they cannot run, the plain kernels serve and say why", () => {
  const ones = (side: number) => fromTypedArray(new Float64Array(side * side).fill(1), [side, side]);
  const total = (side: number): number => matmul(ones(side), ones(side)).sum().item();
  function withEngine(WebAssembly: Partial<Engine> | undefined): string {
    vi.stubGlobal("WebAssembly", WebAssembly);
    setKernels([wasmSet("wasm", new WasmModule(binary, "this engine has no vectors in WebAssembly"), "vectors")]);
    expect(total(20)).toBe(20 ** 3);
    return kernelInfo()[0]!.detail;
  }
  test("no WebAssembly", () => {
    expect(withEngine(undefined)).toMatchInlineSnapshot(`"not used: this engine has no WebAssembly"`);
  });
  test("no vectors", () => {
    expect(withEngine({ validate: () => false })).toMatchInlineSnapshot(
      `"not used: this engine has no vectors in WebAssembly"`,
    );
  });
  test("a content security policy", () => {
    function Module(): never {
      throw new EvalError("WebAssembly.Module(): Wasm code generation disallowed by embedder");
    }
    expect(withEngine({ validate: () => true, Module: Module as never })).toMatchInlineSnapshot(
      `"not used: EvalError: WebAssembly.Module(): Wasm code generation disallowed by embedder"`,
    );
  });
  test("not enough memory for a large product or image", () => {
    class Memory extends engine.Memory {
      override grow(): never {
        throw new RangeError("WebAssembly.Memory.grow(): Maximum memory size exceeded");
      }
    }
    const { Module, Instance } = engine;
    expect(withEngine({ validate: () => true, Module, Instance, Memory })).toBe("vectors");
    expect(total(300)).toBe(300 ** 3);
    expect(conv2d(full([1, 64, 99, 99], 1), full([1, 64, 1, 1], 1)).sum().item()).toBe(64 * 99 ** 2); // prettier-ignore
  });
  test("no relaxed SIMD", () => {
    vi.stubGlobal("WebAssembly", { validate: () => false });
    setKernels([relaxedKernels]);
    expect(kernelInfo()[0]!.detail).toMatchInlineSnapshot(
      `"not used: this engine has no relaxed SIMD; Node 20 needs --experimental-wasm-relaxed-simd"`,
    );
  });
});
