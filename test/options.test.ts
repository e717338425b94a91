/**
 * Options, wherever there are any: every function, constructor and method of the packages that takes an object of options is found in the
 * declarations that users get, and called with options that are none, or that have a name of no option.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as core from "@chainrule/core";
import { Generator, type Tensor, tensor } from "@chainrule/core";
import * as data from "@chainrule/data";
import * as nn from "@chainrule/nn";
import { Linear, Parameter } from "@chainrule/nn";
import * as optim from "@chainrule/optim";
import { SGD } from "@chainrule/optim";
import { beforeAll, expect, test } from "vitest";
import { run } from "./tsc.ts";

type Any = (...args: unknown[]) => unknown;
const PACKAGES: Record<string, Record<string, unknown>> = { core, nn: { ...nn, ...nn.init }, optim, data };

/** A place where options are taken. */
interface Place {
  /** A function or a class, or `Class.method`. */
  name: string;
  /** Names of the parameters before the options. */
  before: string[];
  /** Whether a number may stand there, too. */
  orNumber: boolean;
  call(args: unknown[]): unknown;
}

const folder = join(import.meta.dirname, ".declarations");
const places: Place[] = [];

const OPTIONS =
  /(?<!readonly )(?:\b(?:options|masks)\??: |\.\.\.rest: |\b\w+\??: (?:number \| )?(?:Named<|\w+Options\b))/g;
/** Those that take numbers one by one in an overload. */
const OR_NUMBER = /^(arange|eye|(Tensor\.)?diagonal|normalize)$/;
const OPEN = "([{<";
const CLOSED = ")]}>";

/** The parameters in front of place `at`, and what is called with them; null if that is inside no list of parameters. */
function listBefore(text: string, at: number): { callee: string; before: string[] } | null {
  const before: string[] = [];
  let end = at;
  let depth = 0;
  let i = at - 1;
  for (; i >= 0; i--) {
    const letter = text[i]!;
    if (letter === ">" && text[i - 1] === "=") continue;
    if (CLOSED.includes(letter)) depth++;
    if (depth === 0 && (letter === "," || letter === "(")) {
      before.unshift(text.slice(i + 1, end));
      end = i;
    }
    if (OPEN.includes(letter) && depth-- === 0) break;
  }
  if (text[i] !== "(") return null;
  // type parameters
  if (text[i - 1] === ">")
    for (depth = 0, i--; i >= 0; i--) {
      if (text[i] === ">" && text[i - 1] !== "=") depth++;
      if (text[i] === "<" && --depth === 0) break;
    }
  return {
    callee: /([\w$]*)\s*$/.exec(text.slice(0, i))![1]!,
    before: before.slice(0, -1).map((parameter) => /^\s*(\w+)/.exec(parameter)?.[1] ?? "?"),
  };
}

/** Everything that is declared at the top of a file, by name; an overload adds to the text. */
function declarationsOf(file: string): [name: string, text: string][] {
  return readFileSync(file, "utf8")
    .replaceAll(/\/\*[^]*?\*\/|^ *(?:protected|private) .*$/gm, "")
    .split(/\n(?=export |declare |interface |type |abstract )/)
    .flatMap((text) => {
      const name = /^(?:export |declare |abstract )*(?:function|const|class|interface|type) (\w+)/.exec(text)?.[1];
      return name === undefined ? [] : [[name, text] as [string, string]];
    });
}

function collect(name: string): void {
  const texts = new Map<string, string>();
  const root = join(folder, name, "src");
  for (const file of readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".d.ts")))
    for (const [key, text] of declarationsOf(join(root, file))) texts.set(key, `${texts.get(key) ?? ""}\n${text}`);
  const textOf = (key: string): string => texts.get(key) ?? "";
  /** A class and its bases, of which the first constructor is that of the class. */
  const withBases = (key: string): string => {
    const base = /\bextends (\w+)(?:<[^]*?)? \{$/m.exec(textOf(key))?.[1];
    return base === undefined ? textOf(key) : textOf(key) + withBases(base).replaceAll(/\bconstructor\(/g, /\bconstructor\(/.test(textOf(key)) ? "base(" : "$&"); // prettier-ignore
  };
  const add = (owner: string, text: string, call: (callee: string, args: unknown[]) => unknown): void => {
    for (const match of text.matchAll(OPTIONS)) {
      const list = listBefore(text, match.index);
      if (list === null || list.callee === "base") continue;
      const { callee } = list;
      const before = list.before.filter((parameter) => parameter !== "this");
      const name = ["", "constructor", "new", owner].includes(callee) ? owner : `${owner}.${callee}`;
      places.push({
        name,
        before,
        orNumber: OR_NUMBER.test(name) || /Named<|number \|/.test(match[0]),
        call: (args) => call(callee, args),
      });
    }
  };
  for (const [key, value] of Object.entries(PACKAGES[name]!)) {
    if (typeof value !== "function" || value.prototype instanceof Error) continue;
    if (String(value).startsWith("class")) {
      const Class = value as new (...args: unknown[]) => Record<string, Any>;
      const text = key === "Parameter" ? textOf("ParameterConstructor") : withBases(key);
      add(key, text, (callee, args) =>
        callee === "constructor" || callee === "new" ? new Class(...args) : INSTANCES[key]?.()[callee]!(...args),
      );
    } else {
      // A constant may have a type of its own, which says what it takes.
      const types = [...textOf(key).matchAll(/const \w+: (\w+)/g)].map((match) => textOf(match[1]!));
      add(key, [textOf(key), ...types].join("\n"), (_, args) => (value as Any)(...args));
    }
  }
  for (const [key, text] of texts)
    if (key.endsWith("Methods")) add("Tensor", text, (callee, args) => (X as unknown as Record<string, Any>)[callee]!(...args)); // prettier-ignore
}

const X = tensor([[1, 2], [3, 4]], { requiresGrad: true }) as Tensor; // prettier-ignore
/** Those whose methods have options. */
const INSTANCES = {
  Generator: () => new Generator(1),
  Module: () => new Linear(1, 1),
  MultiHeadAttention: () => new nn.MultiHeadAttention(2, 1),
  TransformerEncoderLayer: () => new nn.TransformerEncoderLayer(2, 1),
} as unknown as Record<string, () => Record<string, Any>>;
/** What stands for a parameter of this name; a tensor if it is not listed. */
const SAMPLES: Record<string, () => unknown> = {
  array: () => new Float64Array(1), count: () => 3, dim: () => 0, end: () => 1, f: () => (x: Tensor) => x.sum(), optimizer: () => new SGD([new Parameter([1])], { lr: 1, momentum: 0.9 }), start: () => 0,
  m: () => 1, n: () => 1, shape: () => [1], step: () => 1, "value.x": () => 1,
}; // prettier-ignore

/** The error of a call with these options. */
function errorOf(place: Place, options: unknown): string {
  const sample = (parameter: string): unknown =>
    (SAMPLES[`${place.name}.${parameter}`] ?? SAMPLES[parameter] ?? (() => X))();
  try {
    place.call([...place.before.map(sample), options]);
  } catch (error) {
    return String(error);
  }
  return "none";
}

beforeAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const compilerOptions = {
    noEmit: false, composite: false, emitDeclarationOnly: true, declarationMap: false, noCheck: true, rootDir: "../../packages", outDir: ".", tsBuildInfoFile: null,
  }; // prettier-ignore
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ extends: "../../tsconfig.base.json", compilerOptions, include: Object.keys(PACKAGES).map((name) => `../../packages/${name}/src`) }), // prettier-ignore
  );
  expect(await run(["-p", "tsconfig.json"], folder)).toBe("");
  for (const name of Object.keys(PACKAGES)) collect(name);
  places.splice(0, places.length, ...places.filter(isCalled));
});

/** The bases take a rule, and inherited methods are looked at in `INSTANCES`. */
const isCalled = ({ name, before }: Place): boolean =>
  before[0] !== "rule" && (["Tensor", ...Object.keys(INSTANCES)].includes(name.split(".")[0]!) || !name.includes("."));

test("options are found in all packages", () => {
  const found = places.map(({ name }) => name);
  expect(found).toEqual(expect.arrayContaining([
    "add", "variance", "Tensor.var", "elu", "uniform", "checkGradients", "Linear", "GRU", "BCELoss", "Parameter", "Module.loadStateDict", "MultiHeadAttention.forward",
    "TransformerEncoderLayer.forward", "Generator.rand", "Adam", "OneCycleLR", "clipGradNorm", "batches", "loadNpz",
  ])); // prettier-ignore
  expect(found.length).toBeGreaterThan(290);
});

/** Who speaks, in an error of a place: it, its class, or what it is called in full. */
const speakers = ({ name }: Place): string[] => [
  ...name.split("."),
  `init.${name}`,
  ...(name === "variance" ? ["var"] : []),
];

test("a name of no option is refused, with the nearest that there is and all that there are", () => {
  for (const place of places) {
    const refused = /^ArgumentError: ([\w.]+)(?:\(.*\))?: there is no option zzzzzzzz; options are (.+)$/.exec(
      errorOf(place, { zzzzzzzz: 1 }),
    );
    expect(refused, `${place.name}: ${errorOf(place, { zzzzzzzz: 1 })}`).not.toBeNull();
    expect(speakers(place)).toContain(refused![1]);
    for (const name of refused![2]!.split(", ")) {
      const misspelt = [`${name}x`, name.replace(/[A-Z]/, (letter) => `_${letter.toLowerCase()}`), name.toUpperCase()];
      for (const wrong of misspelt)
        if (wrong !== name)
          expect(errorOf(place, { [wrong]: undefined }), place.name).toContain(`${wrong}; did you mean ${name}?`);
      expect(errorOf(place, { [name]: undefined }), place.name).not.toMatch(/there is no option|options are/);
    }
  }
});

test("what is no object of options is refused", () => {
  for (const place of places)
    for (const bad of [null, [1], X, ...(place.orNumber ? [] : [1, "text", true, () => 1])]) {
      const refused = /^ArgumentError: ([\w.]+)(?:\(.*\))?: options are an object such as \{ \w+: … \}, got /.exec(
        errorOf(place, bad),
      );
      expect(refused, `${place.name}: ${errorOf(place, bad)}`).not.toBeNull();
      expect(speakers(place)).toContain(refused![1]);
    }
});

test("the messages", () => {
  const messages = (...calls: (() => unknown)[]): string =>
    calls
      .map((call) => {
        try {
          return call();
        } catch (error) {
          return String(error);
        }
      })
      .join("\n");
  expect(
    messages(
      () => core.sum(X, 0, { keepdim: true } as object),
      () => new Linear(2, 3, { biass: false } as object),
      () => new nn.LSTM(2, 3, { nonlinearity: "relu" } as never),
      () => nn.mseLoss(X, X, { reduce: "sum" } as object),
      () => new nn.CrossEntropyLoss({ label_smoothing: 0.1 } as object),
      () => new SGD([new Parameter([1])], { lr: 1, momentun: 0.9 } as { lr: number }),
      () => data.batches(X, { batch_size: 2 } as never),
      () => data.batches(X, 2 as never),
      () => data.batches(X, null as never),
      () => core.sum(X, 0, X as never),
    ),
  ).toMatchInlineSnapshot(`
    "ArgumentError: sum: there is no option keepdim; did you mean keepDim? options are keepDim, dtype
    ArgumentError: Linear: there is no option biass; did you mean bias? options are bias, dtype, generator
    ArgumentError: LSTM: there is no option nonlinearity; options are bias, dtype, generator, numLayers, batchFirst, dropout, bidirectional, projSize
    ArgumentError: mseLoss: there is no option reduce; options are reduction
    ArgumentError: CrossEntropyLoss: there is no option label_smoothing; did you mean labelSmoothing? options are reduction, weight, ignoreIndex, labelSmoothing
    ArgumentError: SGD: there is no option momentun; did you mean momentum? options are lr, momentum, dampening, nesterov, weightDecay, maximize
    ArgumentError: batches: there is no option batch_size; did you mean batchSize? options are batchSize, shuffle, generator, dropLast, bufferSize
    ArgumentError: batches: options are an object such as { batchSize: … }, got 2
    ArgumentError: batches: options are an object such as { batchSize: … }, got null
    ArgumentError: sum: options are an object such as { keepDim: … }, got an object of class Tensor"
  `);
});
