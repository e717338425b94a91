import { ArgumentError, fromTypedArray, Tensor } from "@chainrule/core";
import { FileError } from "./errors.ts";
import type { Json } from "./json.ts";
import { isRecord } from "./tree.ts";

// A state is a tree of plain data and tensors. As JSON its tensors and long lists of numbers are taken out, bit for bit, and what JSON cannot
// say is spelled out: { "$tensor": name }, { "$numbers": name }, { "$is": "-0" }. A key of the state that begins with $ gets another $.

/** A shorter list of numbers stays in the JSON. */
const LONG = 8;
const MAX_DEPTH = 48;

const SPECIAL: readonly (readonly [name: string, value: unknown])[] = [
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
  ["-0", -0],
  ["undefined", undefined],
];

/** The state as JSON; its tensors go into `tensors` under names such as `model.0.weight`. */
export function encodeState(op: string, state: unknown, path: string, tensors: Map<string, Tensor>, depth = 0): Json {
  const store = (kind: string, x: Tensor): Json => {
    let name = path;
    while (tensors.has(name) || name === "__metadata__" || name === "__proto__") name += "~";
    tensors.set(name, x);
    return { [kind]: name };
  };
  if (depth > MAX_DEPTH) throw new ArgumentError(`${op}: ${path.slice(0, 40)}… is nested too deep, or contains itself`);
  const special = SPECIAL.find(([, value]) => Object.is(value, state));
  if (special !== undefined) return { $is: special[0] };
  if (state === null || typeof state === "boolean" || typeof state === "number" || typeof state === "string")
    return state;
  if (state instanceof Tensor) return store("$tensor", state);
  if (Array.isArray(state)) {
    if (state.length >= LONG && state.every((x) => typeof x === "number"))
      return store("$numbers", fromTypedArray(Float64Array.from(state), [state.length]));
    return Array.from(state as unknown[], (item, i) => encodeState(op, item, `${path}.${i}`, tensors, depth + 1));
  }
  if (isRecord(state)) {
    return Object.fromEntries(
      Object.entries(state).map(([key, item]) => {
        if (key === "__proto__") throw new ArgumentError(`${op}: ${path} has the key __proto__`);
        return [key.startsWith("$") ? `$${key}` : key, encodeState(op, item, `${path}.${key}`, tensors, depth + 1)];
      }),
    );
  }
  const what = typeof state === "object" ? `an object of class ${state.constructor.name}` : `a ${typeof state}`;
  throw new ArgumentError(
    `${op}: ${path} is ${what}; a state holds tensors, numbers, texts, bools, arrays and plain records`,
  );
}

/** The state that `encodeState` was given. Takes each tensor out of `tensors`, so that none serves twice. */
export function decodeState(op: string, json: Json, tensors: Map<string, Tensor>): unknown {
  const fail = (why: string): never => {
    throw new FileError(op, `the checkpoint is damaged: ${why}`);
  };
  const fetch = (name: Json): Tensor => {
    const x = typeof name === "string" ? tensors.get(name) : undefined;
    if (x === undefined) return fail(`there is no tensor ${JSON.stringify(name)}, or it is asked for twice`);
    tensors.delete(name as string);
    return x;
  };
  const decode = (node: Json): unknown => {
    if (Array.isArray(node)) return node.map(decode);
    if (typeof node !== "object" || node === null) return node;
    const entries = Object.entries(node as Readonly<Record<string, Json>>);
    const [first] = entries;
    if (first === undefined || !/^\$(?!\$)/.test(first[0]))
      return Object.fromEntries(
        entries.map(([key, item]) => {
          if (/^\$(?!\$)/.test(key)) fail(`${key} stands among other keys`);
          return [key.startsWith("$$") ? key.slice(1) : key, decode(item)];
        }),
      );
    const [kind, name] = first;
    if (entries.length > 1) fail(`${kind} stands among other keys`);
    if (kind === "$tensor") return fetch(name);
    if (kind === "$numbers") {
      const x = fetch(name);
      return x.dtype === "float64" && x.rank === 1
        ? [...x.toTypedArray()]
        : fail(`${JSON.stringify(name)} is no list of numbers`);
    }
    const special = kind === "$is" ? SPECIAL.find(([known]) => known === name) : undefined;
    return special === undefined ? fail(`${kind} is unknown`) : special[1];
  };
  return decode(json);
}
