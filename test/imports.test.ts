import { existsSync, readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative } from "node:path";
import * as core from "@chainrule/core";
import * as inside from "@chainrule/core/internal";
import { describe, expect, test } from "vitest";

/** What a package may import of the others. A package that is not named here fails. */
const PACKAGES: Record<string, string[]> = {
  core: [],
  nn: ["core"],
  optim: ["core"],
  data: ["core"],
  blas: ["core"],
};

/** Packages that a page bundles in parts. */
const LEAN = ["nn", "optim"];

/** Entries that only Node can run; no other file of their package may import them. */
const NODE_ENTRIES = ["data/node"];

/**
 * The layers of core, lowest first; each entry is a file or a folder in core/src. A file imports values from its own row and
 * from the rows above it; types may come from anywhere.
 */
const LAYERS: string[][] = [
  ["errors"],
  ["shape", "shape-rules", "shape-types"],
  ["dtype", "ambient"],
  ["kernels", "storage", "spare"],
  ["tensor", "method-types", "op", "batched", "print"],
  ["random"],
  // Families insert ops (broadcastTo, cast) and ops are made by families.
  ["families", "registry", "ops"],
  ["create", "assign"],
  ["autograd"],
  ["check"],
  ["methods", "lean", "internal"],
  ["index"],
];

const root = join(import.meta.dirname, "../packages");

interface Import {
  /** Path in the package's src, with `/` and without `.ts`. */
  from: string;
  specifier: string;
  typeOnly: boolean;
}

const STATEMENT = /^[ \t]*(?:import|export)\b(\s+type\b)?(?:\s*["']|[^;"'`]*?\bfrom\s*["'])([^"']+)["']/gm;
const CALL = /\bimport\(\s*["'`]([^"'`]+)["'`]/g;

const withoutComments = (code: string) => code.replace(/\/\*[^]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");

function importsOf(name: string): Import[] {
  const source = join(root, name, "src");
  if (!existsSync(source)) return [];
  return readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .flatMap((file) => {
      const code = withoutComments(readFileSync(join(source, file), "utf8"));
      const from = file.replaceAll("\\", "/").slice(0, -".ts".length);
      return [
        ...[...code.matchAll(STATEMENT)].map((m) => ({ from, specifier: m[2]!, typeOnly: m[1] !== undefined })),
        ...[...code.matchAll(CALL)].map((m) => ({ from, specifier: m[1]!, typeOnly: false })),
      ];
    });
}

/** Where a relative import leads, as a path in src without `.ts`; starts with `..` when it leaves src. */
const target = (edge: Import) =>
  relative(".", join(dirname(edge.from), edge.specifier))
    .replaceAll("\\", "/")
    .replace(/\.ts$/, "");

const show = (edge: Import) => `${edge.from}.ts imports ${edge.specifier}`;

describe.each(readdirSync(root))("packages/%s", (name) => {
  const edges = importsOf(name);
  const manifest: unknown = JSON.parse(readFileSync(join(root, name, "package.json"), "utf8"));
  const { dependencies = {} } = manifest as { dependencies?: Record<string, string> };
  const bare = edges.filter((edge) => !edge.specifier.startsWith("."));
  const packageName = (edge: Import) => edge.specifier.match(/^(?:@[^/]+\/)?[^/]+/)?.[0] ?? edge.specifier;

  test("imports and depends on only the packages it may", () => {
    const entries = ["", "/lean", "/internal"];
    const allowed = new Set(PACKAGES[name]?.flatMap((other) => entries.map((entry) => `@chainrule/${other}${entry}`)));
    const ours = (specifier: string) => specifier.startsWith("@chainrule/");
    expect(PACKAGES).toHaveProperty(name);
    expect(bare.filter((edge) => ours(edge.specifier) && !allowed.has(edge.specifier)).map(show)).toEqual([]);
    expect(Object.keys(dependencies).filter((dep) => ours(dep) && !allowed.has(dep))).toEqual([]);
  });

  // Methods hold on to every operation. Only the entry for those who do not count bytes asks for them.
  test.runIf(LEAN.includes(name))("takes of core only what a page would bundle", () => {
    const full = bare.filter((edge) => edge.specifier === "@chainrule/core" && edge.from !== "index");
    expect(full.map(show)).toEqual([]);
  });

  test("reaches no other package by a relative path", () => {
    const relatives = edges.filter((edge) => edge.specifier.startsWith("."));
    expect(relatives.filter((edge) => target(edge).startsWith("..")).map(show)).toEqual([]);
  });

  test("imports nothing its package.json does not list as a dependency", () => {
    const others = bare.filter((edge) => !edge.specifier.startsWith("node:"));
    expect(others.filter((edge) => !(packageName(edge) in dependencies)).map(show)).toEqual([]);
  });

  test("runs in a browser: imports nothing of Node's", () => {
    const ofNode = (edge: Import) =>
      edge.specifier.startsWith(".")
        ? NODE_ENTRIES.includes(`${name}/${target(edge)}`)
        : edge.specifier.startsWith("node:") || builtinModules.includes(edge.specifier);
    const elsewhere = edges.filter((edge) => !NODE_ENTRIES.includes(`${name}/${edge.from}`));
    expect(elsewhere.filter(ofNode).map(show)).toEqual([]);
  });
});

test("what is there for the packages alone is no part of what users see", () => {
  expect(Object.keys(inside).filter((name) => name in core)).toEqual([]);
});

describe("the layers of core", () => {
  const edges = importsOf("core");
  const layerOf = (path: string) =>
    LAYERS.findIndex((layer) => layer.some((entry) => path === entry || path.startsWith(`${entry}/`)));
  const files = [
    ...new Set(edges.flatMap((edge) => (edge.specifier.startsWith(".") ? [edge.from, target(edge)] : [edge.from]))),
  ];

  test("every file has a layer", () => {
    expect(files.filter((file) => layerOf(file) < 0)).toEqual([]);
  });

  test("no file imports values from a layer above its own", () => {
    const upward = edges.filter(
      (edge) => !edge.typeOnly && edge.specifier.startsWith(".") && layerOf(edge.from) < layerOf(target(edge)),
    );
    expect(upward.map(show)).toEqual([]);
  });
});
