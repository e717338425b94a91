// @ts-check
import { defaultDevice, init, jit, nn, numpy as np, random, tree, valueAndGrad } from "@jax-js/jax";

await init("wasm");
defaultDevice("wasm");
const x = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]); // prettier-ignore
const y = np.array([[0], [1], [1], [0]]);
const loss = (/** @type {any[]} */ [w1, w2]) =>
  np.square(nn.sigmoid(np.matmul(nn.sigmoid(np.matmul(x.ref, w1)), w2)).sub(y.ref)).mean();
const step = jit((/** @type {any[]} */ weights) => {
  const [value, gradient] = valueAndGrad(loss)(tree.ref(weights));
  value.dispose();
  return tree.map((/** @type {any} */ w, /** @type {any} */ g) => w.sub(g), weights, gradient);
});
let weights = [random.uniform(random.key(1), [3, 4]), random.uniform(random.key(2), [4, 1])];
for (let i = 0; i < 1000; i++) weights = step(weights);
