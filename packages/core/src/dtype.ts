import { ArgumentError, describeArgument, DtypeError, quoted } from "./errors.ts";

/** Element types, from narrow to wide. Derivatives exist for the two floating ones. */
export type Dtype = "bool" | "int32" | "float32" | "float64";
export type TypedArray = Float64Array | Float32Array | Int32Array | Uint8Array;
/** An array to be read: assignments do not compile, nor calls of methods that write. It still goes where a TypedArray is wanted. */
export type Elements<A extends TypedArray = TypedArray> = A extends unknown
  ? { readonly [K in keyof A]: K extends Writing ? Uncallable<A[K]> : A[K] }
  : never;
type Writing = "copyWithin" | "fill" | "reverse" | "set" | "sort";
type Uncallable<F> = F extends (...args: infer P) => infer R ? (this: never, ...args: P) => R : never;

const ORDER: readonly Dtype[] = ["bool", "int32", "float32", "float64"];

export const isFloat = (dtype: Dtype): boolean => dtype === "float64" || dtype === "float32";

export function checkDtype(op: string, dtype: Dtype): Dtype {
  if (!ORDER.includes(dtype))
    throw new ArgumentError(`${op}: dtype is one of ${ORDER.join(", ")}, got ${quoted(dtype)}`);
  return dtype;
}

/** The narrowest dtype that holds both. */
export const promote = (a: Dtype, b: Dtype): Dtype => (ORDER.indexOf(a) >= ORDER.indexOf(b) ? a : b);

export function allocate(dtype: Dtype, length: number): TypedArray {
  if (dtype === "float64") return new Float64Array(length);
  if (dtype === "float32") return new Float32Array(length);
  return dtype === "int32" ? new Int32Array(length) : new Uint8Array(length);
}

export function dtypeOf(array: TypedArray): Dtype {
  if (array instanceof Float64Array) return "float64";
  if (array instanceof Float32Array) return "float32";
  return array instanceof Int32Array ? "int32" : "bool";
}

/** `value` as a cell of this dtype would hold it after a kernel has written it. */
export function rounded(dtype: Dtype, value: number): number {
  if (dtype === "float64") return value;
  if (dtype === "float32") return Math.fround(value);
  return dtype === "int32" ? value | 0 : value === 0 ? 0 : 1;
}

/** `value`, given by a user, in this dtype; a number the dtype cannot hold is an error. */
export function checkedNumber(
  op: string,
  value: number,
  dtype: Dtype,
  remedy = 'use to("float64") or to("float32") on the tensor first',
): number {
  if (typeof value !== "number")
    throw new ArgumentError(`${op}: expected a number, got ${describeArgument(value, "number")}`);
  if (dtype === "int32" && value !== (value | 0)) {
    throw new DtypeError(`${op}: ${value} does not fit int32; ${remedy}`);
  }
  if (dtype === "bool" && value !== 0 && value !== 1)
    throw new DtypeError(`${op}: ${value} does not fit bool, which holds true and false`);
  return rounded(dtype, value);
}
