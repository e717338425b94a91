import { ArgumentError } from "@chainrule/core";
import { FileError } from "./errors.ts";

/** The contents of a file. */
export type Bytes = Uint8Array | ArrayBuffer;

const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The bytes as a plain Uint8Array over the same memory, so that `slice` copies even where a Node Buffer came in. */
export function bytesOf(op: string, bytes: unknown): Uint8Array {
  if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes);
  if (ArrayBuffer.isView(bytes) && Object.prototype.toString.call(bytes) === "[object Uint8Array]")
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  throw new ArgumentError(`${op}: needs the file's bytes as a Uint8Array or ArrayBuffer, got ${described(bytes)}`);
}

function described(x: unknown): string {
  if (typeof x === "string") return "a string; a path is read with readFile of @chainrule/data/node";
  if (x instanceof Promise) return "a promise; await it first";
  return typeof x;
}

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/**
 * The same items in this machine's byte order, where a typed array can look at them: the bytes themselves if they lie well, else a copy.
 */
export function nativeItems(bytes: Uint8Array, itemSize: number, littleEndian: boolean): Uint8Array {
  const swap = itemSize > 1 && littleEndian !== LITTLE_ENDIAN;
  if (!swap) return bytes.byteOffset % itemSize === 0 ? bytes : bytes.slice();
  const copy = bytes.slice();
  for (let i = 0; i < copy.length; i += itemSize) copy.subarray(i, i + itemSize).reverse();
  return copy;
}

/** Text that is UTF-8 through and through; a byte order mark stays. */
export function decodeUtf8(op: string, what: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new FileError(op, `${what} is not UTF-8`, { cause });
  }
}

/** Throws unless UTF-8 can hold the text. */
export function checkText(op: string, what: string, text: string): void {
  if (/\p{Surrogate}/u.test(text))
    throw new ArgumentError(
      `${op}: ${what} has half a surrogate pair, which UTF-8 cannot hold: ${JSON.stringify(text)}`,
    );
}
