import { type Tensor, type TypedArray } from "@chainrule/core";
import { expect } from "vitest";

export interface Described {
  dtype: string;
  shape: number[];
  /** Numbers; what JSON has no number for as a text. */
  values: (number | boolean | string)[];
}

/** A file that another program wrote. */
export interface FileFixture {
  name: string;
  kind: "npy" | "npz" | "safetensors" | "idx";
  base64: string;
  /** What is in it; none if it must be refused. */
  arrays?: Record<string, Described>;
  wide?: boolean;
  ours?: boolean;
  metadata?: Record<string, string>;
}

/** The dtype that a file's dtype is read as. */
export const readAs = (dtype: string, wide = false): string => {
  if (/^(float64|float32|bool)$/.test(dtype)) return dtype;
  if (dtype === "float16" || dtype === "bfloat16") return "float32";
  return wide && /^(uint32|u?int64)$/.test(dtype) ? "float64" : "int32";
};

const numberOf = (x: number | boolean | string): number =>
  typeof x === "string" ? ({ nan: NaN, inf: Infinity, "-inf": -Infinity }[x] ?? Number(x)) : Number(x);

/** Asserts shape, dtype and every element, bit for bit but for the kind of NaN. */
export function expectTensor(x: Tensor | undefined, { dtype, shape, values }: Described, wide = false): void {
  expect(x?.shape).toEqual(shape);
  expect(x?.dtype).toBe(readAs(dtype, wide));
  const wanted = values.map(numberOf);
  expect([...x!.toTypedArray()]).toEqual(x!.dtype === "float32" ? wanted.map(Math.fround) : wanted);
}

/** What makes two tensors the same to the bit. */
export const bitsOf = (x: Tensor): string => {
  const array: TypedArray = x.toTypedArray();
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  return `${x.dtype} [${x.shape.join(",")}] ${Buffer.from(bytes).toString("base64")}`;
};
export const allBits = (tensors: Record<string, Tensor>): Record<string, string> =>
  Object.fromEntries(Object.entries(tensors).map(([name, x]) => [name, bitsOf(x)]));

/** Asserts that `load` ends with one of the errors for files. */
export function refusal(load: () => unknown): string {
  try {
    load();
  } catch (error) {
    expect((error as Error).name, String((error as Error).stack)).toMatch(/^(FileError|ArgumentError)$/);
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  throw new Error("the file was read");
}

/** A safetensors file with this header and data, whatever they say. */
export function safetensorsOf(
  header: string | Uint8Array,
  data: Uint8Array = new Uint8Array(),
  length?: bigint,
): Uint8Array {
  const text = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

/** An npy file with this header and data, whatever they say. */
export function npyOf(header: string, data: Uint8Array = new Uint8Array(), version = 1): Uint8Array {
  const text = Uint8Array.from(header, (sign) => sign.charCodeAt(0));
  const length =
    version === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, text.length >> 16, 0];
  return new Uint8Array(
    Buffer.concat([Buffer.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0, ...length), text, data]),
  );
}

export interface ZipEntry {
  name: string;
  contents: Uint8Array;
  packed?: Uint8Array;
  method?: number;
  size?: number;
  crc?: number;
  flags?: number;
  /** Offset of the local header that the directory gives. */
  offset?: number;
}

/** A zip archive that says what it is told to say; `crc32` and `deflateRawSync` are the caller's. */
export function zipOf(entries: ZipEntry[], crc32: (bytes: Uint8Array) => number): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const {
    name,
    contents,
    packed = contents,
    method = 0,
    size = contents.length,
    crc = crc32(contents),
    flags = 0,
    offset,
  } of entries) {
    const common = Buffer.alloc(26);
    [20, flags, method, 0, 0x21].forEach((x, i) => common.writeUInt16LE(x, 2 * i));
    common.writeUInt32LE(crc, 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(size, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset ?? at, 10);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\0"), common, rest, Buffer.from(name)]));
    parts.push(local);
    at += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(at, 16);
  return new Uint8Array(Buffer.concat([...parts, central, end]));
}
