import { optionsOf, quoted } from "@chainrule/core/internal";
import {
  ArgumentError,
  type Dtype,
  DtypeError,
  fromTypedArray,
  type Shape,
  Tensor,
  tensor,
  zeros,
} from "@chainrule/core";

export interface OneHotOptions {
  /** The default dtype if left out. */
  readonly dtype?: Dtype | undefined;
}

type Append<S extends Shape, C extends number> = number[] extends S ? Shape : [...S, C];

/**
 * For each label a vector with a 1 at its place and zeros elsewhere: `[…]` becomes `[…, classes]`. Without `classes` there are as many as
 * the largest label calls for.
 *
 * @example
 * oneHot([0, 2], 3).toArray(); // [[1, 0, 0], [0, 0, 1]]
 * @throws ArgumentError for a label outside 0 … classes − 1, DtypeError for labels that are not int32.
 */
export function oneHot<L extends Tensor, C extends number = number>(
  labels: L,
  classes?: C,
  options?: OneHotOptions,
): Tensor<Append<L["shape"], C>>;
export function oneHot<const L extends readonly number[], C extends number = number>(
  labels: L,
  classes?: C,
  options?: OneHotOptions,
): Tensor<[L["length"], C]>;
export function oneHot(labels: Tensor | readonly number[], classes?: number, options?: OneHotOptions): Tensor {
  const { dtype } = optionsOf("oneHot", options, ["dtype"]);
  const x = labels instanceof Tensor ? labels : tensor(labels as never, { dtype: "int32" });
  if (x.dtype !== "int32") throw new DtypeError(`oneHot: labels are int32, got ${x.dtype}; convert with to("int32")`);
  const flat = x.toTypedArray();
  let count = classes ?? 0;
  if (classes === undefined) for (const label of flat) count = Math.max(count, label + 1);
  if (!Number.isSafeInteger(count) || count < 1)
    throw new ArgumentError(`oneHot: the number of classes is a whole number from 1 up, got ${quoted(count)}`);
  const wrong = flat.findIndex((label) => label < 0 || label >= count);
  if (wrong >= 0) throw new ArgumentError(`oneHot: label ${flat[wrong]} is outside the classes 0 to ${count - 1}`);
  const out = new Uint8Array(flat.length * count);
  flat.forEach((label, i) => (out[i * count + label] = 1));
  return tensor(fromTypedArray(out, [...x.shape, count] as number[]), { dtype: dtype ?? defaultDtype() });
}

/** The dtype of tensors that are made without one. */
export const defaultDtype = (): Dtype => zeros([]).dtype;
