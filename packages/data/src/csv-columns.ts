import { ArgumentError, fromTypedArray, type Tensor } from "@chainrule/core";

/**
 * What a column holds. `"category"` numbers its names in the order in which they appear; a list of names numbers them as listed, and
 * anything else is an error. `"bool"` is true, false, 1 or 0.
 */
export type ColumnKind = "float64" | "float32" | "int32" | "bool" | "category" | "string" | readonly string[];

/** A column of names: `names[codes[i]]` stands in row i. */
export interface Categories {
  /** int32. */
  readonly codes: Tensor<[number]>;
  readonly names: readonly string[];
}

/** The columns that kinds K ask for. */
export type Columns<K extends Readonly<Record<string, ColumnKind>>> = {
  -readonly [N in keyof K]: K[N] extends "string" ? string[] : K[N] extends "category" ? Categories : Tensor<[number]>;
};

/** A column that is being read. */
export interface Column {
  readonly name: string;
  /** Its place in a row. */
  readonly at: number;
  /** Takes in a field, or says what is wrong with it. */
  readonly add: (field: string) => string | undefined;
  readonly take: () => unknown;
}

const show = (field: string): string => JSON.stringify(field.length > 60 ? `${field.slice(0, 60)}…` : field);

export function columnOf(op: string, name: string, at: number, kind: ColumnKind, missing: number | undefined): Column {
  if (Array.isArray(kind)) return { name, at, ...listed(op, name, kind as readonly string[]) };
  switch (kind as Exclude<ColumnKind, readonly string[]>) {
    case "float64":
      return { name, at, ...numbers(numberOf, Float64Array, missing) };
    case "float32":
      return { name, at, ...numbers(numberOf, Float32Array, missing) };
    case "int32":
      return { name, at, ...numbers(integerOf, Int32Array, missing) };
    case "bool":
      return { name, at, ...numbers(boolOf, Uint8Array, undefined) };
    case "category":
      return { name, at, ...categories() };
    case "string": {
      const texts: string[] = [];
      return { name, at, add: (field) => void texts.push(field), take: () => texts };
    }
  }
  throw new ArgumentError(
    `${op}: column ${name} has the kind ${JSON.stringify(kind)}; kinds are float64, float32, int32, bool, category, string, or a list of names`,
  );
}

type Reader = Pick<Column, "add" | "take">;

/** Returns a number, or what is wrong. */
type ParseField = (field: string) => number | string;

function numbers(
  parse: ParseField,
  array: { from(list: readonly number[]): Float64Array | Float32Array | Int32Array | Uint8Array },
  missing: number | undefined,
): Reader {
  const list: number[] = [];
  return {
    add(field) {
      const text = field.trim();
      const x =
        text === "" ? (missing ?? "is empty; pass { missing: NaN } or another number to allow that") : parse(text);
      return typeof x === "string" ? x : void list.push(x);
    },
    take: () => fromTypedArray(array.from(list), [list.length]),
  };
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const numberOf: ParseField = (text) => {
  if (NUMBER.test(text)) return Number(text);
  if (/^nan$/i.test(text)) return NaN;
  const sign = /^([+-]?)inf(?:inity)?$/i.exec(text)?.[1];
  return sign === undefined ? `${show(text)} is no number` : sign === "-" ? -Infinity : Infinity;
};

const integerOf: ParseField = (text) => {
  const x = NUMBER.test(text) ? Number(text) : NaN;
  return x === (x | 0) ? x | 0 : `${show(text)} is no integer that int32 holds`;
};

const boolOf: ParseField = (text) => {
  if (/^(?:true|1)$/i.test(text)) return 1;
  return /^(?:false|0)$/i.test(text) ? 0 : `${show(text)} is no bool: true, false, 1 or 0`;
};

function categories(): Reader {
  const places = new Map<string, number>();
  const codes: number[] = [];
  return {
    add(field) {
      const text = field.trim();
      if (!places.has(text)) places.set(text, places.size);
      codes.push(places.get(text)!);
      return undefined;
    },
    take: (): Categories => ({ codes: codesOf(codes), names: [...places.keys()] }),
  };
}

function listed(op: string, name: string, names: readonly string[]): Reader {
  const places = new Map(names.map((text, i) => [text, i]));
  if (places.size !== names.length || names.length === 0)
    throw new ArgumentError(`${op}: the names of column ${name} are a list without repetition, and not empty`);
  const codes: number[] = [];
  return {
    add(field) {
      const code = places.get(field.trim());
      return code === undefined ? `${show(field)} is none of ${names.join(", ")}` : void codes.push(code);
    },
    take: () => codesOf(codes),
  };
}

const codesOf = (codes: readonly number[]): Tensor<[number]> => fromTypedArray(Int32Array.from(codes), [codes.length]);
