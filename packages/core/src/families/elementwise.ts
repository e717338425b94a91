import { ANOMALY, defaultDtype, mode, RECORD } from "../ambient.ts";
import { checkedNumber, type Dtype, isFloat, promote, rounded, type TypedArray } from "../dtype.ts";
import { ArgumentError, describeArgument, DtypeError } from "../errors.ts";
import { codeGeneration, compileLoop, type NumberFunction } from "../kernels/loops.ts";
import { LONG, Vectorized } from "../kernels/programs.ts";
import type { Program } from "../kernels/sets.ts";
import { type Loop, runLoop } from "../kernels/strided.ts";
import { apply, type Batch, type Op } from "../op.ts";
import { ofDtype } from "../ops/cast.ts";
import { broadcastTo, sumTo } from "../ops/broadcast.ts";
import { broadcastShapes, sameShape, type Shape } from "../shape.ts";
import type { Common, Broadcast3, CheckBroadcast, CheckBroadcast3, ShapeOf } from "../shape-types/index.ts";
import { LARGE, takeOver } from "../spare.ts";
import { reserve, reservedAt } from "../storage.ts";
import { fromArray, fromNumber, type Operand, Tensor } from "../tensor.ts";
import { readFormula } from "./formula.ts";

/** Interval that an argument is sampled from when the laws test an operation. */
export type Domain = readonly [low: number, high: number];
export const REAL: Domain = [-4, 4];
export const POSITIVE: Domain = [0.125, 4];

/** How the dtype of the result follows from the inputs': kept (bool counts as int32), made floating, or bool. */
type Result = "same" | "float" | "bool";

interface Elementwise<F, D> {
  readonly name: string;
  /** What kernel sets call it, if another operation has its name. */
  readonly kernel?: string;
  /** The function of numbers. */
  readonly f: F;
  /** The function of int32, if it wraps around where `f` would be rounded. */
  readonly whole?: F;
  /**
   * For each argument, `t · ∂f/∂argument`, written in operations: `(t, ...arguments, output) => …`. The Jacobian of an elementwise
   * operation is diagonal, so the one line serves cotangents and tangents alike. `null`: the derivative is zero everywhere.
   */
  readonly derivative: D;
  readonly domain: readonly Domain[];
  /** Zero exactly where a derivative does not exist. */
  readonly kinks?: (...x: number[]) => number;
  readonly result?: Result;
  /** Number of leading arguments that are conditions: bool, and no part of the promotion. */
  readonly conditions?: number;
}
type Rule<A extends Tensor[]> = ((t: Tensor, ...x: [...A, y: Tensor]) => Tensor) | null;
type Unary = Elementwise<(a: number) => number, readonly [Rule<[Tensor]>]>;
type Binary = Elementwise<(a: number, b: number) => number, readonly [Rule<[Tensor, Tensor]>, Rule<[Tensor, Tensor]>]>;
type Ternary = Elementwise<
  (a: number, b: number, c: number) => number,
  readonly [Rule<[Tensor, Tensor, Tensor]>, Rule<[Tensor, Tensor, Tensor]>, Rule<[Tensor, Tensor, Tensor]>]
>;

type DerivativeRule = (t: Tensor, ...rest: Tensor[]) => Tensor;
/** A derivative rule as an operation, and which of `…inputs, output, t` it takes. */
interface Fused {
  readonly op: ElementwiseOp;
  readonly uses: readonly number[];
}
/** Rules by argument; not read yet where undefined, better run as written where null. */
type FusedRules = (Fused | null | undefined)[];

export class ElementwiseOp implements Op<undefined> {
  readonly name: string;
  readonly kernel: string;
  readonly arity: number;
  readonly domain: readonly Domain[];
  readonly kinks: ((...x: number[]) => number) | undefined;
  readonly result: Result;
  readonly conditions: number;
  readonly f: NumberFunction;
  readonly program: Program;
  /** The same operation of int32, if it is another. */
  readonly whole: ElementwiseOp | null;
  private readonly derivative: readonly (DerivativeRule | null)[];
  private readonly vectorized: Vectorized;
  private readonly loops: { [D in Dtype]?: Loop } = {};
  private readonly fusedDouble: FusedRules = [];
  private readonly fusedSingle: FusedRules = [];

  /** `program` says the same as the definition's function, in the names of other operations; by default its own. */
  constructor(def: Unary | Binary | Ternary, program?: Program) {
    this.name = def.name;
    this.kernel = def.kernel ?? def.name;
    this.f = def.f;
    this.derivative = def.derivative as ElementwiseOp["derivative"];
    this.arity = def.domain.length;
    this.domain = def.domain;
    this.kinks = def.kinks;
    this.result = def.result ?? "same";
    this.conditions = def.conditions ?? 0;
    const from = def.domain.map((_, i) => i);
    this.program = program ?? { arity: this.arity, constants: [], steps: [{ name: this.kernel, from }] };
    const { whole, ...rest } = def;
    this.whole = whole ? new ElementwiseOp({ ...rest, kernel: `${this.kernel}Whole`, f: whole } as Unary) : null;
    this.vectorized = new Vectorized(this.program, (x) => this.loop(x[this.arity - 1]!.dtype));
  }

  forward(inputs: readonly Tensor[]): Tensor {
    const a = inputs[0]!;
    const last = inputs[this.arity - 1]!;
    const dtype = this.result === "bool" ? "bool" : last.dtype;
    const shape = this.shapeOf(inputs);
    if (shape.length === 0) {
      const b = this.arity > 1 ? inputs[1]!.scalar : 0;
      const c = this.arity > 2 ? inputs[2]!.scalar : 0;
      const d = this.arity > 3 ? inputs[3]!.scalar : 0;
      return fromNumber(this.f(a.scalar, b, c, d), dtype);
    }
    let size = a.size;
    if (shape !== a.shape) {
      size = 1;
      for (let i = 0; i < shape.length; i++) size *= shape[i]!;
    }
    const out = reserve(dtype, size, true);
    const start = reservedAt;
    this.fill(out, start, size, shape, inputs);
    return fromArray(shape, dtype, out, start);
  }

  /** Writes the result over its first input, a row-major one of its own shape and dtype that nobody else has seen. */
  overwrite(x: Tensor, ...others: readonly Tensor[]): Tensor {
    this.fill(x.data, x.offset, x.size, x.shape, [x, ...others]);
    return x;
  }

  private fill(out: TypedArray, start: number, size: number, shape: Shape, inputs: readonly Tensor[]): void {
    if (size < LONG || !this.vectorized.run(out, start, size, shape, inputs))
      runLoop(this.loop(inputs[this.arity - 1]!.dtype), out, start, size, shape, inputs);
  }

  private shapeOf(inputs: readonly Tensor[]): Shape {
    let shape: Shape = inputs[0]!.shape;
    for (let i = 1; i < this.arity; i++) {
      const next = inputs[i]!.shape;
      if (!sameShape(shape, next))
        shape = shape.length === 0 ? next : next.length === 0 ? shape : broadcastShapes(this.name, shape, next);
    }
    return shape;
  }

  batch(inputs: readonly Tensor[], params: undefined, batch: Batch): Tensor {
    const rank = this.shapeOf(inputs).length;
    return apply(
      this,
      inputs.map((x) => batch.aligned(x, rank)),
      params,
    );
  }

  vjp(cotangent: Tensor, output: Tensor, index: number): Tensor | null {
    const inputs = output.inputs;
    const product = this.scale(index, cotangent, output);
    return product && sumTo(product, inputs[index]!.shape);
  }

  jvp(tangents: readonly (Tensor | null)[], output: Tensor): Tensor | null {
    let sum: Tensor | null = null;
    for (let i = 0; i < tangents.length; i++) {
      const tangent = tangents[i];
      const term = tangent ? this.scale(i, tangent, output) : null;
      sum = sum && term ? add(sum, term) : (sum ?? term);
    }
    return sum && broadcastTo(sum, output.shape);
  }

  /** t · ∂f/∂argument. */
  private scale(index: number, t: Tensor, output: Tensor): Tensor | null {
    const rule = this.derivative[index]!;
    if (rule === null) return null;
    const x = output.inputs;
    if ((mode & (RECORD | ANOMALY)) === 0 && codeGeneration && this.conditions === 0) {
      const fused = this.fusedRule(index, rule, t.dtype);
      if (fused !== null) {
        const { op, uses } = fused;
        const taken = [t];
        for (let k = 0; k < uses.length; k++) {
          const i = uses[k]!;
          taken[k] = i < x.length ? x[i]! : i === x.length ? output : t;
        }
        const array = this.arity === 1 && output.size >= LARGE ? takeOver(t) : null;
        if (array === null) return apply(op, taken, undefined);
        op.fill(array, 0, t.size, t.shape, taken);
        return fromArray(t.shape, t.dtype, array, 0);
      }
    }
    if (this.arity === 1) return rule(t, x[0]!, output);
    return this.arity === 2 ? rule(t, x[0]!, x[1]!, output) : rule(t, x[0]!, x[1]!, x[2]!, output);
  }

  /** The rule as one operation with arguments `…inputs, output, t`; `null` if it is better run as it is written. */
  private fusedRule(index: number, rule: DerivativeRule, dtype: Dtype): Fused | null {
    const known = dtype === "float32" ? this.fusedSingle : this.fusedDouble;
    let fused = known[index];
    if (fused === undefined) {
      const formula = readFormula(
        (...args) => rule(args[args.length - 1]!, ...args.slice(0, -1)),
        this.arity + 2,
        dtype,
        (x) => (x.op instanceof ElementwiseOp ? x.op : null),
      );
      const name = `${this.kernel}'${this.arity > 1 ? index : ""}`;
      const domain = formula?.uses.map(() => REAL) as unknown as readonly [Domain];
      fused = formula && {
        op: new ElementwiseOp(
          { name, f: formula.f as (a: number) => number, derivative: [null], domain },
          formula.program,
        ),
        uses: formula.uses,
      };
      known[index] = fused;
    }
    return fused;
  }

  private loop(dtype: Dtype): Loop {
    return (this.loops[dtype] ??= compileLoop(`${this.kernel}_${dtype}`, this.arity, this.f));
  }
}

export type UnaryFunction = { <A extends Operand>(x: A): Tensor<ShapeOf<A>>; readonly op: ElementwiseOp };
export type BinaryFunction<N extends string> = {
  <A extends Operand, B extends Operand>(
    a: A,
    b: CheckBroadcast<ShapeOf<A>, ShapeOf<B>, N, B>,
  ): Tensor<Common<A, B, N>>;
  readonly op: ElementwiseOp;
};
export type TernaryFunction<N extends string> = {
  <A extends Operand, B extends Operand, C extends Operand>(
    a: A,
    b: CheckBroadcast<ShapeOf<A>, ShapeOf<B>, N, B>,
    c: CheckBroadcast3<ShapeOf<A>, ShapeOf<B>, ShapeOf<C>, N, C>,
  ): Tensor<Broadcast3<ShapeOf<A>, ShapeOf<B>, ShapeOf<C>, N>>;
  readonly op: ElementwiseOp;
};

export function unary(def: Unary, program?: Program): UnaryFunction {
  const op = new ElementwiseOp(def, program);
  const call = (x: Operand): Tensor => (isReady(x) ? apply(op, [x], undefined) : applyTo(op, [x]));
  return Object.assign(call, { op }) as UnaryFunction;
}

export function binary<N extends string>(def: Binary & { readonly name: N }, program?: Program): BinaryFunction<N> {
  const op = new ElementwiseOp(def, program);
  const call = (a: Operand, b: Operand): Tensor => {
    if (isReady(a)) {
      if (typeof b === "number") return apply(op, [a, fromNumber(b, a.dtype)], undefined);
      if (isReady(b) && a.dtype === b.dtype) return apply(op, [a, b], undefined);
    } else if (typeof a === "number" && isReady(b)) return apply(op, [fromNumber(a, b.dtype), b], undefined);
    return applyTo(op, [a, b]);
  };
  return Object.assign(call, { op }) as BinaryFunction<N>;
}

export function ternary<N extends string>(def: Ternary & { readonly name: N }, program?: Program): TernaryFunction<N> {
  const op = new ElementwiseOp(def, program);
  const call = (a: Operand, b: Operand, c: Operand): Tensor => applyTo(op, [a, b, c]);
  return Object.assign(call, { op }) as TernaryFunction<N>;
}

/** A function with options over one without, whose operation it shares. */
export const extended = <F>(f: { readonly op: ElementwiseOp }, call: (...args: never[]) => Tensor): F =>
  Object.assign(call, { op: f.op }) as F;

/** Floating tensors need no look at the promotion rules. */
export const isReady = (x: Operand): x is Tensor =>
  x instanceof Tensor && (x.dtype === "float64" || x.dtype === "float32");

function applyTo(op: ElementwiseOp, operands: readonly Operand[]): Tensor {
  const inputs = convert(op, operands);
  return apply(op.whole !== null && inputs[0]!.dtype === "int32" ? op.whole : op, inputs, undefined);
}
/** Brings operands to the one dtype the operation computes in. Numbers are weak: they take the tensors' dtype. */
function convert(op: ElementwiseOp, operands: readonly Operand[]): Tensor[] {
  let dtype: Dtype | null = null;
  operands.forEach((x, i) => {
    if (typeof x === "number") return;
    if (!(x instanceof Tensor))
      throw new ArgumentError(`${op.name}: expected a tensor or a number, got ${describeArgument(x)}`);
    if (i >= op.conditions) dtype = dtype === null ? x.dtype : promote(dtype, x.dtype);
    else if (x.dtype !== "bool")
      throw new DtypeError(`${op.name}: the condition is ${x.dtype}, expected bool; compare first, as in x.gt(0)`);
  });
  let common: Dtype = dtype ?? defaultDtype;
  if (op.result === "float" && !isFloat(common)) common = defaultDtype;
  if (op.result === "same" && common === "bool" && op.conditions === 0) common = "int32";
  if (op.result === "bool" && operands.some((x) => typeof x === "number" && x !== rounded(common, x)))
    common = "float64";
  return operands.map((x, i) => {
    const wanted = i < op.conditions ? "bool" : common;
    return typeof x === "number" ? fromNumber(checkedNumber(op.name, x, wanted), wanted) : ofDtype(x, wanted);
  });
}

/**
 * a + b, broadcast. It stands here because the family itself sums derivatives with it.
 * @throws ShapeError if the shapes do not broadcast.
 * @example
 * add(tensor([1, 2]), 10).toArray(); // [11, 12]
 */
export const add: BinaryFunction<"add"> = /* @__PURE__ */ binary({
  name: "add",
  f: (a, b) => a + b,
  derivative: [(t) => t, (t) => t],
  domain: [REAL, REAL],
});
