import { type Tensor, tensor } from "@chainrule/core";
import { batches, type Categories, loadCsv, trainTestSplit } from "@chainrule/data";
import * as fc from "fast-check";
import { describe, expect, expectTypeOf, test } from "vitest";
import { refusal } from "./support/files.ts";

describe("loadCsv", () => {
  test("columns of every kind", () => {
    const text =
      'id,width,count,on,kind,size\n"a, ""1""",0.5,7,true,x,small\nb,-1e3,-2147483648,0,y,large\n"two\nlines",nan,0,False,x,small\n';
    const table = loadCsv(text, {
      columns: {
        width: "float64",
        id: "string",
        count: "int32",
        on: "bool",
        kind: "category",
        size: ["small", "large"],
      },
    });
    expect(table.id).toEqual(['a, "1"', "b", "two\nlines"]);
    expect(table.width.toArray()).toEqual([0.5, -1000, NaN]);
    expect([table.count.toArray(), table.count.dtype]).toEqual([[7, -2147483648, 0], "int32"]);
    expect(table.on.toArray()).toEqual([true, false, false]);
    expect([table.kind.codes.toArray(), table.kind.names]).toEqual([[0, 1, 0], ["x", "y"]]); // prettier-ignore
    expect(table.size.toArray()).toEqual([0, 1, 0]);
    expectTypeOf(table).toEqualTypeOf<{
      width: Tensor<[number]>;
      id: string[];
      count: Tensor<[number]>;
      on: Tensor<[number]>;
      kind: Categories;
      size: Tensor<[number]>;
    }>();
  });
  test("all numbers, when nothing is said", () => {
    const table = loadCsv("a,b\r\n1,.5\r\n\r\n 2 , +3.e-1 \r\n");
    expect(Object.entries(table).map(([name, x]) => [name, x.dtype, x.toArray()])).toEqual([["a", "float64", [1, 2]], ["b", "float64", [0.5, 0.3]]]); // prettier-ignore
    expectTypeOf(table).toEqualTypeOf<Record<string, Tensor<[number]>>>();
    expect(loadCsv("1;2\n3;4", { header: ["x", "y"], delimiter: ";" }).y!.toArray()).toEqual([2, 4]);
    expect(loadCsv("a,b\n1,\n,2", { missing: NaN }).a!.toArray()).toEqual([1, NaN]);
    expect(loadCsv("\ufeffa\n1").a!.toArray()).toEqual([1]);
    expect(loadCsv(new TextEncoder().encode("é\n1")).é!.toArray()).toEqual([1]);
    expect(loadCsv("a,b\n").a!.shape).toEqual([0]);
    expect(loadCsv("a,b\n1,x", { columns: { a: "float32" } }).a.dtype).toBe("float32");
  });
  test("a table is a dataset", () => {
    const table = loadCsv("a,b\n1,2\n3,4\n5,6");
    const { train } = trainTestSplit(table, { testSize: 1, shuffle: false });
    expect([...batches(train, { batchSize: 2 })].map(({ b }) => b!.toArray())).toEqual([[2, 4]]);
  });
  test("round trip of any texts and numbers", () => {
    const field = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom('"', '""', ",", "\n", "\r\n", " ", "'", "#", "\\"),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(field, fc.double()), { minLength: 1 }), (rows) => {
        const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const text = ["text,number", ...rows.map(([a, x]) => `${quote(a)},${Object.is(x, -0) ? "-0" : x}`)].join("\n");
        const table = loadCsv(text, { columns: { text: "string", number: "float64" } });
        expect(table.text).toEqual(rows.map(([a]) => a));
        expect(table.number.toArray()).toEqual(rows.map(([, x]) => x));
      }),
    );
  });
  test("what is wrong, where", () => {
    const of = (text: string, columns?: object, options?: object) =>
      refusal(() => loadCsv(text, { columns, ...options } as never));
    expect(
      [
        of("a,b\n1,2\n3,x"),
        of("a,b\n\n\n1,2\n\n3,"),
        of('a,b\n"1\n",2\n3,0x10'),
        of("a\n1_000"),
        of("a\n1e"),
        of(`a\n${"9".repeat(1000)}x`),
        of("a\n1.5", { a: "int32" }),
        of("a\n2147483648", { a: "int32" }),
        of("a\nyes", { a: "bool" }),
        of("a\n", { a: "bool", b: "bool" }),
        of("a\nz", { a: ["x", "y"] }),
        of("a,b\n1,2\n3"),
        of("a,b\n1,2\n3,4,5"),
        of('a,b\n1,"2'),
        of('a,b\n1,"2"3'),
        of('a,b\n1,2"3'),
        of("a,a\n1,2"),
        of("__proto__\n1"),
        of(""),
        of("\n\n"),
        of("a\n1", { a: "double" }),
        of("a\n1", { a: ["x", "x"] }),
        of("1\n2", undefined, { header: [] }),
        of("a\n1", undefined, { delimiter: ",," }),
        refusal(() => loadCsv(Uint8Array.of(0xff, 0x0a))),
        refusal(() => loadCsv(tensor([1]) as never)),
        refusal(() => loadCsv("data/iris.csv")),
      ].join("\n"),
    ).toMatchInlineSnapshot(`
      "FileError: loadCsv: row 2 (line 3), column b: "x" is no number
      FileError: loadCsv: row 2 (line 6), column b: is empty; pass { missing: NaN } or another number to allow that
      FileError: loadCsv: row 2 (line 4), column b: "0x10" is no number
      FileError: loadCsv: row 1 (line 2), column a: "1_000" is no number
      FileError: loadCsv: row 1 (line 2), column a: "1e" is no number
      FileError: loadCsv: row 1 (line 2), column a: "999999999999999999999999999999999999999999999999999999999999…" is no number
      FileError: loadCsv: row 1 (line 2), column a: "1.5" is no integer that int32 holds
      FileError: loadCsv: row 1 (line 2), column a: "2147483648" is no integer that int32 holds
      FileError: loadCsv: row 1 (line 2), column a: "yes" is no bool: true, false, 1 or 0
      FileError: loadCsv: there is no column b; columns are a
      FileError: loadCsv: row 1 (line 2), column a: "z" is none of x, y
      FileError: loadCsv: row 2 (line 3) has 1 field, expected 2
      FileError: loadCsv: row 2 (line 3) has 3 fields, expected 2
      FileError: loadCsv: row 1 (line 2), column b: a quoted field has no closing quote
      FileError: loadCsv: row 1 (line 2), column b: a quoted field goes on after its closing quote; a quote inside is written ""
      FileError: loadCsv: row 1 (line 2), column b: a quote inside a field that is not quoted; quote the field and write ""
      FileError: loadCsv: two columns have the name "a"
      FileError: loadCsv: no column can have the name __proto__
      FileError: loadCsv: the file is empty
      FileError: loadCsv: the file is empty
      ArgumentError: loadCsv: column a has the kind "double"; kinds are float64, float32, int32, bool, category, string, or a list of names
      ArgumentError: loadCsv: the names of column a are a list without repetition, and not empty
      ArgumentError: loadCsv: header is true or a list of names
      ArgumentError: loadCsv: the delimiter is one character other than a quote or a line end, got ",,"
      FileError: loadCsv: the file is not UTF-8
      ArgumentError: loadCsv: needs the file's bytes as a Uint8Array or ArrayBuffer, got object
      ArgumentError: loadCsv: needs the file's text or bytes, got what looks like a path; a path is read with readFile of @chainrule/data/node"
    `);
  });
  test("a hundred thousand rows in a moment", () => {
    const text = `a,b\n${Array.from({ length: 100_000 }, (_, i) => `${i},${i / 7}`).join("\n")}`;
    const start = performance.now();
    expect(loadCsv(text).a!.shape).toEqual([100_000]);
    expect(performance.now() - start).toBeLessThan(30_000);
  });
});
