import { type Dtype, checkDtype, isFloat } from "./dtype.ts";
import { ArgumentError, checkFunction, checkSynchronous } from "./errors.ts";
import type { Tensor } from "./tensor.ts";

// The whole ambient state: whether and where operations are recorded, what is drawn at random, and the dtype of new tensors. All is restored in
// `finally`.

/** Operations on tensors that require grad remember their inputs. */
export const RECORD = 1;
/** Inside the function of a transform (`grad`, `jvp`, …): a transform within must stay differentiable. */
export const TRANSFORM = 2;
/** Check every result for NaN (`detectAnomaly`). */
export const ANOMALY = 4;
/** Remember the inputs of conditions too: a rule is being read as a formula. */
export const TRACE = 8;
/** Inside `vmap`: tensors may stand for many at once. */
export const BATCH = 16;

export let mode: number = RECORD;
export let defaultDtype: Dtype = "float64";

/** Runs `fn` with another mode. */
export function withMode<R>(next: number, fn: () => R): R {
  const before = mode;
  mode = next;
  try {
    return fn();
  } finally {
    mode = before;
  }
}

/** Where `recordedBy` wants what is being recorded. */
export let journal: Tensor[] | null = null;

/** Runs `fn`; returns what it returns and every result that was recorded meanwhile. */
export function recordedBy<R>(fn: () => R): [result: R, recorded: readonly Tensor[]] {
  const before = journal;
  const recorded: Tensor[] = [];
  journal = recorded;
  try {
    return [fn(), recorded];
  } finally {
    journal = before;
  }
}

/** Where random numbers come from, which can go back to where it stood. */
interface Source {
  getState(): unknown;
  setState(state: unknown): void;
}
/** Sources, and where each stood. */
export type Draws = ReadonlyMap<Source, unknown>;
let draws: Map<Source, unknown> | null = null;

/** To be called before anything is drawn from a source. */
export function beforeDraw(source: Source): void {
  if (draws !== null && !draws.has(source)) draws.set(source, source.getState());
}

/** Runs `fn`; returns what it returns, and where the sources stood from which it drew. */
export function drawing<R>(fn: () => R): [result: R, from: Draws] {
  const before = draws;
  const own = new Map<Source, unknown>();
  draws = own;
  try {
    return [fn(), own];
  } finally {
    draws = before;
    for (const [source, state] of own) if (before?.has(source) === false) before.set(source, state);
  }
}

/** Runs `fn` on the same random numbers again; what is drawn after it is what would have been drawn without it. */
export function drawingAgain<R>(from: Draws, fn: () => R): R {
  const before = [...from.keys()].map((source) => [source, source.getState()] as const);
  const outer = draws;
  draws = null;
  for (const [source, state] of from) source.setState(state);
  try {
    return fn();
  } finally {
    for (const [source, state] of before) source.setState(state);
    draws = outer;
  }
}

/**
 * Runs `fn` without recording a graph: its results require no grad and hold no inputs alive. Returns what `fn` returns.
 * @throws ArgumentError for an async function, of which only the part before the first `await` would run without.
 *
 * @example
 * const w = tensor([1, 2], { requiresGrad: true });
 * noGrad(() => w.mul(2)).requiresGrad; // false
 */
export function noGrad<R>(fn: () => R): R {
  checkFunction("noGrad", fn);
  return checkSynchronous("noGrad", withMode(mode & ~RECORD, fn));
}

/**
 * Sets the dtype of tensors made from numbers, `float64` until then; returns the one before.
 * @throws ArgumentError for anything but "float64" and "float32".
 */
export function setDefaultDtype(dtype: Dtype): Dtype {
  if (!isFloat(checkDtype("setDefaultDtype", dtype)))
    throw new ArgumentError(`setDefaultDtype: needs a floating dtype, got ${dtype}`);
  const before = defaultDtype;
  defaultDtype = dtype;
  return before;
}
