import { decodeUtf8, viewOf } from "./bytes.ts";
import { FileError } from "./errors.ts";
import { type Budget, crc32 } from "./inflate.ts";

// The format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3.7 (local header), 4.3.12 (central directory)
// and 4.3.16 (its end).
const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const ALL_ONES = 0xffffffff;

interface Entry {
  readonly name: string;
  readonly deflated: boolean;
  readonly crc: number;
  readonly packed: Uint8Array;
  readonly size: number;
}

/**
 * The files in a zip archive by name, each once and checked against its checksum. Entries may not share bytes: small archives that
 * unpack to petabytes are made that way (https://www.bamsoftware.com/hacks/zipbomb/).
 */
export function* unzip(op: string, bytes: Uint8Array, budget: Budget): Iterable<[name: string, contents: Uint8Array]> {
  for (const { name, deflated, crc, packed, size } of entriesOf(op, bytes)) {
    const what = JSON.stringify(name);
    const contents = deflated ? budget.inflate(what, packed, size) : packed;
    if (crc32(contents) !== crc) throw new FileError(op, `${what} is damaged: its checksum is wrong`);
    yield [name, contents];
  }
}

function entriesOf(op: string, bytes: Uint8Array): Entry[] {
  const fail = (why: string): never => {
    throw new FileError(op, why);
  };
  const view = viewOf(bytes);
  const { count, start, end } = findDirectory(view, fail);
  const places: { readonly entry: Entry; readonly begin: number; readonly end: number }[] = [];
  const names = new Set<string>();
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== CENTRAL) fail("the directory of the archive is damaged");
    const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
    const [crc, packed, size] = [16, 20, 24].map((place) => view.getUint32(at + place, true)) as [
      number,
      number,
      number,
    ];
    const [nameLength, extra, comment] = [28, 30, 32].map((place) => view.getUint16(at + place, true)) as [
      number,
      number,
      number,
    ];
    const begin = view.getUint32(at + 42, true);
    const nameEnd = at + 46 + nameLength;
    if (nameEnd + extra + comment > end) fail("the directory of the archive is damaged");
    const name = decodeUtf8(op, "the name of a file in the archive", bytes.subarray(at + 46, nameEnd));
    const what = JSON.stringify(name);
    if (names.has(name)) fail(`${what} comes twice in the archive`);
    names.add(name);
    if (flags & 1) fail(`${what} is encrypted`);
    if (method !== 0 && method !== 8) fail(`${what} is packed by method ${method}; stored and deflated files are read`);
    if (packed === ALL_ONES || size === ALL_ONES || begin === ALL_ONES)
      fail(`${what} is larger than 4 GB, which is not read`);
    if (method === 0 && packed !== size) fail(`${what} is said to take ${packed} bytes and to hold ${size}`);
    const data = dataAfterLocalHeader(bytes, view, begin, start, bytes.subarray(at + 46, nameEnd));
    if (data < 0 || data + packed > start) fail(`${what} is not where the directory says`);
    places.push({
      entry: { name, deflated: method === 8, crc, packed: bytes.subarray(data, data + packed), size },
      begin,
      end: data + packed,
    });
    at = nameEnd + extra + comment;
  }
  if (at !== end) fail("the directory of the archive is damaged");
  let last = 0;
  for (const { entry, begin, end } of places.toSorted((a, b) => a.begin - b.begin)) {
    if (begin < last) fail(`${JSON.stringify(entry.name)} shares bytes with another file of the archive`);
    last = end;
  }
  return places.map(({ entry }) => entry);
}

/** Where the directory lies: its end record closes the file, but for a comment of at most 64 KB. */
function findDirectory(view: DataView, fail: (why: string) => never): { count: number; start: number; end: number } {
  const size = view.byteLength;
  for (let at = size - 22; at >= Math.max(0, size - 22 - 0xffff); at--) {
    if (view.getUint32(at, true) !== END || view.getUint16(at + 20, true) !== size - 22 - at) continue;
    const count = view.getUint16(at + 10, true);
    const start = view.getUint32(at + 16, true);
    const end = start + view.getUint32(at + 12, true);
    if (view.getUint32(at + 4, true) !== 0 || view.getUint16(at + 8, true) !== count)
      fail("an archive in parts is not read");
    if (end !== at) fail("the directory of the archive is not where it is said to be; archives over 4 GB are not read");
    return { count, start, end };
  }
  return fail("this is no zip archive, or it is cut short");
}

/** Where the data of an entry begins; −1 where there is no such local header. */
function dataAfterLocalHeader(bytes: Uint8Array, view: DataView, at: number, limit: number, name: Uint8Array): number {
  if (at + 30 > limit || view.getUint32(at, true) !== LOCAL || view.getUint16(at + 26, true) !== name.length) return -1;
  const nameEnd = at + 30 + name.length;
  const same = nameEnd <= limit && name.every((byte, i) => bytes[at + 30 + i] === byte);
  return same ? nameEnd + view.getUint16(at + 28, true) : -1;
}
