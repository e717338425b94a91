import { checkTensor, optionsOf, quoted } from "@chainrule/core/internal";
import {
  type Apply,
  ArgumentError,
  type CellStateFn,
  type Check,
  concat,
  dropout,
  type HiddenFn,
  type Label,
  type RecurrentFn,
  select,
  ShapeError,
  type ShapeFn,
  stack,
  type StatesShape,
  type Tensor,
  transpose,
  unsqueeze,
  zeros,
} from "@chainrule/core/lean";
import { Module } from "./module.ts";
import { placed } from "./place.ts";
import {
  CELL_NAMES,
  type CellOptions,
  checkNonlinearity,
  checkSizes,
  fromInput,
  gruStep,
  lstmStep,
  rnnStep,
  type State,
  type Step,
  type StepWeights,
  stepWeights,
} from "./recurrent-cells.ts";
import { shownOptions } from "./show.ts";

export interface RecurrentOptions extends CellOptions {
  /** Layers on top of each other; 1 by default. */
  readonly numLayers?: number | undefined;
  /** Whether input and output are `[batch, time, …]` rather than `[time, batch, …]`; no by default, as in PyTorch. */
  readonly batchFirst?: boolean | undefined;
  /** Probability of dropout between layers while training; 0 by default. Its generator is the option `generator`. */
  readonly dropout?: number | undefined;
  /** Whether a second pass runs backwards in time, and its output stands beside the first's. */
  readonly bidirectional?: boolean | undefined;
}
export interface LSTMOptions extends RecurrentOptions {
  /** Size to which the hidden state is projected at each step (Sak et al. 2014); 0, the default, for none. */
  readonly projSize?: number | undefined;
}
export interface RNNOptions extends RecurrentOptions {
  /** "tanh" by default. */
  readonly nonlinearity?: "tanh" | "relu" | undefined;
}

const NAMES = [...CELL_NAMES, "numLayers", "batchFirst", "dropout", "bidirectional"] as const;

/** Layers of steps through time. Parameters have PyTorch's names: `weight_ih_l0`, `weight_hh_l0_reverse`, … */
abstract class Recurrent extends Module {
  readonly inputs: number;
  readonly hidden: number;
  /** Size of what a step gives: that of the hidden state, or of its projection. */
  readonly outputs: number;
  readonly options: RecurrentOptions;
  /** Weights by layer and direction. */
  readonly steps: readonly (readonly StepWeights[])[];

  constructor(inputs: number, hidden: number, gates: number, options: RecurrentOptions, projSize = 0) {
    super();
    const { numLayers = 1, bidirectional = false, dropout: p = 0 } = options;
    checkSizes(this.constructor.name, inputs, hidden, numLayers);
    if (typeof p !== "number" || !(p >= 0 && p <= 1))
      throw new ArgumentError(`${this.constructor.name}: dropout is a probability from 0 to 1, got ${quoted(p)}`);
    if (!Number.isInteger(projSize) || projSize < 0 || projSize >= hidden)
      throw new ArgumentError(
        `${this.constructor.name}: projSize is a whole number from 0 up and below the hidden size ${hidden}, got ${quoted(projSize)}`,
      );
    this.inputs = inputs;
    this.hidden = hidden;
    this.outputs = projSize === 0 ? hidden : projSize;
    this.options = options;
    const directions = bidirectional ? 2 : 1;
    this.steps = Array.from({ length: numLayers }, (_, layer) =>
      Array.from({ length: directions }, () =>
        stepWeights(gates, layer === 0 ? inputs : this.outputs * directions, hidden, options, projSize),
      ),
    );
  }
  override members(): Iterable<readonly [string, unknown]> {
    return this.steps.flatMap((directions, layer) =>
      directions.flatMap((weights, direction) =>
        Object.entries(weights).map(
          ([name, x]) => [`${name}_l${layer}${direction === 1 ? "_reverse" : ""}`, x] as const,
        ),
      ),
    );
  }
  protected override details(): string {
    const { numLayers = 1, bidirectional = false, batchFirst = false, dropout: p = 0, bias = true } = this.options;
    const { nonlinearity = "tanh" }: RNNOptions = this.options;
    const options = [
      nonlinearity === "tanh" ? "" : `nonlinearity: "${nonlinearity}"`,
      numLayers > 1 ? `numLayers: ${numLayers}` : "",
      bidirectional ? "bidirectional: true" : "",
      batchFirst ? "batchFirst: true" : "",
      p === 0 ? "" : `dropout: ${p}`,
      bias ? "" : "bias: false",
      this.outputs === this.hidden ? "" : `projSize: ${this.outputs}`,
    ];
    return `${this.inputs}, ${this.hidden}${shownOptions(options)}`;
  }

  /** The output of the last layer, and the last states, of these sizes: each `[layers·directions, batch, size]`. */
  protected run(
    step: Step,
    sizes: readonly number[],
    x: Tensor,
    given?: readonly Tensor[],
  ): [output: Tensor, states: Tensor[]] {
    try {
      return this.through(step, sizes, x, given);
    } catch (error) {
      throw placed(error, this);
    }
  }
  private through(
    step: Step,
    sizes: readonly number[],
    x: Tensor,
    given?: readonly Tensor[],
  ): [output: Tensor, states: Tensor[]] {
    const { batchFirst = false, dropout: p = 0, generator } = this.options;
    const label = `${this.constructor.name}(${this.inputs}, ${this.hidden})`;
    checkTensor(label, x);
    if ((x.rank !== 3 && x.rank !== 2) || x.shape.at(-1) !== this.inputs)
      throw new ShapeError(
        label,
        `needs input [${batchFirst ? "batch,time" : "time,batch"},${this.inputs}] or [time,${this.inputs}], got [${x.shape.join(",")}]`,
        [x.shape],
      );
    const single = x.rank === 2;
    let sequence = single ? unsqueeze(x, 1) : batchFirst ? transpose(x, 0, 1) : x;
    const [time, batch] = sequence.shape as [number, number];
    if (time === 0) throw new ShapeError(label, `needs at least one step, got [${x.shape.join(",")}]`, [x.shape]);
    const total = this.steps.length * this.steps[0]!.length;
    if (given && given.length !== sizes.length)
      throw new ArgumentError(`${label}: needs ${sizes.length} states, hidden and cell, got ${given.length}`);
    const begin = sizes.map((size, k) => {
      const shape = [total, batch, size];
      const h = given?.[k];
      if (h === undefined) return zeros(shape, { dtype: x.dtype });
      checkTensor(label, h);
      const state = single && h.rank === 2 ? unsqueeze(h, 1) : h;
      if (state.rank !== 3 || state.shape.some((n, d) => n !== shape[d]))
        throw new ShapeError(
          label,
          `needs a state [${(single ? [total, size] : shape).join(",")}], got [${h.shape.join(",")}]`,
          [x.shape, h.shape],
        );
      return state;
    });
    const last: State[] = [];
    this.steps.forEach((directions, layer) => {
      if (layer > 0 && p > 0 && this.training) sequence = dropout(sequence, { p, generator });
      const outputs = directions.map((weights, direction) => {
        let state: State = begin.map((h) => select(h, 0, last.length));
        const contributions = fromInput(sequence, weights); // one product for all steps
        const hidden = new Array<Tensor>(time);
        for (let i = 0; i < time; i++) {
          const at = direction === 0 ? i : time - 1 - i;
          state = step(select(contributions, 0, at), state, weights);
          hidden[at] = state[0]!;
        }
        last.push(state);
        return stack(hidden);
      });
      sequence = outputs.length === 1 ? outputs[0]! : concat(outputs, -1);
    });
    const output = single ? select(sequence, 1, 0) : batchFirst ? transpose(sequence, 0, 1) : sequence;
    const states = sizes.map((_, k) => stack(last.map((state) => state[k]!)));
    return [output, single ? states.map((h) => select(h, 1, 0)) : states];
  }
}

/**
 * What carries a hidden state from step to step: F is what becomes of the shape of the input, H what the states have, L how messages
 * name the layer.
 */
abstract class SingleState<L extends string, F extends ShapeFn, H extends ShapeFn> extends Recurrent {
  protected abstract step(): Step;

  forward<A extends Tensor, S extends Tensor = Tensor>(
    x: Check<Apply<F, A["shape"]>, A>,
    h?: Check<StatesShape<L, S["shape"], Apply<H, A["shape"]>>, S>,
  ): [output: Tensor<Apply<F, A["shape"]>>, hidden: Tensor<Apply<H, A["shape"]>>] {
    const [output, states] = this.run(this.step(), [this.hidden], x as Tensor, (h && [h]) as State | undefined);
    return [output, states[0]!];
  }
}
/** What carries a cell state too, of shape C. */
abstract class DoubleState<
  L extends string,
  F extends ShapeFn,
  H extends ShapeFn,
  C extends ShapeFn,
> extends Recurrent {
  forward<A extends Tensor, S extends Tensor = Tensor, T extends Tensor = Tensor>(
    x: Check<Apply<F, A["shape"]>, A>,
    state?: readonly [
      hidden: Check<StatesShape<L, S["shape"], Apply<H, A["shape"]>>, S>,
      cell: Check<StatesShape<L, T["shape"], Apply<C, A["shape"]>>, T>,
    ],
  ): [
    output: Tensor<Apply<F, A["shape"]>>,
    state: [hidden: Tensor<Apply<H, A["shape"]>>, cell: Tensor<Apply<C, A["shape"]>>],
  ] {
    const [output, states] = this.run(lstmStep, [this.outputs, this.hidden], x as Tensor, state as State | undefined);
    return [output, states as [Tensor, Tensor]];
  }
}

/**
 * Recurrent network h ← tanh(W·x + U·h), or relu: from `[time, batch, inputs]` to the hidden states of the last layer at all times, and those of all
 * layers at the end.
 *
 * @example
 * const [output, hidden] = new RNN(3, 5, { numLayers: 2 }).forward(zeros([7, 4, 3]));
 * output.shape; // [7, 4, 5]
 * hidden.shape; // [2, 4, 5]
 * @throws ShapeError for an input or a state of another shape.
 */
export class RNN<
  const I extends number = number,
  const H extends number = number,
  const R extends readonly [options?: RNNOptions | undefined] = readonly [options?: RNNOptions | undefined],
> extends SingleState<Label<"RNN", I, H>, RecurrentFn<"RNN", I, H, R[0]>, HiddenFn<H, R[0]>> {
  readonly nonlinearity: "tanh" | "relu";

  constructor(inputs: I, hidden: H, ...rest: R) {
    const options = optionsOf("RNN", rest[0], [...NAMES, "nonlinearity"]);
    super(inputs, hidden, 1, options);
    this.nonlinearity = checkNonlinearity("RNN", options.nonlinearity);
  }
  protected step(): Step {
    return rnnStep(this.nonlinearity);
  }
}

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997): from `[time, batch, inputs]` to the hidden states of the last layer at all times, and
 * hidden and cell states of all layers at the end.
 *
 * @example
 * const [output, [hidden, cell]] = new LSTM(3, 5, { bidirectional: true }).forward(zeros([7, 4, 3]));
 * output.shape; // [7, 4, 10]
 * cell.shape; // [2, 4, 5]
 * @throws ShapeError for an input or a state of another shape.
 */
export class LSTM<
  const I extends number = number,
  const H extends number = number,
  const R extends readonly [options?: LSTMOptions | undefined] = readonly [options?: LSTMOptions | undefined],
> extends DoubleState<Label<"LSTM", I, H>, RecurrentFn<"LSTM", I, H, R[0]>, HiddenFn<H, R[0]>, CellStateFn<H, R[0]>> {
  constructor(inputs: I, hidden: H, ...rest: R) {
    const options = optionsOf("LSTM", rest[0], [...NAMES, "projSize"]);
    super(inputs, hidden, 4, options, options.projSize);
  }
}

/**
 * Gated recurrent unit (Cho et al. 2014): from `[time, batch, inputs]` to the hidden states of the last layer at all times, and those of all layers at
 * the end.
 *
 * @example
 * const [output] = new GRU(3, 5, { batchFirst: true }).forward(zeros([4, 7, 3]));
 * output.shape; // [4, 7, 5]
 * @throws ShapeError for an input or a state of another shape.
 */
export class GRU<
  const I extends number = number,
  const H extends number = number,
  const R extends readonly [options?: RecurrentOptions | undefined] = readonly [options?: RecurrentOptions | undefined],
> extends SingleState<Label<"GRU", I, H>, RecurrentFn<"GRU", I, H, R[0]>, HiddenFn<H, R[0]>> {
  constructor(inputs: I, hidden: H, ...rest: R) {
    super(inputs, hidden, 3, optionsOf("GRU", rest[0], NAMES));
  }
  protected step(): Step {
    return gruStep;
  }
}
