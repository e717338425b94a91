import { defineConfig } from "vitest/config";

export default defineConfig({
  // Tests run the packages' TypeScript source: nothing to build, nothing stale.
  ssr: { resolve: { conditions: ["@chainrule/source", "module", "node", "import", "default"] } },
  // The documents' code, which a test writes there.
  server: { watch: { ignored: ["**/test/.docs/**"] } },
  test: {
    include: ["test/**/*.test.ts", "packages/*/src/**/*.test.ts"],
  },
});
