import { ANOMALY, mode, mutate } from "@chainrule/core/internal";
import { GraphError, type Tensor, type TypedArray } from "@chainrule/core/lean";
import type { Rule } from "./optimizer.ts";

const NO_NAMES: readonly string[] = [];
const sameNames = (a: readonly string[], b: readonly string[]): boolean =>
  a === b || (a.length === b.length && a.every((name, i) => name === b[i]));
/** Where the gradient of a scalar is laid for the update. */
const cell = /* @__PURE__ */ new Float64Array(1);

const isScalar = <O extends object>(rule: Rule<O>, name: string): boolean => rule.scalars?.includes(name) === true;

/** How many numbers a slot holds for a parameter. */
export const slotSize = <O extends object>(rule: Rule<O>, name: string, x: Tensor): number =>
  isScalar(rule, name) ? 1 : x.size;

/** A parameter in an optimizer, and what is remembered of it. */
export class Entry<O extends object> {
  readonly x: Tensor;
  readonly options: O;
  /** Updates since the slots were zeros. */
  step = 0;
  names: readonly string[] = NO_NAMES;
  slots: readonly TypedArray[] = [];
  private readonly rule: Rule<O>;
  private readonly write: (data: TypedArray) => void;

  constructor(rule: Rule<O>, x: Tensor, options: O) {
    this.rule = rule;
    this.x = x;
    this.options = options;
    // Made once, not at every step.
    this.write = (data) => this.apply(data);
  }

  /** Goes on from `step` updates that have left these slots. */
  restore(step: number, slots: readonly (readonly number[])[]): void {
    this.step = step;
    this.names = step === 0 ? NO_NAMES : this.rule.slots(this.options);
    this.slots = slots.map((values, i) => this.fresh(this.names[i]!, values));
  }

  update(): void {
    mutate(this.rule.name, this.x, this.write);
  }

  private apply(data: TypedArray): void {
    const { rule, options } = this;
    const gradient = this.x.gradient!;
    const names = rule.slots(options);
    if (!sameNames(names, this.names)) {
      this.names = names;
      this.slots = names.map((name) => this.fresh(name));
      this.step = 0;
    }
    this.step++;
    if ((mode & ANOMALY) !== 0) this.watch(data, gradient.toTypedArray());
    else if (gradient.shape.length === 0) {
      cell[0] = gradient.scalar;
      rule.update(data, cell, 0, this.slots, this.step, options);
    } else if (gradient.strides === null) {
      rule.update(data, gradient.data, gradient.offset, this.slots, this.step, options);
    } else {
      rule.update(data, gradient.toTypedArray(), 0, this.slots, this.step, options);
    }
  }

  /** The update under `detectAnomaly`: the gradient is a copy that ends as NaN, by which a rule that has kept it is found out. */
  private watch(data: TypedArray, gradient: TypedArray): void {
    const { rule, x } = this;
    const before = data.slice();
    const whole = !before.some(Number.isNaN) && !gradient.some(Number.isNaN);
    rule.update(data, gradient, 0, this.slots, this.step, this.options);
    gradient.fill(NaN);
    if (!whole || !data.some(Number.isNaN)) return;
    data.set(before);
    throw new GraphError(
      `${rule.name}: update ${this.step} made NaN of a parameter [${x.shape.join(",")}] and a gradient that have none; look for 0/0, an overflow, or a gradient that the rule has kept, which is only lent to it`,
    );
  }

  private fresh(name: string, values?: readonly number[]): TypedArray {
    const size = slotSize(this.rule, name, this.x);
    const single = this.x.dtype === "float32" && !isScalar(this.rule, name);
    const slot = single ? new Float32Array(size) : new Float64Array(size);
    if (values !== undefined) slot.set(values);
    return slot;
  }
}
