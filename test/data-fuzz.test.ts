/**
 * Files with bits flipped, pieces cut out, moved, doubled, and numbers in their headers edited: each is refused with a typed error, or
 * gives tensors that the file as it now is really holds. Never a crash, a hang or memory beyond a small multiple of the file.
 *
 * CHAINRULE_FUZZ=100 runs a hundred times as many cases.
 */
import { Generator, type Tensor, tensor, zeros } from "@chainrule/core";
import {
  loadCheckpoint,
  loadCsv,
  loadIdx,
  loadNpy,
  loadNpz,
  loadSafetensors,
  saveCheckpoint,
  saveNpy,
  saveNpz,
  saveSafetensors,
} from "@chainrule/data";
import * as fc from "fast-check";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { bitsOf } from "./support/files.ts";

const runs = 2000 * Number(process.env.CHAINRULE_FUZZ ?? 1);

type Edit = (bytes: Uint8Array) => Uint8Array;
const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
/** Near the front, where headers are, as often as anywhere. */
const where = fc.oneof(place, place.map((x) => x / 16), fc.constant(0), fc.constant(0.999999)); // prettier-ignore
const splice = (bytes: Uint8Array, start: number, end: number, insert: Uint8Array = new Uint8Array()): Uint8Array =>
  new Uint8Array(Buffer.concat([bytes.subarray(0, start), insert, bytes.subarray(end)]));
const INTERESTING = [
  "0",
  "-1",
  "9",
  "99999999999",
  "1e9",
  "[",
  "]",
  "{",
  "}",
  '"',
  "'",
  ",",
  ":",
  " ",
  "\\",
  "\0",
  "__proto__",
  "True",
  "null",
  "\u{1F600}",
];

const edit: fc.Arbitrary<Edit> = fc.oneof(
  // one bit
  fc.tuple(where, fc.nat(7)).map(([at, bit]): Edit => (bytes) => {
    const copy = bytes.slice();
    const i = Math.floor(at * copy.length);
    if (i < copy.length) copy[i]! ^= 1 << bit;
    return copy;
  }),
  // one to eight bytes
  fc.tuple(where, fc.uint8Array({ minLength: 1, maxLength: 8 })).map(([at, values]): Edit => (bytes) => {
    const i = Math.floor(at * bytes.length);
    return splice(bytes, i, Math.min(bytes.length, i + values.length), values);
  }),
  // all ones or zeros, as sizes like to be
  fc
    .tuple(where, fc.constantFrom(1, 2, 4, 8), fc.constantFrom(0, 255, 127, 128))
    .map(([at, length, value]): Edit => (bytes) => {
      const i = Math.floor(at * bytes.length);
      return splice(bytes, i, Math.min(bytes.length, i + length), new Uint8Array(length).fill(value));
    }),
  // cut off
  place.map(
    (at): Edit =>
      (bytes) =>
        bytes.slice(0, Math.floor(at * bytes.length)),
  ),
  // cut out, put in, doubled
  fc.tuple(where, where, where).map(([a, b, c]): Edit => (bytes) => {
    const [start, end, at] = [a, b, c].map((x) => Math.floor(x * bytes.length)) as [number, number, number];
    return splice(bytes, at, at, bytes.subarray(Math.min(start, end), Math.max(start, end)));
  }),
  fc.tuple(where, where).map(
    ([a, b]): Edit =>
      (bytes) =>
        splice(bytes, Math.floor(Math.min(a, b) * bytes.length), Math.floor(Math.max(a, b) * bytes.length)),
  ),
  // text put in, or over what is there
  fc.tuple(where, fc.constantFrom(...INTERESTING), fc.boolean()).map(([at, text, over]): Edit => (bytes) => {
    const i = Math.floor(at * bytes.length);
    const insert = new TextEncoder().encode(text);
    return splice(bytes, i, Math.min(bytes.length, over ? i + insert.length : i), insert);
  }),
  // a number of the header, edited
  fc
    .tuple(
      fc.nat(40),
      fc.oneof(fc.nat(20).map(String), fc.constantFrom("", "-1", "1.5", "01", "4294967296", "9007199254740993", "1e3")),
    )
    .map(([which, text]): Edit => (bytes) => {
      const header = Buffer.from(bytes.subarray(0, 2000)).toString("latin1");
      const numbers = [...header.matchAll(/\d+/g)];
      const number = numbers[which % Math.max(1, numbers.length)];
      if (number === undefined) return bytes;
      const edited = splice(bytes, number.index, number.index + number[0].length, new TextEncoder().encode(text));
      // A safetensors header says its length: keep that right, or nothing gets past it.
      if (header.charAt(8) === "{" && number.index > 8)
        new DataView(edited.buffer).setUint32(
          0,
          new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) + text.length - number[0].length,
          true,
        );
      return edited;
    }),
);
const edits = fc.array(edit, { minLength: 1, maxLength: 4 });

/** Loads the file with every edit; `check` looks at what is read of it. Returns how many were read. */
function fuzz<T>(
  files: readonly Uint8Array[],
  load: (bytes: Uint8Array) => T,
  check: (loaded: T, bytes: Uint8Array, which: number) => void,
): { read: number; refused: number } {
  const seen = { read: 0, refused: 0 };
  fc.assert(
    fc.property(fc.nat(files.length - 1), edits, (which, list) => {
      const bytes = list.reduce((sofar, change) => change(sofar), files[which]!);
      let loaded: T;
      const start = performance.now();
      try {
        loaded = load(bytes);
      } catch (error) {
        expect((error as Error).name, (error as Error).stack).toBe("FileError");
        seen.refused++;
        return;
      } finally {
        expect(performance.now() - start).toBeLessThan(5000);
      }
      seen.read++;
      check(loaded, bytes, which);
    }),
    { numRuns: runs },
  );
  return seen;
}
const checkSizes = (tensors: Record<string, Tensor>, limit: number): void => {
  const size = Object.values(tensors).reduce((sum, x) => sum + x.toTypedArray().byteLength, 0);
  expect(size).toBeLessThanOrEqual(limit);
};

const generator = new Generator(1);
const tensors = {
  "layers.0.weight": generator.randn([4, 3]),
  bias: generator.randn([3], { dtype: "float32" }),
  labels: generator.randint(0, 10, [5]),
  mask: tensor([true, false]),
  none: zeros([0, 2]),
  scalar: tensor(3),
};
const bitsBy = (record: Record<string, Tensor>): Set<string> => new Set(Object.values(record).map(bitsOf));

describe("mutated files", () => {
  test("safetensors", { timeout: 3_600_000 }, () => {
    const files = [saveSafetensors(tensors, { format: "pt", note: "é" }), saveSafetensors({ x: tensor([1, 2]) })];
    const seen = fuzz(files, loadSafetensors, (loaded, bytes) => {
      checkSizes(loaded, 8 * bytes.length);
      // JSON.parse and DataView agree with every element.
      const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
      const header = JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString()) as Record<
        string,
        { dtype: string; shape: number[]; data_offsets: [number, number] }
      >;
      const names = Object.keys(header).filter((name) => name !== "__metadata__");
      expect(Object.keys(loaded)).toEqual(names);
      for (const name of names) {
        const { dtype, shape, data_offsets: [begin, end] } = header[name]!; // prettier-ignore
        expect(loaded[name]!.shape).toEqual(shape);
        const view = new DataView(bytes.buffer, 8 + length + begin, end - begin);
        const values = [...loaded[name]!.toTypedArray()];
        const step = values.length === 0 ? 1 : (end - begin) / values.length;
        const read = {
          F64: (i: number) => view.getFloat64(i, true),
          F32: (i: number) => view.getFloat32(i, true),
          I32: (i: number) => view.getInt32(i, true),
          BOOL: (i: number) => view.getUint8(i),
          U32: (i: number) => view.getUint32(i, true),
          I64: (i: number) => Number(view.getBigInt64(i, true)),
          U8: (i: number) => view.getUint8(i),
          I8: (i: number) => view.getInt8(i),
        }[dtype];
        if (read !== undefined) expect(values).toEqual(values.map((_, i) => read(i * step)));
      }
    });
    expect(seen.read).toBeGreaterThan(runs / 50);
    expect(seen.refused).toBeGreaterThan(runs / 4);
  });

  test("npy", { timeout: 3_600_000 }, () => {
    const files = [saveNpy(tensors["layers.0.weight"]), saveNpy(tensors.labels), saveNpy(tensors.mask)];
    const seen = fuzz(files, loadNpy, (loaded, bytes) => {
      checkSizes({ loaded }, 8 * bytes.length);
      const length = bytes[8]! + 256 * bytes[9]!;
      const start = 10 + length;
      if (bytes[6] !== 1) return;
      const header = Buffer.from(bytes.subarray(10, start)).toString("latin1");
      const shape = /['"]shape['"]\s*:\s*\(([^)]*)\)/.exec(header)![1]!.split(",").map((size) => size.trim()).filter(Boolean); // prettier-ignore
      expect(loaded.shape).toEqual(shape.map(Number));
      if (header.includes("<f8") && header.includes("False")) {
        const view = new DataView(bytes.buffer, start);
        expect([...loaded.toTypedArray()]).toEqual(
          Array.from({ length: loaded.size }, (_, i) => view.getFloat64(8 * i, true)),
        );
      }
    });
    expect(seen.read).toBeGreaterThan(runs / 50);
    expect(seen.refused).toBeGreaterThan(runs / 4);
  });

  test("npz: checksums let nothing through but other names", { timeout: 3_600_000 }, () => {
    const files = [saveNpz(tensors), saveNpz(tensors, { compress: true })];
    const bits = bitsBy(tensors);
    const seen = fuzz(files, loadNpz, (loaded, bytes) => {
      checkSizes(loaded, 2 ** 24 + 32 * bytes.length);
      for (const x of Object.values(loaded)) expect(bits).toContain(bitsOf(x));
    });
    expect(seen.read).toBeGreaterThan(0);
    expect(seen.refused).toBeGreaterThan(runs / 2);
  });

  test("IDX, gzipped: the checksum lets nothing through", { timeout: 3_600_000 }, () => {
    const idx = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 4, 0, 0, 0, 50, ...Array.from({ length: 200 }, (_, i) => i));
    const whole = bitsOf(loadIdx(idx));
    const seen = fuzz([new Uint8Array(gzipSync(idx)), idx], loadIdx, (loaded, bytes, which) => {
      if (which === 0 && bytes[0] === 0x1f) expect(bitsOf(loaded)).toBe(whole);
      else checkSizes({ loaded }, 8 * bytes.length);
    });
    expect(seen.refused).toBeGreaterThan(runs / 4);
  });

  test("checkpoints: a bad one changes nothing", { timeout: 3_600_000 }, () => {
    const parts = {
      model: {
        state: { weight: tensors["layers.0.weight"] as Tensor, bias: tensors.bias as Tensor },
        stateDict() {
          return { ...this.state };
        },
        loadStateDict(state: { weight: Tensor; bias: Tensor }) {
          this.state = state;
        },
      },
      generator: new Generator(7),
    };
    const stateOf = () =>
      JSON.stringify([bitsOf(parts.model.state.weight), bitsOf(parts.model.state.bias), parts.generator.getState()]);
    const file = saveCheckpoint(parts, { epoch: 3, loss: -0, history: [1, 2, NaN] });
    const before = stateOf();
    let read = 0;
    fc.assert(
      fc.property(edits, (list) => {
        const bytes = list.reduce((sofar, change) => change(sofar), file);
        try {
          loadCheckpoint(bytes, parts);
        } catch (error) {
          expect((error as Error).name, (error as Error).stack).toMatch(/^(FileError|ArgumentError)$/);
          expect(stateOf()).toBe(before);
          return;
        }
        read++;
        loadCheckpoint(file, parts);
        expect(stateOf()).toBe(before);
      }),
      { numRuns: runs },
    );
    expect(read).toBeGreaterThan(0);
  });

  test("CSV", { timeout: 3_600_000 }, () => {
    const text = new TextEncoder().encode(
      'name,width,"on, or off",kind\nfirst,1.5,true,a\n"se""cond",-2e3,0,b\nthird,nan,1,a\n',
    );
    const columns = { width: "float64", "on, or off": "bool", kind: ["a", "b"], name: "string" } as const;
    const seen = fuzz([text], (bytes) => loadCsv(bytes, { columns }), (loaded) => {
      const { length } = loaded.name;
      for (const x of [loaded.width, loaded["on, or off"], loaded.kind]) expect(x.shape).toEqual([length]);
    }); // prettier-ignore
    expect(seen.read).toBeGreaterThan(runs / 50);
  });
});
