// A page that counts bytes: the 3-4-1 network of examples/10-three-layers.ts, in functions only.
import { backward, Generator, matmul, mul, sigmoid, sub, type Tensor, tensor } from "@chainrule/core/lean";
import { mseLoss } from "@chainrule/nn/lean";
import { SGD } from "@chainrule/optim";

const generator = new Generator(1);
const weights = (shape: number[]): Tensor => tensor(sub(mul(generator.rand(shape), 2), 1), { requiresGrad: true });
const w1 = weights([3, 4]);
const w2 = weights([4, 1]);
const x = tensor([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]); // prettier-ignore
const y = tensor([[0], [1], [1], [0]]);
const optimizer = new SGD([w1, w2], { lr: 1 });
const predict = (): Tensor => sigmoid(matmul(sigmoid(matmul(x, w1)), w2));

for (let step = 0; step < 2000; step++) {
  const loss = mseLoss(predict(), y);
  optimizer.zeroGrad();
  backward(loss);
  optimizer.step();
}

export const outputs: readonly number[] = Array.from(predict().toTypedArray(), Math.round);
