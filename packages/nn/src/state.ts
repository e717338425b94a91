import { describeArgument, optionsOf } from "@chainrule/core/internal";
import { ArgumentError, assign, Tensor, tensor } from "@chainrule/core/lean";

/** Copies that share nothing with the tensors and know nothing of how these were made. */
export const copyState = (tensors: ReadonlyMap<string, Tensor>): Record<string, Tensor> =>
  Object.fromEntries([...tensors].map(([path, x]) => [path, tensor(x)]));

export interface LoadStateOptions {
  /** Whether the record must have exactly the model's paths; true by default. */
  readonly strict?: boolean | undefined;
}
/** Paths of the model that a record lacks, and those that it has beyond them. */
export interface StateDifference {
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
}

/** Overwrites tensors with those of the same path, once all of them are known to fit. */
export function loadState(
  tensors: ReadonlyMap<string, Tensor>,
  state: Readonly<Record<string, Tensor>>,
  options?: LoadStateOptions,
): StateDifference {
  const { strict = true } = optionsOf("loadStateDict", options, ["strict"]);
  if (typeof state !== "object" || state === null || ArrayBuffer.isView(state))
    throw new ArgumentError(
      "loadStateDict: needs a record of tensors by path, such as stateDict() or loadSafetensors(bytes) returns",
    );
  const wrong: string[] = [];
  const given = new Set<Tensor>();
  const found = new Map<Tensor, { readonly path: string; readonly source: Tensor }>();
  for (const [path, x] of tensors) {
    const source = Object.hasOwn(state, path) ? state[path] : undefined;
    if (source === undefined) continue;
    given.add(x);
    const why = misfit(source, x);
    const first = found.get(x);
    if (why !== undefined) wrong.push(`${path} is ${why}`);
    else if (first === undefined) found.set(x, { path, source });
    else if (!sameElements(first.source, source)) wrong.push(disagreement(first.path, path));
  }
  const missing = [...tensors].filter(([, x]) => !given.has(x)).map(([path]) => path);
  const unexpected = Object.keys(state).filter((path) => !tensors.has(path));
  const problems = [
    strict && missing.length > 0 ? `missing ${missing.join(", ")}` : "",
    strict && unexpected.length > 0 ? `unexpected ${unexpected.join(", ")}` : "",
    ...wrong,
  ].filter(Boolean);
  if (problems.length > 0)
    throw new ArgumentError(`loadStateDict: ${problems.join("; ")}${prefixHint(missing, unexpected)}`);
  // A tensor of the model's own may be overwritten before it is read.
  const own = new Set(tensors.values());
  const values = [...found].map(([x, { source }]) => [x, own.has(source) ? tensor(source) : source] as const);
  for (const [x, source] of values) assign(x, source);
  return { missing, unexpected };
}

/** What to do about names that are the model's behind one prefix, as those of a part of a checkpoint are. */
function prefixHint(missing: readonly string[], unexpected: readonly string[]): string {
  const [path] = missing;
  for (const name of path === undefined ? [] : unexpected) {
    const prefix = name.endsWith(`.${path}`) ? name.slice(0, -path!.length) : "";
    if (prefix !== "" && missing.every((other) => unexpected.includes(prefix + other)))
      return `; take ${JSON.stringify(prefix)} off the names first`;
  }
  return "";
}

/** What is said of two tensors that are to become one. */
export const disagreement = (a: string, b: string): string => `${a} and ${b} differ, and are one tensor of the model`;
export function sameElements(a: Tensor, b: Tensor): boolean {
  if (a === b) return true;
  if (a.batch !== b.batch) return false;
  if (a.batch !== null) return sameElements(a.batch.whole(a), a.batch.whole(b));
  const other = b.toTypedArray();
  return a.toTypedArray().every((x, i) => Object.is(x, other[i]));
}

/** What `source` is that `x` cannot become; floating dtypes convert into one another. */
export function misfit(source: Tensor, x: Tensor): string | undefined {
  if (!(source instanceof Tensor)) return describeArgument(source);
  if (source.rank !== x.rank || source.shape.some((size, d) => size !== x.shape[d]))
    return `[${source.shape.join(",")}], expected [${x.shape.join(",")}]`;
  return source.dtype === x.dtype || (isFloat(source) && isFloat(x))
    ? undefined
    : `${source.dtype}, expected ${x.dtype}`;
}
const isFloat = (x: Tensor): boolean => x.dtype === "float64" || x.dtype === "float32";
