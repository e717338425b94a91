// @ts-check
/**
 * Makes what is published of the packages that pages load: a file for each entry and one for what entries share, since loading 150 files
 * takes longer than running them. `node tools/bundle.js core` writes packages/core/bundle.
 */
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { build } from "esbuild";

const BUNDLED = ["core", "nn", "optim"];
const rootOf = (/** @type {string} */ name) => join(import.meta.dirname, "../packages", name);
/** @returns {{ publishConfig: { exports: Record<string, { default?: string }> } }} */
const manifestOf = (/** @type {string} */ name) => JSON.parse(readFileSync(join(rootOf(name), "package.json"), "utf8"));

/** Bundles a package into a folder. */
export async function bundle(/** @type {string} */ name, /** @type {string} */ folder) {
  const entries = Object.values(manifestOf(name).publishConfig.exports).flatMap((entry) => entry.default ?? []);
  rmSync(folder, { recursive: true, force: true });
  await build({
    absWorkingDir: rootOf(name),
    entryPoints: entries.map((entry) => entry.replace(/^\.\/bundle\/(.*)\.js$/, "src/$1.ts")),
    outbase: "src",
    outdir: folder,
    bundle: true,
    splitting: true,
    packages: "external",
    format: "esm",
    target: "es2023",
    sourcemap: true,
    sourcesContent: false,
    logLevel: "warning",
  });
}

/** Lays the packages out in `folder/node_modules` as an installation of what is published would, without types. */
export async function install(/** @type {string} */ folder) {
  const modules = join(folder, "node_modules");
  rmSync(modules, { recursive: true, force: true });
  for (const name of BUNDLED) {
    const target = join(modules, "@chainrule", name);
    mkdirSync(target, { recursive: true });
    const { publishConfig, ...manifest } = manifestOf(name);
    writeFileSync(join(target, "package.json"), JSON.stringify({ ...manifest, ...publishConfig }));
    await bundle(name, join(target, "bundle"));
  }
  symlinkSync(join(rootOf("core"), "node_modules/pure-rand"), join(modules, "pure-rand"), "junction");
}

if (process.argv[1] === import.meta.filename) {
  for (const name of process.argv.slice(2)) await bundle(name, join(rootOf(name), "bundle"));
}
