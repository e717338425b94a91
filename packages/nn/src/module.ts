import { checkFlag } from "@chainrule/core/internal";
import { ArgumentError, Tensor } from "@chainrule/core/lean";
import { Parameter } from "./parameter.ts";
import { learnPath } from "./place.ts";
import { copyState, loadState, type LoadStateOptions, type StateDifference } from "./state.ts";

/**
 * Base of models and layers. A subclass keeps parameters and other modules in properties, or in arrays and plain records in
 * properties, and has whatever `forward` it likes; nothing needs to be registered.
 *
 * A tensor in a property is a parameter if it is a `Parameter` or a leaf that requires grad, and a buffer — saved, but not learned —
 * if it requires none. What is neither, such as a result kept for later, goes into a `#private` property, where no walk looks: a
 * parameter or a layer in there is not found, nor learned (TypeScript's `private` hides nothing from a walk).
 * Methods that walk throw an ArgumentError for modules or parameters in a `Map` or `Set`, where they would be missed.
 *
 * @example
 * class Model extends Module {
 *   readonly hidden = new Linear(2, 3);
 *   readonly output = new Linear(3, 1);
 *   forward(x: Tensor<[number, 2]>) {
 *     return this.output.forward(this.hidden.forward(x).tanh());
 *   }
 * }
 */
export class Module {
  /** Whether it is being trained: `train()` and `eval()` set it, layers such as dropout heed it. */
  training = true;

  /** The parameters, each once, in the order of the properties that hold them. */
  parameters(): Tensor[] {
    return this.namedParameters().map(([, x]) => x);
  }

  /** The parameters with their paths, such as `layers.0.weight`; errors name parameters and layers by them from then on. */
  namedParameters(): [name: string, parameter: Tensor][] {
    const found: [string, Tensor][] = [];
    walk(this, {
      tensor(path, x) {
        if (isParameter(x)) found.push([path, x]);
      },
    });
    return found;
  }

  /** The tensors that are saved with the parameters but not learned, with their paths. */
  namedBuffers(): [name: string, buffer: Tensor][] {
    const found: [string, Tensor][] = [];
    walk(this, {
      tensor(path, x) {
        if (isBuffer(x)) found.push([path, x]);
      },
    });
    return found;
  }

  /** The modules directly inside, with their names. */
  namedChildren(): [name: string, child: Module][] {
    const found: [string, Module][] = [];
    walk(this, {
      module(path, module) {
        found.push([path, module]);
        return false;
      },
    });
    return found;
  }

  /** This module, whose path is empty, and all modules inside it at any depth, with their paths. */
  namedModules(): [path: string, module: Module][] {
    const found: [string, Module][] = [["", this]];
    walk(this, {
      module(path, module) {
        found.push([path, module]);
        return true;
      },
    });
    return found;
  }

  /** Sets `training` here and in all modules inside. */
  train(on = true): this {
    checkFlag("train", "it", on);
    for (const [, module] of this.namedModules()) module.training = on;
    return this;
  }

  /** The opposite of `train()`: for predictions after training. */
  eval(): this {
    return this.train(false);
  }

  /** Forgets the gradients of all parameters. */
  zeroGrad(): void {
    for (const x of this.parameters()) x.grad = null;
  }

  /**
   * Copies of the parameters and buffers by path, in a flat record that shares nothing with the model. What several paths lead to, such as
   * tied weights, stands under each of them, as in PyTorch.
   */
  stateDict(): Record<string, Tensor> {
    return copyState(stateOf(this));
  }

  /**
   * Overwrites parameters and buffers with the tensors of a record such as `stateDict()` returns. The record must have exactly the
   * model's paths and shapes; float64 and float32 convert into each other. Of several paths that lead to one tensor one is enough, and others
   * must agree. With `strict: false` paths may be missing or unexpected, and are returned; what has a path of the model's must still fit.
   * @throws ArgumentError that names every path that is missing, unexpected, or of another shape or dtype, before anything is changed.
   */
  loadStateDict(state: Readonly<Record<string, Tensor>>, options?: LoadStateOptions): StateDifference {
    return loadState(stateOf(this), state, options);
  }

  /** What the walks look at: the own properties. A container may name its contents in its own way. */
  members(): Iterable<readonly [name: string, value: unknown]> {
    return Object.entries(this);
  }

  /** The arguments in `Linear(64, 10)`, for printing and for errors. */
  protected details(): string {
    return "";
  }

  /** Class and arguments; with modules inside, each on a line of its own, as PyTorch does. */
  toString(): string {
    if (PRINTING.has(this) || PRINTING.size === DEEPEST) return `${this.constructor.name}(…)`;
    PRINTING.add(this);
    try {
      return this.format();
    } finally {
      PRINTING.delete(this);
    }
  }

  /** What is printed of what is inside. */
  protected contents(): Iterable<readonly [name: string, text: string]> {
    return this.namedChildren().map(([name, module]) => [name, module.toString()]);
  }

  private format(): string {
    const lines = Array.from(this.contents(), ([name, text]) => `  (${name}): ${text.replaceAll("\n", "\n  ")}\n`);
    const details = this.details();
    if (lines.length === 0) return `${this.constructor.name}(${details})`;
    return `${this.constructor.name}(\n${details === "" ? "" : `  ${details}\n`}${lines.join("")})`;
  }
}

/** Modules that are being printed, one inside the other: one that leads back to itself, as by a property `parent`, ends there. */
const PRINTING = /* @__PURE__ */ new Set<Module>();
/** How many: indented text grows with the square of its depth. */
const DEEPEST = 100;

const isParameter = (x: Tensor): boolean => x instanceof Parameter || (x.requiresGrad && x.isLeaf);
const isBuffer = (x: Tensor): boolean => !x.requiresGrad && !(x instanceof Parameter);

function stateOf(module: Module): Map<string, Tensor> {
  const found = new Map<string, Tensor>();
  walk(module, {
    everywhere: true,
    tensor(path, x) {
      if (!isParameter(x) && !isBuffer(x)) return;
      if (found.has(path)) throw new ArgumentError(`stateDict: two tensors have the path ${path}; rename a property`);
      found.set(path, x);
    },
  });
  return found;
}

/** What a walk meets, each thing once and by the first path that leads there. */
interface Visitor {
  /** Whether each thing is met by every path that leads there. */
  readonly everywhere?: boolean;
  /** What is looked at of a module; its members if left out. */
  readonly inside?: (module: Module) => Iterable<readonly [name: string, value: unknown]>;
  tensor?(path: string, x: Tensor, holder: object, key: string): void;
  /** Returns whether to go inside. */
  module?(path: string, module: Module): boolean;
}
/** What is yet to be looked at, and what holds it; or what has been looked through, which nothing holds. */
interface Place {
  readonly path: string;
  readonly x: unknown;
  readonly holder: object | null;
  readonly key: string;
}

/** Goes through what a module owns: its members, and arrays, plain records and modules in them, in their order. */
export function walk(root: Module, visitor: Visitor): void {
  const { everywhere = false, inside = (module: Module) => module.members() } = visitor;
  const seen = new Set<object>();
  /** What is being looked through: a thing is not met inside itself. */
  const open = new Set<object>();
  // What is yet to be looked at, the next one last: a chain of modules may be longer than the stack is deep.
  const waiting: Place[] = [];
  const enter = (prefix: string, holder: object, members: Iterable<readonly [string, unknown]>): void => {
    open.add(holder);
    waiting.push({ path: prefix, x: holder, holder: null, key: "" });
    for (const [key, x] of [...members].reverse()) waiting.push({ path: prefix + key, x, holder, key });
  };
  enter("", root, inside(root));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { path, x, holder, key } = next;
    if (typeof x !== "object" || x === null) continue;
    if (holder === null) {
      open.delete(x);
      continue;
    }
    const first = !seen.has(x);
    if (open.has(x) || (!first && !everywhere)) continue;
    seen.add(x);
    if (x instanceof Tensor) {
      // The longest path is the one from the whole model, which says most.
      if (first && x instanceof Parameter && path.length > x.name.length) x.name = path;
      visitor.tensor?.(path, x, holder, key);
    } else if (x instanceof Module) {
      if (first) learnPath(x, path);
      if (visitor.module?.(path, x) ?? true) enter(`${path}.`, x, inside(x));
    } else if (Array.isArray(x) || isRecord(x)) enter(`${path}.`, x, Object.entries(x));
    else if ((x instanceof Map || x instanceof Set) && [...x.values()].some(isPart))
      throw new ArgumentError(
        `${root.constructor.name}: ${path} is a ${x.constructor.name} of modules or parameters, where none is found; keep them in an array or a plain record`,
      );
  }
}

const isPart = (x: unknown): boolean => x instanceof Module || x instanceof Parameter;

export const isRecord = (x: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(x);
  return prototype === Object.prototype || prototype === null;
};
