// What a tensor has to do with derivatives, and with the memory behind it.
import type { Assign, Source } from "../assign.ts";
import type { BackwardOptions, Start } from "../autograd/backward.ts";
import type { Shape } from "../shape.ts";
import type { Check } from "../shape-types/index.ts";
import type { Tensor } from "../tensor.ts";

export interface GraphMethods<out S extends Shape = Shape> {
  /** @internal Results have `this["shape"]`, so that they keep that of a tensor whose type is a parameter. */
  readonly shape: S;

  /**
   * Adds the derivative of this scalar by every leaf that requires grad to the leaf's `.grad`. From a tensor of another shape it needs a
   * cotangent of that shape: the gradient is then that of Σ this·cotangent.
   * @throws ShapeError unless this is a scalar or the cotangent has its shape, GraphError if nothing that led here requires grad.
   * @example
   * const x = tensor([1, 2], { requiresGrad: true });
   * x.square().sum().backward();
   * x.grad?.toArray(); // [2, 4]
   */
  backward<A extends Tensor, C extends Tensor | undefined = undefined>(
    this: [C] extends [undefined] ? Check<Start<A["shape"], C, "backward">, A> : A,
    cotangent?: Check<Start<A["shape"], C, "backward">, C>,
    options?: BackwardOptions,
  ): void;
  /** Forgets the gradient. */
  zeroGrad(): void;
  /**
   * Lets `backward` fill `.grad` of this result too; it returns the tensor itself.
   * @throws GraphError if it requires no grad.
   */
  retainGrad(): this;
  /**
   * Calls `hook` with the cotangent of this tensor whenever one is computed; what it returns takes the cotangent's place. The function
   * that comes back ends this.
   * @throws GraphError if the tensor requires no grad.
   * @example
   * const x = tensor([1, 2], { requiresGrad: true });
   * x.registerHook((cotangent) => cotangent.clamp(-1, 1));
   */
  registerHook(hook: (cotangent: Tensor<S>) => Tensor | void): () => void;
  /**
   * The same elements, with no memory of how they were made: no derivative passes. A view.
   * @example
   * tensor([1], { requiresGrad: true }).detach().requiresGrad; // false
   */
  detach(): Tensor<this["shape"]>;
  /** A copy with elements of its own, in row-major order; derivatives pass. */
  clone(): Tensor<this["shape"]>;
  /**
   * Overwrites the elements of this leaf with those of a tensor, a number or nested arrays of its shape, and returns it. Results computed
   * from it before can no longer be differentiated; views of it keep what they showed.
   * @throws ShapeError if the shapes differ, GraphError if this was made by an operation.
   * @example
   * tensor([1, 2]).assign([3, 4]).toArray(); // [3, 4]
   */
  assign<A extends Tensor, const D extends Source>(this: A, source: Check<Assign<A["shape"], D>, D>): A;
}
