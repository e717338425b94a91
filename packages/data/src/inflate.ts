import { quoted } from "@chainrule/core/internal";
import { ArgumentError } from "@chainrule/core";
import { Gunzip } from "fflate";
import { FileError } from "./errors.ts";

export interface InflateOptions {
  /**
   * The most bytes that compressed contents may unpack to, all in all. By default 32 times the size of the file, but at least 16 MiB:
   * a file that a few kilobytes blow up to gigabytes is an attack far more often than a table of zeros.
   */
  readonly maxBytes?: number | undefined;
}

/** What is left of the bytes that may be unpacked. */
export class Budget {
  private left: number;
  private readonly op: string;
  readonly limit: number;

  constructor(op: string, file: Uint8Array, { maxBytes = Math.max(2 ** 24, 32 * file.length) }: InflateOptions) {
    if (!Number.isSafeInteger(maxBytes) || maxBytes < 0)
      throw new ArgumentError(`${op}: maxBytes is a whole number from 0 up, got ${quoted(maxBytes)}`);
    this.op = op;
    this.limit = maxBytes;
    this.left = maxBytes;
  }

  /** Unpacks a deflate stream (RFC 1951) of which its container says that it holds `size` bytes. */
  inflate(what: string, packed: Uint8Array, size: number): Uint8Array {
    const { op } = this;
    // 258 bytes from two bits is the most that deflate can do.
    if (size > 1032 * packed.length)
      throw new FileError(op, `${what} is said to unpack to ${size} bytes, which ${packed.length} cannot`);
    this.spend(what, size);
    const out = new Uint8Array(size);
    let at = 0;
    // The stream must end where it is said to end, and fflate tells the end of gzip members only, when the next one begins: so
    // the stream is handed over as a member, with the head of another after it.
    let end = -1;
    const stream = new Gunzip((chunk) => {
      if (at + chunk.length > size)
        throw new FileError(op, `${what} unpacks to more than the ${size} bytes it is said to hold`);
      out.set(chunk, at);
      at += chunk.length;
    });
    stream.onmember = (offset) => {
      if (end < 0) end = offset;
    };
    try {
      stream.push(GZIP_HEADER.slice());
      // In pieces, so that no more than PIECE · 1032 bytes come before `size` is looked at.
      for (let i = 0; i < packed.length; i += PIECE) stream.push(packed.subarray(i, i + PIECE));
      stream.push(new Uint8Array(GZIP_TRAILER));
      stream.push(GZIP_HEADER.slice());
    } catch (cause) {
      if (cause instanceof FileError) throw cause;
      throw new FileError(op, `${what} is damaged: it cannot be inflated`, { cause });
    }
    if (at < size) throw new FileError(op, `${what} unpacks to ${at} bytes, it is said to hold ${size}`);
    if (end !== GZIP_HEADER.length + packed.length + GZIP_TRAILER)
      throw new FileError(op, `${what} is damaged: it does not end where it is said to end`);
    return out;
  }

  private spend(what: string, size: number): void {
    if (size > this.left)
      throw new FileError(
        this.op,
        `${what} unpacks to ${size} bytes, more than are left of the ${this.limit} allowed; if you trust the file pass { maxBytes }`,
      );
    this.left -= size;
  }
}
const PIECE = 16384;
const GZIP_HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);
const GZIP_TRAILER = 8;

const CRC = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** The checksum of zip and gzip (RFC 1952, section 8). */
export function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) crc = CRC[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
