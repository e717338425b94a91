import { checkFunction, checkSynchronous, mutate, optionsOf } from "@chainrule/core/internal";
import { ArgumentError, ShapeError, type Tensor, type TypedArray } from "@chainrule/core/lean";
import { share } from "./checks.ts";
import { listParameters } from "./groups.ts";
import { nameOf } from "./name.ts";
import { fail, numbersOf } from "./state.ts";

const NAME = "ExponentialMovingAverage";

export interface ExponentialMovingAverageOptions {
  /** How much of the averages is kept at each update, from 0 to 1; 0.999 by default. */
  readonly decay?: number | undefined;
}

/** What `stateDict` of an average returns: plain data that survives JSON, which has no infinities and no NaN. */
export interface AverageState {
  readonly decay: number;
  /** Updates so far. */
  readonly updates: number;
  readonly averages: readonly { readonly shape: readonly number[]; readonly values: readonly number[] }[];
}

/**
 * Exponential moving averages of parameters (Polyak & Juditsky 1992), which often do better than the last ones: a ← decay·a + (1 − decay)·x
 * after each step. As in PyTorch's AveragedModel, the first update copies.
 *
 * @example
 * const model = new Linear(2, 1);
 * const optimizer = new SGD(model.parameters(), { lr: 0.1 });
 * const average = new ExponentialMovingAverage(model.parameters(), { decay: 0.99 });
 * optimizer.step();
 * average.update();
 * average.averaged(() => model.forward(ones([1, 2]))); // by the averages
 * @throws ArgumentError for a decay out of range, no parameters, or one that comes twice; GraphError for a tensor that is no leaf or
 * requires no grad.
 */
export class ExponentialMovingAverage {
  private readonly params: readonly Tensor[];
  private decay: number;
  private updates = 0;
  private averages: TypedArray[];

  constructor(parameters: Iterable<Tensor>, options?: ExponentialMovingAverageOptions) {
    const { decay = 0.999 } = optionsOf(NAME, options, ["decay"]);
    const wrong = share("decay", decay);
    if (wrong !== undefined) throw new ArgumentError(`${NAME}: ${wrong}`);
    this.params = listParameters(NAME, parameters, 0, []);
    this.decay = decay;
    this.averages = this.params.map((x) => x.toTypedArray());
  }

  /** Lets the averages follow the parameters; call it after each step of the optimizer. */
  update(): void {
    const keep = this.updates === 0 ? 0 : this.decay;
    this.params.forEach((x, k) => {
      const average = this.averages[k]!;
      const plain = x.shape.length > 0 && x.strides === null;
      const [values, at] = plain ? [x.data, x.offset] : [x.toTypedArray(), 0];
      // The first update copies, whatever stood there.
      for (let i = 0; i < average.length; i++)
        average[i] = keep === 0 ? values[at + i]! : keep * average[i]! + (1 - keep) * values[at + i]!;
    });
    this.updates++;
  }

  /**
   * Overwrites parameters of the same number and shapes, such as those of a copy of the model, with the averages.
   * @throws ArgumentError or ShapeError if they do not fit, before anything is changed.
   */
  applyTo(parameters: Iterable<Tensor>): void {
    const list = listParameters(`${NAME}.applyTo`, parameters, 0, []);
    if (list.length !== this.params.length)
      throw new ArgumentError(`${NAME}.applyTo: got ${list.length} parameters, expected ${this.params.length}`);
    list.forEach((x, i) => {
      const { shape } = this.params[i]!;
      if (x.shape.join() !== shape.join())
        throw new ShapeError(`${NAME}.applyTo`, `${nameOf(x, i)} should be [${shape.join(",")}]`, [x.shape, shape]);
    });
    write(list, this.averages);
  }

  /**
   * Runs `fn` while the parameters hold their averages, and puts back what they held, even if it throws.
   * @throws ArgumentError for an async function, of which only the part before the first `await` would see the averages.
   */
  averaged<R>(fn: () => R): R {
    checkFunction(`${NAME}.averaged`, fn);
    const held = this.params.map((x) => x.toTypedArray());
    write(this.params, this.averages);
    try {
      return checkSynchronous(`${NAME}.averaged`, fn());
    } finally {
      write(this.params, held);
    }
  }

  /** The averages, as plain data that survives JSON, which has no infinities and no NaN. */
  stateDict(): AverageState {
    const { decay, updates } = this;
    const averages = this.params.map(({ shape }, i) => ({ shape: [...shape], values: [...this.averages[i]!] }));
    return { decay, updates, averages };
  }

  /**
   * Continues where `stateDict` was called.
   * @throws ArgumentError for anything that does not fit, before anything is changed.
   */
  loadStateDict(state: AverageState): void {
    if (typeof state !== "object" || state === null) fail("needs a record such as stateDict() returns");
    const { decay, updates, averages } = state;
    const wrong = share("decay", decay);
    if (wrong !== undefined) fail(wrong);
    if (!Number.isInteger(updates) || updates < 0 || !Array.isArray(averages)) fail("the state is cut short");
    if (averages.length !== this.params.length)
      fail(`the state has ${averages.length} averages, expected ${this.params.length}`);
    this.params.forEach((x, i) => {
      const { shape, values } = (state.averages[i] ?? {}) as { shape?: unknown; values?: unknown };
      if (!Array.isArray(shape) || shape.join() !== x.shape.join())
        fail(`the average of ${nameOf(x, i)} has another shape, ${JSON.stringify(shape)}`);
      numbersOf(`the average of ${nameOf(x, i)}`, values, x.size);
    });
    this.decay = decay;
    this.updates = updates;
    state.averages.forEach(({ values }, i) => this.averages[i]!.set(values));
  }
}

function write(parameters: readonly Tensor[], values: readonly TypedArray[]): void {
  parameters.forEach((x, i) => mutate(NAME, x, (data) => data.set(values[i]!)));
}
