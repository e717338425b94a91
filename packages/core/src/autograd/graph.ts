import { ANOMALY, BATCH, mode, RECORD, withMode } from "../ambient.ts";
import { ArgumentError, describeArgument, GraphError, ShapeError } from "../errors.ts";
import { checkForNaN } from "../op.ts";
import { add } from "../families/elementwise.ts";
import { ofDtype } from "../ops/cast.ts";
import { sameShape, showShape } from "../shape.ts";
import { isUnseen, LARGE, see, useUp, withSpare } from "../spare.ts";
import { aliasOp } from "../ops/movement.ts";
import { detached, Tensor } from "../tensor.ts";

// Walks over the graph. All are loops: a chain of a million operations is as good as one of ten.

let walks = 0;

/** What a leaf has as `params` that a transform has made for its function. */
export const VARIABLE: unique symbol = /* @__PURE__ */ Symbol("variable");

/** A derivative as it is handed out: a tensor of its own, although a rule may have passed on the very cotangent it was given. */
export const handedOut = (x: Tensor): Tensor => ((mode & RECORD) !== 0 && x.tracked ? aliasOp(x, null) : detached(x));

/** Tensors that require grad, reachable from some outputs: every tensor stands after its inputs. */
export class Walk {
  readonly nodes: Tensor[] = [];
  private readonly number: number = ++walks;
  private index: Map<Tensor, number> | null = null;
  /** Whether there was anything that it did not enter. */
  private cut = false;
  /** Tensors that the walk does not go beyond. */
  readonly ends: ReadonlySet<Tensor> | null;

  /** With `above`, only tensors deeper than that are entered. */
  constructor(outputs: readonly Tensor[], above = -1, ends: ReadonlySet<Tensor> | null = null) {
    const { nodes } = this;
    this.ends = ends;
    // Depth first: the way from an output to here. The slot of a tensor on it counts the inputs still to look at.
    const way: Tensor[] = [];
    let top = -1;
    const enter = (x: Tensor): void => {
      // A tensor has been seen exactly if the slot it remembers holds it.
      if (!x.tracked || nodes[x.slot] === x) return;
      if (x.depth <= above) this.cut = true;
      else if (x.inputs.length === 0 || ends?.has(x)) x.slot = nodes.push(x) - 1;
      else {
        way[++top] = x;
        x.slot = x.inputs.length;
      }
    };
    for (const output of outputs) {
      enter(output);
      while (top >= 0) {
        const x = way[top]!;
        if (x.slot > 0) enter(x.inputs[--x.slot]!);
        else {
          x.slot = nodes.push(x) - 1;
          top--;
        }
      }
    }
  }

  /** Place of `x` among the nodes, or -1. */
  find(x: Tensor): number {
    if (this.nodes[x.slot] === x) return x.slot;
    if (walks === this.number) return -1;
    // A walk inside a rule or a hook has moved slots since.
    this.index ??= new Map(this.nodes.map((node, i) => [node, i]));
    return this.index.get(x) ?? -1;
  }

  /** Whether the outputs depend on more than `inputs` and the variables of transforms inside. */
  leadsBeyond(inputs: readonly Tensor[]): boolean {
    const own = new Set(inputs);
    return this.cut || this.nodes.some((x) => x.inputs.length === 0 && x.params !== VARIABLE && !own.has(x));
  }

  /** Marks which nodes depend on `targets`, these included. */
  dependents(targets: readonly Tensor[]): Uint8Array {
    const depends = new Uint8Array(this.nodes.length);
    for (const x of targets) {
      const i = this.find(x);
      if (i >= 0) depends[i] = 1;
    }
    for (let i = 0; i < this.nodes.length; i++) {
      for (const input of this.nodes[i]!.inputs) {
        const from = input.tracked ? this.find(input) : -1;
        if (from >= 0 && depends[from] === 1) depends[i] = 1;
      }
    }
    return depends;
  }
}

/**
 * Pulls cotangents of `outputs` back through a walk. `deliver` is called once for each leaf and for each target, with its whole
 * cotangent; below a target the walk goes on only if other targets lie there.
 */
export function pullBack(
  walk: Walk,
  outputs: readonly Tensor[],
  cotangents: readonly Tensor[],
  depends: Uint8Array | null,
  deliver: (x: Tensor, cotangent: Tensor) => void,
): void {
  const { nodes } = walk;
  const collected = new Array<Tensor | undefined>(nodes.length).fill(undefined);
  for (let i = 0; i < outputs.length; i++) {
    const at = walk.find(outputs[i]!);
    if (at >= 0) collected[at] = sum(collected[at], cotangents[i]!);
  }
  for (let at = nodes.length - 1; at >= 0; at--) {
    const node = nodes[at]!;
    let cotangent = collected[at];
    if (cotangent === undefined) continue;
    collected[at] = undefined; // gone as soon as it has been used
    if (node.hooks !== null) cotangent = runHooks(node, cotangent);
    deliver(node, cotangent);
    const { inputs } = node;
    if (inputs.length === 0 || walk.ends?.has(node)) continue;
    checkVersions(node);
    for (let i = 0; i < inputs.length; i++) {
      const input = inputs[i]!;
      if (!input.tracked) continue;
      const from = walk.find(input);
      if (from < 0 || (depends !== null && depends[from] === 0)) continue;
      const sumSoFar = collected[from];
      if (node.op!.addVjp !== undefined && sumSoFar !== undefined && mayOverwrite(sumSoFar)) {
        node.op!.addVjp(sumSoFar, cotangent, node);
        continue;
      }
      const part: Tensor | null =
        (mode & ANOMALY) !== 0 || input.size >= LARGE
          ? partApart(node, cotangent, i)
          : node.op!.vjp(cotangent, node, i);
      if (part === null) continue;
      if (part === cotangent) see(part); // it goes on
      collected[from] = sum(collected[from], part);
    }
    useUp(cotangent);
  }
}
/** Whether a sum of cotangents, which nobody else has, may be added to in its place: no derivative will be taken through it. */
const mayOverwrite = (sum: Tensor): boolean => (mode & (RECORD | BATCH | ANOMALY)) === 0 && isUnseen(sum);
/** What a node passes on to one of its inputs, watched, or with an array that has been left. Apart, for closures cost small nodes time. */
function partApart(node: Tensor, cotangent: Tensor, index: number): Tensor | null {
  const rule = (): Tensor | null => node.op!.vjp(cotangent, node, index);
  if ((mode & ANOMALY) !== 0) return watched("gradient", node, [cotangent], rule);
  return (mode & (RECORD | BATCH)) === 0 ? withSpare(node.inputs[index]!, rule) : rule();
}
/** What has come to a tensor so far and the next part, in the place of the former if nobody else has it. */
function sum(a: Tensor | undefined, b: Tensor): Tensor {
  if (a === undefined) return b;
  if (!isUnseen(a)) return add(a, b);
  add.op.overwrite(a, b);
  useUp(b);
  return a;
}

/** Pushes tangents of `inputs` forward through a walk; returns the tangents of `outputs`, `null` for zero. */
export function pushForward(
  walk: Walk,
  inputs: readonly Tensor[],
  tangents: readonly Tensor[],
  outputs: readonly Tensor[],
): (Tensor | null)[] {
  const { nodes } = walk;
  const carried = new Array<Tensor | null>(nodes.length).fill(null);
  const fixed = new Uint8Array(nodes.length);
  inputs.forEach((x, i) => {
    const at = walk.find(x);
    if (at < 0) return;
    carried[at] = carried[at] === null ? tangents[i]! : add(carried[at]!, tangents[i]!); // of tied parameters one has several
    fixed[at] = 1;
  });
  for (let at = 0; at < nodes.length; at++) {
    const node = nodes[at]!;
    if (fixed[at] === 1 || node.inputs.length === 0) continue;
    let any = false;
    const incoming = node.inputs.map((input) => {
      const from = input.tracked ? walk.find(input) : -1;
      const tangent = from < 0 ? null : carried[from]!;
      any ||= tangent !== null;
      return tangent;
    });
    if (!any) continue;
    checkVersions(node);
    carried[at] =
      (mode & ANOMALY) === 0
        ? node.op!.jvp(incoming, node)
        : watched("tangent", node, incoming, () => node.op!.jvp(incoming, node));
  }
  return outputs.map((x) => {
    const at = walk.find(x);
    return at < 0 ? null : carried[at]!;
  });
}

/** Under `detectAnomaly`: a derivative rule that makes a NaN is blamed by the name of its operation. */
function watched(
  what: string,
  node: Tensor,
  given: readonly (Tensor | null)[],
  rule: () => Tensor | null,
): Tensor | null {
  const part = withMode(mode & ~ANOMALY, rule);
  if (part !== null) {
    checkForNaN(
      `${what} of ${node.op!.name}`,
      part,
      [...given, node, ...node.inputs].filter((x) => x !== null),
    );
  }
  return part;
}

function runHooks(node: Tensor, cotangent: Tensor): Tensor {
  see(cotangent);
  let current = cotangent;
  for (const hook of Array.from(node.hooks!)) {
    const replaced: unknown = hook(handedOut(current));
    if (replaced === undefined) continue;
    if (!(replaced instanceof Tensor)) {
      throw new ArgumentError(
        `registerHook: the hook returned ${describeArgument(replaced)}; a hook returns a tensor, or nothing to keep the gradient`,
      );
    }
    if (!sameShape(replaced.shape, node.shape)) {
      throw new ShapeError(
        "registerHook",
        `the hook returned ${showShape(replaced.shape)} for a tensor of shape ${showShape(node.shape)}`,
        [replaced.shape, node.shape],
      );
    }
    current = ofDtype(replaced, node.dtype);
  }
  return current;
}

/** The inputs must still hold what they held when the operation ran. */
function checkVersions(node: Tensor): void {
  let version = 0;
  for (let i = 0; i < node.inputs.length; i++) version += node.inputs[i]!.version;
  if (version === node.version) return;
  const changed = [...new Set(node.inputs)]
    .filter((x) => x.isLeaf && x.version > 0)
    .map((x) => `${nameOf(x)} ${showShape(x.shape)}`);
  throw new GraphError(
    `backward: ${node.op!.name} has used ${changed.join(" and ")}, overwritten since by an optimizer step or assign(); run the forward pass again before backward()`,
  );
}
const nameOf = (x: Tensor): string => {
  const { name } = x as { name?: unknown };
  return typeof name === "string" && name !== ""
    ? `parameter ${name}`
    : x.constructor.name === "Tensor"
      ? "the leaf"
      : "the parameter";
};
