// Type tests of layers one after the other, of which the compiler knows more or less, run by the compiler.
import { layerNorm, type Shape, type Tensor, zeros } from "@chainrule/core";
import {
  AdaptiveAvgPool1d, AdaptiveAvgPool2d, AdaptiveMaxPool2d, AvgPool1d, BatchNorm1d, BatchNorm2d, Conv1d, Conv2d, ConvTranspose1d, ConvTranspose2d, Dropout,
  Embedding, Flatten, GroupNorm, GRUCell, InstanceNorm, LayerNorm, Linear, MaxPool2d, PReLU, ReLU, RMSNorm, RNNCell, sequential, TransformerEncoderLayer,
} from "@chainrule/nn"; // prettier-ignore
import { has } from "./support/has.ts";

declare const unknown: Tensor;
declare const endsIn7: Tensor<[...number[], 7]>;
declare const images: Tensor<[...number[], 1, 28, 28]>;
declare const features: number;

// Never called: only the compiler reads it.
export function windows(): void {
  has<[...number[], 8, number]>()(new Conv1d(1, 8, 3).forward(unknown), true);
  has<[...number[], 8, number, 5]>()(new Conv2d(1, 8, [1, 3]).forward(endsIn7), true);
  has<[...number[], 8, 26, 26]>()(new Conv2d(1, 8, 3).forward(images), true);
  has<[...number[], 1, 14, 14]>()(new MaxPool2d(2).forward(images), true);
  has<[...number[], number, 3]>()(new AvgPool1d(2).forward(endsIn7), true);
  has<[...number[], 8, 2, 1]>()(sequential(new Conv2d(1, 8, 3), new AdaptiveAvgPool2d([2, 1])).forward(unknown), true);
  has<[...number[], number, 2, 7]>()(new AdaptiveMaxPool2d([2, null]).forward(endsIn7), true);
  sequential(
    new Conv2d(1, 8, 3),
    new ReLU(),
    new MaxPool2d(2),
    new Dropout(0.2),
    new Conv2d(8, 4, 3),
    new Flatten(),
    new Linear(64, 10),
  );
  sequential(new Conv1d(1, features, 3), new ReLU(), new Conv1d(4, 8, 3));
  sequential((x) => x.mul(2), new Conv2d(4, 8, 3));
  // @ts-expect-error Conv2d(4, 8, 3): input [...,8,?,?] has 8 channels, expected 4
  sequential(new Conv2d(1, 8, 3), new Conv2d(4, 8, 3));
  // @ts-expect-error Conv2d(4, 8, 3): input [...,8,?,?] has 8 channels, expected 4
  sequential(new Conv2d(1, 8, 3), new ReLU(), new MaxPool2d(2), new Dropout(0.2), new Conv2d(4, 8, 3));
  // @ts-expect-error Conv1d(4, 8, 3): input [...,8,?] has 8 channels, expected 4
  sequential(new ConvTranspose1d(1, 8, 3), new AvgPool1d(2), new Conv1d(4, 8, 3));
  // @ts-expect-error ConvTranspose2d(4, 8, 3): input [...,8,2,2] has 8 channels, expected 4
  sequential(new Conv2d(1, 8, 3), new AdaptiveMaxPool2d(2), new ConvTranspose2d(4, 8, 3));
  // @ts-expect-error conv2d: kernel [3,3] is larger than the padded input [2,2]; pad more, or use a smaller kernel
  sequential(new AdaptiveAvgPool2d(2), new Conv2d(1, 8, 3));
  // @ts-expect-error Linear(8, 3): input [...,?,2] ends in 2, expected 8
  sequential(new AdaptiveAvgPool1d(2), new Linear(8, 3));
}

export function norms(): void {
  has<[2, 3]>()(new LayerNorm(3).forward(zeros([2, 3])), true);
  has<[2, 3, 4]>()(new RMSNorm([3, 4]).forward(zeros([2, 3, 4])), true);
  has<[8, 4, 5]>()(new BatchNorm1d(4).forward(zeros([8, 4, 5])), true);
  has<[2, 3]>()(new LayerNorm(features).forward(zeros([2, 3])), true);
  has<[2, 3]>()(new LayerNorm([features, 3]).forward(zeros([2, 3])), true);
  has<[...number[], 8, number, number]>()(
    sequential(new Conv2d(1, 8, 3), new BatchNorm2d(8), new ReLU()).forward(unknown),
    true,
  );
  has<[number, 8, number, number]>()(sequential(new BatchNorm2d(8)).forward(unknown), true);
  const kept: [LayerNorm, RMSNorm, BatchNorm1d, BatchNorm2d, GroupNorm, InstanceNorm, PReLU<number>] = [
    new LayerNorm(3),
    new RMSNorm([3, 4]),
    new BatchNorm1d(4),
    new BatchNorm2d(4),
    new GroupNorm(2, 4),
    new InstanceNorm(4),
    new PReLU(4),
  ];
  has<[2, 3]>()(kept[0].forward(zeros([2, 3])), true);
  sequential(new Embedding(10, 8), new LayerNorm(8), new RMSNorm(features), new Linear(8, 1));
  sequential(new Linear(2, 8), new BatchNorm1d(8), new PReLU(4)); // a [3,4,2] fits
  sequential(new Linear(2, 8), new BatchNorm1d(4)); // a [3,4,2] fits
  sequential(new Conv2d(1, 8, 3), new GroupNorm(2, 4), new InstanceNorm(4)); // a [1,6,28], without batch, fits
  // @ts-expect-error layerNorm: input [...,8] does not end in [9]
  sequential(new Linear(2, 8), new LayerNorm(9));
  // @ts-expect-error layerNorm: input [...,8] does not end in [9]
  sequential(new Embedding(10, 8), new LayerNorm(9));
  // @ts-expect-error Linear(9, 4): input [...,8] ends in 8, expected 9
  sequential(new RMSNorm(8), new Linear(9, 4));
  // @ts-expect-error BatchNorm2d(4): input [...,8,?,?] has 8 channels, expected 4
  sequential(new Conv2d(1, 8, 3), new BatchNorm2d(4));
  // @ts-expect-error Conv2d(8, 4, 3): input [?,4,?,?] has 4 channels, expected 8
  sequential(new BatchNorm2d(4), new ReLU(), new Conv2d(8, 4, 3));
  // @ts-expect-error RNNCell(4, 3): needs input [batch,4] or [4], got [...,8]
  sequential(new Linear(2, 8), new RNNCell(4, 3));
  // @ts-expect-error Linear(4, 1): input [...,3] ends in 3, expected 4
  sequential(new GRUCell(2, 3), new Linear(4, 1));
  // @ts-expect-error TransformerEncoderLayer(4, 2): needs input [time,batch,4] or [time,4], got [...,8]
  sequential(new Embedding(10, 8), new TransformerEncoderLayer(4, 2));
  // @ts-expect-error BatchNorm1d(4): input [32,8] has 8 channels, expected 4
  sequential(new Linear(2, 8), new BatchNorm1d(4)).forward(zeros([32, 2]));
  // @ts-expect-error layerNorm: input [2,3] does not end in [8]
  new LayerNorm(8).forward(zeros([2, 3]));
  // @ts-expect-error rmsNorm: input [2,3] does not end in [2,2]
  new RMSNorm([2, 2]).forward(zeros([2, 3]));
  // @ts-expect-error layerNorm: input [2,3] does not end in [2]
  layerNorm(zeros([2, 3]), 2);
  // @ts-expect-error BatchNorm1d(4): input [2,3] has 3 channels, expected 4
  new BatchNorm1d(4).forward(zeros([2, 3]));
  // @ts-expect-error BatchNorm2d(4): input [2,3,5,5] has 3 channels, expected 4
  new BatchNorm2d(4).forward(zeros([2, 3, 5, 5]));
  // @ts-expect-error BatchNorm2d(4): needs [batch,channels,height,width], got [4,5,5]
  new BatchNorm2d(4).forward(zeros([4, 5, 5]));
  // @ts-expect-error GroupNorm(2, 4): input [2,3,5] has 3 channels, expected 4
  new GroupNorm(2, 4).forward(zeros([2, 3, 5]));
  // @ts-expect-error InstanceNorm(4): input [2,3,5] has 3 channels, expected 4
  new InstanceNorm(4).forward(zeros([2, 3, 5]));
  // @ts-expect-error prelu: weight [4] is neither one number nor one for each of the 3 channels of [2,3]
  new PReLU(4).forward(zeros([2, 3]));
}

/** What stays open in generic code passes. */
export function generic<S extends Shape, A extends Tensor, N extends number, const F extends number>(
  s: Tensor<S>,
  a: A,
  rows: Tensor<[N, F]>,
  norm: LayerNorm<F>,
): [Tensor<S>, Tensor<A["shape"]>, Tensor<[N, F]>, Tensor<S>] {
  void [s.item(), a.item()];
  return [new LayerNorm(8).forward(s), new BatchNorm1d(8).forward(a), norm.forward(rows), layerNorm(s, 8)];
}

export function items(either: Tensor<[]> | Tensor<[2]>): number[] {
  // @ts-expect-error item: needs exactly one element, got [2,3]; use toArray()
  zeros([2, 3]).item();
  // @ts-expect-error item: needs exactly one element, got [?,3]; use toArray()
  zeros([features, 3]).item();
  return [zeros([]).item(), zeros([1, 1]).item(), unknown.item(), zeros([features]).item(), either.item()];
}
