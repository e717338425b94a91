// Type tests of what cuts, repeats, moves, orders and indexes, run by the compiler; the shapes are checked at run time by the laws.
import { type Tensor, zeros } from "@chainrule/core";
import { has } from "./support/has.ts";

declare const index: Tensor<[2]>;
declare const n: number;

// Never called: only the compiler reads it.
export function indexing(): void {
  const x = zeros([2, 3, 4]);
  has<[4]>()(x.at(0, -1), true);
  has<[2, 1, 3, 2]>()(x.at({}, null, "...", { start: 1, end: 3 }), true);
  has<[1, 2, 3]>()(x.at(null, "...", 0), true);
  has<[3, 4]>()(x.at(n), true);
  has<number[]>()(x.at([0, 1]), true);
  has<number[]>()(x.at(index, "..."), true);
  has<number[]>()((x as Tensor).at(0), true);
  // @ts-expect-error at: index 2 is out of range for dim 0 of [2,3,4]
  x.at(2);
  // @ts-expect-error at: 4 indices for [2,3,4]
  x.at(0, 0, 0, 0);
}

export function arranging(): void {
  const x = zeros([2, 3, 4]);
  has<[2, 1, 4]>()(x.chunk(2, 1)[1], true);
  has<[2, 4]>()(x.unbind(1)[2], true);
  has<[3, 4, 2]>()(x.movedim(0, -1), true);
  has<[5, 2, 3, 4]>()(x.expand([5, -1, 3, -1]), true);
  has<[2, 6, 4]>()(x.tile([2, 1]), true);
  has<[2, 3, 8]>()(x.repeatInterleave(2, -1), true);
  has<[2, 3, 2, 2]>()(x.unflatten(-1, [2, -1]), true);
  has<[2, 3, 2]>()(x.narrow(2, 1, 2), true);
  has<[4, 2]>()(x.diagonal(0, 0, 1), true);
  has<[3, 3]>()(zeros([2]).diag(1), true);
  has<[2, 1, 4]>()(x.diff(2, 1), true);
  has<[2, 3, 2]>()(x.topk(2).values, true);
  has<[2, 4]>()(x.amax([1]), true);
  has<[2]>()(x.take(index), true);
  has<[24]>()(x.ravel(), true);
  // @ts-expect-error sort: dim 3 is out of range for [2,3,4]
  x.sort(3);
  // @ts-expect-error expand: cannot broadcast [2,3,4] to [5,3,4]
  x.expand([5, -1, -1]);
  // @ts-expect-error trace: needs two dims, got [2,3,4]
  x.trace();
}
