// What the sister packages need of the inside. It may change with any version: other code goes by the other entries.
export { ANOMALY, mode } from "./ambient.ts";
export { mutate } from "./assign.ts";
export { mapTree } from "./autograd/map-tree.ts";
export type { Matching } from "./autograd/tree.ts";
export {
  checkFlag,
  checkFunction,
  checkNumber,
  checkOptions,
  checkSynchronous,
  describeArgument,
  isPlain,
  optionsOf,
  quoted,
} from "./errors.ts";
export { checkMask } from "./ops/attention.ts";
export { named } from "./ops/rectifiers.ts";
export { checkGenerator } from "./random/generator.ts";
export { checkSameShape } from "./shape.ts";
export { checkTensor, elementsOf } from "./tensor.ts";
