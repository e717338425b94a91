// @ts-check
import { joined, uniform } from "../inputs.js";

/** @param {any} tf @returns {import("../worker.js").Kinds} */
export function arrays(tf) {
  /** @param {number} seed @param {number[]} shape @param {number} bound */
  const make = (seed, shape, bound) =>
    tf.tensor(Float32Array.from(uniform(seed, shape.reduce((a, b) => a * b), -bound, bound)), shape); // prettier-ignore

  /** @param {() => any} f @param {(y: any) => any} [read] @returns {import("../worker.js").Workload} */
  function repeat(f, read = (y) => y.dataSync()) {
    let last = /** @type {any} */ ([]);
    const step = () => {
      tf.dispose(last);
      return (last = tf.tidy(f));
    };
    return { step, result: () => read(last), dispose: () => tf.disposeVariables(), dtype: "float32" };
  }

  // Its own layouts are [batch, rows, columns, channels] and [rows, columns, channels, outputs].
  /** @param {{ batch: number; channels: number; outputs: number; side: number }} sizes */
  function images({ batch, channels, outputs, side }) {
    const turned = [0, 2, 3, 1];
    return [
      make(1, [batch, channels, side, side], 1).transpose(turned),
      make(2, [outputs, channels, 3, 3], 1).transpose([2, 3, 1, 0]),
      make(3, [batch, outputs, side, side], 1).transpose(turned),
    ];
  }

  return {
    small() {
      const a = make(1, [4, 3], 1);
      const b = make(2, [4, 3], 1);
      return repeat(() => tf.add(a, b));
    },
    matmul({ n, dtype }) {
      if (dtype !== "float32") return null;
      const a = make(1, [n, n], 1);
      const b = make(2, [n, n], 1);
      return repeat(() => tf.matMul(a, b));
    },
    unary({ f, size, dtype }) {
      if (dtype !== "float32") return null;
      const x = make(1, [size], 5);
      return repeat(() => tf[f](x));
    },
    rows({ f, rows, columns }) {
      const a = make(1, [rows, columns], 5);
      const b = make(2, [rows, columns], 5);
      const row = make(3, [columns], 5);
      /** @type {Record<string, () => any>} */
      const functions = {
        add: () => tf.add(a, b),
        mul: () => tf.mul(a, row),
        sum: () => tf.sum(a),
        mean: () => tf.mean(a, 1),
        softmax: () => tf.softmax(a, 1),
      };
      return repeat(/** @type {() => any} */ (functions[f]));
    },
    convolution(sizes) {
      const [x, w] = images(sizes);
      return repeat(
        () => tf.conv2d(x, w, 1, "same"),
        (y) => y.transpose([0, 3, 1, 2]).dataSync(),
      );
    },
    convolutionGradient(sizes) {
      const [x, w, cotangent] = images(sizes);
      const both = tf.grads((/** @type {any} */ x, /** @type {any} */ w) => tf.conv2d(x, w, 1, "same"));
      return repeat(
        () => both([x, w], cotangent),
        ([dx, dw]) => joined([dx.transpose([0, 3, 1, 2]).dataSync(), dw.transpose([3, 2, 0, 1]).dataSync()]),
      );
    },
  };
}
