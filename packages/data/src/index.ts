export { batches, type Batches, type BatchOf, type BatchOptions, type StreamOptions } from "./batches.ts";
export type { Bytes } from "./bytes.ts";
export { type Checkpointed, loadCheckpoint, type LoadCheckpointOptions, saveCheckpoint } from "./checkpoint.ts";
export { type CsvOptions, loadCsv } from "./csv.ts";
export type { Categories, ColumnKind, Columns } from "./csv-columns.ts";
export { FileError } from "./errors.ts";
export { digits, type Digits, type DigitsOptions } from "./generated/digits.ts";
export {
  blobs,
  type BlobsOptions,
  circles,
  type CirclesOptions,
  type GeneratedOptions,
  moons,
  type Points,
  spirals,
  type SpiralsOptions,
  xor,
} from "./generated/points.ts";
export { loadIdx } from "./idx.ts";
export type { InflateOptions } from "./inflate.ts";
export { loadNpy, saveNpy } from "./npy.ts";
export { loadNpz, saveNpz, type SaveNpzOptions } from "./npz.ts";
export type { LoadOptions } from "./numbers.ts";
export { oneHot, type OneHotOptions } from "./one-hot.ts";
export { loadSafetensors, safetensorsMetadata, saveSafetensors } from "./safetensors.ts";
export { trainTestSplit, type SplitOptions } from "./split.ts";
export { standardize, Standardizer } from "./standardize.ts";
export type { Example, StackOf } from "./stream.ts";
export type { WithRows } from "./tree.ts";
