import { checkFlag, checkGenerator, optionsOf, quoted } from "@chainrule/core/internal";
import { ArgumentError, defaultGenerator, type Generator } from "@chainrule/core";
import { type Example, type StackOf, streamBatches } from "./stream.ts";
import { countRows, selectRows, sliceRows, type WithRows } from "./tree.ts";

export interface BatchOptions {
  /** Rows in a batch; the last one may have fewer. */
  readonly batchSize: number;
  /** Whether to go through the rows in random order, another one each time; false by default. */
  readonly shuffle?: boolean | undefined;
  /** Where the order comes from; the default generator if left out. */
  readonly generator?: Generator | undefined;
  /** Whether to leave out a last batch that has fewer rows; false by default. */
  readonly dropLast?: boolean | undefined;
}

export interface StreamOptions extends BatchOptions {
  /** Examples among which `shuffle` draws the next one, all that are held in memory; 1024 by default. */
  readonly bufferSize?: number | undefined;
}

/** A batch of dataset T: the same tree, each tensor with the rows of the batch. */
export type BatchOf<T, O extends BatchOptions = BatchOptions> = WithRows<
  T,
  O extends { readonly dropLast: true } ? O["batchSize"] : number
>;

/** Batches of a dataset: each walk over them is an epoch. */
export interface Batches<B> extends Iterable<B> {
  /** Batches in an epoch. */
  readonly length: number;
}

/**
 * Goes through a dataset in batches. A dataset is a tensor, or an array or record of tensors, nested as you like, that have the same first
 * size: as many rows. With `shuffle`, each walk draws an order from the generator as it begins. In order, batches are views.
 *
 * A stream, that is an async iterable of examples — each a tensor, a number, or an array or record of them — gives an async iterable of
 * batches in which they are stacked; it is read as batches are asked for.
 *
 * @example
 * for (const { x, y } of batches({ x: zeros([10, 3]), y: zeros([10]) }, { batchSize: 4 })) x.shape; // [4, 3], [4, 3], [2, 3]
 * @throws ArgumentError for an empty dataset, a batch size that is no whole number from 1 up, or `dropLast` that leaves no batch;
 * ShapeError where the numbers of rows differ.
 */
export function batches<T extends Example, const O extends StreamOptions>(
  stream: AsyncIterable<T>,
  options: O,
): AsyncIterable<StackOf<T>>;
export function batches<const T extends object, const O extends BatchOptions>(
  dataset: T,
  options: O,
): Batches<BatchOf<T, O>>;
export function batches(dataset: object, options: StreamOptions): Batches<unknown> | AsyncIterable<unknown> {
  const names = ["batchSize", "shuffle", "generator", "dropLast", "bufferSize"] as const;
  const { batchSize, shuffle = false, generator, dropLast = false } = optionsOf("batches", options, names);
  checkBatchSize(batchSize);
  checkFlag("batches", "shuffle", shuffle);
  checkFlag("batches", "dropLast", dropLast);
  checkGenerator("batches", generator);
  if (typeof dataset === "object" && dataset !== null && Symbol.asyncIterator in dataset)
    return streamBatches(dataset as AsyncIterable<unknown>, options);
  if ("bufferSize" in options)
    throw new ArgumentError("batches: bufferSize is for streams; a dataset is shuffled as a whole");
  checkDataset(dataset);
  const rows = countRows("batches", dataset);
  const length = dropLast ? Math.floor(rows / batchSize) : Math.ceil(rows / batchSize);
  if (length === 0)
    throw new ArgumentError(`batches: dropLast leaves nothing of ${rows} rows in batches of ${batchSize}`);
  return {
    length,
    *[Symbol.iterator]() {
      const order = shuffle ? (generator ?? defaultGenerator()).permutation(rows) : null;
      for (let i = 0; i < length; i++) {
        const [start, end] = [i * batchSize, Math.min(rows, (i + 1) * batchSize)];
        yield order === null ? sliceRows(dataset, start, end) : selectRows(dataset, order.slice(0, { start, end }));
      }
    },
  };
}

/** Throws for what gives examples one by one without being a stream. */
function checkDataset(dataset: unknown): void {
  if (typeof dataset === "function")
    throw new ArgumentError("batches: got a function; call it, as in batches(examples(), …), if it makes a stream");
  if (isIterable(dataset))
    throw new ArgumentError(
      "batches: got an iterable, which is no dataset; stack([...examples]) makes one tensor of its examples, and an async generator is a stream",
    );
}
const isIterable = (x: unknown): boolean =>
  typeof x === "object" && x !== null && Symbol.iterator in x && !Array.isArray(x) && !ArrayBuffer.isView(x);

function checkBatchSize(batchSize: number): void {
  if (!Number.isSafeInteger(batchSize) || batchSize < 1)
    throw new ArgumentError(`batches: batchSize is a whole number from 1 up, got ${quoted(batchSize)}`);
}
