// @ts-check
import { PEOPLE, uniform } from "../inputs.js";
import { core, optim } from "./library.js";

const { value } = core;
const wanted = { requiresGrad: true };

/** Nine numbers, and the squared error of the next person: 17 scalar operations. */
function network() {
  const numbers = Array.from(uniform(5, 9, -1, 1), (x) => value(x, wanted));
  const [w1, w2, w3, w4, w5, w6, b1, b2, b3] = /** @type {any} */ (numbers);
  let turn = 0;
  const loss = () => {
    const [weight, height, answer] = /** @type {any} */ (PEOPLE[turn++ % PEOPLE.length]);
    const h1 = w1.mul(weight).add(w2.mul(height)).add(b1).sigmoid();
    const h2 = w3.mul(weight).add(w4.mul(height)).add(b2).sigmoid();
    return w5.mul(h1).add(w6.mul(h2)).add(b3).sigmoid().sub(answer).square();
  };
  const optimizer = new optim.SGD(numbers, { lr: 0.1 });
  return { numbers, loss, optimizer };
}

/** @type {import("../worker.js").Kinds} */
export const scalars = {
  a4() {
    const { loss: lossOf, optimizer } = network();
    let last = NaN;
    const step = () => {
      optimizer.zeroGrad();
      const loss = lossOf();
      loss.backward();
      optimizer.step();
      return (last = loss.item());
    };
    return { step, result: () => [last] };
  },

  a4gradient() {
    const { numbers, loss, optimizer } = network();
    const step = () => {
      optimizer.zeroGrad();
      loss().backward();
    };
    return { step, result: () => numbers.map(({ grad }) => grad?.item() ?? NaN) };
  },

  chain({ size }) {
    const w = value(0.999, wanted);
    let last = NaN;
    const step = () => {
      let x = w;
      for (let i = 0; i < size; i += 2) x = x.mul(w).add(0.001);
      w.grad = null;
      x.backward();
      last = x.item();
    };
    return { step, result: () => [last, w.grad?.item() ?? NaN] };
  },

  wide({ size }) {
    const w = value(0.5, wanted);
    const factors = uniform(6, size, -1, 1);
    let last = NaN;
    const step = () => {
      let x = value(0);
      for (const factor of factors) x = x.add(w.mul(factor));
      w.grad = null;
      x.backward();
      last = x.item();
    };
    return { step, result: () => [last, w.grad?.item() ?? NaN] };
  },
};
