import { checkFlag, checkGenerator, optionsOf, quoted } from "@chainrule/core/internal";
import { ArgumentError, defaultGenerator, type Generator } from "@chainrule/core";
import { countRows, selectRows, sliceRows, type WithRows } from "./tree.ts";

export interface SplitOptions {
  /** Rows that go to the test set: a share between 0 and 1, rounded up, or a number of rows. 0.25 by default. */
  readonly testSize?: number | undefined;
  /** Whether to draw them at random; else they are the last ones. True by default. */
  readonly shuffle?: boolean | undefined;
  /** Where the draw comes from; the default generator if left out. */
  readonly generator?: Generator | undefined;
}

/**
 * Parts a dataset — a tensor, or an array or record of tensors with the same first size — into one to train on and one to test on.
 * Every row goes to one of them, whole.
 *
 * @example
 * const { train, test } = trainTestSplit({ x: zeros([10, 3]), y: zeros([10]) }, { testSize: 0.2, generator: new Generator(1) });
 * train.x.shape; // [8, 3]
 * test.y.shape; // [2]
 * @throws ArgumentError where one of the two would be empty, ShapeError where the numbers of rows differ.
 */
export function trainTestSplit<const T extends object>(
  dataset: T,
  options?: SplitOptions,
): { train: WithRows<T>; test: WithRows<T> } {
  const op = "trainTestSplit";
  const given = optionsOf(op, options, ["testSize", "shuffle", "generator"]);
  const { testSize = 0.25, shuffle = true, generator } = given;
  checkFlag(op, "shuffle", shuffle);
  checkGenerator(op, generator);
  const rows = countRows(op, dataset);
  const share = testSize > 0 && testSize < 1;
  if (!share && (!Number.isSafeInteger(testSize) || testSize < 1))
    throw new ArgumentError(`${op}: testSize is a share between 0 and 1 or a number of rows, got ${quoted(testSize)}`);
  // 0.1 · 30 is a little more than 3
  const testRows = share ? Math.ceil(testSize * rows * (1 - 2 ** -50)) : testSize;
  if (testRows >= rows)
    throw new ArgumentError(`${op}: ${testRows} of ${rows} rows for the test set leave none to train on`);
  const cut = rows - testRows;
  const order = shuffle ? (generator ?? defaultGenerator()).permutation(rows) : null;
  const part = (start: number, end: number) =>
    (order === null
      ? sliceRows(dataset, start, end)
      : selectRows(dataset, order.slice(0, { start, end }))) as WithRows<T>;
  return { train: part(0, cut), test: part(cut, rows) };
}
