// @ts-check
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

/**
 * Bytes of the D2 program as a page would load it: bundled, minified, compressed.
 * @param {readonly string[]} names
 * @param {any} args
 */
export async function bundles(names, { page }) {
  const cells = /** @type {import("./measure.js").Cells} */ (new Map());
  for (const name of names) {
    const file = name === "chainrule" ? `chainrule-${page}` : name.split(" ")[0];
    try {
      const { build } = await import("esbuild");
      const { outputFiles } = await build({
        entryPoints: [fileURLToPath(new URL(`../pages/${file}.js`, import.meta.url))],
        bundle: true,
        minify: true,
        format: "esm",
        platform: "browser",
        write: false,
        logLevel: "silent",
      });
      cells.set(name, { bytes: gzipSync(outputFiles[0].contents, { level: 9 }).length });
    } catch (error) {
      cells.set(name, { missing: error instanceof Error ? (error.message.split("\n").at(-1) ?? "") : String(error) });
    }
  }
  return cells;
}
