// Type tests of the public functions and methods, run by the compiler. What programs with known shapes give is fuzzed in
// types-runtime.test.ts; here stands what that does not reach: unknown sizes and ranks, generic code, derivatives, `any`.
import {
  eye,
  add,
  addmm,
  addmv,
  arange,
  argmax,
  bmm,
  broadcastTo,
  checkpoint,
  clamp,
  concat,
  cumsum,
  customGradient,
  det,
  div,
  type Extremes,
  flatten,
  flip,
  gather,
  grad,
  hessian,
  hvp,
  indexSelect,
  inner,
  inverse,
  jacobian,
  jvp,
  linear,
  linspace,
  matmul,
  max,
  mean,
  mm,
  mv,
  norm,
  pad,
  reshape,
  scaledDotProductAttention,
  select,
  type Shape,
  type Show,
  slice,
  softmax,
  solve,
  split,
  squeeze,
  stack,
  sum,
  Tensor,
  tensor,
  transpose,
  tril,
  unsqueeze,
  type Value,
  value,
  valueAndGrad,
  var as variance,
  vjp,
  where,
  zeros,
} from "@chainrule/core";
import { type LayerLike, LayerNorm, Linear, mseLoss, Parameter, ReLU, sequential } from "@chainrule/nn";
import type { Same } from "./support/has.ts";

type Any = number[];
/** `has<[2, 3]>()(x)` compiles only if `x` is a tensor of exactly that shape; else the error names both. */
declare function has<S extends Shape>(): <A extends Tensor>(
  x: Same<A["shape"], S> extends true ? A : `expected ${Show<S>}, got ${Show<A["shape"]>}`,
) => void;
/** `is<T>()(x)` compiles only if the type of `x` is exactly T. */
declare function is<T>(): <A>(x: A, ...same: Same<A, T> extends true ? [] : [expected: T]) => void;

declare const t23: Tensor<[2, 3]>;
declare const t3: Tensor<[3]>;
declare const scalar: Value;
declare const batch: Tensor<[number, 784]>;
declare const tail: Tensor<[...number[], 3]>;
declare const any: Tensor;
declare const size: number;
declare const sizes: number[];
declare const keep: boolean;

// ---------- known is assignable to unknown, never the other way round

const wide: Tensor = t23;
const wider: Tensor<[number, 3]> = t23;
const parameter = new Parameter([[1, 2, 3]]);
const fromParameter: Tensor<[1, 3]> = parameter;
// @ts-expect-error of unknown shape
const narrow: Tensor<[2, 3]> = any;
// @ts-expect-error of another shape
const other: Tensor<[3, 2]> = t23;
void [wide, wider, fromParameter, narrow, other];

// ---------- elementwise

has<[2, 3]>()(t23.neg());
has<[1, 3]>()(parameter.exp());
has<[2, 3]>()(t23.add(t3));
has<[2, 3]>()(t3.add(t23));
has<[2, 3]>()(t23.mul(2));
has<[2, 3]>()(add(2, t23));
has<[2, 3]>()(t23.sub(parameter));
has<[2, 1, 3]>()(t3.div(zeros([2, 1, 1])));
has<[number, 784]>()(batch.pow(2));
has<[number, 784]>()(batch.add(zeros([784])));
has<Any>()(any.add(t23));
has<Any>()(t23.add(any));
has<Any>()(any.exp());
has<[2, 3]>()(t23.clamp(-1, t3));
has<[2, 3]>()(clamp(t3, t23, 1));
has<[2, 3]>()(t23.gt(0).where(t3, 0));
has<[2, 3]>()(where(t3.gt(0), 1, t23));
has<[2, 3]>()(t23.to("int32"));
// @ts-expect-error add: cannot broadcast [2,3] with [2]
t23.add(zeros([2]));
// @ts-expect-error add: cannot broadcast [2,3] with [2]
add(t23, zeros([2]));
// @ts-expect-error where: cannot broadcast [2,3] with [4], and the message stands at the [4]
where(t23.gt(0), zeros([4]), 0);
// @ts-expect-error clamp: cannot broadcast [2,3] with [2]
t23.clamp(0, zeros([2]));
// @ts-expect-error a string is no operand
t23.add("1");

// ---------- reductions

has<[]>()(t23.sum());
has<[]>()(any.mean());
has<[]>()(t23.sum(undefined));
has<[3]>()(t23.sum(0));
has<[2]>()(t23.sum(-1));
has<[]>()(t23.sum([0, 1]));
has<[2, 3]>()(t23.sum([]));
has<[2, 1]>()(t23.mean(1, { keepDim: true }));
has<[2]>()(t23.mean(1, { keepDim: false }));
has<[2]>()(t23.mean(1, {}));
has<[1, 1]>()(t23.prod(undefined, { keepDim: true }));
has<Any>()(t23.sum(0, { keepDim: keep }));
has<Any>()(t23.sum(size));
has<Any>()(t23.sum(sizes));
has<Any>()(any.sum(0));
has<[784]>()(batch.sum(0));
has<[number]>()(batch.sum(1));
has<[2]>()(t23.var(1, { correction: 0 }));
has<[2, 1]>()(variance(t23, 1, { correction: 0, keepDim: true }));
has<[2]>()(t23.std(1));
has<[2, 1]>()(t23.norm(1, { p: 1, keepDim: true }));
has<[3]>()(norm(t23, 0));
has<[2]>()(t23.logSumExp(1));
has<[2]>()(t23.argmax(1));
has<[]>()(argmax(t23));
has<[2, 1]>()(t23.argmin(1, { keepDim: true }));
has<[]>()(t23.max());
has<[1, 1]>()(t23.max(undefined, { keepDim: true }));
is<Extremes<Tensor<[3]>>>()(t23.max(0));
is<Extremes<Tensor<[1, 3]>>>()(max(t23, 0, { keepDim: true }));
has<[2]>()(t23.min(1).indices);
has<[2, 3]>()(t23.softmax());
has<[2, 3]>()(t23.logSoftmax(0));
has<[]>()(scalar.softmax());
has<Any>()(any.softmax(1));
has<[2, 3]>()(t23.cumsum(1));
has<[2, 3]>()(cumsum(t23, -2));
// @ts-expect-error sum: dim 2 is out of range for [2,3]
t23.sum(2);
// @ts-expect-error mean: dim -3 is out of range for [2,3]
mean(t23, -3);
// @ts-expect-error sum: [0,-2] repeats a dim
sum(t23, [0, -2]);
// @ts-expect-error max: dim 2 is out of range for [2,3]
t23.max(2);
// @ts-expect-error softmax: dim 2 is out of range for [2,3]
t23.softmax(2);
// @ts-expect-error softmax: dim 1 is out of range for [1]
softmax(scalar, 1);
// @ts-expect-error keepDim is a boolean
t23.sum(0, { keepDim: 1 });
// @ts-expect-error max reduces one dim or all
t23.max([0, 1]);

// ---------- movement

has<[3, 2]>()(t23.transpose());
has<[3, 2]>()(transpose(t23, 0, 1));
has<[2, 4, 3]>()(zeros([2, 3, 4]).transpose());
has<[784, number]>()(batch.transpose());
has<Any>()(any.transpose());
has<Any>()(t23.transpose(0, size));
has<[4, 2, 3]>()(zeros([2, 3, 4]).permute([2, 0, 1]));
has<Any>()(t23.permute(sizes));
has<[6]>()(t23.reshape([6]));
has<[3, 2]>()(t23.reshape([3, -1]));
has<[number, 28, 28]>()(batch.reshape([-1, 28, 28]));
has<[2, 3]>()(any.reshape([2, 3]));
has<[number, 3]>()(any.reshape([-1, 3]));
has<Any>()(t23.reshape(sizes));
has<[number, 3]>()(t23.reshape([size, 3]));
has<[6]>()(t23.flatten());
has<[1]>()(scalar.flatten());
has<[number, 6]>()(flatten(zeros([size, 2, 3]), 1));
has<[5, 2, 3]>()(t23.broadcastTo([5, 2, 3]));
has<Any>()(t23.broadcastTo(sizes));
has<[3]>()(zeros([1, 3, 1]).squeeze());
has<[3, 1]>()(zeros([1, 3, 1]).squeeze(0));
has<Any>()(batch.squeeze());
has<[2, 1, 3]>()(t23.unsqueeze(1));
has<[2, 3, 1]>()(unsqueeze(t23, -1));
has<[2, 3]>()(t23.flip([0, 1]));
has<[2, 3]>()(t23.as([2, 3]));
has<[2, 3]>()(t23.as([-1, 3]));
has<[number, 784]>()(any.as([-1, 784]));
has<[32, 784]>()(batch.as([32, 784]));
has<[number, 784]>()(batch.as([-1, 784]));
has<[5, 3]>()(tail.as([5, 3]));
has<Any>()(any.as(sizes));
// @ts-expect-error transpose: dim -2 is out of range for [3]
t3.transpose();
// @ts-expect-error transpose: dim 2 is out of range for [2,3]
transpose(t23, 0, 2);
// @ts-expect-error permute: [0] must list all 2 dims of [2,3]
t23.permute([0]);
// @ts-expect-error reshape: [2,3] has 6 elements, [4] has 4
t23.reshape([4]);
// @ts-expect-error reshape: 6 elements of [2,3] do not divide into [4,-1]
reshape(t23, [4, -1]);
// @ts-expect-error flatten: start dim 1 comes after end dim 0 in [2,3]
t23.flatten(1, 0);
// @ts-expect-error broadcastTo: cannot broadcast [2,3] to [2,4]
broadcastTo(t23, [2, 4]);
// @ts-expect-error squeeze: dim 3 is out of range for [2,3]
squeeze(t23, 3);
// @ts-expect-error unsqueeze: dim 3 is out of range for a new dim in [2,3]
t23.unsqueeze(3);
// @ts-expect-error as: expected shape [-1,4], got [2,3]
t23.as([-1, 4]);
// @ts-expect-error as: expected shape [3], got [2,3]
t23.as([3]);

// ---------- parts and margins

has<[2, 2]>()(t23.slice(1, { start: 1 }));
has<[2, 2]>()(t23.slice(1, { step: -2 }));
has<[2, 3]>()(slice(t23, 0));
has<[2, number]>()(t23.slice(1, { start: size }));
has<[2, number]>()(t23.slice(1, { start: size, end: size, step: 2 }));
has<[number, 10]>()(batch.slice(1, { start: 0, end: 10 }));
has<Any>()(any.slice(0, { end: 1 }));
has<Any>()(t23.slice(size, { end: 1 }));
has<[3]>()(t23.select(0, -1));
has<[784]>()(batch.select(0, size));
has<[2, 3]>()(t23.indexSelect(0, [1, 0]));
has<[5, 3]>()(t23.indexSelect(0, zeros([5], { dtype: "int32" })));
has<[number, 3]>()(indexSelect(t23, 0, sizes));
has<[2, 1]>()(t23.gather(1, t23.argmax(1, { keepDim: true })));
is<[Tensor<[1, 3]>, Tensor<[1, 3]>]>()(t23.split(1));
is<[Tensor<[2, 1]>, Tensor<[2, 2]>]>()(split(t23, [1, 2], 1));
is<[Tensor<[2, 2]>, Tensor<[2, 1]>]>()(t23.split(2, 1));
is<Tensor<[number, 3]>[]>()(t23.split(size));
is<Tensor[]>()(any.split(2));
has<[3, 6]>()(t23.pad([1, 2, 0, 1]));
has<[number, 786]>()(pad(batch, [1, 1]));
has<[2, 3]>()(t23.tril(1));
has<Any>()(any.triu());
// @ts-expect-error slice: dim 2 is out of range for [2,3]
t23.slice(2);
// @ts-expect-error slice: step must be a whole number other than 0, got 0
t23.slice(0, { step: 0 });
// @ts-expect-error select: index 3 is out of range for dim 1 of [2,3]
select(t23, 1, 3);
// @ts-expect-error select: dim 2 is out of range for [2,3]
t23.select(2, 0);
// @ts-expect-error indexSelect: indices are 1-D, got [2,3]
indexSelect(t23, 0, t23);
// @ts-expect-error gather: index [3] and input [2,3] differ in rank
gather(t23, 0, t3);
// @ts-expect-error flip: dim 2 is out of range for [2,3]
flip(t23, 2);
// @ts-expect-error split: sizes [1,1] add up to 2, dim 1 of [2,3] has 3
t23.split([1, 1], 1);
// @ts-expect-error pad: needs pairs of whole numbers
t23.pad([1]);
// @ts-expect-error tril: needs at least two dims, got [3]
tril(t3);
// @ts-expect-error triu: needs at least two dims, got [3]
t3.triu();

// ---------- joining

has<[4, 3]>()(concat([t23, t23]));
has<[2, 6]>()(concat([t23, t23], 1));
has<[number, 784]>()(concat([batch, zeros([5, 784])]));
has<[number, 3]>()(concat([t23, t23] as Tensor<[2, 3]>[]));
has<Any>()(concat([any, t23], 1));
has<[2, 2, 3]>()(stack([t23, t23]));
has<[2, 3, 2]>()(stack([t23, t23], -1));
has<[2]>()(stack([scalar, scalar]));
has<[number, 2, 3]>()(stack([t23, t23] as Tensor<[2, 3]>[]));
has<[number]>()(stack([1, 2].map((x) => value(x))));
// @ts-expect-error concat: [2,3] and [3,2] differ outside dim 0
concat([t23, zeros([3, 2])]);
// @ts-expect-error stack: shapes [2,3] and [3] differ
stack([t23, t3]);
// @ts-expect-error concat: needs at least one tensor
concat([]);

// ---------- products

has<[2, 5]>()(t23.matmul(zeros([3, 5])));
has<[2]>()(matmul(t23, t3));
has<[number, 10]>()(batch.matmul(zeros([784, 10])));
has<[7, 2, 5]>()(t23.matmul(zeros([7, 3, 5])));
has<Any>()(any.matmul(any));
has<[]>()(t3.dot(t3));
has<[3, 2]>()(t3.outer(zeros([2])));
has<[2, 5]>()(linear(t23, zeros([5, 3])));
has<[2, 7]>()(scaledDotProductAttention(t23, zeros([4, 3]), zeros([4, 7])));
has<[6, 2, 7]>()(scaledDotProductAttention(t23, zeros([4, 3]), zeros([4, 7]), { attnMask: zeros([6, 1, 4]) }));
has<[...number[], 7]>()(scaledDotProductAttention(t23, any, zeros([4, 7]), { attnMask: any }));
has<[2, 5]>()(linear(t23, zeros([5, 3]), zeros([5])));
has<[2, 5]>()(linear(t23, zeros([5, 3]), null));
has<[5]>()(linear(t3, zeros([5, 3])));
has<[number, 10]>()(linear(batch, zeros([10, 784])));
has<[...number[], 5]>()(linear(any, zeros([5, 3])));
has<[2, 5]>()(mm(t23, zeros([3, 5])));
has<[2]>()(mv(t23, t3));
has<[number, 10]>()(batch.mm(zeros([784, 10])));
has<[7, 2, 5]>()(bmm(zeros([7, 2, 3]), zeros([7, 3, 5])));
has<Any>()(mm(any, any));
has<[2, 5]>()(addmm(zeros([5]), t23, zeros([3, 5]), { alpha: 2 }));
has<[2]>()(addmv(1, t23, t3));
has<[7, 2, 5]>()(zeros([2, 5]).baddbmm(zeros([7, 2, 3]), zeros([7, 3, 5])));
has<[2, 4]>()(inner(t23, zeros([4, 3])));
has<[2, 3]>()(inner(t23, scalar));
has<[]>()(t3.inner(t3));
has<[7, 3, 3]>()(inverse(zeros([7, 3, 3])));
has<[7]>()(det(zeros([7, 3, 3])));
has<[]>()(zeros([3, 3]).slogdet().sign);
has<[3]>()(solve(zeros([3, 3]), t3));
has<Any>()(solve(zeros([7, 3, 3]), t3));
has<Any>()(det(any));
// @ts-expect-error mm: needs two matrices, got [2,3] x [3]
mm(t23, t3);
// @ts-expect-error mm: inner sizes 3 and 2 differ in [2,3] x [2,5]
mm(t23, zeros([2, 5]));
// @ts-expect-error mv: needs a matrix and a vector, got [2,3] x [2,3]
t23.mv(t23);
// @ts-expect-error bmm: batches 7 and 6 differ in [7,2,3] x [6,3,5]
bmm(zeros([7, 2, 3]), zeros([6, 3, 5]));
// @ts-expect-error addmm: cannot broadcast [3] to [2,5]
addmm(t3, t23, zeros([3, 5]));
// @ts-expect-error inner: last sizes 3 and 2 differ in [2,3] x [2]
inner(t23, zeros([2]));
// @ts-expect-error inverse: needs square matrices, got [2,3]
inverse(t23);
// @ts-expect-error det: needs square matrices, got [3]
t3.det();
// @ts-expect-error matmul: inner sizes 3 and 2 differ in [2,3] x [2,5]
t23.matmul(zeros([2, 5]));
// @ts-expect-error dot: needs two vectors of one length, got [3] and [2]
t3.dot(zeros([2]));
// @ts-expect-error outer: needs two vectors, got [3] and [2,3]
t3.outer(t23);
// @ts-expect-error linear: input [2,3] does not end in the last size of weight [5,2]
linear(t23, zeros([5, 2]));
// @ts-expect-error add: cannot broadcast [2,5] with [4]
linear(t23, zeros([5, 3]), zeros([4]));

// ---------- made from nothing, read

has<[5]>()(arange(5));
has<[5]>()(arange(5, { dtype: "int32" }));
has<[number]>()(arange(size));
has<[number]>()(arange(1, 5));
has<[11]>()(linspace(0, 1, 11));
is<number[][]>()(t23.toArray());
is<number>()(scalar.toArray());
is<2>()(t23.rank);
is<Tensor<[2, 3]> | null>()(t23.grad);
has<[2, 3]>()(t23.detach().clone());
is<Parameter<[1, 3]>>()(parameter.assign([[1, 2, 3]]));
parameter.assign(zeros([1, 3]));
parameter.assign(any);
scalar.assign(2);
t23.registerHook((cotangent) => has<[2, 3]>()(cotangent));
// @ts-expect-error assign: cannot assign [3] to [1,3]
parameter.assign([1, 2, 3]);
// @ts-expect-error assign: cannot assign [3] to [2,3]
t23.assign(t3);
// @ts-expect-error assign: cannot assign [] to [2,3]
t23.assign(0);

// ---------- eye

has<[3, 3]>()(eye(3));
has<[3, 3]>()(eye(3, { dtype: "float32" }));
has<[2, 3]>()(eye(2, 3, { requiresGrad: true }));
// @ts-expect-error a size is a number
eye(2, "float32");

// ---------- backward

scalar.backward();
any.backward();
any.backward(t23);
t23.backward(zeros([2, 3]));
t23.backward(any);
t23.sum().backward(undefined, { createGraph: true });
// @ts-expect-error backward: needs a scalar loss, got [2,3]; pass a cotangent of that shape, or reduce with sum() or mean()
t23.backward();
// @ts-expect-error backward: the cotangent is [3], expected [2,3]
t23.backward(t3);

// ---------- transforms

const square = (x: Tensor<[3]>) => x.square().sum();
has<[3]>()(grad(square)(t3));
has<[3]>()(grad((x: Tensor<[3]>) => grad(square)(x).sum())(t3));
has<[3]>()(grad((x: Tensor<[3]>, _w: Value) => x.sum())(t3, scalar));
has<[]>()(grad((_x: Tensor<[3]>, w: Value) => w.mul(2), { argnums: 1 })(t3, scalar));
is<[Tensor<[]>, Tensor<[3]>]>()(grad((x: Tensor<[3]>, w: Value) => x.mul(w).sum(), { argnums: [1, 0] })(t3, scalar));
is<[Tensor<[]>, Tensor<[3]>]>()(valueAndGrad(square)(t3));
is<{ w: Tensor<[2, 3]>; b: [Tensor<[3]>, Tensor<[]>] }>()(
  grad((p: { w: Tensor<[2, 3]>; b: [Tensor<[3]>, number] }) => p.w.add(p.b[0]).sum().mul(p.b[1]))({
    w: t23,
    b: [t3, 2],
  }),
);
is<Tensor<[]>>()(grad((x: number) => value(x).square())(3));
const ofList = grad((list: Tensor[]) => list[0]!.sum())([t23, t3]);
is<Tensor[]>()(ofList);
const byList: Tensor[] = grad(scalar, [any] as Tensor[]);
void byList;
const byTuple = grad(scalar, [t3, t23]);
is<[Tensor<[3]>, Tensor<[2, 3]>]>()(byTuple);
has<[3]>()(grad(t23, t3, { cotangent: t23 }));
has<[number, 784]>()(grad((x: Tensor<[number, 784]>) => x.sum())(batch));
declare const listed: LayerLike[];
is<Tensor>()(sequential(...listed).forward(t23));
is<Tensor>()(sequential(new Linear(3, 3), ...(any.rank > 0 ? [new ReLU()] : [])).forward(t23));
const model = sequential(new Linear(2, 3), new ReLU(), new Linear(3, 1));
const gradients = grad((m: typeof model) => m.forward(zeros([4, 2])).sum())(model);
has<[3, 2]>()(gradients.layers[0].weight);
has<[1, 3]>()(gradients.layers[2].weight);
// @ts-expect-error grad: needs a scalar loss, got [3]; pass a cotangent of that shape, or reduce with sum() or mean()
grad((x: Tensor<[3]>) => x.square());
// @ts-expect-error grad: needs a scalar loss, got [3]
valueAndGrad((x: Tensor<[3]>) => x.square());
// @ts-expect-error grad: argnums 2 is out of range for 1 arguments
valueAndGrad(square, { argnums: 2 });
// @ts-expect-error grad: argnums 1 is out of range for 1 arguments
valueAndGrad(square, { argnums: [0, 1] });
// @ts-expect-error grad: needs a scalar loss, got [2,3]
grad(t23, t3);
// @ts-expect-error the function takes a [3]
grad(square)(t23);

const [y, pull] = vjp((x: Tensor<[3]>, w: Tensor<[2, 3]>) => w.matmul(x), t3, t23);
has<[2]>()(y);
is<[Tensor<[3]>, Tensor<[2, 3]>]>()(pull(zeros([2])));
pull(any);
// @ts-expect-error vjp: the cotangent is [3], expected [2]
pull(t3);
const [out, tangent] = jvp((x: Tensor<[3]>) => ({ s: x.sum(), x }), [t3], [t3]);
is<{ s: Tensor<[]>; x: Tensor<[3]> }>()(out);
is<{ s: Tensor<[]>; x: Tensor<[3]> }>()(tangent);
jvp((x: Tensor<[3]>, s: Value) => x.mul(s), [t3, scalar], [any, 1]);
// @ts-expect-error jvp: the tangent.0 is [2,3], expected [3]
jvp((x: Tensor<[3]>) => x, [t3], [t23]);
// @ts-expect-error two primals have two tangents
jvp((x: Tensor<[3]>, s: Value) => x.mul(s), [t3, scalar], [t3]);

has<[2, 3]>()(jacobian((x: Tensor<[3]>) => t23.matmul(x))(t3));
has<[2, 2, 3]>()(jacobian((x: Tensor<[2, 3]>) => x.sum(1))(t23));
has<[3]>()(jacobian(square)(t3));
is<{ a: Tensor<[2, 3]>; b: Tensor<[2]> }>()(
  jacobian((p: { a: Tensor<[3]>; b: Value }) => t23.matmul(p.a).mul(p.b))({ a: t3, b: scalar }),
);
has<[3, 3]>()(hessian(square)(t3));
has<[3]>()(hvp(square, t3, t3));
has<[3]>()(hvp(square, t3, any));
has<[]>()(hvp((x: Value) => x.sin(), scalar, 1));
// @ts-expect-error hessian: needs a scalar loss, got [3]
hessian((x: Tensor<[3]>) => x.square());
// @ts-expect-error hvp: the tangent is [2,3], expected [3]
hvp(square, t3, t23);

const scaled = customGradient({
  forward: (x: Tensor<[3]>) => x.mul(2),
  vjp: (g, { inputs: [x], output }) => {
    has<[3]>()(x);
    return g.mul(output);
  },
});
has<[3]>()(scaled(t3));
const loose = customGradient({ forward: (x) => x.exp(), vjp: (g, { output }) => g.mul(output) });
has<Any>()(loose(t23));
has<[]>()(checkpoint(square)(t3));

// ---------- generic code

function classify<N extends number>(x: Tensor<[N, 784]>, w: Tensor<[784, 10]>, b: Tensor<[10]>): Tensor<[N, 10]> {
  return x.div(255).matmul(w).add(b).softmax();
}
has<[32, 10]>()(classify(zeros([32, 784]), zeros([784, 10]), zeros([10])));
function attention<N extends number, D extends number>(q: Tensor<[N, D]>, k: Tensor<[N, D]>, v: Tensor<[N, D]>) {
  const weights: Tensor<[N, N]> = q.matmul(k.transpose()).div(8).softmax();
  const mixed: Tensor<[N, D]> = weights.matmul(v);
  return mixed;
}
has<[5, 8]>()(attention(zeros([5, 8]), zeros([5, 8]), zeros([5, 8])));
const loss = <N extends number>(x: Tensor<[N, 3]>): Value => x.sub(x.mean(0)).square().sum();
has<[7, 3]>()(grad(loss as (x: Tensor<[7, 3]>) => Value)(zeros([7, 3])));
const images = <N extends number>(x: Tensor<[N, 784]>): Tensor<[N, 28, 28]> => x.reshape([-1, 28, 28]);
const pixels = <N extends number>(x: Tensor<[N, 28, 28]>): Tensor<[N, 784]> => x.flatten(1);
const columns = <N extends number>(x: Tensor<[N, 3]>): [Tensor<[N, 1]>, Tensor<[N, 2]>] => x.split([1, 2], 1);
const means = <N extends number>(x: Tensor<[N, 3]>): Tensor<[N, 1]> => x.mean(1, { keepDim: true });
has<[32, 784]>()(pixels(images(zeros([32, 784]))));
void [columns, means];

// a whole shape: it stays in what works element by element, and becomes a scalar over all elements
function whole<S extends Shape>(x: Tensor<S>, y: Tensor<S>, v: Value, n: number): [Tensor<S>[], Value[]] {
  const numbers = [x.mul(2).add(n), x.sub(v), x.pow(2).clamp(-1, 1).clamp(null, y), add(1, x), div(n, x).mul(y)];
  const equals = [x.add(x).mul(y.sigmoid()), x.maximum(y), x.atan2(x.abs()), x.lerp(y, 0.5), x.addcmul(x, y)];
  const chosen = [where(x.gt(0), x, 0), where(x.gt(y), 0, y), x.gt(0).where(x, y), x.maskedFill(x.isNaN(), 0)];
  const along = [x.softmax(), x.softmax(-1).mul(x), x.cumsum(0), x.sort(-1).values, x.sub(x.mean()).div(x.std())];
  const layers = [new ReLU().forward(x), new LayerNorm(3).forward(x).mul(y), mseLoss(x, y, { reduction: "none" })];
  const scalars = [x.sum(), x.mean().add(1), x.max(), x.sub(y).abs().max(), x.norm(), mseLoss(x, y), sum(x)];
  const [loss, slope] = valueAndGrad((z: Tensor<S>) => z.mul(y).sum())(x);
  const slopes = [slope, grad((z: Tensor<S>) => z.square().sum())(x), grad(x.square().sum(), x)];
  return [
    [...numbers, ...equals, ...chosen, ...along, ...layers, ...slopes],
    [...scalars, loss],
  ];
}
has<[2, 3]>()(whole(t23, t23, scalar, 1)[0][0]!);
// what its sizes decide is open
function open<S extends Shape, T extends Shape>(x: Tensor<S>, y: Tensor<T>): void {
  // @ts-expect-error S and T may not broadcast
  x.add(y);
  // @ts-expect-error S and [3] may not broadcast
  x.mul(t3);
  // @ts-expect-error S may have no dim 1
  x.softmax(1);
  // @ts-expect-error S may have no dim 1
  x.sum(1);
  // @ts-expect-error the target has another shape
  mseLoss(x, y);
}
const plain = (a: Tensor, b: Tensor): Tensor => a.mul(b).add(a.where(a, b)).sub(a.lerp(b, a));
void [open, plain];

// ---------- ordinary code that changes shapes says so

let x: Tensor = zeros([32, 784]);
x = x.matmul(zeros([784, 10]));
x = x.sum(0);
let total = value(0);
for (const part of [t3, t3]) total = total.add(part.sum());
let growing: Tensor = value(0);
for (const part of [t3, t23]) growing = growing.add(part);
const joined = [t3, t3].reduce((a, b) => a.add(b));
has<[3]>()(joined);
const folded = [t3, t23].reduce<Tensor>((a, b) => a.add(b), value(0));
void [x, growing, folded];

// ---------- narrowing

const narrowed = (data: unknown): number => (data instanceof Tensor ? data.shape.length : 0);
const operand = (data: Tensor<[3]> | number) => (data instanceof Tensor ? data.sum() : value(data));
has<[]>()(operand(1));
void narrowed;

// ---------- `any` stays usable

declare const untyped: ReturnType<typeof JSON.parse>;
add(untyped, t23);
t23.add(untyped);
t23.matmul(untyped);
matmul(untyped, t23);
t23.sum(untyped);
t23.reshape(untyped);
t23.slice(0, untyped);
t23.indexSelect(0, untyped);
split(untyped, 2);
concat(untyped);
stack([untyped, t23]);
linear(untyped, t23);
tensor(untyped).sum().backward();
grad(untyped);

// ---------- elements are read, and overwritten by assign alone

const { data } = zeros([2]);
// @ts-expect-error only permits reading
data[0] = 5;
// @ts-expect-error nor do methods write
data.fill(5);
// @ts-expect-error
data.set([1, 2]);
data.slice()[0] = 5; // a copy
zeros([2]).toTypedArray()[0] = 5;
