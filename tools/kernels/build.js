// Compiles packages/core/kernels into TypeScript files that hold the modules as hexadecimal digits, in which gzip finds again what repeats and in
// base64 does not: four fifths of its bytes. With --check it only compares. Each file also holds a hash of the sources, by which the tests see
// without the compiler that it is theirs.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sourceHash } from "./hash.js";

const asc = createRequire(import.meta.url).resolve("assemblyscript/bin/asc.js");
const core = join(import.meta.dirname, "../../packages/core");
const MODULES = [
  ["index", "simd"],
  ["relaxed", "simd,relaxed-simd"],
];
const OPTIONS = ["-O3", "--noAssert", "--runtime", "stub", "--importMemory", "--noExportMemory"];
// 112: vectors cross no border of the module. 201: addresses have 32 bits.
const QUIET = ["--disableWarning", "112", "--disableWarning", "201"];

const temp = mkdtempSync(join(tmpdir(), "kernels-"));
let stale = false;
try {
  for (const [name, features] of MODULES) {
    const source = join(core, `kernels/${name}.ts`);
    const binary = join(temp, `${name}.wasm`);
    execFileSync(process.execPath, [asc, source, "-o", binary, "--enable", features, ...OPTIONS, ...QUIET], {
      stdio: "inherit",
    });
    const bytes = readFileSync(binary);
    const text = `// Generated from packages/core/kernels by \`npx -y pnpm@12.21.0 kernels\`. Do not edit.
// source ${sourceHash()}
export const binary: string =
  "${bytes.toString("hex")}";
`;
    const file = join(core, `src/kernels/wasm/generated/${name}.ts`);
    if (!process.argv.includes("--check")) writeFileSync(file, text);
    else if (readFileSync(file, "utf8") !== text) {
      console.error(`${file} does not match its source; run \`npx -y pnpm@12.21.0 kernels\``);
      stale = true;
    }
    console.log(`${name}: ${bytes.length} bytes`);
  }
} finally {
  rmSync(temp, { recursive: true });
}
process.exitCode = stale ? 1 : 0;
