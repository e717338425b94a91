// Shapes at the level of types. Every function here mirrors one of ../shape-rules.ts, and its messages are the same.
export type {
  Chunk,
  Diag,
  Diagonal,
  Diff,
  Expand,
  MoveDim,
  Narrow,
  Repeat,
  RepeatInterleave,
  SameRank,
  Tile,
  Trace,
  Unbind,
  Unflatten,
} from "./arrange.ts";
export type { At } from "./at.ts";
export type {
  Broadcast,
  Broadcast3,
  BroadcastTo,
  BroadcastWith,
  CheckBroadcast,
  CheckOperand,
  CheckBroadcast3,
  CheckSameShape,
  Common,
  SameShape,
} from "./broadcast.ts";
export type {
  AnyFn,
  Apply,
  Chain,
  ChainFn,
  CheckInput,
  Fits,
  FlattenFn,
  LinearFn,
  LinearShape,
  Output,
  SameFn,
  ShapeFn,
  Step,
} from "./chain.ts";
export type { Jacobian, OneElement, ScalarOnly } from "./derivative.ts";
export type { Along, CheckAlong, CheckDims, CheckReduce, DimsArg, Flip, Permute, Reduce, Transpose } from "./dims.ts";
export type { ConcatAll, Split, StackAll } from "./join.ts";
export type { CheckNested, Nested, NestedNumbers, NumberOrArrays, ShapeOfData } from "./literal.ts";
export type { CheckMatMul, Dot, MatMul, Outer } from "./matmul.ts";
export type {
  BatchNorm1dFn,
  BatchNorm1dShape,
  BatchNorm2dFn,
  BatchNorm2dShape,
  GroupNormFn,
  GroupNormShape,
  InstanceNormFn,
  InstanceNormShape,
  LastNormFn,
  LastNormShape,
  PReLUFn,
  PReLUShape,
} from "./norms.ts";
export type { Pad } from "./pad.ts";
export type { Flatten, Reshape, SetAuto, Squeeze, Unsqueeze } from "./reshape.ts";
export type { Allow, Check, CheckShape, Fail, Failed, MayPass, Mutable, Refused, Show } from "./show.ts";
export type { Dim, ShapeOf } from "./sizes.ts";
export type { Gather, IndexSelect, Select, Slice } from "./slice.ts";
export type { Adaptive, Conv, ConvTranspose, Pool } from "./convolution.ts";
export type {
  Conv1dFn,
  Conv2dFn,
  ConvLabel,
  ConvShape,
  ConvTransposeFn,
  ConvTransposeShape,
  Adaptive1dFn,
  Adaptive2dFn,
  EmbeddingFn,
  Pool1dFn,
  Pool2dFn,
  SlidingArgs,
} from "./windows.ts";
export type {
  AttentionShape,
  AttentionWeights,
  BilinearShape,
  CellFn,
  CellShape,
  CellStateFn,
  EncoderFn,
  EncoderShape,
  HiddenFn,
  Label,
  RecurrentFn,
  RecurrentOutput,
  RecurrentState,
  StateShape,
  StatesShape,
} from "./sequences.ts";
