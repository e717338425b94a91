import type { Tensor } from "@chainrule/core/lean";

/** A parameter as errors call it: by its path in the model if it has been told, else by its place; and its shape. */
export function nameOf(x: Tensor, i: number): string {
  const { name } = x as { name?: unknown };
  return `parameter ${typeof name === "string" && name !== "" ? name : i} [${x.shape.join(",")}]`;
}
