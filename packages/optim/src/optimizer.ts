import { checkSynchronous } from "@chainrule/core/internal";
import { ArgumentError, type TypedArray } from "@chainrule/core/lean";
import { Entry } from "./entry.ts";
import {
  checkGradient,
  checkOptions,
  completeOptions,
  type GroupOptions,
  isGroup,
  listGroups,
  listParameters,
  type OptionRule,
  type Options,
  type ParamGroup,
  type Params,
} from "./groups.ts";
import { dumpState, loadState, type OptimizerState } from "./state.ts";

/**
 * An optimizer is one record: its options, what it remembers of each parameter, and one update of one parameter. The rest —
 * groups, checks, saving and loading — is the same for all and stands in `Optimizer`.
 */
export interface Rule<O extends object> extends OptionRule<O> {
  /** Names of the arrays kept for each parameter, which begin as zeros; when options call for others, all begin again. */
  slots(options: O): readonly string[];
  /** Those of the slots that hold one number, in float64, for the whole parameter. */
  readonly scalars?: readonly string[];
  /**
   * One pass over the elements x[i] and their gradients gradient[at + i]. `slots` holds the arrays in the order of their names, `step`
   * counts the updates since they were zeros, from 1. The arrays are lent for as long as it runs: under `detectAnomaly`, a kept gradient
   * reads as NaN.
   */
  update(x: TypedArray, gradient: TypedArray, at: number, slots: readonly TypedArray[], step: number, options: O): void;
}

/**
 * Base of optimizers: carries out a `Rule` on groups of parameters.
 *
 * @example
 * const rule: Rule<{ lr: number }> = {
 *   name: "SignSGD",
 *   defaults: { lr: 0.01 },
 *   check: ({ lr }) => (lr > 0 ? undefined : `lr is a number above 0, got ${lr}`),
 *   slots: () => [],
 *   update(x, gradient, at, _slots, _step, { lr }) {
 *     for (let i = 0; i < x.length; i++) x[i]! -= lr * Math.sign(gradient[at + i]!);
 *   },
 * };
 * new Optimizer(rule, [new Parameter([1, 2])], { lr: 0.1 }).step();
 * @throws ArgumentError for options out of range, no parameters, or one that comes twice; GraphError for a tensor that is no leaf
 * or requires no grad.
 */
export class Optimizer<O extends object> {
  /** The groups; change an option here and the next step heeds it. */
  readonly paramGroups: ParamGroup<O>[] = [];
  private readonly rule: Rule<O>;
  private readonly defaults: O;
  private readonly entries: Entry<O>[] = [];

  constructor(rule: Rule<O>, params: Params<O>, options: Options<O>) {
    this.rule = rule;
    this.defaults = completeOptions(rule, rule.defaults, options);
    for (const group of listGroups(rule.name, params)) this.addParamGroup(group);
  }

  /**
   * One update of every parameter that has a gradient; the others stay, and so does what is remembered of them. A closure, which clears the
   * gradients, computes the loss, calls `backward()` and returns the loss, is called first, and its result returned.
   * @throws what the closure throws; ArgumentError if an option has been set out of range, ShapeError if a gradient has been set that does
   * not fit its parameter, before anything is changed.
   */
  step(): void;
  step<L>(closure: () => L): L;
  step<L>(closure?: () => L): L | undefined {
    if (closure !== undefined && typeof closure !== "function")
      throw new ArgumentError(`${this.rule.name}: step takes nothing, or a function that computes the loss`);
    const loss = closure && checkSynchronous(`${this.rule.name}.step`, closure());
    this.update();
    return loss;
  }

  private update(): void {
    for (const group of this.paramGroups) checkOptions(this.rule, group);
    this.entries.forEach(({ x }, i) => checkGradient(this.rule.name, x, i));
    for (const entry of this.entries) if (entry.x.gradient !== null) entry.update();
  }

  /** Forgets the gradients of all parameters. */
  zeroGrad(): void {
    for (const { x } of this.entries) x.grad = null;
  }

  /**
   * Adds parameters, with options of their own where given.
   * @throws as the constructor does, before anything is changed.
   */
  addParamGroup(group: GroupOptions<O>): void {
    if (!isGroup(group)) throw new ArgumentError(`${this.rule.name}: a group is an object such as { params, lr: … }`);
    const { params, ...options } = group;
    const complete = completeOptions(this.rule, this.defaults, options as unknown as Options<O>);
    const known = this.entries.map(({ x }) => x);
    const added = listParameters(this.rule.name, params, this.paramGroups.length, known);
    const made = { ...complete, params: added };
    this.paramGroups.push(made);
    for (const x of added) this.entries.push(new Entry(this.rule, x, made));
  }

  /** Options, and what is remembered of each parameter, as plain data that survives JSON, which has no infinities and no NaN. */
  stateDict(): OptimizerState {
    return dumpState(this.rule, this.paramGroups, this.entries);
  }

  /**
   * Continues where `stateDict` was called, on parameters of the same number, shapes and order.
   * @throws ArgumentError for anything that does not fit, before anything is changed.
   */
  loadStateDict(state: OptimizerState): void {
    loadState(this.rule, this.paramGroups, this.entries, state);
  }
}
