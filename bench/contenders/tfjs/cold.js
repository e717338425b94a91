// @ts-check
import { XOR } from "../inputs.js";
import { start } from "./index.js";

/** @param {string} variant */
export async function cold(variant) {
  const tf = await start(variant);
  const x = tf.tensor(XOR.inputs);
  const { value, grad } = tf.valueAndGrad((/** @type {any} */ w) => x.matMul(w).sigmoid().sum())(
    tf.ones([3, 4]).mul(0.5),
  );
  grad.dataSync();
  return value.dataSync();
}
