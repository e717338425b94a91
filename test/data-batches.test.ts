import { fromTypedArray, Generator, manualSeed, setDefaultDtype, type Tensor, tensor, zeros } from "@chainrule/core";
import {
  batches, blobs, circles, digits, moons, oneHot, spirals, standardize, Standardizer, trainTestSplit, xor,
} from "@chainrule/data"; // prettier-ignore
import * as fc from "fast-check";
import { describe, expect, expectTypeOf, test } from "vitest";
import { bitsOf, refusal } from "./support/files.ts";

/** `rows` rows that tell which they are, in two tensors. */
const numbered = (rows: number) => {
  const x = Array.from({ length: rows }, (_, i) => [i, -i]);
  return {
    x: tensor(x) as Tensor<[number, 2]>,
    labels: [
      fromTypedArray(
        Int32Array.from(x, ([i]) => i!),
        [rows],
      ),
    ],
  };
};
const rowsOf = (batch: { x: Tensor; labels: Tensor[] }): number[] => {
  const [labels] = batch.labels;
  expect((batch.x.toArray() as number[][]).map(([i]) => i)).toEqual(labels!.toArray());
  expect(labels!.dtype).toBe("int32");
  return labels!.toArray() as number[];
};
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const sorted = (list: readonly number[]): number[] => [...list].sort((a, b) => a - b);
const sizes = fc.record({
  rows: fc.integer({ min: 1, max: 40 }),
  batchSize: fc.integer({ min: 1, max: 45 }),
  seed: fc.nat(),
});

describe("batches", () => {
  test("in order: each row once, in full batches but for the last", () => {
    fc.assert(
      fc.property(sizes, ({ rows, batchSize }) => {
        const all = batches(numbered(rows), { batchSize });
        const found = [...all].map(rowsOf);
        expect(found.flat()).toEqual(range(rows));
        expect(found.length).toBe(all.length);
        expect(found.slice(0, -1).every((batch) => batch.length === batchSize)).toBe(true);
        expect([...all].map(rowsOf)).toEqual(found);
      }),
    );
  });
  test("shuffled: each row once an epoch, in an order that the seed decides", () => {
    fc.assert(
      fc.property(sizes, ({ rows, batchSize, seed }) => {
        const epochs = () => {
          const all = batches(numbered(rows), { batchSize, shuffle: true, generator: new Generator(seed) });
          return [0, 1].map(() => [...all].map(rowsOf));
        };
        const [first, second] = epochs();
        expect(sorted(first!.flat())).toEqual(range(rows));
        expect(sorted(second!.flat())).toEqual(range(rows));
        if (rows > 12) expect(first).not.toEqual(second);
        expect(epochs()).toEqual([first, second]);
        expect(first!.flat()).toEqual(new Generator(seed).permutation(rows).toArray());
      }),
    );
  });
  test("every place is as likely for every row", () => {
    const generator = new Generator(3);
    const all = batches(numbered(6), { batchSize: 6, shuffle: true, generator });
    const counts = range(6).map(() => range(6).map(() => 0));
    for (let epoch = 0; epoch < 6000; epoch++)
      for (const batch of all) rowsOf(batch).forEach((row, place) => counts[row]![place]!++);
    for (const count of counts.flat()) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(1000 * (5 / 6)));
  });
  test("dropLast leaves out the short one", () => {
    fc.assert(
      fc.property(sizes, ({ rows, batchSize, seed }) => {
        fc.pre(batchSize <= rows);
        const all = batches(numbered(rows), {
          batchSize,
          dropLast: true,
          shuffle: true,
          generator: new Generator(seed),
        });
        const found = [...all].map(rowsOf);
        expect(found.map((batch) => batch.length)).toEqual(range(Math.floor(rows / batchSize)).map(() => batchSize));
        expect(all.length).toBe(found.length);
        expect(new Set(found.flat()).size).toBe(found.flat().length);
      }),
    );
  });
  test("without a generator, the default one is asked", () => {
    const order = () => [...batches(numbered(20), { batchSize: 7, shuffle: true })].flatMap(rowsOf);
    manualSeed(5);
    const first = order();
    manualSeed(5);
    expect(order()).toEqual(first);
  });
  test("two walks at once do not disturb each other", () => {
    const all = batches(numbered(9), { batchSize: 2, shuffle: true, generator: new Generator(1) });
    const walks = [all[Symbol.iterator](), all[Symbol.iterator]()];
    const found: number[][] = [[], []];
    for (let i = 0; i < all.length; i++)
      walks.forEach((walk, w) => found[w]!.push(...rowsOf(walk.next().value as never)));
    for (const rows of found) expect(sorted(rows)).toEqual(range(9));
  });
  test("any tree: a tensor, a list, records in records", () => {
    const x = tensor([[1], [2], [3]]);
    expect([...batches(x, { batchSize: 2 })].map((batch) => batch.toArray())).toEqual([[[1], [2]], [[3]]]); // prettier-ignore
    const [first] = [...batches([x, { deep: [x] }], { batchSize: 2 })];
    expect(first![1].deep[0].toArray()).toEqual([[1], [2]]);
  });
  test("gradients flow into rows that require them", () => {
    const x = tensor([1, 2, 3], { requiresGrad: true });
    for (const batch of batches(x, { batchSize: 2, shuffle: true, generator: new Generator(0) }))
      batch.square().sum().backward();
    expect(x.grad!.toArray()).toEqual([2, 4, 6]);
  });
  test("the types of batches", () => {
    const dataset = { x: zeros([6, 3]), y: [zeros([6])] as const };
    for (const batch of batches(dataset, { batchSize: 2 })) {
      expectTypeOf(batch.x).toEqualTypeOf<Tensor<[number, 3]>>();
      expectTypeOf(batch.y[0]).toEqualTypeOf<Tensor<[number]>>();
    }
    for (const batch of batches(dataset, { batchSize: 2, dropLast: true }))
      expectTypeOf(batch.x).toEqualTypeOf<Tensor<[2, 3]>>();
    for (const batch of batches(zeros([6] as number[]), { batchSize: 2 })) expectTypeOf(batch).toEqualTypeOf<Tensor>();
  });
  test("what cannot be batched", () => {
    const x = zeros([4, 2]);
    const list = [
      () => batches(zeros([0, 2]), { batchSize: 1 }),
      () => batches({}, { batchSize: 1 }),
      () => batches([], { batchSize: 1 }),
      ...[0, -1, 1.5, NaN, Infinity, "2", undefined].map(
        (batchSize) => () => batches(x, { batchSize: batchSize as number }),
      ),
      () => batches(x, undefined as never),
      () => batches({ x, y: zeros([3]) }, { batchSize: 2 }),
      () => batches({ x, y: [zeros([])] }, { batchSize: 2 }),
      () => batches({ x, y: [1, 2, 3, 4] }, { batchSize: 2 }),
      () => batches({ x, y: null }, { batchSize: 2 }),
      () => batches({ x, y: new Float64Array(4) }, { batchSize: 2 }),
      () => batches(null as never, { batchSize: 2 }),
      () => batches(x, { batchSize: 5, dropLast: true }),
      () => batches(x, { batchSize: 2, bufferSize: 10 } as never),
      () => batches([x][Symbol.iterator](), { batchSize: 2 }),
      () => batches(new Set([x]), { batchSize: 2 }),
      () => batches(async function* () {}, { batchSize: 2 }),
    ];
    expect(list.map((run) => errorOf(run)).join("\n")).toMatchInlineSnapshot(`
      "ArgumentError: batches: the dataset is empty
      ArgumentError: batches: the dataset holds no tensors
      ArgumentError: batches: the dataset holds no tensors
      ArgumentError: batches: batchSize is a whole number from 1 up, got 0
      ArgumentError: batches: batchSize is a whole number from 1 up, got -1
      ArgumentError: batches: batchSize is a whole number from 1 up, got 1.5
      ArgumentError: batches: batchSize is a whole number from 1 up, got NaN
      ArgumentError: batches: batchSize is a whole number from 1 up, got Infinity
      ArgumentError: batches: batchSize is a whole number from 1 up, got "2"
      ArgumentError: batches: batchSize is a whole number from 1 up, got undefined
      ArgumentError: batches: batchSize is a whole number from 1 up, got undefined
      ShapeError: batches: dataset.x has 4 rows and dataset.y has 3
      ShapeError: batches: dataset.y[0] is a scalar, it needs a first dim of rows
      ArgumentError: batches: a dataset is a tensor, or an array or record of tensors, and dataset.y[0] is a number; make tensors of arrays first, with tensor(...)
      ArgumentError: batches: a dataset is a tensor, or an array or record of tensors, and dataset.y is null
      ArgumentError: batches: a dataset is a tensor, or an array or record of tensors, and dataset.y is a typed array; use fromTypedArray(array, shape)
      ArgumentError: batches: a dataset is a tensor, or an array or record of tensors, and dataset is null
      ArgumentError: batches: dropLast leaves nothing of 4 rows in batches of 5
      ArgumentError: batches: bufferSize is for streams; a dataset is shuffled as a whole
      ArgumentError: batches: got an iterable, which is no dataset; stack([...examples]) makes one tensor of its examples, and an async generator is a stream
      ArgumentError: batches: got an iterable, which is no dataset; stack([...examples]) makes one tensor of its examples, and an async generator is a stream
      ArgumentError: batches: got a function; call it, as in batches(examples(), …), if it makes a stream"
    `);
  });
});

const errorOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return String(error);
  }
  throw new Error("nothing was thrown");
};

describe("batches of a stream", () => {
  async function* numbers(count: number) {
    for (let i = 0; i < count; i++) yield { x: tensor([i, -i]), label: i };
  }
  type Batch = { x: Tensor<[number, 2]>; label: Tensor<[number]> };
  const collect = async (stream: AsyncIterable<Batch>): Promise<number[][]> => {
    const found: number[][] = [];
    for await (const { x, label } of stream) {
      expect(x.toArray()).toEqual(label.toArray().map((i) => [i, -i]));
      found.push(label.toArray());
    }
    return found;
  };
  test("in order", async () => {
    expect(await collect(batches(numbers(7), { batchSize: 3 }))).toEqual([[0, 1, 2], [3, 4, 5], [6]]); // prettier-ignore
    expect(await collect(batches(numbers(7), { batchSize: 3, dropLast: true }))).toEqual([[0, 1, 2], [3, 4, 5]]); // prettier-ignore
  });
  test("shuffled through a buffer: each once, seeded, no further ahead than the buffer", async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 1, max: 50 }), async ({ rows, batchSize, seed }, bufferSize) => {
        const run = () =>
          collect(batches(numbers(rows), { batchSize, shuffle: true, generator: new Generator(seed), bufferSize }));
        const order = (await run()).flat();
        expect(sorted(order)).toEqual(range(rows));
        order.forEach((row, place) => expect(row).toBeLessThan(place + bufferSize + 1));
        expect((await run()).flat()).toEqual(order);
      }),
      { numRuns: 30 },
    );
  });
  test("reads no further than asked, and closes the source", async () => {
    let read = 0;
    let closed = false;
    async function* endless() {
      try {
        for (;;) yield read++;
      } finally {
        closed = true;
      }
    }
    for await (const batch of batches(endless(), { batchSize: 4 })) {
      expect(batch.toArray()).toEqual([0, 1, 2, 3]);
      break;
    }
    expect([read, closed]).toEqual([4, true]);
  });
  test("what cannot be stacked", async () => {
    async function* of(...examples: object[]) {
      yield* examples;
    }
    const error = async (source: AsyncIterable<object>, options = {}): Promise<string> => {
      try {
        for await (const _ of batches(source, { batchSize: 2, ...options }));
      } catch (error_) {
        return String(error_);
      }
      throw new Error("nothing was thrown");
    };
    const walked = of({ x: zeros([2]) });
    for await (const _ of batches(walked, { batchSize: 2 }));
    expect(
      [
        await error(of()),
        await error(of({ x: zeros([2]) }, { x: zeros([3]) })),
        await error(of({ x: zeros([2]) }, { y: zeros([2]) })),
        await error(of({ x: zeros([2]) }, {})),
        await error(of({ x: "text" })),
        await error(walked),
        errorOf(() => batches(of(), { batchSize: 0 })),
        errorOf(() => batches(of(), { batchSize: 1, bufferSize: 0 })),
      ].join("\n"),
    ).toMatchInlineSnapshot(`
      "ArgumentError: batches: the stream is empty, or used up: make it anew for each epoch, as in batches(examples(), …)
      ShapeError: batches: example.x is [3] after one of [2]
      ShapeError: batches: examples differ: one has example.y, another has not
      ShapeError: batches: examples differ: one lacks what another has
      ArgumentError: batches: an example holds tensors and numbers, and example.x is string
      ArgumentError: batches: the stream is empty, or used up: make it anew for each epoch, as in batches(examples(), …)
      ArgumentError: batches: batchSize is a whole number from 1 up, got 0
      ArgumentError: batches: bufferSize is a whole number from 1 up, got 0"
    `);
  });
});

describe("trainTestSplit", () => {
  test("every row in one part, whole; the seed decides", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 60 }),
        fc.oneof(fc.constantFrom(0.1, 0.2, 0.25, 0.5), fc.integer({ min: 1, max: 59 })),
        fc.nat(),
        (rows, testSize, seed) => {
          fc.pre(testSize < rows);
          const parts = () => {
            const { train, test: held } = trainTestSplit(numbered(rows), { testSize, generator: new Generator(seed) });
            return [rowsOf(train), rowsOf(held)] as const;
          };
          const [train, held] = parts();
          expect(sorted([...train, ...held])).toEqual(range(rows));
          // scikit-learn rounds up
          expect(held.length).toBe(testSize < 1 ? Math.ceil(Number((testSize * rows).toFixed(9))) : testSize);
          expect(parts()).toEqual([train, held]);
        },
      ),
    );
  });
  test("in order, the last rows are held out", () => {
    const { train, test: held } = trainTestSplit(numbered(10), { testSize: 0.3, shuffle: false });
    expect([rowsOf(train), rowsOf(held)]).toEqual([range(7), [7, 8, 9]]);
  });
  test("what cannot be split", () => {
    const x = zeros([4]);
    const list = [0, 1.5, -1, NaN, 4, 0.99, "1"].map(
      (testSize) => () => trainTestSplit(x, { testSize: testSize as number }),
    );
    expect([...list, () => trainTestSplit(zeros([0])), () => trainTestSplit(zeros([1]))].map(errorOf).join("\n"))
      .toMatchInlineSnapshot(`
      "ArgumentError: trainTestSplit: testSize is a share between 0 and 1 or a number of rows, got 0
      ArgumentError: trainTestSplit: testSize is a share between 0 and 1 or a number of rows, got 1.5
      ArgumentError: trainTestSplit: testSize is a share between 0 and 1 or a number of rows, got -1
      ArgumentError: trainTestSplit: testSize is a share between 0 and 1 or a number of rows, got NaN
      ArgumentError: trainTestSplit: 4 of 4 rows for the test set leave none to train on
      ArgumentError: trainTestSplit: 4 of 4 rows for the test set leave none to train on
      ArgumentError: trainTestSplit: testSize is a share between 0 and 1 or a number of rows, got "1"
      ArgumentError: trainTestSplit: the dataset is empty
      ArgumentError: trainTestSplit: 1 of 1 rows for the test set leave none to train on"
    `);
  });
});

describe("oneHot", () => {
  test("a 1 at the label's place", () => {
    expect(oneHot(tensor([[2], [0]], { dtype: "int32" })).toArray()).toEqual([[[0, 0, 1]], [[1, 0, 0]]]); // prettier-ignore
    expect(oneHot([1], 2, { dtype: "bool" }).toArray()).toEqual([[false, true]]);
    expect(oneHot(tensor(1, { dtype: "int32" }), 3).toArray()).toEqual([0, 1, 0]);
    expect(oneHot(zeros([0], { dtype: "int32" }), 3).shape).toEqual([0, 3]);
    expectTypeOf(oneHot(zeros([5], { dtype: "int32" }), 3)).toEqualTypeOf<Tensor<[5, 3]>>();
    expectTypeOf(oneHot([0, 1], 3)).toEqualTypeOf<Tensor<[2, 3]>>();
  });
  test("labels outside the classes", () => {
    const labels = tensor([0, 3], { dtype: "int32" });
    const list = [
      () => oneHot(labels, 3),
      () => oneHot([-1], 3),
      () => oneHot(labels, 0),
      () => oneHot(labels, 2.5),
      () => oneHot(tensor([1])),
      () => oneHot([0.5], 2),
      () => oneHot([]),
    ];
    expect(list.map(errorOf).join("\n")).toMatchInlineSnapshot(`
      "ArgumentError: oneHot: label 3 is outside the classes 0 to 2
      ArgumentError: oneHot: label -1 is outside the classes 0 to 2
      ArgumentError: oneHot: the number of classes is a whole number from 1 up, got 0
      ArgumentError: oneHot: the number of classes is a whole number from 1 up, got 2.5
      DtypeError: oneHot: labels are int32, got float64; convert with to("int32")
      DtypeError: tensor: 0.5 does not fit int32; round it, or make the tensor float64 or float32
      ArgumentError: oneHot: the number of classes is a whole number from 1 up, got 0"
    `);
  });
});

describe("standardize", () => {
  test("training data: mean 0, deviation 1; test data on the same scale; and back", () => {
    const train = new Generator(1)
      .randn([50, 3])
      .mul(tensor([1, 100, 1e-6]))
      .add(tensor([5, -1e6, 0]));
    const scaler = standardize(train);
    const scaled = scaler.apply(train);
    for (const x of scaled.mean(0).toArray()) expect(Math.abs(x)).toBeLessThan(1e-9);
    for (const x of scaled.std(0, { correction: 0 }).toArray()) expect(x).toBeCloseTo(1, 12);
    const row = tensor([[6, -1e6, 1]]);
    expect(scaler.apply(row).toArray()).toEqual([
      row.toArray()[0]!.map((x, i) => (x - scaler.mean.toArray()[i as never]) / scaler.scale.toArray()[i as never]),
    ]);
    const back = scaler.invert(scaled).toTypedArray();
    train.toTypedArray().forEach((x, i) => expect(back[i]).toBeCloseTo(x, 9));
    expectTypeOf(scaler.apply(zeros([4, 3]))).toEqualTypeOf<Tensor<[4, 3]>>();
  });
  test("a feature that never changes is only shifted, whatever rounding says", () => {
    const x = tensor(range(7).map(() => [0.1, 3]));
    const { scale } = standardize(x);
    expect(scale.toArray()).toEqual([1, 1]);
  });
  test("mean and scale keep: they are tensors", () => {
    const x = tensor([[1, 2], [3, 6]]); // prettier-ignore
    const { mean, scale } = standardize(x);
    expect(bitsOf(new Standardizer(mean, scale).apply(x))).toBe(bitsOf(standardize(x).apply(x)));
    expect(mean.requiresGrad || scale.requiresGrad).toBe(false);
  });
  test("what cannot be standardized", () => {
    const scaler = standardize(tensor([[1, 2], [3, 4]])); // prettier-ignore
    const list = [
      () => standardize(zeros([0, 2])),
      () => standardize(tensor(1)),
      () => standardize(tensor([[1], [NaN]])),
      () => standardize([1] as never),
      () => scaler.apply(zeros([3, 3])),
      () => scaler.invert(zeros([2])),
      () => new Standardizer(zeros([2]), zeros([3])),
    ];
    expect(list.map(errorOf).join("\n")).toMatchInlineSnapshot(`
      "ArgumentError: standardize: the dataset is empty
      ShapeError: standardize: needs rows, got a scalar
      ArgumentError: standardize: needs finite numbers, element 1 of [2,1] is NaN
      ArgumentError: standardize: needs a tensor
      ShapeError: Standardizer.apply: needs features of shape [rows,2], got [3,3]
      ShapeError: Standardizer.invert: needs features of shape [rows,2], got [2]
      ShapeError: Standardizer: mean is [2], scale [3]"
    `);
  });
});

describe("generated datasets", () => {
  const all = {
    xor: (seed: number) => xor(100, { noise: 0.1, seed }),
    moons: (seed: number) => moons(101, { noise: 0.1, seed }),
    circles: (seed: number) => circles(100, { noise: 0.1, seed }),
    spirals: (seed: number) => spirals(99, { classes: 3, seed }),
    blobs: (seed: number) => blobs(99, { seed }),
    digits: (seed: number) => digits(30, { seed }),
  };
  test.each(Object.entries(all))("%s: the seed decides, the classes are balanced", (_, make) => {
    const [a, again, b] = [make(1), make(1), make(2)];
    expect([bitsOf(a.x), bitsOf(a.y)]).toEqual([bitsOf(again.x), bitsOf(again.y)]);
    expect(bitsOf(a.x)).not.toBe(bitsOf(b.x));
    expect(a.x.isLeaf && !a.x.requiresGrad).toBe(true);
    const counts = new Map<number, number>();
    for (const label of a.y.toArray() as number[]) counts.set(label, (counts.get(label) ?? 0) + 1);
    expect(Math.max(...counts.values()) - Math.min(...counts.values())).toBeLessThanOrEqual(1);
    expect(sorted([...counts.keys()])).toEqual(range(counts.size));
    expect(a.y.dtype).toBe("int32");
    expect([...a.x.toTypedArray()].every(Number.isFinite)).toBe(true);
  });
  test("without noise, where they should be", () => {
    const { x: ring, y } = circles(40, { factor: 0.3 });
    ring.toArray().forEach(([a, b], i) => expect(Math.hypot(a!, b!)).toBeCloseTo(y.toArray()[i] === 1 ? 0.3 : 1, 12));
    // scikit-learn's make_moons(4, shuffle=False)
    const moon = moons(4).x.toArray();
    [[1, 0], [0, 0.5], [-1, 0], [2, 0.5]].forEach((point, i) => point.forEach((c, d) => expect(moon[i]![d]).toBeCloseTo(c, 12))); // prettier-ignore
    expect(xor().x.toArray().map(([a, b], i) => (a !== b) === (xor().y.toArray()[i] === 1))).toEqual([true, true, true, true]); // prettier-ignore
    for (const [a, b] of spirals(50).x.toArray()) expect(Math.hypot(a!, b!)).toBeLessThanOrEqual(1);
  });
  test("dtypes: as asked, else the default", () => {
    expect(digits(3, { dtype: "float32" }).x.dtype).toBe("float32");
    const before = setDefaultDtype("float32");
    try {
      expect([xor().x.dtype, blobs(3).x.dtype, digits(3).x.dtype]).toEqual(["float32", "float32", "float32"]);
    } finally {
      setDefaultDtype(before);
    }
    expect(bitsOf(moons(5, { noise: 0.1, dtype: "float32" }).x)).toBe(bitsOf(moons(5, { noise: 0.1 }).x.to("float32")));
  });
  test("digits are grey images that differ from hand to hand", () => {
    const { x, y } = digits(50, { size: 28, seed: 4 });
    expect(x.shape).toEqual([50, 1, 28, 28]);
    const pixels = [...x.toTypedArray()];
    expect(Math.min(...pixels)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...pixels)).toBeLessThanOrEqual(1);
    const ink = x.mean([1, 2, 3]).toArray();
    for (const share of ink) expect(share).toBeGreaterThan(0.05);
    for (const share of ink) expect(share).toBeLessThan(0.5);
    const plain = digits(50, { jitter: 0, noise: 0 });
    const images = new Set(range(50).map((i) => bitsOf(plain.x.select(0, i as never) as Tensor)));
    expect(images.size).toBe(10);
    expect(new Set(y.toArray()).size).toBe(10);
    // one of them, to look at
    const one = plain.y.toArray().indexOf(3);
    const rows = (plain.x.toArray() as number[][][][])[one]![0]!;
    expect(
      `\n${rows
        .map((row) =>
          row
            .map((v) => " .:-=+*#%@"[Math.round(v * 9)])
            .join("")
            .trimEnd(),
        )
        .join("\n")}`,
    ).toMatchInlineSnapshot(`
      "

            .==
           +@@@#:
          %@*:-%%
          =:   :@=
               +@=
             -%@+
            -@#-
             +@@=
              :*@+
                *%
          *-   :@*
          #@*:-@%.
           =@@@#.
            .==
      "
    `);
  });
  test("what cannot be generated", () => {
    const list = [
      () => moons(0),
      () => moons(1.5),
      () => moons(3, { noise: -1 }),
      () => moons(3, { noise: NaN }),
      () => spirals(3, { classes: 0 }),
      () => blobs(3, { features: 0 }),
      () => digits(3, { size: 4 }),
      () => digits(-1),
      () => xor(3, { seed: -1 }),
    ];
    expect(list.map((run) => refusal(run)).join("\n")).toMatchInlineSnapshot(`
      "ArgumentError: moons: samples is a whole number from 1 up, got 0
      ArgumentError: moons: samples is a whole number from 1 up, got 1.5
      ArgumentError: moons: noise is a number from 0 up, got -1
      ArgumentError: moons: noise is a number from 0 up, got NaN
      ArgumentError: spirals: classes is a whole number from 1 up, got 0
      ArgumentError: blobs: features is a whole number from 1 up, got 0
      ArgumentError: digits: size is a whole number from 8 up, got 4
      ArgumentError: digits: samples is a whole number from 1 up, got -1
      ArgumentError: Generator: the seed is an integer from 0 to 4294967295, got -1"
    `);
  });
});
