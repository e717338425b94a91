import { optionsOf } from "@chainrule/core/internal";
import type { Tensor } from "@chainrule/core";
import { type Bytes, bytesOf, viewOf } from "./bytes.ts";
import { FileError } from "./errors.ts";
import { gunzip, isGzip } from "./gzip.ts";
import { Budget, type InflateOptions } from "./inflate.ts";
import { BYTES, decodeTensor, type Stored } from "./numbers.ts";
import { checkedSize } from "./shape.ts";

const STORED: Readonly<Record<number, Stored>> = {
  0x08: "uint8",
  0x09: "int8",
  0x0b: "int16",
  0x0c: "int32",
  0x0d: "float32",
  0x0e: "float64",
};

/**
 * The tensor of an IDX file, the format of MNIST, gzipped or not. Bytes and shorts become int32.
 *
 * Format: the last section of http://yann.lecun.com/exdb/mnist/. Two zeros, the element type, the rank; the sizes as big-endian
 * 32-bit numbers; the elements, big-endian.
 * @throws FileError, with nothing loaded, for a damaged file, or one that unpacks to more than `maxBytes`.
 * @example
 * loadIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 255)).toArray(); // [7, 255]
 */
export function loadIdx(bytes: Bytes, given?: InflateOptions): Tensor {
  const op = "loadIdx";
  const options = optionsOf(op, given, ["maxBytes"]);
  const packed = bytesOf(op, bytes);
  const file = isGzip(packed) ? gunzip(op, packed, new Budget(op, packed, options)) : packed;
  const stored = STORED[file[2] ?? -1];
  if (file.length < 4 || file[0] !== 0 || file[1] !== 0 || stored === undefined)
    throw new FileError(op, "this is no IDX file");
  const start = 4 + 4 * file[3]!;
  if (file.length < start) throw new FileError(op, "the file is cut short");
  const view = viewOf(file);
  const shape = Array.from({ length: file[3]! }, (_, d) => view.getUint32(4 + 4 * d));
  const size = checkedSize(op, "the array", shape) * BYTES[stored];
  if (size !== file.length - start)
    throw new FileError(op, `${stored} [${shape.join(",")}] takes ${size} bytes, the file has ${file.length - start}`);
  return decodeTensor(op, "the array", file.subarray(start), { stored, shape, littleEndian: false }, "int32");
}
