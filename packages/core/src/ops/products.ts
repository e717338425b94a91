import { ArgumentError, optionsOf, quoted, ShapeError } from "../errors.ts";
import { broadcastToShape, type Shape, type ShapeArg, showShape } from "../shape.ts";
import { checkInner } from "../shape-rules.ts";
import type { BroadcastTo, Check, Fail, Failed, MatMul, ShapeOf, Show } from "../shape-types/index.ts";
import type { ShowSize } from "../shape-types/show.ts";
import type { SameSize, SameSizes } from "../shape-types/sizes.ts";
import { checkTensor, type Operand, Tensor } from "../tensor.ts";
import { add, mul } from "./arithmetic.ts";
import { matmul } from "./matmul.ts";

// Products of matrices under PyTorch's names. All are compositions of matmul and mul.

/** Result R of another shape function, with this operation's name in its message. */
type Renamed<R, Op extends string> = R extends { readonly __shapeError: `${string}: ${infer Why}` }
  ? Fail<`${Op}: ${Why}`>
  : R;
type Both<A extends Shape, B extends Shape, RA extends Shape, RB extends Shape> =
  SameSizes<A, RA> extends true ? SameSizes<B, RB> : false;

/** [n,k] x [k,m] gives [n,m]. */
export type Mm<A extends Shape, B extends Shape, Op extends string = "mm"> =
  Both<A, B, [number, number], [number, number]> extends true
    ? Renamed<MatMul<A, B>, Op>
    : Fail<`${Op}: needs two matrices, got ${Show<A>} x ${Show<B>}`>;
/** [n,k] x [k] gives [n]. */
export type Mv<A extends Shape, B extends Shape, Op extends string = "mv"> =
  Both<A, B, [number, number], [number]> extends true
    ? Renamed<MatMul<A, B>, Op>
    : Fail<`${Op}: needs a matrix and a vector, got ${Show<A>} x ${Show<B>}`>;
/** [b,n,k] x [b,k,m] gives [b,n,m]. */
export type Bmm<A extends Shape, B extends Shape, Op extends string = "bmm"> =
  Both<A, B, [number, number, number], [number, number, number]> extends true
    ? [A, B] extends [readonly [infer X, unknown, unknown], readonly [infer Y, unknown, unknown]]
      ? SameSize<X, Y> extends true
        ? Renamed<MatMul<A, B>, Op>
        : Fail<`${Op}: batches ${ShowSize<X>} and ${ShowSize<Y>} differ in ${Show<A>} x ${Show<B>}`>
      : Renamed<MatMul<A, B>, Op>
    : Fail<`${Op}: needs two batches of matrices, got ${Show<A>} x ${Show<B>}`>;
/** Product R, if something of shape S can be added to it. */
export type Added<S extends Shape, R extends Shape, Op extends string> = R extends Failed
  ? R
  : BroadcastTo<S, R> extends infer W
    ? W extends Failed
      ? Renamed<W, Op>
      : R
    : never;

/** Shape of the product of operands of just these ranks. */
export function productShape(op: string, a: ShapeArg, b: ShapeArg): Shape {
  const [rank, right, wanted] = op.endsWith("bmm")
    ? [3, 3, "two batches of matrices"]
    : op.endsWith("mv")
      ? [2, 1, "a matrix and a vector"]
      : [2, 2, "two matrices"];
  const both = `${showShape(a)} x ${showShape(b)}`;
  if (a.length !== rank || b.length !== right) throw new ShapeError(op, `needs ${wanted}, got ${both}`, [a, b]);
  if (rank === 3 && a[0] !== b[0]) throw new ShapeError(op, `batches ${a[0]} and ${b[0]} differ in ${both}`, [a, b]);
  checkInner(op, a, b);
  return [...a.slice(0, -1), ...(right > 1 ? b.slice(-1) : [])];
}

export function addedShape(op: string, x: ShapeArg, a: ShapeArg, b: ShapeArg): Shape {
  return broadcastToShape(op, x, productShape(op, a, b));
}

function product(op: string, a: Tensor, b: Tensor): Tensor {
  checkTensor(op, a);
  checkTensor(op, b);
  productShape(op, a.shape, b.shape);
  return matmul(a, b);
}

/**
 * Product of two matrices: `matmul` without batches and broadcasting.
 * @throws ShapeError unless both are matrices and their inner sizes agree.
 * @example
 * mm(tensor([[1, 2]]), tensor([[3], [4]])).toArray(); // [[11]]
 */
export function mm<A extends Tensor, B extends Tensor>(
  a: A,
  b: Check<Mm<A["shape"], B["shape"]>, B>,
): Tensor<Mm<A["shape"], B["shape"]>>;
export function mm(a: Tensor, b: Tensor): Tensor {
  return product("mm", a, b);
}

/**
 * Product of a matrix and a vector.
 * @throws ShapeError unless they are, of one inner size.
 * @example
 * mv(tensor([[1, 2], [3, 4]]), tensor([1, 1])).toArray(); // [3, 7]
 */
export function mv<A extends Tensor, B extends Tensor>(
  a: A,
  b: Check<Mv<A["shape"], B["shape"]>, B>,
): Tensor<Mv<A["shape"], B["shape"]>>;
export function mv(a: Tensor, b: Tensor): Tensor {
  return product("mv", a, b);
}

/**
 * Products of two batches of matrices, one by one: `matmul` without broadcasting.
 * @throws ShapeError unless both are 3-D and batches and inner sizes agree.
 * @example
 * bmm(zeros([5, 2, 3]), zeros([5, 3, 4])).shape; // [5, 2, 4]
 */
export function bmm<A extends Tensor, B extends Tensor>(
  a: A,
  b: Check<Bmm<A["shape"], B["shape"]>, B>,
): Tensor<Bmm<A["shape"], B["shape"]>>;
export function bmm(a: Tensor, b: Tensor): Tensor {
  return product("bmm", a, b);
}

export interface Factors {
  /** Factor of the product, by default 1. */
  readonly alpha?: number | undefined;
  /** Factor of what is added, by default 1. With 0 it is not looked at, so its NaNs do not matter. */
  readonly beta?: number | undefined;
}

function added(op: string, x: Operand, a: Tensor, b: Tensor, { alpha = 1, beta = 1 }: Factors): Tensor {
  if (typeof x !== "number") checkTensor(op, x);
  for (const [name, factor] of [
    ["alpha", alpha],
    ["beta", beta],
  ] as const)
    // prettier-ignore
    if (typeof factor !== "number") throw new ArgumentError(`${op}: ${name} is a number, got ${quoted(factor)}`);
  const whole = product(op, a, b);
  if (x instanceof Tensor) broadcastToShape(op, x.shape, whole.shape);
  const scaled = alpha === 1 ? whole : mul(whole, alpha);
  if (beta === 0) return scaled;
  return add(typeof x === "number" ? x * beta : beta === 1 ? x : mul(x, beta), scaled);
}

/**
 * beta·x + alpha·(a·b) of two matrices; x broadcasts to their product.
 * @throws ShapeError if the matrices do not fit each other, or x their product.
 * @example
 * addmm(tensor([1, 1]), tensor([[1, 2]]), eye(2), { alpha: 2 }).toArray(); // [[3, 5]]
 */
export function addmm<X extends Operand, A extends Tensor, B extends Tensor>(
  x: X,
  a: A,
  b: Check<Added<ShapeOf<X>, Mm<A["shape"], B["shape"], "addmm">, "addmm">, B>,
  options?: Factors,
): Tensor<Added<ShapeOf<X>, Mm<A["shape"], B["shape"], "addmm">, "addmm">>;
export function addmm(x: Operand, a: Tensor, b: Tensor, given?: Factors): Tensor {
  const options = optionsOf("addmm", given, ["alpha", "beta"]);
  return added("addmm", x, a, b, options);
}

/**
 * beta·x + alpha·(a·b) of a matrix and a vector; x broadcasts to their product.
 * @throws ShapeError if matrix and vector do not fit each other, or x their product.
 * @example
 * addmv(1, tensor([[1, 2], [3, 4]]), tensor([1, 1]), { beta: 10 }).toArray(); // [13, 17]
 */
export function addmv<X extends Operand, A extends Tensor, B extends Tensor>(
  x: X,
  a: A,
  b: Check<Added<ShapeOf<X>, Mv<A["shape"], B["shape"], "addmv">, "addmv">, B>,
  options?: Factors,
): Tensor<Added<ShapeOf<X>, Mv<A["shape"], B["shape"], "addmv">, "addmv">>;
export function addmv(x: Operand, a: Tensor, b: Tensor, given?: Factors): Tensor {
  const options = optionsOf("addmv", given, ["alpha", "beta"]);
  return added("addmv", x, a, b, options);
}

/**
 * beta·x + alpha·(a·b) of two batches of matrices; x broadcasts to their product.
 * @throws ShapeError if the batches do not fit each other, or x their product.
 * @example
 * baddbmm(zeros([5, 2, 4]), zeros([5, 2, 3]), zeros([5, 3, 4])).shape; // [5, 2, 4]
 */
export function baddbmm<X extends Operand, A extends Tensor, B extends Tensor>(
  x: X,
  a: A,
  b: Check<Added<ShapeOf<X>, Bmm<A["shape"], B["shape"], "baddbmm">, "baddbmm">, B>,
  options?: Factors,
): Tensor<Added<ShapeOf<X>, Bmm<A["shape"], B["shape"], "baddbmm">, "baddbmm">>;
export function baddbmm(x: Operand, a: Tensor, b: Tensor, given?: Factors): Tensor {
  const options = optionsOf("baddbmm", given, ["alpha", "beta"]);
  return added("baddbmm", x, a, b, options);
}
