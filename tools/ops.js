// @ts-check
/**
 * Writes docs/ops.md, a page of all operations, from their docstrings: `node tools/ops.js`; with --check it only compares.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

const source = join(import.meta.dirname, "../packages/core/src");
const page = join(import.meta.dirname, "../docs/ops.md");
const read = (/** @type {string} */ file) => readFileSync(join(source, file), "utf8");

/** The method that hands itself on to a function, by the function's name. */
const methods = new Map(
  [...read("methods.ts").matchAll(/^ {2}(\w+)(?:: ops\.\w+,|\(this: Tensor[^]*?^ {2}\},)$/gm)].flatMap(
    ([text, method]) => {
      const called = [...text.matchAll(/\bops\.([a-z]\w*)/g)].at(-1);
      return called === undefined ? [] : [[called[1], method]];
    },
  ),
);
/** Other names of functions. */
const aliases = new Map([...read("lean.ts").matchAll(/(\w+) as (\w+)/g)].map(([, name, other]) => [name, other]));

/** What a docstring says first. */
function firstSentence(/** @type {string} */ docstring) {
  const text = docstring.replaceAll(/^\s*\* ?/gm, "").split("\n@")[0] ?? "";
  const plain = text.replaceAll(/\s+/g, " ").trim();
  return /^.*?(?<! al)\.(?= |$)/.exec(plain)?.[0] ?? plain;
}

function describe(/** @type {string} */ text, /** @type {string} */ name) {
  const found = new RegExp(`/\\*\\*((?:(?!\\*/)[^])*)\\*/\\nexport (?:const|function) ${name}\\b`).exec(text);
  if (found === null) throw new Error(`${name} has no docstring`);
  return firstSentence(found[1] ?? "").replaceAll("|", "\\|");
}

/** Names by their first letter, each with a link to its section. */
function indexOf(/** @type {readonly { name: string, section: string }[]} */ entries) {
  /** @type {Map<string, string[]>} */
  const letters = new Map();
  for (const { name, section } of entries.toSorted((a, b) => a.name.localeCompare(b.name, "en"))) {
    const letter = name[0]?.toUpperCase() ?? "";
    letters.set(letter, [...(letters.get(letter) ?? []), `[${name}](#${section})`]);
  }
  return [...letters].map(([letter, links]) => `**${letter}** ${links.join(" · ")}`).join("\n\n");
}

/** The page, as it should be. */
export function opsPage() {
  /** @type {{ name: string, section: string }[]} */
  const index = [];
  const sections = [...read("ops/index.ts").matchAll(/export \{([^}]*)\} from "\.\/(.*)\.ts"/g)].map((match) => {
    const [, list = "", file = ""] = match;
    const text = read(`ops/${file}.ts`);
    const title = `${file[0]?.toUpperCase()}${file.slice(1).replaceAll("-", " ")}`;
    const section = title.toLowerCase().replaceAll(" ", "-");
    const names = list.split(",").map((name) => name.trim());
    const rows = names
      .filter((name) => name !== "" && !name.startsWith("type "))
      .map((name) => {
        const alias = aliases.get(name);
        for (const each of alias === undefined ? [name] : [name, alias]) index.push({ name: each, section });
        const other = alias === undefined ? "" : `, \`${alias}\``;
        const method = methods.has(name) ? `\`x.${methods.get(name)}\`` : "";
        return `| \`${name}\`${other} | ${describe(text, name)} | ${method} |`;
      });
    return `## [${title}](../packages/core/src/ops/${file}.ts)\n\n| function | what it gives | method |\n| --- | --- | --- |\n${rows.join("\n")}\n`;
  });
  return `<!-- Generated from packages/core/src/ops by \`npx -y pnpm@12.21.0 ops\`. Do not edit. -->

# All operations

Every operation is a function of \`@chainrule/core\` and of \`@chainrule/core/lean\`; those that one calls more often are methods of tensors too. What
each takes and throws, and an example, stand in its docstring, which an editor shows; the titles lead there.

${indexOf(index)}

${sections.join("\n")}`;
}

if (process.argv[1] === import.meta.filename) {
  if (!process.argv.includes("--check")) writeFileSync(page, opsPage());
  else if (readFileSync(page, "utf8") !== opsPage()) {
    console.error("docs/ops.md does not match the docstrings; run `npx -y pnpm@12.21.0 ops`");
    process.exitCode = 1;
  }
}
