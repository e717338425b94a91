import type { Tensor } from "@chainrule/core/lean";
import type { OptionRule } from "./groups.ts";
import { fail, numbersOf, optionsOf } from "./state.ts";
import { addScaled, dot } from "./vectors.ts";

/** A past change of the gradient (y) and of the parameters (s), and 1/⟨y, s⟩. */
interface Change {
  readonly y: Float64Array;
  readonly s: Float64Array;
  readonly weight: number;
}

/** What LBFGS remembers; never changed in place, so that a step that fails leaves it. */
export interface Memory {
  readonly nIter: number;
  readonly funcEvals: number;
  /** Length of the last move, in directions. */
  readonly t: number;
  readonly direction: Float64Array | null;
  readonly previousGradient: Float64Array | null;
  /** Oldest first. */
  readonly changes: readonly Change[];
  /** Scale of the Hessian's inverse before the changes are heeded. */
  readonly scale: number;
}

export const FRESH: Memory = {
  nIter: 0, funcEvals: 0, t: 0, direction: null, previousGradient: null, changes: [], scale: 1,
}; // prettier-ignore

/** Takes up the last change, and turns the gradient into a direction by the two loops of Nocedal & Wright 2006, algorithm 7.4. */
export function searchDirection(memory: Memory, gradient: Float64Array, historySize: number): Memory {
  const nIter = memory.nIter + 1;
  const direction = gradient.map((g) => -g);
  if (memory.direction === null || memory.previousGradient === null) return { ...memory, nIter, direction };
  let { changes, scale } = memory;
  const y = gradient.slice();
  addScaled(y, -1, memory.previousGradient);
  const s = memory.direction.map((d) => d * memory.t);
  const curvature = dot(y, s);
  if (curvature > 1e-10) {
    changes = [...changes, { y, s, weight: 1 / curvature }].slice(-historySize);
    scale = curvature / dot(y, y);
  }
  const shares = changes.map(() => 0);
  for (let i = changes.length - 1; i >= 0; i--) {
    const { y, s, weight } = changes[i]!;
    shares[i] = dot(s, direction) * weight;
    addScaled(direction, -shares[i]!, y);
  }
  for (let i = 0; i < direction.length; i++) direction[i]! *= scale;
  changes.forEach(({ y, s, weight }, i) => addScaled(direction, shares[i]! - dot(y, direction) * weight, s));
  return { ...memory, nIter, direction, changes, scale };
}

/** What `LBFGS.stateDict` returns: plain data that survives JSON, which has no infinities and no NaN. */
export interface LBFGSState {
  readonly optimizer: string;
  /** Options of the one group, and the places of its parameters. */
  readonly paramGroups: readonly (Readonly<Record<string, unknown>> & { readonly params: readonly number[] })[];
  readonly state: {
    readonly shapes: readonly (readonly number[])[];
    /** Iterations and evaluations so far. */
    readonly nIter: number;
    readonly funcEvals: number;
    readonly t: number;
    readonly scale: number;
    /** Vectors over all parameters; null before the first iteration. */
    readonly direction: readonly number[] | null;
    readonly previousGradient: readonly number[] | null;
    readonly changes: readonly { readonly y: readonly number[]; readonly s: readonly number[] }[];
  };
}

const plain = (x: Float64Array | null): number[] | null => (x === null ? null : [...x]);

export const dumpMemory = (memory: Memory): Omit<LBFGSState["state"], "shapes"> => ({
  ...memory,
  direction: plain(memory.direction),
  previousGradient: plain(memory.previousGradient),
  changes: memory.changes.map(({ y, s }) => ({ y: [...y], s: [...s] })),
});

/** Reads a state, once all of it is known to fit. */
export function loadMemory<O extends object>(
  rule: OptionRule<O>,
  params: readonly Tensor[],
  state: LBFGSState,
): { options: O; memory: Memory } {
  if (typeof state !== "object" || state === null) fail("needs a record such as stateDict() returns");
  if (state.optimizer !== rule.name) fail(`the state is of ${String(state.optimizer)}, expected ${rule.name}`);
  const { paramGroups, state: saved } = state;
  if (!Array.isArray(paramGroups) || paramGroups.length !== 1 || !Array.isArray(saved?.shapes))
    return fail("the state is cut short");
  const found = JSON.stringify(saved.shapes);
  const expected = JSON.stringify(params.map(({ shape }) => shape));
  if (found !== expected) fail(`the parameters are ${found}, expected ${expected}`);
  const options = optionsOf(rule, state.paramGroups[0]!, 0);
  const size = params.reduce((sum, x) => sum + x.size, 0);
  const vector = (name: string, x: unknown): Float64Array => Float64Array.from(numbersOf(name, x, size));
  const count = (name: string, x: unknown): number =>
    Number.isInteger(x) && (x as number) >= 0 ? (x as number) : fail(`${name} is no whole number from 0 up`);
  const number = (name: string, x: unknown): number => (typeof x === "number" ? x : fail(`${name} is no number`));
  const optional = (name: string, x: unknown): Float64Array | null => (x === null ? null : vector(name, x));
  const change = (x: { readonly y?: unknown; readonly s?: unknown } | null | undefined): Change => {
    const [y, s] = [vector("y", x?.y), vector("s", x?.s)];
    return { y, s, weight: 1 / dot(y, s) };
  };
  if (!Array.isArray(saved.changes)) fail("the state is cut short");
  const memory: Memory = {
    nIter: count("nIter", saved.nIter),
    funcEvals: count("funcEvals", saved.funcEvals),
    t: number("t", saved.t),
    scale: number("scale", saved.scale),
    direction: optional("direction", saved.direction),
    previousGradient: optional("previousGradient", saved.previousGradient),
    changes: saved.changes.map(change),
  };
  return { options, memory };
}
