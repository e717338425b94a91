// Type tests of vmap, run by the compiler: what becomes of sizes, dims and trees.
import { grad, hessian, type Tensor, tensor, type Value, vmap, zeros } from "@chainrule/core";
import { Linear, mseLoss } from "@chainrule/nn";
import { has } from "./support/has.ts";

declare const rows: Tensor<[number, 3]>;
declare const unknown: Tensor;
const norm = (x: Tensor<[3]>): Value => x.square().sum().sqrt();
const scaled = (x: Tensor<[3]>, k: Value): Tensor<[3]> => x.mul(k);

// Never called: only the compiler reads it.
export function sizes(): void {
  has<[8]>()(vmap(norm)(zeros([8, 3])), true);
  has<[number]>()(vmap(norm)(rows), true);
  has<[8, 3]>()(vmap(grad(norm))(zeros([8, 3])), true);
  has<[8, 3, 3]>()(vmap(hessian(norm))(zeros([8, 3])), true);
  has<number[]>()(vmap((x: Tensor) => x.exp())(unknown), true);
  has<number[]>()(vmap((x: Tensor) => x.exp())(zeros([8, 3])), true);
  // @ts-expect-error the examples have four elements
  vmap(norm)(zeros([8, 4]));
  // @ts-expect-error there is no dim for the examples
  vmap(norm)(zeros([3]));
}

export function dims(): void {
  has<[8]>()(vmap(norm, { inDims: 1 })(zeros([3, 8])), true);
  has<[3, 8]>()(vmap((x: Tensor<[3]>) => x.exp(), { outDims: -1 })(zeros([8, 3])), true);
  has<[8, 3]>()(vmap(scaled)(zeros([8, 3]), zeros([8])), true);
  has<[8, 3]>()(vmap(scaled, { inDims: [0, null] })(zeros([8, 3]), zeros([])), true);
  has<[8, number, 3]>()(vmap(vmap(scaled))(zeros([8, 2, 3]), zeros([8, 2])), true);
  const grid = vmap(vmap(scaled, { inDims: [null, 0] }), { inDims: [0, null] });
  has<[8, number, 3]>()(grid(zeros([8, 3]), zeros([2])), true);
  // @ts-expect-error the second argument is mapped too
  vmap(scaled)(zeros([8, 3]), zeros([]));
}

export function trees(): void {
  const both = ({ a, b }: { a: Value; b: Tensor<[2]> }): { sum: Tensor<[2]>; list: [Value, number] } => ({
    sum: b.add(a),
    list: [a, 3],
  });
  const options = { inDims: [{ a: 0, b: 1 }], outDims: { sum: 1, list: 0 } } as const;
  const { sum, list } = vmap(both, options)({ a: zeros([8]), b: zeros([2, 8]) });
  has<[2, 8]>()(sum, true);
  has<[8]>()(list[0], true);
  has<[8]>()(list[1], true);
  const model = new Linear(3, 1);
  const loss = (m: typeof model, x: Tensor<[3]>): Value => mseLoss(m.forward(x), tensor([0]));
  has<[8, 1, 3]>()(vmap(grad(loss), { inDims: [null, 0] })(model, zeros([8, 3])).weight, true);
}
