import { checkedNumber, promote } from "../dtype.ts";
import { reading } from "../op.ts";
import { checkTensor, elementsOf, fromArray, fromNumber, type Operand, type Tensor } from "../tensor.ts";
import { add, maximum } from "./arithmetic.ts";
import { unbind } from "./arrange.ts";
import { cast, ofDtype } from "./cast.ts";
import { ge, where } from "./comparison.ts";
import { indexSelect, scatterAddOp } from "./indexing.ts";
import { flatten, reshape, unchanged } from "./movement.ts";

// How elements come to stand at places of a tensor: overwritten, joined one after the other, or added.

/** Both in the dtype that holds both; a number takes the tensor's. */
export function matched(op: string, x: Tensor, source: Operand): [Tensor, Tensor] {
  if (typeof source === "number") return [x, fromNumber(checkedNumber(op, source, x.dtype), x.dtype)];
  checkTensor(op, source);
  const dtype = promote(x.dtype, source.dtype);
  return [ofDtype(x, dtype), ofDtype(source, dtype)];
}
/** A scalar counts as a list of one. */
export const listed = (x: Tensor): Tensor => (x.rank === 0 ? reshape(x, [1]) : x);

type Join = (old: Tensor, source: Tensor) => Tensor;
/** `x`, where writers[i] ≥ 0 joined with the element of `source` of that number. */
function written(x: Tensor, writers: Tensor, source: Tensor, join: Join): Tensor {
  const from = indexSelect(flatten(source), 0, maximum(writers, 0));
  return where(reshape(ge(writers, 0), x.shape), join(x, reshape(from, x.shape)), x);
}
/** `x` with the elements of `source` at `places`, positions in row-major order. */
export function put(x: Tensor, places: Tensor, source: Tensor): Tensor {
  if (places.size === 0) return unchanged(x);
  const last = reading([places], ([own]) => {
    const writers = new Int32Array(x.size).fill(-1);
    own!.toTypedArray().forEach((place, i) => (writers[place] = i));
    return fromArray([x.size], "int32", writers);
  });
  return written(x, last, source, (_, y) => y);
}
/** `x` joined with the elements of `source` at `places`, one after the other where places repeat. */
export function fold(x: Tensor, places: Tensor, source: Tensor, join: Join): Tensor {
  const { size } = x;
  const most = reading([places], ([own]) => {
    const times = new Int32Array(size);
    own!.toTypedArray().forEach((place) => times[place]!++);
    return fromArray([1], "int32", Int32Array.of(times.reduce((a, b) => Math.max(a, b), 0)));
  });
  const count = Math.max(0, ...elementsOf(most));
  // In round r, the r-th of those that write to a place, or −1.
  const rounds = reading([places], ([own]) => {
    const writers = new Int32Array(count * size).fill(-1);
    const seen = new Int32Array(size);
    own!.toTypedArray().forEach((place, i) => (writers[seen[place]!++ * size + place] = i));
    return fromArray([count, size], "int32", writers);
  });
  const joined: Join = (a, b) => ofDtype(join(a, b), x.dtype); // bool stays bool
  return unbind(rounds).reduce((y: Tensor, writers) => written(y, writers, source, joined), unchanged(x));
}
/** `x` plus the transpose of a gather; of bools, whether any is true. */
export function addAt(x: Tensor, source: Tensor, params: Parameters<typeof scatterAddOp>[1]): Tensor {
  if (x.dtype === "bool") return cast(addAt(cast(x, "int32"), cast(source, "int32"), params), "bool");
  return add(x, reshape(scatterAddOp(source, params), x.shape));
}
/** `x` with the elements of `source` added at `places`. */
export function putMore(op: string, x: Tensor, places: Tensor, source: Tensor): Tensor {
  return addAt(x, flatten(source), { op, dim: 0, index: flatten(places), shape: [x.size] });
}
