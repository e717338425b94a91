// @ts-check
import { joined, uniform } from "../inputs.js";
import { DIGITS } from "./networks.js";

/** @param {any} jax @param {(f: any) => any} compile @returns {import("../worker.js").Kinds} */
export function arrays(jax, compile) {
  const { numpy: np, nn, lax, tree, blockUntilReady } = jax;

  /** @param {number} seed @param {number[]} shape @param {number} bound @param {string} dtype */
  function make(seed, shape, bound, dtype) {
    const data = uniform(seed, shape.reduce((a, b) => a * b), -bound, bound); // prettier-ignore
    return np.array(dtype === "float32" ? Float32Array.from(data) : data, { shape, dtype });
  }

  /** @param {any} f @param {any[]} inputs */
  function repeat(f, ...inputs) {
    const compiled = compile(f);
    let last = /** @type {any} */ ([]);
    const step = async () => {
      tree.dispose(last);
      last = compiled(...inputs.map((x) => x.ref));
      await blockUntilReady(last);
    };
    const result = async () => joined(await Promise.all(tree.leaves(last).map((/** @type {any} */ x) => x.ref.data())));
    return { step, result, dispose: () => tree.dispose([last, inputs]) };
  }

  const sum = (/** @type {any} */ a, /** @type {any} */ b) => a.add(b);
  const product = (/** @type {any} */ a, /** @type {any} */ b) => a.mul(b);
  /** @type {Record<string, (x: any) => any>} */
  const functions = { exp: np.exp, tanh: np.tanh, sigmoid: nn.sigmoid };

  const convolve = (/** @type {any} */ x, /** @type {any} */ w) => lax.convGeneralDilated(x, w, [1, 1], "SAME");

  return {
    small: () => repeat(sum, make(1, [4, 3], 1, "float64"), make(2, [4, 3], 1, "float64")),
    matmul: ({ n, dtype }) => repeat(np.matmul, make(1, [n, n], 1, dtype), make(2, [n, n], 1, dtype)),
    unary: ({ f, size, dtype }) => ({ ...repeat(functions[f], make(1, [size], 5, dtype)), dtype: DIGITS }),
    rows({ f, rows, columns }) {
      const a = make(1, [rows, columns], 5, "float32");
      switch (f) {
        case "add":
          return repeat(sum, a, make(2, [rows, columns], 5, "float32"));
        case "mul":
          return repeat(product, a, make(3, [columns], 5, "float32"));
        case "sum":
          return repeat((/** @type {any} */ x) => x.sum(), a);
        case "mean":
          return repeat((/** @type {any} */ x) => x.mean(1), a);
        default:
          return repeat((/** @type {any} */ x) => nn.softmax(x, 1), a);
      }
    },
    convolution({ batch, channels, outputs, side }) {
      return repeat(
        convolve,
        make(1, [batch, channels, side, side], 1, "float32"),
        make(2, [outputs, channels, 3, 3], 1, "float32"),
      );
    },
    convolutionGradient({ batch, channels, outputs, side }) {
      const both = (/** @type {any} */ x, /** @type {any} */ w, /** @type {any} */ cotangent) => {
        const [y, back] = jax.vjp(convolve, [x, w]);
        y.dispose();
        const gradients = back(cotangent);
        back.dispose();
        return gradients;
      };
      return repeat(
        both,
        make(1, [batch, channels, side, side], 1, "float32"),
        make(2, [outputs, channels, 3, 3], 1, "float32"),
        make(3, [batch, outputs, side, side], 1, "float32"),
      );
    },
  };
}
