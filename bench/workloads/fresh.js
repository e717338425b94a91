// @ts-check
import { against, atMost, rowOf } from "./row.js";

/** @typedef {import("./row.js").Row} Row */

/** @type {Row[]} */
export const fresh = [
  ...[
    { name: "chain of 10⁶ scalar operations", kind: "chain", size: 1e6 },
    { name: "sum of 10⁵ scalar terms", kind: "wide", size: 1e5 },
  ].map(({ name, kind, size }) =>
    rowOf({
      name,
      dtype: "float64",
      how: "once",
      kind,
      args: { size },
      shorter: size / 10,
      contenders: ["chainrule", "torch"],
      targets: [
        against("torch", 1),
        atMost("≤ 1.5 GB", 1536, "peak"),
        atMost("time ×10 for length ×10 (≤ 13)", 13, "growth"),
      ],
    }),
  ),
  {
    name: "memory: 20,000 steps of the middle MLP",
    dtype: "float32",
    how: "soak",
    kind: "mlp",
    args: { batch: 64, hidden: 256, dtype: "float32" },
    steps: 20_000,
    contenders: ["chainrule", "chainrule blas", "torch"],
    targets: [atMost("≤ 300 MB", 300, "peak"), atMost("flat after 200 steps (≤ 1.05)", 1.05, "growth")],
  },
  {
    name: "cold start: import, first gradient",
    dtype: "float32",
    how: "cold",
    kind: "cold",
    args: {},
    contenders: ["chainrule", "tfjs cpu", "tfjs wasm", "jax eager", "torch"],
    targets: [atMost("≤ 60 ms", 0.06)],
  },
];

/** @type {Row[]} */
export const pages = [
  { name: "page for D2, functions, no WebAssembly", page: "plain", most: 30 },
  { name: "page for D2, functions, WebAssembly", page: "wasm", most: 60 },
  { name: "page for D2, methods, WebAssembly", page: "methods" },
].map(({ name, page, most }) =>
  rowOf({
    name,
    dtype: "float32",
    how: "page",
    kind: "page",
    args: { page },
    contenders: ["chainrule", "tfjs cpu", "jax eager"],
    targets: most === undefined ? [] : [atMost(`≤ ${most} kB`, most * 1000)],
  }),
);
