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

/** A derivative that cannot be taken: nothing requires it, or a value it needs has been overwritten. */
export class GraphError extends ChainruleError {
  override name = "GraphError";
}
