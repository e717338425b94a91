/** `, { stride: 2 }` from the options that differ from their defaults, of which "" stands for none. */
export function shownOptions(options: readonly string[]): string {
  const shown = options.filter((option) => option !== "");
  return shown.length === 0 ? "" : `, { ${shown.join(", ")} }`;
}
