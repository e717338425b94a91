import { defineConfig } from "vitest/config";

export default defineConfig({
  // Tests run the packages' TypeScript source: nothing to build, nothing stale.
  ssr: { resolve: { conditions: ["@chainrule/source", "module", "node", "import", "default"] } },
  // What tests write there: code from documents, generated programs.
  server: { watch: { ignored: ["**/test/.*/**"] } },
  test: {
    // Node 20 has relaxed SIMD, which one set of kernels uses, behind a flag that later versions do not know.
    execArgv: process.version.startsWith("v20.") ? ["--experimental-wasm-relaxed-simd"] : [],
    include: ["test/**/*.test.ts", "packages/*/src/**/*.test.ts"],
    // No test is a race: a busy machine takes ten times as long.
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
});
