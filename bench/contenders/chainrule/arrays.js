// @ts-check
import { joined, uniform } from "../inputs.js";
import { core } from "./library.js";
import { make } from "./networks.js";

/** @typedef {import("../../../packages/core/dist/index.js").Tensor} Tensor */

/** @param {() => Tensor} f @returns {import("../worker.js").Workload} */
function repeat(f) {
  let last = /** @type {Tensor} */ (/** @type {unknown} */ (null));
  return { step: () => (last = f()), result: () => last.toTypedArray() };
}

/** @type {Record<string, (x: Tensor) => Tensor>} */
const FUNCTIONS = { exp: core.exp, tanh: core.tanh, sigmoid: core.sigmoid };

/** @type {import("../worker.js").Kinds} */
export const arrays = {
  small() {
    const a = make(uniform(1, 12, -1, 1), [4, 3], "float64");
    const b = make(uniform(2, 12, -1, 1), [4, 3], "float64");
    return repeat(() => a.add(b));
  },
  matmul({ n, dtype }) {
    const a = make(uniform(1, n * n, -1, 1), [n, n], dtype);
    const b = make(uniform(2, n * n, -1, 1), [n, n], dtype);
    return repeat(() => a.matmul(b));
  },
  unary({ f, size, dtype }) {
    const x = make(uniform(1, size, -5, 5), [size], dtype);
    const op = /** @type {(x: Tensor) => Tensor} */ (FUNCTIONS[f]);
    return repeat(() => op(x));
  },
  rows({ f, rows, columns }) {
    const a = make(uniform(1, rows * columns, -5, 5), [rows, columns], "float32");
    const b = make(uniform(2, rows * columns, -5, 5), [rows, columns], "float32");
    const row = make(uniform(3, columns, -5, 5), [columns], "float32");
    /** @type {Record<string, () => Tensor>} */
    const functions = {
      add: () => a.add(b),
      mul: () => a.mul(row),
      sum: () => a.sum(),
      mean: () => a.mean(1),
      softmax: () => a.softmax(1),
    };
    return repeat(/** @type {() => Tensor} */ (functions[f]));
  },
  convolution({ batch, channels, outputs, side }) {
    const x = make(uniform(1, batch * channels * side * side, -1, 1), [batch, channels, side, side], "float32");
    const w = make(uniform(2, outputs * channels * 9, -1, 1), [outputs, channels, 3, 3], "float32");
    return repeat(() => core.conv2d(x, w, null, { padding: "same" }));
  },
  convolutionGradient({ batch, channels, outputs, side }) {
    const x = core.tensor(make(uniform(1, batch * channels * side * side, -1, 1), [batch, channels, side, side], "float32"), { requiresGrad: true }); // prettier-ignore
    const w = core.tensor(make(uniform(2, outputs * channels * 9, -1, 1), [outputs, channels, 3, 3], "float32"), { requiresGrad: true }); // prettier-ignore
    const cotangent = make(uniform(3, batch * outputs * side * side, -1, 1), [batch, outputs, side, side], "float32");
    return {
      step() {
        x.grad = w.grad = null;
        core.conv2d(x, w, null, { padding: "same" }).backward(cotangent);
      },
      result: () => joined([x, w].map(({ grad }) => /** @type {Tensor} */ (grad).toTypedArray())),
    };
  },
};
