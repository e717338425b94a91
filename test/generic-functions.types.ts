// Type tests of functions that are generic in sizes or in whole shapes, as people write them; run by the compiler, never called. What is
// wrong for some sizes must not compile. The messages stand in generic.test.ts.
import {
  add,
  customGradient,
  gather,
  grad,
  hessian,
  jacobian,
  jvp,
  matmul,
  ones,
  scaledDotProductAttention,
  type Shape,
  solve,
  stack,
  sum,
  type Tensor,
  type Value,
  vjp,
  vmap,
  where,
  zeros,
} from "@chainrule/core";
import { crossEntropyLoss, mseLoss, nllLoss } from "@chainrule/nn";

// ---------- a scalar in front, a tensor with itself

export function blend<S extends Shape>(weight: Value, x: Tensor<S>, y: Tensor<S>): Tensor<S> {
  return weight.mul(x).add(weight.neg().add(1).mul(y)).add(add(weight, x).relu());
}
export function doubled<A extends Tensor>(x: A): Tensor<A["shape"]> {
  return x.add(x);
}
export function quickGelu<A extends Tensor>(x: A): Tensor<A["shape"]> {
  return x.mul(x.mul(1.702).sigmoid());
}
export function residual<A extends Tensor>(x: A): Tensor<A["shape"]> {
  return x.exp().add(x.relu()).sub(x).clone();
}
export function misfits<S extends Shape, T extends Shape, A extends Tensor, B extends Tensor>(
  [x, y]: [Tensor<S>, Tensor<T>],
  [a, b]: [A, B],
  three: Tensor<[3]>,
): void {
  // @ts-expect-error S and T may not broadcast
  x.add(y);
  // @ts-expect-error S and [3] may not broadcast
  x.mul(three);
  // @ts-expect-error nor [3] and S
  three.mul(x);
  // @ts-expect-error A and B may not broadcast
  a.add(b);
}

// ---------- sizes that are type parameters

export function projected<N extends number, D extends number>(x: Tensor<[N, D]>, w: Tensor<[D, 4]>): Tensor<[N]> {
  return x.matmul(w).sum(1);
}
export function dense<N extends number, I extends number, O extends number>(
  x: Tensor<[N, I]>,
  { w, b }: { w: Tensor<[I, O]>; b: Tensor<[O]> },
): Tensor<[N, O]> {
  return x.matmul(w).add(b).sub(matmul(x, w).mean(0)).mul(b.sigmoid());
}
export function standardized<N extends number, D extends number>(x: Tensor<[N, D]>): Tensor<[N, D]> {
  const rows = x.sub(x.mean(-1, { keepDim: true })).div(x.std(-1, { keepDim: true }));
  return rows.sub(rows.mean(0)).div(rows.std(0).add(1e-5));
}
export function distances<N extends number, M extends number, D extends number>(
  a: Tensor<[N, D]>,
  b: Tensor<[M, D]>,
): [Tensor<[N, M]>, Tensor<[N, M]>] {
  const squares = a.square().sum(1, { keepDim: true }).add(b.square().sum(1));
  return [a.unsqueeze(1).sub(b.unsqueeze(0)).square().sum(-1).sqrt(), squares.sub(a.matmul(b.transpose()).mul(2))];
}
export function attend<B extends number, H extends number, T extends number, K extends number>(
  q: Tensor<[B, H, T, K]>,
  k: Tensor<[B, H, T, K]>,
  v: Tensor<[B, H, T, K]>,
): Tensor<[B, H, T, K]> {
  const later = ones([q.shape[2], q.shape[2]]).triu(1).gt(0);
  return q.matmul(k.transpose()).div(8).maskedFill(later, -Infinity).softmax(-1).matmul(v);
}
export function fused<B extends number, T extends number, K extends number>(
  q: Tensor<[B, T, K]>,
  v: Tensor<[B, T, 8]>,
  seen: Tensor<[T, T]>,
): Tensor<[B, T, 8]> {
  const causal: Tensor<[B, T, K]> = scaledDotProductAttention(q, q, q, { isCausal: true });
  return scaledDotProductAttention(causal, q, v, { attnMask: seen });
}
export function pooled<N extends number, C extends number>(x: Tensor<[N, C, 8, 8]>): [Tensor<[N, C]>, Tensor<[N]>] {
  return [x.mean([2, 3]), x.flatten(1).max(1).values];
}
export function stacked<N extends number, D extends number>(x: Tensor<[N, D]>): Tensor<[N, D]> {
  const both: Tensor<[2, N, D]> = stack([x, x.neg()]);
  return both.sum(0);
}
export function made<N extends number, D extends number>(n: N, d: D): Tensor<[N, D]> {
  return zeros([n, d])
    .add(ones([d]))
    .add(ones([n, 1]));
}
export function placed<T extends number, D extends number>(x: Tensor<[T, D]>, table: Tensor<[512, D]>): Tensor<[T, D]> {
  const rows = table.slice(0, { end: x.shape[0] });
  void rows.as([x.shape[0], x.shape[1]]);
  // @ts-expect-error slice: dim 2 is out of range for [512,D]
  table.slice(2, { end: x.shape[0] });
  return x.add(rows as Tensor<[T, D]>);
}
export function inHeads<N extends number, H extends number>(x: Tensor<[N, 64]>, h: H): Tensor<[N, number, number]> {
  // @ts-expect-error reshape: [64] has 64 elements, [7,8] has 56
  x.unflatten(1, [7, 8]);
  return x.unflatten(1, [h as number, -1]);
}
export function wrongSizes<N extends number, D extends number>(x: Tensor<[N, D]>, y: Tensor<[D, N]>): void {
  // @ts-expect-error D may be another size than N
  x.add(y);
  // @ts-expect-error D is summed over, and N of y is not D
  x.matmul(zeros([x.shape[0], 4]));
  // @ts-expect-error [N] stands beside D
  x.mul(zeros([x.shape[0]]));
  // @ts-expect-error sum: dim 2 is out of range for [N,D]
  x.sum(2);
  // @ts-expect-error the sum over dim 1 has N elements
  const columns: Tensor<[D]> = x.sum(1);
  // @ts-expect-error backward needs a scalar
  x.backward();
  // @ts-expect-error zeros: sizes are whole numbers from 0 up, got [-1]
  zeros([-1]);
  void columns;
}

// ---------- losses of batches

export function huber<S extends Shape>(y: Tensor<S>, target: Tensor<S>, delta = 1): Value {
  const d = y.sub(target).abs();
  return where(d.lt(delta), d.square().mul(0.5), d.sub(delta / 2).mul(delta)).mean();
}
export function focal<N extends number, C extends number>(scores: Tensor<[N, C]>, labels: Tensor<[N]>): Value {
  const logs: Tensor<[N]> = gather(scores.logSoftmax(1), 1, labels.unsqueeze(1)).squeeze(1);
  return crossEntropyLoss(scores, labels).sub(logs.exp().neg().add(1).square().mul(logs).mean());
}
export function smoothed<N extends number, C extends number>(scores: Tensor<[N, C]>, labels: Tensor<[N]>): Value {
  const logs = scores.logSoftmax(1);
  return nllLoss(logs, labels).mul(0.9).sub(logs.mean().mul(0.1));
}
export function contrastive<N extends number, D extends number>(a: Tensor<[N, D]>, b: Tensor<[N, D]>, t: Value): Value {
  const unit = (x: Tensor<[N, D]>): Tensor<[N, D]> => x.div(x.norm(1, { keepDim: true }));
  const scores: Tensor<[N, N]> = t.exp().mul(unit(a).matmul(unit(b).transpose()));
  return scores.logSoftmax(0).add(scores.logSoftmax(1)).diagonal().mean().neg();
}
export function variational<N extends number, D extends number, Z extends number>(
  [x, y]: [Tensor<[N, D]>, Tensor<[N, D]>],
  [mean, logVar]: [Tensor<[N, Z]>, Tensor<[N, Z]>],
): Value {
  const divergence = mean.square().add(logVar.exp()).sub(logVar).sub(1).sum(1).mul(0.5);
  return y.sub(x).square().sum(1).add(divergence).mean();
}
export function wrongLosses<N extends number, C extends number>(scores: Tensor<[N, C]>, classes: Tensor<[C]>): void {
  // @ts-expect-error one class for each of N rows
  crossEntropyLoss(scores, classes);
  // @ts-expect-error one class for each of N rows
  nllLoss(scores.logSoftmax(1), classes);
  // @ts-expect-error [N] is no target of [N,C]
  mseLoss(scores, scores.sum(1));
}

// ---------- rules of one's own, and derivatives

export function rms<N extends number, D extends number>(x: Tensor<[N, D]>, w: Tensor<[D]>): Tensor<[N, D]> {
  const op = customGradient({
    forward: (x: Tensor<[N, D]>, w: Tensor<[D]>) => x.div(x.square().mean(1, { keepDim: true }).sqrt()).mul(w),
    vjp: (g, { inputs: [x, w] }) => [g.mul(w), g.mul(x).sum(0)],
  });
  // @ts-expect-error the weight has D elements
  op(x, x.sum(1));
  return op(x, w);
}
export function clipped<S extends Shape>(x: Tensor<S>): Tensor<S> {
  return customGradient({ forward: (x: Tensor<S>) => x.clone(), vjp: (g) => g.clamp(-1, 1) })(x);
}
export function perExample<N extends number, D extends number>(
  w: Tensor<[D]>,
  x: Tensor<[N, D]>,
  y: Tensor<[N]>,
): Tensor<[N, D]> {
  const loss = (w: Tensor<[D]>, x: Tensor<[D]>, y: Value): Value => w.dot(x).sub(y).square();
  // @ts-expect-error an example of x is a [D]
  vmap(grad(loss), { inDims: [null, 0, 0] })(w, y, y);
  return vmap(grad(loss), { inDims: [null, 0, 0] })(w, x, y);
}
export function curvature<S extends Shape>(f: (x: Tensor<S>) => Value, x: Tensor<S>, v: Tensor<S>): Tensor<S> {
  // @ts-expect-error a tangent has the shape of its primal
  jvp(f, [x], [f(x)]);
  return jvp(grad(f), [x], [v])[1].mul(jvp(f, [x], [v])[1]);
}
export function newton<D extends number>(f: (x: Tensor<[D]>) => Value, x: Tensor<[D]>): Tensor<[D]> {
  return x.sub(solve(hessian(f)(x), grad(f)(x)));
}
export function gaussNewton<N extends number, D extends number>(
  f: (x: Tensor<[D]>) => Tensor<[N]>,
  x: Tensor<[D]>,
): Tensor<[D, D]> {
  const slopes: Tensor<[N, D]> = jacobian(f)(x);
  return slopes.transpose().matmul(slopes);
}
export function pulled<S extends Shape, R extends Shape>(
  f: (x: Tensor<S>) => Tensor<R>,
  x: Tensor<S>,
  g: Tensor<R>,
): Tensor<S> {
  const [, pull] = vjp(f, x);
  // @ts-expect-error a cotangent has the shape of the result
  pull(x);
  return pull(g)[0];
}
export function descend<S extends Shape>(f: (x: Tensor<S>) => Value, x: Tensor<S>, steps: number): Tensor<S> {
  for (let i = 0; i < steps; i++) x = x.sub(grad(f)(x).mul(0.1));
  return x;
}

// ---------- trees of tensors

interface Affine<I extends number, O extends number> {
  w: Tensor<[I, O]>;
  b: Tensor<[O]>;
}
export function stepped<I extends number, O extends number>(
  p: Affine<I, O>,
  loss: (p: Affine<I, O>) => Value,
): Affine<I, O> {
  const g = grad(loss)(p);
  return { w: p.w.sub(g.w.mul(0.1)), b: p.b.sub(g.b.mul(0.1)) };
}
export function predict<N extends number, I extends number, H extends number, O extends number>(
  [first, last]: [Affine<I, H>, Affine<H, O>],
  x: Tensor<[N, I]>,
): Tensor<[N, O]> {
  // @ts-expect-error the last layer takes H numbers
  x.matmul(last.w);
  return x.matmul(first.w).add(first.b).tanh().matmul(last.w).add(last.b);
}
export function penalty<T extends Record<string, Tensor>>(tree: T): Value {
  return Object.values(tree)
    .map((x) => sum(x.square()))
    .reduce((a, b) => a.add(b));
}
