// What the compiler says where a generic program has a wrong shape: the sizes, as the program names them.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { typeCheck } from "./tsc.ts";

const folder = join(import.meta.dirname, ".generic");
const program = `
import { type Shape, type Tensor, zeros } from "@chainrule/core";
import { crossEntropyLoss, Linear, mseLoss } from "@chainrule/nn";

export function f<N extends number, D extends number, S extends Shape, T extends Shape>(
  x: Tensor<[N, D]>, y: Tensor<[D, N]>, rows: Tensor<[N]>, layer: Linear<3, D>, s: Tensor<S>, t: Tensor<T>,
) {
  x.add(y);
  x.mul(rows);
  x.matmul(x);
  layer.forward(x);
  x.sum(2);
  x.matmul(zeros([784, 10])).matmul(zeros([128, 10]));
  zeros([x.shape[0], 3]).add(zeros([x.shape[0], 4]));
  crossEntropyLoss(x, y);
  s.add(t);
  mseLoss(s, t);
  s.sum(1);
  x.backward();
}
`;

test("a wrong shape in generic code is refused, and named", async () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  writeFileSync(join(folder, ".gitignore"), "*\n");
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ extends: "../tsconfig.json", include: ["*.ts"] }));
  writeFileSync(join(folder, "program.ts"), program);
  const report = await typeCheck("tsconfig.json", folder);
  const lines = program.split("\n");
  const said = [...report.matchAll(/^program\.ts\((\d+),\d+\): error TS\d+: (.*)$/gm)].map(
    ([, line, message]) => `${lines[Number(line) - 1]!.trim()}\n  ${message}`,
  );
  expect(said.join("\n")).toMatchInlineSnapshot(`
    "x.add(y);
      Argument of type 'Tensor<[D, N]>' is not assignable to parameter of type 'CheckOperand<[N, D], Tensor<[D, N]>, "add">'.
    x.mul(rows);
      Argument of type 'Tensor<[N]>' is not assignable to parameter of type 'CheckStretch<[N, D], [N], "mul", Tensor<[N]>>'.
    x.matmul(x);
      Argument of type 'Tensor<[N, D]>' is not assignable to parameter of type 'CheckMatMul<[N, D], [N, D], Tensor<[N, D]>>'.
    layer.forward(x);
      Argument of type 'Tensor<[N, D]>' is not assignable to parameter of type 'CheckLayer<LinearFn<3, D>, [N, D], Tensor<[N, D]>>'.
    x.sum(2);
      Argument of type '2' is not assignable to parameter of type '\`sum: dim 2 is out of range for [\${ShowSize<N>},\${ShowSize<D>}]\`'.
    x.matmul(zeros([784, 10])).matmul(zeros([128, 10]));
      Argument of type 'Tensor<[784, 10]>' is not assignable to parameter of type 'CheckMatMul<[N, D], [784, 10], Tensor<[784, 10]>>'.
    x.matmul(zeros([784, 10])).matmul(zeros([128, 10]));
      Argument of type 'Tensor<[128, 10]>' is not assignable to parameter of type 'CheckMatMul<SameSize<D, 784> extends true ? [N, 10] : Fail<\`matmul: inner sizes \${ShowSize<D>} and 784 differ in [\${ShowSize<N>},\${ShowSize<D>}] x [784,10]\${[784, 10] extends readonly [number, D] ? "; did you mean a.matmul(b.transpose())?" : ...}\`>, [...], Tensor<...>>'.
    zeros([x.shape[0], 3]).add(zeros([x.shape[0], 4]));
      Argument of type 'Tensor<[N, 4]>' is not assignable to parameter of type '\`add: cannot broadcast [\${ShowSize<N>},3] with [\${ShowSize<N>},4]\`'.
    crossEntropyLoss(x, y);
      Argument of type 'Tensor<[D, N]>' is not assignable to parameter of type 'CheckTarget<[N, D], [D, N], Tensor<[D, N]>>'.
    s.add(t);
      Argument of type 'Tensor<T>' is not assignable to parameter of type 'CheckOperand<S, Tensor<T>, "add">'.
    mseLoss(s, t);
      Argument of type 'Tensor<T>' is not assignable to parameter of type 'CheckSameShape<S, T, "mseLoss", Tensor<T>>'.
    s.sum(1);
      Argument of type '1' is not assignable to parameter of type 'CheckReduce<S, 1, false, "sum">'.
    x.backward();
      The 'this' context of type 'Tensor<[N, D]>' is not assignable to method's 'this' of type 'Check<SameSizes<[N, D], [1, 1]> extends true ? [N, D] : Fail<\`backward: needs a scalar loss, got [\${ShowSize<N>},\${ShowSize<D>}]; pass a cotangent of that shape, or reduce with sum() or mean()\`>, Tensor<[N, D]>>'."
  `);
});
