import { allocate, type TypedArray } from "./dtype.ts";
import type { Dtype } from "./dtype.ts";

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

/** An array with `length` zeros at `reservedAt` that nobody else will write to. */
export function reserve(dtype: Dtype, length: number): TypedArray {
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
  reservedAt = 0;
  return allocate(dtype, length);
}
