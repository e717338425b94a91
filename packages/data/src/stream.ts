import { quoted } from "@chainrule/core/internal";
import {
  ArgumentError,
  defaultGenerator,
  type Generator,
  type Shape,
  ShapeError,
  stack,
  Tensor,
  value,
} from "@chainrule/core";
import type { StreamOptions } from "./batches.ts";
import { mapTree } from "./tree.ts";

/** One example of a stream. */
export type Example = Tensor | number | object;

/** The examples of a batch stacked: each tensor with a new first dim, numbers in a vector. */
export type StackOf<T> = T extends number
  ? Tensor<[number]>
  : T extends Tensor<infer S>
    ? Tensor<number[] extends S ? Shape : [number, ...S]>
    : T extends readonly unknown[]
      ? { -readonly [I in keyof T]: StackOf<T[I]> }
      : { -readonly [K in keyof T]: StackOf<T[K]> };

export function streamBatches(
  stream: AsyncIterable<unknown>,
  { batchSize, shuffle = false, generator, dropLast = false, bufferSize = 1024 }: StreamOptions,
): AsyncIterable<unknown> {
  if (!Number.isSafeInteger(bufferSize) || bufferSize < 1)
    throw new ArgumentError(`batches: bufferSize is a whole number from 1 up, got ${quoted(bufferSize)}`);
  return {
    async *[Symbol.asyncIterator]() {
      const source = shuffle ? shuffled(stream, bufferSize, generator ?? defaultGenerator()) : stream;
      let batch: unknown[] = [];
      let seen = 0;
      for await (const example of source) {
        batch.push(example);
        seen++;
        if (batch.length < batchSize) continue;
        yield stackTrees(batch);
        batch = [];
      }
      if (seen === 0)
        throw new ArgumentError(
          "batches: the stream is empty, or used up: make it anew for each epoch, as in batches(examples(), …)",
        );
      if (batch.length > 0 && !dropLast) yield stackTrees(batch);
    },
  };
}

/** Each element once: a new one takes the place of one drawn at random from the last `size`. */
async function* shuffled(stream: AsyncIterable<unknown>, size: number, generator: Generator): AsyncIterable<unknown> {
  const buffer: unknown[] = [];
  for await (const example of stream) {
    if (buffer.length < size) buffer.push(example);
    else {
      const i = generator.randint(0, size, []).item();
      yield buffer[i];
      buffer[i] = example;
    }
  }
  const order = generator.permutation(buffer.length);
  for (const i of order.toTypedArray()) yield buffer[i];
}

/** Trees of the same structure as one tree, in which leaves are stacked. */
function stackTrees(examples: readonly unknown[]): unknown {
  const columns = new Map<string, Tensor[]>();
  examples.forEach((example, i) => {
    let leaves = 0;
    mapTree("batches", example, (leaf, path) => {
      if (i === 0) columns.set(path, []);
      const column = columns.get(path);
      if (column?.length !== i)
        throw new ShapeError("batches", `examples differ: one has example${path}, another has not`);
      const x = typeof leaf === "number" ? value(leaf) : leaf;
      if (!(x instanceof Tensor))
        throw new ArgumentError(
          `batches: an example holds tensors and numbers, and example${path} is ${x === null ? "null" : typeof x}`,
        );
      column.push(x);
      const wanted = column[0]!.shape;
      if (x.rank !== wanted.length || x.shape.some((size, d) => size !== wanted[d]))
        throw new ShapeError("batches", `example${path} is [${x.shape.join(",")}] after one of [${wanted.join(",")}]`, [
          x.shape,
          wanted,
        ]);
      leaves++;
    });
    if (leaves !== columns.size) throw new ShapeError("batches", "examples differ: one lacks what another has");
  });
  return mapTree("batches", examples[0], (_, path) => stack(columns.get(path)!));
}
