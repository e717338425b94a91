// @ts-check
import { classesOf, layersOf, oneHot, PEOPLE, transposed, uniform, XOR } from "../inputs.js";

// It computes in float32 only: workloads that ask for float64 say so.

/** @param {any} tf @returns {import("../worker.js").Kinds} */
export function networks(tf) {
  /** @param {ArrayLike<number>} data @param {number[]} shape */
  const variable = (data, shape) => tf.variable(tf.tensor(Float32Array.from(data), shape));

  /** @param {any} optimizer @param {() => any} lossOf @param {any[]} variables */
  function training(optimizer, lossOf, variables) {
    let last = NaN;
    const step = () => {
      const loss = optimizer.minimize(lossOf, true, variables);
      last = loss.dataSync()[0];
      loss.dispose();
    };
    return { step, result: () => [last], dispose: () => tf.dispose(variables), dtype: "float32" };
  }

  return {
    d2() {
      const x = tf.tensor(XOR.inputs);
      const y = tf.tensor(XOR.targets);
      const w1 = variable(uniform(3, 12, -1, 1), [3, 4]);
      const w2 = variable(uniform(4, 4, -1, 1), [4, 1]);
      const loss = () => x.matMul(w1).sigmoid().matMul(w2).sigmoid().sub(y).square().sum().mul(0.5);
      return training(tf.train.sgd(1), loss, [w1, w2]);
    },

    a4() {
      const numbers = Array.from(uniform(5, 9, -1, 1), (x) => variable([x], []));
      const [w1, w2, w3, w4, w5, w6, b1, b2, b3] = numbers;
      let turn = 0;
      const loss = () => {
        const [weight, height, answer] = /** @type {number[]} */ (PEOPLE[turn++ % PEOPLE.length]);
        const h1 = w1.mul(weight).add(w2.mul(height)).add(b1).sigmoid();
        const h2 = w3.mul(weight).add(w4.mul(height)).add(b2).sigmoid();
        return w5.mul(h1).add(w6.mul(h2)).add(b3).sigmoid().sub(answer).square();
      };
      return training(tf.train.sgd(0.1), loss, numbers);
    },

    mlp({ batch, hidden }) {
      const variables = layersOf([784, hidden, 10]).flatMap(({ inputs, out, weight, bias }) => [
        variable(transposed(weight, inputs), [inputs, out]),
        variable(bias, [out]),
      ]);
      const [w1, b1, w2, b2] = variables;
      const x = tf.tensor(Float32Array.from(uniform(1, batch * 784, 0, 1)), [batch, 784]);
      const y = tf.tensor(Float32Array.from(oneHot(classesOf(2, batch, 10), 10)), [batch, 10]);
      const loss = () => tf.losses.softmaxCrossEntropy(y, x.matMul(w1).add(b1).relu().matMul(w2).add(b2));
      return training(tf.train.momentum(0.01, 0.9), loss, variables);
    },
  };
}
