import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

const tsc = fileURLToPath(new URL("bin/tsc", import.meta.resolve("typescript/package.json")));

/** Type-checks the project `config` and returns the compiler's report; "" means no error. Paths in it are relative to `cwd`. */
export function typeCheck(config: string, cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const args = [tsc, "-p", config, "--noEmit", "--pretty", "false"];
    execFile(process.execPath, args, { cwd, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error !== null && stdout === "") reject(new Error(`tsc did not run: ${stderr}`, { cause: error }));
      else resolve(stdout.trim());
    });
  });
}
