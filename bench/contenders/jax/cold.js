// @ts-check
import { XOR } from "../inputs.js";
import { start } from "./index.js";

export async function cold() {
  const jax = await start();
  const { numpy: np, nn } = jax;
  const x = np.array(XOR.inputs);
  const loss = (/** @type {any} */ w) => nn.sigmoid(np.matmul(x.ref, w)).sum();
  const [value, gradient] = jax.valueAndGrad(loss)(np.full([3, 4], 0.5));
  gradient.dataSync();
  return value.dataSync();
}
