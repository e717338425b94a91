import { ChainruleError } from "@chainrule/core";

/** A file that is damaged, hostile, or of a kind that is not read; nothing of it has been loaded. */
export class FileError extends ChainruleError {
  override name = "FileError";
  /** The function that was reading or writing, such as `loadSafetensors`. */
  readonly op: string;
  constructor(op: string, why: string, options?: { readonly cause?: unknown }) {
    super(`${op}: ${why}`, options);
    this.op = op;
  }
}
