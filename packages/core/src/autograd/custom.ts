import { ANOMALY, drawing, drawingAgain, mode, RECORD, recordedBy, withMode } from "../ambient.ts";
import { isFloat } from "../dtype.ts";
import { ArgumentError, checkFunction, checkSynchronous, describeArgument, optionsOf, ShapeError } from "../errors.ts";
import { apply, type Op } from "../op.ts";
import { see } from "../spare.ts";
import { sameShape, showShape } from "../shape.ts";
import { checkTensor, detached, fromNumber, type Operand, Tensor } from "../tensor.ts";
import { defaultDtype } from "../ambient.ts";
import { ofDtype } from "../ops/cast.ts";
import { broadcastTo } from "../ops/broadcast.ts";
import { handedOut, Walk } from "./graph.ts";
import { pullBackTraced, pushForwardTraced, trace, type Traced, walkOf } from "./transforms.ts";

type Parts = readonly (Tensor | null)[];

/** What has been computed; as a parameter it tells `apply` of every `vmap` that had a hand in it. */
interface Computed {
  readonly result: Tensor;
}

/** An operation that has been carried out already, and whose rules compute all cotangents at once. */
function jointOp(
  name: string,
  pull: (cotangent: Tensor, output: Tensor) => Parts,
  push: (tangents: Parts, output: Tensor) => Tensor | null,
): Op<Computed> {
  const pulled = new WeakMap<Tensor, { output: Tensor; mode: number; parts: Parts }>();
  return {
    name,
    forward: (_inputs, { result }) => detached(result),
    vjp(cotangent, output, index) {
      see(cotangent);
      let entry = pulled.get(cotangent);
      if (entry === undefined || entry.output !== output || entry.mode !== mode) {
        entry = { output, mode, parts: pull(cotangent, output) };
        for (const part of entry.parts) if (part) part.shared = true; // kept here, and known to the rule
        pulled.set(cotangent, entry);
      }
      return entry.parts[index] ?? null;
    },
    jvp: push,
    batch(inputs, { result }, batch) {
      const part = (x: Tensor | null): Tensor | null => x && batch.wrap(x);
      const whole = (x: Tensor | null): Tensor | null => x && batch.whole(x);
      const example = (output: Tensor): Tensor => {
        const y = batch.wrap(output);
        y.inputs = output.inputs.map((x) => batch.wrap(x));
        y.depth = output.depth;
        return y;
      };
      // The rules again, as a part of the function that is mapped.
      const all = jointOp(
        name,
        (cotangent, output) => batch.run(() => pull(batch.wrap(cotangent), example(output)).map(whole)),
        (tangents, output) => batch.run(() => whole(push(tangents.map(part), example(output)))),
      );
      return apply(all, inputs.map((x) => batch.whole(x)), { result: batch.whole(result) }); // prettier-ignore
    },
  };
}

export interface CustomGradient<A extends readonly Tensor[], R extends Tensor = Tensor> {
  /** Computes the result; nothing in here is recorded. */
  readonly forward: (...inputs: A) => R;
  /** Cotangents of the inputs, in their order (`null` for zero), given the output's; a single tensor for a single input. */
  readonly vjp: (cotangent: Tensor, context: { readonly inputs: A; readonly output: Tensor }) => Tensor | Parts;
  /** The output's tangent given the inputs' (`null` for zero). Left out, forward mode is derived from `vjp`. */
  readonly jvp?: (
    tangents: { [I in keyof A]: Tensor | null },
    context: { readonly inputs: A; readonly output: Tensor },
  ) => Tensor;
  readonly name?: string;
}

/**
 * A function with derivative rules of your own. Rules that call operations can be differentiated further; `checkGradients` tells
 * whether they are right.
 *
 * @example
 * const clipped = customGradient({ forward: (x) => x.exp(), vjp: (g, { output }) => g.mul(output).clamp(-1, 1) });
 */
export function customGradient<A extends readonly Tensor[] = [Tensor], R extends Tensor = Tensor>(
  rules: CustomGradient<A, R>,
): (...inputs: { [I in keyof A]: A[I] | number }) => Tensor<R["shape"]>;
export function customGradient<A extends readonly Tensor[]>(
  rules: CustomGradient<A>,
): (...inputs: readonly Operand[]) => Tensor {
  const {
    name = "customGradient",
    forward,
    vjp,
  } = optionsOf("customGradient", rules, ["forward", "vjp", "jvp", "name"]);
  checkFunction(`${name}: forward`, forward);
  checkFunction(`${name}: vjp`, vjp);
  const context = (output: Tensor): { inputs: A; output: Tensor } => ({ inputs: output.inputs as never as A, output });
  const pull = (cotangent: Tensor, output: Tensor): Parts => {
    const result = checkSynchronous(name, rules.vjp(handedOut(cotangent), context(output)));
    const parts = result instanceof Tensor ? [result] : result;
    if (!Array.isArray(parts))
      throw new ArgumentError(`${name}: vjp must return a tensor or an array of them, got ${describeArgument(parts)}`);
    if (parts.length !== output.inputs.length) {
      throw new ArgumentError(`${name}: vjp returned ${parts.length} cotangents for ${output.inputs.length} inputs`);
    }
    return parts.map((part, i) => part && fitted("vjp", part, output.inputs[i]!, `input ${i}`));
  };
  /** What a rule returned, in the dtype it should have. */
  const fitted = (rule: string, part: Tensor, like: Tensor, what: string): Tensor => {
    if (!(part instanceof Tensor))
      throw new ArgumentError(`${name}: ${rule} returned ${describeArgument(part)}, expected a tensor`);
    if (!sameShape(part.shape, like.shape)) {
      throw new ShapeError(
        name,
        `${rule} returned ${showShape(part.shape)} for ${what} of shape ${showShape(like.shape)}`,
        [part.shape, like.shape],
      );
    }
    return ofDtype(part, like.dtype);
  };
  const push = (tangents: Parts, output: Tensor): Tensor | null => {
    if (rules.jvp) {
      const own = tangents.map((t) => t && handedOut(t));
      return fitted("jvp", rules.jvp(own as never, context(output)), output, "an output");
    }
    // Jᵀu is linear in u, and the transpose of that map is J.
    const known = tangents.flatMap((t, i) => (t === null ? [] : [{ t, i }]));
    const zero = detached(broadcastTo(fromNumber(0, output.dtype), output.shape));
    zero.depth = output.depth; // nothing before the output depends on it: no walk need go there
    const traced = trace(
      name,
      (u: Tensor) => {
        const parts = pull(u, output);
        return known.map(({ i }) => parts[i] ?? broadcastTo(fromNumber(0, output.dtype), output.inputs[i]!.shape));
      },
      zero,
    );
    return pullBackTraced(
      traced,
      known.map(({ t }) => t),
    )[0]!;
  };
  const op = jointOp(name, pull, push);
  const asTensor = (x: Operand): Tensor => {
    if (typeof x === "number") return fromNumber(x, defaultDtype);
    checkTensor(name, x);
    return x;
  };
  return (...operands) => {
    const inputs = operands.map(asTensor);
    const result = withMode(mode & ~RECORD, () => checkSynchronous(name, rules.forward(...(inputs as never as A))));
    if (!(result instanceof Tensor))
      throw new ArgumentError(`${name}: forward must return a tensor, got ${describeArgument(result)}`);
    return apply(op, inputs, { result });
  };
}

/**
 * `f` with less memory: the intermediate results of a call are dropped and computed again when a derivative needs them. Tensors that `f`
 * takes from outside, such as parameters, get their gradients too. `f` must do the same each time it runs; what it draws from generators is
 * the same each time, but running statistics, as batch normalisation keeps them, are updated each time.
 * @example
 * const layer = checkpoint((x: Tensor<[2]>) => x.exp().sin());
 * grad((x: Tensor<[2]>) => layer(x).sum())(tensor([0, 0])).shape; // [2]
 */
export function checkpoint<A extends readonly Tensor[], R extends Tensor>(
  f: (...inputs: A) => R,
): (...inputs: A) => Tensor<R["shape"]>;
export function checkpoint(f: (...inputs: readonly Tensor[]) => Tensor): (...inputs: readonly Tensor[]) => Tensor {
  checkFunction("checkpoint", f);
  return (...inputs) => {
    for (const x of inputs) checkTensor("checkpoint", x);
    if ((mode & RECORD) === 0) return f(...inputs);
    // Whatever is not floating, such as indices, takes no part in derivatives.
    const given = inputs.map((x) => (isFloat(x.dtype) ? x : detached(x)));
    const floating = given.filter((x) => isFloat(x.dtype));
    const run = (primals: readonly Tensor[]): Traced => {
      const call = (list: readonly Tensor[]): Tensor => {
        let next = 0;
        return f(...given.map((x) => (isFloat(x.dtype) ? list[next++]! : x)));
      };
      return trace("checkpoint", call, primals, true);
    };
    const [[traced, recorded], draws] = drawing(() => recordedBy(() => run(floating)));
    const [output] = traced.outputs;
    if (traced.outputs.length !== 1 || output === undefined)
      throw new ArgumentError("checkpoint: the function must return one tensor");
    // What `f` takes from outside and did not make itself.
    const own = new Set([...traced.inputs, ...recorded]);
    const ends = [...recorded.flatMap((x) => x.inputs), output].filter((x) => !own.has(x));
    const captured = new Walk([output], -1, new Set([...ends, ...traced.inputs])).nodes.filter((x) => !own.has(x));
    const rerun = (all: readonly Tensor[]): Traced => {
      const again = drawingAgain(draws, () => run(all.slice(0, floating.length)));
      const inputs = [...again.inputs, ...captured];
      return { ...again, inputs, walk: walkOf(again.outputs, inputs, new Set(inputs)), nested: (mode & RECORD) !== 0 };
    };
    const op = jointOp(
      "checkpoint",
      (cotangent, y) => pullBackTraced(rerun(y.inputs), [cotangent]),
      (tangents, y) => {
        const again = rerun(y.inputs);
        const zero = (i: number): Tensor => broadcastTo(fromNumber(0, y.dtype), y.inputs[i]!.shape);
        return pushForwardTraced(
          again,
          tangents.map((t, i) => t ?? zero(i)),
        )[0]!;
      },
    );
    return apply(op, [...floating, ...captured], { result: detached(output) });
  };
}

/**
 * Runs `fn` and raises a GraphError at the first operation, gradient rule or update of an optimizer that makes a NaN out of inputs that have none.
 * @throws GraphError there, ArgumentError for an async function.
 * @example
 * detectAnomaly(() => tensor([1, 2]).log().sum().item()); // log 2
 */
export function detectAnomaly<R>(fn: () => R): R {
  checkFunction("detectAnomaly", fn);
  return checkSynchronous("detectAnomaly", withMode(mode | ANOMALY, fn));
}
