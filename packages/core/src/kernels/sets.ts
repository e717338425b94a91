import type { TypedArray } from "../dtype.ts";
import { ArgumentError, quoted } from "../errors.ts";
import type { Geometry } from "./geometry.ts";

/**
 * out[m,n] = a[m,k] · b[k,n] into `out` from index `o` on, row-major; each input has a first index, a row step and a column step.
 * The three arrays are of one dtype and do not overlap. Returns whether it has done so; if not, `out` is untouched.
 */
// oxfmt-ignore
export type MatmulKernel = (
  out: TypedArray, o: number, m: number, n: number, k: number,
  a: TypedArray, ai: number, aRow: number, aColumn: number,
  b: TypedArray, bi: number, bRow: number, bColumn: number,
) => boolean;

/**
 * y ← α·x + β·y for n elements, from indices on, of one dtype: float32 or float64. With β = 0, y is not read. Returns whether it has done so,
 * which depends on nothing but the dtype: an update of several passes goes through to its end; if not, y is untouched.
 */
export type AxpbyKernel = (
  n: number, alpha: number, x: TypedArray, xi: number, beta: number, y: TypedArray, yi: number,
) => boolean; // prettier-ignore

/**
 * One step of an optimizer that divides by the root of a running square. For x, its gradient, a running mean m and square v:
 *   g ← sign·gradient + penalty·x     m ← m + share·(g − m)     v ← keep·v + add·g²     x ← decay·x − rate·m/(√v/root + eps)
 */
export interface AdaptiveStep {
  readonly sign: number;
  readonly penalty: number;
  readonly share: number;
  readonly keep: number;
  readonly add: number;
  readonly decay: number;
  readonly rate: number;
  readonly root: number;
  readonly eps: number;
}
/**
 * Such a step for n elements of one dtype, float32 or float64, of which the gradient's begin at an index. Without a mean, g takes its place.
 * Returns whether it has done so; if not, all arrays are untouched.
 */
// oxfmt-ignore
export type AdaptiveKernel = (
  n: number, x: TypedArray, gradient: TypedArray, at: number, mean: TypedArray | null, square: TypedArray, step: AdaptiveStep,
) => boolean;

/**
 * What an elementwise operation, or several in one, does to numbers: steps that name an operation each and say which numbers it takes.
 * They are counted: arguments first, then constants, then the results of earlier steps; the last result is the program's.
 */
export interface Program {
  readonly arity: number;
  readonly constants: readonly number[];
  readonly steps: readonly { readonly name: string; readonly from: readonly number[] }[];
}

/**
 * Runs a program over a matrix into `out` from index `o` on, row-major; each input has an array, a first index, a row step and a column
 * step. All arrays but those of conditions are of one dtype. The first input may be what is overwritten. Returns whether it has done so; if
 * not, `out` is untouched.
 */
// oxfmt-ignore
export type ProgramKernel = (
  out: TypedArray, o: number, rows: number, columns: number,
  inputs: readonly { readonly data: TypedArray }[], at: readonly number[], rowSteps: readonly number[], columnSteps: readonly number[],
) => boolean;

/**
 * Reduces or maps runs: x from index `at` on is `outer` × `length` × `inner` elements, row-major, and each run over the middle becomes one
 * element, or as many, of `out` from index `o` on. Returns whether it has done so; if not, `out` is untouched.
 */
// oxfmt-ignore
export type RunsKernel = (
  out: TypedArray, o: number, x: TypedArray, at: number, outer: number, length: number, inner: number,
) => boolean;

export type ConvolutionName = "convolution" | "convolutionInput" | "convolutionWeight";
/**
 * A convolution or one of its transposes, by name: the result, from index `o` on, and the other two of x, weight and y in this order, or y
 * and weight, row-major and each from an index on. All are of one dtype; `out` holds zeros. Returns whether it has done so; if not, `out`
 * is untouched.
 */
// oxfmt-ignore
export type ConvolutionKernel = (
  out: TypedArray, o: number, a: TypedArray, ai: number, b: TypedArray, bi: number, of: Geometry,
) => boolean;

/** Kernels that may take work off the plain ones, which are in JavaScript and do everything. */
export interface KernelSet {
  readonly name: string;
  /** What it computes with, or why it cannot: for people. */
  readonly detail?: (() => string) | undefined;
  readonly matmul?: MatmulKernel | undefined;
  readonly axpby?: AxpbyKernel | undefined;
  readonly adaptive?: AdaptiveKernel | undefined;
  /** A kernel for the program, or `null`; asked once for each. Its thresholds are the caller's: runs are long. */
  readonly elementwise?: ((program: Program) => ProgramKernel | null) | undefined;
  /** A kernel for an operation along dims, by its name, or `null`; asked once for each, and not about few elements. */
  readonly runs?: ((name: string) => RunsKernel | null) | undefined;
  /** A kernel for a convolution or a transpose of it, or `null`; asked once for each. Without, its matrix products serve. */
  readonly convolution?: ((name: ConvolutionName) => ConvolutionKernel | null) | undefined;
}

let active: readonly KernelSet[] = [];
/** Grows whenever the sets change: what was looked up before is out of date. */
let generation = 0;
/** The kernel that is asked first, in one function; `null` where the plain one serves. */
export let matmulOfSets: MatmulKernel | null = null;

/** The same for y ← α·x + β·y. */
let axpbyOfSets: AxpbyKernel | null = null;

/** The same for steps of adaptive optimizers. */
let adaptiveOfSets: AdaptiveKernel | null = null;

/**
 * Chooses the kernels: each set is asked in turn, and the plain ones do what none of them takes. Returns the sets that were in use before.
 * @throws ArgumentError for anything but an array of kernel sets.
 * @example
 * const before = setKernels([]); // plain JavaScript only
 * setKernels(before);
 */
export function setKernels(sets: readonly KernelSet[]): readonly KernelSet[] {
  if (!Array.isArray(sets))
    throw new ArgumentError("setKernels: needs an array of kernel sets, [] for plain JavaScript");
  const wrong = sets.findIndex((set: KernelSet | null) => typeof set?.name !== "string");
  if (wrong >= 0)
    throw new ArgumentError(
      `setKernels: element ${wrong} is ${quoted(sets[wrong])}, no kernel set such as wasmKernels, which is imported`,
    );
  const before = active;
  active = [...sets];
  generation++;
  matmulOfSets = firstOf(active.flatMap(({ matmul }) => matmul ?? []));
  axpbyOfSets = firstOf(active.flatMap(({ axpby }) => axpby ?? []));
  adaptiveOfSets = firstOf(active.flatMap(({ adaptive }) => adaptive ?? []));
  return before;
}

/**
 * y ← α·x + β·y by the kernels in use, as an `AxpbyKernel`: for the updates of optimizers, which do themselves what is declined. It rounds
 * after every product and sum, so a loop in float64 is closer.
 * @example
 * const [x, y] = [new Float32Array([1, 2]), new Float32Array([10, 20])];
 * if (!axpby(2, -0.5, x, 0, 1, y, 0)) x.forEach((xi, i) => (y[i]! -= 0.5 * xi));
 * [...y]; // [9.5, 19]
 */
export const axpby: AxpbyKernel = (n, alpha, x, xi, beta, y, yi) =>
  axpbyOfSets !== null && axpbyOfSets(n, alpha, x, xi, beta, y, yi);

/**
 * A step of an adaptive optimizer by the kernels in use, as an `AdaptiveKernel`: every number is rounded to the dtype, so a loop in float64
 * is closer for float32.
 * @example
 * const [x, gradient, squares] = [new Float64Array([1]), new Float64Array([2]), new Float64Array(1)];
 * const adagrad = { sign: 1, penalty: 0, share: 1, keep: 1, add: 1, decay: 1, rate: 0.5, root: 1, eps: 0 };
 * const before = setKernels([wasmKernels]);
 * adaptive(1, x, gradient, 0, null, squares, adagrad); // true
 * setKernels(before);
 * [x[0], squares[0]]; // [0.5, 4]
 */
export const adaptive: AdaptiveKernel = (n, x, gradient, at, mean, square, step) =>
  adaptiveOfSets !== null && adaptiveOfSets(n, x, gradient, at, mean, square, step);

/** @internal The kernels that the sets in use have for one thing, in one; the sets are asked once, until they change. */
export class Lookup<K extends (...args: never[]) => boolean> {
  private readonly find: (set: KernelSet) => K | null | undefined;
  private readonly among: () => readonly KernelSet[];
  private found: K | null = null;
  private asked = -1;

  constructor(find: (set: KernelSet) => K | null | undefined, among: () => readonly KernelSet[] = () => active) {
    this.find = find;
    this.among = among;
  }
  get kernel(): K | null {
    if (this.asked !== generation) {
      this.asked = generation;
      this.found = firstOf(this.among().flatMap((set) => this.find(set) ?? []));
    }
    return this.found;
  }
}
/** @internal The kernels for a program. */
export const programLookup = (program: Program): Lookup<ProgramKernel> =>
  new Lookup(({ elementwise }) => elementwise?.(program));

/** @internal The kernels for an operation along dims. */
export const runsLookup = (name: string): Lookup<RunsKernel> => new Lookup(({ runs }) => runs?.(name));

/** @internal The kernels for a convolution. A set that has only matrix products gets those of a convolution before the sets behind it. */
export const convolutionLookup = (name: ConvolutionName): Lookup<ConvolutionKernel> =>
  new Lookup(
    ({ convolution }) => convolution?.(name),
    () => {
      const end = active.findIndex(({ matmul, convolution }) => matmul !== undefined && convolution === undefined);
      return end < 0 ? active : active.slice(0, end);
    },
  );

function firstOf<K extends (...args: never[]) => boolean>(kernels: readonly K[]): K | null {
  if (kernels.length < 2) return kernels[0] ?? null;
  return ((...args: never[]) => kernels.some((kernel) => kernel(...args))) as K;
}

/**
 * Which kernels compute, first asked first, and with what.
 * @example
 * kernelInfo().at(-1); // { name: "javascript", detail: "plain loops" }
 */
export function kernelInfo(): { readonly name: string; readonly detail: string }[] {
  return [...active.map(({ name, detail }) => ({ name, detail: detail?.() ?? "" })), PLAIN];
}
const PLAIN = { name: "javascript", detail: "plain loops" };
