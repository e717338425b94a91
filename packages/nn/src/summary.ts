import { checkSynchronous } from "@chainrule/core/internal";
import { ArgumentError, noGrad, Tensor } from "@chainrule/core/lean";
import { Module } from "./module.ts";

type Forward = (...inputs: unknown[]) => unknown;
type Callable = Module & { forward?: Forward };

const shapesOf = (x: unknown): string => {
  if (x instanceof Tensor) return `[${x.shape.join(",")}]`;
  return Array.isArray(x)
    ? x
        .filter((part) => part !== null)
        .map(shapesOf)
        .join(", ")
    : "";
};

/**
 * A table of a model's modules: name and arguments, shapes of what `forward` returns for the given inputs, and number of parameters. The model
 * runs once, in evaluation mode and without recording, and is left as it was.
 *
 * @example
 * console.log(summary(new Sequential(new Linear(784, 10), new ReLU()), zeros([32, 784])));
 * // module              output    parameters
 * // Sequential          [32,10]        7,850
 * //   0 Linear(784, 10) [32,10]        7,850
 * //   1 ReLU()          [32,10]            0
 * // 7,850 parameters, 7,850 of them learned
 * @throws ArgumentError for what is no module with `forward`.
 */
export function summary(model: Module, ...inputs: readonly unknown[]): string {
  if (!(model instanceof Module) || typeof (model as Callable).forward !== "function")
    throw new ArgumentError("summary: needs a module with forward(), then its inputs");
  const modules = model.namedModules();
  const outputs = run(model, modules, inputs);
  const rows = modules.map(([path, module]) => {
    const depth = path === "" ? 0 : path.split(".").length;
    const own = module.namedChildren().length > 0 ? module.constructor.name : String(module);
    const name = `${"  ".repeat(depth)}${path === "" ? "" : `${path.split(".").at(-1)} `}${own}`;
    return [name, outputs.get(module) ?? "", count(module.parameters())];
  });
  const all = model.parameters();
  const learned = all.filter((x) => x.requiresGrad);
  return [
    ...table([["module", "output", "parameters"], ...rows]),
    `${count(all)} parameters, ${count(learned)} of them learned`,
  ].join("\n");
}
const count = (parameters: readonly Tensor[]): string =>
  parameters.reduce((sum, x) => sum + x.size, 0).toLocaleString("en-US");

/** Runs the model once; what each module returned, as shapes. */
function run(model: Module, modules: [string, Module][], inputs: readonly unknown[]): Map<Module, string> {
  const outputs = new Map<Module, string>();
  const training = modules.map(([, module]) => module.training);
  try {
    for (const [, module] of modules as [string, Callable][]) {
      module.training = false;
      const forward = module.forward;
      if (typeof forward !== "function") continue;
      module.forward = (...args) => {
        const result = forward.apply(module, args);
        outputs.set(module, shapesOf(result));
        return result;
      };
    }
    noGrad(() => checkSynchronous("summary", (model as Callable).forward!(...inputs)));
  } finally {
    for (const [i, [, module]] of (modules as [string, Callable][]).entries()) {
      module.training = training[i]!;
      delete module.forward; // the method of the class is there again
    }
  }
  return outputs;
}

/** Columns side by side; the last, of numbers, ends where its title ends. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)));
  return rows.map((row) =>
    row.map((cell, c) => (c === row.length - 1 ? cell.padStart(widths[c]!) : cell.padEnd(widths[c]!))).join(" "),
  );
}
