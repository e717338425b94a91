import {
  type CheckOptions,
  customGradient,
  fromTypedArray,
  Generator,
  jacobian,
  type Tensor,
  tensor,
  type Verdict,
  value,
} from "@chainrule/core";
import { apply, type Op } from "../packages/core/src/op.ts";

// Functions with derivatives that are wrong, missing or do not exist: what the checker must not let pass. And a few hard ones that are right.

export interface Mutant {
  readonly group: string;
  readonly name: string;
  readonly f: (...inputs: Tensor[]) => Tensor;
  readonly inputs: () => Tensor[];
  readonly expected: Verdict | "error";
  readonly options?: CheckOptions;
  /** Part of the message. */
  readonly says?: string;
}

type Rules = { forward: (...x: Tensor[]) => Tensor; vjp: (g: Tensor, ...x: Tensor[]) => Tensor | (Tensor | null)[] };
/** A function with a vjp of its own, from which forward mode follows. */
const rule = ({ forward, vjp }: Rules): ((...inputs: Tensor[]) => Tensor) =>
  customGradient<Tensor[]>({ forward, vjp: (g, { inputs }) => vjp(g, ...inputs) });

/** An operation by hand. */
const op = (def: Partial<Op> & Pick<Op, "forward">): ((...inputs: Tensor[]) => Tensor) => {
  const record: Op = { name: "byHand", vjp: () => null, jvp: () => null, ...def };
  return (...inputs) => apply(record, inputs, undefined);
};

/** The identity, with a vjp and a jvp that are wrong by these factors. */
export const wrongBy = (vjp: number, jvp = vjp): ((x: Tensor) => Tensor) =>
  op({
    forward: ([x]) => x!.mul(1),
    vjp: (g) => g.mul(vjp),
    jvp: ([t]) => t!.mul(jvp),
  });

const X = (): Tensor => tensor([1.5, -0.625, 2.25]);
const M = (): Tensor => tensor([[0.5, -1.25, 2], [1.5, 0.75, -0.375], [-2, 1, 0.25]]); // prettier-ignore
const f = (x: Tensor): Tensor => x.sin().mul(x.exp());
const wrong =
  (factor: number): ((x: Tensor) => Tensor) =>
  (x) =>
    f(wrongBy(factor)(x));

/** Noise that is a function of x. */
const hash = (v: number): number => {
  const [low, high] = new Uint32Array(Float64Array.of(v).buffer) as unknown as [number, number];
  const mixed = Math.imul(low ^ (low >>> 15) ^ Math.imul(high, 0x9e3779b1), 0x2c1b3c6d);
  return ((mixed ^ (mixed >>> 13)) >>> 0) / 2 ** 32 - 0.5;
};
const withNoise = (size: number): ((x: Tensor) => Tensor) =>
  rule({
    forward: (x) =>
      fromTypedArray(
        x.toTypedArray().map((v) => Math.sin(v) + size * hash(v)),
        x.shape,
      ),
    vjp: (g, x) => g.mul(x.cos()),
  });
const numbers = (shape: number[], seed = 1): Tensor =>
  new Generator(seed).randint(-2048, 2049, shape).to("float64").div(1024).detach().clone();

/** Keeps five digits. */
function lossy(x: Tensor): Tensor {
  let y = x;
  for (let i = 0; i < 5; i++) y = y.square().add(1).log();
  return y;
}

let calls = 0;

export const MUTANTS: readonly Mutant[] = [
  // A derivative that is nearly right.
  ...[1e-2, 9e-4, 1e-4, 1e-6, 1e-8].map((error): Mutant => ({
    group: "nearly right", name: `too large by ${error}`, f: wrong(1 + error), inputs: () => [X()], expected: "fail", says: error < 1e-3 ? "digits" : "times",
  })),
  { group: "nearly right", name: "too large by 1e-10", f: wrong(1 + 1e-10), inputs: () => [X()], expected: "pass" },
  { group: "nearly right", name: "too large by 1e-6, reverse mode alone", f: (x) => f(wrongBy(1 + 1e-6, 1)(x)), inputs: () => [X()], expected: "fail", says: "vjp rule" },
  { group: "nearly right", name: "too large by 1e-6, forward mode alone", f: (x) => f(wrongBy(1, 1 + 1e-6)(x)), inputs: () => [X()], expected: "fail", says: "jvp rule" },
  { group: "nearly right", name: "erf with 2/√π = 1.128379", f: rule({ forward: (x) => x.erf(), vjp: (g, x) => g.mul(x.square().neg().exp()).mul(1.128379) }), inputs: () => [X()], expected: "fail", says: "digits" },

  // Quite wrong.
  { group: "wrong", name: "wrong sign", f: wrong(-1), inputs: () => [X()], expected: "fail", says: "sign" },
  { group: "wrong", name: "twice too large", f: wrong(2), inputs: () => [X()], expected: "fail", says: "2 times" },
  { group: "wrong", name: "x·x with one of two terms", f: rule({ forward: (x) => x.mul(x), vjp: (g, x) => g.mul(x) }), inputs: () => [X()], expected: "fail", says: "1/2 times" },
  { group: "wrong", name: "sum for mean", f: rule({ forward: (x) => x.mean(), vjp: (g, x) => g.broadcastTo(x.shape) }), inputs: () => [X()], expected: "fail", says: "3 times" },
  { group: "wrong", name: "zero", f: (x) => f(x.detach()), inputs: () => [X()], expected: "fail", says: "is 0" },
  { group: "wrong", name: "zero, of (10⁻³x)²", f: (x) => x.detach().mul(1e-3).square(), inputs: () => [X()], expected: "fail", says: "is 0" },
  { group: "wrong", name: "half of it detached", f: (x) => x.detach().mul(x), inputs: () => [X()], expected: "fail" },
  { group: "wrong", name: "a term too much, 10⁻⁶", f: rule({ forward: (x) => x.exp(), vjp: (g, x) => g.mul(x.exp().add(1e-6)) }), inputs: () => [X()], expected: "fail" },
  { group: "wrong", name: "NaN in the branch not taken", f: (x) => x.gt(0).where(x.sqrt(), 0), inputs: () => [tensor([1, -1])], expected: "fail", says: "where" },

  // Shapes and arguments.
  { group: "shape", name: "transposed", f: rule({ forward: (x) => x.square(), vjp: (g, x) => g.mul(x).mul(2).transpose() }), inputs: () => [M()], expected: "fail", says: "transposed" },
  { group: "shape", name: "A·B with dA = dC·B", f: rule({ forward: (a, b) => a.matmul(b), vjp: (g, a, b) => [g.matmul(b), a.transpose().matmul(g)] }), inputs: () => [M(), M().exp().detach()], expected: "fail" },
  { group: "shape", name: "arguments swapped, x·y", f: rule({ forward: (x, y) => x.mul(y), vjp: (g, x, y) => [g.mul(x), g.mul(y)] }), inputs: () => [X(), X().exp().detach()], expected: "fail", says: "swapped" },
  { group: "shape", name: "arguments swapped, x − y", f: rule({ forward: (x, y) => x.sub(y), vjp: (g) => [g.neg(), g] }), inputs: () => [X(), X().exp().detach()], expected: "fail", says: "swapped" },
  { group: "shape", name: "a broadcast not summed", f: op({ forward: ([a, b]) => a!.add(b!), vjp: (g) => g, jvp: ([s, t]) => (s && t ? s.add(t) : (s ?? t!.broadcastTo([3, 3]))) }), inputs: () => [M(), X()], expected: "fail", says: "broadcast" },
  { group: "shape", name: "summed over the wrong dim", f: rule({ forward: (a, b) => a.mul(b), vjp: (g, a, b) => [g.mul(b), g.mul(a).sum(1)] }), inputs: () => [M(), X()], expected: "fail" },
  { group: "shape", name: "cumsum, its transpose not reversed", f: rule({ forward: (x) => x.cumsum(0), vjp: (g) => g.cumsum(0) }), inputs: () => [X()], expected: "fail" },
  { group: "shape", name: "shifted by one place", f: rule({ forward: (x) => x.square(), vjp: (g, x) => { const d = g.mul(x).mul(2); return d.slice(0, { start: 1 }).pad([0, 1]); } }), inputs: () => [X()], expected: "fail" },
  { group: "shape", name: "float64 gradient of a float32 input", f: op({ forward: ([x]) => x!.mul(2), vjp: (g) => g.to("float64").mul(2), jvp: ([t]) => t!.mul(2) }), inputs: () => [X().to("float32").detach()], expected: "fail", says: "float64 [3]" },

  // One of many.
  { group: "one of many", name: "1 of 100,000 wrong by 1 %", f: (x) => { const w = wrongBy(1.01)(x.slice(0, { start: 77_777, end: 77_778 })); return x.slice(0, { start: 0, end: 77_777 }).sin().sum().add(w.sin().sum()).add(x.slice(0, { start: 77_778 }).sin().sum()); }, inputs: () => [numbers([100_000])], expected: "fail", says: "[77777]" },
  { group: "one of many", name: "1 of 100,000 wrong by 1 %, reverse mode alone", f: (x) => { const w = wrongBy(1.01, 1)(x.slice(0, { start: 77_777, end: 77_778 })); return x.slice(0, { start: 0, end: 77_777 }).sin().sum().add(w.sin().sum()).add(x.slice(0, { start: 77_778 }).sin().sum()); }, inputs: () => [numbers([100_000])], expected: "fail", says: "[77777]" },
  { group: "one of many", name: "Linear(784, 128), dW transposed in 8 × 8 of it", f: rule({ forward: (x, w) => x.matmul(w.transpose()), vjp: (g, x, w) => { const d = g.transpose().matmul(x); const s = d.slice(0, { end: 8 }).slice(1, { end: 8 }); return [g.matmul(w), d.add(s.transpose().sub(s).pad([0, 776, 0, 120]))]; } }), inputs: () => [numbers([4, 784]), numbers([128, 784], 2)], expected: "fail", says: "input 1[" },

  // Rules that are not linear maps, or not the same twice.
  { group: "not linear", name: "cotangent clipped to ±1", f: rule({ forward: (x) => x.mul(2), vjp: (g) => g.clamp(-1, 1).mul(2) }), inputs: () => [X()], expected: "fail" },
  { group: "not linear", name: "cotangent clipped to ±100", f: rule({ forward: (x) => x.mul(2), vjp: (g) => g.clamp(-100, 100).mul(2) }), inputs: () => [X()], expected: "fail", says: "not linear" },
  { group: "not linear", name: "negative cotangents lost", f: rule({ forward: (x) => x.exp(), vjp: (g, x) => g.relu().mul(x.exp()) }), inputs: () => [X()], expected: "fail" },
  { group: "not linear", name: "a cotangent of 0 gives 10⁻⁷", f: rule({ forward: (x) => x.exp(), vjp: (g, x) => g.mul(x.exp()).add(1e-7) }), inputs: () => [X()], expected: "fail", says: "zeros" },
  { group: "not linear", name: "another gradient each time", f: rule({ forward: (x) => x.exp(), vjp: (g, x) => g.mul(x.exp().mul(1 + 1e-15 * calls++)) }), inputs: () => [X()], expected: "fail", says: "second backward pass" },

  // Higher orders.
  ...([1, 2] as const).map((order): Mutant => ({
    group: "higher orders", name: `second derivative lost, order: ${order}`, f: rule({ forward: (x) => x.exp(), vjp: (g, _x) => g.mul(_x.detach().exp()) }), inputs: () => [X()], expected: order === 1 ? "pass" : "fail", options: { order },
  })),
  ...([2, 3] as const).map((order): Mutant => ({
    group: "higher orders", name: `third derivative wrong, order: ${order}`, options: { order }, inputs: () => [X()], expected: order === 2 ? "pass" : "fail",
    f: rule({ forward: (x) => x.exp(), vjp: (g, x) => g.mul(rule({ forward: (y) => y.exp(), vjp: (h, y) => h.mul(y.detach().exp()) })(x)) }),
  })),
  { group: "higher orders", name: "second derivative wrong, forward over forward alone", options: { order: 2 }, inputs: () => [X()], expected: "fail",
    f: op({ forward: ([x]) => x!.exp(), vjp: (g, y) => g.mul(y), jvp: ([t], y) => t!.mul(y.inputs[0]!.detach().exp()) }) },

  // Where no derivative exists.
  { group: "no derivative", name: "abs at 0", f: (x) => x.abs(), inputs: () => [tensor([0, 1])], expected: "kink", says: "[0]" },
  { group: "no derivative", name: "abs at 10⁻¹⁶", f: (x) => x.abs(), inputs: () => [tensor([1, 1e-16])], expected: "kink" },
  { group: "no derivative", name: "relu at 0", f: (x) => x.relu(), inputs: () => [tensor([0, 1])], expected: "kink" },
  { group: "no derivative", name: "maximum at a tie", f: (x, y) => x.maximum(y), inputs: () => [tensor([1, 2]), tensor([1, 3])], expected: "kink" },
  { group: "no derivative", name: "abs at 0, derivative 5", f: rule({ forward: (x) => x.abs(), vjp: (g) => g.mul(5) }), inputs: () => [tensor([0])], expected: "fail" },
  { group: "no derivative", name: "sign at 0", f: (x) => x.sign(), inputs: () => [tensor([0, 1])], expected: "inconclusive", says: "jump" },
  { group: "no derivative", name: "x > 0 at 0", f: (x) => x.gt(0).to("float64"), inputs: () => [tensor([0], { requiresGrad: true })], expected: "inconclusive" },
  { group: "no derivative", name: "√x at 0", f: (x) => x.sqrt(), inputs: () => [tensor([0])], expected: "inconclusive", says: "not finite" },
  { group: "no derivative", name: "√x at 10⁻¹² (right)", f: (x) => x.sqrt(), inputs: () => [tensor([1e-12])], expected: "pass" },
  { group: "no derivative", name: "log x at 10⁻⁸ (right)", f: (x) => x.log(), inputs: () => [tensor([1e-8])], expected: "pass" },
  { group: "no derivative", name: "log x at 0", f: (x) => x.log(), inputs: () => [tensor([0])], expected: "inconclusive" },
  { group: "no derivative", name: "noise of 10⁻³", f: withNoise(1e-3), inputs: () => [X()], expected: "inconclusive" },
  { group: "no derivative", name: "noise of 10⁻⁹", f: withNoise(1e-9), inputs: () => [X()], expected: "inconclusive" },
  { group: "no derivative", name: "noise of 10⁻⁶, wrong sign", f: (x) => withNoise(1e-6)(wrongBy(-1)(x)), inputs: () => [X()], expected: "fail" },
  { group: "no derivative", name: "another value each time", f: (x) => x.mul(1 + 1e-12 * calls++), inputs: () => [X()], expected: "error", says: "not deterministic" },

  // Scales.
  ...[1e-8, 1e-4, 1e4, 1e8].flatMap((scale): Mutant[] => [
    { group: "scale", name: `${scale}·f(x) (right)`, f: (x) => f(x).mul(scale), inputs: () => [X()], expected: "pass" },
    { group: "scale", name: `${scale}·f(x), too large by 1e-6`, f: (x) => wrong(1 + 1e-6)(x).mul(scale), inputs: () => [X()], expected: "fail" },
    { group: "scale", name: `f(x/${scale}) (right)`, f: (x) => f(x.div(scale)), inputs: () => [X().mul(scale).detach()], expected: "pass" },
    { group: "scale", name: `f(x/${scale}), too large by 1e-6`, f: (x) => wrong(1 + 1e-6)(x.div(scale)), inputs: () => [X().mul(scale).detach()], expected: "fail" },
  ]),
  { group: "scale", name: "[10⁸x, 10⁻⁸y], dy zero", f: (x, y) => tensor([1, 0]).mul(x.mul(1e8)).add(tensor([0, 1]).mul(y.detach().mul(1e-8))), inputs: () => [value(1.5), value(0.625)], expected: "fail" },
  { group: "scale", name: "10⁸x + 10⁻⁴y, dy zero", f: (x, y) => x.mul(1e8).add(y.detach().mul(1e-4)), inputs: () => [value(1.5), value(0.625)], expected: "fail" },
  { group: "scale", name: "10⁸x + 10⁻⁸y, dy zero", f: (x, y) => x.mul(1e8).add(y.detach().mul(1e-8)), inputs: () => [value(1.5), value(0.625)], expected: "pass" },
  { group: "scale", name: "10⁸ + sin x (right)", f: (x) => x.sin().add(1e8), inputs: () => [X()], expected: "inconclusive" },
  { group: "scale", name: "10⁸ + sin x, wrong sign", f: (x) => wrongBy(-1)(x).sin().add(1e8), inputs: () => [X()], expected: "fail" },
  { group: "scale", name: "sin(1024πx) at 0 (right)", f: (x) => x.mul(1024 * Math.PI).sin(), inputs: () => [tensor([0])], expected: "pass" },
  { group: "scale", name: "sin(1024πx) at 0, zero", f: (x) => x.detach().mul(1024 * Math.PI).sin(), inputs: () => [tensor([0])], expected: "fail" },
  { group: "scale", name: "saturated: exp(tanh x⁴) at −1.76 (right)", f: (x) => x.square().square().tanh().exp(), inputs: () => [tensor([-0.673, -1.579, -1.7637])], expected: "pass" },
  { group: "scale", name: "saturated: exp(tanh x⁴) at −1.76 alone (right)", f: (x) => x.square().square().tanh().exp(), inputs: () => [tensor([-1.7637])], expected: "pass" },
  { group: "scale", name: "all digits lost: log(1 + x²) five times, zero", f: (x) => lossy(x.detach()), inputs: () => [tensor([0.4912109375])], expected: "inconclusive" },
  { group: "scale", name: "all digits lost: log(1 + x²) five times (right)", f: (x) => lossy(x), inputs: () => [tensor([0.4912109375])], expected: "inconclusive" },
  { group: "scale", name: "softmax at ±700 (right)", f: (x) => x.softmax(), inputs: () => [tensor([700, -700, 699, 0])], expected: "pass" },
  { group: "scale", name: "softmax at ±700, its Σ term lost", f: rule({ forward: (x) => x.softmax(), vjp: (g, x) => g.mul(x.softmax()) }), inputs: () => [tensor([700, -700, 699, 0])], expected: "fail" },
  { group: "scale", name: "softmax by exp/sum at ±710", f: (x) => x.exp().div(x.exp().sum()), inputs: () => [tensor([710, -710, 709.5, 0])], expected: "fail" },
  { group: "scale", name: "σ at 20 by σ(1 − σ)", f: rule({ forward: (x) => x.sigmoid(), vjp: (g, x) => { const s = x.sigmoid(); return g.mul(s.mul(s.neg().add(1))); } }), inputs: () => [tensor([20])], expected: "inconclusive" },
  { group: "scale", name: "float32 on the way (right)", f: (x) => f(x.to("float32")), inputs: () => [X()], expected: "pass" },
  { group: "scale", name: "float32 on the way, too large by 1e-2", f: (x) => wrong(1.01)(x.to("float32")), inputs: () => [X()], expected: "fail" },
  { group: "scale", name: "float32 input (right)", f, inputs: () => [X().to("float32").detach()], expected: "pass" },
  { group: "scale", name: "float32 input, too large by 1e-6", f: wrong(1 + 1e-6), inputs: () => [X().to("float32").detach()], expected: "fail" },
  { group: "scale", name: "float32 input, kernel wrong in float32 alone", f: op({ forward: ([x]) => x!.exp(), vjp: (g, y) => g.mul(y).mul(y.dtype === "float32" ? 1.01 : 1), jvp: ([t], y) => t!.mul(y) }), inputs: () => [X().to("float32").detach()], expected: "fail" },
]; // prettier-ignore

/** PyTorch's gradcheck at its defaults: central differences with h = 10⁻⁶, |a − n| ≤ 10⁻⁵ + 10⁻³·|n|, reverse mode. */
export function pytorchPasses(f: Mutant["f"], inputs: readonly Tensor[]): boolean {
  const leaves = inputs.map((x) => x.to("float64").detach());
  const base = f(...leaves);
  const jacobians = leaves.map(
    (x, k) => jacobian((z: Tensor) => f(...leaves.map((y, i) => (i === k ? z : y))))(x) as Tensor,
  );
  return leaves.every((x, k) => {
    const analytic = jacobians[k]!.toTypedArray();
    const values = x.toTypedArray();
    return values.every((_, j) => {
      const moved = (h: number): ArrayLike<number> => {
        const there = values.slice();
        there[j]! += h;
        return f(...leaves.map((y, i) => (i === k ? fromTypedArray(there, x.shape) : y))).toTypedArray();
      };
      const [right, left] = [moved(1e-6), moved(-1e-6)];
      return Array.from({ length: base.size }, (_, i) => i).every((i) => {
        const numeric = (right[i]! - left[i]!) / 2e-6;
        return Math.abs(analytic[i * x.size + j]! - numeric) <= 1e-5 + 1e-3 * Math.abs(numeric);
      });
    });
  });
}
