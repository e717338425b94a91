// Type tests of layers beyond convolutions and pools, run by the compiler; test/shape-types.test.ts fuzzes what they go by.
import { aminmax, bilinear, type Tensor, zeros } from "@chainrule/core";
import {
  Bilinear, crossEntropyLoss, nllLoss, ConvTranspose1d, ConvTranspose2d, GRU, GRUCell, Linear, LSTM, LSTMCell, MultiHeadAttention, NLLLoss, RNN, RNNCell, type RNNOptions, sequential,
  TransformerEncoderLayer,
} from "@chainrule/nn"; // prettier-ignore
import { has } from "./support/has.ts";

declare const unknown: Tensor;
declare const features: number;
declare const options: RNNOptions;

// Never called: only the compiler reads it.
export function transposed(): void {
  has<[4, 2, 10]>()(new ConvTranspose1d(8, 2, 2, { stride: 2 }).forward(zeros([4, 8, 5])), true);
  has<[1, 15, 14]>()(new ConvTranspose2d(8, 1, [3, 2], { stride: 2 }).forward(zeros([8, 7, 7])), true);
  has<[4, number, number]>()(new ConvTranspose1d(8, features, features).forward(zeros([4, 8, 5])), true);
  has<[...number[], 2, number]>()(new ConvTranspose1d(8, 2, 2).forward(unknown), true);
  // @ts-expect-error ConvTranspose1d(8, 2, 2): input [4,3,5] has 3 channels, expected 8
  new ConvTranspose1d(8, 2, 2).forward(zeros([4, 3, 5]));
  // @ts-expect-error ConvTranspose2d(8, 2, [2,3]): needs [batch,channels,height,width] or [channels,height,width], got [8,5]
  new ConvTranspose2d(8, 2, [2, 3]).forward(zeros([8, 5]));
}

export function recurrent(): void {
  const x = zeros([7, 4, 3]);
  const [output, hidden] = new RNN(3, 5, { numLayers: 2 }).forward(x);
  has<[7, 4, 5]>()(output, true);
  has<[2, 4, 5]>()(hidden, true);
  const [both, [h, c]] = new LSTM(3, 5, { bidirectional: true, projSize: 2, batchFirst: true }).forward(x);
  has<[7, 4, 4]>()(both, true);
  has<[2, 7, 2]>()(h, true);
  has<[2, 7, 5]>()(c, true);
  has<[7, 5]>()(new GRU(3, 5).forward(zeros([7, 3]))[0], true);
  has<[1, 5]>()(new GRU(3, 5).forward(zeros([7, 3]))[1], true);
  has<[7, 4, number]>()(new RNN(3, 5, options).forward(x)[0], true);
  has<[number, number, 5]>()(new RNN(3, 5, options).forward(x)[1], true);
  has<[...number[], 5]>()(new RNN(3, 5).forward(unknown)[0], true);
  has<[7, 4, 5]>()(new RNN(3, 5, undefined).forward(x)[0], true);
  const layer: LSTM = new LSTM(3, features, { numLayers: 2 });
  has<[number, number, number]>()(layer.forward(x)[1][0], true);
  let later: Tensor | undefined;
  for (let i = 0; i < 2; i++) [, later] = new RNN(3, 5).forward(x, later);
  has<[1, 4, 5]>()(new RNN(3, 5).forward(x, later)[1], true);
  has<[2, 4, 5]>()(new GRU(3, 5, { numLayers: 2 }).forward(x, hidden)[1], true);
  has<[7, 5]>()(new RNN(3, 5).forward(zeros([7, 3]), zeros([1, 5]))[0], true);
  has<[7, 5]>()(new RNN(3, 5).forward(zeros([7, 3]), zeros([1, 1, 5]))[0], true);
  has<[7, 4, 5]>()(new LSTM(3, 5).forward(x, [zeros([1, 4, 5]), unknown])[0], true);
  new RNN(3, 5, options).forward(x, zeros([8, 4, 5]));
  new RNN(3, 5).forward(unknown, zeros([1, 9, 5]));
  // @ts-expect-error RNN(3, 5): needs a state [1,4,5], got [2,4,5]
  new RNN(3, 5).forward(x, hidden);
  // @ts-expect-error GRU(3, 5): needs a state [2,4,5], got [2,7,5]
  new GRU(3, 5, { numLayers: 2 }).forward(x, zeros([2, 7, 5]));
  // @ts-expect-error RNN(3, 5): needs a state [...,5], got [1,9,4]
  new RNN(3, 5).forward(unknown, zeros([1, 9, 4]));
  // @ts-expect-error LSTM(3, 5): needs a state [1,4,5], got [1,4,2]
  new LSTM(3, 5, { projSize: 2 }).forward(x, [zeros([1, 4, 2]), zeros([1, 4, 2])]);
  // @ts-expect-error RNN(3, 5): needs input [time,batch,3] or [time,3], got [7,4,2]
  new RNN(3, 5).forward(zeros([7, 4, 2]));
  // @ts-expect-error GRU(3, 5): needs input [batch,time,3] or [time,3], got [3]
  new GRU(3, 5, { batchFirst: true }).forward(zeros([3]));
}

export function cells(): void {
  has<[2, 5]>()(new RNNCell(3, 5).forward(zeros([2, 3])), true);
  has<[5]>()(new GRUCell(3, 5).forward(zeros([3])), true);
  has<[2, 5]>()(new LSTMCell(3, 5).forward(zeros([2, 3]))[1], true);
  const cell: GRUCell = new GRUCell(3, 5);
  has<[2, number]>()(cell.forward(zeros([2, 3])), true);
  has<[2, 5]>()(new GRUCell(3, 5).forward(zeros([2, 3]), zeros([2, 5])), true);
  has<[5]>()(new LSTMCell(3, 5).forward(zeros([3]), [zeros([5]), unknown])[0], true);
  // @ts-expect-error RNNCell(3, 5): needs a state [2,5], got [1,2,5]
  new RNNCell(3, 5).forward(zeros([2, 3]), zeros([1, 2, 5]));
  // @ts-expect-error LSTMCell(3, 5): needs a state [5], got [3]
  new LSTMCell(3, 5).forward(zeros([3]), [zeros([5]), zeros([3])]);
  // @ts-expect-error LSTMCell(3, 5): needs input [batch,3] or [3], got [2,4]
  new LSTMCell(3, 5).forward(zeros([2, 4]));
}

export function attention(): void {
  const x = zeros([4, 5, 8]);
  has<[4, 5, 8]>()(new MultiHeadAttention(8, 2, { batchFirst: true }).forward(x, x, x)[0], true);
  has<[5, 8]>()(
    new MultiHeadAttention(8, 2, { kdim: 3 }).forward(zeros([5, 8]), zeros([6, 3]), zeros([6, 8]))[0],
    true,
  );
  const bare: MultiHeadAttention = new MultiHeadAttention(8, 2, { kdim: 3 });
  has<[4, 5, 8]>()(bare.forward(x, zeros([6, 5, 3]), zeros([6, 5, 8]))[0], true);
  const heads = new MultiHeadAttention(8, 2, { addBiasKv: true, batchFirst: true });
  has<[4, 5, 6]>()(heads.forward(x, x, x)[1], true);
  has<[4, 2, 5, 7]>()(heads.forward(x, zeros([4, 6, 8]), zeros([4, 6, 8]), { averageAttnWeights: false })[1], true);
  has<[5, 6]>()(new MultiHeadAttention(8, 2).forward(zeros([5, 8]), zeros([6, 8]), zeros([6, 8]), {})[1], true);
  has<[number, number, number]>()(bare.forward(x, zeros([6, 5, 3]), zeros([6, 5, 8]))[1], true);
  has<[...number[], number, number]>()(heads.forward(unknown, unknown, unknown)[1], true);
  const none: null = heads.forward(x, x, x, { needWeights: false })[1];
  const maybe: Tensor<[4, 5, 6]> | null = heads.forward(x, x, x, { needWeights: features > 1 })[1];
  void [none, maybe];
  // @ts-expect-error MultiHeadAttention(8, 2): needs query, key and value [time,batch,8], … got [4,5,8], [4,5,8], [4,5,7]
  new MultiHeadAttention(8, 2).forward(x, x, zeros([4, 5, 7]));
  // @ts-expect-error MultiHeadAttention(8, 2): key and value differ in length, or batches differ, in [4,5,8], [3,5,8], [4,5,8]
  new MultiHeadAttention(8, 2).forward(x, zeros([3, 5, 8]), x);
  const layer = new TransformerEncoderLayer(8, 2, { dimFeedforward: 16 });
  has<[4, 5, 8]>()(layer.forward(x), true);
  has<[4, 5, 3]>()(sequential(layer, new Linear(8, 3)).forward(x), true);
  const kept: TransformerEncoderLayer = layer;
  has<[4, 5, 8]>()(kept.forward(x), true);
  // @ts-expect-error Linear(7, 3): input [...,8] ends in 8, expected 7
  sequential(new Linear(2, 8), layer, new Linear(7, 3));
  // @ts-expect-error TransformerEncoderLayer(8, 2): needs input [time,batch,8] or [time,8], got [4,5,7]
  layer.forward(zeros([4, 5, 7]));
}

export function pairs(): void {
  has<[5, 4]>()(new Bilinear(2, 3, 4).forward(zeros([5, 2]), zeros([5, 3])), true);
  has<[4]>()(new Bilinear(2, 3, 4).forward(zeros([2]), zeros([3])), true);
  has<[...number[], 4]>()(new Bilinear(2, 3, 4).forward(unknown, unknown), true);
  const layer: Bilinear = new Bilinear(2, 3, 4);
  has<[5, number]>()(layer.forward(zeros([5, 2]), zeros([5, 3])), true);
  // @ts-expect-error bilinear: inputs [5,2] and [6,3] are not […,2] and […,3] with the same leading sizes
  new Bilinear(2, 3, 4).forward(zeros([5, 2]), zeros([6, 3]));
  has<[5, 4]>()(bilinear(zeros([5, 2]), zeros([5, 3]), zeros([4, 2, 3])), true);
  // @ts-expect-error bilinear: weight [2,3] is not [outputs,left,right]
  bilinear(zeros([5, 2]), zeros([5, 3]), zeros([2, 3]));
  has<[2, 1]>()(aminmax(zeros([2, 3]), { dim: 1, keepDim: true })[0], true);
  // @ts-expect-error aminmax: dim 2 is out of range for [2,3]
  aminmax(zeros([2, 3]), { dim: 2 });
}
export function targets(): void {
  const [scores, labels] = [zeros([2, 3]), zeros([2], { dtype: "int32" })];
  has<[]>()(nllLoss(scores, labels), true);
  has<[2, 5]>()(nllLoss(zeros([2, 3, 5]), zeros([2, 5]), { reduction: "none" }), true);
  nllLoss(scores, unknown);
  nllLoss(unknown, labels);
  // @ts-expect-error nllLoss: target [2,3] is not class indices []; scores come first
  nllLoss(labels, scores);
  // @ts-expect-error nllLoss: target [3] is not class indices [2]
  new NLLLoss().forward(scores, zeros([3]));
  // @ts-expect-error crossEntropyLoss: target [2,3] is neither class indices [] nor probabilities [2]; scores come first
  crossEntropyLoss(labels, scores);
}
