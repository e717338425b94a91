import { ArgumentError, GraphError, Tensor, type TypedArray } from "@chainrule/core";
import { Entry } from "./entry.ts";
import { nameOf } from "./name.ts";
import { dumpState, loadState, type OptimizerState } from "./state.ts";

/**
 * An optimizer is one record: its options, what it remembers of each parameter, and one update of one parameter. The rest —
 * groups, checks, saving and loading — is the same for all and stands in `Optimizer`.
 */
export interface Rule<O extends object> {
  readonly name: string;
  /** Every option with its default. Groups hold exactly these. */
  readonly defaults: O;
  /** Says what is wrong with the options of a group, or nothing. */
  check(options: O): string | undefined;
  /** Names of the arrays kept for each parameter, which begin as zeros; when options call for others, all begin again. */
  slots(options: O): readonly string[];
  /**
   * One pass over the elements x[i] and their gradients gradient[at + i]. `slots` holds the arrays in the order of their names, `step`
   * counts the updates since they were zeros, from 1.
   */
  update(x: TypedArray, gradient: TypedArray, at: number, slots: readonly TypedArray[], step: number, options: O): void;
}

/** Parameters that share options. Options may be changed between steps, as schedules do with `lr`. */
export type ParamGroup<O extends object> = O & { readonly params: readonly Tensor[] };

/** Tensors to optimise, or groups of them, each with options of its own in place of the optimizer's. */
export type Params<O extends object> = Iterable<Tensor> | Iterable<GroupOptions<O>>;
export type GroupOptions<O extends object> = Options<O> & { readonly params: Iterable<Tensor> };
/** Options as they are given: what is left out has its default. */
export type Options<O extends object> = { readonly [K in keyof O]?: O[K] | undefined };

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
    this.defaults = this.complete(rule.defaults, options);
    if (!isIterable(params))
      throw this.error(
        "parameters come as a list of tensors or of groups { params }; of a model pass model.parameters()",
      );
    const list = [...params] as (Tensor | GroupOptions<O>)[];
    if (list.length === 0) throw this.error("needs at least one parameter, got none");
    const grouped = list.some(isGroup);
    if (grouped && !list.every(isGroup))
      throw this.error("got tensors and groups in one list; put the tensors into a group");
    const groups = grouped ? list : [{ params: list }];
    for (const group of groups) this.addParamGroup(group as GroupOptions<O>);
  }

  /**
   * One update of every parameter that has a gradient; the others stay, and so does what is remembered of them.
   * @throws ArgumentError if an option has been set out of range, ShapeError if a gradient has been set that does not fit its
   * parameter, before anything is changed.
   */
  step(): void {
    for (const group of this.paramGroups) this.checkOptions(group);
    this.entries.forEach((entry, i) => entry.checkGradient(i));
    for (const entry of this.entries) if (entry.x.grad !== null) entry.update();
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
    const { params, ...options } = group;
    if (!isIterable(params)) throw this.error("the params of a group are a list of tensors");
    const added = [...params];
    const complete = this.complete(this.defaults, options as unknown as Options<O>);
    if (added.length === 0) throw this.error(`needs at least one parameter, group ${this.paramGroups.length} has none`);
    const known = new Set<unknown>(this.entries.map(({ x }) => x));
    added.forEach((x, i) => {
      this.checkParameter(x, i);
      if (known.has(x)) throw this.error(`${nameOf(x, i)} comes twice; each parameter is updated once a step`);
      known.add(x);
    });
    const made = { ...complete, params: added };
    this.paramGroups.push(made);
    for (const x of added) this.entries.push(new Entry(this.rule, x, made));
  }

  /** Options, and what is remembered of each parameter, as plain data that survives JSON. */
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

  /** Options over defaults, checked. */
  private complete(defaults: O, options: Options<O>): O {
    const result = { ...defaults };
    for (const [key, value] of Object.entries(options)) {
      if (!Object.hasOwn(this.rule.defaults, key))
        throw this.error(`there is no option ${key}; options are ${Object.keys(this.rule.defaults).join(", ")}`);
      if (value !== undefined) (result as Record<string, unknown>)[key] = value;
    }
    this.checkOptions(result);
    return result;
  }

  private checkOptions(options: O): void {
    const wrong = this.rule.check(options);
    if (wrong !== undefined) throw this.error(wrong);
  }

  private checkParameter(x: unknown, i: number): void {
    if (!(x instanceof Tensor)) throw this.error(`parameter ${i} is no tensor but ${x === null ? "null" : typeof x}`);
    if (!x.isLeaf)
      throw new GraphError(`${this.rule.name}: ${nameOf(x, i)} was made by ${x.op?.name}; only leaves are optimised`);
    if (!x.requiresGrad)
      throw new GraphError(
        `${this.rule.name}: ${nameOf(x, i)} requires no grad; make it a Parameter, or a leaf with { requiresGrad: true }`,
      );
  }

  private error(why: string): ArgumentError {
    return new ArgumentError(`${this.rule.name}: ${why}`);
  }
}

const isIterable = (x: unknown): boolean =>
  typeof x === "object" && x !== null && Symbol.iterator in x && !(x instanceof Tensor);
const isGroup = (x: unknown): boolean => typeof x === "object" && x !== null && "params" in x && !(x instanceof Tensor);
