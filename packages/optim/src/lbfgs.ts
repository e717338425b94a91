import { quoted, checkSynchronous } from "@chainrule/core/internal";
import { ArgumentError, Tensor } from "@chainrule/core/lean";
import { fromZero, oneOf, wholeFrom } from "./checks.ts";
import {
  checkGradient,
  checkOptions,
  completeOptions,
  listGroups,
  listParameters,
  type OptionRule,
  type Options,
  type ParamGroup,
} from "./groups.ts";
import { dumpMemory, FRESH, type LBFGSState, loadMemory, type Memory, searchDirection } from "./lbfgs-memory.ts";
import { type Point, strongWolfe } from "./line-search.ts";
import { dot, gather, largest, scatter, sumOfSizes } from "./vectors.ts";

export interface LBFGSOptions {
  /** Length of a step, in directions; with a line search, of its first trial. 1 by default. */
  lr: number;
  /** Iterations of a step, at most; 20 by default. */
  maxIter: number;
  /** Evaluations of the loss in a step, at most; 5/4 of maxIter by default. */
  maxEval: number;
  /** A step ends where no element of the gradient is larger; 1e-7 by default. */
  toleranceGrad: number;
  /** A step ends when neither the loss nor a parameter changes by more; 1e-9 by default. */
  toleranceChange: number;
  /** How many past changes approximate the Hessian; 100 by default. */
  historySize: number;
  /** How the length of an iteration is found; null, the default, for `lr` itself. */
  lineSearchFn: "strongWolfe" | null;
}

const rule: OptionRule<LBFGSOptions> = {
  name: "LBFGS",
  defaults: {
    lr: 1, maxIter: 20, maxEval: 25, toleranceGrad: 1e-7, toleranceChange: 1e-9, historySize: 100, lineSearchFn: null,
  }, // prettier-ignore
  check: ({ lr, maxIter, maxEval, toleranceGrad, toleranceChange, historySize, lineSearchFn }) =>
    fromZero("lr", lr) ??
    wholeFrom(1, "maxIter", maxIter) ??
    wholeFrom(1, "maxEval", maxEval) ??
    fromZero("toleranceGrad", toleranceGrad) ??
    fromZero("toleranceChange", toleranceChange) ??
    wholeFrom(1, "historySize", historySize) ??
    oneOf("lineSearchFn", lineSearchFn, ["strongWolfe", null]),
};

/**
 * L-BFGS (Nocedal & Wright 2006, algorithm 7.5), for whole batches: approximates Newton's method from past gradients; equal to PyTorch's
 * LBFGS step for step. All parameters form one vector, so there is one group; no gradient counts as zeros.
 *
 * @example
 * const x = new Parameter([-1.2, 1]);
 * const optimizer = new LBFGS([x], { lineSearchFn: "strongWolfe" });
 * const loss = optimizer.step(() => {
 *   optimizer.zeroGrad();
 *   const loss = x.select(0, 0).sub(1).square().add(x.select(0, 1).square());
 *   loss.backward();
 *   return loss;
 * });
 * @throws ArgumentError for options out of range, no parameters, one that comes twice, or two groups; GraphError for a tensor that is
 * no leaf or requires no grad.
 */
export class LBFGS {
  /** The one group; change an option here and the next step heeds it. */
  readonly paramGroups: readonly ParamGroup<LBFGSOptions>[];
  private memory: Memory = FRESH;

  constructor(params: Iterable<Tensor>, options?: Options<LBFGSOptions>) {
    const complete = completeOptions(rule, rule.defaults, options);
    if (options?.maxEval === undefined) complete.maxEval = Math.floor((complete.maxIter * 5) / 4);
    const groups = listGroups<LBFGSOptions>(rule.name, params);
    if (groups.length > 1)
      throw new ArgumentError(`LBFGS: all parameters form one group, got ${groups.length}; put them into one list`);
    const { params: list, ...own } = groups[0]!;
    const merged = completeOptions(rule, complete, own);
    this.paramGroups = [{ ...merged, params: listParameters(rule.name, list, 0, []) }];
  }

  /** Forgets the gradients of all parameters. */
  zeroGrad(): void {
    for (const x of this.params) x.grad = null;
  }

  /**
   * Up to `maxIter` iterations. `closure` clears the gradients, computes the loss, calls `backward()` and returns the loss; it is
   * called once for each evaluation. Returns the first loss.
   * @throws what the closure throws, with the parameters back where they were; ArgumentError if an option has been set out of range or
   * the closure returns no number.
   */
  step<L extends Tensor | number>(closure: () => L): L {
    const group = this.paramGroups[0]!;
    checkOptions(rule, group);
    if (typeof closure !== "function")
      throw new ArgumentError(
        "LBFGS: step takes a function that computes the loss, calls backward() and returns the loss",
      );
    const before = gather(this.params, this.sizes);
    try {
      return this.minimise(closure, group);
    } catch (error) {
      scatter(rule.name, this.params, before);
      throw error;
    }
  }

  /** Options, and what is remembered, as plain data that survives JSON, which has no infinities and no NaN. */
  stateDict(): LBFGSState {
    const { params, ...options } = this.paramGroups[0]!;
    const shapes = params.map(({ shape }) => [...shape]);
    return {
      optimizer: rule.name,
      paramGroups: [{ ...options, params: params.map((_, i) => i) }],
      state: { shapes, ...dumpMemory(this.memory) },
    };
  }

  /**
   * Continues where `stateDict` was called, on parameters of the same number, shapes and order.
   * @throws ArgumentError for anything that does not fit, before anything is changed.
   */
  loadStateDict(state: LBFGSState): void {
    const { options, memory } = loadMemory(rule, this.params, state);
    Object.assign(this.paramGroups[0]!, options);
    this.memory = memory;
  }

  private get params(): readonly Tensor[] {
    return this.paramGroups[0]!.params;
  }
  private get sizes(): number[] {
    return this.params.map(({ size }) => size);
  }

  /** The loss where the parameters are, and its gradient. */
  private evaluate<L extends Tensor | number>(closure: () => L): { returned: L; loss: number; gradient: Float64Array } {
    const returned = checkSynchronous("LBFGS.step", closure());
    const loss: unknown = returned instanceof Tensor ? returned.item() : returned;
    if (typeof loss !== "number")
      throw new ArgumentError(
        `LBFGS: the closure returns the loss, a number or a tensor of one element; got ${quoted(loss)}`,
      );
    this.params.forEach((x, i) => checkGradient(rule.name, x, i));
    return { returned, loss, gradient: gather(this.params.map(({ gradient }) => gradient), this.sizes) }; // prettier-ignore
  }

  private minimise<L extends Tensor | number>(closure: () => L, options: LBFGSOptions): L {
    const { lr, maxIter, maxEval, toleranceGrad, toleranceChange, historySize, lineSearchFn } = options;
    const { returned, ...first } = this.evaluate(closure);
    let { loss, gradient } = first;
    let evaluations = 1;
    let memory: Memory = this.memory;
    const done = (): L => {
      this.memory = { ...memory, funcEvals: this.memory.funcEvals + evaluations };
      return returned;
    };
    if (largest(gradient) <= toleranceGrad) return done();

    for (let iteration = 1; iteration <= maxIter; iteration++) {
      memory = searchDirection(memory, gradient, historySize);
      const t = memory.nIter === 1 ? Math.min(1, 1 / sumOfSizes(gradient)) * lr : lr;
      memory = { ...memory, t, previousGradient: gradient };
      const d = memory.direction!;
      const slope = dot(gradient, d);
      if (slope > -toleranceChange) break;

      const x = gather(this.params, this.sizes);
      const before = loss;
      const move = (t: number): void => scatter(rule.name, this.params, x, t, d);
      if (lineSearchFn === "strongWolfe") {
        const at = (t: number): Point => {
          move(t);
          const { loss, gradient } = this.evaluate(closure);
          return { t, loss, gradient, slope: dot(gradient, d) };
        };
        const found = strongWolfe(at, { t: 0, loss, gradient, slope }, t, largest(d), maxEval - evaluations);
        ({ loss, gradient } = found.point);
        memory = { ...memory, t: found.point.t };
        evaluations += found.evaluations;
        move(found.point.t);
      } else {
        move(t);
        // The last move is not looked at: with other data in the next step that would be of no use.
        if (iteration === maxIter) break;
        ({ loss, gradient } = this.evaluate(closure));
        evaluations++;
      }
      if (evaluations >= maxEval || largest(gradient) <= toleranceGrad) break;
      if (largest(d) * Math.abs(memory.t) <= toleranceChange || Math.abs(loss - before) < toleranceChange) break;
    }
    return done();
  }
}
