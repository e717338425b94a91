/** The network of example 05 trained on three prices, and the price it gives a house it has not seen. */
import { full, type Tensor, tensor } from "@chainrule/core";
import { SGD } from "@chainrule/optim";
import { STATED } from "./05-house-price.ts";
import { curve, isProgram } from "./program.ts";

export function run({
  houses = STATED,
  prices = [94, 89, 83],
  question: [bedrooms, quality] = [4, 7],
  epochs = 2000,
  rate = 1,
} = {}) {
  const x = tensor(houses);
  const scale = x.max(0).values;
  const inputs = x.div(scale);
  const targets = tensor(prices).div(100).unsqueeze(1);
  const w1 = full([2, 3], 0.5, { requiresGrad: true });
  const w2 = full([3, 1], 0.5, { requiresGrad: true });
  const optimizer = new SGD([w1, w2], { lr: rate });
  const predict = (x: Tensor) => x.matmul(w1).sigmoid().matmul(w2).sigmoid();

  const losses: number[] = [];
  for (let epoch = 0; epoch <= epochs; epoch++) {
    const loss = predict(inputs).sub(targets).square().sum();
    if (epoch % 100 === 0) losses.push(loss.item());
    if (epoch === epochs) break;
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
  }
  return { losses, price: 100 * predict(tensor([[bedrooms, quality]]).div(scale)).item() };
}

if (isProgram(import.meta.url)) {
  const { losses, price } = run();
  console.log(curve("sum of squared errors, by epoch", losses, 100));
  console.log(`A house with 4 bedrooms of quality 7: ${price.toFixed(2)}`);
}
