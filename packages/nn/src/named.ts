import { ArgumentError, type Named } from "@chainrule/core/lean";

/** A number that is passed as it stands, or by PyTorch's name for it, or left out. */
export function named<N extends string>(
  layer: string,
  given: Named<N> | undefined,
  name: N,
  otherwise?: number,
): number {
  const x = (typeof given === "object" && given !== null ? given[name] : given) ?? otherwise;
  if (typeof x !== "number" || Number.isNaN(x))
    throw new ArgumentError(
      `${layer}: ${name} is a number, got ${typeof x === "string" ? `"${x as string}"` : String(x)}`,
    );
  return x;
}
