export { type GroupOptions, Optimizer, type Options, type ParamGroup, type Params, type Rule } from "./optimizer.ts";
export { SGD, type SGDOptions } from "./sgd.ts";
export type { OptimizerState, ParameterState } from "./state.ts";
