import { RECORD, withMode } from "../ambient.ts";
import { ArgumentError, checkFunction, optionsOf, quoted } from "../errors.ts";
import { Generator } from "../random/generator.ts";
import type { Tensor, Value } from "../tensor.ts";
import { type Comparison, compareAll, compareAlong, probe } from "./compare.ts";
import { brokenLaws } from "./laws.ts";
import { bind, type Bound } from "./leaves.ts";
import { locate } from "./locate.ts";
import { locationOf } from "./places.ts";
import { GradientCheckError, type GradientEntry, GradientReport } from "./report.ts";
import { compareSingle } from "./single.ts";
import { type Subject, withSubject, WrongForm } from "./subject.ts";

export interface CheckOptions {
  /** Highest order of derivatives to check, from 1 (the default) to 3; the orders below it are checked, too. */
  readonly order?: 1 | 2 | 3 | undefined;
  /** `false` returns the report whatever it says; by default all but a pass throws a `GradientCheckError`. */
  readonly throw?: boolean | undefined;
  /**
   * Number of random directions to check along. Left out, every single derivative is checked if there are not too many, and three directions
   * otherwise.
   */
  readonly directions?: number | undefined;
  /** Seed of the random directions; 0 by default. */
  readonly seed?: number | undefined;
}

/** What `f` is called with for an input: a scalar tensor for a number, anything else as it is. */
export type ArgumentOf<T> = T extends number
  ? Value
  : T extends Tensor<infer _>
    ? T
    : T extends readonly unknown[]
      ? { -readonly [I in keyof T]: ArgumentOf<T[I]> }
      : T;
/** An array of inputs is a list of arguments; anything else is the one argument. */
export type ArgumentsOf<T> = T extends readonly unknown[]
  ? { -readonly [I in keyof T]: ArgumentOf<T[I]> }
  : [ArgumentOf<T>];

/**
 * Compares the derivatives of `f`, in forward and in reverse mode, with finite differences, and reports the worst. `inputs` is an array of
 * arguments for `f`, or a single one: tensors, numbers, trees of them, or modules, whose parameters count. `f` may just as well take from outside what
 * is listed there, as in `checkGradients(() => loss(model), model.parameters())`. It returns a tensor of any shape, or a tree of them.
 *
 * @example
 * checkGradients((x, w) => x.matmul(w).tanh(), [tensor([[1, 2]]), tensor([[0.5], [-0.25]])]);
 * @throws GradientCheckError unless everything passes, ArgumentError or GraphError if the check makes no sense.
 */
export function checkGradients<const T>(
  f: (...inputs: ArgumentsOf<T>) => unknown,
  inputs: T,
  given?: CheckOptions,
): GradientReport {
  const options = optionsOf("checkGradients", given, ["order", "throw", "directions", "seed"]);
  checkFunction("checkGradients", f);
  const report = withMode(RECORD, () => check(f as (...inputs: never[]) => unknown, inputs, options));
  if (!report.ok && options.throw !== false) throw new GradientCheckError(report);
  return report;
}

/** Inputs and outputs together, up to which every single derivative is checked; by order. */
const FULL = [512, 96, 32];
const DIRECTIONS = 3;

function check(f: (...inputs: never[]) => unknown, inputs: unknown, options: CheckOptions): GradientReport {
  const { order = 1, seed = 0, directions } = options;
  if (![1, 2, 3].includes(order)) throw new ArgumentError(`checkGradients: order is 1, 2 or 3, got ${quoted(order)}`);
  if (directions !== undefined && !(Number.isInteger(directions) && directions > 0))
    throw new ArgumentError(`checkGradients: directions is a whole number from 1 up, got ${quoted(directions)}`);
  const random = new Generator(seed);
  const bound = bind(f, inputs);
  const all: Findings[] = [];
  const evaluations = withSubject(bound, true, (subject) => {
    let level = [subject];
    for (let k = 1; k <= order; k++) {
      for (const each of level) all.push(examine(each, bound, random, directions));
      // What is wrong at one order is wrong at the next.
      if (k === order || all.some((each) => hasFailed(each))) break;
      level = level.flatMap((each) => [each.derivative("forward", random), each.derivative("reverse", random)]);
    }
    return subject.evaluations();
  });
  const orders = order === 1 ? "order 1" : `orders 1 to ${order}`;
  const lost = bound.leaves.filter(({ isLost }) => isLost).map(({ path }) => path);
  return new GradientReport({
    entries: all.flatMap(({ entries }) => entries),
    broken: all.flatMap(({ broken }) => broken),
    method: `${all[0]!.method}, both modes, ${orders}`,
    evaluations,
    lost,
  });
}

interface Findings {
  readonly entries: GradientEntry[];
  readonly broken: string[];
  readonly method: string;
}

const hasFailed = ({ entries, broken }: Pick<Findings, "entries" | "broken">): boolean =>
  broken.length > 0 || entries.some((e) => e.verdict === "fail");

/** Everything that is to be said about one function: `f` itself, or one of its derivatives. */
function examine(subject: Subject, bound: Bound, random: Generator, directions: number | undefined): Findings {
  const [n, m] = [subject.point.length, subject.base.length];
  const order = subject.modes.length + 1;
  const full = directions === undefined && n + m <= FULL[order - 1]!;
  const count = full ? 1 : (directions ?? DIRECTIONS);
  const method = full
    ? `all ${m} × ${n} derivatives`
    : `${count} random direction${count > 1 ? "s" : ""} among ${m} × ${n} derivatives`;
  const entries: GradientEntry[] = [];
  const broken: string[] = [];
  const add = (list: readonly Comparison[], dtype = ""): void => {
    for (const each of list) entries.push(entryOf(subject, each, dtype));
  };
  if (n === 0 || m === 0) return { entries, broken, method };
  try {
    const single = full ? compareAll(subject) : [];
    add(single);
    // A kink along one input is a kink in every direction.
    const without = new Set(single.flatMap(({ verdict, at }) => (verdict === "pass" || at === null ? [] : [at])));
    const probes = Array.from({ length: count }, () => probe(subject, random, without));
    broken.push(...brokenLaws(subject, probes[0]!));
    for (const each of without.size < n ? probes : []) {
      const along = compareAlong(subject, each, probes);
      add(along);
      for (const mode of ["reverse", "forward"] as const) {
        const wrong = full ? undefined : along.find((c) => c.verdict === "fail" && c.mode === mode);
        if (wrong !== undefined) add(locate(subject, wrong, each));
      }
      if (hasFailed({ entries, broken })) break;
    }
    if (order === 1 && !hasFailed({ entries, broken }) && bound.leaves.some(({ tensor }) => tensor.dtype === "float32"))
      add(
        withSubject(bound, false, (narrow) => compareSingle(narrow, probes[0]!)),
        " in float32",
      );
  } catch (error) {
    if (!(error instanceof WrongForm)) throw error;
    broken.push(error.message);
  }
  return { entries, broken, method };
}

function entryOf(subject: Subject, { at, outputAt, mode, ...judged }: Comparison, dtype: string): GradientEntry {
  const input = at === null ? null : locationOf(subject.inputs, at);
  const output = outputAt === null ? null : locationOf(subject.outputs, outputAt);
  return {
    ...judged,
    input: input?.path ?? "a random direction",
    at: input?.place ?? null,
    output: output?.path ?? "a random mixture of outputs",
    outputAt: output?.place ?? null,
    mode: [mode + dtype, ...subject.modes.toReversed()].join(" over "),
    order: subject.modes.length + 1,
  };
}
