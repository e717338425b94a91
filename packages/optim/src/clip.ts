import { optionsOf, quoted } from "@chainrule/core/internal";
import { ArgumentError, clamp, mul, noGrad, norm, Tensor } from "@chainrule/core/lean";
import { checkGradient } from "./groups.ts";

export interface ClipGradNormOptions {
  /** Which norm: 2, the default, for the root of the sum of squares, 1 for the sum of sizes, Infinity for the largest, or any above 0. */
  readonly normType?: number | undefined;
  /** Throw if the norm is infinite or NaN, in place of scaling by it. */
  readonly errorIfNonfinite?: boolean | undefined;
}

const limit = (name: string, x: number): string | undefined =>
  typeof x === "number" && x >= 0 ? undefined : `${name} is a number from 0 up or Infinity, got ${quoted(x)}`;

/** The parameters that have a gradient. */
function withGradients(name: string, parameters: Iterable<Tensor> | Tensor): Tensor[] {
  const list: unknown[] = parameters instanceof Tensor ? [parameters] : [...iterable(name, parameters)];
  return list.filter((x, i): x is Tensor => {
    if (!(x instanceof Tensor)) throw new ArgumentError(`${name}: parameter ${i} is no tensor but ${typeof x}`);
    checkGradient(name, x, i);
    return x.gradient !== null;
  });
}

function iterable(name: string, parameters: unknown): Iterable<unknown> {
  if (typeof parameters === "object" && parameters !== null && Symbol.iterator in parameters)
    return parameters as Iterable<unknown>;
  throw new ArgumentError(`${name}: parameters come as a list of tensors; of a model pass model.parameters()`);
}

/** Norm of all elements as one vector: the norm of the norms. Squares neither overflow nor vanish. */
function normOf(parameters: readonly Tensor[], p: number): number {
  const norms = noGrad(() =>
    parameters.map(({ gradient }) => norm<Tensor>(gradient!, undefined, { p, dtype: "float64" }).item()),
  );
  const most = Math.max(0, ...norms);
  if (p === Infinity || most === 0 || !Number.isFinite(most)) return most;
  const sum = norms.reduce((total, x) => total + (x / most) ** p, 0);
  return most * (p === 2 ? Math.sqrt(sum) : sum ** (1 / p));
}

/**
 * Scales the gradients of all parameters together so that their norm, as one vector, is at most `maxNorm` (Pascanu et al. 2013); returns
 * the norm from before; a limit of Infinity only measures. Equal to PyTorch's clip_grad_norm_.
 *
 * @example
 * const model = new Linear(2, 1);
 * mseLoss(model.forward(ones([4, 2])), ones([4, 1])).backward();
 * const norm = clipGradNorm(model.parameters(), 1);
 * @throws ArgumentError for a norm or limit out of range, and, with errorIfNonfinite, if the norm is infinite or NaN, before anything is
 * changed.
 */
export function clipGradNorm(
  parameters: Iterable<Tensor> | Tensor,
  maxNorm: number,
  options?: ClipGradNormOptions,
): number {
  const { normType = 2, errorIfNonfinite = false } = optionsOf("clipGradNorm", options, [
    "normType",
    "errorIfNonfinite",
  ]);
  const wrong =
    limit("maxNorm", maxNorm) ??
    (typeof normType === "number" && normType > 0
      ? undefined
      : `normType is a number above 0 or Infinity, got ${quoted(normType)}`);
  if (wrong !== undefined) throw new ArgumentError(`clipGradNorm: ${wrong}`);
  const clipped = withGradients("clipGradNorm", parameters);
  const total = normOf(clipped, normType);
  if (errorIfNonfinite && !Number.isFinite(total))
    throw new ArgumentError(`clipGradNorm: the norm of the gradients is ${total}; it cannot be clipped`);
  const factor = maxNorm / (total + 1e-6);
  if (!(factor >= 1)) noGrad(() => clipped.forEach((x) => (x.grad = mul<Tensor, number>(x.grad!, factor))));
  return total;
}

/**
 * Brings every element of the gradients between -clipValue and clipValue; NaN stays. Equal to PyTorch's clip_grad_value_.
 *
 * @example
 * const model = new Linear(2, 1);
 * mseLoss(model.forward(ones([4, 2])), ones([4, 1])).backward();
 * clipGradValue(model.parameters(), 0.5);
 * @throws ArgumentError for a limit out of range, before anything is changed.
 */
export function clipGradValue(parameters: Iterable<Tensor> | Tensor, clipValue: number): void {
  const wrong = limit("clipValue", clipValue);
  if (wrong !== undefined) throw new ArgumentError(`clipGradValue: ${wrong}`);
  const clipped = withGradients("clipGradValue", parameters);
  noGrad(() => clipped.forEach((x) => (x.grad = clamp<Tensor, number, number>(x.grad!, -clipValue, clipValue))));
}
