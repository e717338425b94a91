import { checkFunction, checkSynchronous, mapTree, type Matching, quoted } from "@chainrule/core/internal";
import { ArgumentError, type Check, type Tensor, type TreeOf } from "@chainrule/core/lean";
import { isRecord, Module, walk } from "./module.ts";
import { disagreement, misfit, sameElements } from "./state.ts";

/** Tensors for the parameters and buffers of a module: by path in a flat record, or as a tree of the form of the module; null for none. */
export type ParameterTree =
  | Tensor
  | null
  | undefined
  | readonly ParameterTree[]
  | { readonly [name: string]: ParameterTree };

const WANTED = "a record of tensors by path, such as stateDict() returns, or a tree such as grad(f)(module) returns";

/** A property or an element of an array that holds a tensor. */
interface Slot {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

/**
 * What `fn` makes of a module while other tensors stand in place of its parameters and buffers. These come by path, as from `stateDict()`,
 * or as a tree like the gradient that `grad(f)(module)` returns; what is left out stays. They may be results of operations: derivatives of
 * any order go through them to whatever they were made from, and in `vmap` they may differ from example to example. Of several paths that
 * lead to one tensor, such as tied weights, one is enough; copies under the others must agree, and the first of them is used.
 * @throws ArgumentError that names every path that does not exist, every tensor of another shape or dtype, and every two paths of one tensor
 * that get tensors which differ, or of which one requires grad and the other is not the same, before anything is changed; and for an async
 * function, of which only the part before the first `await` would see the tensors.
 * @example
 * const model = new Linear(2, 1, { bias: false });
 * const loss = (weight: Tensor<[1, 2]>) => functionalCall(model, { weight }, (m) => m.forward(tensor([[3, 4]])).sum());
 * grad(loss)(tensor([[1, 2]])).toArray(); // [[3, 4]]
 */
export function functionalCall<M extends Module, const P extends ParameterTree | TreeOf<M>, R>(
  module: M,
  parameters: Check<Matching<P, TreeOf<M>, "functionalCall: the tensor">, P>,
  fn: (module: M) => R,
): R {
  const op = "functionalCall";
  if (!(module instanceof Module)) throw new ArgumentError(`${op}: expected a module, got ${quoted(module)}`);
  checkFunction(op, fn);
  const replaced = replacements(op, module, parameters as ParameterTree);
  try {
    for (const { slots, next } of replaced) for (const { holder, key } of slots) holder[key] = next;
    return checkSynchronous(op, fn(module));
  } finally {
    for (const { slots, held } of replaced) for (const { holder, key } of slots) holder[key] = held;
  }
}

interface Replacement {
  readonly slots: readonly Slot[];
  readonly held: Tensor;
  readonly next: Tensor;
}

interface Given {
  readonly path: string;
  readonly next: Tensor;
}

/** What goes where, once all of it is known to fit. */
function replacements(op: string, module: Module, parameters: ParameterTree): Replacement[] {
  const { paths, slots } = places(module);
  const found = new Map<Tensor, Given>();
  const unknown: string[] = [];
  const wrong: string[] = [];
  for (const [path, next] of listed(op, parameters)) {
    const held = paths.get(path);
    const why = held && misfit(next as Tensor, held);
    const first = held && found.get(held);
    if (held === undefined) unknown.push(path);
    else if (why !== undefined) wrong.push(`${path} is ${why}`);
    else if (!slots.get(held)?.every(isWritable))
      wrong.push(`${path} cannot be replaced where it is: in a #private property, behind a getter, or frozen`);
    else if (first === undefined) found.set(held, { path, next: next as Tensor });
    else {
      const apart = conflict(first, { path, next: next as Tensor });
      if (apart !== undefined) wrong.push(apart);
    }
  }
  if (unknown.length > 0)
    wrong.unshift(`there is no ${unknown.join(", ")} in ${module.constructor.name}; needs ${WANTED}`);
  if (wrong.length > 0) throw new ArgumentError(`${op}: ${wrong.join("; ")}`);
  return [...found].map(([held, { next }]) => ({ slots: slots.get(held)!, held, next }));
}

/** Why two tensors cannot become one, if so: the second is dropped, and a derivative by it would be lost. */
function conflict(a: Given, b: Given): string | undefined {
  if (a.next === b.next) return undefined;
  if (a.next.requiresGrad || b.next.requiresGrad)
    return `${a.path} and ${b.path} are one tensor of the model; where one requires grad, give both the same tensor or leave one out`;
  return a.next.dtype === b.next.dtype && sameElements(a.next, b.next) ? undefined : disagreement(a.path, b.path);
}

/** The tensors of a module by the paths of `stateDict()` and by those of its properties, and what holds them. */
function places(module: Module): { paths: ReadonlyMap<string, Tensor>; slots: ReadonlyMap<Tensor, readonly Slot[]> } {
  const paths = new Map<string, Tensor>();
  const slots = new Map<Tensor, Slot[]>();
  walk(module, {
    everywhere: true,
    inside: (part) => Object.entries(part),
    tensor(path, x, holder, key) {
      paths.set(path, x);
      const slot = { holder: holder as Record<string, unknown>, key };
      if (slots.get(x)?.push(slot) === undefined) slots.set(x, [slot]);
    },
  });
  walk(module, { everywhere: true, tensor: (path, x) => void paths.set(path, x) });
  return { paths, slots };
}
const isWritable = ({ holder, key }: Slot): boolean => Object.getOwnPropertyDescriptor(holder, key)?.writable === true;

/** The leaves of a tree with their paths, without those that are null. */
function listed(op: string, tree: ParameterTree): [path: string, x: unknown][] {
  const found: [string, unknown][] = [];
  mapTree<string>(tree, "", {
    isBranch,
    leaf(x, path) {
      if (path === "") throw new ArgumentError(`${op}: needs ${WANTED}, got ${quoted(x)}`);
      if (x !== null && x !== undefined) found.push([path, x]);
    },
    below: (path, key) => (path === "" ? key : `${path}.${key}`),
    cycle: (path) => new ArgumentError(`${op}: ${path} contains itself`),
  });
  return found;
}
const isBranch = (x: unknown): x is object => typeof x === "object" && x !== null && (Array.isArray(x) || isRecord(x));
