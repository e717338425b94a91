import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const sources = join(import.meta.dirname, "../../packages/core/kernels");

/** A hash of the kernels' sources. */
export function sourceHash() {
  const hash = createHash("sha256");
  for (const file of readdirSync(sources).sort()) {
    hash.update(`${file}\n${readFileSync(join(sources, file), "utf8").replaceAll("\r\n", "\n")}`);
  }
  return hash.digest("hex");
}
