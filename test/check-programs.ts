import {
  concat, cos, cumsum, div, exp, logSumExp, log, matmul, mean, mul, neg, relu, abs, maximum, reshape, sigmoid, sin, slice, softmax, softplus, sqrt, square, sub, sum, add,
  tanh, type Tensor, tensor, transpose, where, gt,
} from "@chainrule/core"; // prettier-ignore

// Correct programs at random: to see how often the checker raises a false alarm, and to hide mistakes in.

/** A source of integers from 0 up to, not including, n: fast-check's, or a plain generator's. */
export type Draw = (n: number) => number;

/** Reads from a list of integers, round and round: what fast-check can shrink. */
export function drawFrom(list: readonly number[]): Draw {
  let at = 0;
  return (n) => (list[at++ % list.length] ?? 0) % n;
}

export interface Program {
  readonly inputs: Tensor[];
  readonly f: (...inputs: Tensor[]) => Tensor;
  readonly text: string;
}

type Unary = readonly [name: string, smooth: boolean, f: (x: Tensor) => Tensor];
type Binary = readonly [name: string, smooth: boolean, f: (a: Tensor, b: Tensor) => Tensor];

const UNARY: readonly Unary[] = [
  ["sin", true, (x) => sin(x)],
  ["cos", true, (x) => cos(x)],
  ["tanh", true, (x) => tanh(x)],
  ["sigmoid", true, (x) => sigmoid(x)],
  ["softplus", true, (x) => softplus(x)],
  ["exp(tanh)", true, (x) => exp(tanh(x))],
  ["neg", true, (x) => neg(x)],
  ["square", true, (x) => square(x)],
  ["sqrt(1 + square)", true, (x) => sqrt(add(square(x), 1))],
  ["log(1 + square)", true, (x) => log(add(square(x), 1))],
  ["1 / (1 + square)", true, (x) => div(1, add(square(x), 1))],
  ["sum(-1, keepDim)", true, (x) => (x.rank === 0 ? x : sum(x, -1, { keepDim: true }))],
  ["mean(0)", true, (x) => (x.rank === 0 ? x : mean(x, 0))],
  ["softmax", true, (x) => (x.rank === 0 ? x : softmax(x, -1))],
  ["logSumExp(0)", true, (x) => (x.rank === 0 ? x : logSumExp(x, 0))],
  ["cumsum", true, (x) => (x.rank === 0 ? x : cumsum(x, 0))],
  ["transpose", true, (x) => (x.rank < 2 ? x : transpose(x))],
  ["slice", true, (x) => (x.rank === 0 ? x : slice(x, 0, { step: -1 }))],
  ["x·xᵀ", true, (x) => (x.rank < 2 ? mul(x, x) : matmul(x, transpose(x)))],
  ["reshape", true, (x) => reshape(x, [-1])],
  ["0.5 + x", true, (x) => add(x, 0.5)],
  ["2x", true, (x) => mul(x, 2)],
  ["relu", false, (x) => relu(x)],
  ["abs", false, (x) => abs(x)],
  ["where(x > 0)", false, (x) => where(gt(x, 0), x, mul(x, 0.25))],
];
const BINARY: readonly Binary[] = [
  ["add", true, (a, b) => add(a, b as never)],
  ["sub", true, (a, b) => sub(a, b as never)],
  ["mul", true, (a, b) => mul(a, b as never)],
  ["mul", true, (a, b) => mul(a, b as never)],
  ["div", true, (a, b) => div(a, add(square(b), 1) as never)],
  ["concat", true, (a, b) => concat([reshape(a, [-1]), reshape(b, [-1])], 0)],
  ["maximum", false, (a, b) => maximum(a, b as never)],
];
const SHAPES = [[], [3], [2, 3], [2, 1], [1, 3]];

const fits = (a: Tensor, b: Tensor): boolean => {
  for (let d = 1; d <= Math.min(a.rank, b.rank); d++) {
    const [x, y] = [a.shape[a.rank - d]!, b.shape[b.rank - d]!];
    if (x !== y && x !== 1 && y !== 1) return false;
  }
  return true;
};

/** A program of 2 to 8 operations on 1 to 3 inputs, with fan-out, repeated operands and broadcasting; one result passes through `tamper`. */
export function randomProgram(draw: Draw, smooth = true, tamper: (x: Tensor) => Tensor = (x) => x): Program {
  const inputs = Array.from({ length: 1 + draw(3) }, () => {
    const shape = SHAPES[draw(SHAPES.length)]!;
    const size = shape.reduce((a, b) => a * b, 1);
    const flat = tensor(Array.from({ length: size }, () => (draw(4097) - 2048) / 1024));
    return reshape(flat, shape).detach().clone();
  });
  const steps = Array.from({ length: 2 + draw(7) }, () => ({
    binary: draw(2) === 0, which: draw(1000), a: draw(1000), b: draw(1000),
  })); // prettier-ignore
  const tampered = inputs.length + draw(steps.length);
  const unary = UNARY.filter((u) => u[1] || !smooth);
  const binary = BINARY.filter((u) => u[1] || !smooth);
  const run = (tensors: readonly Tensor[], note: (line: string) => void): Tensor => {
    const nodes = [...tensors];
    for (const { binary: two, which, a, b } of steps) {
      // Recent results are likelier.
      const pick = (r: number): number => nodes.length - 1 - Math.floor(nodes.length * (r / 1000) ** 2);
      const [i, j] = [pick(a), pick(b)];
      const [x, y] = [nodes[i]!, nodes[j]!];
      if (two && fits(x, y) && x.size * y.size <= 400) {
        const [name, , f] = binary[which % binary.length]!;
        nodes.push(f(x, y));
        note(`v${nodes.length - 1} = ${name}(v${i}, v${j})`);
      } else {
        const [name, , f] = unary[which % unary.length]!;
        nodes.push(f(x));
        note(`v${nodes.length - 1} = ${name}(v${i})`);
      }
      if (nodes.length - 1 === tampered) nodes.push(tamper(nodes.pop()!));
    }
    return nodes.at(-1)!;
  };
  const lines: string[] = inputs.map((x, i) => `v${i} = tensor(${JSON.stringify(x.toArray())})`);
  run(inputs, (line) => lines.push(line));
  return { inputs, f: (...tensors) => run(tensors, () => undefined), text: lines.join("\n") };
}
