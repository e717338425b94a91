// Type tests of convolutions, pools and tables as functions, run by the compiler; test/shape-types.test.ts fuzzes what they go by.
import {
  adaptiveAvgPool2d, adaptiveMaxPool1d, avgPool2d, clamp, conv1d, conv2d, convTranspose2d, embedding, flip, maxPool1d, maxPool2d, scatterReduce,
  type Tensor, zeros,
} from "@chainrule/core"; // prettier-ignore
import { has } from "./support/has.ts";

declare const index: Tensor<[2, 3]>;
declare const options: { readonly stride?: number };

// Never called: only the compiler reads it.
export function windows(): void {
  const x = zeros([8, 3, 28, 28]);
  const line = zeros([3, 10]);
  has<[8, 16, 26, 26]>()(conv2d(x, zeros([16, 3, 3, 3])), true);
  has<[8, 16, 28, 28]>()(conv2d(x, zeros([16, 3, 5, 5]), zeros([16]), { padding: "same" }), true);
  has<[8, 6, 13, 28]>()(conv2d(x, zeros([6, 1, 3, 1]), null, { stride: [2, 1], groups: 3 }), true);
  has<[8, 16, number, number]>()(conv2d(x, zeros([16, 3, 3, 3]), null, options), true);
  has<[4, 8]>()(conv1d(line, zeros([4, 3, 3])), true);
  has<[8, 5, 57, 57]>()(convTranspose2d(x, zeros([3, 5, 3, 3]), null, { stride: 2 }), true);
  has<[8, 3, 14, 14]>()(maxPool2d(x, 2), true);
  has<[8, 3, 14, 14]>()(maxPool2d(x, 2, { returnIndices: true }).indices, true);
  has<[3, 5]>()(maxPool1d(line, 2), true);
  has<[8, 3, number, number]>()(avgPool2d(x, 3, { ceilMode: true }), true);
  has<[8, 3, 28, 2]>()(adaptiveAvgPool2d(x, [null, 2]), true);
  has<[3, 4]>()(adaptiveMaxPool1d(line, 4), true);
  has<[...number[], 16, number, number]>()(conv2d(x as Tensor, zeros([16, 3, 3, 3])), true);
  has<[2, 3, 7]>()(embedding(index, zeros([100, 7])), true);
  has<[2, 3]>()(clamp(zeros([2, 3]), null, zeros([3])), true);
  has<[]>()(flip(zeros([]), 0), true);
  has<[3, 10]>()(scatterReduce(line, 1, index, 1, "sum"), true);
  // @ts-expect-error conv2d: input [8,3,28,28] has 3 channels, weight [16,4,3,3] expects 4
  conv2d(x, zeros([16, 4, 3, 3]));
  // @ts-expect-error conv1d: kernel [11] is larger than the padded input [10]; pad more, or use a smaller kernel
  conv1d(line, zeros([4, 3, 11]));
  // @ts-expect-error conv2d: 2 groups do not divide 3 input channels and 16 output channels
  conv2d(x, zeros([16, 1, 3, 3]), null, { groups: 2 });
  // @ts-expect-error maxPool1d: kernel [12] is larger than the padded input [10]; pad more, or use a smaller kernel
  maxPool1d(line, 12);
}
