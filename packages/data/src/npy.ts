import { optionsOf } from "@chainrule/core/internal";
import { Tensor, ArgumentError } from "@chainrule/core";
import { type Bytes, bytesOf, viewOf } from "./bytes.ts";
import { FileError } from "./errors.ts";
import { BYTES, checkIntegers, decodeTensor, encodeTensor, type LoadOptions, type Stored } from "./numbers.ts";
import { checkedSize } from "./shape.ts";

// The format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html. "\x93NUMPY", the version, the length of the header
// (two bytes in version 1, four in 2 and 3), the header — a Python dict of descr, fortran_order and shape — and the elements.

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** NumPy's own limit. */
const MAX_HEADER = 10_000;

const STORED: Readonly<Record<string, Stored>> = {
  b1: "bool",
  i1: "int8",
  u1: "uint8",
  i2: "int16",
  u2: "uint16",
  i4: "int32",
  u4: "uint32",
  i8: "int64",
  u8: "uint64",
  f2: "float16",
  f4: "float32",
  f8: "float64",
};
const WRITTEN = { float64: "<f8", float32: "<f4", int32: "<i4", bool: "|b1" } as const;

/**
 * An npy file of one tensor, byte for byte what `np.save` writes.
 *
 * Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
 * @throws ArgumentError for anything but a tensor.
 * @example
 * saveNpy(tensor([1, 2, 3])).length; // 152
 */
export function saveNpy(x: Tensor): Uint8Array {
  if (!(x instanceof Tensor)) throw new ArgumentError(`saveNpy: needs a tensor, got ${x === null ? "null" : typeof x}`);
  const shape = x.shape.length === 1 ? `(${x.shape[0]},)` : `(${x.shape.join(", ")})`;
  const dict = `{'descr': '${WRITTEN[x.dtype]}', 'fortran_order': False, 'shape': ${shape}, }`;
  // Room for the first size to grow to 21 digits in place, as NumPy leaves; then to a multiple of 64.
  const room = x.shape.length === 0 ? 0 : Math.max(0, 21 - String(x.shape[0]).length);
  const length = Math.ceil((10 + dict.length + room + 1) / 64) * 64;
  const header = `${dict.padEnd(length - 11)}\n`;
  const data = encodeTensor(x);
  const bytes = new Uint8Array(length + data.length);
  bytes.set([...MAGIC, 1, 0, header.length & 255, header.length >> 8]);
  bytes.set(new TextEncoder().encode(header), 10);
  bytes.set(data, length);
  return bytes;
}

/**
 * The tensor of an npy file, in the row-major order that tensors have. Converts as `loadSafetensors` does; never unpickles.
 *
 * Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, versions 1 to 3.
 * @throws FileError, with nothing loaded, for a damaged file, for Python objects, and for dtypes that no tensor has.
 * @example
 * loadNpy(saveNpy(tensor([1, 2, 3]))).toArray(); // [1, 2, 3]
 */
export function loadNpy(bytes: Bytes, options?: LoadOptions): Tensor {
  const op = "loadNpy";
  const integers = checkIntegers(op, optionsOf(op, options, ["integers"]));
  return parseNpy(op, "", bytesOf(op, bytes), integers);
}

/** @internal `name`, which messages begin with, is that of the array in an npz file. */
export function parseNpy(op: string, name: string, bytes: Uint8Array, integers: "int32" | "float64"): Tensor {
  const fail = (why: string): never => {
    throw new FileError(op, name + why);
  };
  if (bytes.length < 10 || MAGIC.some((byte, i) => bytes[i] !== byte)) fail("this is no npy file");
  const [major, minor] = [bytes[6]!, bytes[7]!];
  if (major < 1 || major > 3 || minor !== 0) fail(`version ${major}.${minor} is not read, only 1.0, 2.0 and 3.0`);
  const start = major === 1 ? 10 : 12;
  if (bytes.length < start) fail("the file is cut short");
  const view = viewOf(bytes);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MAX_HEADER) fail(`the header is said to be ${length} bytes long, at most ${MAX_HEADER} are read`);
  if (length > bytes.length - start)
    fail(`the header is said to be ${length} bytes long, the file has ${bytes.length - start} after it`);
  // What is read of the header is ASCII; anything else in it matches nothing.
  const text = String.fromCharCode(...bytes.subarray(start, start + length));
  const { descr, fortran, shape } =
    parseDict(text) ?? fail(`the header is not one of NumPy's: ${JSON.stringify(text.slice(0, 120))}`);
  const { stored, littleEndian } = parseDescr(descr, fail);
  const data = bytes.subarray(start + length);
  const size = checkedSize(op, `${name}the array`, shape) * BYTES[stored];
  if (size !== data.length) fail(`${stored} [${shape.join(",")}] takes ${size} bytes, the file has ${data.length}`);
  return decodeTensor(op, `${name}the array`, data, { stored, shape, littleEndian, fortran }, integers);
}

/** The Python dict of the header: three keys in any order, each once. `descr` stays as it is written. */
function parseDict(text: string): { descr: string; fortran: boolean; shape: number[] } | null {
  const dict = /^\s*\{(.*)\}\s*$/s.exec(text)?.[1];
  if (dict === undefined) return null;
  const found = new Map<string, string>();
  const entry =
    /\s*(['"])(descr|fortran_order|shape)\1\s*:\s*('[^'\\]*'|"[^"\\]*"|True|False|\([\d,L\s]*\)|\[.*\])\s*(,\s*|$)/sy;
  while (entry.lastIndex < dict.length) {
    const match = entry.exec(dict);
    if (match === null || found.has(match[2]!)) return null;
    found.set(match[2]!, match[3]!);
  }
  const [descr, fortran, shape] = [found.get("descr"), found.get("fortran_order"), found.get("shape")];
  if (descr === undefined || !/^['"[]/.test(descr) || (fortran !== "True" && fortran !== "False")) return null;
  // (), (3,), (2, 3) with or without a comma after it; Python 2 wrote long sizes as 3L
  if (shape === undefined || !/^\((?:\s*\d+L?\s*,)*(?:\s*\d+L?)?\s*\)$/.test(shape) || /^\(\s*\d+L?\s*\)$/.test(shape))
    return null;
  return { descr, fortran: fortran === "True", shape: (shape.match(/\d+/g) ?? []).map(Number) };
}

function parseDescr(descr: string, fail: (why: string) => never): { stored: Stored; littleEndian: boolean } {
  if (descr.startsWith("[")) return fail(`structured arrays are not read: ${descr.slice(0, 120)}`);
  const [, order, kind] = /^['"]([<>|=]?)([a-zA-Z]\d*)/.exec(descr) ?? [];
  if (kind?.startsWith("O")) return fail("the array holds Python objects, which are never unpickled");
  const stored =
    kind !== undefined && Object.hasOwn(STORED, kind) && kind.length === descr.length - 2 - order!.length
      ? STORED[kind]
      : undefined;
  if (stored === undefined)
    return fail(`the dtype ${descr.slice(0, 120)} is not read; read are ${Object.keys(STORED).join(", ")}`);
  return { stored, littleEndian: order !== ">" };
}
