import { readFileSync } from "node:fs";
import { dropout, Generator, manualSeed, ones, scaledDotProductAttention, type Tensor } from "@chainrule/core";
import { describe, expect, test } from "vitest";
import { glibcLog } from "../packages/core/src/random/log.ts";
import { LegacyStream, type StreamState } from "../packages/core/src/random/stream.ts";

type Run = { seed: number; head: number[]; at99999: number; digest: number };

/** Draws of NumPy itself, written by fixtures/numpy-random.py. */
const numpy = JSON.parse(readFileSync(new URL("fixtures/numpy-random.json", import.meta.url), "utf8")) as {
  random: Run[];
  gauss: Run[];
  interplay: { seed: number; calls: ["random" | "gauss" | "randint" | "permutation", number | number[]][] }[];
  randint: { seed: number; low: number; high: number; values: number[]; then: number }[];
  permutation: { seed: number; n: number; digest: number; head: number[]; then: number }[];
  log: [number, number][];
};

/** As `digest` in numpy-random.py. */
function digest(values: Float64Array | Int32Array): number {
  let hash = 0;
  for (const word of new Uint32Array(values.buffer)) hash = (Math.imul(hash, 31) + word) >>> 0;
  return hash;
}

function draws(count: number, draw: () => number): Float64Array {
  return Float64Array.from({ length: count }, draw);
}

describe("equals NumPy's RandomState bit for bit", () => {
  for (const kind of ["random", "gauss"] as const) {
    test.each(numpy[kind])(`${kind}: 100,000 draws from seed $seed`, ({ seed, head, at99999, digest: hash }) => {
      const stream = new LegacyStream(seed);
      const values = draws(100_000, () => stream[kind]());
      expect([...values.subarray(0, 6)]).toEqual(head);
      expect(values[99_999]).toBe(at99999);
      expect(digest(values)).toBe(hash);
    });
  }

  test.each(numpy.interplay)("calls of all kinds in turn from seed $seed", ({ seed, calls }) => {
    const stream = new LegacyStream(seed);
    const draw = {
      random: () => stream.random(),
      gauss: () => stream.gauss(),
      randint: () => stream.randint(0, 100),
      permutation: () => [...stream.permutation(5)],
    };
    expect(calls.map(([call]) => [call, draw[call]()])).toEqual(calls);
  });

  test.each(numpy.randint)("randint($low, $high) from seed $seed", ({ seed, low, high, values, then }) => {
    const stream = new LegacyStream(seed);
    expect(values.map(() => stream.randint(low, high))).toEqual(values);
    expect(stream.random()).toBe(then);
  });

  test.each(numpy.permutation)("permutation($n) from seed $seed", ({ seed, n, digest: hash, head, then }) => {
    const stream = new LegacyStream(seed);
    const order = stream.permutation(n);
    expect([...order.subarray(0, 10)]).toEqual(head);
    expect(digest(order)).toBe(hash);
    expect(stream.random()).toBe(then);

    const list = Array.from({ length: n }, (_, i) => i);
    new LegacyStream(seed).shuffle(list);
    expect(list).toEqual([...order]);
  });

  test("the logarithm, where it is hard to round as well", () => {
    expect(numpy.log.map(([x]) => glibcLog(x))).toEqual(numpy.log.map(([, y]) => y));
  });
});

describe("a state", () => {
  const throughJson = (state: StreamState) => JSON.parse(JSON.stringify(state)) as StreamState;
  const rest = (stream: LegacyStream) => [...draws(1000, () => stream.gauss()), ...draws(1000, () => stream.random())];

  test.each([0, 1, 2, 311, 623, 624, 625, 1000])("taken after %i draws continues exactly, in any stream", (count) => {
    const stream = new LegacyStream(3);
    draws(count, () => stream.random());
    stream.gauss(); // leaves one waiting
    const state = throughJson(stream.getState());
    const expected = rest(stream);
    const other = new LegacyStream(4);
    other.setState(state);
    expect(rest(other)).toEqual(expected);
    stream.setState(state);
    expect(rest(stream)).toEqual(expected);
  });

  test("is a copy: later draws and changes to it leave the other alone", () => {
    const stream = new LegacyStream(5);
    const state = stream.getState() as { words: number[]; gauss: number | null };
    const words = [...state.words];
    const expected = rest(stream);
    expect(state.words).toEqual(words);
    stream.setState(state);
    state.words.fill(0);
    expect(rest(stream)).toEqual(expected);
  });

  test("that is damaged is refused and changes nothing", () => {
    const stream = new LegacyStream(6);
    const { words } = stream.getState();
    const damaged: unknown[] = [
      null,
      {},
      { words, gauss: Number.NaN },
      { words },
      { words: words.slice(1), gauss: null },
      { words: [624, ...words.slice(1)], gauss: null },
      { words: [-1, ...words.slice(1)], gauss: null },
      { words: words.with(7, 0.5), gauss: null },
      { words: words.with(7, 2 ** 32), gauss: null },
      { words: words.map(() => 0), gauss: null },
      { words: words.map(String), gauss: null },
    ];
    for (const state of damaged) {
      expect(() => stream.setState(state as StreamState)).toThrowErrorMatchingInlineSnapshot(
        `[ArgumentError: Generator: this is not a state that getState() returned, or it has been changed or cut short]`,
      );
    }
    expect(stream.random()).toBe(new LegacyStream(6).random());
  });
});

test.each([-1, 0.5, 2 ** 32, Number.NaN, Infinity, "1" as unknown as number])("the seed %s is refused", (seed) => {
  expect(() => new LegacyStream(seed)).toThrow(
    `Generator: the seed is an integer from 0 to 4294967295, got ${typeof seed === "string" ? '"1"' : seed}`,
  );
});

test("what cannot be drawn is refused before anything is drawn", () => {
  const stream = new LegacyStream(8);
  const message = (draw: () => unknown): unknown => {
    try {
      return draw();
    } catch (error) {
      return String(error);
    }
  };
  expect([
    message(() => stream.randint(3, 3)),
    message(() => stream.randint(0, 1.5)),
    message(() => stream.randint(0, 2 ** 53)),
    message(() => stream.randint(-(2 ** 52) - 1, 2 ** 52)),
    message(() => new Generator(8).randint(5, 3, [0])),
    message(() => stream.interval(-1)),
    message(() => stream.interval(Number.NaN)),
    message(() => stream.permutation(-1)),
    message(() => stream.permutation(2.5)),
  ]).toMatchInlineSnapshot(`
    [
      "ArgumentError: randint: low must be below high, got 3 and 3",
      "ArgumentError: randint: the bounds are integers within ±(2^53 - 1), got 0 and 1.5",
      "ArgumentError: randint: the bounds are integers within ±(2^53 - 1), got 0 and 9007199254740992",
      "ArgumentError: randint: the range from -4503599627370497 to 4503599627370496 is wider than 2^53; draw from a narrower one",
      "ArgumentError: randint: low must be below high, got 5 and 3",
      "ArgumentError: Generator: the largest integer to draw is from 0 to 2^53 - 1, got -1",
      "ArgumentError: Generator: the largest integer to draw is from 0 to 2^53 - 1, got NaN",
      "ArgumentError: permutation: the length is an integer from 0 to 2147483647, got -1",
      "ArgumentError: permutation: the length is an integer from 0 to 2147483647, got 2.5",
    ]
  `);
  expect(stream.random()).toBe(new LegacyStream(8).random());
});

test("uniform numbers stay below the upper end in float32 as well", () => {
  const [double, single] = (["float64", "float32"] as const).map((dtype) =>
    new Generator(3427).rand([5220], { dtype }).toTypedArray(),
  );
  expect(Math.fround(double!.at(-1)!)).toBe(1);
  expect(single!.at(-1)).toBe(1 - 2 ** -24);
  expect(single!.subarray(0, -1)).toEqual(Float32Array.from(double!.subarray(0, -1)));
});

test("dropout draws from the default generator, or from the one it is given", () => {
  const x = ones([4, 4]);
  for (const drop of [
    (generator?: Generator) => dropout(x, { p: 0.4, generator }),
    (generator?: Generator) => scaledDotProductAttention(x, x, x, { dropoutP: 0.4, generator }),
  ] as ((generator?: Generator) => Tensor)[]) {
    const wanted = drop(new Generator(3)).toArray();
    manualSeed(3);
    expect(drop().toArray()).toEqual(wanted);
    expect(drop().toArray()).not.toEqual(wanted);
  }
});
