import { ShapeError } from "../errors.ts";
import { type Shape, showShape } from "../shape.ts";
import type { BilinearShape, Check, Fail, Show } from "../shape-types/index.ts";
import { checkTensor, type Tensor } from "../tensor.ts";
import { add, mul } from "./arithmetic.ts";
import { matmul } from "./matmul.ts";
import { permute, reshape, unsqueeze } from "./movement.ts";
import { sum } from "./reduction.ts";

/** Shape of products of inputs A and B by a weight W. */
export type Bilinear<A extends Shape, B extends Shape, W extends Shape> = W extends unknown
  ? W extends readonly [infer O extends number, infer I extends number, infer J extends number]
    ? BilinearShape<A, B, I, J, O>
    : number extends W["length"]
      ? number[]
      : Fail<`bilinear: weight ${Show<W>} is not [outputs,left,right]`>
  : never;

/**
 * x·weightₒ·yᵀ + biasₒ for each output o, from x `[…, left]` and y `[…, right]`, by a weight `[outputs, left, right]`, to `[…, outputs]`.
 * @throws ShapeError if inputs, weight or bias do not fit.
 * @example
 * bilinear(tensor([1, 2]), tensor([3]), tensor([[[4], [5]]]), tensor([6])).toArray(); // [1·4·3 + 2·5·3 + 6]
 */
export function bilinear<A extends Tensor, B extends Tensor, W extends Tensor>(
  x: A,
  y: B,
  weight: Check<Bilinear<A["shape"], B["shape"], W["shape"]>, W>,
  bias?: Tensor | null,
): Tensor<Bilinear<A["shape"], B["shape"], W["shape"]>>;
export function bilinear(x: Tensor, y: Tensor, weight: Tensor, bias?: Tensor | null): Tensor {
  for (const input of [x, y, weight]) checkTensor("bilinear", input);
  if (weight.rank !== 3)
    throw new ShapeError("bilinear", `weight ${showShape(weight.shape)} is not [outputs,left,right]`, [weight.shape]);
  const [outputs, left, right] = weight.shape as [number, number, number];
  const lead = x.shape.slice(0, -1);
  if (x.shape.at(-1) !== left || y.shape.at(-1) !== right || y.rank !== x.rank || lead.some((n, d) => n !== y.shape[d]))
    throw new ShapeError(
      "bilinear",
      `inputs ${showShape(x.shape)} and ${showShape(y.shape)} are not […,${left}] and […,${right}] with the same leading sizes`,
      [x.shape, y.shape, weight.shape],
    );
  if (bias) checkTensor("bilinear", bias);
  if (bias && (bias.rank !== 1 || bias.shape[0] !== outputs))
    throw new ShapeError("bilinear", `bias ${showShape(bias.shape)} is not [${outputs}]`, [bias.shape, weight.shape]);
  const rows = lead.reduce((a, b) => a * b, 1);
  // one matrix product for x and all outputs, then the rest row by row
  const products = matmul(reshape(x, [rows, left]), reshape(permute(weight, [1, 0, 2]), [left, outputs * right]));
  const pairs = mul(reshape(products, [rows, outputs, right]), unsqueeze(reshape(y, [rows, right]), 1));
  const result = reshape(sum(pairs, -1), [...lead, outputs]);
  return bias ? add(result, bias) : result;
}
