// @ts-check
import { backward, matmul, rand, sigmoid, tensor } from "../../packages/core/dist/lean.js";
import { mseLoss } from "../../packages/nn/dist/lean.js";
import { SGD } from "../../packages/optim/dist/index.js";

const x = tensor([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]); // prettier-ignore
const y = tensor([[0], [1], [1], [0]]);
const w1 = rand([3, 4], { requiresGrad: true });
const w2 = rand([4, 1], { requiresGrad: true });
const optimizer = new SGD([w1, w2], { lr: 1 });
for (let step = 0; step < 1000; step++) {
  const loss = mseLoss(sigmoid(matmul(sigmoid(matmul(x, w1)), w2)), y);
  optimizer.zeroGrad();
  backward(loss);
  optimizer.step();
}
