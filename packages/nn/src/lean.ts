export { ReLU, Sigmoid, Softmax, Tanh } from "./activation.ts";
export { CELU, ELU, Hardshrink, Hardtanh, LeakyReLU, Softshrink, Threshold } from "./activations.ts";
export {
  Hardsigmoid,
  Hardswish,
  LogSigmoid,
  Mish,
  ReLU6,
  SELU,
  SiLU,
  Softsign,
  Tanhshrink,
} from "./activations-plain.ts";
export { GELU, GLU, LogSoftmax, PReLU, type PReLUOptions, Softmin, Softplus, type SoftplusOptions } from "./gates.ts";
export {
  crossEntropyLoss,
  type CrossEntropyOptions,
  type ClassTarget,
  type CrossEntropyTarget,
  nllLoss,
  type NLLOptions,
  type WithoutClasses,
} from "./cross-entropy.ts";
export { functionalCall, type ParameterTree } from "./functional.ts";
export * as init from "./init.ts";
export { Layer } from "./layer.ts";
export { Linear, type LinearOptions } from "./linear.ts";
export {
  bceLoss,
  bceWithLogitsLoss,
  type ElementwiseLoss,
  type LogitsOptions,
  type LossOptions,
  mseLoss,
  type WeightedOptions,
} from "./loss.ts";
export type { Reduced, Reduction } from "./loss.ts";
export { BCELoss, BCEWithLogitsLoss, CrossEntropyLoss, MSELoss } from "./loss-modules.ts";
export { Module } from "./module.ts";
export type { LoadStateOptions, StateDifference } from "./state.ts";
export { Parameter, type ParameterOptions } from "./parameter.ts";
export { type LayerLike, Sequential, sequential } from "./sequential.ts";
export {
  Conv1d,
  Conv2d,
  type ConvLayerOptions,
  ConvTranspose1d,
  ConvTranspose2d,
  type ConvTransposeLayerOptions,
  type PaddedConvLayerOptions,
} from "./convolution.ts";
export type { PaddingMode } from "./padding.ts";
export {
  Bilinear,
  type BilinearOptions,
  Dropout,
  type DropoutLayerOptions,
  Embedding,
  type EmbeddingOptions,
} from "./embedding.ts";
export {
  BatchNorm1d,
  BatchNorm2d,
  type BatchNormLayerOptions,
  InstanceNorm,
  type InstanceNormOptions,
} from "./running-norms.ts";
export { type ElementwiseNormOptions, GroupNorm, LayerNorm, type NormLayerOptions, RMSNorm } from "./normalization.ts";
export {
  AdaptiveAvgPool1d,
  AdaptiveAvgPool2d,
  AdaptiveMaxPool1d,
  AdaptiveMaxPool2d,
  AvgPool1d,
  AvgPool2d,
  Flatten,
  MaxPool1d,
  MaxPool2d,
  type PoolLayerOptions,
} from "./pooling.ts";
export {
  CosineEmbeddingLoss,
  GaussianNLLLoss,
  KLDivLoss,
  MarginRankingLoss,
  NLLLoss,
  TripletMarginLoss,
} from "./loss-modules-others.ts";
export {
  HingeEmbeddingLoss,
  HuberLoss,
  L1Loss,
  PoissonNLLLoss,
  SmoothL1Loss,
  SoftMarginLoss,
} from "./loss-modules-pairs.ts";
export {
  cosineEmbeddingLoss,
  hingeEmbeddingLoss,
  type MarginLossOptions,
  type MarginOptions,
  marginRankingLoss,
  softMarginLoss,
  tripletMarginLoss,
  type TripletOptions,
} from "./losses-margin.ts";
export {
  gaussianNLLLoss,
  type GaussianNLLOptions,
  huberLoss,
  type HuberOptions,
  klDivLoss,
  type KLDivOptions,
  l1Loss,
  poissonNLLLoss,
  type PoissonNLLOptions,
  smoothL1Loss,
  type SmoothL1Options,
} from "./losses-regression.ts";
export {
  type AttentionCallOptions,
  type AttentionLayerOptions,
  MultiHeadAttention,
  type MultiHeadAttentionOptions,
} from "./attention.ts";
export { type EncoderMasks, TransformerEncoderLayer, type TransformerLayerOptions } from "./transformer.ts";
export { GRU, LSTM, type LSTMOptions, type RecurrentOptions, RNN, type RNNOptions } from "./recurrent.ts";
export { type CellOptions, GRUCell, LSTMCell, RNNCell, type RNNCellOptions } from "./recurrent-cells.ts";
export { summary } from "./summary.ts";
