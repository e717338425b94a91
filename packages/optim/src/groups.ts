import { checkOptions as checkNames, quoted } from "@chainrule/core/internal";
import { ArgumentError, DtypeError, GraphError, ShapeError, Tensor } from "@chainrule/core/lean";
import { nameOf } from "./name.ts";

/** Options that have defaults, and what makes them good. */
export interface OptionRule<O extends object> {
  readonly name: string;
  /** Every option with its default. Groups hold exactly these. */
  readonly defaults: O;
  /** Says what is wrong with the options of a group, or nothing. */
  check(options: O): string | undefined;
}

/** Parameters that share options. Options may be changed between steps, as schedules do with `lr`. */
export type ParamGroup<O extends object> = O & { readonly params: readonly Tensor[] };

/** Tensors to optimise, or groups of them, each with options of its own in place of the optimizer's. */
export type Params<O extends object> = Iterable<Tensor> | Iterable<GroupOptions<O>>;
export type GroupOptions<O extends object> = Options<O> & { readonly params: Iterable<Tensor> };
/** Options as they are given: what is left out has its default. */
export type Options<O extends object> = { readonly [K in keyof O]?: O[K] | undefined };

const fail = (name: string, why: string): never => {
  throw new ArgumentError(`${name}: ${why}`);
};
const isIterable = (x: unknown): boolean =>
  typeof x === "object" && x !== null && Symbol.iterator in x && !(x instanceof Tensor);
export const isGroup = (x: unknown): boolean =>
  typeof x === "object" && x !== null && "params" in x && !(x instanceof Tensor);

/** @throws ArgumentError unless the options are good. */
export function checkOptions<O extends object>(rule: OptionRule<O>, options: O): void {
  const wrong = rule.check(options);
  if (wrong !== undefined) fail(rule.name, wrong);
}

/** What is wrong with the flags among the options, or nothing. */
export function wrongFlag<O extends object>(rule: OptionRule<O>, options: O): string | undefined {
  for (const [key, value] of Object.entries(rule.defaults)) {
    const given: unknown = options[key as keyof O];
    if (typeof value === "boolean" && typeof given !== "boolean")
      return `${key} is true or false, got ${quoted(given)}`;
  }
  return undefined;
}

/** The options that were passed, which have no names but those of the defaults, and `more`; none if they were left out. */
export function namedOptions<O extends object>(
  name: string,
  options: O | undefined,
  defaults: object,
  ...more: string[]
): Partial<O> {
  if (options !== undefined) checkNames(name, options, [...Object.keys(defaults), ...more]);
  return options ?? {};
}

/** Options over defaults, checked. */
export function completeOptions<O extends object>(rule: OptionRule<O>, defaults: O, options?: Options<O>): O {
  const result = { ...defaults };
  for (const [key, value] of Object.entries(namedOptions(rule.name, options, rule.defaults)))
    if (value !== undefined) (result as Record<string, unknown>)[key] = value;
  const wrong = wrongFlag(rule, result) ?? rule.check(result);
  if (wrong === undefined) return result;
  // NaN is the default of what must be given.
  const isLeftOut = ([key, x]: [string, unknown]): boolean =>
    [x].flat().some(Number.isNaN) && options?.[key as keyof O] === undefined && wrong.startsWith(`${key} is `);
  const leftOut = Object.entries(result).some(isLeftOut);
  return fail(rule.name, leftOut ? wrong.replace(/, got \[?NaN\]?$/, ", and must be given") : wrong);
}

const WHERE =
  "a module finds leaves that require grad in its properties, neither results of operations nor what is in #private fields";

/** The groups that have been passed, or one group of all the tensors. */
export function listGroups<O extends object>(name: string, params: Params<O>): GroupOptions<O>[] {
  if (!isIterable(params))
    fail(name, "parameters come as a list of tensors or of groups { params }; of a model pass model.parameters()");
  const list = [...params] as (Tensor | GroupOptions<O>)[];
  if (list.length === 0) fail(name, `needs at least one parameter, got none; ${WHERE}`);
  const grouped = list.some(isGroup);
  if (grouped && !list.every(isGroup)) fail(name, "got tensors and groups in one list; put the tensors into a group");
  return (grouped ? list : [{ params: list }]) as GroupOptions<O>[];
}

/** The parameters of group `index`, none of which is in `known`. */
export function listParameters(
  name: string,
  params: Iterable<Tensor>,
  index: number,
  known: Iterable<Tensor>,
): Tensor[] {
  if (!isIterable(params))
    fail(name, "the params of a group are a list of tensors; of a model pass model.parameters()");
  const list = [...params];
  if (list.length === 0) fail(name, `needs at least one parameter, group ${index} has none; ${WHERE}`);
  const seen = new Set<Tensor>(known);
  list.forEach((x, i) => {
    checkParameter(name, x, i);
    if (seen.has(x)) fail(name, `${nameOf(x, i)} comes twice; each parameter is updated once a step`);
    seen.add(x);
  });
  return list;
}

function checkParameter(name: string, x: unknown, i: number): void {
  if (!(x instanceof Tensor)) {
    fail(name, `parameter ${i} is no tensor but ${quoted(x)}; of a model pass model.parameters()`);
    return;
  }
  if (!x.isLeaf) throw new GraphError(`${name}: ${nameOf(x, i)} was made by ${x.op?.name}; only leaves are optimised`);
  if (!x.requiresGrad)
    throw new GraphError(
      `${name}: ${nameOf(x, i)} requires no grad; leave it out, as parameters().filter((x) => x.requiresGrad) does, or make it a Parameter or a leaf with { requiresGrad: true }`,
    );
}

/** @throws ArgumentError unless the gradient is a tensor or null, ShapeError unless it has the shape of the parameter, which is the i-th. */
export function checkGradient(name: string, x: Tensor, i: number): void {
  const { gradient: grad, shape, dtype } = x;
  if (grad === null || (grad?.shape === shape && grad.dtype === dtype)) return;
  if (!(grad instanceof Tensor))
    throw new ArgumentError(
      `${name}: the gradient of ${nameOf(x, i)} is ${typeof grad}, expected a tensor, or null where there is none`,
    );
  let same = grad.shape.length === shape.length;
  for (let d = 0; same && d < shape.length; d++) same = grad.shape[d] === shape[d];
  if (!same)
    throw new ShapeError(
      name,
      `the gradient of ${nameOf(x, i)} is [${grad.shape.join(",")}], expected [${shape.join(",")}]`,
      [grad.shape, shape],
    );
  if (grad.dtype !== dtype)
    throw new DtypeError(
      `${name}: the gradient of ${nameOf(x, i)} is ${grad.dtype}, expected ${dtype}; convert it with to("${dtype}")`,
    );
}
