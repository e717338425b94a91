import { allocate, type TypedArray } from "./dtype.ts";
import type { Dtype } from "./dtype.ts";
import { LARGE, noteMade, takeSpare } from "./spare.ts";

// A typed array of more than 64 bytes costs V8 half a microsecond or more; a small operation takes a tenth of that. So small results
// lie side by side in larger arrays, each at its own offset. The collector frees a slab when the last of its tensors is gone.

/** Elements of the largest result that goes into a slab, and of a slab. */
const SMALL = 64;
const SLAB = 1024;

let doubles = /* @__PURE__ */ new Float64Array(SLAB);
let doublesUsed = 0;
let floats = /* @__PURE__ */ new Float32Array(SLAB);
let floatsUsed = 0;

/** Where the elements last reserved begin. */
export let reservedAt = 0;

/** An array with `length` elements at `reservedAt` that nobody else will write to: zeros, or anything if all will be `overwritten`. */
export function reserve(dtype: Dtype, length: number, overwritten = false): TypedArray {
  if (length <= SMALL) {
    if (dtype === "float64") {
      if (doublesUsed + length > SLAB) {
        doubles = new Float64Array(SLAB);
        doublesUsed = 0;
      }
      reservedAt = doublesUsed;
      doublesUsed += length;
      return doubles;
    }
    if (dtype === "float32") {
      if (floatsUsed + length > SLAB) {
        floats = new Float32Array(SLAB);
        floatsUsed = 0;
      }
      reservedAt = floatsUsed;
      floatsUsed += length;
      return floats;
    }
  }
  if (length < LARGE && (dtype === "float64" || dtype === "float32")) return piece(dtype, length, overwritten);
  reservedAt = 0;
  if (length < LARGE) return allocate(dtype, length);
  return noteMade((overwritten ? takeSpare(dtype, length) : null) ?? large(dtype, length, overwritten));
}

/** An array that is given out piece by piece, and the index from which on it is free. */
interface Slab {
  readonly array: TypedArray;
  used: number;
}
/**
 * By the power of two that holds a piece; a slab holds four such, or two of the largest, of which four save little time. Whoever keeps one piece
 * keeps a slab: at most eight times as much, or four times.
 */
const slabs: Record<"float64" | "float32", (Slab | undefined)[]> = { float64: [], float32: [] };

function piece(dtype: "float64" | "float32", length: number, overwritten: boolean): TypedArray {
  const power = 32 - Math.clz32(length - 1);
  let slab = slabs[dtype][power];
  if (slab === undefined || slab.used + length > slab.array.length)
    slab = slabs[dtype][power] = { array: anything(dtype, Math.min(4 << power, 2 * LARGE)), used: 0 };
  reservedAt = slab.used;
  slab.used += (length + 15) & ~15; // each begins a line of the cache
  if (!overwritten) slab.array.fill(0, reservedAt, reservedAt + length);
  return slab.array;
}

/** What is used of Node; nothing of it is in a browser. */
interface Host {
  readonly Buffer?: { allocUnsafeSlow?(bytes: number): Uint8Array<ArrayBuffer> };
  readonly process?: { readonly platform?: string };
}
let kept = false;

function large(dtype: Dtype, length: number, overwritten: boolean): TypedArray {
  const { process } = globalThis as Host;
  if (!kept) {
    kept = true;
    // glibc gives large arrays back to the system as they are freed, and each page of the next must be mapped anew: three quarters of the time
    // of an addition of 10⁵ elements. Once an array of nearly 32 MiB has been freed, it keeps what is smaller. Nothing writes to this one, so
    // it takes no memory.
    if (process?.platform === "linux") allocate("bool", 2 ** 25 - 8192);
  }
  return overwritten && (dtype === "float64" || dtype === "float32")
    ? anything(dtype, length)
    : allocate(dtype, length);
}

/** Elements that may be anything: in Node whatever the memory held. */
function anything(dtype: "float64" | "float32", length: number): TypedArray {
  const bytes = length * (dtype === "float64" ? 8 : 4);
  const buffer = (globalThis as Host).Buffer?.allocUnsafeSlow?.(bytes).buffer;
  if (buffer?.byteLength !== bytes) return allocate(dtype, length);
  return dtype === "float64" ? new Float64Array(buffer) : new Float32Array(buffer);
}
