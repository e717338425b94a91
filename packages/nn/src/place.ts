import { ChainruleError } from "@chainrule/core/lean";

// Where in a model an error was raised. A module learns its path when the model is asked for its parameters, as an optimizer does;
// until then a `Sequential` tells the place in itself.

const PATHS = /* @__PURE__ */ new WeakMap<object, string>();
/** Errors whose path leads from the whole model. */
const PLACED = /* @__PURE__ */ new WeakSet<ChainruleError>();

/** The longest path is the one from the whole model, which says most. */
export function learnPath(module: object, path: string): void {
  if (path.length > (PATHS.get(module)?.length ?? 0)) PATHS.set(module, path);
}

/** The error, with the path of the module that raised it. */
export function placed(error: unknown, module: object): unknown {
  const path = PATHS.get(module);
  if (path === undefined || !(error instanceof ChainruleError) || PLACED.has(error)) return error;
  PLACED.add(error);
  return within(error, path);
}

/** The error, with a layer's place in front of the path that the layers inside it have given. */
export function atLayer(error: unknown, at: number): unknown {
  return error instanceof ChainruleError && !PLACED.has(error) ? within(error, String(at)) : error;
}

function within(error: ChainruleError, path: string): ChainruleError {
  const before = error.message;
  // The stack, which is what an uncaught error prints, begins with the message of the moment it is first read: now.
  const { stack } = error;
  const plain = error.path === "" ? before : before.slice(0, before.lastIndexOf(" (layer "));
  error.path = error.path === "" ? path : `${path}.${error.path}`;
  error.message = `${plain} (layer ${error.path})`;
  if (stack !== undefined) error.stack = stack.replace(before, () => error.message);
  return error;
}
