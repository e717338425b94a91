import {
  ones,
  ArgumentError,
  type Tensor,
  ChainruleError,
  checkGradients,
  conv1d,
  conv2d,
  embedding,
  Generator,
  glu,
  rand,
  softmax,
  tensor,
  zeros,
} from "@chainrule/core";
import type { Module } from "@chainrule/nn";
import {
  GRUCell,
  marginRankingLoss,
  AdaptiveAvgPool2d,
  BatchNorm1d,
  Bilinear,
  BatchNorm2d,
  bceLoss,
  Conv1d,
  Conv2d,
  cosineEmbeddingLoss,
  crossEntropyLoss,
  Dropout,
  ELU,
  Embedding,
  Flatten,
  gaussianNLLLoss,
  GELU,
  GRU,
  Hardshrink,
  Hardtanh,
  hingeEmbeddingLoss,
  huberLoss,
  InstanceNorm,
  klDivLoss,
  LeakyReLU,
  Linear,
  LSTM,
  MaxPool2d,
  mseLoss,
  MultiHeadAttention,
  nllLoss,
  poissonNLLLoss,
  ReLU,
  RNN,
  sequential,
  Sequential,
  softMarginLoss,
  Softmin,
  Softplus,
  summary,
  Threshold,
  TransformerEncoderLayer,
  tripletMarginLoss,
} from "@chainrule/nn";
import { describe, expect, test } from "vitest";

const generator = new Generator(5);
const random = (...shape: number[]): Tensor => generator.randn(shape) as Tensor;
const message = (fn: () => unknown): string => {
  try {
    fn();
  } catch (error) {
    if (!(error instanceof ChainruleError)) throw error;
    return `${error.name}: ${error.message}`;
  }
  throw new Error("nothing was thrown");
};

describe("derivatives of layers and losses to second order", () => {
  const layers: Record<string, [Module & { forward: (x: never) => unknown }, number[]]> = {
    Conv2d: [new Conv2d(2, 2, 2, { padding: 1, generator }), [1, 2, 2, 3]],
    GELU: [new GELU(), [3]],
    BatchNorm1d: [new BatchNorm1d(2), [4, 2]],
    LSTM: [new LSTM(2, 2, { generator }), [3, 1, 2]],
    GRU: [new GRU(2, 2, { bidirectional: true, generator }), [2, 1, 2]],
    TransformerEncoderLayer: [
      new TransformerEncoderLayer(4, 2, { dimFeedforward: 3, activation: "gelu", batchFirst: true, generator }).eval(),
      [1, 3, 4],
    ],
  };
  test.each(Object.entries(layers))("%s", (_, [layer, shape]) => {
    const call = (x: Tensor): Tensor => [layer.forward(x as never)].flat()[0] as Tensor;
    checkGradients(call, [random(...shape)], { order: 2 });
  });

  const y = tensor([[1, -1], [1, 1]]) as Tensor; // prettier-ignore
  const losses: Record<string, (x: Tensor) => Tensor> = {
    huberLoss: (x) => huberLoss(x, y as never) as Tensor,
    hingeEmbeddingLoss: (x) => hingeEmbeddingLoss(x, y as never) as Tensor,
    softMarginLoss: (x) => softMarginLoss(x, y as never) as Tensor,
    poissonNLLLoss: (x) => poissonNLLLoss(x, y as never) as Tensor,
    klDivLoss: (x) => klDivLoss(x, softmax(y) as never) as Tensor,
    gaussianNLLLoss: (x) => gaussianNLLLoss(x, y, x.square()) as Tensor,
    cosineEmbeddingLoss: (x) => cosineEmbeddingLoss(x, y, tensor([1, 1]) as Tensor) as Tensor,
    tripletMarginLoss: (x) => tripletMarginLoss(x, y, y.mul(3), { margin: 5 }) as Tensor,
    crossEntropyLoss: (x) => crossEntropyLoss(x, tensor([1, 0], { dtype: "int32" }) as never, { labelSmoothing: 0.1 }) as Tensor,
  }; // prettier-ignore
  test.each(Object.entries(losses))("%s", (_, loss) => {
    checkGradients(loss, [random(2, 2)], { order: 2 });
  });
});

test("layers and losses of several tensors name the one that is none", () => {
  const y = ones([2, 3]) as Tensor;
  const none = undefined as unknown as Tensor;
  expect([
    message(() => new GRUCell(3, 2).forward(none)),
    message(() => new LSTM(3, 2).forward([1, 2, 3] as unknown as Tensor)),
    message(() => gaussianNLLLoss(y, y, none)),
    message(() => cosineEmbeddingLoss(y, y, none)),
    message(() => marginRankingLoss(y, y, none)),
    message(() => tripletMarginLoss(y, y, none)),
  ].join("\n")).toMatchInlineSnapshot(`
    "ArgumentError: GRUCell(3, 2): expected a tensor, got undefined
    ArgumentError: LSTM(3, 2): expected a tensor, got an array; wrap it in tensor(...)
    ArgumentError: gaussianNLLLoss: expected a tensor, got undefined
    ArgumentError: cosineEmbeddingLoss: expected a tensor, got undefined
    ArgumentError: marginRankingLoss: expected a tensor, got undefined
    ArgumentError: tripletMarginLoss: expected a tensor, got undefined"
  `); // prettier-ignore
});

test("bad input gets an error that says what to do", () => {
  const x = zeros([1, 2, 3, 3]) as Tensor;
  expect([
    message(() => conv2d(x, zeros([1, 2, 4, 4]) as Tensor)),
    message(() => conv2d(x, zeros([1, 2, 3, 3]) as Tensor, null, { dilation: 2 })),
    message(() => conv2d(x, zeros([4, 1, 2, 2]) as Tensor, null, { groups: 3 })),
    message(() => conv2d(x, zeros([4, 3, 2, 2]) as Tensor)),
    message(() => conv1d(x, zeros([4, 3, 2, 2]) as Tensor)),
    message(() => conv2d(x, zeros([4, 2, 2, 2]) as Tensor, null, { stride: 0 })),
    message(() => conv2d(x, zeros([4, 2, 2, 2]) as Tensor, null, { stride: 2, padding: "same" })),
    message(() => new Conv2d(3, 8, 3, { groups: 2 })),
    message(() => embedding(tensor([5], { dtype: "int32" }) as Tensor, zeros([5, 2]) as Tensor)),
    message(() => glu(zeros([3]) as Tensor)),
    message(() => nllLoss(zeros([2, 3]), tensor([0, 3], { dtype: "int32" }) as Tensor)),
    message(() => new MultiHeadAttention(8, 3)),
    message(() => new BatchNorm2d(2).forward(zeros([1, 2, 1, 1]))),
    message(() => new LSTM(3, 2).forward(zeros([2, 2]) as Tensor)),
    message(() => new Dropout(1.5)),
    message(() => summary({} as Module)),
    message(() => new Linear(2, 3).forward([[1, 2]] as never)),
    message(() => new Linear(2, 3, false as never)),
    message(() => new Conv2d(3, 8, 3, 2 as never)),
    message(() => crossEntropyLoss(zeros([1, 2]) as Tensor, [0] as never)),
    message(() => mseLoss([1] as never, zeros([1]) as never)),
    message(() => mseLoss(zeros([1]), zeros([1]), "sum" as never)),
  ]).toMatchInlineSnapshot(`
    [
      "ShapeError: conv2d: kernel [4,4] is larger than the padded input [3,3]; pad more, or use a smaller kernel",
      "ShapeError: conv2d: kernel [3,3] reaches over [5,5] and is larger than the padded input [3,3]; pad more, or use a smaller kernel",
      "ShapeError: conv2d: 3 groups do not divide 2 input channels and 4 output channels",
      "ShapeError: conv2d: input [1,2,3,3] has 2 channels, weight [4,3,2,2] expects 3",
      "ShapeError: conv1d: needs input [batch,channels,length] or [channels,length] and a weight of 3 dims, got [1,2,3,3] and [4,3,2,2]",
      "ArgumentError: conv2d: stride is one whole number or 2 of them from 1 up, got 0",
      "ArgumentError: conv2d: padding "same" needs stride 1, got [2,2]",
      "ArgumentError: Conv2d: 2 groups do not divide 3 input channels and 8 output channels",
      "ShapeError: embedding: index 5 is out of range for 5 rows of [5,2]",
      "ShapeError: glu: dim -1 of [3] does not halve; its size must be even",
      "ShapeError: nllLoss: class 3 is out of range for 3 classes",
      "ArgumentError: MultiHeadAttention: 3 heads do not divide 8 features",
      "ShapeError: BatchNorm2d(2): training needs more than one number a channel, got [1,2,1,1]; leave out a last batch of one, or call eval()",
      "ShapeError: LSTM(3, 2): needs input [time,batch,3] or [time,3], got [2,2]",
      "ArgumentError: Dropout: p is a probability from 0 to 1, got 1.5",
      "ArgumentError: summary: needs a module with forward(), then its inputs",
      "ArgumentError: Linear: expected a tensor, got an array; wrap it in tensor(...)",
      "ArgumentError: Linear: options are an object such as { bias: … }, got false",
      "ArgumentError: Conv2d: options are an object such as { stride: … }, got 2",
      "ArgumentError: crossEntropyLoss: expected a tensor, got an array; wrap it in tensor(...)",
      "ArgumentError: mseLoss: expected a tensor, got an array; wrap it in tensor(...)",
      "ArgumentError: mseLoss: options are an object such as { reduction: … }, got "sum"",
    ]
  `);
});

test("a module with arguments and modules inside prints each on its own line", () => {
  const options = { dimFeedforward: 16, activation: "gelu", batchFirst: true, normFirst: true, bias: false } as const;
  expect(String(new TransformerEncoderLayer(8, 2, options))).toMatchInlineSnapshot(`
    "TransformerEncoderLayer(
      8, 2, { activation: "gelu", normFirst: true }
      (self_attn): MultiHeadAttention(
        8, 2, { dropout: 0.1, bias: false, batchFirst: true }
        (out_proj): Linear(8, 8, { bias: false })
      )
      (linear1): Linear(8, 16, { bias: false })
      (linear2): Linear(16, 8, { bias: false })
      (norm1): LayerNorm([8])
      (norm2): LayerNorm([8])
      (dropout): Dropout(0.1)
    )"
  `);
  expect(String(new MultiHeadAttention(8, 2, { kdim: 4, addBiasKv: true, addZeroAttn: true }))).toMatchInlineSnapshot(`
    "MultiHeadAttention(
      8, 2, { kdim: 4, addBiasKv: true, addZeroAttn: true }
      (out_proj): Linear(8, 8)
    )"
  `);
  expect([
    new LSTM(2, 3, { projSize: 2, numLayers: 2, dropout: 0.1, bias: false }),
    new RNN(2, 3, { nonlinearity: "relu" }),
    new Bilinear(2, 3, 4, { bias: false }),
    new Sequential(),
  ].map(String)).toMatchInlineSnapshot(`
    [
      "LSTM(2, 3, { numLayers: 2, dropout: 0.1, bias: false, projSize: 2 })",
      "RNN(2, 3, { nonlinearity: "relu" })",
      "Bilinear(2, 3, 4, { bias: false })",
      "Sequential()",
    ]
  `); // prettier-ignore
});

test("arguments of activations go by place or by PyTorch's name", () => {
  const shown = (...layers: Module[]): string[] => layers.map(String);
  expect(shown(new ELU({ alpha: 2 }), new LeakyReLU({ negativeSlope: 0.5 }), new Hardshrink({ lambd: 2 }))).toEqual(
    shown(new ELU(2), new LeakyReLU(0.5), new Hardshrink(2)),
  );
  expect(
    shown(new Hardtanh({ maxVal: 2 }), new Threshold({ threshold: 1, value: -1 }), new Softmin({ dim: 0 })),
  ).toEqual(shown(new Hardtanh(-1, 2), new Threshold(1, -1), new Softmin(0)));
  expect(shown(new Softplus({ beta: 2, threshold: 9 }))).toEqual(shown(new Softplus(2, 9)));
  expect([
    message(() => new ELU("2" as never)),
    message(() => new Threshold({ threshold: 1 })),
    message(() => new Softplus({ beta: NaN })),
  ]).toMatchInlineSnapshot(`
    [
      "ArgumentError: ELU: alpha is a number, got "2"",
      "ArgumentError: Threshold: value is a number, got undefined",
      "ArgumentError: Softplus: beta is a number, got NaN",
    ]
  `);
});

test("options out of range, and masks and states that do not fit", () => {
  const attention = new MultiHeadAttention(4, 2, { kdim: 3 });
  const [q, k] = [zeros([2, 1, 4]), zeros([5, 1, 3])] as Tensor[];
  const embedded = new Embedding(3, 2, { maxNorm: 0.1 });
  const before = embedded.weight.toArray();
  expect([
    message(() => new Conv2d(1, 1, 3, { paddingMode: "mirror" as never })),
    message(() => new Conv1d(1, 1, 3, { padding: 3, paddingMode: "reflect" }).forward(zeros([1, 1, 3]))),
    message(() => new Conv1d(1, 1, 5, { padding: "same", paddingMode: "circular" }).forward(zeros([1, 1, 1]))),
    message(() => new LSTM(2, 3, { projSize: 3 })),
    message(() => new LSTM(2, 3).forward(zeros([4, 1, 2]) as Tensor, [zeros([1, 1, 3]) as Tensor] as never)),
    message(() => new RNN(2, 3, { nonlinearity: "sigmoid" as never })),
    message(() => attention.forward(q!, k!, k!)),
    message(() => attention.forward(q!, k!, zeros([5, 1, 4]) as Tensor, { attnMask: zeros([5, 2]) as Tensor })),
    message(() => attention.forward(q!, k!, zeros([5, 1, 4]) as Tensor, { keyPaddingMask: zeros([5, 1]) as Tensor })),
    message(() => bceLoss(tensor([0.5]), tensor([1]), { weight: tensor([1, 2]) as Tensor })),
    message(() => new Embedding(3, 2, { maxNorm: 0 })),
    message(() => embedded.forward(tensor([0, 3], { dtype: "int32" }))),
    message(() => new BatchNorm1d(2, { momentum: 2 })),
    message(() => new InstanceNorm(2).forward(zeros([3, 2, 1]) as Tensor)),
    message(() => new AdaptiveAvgPool2d([null, 0]).forward(zeros([1, 1, 2, 2]))),
  ]).toMatchInlineSnapshot(`
    [
      "ArgumentError: Conv2d: paddingMode is one of zeros, reflect, replicate, circular, got "mirror"",
      "ShapeError: Conv1d(1, 1, 3): padding 3 of mode "reflect" does not fit dim 2 of [1,1,3], which allows 2",
      "ShapeError: Conv1d(1, 1, 5): padding 2 of mode "circular" does not fit dim 2 of [1,1,1], which allows 1",
      "ArgumentError: LSTM: projSize is a whole number from 0 up and below the hidden size 3, got 3",
      "ArgumentError: LSTM(2, 3): needs 2 states, hidden and cell, got 1",
      "ArgumentError: RNN: nonlinearity is "tanh" or "relu", got "sigmoid"",
      "ShapeError: MultiHeadAttention(4, 2): needs query, key and value [time,batch,4], [time,batch,3], [time,batch,4], or without batch, got [2,1,4], [5,1,3], [5,1,3]",
      "ShapeError: MultiHeadAttention(4, 2): attnMask [5,2] is not [2,5] or [2,2,5]",
      "ShapeError: MultiHeadAttention(4, 2): keyPaddingMask [5,1] is not [1,5], which is [batch,keys]; the input counts as [time,batch,features] unless the layer has { batchFirst: true }",
      "ShapeError: bceLoss: weight [2] does not broadcast to [1]",
      "ArgumentError: Embedding: maxNorm and normType are numbers above 0, got 0",
      "ShapeError: embedding: index 3 is out of range for 3 rows of [3,2]",
      "ArgumentError: BatchNorm1d: momentum is a number from 0 to 1, got 2",
      "ShapeError: InstanceNorm(2): training needs more than one number a channel, got [3,2,1]",
      "ArgumentError: AdaptiveAvgPool2d: the output size is a whole number from 1 up, or one for each dim, got [null, 0]",
    ]
  `);
  expect(embedded.weight.toArray()).toEqual(before);
});

test("an empty batch leaves running statistics as they are", () => {
  for (const layer of [new BatchNorm1d(2), new InstanceNorm(2, { trackRunningStats: true })]) {
    const before = layer.stateDict();
    expect(layer.forward(zeros([0, 2, 3]) as never).shape).toEqual([0, 2, 3]);
    expect(Object.values(layer.stateDict()).map((x) => x.toArray())).toEqual(
      Object.values(before).map((x) => x.toArray()),
    );
  }
});

test("a dropout with a seed drops the same elements; eval() drops none", () => {
  const x = rand([50]) as Tensor;
  const run = (): number[] =>
    (new Dropout(0.3, { generator: new Generator(7) }).forward(x as never) as Tensor<[50]>).toArray();
  expect(run()).toEqual(run());
  const kept = run().filter((v) => v !== 0).length;
  expect(kept).toBeGreaterThan(20);
  expect(kept).toBeLessThan(50);
  expect(() => new Dropout(-1)).toThrow(ArgumentError);
});

test("shapes go through convolutions and pooling in the types", () => {
  const model = sequential(
    new Conv2d(1, 8, 3),
    new ReLU(),
    new MaxPool2d(2),
    new Flatten(),
    new Linear(8 * 13 * 13, 10),
  );
  const y: Tensor<[4, 10]> = model.forward(zeros([4, 1, 28, 28]));
  expect(y.shape).toEqual([4, 10]);
  const same: Tensor<[2, 3, 7]> = new Conv1d(2, 3, 3, { padding: "same" }).forward(zeros([2, 2, 7]));
  expect(same.shape).toEqual([2, 3, 7]);
  const wide: Tensor<[1, 4, 6, 6]> = new Conv2d(2, 4, 3, { stride: 2, padding: 2, dilation: 1 }).forward(
    zeros([1, 2, 10, 10]),
  );
  expect(wide.shape).toEqual([1, 4, 6, 6]);
  const headed = sequential(
    new Conv2d(1, 8, 3),
    new AdaptiveAvgPool2d([2, null]),
    new Flatten(),
    new Linear(8 * 2 * 26, 10),
  );
  const scores: Tensor<[4, 10]> = headed.forward(zeros([4, 1, 28, 28]));
  expect(scores.shape).toEqual([4, 10]);
  expect(String(new MaxPool2d(2, { padding: undefined, ceilMode: true }))).toBe("MaxPool2d(2, { ceilMode: true })");
  // @ts-expect-error adaptiveAvgPool2d: needs [batch,channels,height,width], or one without batch, got [3,3]
  expect(() => new AdaptiveAvgPool2d(1).forward(zeros([3, 3]))).toThrow("or one without batch, got [3,3]");
  // @ts-expect-error Conv2d(1, 8, 3): input [4,3,28,28] has 3 channels, expected 1
  expect(() => model.forward(zeros([4, 3, 28, 28]))).toThrow(
    "Conv2d(1, 8, 3): input [4,3,28,28] has 3 channels, expected 1",
  );
  // @ts-expect-error conv2d: kernel [3,3] is larger than the padded input [2,28]; pad more, or use a smaller kernel
  expect(() => new Conv2d(1, 8, 3).forward(zeros([4, 1, 2, 28]))).toThrow("larger than the padded input");
});

test("summary", () => {
  const model = new Sequential(new Conv2d(1, 2, 3), new ReLU(), new BatchNorm2d(2), new Flatten(), new Linear(8, 3));
  expect(summary(model, zeros([5, 1, 4, 4]))).toMatchInlineSnapshot(`
    "module              output    parameters
    Sequential          [5,3]             51
      0 Conv2d(1, 2, 3) [5,2,2,2]         20
      1 ReLU()          [5,2,2,2]          0
      2 BatchNorm2d(2)  [5,2,2,2]          4
      3 Flatten(1, -1)  [5,8]              0
      4 Linear(8, 3)    [5,3]             27
    51 parameters, 51 of them learned"
  `);
  expect(model.training && model.layers.every((layer) => layer.training)).toBe(true);
  expect(model.stateDict()["2.num_batches_tracked"]!.item()).toBe(0);
});
