import {
  arange,
  argsort,
  at,
  ChainruleError,
  cummax,
  fromTypedArray,
  Generator,
  grad,
  type Index,
  indexPut,
  median,
  sort,
  sum,
  type Tensor,
  tensor,
  topk,
  where,
} from "@chainrule/core";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

// `at` against the plainest code that could stand in for it: every element of the result is looked up on its own.

const SHAPES: number[][] = [[4], [2, 3], [3, 1, 2], [2, 3, 4], [0, 3]];
const numbered = (shape: readonly number[]): Tensor => {
  const size = shape.reduce((a, b) => a * b, 1);
  return fromTypedArray(Float64Array.from({ length: size }, (_, i) => i), shape) as Tensor; // prettier-ignore
};

interface Slicing {
  start?: number | undefined;
  end?: number | undefined;
  step?: number | undefined;
}
interface Nested {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}
/** Python's range(size)[start:end:step]. */
function rangeOf(size: number, { start, end, step = 1 }: Slicing): number[] {
  const whole = Array.from({ length: size }, (_, i) => i);
  const front = (i: number): number => (i < 0 ? i + size : i);
  if (step > 0) return whole.filter((i) => i >= front(start ?? 0) && i < front(end ?? size) && (i - Math.max(0, front(start ?? 0))) % step === 0); // prettier-ignore
  const first = Math.min(front(start ?? size - 1), size - 1);
  return whole.reverse().filter((i) => i <= first && i > (end === undefined ? -1 : Math.max(-1, front(end))) && (first - i) % step === 0); // prettier-ignore
}

type Part =
  | { kind: "one"; value: number }
  | { kind: "slice"; options: Slicing }
  | { kind: "new" }
  | { kind: "list"; list: Nested }
  | { kind: "mask"; mask: Nested };

/** The result's shape and its elements, which are places in x. */
function plain(shape: readonly number[], parts: readonly Part[]): Nested {
  // Masks are as many lists as they have dims.
  const flat = parts.flatMap((part): Part[] => {
    if (part.kind !== "mask") return [part];
    const { shape: size, values } = part.mask;
    const hits = values.flatMap((bit, i) => (bit ? [i] : []));
    return size.map((_, d): Part => {
      const behind = size.slice(d + 1).reduce((a, b) => a * b, 1);
      return {
        kind: "list",
        list: { shape: [hits.length], values: hits.map((i) => Math.floor(i / behind) % size[d]!) },
      };
    });
  });
  const advanced = flat.some(({ kind }) => kind === "list");
  const isPicking = ({ kind }: Part): boolean => kind === "list" || (advanced && kind === "one");
  const lists = flat.map((part): Nested => part.kind === "list" ? part.list : { shape: [], values: part.kind === "one" ? [part.value] : [] }); // prettier-ignore
  const common = lists.reduce<number[]>((all, { shape: own }, i) => {
    if (!isPicking(flat[i]!)) return all;
    const rank = Math.max(all.length, own.length);
    return Array.from({ length: rank }, (_, d) => {
      const [a, b] = [all[all.length - rank + d] ?? 1, own[own.length - rank + d] ?? 1];
      return a === 1 ? b : a;
    });
  }, []);
  const places = flat.flatMap((part, i) => (isPicking(part) ? [i] : []));
  const together = places.length > 0 && places.length - 1 === places.at(-1)! - places[0]!;
  // Each dim of the result: its size, and which entry (or -1 for the lists' common dims, in order) walks along it.
  const dims: { size: number; of: number; own?: number }[] = [];
  const pushCommon = (): void => common.forEach((size, own) => dims.push({ size, of: -1, own }));
  if (places.length > 0 && !together) pushCommon();
  let from = 0;
  const source: (number | undefined)[] = [];
  flat.forEach((part, i) => {
    if (together && i === places[0]) pushCommon();
    source.push(part.kind === "new" ? undefined : from);
    if (part.kind === "new") dims.push({ size: 1, of: i });
    else {
      if (part.kind === "slice") dims.push({ size: rangeOf(shape[from]!, part.options).length, of: i });
      from++;
    }
  });
  for (; from < shape.length; from++) {
    dims.push({ size: shape[from]!, of: flat.length });
    flat.push({ kind: "slice", options: {} });
    source.push(from);
  }
  const size = dims.reduce((a, { size: n }) => a * n, 1);
  const values = Array.from({ length: size }, (_, count) => {
    const index: number[] = new Array<number>(dims.length).fill(0);
    for (let d = dims.length - 1, left = count; d >= 0; d--) {
      index[d] = left % dims[d]!.size;
      left = Math.floor(left / dims[d]!.size);
    }
    let place = 0;
    flat.forEach((part, i) => {
      const dim = source[i];
      if (dim === undefined) return;
      let value: number;
      if (isPicking(part)) {
        const { shape: own, values: list } = lists[i]!;
        let at = 0;
        own.forEach((n, d) => {
          const walked = index[dims.findIndex((x) => x.of === -1 && x.own === common.length - own.length + d)]!;
          at = at * n + (n === 1 ? 0 : walked);
        });
        value = list[at]!;
      } else if (part.kind === "one") value = part.value;
      else
        value = rangeOf(shape[dim]!, (part as { options: Slicing }).options)[
          index[dims.findIndex((x) => x.of === i)]!
        ]!;
      place = place * shape[dim]! + (value < 0 ? value + shape[dim]! : value);
    });
    return place;
  });
  return { shape: dims.map((x) => x.size), values };
}

/** An index for a tensor of this shape, as parts and as it is written. */
const indexFor = (shape: readonly number[]): fc.Arbitrary<{ parts: Part[]; dims: number }> => {
  const bound = fc.option(fc.integer({ min: -5, max: 5 }), { nil: undefined });
  const listShape = fc.constantFrom<number[]>([], [2], [1], [0], [2, 1], [1, 2], [2, 2]);
  const part = (dim: number): fc.Arbitrary<Part> => {
    const size = shape[dim]!;
    const slice = fc.record({ start: bound, end: bound, step: fc.constantFrom(undefined, 1, 2, -1, -2) });
    const sliced = slice.map((options): Part => ({ kind: "slice", options }));
    const mask = fc.array(fc.integer({ min: 0, max: 1 }), { minLength: size, maxLength: size });
    const masked = mask.map((values): Part => ({ kind: "mask", mask: { shape: [size], values } }));
    if (size === 0) return fc.oneof(sliced, masked);
    const position = fc.integer({ min: -size, max: size - 1 });
    const list = listShape.chain((own) => {
      const n = own.reduce((a, b) => a * b, 1);
      return fc.array(position, { minLength: n, maxLength: n }).map((values): Part => ({ kind: "list", list: { shape: own, values } })); // prettier-ignore
    });
    return fc.oneof(position.map((value): Part => ({ kind: "one", value })), sliced, list, masked); // prettier-ignore
  };
  return fc
    .tuple(
      fc.nat(shape.length),
      fc.tuple(...shape.map((_, dim) => part(dim))),
      fc.array(fc.nat(shape.length), { maxLength: 2 }),
    ) // prettier-ignore
    .map(([dims, all, news]) => {
      const parts = all.slice(0, dims);
      for (const place of news) parts.splice(Math.min(place, parts.length), 0, { kind: "new" });
      return { parts, dims };
    })
    .filter(({ parts }) => {
      // What broadcasts: of the lists with more than one element along a dim, all have two; a mask, as many as it has hits.
      try {
        fits(parts);
        return true;
      } catch {
        return false;
      }
    });
};
function fits(parts: readonly Part[]): void {
  const shapes = parts.flatMap((part) => {
    if (part.kind === "list") return [part.list.shape];
    return part.kind === "mask" ? [[part.mask.values.filter(Boolean).length]] : [];
  });
  for (const a of shapes)
    for (const b of shapes)
      for (let d = 1; d <= Math.min(a.length, b.length); d++) {
        const [n, m] = [a.at(-d)!, b.at(-d)!];
        if (n !== m && n !== 1 && m !== 1) throw new Error("no");
      }
}
function written(part: Part): Index {
  if (part.kind === "one") return part.value;
  if (part.kind === "slice") return part.options;
  if (part.kind === "new") return null;
  const { shape, values } = part.kind === "list" ? part.list : part.mask;
  return fromTypedArray((part.kind === "list" ? Int32Array : Uint8Array).from(values), shape) as Tensor;
}

const samples = fc.constantFrom(...SHAPES).chain((shape) => indexFor(shape).map(({ parts }) => ({ shape, parts })));
const show = ({ shape, parts }: { shape: number[]; parts: Part[] }): string => `${JSON.stringify(shape)} at ${JSON.stringify(parts)}`; // prettier-ignore

describe("at", () => {
  test("reads what NumPy's rules say", () => {
    fc.assert(
      fc.property(samples, (sample) => {
        const wanted = plain(sample.shape, sample.parts);
        const got = at(numbered(sample.shape), ...sample.parts.map(written)) as Tensor;
        expect([got.shape, [...got.toTypedArray()]], show(sample)).toEqual([wanted.shape, wanted.values]);
      }),
      { numRuns: 1500 },
    );
  });

  test("its gradient counts how often each element was read", () => {
    fc.assert(
      fc.property(samples, ({ shape, parts }) => {
        const x = numbered(shape);
        const index = parts.map(written);
        const counts = new Array<number>(x.size).fill(0);
        for (const place of plain(shape, parts).values) counts[place]!++;
        const gradient = grad((y: Tensor) => sum(at(y, ...index) as Tensor) as Tensor)(x);
        expect([...gradient.toTypedArray()]).toEqual(counts);
      }),
      { numRuns: 200 },
    );
  });

  test("indexPut writes there, the last of several, or adds them all up", () => {
    fc.assert(
      fc.property(samples, ({ shape, parts }) => {
        const { shape: to, values: places } = plain(shape, parts);
        const index = parts.map(written);
        const x = numbered(shape);
        const values = numbered(to).mul(10);
        const [put, added] = [[...x.toTypedArray()], [...x.toTypedArray()]];
        places.forEach((place, i) => {
          put[place] = 10 * i;
          added[place]! += 10 * i;
        });
        expect([...indexPut(x, index, values).toTypedArray()]).toEqual(put);
        expect([...indexPut(x, index, values, { accumulate: true }).toTypedArray()]).toEqual(added);
      }),
      { numRuns: 300 },
    );
  });

  test("the ellipsis stands for what is left, and separates what stands on either side of it", () => {
    const x = numbered([5, 3, 4]);
    expect(at(x, "...", 0).shape).toEqual([5, 3]);
    expect(at(x, 0, "...", 0).shape).toEqual([3]);
    expect(at(x, "...").toArray()).toEqual(x.toArray());
    expect(at(x, [0, 1], "...", [0, 1]).shape).toEqual([2, 3]);
    expect(at(x, "...", null, 0, 1, 2).shape).toEqual([1]);
    expect(at(x, {}, [0], "...", [0, 1]).shape).toEqual([2, 5]);
  });

  test("nested arrays are lists or masks; a mask may cover several dims", () => {
    const x = numbered([2, 3]);
    expect(at(x, [[0, 1], [1, 0]], [[0], [2]]).toArray()).toEqual([[0, 3], [5, 2]]); // prettier-ignore
    expect(at(x, [[true, false, true], [false, true, false]]).toArray()).toEqual([0, 2, 4]); // prettier-ignore
    expect(at(x, []).shape).toEqual([0, 3]);
  });

  test("positions beyond 32 bits and numbers that are no positions are refused wherever they stand", () => {
    const x = numbered([6]);
    const one = tensor([9]);
    const calls = [2 ** 32 + 1, -(2 ** 32) - 1, 0.5, NaN].flatMap((i) => [
      () => x.take([i]),
      () => x.indexSelect(0, [i]),
      () => x.indexFill(0, [i], 9),
      () => x.indexAdd(0, [i], one),
      () => x.indexCopy(0, [i], one),
      () => x.indexPut([[i]], one),
      () => x.repeatInterleave([0, 0, 0, 0, 0, Math.abs(i) < 1 ? i : 2 ** 32 + 1]),
      () => x.repeatInterleave(Math.abs(i) < 1 ? i : 2 ** 32 + 1),
    ]);
    for (const call of calls) expect(call).toThrow(ChainruleError);
    expect(() => x.repeatInterleave([2 ** 32 + 1])).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: repeatInterleave: [25769803782] has more elements than an array can hold]`,
    );
  });

  test("wrong indices", () => {
    const x = numbered([2, 3]);
    const error = (...index: unknown[]): string => {
      try {
        at(x, ...(index as Index[]));
      } catch (thrown) {
        if (thrown instanceof ChainruleError) return `${thrown.name}: ${thrown.message}`;
        throw thrown;
      }
      throw new Error("nothing was thrown");
    };
    expect(
      [
        [2],
        [0, -4],
        [0, 0, 0],
        [[0, 2]],
        [0.5],
        [[0.5]],
        [[0, true]],
        [tensor([1, 2])],
        [[true]],
        [
          [0, 1],
          [0, 1, 2],
        ],
        ["...", "..."],
        [{ step: 0 }],
        [{ from: 1 }],
        [undefined],
        ["a"],
        [true],
        [[2 ** 32 + 1]],
        [2 ** 32 + 1, [0]],
        [[NaN]],
        [[false, false], 3],
        [[false, false], [3]],
      ]
        .map((index) => error(...(index as unknown[])))
        .join("\n"),
    ).toMatchInlineSnapshot(`
      "ShapeError: at: index 2 is out of range for dim 0 of [2,3]
      ShapeError: at: index -4 is out of range for dim 1 of [2,3]
      ShapeError: at: 3 indices for [2,3]
      ShapeError: at: index 2 is out of range for dim 0 of [2,3]
      ArgumentError: at: indices are whole numbers, got 0.5
      ArgumentError: at: indices are whole numbers, got 0.5
      ArgumentError: at: indices are whole numbers, got true
      DtypeError: at: an index tensor is int32 or bool, got float64; convert with to("int32")
      ShapeError: at: mask [1] does not fit [2,3] from dim 0 on
      ShapeError: at: cannot broadcast [2] with [3] in the index
      ArgumentError: at: "..." may stand in one place only
      ArgumentError: slice: step must be a whole number other than 0, got 0
      ArgumentError: at: an index is a number, { start, end, step }, "...", null, an array or a tensor, got an object
      ArgumentError: at: an index is a number, { start, end, step }, "...", null, an array or a tensor, got undefined
      ArgumentError: at: an index is a number, { start, end, step }, "...", null, an array or a tensor, got "a"
      ArgumentError: at: an index is a number, { start, end, step }, "...", null, an array or a tensor, got true
      ShapeError: at: index 4294967297 is out of range for any dim
      ShapeError: at: index 4294967297 is out of range for dim 0 of [2,3]
      ArgumentError: at: indices are whole numbers, got NaN
      ShapeError: at: index 3 is out of range for dim 1 of [2,3]
      ShapeError: at: index 3 is out of range for dim 1 of [2,3]"
    `);
  });
});

describe("orders", () => {
  const rows = fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(NaN, Infinity, -Infinity)), { minLength: 1, maxLength: 90, size: "max" }); // prettier-ignore
  const before = (a: number, b: number): boolean => a < b || (Number.isNaN(b) && !Number.isNaN(a));
  test("sort puts elements in order, keeps equal ones in theirs, and says where they stood", () => {
    fc.assert(
      fc.property(rows, fc.boolean(), (row, descending) => {
        const x = tensor(row) as Tensor;
        const { values, indices } = sort(x, 0, { descending });
        const [v, at] = [[...values.toTypedArray()], [...indices.toTypedArray()]];
        expect(v).toEqual(at.map((i) => row[i]));
        expect(at.toSorted((a, b) => a - b)).toEqual(row.map((_, i) => i));
        for (let i = 1; i < v.length; i++) {
          const [a, b] = descending ? [v[i]!, v[i - 1]!] : [v[i - 1]!, v[i]!];
          expect(before(b, a)).toBe(false);
          if (!before(a, b)) expect(at[i - 1]!).toBeLessThan(at[i]!);
        }
        expect([...argsort(x, 0, { descending }).toTypedArray()]).toEqual(at);
        for (const k of [Math.ceil(row.length / 2), row.length >> 3])
          expect([...topk(x, k, 0, { largest: descending }).indices.toTypedArray()]).toEqual(at.slice(0, k));
        const middle = row.some(Number.isNaN) ? NaN : row.toSorted((a, b) => a - b)[(row.length - 1) >> 1];
        expect([(median(x) as Tensor).item(), median(x, 0).values.item()]).toEqual([middle, middle]);
      }),
      { numRuns: 300 },
    );
  });

  test("topk of few out of many is the start of the whole order", () => {
    const orders = fc.constantFrom("random", "rising", "falling", "mostly NaN");
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 12 }), orders, fc.boolean(), fc.nat(), (k, kind, largest, seed) => {
        const random = new Generator(seed);
        const ties = random.randint(0, 60, [3, 400]).to("float64");
        const rising = ties.add(arange(400));
        const table = { random: ties, rising, falling: rising.neg(), "mostly NaN": where(ties.lt(50), NaN, ties) }[
          kind
        ];
        for (const x of [table, table.transpose().clone().transpose()]) {
          const { values, indices } = topk(x as Tensor, k, 1, { largest });
          const whole = argsort(x as Tensor, 1, { descending: largest }).slice(1, { end: k });
          expect(indices.toArray()).toEqual(whole.toArray());
          expect(values.toArray()).toEqual((x as Tensor).gather(1, whole as Tensor).toArray());
        }
      }),
      { numRuns: 60 },
    );
  });

  test("as PyTorch: the running maximum stays with the last of equal ones, and with NaN", () => {
    const { values, indices } = cummax(tensor([1, 3, 3, 2, NaN, 5, NaN]) as Tensor, 0);
    expect(values.toArray()).toEqual([1, 3, 3, 3, NaN, NaN, NaN]);
    expect(indices.toArray()).toEqual([0, 1, 2, 2, 4, 4, 6]);
  });
});
