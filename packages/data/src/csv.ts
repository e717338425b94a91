import { optionsOf } from "@chainrule/core/internal";
import { ArgumentError, type Tensor } from "@chainrule/core";
import { CsvError, parse } from "csv-parse/browser/esm/sync";
import { type Bytes, bytesOf, decodeUtf8 } from "./bytes.ts";
import { type Column, type ColumnKind, type Columns, columnOf } from "./csv-columns.ts";
import { FileError } from "./errors.ts";

export interface CsvOptions<K extends Readonly<Record<string, ColumnKind>>> {
  /** The columns to read, each with its kind; all of them as float64 if left out. */
  readonly columns?: K | undefined;
  /** Whether the first line names the columns, true by default; or their names, for a file without such a line. */
  readonly header?: true | readonly string[] | undefined;
  /** What separates the fields; a comma by default. */
  readonly delimiter?: string | undefined;
  /** What an empty field of a number column counts as, such as NaN; an error by default. */
  readonly missing?: number | undefined;
}

/**
 * The columns of a CSV file by name, one row a line: numbers and bools as tensors, names as categories, anything as texts.
 *
 * Format: RFC 4180; fields may be quoted, lines end with LF or CRLF, empty lines are skipped. Bytes are UTF-8.
 * @throws FileError that names the row, the line and the column, for a field that is not of its kind, a row with more or fewer fields
 * than the first, a quote out of place, or a column that is missing or named twice.
 * @example
 * const iris = loadCsv("width,species\n0.2,setosa\n1.4,virginica", { columns: { width: "float64", species: "category" } });
 * iris.width.toArray(); // [0.2, 1.4]
 * iris.species.codes.toArray(); // [0, 1]
 * iris.species.names; // ["setosa", "virginica"]
 */
export function loadCsv<const K extends Readonly<Record<string, ColumnKind>>>(
  source: string | Bytes,
  options: CsvOptions<K> & { readonly columns: K },
): Columns<K>;
export function loadCsv(
  source: string | Bytes,
  options?: CsvOptions<Record<string, ColumnKind>>,
): Record<string, Tensor<[number]>>;
export function loadCsv(
  source: string | Bytes,
  options?: CsvOptions<Readonly<Record<string, ColumnKind>>>,
): Record<string, unknown> {
  const op = "loadCsv";
  const given = optionsOf(op, options, ["columns", "header", "delimiter", "missing"]);
  const { columns, header = true, delimiter = ",", missing } = given;
  if (typeof delimiter !== "string" || delimiter.length !== 1 || /["\r\n]/.test(delimiter))
    throw new ArgumentError(
      `${op}: the delimiter is one character other than a quote or a line end, got ${JSON.stringify(delimiter)}`,
    );
  if (typeof source === "string" && /^.+\.(?:csv|tsv|txt|dat|data)$/i.test(source))
    throw new ArgumentError(
      `${op}: needs the file's text or bytes, got what looks like a path; a path is read with readFile of @chainrule/data/node`,
    );
  const text = typeof source === "string" ? source : decodeUtf8(op, "the file", bytesOf(op, source));
  let names = header === true ? undefined : checkNames(op, header);
  let read: readonly Column[] = names === undefined ? [] : columnsOf(op, names, columns, missing);
  let rows = 0;
  const onRecord = (record: readonly string[], { lines }: { readonly lines: number }): null => {
    if (names === undefined) {
      names = checkNames(op, record);
      read = columnsOf(op, names, columns, missing);
      return null;
    }
    const place = `row ${++rows} (line ${lines})`;
    if (record.length !== names.length)
      throw new FileError(
        op,
        `${place} has ${record.length} field${record.length === 1 ? "" : "s"}, expected ${names.length}`,
      );
    for (const { at, name, add } of read) {
      const wrong = add(record[at]!);
      if (wrong !== undefined) throw new FileError(op, `${place}, column ${name}: ${wrong}`);
    }
    return null;
  };
  try {
    // One bad record must not cost more memory than the file has: the parser holds one row at a time.
    parse(text, { bom: true, delimiter, relax_column_count: true, skip_empty_lines: true, on_record: onRecord });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { column, lines } = error as { column?: unknown; lines?: unknown };
    const name = typeof column === "number" ? (names?.[column] ?? column + 1) : String(column);
    const why = PROBLEMS[error.code as string] ?? error.message;
    throw new FileError(
      op,
      `row ${rows + (names === undefined ? 0 : 1)} (line ${String(lines)}), column ${name}: ${why}`,
      { cause: error },
    );
  }
  if (names === undefined) throw new FileError(op, "the file is empty");
  return Object.fromEntries(read.map(({ name, take }) => [name, take()]));
}

const PROBLEMS: Readonly<Record<string, string>> = {
  CSV_INVALID_CLOSING_QUOTE: 'a quoted field goes on after its closing quote; a quote inside is written ""',
  CSV_QUOTE_NOT_CLOSED: "a quoted field has no closing quote",
  INVALID_OPENING_QUOTE: 'a quote inside a field that is not quoted; quote the field and write ""',
};

function checkNames(op: string, header: readonly string[]): readonly string[] {
  if (!Array.isArray(header) || header.length === 0 || !header.every((name) => typeof name === "string"))
    throw new ArgumentError(`${op}: header is true or a list of names`);
  const names = (header as readonly string[]).map((name) => name.trim());
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw new FileError(op, `two columns have the name ${JSON.stringify(twice)}`);
  if (names.includes("__proto__")) throw new FileError(op, "no column can have the name __proto__");
  return names;
}

function columnsOf(
  op: string,
  names: readonly string[],
  columns: Readonly<Record<string, ColumnKind>> | undefined,
  missing: number | undefined,
): Column[] {
  const kinds = columns ?? Object.fromEntries(names.map((name) => [name, "float64"] as const));
  return Object.entries(kinds).map(([name, kind]) => {
    const at = names.indexOf(name);
    if (at < 0) throw new FileError(op, `there is no column ${name}; columns are ${names.join(", ")}`);
    return columnOf(op, name, at, kind, missing);
  });
}
