// @ts-check
import { against, againstAllJs, againstJax, atMost, rowOf } from "./row.js";

const THIRD = Number((1 / 3).toFixed(3));
const FIFTEENTH = Number((1 / 15).toFixed(4));
const THIRTIETH = Number((1 / 30).toFixed(4));

/** @type {import("./row.js").Row[]} */
export const networks = [
  {
    name: "D2 step",
    dtype: "float64",
    kind: "d2",
    args: {},
    steps: 100,
    targets: [against("numpy", THIRD), against("torch", FIFTEENTH), againstAllJs(FIFTEENTH)],
  },
  {
    name: "A4 step",
    dtype: "float64",
    kind: "a4",
    args: {},
    steps: 100,
    targets: [against("torch", THIRTIETH)],
  },
  {
    name: "A4 forward + backward",
    dtype: "float64",
    kind: "a4gradient",
    args: {},
    operations: 17,
    unit: "Mop/s",
    targets: [atMost("≥ 5 Mop/s", 17 / 5e6)],
  },
  {
    name: "add 4×3",
    dtype: "float64",
    kind: "small",
    args: {},
    targets: [atMost("≤ 0.15 µs", 0.15e-6)],
  },
  ...[
    { batch: 32, hidden: 128 },
    { batch: 64, hidden: 256 },
    { batch: 256, hidden: 512 },
  ].map(({ batch, hidden }) =>
    rowOf({
      name: `MLP step ${batch}×784-${hidden}-10`,
      dtype: "float32",
      kind: "mlp",
      args: { batch, hidden, dtype: "float32" },
      steps: 20,
      targets: [againstJax(0.7), against("torch", 1, "chainrule blas")],
    }),
  ),
  {
    name: "gradient of the middle MLP",
    dtype: "float64",
    kind: "gradient",
    args: { batch: 64, hidden: 256, dtype: "float64" },
    targets: [],
  },
  {
    name: "Hessian-vector product of it",
    dtype: "float64",
    kind: "hvp",
    args: { batch: 64, hidden: 256, dtype: "float64" },
    targets: [{ text: "≤ 4 gradients", row: "gradient of the middle MLP", factor: 4 }],
  },
];
