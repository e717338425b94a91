import * as chainrule from "@chainrule/core";
import type { Tensor } from "@chainrule/core";
import { Generator, type Hook, noGrad, tensor, value, zeros } from "@chainrule/core";
import { describe, expect, test } from "vitest";
import { error, errors } from "./support/errors.ts";

// What users read when something is wrong. Callers may be plain JavaScript, so functions are called here as if there were no types.

type Untyped = Record<string, (...args: unknown[]) => never>;
const core = chainrule as unknown as Untyped;
const untyped = (x: unknown): Untyped => x as Untyped;

const x = (): Tensor => tensor([[1, 2, 3], [4, 5, 6]], { requiresGrad: true }) as Tensor; // prettier-ignore

describe("making tensors", () => {
  test("ragged rows", () => {
    expect(errors(
      () => core.tensor!([[1], [2, 3]]),
      () => core.tensor!([[1, 2], 3]),
      () => core.tensor!([1, [2]]),
      () => core.tensor!([[], [1]]),
      () => core.tensor!([[[1]], [[2], [3]]]),
    )).toMatchInlineSnapshot(`
      "ShapeError: tensor: rows have different lengths: 2 elements at data[1], expected 1 element
      ShapeError: tensor: rows have different lengths: a number at data[1], expected 2 elements
      ShapeError: tensor: rows have different lengths: 1 element at data[1], expected a number
      ShapeError: tensor: rows have different lengths: 1 element at data[1], expected 0 elements
      ShapeError: tensor: rows have different lengths: 2 elements at data[1], expected 1 element"
    `); // prettier-ignore
    expect((core.tensor!([[], []]) as Tensor).shape).toEqual([2, 0]);
  });
  test("what is no number", () => {
    expect(errors(
      () => core.tensor!(null),
      () => core.tensor!(["1"]),
      () => core.tensor!([1, , 3]), // oxlint-disable-line no-sparse-arrays -- what a slip of the finger makes
      () => core.tensor!({ shape: [1] }),
      () => core.tensor!(new Float64Array(2)),
      () => core.tensor!([true, 2]),
      () => core.tensor!([0.5], { dtype: "int32" }),
      () => core.value!("2"),
      () => core.value!([2]),
      () => core.value!(value(2)),
      () => core.full!([2], value(2)),
      () => core.full!([2], "1"),
      () => core.full!([2], 0.5, { dtype: "int32" }),
    )).toMatchInlineSnapshot(`
      "ArgumentError: tensor: elements are numbers or booleans, got null at position 0
      ArgumentError: tensor: elements are numbers or booleans, got "1" at position 0
      ArgumentError: tensor: elements are numbers or booleans, got undefined at position 1
      ArgumentError: tensor: elements are numbers or booleans, got an object at position 0
      ArgumentError: tensor: for a typed array use fromTypedArray(array, shape)
      DtypeError: tensor: 2 does not fit bool, which holds true and false
      DtypeError: tensor: 0.5 does not fit int32; round it, or make the tensor float64 or float32
      ArgumentError: value: expected a number, got string
      ArgumentError: value: expected a number, got an array; wrap it in tensor(...)
      ArgumentError: value: expected a number, got a tensor; read its number with item()
      ArgumentError: full: expected a number, got a tensor; read its number with item()
      ArgumentError: full: expected a number, got string
      DtypeError: full: 0.5 does not fit int32; round it, or make the tensor float64 or float32"
    `); // prettier-ignore
  });
  test("shapes and sizes", () => {
    expect(errors(
      () => core.zeros!([2, NaN]),
      () => core.ones!([-1]),
      () => core.zeros!([1.5]),
      () => core.zeros!([2 ** 33]),
      () => core.zeros!(3),
      () => core.zeros!(null),
      () => core.eye!(-1),
      () => core.linspace!(0, 1, NaN),
      () => core.arange!(0, 1, 0),
      () => core.arange!(NaN),
      () => core.arange!(2, null),
      () => core.rand!([-2]),
      () => core.fromTypedArray!(new Float64Array(3), [2, 2]),
    )).toMatchInlineSnapshot(`
      "ArgumentError: zeros: sizes are whole numbers from 0 up, got [2,NaN]
      ArgumentError: ones: sizes are whole numbers from 0 up, got [-1]
      ArgumentError: zeros: sizes are whole numbers from 0 up, got [1.5]
      ArgumentError: zeros: [8589934592] has more elements than an array can hold
      ArgumentError: zeros: a shape is an array of sizes such as [2, 3], got 3; write it in brackets: [3], or [3, …] with others
      ArgumentError: zeros: a shape is an array of sizes such as [2, 3], got null
      ArgumentError: eye: sizes are whole numbers from 0 up, got [-1,-1]
      ArgumentError: linspace: sizes are whole numbers from 0 up, got [NaN]
      ArgumentError: arange: needs finite bounds and a step other than 0, got 0, 1, 0
      ArgumentError: arange: needs finite bounds and a step other than 0, got 0, NaN, 1
      ArgumentError: arange: options are an object such as { dtype: … }, got null
      ArgumentError: rand: sizes are whole numbers from 0 up, got [-2]
      ShapeError: fromTypedArray: 3 elements do not fill [2,2]"
    `); // prettier-ignore
  });
  test("dtypes", () => {
    expect(errors(
      () => core.zeros!([2], { dtype: "float16" }),
      () => core.zeros!([2], { dtype: "int32", requiresGrad: true }),
      () => core.fromTypedArray!([1, 2], [2]),
      () => core.fromTypedArray!(null, [2]),
      () => core.fromTypedArray!(new Int8Array(2), [2]),
      () => core.setDefaultDtype!("int32"),
      () => untyped(x()).to!("double"),
      () => core.zerosLike!([1]),
    )).toMatchInlineSnapshot(`
      "ArgumentError: zeros: dtype is one of bool, int32, float32, float64, got "float16"
      DtypeError: zeros: only float64 and float32 tensors can require grad, got int32
      DtypeError: fromTypedArray: needs a Float64Array, Float32Array, Int32Array or Uint8Array
      DtypeError: fromTypedArray: needs a Float64Array, Float32Array, Int32Array or Uint8Array
      DtypeError: fromTypedArray: needs a Float64Array, Float32Array, Int32Array or Uint8Array
      ArgumentError: setDefaultDtype: needs a floating dtype, got int32
      ArgumentError: to: dtype is one of bool, int32, float32, float64, got "double"
      ArgumentError: zerosLike: expected a tensor, got an array; wrap it in tensor(...)"
    `); // prettier-ignore
    expect((zeros([1]) as Tensor).dtype).toBe("float64");
  });
  test("reading", () => {
    expect(errors(
      () => x().item(),
      // @ts-expect-error item: needs exactly one element, got [0]; use toArray()
      () => zeros([0]).item(),
      () => untyped(x()).as!([3, 2]),
      () => Math.abs(x() as never),
      () => x() < zeros([2, 3]),
    )).toMatchInlineSnapshot(`
      "ShapeError: item: needs exactly one element, got [2,3]; use toArray()
      ShapeError: item: needs exactly one element, got [0]; use toArray()
      ShapeError: as: expected shape [3,2], got [2,3]
      ArgumentError: tensor: operators such as - and < see no tensors; write a.sub(b) and a.lt(b), or read one number with item()
      ArgumentError: tensor: operators such as - and < see no tensors; write a.sub(b) and a.lt(b), or read one number with item()"
    `); // prettier-ignore
    expect(String(value(2))).toBe("Tensor(2) float64");
  });
});

describe("shapes that do not fit", () => {
  test("elementwise", () => {
    expect(errors(
      () => untyped(x()).add!(zeros([2])),
      () => untyped(x()).clamp!(zeros([4]), 1),
      () => core.where!(x(), 1, 2),
      () => untyped(tensor([1, 2], { dtype: "int32" })).mul!(0.5),
    )).toMatchInlineSnapshot(`
      "ShapeError: add: cannot broadcast [2,3] with [2]; use reshape([2,1]), or { keepDim: true } where it was reduced
      ShapeError: clamp: cannot broadcast [2,3] with [4]
      DtypeError: where: the condition is float64, expected bool; compare first, as in x.gt(0)
      DtypeError: mul: 0.5 does not fit int32; use to("float64") or to("float32") on the tensor first"
    `); // prettier-ignore
  });
  test("products", () => {
    expect(errors(
      () => core.matmul!(zeros([32, 784]), zeros([128, 10])),
      () => core.matmul!(zeros([2, 3, 4]), zeros([3, 4, 5])),
      () => core.matmul!(x(), value(1)),
      () => core.dot!(x(), x()),
      () => core.dot!(zeros([2]), zeros([3])),
      () => core.outer!(x(), zeros([3])),
      () => core.linear!(x(), zeros([3, 2])),
      () => core.linear!(x(), x(), zeros([3])),
    )).toMatchInlineSnapshot(`
      "ShapeError: matmul: inner sizes 784 and 128 differ in [32,784] x [128,10]
      ShapeError: matmul: cannot broadcast [2] with [3] in the batch of [2,3,4] x [3,4,5]
      ShapeError: matmul: needs at least 1-D, got [2,3] x []
      ShapeError: dot: needs two vectors of one length, got [2,3] and [2,3]
      ShapeError: dot: needs two vectors of one length, got [2] and [3]
      ShapeError: outer: needs two vectors, got [2,3] and [3]
      ShapeError: linear: input [2,3] does not end in the last size of weight [3,2]
      ShapeError: add: cannot broadcast [2,2] with [3]"
    `); // prettier-ignore
  });
  test("movement", () => {
    expect(errors(
      () => untyped(x()).reshape!([4]),
      () => untyped(x()).reshape!([4, -1]),
      () => untyped(x()).reshape!([-1, -1]),
      () => untyped(x()).reshape!(2, 3),
      () => untyped(x()).broadcastTo!([4, 3, 3]),
      () => untyped(x()).flatten!(1, 0),
      () => untyped(x()).permute!([0]),
      () => untyped(x()).permute!([0, 0]),
      () => untyped(x()).permute!(1, 0),
      () => untyped(x()).slice!(0, { step: 0 }),
      () => untyped(x()).slice!(0, { start: NaN }),
      () => untyped(x()).select!(0, 2),
      () => untyped(x()).split!(0),
      () => untyped(x()).split!([1, 2]),
      () => untyped(x()).pad!([1]),
      () => untyped(x()).pad!([-2, -2]),
      () => untyped(x()).pad!([1, 1], "0"),
      () => core.tril!(zeros([3])),
      () => core.triu!(x(), 0.5),
    )).toMatchInlineSnapshot(`
      "ShapeError: reshape: [2,3] has 6 elements, [4] has 4
      ShapeError: reshape: 6 elements of [2,3] do not divide into [4,-1]
      ArgumentError: reshape: only one size may be -1, got [-1,-1]
      ArgumentError: reshape: a shape is an array of sizes such as [2, 3], got 2; write it in brackets: [2], or [2, …] with others
      ShapeError: broadcastTo: cannot broadcast [2,3] to [4,3,3]
      ShapeError: flatten: start dim 1 comes after end dim 0 in [2,3]
      ShapeError: permute: [0] must list all 2 dims of [2,3]
      ShapeError: permute: [0,0] repeats a dim
      ArgumentError: permute: the order is an array of dims such as [1, 0], got 1; write it in brackets: [1], or [1, …] with others
      ArgumentError: slice: step must be a whole number other than 0, got 0
      ArgumentError: slice: start must be a whole number, got NaN
      ShapeError: select: index 2 is out of range for dim 0 of [2,3]
      ArgumentError: split: a piece has a whole number of elements from 1 up, got 0
      ShapeError: split: sizes [1,2] add up to 3, dim 0 of [2,3] has 2
      ArgumentError: pad: needs pairs of whole numbers, last dim first, for at most 2 dims of [2,3], got [1]
      ShapeError: pad: [-2,-2] crops more than dim 1 of [2,3] has
      ArgumentError: pad: expected a number, got string
      ShapeError: tril: needs at least two dims, got [3]
      ArgumentError: triu: the diagonal is a whole number, got 0.5"
    `); // prettier-ignore
  });
  test("joining and indexing", () => {
    expect(errors(
      () => core.concat!([]),
      () => core.concat!([x(), zeros([3, 2])]),
      () => core.concat!([x(), zeros([3])]),
      () => core.concat!([value(1), value(2)]),
      () => core.stack!([x(), value(1)]),
      () => untyped(x()).gather!(0, tensor([0], { dtype: "int32" })),
      () => untyped(x()).gather!(1, tensor([[0], [0], [0]], { dtype: "int32" })),
      () => untyped(x()).gather!(1, tensor([[3]], { dtype: "int32" })),
      () => untyped(x()).gather!(1, tensor([[0.5]])),
      () => untyped(x()).indexSelect!(0, [2]),
      () => untyped(x()).indexSelect!(0, [-1]),
      () => untyped(x()).indexSelect!(0, [0.5]),
      () => untyped(x()).indexSelect!(0, 1),
    )).toMatchInlineSnapshot(`
      "ArgumentError: concat: needs at least one tensor
      ShapeError: concat: [2,3] and [3,2] differ outside dim 0
      ShapeError: concat: ranks of [2,3] and [3] differ
      ShapeError: concat: dim 0 is out of range for []
      ShapeError: stack: shapes [2,3] and [] differ
      ShapeError: gather: index [1] and input [2,3] differ in rank
      ShapeError: gather: index [3,1] is larger than [2,3] in dim 0
      ShapeError: gather: index 3 is out of range for dim 1 of [2,3]
      DtypeError: gather: indices are float64, expected int32; convert with to("int32")
      ShapeError: indexSelect: index 2 is out of range for dim 0 of [2,3]
      ShapeError: indexSelect: index -1 is out of range for dim 0 of [2,3]
      ArgumentError: indexSelect: indices are whole numbers, got 0.5
      ArgumentError: indexSelect: indices are an int32 tensor or an array of numbers, got 1"
    `); // prettier-ignore
  });
  test("dims out of range", () => {
    expect(errors(
      () => untyped(x()).sum!(2),
      () => untyped(x()).mean!(-3),
      () => untyped(x()).prod!([0, -2]),
      () => untyped(x()).max!(0.5),
      () => untyped(x()).argmin!(5),
      () => untyped(x()).sum!("0"),
      () => untyped(x()).var!(null),
      () => untyped(x()).cumsum!(),
      () => untyped(x()).softmax!(2),
      () => untyped(x()).transpose!(0, 2),
      () => untyped(zeros([3])).transpose!(),
      () => untyped(x()).squeeze!(2),
      () => untyped(x()).unsqueeze!(3),
      () => untyped(x()).flip!(-3),
      () => core.stack!([x()], 4),
    )).toMatchInlineSnapshot(`
      "ShapeError: sum: dim 2 is out of range for [2,3]
      ShapeError: mean: dim -3 is out of range for [2,3]
      ShapeError: prod: [0,-2] repeats a dim
      ShapeError: max: dim 0.5 is out of range for [2,3]
      ShapeError: argmin: dim 5 is out of range for [2,3]
      ArgumentError: sum: dims are a number or an array of numbers, got "0"
      ArgumentError: var: dims are a number or an array of numbers, got null
      ArgumentError: cumsum: a dim is a whole number, got undefined
      ShapeError: softmax: dim 2 is out of range for [2,3]
      ShapeError: transpose: dim 2 is out of range for [2,3]
      ShapeError: transpose: dim -2 is out of range for [3]
      ShapeError: squeeze: dim 2 is out of range for [2,3]
      ShapeError: unsqueeze: dim 3 is out of range for a new dim in [2,3]
      ShapeError: flip: dim -3 is out of range for [2,3]
      ShapeError: stack: dim 4 is out of range for a new dim in [2,3]"
    `); // prettier-ignore
  });
  test("nothing to choose from, and options that are no numbers", () => {
    expect(errors(
      () => core.max!(zeros([0])),
      () => core.argmin!(zeros([2, 0]), 1),
      () => untyped(x()).norm!(0, { p: NaN }),
      () => untyped(x()).norm!(0, { p: "fro" }),
      () => untyped(x()).std!(0, { correction: NaN }),
    )).toMatchInlineSnapshot(`
      "ShapeError: max: needs at least one element, got [0]
      ShapeError: argmin: needs at least one element, got [2,0]
      ArgumentError: norm: p is a number, got NaN
      ArgumentError: norm: p is a number, got "fro"
      ArgumentError: std: the correction is a number, got NaN"
    `); // prettier-ignore
  });
});

describe("networks", () => {
  const image = () => zeros([1, 2, 4, 4]);
  const whole = (...values: number[]) => tensor(values, { dtype: "int32" });
  test("windows, groups and channels", () => {
    expect(errors(
      () => core.conv1d!(zeros([2, 3]), zeros([1, 2, 5])),
      () => core.conv2d!(image(), zeros([1, 2, 2, 3]), null, { dilation: 3 }),
      () => core.conv2d!(image(), zeros([3, 1, 1, 1]), null, { groups: 2 }),
      () => core.conv2d!(image(), zeros([3, 3, 1, 1])),
      () => core.conv2d!(image(), zeros([4, 2, 1, 1]), zeros([3])),
      () => core.conv2d!(image(), zeros([4, 2, 1])),
      () => core.conv1d!(zeros([2, 3]), zeros([1, 2, 1]), null, { groups: 0 }),
      () => core.conv1d!(zeros([2, 3]), zeros([1, 2, 2]), null, { padding: "same", stride: 2 }),
      () => core.conv1d!(zeros([2, 3]), zeros([1, 2, 2]), null, { stride: 0 }),
      () => core.convTranspose1d!(zeros([2, 3]), zeros([2, 1, 1]), null, { padding: 2 }),
      () => core.convTranspose1d!(zeros([2, 3]), zeros([2, 1, 2]), null, { outputPadding: 1 }),
      () => core.maxPool2d!(image(), 5),
      () => core.maxPool1d!(zeros([1, 4]), 2, { padding: 2 }),
      () => core.avgPool2d!(image(), 2, { divisorOverride: 0 }),
      () => core.avgPool1d!(zeros([4]), 2),
      () => core.adaptiveAvgPool2d!(zeros([1, 0, 3]), 2),
      () => core.adaptiveMaxPool1d!(zeros([1, 3]), 0),
    )).toMatchInlineSnapshot(`
      "ShapeError: conv1d: kernel [5] is larger than the padded input [3]; pad more, or use a smaller kernel
      ShapeError: conv2d: kernel [2,3] reaches over [4,7] and is larger than the padded input [4,4]; pad more, or use a smaller kernel
      ShapeError: conv2d: 2 groups do not divide 2 input channels and 3 output channels
      ShapeError: conv2d: input [1,2,4,4] has 2 channels, weight [3,3,1,1] expects 3
      ShapeError: conv2d: bias [3] is not one number for each of 4 output channels
      ShapeError: conv2d: needs input [batch,channels,height,width] or [channels,height,width] and a weight of 4 dims, got [1,2,4,4] and [4,2,1]
      ArgumentError: conv1d: groups is a whole number from 1 up, got 0
      ArgumentError: conv1d: padding "same" needs stride 1, got [2]
      ArgumentError: conv1d: stride is a whole number from 1 up, got 0
      ShapeError: convTranspose1d: padding [2] crops all of the output [3]
      ArgumentError: convTranspose1d: outputPadding [1] must be smaller than stride [1] or dilation [1]
      ShapeError: maxPool2d: kernel [5,5] is larger than the padded input [4,4]; pad more, or use a smaller kernel
      ArgumentError: maxPool1d: padding [2] is more than half of the window [2]
      ArgumentError: avgPool2d: divisorOverride is a number other than 0, got 0
      ShapeError: avgPool1d: needs [batch,channels,length], or one without batch, got [4]
      ShapeError: adaptiveAvgPool2d: dim 1 of [1,0,3] is empty
      ArgumentError: adaptiveMaxPool1d: the output size is a whole number from 1 up, got 0"
    `); // prettier-ignore
  });
  test("tables, attention and resolutions", () => {
    expect(errors(
      () => core.embedding!(whole(0, 3), zeros([3, 2])),
      () => core.embedding!(whole(-1), zeros([3, 2])),
      () => core.embedding!(tensor([0]), zeros([3, 2])),
      () => core.embedding!(whole(0), zeros([3, 2]), { paddingIdx: 3 }),
      () => core.embedding!(whole(0), zeros([3, 2]), { maxNorm: 0 }),
      () => core.dropout!(x(), { p: 1.5 }),
      () => core.dropout!(x(), { generator: { seed: 1 } }),
      () => core.bilinear!(zeros([5, 2]), zeros([6, 3]), zeros([4, 2, 3])),
      () => core.bilinear!(zeros([]), zeros([3]), zeros([4, 2, 3])),
      () => core.bilinear!(zeros([2]), zeros([3]), zeros([2, 3])),
      () => core.bilinear!(zeros([2]), zeros([3]), zeros([4, 2, 3]), zeros([3])),
      () => core.scaledDotProductAttention!(zeros([2, 3]), zeros([4, 2]), zeros([4, 1])),
      () => core.scaledDotProductAttention!(zeros([2, 3]), zeros([4, 3]), zeros([5, 1])),
      () => core.scaledDotProductAttention!(x(), x(), x(), { isCausal: true, attnMask: zeros([2, 2]) }),
      () => core.interpolate!(image(), {}),
      () => core.interpolate!(image(), { size: 2, mode: "linear" }),
      () => core.interpolate!(image(), { scaleFactor: -1 }),
      () => core.interpolate!(x(), { size: 2 }),
      () => core.pixelShuffle!(zeros([3, 1, 1]), 2),
      () => core.pixelUnshuffle!(zeros([1, 3, 4]), 2),
      () => core.normalize!(x(), 2),
      () => core.gelu!(x(), { approximate: "exact" }),
    )).toMatchInlineSnapshot(`
      "ShapeError: embedding: index 3 is out of range for 3 rows of [3,2]
      ShapeError: embedding: index -1 is out of range for 3 rows of [3,2]
      DtypeError: embedding: indices are float64, expected int32; make them with { dtype: "int32" }
      ArgumentError: embedding: paddingIdx 3 is out of range for 3 rows
      ArgumentError: embedding: maxNorm is a positive number, got 0
      ArgumentError: dropout: p is a probability from 0 to 1, got 1.5
      ArgumentError: dropout: a generator is one such as new Generator(1), got an object
      ShapeError: bilinear: inputs [5,2] and [6,3] are not […,2] and […,3] with the same leading sizes
      ShapeError: bilinear: inputs [] and [3] are not […,2] and […,3] with the same leading sizes
      ShapeError: bilinear: weight [2,3] is not [outputs,left,right]
      ShapeError: bilinear: bias [3] is not [4]
      ShapeError: scaledDotProductAttention: features of query and key differ in [2,3], [4,2], [4,1]
      ShapeError: scaledDotProductAttention: key and value differ in length in [2,3], [4,3], [5,1]
      ArgumentError: scaledDotProductAttention: isCausal makes the mask itself; leave out attnMask
      ArgumentError: interpolate: needs either size or scaleFactor
      ArgumentError: interpolate: mode for [1,2,4,4] is nearest, nearest-exact, area or bilinear, got linear
      ArgumentError: interpolate: scaleFactor is one positive number or 2 of them, got [-1,-1]
      ShapeError: interpolate: needs [batch,channels,length] or [batch,channels,height,width], got [2,3]
      ShapeError: pixelShuffle: 3 channels of [3,1,1] do not divide by 2² = 4
      ShapeError: pixelUnshuffle: height 3 and width 4 of [1,3,4] do not divide by 2
      ShapeError: normalize: dim 2 is out of range for [2,3]
      ArgumentError: gelu: approximate is "none" or "tanh", got "exact""
    `); // prettier-ignore
  });
});

describe("plain JavaScript", () => {
  const names = Object.keys(core);
  /** Functions of tensors, with what comes after the first. */
  const CALLS: Record<string, unknown[]> = {
    add: [1], relu: [], sum: [], mean: [], prod: [], max: [], argmax: [], softmax: [], logSoftmax: [], logSumExp: [], variance: [], std: [], norm: [], cumsum: [0],
    matmul: [zeros([2])], dot: [zeros([2])], outer: [zeros([2])], linear: [zeros([2, 2])], reshape: [[1]], flatten: [], transpose: [], permute: [[0]], broadcastTo: [[1]],
    squeeze: [], unsqueeze: [0], slice: [0], select: [0, 0], indexSelect: [0, [0]], gather: [0, tensor([0], { dtype: "int32" })], flip: [0], split: [1], pad: [[1, 1]], tril: [],
    cast: ["float64"], clone: [], zerosLike: [], where: [1, 2], clamp: [0, 1],
  }; // prettier-ignore
  test("what is no tensor gets an error, wherever a tensor is expected", () => {
    expect(names).toEqual(expect.arrayContaining(Object.keys(CALLS)));
    for (const [name, rest] of Object.entries(CALLS))
      for (const bad of [null, undefined, [1, 2], "1", {}, true, new Float64Array(1)])
        expect(error(() => core[name]!(bad, ...rest))).toMatch(/expected a tensor/);
    for (const name of ["matmul", "dot", "outer", "linear"])
      for (const bad of [null, undefined, [1, 2], "1", 3])
        expect(error(() => core[name]!(zeros([2]), bad))).toMatch(/expected a tensor/);
  });
  test("and the message says what to do", () => {
    expect(errors(
      () => core.sum!(x(), 0, true),
      () => core.clamp!(x()),
      () => core.clamp!(x(), null, "1"),
      () => core.elu!(x(), { alpha: "1" }),
      () => core.scatter!(tensor([1]), 0, tensor([0], { dtype: "int32" }), 1, { reduce: "max" }),
      () => core.scatterReduce!(x(), 0, tensor([0], { dtype: "int32" }), 1, "max"),
      () => core.quantile!(x(), 1.5),
      () => core.quantile!(x(), null),
      () => core.unflatten!(x(), 1, 3),
      () => core.roll!(x(), null),
      () => core.roll!(x(), 1, null),
      () => core.layerNorm!(x(), null),
      () => core.einsum!("i,i", [tensor([1]), null]),
      () => core.quantile!(x(), 0.5, 0, { interpolation: "cubic" }),
      () => core.median!(zeros([0]), 0),
      () => core.indexSelect!(core.value!(1), 0, [0, 0]),
      () => core.sum!([1, 2]),
      () => core.matmul!(x(), null),
      () => core.softmax!(3),
      () => core.add!(x(), "1"),
      () => core.add!(x(), [1, 2, 3]),
      () => core.mul!(x(), new Float32Array(3)),
      () => core.mul!(x(), true),
      () => core.mul!(x(), undefined),
      () => core.pow!(x(), () => 2),
      () => core.relu!(new Map()),
      () => core.relu!(new (class Tensor { size = 1; })()),
      () => core.concat!(x()),
      () => core.concat!([x(), 1]),
      () => core.stack!(null),
      () => core.zeros!(["3"]),
      () => new Generator("1" as never),
    )).toMatchInlineSnapshot(`
      "ArgumentError: sum: options are an object such as { keepDim: … }, got true
      ArgumentError: clamp: needs min, max or both
      ArgumentError: clamp: expected a tensor or a number, got string
      ArgumentError: elu: alpha is a number, got "1"
      ArgumentError: scatter: reduce is "add", "multiply" or left out, got "max"
      ArgumentError: scatterReduce: reduce is "sum", "prod", "mean", "amax" or "amin", got "max"
      ArgumentError: quantile: q is a fraction from 0 to 1, or a list of them, got 1.5
      ArgumentError: quantile: q is a fraction from 0 to 1, or a list of them, got null
      ArgumentError: unflatten: sizes are an array such as [2, -1], got 3; write it in brackets: [3], or [3, …] with others
      ArgumentError: roll: shifts and dims are numbers, or arrays of numbers
      ArgumentError: roll: shifts and dims are numbers, or arrays of numbers
      ArgumentError: layerNorm: the normalised shape is a number or an array of sizes, got null
      ArgumentError: einsum: expected a tensor, got null
      ArgumentError: quantile: interpolation is linear, lower, higher, midpoint, nearest, got "cubic"
      ShapeError: median: needs at least one element, got [0]
      ShapeError: indexSelect: a scalar has one place to pick, got 2 indices
      ArgumentError: sum: expected a tensor, got an array; wrap it in tensor(...)
      ArgumentError: matmul: expected a tensor, got null
      ArgumentError: softmax: expected a tensor, got a number; wrap it in value(...)
      ArgumentError: add: expected a tensor or a number, got string
      ArgumentError: add: expected a tensor or a number, got an array; wrap it in tensor(...)
      ArgumentError: mul: expected a tensor or a number, got a typed array; use fromTypedArray(array, shape)
      ArgumentError: mul: expected a tensor or a number, got a boolean; use 0 or 1
      ArgumentError: mul: expected a tensor or a number, got undefined
      ArgumentError: pow: expected a tensor or a number, got function
      ArgumentError: relu: expected a tensor or a number, got an object of class Map
      ArgumentError: relu: expected a tensor or a number, got a Tensor of another copy of @chainrule/core
      ArgumentError: concat: expected an array of tensors, got one tensor; write concat([a, b])
      ArgumentError: concat: expected a tensor, got a number; wrap it in value(...)
      ArgumentError: stack: expected an array of tensors, got null
      ArgumentError: zeros: sizes are whole numbers from 0 up, got ["3"]
      ArgumentError: Generator: the seed is an integer from 0 to 4294967295, got "1""
    `); // prettier-ignore
  });
  test("what is no function", () => {
    expect(errors(
      () => core.grad!(3),
      () => core.valueAndGrad!(null),
      () => core.vjp!(null, x()),
      () => core.jvp!(undefined, [x()], [x()]),
      () => core.jvp!((y: Tensor) => y, x(), x()),
      () => core.jacobian!(x()),
      () => core.checkpoint!(x()),
      () => core.noGrad!(x()),
      () => core.detectAnomaly!(x()),
      () => core.noGrad!(async () => x()),
      () => core.detectAnomaly!(async () => x()),
      () => core.customGradient!({}),
      () => core.customGradient!({ forward: (y: Tensor) => y }),
      () => x().registerHook(3 as unknown as Hook),
    )).toMatchInlineSnapshot(`
      "ArgumentError: grad: expected a function such as (x) => …, got 3
      ArgumentError: valueAndGrad: expected a function such as (x) => …, got null
      ArgumentError: vjp: expected a function such as (x) => …, got null
      ArgumentError: jvp: expected a function such as (x) => …, got undefined
      ArgumentError: jvp: primals and tangents are arrays with one entry for each argument
      ArgumentError: jacobian: expected a function such as (x) => …, got an object of class Tensor
      ArgumentError: checkpoint: expected a function such as (x) => …, got an object of class Tensor
      ArgumentError: noGrad: expected a function such as (x) => …, got an object of class Tensor
      ArgumentError: detectAnomaly: expected a function such as (x) => …, got an object of class Tensor
      ArgumentError: noGrad: the function is async, and noGrad ends at its first await; await first, and pass what computes alone
      ArgumentError: detectAnomaly: the function is async, and detectAnomaly ends at its first await; await first, and pass what computes alone
      ArgumentError: customGradient: forward: expected a function such as (x) => …, got undefined
      ArgumentError: customGradient: vjp: expected a function such as (x) => …, got undefined
      ArgumentError: registerHook: expected a function such as (x) => …, got 3"
    `); // prettier-ignore
  });
});

describe("derivatives", () => {
  test("backward from what is no scalar, or from nothing", () => {
    expect(errors(
      () => untyped(x().mul(2)).backward!(),
      () => untyped(x().mul(2)).backward!(zeros([3])),
      () => untyped(x().mul(2)).backward!([1]),
      () => untyped(x().sum()).backward!(1),
      () => untyped(x().sum()).backward!(null),
      () => untyped(tensor([1]).sum()).backward!(),
      () => untyped(noGrad(() => x().sum())).backward!(),
      () => untyped(x().argmax()).backward!(),
      () => untyped(x().detach()).backward!(),
    )).toMatchInlineSnapshot(`
      "ShapeError: backward: needs a scalar loss, got [2,3]; pass a cotangent of that shape, or reduce with sum() or mean()
      ShapeError: backward: the cotangent is [3], expected [2,3]
      ArgumentError: backward: expected a tensor, got an array; wrap it in tensor(...)
      ArgumentError: backward: expected a tensor, got a number; wrap it in value(...)
      ArgumentError: backward: expected a tensor, got null
      GraphError: backward: nothing that led to this tensor requires grad; make a leaf with { requiresGrad: true }, use a Parameter, compute outside noGrad(), and give grad and its kind { createGraph: true } to differentiate what they return
      GraphError: backward: nothing that led to this tensor requires grad; make a leaf with { requiresGrad: true }, use a Parameter, compute outside noGrad(), and give grad and its kind { createGraph: true } to differentiate what they return
      GraphError: backward: nothing that led to this tensor requires grad; make a leaf with { requiresGrad: true }, use a Parameter, compute outside noGrad(), and give grad and its kind { createGraph: true } to differentiate what they return
      GraphError: backward: nothing that led to this tensor requires grad; make a leaf with { requiresGrad: true }, use a Parameter, compute outside noGrad(), and give grad and its kind { createGraph: true } to differentiate what they return"
    `); // prettier-ignore
    const leaf = x();
    expect(() => untyped(leaf.mul(2)).backward!(zeros([3]))).toThrow();
    expect(leaf.grad).toBeNull();
  });
  test("backward to a leaf that cannot take the gradient changes no other", () => {
    const grads: unknown[] = [zeros([3]), zeros([]), 3, undefined, zeros([2, 3], { dtype: "float32" })];
    const [first, last] = [x(), x()];
    expect(errors(
      ...grads.map((grad) => () => {
        last.grad = grad as null;
        first.sum().add(last.sum()).backward();
      }),
    )).toMatchInlineSnapshot(`
      "ShapeError: backward: the leaf [2,3] has a .grad of shape [3]; set it to null, or to a tensor of its own shape
      ShapeError: backward: the leaf [2,3] has a .grad of shape []; set it to null, or to a tensor of its own shape
      ArgumentError: backward: .grad: expected a tensor, got a number; wrap it in value(...)
      ArgumentError: backward: .grad: expected a tensor, got undefined
      DtypeError: backward: the leaf float64 [2,3] has a .grad of float32; set it to null, or to a tensor of its own dtype"
    `); // prettier-ignore
    expect(first.grad).toBeNull();
  });
  test("transforms", () => {
    const int = tensor([1, 2], { dtype: "int32" });
    const circle: unknown[] = [];
    circle.push(circle);
    expect(errors(
      () => untyped({ f: core.grad!((y: Tensor) => y.mul(2)) }).f!(x()),
      () => untyped({ f: core.grad!((y: Tensor) => [y, y]) }).f!(value(1)),
      () => untyped({ f: core.grad!(() => "1") }).f!(value(1)),
      () => untyped({ f: core.grad!((y: Tensor) => y.sum()) }).f!(int),
      () => untyped({ f: core.grad!((y: Tensor) => y) }).f!(null),
      () => untyped({ f: core.grad!((y: Tensor) => y) }).f!("1"),
      () => untyped({ f: core.grad!((y: Tensor) => y) }).f!({ a: [] }),
      () => untyped({ f: core.grad!((y: Tensor) => y) }).f!(circle),
      () => untyped({ f: core.grad!((y: Tensor) => y) }).f!(),
      () => untyped({ f: core.grad!((y: Tensor) => y, { argnums: 2 }) }).f!(value(1)),
      () => core.grad!(value(1), value(1, { requiresGrad: true })),
      () => core.grad!(x().sum(), value(1)),
      () => untyped({ f: core.grad!((y: Tensor) => y.item() * 2) }).f!(value(1)),
      () => core.grad!(x().mul(2), x()),
      () => core.grad!(x().sum()),
      () => untyped({ f: core.jacobian!((y: Tensor) => y.argmax()) }).f!(x()),
      () => core.jvp!((y: Tensor) => y, [x()], [zeros([3])]),
      () => core.jvp!((y: Tensor) => y, [x()], []),
      () => core.jvp!((y: Tensor) => y, [x()]),
      () => (core.vjp!((y: Tensor) => y, x()) as unknown as ((c: unknown) => void)[])[1]!(zeros([2])),
      () => (core.vjp!((y: Tensor) => y, x()) as unknown as ((c: unknown) => void)[])[1]!(null),
      () => core.hvp!((y: Tensor) => y.sum(), x(), value(1)),
      () => core.hvp!((y: Tensor) => y, x(), x()),
      () => core.hvp!(null, x(), x()),
      () => core.hvp!((y: Tensor) => y.sum(), null, x()),
      () => untyped({ f: core.hessian!((y: Tensor) => y) }).f!(x()),
      () => untyped({ f: core.hessian!((y: Tensor) => y.sum()) }).f!(null),
      () => core.hessian!(x()),
      () => untyped({ f: core.valueAndGrad!((y: Tensor) => y) }).f!(x()),
    )).toMatchInlineSnapshot(`
      "ShapeError: grad: needs a scalar loss, got [2,3]; pass a cotangent of that shape, or reduce with sum() or mean()
      ArgumentError: grad: the function must return one scalar, got 2 tensors
      ArgumentError: grad: the result is string, expected a tensor, a number, or an array, record or module of them
      DtypeError: grad: the input is int32; derivatives are taken by float64 or float32 tensors, convert with to("float64")
      ArgumentError: grad: the input is null, expected a tensor, a number, or an array, record or module of them
      ArgumentError: grad: the input is string, expected a tensor, a number, or an array, record or module of them
      ArgumentError: grad: the input holds no tensor to differentiate by; of a module, parameters in #private fields are not found
      ArgumentError: grad: the input.0 contains itself
      ArgumentError: grad: argnums 0 is out of range for 0 arguments
      ArgumentError: grad: argnums 2 is out of range for 1 arguments
      GraphError: grad: nothing that led to this tensor requires grad; make the inputs with { requiresGrad: true } before it is computed
      GraphError: grad: the input requires no grad; make it with { requiresGrad: true } before the output is computed
      ArgumentError: grad: the function returned a number, which has no derivatives; return a tensor, without item()
      ShapeError: grad: needs a scalar loss, got [2,3]; pass a cotangent of that shape, or reduce with sum() or mean()
      ArgumentError: grad: got a tensor alone; pass the function whose gradient you want, as in grad(f)(x), or a result and what to differentiate it by, as in grad(loss, x)
      DtypeError: jacobian: the result is int32; derivatives are taken by float64 or float32 tensors, convert with to("float64")
      ShapeError: jvp: the tangent.0 is [3], expected [2,3]
      ArgumentError: jvp: 0 tangents for 1 tensors
      ArgumentError: jvp: the tangent is undefined, expected a tensor, a number, or an array, record or module of them
      ShapeError: vjp: the cotangent is [2], expected [2,3]
      ArgumentError: vjp: the cotangent is null, expected a tensor, a number, or an array, record or module of them
      ShapeError: hvp: the tangent is [], expected [2,3]
      ShapeError: hvp: needs a scalar loss, got [2,3]; reduce with sum() or mean()
      ArgumentError: hvp: expected a function such as (x) => …, got null
      ArgumentError: hvp: the input is null, expected a tensor, a number, or an array, record or module of them
      ShapeError: hessian: needs a scalar loss, got [2,3]; reduce with sum() or mean()
      ArgumentError: hessian: the input is null, expected a tensor, a number, or an array, record or module of them
      ArgumentError: hessian: expected a function such as (x) => …, got an object of class Tensor
      ShapeError: valueAndGrad: needs a scalar loss, got [2,3]; reduce with sum() or mean()"
    `); // prettier-ignore
    // A leaf that the output does not depend on is no error: its gradient is 0.
    expect((core.grad!(x().sum(), value(1, { requiresGrad: true })) as Tensor).item()).toBe(0);
  });
  test("rules of one's own", () => {
    const custom = (rules: object) =>
      untyped({
        f: core.customGradient!({ forward: (y: Tensor) => y.mul(2), vjp: (g: Tensor) => g, name: "twice", ...rules }),
      }).f!;
    expect(errors(
      () => custom({})(null),
      () => custom({ forward: () => 3 })(x()),
      () => (custom({ vjp: (g: Tensor) => [g, g] })(value(1, { requiresGrad: true })) as Tensor).backward(),
      () => (custom({ vjp: () => undefined })(value(1, { requiresGrad: true })) as Tensor).backward(),
      () => (custom({ vjp: () => [3] })(value(1, { requiresGrad: true })) as Tensor).backward(),
      () => (custom({ vjp: (g: Tensor) => g.sum() })(x()) as Tensor).sum().backward(),
      () => core.jvp!(custom({ jvp: () => value(1) }), [x()], [x()]),
      () => untyped({ f: core.checkpoint!((y: Tensor) => [y, y]) }).f!(x()),
      () => untyped({ f: core.checkpoint!((y: Tensor) => y) }).f!(3),
    )).toMatchInlineSnapshot(`
      "ArgumentError: twice: expected a tensor, got null
      ArgumentError: twice: forward must return a tensor, got a number; wrap it in value(...)
      ArgumentError: twice: vjp returned 2 cotangents for 1 inputs
      ArgumentError: twice: vjp must return a tensor or an array of them, got undefined
      ArgumentError: twice: vjp returned a number; wrap it in value(...), expected a tensor
      ShapeError: twice: vjp returned [] for input 0 of shape [2,3]
      ShapeError: twice: jvp returned [] for an output of shape [2,3]
      ArgumentError: checkpoint: the function must return one tensor
      ArgumentError: checkpoint: expected a tensor, got a number; wrap it in value(...)"
    `); // prettier-ignore
  });
  test("hooks", () => {
    const hooked = (hook: unknown) => {
      const leaf = x();
      leaf.registerHook(hook as Hook);
      const total = leaf.sum() as Tensor;
      const said = error(() => total.backward());
      expect(leaf.grad).toBeNull();
      return said;
    };
    expect([
      hooked(() => zeros([3])), hooked(() => 3), hooked(() => null),
      errors(() => value(1).registerHook(() => {}), () => value(1).retainGrad()),
    ].join("\n")).toMatchInlineSnapshot(`
      "ShapeError: registerHook: the hook returned [3] for a tensor of shape [2,3]
      ArgumentError: registerHook: the hook returned a number; wrap it in value(...); a hook returns a tensor, or nothing to keep the gradient
      ArgumentError: registerHook: the hook returned null; a hook returns a tensor, or nothing to keep the gradient
      GraphError: registerHook: this tensor requires no grad, so no gradient will ever reach it
      GraphError: retainGrad: this tensor requires no grad, so no gradient will ever reach it"
    `); // prettier-ignore
  });
});

describe("overwriting", () => {
  test("assign takes leaves, and values that fit; a failure changes nothing", () => {
    const leaf = x();
    const int = tensor([1], { dtype: "int32" });
    const total = leaf.mul(leaf).sum() as Tensor;
    expect(errors(
      () => untyped(leaf).assign!([1, 2]),
      () => untyped(leaf).assign!([[1], [1, 2]]),
      () => untyped(leaf).assign!([[1, 2, 3], [4, 5, "6"]]),
      () => untyped(leaf).assign!(null),
      () => untyped(leaf).assign!(3),
      () => untyped(int).assign!([0.5]),
      () => untyped(leaf.mul(2)).assign!(leaf),
      () => untyped(leaf.slice(0, { start: 1 })).assign!(zeros([1, 3])),
    )).toMatchInlineSnapshot(`
      "ShapeError: assign: cannot assign [2] to [2,3]
      ShapeError: assign: rows have different lengths: 2 elements at data[1], expected 1 element
      ArgumentError: assign: elements are numbers or booleans, got "6" at position 5
      ArgumentError: assign: elements are numbers or booleans, got null at position 0
      ShapeError: assign: cannot assign [] to [2,3]
      DtypeError: assign: 0.5 does not fit int32; round it, or make the tensor float64 or float32
      GraphError: assign: only leaves can be overwritten, and [2,3] was made by mul; overwrite the leaf it was made from
      GraphError: assign: only leaves can be overwritten, and [1,3] was made by slice; overwrite the leaf it was made from"
    `); // prettier-ignore
    expect([leaf.toArray(), int.toArray()]).toEqual([[[1, 2, 3], [4, 5, 6]], [1]]); // prettier-ignore
    total.backward();
    expect(leaf.grad!.toArray()).toEqual([[2, 4, 6], [8, 10, 12]]); // prettier-ignore
  });
  test("backward through what has been overwritten", () => {
    const [a, b] = [x(), x()];
    const total = a.mul(b).add(a.square()).sum() as Tensor;
    a.assign(zeros([2, 3]));
    expect(error(() => total.backward())).toMatchInlineSnapshot(
      `"GraphError: backward: mul has used the leaf [2,3], overwritten since by an optimizer step or assign(); run the forward pass again before backward()"`,
    );
    expect(error(() => core.grad!(total, [b]))).toMatchInlineSnapshot(
      `"GraphError: backward: mul has used the leaf [2,3], overwritten since by an optimizer step or assign(); run the forward pass again before backward()"`,
    );
    expect([a.grad, b.grad]).toEqual([null, null]);
  });
});
