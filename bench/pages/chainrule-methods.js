// @ts-check
import { tensor } from "../../packages/core/dist/index.js";
import { Linear, mseLoss, sequential, Sigmoid } from "../../packages/nn/dist/index.js";
import { SGD } from "../../packages/optim/dist/index.js";

const x = tensor([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]); // prettier-ignore
const y = tensor([[0], [1], [1], [0]]);
const model = sequential(
  new Linear(3, 4, { bias: false }),
  new Sigmoid(),
  new Linear(4, 1, { bias: false }),
  new Sigmoid(),
);
const optimizer = new SGD(model.parameters(), { lr: 1 });
for (let step = 0; step < 1000; step++) {
  const loss = mseLoss(model.forward(x), y);
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}
