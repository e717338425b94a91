export { ReLU, Sigmoid, Softmax, Tanh } from "./activation.ts";
export * as init from "./init.ts";
export type { KaimingOptions, Nonlinearity, RandomOptions, XavierOptions } from "./init.ts";
export { Layer } from "./layer.ts";
export { Linear, type LinearOptions } from "./linear.ts";
export { Module } from "./module.ts";
export { Parameter, type ParameterOptions } from "./parameter.ts";
export { Sequential, sequential, type Step } from "./sequential.ts";
