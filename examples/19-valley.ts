/** A hard valley: L-BFGS, which learns how the loss bends, beside gradient descent, which only sees how steep it is. */
import { linspace, type Tensor, tensor, type Value, zeros } from "@chainrule/core";
import { LBFGS, SGD } from "@chainrule/optim";
import { isProgram } from "./program.ts";

/** Rosenbrock's valley, curved and flat at the bottom: Σ 100·(xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)², 0 where all are 1. */
const rosenbrock = (x: Tensor<[number]>): Value => {
  const [head, tail] = [x.slice(0, { end: -1 }), x.slice(0, { start: 1 })];
  return tail.sub(head.square()).square().mul(100).add(head.sub(1).square()).sum();
};
/** A bowl ten thousand times steeper in one direction than in another: ½ Σ cᵢ·(xᵢ − 1)² with c from 1 to 10⁴. */
const curvature = tensor(10).pow(linspace(0, 4, 10));
const bowl = (x: Tensor<[number]>): Value => x.sub(1).square().mul(curvature).sum().div(2);

/** With rates near the largest at which gradient descent does not fly out of the valley. */
const VALLEYS = [
  { name: "Rosenbrock", loss: rosenbrock, lr: 5e-4 },
  { name: "bowl", loss: bowl, lr: 1.5e-4 },
];
/** The loss that counts as arrived, and how often it may be evaluated until then. */
const GOAL = 1e-12;
const MOST = 20_000;

export function run() {
  return VALLEYS.flatMap(({ name, loss, lr }) =>
    ["SGD", "SGD with momentum", "LBFGS"].map((method) => {
      const x = tensor(zeros([10]), { requiresGrad: true });
      const optimizer: { zeroGrad(): void; step(closure: () => Value): unknown } =
        method === "LBFGS"
          ? new LBFGS([x], { lineSearchFn: "strongWolfe", toleranceChange: 0, toleranceGrad: 0 })
          : new SGD([x], { lr, momentum: method === "SGD" ? 0 : 0.9 });
      const losses: number[] = [];
      const closure = (): Value => {
        optimizer.zeroGrad();
        const value = loss(x);
        value.backward();
        losses.push(value.item());
        return value;
      };
      while ((losses.at(-1) ?? Infinity) > GOAL && losses.length < MOST) optimizer.step(closure);
      return { valley: name, method, evaluations: losses.length, loss: losses.at(-1)! };
    }),
  );
}

if (isProgram(import.meta.url)) {
  const results = run();
  console.log("valley      method             evaluations  loss");
  for (const { valley, method, evaluations, loss } of results)
    console.log(
      `${valley.padEnd(12)}${method.padEnd(19)}${String(evaluations).padStart(11)}  ${loss.toExponential(1)}`,
    );
  for (const { valley, method, loss } of results)
    if (method === "LBFGS" && loss > GOAL) throw new Error(`${valley}: LBFGS stopped at ${loss}`);
}
