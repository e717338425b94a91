import { viewOf } from "./bytes.ts";
import { FileError } from "./errors.ts";
import { type Budget, crc32 } from "./inflate.ts";

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** The contents of a gzip file of one member (RFC 1952), checked against their checksum. */
export function gunzip(op: string, bytes: Uint8Array, budget: Budget): Uint8Array {
  const fail = (why: string): never => {
    throw new FileError(op, `the gzip file ${why}`);
  };
  if (bytes.length < 18) fail("is cut short");
  const flags = bytes[3]!;
  if (bytes[2] !== 8 || flags > 31) fail("is of an unknown kind");
  const view = viewOf(bytes);
  let at = 10;
  if (flags & 4) at += 2 + (at + 2 <= bytes.length ? view.getUint16(at, true) : 0);
  for (const text of [8, 16]) {
    if (!(flags & text)) continue;
    const end = bytes.indexOf(0, at);
    at = end < 0 ? bytes.length : end + 1;
  }
  if (flags & 2) at += 2;
  if (at + 8 > bytes.length) fail("is cut short");
  const end = bytes.length - 8;
  const contents = budget.inflate("the gzip file", bytes.subarray(at, end), view.getUint32(end + 4, true));
  if (crc32(contents) !== view.getUint32(end, true)) fail("is damaged: its checksum is wrong");
  return contents;
}
