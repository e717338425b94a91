import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { type Bytes, bytesOf } from "./bytes.ts";
import { FileError } from "./errors.ts";

/**
 * The bytes of a file.
 * @throws FileError, whose `cause` is Node's error, if it cannot be read.
 * @example
 * import { readFile, writeFile } from "@chainrule/data/node";
 * const path = new URL("read.safetensors", import.meta.url);
 * writeFile(path, saveSafetensors({ bias: tensor([1, 2]) }));
 * loadSafetensors(readFile(path)).bias!.toArray(); // [1, 2]
 */
export function readFile(path: string | URL): Uint8Array {
  try {
    return bytesOf("readFile", readFileSync(path));
  } catch (cause) {
    throw failure("readFile", cause);
  }
}

/**
 * Writes a file as a whole or not at all: into a temporary file beside it, which then takes its name. Whoever reads meanwhile sees the
 * old contents, and so does the next start after a crash.
 * @throws FileError, whose `cause` is Node's error, if it cannot be written; what was there before stays.
 * @example
 * import { readFile, writeFile } from "@chainrule/data/node";
 * const path = new URL("write.safetensors", import.meta.url);
 * writeFile(path, saveSafetensors({ bias: tensor([1, 2]) }));
 * readFile(path).length; // 88
 */
export function writeFile(path: string | URL, bytes: Bytes): void {
  const data = bytesOf("writeFile", bytes);
  let temporary: string | undefined;
  try {
    const target = resolved(typeof path === "string" ? path : fileURLToPath(path));
    const mode = statSync(target, { throwIfNoEntry: false })?.mode ?? 0o666;
    const name = join(dirname(target), `.${basename(target).slice(0, 100)}.${randomUUID()}.tmp`);
    const file = openSync(name, "wx", mode & 0o777);
    temporary = name;
    try {
      for (let at = 0; at < data.length;) at += writeSync(file, data, at, Math.min(data.length - at, 2 ** 30));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(name, target);
    temporary = undefined;
    syncFolder(dirname(target));
  } catch (cause) {
    if (temporary !== undefined) rmSync(temporary, { force: true });
    throw failure("writeFile", cause);
  }
}

/** A link stays a link: what it leads to is written. */
function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Makes the new name last too, where the system can. */
function syncFolder(path: string): void {
  try {
    const folder = openSync(path, "r");
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch {
    // Windows cannot open folders.
  }
}

const failure = (op: string, cause: unknown): FileError =>
  new FileError(op, String((cause as Error).message), { cause });
