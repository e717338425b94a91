import { checkGenerator, mutate, optionsOf, checkNumber, checkTensor, quoted } from "@chainrule/core/internal";
import {
  ArgumentError,
  defaultGenerator,
  type Dtype,
  DtypeError,
  fromTypedArray,
  type Generator,
  ShapeError,
  type Tensor,
  type TypedArray,
} from "@chainrule/core/lean";

// Initialisers overwrite a tensor in place and return it. Formulas and defaults are those of torch.nn.init.

export interface RandomOptions {
  /** Where the random values come from; the default generator if left out. */
  readonly generator?: Generator | undefined;
}

export interface UniformOptions extends RandomOptions {
  /** 0 by default. */
  readonly low?: number | undefined;
  /** 1 by default. */
  readonly high?: number | undefined;
}
export interface NormalOptions extends RandomOptions {
  /** 0 by default. */
  readonly mean?: number | undefined;
  /** Standard deviation, 1 by default. */
  readonly std?: number | undefined;
}

/**
 * Fills with numbers uniform in [low, high).
 *
 * @example
 * init.uniform(new Linear(2, 3).weight, { low: -1, high: 1, generator: new Generator(0) });
 * @throws ArgumentError for bounds that are not finite or not in order.
 */
export function uniform<P extends Tensor>(x: P, options?: UniformOptions): P {
  const { low = 0, high = 1, generator } = optionsOf("init.uniform", options, ["low", "high", "generator"]);
  if (!Number.isFinite(low) || !Number.isFinite(high) || low > high)
    throw new ArgumentError(
      `init.uniform: needs finite bounds with low up to high, got ${quoted(low)} and ${quoted(high)}`,
    );
  const draw = (n: number): Tensor => randomOf("init.uniform", generator).rand([n]);
  return fill("init.uniform", x, low, high - low, draw, Math.max(low, below(high, x.dtype)));
}
/** The largest number below x that the dtype holds. */
function below(x: number, dtype: Dtype): number {
  const single = dtype === "float32";
  const near = single ? Math.fround(x) : x;
  if (near < x) return near;
  // A little more than half the distance to it.
  const gap = Math.max(Math.abs(near) * (1 + 2 ** -20) * (single ? 2 ** -24 : 2 ** -53), single ? 2 ** -149 : 5e-324);
  return single ? Math.fround(near - gap) : near - gap;
}

/**
 * Fills with normal numbers.
 *
 * @example
 * init.normal(new Linear(2, 3).weight, { std: 0.02 });
 * @throws ArgumentError unless the mean is finite and the standard deviation a number from 0 up.
 */
export function normal<P extends Tensor>(x: P, options?: NormalOptions): P {
  const { mean = 0, std = 1, generator } = optionsOf("init.normal", options, ["mean", "std", "generator"]);
  if (!Number.isFinite(mean) || !Number.isFinite(std) || std < 0)
    throw new ArgumentError(
      `init.normal: needs a finite mean and a std from 0 up, got ${quoted(mean)} and ${quoted(std)}`,
    );
  return fill("init.normal", x, mean, std, (n) => randomOf("init.normal", generator).randn([n]));
}

function randomOf(op: string, generator: Generator | undefined): Generator {
  checkGenerator(op, generator);
  return generator ?? defaultGenerator();
}

/** x ← offset + scale·draws, and no more than `most`: rounding might reach an end that is not included. */
function fill<P extends Tensor>(
  op: string,
  x: P,
  offset: number,
  scale: number,
  draw: (n: number) => Tensor,
  most = Infinity,
): P {
  checkTensor(op, x);
  if (x.dtype !== "float64" && x.dtype !== "float32")
    throw new DtypeError(`${op}: needs a float64 or float32 tensor, got ${x.dtype}`);
  const values = draw(x.size).toTypedArray();
  mutate(op, x, (data) => {
    for (let i = 0; i < data.length; i++) data[i] = Math.min(offset + scale * values[i]!, most);
  });
  return x;
}

/**
 * Fills with one number.
 *
 * @example
 * init.constant(new Parameter([1, 2]), 0.5).toArray(); // [0.5, 0.5]
 */
export function constant<P extends Tensor>(x: P, value: number): P {
  checkTensor("init.constant", x);
  checkNumber("init.constant", "the value", value);
  mutate("init.constant", x, (data) => data.fill(value));
  return x;
}

/** Fills with 0. */
export const zeros = <P extends Tensor>(x: P): P => constant(x, 0);

/** Fills with 1. */
export const ones = <P extends Tensor>(x: P): P => constant(x, 1);

/** The functions whose gain is known. */
export type Nonlinearity = "linear" | "sigmoid" | "tanh" | "relu" | "leakyRelu" | "selu";

/**
 * Factor by which a nonlinearity calls for wider weights; `slope` is leakyRelu's, 0.01 by default.
 *
 * @example
 * init.calculateGain("tanh"); // 5/3
 * @throws ArgumentError for a nonlinearity whose gain is not known.
 */
export function calculateGain(nonlinearity: Nonlinearity, slope = 0.01): number {
  switch (nonlinearity) {
    case "linear":
    case "sigmoid":
      return 1;
    case "tanh":
      return 5 / 3;
    case "relu":
      return Math.SQRT2;
    case "leakyRelu":
      return Math.sqrt(2 / (1 + slope * slope));
    case "selu":
      return 3 / 4;
    default:
      throw new ArgumentError(
        `init.calculateGain: nonlinearity is one of linear, sigmoid, tanh, relu, leakyRelu, selu, got ${quoted(nonlinearity)}`,
      );
  }
}

/** Inputs and outputs of one neuron; in a convolution each counts the size of the window. */
function fans(op: string, x: Tensor): { fanIn: number; fanOut: number } {
  checkTensor(op, x);
  const [outputs, inputs, ...window] = x.shape;
  if (outputs === undefined || inputs === undefined)
    throw new ShapeError(op, `needs at least 2-D, got [${x.shape.join(",")}]; use init.uniform or init.normal`, [
      x.shape,
    ]);
  const field = window.reduce((product, size) => product * size, 1);
  return { fanIn: inputs * field, fanOut: outputs * field };
}

export interface XavierOptions extends RandomOptions {
  /** Widens the distribution; see `calculateGain`. 1 by default. */
  readonly gain?: number | undefined;
}

function checkGain(op: string, gain: number): void {
  if (!Number.isFinite(gain) || gain < 0)
    throw new ArgumentError(`${op}: gain is a number from 0 up, got ${quoted(gain)}`);
}
/** gain·√(2/(fanIn + fanOut)) */
function xavierStd(op: string, x: Tensor, gain: number): number {
  checkGain(op, gain);
  const { fanIn, fanOut } = fans(op, x);
  return fanIn + fanOut === 0 ? 0 : gain * Math.sqrt(2 / (fanIn + fanOut));
}

/**
 * Uniform in ±gain·√(6/(fanIn + fanOut)), for weights `[out, in, …]`: keeps activations and gradients at one size from layer to layer
 * (Glorot and Bengio 2010).
 *
 * @example
 * init.xavierUniform(new Linear(64, 10).weight, { gain: init.calculateGain("tanh") });
 * @throws ShapeError below two dims.
 */
export function xavierUniform<P extends Tensor>(x: P, options?: XavierOptions): P {
  const op = "init.xavierUniform";
  const { gain = 1, generator } = optionsOf(op, options, ["gain", "generator"]);
  const bound = Math.sqrt(3) * xavierStd(op, x, gain);
  return fill(op, x, -bound, 2 * bound, (n) => randomOf(op, generator).rand([n]));
}

/**
 * Normal with standard deviation gain·√(2/(fanIn + fanOut)), for weights `[out, in, …]` (Glorot and Bengio 2010).
 *
 * @example
 * init.xavierNormal(new Linear(64, 10).weight, { generator: new Generator(0) });
 * @throws ShapeError below two dims.
 */
export function xavierNormal<P extends Tensor>(x: P, options?: XavierOptions): P {
  const op = "init.xavierNormal";
  const { gain = 1, generator } = optionsOf(op, options, ["gain", "generator"]);
  return fill(op, x, 0, xavierStd(op, x, gain), (n) => randomOf(op, generator).randn([n]));
}

export interface KaimingOptions extends RandomOptions {
  /** What to keep at one size from layer to layer: activations (`fanIn`, the default) or gradients (`fanOut`). */
  readonly mode?: "fanIn" | "fanOut" | undefined;
  /** What follows the layer; leakyRelu by default. */
  readonly nonlinearity?: Nonlinearity | undefined;
  /** Slope of the leakyRelu; 0 by default, which makes it relu. */
  readonly slope?: number | undefined;
}

const kaimingOptions = (op: string, given: KaimingOptions | undefined): KaimingOptions =>
  optionsOf(op, given, ["mode", "nonlinearity", "slope", "generator"]);

/** gain/√fan */
function kaimingStd(op: string, x: Tensor, options: KaimingOptions): number {
  const { mode = "fanIn", nonlinearity = "leakyRelu", slope = 0 } = options;
  const fan = fans(op, x)[mode] as number | undefined;
  if (fan === undefined) throw new ArgumentError(`${op}: mode is fanIn or fanOut, got ${quoted(mode)}`);
  if (!Number.isFinite(slope)) throw new ArgumentError(`${op}: slope is a number, got ${quoted(slope)}`);
  return fan === 0 ? 0 : calculateGain(nonlinearity, slope) / Math.sqrt(fan);
}

/**
 * Uniform in ±gain·√(3/fan), for weights `[out, in, …]` before a rectifier (He et al. 2015).
 *
 * @example
 * init.kaimingUniform(new Linear(64, 10).weight, { nonlinearity: "relu" });
 * @throws ShapeError below two dims.
 */
export function kaimingUniform<P extends Tensor>(x: P, given?: KaimingOptions): P {
  const op = "init.kaimingUniform";
  const options = kaimingOptions(op, given);
  const bound = Math.sqrt(3) * kaimingStd(op, x, options);
  return fill(op, x, -bound, 2 * bound, (n) => randomOf(op, options.generator).rand([n]));
}

/**
 * Normal with standard deviation gain/√fan, for weights `[out, in, …]` before a rectifier (He et al. 2015).
 *
 * @example
 * init.kaimingNormal(new Linear(64, 10).weight, { mode: "fanOut" });
 * @throws ShapeError below two dims.
 */
export function kaimingNormal<P extends Tensor>(x: P, given?: KaimingOptions): P {
  const op = "init.kaimingNormal";
  const options = kaimingOptions(op, given);
  return fill(op, x, 0, kaimingStd(op, x, options), (n) => randomOf(op, options.generator).randn([n]));
}

/**
 * Fills with rows that are orthogonal and of length gain — columns where there are fewer — for weights `[out, in, …]`, of which all dims
 * but the first count as one (Saxe et al. 2014). They are the Q of a matrix of normal numbers, of which R has a positive diagonal.
 *
 * @example
 * const weight = init.orthogonal(new Linear(3, 2).weight, { generator: new Generator(0) });
 * weight.matmul(weight.transpose()); // [[1, 0], [0, 1]] but for rounding
 * @throws ShapeError below two dims.
 */
export function orthogonal<P extends Tensor>(x: P, options?: XavierOptions): P {
  const op = "init.orthogonal";
  const { gain = 1, generator } = optionsOf(op, options, ["gain", "generator"]);
  checkGain(op, gain);
  const { fanIn: columns } = fans(op, x);
  return fill(op, x, 0, gain, (n) =>
    fromTypedArray(orthonormal(randomOf(op, generator).randn([n]).toTypedArray(), columns), [n]),
  );
}

/** The rows of a matrix, or its columns if they are fewer, made orthogonal and of length 1 one after the other (Gram–Schmidt). */
function orthonormal(matrix: TypedArray, columns: number): TypedArray {
  const rows = columns === 0 ? 0 : matrix.length / columns;
  const [count, length, next, step] = rows < columns ? [rows, columns, columns, 1] : [columns, rows, 1, columns];
  const vectors: Float64Array[] = [];
  for (let k = 0; k < count; k++) {
    const v = Float64Array.from({ length }, (_, i) => matrix[k * next + i * step]!);
    // Twice: what rounding leaves of the others is as large as what is left of v (Kahan; Parlett 1980).
    for (const u of [...vectors, ...vectors]) addScaled(v, -dot(u, v), u);
    const norm = Math.sqrt(dot(v, v));
    for (let i = 0; i < length; i++) matrix[k * next + i * step] = v[i]! /= norm;
    vectors.push(v);
  }
  return matrix;
}
function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
/** v ← v + factor·u */
function addScaled(v: Float64Array, factor: number, u: Float64Array): void {
  for (let i = 0; i < v.length; i++) v[i]! += factor * u[i]!;
}
