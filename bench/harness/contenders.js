// @ts-check
import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** In the order of the table's columns. */
export const CONTENDERS = [
  { name: "chainrule", family: "chainrule", variant: "shipped" },
  { name: "chainrule js", family: "chainrule", variant: "plain" },
  { name: "chainrule blas", family: "chainrule", variant: "blas" },
  { name: "tfjs cpu", family: "tfjs", variant: "cpu" },
  { name: "tfjs wasm", family: "tfjs", variant: "wasm" },
  { name: "jax eager", family: "jax", variant: "eager" },
  { name: "jax jitted", family: "jax", variant: "jitted" },
  { name: "numpy", family: "python", variant: "numpy" },
  { name: "torch", family: "python", variant: "torch" },
];
export const isChainrule = (/** @type {string} */ name) => name.startsWith("chainrule");

/** One thread for all, and the BLAS kernel that the library picks for this processor, whatever the shell asks for. */
const { OPENBLAS_CORETYPE: _core, OPENBLAS_L2_SIZE: _cache, ...inherited } = process.env;
const env = { ...inherited, OPENBLAS_NUM_THREADS: "1", OMP_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };

const directory = fileURLToPath(new URL("../contenders/", import.meta.url));
/** The first Python that has PyTorch, else the first that has NumPy. */
function findPython() {
  const candidates = ["torch", "numpy"].flatMap((module) =>
    ["python3", "/usr/bin/python3"].map((path) => ({ module, path })),
  );
  const found = candidates.find(({ module, path }) => spawnSync(path, ["-c", `import numpy, ${module}`]).status === 0);
  return found?.path ?? "python3";
}
/** @type {string | undefined} */
let python;

/** Longest a contender may take for one request, in milliseconds. */
const PATIENCE = 600_000;

/** A contender in a process of its own. */
export class Contender {
  /** What it is made of. @type {string | undefined} */
  about;

  /** @param {string} name */
  constructor(name) {
    this.name = name;
    const { family, variant } = /** @type {(typeof CONTENDERS)[number]} */ (
      CONTENDERS.find((one) => one.name === name)
    );
    const [command, ...args] =
      family === "python"
        ? [(python ??= findPython()), `${directory}python/worker.py`, variant]
        : [process.execPath, `${directory}worker.js`, family, variant];
    this.child = spawn(command, args, { env, stdio: ["pipe", "pipe", "pipe"] });
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    this.errors = "";
    this.child.stderr.on("data", (text) => (this.errors = `${this.errors}${text}`.slice(-2000)));
    this.child.stdin.on("error", () => {});
    this.child.on("error", (error) => (this.errors += error.message));
  }

  /**
   * @param {{ do: string; [key: string]: unknown }} request
   * @returns {Promise<any>}
   */
  async ask(request) {
    const timer = setTimeout(() => this.child.kill("SIGKILL"), PATIENCE);
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.lines.next();
    clearTimeout(timer);
    if (done) return { failed: this.errors.trim().split("\n").at(-1) || "its process ended", dead: true };
    return JSON.parse(value);
  }

  end() {
    this.child.stdin.end();
    this.child.kill();
  }
}
