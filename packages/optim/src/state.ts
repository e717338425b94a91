import { ArgumentError, type Tensor } from "@chainrule/core/lean";
import { type Entry, slotSize } from "./entry.ts";
import { type OptionRule, type ParamGroup, wrongFlag } from "./groups.ts";
import type { Rule } from "./optimizer.ts";

/** What `stateDict` returns: plain data that survives JSON, which has no infinities and no NaN. */
export interface OptimizerState {
  /** Name of the optimizer. */
  readonly optimizer: string;
  /** Options of each group, and which parameters it holds, counted through all groups. */
  readonly paramGroups: readonly (Readonly<Record<string, unknown>> & { readonly params: readonly number[] })[];
  /** What is remembered of each parameter. */
  readonly state: readonly ParameterState[];
}

export interface ParameterState {
  readonly shape: readonly number[];
  /** Updates so far. */
  readonly step: number;
  /** Arrays by name, row-major; what is one number for the whole parameter is a list of one. */
  readonly slots: Readonly<Record<string, readonly number[]>>;
}

export function dumpState<O extends object>(
  rule: Rule<O>,
  groups: readonly ParamGroup<O>[],
  entries: readonly Entry<O>[],
): OptimizerState {
  let at = 0;
  return {
    optimizer: rule.name,
    paramGroups: groups.map(({ params, ...options }) => ({ ...options, params: params.map(() => at++) })),
    state: entries.map(({ x, step, names, slots }) => ({
      shape: [...x.shape],
      step,
      slots: Object.fromEntries(names.map((name, i) => [name, [...slots[i]!]])),
    })),
  };
}

/** Takes over a state, once all of it is known to fit. */
export function loadState<O extends object>(
  rule: Rule<O>,
  groups: readonly ParamGroup<O>[],
  entries: readonly Entry<O>[],
  state: OptimizerState,
): void {
  if (typeof state !== "object" || state === null) fail("needs a record such as stateDict() returns");
  if (state.optimizer !== rule.name) fail(`the state is of ${String(state.optimizer)}, expected ${rule.name}`);
  if (!Array.isArray(state.paramGroups) || !Array.isArray(state.state)) fail("the state is cut short");
  const found = layout(state.paramGroups);
  const expected = layout(groups);
  if (found !== expected) fail(`the state has groups of ${found} parameters, expected ${expected}`);
  const options = state.paramGroups.map((group, i) => optionsOf(rule, group, i));
  let at = 0;
  const slots = groups.flatMap(({ params }, i) =>
    params.map((x) => slotsOf(rule, options[i]!, `parameter ${at}`, x, state.state[at++])),
  );
  groups.forEach((group, i) => Object.assign(group, options[i]));
  entries.forEach((entry, i) => entry.restore(state.state[i]!.step, slots[i]!));
}

export function fail(why: string): never {
  throw new ArgumentError(`loadStateDict: ${why}`);
}
const layout = (groups: readonly { readonly params: readonly unknown[] }[]): string =>
  groups.map((group) => group?.params?.length).join(" + ");

/** The options of a saved group, which are exactly those of the rule. */
export function optionsOf<O extends object>(
  rule: OptionRule<O>,
  group: Readonly<Record<string, unknown>>,
  i: number,
): O {
  const { params: _, ...options } = group;
  const names = Object.keys(rule.defaults);
  if (Object.keys(options).sort().join() !== [...names].sort().join())
    fail(`group ${i} has options ${Object.keys(options).join(", ")}, expected ${names.join(", ")}`);
  const wrong = wrongFlag(rule, options as O) ?? rule.check(options as O);
  if (wrong !== undefined) fail(`group ${i}: ${wrong}`);
  return options as O;
}

const list = (names: readonly string[]): string => names.join(", ") || "none";

/** The slots of a saved parameter, in the order of their names. */
function slotsOf<O extends object>(
  rule: Rule<O>,
  options: O,
  what: string,
  x: Tensor,
  state: ParameterState | undefined,
): (readonly number[])[] {
  const whole = Array.isArray(state?.shape) && Number.isInteger(state.step) && state.step >= 0;
  if (!whole || typeof state.slots !== "object" || state.slots === null)
    return fail(`the state of ${what} is missing or cut short`);
  if (state.shape.join() !== x.shape.join())
    fail(`${what} is [${state.shape.join(",")}], expected [${x.shape.join(",")}]`);
  const wanted = state.step === 0 ? [] : rule.slots(options);
  if (Object.keys(state.slots).sort().join() !== [...wanted].sort().join())
    fail(`${what} has slots ${list(Object.keys(state.slots))}, expected ${list(wanted)}`);
  return wanted.map((name) => {
    return numbersOf(`${name} of ${what}`, state.slots[name], slotSize(rule, name, x));
  });
}

/** A saved list, which is of `size` numbers. */
export function numbersOf(what: string, values: unknown, size: number): readonly number[] {
  if (!Array.isArray(values) || values.length !== size) return fail(`${what} holds no list of ${size} numbers`);
  if (values.includes(null))
    fail(`${what} holds null, as JSON writes ∞ and NaN; saveCheckpoint of @chainrule/data keeps them`);
  if (!values.every((value) => typeof value === "number")) fail(`${what} holds no list of ${size} numbers`);
  return values;
}
