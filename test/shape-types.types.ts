// Type tests, run by the compiler: what the fuzz does not reach. Unknown sizes, unknown rank, unions, generic code, `any`, and the
// signatures through which users meet the types. Messages are pinned where they stand in an editor.
import type { Shape, ShapeArg } from "../packages/core/src/shape.ts";
import type * as T from "../packages/core/src/shape-types/index.ts";
import type { Same } from "./support/has.ts";

type Any = Shape;
/** `is<A, B>()` compiles only if A and B are the same; else the compiler shows both. */
declare function is<A, B>(...same: Same<A, B> extends true ? [] : [got: A, expected: B]): void;

// ---------- unknown sizes: the benefit of the doubt, and what is known all the same

is<T.Broadcast<[number, 3], [3]>, [number, 3]>();
is<T.Broadcast<[number], [5]>, [5]>(); // whatever stretches to 5 or fails
is<T.Broadcast<[number], [1]>, [number]>();
is<T.Broadcast<[number], [number]>, [number]>();
is<T.Broadcast<[2 | 3], [3]>, [3]>();
is<T.Broadcast<[1 | 3], [4]>, [4]>();
is<T.Broadcast<[number, 3], [4], "add">, T.Fail<"add: cannot broadcast [?,3] with [4]">>();
is<T.MatMul<[number, 784], [784, 10]>, [number, 10]>();
is<T.MatMul<[32, number], [784, 10]>, [32, 10]>();
is<T.MatMul<[number, 784], [128, 10]>, T.Fail<"matmul: inner sizes 784 and 128 differ in [?,784] x [128,10]">>();
is<T.MatMul<[number, 3], [5, 3]>, T.Fail<"matmul: inner sizes 3 and 5 differ in [?,3] x [5,3]; did you mean a.matmul(b.transpose())?">>(); // prettier-ignore
is<T.Reshape<[number, 784], [number, 28, 28]>, [number, 28, 28]>();
is<T.Reshape<[number, 784], [-1, 28]>, [number, 28]>();
is<T.Reshape<[number, 784], [number, -1]>, [number, number]>(); // two unknown sizes need not be equal
is<T.Flatten<[number, 28, 28], 1>, [number, 784]>();
is<T.Flatten<[number, 28, 28]>, [number]>();
is<T.Squeeze<[number, 1, 3], 1>, [number, 3]>();
is<T.Squeeze<[number, 1, 3]>, Any>(); // the rank depends on the size
is<T.Slice<[number, 3], 0, 0, 2>, [number, 3]>();
is<T.Slice<[10, 3], 0, number>, [number, 3]>();
is<T.Slice<[number, 3], 0, undefined, undefined, -1>, [number, 3]>();
is<T.Select<[number, 3], 0, 5>, [3]>();
is<T.Select<[2, 3], 0>, [3]>();
is<T.Select<[3, 2], 0, 5>, T.Fail<"select: index 5 is out of range for dim 0 of [3,2]">>();
is<T.ConcatAll<[{ shape: [number, 3] }, { shape: [2, 3] }]>, [number, 3]>();
is<T.ConcatAll<{ shape: [2, 3] }[]>, [number, 3]>();
is<T.ConcatAll<{ shape: Any }[], 1>, Any>();
is<T.StackAll<{ shape: [2, 3] }[]>, [number, 2, 3]>();
is<T.StackAll<[{ shape: [number, 3] }, { shape: [2, number] }]>, [2, number, 3]>();
is<T.Split<[number, 192], 64, 1>, [[number, 64], [number, 64], [number, 64]]>();
is<T.Split<[60_000, 784], 32>, [32, 784][]>(); // too many to list
is<T.Split<[1000, 2], 3>, ([3, 2] | [1, 2])[]>();
is<T.Split<[number, 2], 3>, [number, 2][]>();
is<T.Split<[6, 2], number>, [number, 2][]>();
is<T.Split<[6, 2], number[]>, [number, 2][]>();
is<T.Pad<[number, 3], [1, 1]>, [number, 5]>();
is<T.Pad<[2, 3], Any>, [number, number]>();
is<T.ScalarOnly<Any>, Any>();
is<T.ScalarOnly<[1, number]>, [1, number]>();
is<T.SameShape<[number, 3], [2, number], "mseLoss">, [number, 3]>();
is<
  T.SameShape<[4, 1], [4], "mseLoss">,
  T.Fail<"mseLoss: prediction [4,1] and target [4] differ in shape; reshape the target to [4,1]">
>();

// ---------- unknown rank: a known suffix is kept

is<T.Broadcast<Any, [3]>, Any>();
is<T.MatMul<[...number[], 784], [784, 10]>, [...number[], 10]>();
is<T.MatMul<[...number[], 2, 3], [3, 4]>, [...number[], 2, 4]>();
is<T.MatMul<Any, [784, 10]>, [...number[], 10]>();
is<T.Apply<T.LinearFn<64, 10>, Any>, [...number[], 10]>();
is<T.Reduce<Any>, []>();
is<T.Reduce<Any, 0>, Any>();
is<T.Reshape<Any, [2, 3]>, [2, 3]>();
is<T.Flatten<Any>, [number]>();
is<T.Jacobian<[2], [3, 4]>, [2, 3, 4]>();
is<T.ScalarOnly<[...number[], 3]> extends T.Failed ? "fails" : "passes", "fails">();

// ---------- dims that are not literals, unions

is<T.Reduce<[2, 3], number>, Any>();
is<T.Reduce<[2, 3], readonly number[]>, Any>();
is<T.Reduce<[2, 3], 0 | 1>, [3] | [2]>();
is<T.Reduce<[2, 3], 0 | 7>, [3] | T.Fail<"sum: dim 7 is out of range for [2,3]">>();
is<T.Check<T.Reduce<[2, 3], 0 | 7>, "P">, "P">(); // fails only if every member does
is<
  T.Check<T.Reduce<[2, 3], 6 | 7>, "P">,
  "sum: dim 6 is out of range for [2,3]" | "sum: dim 7 is out of range for [2,3]"
>();
is<T.Check<never, "P">, "P">(); // of code that never returns
is<T.Reduce<[2, 3], 0, boolean>, Any>();
is<T.Reduce<[2, 3] | [4, 5, 6], -1>, [2] | [4, 5]>();
is<T.Transpose<[2, 3], 0, number>, Any>();
is<T.Permute<[2, 3], number[]>, Any>();
is<T.Reshape<[2, 3], number[]>, Any>();

// ---------- named sizes: equal to themselves and nothing else

type Batch = T.Dim<"batch">;
is<T.Broadcast<[Batch, 3], [Batch, 1]>, [Batch, 3]>();
is<T.Broadcast<[Batch], [T.Dim<"time">], "add">, T.Fail<"add: cannot broadcast [batch] with [time]">>();
is<T.Broadcast<[Batch], [5], "add">, T.Fail<"add: cannot broadcast [batch] with [5]">>();
is<T.Reshape<[Batch, 784], [Batch, 28, -1]>, [Batch, 28, 28]>();
is<T.Flatten<[Batch, 28, 28], 1>, [Batch, 784]>();

// ---------- nested data

is<T.ShapeOfData<number[]>, [number]>();
is<T.ShapeOfData<readonly (readonly boolean[])[]>, [number, number]>();
is<T.ShapeOfData<[]>, [0]>();
is<T.ShapeOfData<T.Nested>, Any>();
is<T.CheckNested<T.Nested[]>, T.Nested[]>();
is<T.CheckNested<[[[1], [2]], [[3, 4], [5, 6]]]>, "tensor: rows have different lengths">();
is<T.NestedNumbers<[2, 3]>, number[][]>();
is<T.NestedNumbers<[]>, number>();
is<T.NestedNumbers<Any>, T.NumberOrArrays>();

// ---------- exact beyond what doubles multiply by accident

is<T.Flatten<[94_906_265, 94_906_265]>, [9007199136250225]>();
is<T.Flatten<[94_906_267, 94_906_267]>, [number]>(); // odd and above 2^53: not a double
is<T.Reshape<[65_536, 65_536], [4_294_967_296]>, [4294967296]>();

// ---------- as users meet them: signatures as the real ones

type Pieces<R> = R extends T.Failed
  ? Tensor[]
  : { -readonly [I in keyof R]: R[I] extends infer P extends Shape ? Tensor<P> : never };
/** Rules: `this: A` in place of S, infer the argument's tensor type, P of `Check` plain. `out` makes the compiler guard the first. */
declare class Tensor<out S extends Shape = Shape> {
  readonly shape: S;
  relu(): Tensor<S>;
  backward<A extends Tensor>(this: T.Check<T.ScalarOnly<A["shape"]>, A>): void;
  toArray<A extends Tensor>(this: A): T.NestedNumbers<A["shape"]>;
  add<A extends Tensor, B extends Tensor | number>(
    this: A,
    b: T.Check<T.Broadcast<A["shape"], T.ShapeOf<B>, "add">, B>,
  ): Tensor<T.Broadcast<A["shape"], T.ShapeOf<B>, "add">>;
  matmul<A extends Tensor, B extends Tensor>(
    this: A,
    b: T.Check<T.MatMul<A["shape"], B["shape"]>, B>,
  ): Tensor<T.MatMul<A["shape"], B["shape"]>>;
  sum<A extends Tensor, const D extends T.DimsArg = undefined, K extends boolean = false>(
    this: A,
    dim?: T.Check<T.Reduce<A["shape"], D, K, "total">, D>,
    options?: { keepDim?: K },
  ): Tensor<T.Reduce<A["shape"], D, K, "total">>;
  transpose<A extends Tensor, X extends number = -2, Y extends number = -1>(
    this: A,
    a?: T.Check<T.Transpose<A["shape"], X, Y>, X>,
    b?: Y,
  ): Tensor<T.Transpose<A["shape"], X, Y>>;
  reshape<A extends Tensor, const R extends ShapeArg>(
    this: A,
    shape: T.Check<T.Reshape<A["shape"], R>, R>,
  ): Tensor<T.Reshape<A["shape"], R>>;
  flatten<A extends Tensor, X extends number = 0, Y extends number = -1>(
    this: A,
    start?: T.Check<T.Flatten<A["shape"], X, Y>, X>,
    end?: Y,
  ): Tensor<T.Flatten<A["shape"], X, Y>>;
  broadcastTo<A extends Tensor, const R extends ShapeArg>(
    this: A,
    shape: T.Check<T.BroadcastTo<A["shape"], R>, R>,
  ): Tensor<T.BroadcastTo<A["shape"], R>>;
  pad<A extends Tensor, const P extends ShapeArg>(
    this: A,
    pads: T.Check<T.Pad<A["shape"], P>, P>,
  ): Tensor<T.Pad<A["shape"], P>>;
  split<A extends Tensor, const P extends number | ShapeArg, D extends number = 0>(
    this: A,
    sizes: T.Check<T.Split<A["shape"], P, D>, P>,
    dim?: D,
  ): Pieces<T.Split<A["shape"], P, D>>;
}
declare function zeros<const S extends ShapeArg>(shape: S): Tensor<T.Mutable<S>>;
declare function tensor<D extends T.Nested>(data: T.CheckNested<D>): Tensor<T.ShapeOfData<D>>;
declare function concat<const L extends readonly Tensor[], D extends number = 0>(
  tensors: T.Check<T.ConcatAll<L, D>, L>,
  dim?: D,
): Tensor<T.ConcatAll<L, D>>;
declare class Layer<F extends T.ShapeFn> {
  declare readonly shapeFn?: F;
  forward<A extends Tensor>(x: T.Check<T.Apply<F, A["shape"]>, A>): Tensor<T.Apply<F, A["shape"]>>;
}
declare class Linear<I extends number, O extends number> extends Layer<T.LinearFn<I, O>> {
  constructor(inputs: I, outputs: O);
}
declare class ReLU extends Layer<T.SameFn> {}
declare class Doubled {
  forward(x: Tensor<[number, 10]>): Tensor<[number, 20]>;
}
declare function sequential<L extends readonly unknown[]>(
  ...layers: { [I in keyof L]: T.Fits<L, I, L[I]> }
): Layer<T.ChainFn<L>>;

const x = tensor([
  [1, 2, 3],
  [4, 5, 6],
]);
is<typeof x, Tensor<[2, 3]>>();
export const upcasts: [Tensor, Tensor<[number, 3]>, Tensor<[...number[], 3]>] = [x, x, x];
// @ts-expect-error a tensor of an unknown shape is not known to be [2,3]
export const downcast: Tensor<[2, 3]> = upcasts[0];

const y = x.sum([-1], { keepDim: true }).add(1).transpose().reshape([-1]).relu();
is<typeof y, Tensor<[2]>>();
const [q, k] = zeros([4, 128]).split(64, -1);
is<typeof q, Tensor<[4, 64]>>();
is<typeof k, Tensor<[4, 64]>>();
const joined = concat([x, zeros([5, 3])]);
is<typeof joined, Tensor<[7, 3]>>();
is<ReturnType<typeof x.toArray<typeof x>>, number[][]>();

// @ts-expect-error add: cannot broadcast [2,3] with [2]
x.add(zeros([2]));
// @ts-expect-error matmul: inner sizes 3 and 2 differ in [2,3] x [2,2]
const once = x.matmul(zeros([2, 2]));
once
  .add(zeros([7]))
  .sum(9)
  .sum()
  .backward(); // one mistake is reported once
// @ts-expect-error total: dim 2 is out of range for [2,3]
x.sum(2);
// @ts-expect-error reshape: 6 elements of [2,3] do not divide into [4,-1]
x.reshape([4, -1]);
// @ts-expect-error concat: [2,3] and [2,4] differ outside dim 0
concat([x, zeros([2, 4])]);
// @ts-expect-error backward: needs a scalar loss, got [2,3]; pass a cotangent of that shape, or reduce with sum() or mean()
x.backward();
// @ts-expect-error tensor: rows have different lengths
tensor([[1], [2, 3]]);

// --- layers
const model = sequential(new Linear(784, 128), new ReLU(), new Linear(128, 10), new Doubled());
is<ReturnType<typeof model.forward<Tensor<[32, 784]>>>, Tensor<[number, 20]>>();
// @ts-expect-error Linear(784, 128): input [32,785] ends in 785, expected 784
model.forward(zeros([32, 785]));
// @ts-expect-error Linear(64, 10): input [...,128] ends in 128, expected 64
sequential(new Linear(784, 128), new ReLU(), new Linear(64, 10));
// @ts-expect-error layer expects [?,10], got [...,11]
sequential(new Linear(784, 11), new Doubled());
is<T.Check<T.Apply<T.LinearFn<64, 10>, [32, 128]>, 0>, "Linear(64, 10): input [32,128] ends in 128, expected 64">();

// --- unions, `any`, and data of unknown shape just work
declare const either: Tensor<[2, 3]> | Tensor<[3]>;
const sum = either.add(x);
is<typeof sum, Tensor<[2, 3]>>();
declare const anything: any; // oxlint-disable-line typescript/no-explicit-any
export const untyped: Tensor[] = [x.add(anything), x.sum(anything), x.reshape(anything), tensor(anything)];
is<(typeof untyped)[number], Tensor>();
is<T.Reduce<[2, 3], typeof anything>, Any>();

// --- generic code: sizes that are type parameters
export function generic<N extends number, M extends number>(
  x: Tensor<[N, 784]>,
  w: Tensor<[784, 64]>,
  b: Tensor<[64]>,
  u: Tensor<[number, 64]>,
  y: Tensor<[N, M, 64]>,
): [
  Tensor<[N, 64]>,
  Tensor<[64, N]>,
  Tensor<[N, N]>,
  Tensor<[N]>,
  Tensor<[N, 8, 8]>,
  Tensor<[N, M, 4, 16]>,
  Tensor<[N, 8, 8]>,
  Tensor<[N, 64]>,
  Tensor<[N, 128]>,
  Tensor<[N, 66]>,
  Tensor<[3, N, 64]>,
  Tensor<[N, 32]>,
  Tensor<[number, 64]>,
  Tensor<[N, 10]>,
  Tensor<[]>,
] {
  const h = x.matmul(w).add(b).relu();
  const shares = h
    .add(h.sum(-1, { keepDim: true }))
    .add(h.sum(0))
    .add(1);
  return [
    shares,
    h.transpose(),
    h.matmul(h.transpose()),
    h.sum(1),
    h.reshape([x.shape[0], 8, 8]),
    y.reshape([y.shape[0], y.shape[1], 4, 16]),
    h.reshape([-1, 8, 8]),
    h.reshape([x.shape[0], 8, 8]).flatten(1),
    concat([h, h], -1),
    h.pad([1, 1]),
    h.broadcastTo([3, x.shape[0], 64]),
    h.split(32, 1)[0],
    h.add(u),
    sequential(new Linear(64, 32), new ReLU(), new Linear(32, 10)).forward(h),
    h.sum(),
  ];
}
