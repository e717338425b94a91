import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

const tsc = fileURLToPath(new URL("bin/tsc", import.meta.resolve("typescript/package.json")));

/** Runs the compiler and returns its report; "" means no error. Paths are relative to `cwd`. */
export function run(args: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [tsc, ...args, "--pretty", "false"],
      { cwd, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => {
        if (error !== null && stdout === "") reject(new Error(`tsc did not run: ${stderr}`, { cause: error }));
        else resolve(stdout.trim());
      },
    );
  });
}

/** Type-checks the project `config`. */
export const typeCheck = (config: string, cwd: string): Promise<string> => run(["-p", config, "--noEmit"], cwd);
