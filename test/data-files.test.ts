/**
 * Files that NumPy and safetensors' own writer made (fixtures/data-files.py) are read to the bit, and ours are theirs to the byte; what
 * is damaged or hostile is refused, with an error that says why.
 */
import { fromTypedArray, type Tensor, tensor, zeros } from "@chainrule/core";
import { Linear, sequential, Tanh } from "@chainrule/nn";
import {
  loadIdx, loadNpy, loadNpz, loadSafetensors, safetensorsMetadata, saveNpy, saveNpz, saveSafetensors,
} from "@chainrule/data"; // prettier-ignore
import * as fc from "fast-check";
import { deflateRawSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { crc32 } from "../packages/data/src/inflate.ts";
import fixtures from "./fixtures/data-files.json" with { type: "json" };
import {
  allBits,
  bitsOf,
  type Described,
  expectTensor,
  type FileFixture,
  npyOf,
  refusal,
  safetensorsOf,
  zipOf,
} from "./support/files.ts";

const files = fixtures as unknown as FileFixture[];
const bytesOf = (file: FileFixture): Uint8Array => new Uint8Array(Buffer.from(file.base64, "base64"));
const load = (file: FileFixture, bytes = bytesOf(file)): Record<string, Tensor> => {
  const options = { integers: file.wide === true ? "float64" : "int32" } as const;
  if (file.kind === "npy") return { x: loadNpy(bytes, options) };
  if (file.kind === "idx") return { x: loadIdx(bytes) };
  return file.kind === "npz" ? loadNpz(bytes, options) : loadSafetensors(bytes, options);
};

describe("files of other programs", () => {
  test.each(files.filter((file) => file.arrays).map((file) => [file.name, file] as const))("%s", (_, file) => {
    const loaded = load(file);
    const arrays = file.arrays as Record<string, Described>;
    expect(Object.keys(loaded).sort()).toEqual(Object.keys(arrays).sort());
    for (const [name, array] of Object.entries(arrays)) expectTensor(loaded[name], array, file.wide);
    // From the middle of a larger buffer, where nothing lies aligned
    const inside = Buffer.concat([Buffer.of(1, 2, 3), bytesOf(file), Buffer.of(4)]).subarray(3, -1);
    expect(allBits(load(file, inside))).toEqual(allBits(loaded));
  });

  test("what no tensor holds is refused", () => {
    const refused = files.filter((file) => !file.arrays);
    expect(refused.map((file) => `${file.name}: ${refusal(() => load(file))}`).join("\n")).toMatchInlineSnapshot(`
      "npy objects: FileError: loadNpy: the array holds Python objects, which are never unpickled
      npy structured: FileError: loadNpy: structured arrays are not read: [('a', '<i4'), ('b', '<f8')]
      npy complex: FileError: loadNpy: the dtype '<c16' is not read; read are b1, i1, u1, i2, u2, i4, u4, i8, u8, f2, f4, f8
      npy text: FileError: loadNpy: the dtype '<U3' is not read; read are b1, i1, u1, i2, u2, i4, u4, i8, u8, f2, f4, f8
      npy bytes: FileError: loadNpy: the dtype '|S3' is not read; read are b1, i1, u1, i2, u2, i4, u4, i8, u8, f2, f4, f8
      npy dates: FileError: loadNpy: the dtype '<M8[D]' is not read; read are b1, i1, u1, i2, u2, i4, u4, i8, u8, f2, f4, f8
      npy int64 above 2^53: FileError: loadNpy: the array holds 9007199254740993 at position 0, which int32 cannot hold; pass { integers: "float64" }
      npy float128: FileError: loadNpy: the dtype '<f16' is not read; read are b1, i1, u1, i2, u2, i4, u4, i8, u8, f2, f4, f8
      npz with bzip2: FileError: loadNpz: "x.npy" is packed by method 12; stored and deflated files are read
      npz with a text: FileError: loadNpz: "readme.txt" in the archive is no array"
    `);
  });

  test("ours are theirs, byte for byte", () => {
    const same = files.filter(
      (file) => file.ours === true || (file.kind === "npy" && /shape(?!.*fortran)|version \(1/.test(file.name)),
    );
    expect(same.length).toBeGreaterThan(10);
    for (const file of same) {
      const tensors = load(file);
      const bytes = file.kind === "npy" ? saveNpy(tensors.x!) : saveSafetensors(tensors, file.metadata);
      expect(Buffer.from(bytes).toString("base64"), file.name).toBe(file.base64);
    }
  });

  test("metadata of safetensors", () => {
    const file = files.find(({ metadata }) => metadata !== undefined)!;
    expect(safetensorsMetadata(bytesOf(file))).toEqual(file.metadata);
  });

  test("bfloat16", () => {
    const header = '{"x":{"dtype":"BF16","shape":[5],"data_offsets":[0,10]}}';
    const words = Uint16Array.of(0x3f80, 0xc040, 0x0001, 0xff80, 0x7fc0);
    const { x } = loadSafetensors(safetensorsOf(header, new Uint8Array(words.buffer)));
    expect(x!.dtype).toBe("float32");
    expect(x!.toArray()).toEqual([1, -3, 2 ** -133, -Infinity, NaN]);
  });

  test("every half is exact", () => {
    const halves = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const bytes = npyOf("{'descr': '<f2', 'fortran_order': False, 'shape': (65536,), }", new Uint8Array(halves.buffer));
    const values = loadNpy(bytes).toTypedArray();
    for (let i = 0; i < 65536; i++) {
      const [exponent, fraction] = [(i >> 10) & 31, i & 1023];
      const scale = exponent === 0 ? 2 ** -14 : 2 ** (exponent - 15);
      const size =
        exponent === 31 ? (fraction === 0 ? Infinity : NaN) : scale * (fraction / 1024 + (exponent === 0 ? 0 : 1));
      expect(Object.is(values[i], i < 32768 ? size : -size) || Number.isNaN(size), `half ${i}`).toBe(true);
    }
  });

  test("IDX gzipped by Node, at every level", () => {
    const idx = Buffer.concat([Buffer.of(0, 0, 8, 2, 0, 0, 3, 232, 0, 0, 1, 0), Buffer.alloc(256000, "some text")]);
    for (let level = 0; level <= 9; level++)
      expect(bitsOf(loadIdx(gzipSync(idx, { level })))).toBe(bitsOf(loadIdx(idx)));
  });
});

const dtypes = [Float64Array, Float32Array, Int32Array, Uint8Array];
/** Any tensor: every dtype, sizes of 0 and rank 0, every bit pattern but NaNs with a payload. */
const anyTensor = fc
  .record({
    shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
    dtype: fc.integer({ min: 0, max: 3 }),
    seed: fc.array(fc.oneof(fc.double(), fc.integer(), fc.constantFrom(0, -0, NaN, Infinity, 5e-324)), {
      minLength: 1,
    }),
  })
  .map(({ shape, dtype, seed }) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const values = Array.from({ length: size }, (_, i) => seed[i % seed.length]!);
    return fromTypedArray(dtypes[dtype]!.from(values), shape);
  });
const anyName = fc.oneof(
  fc.constantFrom(
    "weight",
    "0",
    "constructor",
    "toString",
    "hasOwnProperty",
    "",
    "é",
    "𝛼",
    'quo"te\\',
    "a/b",
    "x.npy",
    "1e3",
  ),
  fc
    .string({ unit: "binary" })
    .filter((name) => name !== "__proto__" && name !== "__metadata__" && !/\p{Surrogate}/u.test(name)),
);
const anyTensors = fc.dictionary(anyName, anyTensor, { maxKeys: 6 }).map((record) => ({ ...record }));

describe("round trips", () => {
  test("npy", () => {
    fc.assert(
      fc.property(anyTensor, (x) => {
        expect(bitsOf(loadNpy(saveNpy(x)))).toBe(bitsOf(x));
      }),
    );
  });
  test("npz", () => {
    fc.assert(
      fc.property(anyTensors, fc.boolean(), (tensors, compress) => {
        const bytes = saveNpz(tensors, { compress });
        expect(allBits(loadNpz(bytes))).toEqual(allBits(tensors));
        expect(saveNpz(tensors, { compress })).toEqual(bytes);
      }),
    );
  });
  test("safetensors", () => {
    fc.assert(
      fc.property(anyTensors, fc.dictionary(anyName, anyName), (tensors, texts) => {
        const bytes = saveSafetensors(tensors, { ...texts });
        expect(allBits(loadSafetensors(bytes))).toEqual(allBits(tensors));
        expect(safetensorsMetadata(bytes)).toEqual({ ...texts });
      }),
    );
  });
  test("views are written as they look", () => {
    const x = tensor([[1, 2, 3], [4, 5, 6]]).transpose(0, 1).slice(0, { start: 1 }); // prettier-ignore
    for (const back of [loadNpy(saveNpy(x)), loadNpz(saveNpz({ x })).x!, loadSafetensors(saveSafetensors({ x })).x!])
      expect(back.toArray()).toEqual([[2, 5], [3, 6]]); // prettier-ignore
  });
  test("weights of a model", () => {
    const [model, other] = [0, 1].map(() => sequential(new Linear(2, 3), new Tanh(), new Linear(3, 1)));
    other!.loadStateDict(loadSafetensors(saveSafetensors(model!.stateDict())));
    expect(allBits(other!.stateDict())).toEqual(allBits(model!.stateDict()));
    const { "0.weight": _, ...rest } = model!.stateDict();
    expect(
      refusal(() => other!.loadStateDict(loadSafetensors(saveSafetensors({ ...rest, more: zeros([1]) })))),
    ).toMatchInlineSnapshot(`"ArgumentError: loadStateDict: missing 0.weight; unexpected more"`);
  });
  test("what a format cannot hold is refused before anything is written", () => {
    const x = tensor([1]);
    const proto = JSON.parse('{"__proto__":0}') as Record<string, Tensor>;
    Object.defineProperty(proto, "__proto__", { value: x, enumerable: true });
    expect(
      [
        refusal(() => saveSafetensors({ __metadata__: x })),
        refusal(() => saveSafetensors(proto)),
        refusal(() => saveSafetensors({ "\ud800": x })),
        refusal(() => saveSafetensors({ x: [1] as never })),
        refusal(() => saveSafetensors(x as never)),
        refusal(() => saveSafetensors(null as never)),
        refusal(() => saveSafetensors(new Linear(1, 1) as never)),
        refusal(() => saveSafetensors({ x }, { epoch: 3 as never })),
        refusal(() => saveNpz(proto)),
        refusal(() => saveNpz({ "\udc00": x })),
        refusal(() => saveNpz({ ["x".repeat(70_000)]: x })),
        refusal(() => saveNpz({ x: 1 as never })),
        refusal(() => saveNpy([1] as never)),
        refusal(() => loadNpy("x.npy" as never)),
        refusal(() => loadNpy(undefined as never)),
        refusal(() => loadNpy(Promise.resolve(new Uint8Array()) as never)),
        refusal(() => loadNpy(new Uint8Array(), { integers: "int64" as never })),
        refusal(() => loadNpz(new Uint8Array(), { maxBytes: NaN })),
      ].join("\n"),
    ).toMatchInlineSnapshot(`
      "ArgumentError: saveSafetensors: no tensor can have the name __metadata__
      ArgumentError: saveSafetensors: no tensor can have the name __proto__
      ArgumentError: saveSafetensors: a name has half a surrogate pair, which UTF-8 cannot hold: "\\ud800"
      ArgumentError: saveSafetensors: "x" is no tensor but object
      ArgumentError: saveSafetensors: needs a record of tensors by name, such as model.stateDict() returns
      ArgumentError: saveSafetensors: needs a record of tensors by name, such as model.stateDict() returns
      ArgumentError: saveSafetensors: needs a record of tensors by name, such as model.stateDict() returns
      ArgumentError: saveSafetensors: metadata are texts by name, and "epoch" is number
      ArgumentError: saveNpz: no tensor can have the name __proto__
      ArgumentError: saveNpz: a name has half a surrogate pair, which UTF-8 cannot hold: "\\udc00"
      ArgumentError: saveNpz: a name is 70000 bytes long, at most 60000 fit
      ArgumentError: saveNpz: "x" is no tensor
      ArgumentError: saveNpy: needs a tensor, got object
      ArgumentError: loadNpy: needs the file's bytes as a Uint8Array or ArrayBuffer, got a string; a path is read with readFile of @chainrule/data/node
      ArgumentError: loadNpy: needs the file's bytes as a Uint8Array or ArrayBuffer, got undefined
      ArgumentError: loadNpy: needs the file's bytes as a Uint8Array or ArrayBuffer, got a promise; await it first
      ArgumentError: loadNpy: integers is "int32" or "float64", got "int64"
      ArgumentError: loadNpz: maxBytes is a whole number from 0 up, got NaN"
    `);
  });
});

const data = (length: number): Uint8Array => new Uint8Array(length);
const info = (dtype: string, shape: string, offsets: string): string =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`;

describe("hostile safetensors", () => {
  const f32 = info("F32", "[1]", "[0,4]");
  const cases: [why: string, bytes: Uint8Array][] = [
    ["nothing", data(0)],
    ["7 bytes", data(7)],
    ["a header of length 0", safetensorsOf("", data(4))],
    ["a header longer than the file", safetensorsOf("{}", data(0), 3n)],
    ["a header over 100 MB", safetensorsOf("{}", data(0), 100_000_001n)],
    ["a header of 2^64 - 1", safetensorsOf("{}", data(0), 2n ** 64n - 1n)],
    ["a space first", safetensorsOf(" {}")],
    ["a byte order mark first", safetensorsOf("\ufeff{}")],
    ["an array", safetensorsOf("[]")],
    ["not UTF-8", safetensorsOf(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x7d))],
    ["not JSON", safetensorsOf("{x:1}")],
    ["single quotes", safetensorsOf("{'x':1}")],
    ["a comma too many", safetensorsOf(`{"x":${f32},}`, data(4))],
    ["no end", safetensorsOf(`{"x":${f32}`, data(4))],
    ["text after the end", safetensorsOf(`{"x":${f32}} {}`, data(4))],
    ["zeros after the end", safetensorsOf(`{"x":${f32}}\0\0`, data(4))],
    ["a raw line end in a name", safetensorsOf(`{"x\n":${f32}}`, data(4))],
    ["a bad escape", safetensorsOf(`{"\\x41":${f32}}`, data(4))],
    ["a string without end", safetensorsOf('{"x')],
    ["a backslash at the end", safetensorsOf('{"x\\')],
    ["a name twice", safetensorsOf(`{"x":${f32},"x":${f32}}`, data(4))],
    ["a name twice, once escaped", safetensorsOf(`{"x":${f32},"\\u0078":${info("F32", "[1]", "[4,8]")}}`, data(8))],
    ["dtype twice", safetensorsOf('{"x":{"dtype":"F32","dtype":"F64","shape":[1],"data_offsets":[0,4]}}', data(4))],
    ["metadata twice", safetensorsOf('{"__metadata__":{},"__metadata__":{}}')],
    ["metadata of a number", safetensorsOf('{"__metadata__":{"epoch":3}}')],
    ["metadata that are a list", safetensorsOf('{"__metadata__":["x"]}')],
    ["__proto__ as a name", safetensorsOf(`{"__proto__":${f32}}`, data(4))],
    ["__proto__ escaped", safetensorsOf(`{"\\u005f_proto__":${f32}}`, data(4))],
    [
      "__proto__ in an entry",
      safetensorsOf('{"x":{"__proto__":{"dtype":"F32"},"shape":[1],"data_offsets":[0,4]}}', data(4)),
    ],
    ["__proto__ in metadata", safetensorsOf('{"__metadata__":{"__proto__":"x"}}')],
    ["an unknown key", safetensorsOf('{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":1}}', data(4))],
    ["no dtype", safetensorsOf('{"x":{"shape":[1],"data_offsets":[0,4]}}', data(4))],
    ["no shape", safetensorsOf('{"x":{"dtype":"F32","data_offsets":[0,4]}}', data(4))],
    ["no offsets", safetensorsOf('{"x":{"dtype":"F32","shape":[1]}}', data(4))],
    ["three offsets", safetensorsOf(`{"x":${info("F32", "[1]", "[0,4,4]")}}`, data(4))],
    ["an unknown dtype", safetensorsOf(`{"x":${info("F8_E4M3", "[1]", "[0,1]")}}`, data(1))],
    ["an inherited dtype", safetensorsOf(`{"x":${info("constructor", "[1]", "[0,1]")}}`, data(1))],
    ["an entry that is null", safetensorsOf('{"x":null}')],
    ["a negative size", safetensorsOf(`{"x":${info("F32", "[-1]", "[0,4]")}}`, data(4))],
    ["half a size", safetensorsOf(`{"x":${info("F32", "[1.0]", "[0,4]")}}`, data(4))],
    ["a size with an exponent", safetensorsOf(`{"x":${info("F32", "[1e0]", "[0,4]")}}`, data(4))],
    ["a size with a zero first", safetensorsOf(`{"x":${info("F32", "[01]", "[0,4]")}}`, data(4))],
    ["a size of 2^53", safetensorsOf(`{"x":${info("F32", "[9007199254740992]", "[0,4]")}}`, data(4))],
    ["a size of 400 digits", safetensorsOf(`{"x":${info("F32", `[${"9".repeat(400)}]`, "[0,4]")}}`, data(4))],
    ["sizes that overflow to 0", safetensorsOf(`{"x":${info("U8", "[4294967296,4294967296]", "[0,0]")}}`)],
    ["sizes that overflow beside a 0", safetensorsOf(`{"x":${info("U8", "[0,4294967296,4294967296]", "[0,0]")}}`)],
    ["bytes that overflow", safetensorsOf(`{"x":${info("F64", "[9007199254740991]", "[0,8]")}}`, data(8))],
    ["70 dims", safetensorsOf(`{"x":${info("F32", `[${"1,".repeat(69)}1]`, "[0,4]")}}`, data(4))],
    ["fewer bytes than the shape", safetensorsOf(`{"x":${info("F32", "[2]", "[0,4]")}}`, data(4))],
    ["more bytes than the shape", safetensorsOf(`{"x":${info("F32", "[1]", "[0,8]")}}`, data(8))],
    ["offsets the wrong way round", safetensorsOf(`{"x":${info("F32", "[1]", "[4,0]")}}`, data(4))],
    ["offsets beyond the file", safetensorsOf(`{"x":${info("F32", "[2]", "[0,8]")}}`, data(4))],
    ["an overlap", safetensorsOf(`{"x":${info("F32", "[2]", "[0,8]")},"y":${info("F32", "[2]", "[4,12]")}}`, data(12))],
    ["the same bytes twice", safetensorsOf(`{"x":${f32},"y":${f32}}`, data(4))],
    ["a hole", safetensorsOf(`{"x":${f32},"y":${info("F32", "[1]", "[8,12]")}}`, data(12))],
    ["a hole at the start", safetensorsOf(`{"x":${info("F32", "[1]", "[4,8]")}}`, data(8))],
    ["bytes at the end", safetensorsOf(`{"x":${f32}}`, data(5))],
    ["a bool that is 2", safetensorsOf(`{"x":${info("BOOL", "[2]", "[0,2]")}}`, Uint8Array.of(1, 2))],
    [
      "a label beyond int32",
      safetensorsOf(`{"x":${info("I64", "[1]", "[0,8]")}}`, Uint8Array.of(0, 0, 0, 128, 0, 0, 0, 0)),
    ],
  ];
  test("is refused, and says why", () => {
    expect(cases.map(([why, bytes]) => `${why}: ${refusal(() => loadSafetensors(bytes))}`).join("\n"))
      .toMatchInlineSnapshot(`
        "nothing: FileError: loadSafetensors: 0 bytes are too few to be safetensors
        7 bytes: FileError: loadSafetensors: 7 bytes are too few to be safetensors
        a header of length 0: FileError: loadSafetensors: the header does not start with {
        a header longer than the file: FileError: loadSafetensors: the header is said to be 3 bytes long, the file has 2 after it
        a header over 100 MB: FileError: loadSafetensors: the header is said to be 100000001 bytes long, at most 100000000 are allowed
        a header of 2^64 - 1: FileError: loadSafetensors: the header is said to be 18446744073709552000 bytes long, at most 100000000 are allowed
        a space first: FileError: loadSafetensors: the header does not start with {
        a byte order mark first: FileError: loadSafetensors: the header does not start with {
        an array: FileError: loadSafetensors: the header does not start with {
        not UTF-8: FileError: loadSafetensors: the header is not UTF-8
        not JSON: FileError: loadSafetensors: expected ", at character 1 of the JSON
        single quotes: FileError: loadSafetensors: expected ", at character 1 of the JSON
        a comma too many: FileError: loadSafetensors: expected ", at character 54 of the JSON
        no end: FileError: loadSafetensors: expected }, at character 53 of the JSON
        text after the end: FileError: loadSafetensors: expected the end, at character 55 of the JSON
        zeros after the end: FileError: loadSafetensors: expected the end, at character 54 of the JSON
        a raw line end in a name: FileError: loadSafetensors: a text is not written as JSON writes it, at character 5 of the JSON
        a bad escape: FileError: loadSafetensors: a text is not written as JSON writes it, at character 7 of the JSON
        a string without end: FileError: loadSafetensors: a string has no end, at character 3 of the JSON
        a backslash at the end: FileError: loadSafetensors: a string has no end, at character 5 of the JSON
        a name twice: FileError: loadSafetensors: the key "x" comes twice, at character 57 of the JSON
        a name twice, once escaped: FileError: loadSafetensors: the key "x" comes twice, at character 62 of the JSON
        dtype twice: FileError: loadSafetensors: the key "dtype" comes twice, at character 27 of the JSON
        metadata twice: FileError: loadSafetensors: the key "__metadata__" comes twice, at character 33 of the JSON
        metadata of a number: FileError: loadSafetensors: expected ", at character 25 of the JSON
        metadata that are a list: FileError: loadSafetensors: expected {, at character 16 of the JSON
        __proto__ as a name: FileError: loadSafetensors: the key "__proto__" is not allowed, at character 12 of the JSON
        __proto__ escaped: FileError: loadSafetensors: the key "__proto__" is not allowed, at character 17 of the JSON
        __proto__ in an entry: FileError: loadSafetensors: the key "__proto__" is not allowed, at character 17 of the JSON
        __proto__ in metadata: FileError: loadSafetensors: the key "__proto__" is not allowed, at character 28 of the JSON
        an unknown key: FileError: loadSafetensors: "x" has the unknown key "more", at character 60 of the JSON
        no dtype: FileError: loadSafetensors: "x" needs a dtype, a shape and two data_offsets, at character 39 of the JSON
        no shape: FileError: loadSafetensors: "x" needs a dtype, a shape and two data_offsets, at character 41 of the JSON
        no offsets: FileError: loadSafetensors: "x" needs a dtype, a shape and two data_offsets, at character 32 of the JSON
        three offsets: FileError: loadSafetensors: "x" needs a dtype, a shape and two data_offsets, at character 55 of the JSON
        an unknown dtype: FileError: loadSafetensors: "x" has the dtype "F8_E4M3"; read are BOOL, U8, I8, I16, U16, F16, BF16, I32, U32, F32, F64, I64, U64, at character 23 of the JSON
        an inherited dtype: FileError: loadSafetensors: "x" has the dtype "constructor"; read are BOOL, U8, I8, I16, U16, F16, BF16, I32, U32, F32, F64, I64, U64, at character 27 of the JSON
        an entry that is null: FileError: loadSafetensors: expected {, at character 5 of the JSON
        a negative size: FileError: loadSafetensors: expected a whole number from 0 to 2^53 - 1, at character 29 of the JSON
        half a size: FileError: loadSafetensors: expected a whole number from 0 to 2^53 - 1, at character 29 of the JSON
        a size with an exponent: FileError: loadSafetensors: expected a whole number from 0 to 2^53 - 1, at character 29 of the JSON
        a size with a zero first: FileError: loadSafetensors: expected a whole number from 0 to 2^53 - 1, at character 29 of the JSON
        a size of 2^53: FileError: loadSafetensors: expected a whole number from 0 to 2^53 - 1, at character 45 of the JSON
        a size of 400 digits: FileError: loadSafetensors: expected a whole number from 0 to 2^53 - 1, at character 29 of the JSON
        sizes that overflow to 0: FileError: loadSafetensors: "x" has the impossible shape [4294967296,4294967296]
        sizes that overflow beside a 0: FileError: loadSafetensors: "x" has the impossible shape [0,4294967296,4294967296]
        bytes that overflow: FileError: loadSafetensors: "x", float64 [9007199254740991], takes 72057594037927930 bytes, has those from 0 to 8
        70 dims: FileError: loadSafetensors: "x" has too many dims, at character 159 of the JSON
        fewer bytes than the shape: FileError: loadSafetensors: "x", float32 [2], takes 8 bytes, has those from 0 to 4
        more bytes than the shape: FileError: loadSafetensors: "x", float32 [1], takes 4 bytes, has those from 0 to 8
        offsets the wrong way round: FileError: loadSafetensors: bytes 0 to 4, before "x", belong to no tensor
        offsets beyond the file: FileError: loadSafetensors: "x" ends at byte 8, the data at 4
        an overlap: FileError: loadSafetensors: "y" begins at byte 4, inside the tensor before, which ends at 8
        the same bytes twice: FileError: loadSafetensors: "y" begins at byte 0, inside the tensor before, which ends at 4
        a hole: FileError: loadSafetensors: bytes 4 to 8, before "y", belong to no tensor
        a hole at the start: FileError: loadSafetensors: bytes 0 to 4, before "x", belong to no tensor
        bytes at the end: FileError: loadSafetensors: bytes 4 to 5, at the end, belong to no tensor
        a bool that is 2: FileError: loadSafetensors: "x" holds 2 at position 1, bools are 0 or 1
        a label beyond int32: FileError: loadSafetensors: "x" holds 2147483648 at position 0, which int32 cannot hold; pass { integers: "float64" }"
      `);
    for (const [why, bytes] of cases)
      if (!/bool|label/.test(why))
        expect(
          refusal(() => safetensorsMetadata(bytes)),
          why,
        ).toMatch(/^FileError/);
    expect(({} as Record<string, unknown>).dtype).toBeUndefined();
  });
  test("a header of tensors without elements does not fill the memory", () => {
    const entries = Array.from({ length: 2 ** 18 + 1 }, (_, i) => `"${i}":${info("F32", "[0]", "[0,0]")}`);
    expect(refusal(() => loadSafetensors(safetensorsOf(`{${entries.join(",")}}`)))).toMatch(/more than 262144 tensors/);
  });
  test("a header that is one long anything ends soon", () => {
    const start = performance.now();
    for (const text of ["[", "{", '"', '{"a":', "1", " "]) {
      const bytes = safetensorsOf(`{"x":${text.repeat(20_000_000 / text.length)}`);
      expect(refusal(() => loadSafetensors(bytes))).toMatch(/^FileError/);
    }
    expect(performance.now() - start).toBeLessThan(20_000);
  });
  test("what is unusual but allowed is read", () => {
    const header = `{ "b" : ${info("F32", "[1]", "[4,8]")}\n,\t"a":${f32}, "none":${info("F64", "[0,3]", "[4,4]")} ,"__metadata__":{}}  `;
    const tensors = loadSafetensors(safetensorsOf(header, new Uint8Array(Float32Array.of(1, 2).buffer)));
    expect(Object.entries(tensors).map(([name, x]) => [name, x.toArray()])).toEqual([["b", [2]], ["a", [1]], ["none", []]]); // prettier-ignore
  });
});

describe("hostile npy", () => {
  const header = (shape: string, descr = "'<f8'"): string =>
    `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }`;
  const cases: [why: string, bytes: Uint8Array][] = [
    ["nothing", data(0)],
    ["another magic", data(100)],
    ["version 4", npyOf(header("()"), data(8), 4)],
    ["a header beyond the file", npyOf(header("()")).subarray(0, 40)],
    ["a header of 20 KB", npyOf(header("()").padEnd(20_000), data(8))],
    ["version 2 with a header of 10 MB", Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 2, 0, 0, 0, 160, 0, 1, 2)],
    ["a pickle", npyOf(header("(1,)", "'|O'"), data(8))],
    ["a call in the header", npyOf("__import__('os').system('true')", data(8))],
    ["a call as the shape", npyOf(header("(exec('1'),)"), data(8))],
    ["a size without a comma", npyOf(header("(1)"), data(8))],
    ["a negative size", npyOf(header("(-1,)"), data(8))],
    ["a list as the shape", npyOf(header("[1]"), data(8))],
    ["sizes that overflow", npyOf(header("(4294967296, 4294967296)"), data(8))],
    ["sizes that overflow to 0", npyOf(header("(0, 4294967296, 4294967296)"))],
    ["a size of 400 digits", npyOf(header(`(${"9".repeat(400)},)`), data(8))],
    ["a key twice", npyOf("{'descr': '<f8', 'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", data(8))],
    ["a key too many", npyOf("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'x': True}", data(8))],
    ["a key too few", npyOf("{'descr': '<f8', 'shape': (1,), }", data(8))],
    ["a dtype of many bytes", npyOf(header("(1,)", "'|V9'"), data(9))],
    ["a dtype with a shape", npyOf(header("(1,)", "'<f8,(2,)'"), data(16))],
    ["a dtype cut short", npyOf(header("(1,)", "'<'"), data(8))],
    ["too little data", npyOf(header("(2,)"), data(8))],
    ["bytes at the end", npyOf(header("(1,)"), data(9))],
    ["a bool that is 7", npyOf(header("(1,)", "'|b1'"), Uint8Array.of(7))],
    ["a header that is a long run of brackets", npyOf("{" + "(".repeat(9000) + "}", data(8))],
    ["a header that is a long run of spaces", npyOf("{" + " ".repeat(9000), data(8))],
    ["a shape of many commas", npyOf(header(`(${"1,".repeat(4000)})`), data(8))],
  ];
  test("is refused, and says why", () => {
    expect(cases.map(([why, bytes]) => `${why}: ${refusal(() => loadNpy(bytes))}`).join("\n")).toMatchInlineSnapshot(`
      "nothing: FileError: loadNpy: this is no npy file
      another magic: FileError: loadNpy: this is no npy file
      version 4: FileError: loadNpy: version 4.0 is not read, only 1.0, 2.0 and 3.0
      a header beyond the file: FileError: loadNpy: the header is said to be 55 bytes long, the file has 30 after it
      a header of 20 KB: FileError: loadNpy: the header is said to be 20000 bytes long, at most 10000 are read
      version 2 with a header of 10 MB: FileError: loadNpy: the header is said to be 10485760 bytes long, at most 10000 are read
      a pickle: FileError: loadNpy: the array holds Python objects, which are never unpickled
      a call in the header: FileError: loadNpy: the header is not one of NumPy's: "__import__('os').system('true')"
      a call as the shape: FileError: loadNpy: the header is not one of NumPy's: "{'descr': '<f8', 'fortran_order': False, 'shape': (exec('1'),), }"
      a size without a comma: FileError: loadNpy: the header is not one of NumPy's: "{'descr': '<f8', 'fortran_order': False, 'shape': (1), }"
      a negative size: FileError: loadNpy: the header is not one of NumPy's: "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }"
      a list as the shape: FileError: loadNpy: the header is not one of NumPy's: "{'descr': '<f8', 'fortran_order': False, 'shape': [1], }"
      sizes that overflow: FileError: loadNpy: the array has the impossible shape [4294967296,4294967296]
      sizes that overflow to 0: FileError: loadNpy: the array has the impossible shape [0,4294967296,4294967296]
      a size of 400 digits: FileError: loadNpy: the array has the impossible shape [Infinity]
      a key twice: FileError: loadNpy: the header is not one of NumPy's: "{'descr': '<f8', 'descr': '<f4', 'fortran_order': False, 'shape': (1,), }"
      a key too many: FileError: loadNpy: the header is not one of NumPy's: "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'x': True}"
      a key too few: FileError: loadNpy: the header is not one of NumPy's: "{'descr': '<f8', 'shape': (1,), }"
      a dtype of many bytes: FileError: loadNpy: the dtype '|V9' is not read; read are b1, i1, u1, i2, u2, i4, u4, i8, u8, f2, f4, f8
      a dtype with a shape: FileError: loadNpy: the dtype '<f8,(2,)' is not read; read are b1, i1, u1, i2, u2, i4, u4, i8, u8, f2, f4, f8
      a dtype cut short: FileError: loadNpy: the dtype '<' is not read; read are b1, i1, u1, i2, u2, i4, u4, i8, u8, f2, f4, f8
      too little data: FileError: loadNpy: float64 [2] takes 16 bytes, the file has 8
      bytes at the end: FileError: loadNpy: float64 [1] takes 8 bytes, the file has 9
      a bool that is 7: FileError: loadNpy: the array holds 7 at position 0, bools are 0 or 1
      a header that is a long run of brackets: FileError: loadNpy: the header is not one of NumPy's: "{((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((("
      a header that is a long run of spaces: FileError: loadNpy: the header is not one of NumPy's: "{                                                                                                                       "
      a shape of many commas: FileError: loadNpy: the array has 4000 dims, at most 64 are read"
    `);
  });
  test("what is unusual but allowed is read", () => {
    const one = new Uint8Array(Float64Array.of(1).buffer);
    for (const text of [
      '{"shape": (1,), "fortran_order": False, "descr": "<f8"}',
      "{'descr':'=f8','fortran_order':False,'shape':(1L,)}   \n",
      "  { 'descr' : '<f8' , 'fortran_order' : True , 'shape' : ( 1 , ) , }\n",
    ])
      expect(loadNpy(npyOf(text, one)).toArray()).toEqual([1]);
  });
});

describe("hostile npz", () => {
  const npy = saveNpy(tensor([1, 2, 3]));
  const plain = { name: "x.npy", contents: npy };
  const packed = deflateRawSync(npy);
  const make = (...entries: Parameters<typeof zipOf>[0]): Uint8Array => zipOf(entries, crc32);
  const good = make(plain, { name: "y.npy", contents: npy, packed, method: 8 });
  const edit = (bytes: Uint8Array, at: number, ...values: number[]): Uint8Array => {
    const copy = bytes.slice();
    copy.set(values, at < 0 ? copy.length + at : at);
    return copy;
  };
  const cases: [why: string, bytes: Uint8Array][] = [
    ["nothing", data(0)],
    ["only zeros", data(1000)],
    ["cut short", good.subarray(0, -1)],
    ["a byte before", Uint8Array.of(0, ...good)],
    ["a byte after", Uint8Array.of(...good, 0)],
    ["a wrong checksum", make({ ...plain, crc: 1 })],
    ["a changed byte", edit(good, 100, 77)],
    ["a name twice", make(plain, plain)],
    ["the same bytes twice", make(plain, { ...plain, name: "y.npy", offset: 0 })],
    [
      "one inside the other",
      make({ name: "y.npy", contents: make(plain).subarray(0, 30 + 5 + npy.length) }, { ...plain, offset: 35 }),
    ],
    ["the bytes of another", make(plain, { ...plain, offset: 0 })],
    ["no place in the archive", make({ ...plain, offset: 1e6 })],
    ["__proto__", make({ name: "__proto__.npy", contents: npy })],
    ["encrypted", make({ ...plain, flags: 1 })],
    ["an unknown method", make({ ...plain, method: 99 })],
    ["stored with another size", make({ ...plain, size: 5 })],
    ["deflated, said to be smaller", make({ ...plain, packed, method: 8, size: 5 })],
    ["deflated, said to be larger", make({ ...plain, packed, method: 8, size: 5000 })],
    ["deflated, said to be 4 GB", make({ ...plain, packed, method: 8, size: 0xfffffffe })],
    ["more than 4 GB", make({ ...plain, packed, method: 8, size: 0xffffffff })],
    ["not deflated", make({ ...plain, packed: npy, method: 8 })],
    ["deflated and cut short", make({ ...plain, packed: packed.subarray(0, -9), method: 8 })],
    ["nothing deflated", make({ ...plain, packed: data(0), method: 8, size: 0 })],
    ["more entries than there are", edit(good, -12, 3)],
    ["fewer entries than there are", edit(edit(good, -12, 1), -14, 1)],
    ["in parts", edit(good, -18, 1)],
    ["a folder", make({ name: "x/", contents: data(0) })],
    ["no npy inside", make({ name: "x.npy", contents: data(50) })],
  ];
  test("is refused, and says why", () => {
    expect(Object.keys(loadNpz(good))).toEqual(["x", "y"]);
    expect(cases.map(([why, bytes]) => `${why}: ${refusal(() => loadNpz(bytes))}`).join("\n")).toMatchInlineSnapshot(`
      "nothing: FileError: loadNpz: this is no zip archive, or it is cut short
      only zeros: FileError: loadNpz: this is no zip archive, or it is cut short
      cut short: FileError: loadNpz: this is no zip archive, or it is cut short
      a byte before: FileError: loadNpz: the directory of the archive is not where it is said to be; archives over 4 GB are not read
      a byte after: FileError: loadNpz: this is no zip archive, or it is cut short
      a wrong checksum: FileError: loadNpz: "x.npy" is damaged: its checksum is wrong
      a changed byte: FileError: loadNpz: "x.npy" is damaged: its checksum is wrong
      a name twice: FileError: loadNpz: "x.npy" comes twice in the archive
      the same bytes twice: FileError: loadNpz: "y.npy" is not where the directory says
      one inside the other: FileError: loadNpz: "x.npy" shares bytes with another file of the archive
      the bytes of another: FileError: loadNpz: "x.npy" comes twice in the archive
      no place in the archive: FileError: loadNpz: "x.npy" is not where the directory says
      __proto__: FileError: loadNpz: "__proto__.npy" in the archive is no array
      encrypted: FileError: loadNpz: "x.npy" is encrypted
      an unknown method: FileError: loadNpz: "x.npy" is packed by method 99; stored and deflated files are read
      stored with another size: FileError: loadNpz: "x.npy" is said to take 152 bytes and to hold 5
      deflated, said to be smaller: FileError: loadNpz: "x.npy" unpacks to more than the 5 bytes it is said to hold
      deflated, said to be larger: FileError: loadNpz: "x.npy" unpacks to 152 bytes, it is said to hold 5000
      deflated, said to be 4 GB: FileError: loadNpz: "x.npy" is said to unpack to 4294967294 bytes, which 82 cannot
      more than 4 GB: FileError: loadNpz: "x.npy" is larger than 4 GB, which is not read
      not deflated: FileError: loadNpz: "x.npy" is damaged: it cannot be inflated
      deflated and cut short: FileError: loadNpz: "x.npy" is damaged: it cannot be inflated
      nothing deflated: FileError: loadNpz: "x.npy" is damaged: it does not end where it is said to end
      more entries than there are: FileError: loadNpz: an archive in parts is not read
      fewer entries than there are: FileError: loadNpz: the directory of the archive is damaged
      in parts: FileError: loadNpz: an archive in parts is not read
      a folder: FileError: loadNpz: "x/" in the archive is no array
      no npy inside: FileError: loadNpz: x: this is no npy file"
    `);
  });

  /** Bytes of buffers that are there after `run` and were not before. */
  const buffersFor = (run: () => void): number => {
    const before = process.memoryUsage().arrayBuffers;
    run();
    return process.memoryUsage().arrayBuffers - before;
  };
  test("a bomb costs no memory, whatever it says of its size", () => {
    const gigabyte = 2 ** 30;
    const zeros = deflateRawSync(Buffer.alloc(2 ** 26)); // 64 KB
    const bomb = (size: number) => make({ name: "x.npy", contents: data(0), packed: zeros, method: 8, size });
    for (const size of [100, 2 ** 20, 2 ** 24, 2 ** 26, gigabyte])
      expect(buffersFor(() => refusal(() => loadNpz(bomb(size))))).toBeLessThan(2 ** 26);
    const many = make(
      ...Array.from({ length: 40 }, (_, i) => ({
        name: `${i}.npy`,
        contents: data(0),
        packed: deflateRawSync(Buffer.alloc(2 ** 20)),
        method: 8,
        size: 2 ** 20,
      })),
    );
    expect(refusal(() => loadNpz(many))).toMatch(/is damaged/);
    expect(refusal(() => loadIdx(gzipSync(Buffer.alloc(2 ** 26))))).toMatch(/pass \{ maxBytes \}/);
  });
  test("the cap is on all that is unpacked, and the user's to raise", () => {
    const x = zeros([2 ** 20]);
    const bytes = saveNpz({ a: x, b: x, c: x }, { compress: true });
    expect(refusal(() => loadNpz(bytes))).toMatchInlineSnapshot(
      `"FileError: loadNpz: "b.npy" unpacks to 8388736 bytes, more than are left of the 16777216 allowed; if you trust the file pass { maxBytes }"`,
    );
    expect(Object.keys(loadNpz(bytes, { maxBytes: 2 ** 25 }))).toEqual(["a", "b", "c"]);
    expect(refusal(() => loadNpz(bytes, { maxBytes: 2 ** 24 }))).toMatch(/"b.npy"|"c.npy"/);
    const idx = gzipSync(Buffer.concat([Buffer.of(0, 0, 8, 1, 1, 0, 0, 0), Buffer.alloc(2 ** 24)]));
    expect(refusal(() => loadIdx(idx))).toMatch(/pass \{ maxBytes \}/);
    expect(loadIdx(idx, { maxBytes: 2 ** 26 }).shape).toEqual([2 ** 24]);
  });
});

describe("hostile IDX", () => {
  const good = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 255);
  const packed = new Uint8Array(gzipSync(good));
  const edit = (bytes: Uint8Array, at: number, value: number): Uint8Array =>
    bytes.with(at < 0 ? bytes.length + at : at, value);
  const cases: [why: string, bytes: Uint8Array][] = [
    ["nothing", data(0)],
    ["three bytes", data(3)],
    ["an unknown type", edit(good, 2, 7)],
    ["not zero first", edit(good, 0, 1)],
    ["cut short in the sizes", good.subarray(0, 6)],
    ["cut short", good.subarray(0, 9)],
    ["bytes at the end", Uint8Array.of(...good, 1)],
    ["sizes that overflow", Uint8Array.of(0, 0, 8, 3, ...data(12).fill(255), 1)],
    ["255 dims", Uint8Array.of(0, 0, 8, 255, ...data(1020))],
    ["gzip cut short", packed.subarray(0, 12)],
    ["gzip cut short at the end", packed.subarray(0, -1)],
    ["gzip with a wrong size", edit(packed, -4, 11)],
    ["gzip with a wrong checksum", edit(packed, -8, packed.at(-8)! ^ 1)],
    ["gzip of an unknown method", edit(packed, 2, 9)],
    ["gzip with a name without end", edit(packed, 3, 8)],
    ["gzip with a field beyond the end", edit(edit(packed, 3, 4), 11, 255)],
    ["two gzip members", Uint8Array.of(...packed, ...packed)],
  ];
  test("is refused, and says why", () => {
    expect(cases.map(([why, bytes]) => `${why}: ${refusal(() => loadIdx(bytes))}`).join("\n")).toMatchInlineSnapshot(`
      "nothing: FileError: loadIdx: this is no IDX file
      three bytes: FileError: loadIdx: this is no IDX file
      an unknown type: FileError: loadIdx: this is no IDX file
      not zero first: FileError: loadIdx: this is no IDX file
      cut short in the sizes: FileError: loadIdx: the file is cut short
      cut short: FileError: loadIdx: uint8 [2] takes 2 bytes, the file has 1
      bytes at the end: FileError: loadIdx: uint8 [2] takes 2 bytes, the file has 3
      sizes that overflow: FileError: loadIdx: the array has the impossible shape [4294967295,4294967295,4294967295]
      255 dims: FileError: loadIdx: the array has 255 dims, at most 64 are read
      gzip cut short: FileError: loadIdx: the gzip file is cut short
      gzip cut short at the end: FileError: loadIdx: the gzip file is damaged: it cannot be inflated
      gzip with a wrong size: FileError: loadIdx: the gzip file unpacks to 10 bytes, it is said to hold 11
      gzip with a wrong checksum: FileError: loadIdx: the gzip file is damaged: its checksum is wrong
      gzip of an unknown method: FileError: loadIdx: the gzip file is of an unknown kind
      gzip with a name without end: FileError: loadIdx: the gzip file is said to unpack to 10 bytes, which 0 cannot
      gzip with a field beyond the end: FileError: loadIdx: the gzip file is cut short
      two gzip members: FileError: loadIdx: the gzip file unpacks to more than the 10 bytes it is said to hold"
    `);
  });
});
