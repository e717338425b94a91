export {
  CosineAnnealingLR,
  type CosineAnnealingLROptions,
  CosineAnnealingWarmRestarts,
  type CosineAnnealingWarmRestartsOptions,
} from "./cosine.ts";
export { CyclicLR, type CyclicLROptions } from "./cyclic.ts";
export {
  ExponentialLR,
  type ExponentialLROptions,
  MultiStepLR,
  type MultiStepLROptions,
  PolynomialLR,
  type PolynomialLROptions,
  StepLR,
  type StepLROptions,
} from "./decay.ts";
export { LambdaLR, type LambdaLROptions, type LRLambda, MultiplicativeLR } from "./lambda.ts";
export { OneCycleLR, type OneCycleLROptions } from "./one-cycle.ts";
export { ReduceLROnPlateau, type ReduceLROnPlateauOptions } from "./plateau.ts";
export {
  type LRSchedule,
  Schedule,
  type Scheduled,
  type ScheduledGroup,
  type ScheduleRule,
  type ScheduleState,
} from "./schedule.ts";
export { SequentialLR, type SequentialLROptions } from "./sequential.ts";
export { ConstantLR, type ConstantLROptions, LinearLR, type LinearLROptions } from "./warmup.ts";
