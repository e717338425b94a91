import { quoted } from "@chainrule/core/internal";
import { ArgumentError, fromTypedArray, type Tensor, type TypedArray } from "@chainrule/core";
import { nativeItems } from "./bytes.ts";
import { FileError } from "./errors.ts";

/** Element types that files hold. Each is read as the dtype that holds all its values; see `LoadOptions` for those that none holds. */
export type Stored =
  | "bool"
  | "int8"
  | "uint8"
  | "int16"
  | "uint16"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64"
  | "float16"
  | "bfloat16"
  | "float32"
  | "float64";

export interface LoadOptions {
  /**
   * What 64-bit and unsigned 32-bit integers become, which no dtype holds in full: `"int32"`, the default, fit for labels and
   * indices, or `"float64"`, exact up to 2⁵³. A number that does not fit is an error, never rounded.
   */
  readonly integers?: "int32" | "float64" | undefined;
}

export const BYTES: Readonly<Record<Stored, number>> = {
  bool: 1,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  float16: 2,
  bfloat16: 2,
  float32: 4,
  float64: 8,
};

export function checkIntegers(op: string, { integers = "int32" }: LoadOptions): "int32" | "float64" {
  if (integers !== "int32" && integers !== "float64")
    throw new ArgumentError(`${op}: integers is "int32" or "float64", got ${quoted(integers)}`);
  return integers;
}

/** How the bytes of a tensor lie in a file. */
export interface Layout {
  readonly stored: Stored;
  readonly shape: readonly number[];
  readonly littleEndian: boolean;
  /** Column-major. */
  readonly fortran?: boolean;
}

/** A tensor of the elements in `bytes`, of which there are as many as the shape has. */
export function decodeTensor(
  op: string,
  what: string,
  bytes: Uint8Array,
  { stored, shape, littleEndian, fortran = false }: Layout,
  integers: "int32" | "float64",
): Tensor {
  const { buffer, byteOffset, byteLength } = nativeItems(bytes, BYTES[stored], littleEndian);
  const refuse = (why: string): never => {
    throw new FileError(op, `${what} ${why}`);
  };
  const elements = READ[stored]([buffer, byteOffset, byteLength / BYTES[stored], { integers, refuse }]);
  return fromTypedArray(fortran && shape.length > 1 ? rowMajor(elements, shape) : elements, shape);
}

/** The elements, as this machine's typed arrays see them: one reader for each type, given where they lie and how to refuse one. */
const READ: Readonly<Record<Stored, (place: Place) => TypedArray>> = {
  float64: ([buffer, start, length]) => new Float64Array(buffer, start, length),
  float32: ([buffer, start, length]) => new Float32Array(buffer, start, length),
  float16: ([buffer, start, length]) => widened(new Uint16Array(buffer, start, length), halfToNumber),
  bfloat16: ([buffer, start, length]) => widened(new Uint16Array(buffer, start, length), bfloatToNumber),
  int32: ([buffer, start, length]) => new Int32Array(buffer, start, length),
  int16: ([buffer, start, length]) => new Int32Array(new Int16Array(buffer, start, length)),
  uint16: ([buffer, start, length]) => new Int32Array(new Uint16Array(buffer, start, length)),
  int8: ([buffer, start, length]) => new Int32Array(new Int8Array(buffer, start, length)),
  uint8: ([buffer, start, length]) => new Int32Array(new Uint8Array(buffer, start, length)),
  bool: ([buffer, start, length, wanted]) => flags(new Uint8Array(buffer, start, length), wanted),
  uint32: ([buffer, start, length, wanted]) => narrowed(new Uint32Array(buffer, start, length), wanted),
  int64: ([buffer, start, length, wanted]) => narrowed(new BigInt64Array(buffer, start, length), wanted),
  uint64: ([buffer, start, length, wanted]) => narrowed(new BigUint64Array(buffer, start, length), wanted),
};
type Place = readonly [buffer: ArrayBufferLike, start: number, length: number, wanted: Wanted];
interface Wanted {
  readonly integers: "int32" | "float64";
  readonly refuse: (why: string) => never;
}

function flags(bytes: Uint8Array, { refuse }: Wanted): Uint8Array {
  const wrong = bytes.findIndex((flag) => flag > 1);
  return wrong < 0 ? bytes : refuse(`holds ${bytes[wrong]} at position ${wrong}, bools are 0 or 1`);
}

/** Integers of a wider kind as int32 or float64, none of them changed. */
function narrowed(
  source: Uint32Array | BigInt64Array | BigUint64Array,
  { integers, refuse }: Wanted,
): Int32Array | Float64Array {
  const out = integers === "int32" ? new Int32Array(source.length) : new Float64Array(source.length);
  for (let i = 0; i < out.length; i++) {
    const x = Number(source[i]);
    if (integers === "int32" ? x !== (x | 0) : !Number.isSafeInteger(x)) {
      const advice = integers === "int32" ? '; pass { integers: "float64" }' : "";
      refuse(`holds ${source[i]} at position ${i}, which ${integers} cannot hold${advice}`);
    }
    out[i] = x;
  }
  return out;
}

function widened(source: Uint16Array, toNumber: (bits: number) => number): Float32Array {
  const out = new Float32Array(source.length);
  for (let i = 0; i < out.length; i++) out[i] = toNumber(source[i]!);
  return out;
}

/** The upper half of a float32. */
function bfloatToNumber(bits: number): number {
  word[0] = bits << 16;
  return asFloat[0]!;
}
const word = new Int32Array(1);
const asFloat = new Float32Array(word.buffer);

/** IEEE 754 binary16: one sign bit, five of exponent, ten of fraction. */
function halfToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

/** Elements that lay with the first dim running fastest, with the last running fastest. */
function rowMajor(elements: TypedArray, shape: readonly number[]): TypedArray {
  const out = elements.slice();
  const index = shape.map(() => 0);
  const steps: number[] = [];
  for (let d = 0, step = 1; d < shape.length; d++) {
    steps.push(step);
    step *= shape[d]!;
  }
  for (let i = 0, at = 0; i < out.length; i++) {
    out[i] = elements[at]!;
    for (let d = shape.length - 1; d >= 0; d--) {
      at += steps[d]!;
      if (++index[d]! < shape[d]!) break;
      at -= steps[d]! * shape[d]!;
      index[d] = 0;
    }
  }
  return out;
}

/** The elements of a tensor as they lie in a little-endian file. */
export function encodeTensor(x: Tensor): Uint8Array {
  const { buffer, byteOffset, byteLength, BYTES_PER_ELEMENT } = x.toTypedArray();
  return nativeItems(new Uint8Array(buffer, byteOffset, byteLength), BYTES_PER_ELEMENT, true);
}
