import { pathToFileURL } from "node:url";
import { plot } from "simple-ascii-chart";

/** Whether the module at `url` (its `import.meta.url`) is the program being run, rather than imported by another. */
export const isProgram = (url: string): boolean => url === pathToFileURL(process.argv[1] ?? "").href;

/** A curve as text: `values[i]` over `i · every`. */
export function curve(title: string, values: readonly number[], every: number): string {
  const points = values.map((value, i): [number, number] => [i * every, value]);
  const end = (values.length - 1) * every;
  const quarters = [0, 1, 2, 3, 4].map((k) => Math.round((k * end) / (4 * every)) * every);
  const lines = plot(points, {
    title,
    width: 60,
    height: 10,
    customXAxisTicks: quarters,
    customYAxisTicks: [Math.min(...values), Math.max(...values)],
    formatter: (n) => Number(n.toPrecision(3)),
  });
  return lines
    .split("\n")
    .map((line) => line.trimEnd())
    .filter(Boolean)
    .join("\n");
}
