import { optionsOf } from "@chainrule/core/internal";
import { ArgumentError, Tensor } from "@chainrule/core";
import { type Zippable, zipSync } from "fflate";
import { type Bytes, bytesOf, checkText } from "./bytes.ts";
import { FileError } from "./errors.ts";
import { Budget, type InflateOptions } from "./inflate.ts";
import { parseNpy, saveNpy } from "./npy.ts";
import { checkIntegers, type LoadOptions } from "./numbers.ts";
import { unzip } from "./zip.ts";

export interface SaveNpzOptions {
  /** Whether to deflate the arrays, as `np.savez_compressed` does; false by default, as `np.savez`. */
  readonly compress?: boolean | undefined;
}

/**
 * An npz file of named tensors: a zip archive of npy files, which `np.load` reads.
 *
 * Format: https://numpy.org/doc/stable/reference/generated/numpy.savez.html.
 * @throws ArgumentError for a value that is no tensor, or more than the 4 GB that a plain zip archive holds.
 * @example
 * loadNpz(saveNpz({ x: tensor([1, 2]) })).x!.toArray(); // [1, 2]
 */
export function saveNpz(tensors: Readonly<Record<string, Tensor>>, options?: SaveNpzOptions): Uint8Array {
  const op = "saveNpz";
  const { compress = false } = optionsOf(op, options, ["compress"]);
  if (typeof tensors !== "object" || tensors === null || tensors instanceof Tensor)
    throw new ArgumentError(`${op}: needs a record of tensors by name`);
  // Always the same bytes for the same tensors: the first moment that zip can tell.
  const how = { level: compress ? 6 : 0, mtime: new Date(1980, 0, 1) } as const;
  const files: Zippable = {};
  let total = 22;
  for (const [name, x] of Object.entries(tensors)) {
    if (!(x instanceof Tensor)) throw new ArgumentError(`${op}: ${JSON.stringify(name)} is no tensor`);
    if (name === "__proto__") throw new ArgumentError(`${op}: no tensor can have the name ${name}`);
    checkText(op, "a name", name);
    const { length } = new TextEncoder().encode(name);
    if (length > 60_000) throw new ArgumentError(`${op}: a name is ${length} bytes long, at most 60000 fit`);
    const npy = saveNpy(x);
    total += npy.length + 2 * length + 100;
    files[`${name}.npy`] = [npy, how];
  }
  if (total > 0xffffffff || Object.keys(files).length > 0xfffe)
    throw new ArgumentError(`${op}: too much for a zip archive; use saveSafetensors`);
  return zipSync(files);
}

/**
 * The tensors of an npz file by name, stored or deflated. Converts as `loadSafetensors` does; never unpickles.
 *
 * Format: https://numpy.org/doc/stable/reference/generated/numpy.savez.html.
 * @throws FileError, with nothing loaded, for a damaged archive, for a file in it that `loadNpy` would not read, and for one that
 * unpacks to more than `maxBytes`.
 * @example
 * loadNpz(saveNpz({ x: tensor([1, 2]) }, { compress: true })).x!.toArray(); // [1, 2]
 */
export function loadNpz(bytes: Bytes, given?: LoadOptions & InflateOptions): Record<string, Tensor> {
  const op = "loadNpz";
  const options = optionsOf(op, given, ["integers", "maxBytes"]);
  const integers = checkIntegers(op, options);
  const archive = bytesOf(op, bytes);
  const tensors: [string, Tensor][] = [];
  for (const [file, contents] of unzip(op, archive, new Budget(op, archive, options))) {
    const name = file.replace(/\.npy$/, "");
    if (name === file || name === "__proto__")
      throw new FileError(op, `${JSON.stringify(file)} in the archive is no array`);
    tensors.push([name, parseNpy(op, `${name}: `, contents, integers)]);
  }
  return Object.fromEntries(tensors);
}
