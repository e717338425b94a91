/**
 * Runs the examples in the packages' docstrings. They compile; and where a line ends with a comment that is a value, as in
 * `tensor([1, 2]).sum().item(); // 3`, that is what comes out.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { typeCheck } from "./tsc.ts";

const root = join(import.meta.dirname, "..");
const folder = join(import.meta.dirname, ".docstrings");

interface Example {
  /** File and line, for the title. */
  place: string;
  file: string;
  code: string[];
}

function examplesOf(path: string): Example[] {
  const examples: Example[] = [];
  const lines = readFileSync(path, "utf8").split("\n");
  for (let i = 0; i < lines.length; i++) {
    if (!/^\s*\* @example\s*$/.test(lines[i]!)) continue;
    const code: string[] = [];
    const start = i + 1;
    for (i++; !/^\s*\*(\/| @)/.test(lines[i]!); i++) code.push(lines[i]!.replace(/^\s*\* ?/, ""));
    i--;
    const place = `${relative(root, path).replaceAll("\\", "/")}:${start}`;
    examples.push({ place, file: `${place.replaceAll(/[^a-z0-9]+/gi, "-")}.ts`, code });
  }
  return examples;
}

/** The packages that the tests depend on. */
const { dependencies } = JSON.parse(readFileSync(join(import.meta.dirname, "package.json"), "utf8")) as {
  dependencies: Record<string, string>;
};
const sourceOf = (name: string): string => join(root, "packages", name, "src");
const names = Object.keys(dependencies)
  .flatMap((name) => /^@chainrule\/(.*)/.exec(name)?.[1] ?? [])
  .filter((name) => existsSync(join(sourceOf(name), "index.ts")));

const examples = names.flatMap((name) =>
  readdirSync(sourceOf(name), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .sort()
    .flatMap((file) => examplesOf(join(sourceOf(name), file))),
);

/** What a package exports: values are known from running it; types are looked up in the files that list them. */
const exported = await Promise.all(
  names.map(async (name) => {
    const source = pathToFileURL(join(sourceOf(name), "index.ts")).href;
    const values = new Set(Object.keys((await import(/* @vite-ignore */ source)) as object));
    const lists = ["index.ts", "lean.ts", "shape-types/index.ts"]
      .map((file) => join(sourceOf(name), file))
      .filter(existsSync);
    return { name, values, text: lists.map((file) => readFileSync(file, "utf8")).join("") };
  }),
);

/** The value in a comment; undefined if it says something else. */
function valueIn(comment: string): string | undefined {
  try {
    JSON.parse(comment);
    return comment;
  } catch {
    return undefined;
  }
}

function moduleOf({ code }: Example): string {
  const text = code.join("\n");
  const words = [...new Set(text.match(/(?<![.\w])[A-Za-z]\w*/g))].filter(
    (word) => !new RegExp(`\\b(const|let|function|class) ${word}\\b`).test(text),
  );
  const imports = exported.map(({ name, values, text: list }) => {
    const isType = (word: string): boolean =>
      /^[A-Z]../.test(word) &&
      new RegExp(`\\b${word}\\b`).test(list) &&
      !exported.some((other) => other.values.has(word));
    const used = words.flatMap((word) => (values.has(word) ? [word] : isType(word) ? [`type ${word}`] : []));
    return used.length === 0 ? "" : `import { ${used.join(", ")} } from "@chainrule/${name}";`;
  });
  const body = code.map((line) => {
    const [, expression, comment] = /^(.*); \/\/ (.*)$/.exec(line) ?? [];
    const value = comment === undefined ? undefined : valueIn(comment);
    return value === undefined ? line : `found.push([${expression}, ${value}]);`;
  });
  return [
    ...imports.filter(Boolean),
    "export const found: [got: unknown, expected: unknown][] = [];",
    ...body,
    "",
  ].join("\n");
}

let report = "";
beforeAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const example of examples) writeFileSync(join(folder, example.file), moduleOf(example));
  const compilerOptions = { noUncheckedIndexedAccess: false };
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ extends: "../tsconfig.json", compilerOptions, include: ["*.ts"] }),
  );
  report = await typeCheck("tsconfig.json", folder);
});

test("all examples compile", () => {
  expect(report).toBe("");
});

test.each(examples.map((example) => [example.place, example] as const))("%s", async (_, { file }) => {
  const { found } = (await import(/* @vite-ignore */ pathToFileURL(join(folder, file)).href)) as {
    found: [unknown, unknown][];
  };
  for (const [got, expected] of found) expect(got).toEqual(expected);
});
