// @ts-check
import { classesOf, joined, layersOf, uniform, XOR } from "../inputs.js";
import { core, nn, optim } from "./library.js";

const { fromTypedArray, tensor } = core;

/** @param {Float64Array} data @param {number[]} shape @param {string} dtype @returns {Tensor} */
export const make = (data, shape, dtype) => fromTypedArray(dtype === "float32" ? Float32Array.from(data) : data, shape);

/** @typedef {import("../../../packages/core/dist/index.js").Tensor} Tensor */
/** @typedef {{ batch: number; hidden: number; dtype: "float32" | "float64" }} Sizes */

/** @param {Sizes} sizes */
function functional({ batch, hidden, dtype }) {
  const parameters = layersOf([784, hidden, 10]).flatMap(({ inputs, out, weight, bias }) => [
    make(weight, [out, inputs], dtype),
    make(bias, [out], dtype),
  ]);
  const x = make(uniform(1, batch * 784, 0, 1), [batch, 784], dtype);
  const y = fromTypedArray(classesOf(2, batch, 10), [batch]);
  /** @param {any} p @returns {import("../../../packages/core/dist/index.js").Value} */
  const loss = ([w1, b1, w2, b2]) => nn.crossEntropyLoss(core.linear(core.linear(x, w1, b1).relu(), w2, b2), y);
  return { parameters, loss };
}
/** @param {readonly Tensor[]} tensors */
const flat = (tensors) => joined(tensors.map((x) => x.toTypedArray()));

/** @param {Sizes} sizes */
function network({ batch, hidden, dtype }) {
  const [first, last] = layersOf([784, hidden, 10]).map(({ inputs, out, weight, bias }) => {
    const layer = new nn.Linear(inputs, out, { dtype });
    layer.weight.assign(/** @type {any} */ (make(weight, [out, inputs], dtype)));
    layer.bias?.assign(/** @type {any} */ (make(bias, [out], dtype)));
    return layer;
  });
  const model = nn.sequential(/** @type {any} */ (first), new nn.ReLU(), /** @type {any} */ (last));
  const x = make(uniform(1, batch * 784, 0, 1), [batch, 784], dtype);
  const y = fromTypedArray(classesOf(2, batch, 10), [batch]);
  return { model, loss: () => nn.crossEntropyLoss(model.forward(/** @type {any} */ (x)), y) };
}

/** @type {import("../worker.js").Kinds} */
export const networks = {
  d2() {
    const x = tensor(XOR.inputs);
    const y = tensor(XOR.targets);
    const w1 = tensor(make(uniform(3, 12, -1, 1), [3, 4], "float64"), { requiresGrad: true });
    const w2 = tensor(make(uniform(4, 4, -1, 1), [4, 1], "float64"), { requiresGrad: true });
    const optimizer = new optim.SGD([w1, w2], { lr: 1 });
    let last = NaN;
    const step = () => {
      const loss = x.matmul(w1).sigmoid().matmul(w2).sigmoid().sub(y).square().sum().mul(0.5);
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      return (last = loss.item());
    };
    return { step, result: () => [last] };
  },

  mlp(args) {
    const { model, loss: lossOf } = network(args);
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9 });
    let last = NaN;
    const step = () => {
      const loss = lossOf();
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      return (last = loss.item());
    };
    return { step, result: () => [last] };
  },

  gradient(args) {
    const { parameters, loss } = functional(args);
    const gradient = core.grad(loss);
    let last = /** @type {Tensor[]} */ ([]);
    return { step: () => (last = gradient(parameters)), result: () => flat(last) };
  },

  hvp(args) {
    const { parameters, loss } = functional(args);
    const tangent = parameters.map((p, i) => make(uniform(30 + i, p.size, -1, 1), [...p.shape], args.dtype));
    let last = /** @type {Tensor[]} */ ([]);
    return { step: () => (last = core.hvp(loss, parameters, tangent)), result: () => flat(last) };
  },
};
