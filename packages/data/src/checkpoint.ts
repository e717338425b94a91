import { optionsOf } from "@chainrule/core/internal";
import { ArgumentError, type Tensor, tensor } from "@chainrule/core";
import { type Bytes, bytesOf } from "./bytes.ts";
import { FileError } from "./errors.ts";
import { JsonReader, type Json } from "./json.ts";
import { parseSafetensors, saveSafetensors } from "./safetensors.ts";
import { decodeState, encodeState } from "./state-tree.ts";
import { isRecord } from "./tree.ts";

/** What a checkpoint can hold: a model, an optimizer, a scheduler, a generator, or anything of yours that has these methods. */
export type Checkpointed =
  | { stateDict(): unknown; loadStateDict(state: never): unknown }
  | { getState(): unknown; setState(state: never): unknown };

type Parts = Readonly<Record<string, Checkpointed>>;

const FORMAT = "chainrule-checkpoint";
const VERSION = "1";

/**
 * Everything that training needs to go on where it stands, in one file. `extra` is plain data and tensors of yours, such as the epoch.
 *
 * The file is a safetensors file, so the weights in it are there for other programs too: those of a part `model` have names such as
 * `model.0.weight`.
 * @throws ArgumentError for a part that has no state, or a state that is not plain data and tensors.
 * @example
 * const generator = new Generator(1);
 * const bytes = saveCheckpoint({ generator }, { epoch: 3 });
 */
export function saveCheckpoint(parts: Parts, extra: Readonly<Record<string, unknown>> = {}): Uint8Array {
  const op = "saveCheckpoint";
  checkParts(op, parts);
  if (!isRecord(extra)) throw new ArgumentError(`${op}: extra is a record of plain data and tensors`);
  const tensors = new Map<string, Tensor>();
  const states = Object.entries(parts).map(
    ([name, part]) => [name, encodeState(op, stateOf(part), name, tensors)] as const,
  );
  const state = { parts: Object.fromEntries(states), extra: encodeState(op, extra, "extra", tensors) };
  return saveSafetensors(Object.fromEntries(tensors), {
    format: FORMAT,
    version: VERSION,
    state: JSON.stringify(state),
  });
}

export interface LoadCheckpointOptions {
  /** Whether the file must hold exactly the parts asked for; with false it may hold others too. True by default. */
  readonly strict?: boolean | undefined;
}

/**
 * Puts each part back where `saveCheckpoint` found it, and returns `extra`. Training goes on bit for bit as it would have.
 * @throws FileError for a damaged file, ArgumentError for one of other parts or of parts that do not fit; then all parts are as they were.
 * @example
 * const generator = new Generator(1);
 * const bytes = saveCheckpoint({ generator }, { epoch: 3 });
 * const draw = generator.rand([2]);
 * loadCheckpoint(bytes, { generator }).epoch; // 3
 * generator.rand([2]); // draw again
 */
export function loadCheckpoint(bytes: Bytes, parts: Parts, options?: LoadCheckpointOptions): Record<string, unknown> {
  const op = "loadCheckpoint";
  const { strict = true } = optionsOf(op, options, ["strict"]);
  checkParts(op, parts);
  const { states, extra } = parse(op, bytesOf(op, bytes));
  const missing = Object.keys(parts).filter((name) => !Object.hasOwn(states, name));
  const unexpected = strict ? Object.keys(states).filter((name) => !Object.hasOwn(parts, name)) : [];
  if (missing.length > 0 || unexpected.length > 0) {
    const problems = [
      missing.length > 0 ? `lacks ${missing.join(", ")}, has ${Object.keys(states).join(", ")}` : "",
      unexpected.length > 0 ? `also holds ${unexpected.join(", ")}` : "",
    ];
    throw new ArgumentError(`${op}: the checkpoint ${problems.filter(Boolean).join(" and ")}`);
  }
  const undo: (() => void)[] = [];
  for (const [name, part] of Object.entries(parts)) {
    try {
      const before = copyOf(op, stateOf(part), name);
      undo.push(() => restore(part, before));
      restore(part, states[name]);
    } catch (cause) {
      for (const step of undo.reverse()) attempt(step);
      throw new ArgumentError(`${op}: ${name} of the checkpoint does not fit: ${String((cause as Error)?.message)}`, {
        cause,
      });
    }
  }
  return extra;
}

function parse(
  op: string,
  bytes: Uint8Array,
): { states: Readonly<Record<string, unknown>>; extra: Record<string, unknown> } {
  const file = parseSafetensors(op, bytes, "int32");
  const { format, version, state } = file.metadata;
  if (format !== FORMAT || state === undefined)
    throw new FileError(
      op,
      "this is no checkpoint but plain tensors; read them with model.loadStateDict(loadSafetensors(bytes))",
    );
  if (version !== VERSION)
    throw new FileError(op, `version ${JSON.stringify(version)} of the checkpoint is not read, only ${VERSION}`);
  const reader = new JsonReader(op, state);
  const json = reader.value();
  reader.end();
  const tensors = new Map(Object.entries(file.tensors));
  const { parts, extra, ...rest } = isRecord(json) ? (json as Readonly<Record<string, Json>>) : {};
  if (!isRecord(parts) || !isRecord(extra) || Object.keys(rest).length > 0)
    throw new FileError(op, "the checkpoint is damaged");
  const states = Object.entries(parts).map(([name, part]) => [name, decodeState(op, part, tensors)] as const);
  const decoded = decodeState(op, extra, tensors);
  if (!isRecord(decoded)) throw new FileError(op, "the checkpoint is damaged");
  if (tensors.size > 0)
    throw new FileError(
      op,
      `the checkpoint is damaged: tensors without a place: ${[...tensors.keys()].slice(0, 5).join(", ")}`,
    );
  return { states: Object.fromEntries(states), extra: decoded };
}

function checkParts(op: string, parts: Parts): void {
  if (!isRecord(parts) || Object.keys(parts).length === 0)
    throw new ArgumentError(`${op}: needs a record of what to hold, such as { model, optimizer, generator }`);
  for (const [name, part] of Object.entries(parts)) {
    const has = (...methods: string[]) =>
      methods.every((method) => typeof (part as Record<string, unknown> | null)?.[method] === "function");
    if (name === "__proto__" || !(has("stateDict", "loadStateDict") || has("getState", "setState")))
      throw new ArgumentError(`${op}: ${name} has neither stateDict and loadStateDict nor getState and setState`);
  }
}

const stateOf = (part: Checkpointed): unknown => ("stateDict" in part ? part.stateDict() : part.getState());

function restore(part: Checkpointed, state: unknown): void {
  if ("loadStateDict" in part) part.loadStateDict(state as never);
  else part.setState(state as never);
}

/** The state, sharing nothing with what it is the state of. */
function copyOf(op: string, state: unknown, name: string): unknown {
  const tensors = new Map<string, Tensor>();
  const json = encodeState(op, state, name, tensors);
  return decodeState(op, json, new Map([...tensors].map(([key, x]) => [key, tensor(x)])));
}

/** A part that takes no state at all must not keep the others from being put back. */
function attempt(step: () => void): void {
  try {
    step();
  } catch {
    // What went wrong first is what is reported.
  }
}
