// @ts-check
import { classesOf, joined, layersOf, oneHot, PEOPLE, transposed, uniform, XOR } from "../inputs.js";

/** Its exp has the digits of float32, in float64 too. */
export const DIGITS = "float32";

/** @param {any} jax @param {(f: any) => any} compile @returns {import("../worker.js").Kinds} */
export function networks(jax, compile) {
  const { numpy: np, nn, tree, valueAndGrad, blockUntilReady } = jax;

  /** @param {Float64Array} data @param {number[]} shape @param {string} dtype */
  const make = (data, shape, dtype) => np.array(dtype === "float32" ? Float32Array.from(data) : data, { shape, dtype });

  /** Repeats (state, ...inputs) → [state, loss], waiting for both. */
  /** @param {any} stepOf @param {any} state @param {(() => any)} inputs */
  function training(stepOf, state, inputs) {
    const compiled = compile(stepOf);
    let loss = np.zeros([]);
    const step = async () => {
      loss.dispose();
      [state, loss] = compiled(state, ...inputs());
      await blockUntilReady([state, loss]);
    };
    return { step, result: () => loss.ref.data(), dispose: () => tree.dispose([state, loss]), dtype: DIGITS };
  }

  /** @param {(p: any, ...rest: any[]) => any} lossOf @param {number} rate */
  const descent =
    (lossOf, rate) =>
    (/** @type {any} */ p, /** @type {any[]} */ ...rest) => {
      const [loss, gradient] = valueAndGrad(lossOf)(tree.ref(p), ...rest);
      return [tree.map((/** @type {any} */ x, /** @type {any} */ g) => x.sub(g.mul(rate)), p, gradient), loss];
    };

  /** @param {{ batch: number; hidden: number; dtype: string }} sizes */
  function network({ batch, hidden, dtype }) {
    const parameters = layersOf([784, hidden, 10]).flatMap(({ inputs, out, weight, bias }) => [
      make(transposed(weight, inputs), [inputs, out], dtype),
      make(bias, [out], dtype),
    ]);
    const x = make(uniform(1, batch * 784, 0, 1), [batch, 784], dtype);
    const y = make(oneHot(classesOf(2, batch, 10), 10), [batch, 10], dtype);
    /** @param {any[]} p @param {any} x @param {any} y */
    const loss = ([w1, b1, w2, b2], x, y) => {
      const scores = np.matmul(nn.relu(np.matmul(x, w1).add(b1)), w2).add(b2);
      return nn.logSoftmax(scores).mul(y).sum(-1).mean().mul(-1);
    };
    return { parameters, x, y, loss };
  }

  /** The gradient's layout is turned back to [out, in]. */
  /** @param {any[]} gradient @param {number} hidden */
  const flat = async ([w1, b1, w2, b2], hidden) =>
    joined([transposed(await w1.ref.data(), hidden), await b1.ref.data(), transposed(await w2.ref.data(), 10), await b2.ref.data()]); // prettier-ignore

  /** @param {any} f @param {any[]} inputs @param {number} hidden */
  function derivative(f, inputs, hidden) {
    const compiled = compile(f);
    let last = /** @type {any} */ ([]);
    const step = async () => {
      tree.dispose(last);
      last = compiled(...inputs.map(tree.ref));
      await blockUntilReady(last);
    };
    return { step, result: () => flat(last, hidden), dispose: () => tree.dispose([last, inputs]), dtype: DIGITS };
  }

  return {
    d2() {
      const x = np.array(XOR.inputs, { dtype: "float64" });
      const y = np.array(XOR.targets, { dtype: "float64" });
      const weights = [make(uniform(3, 12, -1, 1), [3, 4], "float64"), make(uniform(4, 4, -1, 1), [4, 1], "float64")];
      const loss = (/** @type {any} */ [w1, w2], /** @type {any} */ x, /** @type {any} */ y) =>
        np.square(nn.sigmoid(np.matmul(nn.sigmoid(np.matmul(x, w1)), w2)).sub(y)).sum().mul(0.5); // prettier-ignore
      return training(descent(loss, 1), weights, () => [x.ref, y.ref]);
    },

    a4() {
      const numbers = Array.from(uniform(5, 9, -1, 1), (x) => np.array(x, { dtype: "float64" }));
      const people = PEOPLE.map((person) => person.map((x) => np.array(x, { dtype: "float64" })));
      let turn = 0;
      const loss = (/** @type {any[]} */ [w1, w2, w3, w4, w5, w6, b1, b2, b3], /** @type {any[]} */ ...person) => {
        const [weight, height, answer] = person;
        const h1 = nn.sigmoid(w1.mul(weight.ref).add(w2.mul(height.ref)).add(b1));
        const h2 = nn.sigmoid(w3.mul(weight).add(w4.mul(height)).add(b2));
        return np.square(nn.sigmoid(w5.mul(h1).add(w6.mul(h2)).add(b3)).sub(answer));
      };
      const next = () => people[turn++ % people.length]?.map((x) => x.ref);
      return training(descent(loss, 0.1), numbers, next);
    },

    mlp(sizes) {
      const { parameters, x, y, loss } = network(sizes);
      const velocity = parameters.map((p) => np.zeros(p.shape, { dtype: sizes.dtype }));
      const stepOf = (/** @type {any[]} */ [p, v], /** @type {any} */ x, /** @type {any} */ y) => {
        const [value, gradient] = valueAndGrad(loss)(tree.ref(p), x, y);
        const moved = tree.map((/** @type {any} */ v, /** @type {any} */ g) => v.mul(0.9).add(g), v, gradient);
        const after = tree.map((/** @type {any} */ p, /** @type {any} */ v) => p.sub(v.ref.mul(0.01)), p, moved);
        return [[after, moved], value];
      };
      return training(stepOf, [parameters, velocity], () => [x.ref, y.ref]);
    },

    gradient(sizes) {
      const { parameters, x, y, loss } = network(sizes);
      return derivative(jax.grad(loss), [parameters, x, y], sizes.hidden);
    },

    hvp(sizes) {
      const { parameters, x, y, loss } = network(sizes);
      const tangent = layersOf([784, sizes.hidden, 10]).flatMap(({ inputs, out }, i) => [
        make(transposed(uniform(30 + 2 * i, inputs * out, -1, 1), inputs), [inputs, out], sizes.dtype),
        make(uniform(31 + 2 * i, out, -1, 1), [out], sizes.dtype),
      ]);
      const product = (/** @type {any} */ p, /** @type {any} */ t, /** @type {any} */ x, /** @type {any} */ y) =>
        jax.jvp((/** @type {any} */ p) => jax.grad(loss)(p, x, y), [p], [t])[1]; // prettier-ignore
      return derivative(product, [parameters, tangent, x, y], sizes.hidden);
    },
  };
}
