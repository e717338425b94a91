import { optionsOf } from "@chainrule/core/internal";
import { ArgumentError, Tensor } from "@chainrule/core";
import { type Bytes, bytesOf, decodeUtf8, checkText, viewOf } from "./bytes.ts";
import { FileError } from "./errors.ts";
import { JsonReader } from "./json.ts";
import { BYTES, checkIntegers, decodeTensor, encodeTensor, type LoadOptions, type Stored } from "./numbers.ts";
import { checkedSize } from "./shape.ts";
import { isRecord } from "./tree.ts";

// The format: https://huggingface.co/docs/safetensors/index#format. Eight bytes, the length of the header, little-endian; the header,
// JSON { name: { dtype, shape, data_offsets: [begin, end] }, …, __metadata__?: { text: text } }, padded with spaces; the data, which the
// tensors fill without holes or overlaps.

/** The format's own limit. */
const MAX_HEADER = 100_000_000;

const STORED: Readonly<Record<string, Stored>> = {
  BOOL: "bool",
  U8: "uint8",
  I8: "int8",
  I16: "int16",
  U16: "uint16",
  F16: "float16",
  BF16: "bfloat16",
  I32: "int32",
  U32: "uint32",
  F32: "float32",
  F64: "float64",
  I64: "int64",
  U64: "uint64",
};
/** More than any model has, and few enough that a header of empty tensors cannot fill the memory. */
const MAX_TENSORS = 2 ** 18;
/** Of the dtypes that are written, in the order in which the format's own writer puts them: wide ones first, so that all lie aligned. */
const WRITTEN = { float64: "F64", float32: "F32", int32: "I32", bool: "BOOL" } as const;
const ORDER = Object.keys(WRITTEN);

/**
 * A safetensors file of named tensors, and of texts as metadata if given. Byte for byte what Python's `safetensors` writes.
 *
 * Format: https://huggingface.co/docs/safetensors/index#format.
 * @throws ArgumentError for a value that is no tensor, or a name that the format cannot hold.
 * @example
 * saveSafetensors({ weight: tensor([[1, 2]]) }, { epoch: "3" }).length; // 120
 */
export function saveSafetensors(
  tensors: Readonly<Record<string, Tensor>>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  const op = "saveSafetensors";
  const entries = Object.entries(checkRecord(op, tensors));
  entries.sort(([a, x], [b, y]) => ORDER.indexOf(x.dtype) - ORDER.indexOf(y.dtype) || (a < b ? -1 : 1));
  let end = 0;
  const parts: string[] = [];
  if (metadata !== undefined) parts.push(`"__metadata__":${JSON.stringify(checkMetadata(op, metadata))}`);
  for (const [name, x] of entries) {
    const begin = end;
    end += x.size * BYTES[x.dtype];
    const info = { dtype: WRITTEN[x.dtype], shape: x.shape, data_offsets: [begin, end] };
    parts.push(`${JSON.stringify(name)}:${JSON.stringify(info)}`);
  }
  const header = new TextEncoder().encode(`{${parts.join(",")}}`);
  const padded = Math.ceil(header.length / 8) * 8;
  if (padded > MAX_HEADER)
    throw new ArgumentError(`${op}: names and metadata take ${padded} bytes, at most ${MAX_HEADER} are allowed`);
  const bytes = new Uint8Array(8 + padded + end);
  viewOf(bytes).setUint32(0, padded, true);
  bytes.set(header, 8);
  bytes.fill(0x20, 8 + header.length, 8 + padded);
  let at = 8 + padded;
  for (const [, x] of entries) {
    bytes.set(encodeTensor(x), at);
    at += x.size * BYTES[x.dtype];
  }
  return bytes;
}

/**
 * The tensors of a safetensors file by name, ready for `model.loadStateDict`.
 *
 * F64, F32, I32 and BOOL are Chainrule's own; F16 and BF16 become float32, I8, U8, I16 and U16 int32, which holds them exactly; I64, U64
 * and U32 become int32 too, or what `integers` says, and a number that does not fit is an error. Other dtypes are errors.
 *
 * Format: https://huggingface.co/docs/safetensors/index#format.
 * @throws FileError, with nothing loaded, for a header that is too long, no UTF-8 JSON object, or has a key twice; for tensors that
 * overlap, leave holes, or do not fill the file; for shapes that overflow or do not fit their bytes.
 * @example
 * loadSafetensors(saveSafetensors({ bias: tensor([1, 2]) })).bias!.toArray(); // [1, 2]
 */
export function loadSafetensors(bytes: Bytes, options?: LoadOptions): Record<string, Tensor> {
  const op = "loadSafetensors";
  const integers = checkIntegers(op, optionsOf(op, options, ["integers"]));
  return parseSafetensors(op, bytesOf(op, bytes), integers).tensors;
}

/** @internal The tensors and the metadata of a file, for whoever builds on the format. */
export function parseSafetensors(
  op: string,
  bytes: Uint8Array,
  integers: "int32" | "float64",
): { tensors: Record<string, Tensor>; metadata: Record<string, string> } {
  const { infos, metadata, data } = parse(op, bytes);
  const tensors = infos.map(({ name, stored, shape, begin, end }) => {
    const layout = { stored, shape, littleEndian: true };
    return [name, decodeTensor(op, show(name), data.subarray(begin, end), layout, integers)] as const;
  });
  return { tensors: Object.fromEntries(tensors), metadata };
}

/**
 * The texts that a safetensors file carries beside its tensors.
 * @throws FileError for a file that `loadSafetensors` would not read.
 * @example
 * safetensorsMetadata(saveSafetensors({}, { format: "pt" })).format; // "pt"
 */
export function safetensorsMetadata(bytes: Bytes): Record<string, string> {
  const op = "safetensorsMetadata";
  return parse(op, bytesOf(op, bytes)).metadata;
}

interface Info {
  readonly name: string;
  readonly stored: Stored;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

const show = (name: string): string => JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);

function parse(op: string, bytes: Uint8Array): { infos: Info[]; metadata: Record<string, string>; data: Uint8Array } {
  const fail = (why: string): never => {
    throw new FileError(op, why);
  };
  if (bytes.length < 8) fail(`${bytes.length} bytes are too few to be safetensors`);
  const view = viewOf(bytes);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  if (length > MAX_HEADER && bytes[8] !== 0x7b) fail("this is no safetensors file");
  if (length > MAX_HEADER) fail(`the header is said to be ${length} bytes long, at most ${MAX_HEADER} are allowed`);
  if (length > bytes.length - 8)
    fail(`the header is said to be ${length} bytes long, the file has ${bytes.length - 8} after it`);
  if (bytes[8] !== 0x7b || length === 0) fail("the header does not start with {");
  const header = readHeader(op, decodeUtf8(op, "the header", bytes.subarray(8, 8 + length)));
  const data = bytes.subarray(8 + length);

  let filled = 0;
  for (const { name, stored, shape, begin, end } of header.infos.toSorted(
    (a, b) => a.begin - b.begin || a.end - b.end,
  )) {
    if (begin < filled)
      fail(`${show(name)} begins at byte ${begin}, inside the tensor before, which ends at ${filled}`);
    if (begin > filled) fail(`bytes ${filled} to ${begin}, before ${show(name)}, belong to no tensor`);
    const size = checkedSize(op, show(name), shape) * BYTES[stored];
    if (!Number.isSafeInteger(size) || size !== end - begin)
      fail(`${show(name)}, ${stored} [${shape.join(",")}], takes ${size} bytes, has those from ${begin} to ${end}`);
    if (end > data.length) fail(`${show(name)} ends at byte ${end}, the data at ${data.length}`);
    filled = end;
  }
  if (filled < data.length) fail(`bytes ${filled} to ${data.length}, at the end, belong to no tensor`);
  return { ...header, data };
}

function readHeader(op: string, text: string): { infos: Info[]; metadata: Record<string, string> } {
  const reader = new JsonReader(op, text);
  const infos: Info[] = [];
  const metadata: [string, string][] = [];
  reader.object((name) => {
    if (name === "__metadata__") reader.object((key) => metadata.push([key, reader.string()]));
    else if (infos.push(readInfo(reader, name)) > MAX_TENSORS)
      reader.fail(`there are more than ${MAX_TENSORS} tensors`);
  });
  reader.end();
  return { infos, metadata: Object.fromEntries(metadata) };
}

function readInfo(reader: JsonReader, name: string): Info {
  let stored: Stored | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  const counts = (): number[] => {
    const list: number[] = [];
    reader.array(() => {
      if (list.length > 64) reader.fail(`${show(name)} has too many dims`);
      list.push(reader.count());
    });
    return list;
  };
  reader.object((key) => {
    if (key === "dtype") {
      const dtype = reader.string();
      stored = Object.hasOwn(STORED, dtype) ? STORED[dtype] : undefined;
      if (stored === undefined)
        reader.fail(`${show(name)} has the dtype ${show(dtype)}; read are ${Object.keys(STORED).join(", ")}`);
    } else if (key === "shape") shape = counts();
    else if (key === "data_offsets") offsets = counts();
    else reader.fail(`${show(name)} has the unknown key ${show(key)}`);
  });
  const [begin, end] = offsets ?? [];
  if (stored === undefined || shape === undefined || begin === undefined || end === undefined || offsets?.length !== 2)
    return reader.fail(`${show(name)} needs a dtype, a shape and two data_offsets`);
  return { name, stored, shape, begin, end };
}

function checkRecord(op: string, tensors: Readonly<Record<string, Tensor>>): Readonly<Record<string, Tensor>> {
  const isModel = typeof (tensors as { stateDict?: unknown } | null)?.stateDict === "function";
  if (typeof tensors !== "object" || tensors === null || tensors instanceof Tensor || isModel)
    throw new ArgumentError(`${op}: needs a record of tensors by name, such as model.stateDict() returns`);
  for (const [name, x] of Object.entries(tensors)) {
    if (!(x instanceof Tensor))
      throw new ArgumentError(`${op}: ${show(name)} is no tensor but ${x === null ? "null" : typeof x}`);
    if (name === "__metadata__" || name === "__proto__")
      throw new ArgumentError(`${op}: no tensor can have the name ${name}`);
    checkText(op, "a name", name);
  }
  return tensors;
}

function checkMetadata(op: string, metadata: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  if (!isRecord(metadata)) throw new ArgumentError(`${op}: metadata are a record of texts by name`);
  for (const [key, text] of Object.entries(metadata)) {
    if (typeof text !== "string" || key === "__proto__")
      throw new ArgumentError(`${op}: metadata are texts by name, and ${show(key)} is ${typeof text}`);
    checkText(op, "metadata", key + text);
  }
  return metadata;
}
