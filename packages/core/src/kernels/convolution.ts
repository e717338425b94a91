import { allocate, type Dtype, type TypedArray } from "../dtype.ts";
import { addUp, forEachPart, layOut, type Part, placesOf, type Stored } from "./columns.ts";
import { depthOf, type Geometry } from "./geometry.ts";
import { matmulKernel } from "./matmul.ts";
import { convolutionLookup } from "./sets.ts";

// A convolution and its transposes, as products of matrices.

/** Multiplications below which other kernels are not asked: 1,200 of them take WebAssembly 2 µs, the loops below 3. */
const SMALL = 512;

const lookups = {
  convolution: /* @__PURE__ */ convolutionLookup("convolution"),
  convolutionInput: /* @__PURE__ */ convolutionLookup("convolutionInput"),
  convolutionWeight: /* @__PURE__ */ convolutionLookup("convolutionWeight"),
};
/** Whether the kernels in use have done it. */
// oxfmt-ignore
function done(
  name: keyof typeof lookups, out: TypedArray, start: number, a: Stored, b: Stored, of: Geometry,
): boolean {
  if (of.batch * of.outputs * of.count[0] * of.count[1] * depthOf(of) < SMALL || out instanceof Int32Array) return false;
  return lookups[name].kernel?.(out, start, a.data, a.offset, b.data, b.offset, of) ?? false;
}

/** Visits the runs of [batch, outputs, …count] that belong to a part: where each stands there and in a matrix of its outputs. */
function forEachRun(
  of: Geometry,
  part: Part,
  start: number,
  visit: (y: number, at: number, length: number) => void,
): void {
  const [high, wide] = of.count;
  const outputs = of.outputs / of.groups;
  const length = part.rows * wide;
  for (let o = 0; o < outputs; o++)
    for (let n = 0; n < part.images; n++) {
      const plane = ((part.image + n) * of.outputs + part.group * outputs + o) * high * wide;
      visit(start + plane + part.row * wide, o * part.width + n * length, length);
    }
}

/** What a part has of y, as a matrix: where it lies, or, of several images, side by side in `into`. */
function matrixOf(y: Stored, of: Geometry, part: Part, into: TypedArray): Stored & { readonly step: number } {
  const [high, wide] = of.count;
  if (part.images === 1) {
    const plane = part.image * of.outputs + part.group * (of.outputs / of.groups);
    return { data: y.data, offset: y.offset + plane * high * wide + part.row * wide, step: high * wide };
  }
  forEachRun(of, part, y.offset, (from, at, length) => {
    for (let i = 0; i < length; i++) into[at + i] = y.data[from + i]!;
  });
  return { data: into, offset: 0, step: part.width };
}

/** Σ weight[o,c,k]·x[n,c,i·stride + k·dilation] into `out` [batch, outputs, …count], which holds zeros, as it does below. */
export function convolution(
  out: TypedArray,
  start: number,
  dtype: Dtype,
  x: Stored,
  weight: Stored,
  of: Geometry,
): void {
  if (done("convolution", out, start, x, weight, of)) return;
  const depth = depthOf(of);
  const outputs = of.outputs / of.groups;
  const places = placesOf(of);
  forEachPart(of, dtype, (part, columns, product) => {
    layOut(columns, x, of, part, places);
    const { data, offset, step } = matrixOf({ data: out, offset: start }, of, { ...part, images: 1 }, product);
    const first = weight.offset + part.group * outputs * depth;
    const direct = part.width === step;
    // oxfmt-ignore
    matmulKernel(
      direct ? data : product, direct ? offset : 0, outputs, part.width, depth,
      weight.data, first, depth, 1, columns, 0, part.width, 1,
    );
    if (!direct)
      forEachRun(of, part, start, (to, at, length) => {
        for (let i = 0; i < length; i++) out[to + i] = product[at + i]!;
      });
  });
}

/** Its transpose as a map of x [batch, channels, …lengths]: what y [batch, outputs, …count] gives it. */
// oxfmt-ignore
export function convolutionInput(out: TypedArray, start: number, dtype: Dtype, y: Stored, weight: Stored, of: Geometry): void {
  if (done("convolutionInput", out, start, y, weight, of)) return;
  const depth = depthOf(of);
  const outputs = of.outputs / of.groups;
  const places = placesOf(of);
  forEachPart(of, dtype, (part, columns, product) => {
    const { data, offset, step } = matrixOf(y, of, part, product);
    const first = weight.offset + part.group * outputs * depth;
    matmulKernel(columns, 0, depth, part.width, outputs, weight.data, first, 1, depth, data, offset, step, 1);
    addUp(out, start, columns, of, part, places);
  });
}

/** Its transpose as a map of the weight [outputs, channels/groups, …size]: what x and y give it. */
// oxfmt-ignore
export function convolutionWeight(out: TypedArray, start: number, dtype: Dtype, x: Stored, y: Stored, of: Geometry): void {
  if (done("convolutionWeight", out, start, x, y, of)) return;
  const depth = depthOf(of);
  const outputs = of.outputs / of.groups;
  const places = placesOf(of);
  const sum = allocate(dtype, outputs * depth);
  forEachPart(of, dtype, (part, columns, product) => {
    layOut(columns, x, of, part, places);
    const { data, offset, step } = matrixOf(y, of, part, product);
    matmulKernel(sum, 0, outputs, depth, part.width, data, offset, step, 1, columns, 0, 1, part.width);
    const first = start + part.group * outputs * depth;
    for (let i = 0; i < sum.length; i++) out[first + i]! += sum[i]!;
  });
}
