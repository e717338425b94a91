import type { ShapeArg } from "./shape.ts";

/**
 * Base class of every error Chainrule raises on purpose. The message starts with the operation that was asked for and ends
 * with what to do; `path` says which module of a model it happened in, where there is one.
 */
export class ChainruleError extends Error {
  override name = "ChainruleError";
  #path = "";
  /** Path of the module that raised it, such as `layers.2`; empty outside modules. */
  get path(): string {
    return this.#path;
  }
  set path(path: string) {
    this.#path = path;
  }
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
export function describeArgument(x: unknown, wanted: "tensor" | "number" = "tensor"): string {
  if (x === null) return "null";
  if (Array.isArray(x)) return "an array; wrap it in tensor(...)";
  if (ArrayBuffer.isView(x)) return "a typed array; use fromTypedArray(array, shape)";
  if (typeof x === "number") return "a number; wrap it in value(...)";
  if (typeof x === "boolean") return "a boolean; use 0 or 1";
  if (typeof x !== "object") return typeof x;
  const name: unknown = x.constructor?.name;
  if (name === "Object") return "an object";
  if (name !== "Tensor") return `an object of class ${String(name)}`;
  return wanted === "number" ? "a tensor; read its number with item()" : "a Tensor of another copy of @chainrule/core";
}

/** @internal */
export function checkFunction(op: string, f: unknown): void {
  if (typeof f !== "function") throw new ArgumentError(`${op}: expected a function such as (x) => …, got ${quoted(f)}`);
}
/** @internal */
export function checkFlag(op: string, what: string, x: unknown): void {
  if (x !== undefined && typeof x !== "boolean")
    throw new ArgumentError(`${op}: ${what} is true or false, got ${quoted(x)}`);
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
/** All of `Name`, or for the compiler's message those that are missing. */
type Complete<Name, Names extends readonly unknown[]> =
  Exclude<Name, Names[number]> extends infer Missing
    ? [Missing] extends [never]
      ? Names
      : `also list ${Missing & string}`
    : never;
/** @internal The options that were passed, which have no other than these names; none if they were left out. */
export function optionsOf<O extends object, const N extends readonly (keyof O & string)[]>(
  op: string,
  options: O | undefined,
  names: Complete<keyof O, N>,
): O {
  if (options !== undefined) checkOptions(op, options, names as unknown as readonly string[]);
  return options ?? (NONE as O);
}
/** @internal Throws unless the options are an object that has no other than these names. */
export function checkOptions(op: string, options: object, names: readonly string[]): void {
  if (!isPlain(options))
    throw new ArgumentError(`${op}: options are an object such as { ${names[0]}: … }, got ${quoted(options)}`);
  for (const name in options) {
    if (!names.includes(name)) throw unknownOption(op, name, names);
    const value: unknown = options[name as never];
    if (value === "true" || value === "false")
      throw new ArgumentError(`${op}: ${name} is the text "${value}", which counts as true; write ${value}`);
  }
}
/** @internal An object that is written `{ … }`, in this realm or another: not an array, nor made by a class. */
export function isPlain(x: unknown): boolean {
  if (typeof x !== "object" || x === null) return false;
  const prototype: unknown = Object.getPrototypeOf(x);
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}

function unknownOption(op: string, name: string, names: readonly string[]): ArgumentError {
  const steps = names.map((other) => distance(name.toLowerCase(), other.toLowerCase()));
  const least = Math.min(...steps);
  const nearest = 3 * least <= name.length + 1 ? `; did you mean ${names[steps.indexOf(least)]}?` : ";";
  return new ArgumentError(`${op}: there is no option ${name}${nearest} options are ${names.join(", ")}`);
}

/** Letters to insert, take out or replace to make one word of another (Levenshtein 1965). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++)
      next.push(Math.min(row[j + 1]! + 1, next[j]! + 1, row[j]! + (a[i] === b[j] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}

/** @internal A value that is wrong, as messages show it. */
export function quoted(x: unknown): string {
  if (typeof x === "string") return `"${x}"`;
  if (typeof x === "bigint") return `${x}n`;
  if (Array.isArray(x)) return x.length > 8 ? `an array of ${x.length}` : `[${x.map(quoted).join(", ")}]`;
  if (typeof x === "function") return /^class\b/.test(String(x)) ? `the class ${x.name}` : "a function";
  if (typeof x !== "object" || x === null) return String(x);
  const name = x.constructor?.name;
  return isPlain(x) || !name ? "an object" : `an object of class ${name}`;
}
