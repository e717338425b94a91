/**
 * Runs the ```ts blocks of README.md and docs/*.md as a reader would, each as a module of its own. Words after `ts`:
 *
 *   continue   goes on where the block before it stopped, and sees its variables
 *   error      must not compile; the next block is ```text, and each of its lines stands, in this order, in the compiler's report
 *   throws     must throw when run; the next block ends with the error, as `Name: message`
 *
 * All but `error` blocks must compile. A ```text block that comes next holds exactly what the block prints; without one, what it
 * prints is not looked at. In the extracted modules a block stands on the lines it has in its document, so positions in errors fit.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Console } from "node:console";
import { join } from "node:path";
import { Writable } from "node:stream";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { opsPage } from "../tools/ops.js";
import { typeCheck } from "./tsc.ts";

const root = join(import.meta.dirname, "..");
const folder = join(import.meta.dirname, ".docs");
const WORDS = ["continue", "error", "throws"];

interface Block {
  /** Line of the opening fence in the document, from 1. */
  line: number;
  words: string[];
  code: string[];
  /** The ```text block that comes next, before any other. */
  text: string | undefined;
}

/** Blocks that make one module: a first one and those that continue it. */
interface Program {
  file: string;
  blocks: Block[];
}

function blocksOf(markdown: string): Block[] {
  const lines = markdown.split(/\r?\n/);
  const blocks: Block[] = [];
  let previous: Block | undefined;
  for (let i = 0; i < lines.length; i++) {
    const fence = /^(`{3,}|~{3,})\s*(.*)$/.exec(lines[i]!);
    if (fence === null) continue;
    const [language, ...words] = fence[2]!.split(/\s+/);
    const start = i + 1;
    do i++;
    while (i < lines.length && lines[i]!.trimEnd() !== fence[1]);
    const code = lines.slice(start, i);
    if (language === "text" && previous !== undefined) previous.text = code.join("\n");
    previous = language === "ts" ? { line: start, words, code, text: undefined } : undefined;
    if (previous !== undefined) blocks.push(previous);
  }
  return blocks;
}

function programsOf(document: string, blocks: Block[]): Program[] {
  const programs: Program[] = [];
  let running: Block[] = [];
  for (const block of blocks) {
    const before = block.words.includes("continue") ? running : [];
    const file = `${document.replaceAll(/[/.]/g, "-")}-${block.line}.ts`;
    if (block.words.includes("error")) {
      programs.push({ file, blocks: [...before, block] });
    } else if (before.length > 0) {
      running.push(block);
    } else {
      running = [block];
      programs.push({ file, blocks: running });
    }
  }
  return programs;
}

/** The module of a program. A mark is printed on the line of each opening fence, which tells apart what the blocks print. */
const mark = (block: Block) => `\u0000${block.line}\u0000`;
function moduleOf(program: Program): string {
  const lines: string[] = [];
  for (const block of program.blocks) {
    while (lines.length < block.line - 1) lines.push("");
    lines.push(`console.log(${JSON.stringify(mark(block))});`, ...block.code);
  }
  return `${lines.join("\n")}\nexport {};\n`;
}

/** Runs a module and returns what it prints, ending with the error if it throws one. */
async function run(file: string): Promise<{ printed: string; threw: boolean }> {
  let printed = "";
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      printed += chunk.toString();
      done();
    },
  });
  const { console } = globalThis;
  globalThis.console = new Console({ stdout: stream, stderr: stream, colorMode: false });
  try {
    await import(/* @vite-ignore */ pathToFileURL(join(folder, file)).href);
    return { printed, threw: false };
  } catch (error) {
    return { printed: `${printed}${String(error)}\n`, threw: true };
  } finally {
    globalThis.console = console;
  }
}

const trimLines = (text: string) => text.replaceAll(/[ \t]+$/gm, "").trim();

const documents = [
  "README.md",
  ...(existsSync(join(root, "docs")) ? readdirSync(join(root, "docs")) : []).map((f) => `docs/${f}`),
]
  .filter((document) => document.endsWith(".md"))
  .map((document) => {
    const blocks = blocksOf(readFileSync(join(root, document), "utf8"));
    return { document, blocks, programs: programsOf(document, blocks) };
  });

const config = { extends: "../tsconfig.json", include: ["*.ts"] };

let report = "";
beforeAll(async () => {
  const modules = documents.flatMap(({ programs }) => programs);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const program of modules) writeFileSync(join(folder, program.file), moduleOf(program));
  if (modules.length === 0) return;
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  report = await typeCheck("tsconfig.json", folder);
});

/** The compiler's errors in the lines of one block, without the name of the extracted module. */
function errorsIn(program: Program, block: Block): string {
  const errors = report.split(/\n(?=\S)/).filter((error) => {
    const place = /^(.+?)\((\d+),\d+\): /.exec(error);
    const line = Number(place?.[2]);
    return place?.[1] === program.file && line >= block.line && line <= block.line + block.code.length;
  });
  return errors.map((error) => error.slice(program.file.length)).join("\n");
}

function expectLinesInOrder(text: string, wanted: string) {
  let rest = text;
  for (const line of wanted.split("\n").map((line) => line.trim())) {
    const at = rest.indexOf(line);
    if (at < 0) expect.fail(`the compiler's report lacks, at its place,\n  ${line}\nIt says:\n${text || "(nothing)"}`);
    rest = rest.slice(at + line.length);
  }
}

describe.each(documents)("$document", ({ blocks, programs }) => {
  test("fences are well formed", () => {
    for (const block of blocks) {
      const at = `line ${block.line}: \`\`\`ts ${block.words.join(" ")}`;
      for (const word of block.words) expect(WORDS, at).toContain(word);
      if (block.words.includes("error")) expect(block.text, `${at} needs the message in a text block`).toBeDefined();
    }
    const first = blocks[0];
    if (first !== undefined) expect(first.words, "the first block continues nothing").not.toContain("continue");
  });

  describe.each(programs)("$file", (program) => {
    const last = program.blocks.at(-1)!;
    if (last.words.includes("error")) {
      test(`line ${last.line} does not compile, and says why`, () => {
        const errors = errorsIn(program, last);
        expect(errors).not.toBe("");
        expectLinesInOrder(errors, last.text ?? "");
      });
      return;
    }
    test("compiles", () => {
      expect(program.blocks.map((block) => errorsIn(program, block)).join("")).toBe("");
    });
    test("runs and prints what the document says", async () => {
      const throws = last.words.includes("throws");
      const { printed, threw } = await run(program.file);
      if (threw && !throws) expect.fail(printed.replaceAll(/\0\d+\0\n/g, ""));
      expect(threw).toBe(throws);
      for (const [i, block] of program.blocks.entries()) {
        const next = program.blocks[i + 1];
        const end = next === undefined ? printed.length : printed.indexOf(mark(next));
        const output = printed.slice(printed.indexOf(mark(block)) + mark(block).length, end);
        if (block.text !== undefined) expect(trimLines(output), `line ${block.line}`).toBe(trimLines(block.text));
      }
    });
  });
});

test("docs/ops.md has all operations; `npx -y pnpm@12.21.0 ops` writes it", () => {
  expect(readFileSync(join(root, "docs/ops.md"), "utf8")).toBe(opsPage());
});
