import * as chainrule from "@chainrule/core";
import { type Tensor, tensor, value, zeros } from "@chainrule/core";
import * as layers from "@chainrule/nn";
import { ExponentialMovingAverage, MultiStepLR, SGD } from "@chainrule/optim";
import { expect, test } from "vitest";
import { errors } from "./support/errors.ts";

// As misuse.test.ts, of layers and optimizers.

type Untyped = Record<string, (...args: unknown[]) => never>;
const core = chainrule as unknown as Untyped;
const nn = layers as unknown as Untyped;
const untyped = (x: unknown): Untyped => x as Untyped;

test("parameters where nothing finds them", () => {
  class Hidden extends layers.Module {
    readonly #weight = new layers.Parameter([1]);
    forward(y: Tensor): Tensor {
      return y.mul(this.#weight);
    }
  }
  const model = new Hidden();
  expect(errors(
    () => new SGD(model.parameters(), { lr: 1 }),
    () => untyped({ f: core.grad!((m: Hidden) => m.forward(zeros([1])).sum()) }).f!(model),
  )).toMatchInlineSnapshot(`
    "ArgumentError: SGD: needs at least one parameter, got none; a module finds leaves that require grad in its properties, neither results of operations nor what is in #private fields
    ArgumentError: grad: the input holds no tensor to differentiate by; of a module, parameters in #private fields are not found"
  `); // prettier-ignore
});

test("a class in place of a layer", () => {
  expect(errors(() => nn.sequential!(layers.Linear))).toMatchInlineSnapshot(
    `"ArgumentError: Sequential: layer 0 is the class Linear; write new Linear(…)"`,
  );
});

test("a layer that returns nothing, and arguments that are left out", () => {
  const nothing = (y: Tensor) => {
    y.sin();
  };
  expect(errors(
    () => untyped(nn.sequential!(new layers.Tanh(), nothing)).forward!(zeros([2])),
    () => nn.sequential!(nothing, new layers.Tanh(), 3),
    () => untyped(new layers.MultiHeadAttention(4, 2)).forward!(zeros([2, 4])),
    () => new (layers.Conv2d as unknown as new (...args: unknown[]) => never)(3, 8),
    () => new layers.Conv2d(3, 8, 3, { padding: "full" as never }),
    () => new layers.Linear(2, 3, { generator: 3 as never }),
    () => untyped(new layers.Tanh()).train!("false"),
    () => core.linspace!(0, 1),
    () => core.zeros!([undefined]),
  )).toMatchInlineSnapshot(`
    "ArgumentError: Sequential: a layer returns a tensor, got undefined (layer 1)
    ArgumentError: Sequential: layer 2 is neither a module with forward() nor a function
    ArgumentError: MultiHeadAttention(4, 2): expected a tensor, got undefined
    ArgumentError: Conv2d: channels, groups and 2 kernel sizes are whole numbers from 1 up, got 3, 8, groups 1 and kernel [undefined,undefined]
    ArgumentError: Conv2d: padding is "same", "valid" or numbers, got "full"
    ArgumentError: init.uniform: a generator is one such as new Generator(1), got 3
    ArgumentError: train: it is true or false, got "false"
    ArgumentError: linspace: sizes are whole numbers from 0 up, got [undefined]
    ArgumentError: zeros: sizes are whole numbers from 0 up, got [undefined]"
  `); // prettier-ignore
});

test("layers and initialisers without what they need", () => {
  const made = (name: string, ...args: unknown[]): unknown =>
    new (layers as unknown as Record<string, new (...args: unknown[]) => unknown>)[name]!(...args);
  const call = (name: string, args: unknown[], ...inputs: unknown[]): unknown =>
    (made(name, ...args) as Untyped).forward!(...inputs);
  const three = zeros([3, 4]);
  expect(errors(
    () => made("LayerNorm"),
    () => made("MaxPool2d"),
    () => made("MaxPool1d", 0),
    () => made("AvgPool2d", "2"),
    () => made("AdaptiveAvgPool2d"),
    () => call("LSTM", [4, 4], three, zeros([1, 4])),
    () => call("GRU", [4, 4], three, [1]),
    () => call("GRUCell", [4, 4], three, [1]),
    () => call("TransformerEncoderLayer", [4, 2]),
    () => call("MultiHeadAttention", [4, 2], three, three, three, { attnMask: [1] }),
    () => nn.crossEntropyLoss!(three, tensor([0, 1, 2], { dtype: "int32" }), { weight: [1, 1, 1, 1] }),
    () => made("Linear", 2, 3, { bias: "false" }),
    () => made("MultiHeadAttention", 4, 2, { dropout: "a" }),
    () => call("LayerNorm", [4, { eps: NaN }], three),
    () => call("BatchNorm1d", [4, { eps: -1 }], three),
    () => untyped(layers.init).normal!([2, 3]),
    () => untyped(layers.init).constant!(zeros([2])),
    () => untyped(layers.init).zeros!(),
  )).toMatchInlineSnapshot(`
    "ArgumentError: LayerNorm: a size is a whole number from 1 up, got undefined
    ArgumentError: MaxPool2d: the window is a whole number from 1 up, or one for each dim, got undefined
    ArgumentError: MaxPool1d: the window is a whole number from 1 up, or one for each dim, got 0
    ArgumentError: AvgPool2d: the window is a whole number from 1 up, or one for each dim, got "2"
    ArgumentError: AdaptiveAvgPool2d: the output size is a whole number from 1 up, or one for each dim, got undefined
    ArgumentError: LSTM(4, 4): needs 2 states, hidden and cell, got undefined
    ArgumentError: GRU(4, 4): expected a tensor, got an array; wrap it in tensor(...)
    ArgumentError: GRUCell(4, 4): expected a tensor, got an array; wrap it in tensor(...)
    ArgumentError: TransformerEncoderLayer: expected a tensor, got undefined
    ArgumentError: MultiHeadAttention(4, 2): attnMask: expected a tensor, got an array; wrap it in tensor(...)
    ArgumentError: crossEntropyLoss: weight: expected a tensor, got an array; wrap it in tensor(...)
    ArgumentError: Linear: bias is the text "false", which counts as true; write false
    ArgumentError: MultiHeadAttention: dropout is a probability from 0 to 1, got "a"
    ArgumentError: layerNorm: eps is a number from 0 up, got NaN
    ArgumentError: batchNorm: eps is a number from 0 up, got -1
    ArgumentError: init.normal: expected a tensor, got an array; wrap it in tensor(...)
    ArgumentError: init.constant: the value is a number, got undefined
    ArgumentError: init.constant: expected a tensor, got undefined"
  `); // prettier-ignore
  expect(untyped(untyped(call("LSTM", [4, 4], three, null))[0]!).shape).toEqual([3, 4]);
});

test("targets before predictions", () => {
  const labels = tensor([0, 2], { dtype: "int32" });
  const hits = tensor([1, 0], { dtype: "bool" });
  const [scores, chances] = [zeros([2, 3]), tensor([0.5, 0.5])];
  expect(errors(
    () => nn.crossEntropyLoss!(labels, scores),
    () => nn.crossEntropyLoss!(tensor(1, { dtype: "int32" }), zeros([3])),
    () => nn.nllLoss!(labels, scores),
    () => nn.nllLoss!(scores, zeros([3])),
    () => nn.bceLoss!(hits, chances),
    () => nn.bceWithLogitsLoss!(labels, chances),
    () => nn.poissonNLLLoss!(labels, chances),
    () => nn.hingeEmbeddingLoss!(labels, chances),
    () => nn.softMarginLoss!(labels, chances),
  )).toMatchInlineSnapshot(`
    "ShapeError: crossEntropyLoss: target [2,3] is neither class indices [] nor probabilities [2]; scores come first
    ShapeError: crossEntropyLoss: prediction is a scalar, expected scores [classes] or [batch,classes,…]; scores come first
    ShapeError: nllLoss: target [2,3] is not class indices []; scores come first
    ShapeError: nllLoss: target [3] is not class indices [2]
    DtypeError: bceLoss: the prediction is bool and the target float64; predictions come first
    DtypeError: bceWithLogitsLoss: the prediction is int32 and the target float64; predictions come first
    DtypeError: poissonNLLLoss: the prediction is int32 and the target float64; predictions come first
    DtypeError: hingeEmbeddingLoss: the prediction is int32 and the target float64; predictions come first
    DtypeError: softMarginLoss: the prediction is int32 and the target float64; predictions come first"
  `); // prettier-ignore
});

test("optimizers that are given something else", () => {
  const parameter = new layers.Parameter([1, 2]);
  const optimizer = new SGD([parameter], { lr: 1 });
  parameter.grad = tensor([1, 1]);
  expect(errors(
    () => untyped(optimizer).step!(async () => value(1)),
    () => untyped(optimizer).addParamGroup!([parameter]),
    () => untyped(optimizer).addParamGroup!({ params: new layers.Linear(1, 1) }),
    () => new MultiStepLR(optimizer, {} as never),
  )).toMatchInlineSnapshot(`
    "ArgumentError: SGD.step: the function is async, and SGD.step ends at its first await; await first, and pass what computes alone
    ArgumentError: SGD: a group is an object such as { params, lr: … }
    ArgumentError: SGD: the params of a group are a list of tensors; of a model pass model.parameters()
    ArgumentError: MultiStepLR: milestones is a list of whole numbers from 0 up, and must be given"
  `); // prettier-ignore
  expect(parameter.toArray()).toEqual([1, 2]);
});

test("masks of 0 and 1, and masks the other way round", () => {
  const call = (name: string, args: unknown[], ...inputs: unknown[]): unknown =>
    untyped(new (layers as unknown as Record<string, new (...args: unknown[]) => unknown>)[name]!(...args)).forward!(
      ...inputs,
    );
  const whole = (data: unknown): Tensor => tensor(data as number[], { dtype: "int32" }) as Tensor;
  const x = zeros([2, 3, 4]);
  const attention = (batchFirst: boolean, options: object): unknown =>
    call("MultiHeadAttention", [4, 2, { batchFirst }], x, x, x, options);
  const encode = (masks: object): unknown =>
    call("TransformerEncoderLayer", [4, 2, { dimFeedforward: 4, batchFirst: true }], x, masks);
  const padding = whole([[0, 0, 1], [0, 1, 1]]); // prettier-ignore
  expect(errors(
    () => encode({ srcKeyPaddingMask: padding }),
    () => encode({ srcMask: zeros([3, 3], { dtype: "int32" }) }),
    () => attention(true, { keyPaddingMask: padding }),
    () => attention(true, { attnMask: zeros([3, 3], { dtype: "int32" }) }),
    () => core.scaledDotProductAttention!(x, x, x, { attnMask: padding }),
    () => core.scaledDotProductAttention!(x, x, x, { attnMask: padding.to("bool") }),
    () => core.scaledDotProductAttention!(zeros([2, 1, 3, 4]), zeros([2, 1, 3, 4]), zeros([2, 1, 3, 4]), { attnMask: padding.to("bool") }),
    () => core.scaledDotProductAttention!(x, x, x, { attnMask: zeros([3, 2]) }),
    () => attention(false, { keyPaddingMask: padding.to("bool") }),
    () => attention(true, { keyPaddingMask: zeros([3, 2]) }),
    () => attention(true, { keyPaddingMask: zeros([2, 2]) }),
  )).toMatchInlineSnapshot(`
    "DtypeError: MultiHeadAttention(4, 2): keyPaddingMask is int32; a mask is bool, or floating summands of the scores; make one of 0 and 1 bool with .to("bool")
    DtypeError: MultiHeadAttention(4, 2): attnMask is int32; a mask is bool, or floating summands of the scores; make one of 0 and 1 bool with .to("bool")
    DtypeError: MultiHeadAttention(4, 2): keyPaddingMask is int32; a mask is bool, or floating summands of the scores; make one of 0 and 1 bool with .to("bool")
    DtypeError: MultiHeadAttention(4, 2): attnMask is int32; a mask is bool, or floating summands of the scores; make one of 0 and 1 bool with .to("bool")
    DtypeError: scaledDotProductAttention: attnMask is int32; a mask is bool, or floating summands of the scores; make one of 0 and 1 bool with .to("bool")
    ShapeError: scaledDotProductAttention: cannot broadcast [2,3] with [2,3,3], attnMask and the scores; if it says which keys an example has, use reshape([2,1,3])
    ShapeError: scaledDotProductAttention: cannot broadcast [2,3] with [2,1,3,3], attnMask and the scores; if it says which keys an example has, use reshape([2,1,1,3])
    ShapeError: scaledDotProductAttention: cannot broadcast [3,2] with [2,3,3], attnMask and the scores
    ShapeError: MultiHeadAttention(4, 2): keyPaddingMask [2,3] is not [3,2], which is [batch,keys]; the input counts as [time,batch,features] unless the layer has { batchFirst: true }
    ShapeError: MultiHeadAttention(4, 2): keyPaddingMask [3,2] is not [2,3], which is [batch,keys]; use transpose()
    ShapeError: MultiHeadAttention(4, 2): keyPaddingMask [2,2] is not [2,3]"
  `); // prettier-ignore
});

test("parameters that are put back before an async function is done", () => {
  const model = new layers.Linear(1, 1);
  const average = untyped(new ExponentialMovingAverage(model.parameters()));
  const before = model.weight.toArray();
  const waiting = Object.assign(new layers.Tanh(), { forward: async () => value(1) });
  expect(errors(
    () => average.averaged!(async () => value(1)),
    () => average.averaged!(value(1)),
    () => nn.summary!(waiting),
  )).toMatchInlineSnapshot(`
    "ArgumentError: ExponentialMovingAverage.averaged: the function is async, and ExponentialMovingAverage.averaged ends at its first await; await first, and pass what computes alone
    ArgumentError: ExponentialMovingAverage.averaged: expected a function such as (x) => …, got an object of class Tensor
    ArgumentError: summary: the function is async, and summary ends at its first await; await first, and pass what computes alone"
  `); // prettier-ignore
  expect(model.weight.toArray()).toEqual(before);
});
