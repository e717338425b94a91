import { defineConfig } from "vitest/config";

export default defineConfig({
  // Tests run the packages' TypeScript source: nothing to build, nothing stale.
  ssr: { resolve: { conditions: ["@chainrule/source", "module", "node", "import", "default"] } },
  // What tests write there: code from documents, generated programs.
  server: { watch: { ignored: ["**/test/.*/**"] } },
  test: {
    include: ["test/**/*.test.ts", "packages/*/src/**/*.test.ts"],
  },
});
