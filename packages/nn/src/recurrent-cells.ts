import { checkTensor, optionsOf, quoted } from "@chainrule/core/internal";
import {
  add,
  type Apply,
  ArgumentError,
  type CellFn,
  type Check,
  type Dtype,
  type Generator,
  type Label,
  linear,
  mul,
  relu,
  ShapeError,
  type ShapeFn,
  sigmoid,
  slice,
  type StateShape,
  sub,
  tanh,
  type Tensor,
  zeros,
} from "@chainrule/core/lean";
import { uniform } from "./init.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";

export interface CellOptions {
  /** Whether to add biases; true by default. */
  readonly bias?: boolean | undefined;
  readonly dtype?: Dtype | undefined;
  /** Where the initial values come from; the default generator if left out. */
  readonly generator?: Generator | undefined;
}
export const CELL_NAMES = ["bias", "dtype", "generator"] as const;
export interface RNNCellOptions extends CellOptions {
  /** "tanh" by default. */
  readonly nonlinearity?: "tanh" | "relu" | undefined;
}

/** Weights of one step, `[gates·hidden, …]`, with PyTorch's names. */
export interface StepWeights {
  readonly weight_ih: Parameter;
  readonly weight_hh: Parameter;
  readonly bias_ih: Parameter | null;
  readonly bias_hh: Parameter | null;
  /** Projection of the hidden state, `[projection, hidden]`. */
  readonly weight_hr?: Parameter;
}
/** Weights that begin uniform in ±1/√hidden. */
export function stepWeights(
  gates: number,
  inputs: number,
  hidden: number,
  { bias = true, dtype, generator }: CellOptions,
  projection = 0,
): StepWeights {
  const bound = hidden > 0 ? 1 / Math.sqrt(hidden) : 0;
  const made = (...shape: number[]): Parameter =>
    uniform(new Parameter(zeros(shape, { dtype })) as Parameter, { low: -bound, high: bound, generator });
  return {
    weight_ih: made(gates * hidden, inputs),
    weight_hh: made(gates * hidden, projection || hidden),
    bias_ih: bias ? made(gates * hidden) : null,
    bias_hh: bias ? made(gates * hidden) : null,
    ...(projection > 0 && { weight_hr: made(projection, hidden) }),
  };
}

/** Hidden state, and for an LSTM the cell state. */
export type State = readonly Tensor[];
/** The next state, given what the input contributes to the gates and the last state. */
export type Step = (fromInput: Tensor, state: State, weights: StepWeights) => State;

const fromHidden = (h: Tensor, w: StepWeights): Tensor =>
  linear(h, w.weight_hh as Tensor, w.bias_hh as Tensor | null) as Tensor;
/** What the input contributes, for one step or all of them. */
export const fromInput = (x: Tensor, w: StepWeights): Tensor =>
  linear(x, w.weight_ih as Tensor, w.bias_ih as Tensor | null) as Tensor;
const gatesOf = (x: Tensor, count: number): Tensor[] => {
  const size = x.shape.at(-1)! / count;
  return Array.from({ length: count }, (_, i) => slice(x, -1, { start: i * size, end: (i + 1) * size }));
};

/** h ← tanh(W·x + U·h), or relu. */
export const rnnStep =
  (nonlinearity: "tanh" | "relu"): Step =>
  (x, [h], weights) => [(nonlinearity === "relu" ? relu : tanh)(add(x, fromHidden(h!, weights)))];

/** c ← f·c + i·g, h ← o·tanh(c), projected where there is a weight for that, with gates i, f, o = σ(…) and g = tanh(…) (Hochreiter and Schmidhuber 1997). */
export const lstmStep: Step = (x, [h, c], weights) => {
  const [i, f, g, o] = gatesOf(add(x, fromHidden(h!, weights)), 4) as [Tensor, Tensor, Tensor, Tensor];
  const cell = add(mul(sigmoid(f), c!), mul(sigmoid(i), tanh(g)));
  const hidden = mul(sigmoid(o), tanh(cell));
  return [weights.weight_hr === undefined ? hidden : linear(hidden, weights.weight_hr as Tensor), cell];
};

/** h ← (1 − z)·n + z·h with n = tanh(W·x + r·(U·h)) and gates r, z = σ(…) (Cho et al. 2014). */
export const gruStep: Step = (x, [h], weights) => {
  const [xr, xz, xn] = gatesOf(x, 3) as [Tensor, Tensor, Tensor];
  const [hr, hz, hn] = gatesOf(fromHidden(h!, weights), 3) as [Tensor, Tensor, Tensor];
  const reset = sigmoid(add(xr, hr));
  const update = sigmoid(add(xz, hz));
  const fresh = tanh(add(xn, mul(reset, hn)));
  return [add(fresh, mul(update, sub(h!, fresh)))]; // n + z·(h − n)
};

export function checkNonlinearity(name: string, nonlinearity: "tanh" | "relu" = "tanh"): "tanh" | "relu" {
  if (nonlinearity !== "tanh" && nonlinearity !== "relu")
    throw new ArgumentError(`${name}: nonlinearity is "tanh" or "relu", got ${quoted(nonlinearity)}`);
  return nonlinearity;
}
export function checkSizes(name: string, ...sizes: number[]): void {
  if (!sizes.every((n) => Number.isInteger(n) && n > 0))
    throw new ArgumentError(
      `${name}: sizes and numbers of layers are whole numbers from 1 up, got ${sizes.map(quoted).join(", ")}`,
    );
}

abstract class Cell extends Module {
  readonly weights: StepWeights;
  readonly inputs: number;
  readonly hidden: number;

  constructor(inputs: number, hidden: number, gates: number, options: CellOptions) {
    super();
    checkSizes(this.constructor.name, inputs, hidden);
    this.inputs = inputs;
    this.hidden = hidden;
    this.weights = stepWeights(gates, inputs, hidden, options);
  }
  /** PyTorch's names: `weight_ih` and so on. */
  override members(): Iterable<readonly [string, unknown]> {
    return Object.entries(this.weights);
  }
  protected override details(): string {
    return `${this.inputs}, ${this.hidden}`;
  }

  protected advance(step: Step, states: number, x: Tensor, given?: readonly Tensor[]): State {
    const label = `${this.constructor.name}(${this.inputs}, ${this.hidden})`;
    checkTensor(label, x);
    if (x.rank < 1 || x.rank > 2 || x.shape.at(-1) !== this.inputs)
      throw new ShapeError(
        label,
        `needs input [batch,${this.inputs}] or [${this.inputs}], got [${x.shape.join(",")}]`,
        [x.shape],
      );
    const shape = [...x.shape.slice(0, -1), this.hidden];
    if (given && given.length !== states)
      throw new ArgumentError(`${label}: needs ${states} states, hidden and cell, got ${given.length}`);
    const state = given ?? Array.from({ length: states }, () => zeros(shape, { dtype: x.dtype }));
    for (const h of state) {
      checkTensor(label, h);
      if (h.rank !== x.rank || h.shape.some((n, d) => n !== shape[d]))
        throw new ShapeError(label, `needs a state [${shape.join(",")}], got [${h.shape.join(",")}]`, [
          x.shape,
          h.shape,
        ]);
    }
    return step(fromInput(x, this.weights), state, this.weights);
  }
}

/** F is what becomes of the shape of the input, L how messages name the layer. */
abstract class SingleCell<L extends string, F extends ShapeFn> extends Cell {
  /** Only a type: no such property exists. */
  declare readonly shapeFn?: F;

  protected abstract step(): Step;

  forward<A extends Tensor, S extends Tensor = Tensor>(
    x: Check<Apply<F, A["shape"]>, A>,
    h?: Check<StateShape<L, S["shape"], Apply<F, A["shape"]>>, S>,
  ): Tensor<Apply<F, A["shape"]>> {
    return this.advance(this.step(), 1, x as Tensor, (h && [h]) as State | undefined)[0]!;
  }
}
abstract class PairCell<L extends string, F extends ShapeFn> extends Cell {
  forward<A extends Tensor, S extends Tensor = Tensor, T extends Tensor = Tensor>(
    x: Check<Apply<F, A["shape"]>, A>,
    state?: readonly [
      hidden: Check<StateShape<L, S["shape"], Apply<F, A["shape"]>>, S>,
      cell: Check<StateShape<L, T["shape"], Apply<F, A["shape"]>>, T>,
    ],
  ): [hidden: Tensor<Apply<F, A["shape"]>>, cell: Tensor<Apply<F, A["shape"]>>] {
    return [...this.advance(lstmStep, 2, x as Tensor, state as State | undefined)] as [Tensor, Tensor];
  }
}

/**
 * One step h ← tanh(W·x + U·h), or relu, for x `[batch, inputs]` and h `[batch, hidden]`, zeros if left out.
 *
 * @example
 * new RNNCell(3, 5).forward(zeros([2, 3])).shape; // [2, 5]
 * @throws ShapeError for other shapes.
 */
export class RNNCell<const I extends number = number, const H extends number = number> extends SingleCell<
  Label<"RNNCell", I, H>,
  CellFn<"RNNCell", I, H>
> {
  readonly nonlinearity: "tanh" | "relu";

  constructor(inputs: I, hidden: H, given?: RNNCellOptions) {
    const options = optionsOf("RNNCell", given, [...CELL_NAMES, "nonlinearity"]);
    super(inputs, hidden, 1, options);
    this.nonlinearity = checkNonlinearity("RNNCell", options.nonlinearity);
  }
  protected step(): Step {
    return rnnStep(this.nonlinearity);
  }
}

/**
 * One step of a long short-term memory: from x `[batch, inputs]` and `[h, c]`, zeros if left out, to the next `[h, c]`.
 *
 * @example
 * new LSTMCell(3, 5).forward(zeros([2, 3]))[0].shape; // [2, 5]
 * @throws ShapeError for other shapes.
 */
export class LSTMCell<const I extends number = number, const H extends number = number> extends PairCell<
  Label<"LSTMCell", I, H>,
  CellFn<"LSTMCell", I, H>
> {
  constructor(inputs: I, hidden: H, options?: CellOptions) {
    super(inputs, hidden, 4, optionsOf("LSTMCell", options, CELL_NAMES));
  }
}

/**
 * One step of a gated recurrent unit, for x `[batch, inputs]` and h `[batch, hidden]`, zeros if left out.
 *
 * @example
 * new GRUCell(3, 5).forward(zeros([2, 3])).shape; // [2, 5]
 * @throws ShapeError for other shapes.
 */
export class GRUCell<const I extends number = number, const H extends number = number> extends SingleCell<
  Label<"GRUCell", I, H>,
  CellFn<"GRUCell", I, H>
> {
  constructor(inputs: I, hidden: H, options?: CellOptions) {
    super(inputs, hidden, 3, optionsOf("GRUCell", options, CELL_NAMES));
  }
  protected step(): Step {
    return gruStep;
  }
}
