// Type tests of models and training loops that are generic in their sizes, as people write them; run by the compiler, never called.
import { type Generator, grad, ones, rand, stack, type Tensor, type Value, zeros, zerosLike } from "@chainrule/core";
import {
  bceWithLogitsLoss,
  Conv2d,
  Embedding,
  GRU,
  GRUCell,
  LayerNorm,
  Linear,
  Module,
  mseLoss,
  Parameter,
  ReLU,
  sequential,
  type Sequential,
} from "@chainrule/nn";
import { Adam } from "@chainrule/optim";

// ---------- a block that keeps its size, and a network of them

export class Block<const F extends number> extends Module {
  readonly norm: LayerNorm;
  readonly up: Linear<F, 64>;
  readonly down: Linear<64, F>;
  readonly scale: Parameter<[F]>;
  constructor(features: F, generator?: Generator) {
    super();
    this.norm = new LayerNorm(features);
    this.up = new Linear(features, 64, { generator });
    this.down = new Linear(64, features, { generator });
    this.scale = new Parameter(ones([features]));
  }
  forward<N extends number>(x: Tensor<[N, F]>): Tensor<[N, F]> {
    return this.down
      .forward(this.up.forward(this.norm.forward(x)).relu())
      .mul(this.scale)
      .add(x);
  }
  wrong<N extends number>(x: Tensor<[N, F]>): void {
    // @ts-expect-error Linear(64, F): input [N,F] ends in F
    this.down.forward(x);
    // @ts-expect-error one scale for each of F features
    this.up.forward(x).mul(this.scale);
    // @ts-expect-error another number of features
    new Block(3).forward(x);
  }
}
export class Deep<const I extends number, const F extends number, const O extends number> extends Module {
  readonly first: Linear<I, F>;
  readonly blocks: Block<F>[];
  readonly last: Sequential<[Linear<F, F>, ReLU, Linear<F, O>]>;
  constructor(inputs: I, features: F, outputs: O) {
    super();
    this.first = new Linear(inputs, features);
    this.blocks = [new Block(features), new Block(features)];
    this.last = sequential(new Linear(features, features), new ReLU(), new Linear(features, outputs));
  }
  forward<N extends number>(x: Tensor<[N, I]>): Tensor<[N, O]> {
    let h = this.first.forward(x).tanh();
    for (const block of this.blocks) h = block.forward(h);
    return this.last.forward(h);
  }
}
export const scores: Tensor<[32, 10]> = new Deep(784, 128, 10).forward(zeros([32, 784]));
// @ts-expect-error a row has 784 elements
new Deep(784, 128, 10).forward(zeros([32, 785]));

// ---------- convolutions

export class Images<const C extends number, const O extends number> extends Module {
  readonly conv: Conv2d<C, O, 3, 1, 1>;
  constructor(channels: C, outputs: O) {
    super();
    this.conv = new Conv2d(channels, outputs, 3, { padding: 1 });
  }
  forward<N extends number>(x: Tensor<[N, C, 28, 28]>): Tensor<[N, O]> {
    const features: Tensor<[N, O, 28, 28]> = this.conv.forward(x).relu();
    // @ts-expect-error O channels, where it takes C
    this.conv.forward(features);
    return features.mean([2, 3]);
  }
}

// ---------- attention and sequences

export class Attention<const D extends number> extends Module {
  readonly query: Linear<D, D>;
  readonly key: Linear<D, D>;
  readonly value: Linear<D, D>;
  constructor(dim: D) {
    super();
    this.query = new Linear(dim, dim);
    this.key = new Linear(dim, dim);
    this.value = new Linear(dim, dim);
  }
  forward<B extends number, T extends number>(x: Tensor<[B, T, D]>): Tensor<[B, T, D]> {
    const weights: Tensor<[B, T, T]> = this.query.forward(x).matmul(this.key.forward(x).transpose()).softmax();
    // @ts-expect-error the values come second
    this.value.forward(x).matmul(weights);
    return weights.matmul(this.value.forward(x));
  }
}
export class Tagger<const V extends number, const H extends number, const C extends number> extends Module {
  readonly table: Embedding<V, 32>;
  readonly rnn: GRU<32, H, [{ batchFirst: true }]>;
  readonly head: Linear<H, C>;
  constructor(words: V, hidden: H, classes: C) {
    super();
    this.table = new Embedding(words, 32);
    this.rnn = new GRU(32, hidden, { batchFirst: true });
    this.head = new Linear(hidden, classes);
  }
  forward<B extends number, T extends number>(words: Tensor<[B, T]>): Tensor<[B, T, C]> {
    const [states] = this.rnn.forward(this.table.forward(words));
    // @ts-expect-error states are of size H
    const last: Tensor<[B, T, C]> = states;
    void last;
    return this.head.forward(states);
  }
}
export class Reader<const E extends number, const H extends number> extends Module {
  readonly cell: GRUCell<E, H>;
  readonly size: H;
  constructor(inputs: E, hidden: H) {
    super();
    this.cell = new GRUCell(inputs, hidden);
    this.size = hidden;
  }
  forward<B extends number, T extends number>(x: Tensor<[B, T, E]>): Tensor<[B, H]> {
    let h: Tensor<[B, H]> = zeros([x.shape[0], this.size]);
    const states: Tensor<[B, H]>[] = [];
    for (let t = 0; t < x.shape[1]; t++) states.push((h = this.cell.forward(x.select(1, t), h)));
    // @ts-expect-error select(0) is one sequence, [T,E]
    this.cell.forward(x.select(0, 0), h);
    return stack(states).mean(0);
  }
}

// ---------- two networks against each other

export class Critic<const D extends number> extends Module {
  readonly net: Sequential<[Linear<D, 32>, ReLU, Linear<32, 1>]>;
  constructor(dim: D) {
    super();
    this.net = sequential(new Linear(dim, 32), new ReLU(), new Linear(32, 1));
  }
  forward<N extends number>(x: Tensor<[N, D]>): Tensor<[N]> {
    return this.net.forward(x).squeeze(1);
  }
}
export function adversarial<N extends number, Z extends number, D extends number>(
  maker: Deep<Z, 16, D>,
  critic: Critic<D>,
  real: Tensor<[N, D]>,
  noise: Tensor<[N, Z]>,
): [made: Value, judged: Value] {
  const fake = maker.forward(noise);
  const [yes, no] = [critic.forward(real), critic.forward(fake.detach())];
  const share = rand([real.shape[0], 1]);
  const between: Tensor<[N, D]> = real.mul(share).add(share.neg().add(1).mul(fake));
  const slopes = grad((x: Tensor<[N, D]>) => critic.forward(x).sum(), { createGraph: true })(between);
  const penalty = slopes.norm(1).sub(1).square().mean();
  // @ts-expect-error the critic takes what was made, not what it was made from
  critic.forward(noise);
  const judged = bceWithLogitsLoss(yes, ones(yes.shape)).add(bceWithLogitsLoss(no, zerosLike(no)));
  return [bceWithLogitsLoss(critic.forward(fake), ones([real.shape[0]])), judged.add(penalty)];
}

// ---------- a loop for any of them

export interface Model<In extends Tensor, Out extends Tensor> extends Module {
  forward(x: In): Out;
}
export function fit<In extends Tensor, Out extends Tensor>(
  model: Model<NoInfer<In>, NoInfer<Out>>, // the data say what it must take and give
  batches: Iterable<readonly [In, Out]>,
  loss: (prediction: Out, target: Out) => Value,
): number[] {
  const optimizer = new Adam(model.parameters(), { lr: 1e-3 });
  const history: number[] = [];
  for (const [x, target] of batches) {
    optimizer.zeroGrad();
    const value = loss(model.forward(x), target);
    value.backward();
    optimizer.step();
    history.push(value.item());
  }
  return history;
}
fit(new Deep(2, 4, 1), [[zeros([4, 2]), zeros([4, 1])]], (y, target) => mseLoss(y, target));
fit(sequential(new Linear(2, 4), new ReLU(), new Linear(4, 1)), [[zeros([4, 2]), zeros([4, 1])]], mseLoss);
// @ts-expect-error Linear(2, 1): input [4,3] ends in 3, expected 2
fit(new Linear(2, 1), [[zeros([4, 3]), zeros([4, 1])]], mseLoss);
export function lossOf<I extends number, O extends number>(
  model: Module & { forward<N extends number>(x: Tensor<[N, I]>): Tensor<[N, O]> },
  x: Tensor<[number, I]>,
  target: Tensor<[number, O]>,
): Value {
  // @ts-expect-error a target is no input
  model.forward(target);
  return mseLoss(model.forward(x), target);
}
lossOf(new Linear(2, 1), zeros([8, 2]), zeros([8, 1]));
lossOf(new Deep(2, 4, 1), zeros([8, 2]), zeros([8, 1]));
