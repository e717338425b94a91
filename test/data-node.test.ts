import { tensor } from "@chainrule/core";
import { loadSafetensors, saveSafetensors } from "@chainrule/data";
import { readFile, writeFile } from "@chainrule/data/node";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { refusal } from "./support/files.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "chainrule-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("files", () => {
  test("written and read, by path and by URL", () => {
    const bytes = saveSafetensors({ x: tensor([1, 2]) });
    const path = join(folder, "x.safetensors");
    writeFile(path, bytes);
    writeFile(pathToFileURL(join(folder, "ä b")), bytes.buffer as ArrayBuffer);
    expect(loadSafetensors(readFile(path)).x!.toArray()).toEqual([1, 2]);
    expect(readFile(pathToFileURL(join(folder, "ä b")))).toEqual(bytes);
    expect(readdirSync(folder).sort()).toEqual(["x.safetensors", "ä b"]);
    writeFile(path, new Uint8Array());
    expect(readFile(path).length).toBe(0);
  });
  test("what replaces a file keeps its rights, and links stay links", () => {
    const [path, link] = [join(folder, "x"), join(folder, "link")];
    writeFileSync(path, "old");
    chmodSync(path, 0o600);
    symlinkSync(path, link);
    writeFile(link, Buffer.from("new"));
    expect([readFileSync(path, "utf8"), statSync(path).mode & 0o777, lstatSync(link).isSymbolicLink()]).toEqual([
      "new",
      0o600,
      true,
    ]);
  });
  test("a write that fails leaves the old contents and nothing else", () => {
    const path = join(folder, "x");
    mkdirSync(join(folder, "full"));
    writeFileSync(path, "old");
    const list = [
      () => writeFile(join(folder, "none/x"), new Uint8Array(1)),
      () => writeFile(join(folder, "full"), new Uint8Array(1)),
      () => writeFile(path, "text" as never),
      () => readFile(join(folder, "none")),
      () => readFile(folder),
    ];
    expect(
      list
        .map((run) =>
          refusal(run)
            .replaceAll(folder, "…")
            .replace(/[-0-9a-f]{36}/, "ID"),
        )
        .join("\n"),
    ).toMatchInlineSnapshot(`
      "FileError: writeFile: ENOENT: no such file or directory, open '…/none/.x.ID.tmp'
      FileError: writeFile: EISDIR: illegal operation on a directory, rename '…/.full.ID.tmp' -> '…/full'
      ArgumentError: writeFile: needs the file's bytes as a Uint8Array or ArrayBuffer, got a string; a path is read with readFile of @chainrule/data/node
      FileError: readFile: ENOENT: no such file or directory, open '…/none'
      FileError: readFile: EISDIR: illegal operation on a directory, read"
    `);
    expect(readdirSync(folder).sort()).toEqual(["full", "x"]);
    expect(readFileSync(path, "utf8")).toBe("old");
  });
  test("a program killed while it writes loses nothing", () => {
    const path = join(folder, "x");
    const program = `
      import { writeFile } from "@chainrule/data/node";
      for (let i = 0; ; i++) writeFile(${JSON.stringify(path)}, new Uint8Array(4_000_000).fill(i % 250));
    `;
    const file = join(import.meta.dirname, ".data/write.mts");
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, program);
    try {
      for (const timeout of [700, 900, 1100]) {
        try {
          execFileSync(process.execPath, ["--import", "tsx", "--conditions=@chainrule/source", file], {
            timeout,
            killSignal: "SIGKILL",
            stdio: "pipe",
            cwd: import.meta.dirname,
          });
        } catch (error) {
          expect((error as { signal?: string }).signal, String((error as { stderr?: unknown }).stderr)).toBe("SIGKILL");
        }
        if (!readdirSync(folder).includes("x")) continue;
        const bytes = readFile(path);
        expect(bytes.length).toBe(4_000_000);
        expect(bytes.every((byte) => byte === bytes[0])).toBe(true);
      }
    } finally {
      rmSync(file, { force: true });
    }
  });
});
