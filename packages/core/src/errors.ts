import type { ShapeArg } from "./shape.ts";

/**
 * Base class of every error Chainrule raises on purpose. The message starts with the operation that was asked for and ends
 * with what to do; `path` says which module of a model it happened in, where there is one.
 */
export class ChainruleError extends Error {
  override name = "ChainruleError";
  /** Path of the module that raised it, such as `layers.2`; empty outside modules. */
  path = "";
}

/** Shapes that do not fit each other or the operation. `shapes` holds them in the order of the arguments. */
export class ShapeError extends ChainruleError {
  override name = "ShapeError";
  readonly op: string;
  readonly shapes: readonly ShapeArg[];
  constructor(op: string, why: string, shapes: readonly ShapeArg[] = []) {
    super(`${op}: ${why}`);
    this.op = op;
    this.shapes = shapes;
  }
}

/** A dtype the operation cannot take, or a number the dtype cannot hold. */
export class DtypeError extends ChainruleError {
  override name = "DtypeError";
}

/** An argument that is wrong by itself: a negative size, a learning rate of NaN, an empty list of parameters. */
export class ArgumentError extends ChainruleError {
  override name = "ArgumentError";
}

/** A matrix that has no inverse, or no Cholesky factor; the message names it in its batch. */
export class MatrixError extends ChainruleError {
  override name = "MatrixError";
}

/** Elements are asked of a tensor that, inside `vmap`, stands for many at once. */
export class BatchError extends ChainruleError {
  override name = "BatchError";
}

/** A derivative that cannot be taken: nothing requires it, or a value it needs has been overwritten. */
export class GraphError extends ChainruleError {
  override name = "GraphError";
}

// Callers may be plain JavaScript, which no compiler has checked.

/** @internal What has been passed in place of something else, and what to do about it. */
export function describeArgument(x: unknown): string {
  if (x === null) return "null";
  if (Array.isArray(x)) return "an array; wrap it in tensor(...)";
  if (ArrayBuffer.isView(x)) return "a typed array; use fromTypedArray(array, shape)";
  if (typeof x === "number") return "a number; wrap it in value(...)";
  if (typeof x === "boolean") return "a boolean; use 0 or 1";
  if (typeof x !== "object") return typeof x;
  const name: unknown = x.constructor?.name;
  if (name === "Object") return "an object";
  return name === "Tensor" ? "a Tensor of another copy of @chainrule/core" : `an object of class ${String(name)}`;
}

/** @internal */
export function checkFunction(op: string, f: unknown): void {
  if (typeof f !== "function") throw new ArgumentError(`${op}: expected a function such as (x) => …, got ${kindOf(f)}`);
}
/** @internal What a function returned that is to run in one go: what comes after an `await` would run outside. */
export function checkSynchronous<R>(op: string, result: R): R {
  if (result instanceof Promise)
    throw new ArgumentError(
      `${op}: the function is async, and ${op} ends at its first await; await first, and pass what computes alone`,
    );
  return result;
}
/** @internal */
export function checkNumber(op: string, what: string, x: unknown): void {
  if (typeof x !== "number" || Number.isNaN(x)) throw new ArgumentError(`${op}: ${what} is a number, got ${quoted(x)}`);
}
const NONE = /* @__PURE__ */ Object.freeze({});
/** @internal The options that were passed; none if they were left out. */
export function optionsOf<O extends object>(op: string, options: O | undefined): O {
  if (options === undefined) return NONE as O;
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw new ArgumentError(`${op}: options are an object such as { name: value }, got ${kindOf(options)}`);
  return options;
}
/** @internal */
export const quoted = (x: unknown): string => (typeof x === "string" ? `"${x}"` : String(x));
const kindOf = (x: unknown): string =>
  typeof x === "object" && x !== null ? `an object of class ${String(x.constructor?.name)}` : quoted(x);
