// @ts-check
import { against, againstAllJs, againstJax, rowOf } from "./row.js";

/** @typedef {import("./row.js").Row} Row */

const DTYPES = /** @type {const} */ (["float32", "float64"]);
const SIZES = [1e3, 1e5, 1e6];
/** @param {number} size */
const power = (size) => `10${{ 3: "³", 5: "⁵", 6: "⁶" }[Math.log10(size)]}`;

/** What BLAS takes over where there is one. */
const BY_BLAS = ["add", "sum", "mean"];

const IMAGES = { batch: 32, channels: 16, outputs: 32, side: 28 };

/** @type {Row[]} */
export const arrays = [
  ...DTYPES.flatMap((dtype) =>
    [64, 256, 1024].map((n) =>
      rowOf({
        name: `matmul ${n}`,
        dtype,
        kind: "matmul",
        args: { n, dtype },
        operations: 2 * n ** 3,
        unit: "GF/s",
        targets: [
          // tfjs has no float64
          dtype === "float32"
            ? { ...against("tfjs wasm", 1 / 1.1), text: "≥ 1.1 of tfjs-wasm" }
            : { ...againstJax(1 / 1.1), text: "≥ 1.1 of jax-js" },
          ...(n < 256 ? [] : [{ ...against("torch", 1 / 0.95, "chainrule blas"), text: "≥ 0.95 of PyTorch (BLAS)" }]),
        ],
      }),
    ),
  ),
  ...["exp", "tanh", "sigmoid"].flatMap((f) =>
    DTYPES.flatMap((dtype) =>
      SIZES.map((size) =>
        rowOf({
          name: `${f} ${power(size)}`,
          dtype,
          kind: "unary",
          args: { f, size, dtype },
          targets: [against("torch", 1.2), againstAllJs(1)],
        }),
      ),
    ),
  ),
  ...[["add", "add"], ["mul", "mul by a row"], ["sum", "sum"], ["mean", "mean of rows"], ["softmax", "softmax of rows"]].flatMap(([f, name]) =>
    [[10, 100], [100, 1000], [1000, 1000]].map(
      ([rows, columns]) =>
        rowOf({
          name: `${name} ${rows}×${columns}`,
          dtype: "float32",
          kind: "rows",
          args: { f, rows, columns },
          targets: [against("torch", 1.5, BY_BLAS.includes(/** @type {string} */ (f)) ? "chainrule blas" : undefined)],
        }),
    ),
  ), // prettier-ignore
  {
    name: "convolution 3×3, 16→32, 28×28, batch 32",
    dtype: "float32",
    kind: "convolution",
    args: IMAGES,
    targets: [against("tfjs wasm", 1), againstJax(1)],
  },
  {
    name: "convolution 3×3, 16→32, 28×28, batch 32, and backward",
    dtype: "float32",
    kind: "convolutionGradient",
    args: IMAGES,
    targets: [againstJax(1)], // tfjs-wasm has no gradient of a convolution's kernel
  },
];
